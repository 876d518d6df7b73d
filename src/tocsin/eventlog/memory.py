"""An event log in memory, for simulation, with crashes and what is left after them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.errors import LogError
from tocsin.eventlog.chain import check_anchor, linked, verified
from tocsin.eventlog.event import BEGINNING, Entry, Event, Tip, check_first


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLog:
    """A log that lasts as long as the program; see `EventLog`."""

    name: str
    events: list[Event]
    """All that is stored; only `append` adds to it."""
    append_ends: list[int]
    """The number of the last event of each append."""
    ended: list[str]
    """Why the log takes no more; empty while it is open."""
    remarks: tuple[str, ...] = ()
    """What was found as it was opened, for the operator."""

    def append(self, entries: Sequence[Entry]) -> tuple[Event, ...]:
        """Store entries after the last event; see `EventLog`."""
        added = linked(self.tip(), entries)
        if added:
            self.events.extend(added)
            self.append_ends.append(len(self.events))
        return added

    def read(self, first: int = 1) -> Iterator[Event]:
        """Give the events from a number on, each checked; see `EventLog`."""
        self._check_open()
        check_first(first, self.name)
        last = len(self.events)
        there = (self.events[index] for index in range(first - 1, last))
        yield from verified(there, tip_of(self.events, min(first - 1, last)), self.name)

    def tip(self) -> Tip:
        """Give the number and digest of the last event."""
        self._check_open()
        return tip_of(self.events, len(self.events))

    def close(self) -> None:
        """Give the log up."""
        self.ended.append("is closed")

    def _check_open(self) -> None:
        if self.ended:
            raise LogError(f"log {self.name!r} {self.ended[0]}: open it again")


def new_memory_log(name: str) -> MemoryLog:
    """Give an empty log in memory."""
    return MemoryLog(name=name, events=[], append_ends=[], ended=[])


def crash(
    log: MemoryLog, during: Sequence[Entry] = (), stored: bool = False, appends_lost: int = 0
) -> MemoryLog:
    """End a log as a crash does, and give what opening it again finds.

    Args:
        log: Takes no more afterwards.
        during: An append that the crash cut short: it was never acknowledged.
        stored: Whether that append had reached the disk; an append is stored whole or not at all.
        appends_lost: How many of the last acknowledged appends a disk that lies about being
            synced loses.

    Raises:
        LogError: Acknowledged events are lost.
    """
    acknowledged = log.tip()
    log.ended.append("has crashed")
    kept_ends = log.append_ends[: len(log.append_ends) - appends_lost]
    kept = log.events[: kept_ends[-1] if kept_ends else 0]
    tips = [tip_of(kept, len(kept))]
    if stored and during and not appends_lost:
        kept = [*kept, *linked(tips[0], during)]
        kept_ends = [*kept_ends, len(kept)]
        tips.append(tip_of(kept, len(kept)))
    remark = check_anchor(acknowledged, tips, log.name)
    return MemoryLog(
        name=log.name,
        events=kept,
        append_ends=kept_ends,
        ended=[],
        remarks=(remark,) if remark else (),
    )


def tip_of(events: Sequence[Event], number: int) -> Tip:
    """Give the tip after so many events of a whole log."""
    if number == 0:
        return BEGINNING
    return Tip(number=number, digest=events[number - 1].digest)
