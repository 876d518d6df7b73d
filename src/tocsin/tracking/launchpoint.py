"""Where and when tracks were launched, with the ellipse that should hold the place."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from tocsin.earth.frames import east_north_up
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.tracking.ascent import Seen, fitted
from tocsin.tracking.fall import falls
from tocsin.tracking.filter import measured
from tocsin.tracking.impact import (
    STATE_POINTS,
    along_the_ground,
    ellipse_m,
    ground_axes,
    moved_along,
    on_ellipsoid,
    state_points,
)
from tocsin.tracking.initiate import directions
from tocsin.tracking.motion import COAST_NOISE_M2_S3, WGS84, EarthModel
from tocsin.tracking.track import COAST, Tracks

UNKNOWN, FROM_ASCENT, FROM_COAST = 0, 1, 2
"""How a launch point was found: not at all, from plots of the ascent, from free flight alone."""

LATE_S_PER_M_S = 0.0195
LATE_SIGMA_S_PER_M_S = 0.0048
"""How long before the free arc left the ground the rocket did, for each m/s of the arc's speed.

Under a steady net acceleration a rocket takes twice as long over its burn as the arc over the same
way: half the burn is the difference, the speed over twice the acceleration. Net means of 20 m/s^2
(liquids: 2,770 m/s in 101 s) to 38 m/s^2 (solids: 6,300 m/s in 157 s) give 0.013 to 0.026. Mean
and spread are fitted to simulated flights
of least energy of the generic classes.
"""
AHEAD_S2_M = 0.0011
AHEAD_SIGMA_S2_M = 0.0007
"""How far along the arc the launch lies from where the arc left the ground, for each (m/s)^2.

The rocket rises steeply first, the arc does not: the arc backward overshoots. Steady acceleration
and a tilt spread over a third of the burn give 0.000 to 0.002; the faster, the nearer to the top.
Fitted to the same flights; no published figure is known.
"""
ASIDE_SIGMA_S2_M = 0.00003
"""Across the arc: Earth's turn during the burn, 1 km at 6 km/s."""

