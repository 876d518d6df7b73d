"""How long a person waits for the first result: cold, with nothing compiled, and warm."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import show

LIMITS_S = {"tocsin --help": (0.2, 0.2), "tocsin fly": (10.0, 0.7)}
"""Cold and warm: what is asked for on a quiet machine."""
WARM_RUNS = 5
FLY = ["fly", "--from", "39.2,125.67", "--to", "43,145", "--vehicle", "irbm-liquid"]


def cpu_of_children_s() -> float:
    """Give the CPU time that ended child processes have used."""
    used = os.times()
    return used.children_user + used.children_system


def wait_s(arguments: list[str], cache: str) -> tuple[float, float]:
    """Run a command as a person would; give the wall and CPU time until it has ended."""
    command = [str(Path(sys.executable).with_name("tocsin")), *arguments]
    fresh = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    start, before = time.perf_counter(), cpu_of_children_s()
    subprocess.run(  # noqa: S603  the program under test
        command, env=fresh | {"NUMBA_CACHE_DIR": cache}, capture_output=True, check=True
    )
    return time.perf_counter() - start, cpu_of_children_s() - before


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", action="store_true", help="print JSON")
    options = asked.parse_args()
    rows = []
    for name, arguments in (("tocsin --help", ["--help"]), ("tocsin fly", FLY)):
        with tempfile.TemporaryDirectory() as cache:
            cold, _ = wait_s(arguments, cache)
            warms = [wait_s(arguments, cache) for _ in range(WARM_RUNS)]
        warm, cpu = (min(times) for times in zip(*warms, strict=True))
        rows.append([name, cold, LIMITS_S[name][0], warm, LIMITS_S[name][1], cpu])
    show(
        f"wall seconds until a command has ended; warm: the shortest of {WARM_RUNS}",
        ["command", "cold s", "asked cold", "warm s", "asked warm", "warm CPU s"],
        rows,
        options.json,
    )


if __name__ == "__main__":
    main()
