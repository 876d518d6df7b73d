"""What every event log does, wherever it keeps its events."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from tocsin.eventlog.event import Entry, Event, Tip


class EventLog(Protocol):
    """An append-only log with one writer.

    A log that has failed in a way that leaves open what is stored closes itself: opening it again
    tells. Everything it raises is a `LogError`.
    """

    def append(self, entries: Sequence[Entry]) -> tuple[Event, ...]:
        """Store entries after the last event, all or none; give the events they became.

        They are safe on the disk when this returns. If it raises, none of them is acknowledged;
        they may be there after the log is opened again, all of them or none.
        """
        ...

    def read(self, first: int = 1) -> Iterator[Event]:
        """Give the events from a number on, in order, each checked, without holding them all.

        It ends at what was the last event when the reading began.
        """
        ...

    def tip(self) -> Tip:
        """Give the number and digest of the last event."""
        ...

    def close(self) -> None:
        """Give the log up; doing so twice does no harm."""
        ...