WINDOW_S = 35.0
"""Plots later than this after the first may be of another stage: they are left out."""
FIRST_HEIGHT_M = 12_000.0
"""Height at which a satellite's first plot is taken to lie at first: just above clouds."""
LOW_M = 60_000.0
"""A first radar plot above this is of a later stage: nothing is told from it."""
MODEL_SIGMA_M = 300.0
"""What the rising rocket's place may be off from the simple model, plot by plot."""
PLOTS_LEAST = 2
"""One plot does not tell how fast it was, so not whether it just rose from the clouds."""
FITS = 0.95
"""A fit worse than so many of true ones is of no first stage: nothing is told from it. With as many
unknowns, each with a prior, as priors, its squares have as many degrees of freedom as numbers."""
INFLATION = 1.2
"""Factor on the fit's covariance: neighbouring plots share the model's error. Set by trial
(`benchmarks/ellipses.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPoints:
    """Estimated launches, as columns [n]; NaN where `how` is `UNKNOWN`."""

    how: Integers
    """`UNKNOWN`, `FROM_ASCENT` or `FROM_COAST`."""
    latitude_rad: Floats
    longitude_rad: Floats
    covariance_m2: Floats
    """[n, 2, 2], of east and north along the ground."""
    time_tai_ns: Integers
    """Of lift-off; 0 where unknown."""
    time_sigma_s: Floats

    def ellipse_m(self) -> tuple[Floats, Floats, Floats]:
        """Give the 95 % ellipse: half axes (m), long and short, and azimuth (rad) of the long."""
        return ellipse_m(self.covariance_m2)


def launch_points(tracks: Tracks, earth: EarthModel = WGS84) -> LaunchPoints:
    """Give where tracks were launched, from their free flight alone.

    Each state is carried back to the ground without air; the burn, of which nothing was seen, is a
    prior. Tracks that burn or re-enter get none: an earlier instant of them serves.

    Holds for rockets that burn all at once from the ground on; a launch from the air or a long
    pause between stages is not meant.
    """
    rows = np.flatnonzero(tracks.phase == COAST)
    part = tracks.take(rows)
    n = part.count
    points = np.concatenate([part.state[None], state_points(part.state, part.covariance)])
    found = falls(points.reshape(-1, 6), np.zeros(n * (STATE_POINTS + 1)), earth, backward=True)
    place = found.position_m.reshape(STATE_POINTS + 1, n, 3)
    axes = ground_axes(place[0])
    velocity = np.einsum("nij,knj->kni", axes, found.velocity_m_s.reshape(STATE_POINTS + 1, n, 3))
    speed = np.linalg.norm(velocity, axis=2)
    level = (
        velocity[..., :2] / np.maximum(np.linalg.norm(velocity[..., :2], axis=2), 1.0)[..., None]
    )
    local = along_the_ground(place, axes) + AHEAD_S2_M * (speed**2)[..., None] * level
    late = found.time_s.reshape(STATE_POINTS + 1, n) - LATE_S_PER_M_S * speed
    mean, cover = _moments(np.concatenate([local, late[..., None]], axis=2))
    ahead, square = level[0], speed[0] ** 2
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    cover[:, :2, :2] += (AHEAD_SIGMA_S2_M * square)[:, None, None] ** 2 * _square(ahead)
    cover[:, :2, :2] += (ASIDE_SIGMA_S2_M * square)[:, None, None] ** 2 * _square(aside)
    noise = COAST_NOISE_M2_S3 * np.abs(found.time_s[:n]) ** 3 / 3.0
    slide = velocity[0, :, :2] / np.maximum(velocity[0, :, 2:], 1.0)
    cover[:, :2, :2] += noise[:, None, None] * (np.eye(2) + _square(slide))
    latitude, longitude = moved_along(place[0], axes, mean[:, :2], earth)
    sigma = np.sqrt(cover[:, 2, 2] + (LATE_SIGMA_S_PER_M_S * speed[0]) ** 2)
    columns = latitude, longitude, cover[:, :2, :2], mean[:, 2], sigma
    return _filled(tracks.count, rows, columns, (part.time_tai_ns, FROM_COAST))


def launch_points_from_plots(
    plots: Plots, track_rows: Integers, sites: tuple[Site, ...], earth: EarthModel = WGS84
) -> LaunchPoints:
    """Give where tracks were launched, from the first plots of their ascent.

    A simple first stage is fitted to the plots (see `ascent`). A satellite's plots serve from the
    clouds on; a radar's only if the first lies below `LOW_M`.

    Args:
        plots: The first plots of each track, in any order.
        track_rows: [plots], which track each is of, from 0; the answer has as many rows.
        sites: Of all sensors of the plots.
        earth: What pulls and turns.
    """
    count = int(track_rows.max()) + 1 if track_rows.size else 0
    order = np.lexsort((plots.time_tai_ns, track_rows))
    plots, track = plots.take(order), track_rows[order]
    place, turn = stands(plots, sites)
    first = np.searchsorted(track, np.arange(count))
    has = np.bincount(track, minlength=count) > 0
    ground, usable = _below(plots, place, turn, earth)
    since = (plots.time_tai_ns - plots.time_tai_ns[first[track]]) / 1e9
    rows = np.flatnonzero(has)[usable[first[has]]]
    if rows.size == 0:
        empty = np.empty(0)
        none = empty, empty, np.empty((0, 2, 2)), empty, empty
        return _filled(count, rows, none, (np.empty(0, np.int64), UNKNOWN))
    seen = _gathered(plots, (place, turn), (track, since, first[rows]), rows, ground)
    planet = np.array(
        [earth.gm_m3_s2, earth.radius_m, earth.flattening, earth.j2, earth.rotation_rad_s]
    )
    unknown, cover, cost = fitted(seen, planet)
    unknown[~_is_ascent(seen, cost)] = np.nan
    spread = INFLATION * cover[:, [[1, 0]], :][:, 0][:, :, [1, 0]]
    latitude, longitude = moved_along(seen.reference_m, seen.axes, unknown[:, [1, 0]], earth)
    sigma = np.sqrt(INFLATION * cover[:, 2, 2])
    columns = latitude, longitude, spread, unknown[:, 2], sigma
    return _filled(count, rows, columns, (plots.time_tai_ns[first[rows]], FROM_ASCENT))


def _is_ascent(seen: Seen, cost: Floats) -> Flags:
    """Tell of which tracks the plots are many enough, and as a rising first stage would give them.

    A rocket first seen late in its burn, high and fast, leaves residuals that no first stage does.
    """
    used = np.isfinite(seen.sigma)
    numbers = np.count_nonzero(used, axis=(1, 2))
    plots = np.count_nonzero(used.any(axis=2), axis=1)
    limit = chi2.ppf(FITS, np.maximum(numbers, 1))
    return np.asarray((plots >= PLOTS_LEAST) & (cost <= limit))


def stands(plots: Plots, sites: tuple[Site, ...]) -> tuple[Floats, Floats]:
    """Give where the sensor of each plot was [n, 3], and its axes [n, 3, 3] as for `look`."""
    by_id = {site.id: site for site in sites}
    place, turn = np.empty((plots.count, 3)), np.empty((plots.count, 3, 3))
    for number in np.unique(plots.sensor):
        rows = np.flatnonzero(plots.sensor == number)
        site = by_id[plots.sensors[number]]
        place[rows] = site_positions_m(site, plots.time_tai_ns[rows])
        axes = np.eye(3)[[1, 0, 2]]
        if site.kind == "radar":
            axes = np.array(east_north_up(site.latitude_rad, site.longitude_rad))
        turn[rows] = axes
    return place, turn


def _below(plots: Plots, place: Floats, turn: Floats, earth: EarthModel) -> tuple[Floats, Flags]:
    """Give the ground under each plot [n, 3], and whether a first plot there serves."""
    line = directions(plots, turn)
    polar = earth.radius_m * (1.0 - earth.flattening)
    shape = 1.0 / (np.array([earth.radius_m, earth.radius_m, polar]) + FIRST_HEIGHT_M)
    start, way = place * shape, line * shape
    a, b = np.sum(way * way, -1), np.sum(start * way, -1)
    left = b * b - a * (np.sum(start * start, -1) - 1.0)
    sight = ~np.isfinite(plots.range_m)
    meets = (-b - np.sqrt(np.maximum(left, 0.0))) / a
    at = place + np.where(sight, meets, plots.range_m)[:, None] * line
    ground = on_ellipsoid(*moved_along(at, ground_axes(at), np.zeros((len(at), 2)), earth), earth)
    height = np.linalg.norm(at, axis=1) - np.linalg.norm(ground, axis=1)
    return ground, np.where(sight, (left > 0.0) & (b < 0.0), height < LOW_M)


def _gathered(
    plots: Plots,
    stand: tuple[Floats, Floats],
    grouped: tuple[Integers, Floats, Integers],
    rows: Integers,
    ground: Floats,
) -> Seen:
    """Lay the plots of some tracks side by side."""
    track, since, first = grouped
    inside = np.flatnonzero((since <= WINDOW_S) & np.isin(track, rows))
    line = np.searchsorted(rows, track[inside])
    column = inside - first[line]
    k, m = rows.size, int(column.max()) + 1
    values, sigma, used = measured(plots)
    range_m = np.linalg.norm(ground - stand[0], axis=1)
    model = MODEL_SIGMA_M / np.maximum(range_m, 1e3)
    extra = np.stack([np.full(plots.count, MODEL_SIGMA_M), model, model, np.full_like(model, 30.0)])
    wide = np.where(used, np.hypot(sigma, extra.T), np.inf)
    time = np.zeros((k, m))
    last = np.zeros(k)
    np.maximum.at(last, line, since[inside])
    time += last[:, None]
    time[line, column] = since[inside]

    def padded(source: Floats, blank: float) -> Floats:
        laid = np.full((k, m, *source.shape[1:]), blank)
        laid[line, column] = source[inside]
        return laid

    away = padded(stand[0], 0.0)
    away[~np.isfinite(padded(wide, np.inf)).any(axis=2)] = (4e7, 0.0, 0.0)
    return Seen(
        reference_m=ground[first],
        axes=ground_axes(ground[first]),
        time_s=time,
        values=np.nan_to_num(padded(values, 0.0)),
        sigma=padded(wide, np.inf),
        place_m=away,
        turn=padded(stand[1], 0.0),
    )


def _square(vector: Floats) -> Floats:
    """Give the products [n, 2, 2] of vectors [n, 2] with themselves."""
    return vector[:, :, None] * vector[:, None, :]


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Give mean [n, m] and covariance [n, m, m] of a middle and its sigma points [13, n, m]."""
    weight: Floats = np.all(np.isfinite(values), axis=2).astype(np.float64)
    weight[0] = 0.0
    weight /= np.maximum(weight.sum(axis=0), 1.0)
    off = np.where(weight[:, :, None] > 0.0, values - values[0], 0.0)
    shift: Floats = np.einsum("kn,kni->ni", weight, off)
    second: Floats = np.einsum("kn,kni,knj->nij", weight, off, off)
    return values[0] + shift, second - shift[:, :, None] * shift[:, None, :]


def _filled(
    count: int, rows: Integers, columns: tuple[Floats, ...], told: tuple[Integers, int]
) -> LaunchPoints:
    """Give launch points of which some rows are known.

    Args:
        columns: Latitude, longitude, covariance, lift-off after the instants in `told` (s), and its
            sigma.
        told: Instants, and how.
    """
    latitude, longitude, cover, late, sigma = columns
    known = np.isfinite(latitude)
    rows, places = rows[known], np.flatnonzero(known)
    how, time = np.zeros(count, np.int64), np.zeros(count, np.int64)
    how[rows] = told[1]
    time[rows] = told[0][places] + np.round(late[places] * 1e9).astype(np.int64)
    wide: dict[str, Floats] = {}
    for name, values in (("a", latitude), ("b", longitude), ("c", cover), ("d", sigma)):
        wide[name] = np.full((count, *values.shape[1:]), np.nan)
        wide[name][rows] = values[places]
    return LaunchPoints(
        how=how,
        latitude_rad=wide["a"],
        longitude_rad=wide["b"],
        covariance_m2=wide["c"],
        time_tai_ns=time,
        time_sigma_s=wide["d"],
    )
