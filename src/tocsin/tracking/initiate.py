"""How tracks start where no range is measured: one line of sight and a likely height.

A second satellite that sees the same plume at the same instant then updates the first one's start:
its line of sight crosses the other where the rocket is, and the likely height no longer counts.
"""

import numpy as np

from tocsin.earth.constants import EARTH_A_M, EARTH_B_M
from tocsin.lanes import Flags, Floats
from tocsin.sensors.measurement import Plots

SPEED_SIGMA_M_S = 4_000.0
"""Spread of each component of an unknown velocity: up to orbital speed within two of them."""

PLUME_SPEED_SIGMA_M_S = 1_200.0
"""The same of what begins with a plume: most are seen from the clouds on, at 300 to 1,000 m/s. A
wider spread lets a lone satellite's track run away along its line of sight."""

PLUME_HEIGHT_M = 60_000.0
PLUME_HEIGHT_SIGMA_M = 40_000.0
"""Where along a lone line of sight a burning rocket is taken to be: between cloud and burnout."""


def directions(plots: Plots, axes: Floats) -> Floats:
    """Give the unit vectors of plots' lines of sight, [n, 3], Earth-fixed.

    Args:
        plots: [n].
        axes: [n, 3, 3], rows east, north and up of each plot's sensor; for a satellite the rows y,
            x and z, which turns its azimuth (from x towards y) into one from north over east.
    """
    flat = np.cos(plots.elevation_rad)
    local = np.stack(
        [
            flat * np.sin(plots.azimuth_rad),
            flat * np.cos(plots.azimuth_rad),
            np.sin(plots.elevation_rad),
        ],
        -1,
    )
    return np.asarray(np.einsum("nij,ni->nj", axes, local))


def sight_covariance(plots: Plots, axes: Floats, range_m: Floats, along_m: Floats) -> Floats:
    """Give the covariance [n, 3, 3] of places at a range along plots' lines of sight.

    Args:
        plots: [n], for their angles and angle errors.
        axes: As for `directions`.
        range_m: Distance along the line, [n].
        along_m: Standard deviation along the line, [n].

    First order: holds while the angle errors are small. Source: Bar-Shalom, Li and Kirubarajan,
    Estimation with Applications to Tracking and Navigation, 2001, section 10.4.3.
    """
    sine, cosine = np.sin(plots.azimuth_rad), np.cos(plots.azimuth_rad)
    low, flat = np.sin(plots.elevation_rad), np.cos(plots.elevation_rad)
    zero = np.zeros_like(sine)
    across = np.stack([cosine, -sine, zero], -1)
    above = np.stack([-sine * low, -cosine * low, flat], -1)
    line = np.stack([sine * flat, cosine * flat, low], -1)
    spread = np.stack(
        [
            along_m[:, None] * line,
            (range_m * flat * plots.sigma_azimuth_rad)[:, None] * across,
            (range_m * plots.sigma_elevation_rad)[:, None] * above,
        ],
        -1,
    )
    turned = np.einsum("nij,nik->njk", axes, spread)
    return np.asarray(turned @ np.swapaxes(turned, 1, 2))


def from_lone_sight(plots: Plots, places_m: Floats, axes: Floats) -> tuple[Floats, Floats, Flags]:
    """Give positions, covariances and usable flags from lines of sight that only meet a height.

    The line is cut with an ellipsoid `PLUME_HEIGHT_M` above Earth's; its spread along the line is
    what `PLUME_HEIGHT_SIGMA_M` of height makes of it. A line that passes Earth by is not usable.
    """
    line = directions(plots, axes)
    shape = 1.0 / np.array(
        [EARTH_A_M + PLUME_HEIGHT_M, EARTH_A_M + PLUME_HEIGHT_M, EARTH_B_M + PLUME_HEIGHT_M]
    )
    start, way = places_m * shape, line * shape
    a = np.sum(way * way, -1)
    b = np.sum(start * way, -1)
    c = np.sum(start * start, -1) - 1.0
    left = b * b - a * c
    usable = (left > 0.0) & (b < 0.0)
    range_m = (-b - np.sqrt(np.maximum(left, 0.0))) / a
    found = places_m + range_m[:, None] * line
    up = found / np.linalg.norm(found, axis=-1, keepdims=True)
    steep = np.maximum(np.abs(np.sum(up * line, -1)), 0.1)
    along = PLUME_HEIGHT_SIGMA_M / steep
    return found, sight_covariance(plots, axes, range_m, along), usable
