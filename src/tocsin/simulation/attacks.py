"""Those who mean harm in a small network: somebody without keys on a link, and a lying partner."""

import math
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import msgspec

from tocsin.earth.time import SECOND_NS
from tocsin.messages.envelope import (
    FIRST_PREVIOUS,
    UNSIGNED,
    Envelope,
    read_envelope,
    write_envelope,
)
from tocsin.messages.ground import Circle, Ellipse
from tocsin.messages.office import HealthReport
from tocsin.messages.picture import EventReport, NoticeReport, RetractionReport, TrackReport
from tocsin.messages.report import Report, write_report
from tocsin.messages.sensing import ScanReport
from tocsin.partners.answers import write_answer
from tocsin.partners.link import Answer
from tocsin.partners.signing import PrivateKey, sign
from tocsin.simulation.fault_plan import HEAL_S, Forgery
from tocsin.simulation.network import key_of
from tocsin.simulation.small_net import Link, Net, put, say
from tocsin.simulation.small_world import OLD_KEY_SUFFIX, looks_of, small_world, truth_of

GHOST_S = (70.0, HEAL_S - 5.0)
"""In which the liar speaks, in seconds after the first launch."""
GHOST_EVERY_S = 10.0
TAKES_BACK_S = 130.0
ECHO_MAX = 40
"""Most reports that are given back at once."""
TOLD = {"event": "e1", "track": "77", "notice": "n1"}
"""Names of what is taken back later."""
STRANGER = "nobody"


def forge(net: Net, forgery: Forgery, now_tai_ns: int) -> None:
    """Put on a link what somebody can make who reads everything and has no key that is good."""
    link = forgery.link
    seen = net.wire.get(link, [])
    match forgery.how:
        case "replay":
            made = seen[int(forgery.chance * len(seen))] if seen else b""
        case "other link":
            others = [
                each for way, those in sorted(net.wire.items()) for each in those if way != link
            ]
            made = others[int(forgery.chance * len(others))] if others else b""
        case "noise":
            made = bytes(range(256)) * int(1 + 8 * forgery.chance)
        case _:
            made = _forged(net, forgery, now_tai_ns)
    put(net, link, made, now_tai_ns)


def _forged(net: Net, forgery: Forgery, now_tai_ns: int) -> bytes:
    """Make an envelope that fits the link in everything but who signed it."""
    link, how = forgery.link, forgery.how
    told = net.sealed.get(link, [])
    envelope = Envelope(
        sender=link[0],
        receiver=link[1],
        number=len(told) + 1,
        sent_tai_ns=now_tai_ns,
        data_class="actual",
        previous=told[-1] if told else FIRST_PREVIOUS,
        reports=_false_reports(link, now_tai_ns),
        key=key_of(link[0]).id,
    )
    if how == "answer":
        stored = Answer(
            stored=max(1, len(net.sealed.get((link[1], link[0]), []))), digest=bytes(16)
        )
        reports = write_answer(stored, link[0], now_tai_ns)
        envelope = msgspec.structs.replace(envelope, reports=reports, previous=FIRST_PREVIOUS)
    if how == "changed" and net.wire.get(link):
        last = read_envelope(net.wire[link][-1])
        return write_envelope(
            msgspec.structs.replace(last, reports=_false_reports(link, now_tai_ns))
        )
    if how in ("wrong key", "changed", "answer"):
        signature = sign(envelope, key_of(STRANGER)).signature
        return write_envelope(msgspec.structs.replace(envelope, signature=signature))
    if how == "unsigned":
        return write_envelope(msgspec.structs.replace(envelope, signature=UNSIGNED))
    if how == "unknown key":
        return write_envelope(sign(envelope, replace(key_of(STRANGER), partner=link[0])))
    if how == "revoked key, backdated":
        back_tai_ns = small_world().begin_tai_ns - 2 * 3_600 * SECOND_NS
        envelope = msgspec.structs.replace(envelope, sent_tai_ns=back_tai_ns)
    return write_envelope(sign(envelope, _stolen(net, link, now_tai_ns)))


def _stolen(net: Net, link: Link, now_tai_ns: int) -> PrivateKey:
    """Give a key that is revoked by now: a partner's old one, or that of a sensor."""
    revoked = net.plan.revoked_sensor
    if revoked is not None and revoked[0] == link[0] and revoked[1] <= now_tai_ns:
        return key_of(link[0])
    return replace(key_of(link[0] + OLD_KEY_SUFFIX), partner=link[0])


def _false_reports(link: Link, now_tai_ns: int) -> tuple[bytes, ...]:
    """Give false word of the kind that this sender has to say."""
    mine = [look for look in looks_of("a", 1) if look.sensor == link[0] and look.reports[0].plots]
    if mine:
        return tuple(write_report(each) for each in mine[-1].reports)
    return (write_report(ghost_event(link[0], now_tai_ns, 9)),)


def ghost_event(origin: str, now_tai_ns: int, number: int) -> EventReport:
    """Give an event that is not there, as sure as one can be."""
    launch = _ellipse(3.0, -178.0)
    return EventReport(
        event=f"{origin}:e{number}",
        revision=1,
        state="confirmed",
        launch_class="ballistic",
        told_tai_ns=now_tai_ns,
        launch_tai_ns=small_world().begin_tai_ns,
        launch_area=launch,
        azimuth_rad=0.8,
        impact_area=_ellipse(10.0, -170.0),
        impact_tai_ns=small_world().at(560.0),
        impact_sigma_s=10.0,
        count=1,
        level=4,
        confidence="high",
        data_class="actual",
    )


