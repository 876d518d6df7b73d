"""Where the Sun and the Moon are, and how high the Sun stands over a place.

Places are as seen from Earth's centre, on Earth-fixed axes. Nutation is left out twice, in the
place and in the sidereal time, so that it cancels but for 0.003 deg.
"""

import numpy as np

from tocsin.earth.constants import ASTRONOMICAL_UNIT_M
from tocsin.earth.frames import ecef_from_eci, ecef_from_geodetic_batch
from tocsin.earth.time import gmst_rad, terrestrial_centuries
from tocsin.lanes import Floats, Integers

# Meeus, table 47.A, the terms above 0.003 deg: multiples of D, M, M', F; longitude in 1e-6 deg;
# distance in m.
_MOON_LONGITUDE = np.array(
    [
        (0, 0, 1, 0, 6288774, -20905355),
        (2, 0, -1, 0, 1274027, -3699111),
        (2, 0, 0, 0, 658314, -2955968),
        (0, 0, 2, 0, 213618, -569925),
        (0, 1, 0, 0, -185116, 48888),
        (0, 0, 0, 2, -114332, -3149),
        (2, 0, -2, 0, 58793, 246158),
        (2, -1, -1, 0, 57066, -152138),
        (2, 0, 1, 0, 53322, -170733),
        (2, -1, 0, 0, 45758, -204586),
        (0, 1, -1, 0, -40923, -129620),
        (1, 0, 0, 0, -34720, 108743),
        (0, 1, 1, 0, -30383, 104755),
        (2, 0, 0, -2, 15327, 10321),
        (0, 0, 1, 2, -12528, 0),
        (0, 0, 1, -2, 10980, 79661),
        (4, 0, -1, 0, 10675, -34782),
        (0, 0, 3, 0, 10034, -23210),
        (4, 0, -2, 0, 8548, -21636),
        (2, 1, -1, 0, -7888, 24208),
        (2, 1, 0, 0, -6766, 30824),
        (1, 0, -1, 0, -5163, -8379),
        (1, 1, 0, 0, 4987, -16675),
        (2, -1, 1, 0, 4036, -12831),
        (2, 0, 2, 0, 3994, -10445),
        (4, 0, 0, 0, 3861, -11650),
        (2, 0, -3, 0, 3665, 14403),
    ],
    dtype=np.float64,
)
# Meeus, table 47.B, the terms above 0.003 deg: multiples as above; latitude in 1e-6 deg.
_MOON_LATITUDE = np.array(
    [
        (0, 0, 0, 1, 5128122),
        (0, 0, 1, 1, 280602),
        (0, 0, 1, -1, 277693),
        (2, 0, 0, -1, 173237),
        (2, 0, -1, 1, 55413),
        (2, 0, -1, -1, 46271),
        (2, 0, 0, 1, 32573),
        (0, 0, 2, 1, 17198),
        (2, 0, 1, -1, 9266),
        (0, 0, 2, -1, 8822),
        (2, -1, 0, -1, 8216),
        (2, 0, -2, -1, 4324),
        (2, 0, 1, 1, 4200),
        (2, 1, 0, -1, -3359),
    ],
    dtype=np.float64,
)


def sun_position_ecef(time_tai_ns: int | Integers) -> Floats:
    """Give the Sun's apparent Earth-fixed positions [..., 3], in metres, at instants.

    Holds from 1950 to 2050 to 0.015 deg and 1e-4 of the distance (tested against ERFA).

    Source: Meeus, Astronomical Algorithms, 2nd ed., 1998, chapter 25, low accuracy.
    """
    t = terrestrial_centuries(time_tai_ns)
    anomaly = np.radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    centre_deg = (
        (1.914602 - t * (0.004817 + 0.000014 * t)) * np.sin(anomaly)
        + (0.019993 - 0.000101 * t) * np.sin(2.0 * anomaly)
        + 0.000289 * np.sin(3.0 * anomaly)
    )
    longitude_deg = 280.46646 + t * (36000.76983 + 0.0003032 * t) + centre_deg
    true_anomaly = anomaly + np.radians(centre_deg)
    distance = 1.000001018 * (1.0 - eccentricity**2) / (1.0 + eccentricity * np.cos(true_anomaly))
    seen = np.radians(longitude_deg - 0.00569)
    return _ecef_from_ecliptic(
        seen, np.zeros_like(seen), distance * ASTRONOMICAL_UNIT_M, time_tai_ns
    )


