"""The vector path must fly at least four times as many flights a CPU-second as the scalar path.

Both are the same formulas, compiled for one lane and for many; both fly the same flights in turn,
in this one run. Exit status 1 if the ratio is below the limit: 4 where vectors hold eight numbers
(AVX-512), less where they hold four or two.
"""

import argparse
import os
import sys

import numpy as np
import workload
from machine import shortest, show

from tocsin.flight.block import COAST_STEP_S, LANE, NODE, NODES_MAX, fly_block, make_block
from tocsin.flight.trajectory import launch_rows, load_block, vehicle_table
from tocsin.lanes import LANES, Floats, kernel

COUNT = 1024
RUNS = 7
LEAST = {8: 4.0, 4: 2.5, 2: 1.2}
"""Ratio asked for, by how many numbers a vector holds."""

fly_single = make_block(1, cache=False)


@kernel(cache=False)
def fly_scalar(rows: Floats, vehicle: Floats, air: Floats, nodes: Floats, down_s: Floats) -> None:
    """Fly rows one at a time; give the time of each one's last node."""
    for row in range(rows.shape[0]):
        nodes[0] = 0.0
        for value in range(6):
            nodes[1 + value] = rows[row, value]
        nodes[7] = 1.0
        _, end = fly_single(nodes, rows[row, 6:], vehicle, air, COAST_STEP_S)
        down_s[row] = nodes[end * NODE]


@kernel(cache=False)
def fly_vector(
    rows: Floats, vehicle: Floats, air: Floats, nodes: Floats, lane: Floats, down_s: Floats
) -> None:
    """Fly rows a block at a time; give the time of each one's last node."""
    for block in range(rows.shape[0] // LANES):
        load_block(rows, block * LANES, nodes, lane)
        _, end = fly_block(nodes, lane, vehicle, air, COAST_STEP_S)
        for i in range(LANES):
            down_s[block * LANES + i] = nodes[end * NODE * LANES + i]


def numbers_in_a_vector() -> int:
    """Give how many 64-bit numbers a vector of this processor holds, as the compiler was told."""
    told = set(os.environ.get("NUMBA_CPU_FEATURES", "").split(","))
    if {"+avx512f", "-prefer-256-bit"} <= told:
        return 8
    return 4 if told & {"+avx2", "+avx512f"} else 2


def main() -> None:
    """Measure, show and judge."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", action="store_true", help="print JSON")
    asked.add_argument("--least", type=float, help="ratio asked for; by default by vector width")
    options = asked.parse_args()
    least = options.least or LEAST[numbers_in_a_vector()]
    rows = launch_rows(workload.launches(COUNT))
    table, air = vehicle_table(workload.vehicle()), workload.air()
    alone, together = np.empty(COUNT), np.empty(COUNT)
    nodes, lane = np.empty(NODES_MAX * NODE * LANES), np.empty(LANE * LANES)

    def scalar() -> None:
        fly_scalar(rows, table, air, nodes, alone)

    def vector() -> None:
        fly_vector(rows, table, air, nodes, lane, together)

    scalar()
    vector()
    # Rounds in turn, so that a busy machine slows both.
    turns = [(shortest(scalar, 1).cpu_s, shortest(vector, 1).cpu_s) for _ in range(RUNS)]
    one, many = (COUNT / min(times) for times in zip(*turns, strict=True))
    apart = float(np.max(np.abs(alone - together)))
    if not apart < 1e-6:
        sys.exit(f"the two paths fly differently: {apart:g} s apart; nothing was compared")
    show(
        "one core, the same three-stage flights, without output",
        ["path", "flights per CPU-second", "ratio"],
        [["one flight at a time", one, 1.0], [f"{LANES} lanes", many, many / one]],
        options.json,
    )
    if many / one < least:
        sys.exit(f"the vector path is {many / one:.2f} times the scalar path, not {least:g}")


if __name__ == "__main__":
    main()
