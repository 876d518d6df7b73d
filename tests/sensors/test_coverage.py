"""The fused kernel against a slow, plain restatement of what it means to be seen."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.earth.time import tai_from_utc
from tocsin.flight.grid import GRID, sphere_around
from tocsin.flight.trajectory import Launches, Trajectory, fly_dense
from tocsin.flight.vehicle import Stage, Vehicle
from tocsin.lanes import LANES, Floats
from tocsin.sensors import coverage
from tocsin.sensors.coverage import Looks, cover, in_infrared_view
from tocsin.sensors.detect import confirmation_probability
from tocsin.sensors.infrared import Infrared, plume_detection_probability
from tocsin.sensors.radar import Radar, snr_at, snr_for, swerling_1
from tocsin.sensors.refraction import horizon_fit, threshold
from tocsin.sensors.satellites import Elements, geostationary, orbit_from_elements, positions_ecef_m
from tocsin.sensors.watch import Watch, merged_sectors, watch

STEP_S = 2.0
LAST_S = 2400.0
START_NS = tai_from_utc("2024-07-05T12:00:00Z")
TURN = 2.0 * math.pi
FLIGHTS = 40


def radar(name: str, latitude: float, longitude: float, **change: Any) -> Radar:
    whole = Radar(
        id=name,
        name=name,
        latitude_rad=math.radians(latitude),
        longitude_rad=math.radians(longitude),
        altitude_m=150.0,
        sectors_rad=((0.0, TURN),),
        elevation_min_rad=math.radians(3.0),
        elevation_max_rad=math.radians(85.0),
        range_min_m=100e3,
        range_max_m=3500e3,
        reference_rcs_m2=1.0,
        reference_snr=snr_for(0.5, 1e-6),
        false_alarm_probability=1e-6,
        revisit_s=6.0,
    )
    return replace(whole, **change)


def sectors(*pairs: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    return tuple((math.radians(a), math.radians(b)) for a, b in pairs)


RADARS = (
    radar("round", 35.0, 60.0),
    radar("north", 5.0, 75.0, sectors_rad=sectors((310.0, 40.0)), elevation_min_rad=0.0),
    radar(
        "split",
        20.0,
        40.0,
        sectors_rad=sectors((40.0, 70.0), (60.0, 85.0), (95.0, 160.0)),
        revisit_s=10.0,
        confirm_hits=3,
        confirm_window=5,
        range_max_m=6000e3,
    ),
    radar(
        "narrow",
        30.0,
        80.0,
        elevation_max_rad=math.radians(30.0),
        sectors_rad=sectors((180.0, 290.0)),
        revisit_s=1.0,
        confirm_hits=1,
        confirm_window=1,
        range_max_m=2500e3,
    ),
)
SATELLITES = (
    Infrared(
        id="fixed",
        name="fixed",
        orbit=geostationary("fixed", math.radians(80.0)),
        threshold_w_m2=1.9e-10,
        cloud_break_m=9_000.0,
        revisit_s=10.0,
    ),
    Infrared(
        id="high",
        name="high",
        orbit=orbit_from_elements(
            "high",
            Elements(
                epoch_tai_ns=START_NS,
                semi_major_axis_m=26.56e6,
                eccentricity=0.7,
                inclination_rad=math.radians(63.4),
                node_rad=math.radians(80.0),
                perigee_rad=math.radians(270.0),
                mean_anomaly_rad=math.pi,
            ),
        ),
        threshold_w_m2=1.2e-10,
        cloud_break_m=10_000.0,
        revisit_s=4.0,
        confirm_hits=2,
        confirm_window=4,
        elevation_min_rad=math.radians(30.0),
    ),
)


@pytest.fixture(scope="module")
def vehicle() -> Vehicle:
    stages = ((60.0, 45_000.0, 4_000.0), (60.0, 14_000.0, 1_300.0), (60.0, 4_500.0, 450.0))
    return Vehicle(
        id="three",
        name="three",
        kind="intercontinental-solid",
        stages=tuple(
            Stage(
                thrust_vacuum_n=propellant / burn * 2750.0,
                exit_area_m2=0.3,
                propellant_kg=propellant,
                dry_kg=dry,
                burn_s=burn,
                drag_area_m2=1.5,
                plume_w_sr=plume,
            )
            for (burn, propellant, dry), plume in zip(stages, (2.5e5, 9e4, 3e4), strict=True)
        ),
        payload_kg=800.0,
        ballistic_coefficient_kg_m2=5000.0,
        vertical_rise_s=6.0,
        rcs_m2=0.3,
    )


@pytest.fixture(scope="module")
def launches() -> Launches:
    part = np.linspace(0.0, 1.0, FLIGHTS)
    zero = np.zeros(FLIGHTS)
    return Launches(
        latitude_rad=np.radians(-30.0 + 50.0 * part),
        longitude_rad=np.radians(40.0 + 50.0 * np.abs(np.sin(9.0 * part))),
        azimuth_rad=np.radians(330.0 + 60.0 * part),
        tilt_rad=np.radians(25.0 + 45.0 * np.abs(np.cos(7.0 * part))),
        cutoff_s=105.0 + 50.0 * np.abs(np.sin(5.0 * part)),
        speed_m_s=zero,
    )


@pytest.fixture(scope="module")
def over() -> Watch:
    return watch(RADARS, SATELLITES, START_NS, LAST_S, STEP_S)


@pytest.fixture(scope="module")
def looks(vehicle: Vehicle, launches: Launches, over: Watch) -> Looks:
    return cover(vehicle, launches, over)


@pytest.fixture(scope="module")
def flown(vehicle: Vehicle, launches: Launches) -> Trajectory:
    return fly_dense(vehicle, launches, STEP_S)


def radar_chances(one: Radar, flown: Trajectory, rcs_m2: float) -> Floats:
    """Give the chance that each look at each flight hits, [flights, instants]; NaN out of view."""
    place = np.array(ecef_from_geodetic(one.latitude_rad, one.longitude_rad, one.altitude_m))
    axes = np.array(east_north_up(one.latitude_rad, one.longitude_rad))
    east, north, up = np.moveaxis((flown.position_ecef_m - place) @ axes.T, -1, 0)
    away = np.sqrt(east**2 + north**2 + up**2)
    azimuth = np.mod(np.arctan2(east, north), TURN)
    inside = np.zeros(away.shape, bool)
    for start, end in one.sectors_rad:
        width = (end - start) % TURN or TURN
        inside |= np.mod(azimuth - start, TURN) <= width
    lowest = np.vectorize(threshold)(*horizon_fit(one.elevation_min_rad), flown.altitude_m)
    inside &= (up / away >= lowest) & (up / away <= math.sin(one.elevation_max_rad))
    inside &= (away >= one.range_min_m) & (away <= one.range_max_m)
    known = (one.range_max_m, one.reference_rcs_m2, one.reference_snr)
    chance = np.vectorize(swerling_1)(snr_at(away, rcs_m2, *known), one.false_alarm_probability)
    return np.where(inside, chance, np.nan)


def infrared_chances(
    one: Infrared, flown: Trajectory, vehicle: Vehicle, cutoff_s: Floats
) -> Floats:
    """Give the same for a satellite."""
    times = START_NS + (flown.time_s * 1e9).astype(np.int64)
    off = positions_ecef_m(one.orbit, times) - flown.position_ecef_m
    away = np.linalg.norm(off, axis=-1)
    up = flown.position_ecef_m / np.linalg.norm(flown.position_ecef_m, axis=-1, keepdims=True)
    high = np.sum(off * up, axis=-1) / away >= math.sin(one.elevation_min_rad)
    ends = np.cumsum([stage.burn_s for stage in vehicle.stages])
    plumes = np.array([stage.plume_w_sr for stage in vehicle.stages] + [0.0])
    plume = plumes[np.searchsorted(ends, flown.time_s, side="right")]
    inside = high & (flown.altitude_m >= one.cloud_break_m)
    inside &= (flown.time_s <= cutoff_s[:, None]) & (plume > 0.0)
    chance = np.vectorize(plume_detection_probability)(plume / away**2, one.threshold_w_m2)
    return np.where(inside, chance, np.nan)


def slowly(
    one: Radar | Infrared, flown: Trajectory, vehicle: Vehicle, launches: Launches
) -> tuple[Floats, Floats, Floats]:
    """Say when a sensor first hits, confirms and last has in view each flight."""
    with np.errstate(invalid="ignore"):  # flights that are down have no position
        if isinstance(one, Radar):
            chance = radar_chances(one, flown, vehicle.rcs_m2)
        else:
            chance = infrared_chances(one, flown, vehicle, launches.cutoff_s)
    every = max(1, round(one.revisit_s / STEP_S))
    time = flown.time_s[::every]
    seen = np.isfinite(chance[:, ::every]) & (time <= LAST_S)
    hits = np.where(seen, chance[:, ::every], 0.0)
    confirmed = confirmation_probability(hits, one.confirm_hits, one.confirm_window)
    first = 1.0 - np.cumprod(1.0 - hits, axis=1)
    last = np.where(seen, time, -np.inf).max(axis=1)
    return half_at(first, time), half_at(confirmed, time), last


def half_at(chance: Floats, time: Floats) -> Floats:
    """Give the first instant at which a growing chance is a half; inf for never."""
    reached = chance >= 0.5
    return np.where(reached.any(axis=1), time[np.argmax(reached, axis=1)], np.inf)


def test_times_are_those_of_the_plain_definition(
    vehicle: Vehicle, launches: Launches, over: Watch, looks: Looks, flown: Trajectory
) -> None:
    assert over.ids == tuple(one.id for one in (*RADARS, *SATELLITES))
    for column, one in enumerate((*RADARS, *SATELLITES)):
        first, confirmed, last = slowly(one, flown, vehicle, launches)
        np.testing.assert_array_equal(looks.last_look_s[:, column], last, one.id)
        np.testing.assert_array_equal(looks.first_look_s[:, column], first, one.id)
        np.testing.assert_array_equal(looks.confirmed_s[:, column], confirmed, one.id)
        # Otherwise the comparison would say little.
        assert 4 <= np.count_nonzero(np.isfinite(confirmed)) < FLIGHTS
        assert np.count_nonzero(confirmed > first) >= (0 if one.confirm_hits == 1 else 4)


def test_looks_into_a_gap_between_sectors_are_misses(
    vehicle: Vehicle, launches: Launches, flown: Trajectory
) -> None:
    comb = sectors(*((start, start + 2.0) for start in range(0, 360, 4)))
    for hits, window in ((2, 3), (3, 5)):
        one = radar(
            "comb",
            10.0,
            70.0,
            sectors_rad=comb,
            reference_rcs_m2=4.0,
            confirm_hits=hits,
            confirm_window=window,
        )
        looks = cover(vehicle, launches, watch((one,), (), START_NS, LAST_S, STEP_S))
        first, confirmed, last = slowly(one, flown, vehicle, launches)
        assert np.count_nonzero(np.isfinite(confirmed)) > FLIGHTS // 3
        np.testing.assert_array_equal(looks.first_look_s[:, 0], first)
        np.testing.assert_array_equal(looks.confirmed_s[:, 0], confirmed)
        np.testing.assert_array_equal(looks.last_look_s[:, 0], last)


@pytest.mark.parametrize("count", [1, 5, LANES, LANES + 1])
def test_what_is_seen_of_a_flight_does_not_depend_on_its_block(
    vehicle: Vehicle, launches: Launches, over: Watch, looks: Looks, count: int
) -> None:
    """A block of one is culled by a point, a mixed one by a sphere as wide as an ocean."""
    for first in range(0, FLIGHTS - count + 1, 7):
        rows = np.arange(first, first + count)
        found = cover(vehicle, launches.take(rows), over)
        np.testing.assert_array_equal(found.first_look_s, looks.first_look_s[rows])
        np.testing.assert_array_equal(found.confirmed_s, looks.confirmed_s[rows])
        np.testing.assert_array_equal(found.last_look_s, looks.last_look_s[rows])
        np.testing.assert_array_equal(found.flights.impact_m, looks.flights.impact_m[rows])


@given(
    middle=st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)),
    distance_m=st.floats(1e4, 1.2e7),
    spread_m=st.floats(0.0, 3e6),
    seed=st.integers(0, 1000),
    which=st.integers(0, 4),
)
def test_a_culled_block_holds_nothing_in_view(
    over: Watch,
    middle: tuple[float, float, float],
    distance_m: float,
    spread_m: float,
    seed: int,
    which: int,
) -> None:
    row = over.radars[which]
    chance = np.random.default_rng(seed)
    away = np.array(middle) / max(float(np.linalg.norm(middle)), 1e-3)
    points = row[:3, None] + distance_m * away[:, None]
    points = points + spread_m * chance.uniform(-1.0, 1.0, (3, LANES))
    instant = np.concatenate([points, np.full((1, LANES), 1e6), np.ones((1, LANES))]).ravel()
    x, y, z, size = sphere_around(instant)
    off = np.linalg.norm(points - np.array([[x], [y], [z]]), axis=0)
    assert size == pytest.approx(off.max(), rel=1e-9, abs=1e-2)
    if coverage.out_of_view(x, y, z, size, row):
        assert coverage.in_radar_view(instant, row, np.zeros(LANES, np.int64)) == 0


def test_nothing_looks_after_the_instants_that_were_laid_out(
    vehicle: Vehicle, launches: Launches, looks: Looks
) -> None:
    short = cover(vehicle, launches, watch(RADARS, SATELLITES, START_NS, 600.0, STEP_S))
    early = looks.confirmed_s <= 600.0
    np.testing.assert_array_equal(short.confirmed_s[early], looks.confirmed_s[early])
    assert np.all(np.isinf(short.confirmed_s[~early]))
    assert short.last_look_s.max() <= 600.0
    assert 0 < np.count_nonzero(early) < early.size


def test_a_sensor_less_watch_flies_all_the_same(vehicle: Vehicle, launches: Launches) -> None:
    nothing = cover(vehicle, launches, watch((), (), START_NS, LAST_S, STEP_S))
    assert nothing.confirmed_s.shape == (FLIGHTS, 0)
    assert np.all(nothing.flights.came_down == 1.0)


tens = st.integers(0, 36)


def covers(spans: list[tuple[float, float]], azimuth: float) -> int:
    return sum((azimuth - start) % TURN <= width for start, width in spans)


@given(given_=st.lists(st.tuples(tens, tens).filter(lambda pair: pair[0] != pair[1]), min_size=1))
def test_merged_sectors_cover_what_the_sectors_cover_and_no_more_than_once(
    given_: list[tuple[int, int]],
) -> None:
    raw = [(math.radians(10 * a), math.radians(10 * ((b - a) % 36 or 36))) for a, b in given_]
    joined = merged_sectors(sectors(*((10.0 * a, 10.0 * b) for a, b in given_)))
    assert all(0.0 <= start < TURN and 0.0 < width <= TURN for start, width in joined)
    for azimuth in np.radians(np.arange(5.0, 360.0, 10.0)):
        assert covers(joined, float(azimuth)) == min(covers(raw, float(azimuth)), 1)


def test_a_sector_across_north_takes_up_all_it_overlaps() -> None:
    found = merged_sectors(sectors((300.0, 60.0), (10.0, 40.0), (50.0, 90.0)))
    assert len(found) == 1
    assert np.degrees(found[0]) == pytest.approx([300.0, 150.0])


def test_sectors_that_touch_are_one_and_all_round_is_all_round() -> None:
    two = merged_sectors(sectors((10.0, 50.0), (50.0, 120.0), (200.0, 210.0)))
    assert np.degrees(two) == pytest.approx(np.array([[10.0, 110.0], [200.0, 10.0]]))
    assert merged_sectors(((0.0, TURN), (1.0, 2.0))) == [(0.0, TURN)]
    [(_, width)] = merged_sectors(sectors((0.0, 120.0), (120.0, 240.0), (240.0, 360.0)))
    assert width == pytest.approx(TURN)


def test_rows_keep_the_order_and_the_rule_of_their_sensors(over: Watch) -> None:
    assert list(over.radar_sensor) == [0, 1, 2, 2, 3]
    assert over.confirm.tolist() == [[2, 3], [2, 3], [3, 5], [1, 1], [2, 3], [2, 4]]
    assert list(over.radars[:, 19]) == [3.0, 3.0, 5.0, 5.0, 1.0]
    assert over.positions_m.shape == (2, int(LAST_S / STEP_S) + 1, 3)


def test_satellites_stand_where_they_are_at_each_instant(over: Watch) -> None:
    times = START_NS + np.arange(over.positions_m.shape[1]) * int(STEP_S * 1e9)
    for number, one in enumerate(SATELLITES):
        np.testing.assert_array_equal(over.positions_m[number], positions_ecef_m(one.orbit, times))
    assert np.linalg.norm(np.diff(over.positions_m[1], axis=0), axis=-1).min() > 100.0


def test_a_satellite_that_looks_past_the_limb_sees_no_plume_through_earth() -> None:
    row = np.zeros(GRID * LANES)
    height = 300e3
    row[: 3 * LANES : LANES] = 0.0
    row[:LANES] = EARTH_A_M + height
    row[3 * LANES : 4 * LANES] = height
    row[4 * LANES :] = 1.0
    dip = math.acos(EARTH_A_M / (EARTH_A_M + height))
    for below, visible in ((0.9 * dip, LANES), (1.1 * dip, 0)):
        direction = np.array([-math.sin(below), math.cos(below), 0.0])
        place = np.array([EARTH_A_M + height, 0.0, 0.0]) + 3.0e7 * direction
        seen, waiting = np.zeros(LANES, np.int64), np.ones(LANES, np.int64)
        satellite = np.array([1e-12, 0.0, math.sin(math.radians(-30.0)), 1.0])
        marked = in_infrared_view(
            row, satellite, place, 10.0, np.full(LANES, 100.0), seen, waiting, np.zeros(LANES)
        )
        assert marked == visible
