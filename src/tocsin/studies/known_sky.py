"""Believed tracks held against a catalogue of satellites, while plots are tracked."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import DAY_NS, SECOND_NS, tai_from_utc, utc_from_tai
from tocsin.lanes import Flags, Integers
from tocsin.sensors.sky import AGE_MAX_DAYS, AGE_STATED_DAYS, Sky, SkyAt, sky_at, taken
from tocsin.studies.plot_input import TrackingError
from tocsin.tracking.fate import JUDGED_BY, fates, judged
from tocsin.tracking.known import NOTHING, Known, KnownState, start_known, step_known
from tocsin.tracking.step import TrackerState
from tocsin.tracking.track import Tracks

BUILT_IN = "builtin"
BUILT_IN_UTC = "2024-07-05T12:00:00Z"
"""Middle of the epochs of the catalogue that comes with the program."""
EVERY_S = 5.0
"""Least time between two instants at which tracks are held against it."""
NEAR_S = 60.0
"""For so long only the objects are carried that were near a track; then all of them again."""
NEAR_M = 2_500_000.0
"""How near that is: two objects pass at up to 16 km/s, over `NEAR_S`, and 1,500 km."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Satellites:
    """Which catalogue to hold tracks against."""

    wanted: bool = True
    """False: none."""
    told: bool = False
    """Whether somebody asked for it; the built-in one is otherwise used only where dates fit."""
    path: Path | None = None
    """Nothing: the one that comes with the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is known so far of which tracks are catalogued objects."""

    name: str = ""
    """Of the catalogue."""
    sky: Sky | None = None
    """The catalogue, once it was needed."""
    why_not: str = ""
    """Why no track is held against a catalogue, for people; empty if they are."""
    state: KnownState = field(default_factory=start_known)
    last_tai_ns: int | None = None
    """The last instant at which tracks were held against it."""
    near: Sky | None = None
    """The objects near tracks."""
    near_rows: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    """Their places in the catalogue."""
    near_tai_ns: int = 0
    near_tracks: frozenset[int] = frozenset()
    claims: dict[int, Known] = field(default_factory=dict)
    """Of each track number what it was held to be when it was last fed; one row."""


def start_held(satellites: Satellites) -> Held:
    """Give what is known before the first plot; a user's own catalogue is read now.

    Raises:
        CatalogError: It cannot be read.
    """
    if not satellites.wanted:
        return Held(why_not="no track was held against a catalogue of satellites (turned off)")
    if satellites.path is None:
        return Held(name=f"built-in, of {BUILT_IN_UTC[:10]}")
    return Held(name=satellites.path.name, sky=load_sky(satellites.path))


def fitting(held: Held, satellites: Satellites, first_tai_ns: int) -> Held:
    """Decide by the first plot whether the built-in catalogue can serve.

    Raises:
        TrackingError: It was asked for and cannot.
    """
    if held.why_not or satellites.path is not None:
        return held
    days = abs(first_tai_ns - tai_from_utc(BUILT_IN_UTC)) / DAY_NS
    if days <= AGE_STATED_DAYS:
        return held
    line = (
        f"the built-in catalogue of satellites is of {BUILT_IN_UTC[:10]}, {days:,.0f} days from"
        f" these plots ({utc_from_tai(first_tai_ns)[:10]}); the most is {AGE_STATED_DAYS:g}"
    )
    if satellites.told:
        raise TrackingError(f"{line}: give one of their time with --satellites FILE")
    return replace(held, why_not=f"{line}: it was not used")


def step_held(held: Held, after: TrackerState, time_tai_ns: int) -> Held:
    """Hold the believed tracks against the catalogue, if it is time for it.

    Tracks that surely come down are not held against it, unless they were claimed before: what is
    in the catalogue stays up. So a file of missiles costs next to nothing.
    """
    last = held.last_tai_ns
    if held.why_not or (last is not None and time_tai_ns - last < EVERY_S * SECOND_NS):
        return held
    rows = after.confirmed()
    if rows.size == 0:
        return held
    rows = rows[_may_be_up(held, after.tracks_at(rows))]
    if rows.size == 0:
        return replace(held, last_tai_ns=time_tai_ns, state=start_known(held.state.rules))
    tracks = after.tracks_at(rows)
    held, at = _around(held, tracks, time_tai_ns)
    if held.why_not:
        return held
    state, known = step_known(held.state, tracks, at)
    fed = np.flatnonzero(after.seen_tai_ns[rows] > (-1 if last is None else last))
    claims = {int(known.track[row]): _row(known, int(row)) for row in fed}
    return replace(held, state=state, last_tai_ns=time_tai_ns, claims=held.claims | claims)


def known_of(held: Held, tracks: Tracks) -> Known:
    """Give what tracks were held to be when they were last fed."""
    blank = _row(_nothing(1), 0)
    found = [held.claims.get(int(number), blank) for number in tracks.track]
    columns = {
        name: np.concatenate([getattr(each, name) for each in [*found, _nothing(0)]])
        for name in Known.__slots__
    }
    return Known(**(columns | {"track": tracks.track}))


def _may_be_up(held: Held, tracks: Tracks) -> Flags:
    """Tell which tracks do not surely come down, or were claimed."""
    fate = fates(tracks)
    down = judged(tracks, _nothing(tracks.count), fate).comes_down >= JUDGED_BY.sure_down
    down &= tracks.hits >= JUDGED_BY.threat_hits_least
    down &= tracks.existence >= JUDGED_BY.threat_existence_least
    claimed = held.state.track[held.state.claimed]
    return np.asarray(~down | np.isin(tracks.track, claimed))


def _around(held: Held, tracks: Tracks, time_tai_ns: int) -> tuple[Held, SkyAt]:
    """Give where the objects near tracks are at an instant."""
    numbers = frozenset(tracks.track.tolist())
    fresh = time_tai_ns - held.near_tai_ns < NEAR_S * SECOND_NS and numbers <= held.near_tracks
    sky = held.sky or load_sky()
    if held.near is not None and fresh:
        at = sky_at(held.near, time_tai_ns)
        return held, replace(at, sky=sky, row=held.near_rows[at.row])
    at = sky_at(sky, time_tai_ns)
    if at.count == 0:
        line = (
            f"{held.name}: no object in it has elements within {AGE_MAX_DAYS:g} days of the plots"
        )
        return replace(held, why_not=f"{line}: it was not used"), at
    away, _ = cKDTree(tracks.state[:, :3]).query(at.state[:, :3], distance_upper_bound=NEAR_M)
    places = np.flatnonzero(np.isfinite(away))
    near = replace(at, row=at.row[places], state=at.state[places], age_days=at.age_days[places])
    held = replace(
        held,
        sky=sky,
        near=taken(sky, near.row) if places.size else None,
        near_rows=near.row,
        near_tai_ns=time_tai_ns,
        near_tracks=numbers,
    )
    return held, near


def _row(known: Known, row: int) -> Known:
    """Give one row."""
    only = slice(row, row + 1)
    return Known(**{name: getattr(known, name)[only] for name in Known.__slots__})


def _nothing(count: int) -> Known:
    """Give that no track is any object."""
    return Known(
        track=np.zeros(count, np.int64),
        row=np.full(count, NOTHING),
        number=np.zeros(count, np.int64),
        distance2=np.full(count, np.nan),
        probability=np.zeros(count),
        vague=np.zeros(count, np.bool_),
        claimed=np.zeros(count, np.bool_),
    )
