"""A flown block put on common instants, as whole-block tests want it."""

import math

import numpy as np

from tocsin.flight.block import NODE
from tocsin.flight.crossings import hermite
from tocsin.flight.motion import altitude_m
from tocsin.lanes import LANES, Floats, Integers, kernel

GRID = 5
"""Values of a lane at an instant: position, height, and 1 while it flies."""


@kernel()
def find_intervals(
    nodes: Floats, down: Integers, step_s: float, instants: int, interval: Integers
) -> int:
    """Find, for each instant and lane, the node interval it lies in; -1 once the lane is down.

    Returns:
        The number of instants at which any lane still flies.
    """
    longest = 0
    stop = np.empty(LANES, np.int64)
    for i in range(LANES):
        n = 1
        j = 0
        while j < instants:
            t = j * step_s
            while n < down[i] and nodes[n * NODE * LANES + i] < t:
                n += 1
            if nodes[n * NODE * LANES + i] < t:
                break
            interval[j * LANES + i] = n - 1
            j += 1
        stop[i] = j
        longest = max(longest, j)
    for i in range(LANES):
        for j in range(stop[i], longest):
            interval[j * LANES + i] = -1
    return longest


@kernel()
def lay_grid(nodes: Floats, interval: Integers, step_s: float, count: int, grid: Floats) -> None:
    """Put a block on the common instants: position, height, flying; flat [instant][value][lane]."""
    for j in range(count):
        row = grid[j * GRID * LANES : (j + 1) * GRID * LANES]
        which = interval[j * LANES : (j + 1) * LANES]
        t = j * step_s
        for i in range(LANES):
            at = max(which[i], 0) * NODE * LANES + i
            t0 = nodes[at]
            dt = nodes[at + 8 * LANES] - t0 + 1e-12
            u = min((t - t0) / dt, 1.0)
            x = hermite(
                nodes[at + LANES],
                nodes[at + 4 * LANES],
                nodes[at + 9 * LANES],
                nodes[at + 12 * LANES],
                dt,
                u,
            )
            y = hermite(
                nodes[at + 2 * LANES],
                nodes[at + 5 * LANES],
                nodes[at + 10 * LANES],
                nodes[at + 13 * LANES],
                dt,
                u,
            )
            z = hermite(
                nodes[at + 3 * LANES],
                nodes[at + 6 * LANES],
                nodes[at + 11 * LANES],
                nodes[at + 14 * LANES],
                dt,
                u,
            )
            row[i], row[LANES + i], row[2 * LANES + i] = x, y, z
            row[3 * LANES + i] = altitude_m(x, y, z)
            row[4 * LANES + i] = 1.0 if (which[i] >= 0 and row[3 * LANES + i] > -1.0) else 0.0


@kernel()
def sphere_around(row: Floats) -> tuple[float, float, float, float]:
    """Give centre and radius of a sphere that holds every flying lane of an instant."""
    x, y, z, count = 0.0, 0.0, 0.0, 1e-9
    for i in range(LANES):
        flies = row[4 * LANES + i]
        x += flies * row[i]
        y += flies * row[LANES + i]
        z += flies * row[2 * LANES + i]
        count += flies
    x, y, z = x / count, y / count, z / count
    most = 0.0
    for i in range(LANES):
        dx, dy, dz = row[i] - x, row[LANES + i] - y, row[2 * LANES + i] - z
        most = max(most, row[4 * LANES + i] * (dx * dx + dy * dy + dz * dz))
    return x, y, z, math.sqrt(most)
