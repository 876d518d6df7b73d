"""The Sun and the Moon against ERFA, Meeus's examples and the seasons."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.constants import ASTRONOMICAL_UNIT_M
from tocsin.earth.frames import ecef_from_eci, eci_from_ecef
from tocsin.earth.sun import moon_position_ecef, sun_elevation_rad, sun_position_ecef
from tocsin.earth.time import SECOND_NS, gmst_rad, tai_from_utc
from tocsin.lanes import Floats

laws = settings(max_examples=50, deadline=None)
instants = st.integers(-20 * 365 * 86_400 * SECOND_NS, 80 * 365 * 86_400 * SECOND_NS)


def tai_from_terrestrial_days(days_after_2000: float) -> int:
    return round((days_after_2000 + 10_957.5) * 86_400 * 1_000_000 - 32_184_000) * 1000


def apart_deg(one: Floats, other: Floats) -> Floats:
    cross = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(cross, np.sum(one * other, axis=-1))))


@pytest.mark.parametrize(
    ("body", "position", "limit_deg"),
    [("sun_m", sun_position_ecef, 0.015), ("moon_m", moon_position_ecef, 0.04)],
)
def test_positions_are_those_of_erfa(
    cases: dict[str, Any], body: str, position: Any, limit_deg: float
) -> None:
    case = cases["erfa_sun_moon"]
    rows = case["expected"]
    instants_ns = np.array([tai_from_terrestrial_days(row["tt_days_after_j2000"]) for row in rows])
    known = ecef_from_eci(np.array([row[body] for row in rows], dtype=float), gmst_rad(instants_ns))
    got = position(instants_ns)
    assert limit_deg <= case["tolerance"]["deg"]
    assert apart_deg(got, known).max() < limit_deg
    ratio = np.linalg.norm(got, axis=-1) / np.linalg.norm(known, axis=-1)
    np.testing.assert_allclose(ratio, 1.0, atol=case["tolerance"]["relative_distance"])


def test_the_worked_sun_is_met(cases: dict[str, Any]) -> None:
    case = cases["meeus_25a"]
    instant = tai_from_terrestrial_days(case["inputs"]["jd_tt"] - 2_451_545.0)
    x, y, z = eci_from_ecef(sun_position_ecef(instant), gmst_rad(instant))
    expected, limit = case["expected"], case["tolerance"]
    right_ascension = math.degrees(math.atan2(y, x)) % 360.0
    assert right_ascension == pytest.approx(expected["right_ascension_deg"], abs=limit["deg"])
    declination = math.degrees(math.atan2(z, math.hypot(x, y)))
    assert declination == pytest.approx(expected["declination_deg"], abs=limit["deg"])
    distance = math.hypot(x, y, z) / ASTRONOMICAL_UNIT_M
    assert distance == pytest.approx(expected["distance_au"], abs=limit["au"])


def test_the_worked_moon_is_met(cases: dict[str, Any]) -> None:
    case = cases["meeus_47a"]
    instant = tai_from_terrestrial_days(case["inputs"]["jd_tt"] - 2_451_545.0)
    x, y, z = eci_from_ecef(moon_position_ecef(instant), gmst_rad(instant))
    expected, limit = case["expected"], case["tolerance"]
    right_ascension = math.degrees(math.atan2(y, x)) % 360.0
    assert right_ascension == pytest.approx(expected["right_ascension_deg"], abs=limit["deg"])
    declination = math.degrees(math.atan2(z, math.hypot(x, y)))
    assert declination == pytest.approx(expected["declination_deg"], abs=limit["deg"])
    distance = math.hypot(x, y, z) / 1000.0
    assert distance == pytest.approx(expected["distance_km"], abs=limit["km"])


def test_the_sun_stands_overhead_on_the_equator_at_an_equinox_noon() -> None:
    noon = tai_from_utc("2024-03-20T12:07:24Z")
    assert math.degrees(float(sun_elevation_rad(0.0, 0.0, noon))) == pytest.approx(90.0, abs=0.3)
    assert math.degrees(float(sun_elevation_rad(0.0, math.pi, noon))) == pytest.approx(-90, abs=0.3)
    pole = math.degrees(float(sun_elevation_rad(math.pi / 2, 0.0, noon)))
    assert pole == pytest.approx(0.0, abs=0.2)


def test_the_midsummer_sun_stands_as_high_as_earth_leans() -> None:
    midsummer = tai_from_utc("2024-06-20T20:51:00Z")
    pole = math.degrees(float(sun_elevation_rad(math.pi / 2, 0.0, midsummer)))
    assert pole == pytest.approx(23.436, abs=0.01)


@laws
@given(instant=instants, latitude=st.floats(-1.5, 1.5), longitude=st.floats(-3.1, 3.1))
def test_the_sun_is_up_on_one_side_of_earth_only(
    instant: int, latitude: float, longitude: float
) -> None:
    here = float(sun_elevation_rad(latitude, longitude, instant))
    opposite = float(sun_elevation_rad(-latitude, longitude + math.pi, instant))
    assert here == pytest.approx(-opposite, abs=1e-4)


@laws
@given(instant=instants)
def test_distances_stay_between_their_known_extremes(instant: int) -> None:
    sun_au = float(np.linalg.norm(sun_position_ecef(instant))) / ASTRONOMICAL_UNIT_M
    moon_km = float(np.linalg.norm(moon_position_ecef(instant))) / 1000.0
    assert 0.9832 < sun_au < 1.0168
    assert 356_300.0 < moon_km < 406_800.0


def test_arrays_are_their_instants_one_by_one() -> None:
    times = np.array([0, 10**18, 15 * 10**17], dtype=np.int64)
    for position in (sun_position_ecef, moon_position_ecef):
        single = np.array([position(int(ns)) for ns in times])
        np.testing.assert_allclose(position(times), single, rtol=1e-12)
    heights = sun_elevation_rad(np.array([0.1, 0.2, 0.3]), 1.0, times)
    assert heights.shape == (3,)
    assert float(heights[1]) == pytest.approx(float(sun_elevation_rad(0.2, 1.0, 10**18)), abs=1e-12)
