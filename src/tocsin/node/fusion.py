"""Our own tracks and partners' as one picture: who sees the same object, joined and counted once.

A partner's track of an object that we track too is joined with ours: one sighting, with our track's
name. What was made of our own plots, or of plots that a partner has sent us, is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.errors import MessageError
from tocsin.lanes import Flags, Integers
from tocsin.messages.convert import tracks_of
from tocsin.messages.picture import TrackReport
from tocsin.node.heard import Heard
from tocsin.node.picture import Picture
from tocsin.node.settings import NodeSettings
from tocsin.node.sightings import coasting_launches, flights_of, told_sightings
from tocsin.tracking.fuse import ALONE, fused, paired, plausible
from tocsin.tracking.onward import carried
from tocsin.tracking.track import Tracks, joined_tracks
from tocsin.warning.checks import (
    PLOTS_FOR_NOISE,
    RESIDUAL_LEAST,
    RESIDUAL_MOST,
    STILL_AFTER_S,
)
from tocsin.warning.evidence import Sighting

TRACK_FRESH_S = 60.0
"""A partner's track that was last told so long ago is lost."""
TRUST = 0.5
"""Of a partner that nobody has set another for; who is trusted less is never joined with ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A partner's track, and what is worked out of it once."""

    report: TrackReport
    """With only those kinds of sensor whose plots we do not have ourselves."""
    tracks: Tracks
    """The one."""
    sighting: Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """What a judge is told of tracks, and what it is made of: made anew when that changes."""

    own: tuple[Sighting, ...] = ()
    reports: tuple[TrackReport, ...] = ()
    """Partners', as they came, that count."""
    told: dict[str, Told] = field(default_factory=dict)
    """By name."""
    pairs: dict[str, str] = field(default_factory=dict)
    """For each partner's track that was joined with another, the name of that."""
    sightings: tuple[Sighting, ...] = ()


def told_tracks(
    heard: Heard, picture: Picture, settings: NodeSettings, data_class: str, now_tai_ns: int
) -> tuple[TrackReport, ...]:
    """Give partners' tracks that tell something which our own picture has not in it, by name.

    Left out are those that are old, made by us, or of plots of sensors that feed our picture: our
    own always, a partner's while it sends their looks. Where sensors go by other names than we
    know them by, all of the partner's that feed us are taken to be in it.
    """
    oldest = now_tai_ns - round(TRACK_FRESH_S * SECOND_NS)
    looks = dict(picture.last_look_tai_ns)
    feeds = [each for each in settings.sources if looks.get(each.id, 0) > oldest]
    owned, known = settings.owned(), {each.id for each in settings.sources}
    found = []
    for _, told in sorted(heard.tracks.items()):
        if told.data_class != data_class or told.time_tai_ns <= oldest:
            continue
        if told.partner == settings.own or owned & set(told.sensors):
            continue
        named = bool(told.sensors) and known.issuperset(told.sensors)
        ours = {
            each.kind
            for each in feeds
            if (each.id in told.sensors if named else each.owner == told.partner)
        }
        kinds = tuple(kind for kind in told.sources if kind not in ours)
        if kinds == told.sources:
            found.append(told)
        elif kinds:
            found.append(msgspec.structs.replace(told, sources=kinds))
    return tuple(found)


def step_fusion(
    before: Fusion,
    picture: Picture,
    own: tuple[Sighting, ...],
    reports: tuple[TrackReport, ...],
    trust: tuple[tuple[str, float], ...],
) -> Fusion:
    """Give our own tracks and partners' as one, from what was paired before.

    Args:
        before: What this gave last.
        picture: Our own.
        own: Its tracks as sightings.
        reports: From `told_tracks`.
        trust: For each partner, how much its word weighs.
    """
    if own is before.own and reports == before.reports:
        return before
    told = _told(before.told, reports)
    pairs: dict[str, str] = {}
    found = own
    if told:
        groups = _grouped(picture, own, told, before.pairs, dict(trust))
        pairs, found = groups.pairs, _one_each(groups, own, told)
    return Fusion(own=own, reports=reports, told=told, pairs=pairs, sightings=found)


