"""One call: tracks, plots and time in; tracks out. The same live, in simulation and on a file."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy.stats import chi2

from tocsin.earth.frames import east_north_up
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.tracking.associate import Pairs, assign
from tocsin.tracking.expect import should_be_seen
from tocsin.tracking.filter import innovate, innovation, position_from, update
from tocsin.tracking.initiate import directions, from_lone_sight, with_unknown_velocity
from tocsin.tracking.merge import same_objects
from tocsin.tracking.motion import height_and_climb, predict
from tocsin.tracking.track import BOOST, COAST, REENTRY, Tracks, joined_tracks, plain_tracks

NANOSECONDS = 1_000_000_000
NEAR_BLOCK = 1_000
"""Tracks held against all plots of a look at a time."""

CARRY_S = 60.0
"""Longest time that a track is carried before it is asked whether it has landed."""
GROUND_M = -20_000.0
"""A track that is surely under the ground has landed."""
FARTHEST_M = 5.0e7
"""Farther from Earth's centre nothing is tracked."""

EXISTENCE_MAX = 1.0 - 1e-6
"""However many plots fed it, a track may be gone: silence must be able to end it."""

SECOND_HITS = 3
"""Plots up to which a track is fed by places: its velocity is not known yet."""

QUIET_S = 30.0
"""A track that nothing has fed for so long may have been taken over by another."""
HAND_OVER_S = 300.0
"""A track may take another over so long after its first plot."""

REENTRY_TOP_M = 100_000.0
"""A track that falls below this height is re-entering."""

TRACKS_MAX = 20_000
"""Most tracks kept; the least likely go first."""
Column = TypeVar("Column", Floats, Integers)

NEAR = 5.0
"""Standard deviations beyond which a pair of a track and a plot is not looked at closely."""

SATELLITE_AXES = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""Rows y, x, z: a satellite's azimuth, from x towards y, becomes one from north over east."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the tracker takes for granted of its sensors and of what flies."""

    detection_probability: float = 0.85
    """Of an object in view, by one look."""
    false_density: tuple[float, float] = (4e-8, 4.0)
    """False plots expected in a unit of what is measured, radar (m rad^2) and infrared (rad^2)."""
    born_existence: float = 0.1
    """Of a track with a single plot."""
    confirm_existence: float = 0.95
    confirm_hits: int = 3
    drop_existence: float = 0.01
    gate: float = 0.999
    """Share of an object's own plots that fall within its gate."""
    burning_s: float = 12.0
    """A track is taken to burn so long after the last look that saw its plume."""
    unseen_s: float = 3_600.0
    """A track that nothing has fed for so long is dropped."""
    bias: tuple[float, float] = (30.0, 5e-4)
    """Lasting errors that a sensor does not state: range (m), angles of a radar (rad). They are
    taken for noise of each plot, since they are not estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerState:
    """Everything a tracker knows."""

    settings: Settings
    tracks: Tracks
    seen_tai_ns: Integers
    """Last hit of each track."""
    plume_tai_ns: Integers
    """Last look that saw each track's plume; far in the past if none did."""
    born_tai_ns: Integers
    """First plot of each track."""
    next_track: int

    def confirmed(self) -> Integers:
        """Give the places of the tracks that are to be believed."""
        rules = self.settings
        likely = self.tracks.existence >= rules.confirm_existence
        return np.flatnonzero(likely & (self.tracks.hits >= rules.confirm_hits))


def start(settings: Settings | None = None) -> TrackerState:
    """Give a tracker that knows nothing yet."""
    whole, real = np.empty(0, np.int64), np.empty(0)
    tracks = plain_tracks(
        track=whole,
        time_tai_ns=whole,
        state=np.empty((0, 6)),
        covariance=np.empty((0, 6, 6)),
        existence=real,
        phase=whole,
        sensors=whole,
        hits=whole,
        misses=whole,
    )
    return TrackerState(
        settings=settings or Settings(),
        tracks=tracks,
        seen_tai_ns=whole,
        plume_tai_ns=whole,
        born_tai_ns=whole,
        next_track=1,
    )


