"""Places in four ways: inertial, Earth-fixed, latitude-longitude-height, local east-north-up.

Earth-fixed (ECEF): x through latitude 0, longitude 0; z through the north pole; WGS84 ellipsoid.
Inertial (ECI): the true equator and mean equinox of date, which is what SGP4 gives (TEME). The
pole's own wander (below 15 m) is left out.
"""

import math

import numpy as np

from tocsin.earth.constants import (
    EARTH_A_M,
    EARTH_B_M,
    EARTH_E2,
    EARTH_F,
    EARTH_OMEGA_RAD_S,
)
from tocsin.lanes import Floats, inline, kernel

Axis = tuple[float, float, float]
"""A direction of length one, along Earth-fixed x, y, z."""


@inline
def ecef_from_geodetic(
    latitude_rad: float, longitude_rad: float, altitude_m: float
) -> tuple[float, float, float]:
    """Give the Earth-fixed x, y, z, in metres, of a place over the ellipsoid.

    Source: NIMA, TR8350.2 (WGS84), 3rd ed., 2000, equation 4-14.
    """
    sine = math.sin(latitude_rad)
    normal_m = EARTH_A_M / math.sqrt(1.0 - EARTH_E2 * sine * sine)
    across_m = (normal_m + altitude_m) * math.cos(latitude_rad)
    up_m = (normal_m * (1.0 - EARTH_E2) + altitude_m) * sine
    return across_m * math.cos(longitude_rad), across_m * math.sin(longitude_rad), up_m


