"""Earth's pull: point mass, then oblateness."""

import math

from tocsin.earth.constants import (
    EARTH_A_M,
    EARTH_B_M,
    EARTH_E2,
    EARTH_J2,
    EARTH_J4,
    GM_M3_S2,
    NORMAL_G_EQUATOR_M_S2,
    NORMAL_G_POLE_M_S2,
)
from tocsin.lanes import inline


@inline
def gravity_j2(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Give the pull of an oblate Earth, as an acceleration along the given axes.

    Args:
        x_m, y_m, z_m: Position from Earth's centre; z along the spin axis. Not the centre itself.

    Returns:
        Acceleration along x, y, z, in m/s^2; the spin's centrifugal part is not in it.

    Holds outside Earth; neglects harmonics above the second (below 1.2e-4 m/s^2 at the ground).

    Source:
        Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., 2013, section 8.7.1.
    """
    r2 = x_m * x_m + y_m * y_m + z_m * z_m
    inverse_r = 1.0 / math.sqrt(r2)
    inverse_r2 = inverse_r * inverse_r
    pull = GM_M3_S2 * inverse_r2 * inverse_r
    oblate = 1.5 * EARTH_J2 * EARTH_A_M * EARTH_A_M * inverse_r2
    height = 5.0 * z_m * z_m * inverse_r2
    across = -pull * (1.0 + oblate * (1.0 - height))
    along = -pull * (1.0 + oblate * (3.0 - height))
    return across * x_m, across * y_m, along * z_m


@inline
def gravity_j2_j4(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Give the pull of an oblate Earth with its fourth harmonic; arguments as for `gravity_j2`.

    Holds outside Earth; neglects every other harmonic (the third alone is 4e-5 m/s^2 at most).

    Source:
        Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., 2013, section 8.7.1.
    """
    gx, gy, gz = gravity_j2(x_m, y_m, z_m)
    inverse_r2 = 1.0 / (x_m * x_m + y_m * y_m + z_m * z_m)
    reach = EARTH_A_M * EARTH_A_M * inverse_r2
    pull = 1.875 * EARTH_J4 * GM_M3_S2 * inverse_r2 * math.sqrt(inverse_r2) * reach * reach
    height = z_m * z_m * inverse_r2
    across = pull * (1.0 + height * (21.0 * height - 14.0))
    along = pull * (5.0 + height * (21.0 * height - 70.0 / 3.0))
    return gx + across * x_m, gy + across * y_m, gz + along * z_m


@inline
def normal_gravity(latitude_rad: float) -> float:
    """Give gravity on the ellipsoid, m/s^2, pull and spin together, with no local anomalies.

    Args:
        latitude_rad: Geodetic latitude.

    Source:
        Somigliana's formula: NIMA, TR8350.2 (WGS84), 3rd ed., 2000, equation 4-1.
    """
    sine2 = math.sin(latitude_rad) ** 2
    excess = EARTH_B_M * NORMAL_G_POLE_M_S2 / (EARTH_A_M * NORMAL_G_EQUATOR_M_S2) - 1.0
    return NORMAL_G_EQUATOR_M_S2 * (1.0 + excess * sine2) / math.sqrt(1.0 - EARTH_E2 * sine2)
