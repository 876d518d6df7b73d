"""Closed-form arcs: an impulse at the surface of a sphere that does not turn, no air.

Every function is over arrays of any shape and broadcasts. Source of the arc's relations: Bate,
Mueller and White, Fundamentals of Astrodynamics, 1971, chapter 6; of the best angle: Wheelon,
Free Flight of a Ballistic Missile, ARS Journal 29(12), 1959, 915-926.
"""

from dataclasses import dataclass

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M, GM_M3_S2
from tocsin.lanes import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A free flight from surface to surface; arrays of one shape."""

    range_rad: Floats
    """Angle at the centre from launch to impact."""
    speed_m_s: Floats
    angle_rad: Floats
    """Of the launch velocity above the horizontal."""
    apogee_m: Floats
    """Above the sphere."""
    time_s: Floats


def arc_from_angle(
    range_rad: Floats, angle_rad: Floats, radius_m: float = EARTH_MEAN_RADIUS_M
) -> Arc:
    """Give the arc that flies a range at a launch angle.

    Args:
        range_rad: Angle at the centre, above 0 and below pi.
        angle_rad: Above 0; twice the angle and the range together below pi, where it escapes.
        radius_m: Of the sphere.
    """
    half = 0.5 * np.asarray(range_rad, float)
    angle = np.asarray(angle_rad, float)
    q = np.sin(half) / (np.cos(angle) * np.sin(angle + half))
    return _arc(half, angle, q, radius_m)


def minimum_energy_arc(range_rad: Floats, radius_m: float = EARTH_MEAN_RADIUS_M) -> Arc:
    """Give the arc that flies a range with the least speed: its angle is pi/4 - range/4."""
    return arc_from_angle(range_rad, 0.25 * (np.pi - np.asarray(range_rad, float)), radius_m)


def arc_from_apogee(
    range_rad: Floats, apogee_m: Floats, radius_m: float = EARTH_MEAN_RADIUS_M
) -> Arc:
    """Give the arc that flies a range with an apogee so far above the sphere."""
    half = 0.5 * np.asarray(range_rad, float)
    top = radius_m + np.asarray(apogee_m, float)
    e = (top - radius_m) / (top - radius_m * np.cos(half))
    semilatus = top * (1.0 - e)
    speed2 = GM_M3_S2 * (2.0 / radius_m - (1.0 - e * e) / semilatus)
    across = np.sqrt(GM_M3_S2 * semilatus) / radius_m
    angle = np.arccos(np.clip(across / np.sqrt(speed2), -1.0, 1.0))
    return _arc(half, angle, speed2 * radius_m / GM_M3_S2, radius_m)


def arc_from_time(range_rad: Floats, time_s: Floats, radius_m: float = EARTH_MEAN_RADIUS_M) -> Arc:
    """Give the arc that flies a range in a time: its apogee grows with the time, so by halving."""
    wanted, angle = np.broadcast_arrays(np.asarray(time_s, float), np.asarray(range_rad, float))
    low, high = np.full(angle.shape, 1.0), np.full(angle.shape, 3.0e8)
    for _ in range(100):
        middle = np.sqrt(low * high)
        late = arc_from_apogee(angle, middle, radius_m).time_s > wanted
        low, high = np.where(late, low, middle), np.where(late, middle, high)
    return arc_from_apogee(angle, low, radius_m)


def _arc(half: Floats, angle: Floats, q: Floats, radius_m: float) -> Arc:
    """Finish an arc from half its range, its launch angle and v^2 R / GM."""
    axis = radius_m / (2.0 - q)
    e = np.sqrt(np.maximum(1.0 + q * (q - 2.0) * np.cos(angle) ** 2, 0.0))
    start = 2.0 * np.arctan2(np.sqrt(1.0 - e), np.sqrt(1.0 + e) * np.tan(0.5 * half))
    turn = np.pi - start + e * np.sin(start)
    return Arc(
        range_rad=2.0 * half,
        speed_m_s=np.sqrt(q * GM_M3_S2 / radius_m),
        angle_rad=angle,
        apogee_m=axis * (1.0 + e) - radius_m,
        time_s=2.0 * np.sqrt(axis**3 / GM_M3_S2) * turn,
    )


def free_flight_range(
    radius_m: Floats, speed_m_s: Floats, angle_rad: Floats, ground_m: float
) -> tuple[Floats, Floats, Floats]:
    """Give range angle, apogee radius and time of a free flight from above down to the ground.

    Args:
        radius_m: Distance of the start from the centre.
        speed_m_s, angle_rad: Velocity there; the angle is above the horizontal.
        ground_m: Radius of the sphere that it comes down on; the arc must reach it.
    """
    q = speed_m_s**2 * radius_m / GM_M3_S2
    axis = radius_m / (2.0 - q)
    e = np.sqrt(1.0 + q * (q - 2.0) * np.cos(angle_rad) ** 2)
    rise = np.arccos(np.clip((axis * (1.0 - e * e) / radius_m - 1.0) / e, -1.0, 1.0))
    fall = np.arccos(np.clip((axis * (1.0 - e * e) / ground_m - 1.0) / e, -1.0, 1.0))

    def until_top(anomaly: Floats) -> Floats:
        eccentric = 2.0 * np.arctan(np.sqrt((1.0 - e) / (1.0 + e)) * np.tan(0.5 * anomaly))
        mean = eccentric - e * np.sin(eccentric)
        return np.asarray((np.pi - mean) * np.sqrt(axis**3 / GM_M3_S2))

    span = 2.0 * np.pi - rise - fall
    return span, axis * (1.0 + e), until_top(rise) + until_top(fall)


def propagate(position_m: Floats, velocity_m_s: Floats, time_s: Floats) -> tuple[Floats, Floats]:
    """Move a body along its two-body orbit, in an inertial frame.

    Args:
        position_m, velocity_m_s: [..., 3]; any conic but a straight line through the centre.
        time_s: [...], later or earlier.

    Source: Vallado, Fundamentals of Astrodynamics, 4th ed., 2013, algorithm 8 (universal
    variable), with Laguerre's iteration (Conway, Celestial Mechanics 39, 1986, 199-211).
    """
    r0 = np.linalg.norm(position_m, axis=-1)
    along = np.sum(position_m * velocity_m_s, axis=-1) / np.sqrt(GM_M3_S2)
    alpha = 2.0 / r0 - np.sum(velocity_m_s**2, axis=-1) / GM_M3_S2
    wanted = np.sqrt(GM_M3_S2) * np.asarray(time_s, float)
    chi = np.where(alpha > 0.0, wanted * np.abs(alpha), wanted / r0)
    for _ in range(40):
        c, s = _stumpff(alpha * chi * chi)
        f = along * chi**2 * c + (1.0 - alpha * r0) * chi**3 * s + r0 * chi - wanted
        slope = along * chi * (1.0 - alpha * chi**2 * s) + (1.0 - alpha * r0) * chi**2 * c + r0
        bend = along * (1.0 - alpha * chi**2 * c) + (1.0 - alpha * r0) * chi * (
            1.0 - alpha * chi**2 * s
        )
        root = np.sqrt(np.abs(16.0 * slope**2 - 20.0 * f * bend))
        chi = chi - 5.0 * f / (slope + np.copysign(root, slope))
    c, s = _stumpff(alpha * chi * chi)
    lagrange_f = (1.0 - chi**2 * c / r0)[..., None]
    lagrange_g = (np.asarray(time_s, float) - chi**3 * s / np.sqrt(GM_M3_S2))[..., None]
    moved = lagrange_f * position_m + lagrange_g * velocity_m_s
    r = np.linalg.norm(moved, axis=-1)
    f_rate = (np.sqrt(GM_M3_S2) / (r * r0) * chi * (alpha * chi**2 * s - 1.0))[..., None]
    g_rate = (1.0 - chi**2 * c / r)[..., None]
    return moved, f_rate * position_m + g_rate * velocity_m_s


def _stumpff(z: Floats) -> tuple[Floats, Floats]:
    """Give Stumpff's functions c2 and c3, also near and below zero."""
    small = np.abs(z) < 1e-3
    safe = np.where(small, 1.0, z)
    root = np.sqrt(np.abs(safe))
    c = np.where(safe > 0.0, 1.0 - np.cos(root), np.cosh(np.minimum(root, 700.0)) - 1.0)
    s = np.where(safe > 0.0, root - np.sin(root), np.sinh(np.minimum(root, 700.0)) - root)
    series_c = 0.5 - z / 24.0 + z * z / 720.0
    series_s = 1.0 / 6.0 - z / 120.0 + z * z / 5040.0
    return (
        np.where(small, series_c, c / np.abs(safe)),
        np.where(small, series_s, s / root**3),
    )