def step(state: TrackerState, plots: Plots, sites: tuple[Site, ...]) -> TrackerState:
    """Take in plots, look by look, in the order of their times.

    Args:
        state: What was known.
        plots: Any number of looks; each instant of each sensor counts as one look.
        sites: Where `plots.sensors` stand, in their order.

    Returns:
        What is known at the last instant. `state` itself is not changed.
    """
    plots = _with_bias(plots, state.settings)
    order = np.lexsort((plots.plot_id, plots.sensor, plots.time_tai_ns))
    sorted_plots = plots.take(order)
    key = np.stack([sorted_plots.time_tai_ns, sorted_plots.sensor])
    edges = np.flatnonzero(np.any(np.diff(key, axis=1) != 0, axis=0)) + 1
    for rows in np.split(np.arange(order.size), edges) if order.size else []:
        state = _look(state, sorted_plots.take(rows), sites)
    return state


def _with_bias(plots: Plots, rules: Settings) -> Plots:
    """Give plots whose errors hold a radar's lasting ones too."""
    angle = np.where(np.isfinite(plots.range_m), rules.bias[1], 0.0)
    return replace(
        plots,
        sigma_range_m=np.hypot(plots.sigma_range_m, rules.bias[0]),
        sigma_azimuth_rad=np.hypot(
            plots.sigma_azimuth_rad, angle / np.maximum(np.cos(plots.elevation_rad), 0.05)
        ),
        sigma_elevation_rad=np.hypot(plots.sigma_elevation_rad, angle),
    )


def _look(state: TrackerState, plots: Plots, sites: tuple[Site, ...]) -> TrackerState:
    """Take in one look of one sensor."""
    now, sensor = int(plots.time_tai_ns[0]), int(plots.sensor[0])
    site = sites[sensor]
    place = site_positions_m(site, plots.time_tai_ns[:1])[0]
    axes = _axes(site)
    state = _predicted(state, now)
    pairs, gated = _candidates(state, plots, place, axes)
    track, plot = assign(pairs, state.tracks.count, plots.count)
    state = _fed(state, plots, (track, plot), place, axes)
    missed = should_be_seen(site, place, axes, state.tracks.state[:, :3])
    missed[gated] = False
    state = _silent(state, np.flatnonzero(missed))
    alone = np.setdiff1d(np.arange(plots.count), plot)
    state = _born(state, plots.take(alone), place, axes)
    return _pruned(_handed_over(state, now))


def _axes(site: Site) -> Floats:
    """Give the rows that a sensor's angles are measured from."""
    if site.kind == "infrared":
        return SATELLITE_AXES
    return np.array(east_north_up(site.latitude_rad, site.longitude_rad))


def _predicted(state: TrackerState, now: int) -> TrackerState:
    """Move every track to an instant, judge its phase there, and end those that have landed."""
    tracks, rules = state.tracks, state.settings
    if tracks.count == 0:
        return state
    whole = (now - tracks.time_tai_ns) / NANOSECONDS
    burning = (state.plume_tai_ns - tracks.time_tai_ns) / NANOSECONDS + rules.burning_s
    burns = burning > whole
    boost = np.clip(burning, 0.0, whole)
    moved, covariance, alive = _carried(tracks, boost, np.full(tracks.count, BOOST))
    free = np.where(tracks.phase == BOOST, COAST, tracks.phase)
    between = replace(tracks, state=moved, covariance=covariance)
    moved, covariance, still = _carried(between, whole - boost, free)
    alive &= still
    alive &= now - state.seen_tai_ns < rules.unseen_s * NANOSECONDS
    height, climb = height_and_climb(moved)
    falls = (height < REENTRY_TOP_M) & (climb < 0.0) & (tracks.hits > 2)
    return replace(
        state,
        tracks=replace(
            tracks,
            time_tai_ns=np.full(tracks.count, now),
            state=moved,
            covariance=covariance,
            phase=np.where(burns, BOOST, np.where(falls, REENTRY, COAST)),
            existence=np.where(alive, tracks.existence, 0.0),
        ),
    )


