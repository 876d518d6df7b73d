"""Where catalogued objects are, and how far their elements may be off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import DAY_NS, tai_from_utc
from tocsin.errors import OrbitError
from tocsin.sensors.element_sets import check_lines
from tocsin.sensors.satellites import SIDEREAL_DAY_NS, orbit_from_lines, positions_ecef_m
from tocsin.sensors.sky import (
    AGE_MAX_DAYS,
    DECAYING,
    GEOSYNCHRONOUS,
    HIGH_LOW,
    error_axes,
    moved_to,
    sigmas_m,
    sky_at,
    sky_of,
    spread,
    surely_whole,
    taken,
)

ONE = "1 00005U 58002B   24187.49270102  .00000872  00000-0  11018-2 0  9997"
TWO = "2 00005  34.2494 350.7565 1842018 170.0536 194.2361 10.85456480365911"
NOON = tai_from_utc("2024-07-05T12:00:00Z")


def test_places_are_those_of_one_satellite_at_a_time() -> None:
    at = sky_at(sky_of(("VANGUARD 1",), ((ONE,), (TWO,))), NOON)

    alone = positions_ecef_m(orbit_from_lines("VANGUARD 1", ONE, TWO), np.array([NOON]))
    np.testing.assert_allclose(at.state[:, :3], alone, atol=1e-3)


def test_velocities_are_how_fast_the_places_change() -> None:
    sky = taken(load_sky(), np.arange(0, 26_000, 100))
    before, now, after = (sky_at(sky, NOON + shift) for shift in (-(10**8), 0, 10**8))

    rate = (after.state[:, :3] - before.state[:, :3]) / 0.2
    np.testing.assert_allclose(now.state[:, 3:], rate, atol=5.0)  # as near as SGP4's speeds are


def test_objects_that_cannot_be_carried_or_are_too_old_are_left_out_and_counted() -> None:
    sky = load_sky()
    at, late = sky_at(sky, NOON), sky_at(sky, NOON + int((AGE_MAX_DAYS + 1) * DAY_NS))

    assert at.count + at.not_carried + at.too_old == sky.count
    assert 0 < at.not_carried < 200
    assert at.too_old == 0
    assert late.too_old > 0.9 * sky.count
    assert np.all(np.isfinite(at.state))
    assert np.all(np.linalg.norm(at.state[:, :3], axis=1) > 6.3e6)


def test_a_sky_moved_by_sidereal_days_keeps_its_tracks_over_the_ground() -> None:
    sky = taken(load_sky(), np.arange(50))
    then = NOON + 400 * SIDEREAL_DAY_NS
    moved = sky_at(moved_to(sky, then), then)

    assert moved_to(sky, NOON + DAY_NS).moved_tai_ns == 0
    np.testing.assert_allclose(moved.state, sky_at(sky, NOON).state, atol=2e3)


def test_errors_grow_with_age_and_are_worst_where_drag_is() -> None:
    sky = load_sky()
    now, late = sky_at(sky, NOON), sky_at(sky, NOON + 14 * DAY_NS)
    young = sigmas_m(now, np.flatnonzero(now.age_days < 1.0))
    regimes = [
        sigmas_m(late, np.flatnonzero(sky.regime[late.row] == one))[:, 1].mean()
        for one in (DECAYING, HIGH_LOW, GEOSYNCHRONOUS)
    ]

    assert 0.2e3 < np.median(young[:, 0]) < 1e3 < np.median(young[:, 1]) < 4e3
    assert regimes[0] > 10.0 * regimes[1]
    assert 15e3 < regimes[1] < 60e3


def test_being_late_moves_an_object_along_its_own_orbit() -> None:
    sky = taken(load_sky(), np.arange(0, 26_000, 50))
    at = sky_at(sky, NOON)
    late = error_axes(at, np.arange(at.count))[:, :, 0]
    away = np.linalg.norm(late[:, :3], axis=1)
    turned = np.stack([-at.state[:, 1], at.state[:, 0], 0.0 * at.state[:, 0]], -1) * 7.292115e-5
    shift_s = away / np.linalg.norm(at.state[:, 3:] + turned, axis=1)
    models = [sky.models[int(row)] for row in at.row]
    from tocsin.earth.frames import ecef_from_eci, ecef_velocity_from_eci
    from tocsin.earth.time import gmst_rad, julian_date_utc

    day, part = julian_date_utc(NOON)
    turn = gmst_rad(NOON)
    for row in range(0, at.count, 10):
        dt = min(shift_s[row], 0.5)
        _, place, speed = models[row].sgp4(day, part + dt / 86_400.0)
        place, speed = 1e3 * np.array(place), 1e3 * np.array(speed)
        then = np.concatenate(
            [ecef_from_eci(place, turn), ecef_velocity_from_eci(place, speed, turn)]
        )
        expected = late[row] * dt / shift_s[row]
        np.testing.assert_allclose((then - at.state[row])[:3], expected[:3], rtol=0.01, atol=5.0)
        np.testing.assert_allclose((then - at.state[row])[3:], expected[3:], rtol=0.03, atol=0.03)


def test_a_spread_is_symmetric_and_positive() -> None:
    at = sky_at(load_sky(), NOON)
    found = spread(at, np.arange(0, at.count, 200))

    np.testing.assert_array_equal(found, np.swapaxes(found, 1, 2))
    scale = np.sqrt(np.diagonal(found, axis1=1, axis2=2))
    assert np.linalg.eigvalsh(found / scale[:, :, None] / scale[:, None, :]).min() > -1e-9


@given(
    line=st.integers(0, 1),
    place=st.integers(0, 68),
    letter=st.characters(min_codepoint=32, max_codepoint=126),
    mend=st.booleans(),
)
def test_a_set_that_is_surely_whole_is_never_refused(
    line: int, place: int, letter: str, mend: bool
) -> None:
    lines = [ONE, TWO]
    changed = lines[line][:place] + letter + lines[line][place + 1 :]
    if mend:
        total = sum(int(c) if c.isdigit() else c == "-" for c in changed[:68])
        changed = changed[:68] + str(total % 10)
    lines[line] = changed
    if surely_whole((lines[0], ONE), (lines[1], TWO))[0]:
        check_lines("one", *lines)


def test_whole_sets_pass_at_once_and_a_broken_one_is_named() -> None:
    assert surely_whole((ONE,), (TWO,)).all()
    with pytest.raises(OrbitError, match="'second': line 2"):
        sky_of(("first", "second"), ((ONE, ONE), (TWO, TWO[:-1] + "9")))
