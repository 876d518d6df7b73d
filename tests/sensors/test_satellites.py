"""Where satellites are: published positions, laws of orbits, and elements moved to another time."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.catalog.sky import load_sky
from tocsin.earth.constants import GM_M3_S2
from tocsin.earth.frames import eci_from_ecef, geodetic_from_ecef_batch
from tocsin.earth.time import DAY_NS, SECOND_NS, gmst_rad, tai_from_utc
from tocsin.errors import OrbitError
from tocsin.lanes import Floats
from tocsin.sensors.element_sets import checksum
from tocsin.sensors.satellites import (
    GEO_RADIUS_M,
    SIDEREAL_DAY_NS,
    Elements,
    Orbit,
    epoch_age_days,
    epoch_tai_ns,
    geostationary,
    in_run,
    orbit_from_elements,
    orbit_from_lines,
    positions_ecef_m,
    states_ecef,
    whole_days_moved,
)
from tocsin.sensors.sky import sky_at, taken

laws = settings(max_examples=50, deadline=None)
MOLNIYA = orbit_from_lines(
    "COSMOS 2510",
    "1 41032U 15066A   24186.74676296 -.00000404  00000-0  00000-0 0  9995",
    "2 41032  63.0470  83.1993 7063395 271.7647  15.7973  2.00995663 63171",
)
STATION = orbit_from_lines(
    "TJS-2",
    "1 41911U 17001A   24187.20466265 -.00000008  00000-0  00000-0 0  9997",
    "2 41911   0.1636 267.4531 0001427 179.6810 336.6501  1.00271601 27593",
)
VANGUARD = orbit_from_lines(
    "VANGUARD 1",
    "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
    "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
)
NOON = tai_from_utc("2024-07-06T12:00:00Z")
ELLIPSE = Elements(
    epoch_tai_ns=NOON,
    semi_major_axis_m=26.56e6,
    eccentricity=0.72,
    inclination_rad=1.1,
    node_rad=0.7,
    perigee_rad=4.7,
    mean_anomaly_rad=0.3,
)


def longitude_deg(position_m: Floats) -> Floats:
    return np.degrees(np.arctan2(position_m[..., 1], position_m[..., 0]))


def test_vanguard_is_where_the_published_verification_of_sgp4_has_it() -> None:
    """Vallado et al., AIAA 2006-6753, verification output for satellite 00005 (TEME, km).

    To 1 m: the epoch is held to a microsecond, and turning there and back costs less.
    """
    times = epoch_tai_ns(VANGUARD) + np.array([0, 360]) * 60 * SECOND_NS
    published_km = [
        [7022.46529266, -1400.08296755, 0.03995155],
        [-7154.03120202, -3783.17682504, -3536.19412294],
    ]

    inertial = eci_from_ecef(positions_ecef_m(VANGUARD, times), gmst_rad(times))

    assert 1e-3 * inertial == pytest.approx(np.array(published_km), abs=1e-3)


def test_a_geosynchronous_element_set_gives_its_longitude_by_angles_alone() -> None:
    epoch = epoch_tai_ns(STATION)
    assert epoch is not None
    along_deg = 267.4531 + 179.6810 + 336.6501 - math.degrees(gmst_rad(epoch))

    found = longitude_deg(positions_ecef_m(STATION, np.array([epoch])))[0]

    assert math.remainder(found - along_deg, 360.0) == pytest.approx(0.0, abs=0.1)


def test_a_geostationary_satellite_is_as_far_out_as_published(cases: dict[str, Any]) -> None:
    place = positions_ecef_m(geostationary("G", 0.5), np.array([NOON]))

    published_m = 1000.0 * cases["geo_visibility"]["inputs"]["r_geo_km"]
    assert np.linalg.norm(place) == pytest.approx(published_m, abs=1e-3)


@laws
@given(longitude=st.floats(-math.pi, math.pi), after_s=st.integers(-(10**9), 10**9))
def test_a_geostationary_satellite_stays_over_one_point_of_the_equator(
    longitude: float, after_s: int
) -> None:
    times = NOON + np.array([0, after_s]) * SECOND_NS

    positions = positions_ecef_m(geostationary("G", longitude), times)

    latitude, there, height_m = geodetic_from_ecef_batch(positions)
    assert latitude == pytest.approx(np.zeros(2), abs=1e-12)
    assert np.cos(there - longitude) == pytest.approx(np.ones(2), abs=1e-12)
    assert np.sin(there - longitude) == pytest.approx(np.zeros(2), abs=1e-9)
    assert height_m == pytest.approx(np.full(2, GEO_RADIUS_M - 6_378_137.0), abs=1e-3)


@laws
@given(
    axis_m=st.floats(2e7, 6e7),
    eccentricity=st.floats(0.0, 0.65),
    angles=st.tuples(*[st.floats(0.0, 3.1)] * 4),
    after_s=st.integers(-80_000, 80_000),
)
def test_an_ellipse_obeys_newton(
    axis_m: float, eccentricity: float, angles: tuple[float, ...], after_s: int
) -> None:
    orbit = orbit_from_elements(
        "E",
        Elements(
            epoch_tai_ns=NOON,
            semi_major_axis_m=axis_m,
            eccentricity=eccentricity,
            inclination_rad=angles[0],
            node_rad=angles[1],
            perigee_rad=angles[2],
            mean_anomaly_rad=angles[3],
        ),
    )
    step_s = 10
    times = NOON + (after_s + step_s * np.array([-1, 0, 1])) * SECOND_NS

    before, here, after = eci_from_ecef(positions_ecef_m(orbit, times), gmst_rad(times))

    pull = -GM_M3_S2 * here / np.linalg.norm(here) ** 3
    bend = (before - 2.0 * here + after) / step_s**2
    assert bend == pytest.approx(pull, abs=3e-4 * float(np.linalg.norm(pull)) + 1e-6)
    speed2 = np.sum((after - before) ** 2) / (2.0 * step_s) ** 2
    energy = 0.5 * speed2 - GM_M3_S2 / np.linalg.norm(here)
    assert energy == pytest.approx(-0.5 * GM_M3_S2 / axis_m, rel=1e-3)


def test_an_ellipse_starts_where_its_elements_say() -> None:
    at_perigee = replace(ELLIPSE, mean_anomaly_rad=0.0, perigee_rad=0.0)

    place = positions_ecef_m(orbit_from_elements("E", at_perigee), np.array([NOON]))
    inertial = eci_from_ecef(place, gmst_rad(np.array([NOON])))[0]

    near_m = 26.56e6 * (1.0 - 0.72)
    assert inertial == pytest.approx(near_m * np.array([math.cos(0.7), math.sin(0.7), 0.0]))


def test_a_quarter_turn_past_perigee_an_ellipse_has_risen_by_its_inclination() -> None:
    circle = replace(ELLIPSE, eccentricity=0.0, perigee_rad=0.0, mean_anomaly_rad=math.pi / 2)

    place = positions_ecef_m(orbit_from_elements("E", circle), np.array([NOON]))[0]

    assert place[2] == pytest.approx(26.56e6 * math.sin(1.1))


def test_earth_turns_once_in_a_sidereal_day() -> None:
    turned = gmst_rad(NOON + SIDEREAL_DAY_NS) - gmst_rad(NOON)

    assert math.remainder(turned, 2.0 * math.pi) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("orbit", [MOLNIYA, STATION])
@pytest.mark.parametrize("days", [-2000, -31, 31, 240, 4000])
def test_far_from_its_epoch_a_satellite_keeps_its_track_over_the_ground(
    orbit: Orbit, days: int
) -> None:
    epoch = epoch_tai_ns(orbit)
    assert epoch is not None
    start = epoch + days * DAY_NS
    steps = np.arange(0, 24, 3) * 3600 * SECOND_NS
    moved = whole_days_moved(orbit, start)

    far = positions_ecef_m(orbit, start + steps)
    near = positions_ecef_m(orbit, start - moved * SIDEREAL_DAY_NS + steps)

    assert abs(start - moved * SIDEREAL_DAY_NS - epoch) <= SIDEREAL_DAY_NS // 2 + 1
    assert far == pytest.approx(near, abs=1e-6)
    assert epoch_age_days(orbit, start) == pytest.approx(days)


def test_a_molniya_satellite_a_year_on_still_has_its_apogees_over_the_same_longitudes() -> None:
    epoch = epoch_tai_ns(MOLNIYA)
    assert epoch is not None
    day = np.arange(0, 86_400, 60) * SECOND_NS

    def apogees_deg(start: int) -> list[float]:
        place = positions_ecef_m(MOLNIYA, start + day)
        away = np.linalg.norm(place, axis=1)
        top = np.flatnonzero((away[1:-1] > away[:-2]) & (away[1:-1] > away[2:])) + 1
        return sorted(longitude_deg(place[top]))

    assert apogees_deg(epoch + 365 * DAY_NS) == pytest.approx(apogees_deg(epoch), abs=0.5)


def test_near_its_epoch_an_orbit_is_not_moved() -> None:
    epoch = epoch_tai_ns(MOLNIYA)
    assert epoch is not None

    assert whole_days_moved(MOLNIYA, epoch + 30 * DAY_NS) == 0
    assert whole_days_moved(MOLNIYA, epoch - 30 * DAY_NS) == 0
    assert whole_days_moved(MOLNIYA, epoch + 30 * DAY_NS + 1) == 30
    assert whole_days_moved(geostationary("G", 0.0), NOON) == 0
    assert epoch_age_days(geostationary("G", 0.0), NOON) == 0.0


def test_the_epoch_of_an_element_set_is_read_as_utc() -> None:
    assert epoch_tai_ns(VANGUARD) == pytest.approx(
        tai_from_utc("2000-06-27T18:50:19.733568Z"), abs=2000
    )


def test_a_moved_ellipse_keeps_its_place_over_the_ground_after_whole_sidereal_days() -> None:
    orbit = orbit_from_elements("E", ELLIPSE)
    later = NOON + 500 * SIDEREAL_DAY_NS

    here = positions_ecef_m(orbit, np.array([NOON]))

    assert positions_ecef_m(orbit, np.array([later])) == pytest.approx(here, abs=1e-3)


def test_no_instants_give_no_positions() -> None:
    assert positions_ecef_m(MOLNIYA, np.empty(0, np.int64)).shape == (0, 3)


def falling() -> Orbit:
    """Give an orbit so low, with so much drag, that it ends within days."""
    line1 = "1 41032U 15066A   24186.74676296  .00000000  00000-0  90000+0 0  999"
    line2 = "2 41032  63.0470  83.1993 0000100 271.7647  15.7973 16.40000000 6317"
    return orbit_from_lines("FALLING", line1 + str(checksum(line1)), line2 + str(checksum(line2)))


def test_a_satellite_that_has_come_down_is_an_error_that_names_it_and_the_time() -> None:
    epoch = epoch_tai_ns(falling())
    assert epoch is not None
    times = epoch + np.arange(0, 20) * DAY_NS

    with pytest.raises(OrbitError, match=r"satellite 'FALLING': no position at 2024-07-.*SGP4 err"):
        positions_ecef_m(falling(), times)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"semi_major_axis_m": 6000e3}, "semi_major_axis_m is 6000000; it must be from 6.4e"),
        ({"semi_major_axis_m": math.nan}, "semi_major_axis_m is nan"),
        ({"eccentricity": 1.0}, "eccentricity is 1; it must be from 0 to 0.99"),
        ({"eccentricity": 0.9}, "distance of perigee from Earth's centre"),
        ({"inclination_rad": 63.0}, "inclination_rad is 63"),
        ({"node_rad": 99.0}, "node_rad is 99"),
        ({"perigee_rad": 99.0}, "perigee_rad is 99"),
        ({"mean_anomaly_rad": 99.0}, "mean_anomaly_rad is 99"),
    ],
)
def test_an_ellipse_that_cannot_be_is_refused_by_satellite_key_and_value(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(OrbitError, match=f"satellite 'E': {said}"):
        orbit_from_elements("E", replace(ELLIPSE, **change))


def test_an_orbit_of_no_known_kind_or_without_its_numbers_is_refused() -> None:
    with pytest.raises(OrbitError, match="satellite 'E': elements are missing"):
        Orbit(name="E", kind="kepler")
    with pytest.raises(OrbitError, match="satellite 'E': kind is 'leo'; it must be"):
        Orbit(name="E", kind="leo")  # type: ignore[arg-type]
    with pytest.raises(OrbitError, match="satellite 'G': longitude_rad is 104; it must be"):
        geostationary("G", 104.0)
    with pytest.raises(OrbitError, match="satellite 'E': line 1 of the element set has 0"):
        Orbit(name="E", kind="tle")


def test_every_call_of_one_run_moves_an_old_orbit_by_the_same_days() -> None:
    epoch = epoch_tai_ns(MOLNIYA)
    assert epoch is not None
    run = epoch + 400 * SIDEREAL_DAY_NS + SIDEREAL_DAY_NS // 2 - 60 * SECOND_NS
    times = run + np.arange(0, 600, 30) * SECOND_NS
    orbit = in_run(MOLNIYA, run)

    together = positions_ecef_m(orbit, times)
    apart = np.concatenate([positions_ecef_m(orbit, times[k : k + 1]) for k in range(times.size)])

    np.testing.assert_array_equal(together, apart)
    assert whole_days_moved(MOLNIYA, int(times[0])) != whole_days_moved(MOLNIYA, int(times[-1]))
    moved = positions_ecef_m(MOLNIYA, times[-1:]) - positions_ecef_m(orbit, times[-1:])
    assert np.linalg.norm(moved) > 1e3  # without the run the last call is of another day


def test_many_objects_at_once_are_where_each_is_alone() -> None:
    sky = load_sky()
    rows = np.array([5, 1_000, 20_000])
    found = taken(sky, rows)
    start = int(np.median(sky.epochs_tai_ns))
    times = start + np.arange(4) * 600 * SECOND_NS
    place, velocity = states_ecef(found.batch, times)
    shifted, _ = states_ecef(found.batch, times + SIDEREAL_DAY_NS, SIDEREAL_DAY_NS)
    np.testing.assert_array_equal(place, shifted)
    for number, row in enumerate(rows):
        for k, instant in enumerate(times):
            one = sky_at(taken(sky, np.array([row])), int(instant))
            np.testing.assert_allclose(one.state[0, :3], place[number, k], atol=1e-3)
            np.testing.assert_allclose(one.state[0, 3:], velocity[number, k], atol=1e-6)
