"""One watcher's tracker over a run: plots in, what is believed at wanted instants out.

Nothing here knows the truth. Between two looks of a watcher its tracks are carried on by the
tracker's own motion, as the watcher would carry them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots, Site
from tocsin.tracking.beginnings import Ascents, step_ascents
from tocsin.tracking.impact import Impacts, impacts
from tocsin.tracking.late import Instant
from tocsin.tracking.motion import height_and_climb
from tocsin.tracking.onward import GROUND_M, carried
from tocsin.tracking.step import start, step
from tocsin.tracking.track import BOOST, Tracks, joined_tracks

Advance = Callable[[int], None]
"""Called with the number of plots just done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What one watcher believed."""

    tracks: Tracks
    """At the wanted instants, in their order: carried on to them from the look before."""
    look_tai_ns: Integers
    """The watcher's last look before each of those rows."""
    newly: Tracks
    """Each track once, at the look that made it believed."""
    newly_born_tai_ns: Integers
    """First plot of each of those."""
    ascents: Ascents
    """First plots of the tracks."""


def follow(
    plots: Plots, sites: tuple[Site, ...], at_tai_ns: Integers, advance: Advance
) -> Following:
    """Track a watcher's plots, look by look, and keep what is believed at some instants.

    Args:
        plots: The watcher's, in order of time.
        sites: Where `plots.sensors` stand, in their order.
        at_tai_ns: The instants, ascending.
        advance: Told of plots as they are done.
    """
    state = start()
    believed = state.tracks
    kept: list[tuple[Tracks, int]] = []
    newly, known = [believed], np.empty(0, np.int64)
    born, ascents = [np.empty(0, np.int64)], Ascents()
    done = look = 0
    for rows in instants(plots.time_tai_ns):
        now = int(plots.time_tai_ns[rows[0]])
        kept += [(believed, look)] * (int(np.searchsorted(at_tai_ns, now)) - len(kept))
        state = step(state, plots.take(rows), sites)
        places = state.confirmed()
        believed, look = state.tracks_at(places), now
        ascents = step_ascents(
            ascents, Instant(time_tai_ns=now, plots=plots.take(rows), after=state)
        )
        fresh = np.flatnonzero(~np.isin(believed.track, known))
        if fresh.size:
            newly.append(believed.take(fresh))
            born.append(state.born_tai_ns[places[fresh]])
            known = np.concatenate([known, believed.track[fresh]])
        done += rows.size
        advance(int(rows.size))
    assert done == plots.count, (done, plots.count)
    kept += [(believed, look)] * (at_tai_ns.size - len(kept))
    tracks, looks = _at(kept, at_tai_ns)
    return Following(
        tracks=tracks,
        look_tai_ns=looks,
        newly=joined_tracks(newly),
        newly_born_tai_ns=np.concatenate(born),
        ascents=ascents,
    )


def instants(time_tai_ns: Integers) -> Sequence[Integers]:
    """Give the rows of each instant of a sorted column, in order."""
    edges = np.flatnonzero(np.diff(time_tai_ns)) + 1
    return np.split(np.arange(time_tai_ns.size), edges) if time_tai_ns.size else []


def _at(kept: Sequence[tuple[Tracks, int]], at_tai_ns: Integers) -> tuple[Tracks, Integers]:
    """Carry what was believed on to each instant, and leave out what has landed by then."""
    if not kept:
        return start().tracks, np.empty(0, np.int64)
    counts = [tracks.count for tracks, _ in kept]
    looks = np.repeat(np.array([look for _, look in kept], dtype=np.int64), counts)
    tracks = joined_tracks([tracks for tracks, _ in kept])
    moved = carried(tracks, np.repeat(at_tai_ns, counts))
    up = np.flatnonzero(height_and_climb(moved.state)[0] > GROUND_M)
    return moved.take(up), looks[up]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landings:
    """Where rows of tracks were to land; NaN where none is foretold."""

    time_tai_ns: Floats
    """Instant of impact, ns."""
    time_sigma_s: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    covariance_m2: Floats
    """[n, 2, 2], of east and north along the ground."""
    long_m: Floats
    """Half axes of the 95 % ellipse."""
    short_m: Floats
    azimuth_rad: Floats


def landings(following: Following) -> Landings:
    """Foretell the impact of each row that does not burn; once for all rows of the same look.

    A track that no look has changed comes down where it came down before.
    """
    tracks = following.tracks
    flying = np.flatnonzero(tracks.phase != BOOST)
    key = np.stack([tracks.track[flying], following.look_tai_ns[flying]])
    _, first, same = np.unique(key, axis=1, return_index=True, return_inverse=True)
    once = tracks.take(flying[first])
    where = impacts(once) if once.count else None
    empty = np.full(tracks.count, np.nan)
    columns = {name: empty.copy() for name in Landings.__slots__ if name != "covariance_m2"}
    columns["covariance_m2"] = np.full((tracks.count, 2, 2), np.nan)
    if where is not None:
        for name, values in _columns(where, once).items():
            columns[name][flying] = values[same.reshape(-1)]
    return Landings(**columns)


def _columns(where: Impacts, tracks: Tracks) -> dict[str, Floats]:
    """Give the columns of `Landings` for tracks and their impacts."""
    long_m, short_m, azimuth = where.ellipse_m()
    return {
        "time_tai_ns": tracks.time_tai_ns + where.time_s * SECOND_NS,
        "time_sigma_s": where.time_sigma_s,
        "latitude_rad": where.latitude_rad,
        "longitude_rad": where.longitude_rad,
        "covariance_m2": where.covariance_m2,
        "long_m": long_m,
        "short_m": short_m,
        "azimuth_rad": azimuth,
    }
