"""How many events a second the event log stores and reads, and what an event takes on the disk.

Every append is synced twice, the log and its anchor. Few events an append show what the disk's
syncing costs, and why a node logs together what arrived together.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from machine import show

from tocsin.eventlog.chain import verify
from tocsin.eventlog.event import Entry
from tocsin.eventlog.sqlite import open_log

BODY_BYTES = 300
"""Of a track report."""
START_NS = 1_720_180_800 * 10**9


def entries(count: int) -> list[Entry]:
    """Give entries with bodies that all differ."""
    return [
        (START_NS + number, "input.track.1", number.to_bytes(4, "big") * (BODY_BYTES // 4))
        for number in range(count)
    ]


def measured(folder: Path, events: int, per_append: int) -> tuple[object, ...]:
    """Store and read so many events in one log."""
    path = folder / f"by-{per_append}.log"
    todo = entries(events)
    with contextlib.closing(open_log(path)) as log:
        began = time.perf_counter()
        for first in range(0, events, per_append):
            log.append(todo[first : first + per_append])
        stored_s = time.perf_counter() - began
        began = time.perf_counter()
        tip = verify(log)
        read_s = time.perf_counter() - began
    if tip.number != events:
        sys.exit(f"{events} events were stored, {tip.number} are there")
    return per_append, events / stored_s, events / read_s, path.stat().st_size / events


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="on the disk to measure; else a temporary one")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for per_append, events in ((1, 2_000), (10, 20_000), (100, 200_000), (1_000, 200_000)):
            rows.append(measured(Path(folder), events, per_append))
    head = ("events an append", "stored a second", "read and checked a second", "bytes an event")
    show(f"the event log, bodies of {BODY_BYTES} bytes", head, rows, as_json=chosen.json)


if __name__ == "__main__":
    main()