def moon_position_ecef(time_tai_ns: int | Integers) -> Floats:
    """Give the Moon's Earth-fixed positions [..., 3], in metres, at instants.

    Holds from 1950 to 2050 to 0.03 deg and 2e-4 of the distance (tested against ERFA).

    Source: Meeus, Astronomical Algorithms, 2nd ed., 1998, chapter 47: its largest terms, without
    their factor E (the Sun's shrinking eccentricity), which moves the Moon by 0.0003 deg.
    """
    t = terrestrial_centuries(time_tai_ns)
    mean_deg = 218.3164477 + t * (481267.88123421 - 0.0015786 * t)
    angles = np.stack(
        [
            297.8501921 + t * (445267.1114034 - 0.0018819 * t),
            357.5291092 + t * (35999.0502909 - 0.0001536 * t),
            134.9633964 + t * (477198.8675055 + 0.0087414 * t),
            93.2720950 + t * (483202.0175233 - 0.0036539 * t),
        ],
        axis=-1,
    )
    turned = np.radians(angles @ _MOON_LONGITUDE[:, :4].T)
    longitude_deg = mean_deg + 1e-6 * np.sum(_MOON_LONGITUDE[:, 4] * np.sin(turned), axis=-1)
    distance_m = 385000560.0 + np.sum(_MOON_LONGITUDE[:, 5] * np.cos(turned), axis=-1)
    turned = np.radians(angles @ _MOON_LATITUDE[:, :4].T)
    latitude_deg = 1e-6 * np.sum(_MOON_LATITUDE[:, 4] * np.sin(turned), axis=-1)
    return _ecef_from_ecliptic(
        np.radians(longitude_deg), np.radians(latitude_deg), distance_m, time_tai_ns
    )


def sun_elevation_rad(
    latitude_rad: Floats | float,
    longitude_rad: Floats | float,
    time_tai_ns: int | Integers,
) -> Floats:
    """Give how high the Sun's centre stands over a place's horizon, without air's bending.

    Args:
        latitude_rad, longitude_rad, time_tai_ns: Arrays or numbers that fit one another's shape.
    """
    latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
    place = ecef_from_geodetic_batch(latitude, longitude, np.zeros_like(latitude, dtype=np.float64))
    to_sun = sun_position_ecef(time_tai_ns) - place
    up = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=-1,
    )
    return np.asarray(np.arcsin(np.sum(to_sun * up, axis=-1) / np.linalg.norm(to_sun, axis=-1)))


def _ecef_from_ecliptic(
    longitude_rad: Floats,
    latitude_rad: Floats,
    distance_m: Floats,
    time_tai_ns: int | Integers,
) -> Floats:
    """Give Earth-fixed positions [..., 3] from places on the mean ecliptic of date.

    Source: Meeus, Astronomical Algorithms, 2nd ed., 1998, chapters 13 and 22 (mean obliquity).
    """
    tilt = np.radians(23.4392911 - 0.0130042 * terrestrial_centuries(time_tai_ns))
    x = np.cos(latitude_rad) * np.cos(longitude_rad)
    across = np.cos(latitude_rad) * np.sin(longitude_rad)
    along = np.sin(latitude_rad)
    y = across * np.cos(tilt) - along * np.sin(tilt)
    z = across * np.sin(tilt) + along * np.cos(tilt)
    direction = np.stack([x, y, z], axis=-1)
    gmst = gmst_rad(np.asarray(time_tai_ns, dtype=np.int64))
    return ecef_from_eci(direction * distance_m[..., np.newaxis], gmst)
