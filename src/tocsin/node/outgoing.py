"""What partners are told: from our own sensors alone, as far as the policy for each allows.

What came from partners never leaves again, so that nobody hears their own word come back.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.messages.convert import History, Origin, track_reports
from tocsin.messages.office import HeartbeatReport
from tocsin.messages.picture import EventReport, NoticeReport, RetractionReport
from tocsin.messages.report import Report, kind_of, write_report
from tocsin.messages.sensing import ScanReport
from tocsin.node.facts import ellipse_of
from tocsin.node.intake import Intake
from tocsin.node.state import NodeState, Side
from tocsin.partners.inbox import answer
from tocsin.partners.outbox import poll, send
from tocsin.partners.policy import Policy
from tocsin.partners.release import Item, release
from tocsin.warning.events import LAUNCH, Event
from tocsin.warning.grouping import away_m
from tocsin.warning.levels import (
    CONFIDENCES,
    CONFIRMED,
    POSSIBLE,
    SURE,
    WITHDRAWN,
)

HEARTBEAT_S = 60.0
EVENT_EVERY_S = 30.0
TRACKS_EVERY_S = 5.0


Class = Literal["actual", "exercise", "test"]
State = Literal["preliminary", "confirmed", "withdrawn"]
Word = Literal["none", "low", "medium", "high"]
Kind = Literal["infrared", "radar"]
CLASSES: tuple[Class, ...] = ("actual", "exercise", "test")


def told(
    state: NodeState, intake: Intake, now_tai_ns: int
) -> tuple[NodeState, tuple[tuple[str, bytes], ...]]:
    """Give every envelope that leaves now: what is new, what is due again, and answers."""
    items = {name: _items(state, name, intake, now_tai_ns) for name in CLASSES}
    state = _noted(state, items, now_tai_ns)
    transmit: list[tuple[str, bytes]] = []
    outboxes, inboxes, released = dict(state.outboxes), dict(state.inboxes), dict(state.released)
    policies = _in_force(state.policies, now_tai_ns)
    for partner in sorted(outboxes):
        outbox = outboxes[partner]
        if partner in policies:
            every = [item for those in items.values() for item in those]
            released[partner], reports = release(
                policies[partner], released[partner], every, now_tai_ns
            )
            for data_class in CLASSES:
                # What a delay kept back leaves later than it was offered: its own class counts.
                own = [each for each in reports if _class_of(each, state) == data_class]
                if own:
                    written = [write_report(report) for report in own]
                    outbox = send(outbox, written, now_tai_ns, data_class)
        outbox, envelopes = poll(outbox, now_tai_ns, state.settings.key)
        outboxes[partner] = outbox
        transmit += [(partner, data) for data in envelopes]
    own_class = cast("Class", state.settings.data_class)
    for sender in sorted(inboxes):
        inboxes[sender], envelopes = answer(
            inboxes[sender], now_tai_ns, own_class, state.settings.key
        )
        transmit += [(sender, data) for data in envelopes]
    return replace(state, outboxes=outboxes, inboxes=inboxes, released=released), tuple(transmit)


def _in_force(policies: Sequence[Policy], now_tai_ns: int) -> dict[str, Policy]:
    """Give for each receiver its policy, of several the one that began last by now."""
    begun = sorted(policies, key=lambda each: (each.since_tai_ns <= now_tai_ns, each.since_tai_ns))
    return {policy.receiver: policy for policy in begun}


def _items(state: NodeState, data_class: Class, intake: Intake, now_tai_ns: int) -> list[Item]:
    """Give all that might be told now, of one data class."""
    side = state.own[data_class]
    found = [Item(report=each) for each in _passed_on(intake, data_class)]
    found += _events(state, side, data_class, now_tai_ns)
    if _due(state, f"tracks {data_class}", TRACKS_EVERY_S, now_tai_ns):
        found += _tracks(state, side, data_class)
    if data_class == state.settings.data_class and _due(
        state, "heartbeat", HEARTBEAT_S, now_tai_ns
    ):
        number = state.heartbeats + 1
        found.append(
            Item(report=HeartbeatReport(sent_tai_ns=now_tai_ns, number=number, health="ok"))
        )
    return found


def _class_of(report: Report, state: NodeState) -> str:
    """Give the data class of a report; of one that has none (a heartbeat), the centre's own."""
    return str(getattr(report, "data_class", state.settings.data_class))


