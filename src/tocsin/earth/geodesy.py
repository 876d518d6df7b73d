"""Distance, bearing and destination along the ground, and points inside a region.

The ground is the WGS84 ellipsoid; shortest lines by Karney's method, right to the antipode.

Source: Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013, 43-55 (PROJ's own).
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from tocsin.lanes import Floats

_GEOD = Geod(ellps="WGS84")
_HALVINGS_MAX = 12
"""How often a grid is made finer, where a region is too small for the wanted one."""

Booleans = npt.NDArray[np.bool_]


def distance_m(
    latitude_1_rad: npt.ArrayLike,
    longitude_1_rad: npt.ArrayLike,
    latitude_2_rad: npt.ArrayLike,
    longitude_2_rad: npt.ArrayLike,
) -> Floats:
    """Give the length of the shortest way along the ground between two places.

    Args:
        latitude_1_rad, longitude_1_rad: From here; arrays that fit one another's shape.
        latitude_2_rad, longitude_2_rad: To here.
    """
    _, length = _inverse(latitude_1_rad, longitude_1_rad, latitude_2_rad, longitude_2_rad)
    return length


def azimuth_rad(
    latitude_1_rad: npt.ArrayLike,
    longitude_1_rad: npt.ArrayLike,
    latitude_2_rad: npt.ArrayLike,
    longitude_2_rad: npt.ArrayLike,
) -> Floats:
    """Give the way to set out, clockwise from north, 0 to 2 pi; arguments as `distance_m`."""
    azimuth, _ = _inverse(latitude_1_rad, longitude_1_rad, latitude_2_rad, longitude_2_rad)
    return azimuth


def destination(
    latitude_rad: npt.ArrayLike,
    longitude_rad: npt.ArrayLike,
    azimuth_rad: npt.ArrayLike,
    distance_m: npt.ArrayLike,
) -> tuple[Floats, Floats]:
    """Give latitude and longitude (radians) at the end of a shortest way.

    Args:
        latitude_rad, longitude_rad: From here; arrays that fit one another's shape.
        azimuth_rad: The way to set out, clockwise from north.
        distance_m: How far to go.
    """
    latitude, longitude, azimuth, length = _fitted(
        np.degrees(latitude_rad),
        np.degrees(longitude_rad),
        np.degrees(azimuth_rad),
        distance_m,
    )
    longitude, latitude, _ = _GEOD.fwd(longitude, latitude, azimuth, length)
    return np.radians(latitude), np.radians(longitude)


def inside(
    polygon_lonlat_deg: npt.ArrayLike,
    latitude_rad: npt.ArrayLike,
    longitude_rad: npt.ArrayLike,
) -> Booleans:
    """Tell which places lie inside a region.

    Args:
        polygon_lonlat_deg: Corners [n, 2], longitude then latitude, in degrees; closed or not.
            Longitudes may run past 180 or jump from 180 to -180. An edge is straight on a map of
            longitude against latitude, goes the short way round and spans less than 180 deg. A
            region whose edges go once round Earth holds the pole that its corners are nearer to.
        latitude_rad, longitude_rad: Places; arrays that fit one another's shape.
    """
    corners = _unrolled(polygon_lonlat_deg)
    west = corners[:, 0].min()
    latitude, longitude = np.broadcast_arrays(np.degrees(latitude_rad), np.degrees(longitude_rad))
    x = (longitude - west) % 360.0 + west
    return np.asarray(_crossings(corners, x, latitude) % 2 == 1)


def grid_inside(polygon_lonlat_deg: npt.ArrayLike, spacing_deg: float) -> tuple[Floats, Floats]:
    """Give evenly spread places inside a region: latitudes and longitudes, in radians.

    Each place stands for nearly the same ground: rows are `spacing_deg` apart, and within a row the
    longitudes widen as it nears a pole. A region too small to hold one gets a finer grid.

    Args:
        polygon_lonlat_deg: As for `inside`.
        spacing_deg: Above zero.
    """
    corners = _unrolled(polygon_lonlat_deg)
    for halving in range(_HALVINGS_MAX):
        latitude, longitude = _rows(corners, spacing_deg / 2**halving)
        held = inside(polygon_lonlat_deg, latitude, longitude)
        if held.any():
            return latitude[held], longitude[held]
    return np.empty(0), np.empty(0)


def _inverse(*places_rad: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Give azimuth (0 to 2 pi) and length (m) of the shortest way between two places."""
    latitude_1, longitude_1, latitude_2, longitude_2 = _fitted(
        *(np.degrees(place) for place in places_rad)
    )
    azimuth, _, length = _GEOD.inv(longitude_1, latitude_1, longitude_2, latitude_2)
    turn = np.radians(azimuth) % (2.0 * np.pi)
    # a hair west of north, the remainder rounds up to a whole turn
    return np.where(turn < 2.0 * np.pi, turn, 0.0), np.asarray(length)


def _fitted(*values: npt.ArrayLike) -> list[Floats]:
    """Give arrays that are all of one shape."""
    return [np.asarray(each, dtype=np.float64) for each in np.broadcast_arrays(*values)]


def _unrolled(polygon_lonlat_deg: npt.ArrayLike) -> Floats:
    """Give a region's corners, the first again at the end, with no jump at 180 deg.

    A region round a pole is closed along that pole.
    """
    corners = np.asarray(polygon_lonlat_deg, dtype=np.float64)
    corners = np.concatenate([corners, corners[:1]])
    steps = (np.diff(corners[:, 0]) + 180.0) % 360.0 - 180.0
    longitude = corners[0, 0] + np.concatenate([[0.0], np.cumsum(steps)])
    unrolled = np.stack([longitude, corners[:, 1]], axis=-1)
    if abs(longitude[-1] - longitude[0]) < 180.0:
        return unrolled
    pole = np.copysign(90.0 + 1e-9, corners[:, 1].mean())
    ends = np.array([[longitude[-1], pole], [longitude[0], pole], unrolled[0]])
    return np.concatenate([unrolled, ends])


def _crossings(corners: Floats, x: Floats, y: Floats) -> npt.NDArray[np.int64]:
    """Count the edges that lie due north of points on the map: odd means inside."""
    count = np.zeros(np.shape(x), dtype=np.int64)
    for (x_1, y_1), (x_2, y_2) in pairwise(corners):
        if x_1 != x_2:
            between = (x >= min(x_1, x_2)) & (x < max(x_1, x_2))
            count += between & (y < y_1 + (y_2 - y_1) * (x - x_1) / (x_2 - x_1))
    return count


def _rows(corners: Floats, spacing_deg: float) -> tuple[Floats, Floats]:
    """Give places (radians) in rows over the box around a region."""
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    latitudes, longitudes = [], []
    for row in range(max(1, int(np.ceil((north - south) / spacing_deg)))):
        latitude = min(south + (row + 0.5) * spacing_deg, north)
        width = (east - west) * np.cos(np.radians(latitude))
        count = max(1, round(float(width / spacing_deg)))
        longitudes.append(west + (np.arange(count) + 0.5) * (east - west) / count)
        latitudes.append(np.full(count, latitude))
    longitude = (np.concatenate(longitudes) + 180.0) % 360.0 - 180.0
    return np.radians(np.concatenate(latitudes)), np.radians(longitude)
