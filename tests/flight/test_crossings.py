"""The cubic between two nodes, and the instants found on it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M
from tocsin.flight.crossings import (
    ground_crossing,
    hermite,
    hermite_rate,
    point_between,
    secant,
    top_crossing,
    velocity_between,
)
from tocsin.flight.motion import altitude_m

numbers = st.floats(-1e4, 1e4)
parts = st.floats(0.0, 1.0)
G = 9.8


@given(p0=numbers, v0=numbers, p1=numbers, v1=numbers, dt=st.floats(0.1, 100.0))
def test_the_cubic_meets_both_nodes_and_both_rates(
    p0: float, v0: float, p1: float, v1: float, dt: float
) -> None:
    assert hermite(p0, v0, p1, v1, dt, 0.0) == p0
    assert hermite(p0, v0, p1, v1, dt, 1.0) == p1
    assert hermite_rate(p0, v0, p1, v1, dt, 0.0) == v0
    assert hermite_rate(p0, v0, p1, v1, dt, 1.0) == v1


@given(a=numbers, b=numbers, c=numbers, d=numbers, dt=st.floats(0.1, 100.0), u=parts)
def test_a_cubic_motion_is_given_back_exactly(
    a: float, b: float, c: float, d: float, dt: float, u: float
) -> None:
    def place(t: float) -> float:
        return a + t * (b + t * (c + t * d))

    def rate(t: float) -> float:
        return b + t * (2.0 * c + t * 3.0 * d)

    ends = (place(0.0), rate(0.0), place(dt), rate(dt))
    size = abs(a) + abs(b) * dt + abs(c) * dt**2 + abs(d) * dt**3 + 1.0
    assert hermite(*ends, dt, u) == pytest.approx(place(u * dt), abs=1e-13 * size)
    assert hermite_rate(*ends, dt, u) == pytest.approx(rate(u * dt), abs=1e-12 * size / dt)


@given(p=st.tuples(numbers, numbers, numbers), v=st.tuples(numbers, numbers, numbers), u=parts)
def test_three_coordinates_move_as_one(
    p: tuple[float, float, float], v: tuple[float, float, float], u: float
) -> None:
    p1 = (p[1], p[2], p[0])
    found = point_between(p, v, p1, v, 3.0, u)
    speeds = velocity_between(p, v, p1, v, 3.0, u)
    for axis in range(3):
        assert found[axis] == hermite(p[axis], v[axis], p1[axis], v[axis], 3.0, u)
        assert speeds[axis] == hermite_rate(p[axis], v[axis], p1[axis], v[axis], 3.0, u)


@given(root=parts, slope=st.floats(0.1, 1e3), u0=parts, u1=parts)
def test_one_secant_step_solves_a_straight_line(
    root: float, slope: float, u0: float, u1: float
) -> None:
    if abs(u1 - u0) > 1e-3:
        found = secant(u0, slope * (u0 - root), u1, slope * (u1 - root))
        assert found == pytest.approx(root, abs=1e-9)


def test_a_secant_step_of_a_level_line_stays_where_it_is() -> None:
    assert secant(0.25, 3.0, 0.75, 3.0) == 0.75


@given(height_m=st.floats(10.0, 2e4), speed_m_s=st.floats(300.0, 7e3), angle=st.floats(0.2, 1.5))
def test_a_fall_meets_the_ground_where_its_cubic_has_no_height(
    height_m: float, speed_m_s: float, angle: float
) -> None:
    down, along = speed_m_s * math.sin(angle), speed_m_s * math.cos(angle)
    dt = 1.5 * height_m / down
    start, end = (EARTH_A_M + height_m, 0.0, 0.0), (EARTH_A_M - 0.5 * height_m, along * dt, 0.0)
    velocity = (-down, along, 0.0)
    u = ground_crossing(start, velocity, end, velocity, dt)
    x, y, z = point_between(start, velocity, end, velocity, dt, u)
    assert 0.0 < u < 1.0
    assert altitude_m(x, y, z) == pytest.approx(0.0, abs=1e-6)


@given(share=st.floats(0.05, 0.95), dt=st.floats(5.0, 100.0))
def test_a_throw_stops_climbing_where_it_should(share: float, dt: float) -> None:
    speed = G * share * dt
    top = EARTH_A_M + 1e6
    start, end = (top, 0.0, 0.0), (top + speed * dt - 0.5 * G * dt * dt, 0.0, 0.0)
    u = top_crossing(start, (speed, 0.0, 0.0), end, (speed - G * dt, 0.0, 0.0), dt)
    assert u == pytest.approx(share, abs=1e-9)
    height = point_between(start, (speed, 0.0, 0.0), end, (speed - G * dt, 0.0, 0.0), dt, u)[0]
    assert height - top == pytest.approx(0.5 * speed**2 / G, rel=1e-6)
    assert np.isfinite(u)
