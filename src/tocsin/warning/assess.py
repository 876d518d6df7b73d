"""One call: what is known, and what was judged before, in; events, levels and their reasons out."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from tocsin.earth.time import SECOND_NS
from tocsin.warning.areas import AreaList, met
from tocsin.warning.checks import Case, reasons_of
from tocsin.warning.events import (
    EVENTS_MAX,
    FAULT,
    LAUNCH,
    Change,
    Event,
    Judgement,
    JudgeSettings,
    Reason,
)
from tocsin.warning.evidence import Facts, PartnerEvent, Sighting, Spot
from tocsin.warning.faults import Fault, faults_of
from tocsin.warning.grouping import event_of, linked, same_as_told
from tocsin.warning.levels import (
    CONFIDENCES,
    CONFIRMED,
    HIGH,
    LEVEL_WORDS,
    LEVELS,
    LOW,
    MEDIUM,
    NONE,
    POSSIBLE,
    PRELIMINARY,
    QUIET,
    SURE,
    WITHDRAWN,
)
from tocsin.warning.rules import LOWERS, RULES

WORTH = 0.5
"""A track that comes down with at least this probability is looked at as a launch."""
LOST_S = 1_800.0
"""An event of which nothing was seen for so long, and no impact is foretold, is over."""
UNSEEN_S = 120.0
"""What turned out to be no launch is over when nothing was seen of it for so long."""
FAULT_OVER_S = 300.0
"""A fault that nothing has shown for so long is over."""
KEPT_S = 86_400.0
"""How long what is over is kept."""


def step(state: Judgement, facts: Facts, now_tai_ns: int) -> Judgement:
    """Judge what is known at an instant.

    Args:
        state: What was judged before.
        facts: What is known now, of one data class.
        now_tai_ns: Not before the last step's.

    Returns:
        What is judged now, with every change of level, confidence or state since `state`.
    """
    events, number = _with_sightings(state, facts, now_tai_ns)
    events, number = _with_told(events, facts.partner_events, number, now_tai_ns)
    launched = [each.id for event in events if event.kind == LAUNCH for each in event.sightings]
    found = faults_of(facts, launched, state.settings.checks, now_tai_ns)
    events, number = _with_faults(events, found, number)
    before = {event.id: event for event in state.events}
    after, changes = [], []
    for event in events:
        judged = event if event.closed else _judged(event, facts, state.settings, now_tai_ns)
        change = _change(before.get(event.id), judged, now_tai_ns)
        if change is not None:
            judged = replace(judged, changed_tai_ns=now_tai_ns, revision=change.revision)
            changes.append(change)
        after.append(judged)
    kept = [each for each in after if not _forgotten(each, now_tai_ns)][-EVENTS_MAX:]
    return replace(state, events=tuple(kept), next_event=number, changes=tuple(changes))


def _forgotten(event: Event, now_tai_ns: int) -> bool:
    return event.closed and now_tai_ns - event.changed_tai_ns > KEPT_S * SECOND_NS


def _with_sightings(state: Judgement, facts: Facts, now_tai_ns: int) -> tuple[list[Event], int]:
    """Give each sighting to its event, or make it one."""
    events, number = list(state.events), state.next_event
    for sighting in facts.sightings:
        open_ones = [
            place for place, event in enumerate(events) if event.kind == LAUNCH and not event.closed
        ]
        if _over(sighting, events):
            continue
        found = event_of(sighting, [events[place] for place in open_ones])
        if found is not None:
            place = open_ones[found]
            events = _with_all(events, open_ones, place, sighting)
            events[place] = _seen(events[place], sighting)
        elif _worth(sighting):
            events.append(_new(f"e{number}", sighting, now_tai_ns))
            number += 1
    return events, number


def _with_all(
    events: list[Event], open_ones: Sequence[int], place: int, sighting: Sighting
) -> list[Event]:
    """Give an event what others have of the same object: events of one missile become one."""
    joined = {sighting.id, *sighting.told_by}
    events = list(events)
    for other in open_ones:
        mine = tuple(each for each in events[other].sightings if each.id in joined)
        if other == place or not mine:
            continue
        rest = tuple(each for each in events[other].sightings if each not in mine)
        told = () if rest else events[other].partner_events
        both = tuple(sorted({*events[place].partner_events, *told}))
        events[place] = replace(
            events[place],
            partner_events=both,
            first_tai_ns=min(events[place].first_tai_ns, mine[0].first_tai_ns),
        )
        left = events[other].partner_events if rest else ()
        events[other] = replace(events[other], sightings=rest, partner_events=left)
    return events


def _over(sighting: Sighting, events: Sequence[Event]) -> bool:
    """Tell whether a sighting's event is closed: what is still seen of it starts no new one."""
    return any(event.closed and linked(sighting, event) for event in events)


