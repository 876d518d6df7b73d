"""What a judge is told: from what a centre has seen and heard, of one data class."""

import math
from collections.abc import Sequence
from dataclasses import replace

from tocsin.earth.time import SECOND_NS
from tocsin.messages.ground import Ellipse
from tocsin.messages.office import SiteReport as SiteReportMessage
from tocsin.messages.picture import EventReport, NoticeReport
from tocsin.node.decays import decaying
from tocsin.node.due import due
from tocsin.node.heard import Heard
from tocsin.node.intake import Intake
from tocsin.node.settings import NodeSettings
from tocsin.node.state import NodeState, Side
from tocsin.tracking.impact import CHI2_95
from tocsin.warning.events import LAUNCH
from tocsin.warning.evidence import (
    Echo,
    Facts,
    Feed,
    Notice,
    PartnerEvent,
    Refusal,
    Sighting,
    Silence,
    SiteReport,
    Source,
    Spot,
    Summary,
)
from tocsin.warning.levels import ACTUAL, DOWN, OK

SUMMARY_FRESH_S = 60.0
"""A count is held for so long after it came."""
EVENT_FRESH_S = 3_600.0
DUE_SLACK_S = 120.0
"""A radar is given so long after it is due before its silence counts."""
SILENCE_S = 60.0
"""A radar's silence counts once it has lasted so long."""
MISSED = 0.01
KINDS = ("radar", "infrared")


def facts_of(
    state: NodeState,
    side: Side,
    data_class: str,
    news: tuple[Intake, tuple[Echo, ...]],
    now_tai_ns: int,
) -> Facts:
    """Gather what is known of one data class.

    Args:
        state: After everything of this step was taken in.
        side: The picture that is judged.
        data_class: Its own.
        news: What came in this step, and which echoes were set aside.
        now_tai_ns: The step's instant.
    """
    settings, heard, (intake, echoes) = state.settings, state.heard, news
    seen = side.fusion.sightings
    actual = data_class == ACTUAL
    sources = _sources(settings, heard, now_tai_ns)
    return Facts(
        sightings=tuple(_decaying(each, settings) for each in seen),
        sources=sources,
        silences=(*_unseen(side, settings, sources), *_due(side, settings, heard, now_tai_ns)),
        echoes=echoes,
        partner_events=_partner_events(heard, data_class, now_tai_ns),
        notices=_notices(heard, data_class),
        summaries=_summaries(heard, data_class, now_tai_ns),
        site_reports=_site_reports(intake, data_class, now_tai_ns),
        silent_feeds=_silent(settings, heard, now_tai_ns) if actual else (),
        refusals=_refusals(intake, now_tai_ns) if actual else (),
    )


def _decaying(sighting: Sighting, settings: NodeSettings) -> Sighting:
    """Say of a sighting that it is, or as a plume may be, an object that was expected to decay."""
    for number, first, last in settings.decays:
        if sighting.catalogued == f"object {number}" and first <= sighting.time_tai_ns <= last:
            return replace(sighting, decaying=sighting.catalogued, catalogued="")
    if sighting.catalogued or not settings.decays or not sighting.burning:
        return sighting
    return replace(sighting, decaying=decaying(sighting, settings.sky, settings.decays))


def _sources(settings: NodeSettings, heard: Heard, now_tai_ns: int) -> tuple[Source, ...]:
    """Give every sensor with its health: its own word, or down when its feed is silent."""
    silent = {feed.id: feed.since_tai_ns for feed in _silent(settings, heard, now_tai_ns)}
    found = []
    for source in settings.sources:
        told = heard.health.get(source.id)
        if source.id in silent:
            found.append(replace(source, health=DOWN, since_tai_ns=silent[source.id]))
        elif told is not None:
            since = told.since_tai_ns
            found.append(
                replace(source, health=told.health, since_tai_ns=since, jammed=told.jammed)
            )
        else:
            found.append(source)
    partners = sorted({each.receiver for each in settings.policies})
    partners += [name for name in sorted({s.id for s in settings.speakers}) if name not in partners]
    found += [
        Source(id=f"{partner}:{kind}", kind=kind, owner=partner)
        for partner in partners
        if (speaker := settings.speaker(partner)) is not None and speaker.role == "partner"
        for kind in KINDS
    ]
    return tuple(found)


