"""Radar-view evaluations a second: flight x instant x sensor, culled and not, and NumPy's."""

import argparse
import math

import numpy as np
import workload
from machine import shortest, show

from tocsin.catalog.build import radar_at
from tocsin.catalog.load import load_catalog
from tocsin.catalog.status import usable
from tocsin.earth.time import tai_from_utc
from tocsin.flight.block import COAST_STEP_S, LANE, NODE, NODES_MAX, fly_block
from tocsin.flight.grid import GRID, find_intervals, lay_grid, sphere_around
from tocsin.flight.trajectory import Launches, find_nodes, launch_rows, load_block, vehicle_table
from tocsin.lanes import LANES, Floats, kernel, prange
from tocsin.sensors.coverage import cover, in_radar_view, out_of_view
from tocsin.sensors.watch import Watch, watch

BLOCKS = 64
STEP_S = 10.0
LAST_S = 2400.0
START = "2024-07-05T00:00:00Z"
RUNS = 5


def radars_of_the_catalogue() -> Watch:
    """Lay out every radar of the catalogue that can be used."""
    entries = [one for one in load_catalog().radars.values() if usable(one) is None]
    radars = [radar_at(one) for one in entries]
    return watch(radars, (), tai_from_utc(START), LAST_S, STEP_S)


def from_areas() -> Launches:
    """Give launches block by block: each block from one place, toward one quarter of the sky."""
    draw = np.random.default_rng(workload.SEED)
    each = workload.launches(BLOCKS * LANES)

    def around(middle: Floats, spread: float) -> Floats:
        near = np.repeat(middle, LANES) + draw.uniform(-spread, spread, BLOCKS * LANES)
        return np.asarray(near)

    return Launches(
        latitude_rad=around(draw.uniform(-1.0, 1.0, BLOCKS), 0.04),
        longitude_rad=around(draw.uniform(-math.pi, math.pi, BLOCKS), 0.04),
        azimuth_rad=around(draw.uniform(0.0, 2.0 * math.pi, BLOCKS), 0.8),
        tilt_rad=around(draw.uniform(0.6, 1.0, BLOCKS), 0.05),
        cutoff_s=around(draw.uniform(145.0, 170.0, BLOCKS), 5.0),
        speed_m_s=each.speed_m_s,
    )


def grids(launches: Launches) -> Floats:
    """Fly the blocks and lay each on the instants, [block, instant, GRID * LANES]."""
    rows, table, air = launch_rows(launches), vehicle_table(workload.vehicle()), workload.air()
    instants = math.ceil(LAST_S / STEP_S) + 1
    found = np.zeros((BLOCKS, instants * GRID * LANES))
    nodes, lane = np.empty(NODES_MAX * NODE * LANES), np.empty(LANE * LANES)
    down, top = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    interval = np.empty(instants * LANES, np.int64)
    for block in range(BLOCKS):
        load_block(rows, block * LANES, nodes, lane)
        _, end = fly_block(nodes, lane, table, air, COAST_STEP_S)
        find_nodes(nodes, end, down, top)
        count = find_intervals(nodes, down, STEP_S, instants, interval)
        lay_grid(nodes, interval, STEP_S, count, found[block])
    return found.reshape(BLOCKS, instants, GRID * LANES)


@kernel(parallel=True, cache=False)
def look_at_all(grid: Floats, radars: Floats, cull: bool, counts: Floats) -> None:
    """Hold every block at every instant against every radar; count what is in view."""
    for block in prange(grid.shape[0]):
        seen = np.empty(LANES, np.int64)
        total = 0
        for j in range(grid.shape[1]):
            row = grid[block, j]
            x, y, z, size = sphere_around(row)
            for r in range(radars.shape[0]):
                if not (cull and out_of_view(x, y, z, size, radars[r])):
                    total += in_radar_view(row, radars[r], seen)
        counts[block] = total


def by_numpy(grid: Floats, radars: Floats) -> Floats:
    """Do the same with NumPy: whole arrays, a radar at a time."""
    shaped = grid.reshape(grid.shape[0], grid.shape[1], GRID, LANES)
    x, y, z, flies = shaped[:, :, 0], shaped[:, :, 1], shaped[:, :, 2], shaped[:, :, 4] > 0.0
    counts = np.zeros(grid.shape[0])
    for one in radars:
        dx, dy, dz = x - one[0], y - one[1], z - one[2]
        r2 = dx * dx + dy * dy + dz * dz
        climb = dx * one[3] + dy * one[4] + dz * one[5]
        ahead = dx * one[6] + dy * one[7] + dz * one[8]
        steep, forward = climb * np.abs(climb), ahead * np.abs(ahead)
        inside = (r2 >= one[15]) & (r2 <= one[16]) & (steep >= one[13] * r2)
        inside &= (steep <= one[14] * r2) & (forward >= one[9] * (r2 - climb * climb)) & flies
        counts += inside.sum(axis=(1, 2))
    return counts


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", action="store_true", help="print JSON")
    options = asked.parse_args()
    over, launches = radars_of_the_catalogue(), from_areas()
    grid, rocket = grids(launches), workload.vehicle()
    evaluations = grid.shape[0] * grid.shape[1] * LANES * len(over.radars)
    counts, culled = np.empty(BLOCKS), np.empty(BLOCKS)
    look_at_all(grid, over.radars, False, counts)
    look_at_all(grid, over.radars, True, culled)
    wanted = by_numpy(grid, over.radars)
    if not (np.array_equal(counts, wanted) and np.array_equal(culled, wanted)):
        raise SystemExit("the ways do not see the same; nothing was compared")
    cover(rocket, launches, over)
    took = {
        "kernel, all cores, culled": shortest(
            lambda: look_at_all(grid, over.radars, True, culled), RUNS
        ),
        "kernel, all cores, not culled": shortest(
            lambda: look_at_all(grid, over.radars, False, counts), RUNS
        ),
        "NumPy, one core": shortest(lambda: by_numpy(grid, over.radars), 2),
        "cover(): flight, looks and confirmation": shortest(
            lambda: cover(rocket, launches, over), RUNS
        ),
    }
    least = took["NumPy, one core"].cpu_s
    show(
        f"{BLOCKS * LANES:,} flights x {grid.shape[1]} instants x {len(over.radars)} radar sectors"
        f" = {evaluations / 1e6:.0f} M evaluations",
        ["way", "M a second", "M a CPU-second", "over NumPy"],
        [
            [way, evaluations / one.wall_s / 1e6, evaluations / one.cpu_s / 1e6, least / one.cpu_s]
            for way, one in took.items()
        ],
        options.json,
    )


if __name__ == "__main__":
    main()