def _carried(tracks: Tracks, dt_s: Floats, phase: Integers) -> tuple[Floats, Floats, Flags]:
    """Carry tracks forward, a minute at most at a time; one under the ground stays there."""
    moved, covariance = tracks.state.copy(), tracks.covariance.copy()
    alive, left = np.ones(tracks.count, np.bool_), dt_s.copy()
    while True:
        rows = np.flatnonzero(alive & (left > 0.0))
        if rows.size == 0:
            return moved, covariance, alive
        part = np.minimum(left[rows], CARRY_S)
        moved[rows], covariance[rows] = predict(moved[rows], covariance[rows], part, phase[rows])
        left[rows] -= part
        radius = np.linalg.norm(moved[rows, :3], axis=-1)
        alive[rows] = (height_and_climb(moved[rows])[0] > GROUND_M) & (radius < FARTHEST_M)


def _candidates(
    state: TrackerState, plots: Plots, place: Floats, axes: Floats
) -> tuple[Pairs, Integers]:
    """Give the pairs within each other's gate, and the tracks that have any."""
    tracks, rules = state.tracks, state.settings
    track, plot = _near(tracks, plots, place, axes)
    n = track.size
    found = innovation(
        tracks.state[track],
        tracks.covariance[track],
        _second_order(plots.take(plot), tracks.take(track), place),
        np.broadcast_to(place, (n, 3)),
        np.broadcast_to(axes, (n, 3, 3)),
    )
    inside = found.distance2 < chi2.ppf(rules.gate, np.arange(1, 5))[np.maximum(found.dof, 1) - 1]
    density = rules.false_density[0 if np.isfinite(plots.range_m[0]) else 1]
    ratio = 2.0 * np.log(rules.detection_probability / density)
    cost = found.distance2 + found.log_volume - ratio
    rows = np.flatnonzero(inside)
    pairs = Pairs(track=track[rows], plot=plot[rows], cost=np.minimum(cost[rows], -1e-3))
    return pairs, np.unique(track[rows])


def _near(tracks: Tracks, plots: Plots, place: Floats, axes: Floats) -> tuple[Integers, Integers]:
    """Give the pairs that may be in each other's gate, by a sphere around each track.

    Distances are taken across the line of sight and, of a radar, along it.
    """
    away = tracks.state[:, :3] - place
    range_m = np.linalg.norm(away, axis=-1)
    spread = NEAR * np.sqrt(np.trace(tracks.covariance[:, :3, :3], axis1=1, axis2=2))
    line = directions(plots, np.broadcast_to(axes, (plots.count, 3, 3)))
    blur = NEAR * np.hypot(plots.sigma_azimuth_rad, plots.sigma_elevation_rad)
    track, plot = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for first in range(0, tracks.count, NEAR_BLOCK):
        rows = slice(first, first + NEAR_BLOCK)
        along = away[rows] @ line.T
        across = np.sqrt(np.maximum(range_m[rows, None] ** 2 - along**2, 0.0))
        near = across < spread[rows, None] + range_m[rows, None] * blur
        if np.isfinite(plots.range_m[0]):
            off = np.abs(along - plots.range_m)
            near &= off < spread[rows, None] + NEAR * plots.sigma_range_m + across
        found_track, found_plot = np.nonzero(near & (along > 0.0))
        track.append(found_track + first)
        plot.append(found_plot)
    return np.concatenate(track), np.concatenate(plot)


