"""The equations of motion against the laws they stand for."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from tocsin.earth.atmosphere import AIR_STEP_M
from tocsin.earth.constants import EARTH_B_M, EARTH_OMEGA_RAD_S
from tocsin.earth.frames import ecef_from_geodetic
from tocsin.earth.gravity import gravity_j2
from tocsin.flight.launch import TILT_MAX_RAD
from tocsin.flight.motion import (
    altitude_m,
    boost_acceleration,
    falling_acceleration,
    free_acceleration,
    geodetic_height_m,
    tilt_cos_sin,
    tilt_share,
)
from tocsin.lanes import Floats

latitudes = st.floats(-math.pi / 2, math.pi / 2)
longitudes = st.floats(-math.pi, math.pi)
speeds = st.floats(-8e3, 8e3)
VACUUM = np.tile([-40.0, 8.0e4], 801)


def exponential_air(density: float, scale_m: float) -> Floats:
    height = np.arange(801) * AIR_STEP_M
    log = math.log(density) - height / scale_m
    return np.stack([log, np.full(log.size, 9.81 * scale_m)], -1).ravel()


@given(latitude=latitudes, longitude=longitudes, height=st.floats(-1e3, 4e6))
def test_height_is_the_geodetic_one_nearly(
    latitude: float, longitude: float, height: float
) -> None:
    found = altitude_m(*ecef_from_geodetic(latitude, longitude, height))
    assert -1e-4 <= math.copysign(1.0, height) * (found - height) <= 6e-6 * abs(height) + 1e-4


def test_tilt_keeps_its_promised_error() -> None:
    for most, bound in ((3.2, 1e-7), (TILT_MAX_RAD, 3e-10)):
        angle = np.linspace(-most, most, 20_001)
        found = np.array([tilt_cos_sin(float(one)) for one in angle])
        assert np.max(np.abs(found[:, 0] - np.cos(angle))) < bound
        assert np.max(np.abs(found[:, 1] - np.sin(angle))) < bound


@given(rise=st.floats(1.0, 20.0), lasts=st.floats(5.0, 300.0), u=st.floats(0.0, 1.0))
def test_the_tilt_begins_ends_and_mirrors_smoothly(rise: float, lasts: float, u: float) -> None:
    tilted = rise + lasts
    assert tilt_share(rise - 1.0, rise, tilted) == 0.0
    assert tilt_share(tilted + 1.0, rise, tilted) == 1.0
    there = tilt_share(rise + u * lasts, rise, tilted)
    back = tilt_share(tilted - u * lasts, rise, tilted)
    assert there + back == pytest.approx(1.0, abs=1e-9)
    step = 1e-4 * lasts
    assert tilt_share(rise + step, rise, tilted) < 1e-7  # no jump in rate


@given(latitude=latitudes, longitude=longitudes, vx=speeds, vy=speeds)
def test_the_turning_frame_adds_what_a_turning_frame_adds(
    latitude: float, longitude: float, vx: float, vy: float
) -> None:
    place = np.array(ecef_from_geodetic(latitude, longitude, 3e5))
    spin = np.array([0.0, 0.0, EARTH_OMEGA_RAD_S])
    velocity = np.array([vx, vy, 123.0])
    wanted = (
        np.array(gravity_j2(*place))
        - np.cross(spin, np.cross(spin, place))
        - 2.0 * np.cross(spin, velocity)
    )
    np.testing.assert_allclose(free_acceleration(*place, vx, vy), wanted, atol=1e-12)


@given(latitude=latitudes, vx=speeds, vy=speeds, vz=speeds, height=st.floats(0.0, 1.5e5))
def test_drag_acts_against_the_motion_through_the_air(
    air: Floats, latitude: float, vx: float, vy: float, vz: float, height: float
) -> None:
    place = ecef_from_geodetic(latitude, 1.0, height)
    with_air = falling_acceleration(*place, vx, vy, vz, 1.0 / 5e3, air)
    without = falling_acceleration(*place, vx, vy, vz, 0.0, air)
    drag = np.array(with_air[:3]) - np.array(without[:3])
    velocity = np.array([vx, vy, vz])
    speed = float(np.linalg.norm(velocity))
    assert without[3] == 0.0
    assert np.linalg.norm(drag) == pytest.approx(with_air[3], rel=1e-6, abs=1e-10)
    assert float(drag @ velocity) == pytest.approx(-with_air[3] * speed, rel=1e-6, abs=1e-6)


def test_a_rocket_in_a_vacuum_is_pushed_by_its_thrust_alone() -> None:
    state = (0.0, 0.0, EARTH_B_M + 1e5, 10.0, -20.0, 30.0)
    push = (0.6, 0.0, 0.8)
    found = boost_acceleration(state, 2e5, 0.7, 3.0, 1e4, push, VACUUM)
    free = free_acceleration(0.0, 0.0, EARTH_B_M + 1e5, 10.0, -20.0)
    np.testing.assert_allclose(np.array(found) - free, 20.0 * np.array(push), atol=1e-9)


def test_outside_pressure_takes_away_thrust_on_the_exit_area(air: Floats) -> None:
    state = (0.0, 0.0, EARTH_B_M, 0.0, 0.0, 0.0)
    up = (0.0, 0.0, 1.0)
    wide, none = (boost_acceleration(state, 2e5, area, 0.0, 1e4, up, air)[2] for area in (0.5, 0.0))
    assert none - wide == pytest.approx(101_325.0 * 0.5 / 1e4, rel=1e-6)


@pytest.mark.parametrize("case_id", ["allen_eggers_0", "allen_eggers_2", "allen_eggers_4"])
def test_slowing_in_exponential_air_follows_the_closed_form(
    cases: dict[str, Any], case_id: str
) -> None:
    given_, expected = cases[case_id]["inputs"], cases[case_id]["expected"]
    table = exponential_air(given_["rho0"], given_["H_m"])
    angle = math.radians(given_["gamma_deg"])

    def slowing(height: float, across: float, down: float) -> float:
        state = (0.0, 0.0, EARTH_B_M + height, across, 0.0, -down)
        return falling_acceleration(*state, 1.0 / given_["beta"], table)[3]

    def fall(gravity: float) -> tuple[float, float, float]:
        """Fly over a flat Earth; give height and size of the most slowing, and impact speed."""

        def rates(_: float, state: Floats) -> list[float]:
            height, across, down = (float(one) for one in state)
            drag = slowing(height, across, down) / math.hypot(across, down)
            return [-down, -drag * across, gravity - drag * down]

        def ground(_: float, state: Floats) -> float:
            return float(state[0])

        ground.terminal = True  # type: ignore[attr-defined]
        start = [
            given_["start_h_m"],
            *(given_["vE"] * np.array([math.cos(angle), math.sin(angle)])),
        ]
        flown = solve_ivp(
            rates, (0.0, 300.0), start, "DOP853", rtol=1e-9, events=ground, dense_output=True
        )
        states = flown.sol(np.linspace(0.0, flown.t[-1], 40_001))
        felt = np.array([slowing(*(float(v) for v in one)) for one in states.T])
        top = int(np.argmax(felt))
        return float(states[0, top]), float(felt[top]), float(math.hypot(*flown.y[1:, -1]))

    height, most, impact = fall(0.0)
    # The start at 120 km, not at infinity, costs 2e-5; the maximum is flat: its height is loose.
    assert height == pytest.approx(expected["h_maxdecel_m"], abs=10.0)
    assert most == pytest.approx(expected["a_max"], rel=3e-5)
    assert impact == pytest.approx(expected["v_impact"], rel=3e-5)
    with_gravity = fall(9.80665)[2]
    assert with_gravity == pytest.approx(expected["with_constant_gravity_v_impact"], rel=3e-5)


@given(
    latitude_deg=st.floats(-90.0, 90.0), longitude_deg=st.floats(-180.0, 180.0), h=st.floats(0, 1e7)
)
def test_the_corrected_height_is_the_geodetic_one(
    latitude_deg: float, longitude_deg: float, h: float
) -> None:
    x, y, z = ecef_from_geodetic(math.radians(latitude_deg), math.radians(longitude_deg), h)
    assert geodetic_height_m(x, y, z) == pytest.approx(h, abs=0.1)