def _told(before: dict[str, Told], reports: Sequence[TrackReport]) -> dict[str, Told]:
    """Give partners' tracks that are of something near Earth; only what changed is worked out."""
    found = {}
    fresh: list[tuple[TrackReport, Tracks]] = []
    for each in reports:
        held = before.get(each.track)
        if held is not None and held.report == each:
            found[each.track] = held
            continue
        try:
            tracks, _ = tracks_of([msgspec.structs.replace(each, sensors=())], ())
        except MessageError:
            continue  # a name that is not its maker's and a number
        if bool(plausible(tracks)[0]):
            fresh.append((each, tracks))
    if fresh:
        columns = joined_tracks([tracks for _, tracks in fresh])
        seen = told_sightings([report for report, _ in fresh], columns)
        for (report, tracks), sighting in zip(fresh, seen, strict=True):
            found[report.track] = Told(report=report, tracks=tracks, sighting=sighting)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Tracks of one object together, as rows [n]."""

    tracks: Tracks
    """Joined, at one instant."""
    members: tuple[tuple[str, ...], ...]
    """Of each row, the names of those that are joined in it; the first gives its name."""
    aside: dict[str, tuple[str, ...]]
    """By first name, tracks of the same object that are not joined: their word is too light, or
    their plots do not fit them."""
    pairs: dict[str, str]


def _grouped(
    picture: Picture,
    own: tuple[Sighting, ...],
    told: dict[str, Told],
    before: dict[str, str],
    trust: dict[str, float],
) -> Groups:
    """Pair and join tracks, partner after partner in the order of their names."""
    tracker = picture.tracker
    mine = tracker.tracks_at(tracker.confirmed())
    assert mine.count == len(own), (mine.count, len(own))
    now = max(each.report.time_tai_ns for each in told.values())
    now = max(now, int(mine.time_tai_ns[0])) if mine.count else now
    table, rows = _at(mine, now)
    members = [(own[row].id,) for row in rows]
    aside: dict[str, tuple[str, ...]] = {}
    pairs: dict[str, str] = {}
    for partner in sorted({each.report.partner for each in told.values()}):
        theirs = [each for each in told.values() if each.report.partner == partner]
        new, rows = _at(joined_tracks([each.tracks for each in theirs]), now)
        names = [theirs[row].report.track for row in rows]
        row_of = {name: row for row, group in enumerate(members) for name in group}
        held = np.array([row_of.get(before.get(name, ""), ALONE) for name in names], dtype=np.int64)
        to = paired(table, new, held)
        good = _joinable([theirs[row].report for row in rows], trust.get(partner, TRUST))
        for place in np.flatnonzero(to != ALONE).tolist():
            first = members[to[place]][0]
            pairs[names[place]] = first
            if good[place]:
                members[to[place]] += (names[place],)
            else:
                aside[first] = (*aside.get(first, ()), names[place])
        table = _with_joined(table, new, to, good)
        members += [(names[place],) for place in np.flatnonzero(to == ALONE)]
    return Groups(tracks=table, members=tuple(members), aside=aside, pairs=pairs)


def _at(tracks: Tracks, now_tai_ns: int) -> tuple[Tracks, Integers]:
    """Give tracks at an instant, and the rows of those that are still of something near Earth."""
    rows = np.flatnonzero(plausible(tracks))
    moved = carried(tracks.take(rows), np.full(rows.size, now_tai_ns))
    up = np.flatnonzero(plausible(moved))
    return moved.take(up), rows[up]


def _joinable(reports: Sequence[TrackReport], trust: float) -> Flags:
    """Tell which tracks are taken at their word: trusted, and fitting their plots as noise does."""
    return np.array(
        [
            trust >= TRUST
            and each.residual <= RESIDUAL_MOST
            and (each.residual >= RESIDUAL_LEAST or each.plots < PLOTS_FOR_NOISE)
            for each in reports
        ],
        dtype=np.bool_,
    )


def _with_joined(table: Tracks, new: Tracks, to: Integers, good: Flags) -> Tracks:
    """Give a table with tracks joined into their rows, and those of no row at its end."""
    joins = np.flatnonzero((to != ALONE) & good)
    rows = to[joins]
    both = fused(table.take(rows), new.take(joins))
    place = np.arange(table.count)
    place[rows] = table.count + np.arange(rows.size)
    alone = new.take(np.flatnonzero(to == ALONE))
    return joined_tracks([joined_tracks([table, both]).take(place), alone])


def _one_each(
    groups: Groups, own: tuple[Sighting, ...], told: dict[str, Told]
) -> tuple[Sighting, ...]:
    """Give one sighting for each object, in order: our own, then what only partners see."""
    seen = {each.id: each for each in own}
    seen |= {name: each.sighting for name, each in told.items()}
    several = [row for row, group in enumerate(groups.members) if len(group) > 1]
    joined = groups.tracks.take(np.array(several, dtype=np.int64))
    flights, rose = flights_of(joined), coasting_launches(joined)
    inside: set[str] = set()
    for place, row in enumerate(several):
        first, *others = groups.members[row]
        parts = [seen[name] for name in (first, *others)]
        seen[first] = _joined(parts, flights[place], rose.get(place, {}))
        inside.update(others)
    for first, names in groups.aside.items():
        all_names = tuple(sorted({*seen[first].told_by, *names}))
        seen[first] = replace(seen[first], told_by=all_names)
    return tuple(each for name, each in seen.items() if name not in inside)


def _joined(parts: Sequence[Sighting], flight: dict[str, Any], rose: dict[str, Any]) -> Sighting:
    """Give one sighting of what several tracks say of one object.

    Args:
        parts: The first gives its name, and what only its own plots tell.
        flight: How the joined track flies.
        rose: Where it was launched by its free flight; empty if that does not tell.
    """
    first = parts[0]
    plots = sum(each.plots for each in parts)
    begun = min(each.first_tai_ns for each in parts)
    last = max(each.last_tai_ns for each in parts)
    columns = flight | _landing(parts, flight)
    if not first.parent:
        columns |= _launch(parts, rose)
    return replace(
        first,
        first_tai_ns=begun,
        last_tai_ns=last,
        sensors=tuple(sorted({name for each in parts for name in each.sensors})),
        plots=plots,
        residual=sum(each.residual * each.plots for each in parts) / max(plots, 1),
        drift_m=_drift_m(first, last - begun),
        told_by=tuple(sorted(each.id for each in parts[1:])),
        **columns,
    )


def _drift_m(first: Sighting, age_ns: int) -> float:
    """Give how far a plume would have moved since the first plot of all, at the speed we saw."""
    seen_ns = first.last_tai_ns - first.first_tai_ns
    if seen_ns < STILL_AFTER_S * SECOND_NS:
        return float("inf")
    return first.drift_m * age_ns / seen_ns


def _landing(parts: Sequence[Sighting], flight: dict[str, Any]) -> dict[str, Any]:
    """Give the impact that is known best: of all tracks joined, or of one of them alone."""
    if flight["impact"] is None:
        return {}
    names = ("impact", "impact_tai_ns", "impact_sigma_s")
    told = [flight] + [{name: getattr(each, name) for name in names} for each in parts]
    best = min((each for each in told if each["impact"]), key=lambda each: each["impact"].long_m())
    return {name: best[name] for name in names}


def _launch(parts: Sequence[Sighting], rose: dict[str, Any]) -> dict[str, Any]:
    """Give the launch that is known best, if any."""
    names = ("launch", "launch_tai_ns", "launch_sigma_s")
    told = [{name: getattr(each, name) for name in names} for each in parts]
    told += [rose] if rose else []
    known = [each for each in told if each["launch"] is not None]
    return min(known, key=lambda each: each["launch"].long_m()) if known else {}
