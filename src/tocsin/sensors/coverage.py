"""Flight and coverage in one pass: who sees each flight, from when, without storing positions.

A block of flights is flown, put on a common grid of instants, and held against every sensor. The
geometry is a branch-free test over the lanes of the block, with whole instants culled by one sphere
around the block; only lanes that pass it are looked at one by one, where the chance of detection
and the k-of-n confirmation are carried from look to look.

Times of detection are medians: the first look by which a hit, or a confirmation, is more likely
than not. Looks fall on whole multiples of the sensor's revisit after lift-off; one that finds the
flight out of view is a miss.
"""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.earth.constants import EARTH_A_M
from tocsin.flight.air import flight_air
from tocsin.flight.block import (
    COAST_STEP_S,
    HEADER,
    LANE,
    NODE,
    NODES_MAX,
    STAGE,
    fly_block,
)
from tocsin.flight.grid import GRID, find_intervals, lay_grid, sphere_around
from tocsin.flight.trajectory import (
    SUMMARY,
    Flights,
    Launches,
    find_nodes,
    launch_rows,
    load_block,
    name_summaries,
    summarise,
    vehicle_table,
)
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import LANES, Floats, Integers, kernel, prange
from tocsin.sensors.infrared import plume_detection_probability
from tocsin.sensors.limits import CONFIRM_WINDOW_MAX
from tocsin.sensors.refraction import threshold
from tocsin.sensors.watch import Watch

PATTERNS = 1 << (CONFIRM_WINDOW_MAX - 1)
"""Patterns of past looks carried for each flight and sensor."""

STATE = PATTERNS + 4
"""Values carried: patterns, then chance of no hit yet, time of first hit, of confirmation, and the
number of the last look carried."""

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """When each sensor sees each flight: arrays [n, sensors], s after lift-off, inf for never."""

    first_look_s: Floats
    """When a first hit is more likely than not."""
    confirmed_s: Floats
    """When a confirmation is more likely than not."""
    last_look_s: Floats
    """The last instant in view; -inf if never in view."""
    flights: Flights


@kernel()
def in_radar_view(row: Floats, radar: Floats, seen: Integers) -> int:
    """Mark the lanes of an instant that lie in a radar's range, elevation and sector.

    Compares signed squares, so that no root or division is needed; the lowest elevation is that
    for the highest targets, and `look_with_radar` has the last word on it.

    Returns:
        How many lanes are marked.
    """
    sx, sy, sz = radar[0], radar[1], radar[2]
    ux, uy, uz = radar[3], radar[4], radar[5]
    bx, by, bz = radar[6], radar[7], radar[8]
    half, low, high, near, far = radar[9], radar[13], radar[14], radar[15], radar[16]
    marked = 0
    for i in range(LANES):
        dx, dy, dz = row[i] - sx, row[LANES + i] - sy, row[2 * LANES + i] - sz
        r2 = dx * dx + dy * dy + dz * dz
        climb = dx * ux + dy * uy + dz * uz
        ahead = dx * bx + dy * by + dz * bz
        climb2 = climb * climb
        steep = climb2 if climb >= 0.0 else -climb2
        forward = ahead * ahead if ahead >= 0.0 else -ahead * ahead
        inside = (
            (r2 >= near)
            & (r2 <= far)
            & (steep >= low * r2)
            & (steep <= high * r2)
            & (forward >= half * (r2 - climb2))
            & (row[4 * LANES + i] > 0.0)
        )
        seen[i] = 1 if inside else 0
        marked += seen[i]
    return marked


@kernel()
def out_of_view(x: float, y: float, z: float, size: float, radar: Floats) -> bool:
    """Tell whether a whole sphere is out of a radar's view: too far, too low or behind it."""
    dx, dy, dz = x - radar[0], y - radar[1], z - radar[2]
    away = math.sqrt(dx * dx + dy * dy + dz * dz)
    climb = dx * radar[3] + dy * radar[4] + dz * radar[5]
    ahead = dx * radar[6] + dy * radar[7] + dz * radar[8]
    lowest = radar[21] * (away + size if radar[21] < 0.0 else max(away - size, 0.0))
    behind = radar[9] >= 0.0 and ahead + size < 0.0
    return bool(away - size > radar[20] or climb + size < lowest or behind)


