"""What leaves for one partner now: the policy applied at the border, and who was told what.

The policy is asked each time, so that one changed or withdrawn while we run holds from the next
release on, for what was kept back by a delay too. Nothing of our own picture is touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tocsin.earth.geodesy import distance_m
from tocsin.earth.time import DAY_NS, SECOND_NS
from tocsin.messages.picture import EventReport, NoticeReport, RetractionReport, TrackReport
from tocsin.messages.report import Report
from tocsin.messages.sensing import PlotReport, ScanReport
from tocsin.partners.policy import EVENTS, NOTICES, Policy, coarse_retraction, coarsen, level_at

YEAR_NS = 365 * DAY_NS
PENDING_MAX = 100_000
"""Reports kept back by a delay; beyond, the oldest tracks and plots among them are dropped."""
Subject = tuple[Literal["event", "track", "alert", "notice"], str]
"""What kind of thing a report tells of, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A report that might leave, and what a policy must know of it that it does not say."""

    report: Report
    range_m: float | None = None
    """From launch to impact along the ground; None: unknown, or as an event's areas have it."""
    withhold: bool = False
    """It is of a launch of our own that we would rather not tell of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A report kept back by a delay."""

    item: Item
    due_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What one partner was told so far, and what is still kept back from it."""

    told: frozenset[Subject] = frozenset()
    """Everything that would have to be taken back if it were wrong."""
    withheld: tuple[tuple[Subject, int], ...] = ()
    """Own launches withheld, and when the first report of each was (ns, TAI)."""
    pending: tuple[Pending, ...] = ()
    dropped: int = 0
    """Reports lost to `PENDING_MAX`."""


def release(
    policy: Policy, released: Released, items: Sequence[Item], now_tai_ns: int
) -> tuple[Released, tuple[Report, ...]]:
    """Give what leaves now, as coarse as the policy in force now has it.

    A retraction of anything that the partner was told leaves at once, whatever the level is now; so
    does word, as a retraction, of an event withdrawn or a notice cancelled that it may no longer
    be told of. What it was never told of is not retracted: that would tell of it.
    """
    released, kept = _delayed(policy, released, items, now_tai_ns)
    level = level_at(policy, now_tai_ns)
    out: list[Report] = []
    told = set(released.told)
    for each in kept:
        report = _leaves(policy, each, level, told)
        if report is None:
            continue
        subject = _subject(report)
        if subject is not None and subject not in told:
            released, held = _withheld(policy, released, each, subject, now_tai_ns)
            if held:
                continue
            told.add(subject)
        out.append(report)
    if len(told) != len(released.told):
        released = replace(released, told=frozenset(told))
    return released, tuple(out)


def _leaves(policy: Policy, item: Item, level: int, told: set[Subject]) -> Report | None:
    """Give a report as it may leave, its level and its range looked at; None if it may not."""
    report = item.report
    back = _takes_back(report)
    if back is not None and back not in told:
        return None
    if isinstance(report, RetractionReport):
        return coarse_retraction(report, level)
    plain = _plainly_taken_back(report, level)
    if plain is not None:
        return plain
    if _subject(report) not in told and not _far_enough(policy, item):
        return None
    return coarsen(policy, report, level)


def _takes_back(report: Report) -> Subject | None:
    """Give what a report takes back, if it does: by retraction, withdrawal or cancelling."""
    if isinstance(report, RetractionReport):
        return report.subject_kind, report.subject
    if isinstance(report, EventReport) and report.state == "withdrawn":
        return "event", report.event
    if isinstance(report, NoticeReport) and report.cancelled:
        return "notice", report.notice
    return None


def _plainly_taken_back(report: Report, level: int) -> RetractionReport | None:
    """Give the retraction that stands for what takes something back and is above the level now."""
    if isinstance(report, EventReport) and report.state == "withdrawn" and level < EVENTS:
        time_tai_ns = report.told_tai_ns
    elif isinstance(report, NoticeReport) and report.cancelled and level < NOTICES:
        time_tai_ns = report.window_start_tai_ns
    else:
        return None
    back = _takes_back(report)
    assert back is not None, "so it does"
    plain = RetractionReport(
        subject_kind=back[0],
        subject=back[1],
        reason="WITHDRAWN",
        sentence="",
        time_tai_ns=time_tai_ns,
        data_class=report.data_class,
    )
    return coarse_retraction(plain, level)


def _subject(report: Report) -> Subject | None:
    """Give what a report tells of, if it is something that may have to be taken back."""
    match report:
        case EventReport():
            return "event", report.event
        case TrackReport():
            return "track", report.track
        case NoticeReport():
            return "notice", report.notice
        case _:
            return None


def _far_enough(policy: Policy, item: Item) -> bool:
    """Say whether a launch goes far enough to be told of.

    One whose range is not known yet is told of: to wait for it would take away the warning.
    """
    range_m, report = item.range_m, item.report
    if range_m is None and isinstance(report, EventReport) and report.impact_area is not None:
        ends = report.launch_area, report.impact_area
        places = [place for end in ends for place in (end.latitude_rad, end.longitude_rad)]
        range_m = float(distance_m(*places))
    return range_m is None or policy.range_min_m == 0.0 or range_m > policy.range_min_m


def _withheld(
    policy: Policy, released: Released, item: Item, subject: Subject, now_tai_ns: int
) -> tuple[Released, bool]:
    """Withhold a launch of our own, if so many a year may be."""
    if not item.withhold:
        return released, False
    if any(each == subject for each, _ in released.withheld):
        return released, True
    lately = [at_tai_ns for _, at_tai_ns in released.withheld if at_tai_ns > now_tai_ns - YEAR_NS]
    if len(lately) >= policy.withheld_max:
        return released, False
    more = (*released.withheld, (subject, now_tai_ns))
    return replace(released, withheld=more), True


def _delayed(
    policy: Policy, released: Released, items: Sequence[Item], now_tai_ns: int
) -> tuple[Released, list[Item]]:
    """Keep back what is delayed; give what is due, and what is never delayed, in order.

    What is retracted while it is kept back is dropped: nobody was told.
    """
    delay_ns = round(policy.delay_s * SECOND_NS)
    waiting = list(released.pending)
    now: list[Item] = []
    for each in items:
        if delay_ns and _may_wait(each.report):
            waiting.append(Pending(item=each, due_tai_ns=now_tai_ns + delay_ns))
        else:
            now.append(each)
    back = {_takes_back(each.report) for each in now} - {None}
    waiting = [each for each in waiting if _subject(each.item.report) not in back]
    due = [each.item for each in waiting if each.due_tai_ns <= now_tai_ns]
    later = [each for each in waiting if each.due_tai_ns > now_tai_ns]
    over = max(0, len(later) - PENDING_MAX)
    if over:
        later = _without_bulk(later, over)
    dropped = released.dropped + over
    return replace(released, pending=tuple(later), dropped=dropped), due + now


def _may_wait(report: Report) -> bool:
    """Say whether a report may be kept back by a delay: what takes something back never is."""
    told = isinstance(report, EventReport | NoticeReport) or _is_bulk(report)
    return told and _takes_back(report) is None


def _is_bulk(report: Report) -> bool:
    """Say whether a report is of tracks or plots, of which there are many."""
    return isinstance(report, TrackReport | PlotReport | ScanReport)


def _without_bulk(later: list[Pending], over: int) -> list[Pending]:
    """Drop the oldest tracks and plots among what is kept back."""
    kept = []
    for each in later:
        if over and _is_bulk(each.item.report):
            over -= 1
        else:
            kept.append(each)
    return kept