def _fed(
    state: TrackerState,
    plots: Plots,
    taken: tuple[Integers, Integers],
    place: Floats,
    axes: Floats,
) -> TrackerState:
    """Update the tracks with the plots they were given."""
    track, plot = taken
    if track.size == 0:
        return state
    tracks, rules = state.tracks, state.settings
    mine = _second_order(plots.take(plot), tracks.take(track), place)
    n = track.size
    found = innovation(
        tracks.state[track],
        tracks.covariance[track],
        mine,
        np.broadcast_to(place, (n, 3)),
        np.broadcast_to(axes, (n, 3, 3)),
    )
    moved, covariance = update(tracks.state[track], tracks.covariance[track], found)
    second = np.flatnonzero((tracks.hits[track] <= SECOND_HITS) & np.isfinite(mine.range_m))
    if second.size:
        moved[second], covariance[second] = _by_position(
            tracks.take(track[second]), plots.take(plot[second]), place, axes
        )
    sight = not np.isfinite(plots.range_m[0])
    density = rules.false_density[1 if sight else 0]
    log_ratio = np.log(rules.detection_probability / density)
    log_ratio -= 0.5 * (found.distance2 + found.log_volume)
    odds = np.exp(np.clip(log_ratio, -2.0, 7.0))
    existence = np.minimum(tracks.existence[track], EXISTENCE_MAX)
    fresh = {
        "state": _put(tracks.state, track, moved),
        "covariance": _put(tracks.covariance, track, covariance),
        "existence": _put(
            tracks.existence,
            track,
            np.minimum(odds * existence / (1.0 - existence + odds * existence), EXISTENCE_MAX),
        ),
        "sensors": _put(tracks.sensors, track, tracks.sensors[track] | 1 << int(plots.sensor[0])),
        "hits": _put(tracks.hits, track, tracks.hits[track] + 1),
        "misses": _put(tracks.misses, track, np.zeros(n, np.int64)),
    }
    seen = mine.time_tai_ns
    return replace(
        state,
        tracks=replace(tracks, **fresh),
        seen_tai_ns=_put(state.seen_tai_ns, track, seen),
        plume_tai_ns=_put(state.plume_tai_ns, track, seen) if sight else state.plume_tai_ns,
    )


def _by_position(
    tracks: Tracks, plots: Plots, place: Floats, axes: Floats
) -> tuple[Floats, Floats]:
    """Update tracks by the places that radar plots stand for, not by range and angles.

    For the second plot: nothing being known of the velocity, the track has been carried to tens of
    kilometres beside the object, and there the derivatives of range and angles point the wrong way.
    """
    n = tracks.count
    measured, spread = position_from(
        plots, np.broadcast_to(place, (n, 3)), np.broadcast_to(axes, (n, 3, 3))
    )
    slope = np.broadcast_to(np.eye(3, 6), (n, 3, 6))
    found = innovate(
        tracks.covariance,
        measured - tracks.state[:, :3],
        slope,
        spread,
        np.ones((n, 3), np.bool_),
    )
    return update(tracks.state, tracks.covariance, found)


def _second_order(plots: Plots, tracks: Tracks, place: Floats) -> Plots:
    """Give plots with what a range bends by, over the spread of the track across the line to it.

    A range is a sphere, not a plane: over the spread across the line the sphere falls back by the
    half of the variance over the range, and by as much again at random. Without it the filter takes
    slightly turned planes for knowledge of the place across.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and
    Navigation, 2001, section 10.3.3 (second-order filter), for the range alone.
    """
    away = tracks.state[:, :3] - place
    range_m = np.linalg.norm(away, axis=-1)
    line = away / range_m[:, None]
    flat = np.eye(3) - line[:, :, None] * line[:, None, :]
    across = flat @ tracks.covariance[:, :3, :3] @ flat
    bend = 0.5 * np.trace(across, axis1=1, axis2=2) / range_m
    spread2 = 0.5 * np.sum(across * across, axis=(1, 2)) / range_m**2
    return replace(
        plots,
        range_m=plots.range_m - bend,
        sigma_range_m=np.sqrt(plots.sigma_range_m**2 + spread2),
    )


def _put(values: Column, rows: Integers, new: Column) -> Column:
    """Give a column with some of its rows replaced."""
    changed = values.copy()
    changed[rows] = new
    return changed