def _worth(sighting: Sighting) -> bool:
    """Tell what may be a launch: it burns or comes down, and is no catalogued object."""
    return not sighting.catalogued and (sighting.burning or sighting.comes_down >= WORTH)


def _new(number: str, sighting: Sighting, now_tai_ns: int) -> Event:
    event = Event(
        id=number,
        kind=LAUNCH,
        subject="",
        first_tai_ns=sighting.first_tai_ns,
        changed_tai_ns=now_tai_ns,
        seen_tai_ns=sighting.last_tai_ns,
    )
    return _seen(event, sighting)


def _seen(event: Event, sighting: Sighting) -> Event:
    """Give an event with one more, or a newer, sighting."""
    joined = {sighting.id, *sighting.told_by}
    past = [each for each in event.sightings if each.id in joined]
    if any(each.rises for each in past):
        sighting = replace(sighting, rises=True)
    if any(each.orbital for each in past):
        sighting = replace(sighting, orbital=True)
    others = [each for each in event.sightings if each.id not in joined]
    place = next((k for k, each in enumerate(event.sightings) if each.id == sighting.id), None)
    others.insert(len(others) if place is None else place, sighting)
    rose = next((each for each in others if each.launch is not None and not each.parent), None)
    return replace(
        event,
        sightings=tuple(others),
        first_tai_ns=min(event.first_tai_ns, sighting.first_tai_ns),
        seen_tai_ns=max(event.seen_tai_ns, sighting.last_tai_ns),
        launch=rose.launch if rose else event.launch,
        launch_tai_ns=rose.launch_tai_ns if rose else event.launch_tai_ns,
    )


def _with_told(
    events: list[Event], told: Sequence[PartnerEvent], number: int, now_tai_ns: int
) -> tuple[list[Event], int]:
    """Hold partners' events to ours, or keep each as one of its own."""
    events = list(events)
    for each in told:
        place = next(
            (
                k
                for k, event in enumerate(events)
                if event.kind == LAUNCH and not event.closed and same_as_told(event, each)
            ),
            None,
        )
        if place is not None:
            joined = tuple(sorted({*events[place].partner_events, each.id}))
            seen = max(events[place].seen_tai_ns, each.tai_ns)
            events[place] = replace(events[place], partner_events=joined, seen_tai_ns=seen)
        elif not each.withdrawn and not any(each.id in event.partner_events for event in events):
            events.append(_told(f"e{number}", each, now_tai_ns))
            number += 1
    return events, number


def _told(number: str, told: PartnerEvent, now_tai_ns: int) -> Event:
    return Event(
        id=number,
        kind=LAUNCH,
        subject="",
        first_tai_ns=told.launch_tai_ns,
        changed_tai_ns=now_tai_ns,
        seen_tai_ns=told.tai_ns,
        partner_events=(told.id,),
        launch=told.launch,
        launch_tai_ns=told.launch_tai_ns,
    )


