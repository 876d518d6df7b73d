"""One logged event, what may be logged, and the end of a log."""

import re
from dataclasses import dataclass

from tocsin.errors import LogError

DIGEST_BYTES = 32
BODY_BYTES_MAX = 4 * 1024 * 1024
"""The longest body of one event: a full envelope and what is written round it fit four times."""
APPEND_ENTRIES_MAX = 100_000
"""The most events that one append stores together."""
TIME_TAI_NS_MAX = 2**63 - 1

Entry = tuple[int, str, bytes]
"""What is to be logged: its instant (TAI nanoseconds), its kind, its body."""

_KIND = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a log, bound to all before it."""

    number: int
    """1 for the first event of a log, then without a gap."""
    time_tai_ns: int
    """TAI nanoseconds since 1970-01-01T00:00:00 TAI, as given; clocks may step back."""
    kind: str
    body: bytes
    previous: bytes
    """Digest of the event before; zeros before the first."""
    digest: bytes
    """BLAKE2b-256 of the digest before, the number, the instant, the kind and the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The end of a log: how many events it has, and the digest that stands for all of them."""

    number: int
    digest: bytes


BEGINNING = Tip(number=0, digest=bytes(DIGEST_BYTES))
"""The tip of a log without events."""


def check_entry(entry: Entry) -> None:
    """Refuse what cannot be logged.

    Raises:
        LogError: The instant, the kind or the length of the body is not allowed.
    """
    time_tai_ns, kind, body = entry
    if not 0 <= time_tai_ns <= TIME_TAI_NS_MAX:
        raise LogError(
            f"event of kind {kind!r}: time_tai_ns is {time_tai_ns};"
            f" it must be from 0 to {TIME_TAI_NS_MAX}"
        )
    if not _KIND.match(kind):
        raise LogError(
            f"event of kind {kind!r}: a kind has 1 to 64 of a-z, 0-9, '_', '.', '-'"
            " and begins with a letter or a digit"
        )
    if len(body) > BODY_BYTES_MAX:
        raise LogError(
            f"event of kind {kind!r}: its body has {len(body)} bytes; at most {BODY_BYTES_MAX}"
            " are logged in one event: split it"
        )


def check_first(first: int, name: str) -> None:
    """Refuse to read a log from before its first event."""
    if first < 1:
        raise LogError(f"log {name!r} cannot be read from event {first}: numbers begin at 1")
