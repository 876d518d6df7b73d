"""The sending end of a link: a queue of reports, and envelopes sent again until acknowledged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from tocsin.messages.decode import kind_of
from tocsin.messages.envelope import (
    FIRST_PREVIOUS,
    Envelope,
    digest,
    read_envelope,
    write_envelope,
)
from tocsin.messages.fields import REPORT_BYTES_MAX, DataClass
from tocsin.partners.answers import acknowledges_envelope
from tocsin.partners.link import (
    BATCH_BYTES_MAX,
    BATCH_REPORTS_MAX,
    FLIGHT_MAX,
    FORK,
    NO_COUNTS,
    QUEUE_BYTES_MAX,
    QUEUE_REPORTS_MAX,
    RETRY_FIRST_S,
    RETRY_MAX_S,
    ROLLBACK,
    Answer,
    Counts,
    LinkError,
    after_ns,
)
from tocsin.partners.signing import PrivateKey, sign

VERSION = "outbox.1"

DROPPED_FIRST = ("scan", "plot", "track", "health", "heartbeat", "site_report")
"""Kinds of report that may be dropped from a full queue, those of least value first.

No other kind ever is: events, retractions, alerts, notices, and what is not known here.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A report that waits for its envelope."""

    report: bytes
    kind: str
    """Its kind without the version."""
    data_class: DataClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An envelope that has been sent, and when it is sent again."""

    number: int
    digest: bytes
    data: bytes
    tries: int
    next_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """All that the sending end of one link knows."""

    sender: str
    receiver: str
    queue: tuple[Queued, ...] = ()
    flight: tuple[Sealed, ...] = ()
    """Sent and not acknowledged, oldest first."""
    sealed: int = 0
    """Number of the last envelope made."""
    previous: bytes = FIRST_PREVIOUS
    """Digest of that envelope."""
    acknowledged: int = 0
    """All up to this number are stored by the partner."""
    answered_tai_ns: int = 0
    """When the last answer was sent that counted."""
    dropped: Counts = NO_COUNTS
    """Reports that a full queue has cost, by kind."""
    faults: Counts = NO_COUNTS
    """What was wrong with the partner's answers: `fork`, `rollback`."""

    def broken(self) -> bool:
        """Say whether the two ends disagree on what was sent: people must agree on a new start."""
        return self.faults.total() > 0


def send(
    outbox: Outbox,
    reports: Sequence[bytes],
    now_tai_ns: int,  # noqa: ARG001  every step is told the time
    data_class: DataClass,
) -> Outbox:
    """Queue reports of one data class for the partner.

    Where the queue is full, reports are dropped in the order of `DROPPED_FIRST`, of one kind the
    oldest first, and counted in `dropped`; events, retractions and alerts never are.

    Raises:
        LinkError: A report is too large, or is an answer of a link; nothing is queued.
    """
    more = tuple(_queued(outbox, report, data_class) for report in reports)
    return _within_limits(replace(outbox, queue=outbox.queue + more))


def poll(outbox: Outbox, now_tai_ns: int, key: PrivateKey) -> tuple[Outbox, tuple[bytes, ...]]:
    """Give the envelopes to put on the wire now: new ones, and old ones that it is time to repeat.

    Store the outbox before they leave: an envelope that was sent and forgotten would be followed by
    another of the same number, which the partner must take for a forgery.
    """
    outbox = _sealed(outbox, now_tai_ns, key)
    sent: list[bytes] = []
    flight: list[Sealed] = []
    for each in outbox.flight:
        if _is_due(each, now_tai_ns):
            sent.append(each.data)
            flight.append(_tried(each, now_tai_ns))
        else:
            flight.append(each)
    return replace(outbox, flight=tuple(flight)), tuple(sent)


def heard(outbox: Outbox, answer: Answer, sent_tai_ns: int) -> Outbox:
    """Take the partner's answer, whose envelope was found good, into account.

    Args:
        outbox: Of the link that is answered.
        answer: What the partner has and what it lacks.
        sent_tai_ns: When the answer was sent, as its envelope says.

    What is stored there is let go; what is missing is sent at the next poll. An answer that was
    overtaken by a later one changes nothing, unless it tells of more: the partner's clock was set
    back.
    """
    fault = _fault(outbox, answer, sent_tai_ns)
    if fault is not None:
        return replace(outbox, faults=outbox.faults.plus([fault]))
    older = sent_tai_ns < outbox.answered_tai_ns
    if answer.stored < outbox.acknowledged or (older and answer.stored == outbox.acknowledged):
        return outbox
    flight = tuple(
        replace(each, next_tai_ns=0, tries=0) if answer.asks_for(each.number) else each
        for each in outbox.flight
        if each.number > answer.stored
    )
    last_tai_ns = max(outbox.answered_tai_ns, sent_tai_ns)
    return replace(outbox, flight=flight, acknowledged=answer.stored, answered_tai_ns=last_tai_ns)


def next_poll_tai_ns(outbox: Outbox, now_tai_ns: int) -> int | None:
    """Give the instant of the next poll that would send something; None if there is nothing."""
    if outbox.queue and len(outbox.flight) < FLIGHT_MAX:
        return now_tai_ns
    times = [max(each.next_tai_ns, now_tai_ns) for each in outbox.flight]
    return min(times, default=None)