def _silent(settings: NodeSettings, heard: Heard, now_tai_ns: int) -> tuple[Feed, ...]:
    """Give the feeds that should have spoken by now; each is given its time from the start on."""
    found = []
    for speaker in settings.speakers:
        if speaker.silent_after_s is None:
            continue
        last = heard.last_tai_ns.get(speaker.id, settings.since_tai_ns)
        if now_tai_ns - last > speaker.silent_after_s * SECOND_NS:
            found.append(Feed(id=speaker.id, group=speaker.group, since_tai_ns=last))
    return tuple(found)


def _unseen(side: Side, settings: NodeSettings, sources: Sequence[Source]) -> tuple[Silence, ...]:
    """Give silences about tracks that are well known, of sensors that were well all the while."""
    known = {each.id: each for each in sources}
    return tuple(
        Silence(
            sighting=f"{settings.own}:{each.track}",
            sensor=each.sensor,
            looks=each.looks,
            chance=each.chance,
            last_tai_ns=each.last_tai_ns,
        )
        for each in side.picture.unseen
        if each.last_tai_ns - each.first_tai_ns >= SILENCE_S * SECOND_NS
        and _well(known[each.sensor], each.first_tai_ns, each.last_tai_ns)
    )


def _well(source: Source, first_tai_ns: int, last_tai_ns: int) -> bool:
    """Tell whether a sensor was well from one look to another, as far as it says."""
    if source.health == OK:
        return source.since_tai_ns <= first_tai_ns
    return source.since_tai_ns > last_tai_ns


def _due(side: Side, settings: NodeSettings, heard: Heard, now_tai_ns: int) -> tuple[Silence, ...]:
    """Give silences about launches of which only the plume was seen, once a radar is due."""
    health = {each.id: each for each in _sources(settings, heard, now_tai_ns)}
    last = dict(side.picture.last_look_tai_ns)
    found = []
    for event in side.judgement.events:
        if event.kind != LAUNCH or event.closed or event.launch is None:
            continue
        if any(health[name].kind == "radar" for each in event.sightings for name in each.sensors):
            continue
        assert event.launch_tai_ns is not None
        for when in due(event.launch, event.launch_tai_ns, settings.areas, settings.sites):
            source = health[when.sensor]
            end = when.from_tai_ns + round(DUE_SLACK_S * SECOND_NS)
            well = source.health == OK and source.since_tai_ns <= when.from_tai_ns
            if well and last.get(when.sensor, 0) >= end:
                found.append(
                    Silence(
                        sighting=event.sightings[0].id if event.sightings else "",
                        sensor=when.sensor,
                        looks=max(1, round(when.least_s / 10.0)),
                        chance=MISSED,
                        last_tai_ns=last[when.sensor],
                    )
                )
    return tuple(found)


def spot_of(area: Ellipse) -> Spot:
    """Give a place from the 95 % ellipse that was told of it."""
    long2, short2 = area.semi_major_m**2 / CHI2_95, area.semi_minor_m**2 / CHI2_95
    sine, cosine = math.sin(area.bearing_rad), math.cos(area.bearing_rad)
    return Spot(
        latitude_rad=area.latitude_rad,
        longitude_rad=area.longitude_rad,
        east_m2=long2 * sine**2 + short2 * cosine**2,
        east_north_m2=(long2 - short2) * sine * cosine,
        north_m2=long2 * cosine**2 + short2 * sine**2,
    )