@inline
def geodetic_from_ecef(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Give latitude and longitude (radians) and height over the ellipsoid (metres).

    Holds from 10 km below the ellipsoid to 50,000 km above to 1e-13 rad and 1e-7 m (tested); it
    fails near Earth's centre. On the spin axis the longitude is 0.

    Source: Bowring, The accuracy of geodetic latitude and height equations, Survey Review
    28(218), 1985, 202-206: his better first guess, then twice his 1976 iteration.
    """
    across = math.sqrt(x_m * x_m + y_m * y_m)
    radius = math.sqrt(across * across + z_m * z_m)
    second_e2 = EARTH_E2 / (1.0 - EARTH_E2)
    sine = z_m * (1.0 - EARTH_F) * (1.0 + second_e2 * EARTH_B_M / radius)
    cosine = across
    for _ in range(2):
        scale = 1.0 / math.sqrt(sine * sine + cosine * cosine)
        up = z_m + second_e2 * EARTH_B_M * (sine * scale) ** 3
        out = across - EARTH_E2 * EARTH_A_M * (cosine * scale) ** 3
        sine = (1.0 - EARTH_F) * up
        cosine = out
    scale = 1.0 / math.sqrt(up * up + out * out)
    up = up * scale
    out = out * scale
    altitude = across * out + z_m * up - EARTH_A_M * math.sqrt(1.0 - EARTH_E2 * up * up)
    return math.atan2(up, out), math.atan2(y_m, x_m), altitude


@inline
def east_north_up(latitude_rad: float, longitude_rad: float) -> tuple[Axis, Axis, Axis]:
    """Give the local east, north and up (along the ellipsoid's normal) as Earth-fixed axes.

    Source: Montenbruck and Gill, Satellite Orbits, 2000, equation 5.93.
    """
    sine, cosine = math.sin(latitude_rad), math.cos(latitude_rad)
    sine_east, cosine_east = math.sin(longitude_rad), math.cos(longitude_rad)
    east = (-sine_east, cosine_east, 0.0)
    north = (-sine * cosine_east, -sine * sine_east, cosine)
    up = (cosine * cosine_east, cosine * sine_east, sine)
    return east, north, up


@kernel()
def _ecef_from_geodetic_rows(
    latitude_rad: Floats, longitude_rad: Floats, altitude_m: Floats, out: Floats
) -> None:
    """Fill rows of x, y, z for flat arrays of places."""
    for row in range(latitude_rad.size):
        x, y, z = ecef_from_geodetic(latitude_rad[row], longitude_rad[row], altitude_m[row])
        out[row, 0] = x
        out[row, 1] = y
        out[row, 2] = z


@kernel()
def _geodetic_from_ecef_rows(position_m: Floats, out: Floats) -> None:
    """Fill rows of latitude, longitude, height for rows of x, y, z."""
    for row in range(position_m.shape[0]):
        latitude, longitude, altitude = geodetic_from_ecef(
            position_m[row, 0], position_m[row, 1], position_m[row, 2]
        )
        out[row, 0] = latitude
        out[row, 1] = longitude
        out[row, 2] = altitude


def ecef_from_geodetic_batch(
    latitude_rad: Floats | float, longitude_rad: Floats | float, altitude_m: Floats | float
) -> Floats:
    """Give the Earth-fixed positions [..., 3], in metres, of many places.

    Args:
        latitude_rad, longitude_rad, altitude_m: Arrays or numbers that fit one another's shape.
    """
    latitude, longitude, altitude = np.broadcast_arrays(latitude_rad, longitude_rad, altitude_m)
    out = np.empty((latitude.size, 3))
    _ecef_from_geodetic_rows(_flat(latitude), _flat(longitude), _flat(altitude), out)
    return out.reshape(*latitude.shape, 3)


def _flat(values: Floats) -> Floats:
    """Give an array's values in one row, as the kernels want them."""
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1)


def geodetic_from_ecef_batch(position_ecef_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Give latitudes, longitudes (radians) and heights (metres) of positions [..., 3]."""
    position = np.asarray(position_ecef_m, dtype=np.float64)
    rows = np.ascontiguousarray(position.reshape(-1, 3))
    out = np.empty_like(rows)
    _geodetic_from_ecef_rows(rows, out)
    latitude, longitude, altitude = (out[:, k].reshape(position.shape[:-1]) for k in range(3))
    return latitude, longitude, altitude


def _turned(vector: Floats, angle_rad: Floats | float) -> Floats:
    """Give vectors [..., 3] in axes that are turned about z by an angle (shape [...])."""
    sine, cosine = np.sin(angle_rad), np.cos(angle_rad)
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    x, y, z = np.broadcast_arrays(cosine * x + sine * y, cosine * y - sine * x, z)
    return np.stack([x, y, z], axis=-1)


def ecef_from_eci(vector_eci: Floats, gmst_rad: Floats | float) -> Floats:
    """Give positions or directions [..., 3] in Earth-fixed axes, from inertial ones.

    Args:
        vector_eci: Any unit; it comes back in the same. Not for velocities.
        gmst_rad: Sidereal angle (earth.time), shape [...].

    Source: Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., 2013, section 3.7.
    """
    return _turned(vector_eci, gmst_rad)


def eci_from_ecef(vector_ecef: Floats, gmst_rad: Floats | float) -> Floats:
    """Give positions or directions [..., 3] in inertial axes, from Earth-fixed ones."""
    return _turned(vector_ecef, -np.asarray(gmst_rad))


def ecef_velocity_from_eci(
    position_eci_m: Floats, velocity_eci_m_s: Floats, gmst_rad: Floats | float
) -> Floats:
    """Give velocities [..., 3] as an Earth-fixed observer sees them, from inertial ones.

    Source: Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., 2013, section 3.7.
    """
    turned = _turned(velocity_eci_m_s, gmst_rad)
    return turned - _spin_m_s(_turned(position_eci_m, gmst_rad))


def eci_velocity_from_ecef(
    position_ecef_m: Floats, velocity_ecef_m_s: Floats, gmst_rad: Floats | float
) -> Floats:
    """Give velocities [..., 3] in inertial axes, from those an Earth-fixed observer sees."""
    return _turned(velocity_ecef_m_s + _spin_m_s(position_ecef_m), -np.asarray(gmst_rad))


def _spin_m_s(position_ecef_m: Floats) -> Floats:
    """Give how fast the turning Earth carries Earth-fixed points along: spin cross position."""
    x, y = position_ecef_m[..., 0], position_ecef_m[..., 1]
    return np.stack([-EARTH_OMEGA_RAD_S * y, EARTH_OMEGA_RAD_S * x, np.zeros_like(x)], axis=-1)