@kernel()
def lifted_into_view(
    row: Floats, radar: Floats, t: float, seen: Integers, waiting: Integers, last: Floats
) -> int:
    """Unmark lanes that bending does not lift into view at their height; note when they were seen.

    Args:
        row, radar, seen: As for `in_radar_view`, which marked the lanes.
        t: Time of the instant.
        waiting: 1 for lanes not confirmed yet; the others are unmarked.
        last: The last instant in view of each lane.

    Returns:
        How many lanes are still marked: in view, and not confirmed yet.
    """
    marked = 0
    for i in range(LANES):
        dx, dy, dz = row[i] - radar[0], row[LANES + i] - radar[1], row[2 * LANES + i] - radar[2]
        climb = dx * radar[3] + dy * radar[4] + dz * radar[5]
        lowest = threshold(radar[10], radar[11], radar[12], row[3 * LANES + i])
        high = climb >= lowest * math.sqrt(dx * dx + dy * dy + dz * dz)
        in_view = seen[i] == 1 and high
        last[i] = t if in_view else last[i]
        seen[i] = waiting[i] if in_view else 0
        marked += seen[i]
    return marked


@kernel()
def in_infrared_view(
    row: Floats,
    satellite: Floats,
    place: Floats,
    t: float,
    burnout: Floats,
    seen: Integers,
    waiting: Integers,
    last: Floats,
) -> int:
    """Mark the lanes of an instant that burn above the clouds with the satellite high enough.

    Args:
        row: The block at the instant.
        satellite: Its row.
        place: Its position, Earth-fixed.
        t: Time since lift-off.
        burnout: Each lane's burnout time.
        seen, waiting, last: As for `lifted_into_view`.
    """
    px, py, pz = place[0], place[1], place[2]
    cloud, lowest = satellite[1], satellite[2]
    marked = 0
    for i in range(LANES):
        x, y, z = row[i], row[LANES + i], row[2 * LANES + i]
        dx, dy, dz = px - x, py - y, pz - z
        up = x * dx + y * dy + z * dz
        away2 = dx * dx + dy * dy + dz * dz
        reach = math.sqrt((x * x + y * y + z * z) * away2)
        past_limb = reach * reach - up * up >= EARTH_A_M * EARTH_A_M * away2
        inside = (
            (up >= lowest * reach)
            & ((up >= 0.0) | past_limb)
            & (row[3 * LANES + i] >= cloud)
            & (t <= burnout[i])
            & (row[4 * LANES + i] > 0.0)
        )
        last[i] = t if inside else last[i]
        seen[i] = waiting[i] if inside else 0
        marked += seen[i]
    return marked


@kernel()
def look(state: Floats, t: float, number: int, chance: float, rule: Integers) -> None:
    """Carry one flight and sensor through one look that hits with a given chance.

    Args:
        state: `STATE` values.
        t, number: Time of the look, and how many came before it; those not carried were misses.
        chance: Of a hit.
        rule: Hits and window: confirmed by so many hits among so many looks in a row.
    """
    hits, window = rule[0], rule[1]
    size = 1 << (window - 1)
    fresh = np.zeros(PATTERNS)
    for back in range(min(number - int(state[PATTERNS + 3]), window) - 1, -1, -1):
        hit = chance if back == 0 else 0.0
        fresh[:] = 0.0
        for pattern in range(size):
            share = state[pattern]
            count = 0
            bits = pattern
            while bits > 0:
                count += bits & 1
                bits >>= 1
            fresh[(pattern << 1) % size] += share * (1.0 - hit)
            if count + 1 < hits:
                fresh[((pattern << 1) | 1) % size] += share * hit
        state[:size] = fresh[:size]
    left = state[:size].sum()
    state[PATTERNS + 3] = number
    state[PATTERNS] *= 1.0 - chance
    if state[PATTERNS] <= HALF and state[PATTERNS + 1] == np.inf:
        state[PATTERNS + 1] = t
    if left <= HALF and state[PATTERNS + 2] == np.inf:
        state[PATTERNS + 2] = t


