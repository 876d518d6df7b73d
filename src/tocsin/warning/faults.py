"""What is wrong with feeds, links and senders: events that by themselves are no sign of an attack.

Source of the cases: the Moon at Thule in 1960, the lost lines of 1961, the exercise of 1979, the
failed chip of 1980.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.warning.events import Reason
from tocsin.warning.evidence import Echo, Facts, Feed, Refusal, SiteReport, Summary

LINKS_AGREE_S = 2.0
"""Values of two links are compared if they were counted no farther apart: of a raid that grows, one
link may bring an older count than another."""

Checks = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something at fault, as one step shows it."""

    subject: str
    tai_ns: int
    reasons: tuple[Reason, ...]


def faults_of(
    facts: Facts, launched: Sequence[str], checks: Checks, now_tai_ns: int
) -> list[Fault]:
    """Give what is at fault now.

    Args:
        facts: Of this step.
        launched: Ids of the sightings that are judged to be launches.
        checks: Those that are made.
        now_tai_ns: The step's instant.
    """
    found = [_echo(each, checks) for each in facts.echoes]
    found += [_refused(each, checks) for each in facts.refusals]
    found += [_site(each) for each in facts.site_reports]
    found += _lost(facts.silent_feeds, checks, now_tai_ns)
    return found + _summaries(facts.summaries, launched, checks)


def _echo(echo: Echo, checks: Checks) -> Fault:
    off_deg = math.degrees(echo.off_rad)
    words = f"{echo.body}, {off_deg:.1f} deg from ephemeris at {echo.sensor}, {echo.plots} plots"
    reasons = [_fault(f"{echo.sensor} shows a celestial body"), _reason("MOON", "C9", words)]
    if "C11" in checks and echo.pulse_s is not None:
        late = f"echo after {echo.late_s:.2f} s, the next pulse leaves after {echo.pulse_s:.3f} s"
        reasons.append(_reason("ECHO_DELAY", "C11", late))
    return Fault(subject=f"{echo.body}:{echo.sensor}", tai_ns=echo.tai_ns, reasons=tuple(reasons))


REFUSALS = {
    "corrupt": ("LINK_CORRUPT", "C5"),
    "truncated": ("LINK_CORRUPT", "C5"),
    "data class": ("EXERCISE_DATA", "C1"),
    "exercise": ("EXERCISE_DATA", "C1"),
}
"""What a refusal shows; any other one is of signature or sequence."""


def _refused(refusal: Refusal, checks: Checks) -> Fault:
    code, check = REFUSALS.get(refusal.reason, ("UNSIGNED", "C2"))
    words = f"{refusal.count} messages as if of {refusal.sender} refused: {refusal.reason}"
    reasons = [_fault(f"messages as if of {refusal.sender} refused")]
    if check in checks:
        reasons.append(_reason(code, check, words))
    return Fault(subject=f"refused:{refusal.sender}", tai_ns=refusal.tai_ns, reasons=tuple(reasons))


def _site(report: SiteReport) -> Fault:
    verdict = "valid" if report.valid else "not valid"
    words = f"{report.sensor} says: {verdict}, confidence {report.confidence}; it is not copied"
    return Fault(
        subject=f"site:{report.sensor}",
        tai_ns=report.tai_ns,
        reasons=(_fault(f"word of {report.sensor}"), _reason("SITE_WORD", "", words)),
    )


def _lost(feeds: Sequence[Feed], checks: Checks, now_tai_ns: int) -> list[Fault]:
    """Give losses, those that share an element as one (C7)."""
    by_group: dict[str, list[Feed]] = {}
    for feed in feeds:
        shared = feed.group if feed.group and "C7" in checks else ""
        by_group.setdefault(shared or f"feed {feed.id}", []).append(feed)
    found = []
    for group, members in sorted(by_group.items()):
        named = " and ".join(sorted(feed.id for feed in members))
        reasons = [_fault(f"loss of {named}; silence is no sign of an attack by itself")]
        if len(members) > 1:
            words = f"loss of {named} together: shared element {group} suspected"
            reasons.append(_reason("COMMON_CAUSE", "C7", words))
        found.append(Fault(subject=f"loss:{group}", tai_ns=now_tai_ns, reasons=tuple(reasons)))
    return found


def _summaries(
    summaries: Sequence[Summary], launched: Sequence[str], checks: Checks
) -> list[Fault]:
    """Hold each feed's count against the sensors' own reports and against its other links."""
    found = []
    for feed in sorted({each.feed for each in summaries}):
        links = sorted((each for each in summaries if each.feed == feed), key=lambda one: one.link)
        loud = [each for each in links if each.count > 0]
        if not loud:
            continue
        reasons = [reason for each in loud for reason in _summary(each, launched, checks)]
        reasons += _links(links, checks)
        if not reasons and all(set(each.identities) <= set(launched) for each in loud):
            continue  # it tells what the sensors tell
        most = max(loud, key=lambda each: each.count)
        words = f"{feed} tells of {most.count} missiles by {most.link}"
        reasons.insert(0, _reason("SUMMARY", "", words))
        once = {(reason.code, reason.sentence): reason for reason in reasons}
        at = max(each.tai_ns for each in loud)
        found.append(Fault(subject=f"summary:{feed}", tai_ns=at, reasons=tuple(once.values())))
    return found


def _summary(summary: Summary, launched: Sequence[str], checks: Checks) -> list[Reason]:
    """Say what is wrong with one count."""
    found = []
    named = f"{summary.feed} by {summary.link}"
    if "C5" in checks and not summary.whole:
        found.append(
            _reason("LINK_CORRUPT", "C5", f"link {summary.link} corrupt: its checksum fails")
        )
    if "C2" in checks and not summary.signed:
        found.append(_reason("UNSIGNED", "C2", f"count of {named} is not signed"))
    if "C4" in checks and not summary.identities:
        words = f"count of {summary.count} by {named} without track identities"
        found.append(_reason("NO_IDENTITIES", "C4", words))
    supported = len(launched)
    unknown = set(summary.identities) - set(launched)
    if "C3" in checks and (summary.count > supported or unknown):
        words = f"{named} tells of {summary.count}, the sensors' own reports show {supported}"
        found.append(_reason("NO_SENSOR_SUPPORT", "C3", words))
    return found


def _links(links: Sequence[Summary], checks: Checks) -> list[Reason]:
    """Hold the links of one feed against each other (C6)."""
    if "C6" not in checks:
        return []
    latest = max(_counted(each) for each in links)
    now = [each for each in links if (latest - _counted(each)) <= LINKS_AGREE_S * 1e9]
    counts = {each.count for each in now}
    if len(counts) < 2:
        return []
    words = ", ".join(f"{each.link} {each.count}" for each in now)
    usual = min(counts, key=lambda count: (-sum(each.count == count for each in now), count))
    odd = " and ".join(each.link for each in now if each.count != usual)
    return [_reason("LINKS_DISAGREE", "C6", f"links disagree ({words}): {odd} differs")]


def _counted(summary: Summary) -> int:
    """Give when a count was made, TAI nanoseconds."""
    return summary.tai_ns if summary.counted_tai_ns is None else summary.counted_tai_ns


def _fault(words: str) -> Reason:
    return _reason("SENSOR_FAULT", "", words)


def _reason(code: str, check: str, sentence: str) -> Reason:
    return Reason(code=code, check=check, sentence=sentence)
