"""One call: a centre, what arrived and the time, in; the centre after it, and what it does, out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tocsin.messages.convert import plots_of_scans
from tocsin.messages.office import HealthReport, SummaryReport
from tocsin.messages.picture import (
    EventReport,
    NoticeReport,
    RetractionReport,
    TrackReport,
)
from tocsin.messages.sensing import ScanReport
from tocsin.node.civil import warned
from tocsin.node.decisions import decisions_of
from tocsin.node.facts import facts_of
from tocsin.node.fusion import step_fusion, told_tracks
from tocsin.node.heard import Heard
from tocsin.node.intake import Arrived, Intake, Said, take_in
from tocsin.node.outgoing import told
from tocsin.node.picture import Checks, Look, see
from tocsin.node.settings import SENSOR, NodeSettings
from tocsin.node.sightings import sightings
from tocsin.node.state import NodeState, Outputs, Side
from tocsin.sensors.measurement import Plots
from tocsin.warning import assess
from tocsin.warning.evidence import Echo
from tocsin.warning.levels import ACTUAL, DATA_CLASSES

HELD_MAX = 20_000
"""Most tracks, events, notices or counts of others that are held; the oldest go first."""


def step(
    state: NodeState, arrived: Sequence[Arrived], now_tai_ns: int
) -> tuple[NodeState, Outputs]:
    """Take in what arrived, look, judge, warn and tell partners.

    Args:
        state: After the last step.
        arrived: Bytes, already stored in the centre's log, in the order of their arrival.
        now_tai_ns: The centre's clock; not before the last step's.

    Returns:
        The state after, and what to do once it can be rebuilt from the log.
    """
    state, intake = take_in(state, arrived, now_tai_ns)
    state = replace(state, heard=_heard(state.heard, intake, now_tai_ns))
    own, joint = dict(state.own), dict(state.joint)
    looks = {name: _looks(intake, state.settings, name) for name in DATA_CLASSES}
    for name in _classes(state, intake):
        state, own[name], joint[name] = _judged(
            state, (own[name], joint[name]), (name, looks[name], intake), now_tai_ns
        )
    state = replace(state, own=own, joint=joint)
    state, done = warned(state, intake, now_tai_ns)
    state, transmit = told(state, intake, now_tai_ns)
    return state, Outputs(
        transmit=transmit,
        decisions=decisions_of(state, done, now_tai_ns),
        messages=done.messages,
    )


def _classes(state: NodeState, intake: Intake) -> list[str]:
    """Give the data classes of which anything was ever said; of others there is nothing to do."""
    said = {each.data_class for each in intake.said}
    return [
        name
        for name in DATA_CLASSES
        if name == ACTUAL or name in said or state.joint[name] is not state.own[name]
    ]


def _judged(
    state: NodeState,
    sides: tuple[Side, Side],
    news: tuple[str, tuple[list[Look], list[Look]], Intake],
    now_tai_ns: int,
) -> tuple[NodeState, Side, Side]:
    """Look and judge, of one data class: for ourselves, and with what partners share."""
    (own, joint), (name, (ours, theirs), intake) = sides, news
    alone = own is joint or own.picture is joint.picture
    own, echoes = _looked(own, ours, state.settings, now_tai_ns)
    if alone and not theirs:
        joint = replace(joint, picture=own.picture, sightings=own.sightings)
    else:
        joint, _ = _looked(joint, [*ours, *theirs], state.settings, now_tai_ns)
    none = Intake(said=(), refused={})
    bare = replace(state, heard=replace(state.heard, tracks={}, events={}))
    own = _assessed(bare, own, name, (none, echoes), now_tai_ns)
    joint = _assessed(state, joint, name, (intake, echoes), now_tai_ns)
    return state, own, joint


def _looked(
    side: Side, looks: list[Look], settings: NodeSettings, now_tai_ns: int
) -> tuple[Side, tuple[Echo, ...]]:
    """Take in looks, and tell the tracks anew if there was a plot."""
    checks = Checks(moon="C9" in settings.checks, catalogue="C12" in settings.checks)
    picture, echoes = see(side.picture, tuple(looks), checks, now_tai_ns)
    found = side.sightings
    was = side.picture
    fresh = picture.late is not was.late or picture.claims != was.claims
    fresh = fresh or picture.may_be != was.may_be
    if fresh:
        found = sightings(picture, settings.own)
    return replace(side, picture=picture, sightings=found), echoes


def _assessed(
    state: NodeState,
    side: Side,
    name: str,
    news: tuple[Intake, tuple[Echo, ...]],
    now_tai_ns: int,
) -> Side:
    reports = told_tracks(state.heard, side.picture, state.settings, name, now_tai_ns)
    fusion = step_fusion(side.fusion, side.picture, side.sightings, reports, state.settings.trust)
    side = replace(side, fusion=fusion)
    facts = facts_of(state, side, name, news, now_tai_ns)
    return replace(side, judgement=assess.step(side.judgement, facts, now_tai_ns))


def _looks(
    intake: Intake, settings: NodeSettings, data_class: str
) -> tuple[list[Look], list[Look]]:
    """Give our own looks and partners', of one data class, along the picture's sites."""
    ours: list[Look] = []
    theirs: list[Look] = []
    places = {site.id: k for k, site in enumerate(settings.sites)}
    owned = settings.owned()
    for said in intake.said:
        report = said.report
        if not isinstance(report, ScanReport) or said.data_class != data_class:
            continue
        if report.sensor not in places:
            continue
        look = _look(report, places, tuple(places), data_class)
        if said.speaker.role == SENSOR:
            ours.append(look)
        elif report.sensor not in owned:  # our own plots coming back are nothing new
            theirs.append(look)
    return ours, theirs


def _look(
    report: ScanReport, places: dict[str, int], names: tuple[str, ...], data_class: str
) -> Look:
    plots = plots_of_scans([report])
    columns = {
        name: getattr(plots, name)
        for name in Plots.__slots__
        if name not in ("sensors", "data_class", "sensor")
    }
    number = np.full(plots.count, places[report.sensor], dtype=np.int64)
    return Look(
        sensor=report.sensor,
        tai_ns=report.end_tai_ns,
        plots=Plots(sensors=names, data_class=data_class, sensor=number, **columns),
    )


def _heard(heard: Heard, intake: Intake, now_tai_ns: int) -> Heard:
    """Hold what was said, the newest of each."""
    columns: dict[str, dict[Any, Any]] = {
        "tracks": dict(heard.tracks),
        "events": dict(heard.events),
        "notices": dict(heard.notices),
        "summaries": dict(heard.summaries),
        "health": dict(heard.health),
    }
    for said in intake.said:
        _hold(columns, said, now_tai_ns)
    kept = {name: dict(list(held.items())[-HELD_MAX:]) for name, held in columns.items()}
    return replace(heard, **kept)


def _hold(columns: dict[str, dict[Any, Any]], said: Said, now_tai_ns: int) -> None:
    """Put one report where it belongs; an older revision never replaces a newer one."""
    sender = said.speaker.id
    match said.report:
        case TrackReport() as told if told.partner == sender:
            columns["tracks"][_of_class(told.track, told.data_class)] = told
        case EventReport() as told:
            _hold_newest(columns["events"], (sender, _of_class(told.event, told.data_class)), told)
        case NoticeReport() as told:
            name = _of_class(told.notice, told.data_class)
            _hold_newest(columns["notices"], (sender, name), told)
        case RetractionReport() as told:
            _take_back(columns, sender, told)
        case SummaryReport() as told:
            link = _of_class(told.link, told.data_class)
            columns["summaries"][told.feed, link] = (told, now_tai_ns)
        case HealthReport() as told if said.data_class == ACTUAL:
            columns["health"][told.subject] = told
        case _:
            pass  # looks, orders and what channels say are taken elsewhere


def _of_class(name: str, data_class: str) -> str:
    """Give a key that no other data class has: their names are given apart, and may be the same."""
    return name if data_class == ACTUAL else f"{name} {data_class}"


def _hold_newest(held: dict[Any, Any], key: tuple[str, str], told: Any) -> None:
    before = held.get(key)
    if before is None or told.revision >= before.revision:
        held[key] = told


def _take_back(columns: dict[str, dict[Any, Any]], sender: str, told: RetractionReport) -> None:
    """Forget what its sender takes back."""
    name = _of_class(told.subject, told.data_class)
    if told.subject_kind == "track":
        held = columns["tracks"].get(name)
        if held is not None and held.partner == sender:
            del columns["tracks"][name]
    elif told.subject_kind == "notice":
        columns["notices"].pop((sender, name), None)
    elif told.subject_kind == "event":
        columns["events"].pop((sender, name), None)