def ellipse_of(spot: Spot) -> Ellipse:
    """Give the 95 % ellipse of a place, as it is told."""
    middle = 0.5 * (spot.east_m2 + spot.north_m2)
    half = math.hypot(0.5 * (spot.east_m2 - spot.north_m2), spot.east_north_m2)
    bearing = 0.5 * math.atan2(2.0 * spot.east_north_m2, spot.north_m2 - spot.east_m2)
    return Ellipse(
        latitude_rad=spot.latitude_rad,
        longitude_rad=spot.longitude_rad,
        semi_major_m=math.sqrt(CHI2_95 * (middle + half)),
        semi_minor_m=math.sqrt(CHI2_95 * max(middle - half, 0.0)),
        bearing_rad=bearing % math.pi,
    )


def _partner_events(heard: Heard, data_class: str, now_tai_ns: int) -> tuple[PartnerEvent, ...]:
    return tuple(
        _partner_event(partner, each)
        for (partner, _), each in sorted(heard.events.items())
        if each.data_class == data_class
        and now_tai_ns - each.told_tai_ns < EVENT_FRESH_S * SECOND_NS
    )


def _partner_event(partner: str, told: EventReport) -> PartnerEvent:
    return PartnerEvent(
        id=told.event,
        origin=partner,
        level=told.level,
        withdrawn=told.state == "withdrawn",
        launch_tai_ns=told.launch_tai_ns,
        launch=spot_of(told.launch_area),
        tai_ns=told.told_tai_ns,
        impact=None if told.impact_area is None else spot_of(told.impact_area),
        impact_tai_ns=told.impact_tai_ns,
        impact_sigma_s=told.impact_sigma_s,
    )


def _notices(heard: Heard, data_class: str) -> tuple[Notice, ...]:
    return tuple(
        _notice(partner, each)
        for (partner, _), each in sorted(heard.notices.items())
        if each.data_class == data_class and not each.cancelled
    )


def _notice(partner: str, told: NoticeReport) -> Notice:
    return Notice(
        id=told.notice,
        origin=partner,
        kind=told.launch_class,
        window_tai_ns=(told.window_start_tai_ns, told.window_end_tai_ns),
        latitude_rad=told.launch_area.latitude_rad,
        longitude_rad=told.launch_area.longitude_rad,
        radius_m=told.launch_area.radius_m,
        direction_rad=told.direction_rad,
        direction_slack_rad=told.direction_tolerance_rad,
        objects=told.objects,
        apogee_m=told.apogee_m,
        range_m=told.range_m,
    )


def _summaries(heard: Heard, data_class: str, now_tai_ns: int) -> tuple[Summary, ...]:
    found = []
    for _, (told, came) in sorted(heard.summaries.items()):
        if told.data_class != data_class or now_tai_ns - came > SUMMARY_FRESH_S * SECOND_NS:
            continue
        found.append(
            Summary(
                feed=told.feed,
                link=told.link,
                count=sum(count for _, count in told.counts),
                signed=True,
                whole=told.crc_ok,
                identities=told.tracks or (),
                tai_ns=came,
                counted_tai_ns=told.time_tai_ns,
            )
        )
    return tuple(found)


def _site_reports(intake: Intake, data_class: str, now_tai_ns: int) -> tuple[SiteReport, ...]:
    return tuple(
        SiteReport(
            sensor=each.report.sensor,
            valid=each.report.valid,
            confidence=each.report.confidence_word,
            tai_ns=now_tai_ns,
        )
        for each in intake.said
        if isinstance(each.report, SiteReportMessage) and each.data_class == data_class
    )


BENIGN = frozenset({"replayed", "ahead", "stale"})
"""Refusals that a link's own repeats bring about: counted, and no event of their own."""


def _refusals(intake: Intake, now_tai_ns: int) -> tuple[Refusal, ...]:
    counted: Sequence[tuple[tuple[str, str], int]] = sorted(intake.refused.items())
    return tuple(
        Refusal(sender=sender, reason=reason, count=count, tai_ns=now_tai_ns)
        for (sender, reason), count in counted
        if reason not in BENIGN
    )
