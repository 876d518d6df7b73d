"""How the air bends a radar's beam, and how low it therefore sees.

The air's index falls with height as an exponential; the beam starts at sea level over a sphere.
A radar that stands higher is taken to stand there too: that bends its beam too much, by 13 % of
the bending for each kilometre (0.1 deg at the horizon).
"""

import math
from functools import lru_cache

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.lanes import Floats, inline

REFRACTIVITY = 313e-6
"""The air's index at sea level, less one. Bean and Thayer, CRPL Exponential Reference Atmosphere,
NBS Monograph 4, 1959."""

REFRACTIVITY_FALL_PER_M = 0.1439e-3
"""How fast it falls with height, for the value above. Bean and Thayer, 1959."""

FIT_LOW_M, FIT_HIGH_M = 10e3, 40_000e3
"""Heights of target that `horizon_fit` is for."""

_AIR_TOP_M = 150e3
"""Above this height the beam is straight: what is left of the air bends it by 1e-13 rad."""

_EDGES = np.concatenate([[0.0], np.geomspace(1e-3, 1.0, 20)])
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_HALVES = 0.5 * np.diff(_EDGES)
_PLACES = (_EDGES[:-1, None] + _HALVES[:, None] * (1.0 + _NODES)).ravel()
_SHARES = (_HALVES[:, None] * _WEIGHTS).ravel()
"""Nodes and weights from 0 to 1, in panels that grow from the radar outwards: a beam along the
horizon changes fastest there."""


def raytrace_ground_range_m(elevation_rad: Floats | float, height_m: Floats | float) -> Floats:
    """Give how far away, along the ground, a beam reaches a height.

    Args:
        elevation_rad: Of the beam as it leaves the radar, 0 to pi/2.
        height_m: Above the radar's sphere, above 0; any shape that fits the elevations'.

    The integral of Bouguer's rule n r cos(elevation) = constant, over the square root of height so
    that it stays finite along the horizon; straight above 150 km. Good to 1 mm.

    Source: Bean and Dutton, Radio Meteorology, NBS Monograph 92, 1966, section 3.2.
    """
    elevation, height = np.broadcast_arrays(
        np.asarray(elevation_rad, float), np.asarray(height_m, float)
    )
    bent = np.minimum(height, _AIR_TOP_M)
    top = np.sqrt(bent)[..., None]
    root = top * _PLACES
    rise = root * root
    radius = EARTH_MEAN_RADIUS_M + rise
    index = _index(rise)
    turned = _index(0.0) * EARTH_MEAN_RADIUS_M * np.cos(elevation)[..., None]
    grown = rise * index + EARTH_MEAN_RADIUS_M * REFRACTIVITY * np.expm1(
        -REFRACTIVITY_FALL_PER_M * rise
    )
    started = 2.0 * _index(0.0) * EARTH_MEAN_RADIUS_M * np.sin(0.5 * elevation)[..., None] ** 2
    steep = np.sqrt((grown + started) * (index * radius + turned))
    angle = np.sum(2.0 * root * turned / (radius * steep) * top * _SHARES, axis=-1)
    turned = turned[..., 0]
    left = np.arccos(np.minimum(turned / (EARTH_MEAN_RADIUS_M + height) / _index(height), 1.0))
    entered = np.arccos(np.minimum(turned / (EARTH_MEAN_RADIUS_M + bent) / _index(bent), 1.0))
    return np.asarray(EARTH_MEAN_RADIUS_M * (angle + left - entered))


def true_elevation_rad(apparent_rad: Floats | float, height_m: Floats | float) -> Floats:
    """Give the elevation of the straight line to the place where a beam reaches a height.

    Args:
        apparent_rad: Elevation of the beam as it leaves the radar, 0 to pi/2.
        height_m: Above 0; any shape that fits the elevations'.
    """
    angle = raytrace_ground_range_m(apparent_rad, height_m) / EARTH_MEAN_RADIUS_M
    height = np.asarray(height_m, float)
    drop = 2.0 * EARTH_MEAN_RADIUS_M * np.sin(0.5 * angle) ** 2
    above = height * np.cos(angle) - drop
    return np.asarray(np.arctan2(above, (EARTH_MEAN_RADIUS_M + height) * np.sin(angle)))


@lru_cache(maxsize=1024)
def horizon_fit(apparent_rad: float) -> tuple[float, float, float]:
    """Give the three numbers of `threshold` for a radar's lowest elevation.

    Args:
        apparent_rad: Lowest elevation of the beam, -1 deg to pi/2. One below the horizontal counts
            as horizontal: over a smooth Earth it would meet the ground.

    Fitted to the ray trace at targets 10 km to 40,000 km high, evenly over the logarithm of
    height: c1 by least squares, c0 and c2 for the smallest largest error.
    That error (tested): 0.016 deg for a beam along the horizon, 0.009 deg at 1 deg, 0.0051 deg at
    2 deg, 0.0031 deg at 3 deg, 0.0007 deg at 7 deg, falling on above.
    """
    apparent = max(apparent_rad, 0.0)
    height = np.geomspace(FIT_LOW_M, FIT_HIGH_M, 60)
    wanted = np.sin(true_elevation_rad(apparent, height))
    c2 = np.geomspace(2e3, 100e3, 400)
    shape = 1.0 / (height + c2[:, None])
    shape_off = shape - shape.mean(axis=1, keepdims=True)
    c1 = shape_off @ (wanted - wanted.mean()) / np.sum(shape_off**2, axis=1)
    left = wanted - c1[:, None] * shape
    highest, lowest = left.max(axis=1), left.min(axis=1)
    best = int(np.argmin(highest - lowest))
    return float(0.5 * (highest + lowest)[best]), float(c1[best]), float(c2[best])


@inline
def threshold(c0: float, c1: float, c2: float, height_m: float) -> float:
    """Give the sine of the lowest straight-line elevation at which a radar sees a target.

    Args:
        c0, c1, c2: From `horizon_fit`: how low the radar's beam goes.
        height_m: Of the target; below zero counts as zero. Below 10 km the fit's error grows
            (tested: below 0.4 deg).
    """
    return c0 + c1 / (max(height_m, 0.0) + c2)


def four_thirds_ground_range_m(elevation_rad: float, height_m: float) -> float:
    """Give how far away, along the ground, a beam reaches a height by the 4/3-Earth rule.

    Not used here, only compared: right for aircraft, it overstates how far a radar sees a missile
    (by a seventh at 1,000 km; facts in the tests).

    Source: Skolnik, Introduction to Radar Systems, 3rd ed., 2001, section 8.2.
    """
    radius = 4.0 / 3.0 * EARTH_MEAN_RADIUS_M
    angle = math.acos(radius * math.cos(elevation_rad) / (radius + height_m)) - elevation_rad
    return radius * angle


def _index(height_m: Floats | float) -> Floats:
    """Give the air's index of refraction at a height."""
    return np.asarray(1.0 + REFRACTIVITY * np.exp(-REFRACTIVITY_FALL_PER_M * height_m))