def unacknowledged(outbox: Outbox) -> tuple[Queued, ...]:
    """Give all that the partner may lack, in order: for a new outbox when both have agreed on one.

    The partner must begin a new inbox too. It may then be told twice what it had stored and not
    acknowledged.
    """
    waiting: list[Queued] = []
    for each in outbox.flight:
        envelope = read_envelope(each.data)
        waiting += [
            Queued(
                report=report,
                kind=kind_of(report).partition(".")[0],
                data_class=envelope.data_class,
            )
            for report in envelope.reports
        ]
    return (*waiting, *outbox.queue)


def write_outbox(outbox: Outbox) -> bytes:
    """Give an outbox as bytes, from which `read_outbox` makes the same one."""
    return msgspec.msgpack.encode((VERSION, outbox))


def read_outbox(data: bytes) -> Outbox:
    """Give the outbox that was written, as if nothing had come in between."""
    try:
        version, outbox = msgspec.msgpack.decode(data, type=tuple[str, Outbox])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LinkError(f"a stored outbox of {len(data)} bytes is damaged: {error}") from None
    if version != VERSION:
        raise LinkError(f"a stored outbox has version {version!r}; this tocsin reads {VERSION!r}")
    return outbox


def _queued(outbox: Outbox, report: bytes, data_class: DataClass) -> Queued:
    """Give a report as it waits, or say why it cannot be sent."""
    if len(report) > REPORT_BYTES_MAX:
        raise LinkError(
            f"link to {outbox.receiver!r}: a report of {len(report)} bytes; at most"
            f" {REPORT_BYTES_MAX} can be sent"
        )
    kind = kind_of(report).partition(".")[0]
    if kind == "acknowledgement" and acknowledges_envelope(report):
        raise LinkError(f"link to {outbox.receiver!r}: envelopes are acknowledged by answers only")
    return Queued(report=report, kind=kind, data_class=data_class)


def _fault(outbox: Outbox, answer: Answer, sent_tai_ns: int) -> str | None:
    """Say whether an answer shows that one end has lost or changed what it had."""
    if answer.stored > outbox.sealed:
        return ROLLBACK
    if answer.stored < outbox.acknowledged:
        return ROLLBACK if sent_tai_ns > outbox.answered_tai_ns else None
    known = {each.number: each.digest for each in outbox.flight} | {outbox.sealed: outbox.previous}
    ours = known.get(answer.stored)
    return None if ours is None or ours.startswith(answer.digest) else FORK


def _sealed(outbox: Outbox, now_tai_ns: int, key: PrivateKey) -> Outbox:
    """Put as much of the queue into envelopes as may be in flight."""
    queue, flight = list(outbox.queue), list(outbox.flight)
    number, previous = outbox.sealed, outbox.previous
    while queue and len(flight) < FLIGHT_MAX:
        batch = _batch(queue)
        del queue[: len(batch)]
        number += 1
        envelope = Envelope(
            sender=outbox.sender,
            receiver=outbox.receiver,
            number=number,
            sent_tai_ns=now_tai_ns,
            data_class=batch[0].data_class,
            previous=previous,
            reports=tuple(each.report for each in batch),
            key=key.id,
        )
        signed = sign(envelope, key)
        previous = digest(signed)
        data = write_envelope(signed)
        flight.append(Sealed(number=number, digest=previous, data=data, tries=0, next_tai_ns=0))
    return replace(
        outbox, queue=tuple(queue), flight=tuple(flight), sealed=number, previous=previous
    )


def _batch(queue: Sequence[Queued]) -> list[Queued]:
    """Give what goes into the next envelope: from the queue's front on, of one data class."""
    batch: list[Queued] = []
    size = 0
    for each in queue[:BATCH_REPORTS_MAX]:
        size += len(each.report)
        if batch and (size > BATCH_BYTES_MAX or each.data_class != batch[0].data_class):
            break
        batch.append(each)
    return batch


def _is_due(sealed: Sealed, now_tai_ns: int) -> bool:
    """Say whether to send an envelope now; a clock that was set back does not silence the link."""
    far = sealed.next_tai_ns > after_ns(now_tai_ns, RETRY_MAX_S)
    return sealed.next_tai_ns <= now_tai_ns or far


def _tried(sealed: Sealed, now_tai_ns: int) -> Sealed:
    """Give an envelope that has just been sent, with the time of its next repeat."""
    wait_s = min(RETRY_FIRST_S * 2.0 ** min(sealed.tries, 16), RETRY_MAX_S)
    return replace(sealed, tries=sealed.tries + 1, next_tai_ns=after_ns(now_tai_ns, wait_s))


def _within_limits(outbox: Outbox) -> Outbox:
    """Give an outbox whose queue is within its limits, as far as anything in it may be dropped."""
    reports = len(outbox.queue) - QUEUE_REPORTS_MAX
    size = sum(len(each.report) for each in outbox.queue) - QUEUE_BYTES_MAX
    if reports <= 0 and size <= 0:
        return outbox
    gone: set[int] = set()
    for place in _least_value_first(outbox.queue):
        if reports <= 0 and size <= 0:
            break
        gone.add(place)
        reports -= 1
        size -= len(outbox.queue[place].report)
    kept = tuple(each for place, each in enumerate(outbox.queue) if place not in gone)
    dropped = outbox.dropped.plus(outbox.queue[place].kind for place in sorted(gone))
    return replace(outbox, queue=kept, dropped=dropped)


def _least_value_first(queue: Sequence[Queued]) -> Iterable[int]:
    """Give the places of what may be dropped, in the order in which it is."""
    value = {kind: place for place, kind in enumerate(DROPPED_FIRST)}
    droppable = (place for place, each in enumerate(queue) if each.kind in value)
    return sorted(droppable, key=lambda place: (value[queue[place].kind], place))
