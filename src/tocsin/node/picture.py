"""What a centre sees by itself: its tracker, and beside each track what a judge will ask of it."""

from dataclasses import dataclass, field, replace

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Integers
from tocsin.node.view import MARGIN_RAD, radar_sees
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.sensors.moon import moon_echo
from tocsin.sensors.radar import Radar
from tocsin.sensors.sky import Sky, sky_at
from tocsin.tracking.beginnings import Ascents, launched, step_ascents
from tocsin.tracking.fate import JUDGED_BY
from tocsin.tracking.known import NOTHING, KnownState, start_known, step_known
from tocsin.tracking.late import LateState, start_late, step_late
from tocsin.tracking.launchpoint import LaunchPoints
from tocsin.tracking.onward import carried
from tocsin.tracking.rules import Settings
from tocsin.tracking.step import TrackerState
from tocsin.warning.evidence import Echo

KNOWN_EVERY_S = 5.0
"""Time between two holdings of tracks against the catalogue."""
MISSES = 0.3
"""Chance that a healthy sensor misses what it looks at, in one look. Assumed, on the high side:
echoes flicker for longer than a look."""
PLACE_SIGMA_MOST_M = 150_000.0
"""Where a track is known worse than this, no silence is held against it."""
HELD_S = 300.0
"""So long after the last plot of all, looks in vain are still held against what was tracked."""
PLACE_SIGMAS = 2.0
"""A radar is held to see a track that lies so far, and more, inside every edge of its view."""
_ONCE = np.zeros(1, np.int64)
FAR_BELOW = -0.15
"""Sine of an elevation that no object climbs from into view within a step."""
FIT_AGAIN = 1.2
"""A launch is fitted again once there are so many times as many plots of the ascent."""
LIGHT_M_S = 299_792_458.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look of one sensor, with or without plots."""

    sensor: str
    tai_ns: int
    plots: Plots
    """Their `sensor` counts along the picture's sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Looks in a row in which one sensor should have seen one track and did not."""

    track: int
    sensor: str
    looks: int
    chance: float
    first_tai_ns: int
    last_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that a centre's own tracker knows, of one data class."""

    sites: tuple[Site, ...]
    """In the order that plots count along; never more than the tracker tells apart."""
    late: LateState
    ascents: Ascents = field(default_factory=Ascents)
    known: KnownState = field(default_factory=start_known)
    may_be: dict[int, int] = field(default_factory=dict)
    """Catalogue number of each track that fits an object and has not done so for long enough."""
    claims: dict[int, int] = field(default_factory=dict)
    """Catalogue number of each track that is set aside."""
    sky: Sky | None = None
    """Catalogued objects; none: no track is held against any."""
    known_tai_ns: int = 0
    unseen: tuple[Unseen, ...] = ()
    last_look_tai_ns: tuple[tuple[str, int], ...] = ()
    rose: dict[int, tuple[int, LaunchPoints, int]] = field(default_factory=dict)
    """By track: of how many first plots its launch was told, the launches of that fit, and which of
    them is its own."""

    @property
    def tracker(self) -> TrackerState:
        """The tracker after the newest plot."""
        return self.late.now


def start_picture(
    sites: tuple[Site, ...], sky: Sky | None = None, settings: Settings | None = None
) -> Picture:
    """Give a picture with nothing in it."""
    return Picture(sites=sites, late=start_late(settings), sky=sky)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Which of the checks are made while plots are taken in."""

    moon: bool = True
    catalogue: bool = True


def see(
    picture: Picture, looks: tuple[Look, ...], checks: Checks, now_tai_ns: int
) -> tuple[Picture, tuple[Echo, ...]]:
    """Take in looks of any order, each at its own instant.

    Returns:
        The picture after them, and the echoes of the Moon that were set aside.
    """
    echoes: list[Echo] = []
    parts = []
    for look in sorted(looks, key=lambda each: (each.tai_ns, each.sensor)):
        plots = look.plots
        if checks.moon and plots.count:
            plots, echo = _without_moon(picture, look, now_tai_ns)
            echoes += echo
        if plots.count:
            parts.append(plots)
    if parts:
        picture = _tracked(picture, _joined(parts))
    picture = _with_silences(picture, looks)
    if checks.catalogue:
        picture = _held(picture, now_tai_ns)
    return picture, tuple(echoes)


def _without_moon(picture: Picture, look: Look, now_tai_ns: int) -> tuple[Plots, list[Echo]]:
    """Set the Moon's echoes aside, plot by plot: the beam is never blanked."""
    site = next(each for each in picture.sites if each.id == look.sensor)
    if site.kind != "radar":
        return look.plots, []
    found = moon_echo(look.plots, site)
    if not np.any(found.is_moon):
        return look.plots, []
    rows = np.flatnonzero(found.is_moon)
    hz = site.sensor.pulse_hz if isinstance(site.sensor, Radar) else None
    echo = Echo(
        sensor=look.sensor,
        body="Moon",
        plots=int(rows.size),
        off_rad=float(found.off_rad[rows].mean()),
        late_s=2.0 * 3.84e8 / LIGHT_M_S,
        pulse_s=None if hz is None else 1.0 / hz,
        tai_ns=now_tai_ns,
    )
    return look.plots.take(np.flatnonzero(~found.is_moon)), [echo]


def _joined(parts: list[Plots]) -> Plots:
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Plots.__slots__
        if name not in ("sensors", "data_class")
    }
    return Plots(sensors=parts[0].sensors, data_class=parts[0].data_class, **columns)


