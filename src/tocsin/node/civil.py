"""From judged events to alerts on channels: the gate, the ledger, and what people order."""

from dataclasses import dataclass, replace

from tocsin.messages.office import AcknowledgementReport, CommandReport
from tocsin.node.intake import Intake, Said
from tocsin.node.settings import CHANNEL, OFFICE
from tocsin.node.state import NodeState, Side
from tocsin.warning import civil, ledger
from tocsin.warning.alert import Alert, Judged, Order
from tocsin.warning.areas import ExpectedImpact
from tocsin.warning.events import LAUNCH, Event
from tocsin.warning.ledger import Acknowledgement, Message, SirenOn
from tocsin.warning.levels import CONFIRMED, DATA_CLASSES, WITHDRAWN
from tocsin.warning.orders import Answer, obey

SIREN = "siren-on"
"""What a channel says when its siren sounds."""
MODE_WORDS = {"actual": "live", "exercise": "drill", "test": "test"}
KINDS = {"alert": "alert", "cancel": "cancel", "all-clear": "all-clear"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What civil alerting did in one step."""

    alerts: tuple[Alert, ...] = ()
    answers: tuple[Answer, ...] = ()
    messages: tuple[Message, ...] = ()
    alarms: tuple[ledger.Alarm, ...] = ()


def warned(state: NodeState, intake: Intake, now_tai_ns: int) -> tuple[NodeState, Done]:
    """Follow what is judged, obey what is ordered, and see to it that channels have heard."""
    settings = state.settings
    if "C18" not in settings.checks:
        unbound = replace(settings.civil, limited=False, geometry_tai_ns=0)
        settings = replace(settings, civil=unbound)
    judged = [
        each for name in DATA_CLASSES for each in _judged(state.joint[name], name, settings.checks)
    ]
    after, alerts = civil.step(state.civil, settings.civil, judged, now_tai_ns)
    answers = []
    for said in intake.said:
        if isinstance(said.report, CommandReport) and said.speaker.role == OFFICE:
            if said.report.what == "mode":
                state = replace(state, mode=said.report.template_class)
                continue
            order = _order(said.report, state.mode)
            if "C16" not in settings.checks:  # no gate: as if a second person had agreed
                order = replace(order, persons=(*order.persons, "nobody"), mode=order.template)
            after, given = obey(after, settings.civil, order, judged, now_tai_ns)
            answers.append(given)
            alerts = (*alerts, *given.alerts)
    if "C17" not in settings.checks:
        alerts = tuple(alert for alert in alerts if not alert.retracts)
    heard = [each for said in intake.said for each in _confirmed(said)]
    book, messages = ledger.step(state.ledger, alerts, heard, now_tai_ns)
    state = replace(state, civil=after, ledger=book)
    return state, Done(
        alerts=alerts,
        answers=tuple(answers),
        messages=messages,
        alarms=book.alarms,
    )


def _judged(side: Side, data_class: str, checks: frozenset[str]) -> list[Judged]:
    return [
        _as_judged(event, data_class, checks)
        for event in side.judgement.events
        if event.kind == LAUNCH and event.level_max >= CONFIRMED
    ]


def _as_judged(event: Event, data_class: str, checks: frozenset[str]) -> Judged:
    impacts = tuple(
        ExpectedImpact(
            id=each.id, spot=each.impact, tai_ns=each.impact_tai_ns, sigma_s=each.impact_sigma_s
        )
        for each in event.sightings
        if each.impact is not None and each.impact_tai_ns is not None
    )
    return Judged(
        event=f"{data_class}:{event.id}",
        revision=event.revision,
        level=event.level,
        confidence=event.confidence,
        data_class=data_class,
        withdrawn=event.state == WITHDRAWN,
        impacts=impacts,
        codes=tuple(reason.code for reason in event.reasons),
        verified=event.level_max >= CONFIRMED or "C18" not in checks,
    )


def _order(command: CommandReport, mode: str) -> Order:
    persons = (command.operator,) if command.second is None else (command.operator, command.second)
    return Order(
        id=command.command,
        kind=KINDS[command.what],
        event=command.event or "",
        persons=persons,
        mode=MODE_WORDS[mode],
        template=MODE_WORDS[command.template_class],
        areas=command.areas,
    )


def _confirmed(said: Said) -> list[Acknowledgement | SirenOn]:
    report = said.report
    if said.speaker.role != CHANNEL or not isinstance(report, AcknowledgementReport):
        return []
    if report.subject == SIREN:
        return [SirenOn(channel=said.speaker.id, tai_ns=report.time_tai_ns)]
    return [
        Acknowledgement(alert=report.subject, channel=said.speaker.id, tai_ns=report.time_tai_ns)
    ]