def _due(state: NodeState, what: str, every_s: float, now_tai_ns: int) -> bool:
    return now_tai_ns - state.told_tai_ns.get(what, 0) >= every_s * SECOND_NS


def _passed_on(intake: Intake, data_class: Class) -> list[ScanReport | NoticeReport]:
    """Give our own sensors' looks and our own office's notices."""
    return [
        each.report
        for each in intake.said
        if isinstance(each.report, ScanReport | NoticeReport)
        and each.speaker.role in ("sensor", "office")
        and each.data_class == data_class
    ]


def _events(state: NodeState, side: Side, data_class: Class, now_tai_ns: int) -> list[Item]:
    """Give launches that changed, those that are due again, and what is taken back."""
    changed = {change.event for change in side.judgement.changes}
    found = []
    for event in side.judgement.events:
        if event.kind != LAUNCH or event.level_max < POSSIBLE or event.launch is None:
            continue
        name = f"{state.settings.own}:{event.id}"
        again = not event.closed and _due(state, f"{data_class} {name}", EVENT_EVERY_S, now_tai_ns)
        if event.id in changed or again:
            found.append(_item(event, name, data_class, now_tai_ns))
        if event.id in changed and event.state == WITHDRAWN:
            code = event.reasons[0].code if event.reasons else "WITHDRAWN"
            taken = RetractionReport(
                subject_kind="event",
                subject=name,
                reason=next((r.code for r in event.reasons if r.check), code),
                sentence=f"event {name} is withdrawn",
                time_tai_ns=now_tai_ns,
                data_class=data_class,
            )
            found.append(Item(report=taken))
    return found


def _item(event: Event, name: str, data_class: Class, now_tai_ns: int) -> Item:
    assert event.launch is not None
    assert event.launch_tai_ns is not None
    far = None if event.impact is None else away_m(event.launch, event.impact)
    rows = [each for each in event.sightings if not each.parent]
    heading = next((each.heading_rad for each in rows if each.heading_rad is not None), None)
    state = SURE if event.level >= CONFIRMED else event.state
    report = EventReport(
        event=name,
        revision=event.revision,
        state=cast("State", state),
        launch_class="unknown",
        told_tai_ns=now_tai_ns,
        launch_tai_ns=event.launch_tai_ns,
        launch_area=ellipse_of(event.launch),
        azimuth_rad=heading,
        impact_area=None if event.impact is None else ellipse_of(event.impact),
        impact_tai_ns=event.impact_tai_ns,
        impact_sigma_s=event.impact_sigma_s,
        count=max(1, len(rows)),
        level=event.level,
        confidence=cast("Word", CONFIDENCES[event.confidence]),
        data_class=data_class,
    )
    return Item(report=report, range_m=far)


def _tracks(state: NodeState, side: Side, data_class: Class) -> list[Item]:
    """Give our own tracks of launches that are not over."""
    tracker = side.picture.tracker
    wanted = {
        each.id
        for event in side.judgement.events
        if event.kind == LAUNCH and not event.closed and event.level >= POSSIBLE
        for each in event.sightings
    }
    rows = tracker.confirmed()
    own = state.settings.own
    keep = [f"{own}:{number}" in wanted for number in tracker.bank.number[rows].tolist()]
    rows = rows[np.array(keep, dtype=np.bool_)] if rows.size else rows
    if rows.size == 0:
        return []
    sites = side.picture.sites
    origin = Origin(
        partner=own,
        sensors=tuple(site.id for site in sites),
        kinds={site.id: cast("Kind", site.kind) for site in sites},
        data_class=data_class,
    )
    history = History(
        first_tai_ns=tracker.born_tai_ns[rows],
        last_tai_ns=tracker.seen_tai_ns[rows],
        residual=tracker.bank.surprise[rows],
    )
    return [Item(report=each) for each in track_reports(tracker.tracks_at(rows), history, origin)]


def _noted(state: NodeState, items: dict[Class, list[Item]], now_tai_ns: int) -> NodeState:
    """Remember when each thing was last offered."""
    last = dict(state.told_tai_ns)
    beats = state.heartbeats
    for data_class, those in items.items():
        for item in those:
            kind = kind_of(item.report).partition(".")[0]
            if isinstance(item.report, EventReport):
                last[f"{data_class} {item.report.event}"] = now_tai_ns
            elif kind == "track":
                last[f"tracks {data_class}"] = now_tai_ns
            elif kind == "heartbeat":
                last["heartbeat"] = now_tai_ns
                beats += 1
    return replace(state, told_tai_ns=last, heartbeats=beats)