def _silent(state: TrackerState, rows: Integers) -> TrackerState:
    """Lower the existence of tracks that a look should have seen and did not."""
    tracks = state.tracks
    missed = 1.0 - state.settings.detection_probability
    existence = tracks.existence[rows]
    less = existence * missed / (1.0 - existence * state.settings.detection_probability)
    return replace(
        state,
        tracks=replace(
            tracks,
            existence=_put(tracks.existence, rows, less),
            misses=_put(tracks.misses, rows, tracks.misses[rows] + 1),
        ),
    )


def _born(state: TrackerState, plots: Plots, place: Floats, axes: Floats) -> TrackerState:
    """Start a track from each plot that no track took."""
    n = plots.count
    if n == 0:
        return state
    stand = np.broadcast_to(place, (n, 3)), np.broadcast_to(axes, (n, 3, 3))
    sight = not np.isfinite(plots.range_m[0])
    usable = np.ones(n, np.bool_)
    if sight:
        position, spread, usable = from_lone_sight(plots, *stand)
    else:
        position, spread = position_from(plots, *stand)
    rows = np.flatnonzero(usable)
    begun, covariance = with_unknown_velocity(position[rows], spread[rows])
    n = rows.size
    time = plots.time_tai_ns[rows]
    fresh = plain_tracks(
        track=state.next_track + np.arange(n),
        time_tai_ns=time,
        state=begun,
        covariance=covariance,
        existence=np.full(n, state.settings.born_existence),
        phase=np.full(n, BOOST if sight else COAST),
        sensors=1 << plots.sensor[rows],
        hits=np.ones(n, np.int64),
        misses=np.zeros(n, np.int64),
    )
    past = time if sight else np.full(n, -(1 << 62))
    return TrackerState(
        settings=state.settings,
        tracks=joined_tracks([state.tracks, fresh]),
        seen_tai_ns=np.concatenate([state.seen_tai_ns, time]),
        plume_tai_ns=np.concatenate([state.plume_tai_ns, past]),
        born_tai_ns=np.concatenate([state.born_tai_ns, time]),
        next_track=state.next_track + n,
    )


def _handed_over(state: TrackerState, now: int) -> TrackerState:
    """Join tracks that nothing feeds any more with those that took their objects over."""
    tracks = state.tracks
    quiet = now - state.seen_tai_ns > QUIET_S * NANOSECONDS
    believed = (tracks.hits >= state.settings.confirm_hits) & (tracks.existence > 0.0)
    young = state.born_tai_ns > now - HAND_OVER_S * NANOSECONDS
    old = np.flatnonzero(quiet & believed)
    fresh = np.flatnonzero(~quiet & young & (tracks.hits > SECOND_HITS))
    if old.size == 0 or fresh.size == 0:
        return state
    given, taking = same_objects(tracks, old, fresh)
    sensors = _put(tracks.sensors, taking, tracks.sensors[taking] | tracks.sensors[given])
    hits = _put(tracks.hits, taking, tracks.hits[taking] + tracks.hits[given])
    gone = _put(tracks.existence, given, np.zeros(given.size))
    return replace(
        state,
        tracks=replace(tracks, sensors=sensors, hits=hits, existence=gone),
        born_tai_ns=_put(state.born_tai_ns, taking, state.born_tai_ns[given]),
    )


def _pruned(state: TrackerState) -> TrackerState:
    """Drop tracks that hardly exist, and the least likely ones beyond `TRACKS_MAX`."""
    tracks = state.tracks
    keep = tracks.existence > state.settings.drop_existence
    if np.count_nonzero(keep) > TRACKS_MAX:
        keep &= tracks.existence >= np.sort(tracks.existence)[-TRACKS_MAX]
    if np.all(keep):
        return state
    rows = np.flatnonzero(keep)
    return replace(
        state,
        tracks=tracks.take(rows),
        seen_tai_ns=state.seen_tai_ns[rows],
        plume_tai_ns=state.plume_tai_ns[rows],
        born_tai_ns=state.born_tai_ns[rows],
    )
