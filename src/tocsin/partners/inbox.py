"""The receiving end of a link: checks, order, gaps, and what it has stored.

Whatever bytes arrive, nothing is raised: what is refused is counted by its reason. Reports are
given out in the order in which they were sent, each once.

What is decided about time: an envelope with a number not yet seen is never refused for its age.
After a long break the oldest must come first, since each is chained to the one before; its reports
are given out marked late. An answer is refused as stale after `STALE_S`, since a newer one says
more; and so is anything sent before the inbox was opened, lest an older link between the same two
be replayed. One from the future is refused, not acknowledged, and comes again. An answer from the
future is taken: each is made anew, so that a partner whose clock is fast would never get one
through, and what it says holds whenever it was said.
"""

from dataclasses import dataclass, replace

import msgspec

from tocsin.errors import MessageError
from tocsin.messages.envelope import (
    FIRST_PREVIOUS,
    Envelope,
    digest,
    read_envelope,
    write_envelope,
)
from tocsin.messages.fields import DataClass
from tocsin.messages.report import Report, read_report
from tocsin.partners.answers import is_answer, read_answer, write_answer
from tocsin.partners.keys import KeyRing
from tocsin.partners.link import (
    AHEAD,
    DATA_CLASS,
    FORK,
    FUTURE_DATED,
    FUTURE_MAX_S,
    HELD_BYTES_MAX,
    HELD_MAX,
    NO_COUNTS,
    REMEMBERED_MAX,
    REPLAYED,
    ROLLBACK,
    STALE,
    STALE_S,
    WRONG_RECEIVER,
    WRONG_SENDER,
    Answer,
    Counts,
    LinkError,
    after_ns,
)
from tocsin.partners.signing import REVOKED_KEY, PrivateKey, sign, verify