def _ellipse(latitude_deg: float, longitude_deg: float) -> Ellipse:
    return Ellipse(
        latitude_rad=math.radians(latitude_deg),
        longitude_rad=math.radians(longitude_deg),
        semi_major_m=40_000.0,
        semi_minor_m=40_000.0,
        bearing_rad=0.0,
    )


@lru_cache(maxsize=256)
def ghost_track(origin: str, after_s: float, number: int = 77) -> TrackReport:
    """Give a track of a rocket that would fly as one of ours might, seen by two kinds of sensor."""
    truth = truth_of("a")
    world = small_world()
    rows = truth.object == 0
    times = truth.time_tai_ns[rows]
    row = int(abs(times - world.at(after_s)).argmin())
    variances = (1e6, 1e6, 1e6, 100.0, 100.0, 100.0)
    lower = [variances[i] if i == j else 0.0 for i in range(6) for j in range(i + 1)]
    x, y, z, vx, vy, vz = truth.state[rows][row].tolist()
    return TrackReport(
        track=f"{origin}:{number}",
        partner=origin,
        parent=None,
        time_tai_ns=int(times[row]),
        state=(x, y, z, vx, vy, vz),
        covariance=tuple(lower),
        existence=0.999,
        phase="coast" if after_s > 110.0 else "boost",
        sensors=(),
        sources=("infrared", "radar"),
        plots=15,
        first_tai_ns=world.at(50.0),
        last_tai_ns=int(times[row]),
        residual=1.0,
        data_class="actual",
    )


def ghost_notice(origin: str, now_tai_ns: int) -> NoticeReport:
    """Give a notice of a launch that nobody means to make."""
    return NoticeReport(
        notice=f"{origin}:n1",
        revision=1,
        cancelled=False,
        launch_class="space-launcher",
        window_start_tai_ns=now_tai_ns,
        window_end_tai_ns=now_tai_ns + 3_600 * SECOND_NS,
        launch_area=Circle(latitude_rad=0.5, longitude_rad=0.5, radius_m=50_000.0),
        direction_rad=1.0,
        direction_tolerance_rad=0.2,
        impact_areas=(),
        apogee_m=None,
        range_class="medium",
        objects=1,
        data_class="actual",
    )


def _sick(sensor: str, now_tai_ns: int) -> HealthReport:
    """Give word that a sensor is out of order, whosever it is."""
    return HealthReport(
        subject_kind="sensor",
        subject=sensor,
        health="down",
        since_tai_ns=now_tai_ns,
        groups=(),
        jammed=True,
        time_tai_ns=now_tai_ns,
    )


def liar_speaks(
    net: Net, since_tai_ns: int, until_tai_ns: int, told: dict[Link, tuple[Report, ...]]
) -> None:
    """Let the nation that is no centre of ours say what it does within a time.

    Args:
        net: As it stands.
        since_tai_ns: The last tick.
        until_tai_ns: This one.
        told: What it was told since, by link to whom it answers.
    """
    plan = net.plan
    after_s = (until_tai_ns - small_world().begin_tai_ns) / SECOND_NS
    if not plan.liar or not GHOST_S[0] <= after_s <= GHOST_S[1]:
        return
    every_ns = round(GHOST_EVERY_S * SECOND_NS)
    due = since_tai_ns // every_ns != until_tai_ns // every_ns
    for receiver in plan.centres:
        link = (plan.liar, receiver)
        reports = _lie(net, link, due, (since_tai_ns, until_tai_ns), told.get(link, ()))
        if reports:
            say(net, link, reports, until_tai_ns, "actual")


def _lie(
    net: Net, link: Link, due: bool, span: tuple[int, int], told: tuple[Report, ...]
) -> list[Report]:
    since_tai_ns, until_tai_ns = span
    origin, lie = link[0], net.plan.lie
    after_s = (until_tai_ns - small_world().begin_tai_ns) / SECOND_NS
    if lie == "echo":
        back: list[Report] = [
            each
            for each in told
            if isinstance(each, ScanReport | TrackReport | EventReport)
            and each.data_class == "actual"
        ]
        return back[:ECHO_MAX]
    if lie == "ghost":
        everybodys = net.plan.seed % 2 == 1
        looks: list[Report] = [
            report
            for look in looks_of("a", net.plan.draw)
            if (everybodys or look.owner == origin) and since_tai_ns < look.tai_ns <= until_tai_ns
            for report in look.reports
        ]
        if not due:
            return looks
        sick = [_sick(each.site.id, until_tai_ns) for each in small_world().sensors]
        events = ghost_event(origin, until_tai_ns, 1)
        return [*looks, ghost_track(origin, after_s), events, *(sick if everybodys else ())]
    if not due:
        return []
    if after_s < TAKES_BACK_S:
        return [
            ghost_track(origin, after_s),
            ghost_event(origin, until_tai_ns, 1),
            ghost_notice(origin, until_tai_ns),
        ]
    kinds: tuple[Literal["event", "track", "notice"], ...] = ("event", "track", "notice")
    return [
        RetractionReport(
            subject_kind=kind,
            subject=f"{origin}:{TOLD[kind]}",
            reason="WITHDRAWN",
            sentence="it was an error",
            time_tai_ns=until_tai_ns,
            data_class="actual",
        )
        for kind in kinds
    ]
