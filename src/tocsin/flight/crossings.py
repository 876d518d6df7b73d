"""When a quantity crosses a value between two nodes of a flight: apogee, impact, or any instant."""

import math

from tocsin.flight.motion import altitude_m
from tocsin.lanes import inline

Vector = tuple[float, float, float]

ROOT_STEPS = 7
"""Secant steps; the quantities are so nearly straight that this reaches rounding (tested)."""


@inline
def hermite(p0: float, v0: float, p1: float, v1: float, dt: float, u: float) -> float:
    """Give a coordinate between two nodes, by the cubic through both positions and rates.

    Args:
        p0, v0, p1, v1: Coordinate and its rate at the first and the second node.
        dt: Time between the nodes, s.
        u: Part of the way, 0 to 1.

    Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., 1993,
    section II.6, equation 6.7.
    """
    w = 1.0 - u
    return w * w * ((1.0 + 2.0 * u) * p0 + u * dt * v0) + u * u * (
        (3.0 - 2.0 * u) * p1 - w * dt * v1
    )


@inline
def hermite_rate(p0: float, v0: float, p1: float, v1: float, dt: float, u: float) -> float:
    """Give the rate of `hermite`'s coordinate, per second; `dt` must not be zero."""
    w = 1.0 - u
    return 6.0 * u * w * (p1 - p0) / dt + w * (1.0 - 3.0 * u) * v0 + u * (3.0 * u - 2.0) * v1


@inline
def point_between(p0: Vector, v0: Vector, p1: Vector, v1: Vector, dt: float, u: float) -> Vector:
    """Give the position a part `u` of the way from one node to the next, m."""
    return (
        hermite(p0[0], v0[0], p1[0], v1[0], dt, u),
        hermite(p0[1], v0[1], p1[1], v1[1], dt, u),
        hermite(p0[2], v0[2], p1[2], v1[2], dt, u),
    )


@inline
def velocity_between(p0: Vector, v0: Vector, p1: Vector, v1: Vector, dt: float, u: float) -> Vector:
    """Give the velocity a part `u` of the way from one node to the next, m/s."""
    return (
        hermite_rate(p0[0], v0[0], p1[0], v1[0], dt, u),
        hermite_rate(p0[1], v0[1], p1[1], v1[1], dt, u),
        hermite_rate(p0[2], v0[2], p1[2], v1[2], dt, u),
    )


@inline
def secant(u0: float, f0: float, u1: float, f1: float) -> float:
    """Give the next guess for where a quantity crosses zero, from two, kept within 0 to 1."""
    rise = f1 - f0
    flat = math.fabs(rise) < 1e-300
    step = f1 * (u1 - u0) / (1.0 if flat else rise)
    return min(max(u1 - (0.0 if flat else step), 0.0), 1.0)


@inline
def ground_crossing(p0: Vector, v0: Vector, p1: Vector, v1: Vector, dt: float) -> float:
    """Give the part of the way at which a falling body meets the ellipsoid.

    The first node is above the ground, the second below it.
    """
    u0, u1 = 0.0, 1.0
    f0 = altitude_m(p0[0], p0[1], p0[2])
    f1 = altitude_m(p1[0], p1[1], p1[2])
    for _ in range(ROOT_STEPS):
        u = secant(u0, f0, u1, f1)
        x, y, z = point_between(p0, v0, p1, v1, dt, u)
        u0, f0 = u1, f1
        u1, f1 = u, altitude_m(x, y, z)
    return u1


@inline
def top_crossing(p0: Vector, v0: Vector, p1: Vector, v1: Vector, dt: float) -> float:
    """Give the part of the way at which a climbing body stops climbing (apogee).

    It climbs at the first node and falls at the second.
    """
    u0, u1 = 0.0, 1.0
    f0 = p0[0] * v0[0] + p0[1] * v0[1] + p0[2] * v0[2]
    f1 = p1[0] * v1[0] + p1[1] * v1[1] + p1[2] * v1[2]
    for _ in range(ROOT_STEPS):
        u = secant(u0, f0, u1, f1)
        x, y, z = point_between(p0, v0, p1, v1, dt, u)
        vx, vy, vz = velocity_between(p0, v0, p1, v1, dt, u)
        u0, f0 = u1, f1
        u1, f1 = u, x * vx + y * vy + z * vz
    return u1
