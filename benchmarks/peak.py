"""How near the flight kernel comes to what the processor can do: share of its measured FMA peak.

The peak is taken with a kernel that does nothing but fused multiply-adds, at the widest vectors and
at 256 bits. The operations of a flight are counted by running the formulas in plain Python with
numbers that count: an addition, multiplication, division, root or comparison-free choice is one,
as the formulas state them; table look-ups, minimum, maximum and comparisons are none.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import workload
from machine import say, shortest, show

from tocsin.earth import gravity
from tocsin.flight import air, block, motion
from tocsin.flight.block import COAST_STEP_S, boost_step, fall_step
from tocsin.flight.trajectory import fly, launch_rows
from tocsin.lanes import Floats, inline, kernel

FLIGHTS = 32_768
NUMBERS = 256
"""Numbers the peak is taken over: they stay in the nearest cache."""
ROUNDS = 100_000
CHAIN = 8
"""Multiply-adds on each number in a row. More make each wait for the one before it, fewer make all
wait for the cache: 8 is where this reaches most."""


@inline
def four(v: float, a: float, b: float) -> float:
    """Do four multiply-adds in a row."""
    v = v * a + b
    v = v * a + b
    v = v * a + b
    return v * a + b


@kernel(cache=False)
def multiply_add(values: Floats, a: float, b: float, rounds: int) -> None:
    """Do `CHAIN` multiply-adds on each value, many times over."""
    for _ in range(rounds):
        for i in range(values.size):
            values[i] = four(four(values[i], a, b), a, b)


def peak_flop_s() -> float:
    """Give the FMA peak of one core, two operations for each multiply-add."""
    values = np.linspace(0.1, 0.9, NUMBERS)
    multiply_add(values, 0.5, 0.25, 1)
    took = shortest(lambda: multiply_add(values, 0.5, 0.25, ROUNDS), 7)
    return 2.0 * CHAIN * NUMBERS * ROUNDS / took.cpu_s


def peak_at_256_bits() -> float:
    """Give the peak of a fresh process whose compiler holds back to 256 bits."""
    wide = os.environ.get("NUMBA_CPU_FEATURES", "")
    narrow = os.environ | {"NUMBA_CPU_FEATURES": f"{wide},+prefer-256-bit"}
    command = [sys.executable, __file__, "--peak-only"]
    ended = subprocess.run(  # noqa: S603  this file
        command, env=narrow, capture_output=True, text=True, check=True
    )
    return float(json.loads(ended.stdout))


class Counted(float):
    """A number that counts the operations done with it."""

    done = 0

    def count(self, value: float) -> "Counted":
        """Count one operation and give its result."""
        Counted.done += 1
        return Counted(value)

    def __add__(self, other: float) -> "Counted":
        return self.count(float(self) + float(other))

    def __sub__(self, other: float) -> "Counted":
        return self.count(float(self) - float(other))

    def __rsub__(self, other: float) -> "Counted":
        return self.count(float(other) - float(self))

    def __mul__(self, other: float) -> "Counted":
        return self.count(float(self) * float(other))

    def __truediv__(self, other: float) -> "Counted":
        return self.count(float(self) / float(other))

    def __rtruediv__(self, other: float) -> "Counted":
        return self.count(float(other) / float(self))

    def __neg__(self) -> "Counted":
        return Counted(-float(self))

    __radd__, __rmul__ = __add__, __mul__


def operations(step: Any, *values: Any) -> int:
    """Count the operations of one step of the formulas."""
    parts: list[ModuleType] = [motion, air, block, gravity]
    root = SimpleNamespace(
        sqrt=lambda x: Counted.count(x, math.sqrt(x)),
        fabs=lambda x: Counted(math.fabs(x)),
        ceil=math.ceil,
    )
    for part in parts:
        if hasattr(part, "math"):
            part.math = root  # type: ignore[attr-defined]
    try:
        Counted.done = 0
        step(*values)
        return Counted.done
    finally:
        for part in parts:
            if hasattr(part, "math"):
                part.math = math  # type: ignore[attr-defined]


def counted(values: Any) -> tuple[Counted, ...]:
    """Give numbers that count."""
    return tuple(Counted(value) for value in values)


def operations_of_a_step() -> tuple[int, int]:
    """Give the operations of one step under thrust and of one without."""
    rocket, table = workload.vehicle(), workload.air()
    row = launch_rows(workload.launches(1))[0]
    counting = np.array([Counted(value) for value in table], dtype=object)
    one = rocket.stages[0]
    flow = one.propellant_kg / one.burn_s
    stage = (one.thrust_vacuum_n, one.exit_area_m2, flow, 0.0, rocket.liftoff_kg, one.drag_area_m2)
    state, lane = counted(row[:6]), counted([*row[6:13], rocket.vertical_rise_s, 60.0])
    burning = operations(
        boost_step, state, Counted(10.0), Counted(2.0), counted(stage), lane, counting
    )
    high = counted([*(row[:3] * 1.01), *(row[6:9] * 2000.0)])
    numbers = (Counted(1.0), Counted(2e-4), Counted(COAST_STEP_S))
    return burning, operations(fall_step, high, *numbers, counting)


def steps_of_a_flight() -> tuple[float, float]:
    """Give the steps that a lane takes, on average, under thrust and without."""
    from tocsin.flight.trajectory import (  # noqa: PLC0415  only here
        find_nodes,
        load_block,
        vehicle_table,
    )
    from tocsin.lanes import LANES  # noqa: PLC0415  only here

    rows = launch_rows(workload.launches(LANES * 16))
    table, felt = vehicle_table(workload.vehicle()), workload.air()
    nodes = np.empty(block.NODES_MAX * block.NODE * LANES)
    lane = np.empty(block.LANE * LANES)
    down, top = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    boost, useful = 0, []
    for first in range(0, len(rows), LANES):
        load_block(rows, first, nodes, lane)
        boost, end = block.fly_block(nodes, lane, table, felt, COAST_STEP_S)
        find_nodes(nodes, end, down, top)
        useful.append(float(down.mean()) - boost)
    return float(boost), float(np.mean(useful))


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", action="store_true", help="print JSON")
    asked.add_argument("--peak-only", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.peak_only:
        say(json.dumps(peak_flop_s()))
        return
    rocket, batch = workload.vehicle(), workload.launches(FLIGHTS)
    fly(rocket, batch)
    wide, narrow = peak_flop_s(), peak_at_256_bits()
    took = shortest(lambda: fly(rocket, batch), 5)
    per_boost, per_fall = operations_of_a_step()
    boosts, falls = steps_of_a_flight()
    each = boosts * per_boost + falls * per_fall
    reached = each * FLIGHTS / took.cpu_s
    show(
        f"one core: a flight is {boosts:.0f} steps of {per_boost} operations under thrust and"
        f" {falls:.0f} of {per_fall} without: {each:,.0f} in all",
        ["what", "GFLOP/s", "share of the peak at full width"],
        [
            ["FMA peak, widest vectors", wide / 1e9, 1.0],
            ["FMA peak, 256 bits", narrow / 1e9, narrow / wide],
            ["fly(), summaries and all", reached / 1e9, reached / wide],
        ],
        options.json,
    )


if __name__ == "__main__":
    main()
