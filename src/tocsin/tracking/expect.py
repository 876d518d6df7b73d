"""Which sensors should see which tracks: silence counts only where something should be heard."""

import numpy as np

from tocsin.lanes import Flags, Floats
from tocsin.sensors.measurement import Site
from tocsin.sensors.radar import Radar

EDGE_RAD = np.radians(1.0)
"""A target so near the edge of a radar's fan may be out of it: its silence counts for nothing."""


def should_be_seen(site: Site, place_m: Floats, axes: Floats, position_m: Floats) -> Flags:
    """Tell which positions lie well within a sensor's view, [n].

    Args:
        site: The sensor. A satellite sees only what burns, and a tracker does not know when that
            ends: its silence counts for nothing.
        place_m: Where it stands, [3].
        axes: Rows east, north, up, [3, 3].
        position_m: [n, 3].

    The sector and elevations are those of the sensor, the bending of its lowest beam left out.
    """
    if not isinstance(site.sensor, Radar):
        return np.zeros(position_m.shape[0], np.bool_)
    radar = site.sensor
    local = (position_m - place_m) @ axes.T
    range_m = np.linalg.norm(local, axis=-1)
    elevation = np.arcsin(np.clip(local[:, 2] / np.maximum(range_m, 1.0), -1.0, 1.0))
    azimuth = np.arctan2(local[:, 0], local[:, 1])
    inside = np.zeros(position_m.shape[0], np.bool_)
    for start, end in radar.sectors_rad:
        width = (end - start) % (2.0 * np.pi) or 2.0 * np.pi
        turn = (azimuth - start) % (2.0 * np.pi)
        whole = width > 2.0 * np.pi - 1e-9
        inside |= whole | ((turn > EDGE_RAD) & (turn < width - EDGE_RAD))
    return np.asarray(
        inside
        & (range_m > 1.02 * radar.range_min_m)
        & (range_m < 0.95 * radar.range_max_m)
        & (elevation > radar.elevation_min_rad + EDGE_RAD)
        & (elevation < radar.elevation_max_rad - EDGE_RAD)
    )
