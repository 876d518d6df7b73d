"""The delivery ledger (C17): who was told what, who has confirmed it, and who took it back.

A retraction goes to every channel that was told, whatever the channel is set to now, in the step
that asks for it; until a channel confirms it, it is sent again. A siren without an alert in the
ledger is itself an alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin.earth.time import SECOND_NS
from tocsin.warning.alert import PUBLIC, Alert
from tocsin.warning.levels import ACTUAL, DATA_CLASSES
from tocsin.warning.phrases import PRE_ALERT

REPEAT_S = 15.0
"""What is not confirmed is sent again after so long."""
RETRACTION_DUE_S = 60.0
"""A retraction that a channel has not confirmed by then is an alarm."""
ALERT_DUE_S = 60.0
"""And so is a warning: people on that channel may never have had it."""
KEPT_S = 7 * 86_400.0
"""How long what is settled stays in the ledger; the event log keeps everything."""
DELIVERIES_MAX = 100_000

SIREN_WITHOUT_ALERT = "SIREN_WITHOUT_ALERT"
RETRACTION_UNCONFIRMED = "RETRACTION_UNCONFIRMED"
ALERT_UNCONFIRMED = "ALERT_UNCONFIRMED"
UNKNOWN_ACKNOWLEDGEMENT = "UNKNOWN_ACKNOWLEDGEMENT"
LEDGER_FULL = "LEDGER_FULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to people: sirens, telephones, broadcasters, an office."""

    id: str
    scopes: tuple[str, ...] = (PUBLIC,)
    data_classes: tuple[str, ...] = (ACTUAL,)
    """What it may carry; sirens carry nothing but actual alerts unless somebody says otherwise."""
    pre_alerts: bool = True
    """Whether it carries what only asks people to be ready."""

    def carries(self, alert: Alert) -> bool:
        """Tell whether an alert goes out on it of itself."""
        assert set(self.data_classes) <= set(DATA_CLASSES), self.data_classes
        return (
            alert.scope in self.scopes
            and alert.data_class in self.data_classes
            and (self.pre_alerts or alert.kind != PRE_ALERT)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One alert to be put out on one channel now."""

    alert: Alert
    channel: str
    attempt: int
    """1 for the first time."""
    tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A channel's word that it has put an alert out."""

    alert: str
    channel: str
    tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SirenOn:
    """A report that a channel is sounding or showing an alert, whoever started it."""

    channel: str
    tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that the duty officer must look at."""

    code: str
    channel: str
    alert: str
    tai_ns: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one alert on one channel."""

    alert: Alert
    channel: str
    sent_tai_ns: int
    """First time."""
    last_tai_ns: int
    attempts: int = 1
    acknowledged_tai_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the ledger as people read it."""

    alert: str
    channel: str
    sent_tai_ns: int
    acknowledged_tai_ns: int | None
    retracted_tai_ns: int | None
    """When its retraction was first sent on this channel."""
    retraction_acknowledged_tai_ns: int | None
    """When the channel had confirmed every message that takes it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything that was told and not yet forgotten."""

    channels: tuple[Channel, ...]
    deliveries: tuple[Delivery, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    """Of the last step."""
    tai_ns: int | None = None
    """Of the last step."""


def step(
    ledger: Ledger,
    requests: Sequence[Alert],
    acknowledgements: Sequence[Acknowledgement | SirenOn],
    now_tai_ns: int,
) -> tuple[Ledger, tuple[Message, ...]]:
    """Take in what was heard, send what is asked for, and send again what is not confirmed.

    Args:
        ledger: As it was.
        requests: Alerts that the gate has released, in the order in which they are to go out. One
            that is there already is not sent anew.
        acknowledgements: What channels say, in any order, late and repeated ones too.
        now_tai_ns: Not before the last step's.
    """
    deliveries, alarms = _heard(ledger, acknowledgements)
    known = {(each.alert.id, each.channel) for each in deliveries}
    sent: list[Message] = []
    for alert in requests:
        for channel in _channels_for(alert, ledger, deliveries):
            if (alert.id, channel) not in known:
                known.add((alert.id, channel))
                delivery = Delivery(
                    alert=alert, channel=channel, sent_tai_ns=now_tai_ns, last_tai_ns=now_tai_ns
                )
                deliveries.append(delivery)
                sent.append(_message(delivery, now_tai_ns))
    retracted = _retracted(deliveries)
    for place, each in enumerate(deliveries):
        if _due_again(each, retracted, now_tai_ns):
            again = replace(each, last_tai_ns=now_tai_ns, attempts=each.attempts + 1)
            deliveries[place] = again
            sent.append(_message(again, now_tai_ns))
    alarms += _sirens(deliveries, acknowledgements)
    alarms += _overdue(deliveries, retracted, ledger.tai_ns, now_tai_ns)
    kept, full = _kept(deliveries, now_tai_ns)
    after = replace(ledger, deliveries=kept, alarms=tuple(alarms + full), tai_ns=now_tai_ns)
    return after, tuple(sent)


def records(ledger: Ledger) -> tuple[Record, ...]:
    """Give the ledger as people read it, in the order in which things were sent."""
    backs: dict[tuple[str, str], list[Delivery]] = {}
    for each in ledger.deliveries:
        for alert in each.alert.retracts:
            backs.setdefault((alert, each.channel), []).append(each)
    return tuple(
        _record(each, backs.get((each.alert.id, each.channel), ())) for each in ledger.deliveries
    )


def live(ledger: Ledger, channel: str, now_tai_ns: int) -> tuple[Alert, ...]:
    """Give the alerts that a channel should be sounding or showing now."""
    return _live(ledger.deliveries, channel, now_tai_ns)


def _record(delivery: Delivery, backs: Sequence[Delivery]) -> Record:
    confirmed = [each.acknowledged_tai_ns for each in backs if each.acknowledged_tai_ns is not None]
    return Record(
        alert=delivery.alert.id,
        channel=delivery.channel,
        sent_tai_ns=delivery.sent_tai_ns,
        acknowledged_tai_ns=delivery.acknowledged_tai_ns,
        retracted_tai_ns=min((each.sent_tai_ns for each in backs), default=None),
        retraction_acknowledged_tai_ns=(
            max(confirmed) if backs and len(confirmed) == len(backs) else None
        ),
    )


def _channels_for(alert: Alert, ledger: Ledger, deliveries: Sequence[Delivery]) -> tuple[str, ...]:
    """Give where an alert goes: where it belongs, and wherever what it refers to was sent."""
    before = {each for each, _ in alert.references} | set(alert.retracts)
    told = [each.channel for each in deliveries if each.alert.id in before]
    if before and not alert.warns:
        return tuple(dict.fromkeys(told))
    own = [channel.id for channel in ledger.channels if channel.carries(alert)]
    return tuple(dict.fromkeys([*own, *told]))


def _message(delivery: Delivery, now_tai_ns: int) -> Message:
    return Message(
        alert=delivery.alert,
        channel=delivery.channel,
        attempt=delivery.attempts,
        tai_ns=now_tai_ns,
    )


def _heard(
    ledger: Ledger, heard: Sequence[Acknowledgement | SirenOn]
) -> tuple[list[Delivery], list[Alarm]]:
    """Give the deliveries with what channels confirm; one of nothing that was sent is an alarm."""
    deliveries = list(ledger.deliveries)
    place_of = {(each.alert.id, each.channel): k for k, each in enumerate(deliveries)}
    alarms = []
    for each in heard:
        if isinstance(each, SirenOn):
            continue
        place = place_of.get((each.alert, each.channel))
        if place is None:
            sentence = f"channel {each.channel} confirms {each.alert!r}, which was never sent there"
            alarms.append(
                Alarm(
                    code=UNKNOWN_ACKNOWLEDGEMENT,
                    channel=each.channel,
                    alert=each.alert,
                    tai_ns=each.tai_ns,
                    sentence=sentence,
                )
            )
        elif deliveries[place].acknowledged_tai_ns is None:
            deliveries[place] = replace(deliveries[place], acknowledged_tai_ns=each.tai_ns)
    return deliveries, alarms


def _retracted(deliveries: Sequence[Delivery]) -> frozenset[str]:
    """Give the ids of alerts that were taken back."""
    return frozenset(alert for each in deliveries for alert in each.alert.retracts)


def _due_again(delivery: Delivery, retracted: frozenset[str], now_tai_ns: int) -> bool:
    """Tell whether a delivery is to be repeated: a retraction for ever, others while they hold."""
    if delivery.acknowledged_tai_ns is not None:
        return False
    if now_tai_ns - delivery.last_tai_ns < REPEAT_S * SECOND_NS:
        return False
    expires = delivery.alert.expires_tai_ns
    over = expires is not None and now_tai_ns >= expires
    return bool(delivery.alert.retracts) or not (over or delivery.alert.id in retracted)


def _live(deliveries: Sequence[Delivery], channel: str, now_tai_ns: int) -> tuple[Alert, ...]:
    here = [
        each.alert
        for each in deliveries
        if each.channel == channel and each.sent_tai_ns <= now_tai_ns
    ]
    ended = {before for each in here for before, _ in each.references}
    retracted = {before for each in here for before in each.retracts}
    return tuple(
        each
        for each in here
        if each.warns
        and each.id not in retracted
        and each.id not in ended
        and (each.expires_tai_ns is None or now_tai_ns < each.expires_tai_ns)
    )


def _sirens(
    deliveries: Sequence[Delivery], heard: Sequence[Acknowledgement | SirenOn]
) -> list[Alarm]:
    return [
        Alarm(
            code=SIREN_WITHOUT_ALERT,
            channel=each.channel,
            alert="",
            tai_ns=each.tai_ns,
            sentence=f"channel {each.channel} gives an alert, and none was sent there that holds",
        )
        for each in heard
        if isinstance(each, SirenOn) and not _live(deliveries, each.channel, each.tai_ns)
    ]


def _overdue(
    deliveries: Sequence[Delivery],
    retracted: frozenset[str],
    before_tai_ns: int | None,
    now_tai_ns: int,
) -> list[Alarm]:
    """Give an alarm, once, for each retraction or warning not confirmed in time."""
    found = []
    for each in deliveries:
        if each.acknowledged_tai_ns is not None:
            continue
        if each.alert.retracts:
            code, what, due_s = RETRACTION_UNCONFIRMED, "retraction", RETRACTION_DUE_S
        elif each.alert.warns and each.alert.id not in retracted:
            code, what, due_s = ALERT_UNCONFIRMED, "warning", ALERT_DUE_S
        else:
            continue
        due_tai_ns = each.sent_tai_ns + round(due_s * SECOND_NS)
        if due_tai_ns > now_tai_ns or (before_tai_ns is not None and before_tai_ns >= due_tai_ns):
            continue
        found.append(
            Alarm(
                code=code,
                channel=each.channel,
                alert=each.alert.id,
                tai_ns=now_tai_ns,
                sentence=f"channel {each.channel} has not confirmed {what} {each.alert.id} "
                f"in {due_s:g} s: reach it another way",
            )
        )
    return found


def _kept(
    deliveries: Sequence[Delivery], now_tai_ns: int
) -> tuple[tuple[Delivery, ...], list[Alarm]]:
    """Give the deliveries without those long settled; beyond the limit the oldest go, and said."""
    kept = [
        each
        for each in deliveries
        if now_tai_ns - each.last_tai_ns < KEPT_S * SECOND_NS
        or (each.alert.retracts and each.acknowledged_tai_ns is None)
    ]
    if len(kept) <= DELIVERIES_MAX:
        return tuple(kept), []
    lost = len(kept) - DELIVERIES_MAX
    alarm = Alarm(
        code=LEDGER_FULL,
        channel="",
        alert="",
        tai_ns=now_tai_ns,
        sentence=f"the ledger holds {DELIVERIES_MAX:,} deliveries; the {lost:,} oldest were let go",
    )
    return tuple(kept[lost:]), [alarm]
