"""Logs of each kind, opened alike, and entries to put into them."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tocsin.eventlog.event import Entry
from tocsin.eventlog.log import EventLog
from tocsin.eventlog.memory import MemoryLog, crash, new_memory_log
from tocsin.eventlog.sqlite import open_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a log of one kind is kept: how to open it there, and how it is found after a crash."""

    open: Callable[[], EventLog]
    crash: Callable[[EventLog], EventLog]


@pytest.fixture
def entries() -> Callable[..., list[Entry]]:
    """Give so many entries that all differ, from a number on."""

    def some(count: int, first: int = 1, body_bytes: int = 40) -> list[Entry]:
        return [
            (10**18 + n, f"kind-{n % 3}", n.to_bytes(8, "big") + bytes(body_bytes - 8))
            for n in range(first, first + count)
        ]

    return some


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place for one log, of each kind in turn."""
    opened: list[EventLog] = []

    def kept(log: EventLog) -> EventLog:
        opened.append(log)
        return log

    def crash_in_memory(log: EventLog) -> EventLog:
        assert isinstance(log, MemoryLog)
        return crash(log)

    def crash_on_disk(log: EventLog) -> EventLog:
        after = tmp_path / "after"
        after.mkdir()
        for file in tmp_path.glob("log*"):
            (after / file.name).write_bytes(file.read_bytes())
        log.close()
        return kept(open_log(after / "log"))

    if request.param == "memory":
        yield Place(open=lambda: new_memory_log("log"), crash=crash_in_memory)
    else:
        yield Place(open=lambda: kept(open_log(tmp_path / "log")), crash=crash_on_disk)
    for log in opened:
        with contextlib.suppress(Exception):
            log.close()