def _tracked(picture: Picture, plots: Plots) -> Picture:
    """Let the tracker take plots in, and keep the first plots of its tracks."""
    late = step_late(picture.late, plots, picture.sites)
    first = int(plots.time_tai_ns.min())
    ascents = picture.ascents
    for instant in (*late.settled, *late.kept):
        if instant.time_tai_ns >= first:
            ascents = step_ascents(ascents, instant)
    return _fitted(replace(picture, late=late, ascents=ascents))


def _fitted(picture: Picture) -> Picture:
    """Tell launches from the plots of the ascent anew, of tracks that have more of them."""
    tracker = picture.tracker
    rows = tracker.confirmed()
    numbers = tracker.bank.number[rows]
    held = picture.ascents.plots
    fresh = [
        row
        for row, number in zip(rows, numbers.tolist(), strict=True)
        if len(held.get(number, ())) > FIT_AGAIN * picture.rose.get(number, (0,))[0]
    ]
    if not fresh:
        return picture
    places = np.array(fresh, dtype=np.int64)
    tracks = tracker.bank.number[places]
    told, found = launched(picture.ascents, tracks, tracker.born_tai_ns[places], picture.sites)
    rose = dict(picture.rose)
    for number in tracks.tolist():
        rose[number] = (len(held.get(number, ())), found, -1)
    for own, place in enumerate(told.tolist()):
        number = int(tracks[place])
        rose[number] = (rose[number][0], found, own)
    return replace(picture, rose=rose)


def _with_silences(picture: Picture, looks: tuple[Look, ...]) -> Picture:
    """Count, of tracks that are well known, the looks that should have seen them in vain."""
    tracker = picture.tracker
    rows = tracker.confirmed()
    last = dict(picture.last_look_tai_ns)
    for look in looks:
        last[look.sensor] = max(last.get(look.sensor, 0), look.tai_ns)
    picture = replace(picture, last_look_tai_ns=tuple(sorted(last.items())))
    unseen = {(each.track, each.sensor): each for each in picture.unseen}
    if rows.size == 0 or not looks:
        return picture
    tracks = tracker.tracks_at(rows)
    radars = sum(1 << k for k, site in enumerate(picture.sites) if site.kind == "radar")
    ranged = (tracks.sensors & radars) != 0  # of a plume alone the place is not known for sure
    if not np.any(ranged):
        return picture
    for look in looks:
        number = next(k for k, site in enumerate(picture.sites) if site.id == look.sensor)
        site = picture.sites[number]
        after_s = (look.tai_ns - tracker.time_tai_ns) / SECOND_NS
        if site.kind != "radar" or not -2.0 <= after_s <= HELD_S:
            continue
        own = site_positions_m(site, _ONCE)[0]
        toward = tracks.state[:, :3] - own
        rise = toward @ own / np.linalg.norm(own) / np.linalg.norm(toward, axis=1)
        if not np.any(ranged & (rise > FAR_BELOW)):
            continue  # far below its horizon: a few seconds more do not bring them up
        there = carried(tracks, np.maximum(tracks.time_tai_ns, look.tai_ns))
        spread = np.sqrt(np.trace(there.covariance[:, :3, :3], axis1=1, axis2=2))
        away = np.linalg.norm(there.state[:, :3] - own, axis=1)
        margin = MARGIN_RAD + PLACE_SIGMAS * spread / np.maximum(away, 1.0)
        inside = radar_sees(site, there.state[:, :3], margin)
        inside &= (spread < PLACE_SIGMA_MOST_M) & ranged
        fed = (tracks.sensors >> number) & 1
        seen = tracker.bank.seen_tai_ns[rows] >= look.tai_ns
        for row in np.flatnonzero(inside):
            key = (int(tracks.track[row]), look.sensor)
            if fed[row] and seen[row]:
                unseen.pop(key, None)
                continue
            was = unseen.get(key)
            unseen[key] = Unseen(
                track=key[0],
                sensor=look.sensor,
                looks=(was.looks if was else 0) + 1,
                chance=(was.chance if was else 1.0) * MISSES,
                first_tai_ns=was.first_tai_ns if was else look.tai_ns,
                last_tai_ns=look.tai_ns,
            )
    alive = set(tracks.track.tolist())
    return replace(picture, unseen=tuple(each for key, each in unseen.items() if key[0] in alive))


def _held(picture: Picture, now_tai_ns: int) -> Picture:
    """Hold believed tracks against the catalogue, every few seconds."""
    due = now_tai_ns - picture.known_tai_ns >= KNOWN_EVERY_S * SECOND_NS
    rows: Integers = picture.tracker.confirmed()
    if picture.sky is None or not due or rows.size == 0:
        return picture
    tracks = picture.tracker.tracks_at(rows)
    known, held = step_known(
        picture.known, tracks, sky_at(picture.sky, picture.tracker.time_tai_ns)
    )
    claims = {
        int(track): int(number)
        for track, number, claimed in zip(held.track, held.number, held.claimed, strict=True)
        if claimed
    }
    fits = (held.row != NOTHING) & (held.probability >= JUDGED_BY.may_be_known) & ~held.claimed
    may_be = {
        int(track): int(number)
        for track, number in zip(held.track[fits], held.number[fits], strict=True)
    }
    return replace(picture, known=known, claims=claims, may_be=may_be, known_tai_ns=now_tai_ns)
