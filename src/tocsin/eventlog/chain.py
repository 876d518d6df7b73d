"""The chain of digests that binds each event to all before it, and what it proves.

A digest covers the digest before it, so the last one stands for the whole log. Changing, dropping,
adding or swapping events shows, as long as one true digest from later on is kept somewhere else.
The digest is BLAKE2b with 32 bytes (Saarinen and Aumasson, RFC 7693, 2015) over: the digest before,
the number (8 bytes), the instant (8 bytes), the length of the kind (4 bytes), all big-endian, then
kind and body.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from struct import Struct

from tocsin.errors import LogError
from tocsin.eventlog.event import (
    APPEND_ENTRIES_MAX,
    BEGINNING,
    DIGEST_BYTES,
    Entry,
    Event,
    Tip,
    check_entry,
)
from tocsin.eventlog.log import EventLog

_FIXED = Struct(">QQI")
_PERSON = b"tocsin-event-1"
RESTORE = "keep a copy of the damaged files, then restore the log from a good one"
"""What a person does about damage."""


def digest_of(previous: bytes, number: int, entry: Entry) -> bytes:
    """Give the digest of one event after the digest before it."""
    time_tai_ns, kind, body = entry
    name = kind.encode()
    digest = blake2b(previous, digest_size=DIGEST_BYTES, person=_PERSON)
    digest.update(_FIXED.pack(number, time_tai_ns, len(name)))
    digest.update(name)
    digest.update(body)
    return digest.digest()


def linked(tip: Tip, entries: Sequence[Entry]) -> tuple[Event, ...]:
    """Give the events that entries become after a tip.

    Raises:
        LogError: There are too many entries, or one of them cannot be logged.
    """
    if len(entries) > APPEND_ENTRIES_MAX:
        raise LogError(
            f"{len(entries)} events in one append; at most {APPEND_ENTRIES_MAX} are stored"
            " together: append them in several"
        )
    events = []
    previous = tip.digest
    for number, entry in enumerate(entries, tip.number + 1):
        check_entry(entry)
        time_tai_ns, kind, body = entry
        digest = digest_of(previous, number, entry)
        events.append(
            Event(
                number=number,
                time_tai_ns=time_tai_ns,
                kind=kind,
                body=body,
                previous=previous,
                digest=digest,
            )
        )
        previous = digest
    return tuple(events)


def verified(events: Iterable[Event], after: Tip, name: str) -> Iterator[Event]:
    """Give the same events, each checked against its own digest and against the one before it.

    Args:
        events: In order, the first being the one after `after`.
        after: Where they begin.
        name: The log's name, for the error.

    Raises:
        LogError: An event is missing, changed or not the one that followed.
    """
    number, previous = after.number, after.digest
    for event in events:
        number += 1
        if event.number != number:
            raise LogError(
                f"event {number} of log {name!r} is missing: the next one there has number"
                f" {event.number}; {RESTORE}"
            )
        entry = (event.time_tai_ns, event.kind, event.body)
        if not 0 <= event.time_tai_ns < 2**64 or digest_of(event.previous, number, entry) != (
            event.digest
        ):
            raise LogError(
                f"event {number} of log {name!r} is changed: its digest does not fit its time,"
                f" kind and body; {RESTORE}"
            )
        if event.previous != previous:
            raise LogError(
                f"event {number} of log {name!r} does not follow event {number - 1}: it was"
                f" written after another one; {RESTORE}"
            )
        previous = event.digest
        yield event


def verify(log: EventLog) -> Tip:
    """Read a whole log and give its tip, every event checked.

    Raises:
        LogError: An event is missing, changed or unreadable; the text gives its number.
    """
    tip = log.tip()
    last = BEGINNING
    for event in log.read():
        last = Tip(number=event.number, digest=event.digest)
    if last != tip:
        raise LogError(
            f"the log's tip is event {tip.number}, but reading it ended at event {last.number};"
            f" {RESTORE}"
        )
    return tip


def check_anchor(anchor: Tip, log: Sequence[Tip], name: str) -> str:
    """Hold a log against the last tip that was acknowledged; give a remark, or nothing.

    Args:
        anchor: The last tip that was acknowledged.
        log: The log's tip at the anchor's number, if it reaches so far, and after each later
            commit; if it does not reach so far, its tip alone.
        name: The log's name, for the error.

    Raises:
        LogError: Acknowledged events are lost or are not the ones in the log, or the anchor is
            older than one unfinished append explains.
    """
    tip = log[-1]
    if anchor.number > tip.number:
        raise LogError(
            f"log {name!r} has lost acknowledged events: its anchor is at event"
            f" {anchor.number}, the log ends at event {tip.number}; {RESTORE}"
        )
    if log[0] != anchor:
        raise LogError(
            f"log {name!r} is not the one that was acknowledged: its event {anchor.number} has"
            f" another digest than its anchor; {RESTORE}"
        )
    if len(log) > 2:
        raise LogError(
            f"the anchor of log {name!r} is too old: it is at event {anchor.number}, the log ends"
            f" {len(log) - 1} or more appends later, at event {tip.number}; restore the anchor, or"
            " accept the log as it is with renew_anchor"
        )
    if len(log) == 1:
        return ""
    return (
        f"log {name!r}: the last append, events {anchor.number + 1} to {tip.number}, was stored but"
        " not acknowledged before the program ended; it is kept"
    )
