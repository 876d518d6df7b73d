"""What the figures were measured on, how times are taken, and how results are shown.

Run by itself it shows the machine.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LOAD_QUIET = 0.3
"""Load per core above which the figures are marked as taken on a busy machine."""

LOAD_BEFORE = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
"""Over the minute before the measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """The shortest of several runs of one piece of work."""

    wall_s: float
    cpu_s: float
    """Of all threads of this process together."""


def shortest(work: Callable[[], object], runs: int) -> Took:
    """Run a piece of work several times; give the shortest wall time and CPU time."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Took(wall_s=min(walls), cpu_s=min(cpus))


def processor() -> str:
    """Give the processor's name as the system tells it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def machine() -> dict[str, str | int | float]:
    """Give processor, cores, load and versions."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
        "load_before": round(LOAD_BEFORE, 2),
        "python": platform.python_version(),
    }


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], as_json: bool) -> None:
    """Print results as a small table, or as one JSON object.

    Args:
        title: What was measured.
        head: Names of the columns; in JSON, the keys of each row.
        rows: One for each result.
        as_json: Print JSON.
    """
    here = machine()
    if as_json:
        found = [dict(zip(head, row, strict=True)) for row in rows]
        say(json.dumps({"title": title, "machine": here, "results": found}, indent=2))
        return
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    say(title)
    say(", ".join(f"{key} {value}" for key, value in here.items()))
    for row in cells:
        first, *rest = (
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join([first, *rest]).rstrip())
    if float(here["load_before"]) > LOAD_QUIET * int(here["cores"]):
        say("The machine was busy: read the figures as lower bounds of speed.")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _cell(value: object) -> str:
    """Give a value as a table shows it: large numbers whole, small ones with three digits."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


if __name__ == "__main__":
    show("the machine", ["what", "is"], list(machine().items()), as_json="--json" in sys.argv)