def _with_faults(
    events: list[Event], faults: Sequence[Fault], number: int
) -> tuple[list[Event], int]:
    """Give each fault to its event; several of one subject are one, with the reasons of all."""
    events = list(events)
    for fault in faults:
        place = next(
            (
                k
                for k, event in enumerate(events)
                if event.kind == FAULT and event.subject == fault.subject and not event.closed
            ),
            None,
        )
        if place is None:
            events.append(
                Event(
                    id=f"e{number}",
                    kind=FAULT,
                    subject=fault.subject,
                    first_tai_ns=fault.tai_ns,
                    changed_tai_ns=fault.tai_ns,
                    seen_tai_ns=fault.tai_ns,
                    reasons=fault.reasons,
                )
            )
            number += 1
        else:
            seen = max(events[place].seen_tai_ns, fault.tai_ns)
            reasons = _with_older(fault.reasons, events[place].reasons)
            events[place] = replace(events[place], reasons=reasons, seen_tai_ns=seen)
    return events, number


def _with_older(newer: Sequence[Reason], older: Sequence[Reason]) -> tuple[Reason, ...]:
    """Give reasons, and of older ones those that are of no code among them."""
    codes = {reason.code for reason in newer}
    return (*newer, *(reason for reason in older if reason.code not in codes))


def _judged(event: Event, facts: Facts, settings: JudgeSettings, now_tai_ns: int) -> Event:
    """Weigh everything for and against one event."""
    if event.kind == FAULT:
        level = level_of(event.reasons)
        over = now_tai_ns - event.seen_tai_ns > FAULT_OVER_S * SECOND_NS
        return _at(event, QUIET if over else level, NONE, closed=over, now_tai_ns=now_tai_ns)
    event = _foretold(event, facts.partner_events, settings)
    case = Case(
        event=event,
        seen=frozenset(each.id for each in facts.sightings),
        sources={source.id: source for source in facts.sources},
        silences=facts.silences,
        partner_events=tuple(
            each for each in facts.partner_events if each.id in event.partner_events
        ),
        notices=facts.notices,
        settings=settings,
        now_tai_ns=now_tai_ns,
    )
    reasons = reasons_of(case)
    matched = next((each.sentence for each in reasons if each.code == "NOTICE_MATCH"), "")
    event = replace(event, reasons=reasons, notice=matched.partition(":")[0].rpartition(" ")[2])
    closed = _over_now(case, event)
    level = QUIET if closed else level_of(reasons)
    return _at(event, level, confidence_of(event), closed=closed, now_tai_ns=now_tai_ns)


def _foretold(event: Event, told: Sequence[PartnerEvent], settings: JudgeSettings) -> Event:
    """Give an event's impact: of the part that threatens most, else of what flies longest."""
    landing = [each for each in event.sightings if each.impact is not None]
    if not landing:
        return _foretold_by_partner(event, told, settings)
    met: dict[str, float] = {}
    worst, most = max(landing, key=lambda each: each.impact_tai_ns or 0), 0.0
    for each in landing:
        for area, chance in threatened(each.impact, settings.areas):
            met[area] = max(met.get(area, 0.0), chance)
            if chance > most:
                worst, most = each, chance
    named = sorted(met.items(), key=lambda item: (-item[1], item[0]))
    return replace(
        event,
        impact=worst.impact,
        impact_tai_ns=worst.impact_tai_ns,
        impact_sigma_s=worst.impact_sigma_s,
        areas=tuple(named),
    )


def _foretold_by_partner(
    event: Event, told: Sequence[PartnerEvent], settings: JudgeSettings
) -> Event:
    """Give the impact that a partner foretells, where our own sensors give none."""
    theirs = next(
        (
            each
            for each in told
            if each.id in event.partner_events and each.impact is not None and not each.withdrawn
        ),
        None,
    )
    if theirs is None or settings.trusted(theirs.origin) < 0.5:
        return event
    return replace(
        event,
        impact=theirs.impact,
        impact_tai_ns=theirs.impact_tai_ns,
        impact_sigma_s=theirs.impact_sigma_s,
        areas=threatened(theirs.impact, settings.areas),
    )


