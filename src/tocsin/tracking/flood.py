"""A flood of plots in one look: how many are taken in, and which ones.

Of a look with more than `PLOTS_MAX` plots those nearest to believed tracks are kept, so that the
tracks live through it, and then the strongest; where no strength is given, an even sample. The
rest is left out, and whoever asked is told: such a look is degraded.
"""

import numpy as np
from scipy.spatial import cKDTree

from tocsin.earth.frames import east_north_up
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.tracking.initiate import directions
from tocsin.tracking.looks import SATELLITE_AXES
from tocsin.tracking.motion import predict
from tocsin.tracking.step import TrackerState

PLOTS_MAX = 20_000
"""Most plots of one look that are taken in."""
NEAREST = 2
"""Plots that are kept near each believed track."""
NEAR_TRACKS_MAX = PLOTS_MAX // (2 * NEAREST)
"""Most tracks, the surest ones, that plots are kept for: half of all there is room for."""
NEAR_SIGMAS = 5.0
"""Standard deviations of the track's place within which a plot is near."""
CARRY_MAX_S = 120.0
"""A track that was last known longer ago has no plots kept for it."""
NANOSECONDS = 1_000_000_000
_MIX = np.uint64(0x9E3779B97F4A7C15)


def strongest(plots: Plots, count: int) -> Integers:
    """Give the places of so many plots, in order: the strongest, or an even sample.

    The sample goes by the plots' numbers alone, so that sampling parts first changes nothing.
    """
    if plots.count <= count:
        return np.arange(plots.count)
    if np.all(np.isfinite(plots.snr_db)):
        order = np.lexsort((plots.plot_id, -plots.snr_db))
    else:
        order = np.lexsort((plots.plot_id, plots.plot_id.astype(np.uint64) * _MIX))
    return np.sort(order[:count])


def thinned(
    plots: Plots, state: TrackerState, sites: tuple[Site, ...], most: int = PLOTS_MAX
) -> tuple[Plots, int]:
    """Give the plots of one instant, at most so many of each sensor; and of how many it had more.

    Args:
        plots: Of one instant.
        state: What is known just before it.
        sites: Where `plots.sensors` stand, in their order.
        most: Of one sensor.
    """
    if plots.count <= most:
        return plots, 0
    sensors, counts = np.unique(plots.sensor, return_counts=True)
    kept, degraded = [], 0
    for sensor, count in zip(sensors, counts, strict=True):
        rows = np.flatnonzero(plots.sensor == sensor)
        if count > most:
            degraded += 1
            mine = plots.take(rows)
            near = _near(mine, state, sites[int(sensor)])
            others = np.setdiff1d(np.arange(rows.size), near)
            strong = others[strongest(mine.take(others), most - near.size)]
            rows = rows[np.concatenate([near, strong])]
        kept.append(rows)
    return plots.take(np.sort(np.concatenate(kept))), degraded


def _near(plots: Plots, state: TrackerState, site: Site) -> Integers:
    """Give the places of the plots nearest to the believed tracks, none twice.

    Nearest in space for a radar; nearest in direction, seen from it, for a satellite.
    """
    now = int(plots.time_tai_ns[0])
    tracks = state.tracks_at(state.confirmed())
    age_s = (now - tracks.time_tai_ns) / NANOSECONDS
    fresh = np.flatnonzero((age_s >= 0.0) & (age_s <= CARRY_MAX_S))
    surest = np.argsort(-tracks.existence[fresh], kind="stable")
    tracks = tracks.take(fresh[surest[:NEAR_TRACKS_MAX]])
    if tracks.count == 0:
        return np.empty(0, np.int64)
    age_s = (now - tracks.time_tai_ns) / NANOSECONDS
    moved, covariance = predict(tracks.state, tracks.covariance, age_s, tracks.phase)
    place = site_positions_m(site, plots.time_tai_ns[:1])[0]
    away = moved[:, :3] - place
    range_m = np.linalg.norm(away, axis=-1)
    spread_m = np.sqrt(np.trace(covariance[:, :3, :3], axis1=1, axis2=2))
    blur = float(np.hypot(plots.sigma_azimuth_rad.max(), plots.sigma_elevation_rad.max()))
    points = directions(plots, _axes(site, plots.count))
    if site.kind == "infrared":
        wanted, reach = away / range_m[:, None], spread_m / range_m + blur
    else:
        points = points * plots.range_m[:, None]
        wanted, reach = away, spread_m + range_m * blur + float(plots.sigma_range_m.max())
    off, place_of = cKDTree(points).query(wanted, k=NEAREST)
    return np.unique(place_of[off < NEAR_SIGMAS * reach[:, None]])


def _axes(site: Site, count: int) -> Floats:
    """Give the rows that a sensor's angles are measured from, once for each plot."""
    axes = SATELLITE_AXES
    if site.kind != "infrared":
        axes = np.array(east_north_up(site.latitude_rad, site.longitude_rad))
    return np.broadcast_to(axes, (count, 3, 3))
