"""Whether a line of sight is free, where a target stands in a sensor's sky, and the plain geometry.

Lines are straight here; how the air bends a radar's beam is in `refraction`.
"""

import math

from tocsin.earth.constants import EARTH_A_M, EARTH_B_M, EARTH_MEAN_RADIUS_M
from tocsin.earth.frames import Axis
from tocsin.lanes import inline


@inline
def local_direction(
    dx: float, dy: float, dz: float, east: Axis, north: Axis, up: Axis
) -> tuple[float, float, float]:
    """Give an Earth-fixed vector's parts along a place's east, north and up, in the same unit.

    Args:
        dx, dy, dz: Target less sensor.
        east, north, up: From `earth.frames.east_north_up`.
    """
    along_east = dx * east[0] + dy * east[1] + dz * east[2]
    along_north = dx * north[0] + dy * north[1] + dz * north[2]
    along_up = dx * up[0] + dy * up[1] + dz * up[2]
    return along_east, along_north, along_up


@inline
def look_angles(
    dx: float, dy: float, dz: float, east: Axis, north: Axis, up: Axis
) -> tuple[float, float, float]:
    """Give range (m), azimuth (0 to 2 pi, clockwise from north) and elevation of a target.

    Args:
        dx, dy, dz: Target less sensor, Earth-fixed, m; not all zero.
        east, north, up: From `earth.frames.east_north_up`.

    Straight above and below, the azimuth means nothing.
    """
    e, n, u = local_direction(dx, dy, dz, east, north, up)
    across = math.sqrt(e * e + n * n)
    azimuth = math.atan2(e, n)
    turned = azimuth + (2.0 * math.pi if azimuth < 0.0 else 0.0)
    return math.sqrt(across * across + u * u), turned, math.atan2(u, across)


@inline
def lowest_height_m(
    x1_m: float,
    y1_m: float,
    z1_m: float,
    x2_m: float,
    y2_m: float,
    z2_m: float,
    part_from: float,
    part_to: float,
) -> float:
    """Give the height over the ellipsoid of the lowest point on a part of a straight line.

    Args:
        x1_m, y1_m, z1_m, x2_m, y2_m, z2_m: Two points of the line, Earth-fixed.
        part_from, part_to: The part: 0 is the first point, 1 the second, more is beyond it.

    Measured along the radius of an ellipsoid blown up through the point: right in sign, and
    within 0.4 % of the height over the ellipsoid (tested).

    Method: on axes squeezed so that the ellipsoid becomes a ball; Vallado, Fundamentals of
    Astrodynamics and Applications, 4th ed., 2013, algorithm 35 (SIGHT).
    """
    x, y, z = x1_m / EARTH_A_M, y1_m / EARTH_A_M, z1_m / EARTH_B_M
    dx, dy, dz = x2_m / EARTH_A_M - x, y2_m / EARTH_A_M - y, z2_m / EARTH_B_M - z
    nearest = -(x * dx + y * dy + z * dz) / (dx * dx + dy * dy + dz * dz + 1e-30)
    part = min(max(nearest, part_from), part_to)
    x = x + part * dx
    y = y + part * dy
    z = z + part * dz
    flat, high = x * x + y * y + 1e-18, z * z  # so much off the centre that nothing is 0 / 0
    away = math.sqrt(flat + high)
    stretch_m = math.sqrt(EARTH_A_M * EARTH_A_M * flat + EARTH_B_M * EARTH_B_M * high) / away
    return stretch_m * (away - 1.0)


@inline
def line_of_sight_clear(
    x1_m: float,
    y1_m: float,
    z1_m: float,
    x2_m: float,
    y2_m: float,
    z2_m: float,
    margin_m: float,
) -> bool:
    """Tell whether two points see each other past Earth's limb.

    Args:
        x1_m, y1_m, z1_m, x2_m, y2_m, z2_m: The two points, Earth-fixed.
        margin_m: The line must stay at least so high; a point below that height is not seen.
    """
    return lowest_height_m(x1_m, y1_m, z1_m, x2_m, y2_m, z2_m, 0.0, 1.0) >= margin_m


@inline
def sine_of_elevation(dx: float, dy: float, dz: float, up: Axis) -> float:
    """Give the sine of the elevation of a straight line above a place's horizontal.

    Args:
        dx, dy, dz: What is looked at less the place, Earth-fixed, any unit, not all zero.
        up: The place's, from `earth.frames.east_north_up`.
    """
    along = dx * up[0] + dy * up[1] + dz * up[2]
    return along / math.sqrt(dx * dx + dy * dy + dz * dz)


@inline
def slant_height_m(range_m: float, elevation_rad: float) -> float:
    """Give the height of a target so far away at an elevation, over the mean sphere."""
    r = EARTH_MEAN_RADIUS_M
    square = range_m * (range_m + 2.0 * r * math.sin(elevation_rad))
    return square / (math.sqrt(r * r + square) + r)


@inline
def slant_ground_range_m(range_m: float, elevation_rad: float) -> float:
    """Give how far along the ground a target is, over the mean sphere."""
    along = range_m * math.cos(elevation_rad)
    above = EARTH_MEAN_RADIUS_M + range_m * math.sin(elevation_rad)
    return EARTH_MEAN_RADIUS_M * math.atan2(along, above)


@inline
def straight_ground_range_m(elevation_rad: float, height_m: float, radius_m: float) -> float:
    """Give how far along the ground a straight line at an elevation reaches a height.

    Args:
        elevation_rad: 0 to pi/2, at the ground.
        height_m: Zero or more.
        radius_m: Of the sphere.
    """
    above = height_m * (height_m + 2.0 * radius_m)
    rise = radius_m * math.sin(elevation_rad)
    along = above / (math.sqrt(rise * rise + above) + rise) if height_m > 0.0 else 0.0
    return radius_m * math.atan2(
        along * math.cos(elevation_rad), radius_m + along * math.sin(elevation_rad)
    )


@inline
def earth_half_angle_rad(orbit_radius_m: float) -> float:
    """Give half the angle that Earth fills, seen from a distance from its centre (equator)."""
    return math.asin(EARTH_A_M / orbit_radius_m)


@inline
def seen_half_angle_rad(orbit_radius_m: float, elevation_rad: float) -> float:
    """Give how far from the point under it a satellite is seen at an elevation, as an angle.

    Args:
        orbit_radius_m: The satellite's distance from Earth's centre.
        elevation_rad: Of the satellite, as seen from the ground; 0 is the limb.

    Over a sphere of the equator's radius.
    """
    off_down = math.asin(EARTH_A_M * math.cos(elevation_rad) / orbit_radius_m)
    return 0.5 * math.pi - elevation_rad - off_down