@lru_cache(maxsize=4_096)
def threatened(impact: Spot | None, areas: AreaList) -> tuple[tuple[str, float], ...]:
    """Give the defended areas that an impact ellipse meets, and the chance of each."""
    assert impact is not None
    return tuple((area.id, chance) for area, chance in met(impact, areas))


def level_of(reasons: Sequence[Reason]) -> int:
    """Climb the ladder of `rules` as far as the reasons carry."""
    codes = {reason.code for reason in reasons}
    level = QUIET
    for rule in RULES:
        if not all(codes.intersection(line) for line in rule.needs) or codes.intersection(
            rule.bars
        ):
            break
        level = rule.level
    return level


def confidence_of(event: Event) -> int:
    """Count independent evidence; what speaks against it takes a word away each."""
    if level_of(event.reasons) < POSSIBLE:
        return NONE
    word = LOW
    if event.has("TWO_SENSORS") or event.has("PARTNER_CONFIRMS"):
        word = MEDIUM
    if event.has("TWO_KINDS"):
        word = HIGH if event.has("GOOD_FIT") else MEDIUM
    against = sum(event.has(code) for code in LOWERS)
    return max(word - against, NONE)


def _over_now(case: Case, event: Event) -> bool:
    """Tell whether an event is over."""
    seen = any(each.id in case.seen for each in event.sightings)
    unseen_s = (case.now_tai_ns - event.seen_tai_ns) / SECOND_NS
    if not event.sightings and all(told.withdrawn for told in case.partner_events):
        return True  # nobody tells of it, or what was of it is part of another event now
    if event.has("IMPACT_TIME_PASSED"):
        return True
    if any(event.has(code) for code in ("CATALOGUE", "DECAY")):
        return unseen_s > UNSEEN_S
    if event.has("NOT_SEEN_WHEN_DUE") and not event.has("RADAR"):
        return not seen or event.has("STILL")
    if event.has("NOT_THREAT") and event.impact is None:
        return True
    return not seen and event.impact is None and unseen_s > LOST_S


def _at(event: Event, level: int, confidence: int, *, closed: bool, now_tai_ns: int) -> Event:
    """Give an event at a level, with its state and when each level was first reached."""
    most = max(event.level_max, level)
    reached = event.level_tai_ns + (now_tai_ns,) * (most - event.level_max)
    state = SURE if level >= CONFIRMED else event.state
    nothing = most < CONFIRMED or any(event.has(code) for code in ("CATALOGUE", "DECAY"))
    if event.kind == LAUNCH and nothing and (closed or level < POSSIBLE <= event.level_max):
        state = WITHDRAWN
    elif state == WITHDRAWN and level >= POSSIBLE:
        state = PRELIMINARY
    return replace(
        event,
        level=level,
        level_max=most,
        level_tai_ns=reached,
        confidence=confidence,
        state=state,
        closed=closed,
    )


def _change(before: Event | None, after: Event, now_tai_ns: int) -> Change | None:
    """Give what changed, or None."""
    was = (QUIET, NONE, PRELIMINARY, False)
    if before is not None:
        was = (before.level, before.confidence, before.state, before.closed)
    if before is not None and was == (after.level, after.confidence, after.state, after.closed):
        return None
    return Change(
        event=after.id,
        revision=1 if before is None else before.revision + 1,
        tai_ns=now_tai_ns,
        level_before=was[0],
        level=after.level,
        confidence_before=was[1],
        confidence=after.confidence,
        state=after.state,
        closed=after.closed,
        reasons=after.reasons,
        sentence=sentence(after),
    )


def sentence(event: Event) -> str:
    """Say what an event is judged to be and why, for a duty officer to read aloud."""
    why = "; ".join(reason.sentence for reason in event.reasons) or "nothing is known of it"
    if event.closed:
        return f"Event {event.id} is over: {why}."
    level = f"{LEVELS[event.level]}, {LEVEL_WORDS[event.level]}"
    if event.kind == FAULT:
        return f"Event {event.id}: {level}: {why}."
    return f"Event {event.id}: {level}, confidence {CONFIDENCES[event.confidence]}: {why}."
