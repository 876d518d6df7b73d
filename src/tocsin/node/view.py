"""Whether a place is in a sensor's view, for what its silence is worth."""

import math

import numpy as np

from tocsin.earth.frames import east_north_up
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Site, site_positions_m
from tocsin.sensors.radar import Radar, clear_range_m

MARGIN_RAD = math.radians(1.0)
"""Nearer than this to an edge of its view a sensor is not held to see. Assumed: bending and the
place's own error."""
RANGE_SHARE = 0.5
"""Beyond this share of its published range a radar may miss what it looks at: of a target with a
sixteenth of the reference target's cross-section this is the range."""


def radar_sees(site: Site, places_m: Floats, margin_rad: float | Floats = MARGIN_RAD) -> Flags:
    """Tell which places a radar surely looks at and reaches, by straight lines.

    Args:
        site: Of a radar.
        places_m: [..., 3], Earth-fixed.
        margin_rad: Inside every edge of its view; more where a place is not well known.
    """
    radar = site.sensor
    assert isinstance(radar, Radar), site.id
    own = site_positions_m(site, np.zeros(1, np.int64))[0]
    local = (places_m - own) @ np.array(east_north_up(site.latitude_rad, site.longitude_rad)).T
    flat = np.hypot(local[..., 0], local[..., 1])
    away = np.hypot(flat, local[..., 2])
    azimuth = np.arctan2(local[..., 0], local[..., 1]) % (2.0 * np.pi)
    elevation = np.arctan2(local[..., 2], flat)
    inside = np.zeros(away.shape, np.bool_)
    for start, end in radar.sectors_rad:
        width = (end - start) % (2.0 * np.pi) or 2.0 * np.pi
        whole = width >= 2.0 * np.pi - 1e-9
        past = (azimuth - start) % (2.0 * np.pi)
        inside |= whole | ((past >= margin_rad) & (past <= width - margin_rad))
    reach = min(RANGE_SHARE * radar.range_max_m, clear_range_m(radar))
    inside &= (away >= radar.range_min_m) & (away <= reach)
    inside &= elevation >= radar.elevation_min_rad + margin_rad
    return np.asarray(inside & (elevation <= radar.elevation_max_rad - margin_rad))


def sight_directions(azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
    """Give Earth-fixed directions [n, 3] of a satellite's lines of sight."""
    flat = np.cos(elevation_rad)
    return np.stack(
        [flat * np.cos(azimuth_rad), flat * np.sin(azimuth_rad), np.sin(elevation_rad)], axis=-1
    )


def on_sphere(own_m: Floats, line: Floats, radius_m: float) -> Floats:
    """Give where lines of sight [n, 3] from places [n, 3] first meet a sphere round the centre.

    A line that misses it gives its nearest point.
    """
    along = -np.sum(own_m * line, axis=-1)
    off2 = np.sum(own_m * own_m, axis=-1) - along**2
    half = np.sqrt(np.maximum(radius_m**2 - off2, 0.0))
    return np.asarray(own_m + (along - half)[..., None] * line)


def at_instants(site: Site, times_tai_ns: Integers) -> Floats:
    """Give where a sensor is, [n, 3], Earth-fixed."""
    return site_positions_m(site, times_tai_ns)