VERSION = "inbox.1"
DATA_CLASSES: tuple[DataClass, ...] = ("actual", "exercise", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An envelope that waits for one before it."""

    number: int
    digest: bytes
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """All that the receiving end of one link knows."""

    sender: str
    """The partner at the other end."""
    receiver: str
    """Ourselves."""
    since_tai_ns: int = 0
    """When it was opened: nothing sent before is believed."""
    data_classes: tuple[DataClass, ...] = DATA_CLASSES
    """Those that are wanted; reports of others are refused, and the link goes on."""
    taken: int = 0
    """The last envelope given out."""
    previous: bytes = FIRST_PREVIOUS
    """Its digest."""
    sent_tai_ns: int = 0
    """When it was sent."""
    stored: int = 0
    """The last envelope that the caller has stored, and that is acknowledged."""
    stored_digest: bytes = FIRST_PREVIOUS
    remembered: tuple[bytes, ...] = ()
    """Digests of the last envelopes given out, oldest first."""
    held: tuple[Held, ...] = ()
    """By number."""
    owes: bool = False
    """Whether there is something to answer."""
    refused: Counts = NO_COUNTS
    """What was refused, by reason."""
    late: int = 0
    """Reports given out that were late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The good reports of one envelope."""

    number: int
    sent_tai_ns: int
    data_class: DataClass
    reports: tuple[Report, ...]
    late: bool
    """It was sent over `STALE_S` ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came of some bytes."""

    accepted: tuple[Accepted, ...] = ()
    """In order; store them, then call `stored` with the last number."""
    refused: tuple[str, ...] = ()
    """Reasons."""
    answer: Answer | None = None
    """It was an answer, for the outbox of the way back: give it to `outbox.heard`."""
    answer_tai_ns: int = 0
    """When the answer was sent."""


def receive(inbox: Inbox, data: bytes, now_tai_ns: int, ring: KeyRing) -> tuple[Inbox, Received]:
    """Take what the transport brought from the partner, whatever it is.

    Args:
        inbox: Of the link from that partner.
        data: The bytes as they came.
        now_tai_ns: Our clock.
        ring: Everybody's public keys, as they are now.

    Store what is accepted together with the new inbox, or the bytes that came before them, in one
    step; only then call `stored`.
    """
    try:
        envelope = read_envelope(data)
    except MessageError as error:
        return _refuse(inbox, error.fault)
    fault = _fault(inbox, envelope, now_tai_ns, ring)
    if fault is not None:
        return _refuse(inbox, fault)
    if is_answer(envelope.reports):
        return _answered(inbox, envelope, now_tai_ns)
    return _placed(inbox, envelope, data, now_tai_ns)


def stored(inbox: Inbox, number: int) -> Inbox:
    """Say that all reports up to those of this envelope are stored: it may be acknowledged."""
    assert number <= inbox.taken, (number, inbox.taken)
    if number <= inbox.stored:
        return inbox
    found = inbox.remembered[number - inbox.taken - 1]
    return replace(inbox, stored=number, stored_digest=found, owes=True)


def answer(
    inbox: Inbox, now_tai_ns: int, data_class: DataClass, key: PrivateKey
) -> tuple[Inbox, tuple[bytes, ...]]:
    """Give the envelope that acknowledges what is stored and asks for what is missing, if any.

    Args:
        inbox: Of the link that is answered.
        now_tai_ns: Our clock.
        data_class: Of the node that answers.
        key: Our own.
    """
    if not inbox.owes:
        return inbox, ()
    envelope = Envelope(
        sender=inbox.receiver,
        receiver=inbox.sender,
        number=max(inbox.stored, 1),
        sent_tai_ns=now_tai_ns,
        data_class=data_class,
        previous=FIRST_PREVIOUS,
        reports=write_answer(what_is_here(inbox), inbox.receiver, now_tai_ns),
        key=key.id,
    )
    return replace(inbox, owes=False), (write_envelope(sign(envelope, key)),)


def what_is_here(inbox: Inbox) -> Answer:
    """Give what is stored here, and the runs of envelopes that wait for what is missing."""
    runs: list[tuple[int, int]] = []
    for each in inbox.held:
        if runs and each.number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], each.number)
        else:
            runs.append((each.number, each.number))
    return Answer(stored=inbox.stored, digest=inbox.stored_digest, waiting=tuple(runs))


def write_inbox(inbox: Inbox) -> bytes:
    """Give an inbox as bytes; store them in one step with the reports that it gave out."""
    return msgspec.msgpack.encode((VERSION, inbox))


def read_inbox(data: bytes) -> Inbox:
    """Give the inbox that was written; all that it had given out counts as stored with it."""
    try:
        version, inbox = msgspec.msgpack.decode(data, type=tuple[str, Inbox])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LinkError(f"a stored inbox of {len(data)} bytes is damaged: {error}") from None
    if version != VERSION:
        raise LinkError(f"a stored inbox has version {version!r}; this tocsin reads {VERSION!r}")
    return replace(stored(inbox, inbox.taken), owes=True)


def _fault(inbox: Inbox, envelope: Envelope, now_tai_ns: int, ring: KeyRing) -> str | None:
    """Give why an envelope is not to be believed; None if it is."""
    if envelope.sender != inbox.sender:
        return WRONG_SENDER
    if envelope.receiver != inbox.receiver:
        return WRONG_RECEIVER
    fault = verify(envelope, ring)
    if fault is not None:
        return fault
    ahead = envelope.sent_tai_ns > after_ns(now_tai_ns, FUTURE_MAX_S)
    if ahead and not is_answer(envelope.reports):
        return FUTURE_DATED
    if envelope.sent_tai_ns < inbox.since_tai_ns:
        return STALE
    key = ring.find(envelope.key)
    assert key is not None, "verified"
    backdated = key.revoked_at_tai_ns is not None and envelope.sent_tai_ns < inbox.sent_tai_ns
    new = envelope.number > inbox.taken
    return REVOKED_KEY if backdated and new else None


def _placed(
    inbox: Inbox, envelope: Envelope, data: bytes, now_tai_ns: int
) -> tuple[Inbox, Received]:
    """Give out, keep or refuse a good envelope, according to its number."""
    found = digest(envelope)
    if envelope.number <= inbox.taken:
        return _repeated(replace(inbox, owes=True), envelope, found)
    if envelope.number > inbox.taken + 1:
        return _hold(inbox, Held(number=envelope.number, digest=found, data=data))
    if envelope.previous != inbox.previous:
        return _refuse(inbox, FORK)
    if inbox.taken - inbox.stored > REMEMBERED_MAX - 2 * HELD_MAX:
        return _refuse(inbox, AHEAD)
    return _take(inbox, envelope, found, now_tai_ns)


def _answered(inbox: Inbox, envelope: Envelope, now_tai_ns: int) -> tuple[Inbox, Received]:
    """Hand out an answer, unless it is too old to mean anything."""
    if after_ns(envelope.sent_tai_ns, STALE_S) < now_tai_ns:
        return _refuse(inbox, STALE)
    try:
        told = read_answer(envelope.reports)
    except MessageError as error:
        return _refuse(inbox, error.fault)
    return inbox, Received(answer=told, answer_tai_ns=envelope.sent_tai_ns)


def _repeated(inbox: Inbox, envelope: Envelope, found: bytes) -> tuple[Inbox, Received]:
    """Refuse an envelope whose number was given out before, and say whether it is the same one."""
    back = inbox.taken - envelope.number
    if back < len(inbox.remembered):
        same = inbox.remembered[-1 - back] == found
        return _refuse(inbox, REPLAYED if same else FORK)
    # Too old to compare. Its sender has gone back if it says that it wrote it since.
    return _refuse(inbox, ROLLBACK if envelope.sent_tai_ns > inbox.sent_tai_ns else REPLAYED)


def _hold(inbox: Inbox, new: Held) -> tuple[Inbox, Received]:
    """Keep an envelope until those before it have come, if there is room."""
    inbox = replace(inbox, owes=True)
    for each in inbox.held:
        if each.number == new.number:
            return _refuse(inbox, REPLAYED if each.digest == new.digest else FORK)
    size = sum(len(each.data) for each in inbox.held) + len(new.data)
    if new.number > inbox.taken + 1 + HELD_MAX or size > HELD_BYTES_MAX:
        return _refuse(inbox, AHEAD)
    held = sorted((*inbox.held, new), key=lambda each: each.number)
    return replace(inbox, held=tuple(held)), Received()


def _take(
    inbox: Inbox, envelope: Envelope, found: bytes, now_tai_ns: int
) -> tuple[Inbox, Received]:
    """Give out an envelope and those held that follow it."""
    accepted: list[Accepted] = []
    refused: list[str] = []
    following: Envelope | None = envelope
    while following is not None:
        good, faults = _reports(inbox, following)
        late = after_ns(following.sent_tai_ns, STALE_S) < now_tai_ns
        accepted.append(
            Accepted(
                number=following.number,
                sent_tai_ns=following.sent_tai_ns,
                data_class=following.data_class,
                reports=good,
                late=late,
            )
        )
        refused += faults
        inbox = replace(
            inbox,
            taken=following.number,
            previous=found,
            sent_tai_ns=max(inbox.sent_tai_ns, following.sent_tai_ns),
            remembered=(*inbox.remembered, found)[-REMEMBERED_MAX:],
            late=inbox.late + late * len(good),
            owes=True,
        )
        inbox, following, found, forged = _next_held(inbox)
        refused += [FORK] * forged
    inbox = replace(inbox, refused=inbox.refused.plus(refused))
    return inbox, Received(accepted=tuple(accepted), refused=tuple(refused))


def _next_held(inbox: Inbox) -> tuple[Inbox, Envelope | None, bytes, bool]:
    """Take out of those held the one that follows, if it is chained to the last one given out."""
    if not inbox.held or inbox.held[0].number != inbox.taken + 1:
        return inbox, None, b"", False
    first, *rest = inbox.held
    inbox = replace(inbox, held=tuple(rest))
    envelope = read_envelope(first.data)
    if envelope.previous != inbox.previous:
        return inbox, None, b"", True
    return inbox, envelope, first.digest, False


def _reports(inbox: Inbox, envelope: Envelope) -> tuple[tuple[Report, ...], list[str]]:
    """Read the reports of an envelope; what is wrong with one of them stops no other."""
    if envelope.data_class not in inbox.data_classes:
        return (), [DATA_CLASS] * len(envelope.reports)
    good: list[Report] = []
    faults: list[str] = []
    for each in envelope.reports:
        try:
            report = read_report(each)
        except MessageError as error:
            faults.append(error.fault)
            continue
        if getattr(report, "data_class", envelope.data_class) == envelope.data_class:
            good.append(report)
        else:
            faults.append(DATA_CLASS)
    return tuple(good), faults


def _refuse(inbox: Inbox, reason: str) -> tuple[Inbox, Received]:
    """Count something that was refused."""
    refused = inbox.refused.plus([reason])
    return replace(inbox, refused=refused), Received(refused=(reason,))