@kernel()
def radar_chance(row: Floats, i: int, radar: Floats, rcs_m2: float) -> float:
    """Give the chance that a radar's look hits lane `i`, which is in view."""
    dx, dy, dz = row[i] - radar[0], row[LANES + i] - radar[1], row[2 * LANES + i] - radar[2]
    r2 = dx * dx + dy * dy + dz * dz
    return math.exp(radar[18] / (1.0 + radar[17] * rcs_m2 / (r2 * r2)))


@kernel()
def plume_at(vehicle: Floats, plumes: Floats, t: float) -> float:
    """Give the plume's intensity (W/sr) of the stage that burns at a time; 0 when none does."""
    for k in range(plumes.size):
        base = HEADER + STAGE * k
        if t < vehicle[base + 3] + vehicle[base + 4]:
            return float(plumes[k])
    return 0.0


@kernel()
def watch_with_radars(
    row: Floats,
    t: float,
    j: int,
    tables: tuple[Floats, Integers, Floats, Floats, Integers],
    rcs_m2: float,
    memory: tuple[Floats, Integers, Floats, Integers],
) -> None:
    """Hold a block at one instant against every radar that looks then."""
    radars, owner, _, _, confirm = tables
    state, waiting, last, seen = memory
    x, y, z, size = sphere_around(row)
    for r in range(radars.shape[0]):
        radar = radars[r]
        if j % int(radar[19]) != 0 or out_of_view(x, y, z, size, radar):
            continue
        if in_radar_view(row, radar, seen) == 0:
            continue
        s = owner[r]
        if lifted_into_view(row, radar, t, seen, waiting[s], last[s]) == 0:
            continue
        for i in range(LANES):
            if seen[i] == 1:
                chance = radar_chance(row, i, radar, rcs_m2)
                look(state[s, i], t, j // int(radar[19]), chance, confirm[s])
                waiting[s, i] = 1 if state[s, i, PATTERNS + 2] == np.inf else 0


@kernel()
def watch_with_satellites(
    row: Floats,
    t: float,
    j: int,
    tables: tuple[Floats, Integers, Floats, Floats, Integers],
    plume_w_sr: float,
    burnout: Floats,
    memory: tuple[Floats, Integers, Floats, Integers],
) -> None:
    """Hold a block at one instant against every satellite that looks then."""
    _, _, satellites, positions, confirm = tables
    state, waiting, last, seen = memory
    first = confirm.shape[0] - satellites.shape[0]
    for r in range(satellites.shape[0]):
        satellite = satellites[r]
        s = first + r
        place = positions[r, j]
        if j % int(satellite[3]) != 0 or (
            in_infrared_view(row, satellite, place, t, burnout, seen, waiting[s], last[s]) == 0
        ):
            continue
        for i in range(LANES):
            if seen[i] == 1:
                dx = row[i] - place[0]
                dy = row[LANES + i] - place[1]
                dz = row[2 * LANES + i] - place[2]
                arriving = plume_w_sr / (dx * dx + dy * dy + dz * dz)
                chance = plume_detection_probability(arriving, satellite[0])
                look(state[s, i], t, j // int(satellite[3]), chance, confirm[s])
                waiting[s, i] = 1 if state[s, i, PATTERNS + 2] == np.inf else 0


@kernel()
def watch_block(
    grid: Floats,
    count: int,
    burnout: Floats,
    tables: tuple[Floats, Integers, Floats, Floats, Integers],
    target: tuple[Floats, Floats, float],
    step_s: float,
    memory: tuple[Floats, Integers, Floats, Integers],
) -> None:
    """Hold a block against every sensor at every instant; fill `memory`."""
    vehicle, plumes, rcs_m2 = target
    for j in range(count):
        row = grid[j * GRID * LANES : (j + 1) * GRID * LANES]
        t = j * step_s
        watch_with_radars(row, t, j, tables, rcs_m2, memory)
        plume = plume_at(vehicle, plumes, t)
        if plume > 0.0:
            watch_with_satellites(row, t, j, tables, plume, burnout, memory)


@kernel()
def begin(state: Floats, waiting: Integers, last: Floats) -> None:
    """Set every flight and sensor to 'not seen'."""
    waiting[:] = 1
    last[:] = -np.inf
    state[:] = 0.0
    state[:, :, 0] = 1.0
    state[:, :, PATTERNS] = 1.0
    state[:, :, PATTERNS + 1 : PATTERNS + 3] = np.inf
    state[:, :, PATTERNS + 3] = -1.0


@kernel(parallel=True)
def cover_all(
    launches: Floats,
    air: Floats,
    tables: tuple[Floats, Integers, Floats, Floats, Integers],
    target: tuple[Floats, Floats, float],
    step_s: float,
    out: Floats,
    times: Floats,
) -> None:
    """Fly every row of `launches`; fill its summary and its times [n, sensors, 3]."""
    n = launches.shape[0]
    instants = tables[3].shape[1]
    sensors = tables[4].shape[0]
    blocks = (n + LANES - 1) // LANES
    threads = min(blocks, 64)
    for part in prange(threads):
        nodes = np.empty(NODES_MAX * NODE * LANES)
        lane = np.empty(LANE * LANES)
        summary = np.empty(SUMMARY * LANES)
        down, top = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
        interval = np.empty(instants * LANES, np.int64)
        grid = np.empty(instants * GRID * LANES)
        state = np.empty((sensors, LANES, STATE))
        waiting = np.empty((sensors, LANES), np.int64)
        last = np.empty((sensors, LANES))
        memory = (state, waiting, last, np.empty(LANES, np.int64))
        for b in range(part * blocks // threads, (part + 1) * blocks // threads):
            load_block(launches, b * LANES, nodes, lane)
            burnout, end = fly_block(nodes, lane, target[0], air, COAST_STEP_S)
            find_nodes(nodes, end, down, top)
            summarise(nodes, burnout, down, top, summary)
            count = find_intervals(nodes, down, step_s, instants, interval)
            lay_grid(nodes, interval, step_s, count, grid)
            begin(state, waiting, last)
            watch_block(grid, count, lane[7 * LANES :], tables, target, step_s, memory)
            for i in range(min(LANES, n - b * LANES)):
                for value in range(SUMMARY):
                    out[b * LANES + i, value] = summary[value * LANES + i]
                for s in range(sensors):
                    times[b * LANES + i, s, 0] = state[s, i, PATTERNS + 1]
                    times[b * LANES + i, s, 1] = state[s, i, PATTERNS + 2]
                    times[b * LANES + i, s, 2] = last[s, i]


def cover(vehicle: Vehicle, launches: Launches, over: Watch) -> Looks:
    """Fly a batch and say when each sensor sees each flight.

    Args:
        vehicle: What flies.
        launches: [n], solved by `aim`; all lift off at the instant `over` was laid out for.
        over: The sensors.

    Memory: the answer, and some megabytes a thread; nothing grows with flights times instants.
    """
    n = launches.latitude_rad.size
    out = np.empty((n, SUMMARY))
    times = np.empty((n, len(over.ids), 3))
    plumes = np.array([stage.plume_w_sr for stage in vehicle.stages])
    tables = (over.radars, over.radar_sensor, over.satellites, over.positions_m, over.confirm)
    target = (vehicle_table(vehicle), plumes, vehicle.rcs_m2)
    cover_all(launch_rows(launches), flight_air(), tables, target, over.step_s, out, times)
    return Looks(
        first_look_s=times[:, :, 0],
        confirmed_s=times[:, :, 1],
        last_look_s=times[:, :, 2],
        flights=name_summaries(out),
    )
