"""What both ends of a link keep to: limits, reasons for refusing, and what an answer says.

A link carries reports one way, from one partner to another. Its sending end is an `outbox`, its
receiving end an `inbox`. Envelopes are numbered from 1, and each names the digest of the one
before, so that nothing can be left out, put in or exchanged unseen. An answer (stored up to here,
these wait for what is missing) goes back in an envelope of its own, signed like any, but neither
chained nor answered: an old one says less than a new one, and nothing false.

Both ends are frozen records, and their steps read no clock, file or socket. What a step returns may
be acted upon once the new state, or the log of what made it, is stored; then a crash at any instant
loses nothing that was acknowledged and delivers nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.errors import TocsinError

BATCH_REPORTS_MAX = 100
"""Reports in one envelope."""
BATCH_BYTES_MAX = 512 * 1024
"""Of all reports in one envelope."""
FLIGHT_MAX = 32
"""Envelopes sent and not yet acknowledged; more wait in the queue."""
QUEUE_REPORTS_MAX = 10_000
QUEUE_BYTES_MAX = 32 * 1024 * 1024
"""What waits to be sent; beyond, reports are dropped, those of least value first."""
HELD_MAX = FLIGHT_MAX
"""Envelopes kept at the receiving end while one before them is missing."""
HELD_BYTES_MAX = 8 * 1024 * 1024
REMEMBERED_MAX = 256
"""Digests of the last envelopes, against which a repeated number is held."""

RETRY_FIRST_S = 1.0
RETRY_MAX_S = 30.0
"""An envelope is sent again after so long, twice as long each time, up to the second."""
FUTURE_MAX_S = 2.0
"""How far a partner's clock may run ahead of ours."""
STALE_S = 60.0
"""An answer older than this is refused, and a report in an envelope older than this is late."""

WRONG_SENDER, WRONG_RECEIVER = "wrong sender", "wrong receiver"
FUTURE_DATED, STALE = "future-dated", "stale"
REPLAYED, FORK, ROLLBACK, AHEAD = "replayed", "fork", "rollback", "ahead"
DATA_CLASS = "data class"
"""Reasons for refusing, beside those of `tocsin.partners.signing` and the faults of messages:
truncated, oversized, corrupt, unknown version, not finite, wrong field."""

_S_NS = 1_000_000_000


class LinkError(TocsinError):
    """A link cannot do what it was asked, or its stored state is not usable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the receiving end has, as it tells the sending end."""

    stored: int
    """The last envelope up to which all are stored; 0: none."""
    digest: bytes
    """Front of the digest of that envelope: whether both ends mean the same one."""
    waiting: tuple[tuple[int, int], ...] = ()
    """First and last of each run of envelopes that wait for one before them, rising."""

    def asks_for(self, number: int) -> bool:
        """Say whether an envelope is missing there and asked for again."""
        if not self.waiting or not self.stored < number <= self.waiting[-1][1]:
            return False
        return not any(first <= number <= last for first, last in self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often each thing has happened, sorted by its name."""

    pairs: tuple[tuple[str, int], ...] = ()

    def of(self, name: str) -> int:
        """Give how often one thing has happened."""
        return dict(self.pairs).get(name, 0)

    def total(self) -> int:
        """Give how often anything has happened."""
        return sum(count for _, count in self.pairs)

    def plus(self, names: Iterable[str]) -> "Counts":
        """Give the counts after these have happened too, each once for each time it is named."""
        counts = dict(self.pairs)
        for name in names:
            counts[name] = counts.get(name, 0) + 1
        return Counts(pairs=tuple(sorted(counts.items())))


NO_COUNTS = Counts()


def after_ns(time_tai_ns: int, seconds: float) -> int:
    """Give the instant so many seconds after another."""
    return time_tai_ns + round(seconds * _S_NS)
