"""What comes in: bytes from whoever speaks, checked, and sorted by what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tocsin.errors import MessageError
from tocsin.messages.envelope import read_envelope
from tocsin.messages.office import HealthReport, SiteReport
from tocsin.messages.picture import EventReport, TrackReport
from tocsin.messages.report import Report, kind_of, read_report
from tocsin.messages.sensing import ScanReport
from tocsin.node.settings import PARTNER, SENSOR, SPEAKS, NodeSettings, Speaker
from tocsin.node.state import NodeState
from tocsin.partners.inbox import receive, stored
from tocsin.partners.outbox import heard as outbox_heard
from tocsin.warning.levels import ACTUAL

UNKNOWN_SENDER = "unknown sender"
NOT_ITS_PLACE = "not for this sender to say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Bytes as they came, and by whose way they came."""

    source: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One good report."""

    speaker: Speaker
    report: Report
    data_class: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came of everything that arrived in one step."""

    said: tuple[Said, ...]
    refused: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many, by sender and reason."""


def take_in(
    state: NodeState, arrived: Sequence[Arrived], now_tai_ns: int
) -> tuple[NodeState, Intake]:
    """Check and sort what arrived; what is refused is counted and never fatal.

    The bytes are in the log before this is called, so that what is taken counts as stored.
    """
    said: list[Said] = []
    refused: dict[tuple[str, str], int] = {}
    inboxes, outboxes = dict(state.inboxes), dict(state.outboxes)
    for each in arrived:
        speaker = state.settings.speaker(each.source)
        if speaker is None:
            _count(refused, each.source, UNKNOWN_SENDER)
            continue
        if "C2" not in state.settings.checks:
            said += _unchecked(speaker, each.data, state.settings, refused)
            continue
        inbox, received = receive(inboxes[each.source], each.data, now_tai_ns, state.settings.ring)
        for reason in received.refused:
            _count(refused, each.source, reason)
        if received.answer is not None and each.source in outboxes:
            outboxes[each.source] = outbox_heard(
                outboxes[each.source], received.answer, received.answer_tai_ns
            )
        for accepted in received.accepted:
            inbox = stored(inbox, accepted.number)
            for report in accepted.reports:
                said += _placed(
                    Said(
                        speaker=speaker,
                        report=report,
                        data_class=accepted.data_class,
                        late=accepted.late,
                    ),
                    state.settings,
                    refused,
                )
        inboxes[each.source] = inbox
    state = replace(state, inboxes=inboxes, outboxes=outboxes)
    return _noted(state, said, refused, now_tai_ns), Intake(
        said=tuple(_classed(each, state.settings) for each in said), refused=refused
    )


def _count(refused: dict[tuple[str, str], int], sender: str, reason: str) -> None:
    refused[sender, reason] = refused.get((sender, reason), 0) + 1


def _placed(said: Said, settings: NodeSettings, refused: dict[tuple[str, str], int]) -> list[Said]:
    """Refuse what it is not for this speaker to say."""
    kind = kind_of(said.report).partition(".")[0]
    if kind not in SPEAKS[said.speaker.role] or not _of_its_own(said, settings):
        _count(refused, said.speaker.id, NOT_ITS_PLACE)
        return []
    return [said]


def _of_its_own(said: Said, settings: NodeSettings) -> bool:
    """Tell whether a sensor speaks of itself, and a partner of its own sensors and judgement.

    Otherwise a partner could confirm its word with plots of somebody else's sensor, call our own
    sensors broken, or give our own word back as its own. What it passes on is left out.
    """
    speaker, report = said.speaker.id, said.report
    if said.speaker.role not in (SENSOR, PARTNER):
        return True
    match report:
        case ScanReport() | SiteReport():
            subject = report.sensor
        case HealthReport() if report.subject_kind == "sensor":
            subject = report.subject
        case TrackReport():
            return report.partner == speaker
        case EventReport():
            return report.event.partition(":")[0] == speaker
        case _:
            return True
    if said.speaker.role == SENSOR:
        return subject == speaker
    owner = next((each.owner for each in settings.sources if each.id == subject), speaker)
    return owner == speaker


def _unchecked(
    speaker: Speaker, data: bytes, settings: NodeSettings, refused: dict[tuple[str, str], int]
) -> list[Said]:
    """Take an envelope without asking who signed it or which number it has: with C2 off."""
    try:
        envelope = read_envelope(data)
        reports = [read_report(each) for each in envelope.reports]
    except MessageError as error:
        _count(refused, speaker.id, error.fault)
        return []
    found = [
        Said(speaker=speaker, report=each, data_class=envelope.data_class, late=False)
        for each in reports
    ]
    return [good for each in found for good in _placed(each, settings, refused)]


def _classed(said: Said, settings: NodeSettings) -> Said:
    """Give what was said with its data class; with C1 off, everything is taken for real."""
    return said if "C1" in settings.checks else replace(said, data_class=ACTUAL)


def _noted(
    state: NodeState,
    said: Sequence[Said],
    refused: dict[tuple[str, str], int],
    now_tai_ns: int,
) -> NodeState:
    """Remember who spoke and what was refused."""
    last = dict(state.heard.last_tai_ns)
    for each in said:
        last[each.speaker.id] = now_tai_ns
    counts = dict(state.heard.refused)
    for key, count in refused.items():
        counts[key] = counts.get(key, 0) + count
    return replace(state, heard=replace(state.heard, last_tai_ns=last, refused=counts))
