"""Equations of motion in the Earth-fixed frame, as lane formulas: boost, coast and re-entry."""

import math

from tocsin.earth.constants import (
    EARTH_A_M,
    EARTH_B_M,
    EARTH_E2,
    EARTH_F,
    EARTH_OMEGA_RAD_S,
)
from tocsin.earth.gravity import gravity_j2
from tocsin.flight.air import air_density, air_density_and_ratio, drag_coefficient
from tocsin.lanes import Floats, inline


@inline
def altitude_m(x: float, y: float, z: float) -> float:
    """Give the height above the WGS84 ellipsoid along the radius.

    Above the geodetic height by 6e-6 of it at most: nothing at the ground, 5 m at 1,000 km.

    Args:
        x, y, z: Earth-fixed position, m.
    """
    across = x * x + y * y
    r2 = across + z * z
    inverse_r = 1.0 / math.sqrt(r2)
    u = EARTH_E2 * across * (inverse_r * inverse_r)
    flat = 1.0 + u * (0.5 + u * (0.375 + u * (0.3125 + u * 0.2734375)))  # (1 - u)^-1/2
    return r2 * inverse_r - EARTH_B_M * flat


@inline
def geodetic_height_m(x: float, y: float, z: float) -> float:
    """Give the height above the WGS84 ellipsoid along its normal, from that along the radius.

    Within 0.1 m of the geodetic height up to 10,000 km (tested). On the ground the two directions
    differ by f sin(2 latitude), higher up by less; half its square of the height is taken off.

    Args:
        x, y, z: Earth-fixed position, m.
    """
    across = x * x + y * y
    r2 = across + z * z
    tilt2 = 4.0 * EARTH_F * EARTH_F * (across / r2) * (z * z / r2)
    high = altitude_m(x, y, z)
    near = EARTH_A_M / (EARTH_A_M + high)
    return high * (1.0 - 0.5 * tilt2 * near)


@inline
def free_acceleration(
    x: float, y: float, z: float, vx: float, vy: float
) -> tuple[float, float, float]:
    """Give gravity with oblateness, centrifugal and Coriolis acceleration, m/s^2.

    Source: Vallado, Fundamentals of Astrodynamics, 4th ed., 2013, section 3.4 (rotating frame).
    """
    gx, gy, gz = gravity_j2(x, y, z)
    spin2 = EARTH_OMEGA_RAD_S * EARTH_OMEGA_RAD_S
    ax = gx + spin2 * x + 2.0 * EARTH_OMEGA_RAD_S * vy
    ay = gy + spin2 * y - 2.0 * EARTH_OMEGA_RAD_S * vx
    return ax, ay, gz


@inline
def falling_acceleration(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    inverse_ballistic: float,
    air: Floats,
) -> tuple[float, float, float, float]:
    """Give the acceleration of a body without thrust, and its drag alone, m/s^2.

    Args:
        x, y, z, vx, vy, vz: Earth-fixed position (m) and velocity (m/s).
        inverse_ballistic: Drag coefficient times area over mass, m^2/kg; 0 leaves the air out.
        air: The flat air table.

    Source: drag as in Allen and Eggers, NACA Report 1381, 1958, equation 3.
    """
    ax, ay, az = free_acceleration(x, y, z, vx, vy)
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    density = air_density(air, altitude_m(x, y, z))
    drag = 0.5 * density * speed * inverse_ballistic
    return ax - drag * vx, ay - drag * vy, az - drag * vz, drag * speed


@inline
def tilt_cos_sin(angle: float) -> tuple[float, float]:
    """Give cosine and sine of an angle without a call, so that they vectorise.

    Args:
        angle: Radians, from -3.2 to 3.2; the error stays below 1e-7 there and below 3e-10 up to
            1.75, the most that a launch tilts (tested).

    Method: Taylor series at a quarter of the angle, doubled twice.
    """
    q = angle * 0.25
    q2 = q * q
    sine = q * (1.0 - q2 / 6.0 * (1.0 - q2 / 20.0 * (1.0 - q2 / 42.0 * (1.0 - q2 / 72.0))))
    cosine = 1.0 - q2 / 2.0 * (1.0 - q2 / 12.0 * (1.0 - q2 / 30.0 * (1.0 - q2 / 56.0)))
    half_cosine = cosine * cosine - sine * sine
    half_sine = 2.0 * sine * cosine
    return (
        half_cosine * half_cosine - half_sine * half_sine,
        2.0 * half_sine * half_cosine,
    )


@inline
def tilt_share(time_s: float, rise_s: float, tilted_s: float) -> float:
    """Give how much of the tilt from the vertical is done: 0 at `rise_s`, 1 at `tilted_s`.

    A smooth step (3u^2 - 2u^3): no jump in rate where the tilt begins or ends.
    """
    u = min(max((time_s - rise_s) / (tilted_s - rise_s), 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


@inline
def boost_acceleration(
    state: tuple[float, float, float, float, float, float],
    thrust_vacuum_n: float,
    exit_area_m2: float,
    drag_area_m2: float,
    mass_kg: float,
    direction: tuple[float, float, float],
    air: Floats,
) -> tuple[float, float, float]:
    """Give the acceleration of a burning stage, m/s^2.

    Args:
        state: Earth-fixed position (m) and velocity (m/s).
        thrust_vacuum_n, exit_area_m2: The outside pressure on the exit area takes away thrust.
        drag_area_m2: Frontal area.
        mass_kg: Mass now.
        direction: Unit vector of thrust, Earth-fixed.
        air: The flat air table.

    Drag acts along the velocity; lift is left out.

    Source: Sutton and Biblarz, Rocket Propulsion Elements, 8th ed., 2010, equations 2-14, 4-19.
    """
    x, y, z, vx, vy, vz = state
    ax, ay, az = free_acceleration(x, y, z, vx, vy)
    density, ratio = air_density_and_ratio(air, altitude_m(x, y, z))
    speed2 = vx * vx + vy * vy + vz * vz
    inverse_mass = 1.0 / mass_kg
    shape = drag_coefficient(speed2, 1.4 * ratio)
    drag = 0.5 * density * math.sqrt(speed2) * drag_area_m2 * shape * inverse_mass
    push = (thrust_vacuum_n - density * ratio * exit_area_m2) * inverse_mass
    return (
        ax + push * direction[0] - drag * vx,
        ay + push * direction[1] - drag * vy,
        az + push * direction[2] - drag * vz,
    )
