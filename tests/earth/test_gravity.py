"""Earth's pull against the slope of its potential and against normal gravity."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.constants import (
    EARTH_A_M,
    EARTH_J2,
    EARTH_J4,
    EARTH_OMEGA_RAD_S,
    GM_M3_S2,
    NORMAL_G_EQUATOR_M_S2,
    NORMAL_G_POLE_M_S2,
)
from tocsin.earth.frames import ecef_from_geodetic
from tocsin.earth.gravity import gravity_j2, gravity_j2_j4, normal_gravity
from tocsin.lanes import Floats

laws = settings(max_examples=50, deadline=None)
latitudes = st.floats(-math.pi / 2, math.pi / 2)
longitudes = st.floats(-math.pi, math.pi)


def potential(position_m: Floats, j2: float, j4: float) -> float:
    radius = float(np.linalg.norm(position_m))
    s2 = (position_m[2] / radius) ** 2
    second = 0.5 * (3.0 * s2 - 1.0)
    fourth = 0.125 * (35.0 * s2 * s2 - 30.0 * s2 + 3.0)
    reach = EARTH_A_M / radius
    return float(GM_M3_S2 / radius * (1.0 - j2 * reach**2 * second - j4 * reach**4 * fourth))


def slope(position_m: Floats, j2: float, j4: float) -> Floats:
    step = 200.0
    sides = np.eye(3) * step
    return np.array(
        [
            8.0 * (potential(position_m + side, j2, j4) - potential(position_m - side, j2, j4))
            - (potential(position_m + 2 * side, j2, j4) - potential(position_m - 2 * side, j2, j4))
            for side in sides
        ]
    ) / (12.0 * step)


def gravity_on_the_ground(pull: Any, latitude_rad: float) -> float:
    x, y, z = ecef_from_geodetic(latitude_rad, 0.0, 0.0)
    gx, gy, gz = pull(x, y, z)
    return math.hypot(gx + EARTH_OMEGA_RAD_S**2 * x, gy + EARTH_OMEGA_RAD_S**2 * y, gz)


def test_the_computed_pulls_are_met(cases: dict[str, Any]) -> None:
    case = cases["j2_gravity_dev"]
    for row in case["expected"]:
        got = gravity_j2(*row["xyz"])
        assert got == pytest.approx(row["g"], rel=case["tolerance"]["rel"], abs=1e-15)
        assert math.hypot(*got) == pytest.approx(row["norm"], rel=case["tolerance"]["rel"])


def test_normal_gravity_is_met(cases: dict[str, Any]) -> None:
    case = cases["normal_gravity_dev"]
    for row in case["expected"]:
        got = normal_gravity(math.radians(row["lat"]))
        assert got == pytest.approx(row["somigliana"], abs=case["tolerance"]["somigliana"])
        ground = gravity_on_the_ground(gravity_j2, math.radians(row["lat"]))
        assert ground == pytest.approx(row["j2_plus_centrifugal"], abs=1e-9)
        assert abs(ground - got) <= 1.2e-4


@laws
@given(latitude=latitudes, longitude=longitudes, altitude_m=st.floats(0.0, 4e7))
def test_the_pull_is_the_slope_of_the_potential(
    latitude: float, longitude: float, altitude_m: float
) -> None:
    position = np.array(ecef_from_geodetic(latitude, longitude, altitude_m))
    np.testing.assert_allclose(
        gravity_j2(*position), slope(position, EARTH_J2, 0.0), rtol=0.0, atol=2e-9
    )
    np.testing.assert_allclose(
        gravity_j2_j4(*position), slope(position, EARTH_J2, EARTH_J4), rtol=0.0, atol=2e-9
    )


@laws
@given(latitude=latitudes)
def test_the_fourth_harmonic_brings_the_ground_nearer_to_normal_gravity(latitude: float) -> None:
    ground = gravity_on_the_ground(gravity_j2_j4, latitude)
    assert ground == pytest.approx(normal_gravity(latitude), abs=4.5e-5)


@laws
@given(latitude=latitudes)
def test_normal_gravity_is_even_and_lies_between_equator_and_pole(latitude: float) -> None:
    assert normal_gravity(latitude) == pytest.approx(normal_gravity(-latitude), rel=1e-15)
    low, high = NORMAL_G_EQUATOR_M_S2, NORMAL_G_POLE_M_S2
    assert low - 1e-14 <= normal_gravity(latitude) <= high + 1e-14
