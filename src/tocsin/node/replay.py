"""A centre's log: what is written of each step, and every past decision made again from it.

Each step appends what arrived, then the step's instant; what it decided is appended after it. The
state is whatever the log gives: a centre that crashed is the one that replaying it gives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from tocsin.errors import LogError
from tocsin.eventlog.event import Entry, Event
from tocsin.eventlog.log import EventLog
from tocsin.node.intake import Arrived
from tocsin.node.settings import NodeSettings
from tocsin.node.state import NodeState, Outputs, start
from tocsin.node.step import step

ARRIVED, STEPPED, DECIDED = "arrived", "stepped", "decided"
CENTRE = "centre"
"""First event of a log that says what its centre was set up with."""


def inputs(arrived: Sequence[Arrived], now_tai_ns: int) -> list[Entry]:
    """Give what is logged before a step: the bytes that arrived, and the step itself."""
    entries: list[Entry] = [
        (now_tai_ns, ARRIVED, msgspec.msgpack.encode((each.source, each.data))) for each in arrived
    ]
    return [*entries, (now_tai_ns, STEPPED, b"")]


def outputs(done: Outputs, now_tai_ns: int) -> list[Entry]:
    """Give what is logged after a step: its decisions, if there are any."""
    return [(now_tai_ns, DECIDED, each) for each in done.decisions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One step as the log has it."""

    now_tai_ns: int
    arrived: tuple[Arrived, ...]
    decisions: tuple[bytes, ...]
    """As they were logged."""


def steps_in(events: Iterator[Event]) -> Iterator[Past]:
    """Give the steps of a log in their order.

    What arrived last and was not stepped is left out: it was never acted on.

    Raises:
        LogError: The log is not one of a centre.
    """
    arrived: list[Arrived] = []
    decisions: list[bytes] = []
    now: int | None = None
    taken: tuple[Arrived, ...] = ()
    for event in events:
        if event.kind == ARRIVED:
            arrived.append(_arrived(event))
        elif event.kind == STEPPED:
            if now is not None:
                yield Past(now_tai_ns=now, arrived=taken, decisions=tuple(decisions))
            now, taken, arrived, decisions = event.time_tai_ns, tuple(arrived), [], []
        elif event.kind == DECIDED:
            decisions.append(event.body)
        elif event.kind != CENTRE or event.number != 1:
            raise LogError(f"event {event.number} is {event.kind!r}: this is no log of a centre")
    if now is not None:
        yield Past(now_tai_ns=now, arrived=taken, decisions=tuple(decisions))


def _arrived(event: Event) -> Arrived:
    try:
        source, data = msgspec.msgpack.decode(event.body, type=tuple[str, bytes])
    except msgspec.DecodeError as error:
        raise LogError(f"event {event.number} holds no message that arrived: {error}") from None
    return Arrived(source=source, data=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What replaying a log gave."""

    state: NodeState
    steps: int
    decisions: int
    now_tai_ns: int
    """Of the last step; no later one may be before it. 0: none was stepped."""
    remade: tuple[bytes, ...]
    """Decisions of the last step, if the log has none: a crash came before they were logged.
    """
    differs: tuple[str, ...]
    """Where a decision comes out otherwise than it was logged, a line each; empty if none does."""


def replay(log: EventLog, settings: NodeSettings) -> Replayed:
    """Rebuild a centre from its log and make every decision again.

    A crash may have lost the decisions of the last step, which are made again: they are not held
    to differ. Whoever goes on from here must log them first; see `resume`.
    """
    state = start(settings)
    differs: list[str] = []
    steps = decisions = 0
    waiting: tuple[Past, tuple[bytes, ...]] | None = None
    for past in steps_in(log.read()):
        differs += _compared(waiting, last=False)
        state, done = step(state, past.arrived, past.now_tai_ns)
        steps, decisions = steps + 1, decisions + len(done.decisions)
        waiting = (past, done.decisions)
    differs += _compared(waiting, last=True)
    lost = waiting is not None and not waiting[0].decisions
    return Replayed(
        state=state,
        steps=steps,
        decisions=decisions,
        now_tai_ns=0 if waiting is None else waiting[0].now_tai_ns,
        remade=waiting[1] if waiting is not None and lost else (),
        differs=tuple(differs),
    )


def resume(log: EventLog, settings: NodeSettings) -> Replayed:
    """Rebuild a centre after a crash, to go on: what it decided last and did not log is logged.

    What it had not sent either is sent again in time: its outboxes and its ledger hold it.
    """
    found = replay(log, settings)
    if found.remade:
        log.append([(found.now_tai_ns, DECIDED, each) for each in found.remade])
    return found


def _compared(waiting: tuple[Past, tuple[bytes, ...]] | None, *, last: bool) -> list[str]:
    if waiting is None:
        return []
    past, made = waiting
    if made == past.decisions or (last and not past.decisions):
        return []
    return [
        f"the step at {past.now_tai_ns} decided {len(past.decisions)}, now {len(made)} or other"
    ]
