"""Flights by the batch: their summary, and where they are at given instants."""

from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import ecef_from_geodetic_batch
from tocsin.errors import FlightError
from tocsin.flight.air import flight_air
from tocsin.flight.block import (
    BOOST_STEPS_MAX,
    COAST_STEP_S,
    LANE,
    NODE,
    NODES_MAX,
    RISE_STEPS,
    burn_steps,
    fly_block,
)
from tocsin.flight.crossings import (
    ground_crossing,
    point_between,
    top_crossing,
    velocity_between,
)
from tocsin.flight.motion import altitude_m, geodetic_height_m
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import LANES, Floats, Integers, inline, kernel, prange

TILT_SHARE = 0.35
"""Share of the burn, after the vertical rise, in which the thrust tilts to its final direction.

Assumed. A slower tilt costs reach (0.6: a sixth less), a faster one flies flat through thick air.
"""

SUMMARY = 17
"""Values of a flight's summary: see `Flights`."""

PARTS = 16
"""Parts that a batch is cut into for threads; each flies its blocks with one piece of memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launches:
    """How a batch of flights starts: arrays of one shape [n], radians, metres, seconds."""

    latitude_rad: Floats
    longitude_rad: Floats
    azimuth_rad: Floats
    tilt_rad: Floats
    """From the vertical to the final direction of thrust, or of the launch velocity."""
    cutoff_s: Floats
    """When thrust ends: after the vertical rise, at the latest at the last burnout; 0 for an
    impulse."""
    speed_m_s: Floats
    """Earth-fixed launch speed of an impulse; 0 for a staged vehicle."""

    def take(self, rows: Integers) -> "Launches":
        """Give the launches at these places, in this order."""
        return Launches(**{name: getattr(self, name)[rows] for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flights:
    """What a batch of flights came to: arrays over [n]; positions and velocities Earth-fixed."""

    came_down: Floats
    """1, or 0 where it did not come down within the step limit (an orbit, an escape), or met the
    ground before its thrust ended."""
    impact_s: Floats
    impact_m: Floats
    """[n, 3]."""
    impact_velocity_m_s: Floats
    """[n, 3]."""
    apogee_s: Floats
    apogee_m: Floats
    """Height above the ellipsoid."""
    burnout_s: Floats
    burnout_m: Floats
    """[n, 3]."""
    burnout_velocity_m_s: Floats
    """[n, 3]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """Where a batch of flights is at common instants after lift-off; NaN once it is down."""

    time_s: Floats
    """[m]."""
    position_ecef_m: Floats
    """[n, m, 3]."""
    velocity_ecef_m_s: Floats
    """[n, m, 3]."""
    altitude_m: Floats
    """[n, m], above the ellipsoid."""
    flights: Flights


def vehicle_table(vehicle: Vehicle | None) -> Floats:
    """Give a vehicle as the flat table that the kernels read; None is an impulse without air."""
    if vehicle is None:
        return np.array([0.0, 0.0, TILT_SHARE, 0.0])
    steps = RISE_STEPS + sum(burn_steps(one.burn_s, k) for k, one in enumerate(vehicle.stages))
    if steps > BOOST_STEPS_MAX:
        raise FlightError(
            f"vehicle {vehicle.id!r} burns for {vehicle.burn_s:g} s in all: that takes {steps}"
            f" steps, and at most {BOOST_STEPS_MAX} are kept; shorten its burns"
        )
    table = [
        float(len(vehicle.stages)),
        vehicle.vertical_rise_s,
        TILT_SHARE,
        1.0 / vehicle.ballistic_coefficient_kg_m2,
    ]
    mass, start = vehicle.liftoff_kg, 0.0
    for stage in vehicle.stages:
        flow = stage.propellant_kg / stage.burn_s
        table += [stage.thrust_vacuum_n, stage.exit_area_m2, flow, start, stage.burn_s]
        table += [mass, stage.drag_area_m2]
        mass -= stage.propellant_kg + stage.dry_kg
        start += stage.burn_s
    return np.array(table)


@kernel()
def load_block(launches: Floats, first: int, nodes: Floats, lane: Floats) -> None:
    """Set a block's lanes and first node from rows of launches.

    Args:
        launches: [n, 12]: position, initial velocity, up and downrange... see `launch_rows`.
        first: Row of lane 0; lanes past the last row repeat it.
        nodes, lane: As `make_block` says.
    """
    last = launches.shape[0] - 1
    for i in range(LANES):
        row = min(first + i, last)
        for value in range(LANE):
            lane[value * LANES + i] = launches[row, 6 + value]
        nodes[i] = 0.0
        for value in range(6):
            nodes[(1 + value) * LANES + i] = launches[row, value]
        nodes[7 * LANES + i] = 1.0


def launch_rows(launches: Launches) -> Floats:
    """Give launches as rows for the kernels: position, velocity, up, downrange, tilt, cutoff."""
    lat, lon = launches.latitude_rad, launches.longitude_rad
    zero = np.zeros_like(lat)
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)
    east = np.stack([-np.sin(lon), np.cos(lon), zero], -1)
    north = np.cross(up, east)
    azimuth = launches.azimuth_rad[:, None]
    downrange = np.cos(azimuth) * north + np.sin(azimuth) * east
    position = ecef_from_geodetic_batch(lat, lon, zero)
    tilt = launches.tilt_rad[:, None]
    velocity = launches.speed_m_s[:, None] * (np.cos(tilt) * up + np.sin(tilt) * downrange)
    ends = np.stack([launches.tilt_rad, launches.cutoff_s], -1)
    return np.ascontiguousarray(np.hstack([position, velocity, up, downrange, ends]))


@inline
def pick(
    nodes: Floats, n: int, i: int
) -> tuple[float, tuple[float, float, float], tuple[float, float, float]]:
    """Give time, position and velocity of lane `i` at node `n`."""
    at = n * NODE * LANES + i
    return (
        nodes[at],
        (nodes[at + LANES], nodes[at + 2 * LANES], nodes[at + 3 * LANES]),
        (nodes[at + 4 * LANES], nodes[at + 5 * LANES], nodes[at + 6 * LANES]),
    )


@kernel()
def find_nodes(nodes: Floats, end: int, down: Integers, top: Integers) -> None:
    """Find, for each lane, its first node below the ground and its first node past apogee.

    A lane that never came down has `end` for both at most.
    """
    for i in range(LANES):
        down[i] = 0
        top[i] = 1
    for n in range(end):
        row = nodes[n * NODE * LANES : (n + 1) * NODE * LANES]
        for i in range(LANES):
            climb = (
                row[LANES + i] * row[4 * LANES + i]
                + row[2 * LANES + i] * row[5 * LANES + i]
                + row[3 * LANES + i] * row[6 * LANES + i]
            )
            down[i] += 1 if row[7 * LANES + i] > 0.0 else 0
            top[i] += 1 if (climb > 0.0 and n > 0) else 0


@kernel()
def summarise(nodes: Floats, burnout: int, down: Integers, top: Integers, out: Floats) -> None:
    """Fill a block's summaries, flat [value][lane], from its nodes and what `find_nodes` found."""
    for i in range(LANES):
        t0, p0, v0 = pick(nodes, down[i] - 1, i)
        t1, p1, v1 = pick(nodes, down[i], i)
        fallen = 1.0 - nodes[(down[i] * NODE + 7) * LANES + i]
        u = ground_crossing(p0, v0, p1, v1, t1 - t0) if fallen > 0.0 else 1.0
        x, y, z = point_between(p0, v0, p1, v1, t1 - t0, u)
        vx, vy, vz = velocity_between(p0, v0, p1, v1, t1 - t0, u)
        out[i] = fallen
        out[LANES + i] = t0 + u * (t1 - t0)
        out[2 * LANES + i], out[3 * LANES + i], out[4 * LANES + i] = x, y, z
        out[5 * LANES + i], out[6 * LANES + i], out[7 * LANES + i] = vx, vy, vz
    for i in range(LANES):
        n = min(top[i], down[i])
        t0, p0, v0 = pick(nodes, n - 1, i)
        t1, p1, v1 = pick(nodes, n, i)
        u = top_crossing(p0, v0, p1, v1, t1 - t0)
        x, y, z = point_between(p0, v0, p1, v1, t1 - t0, u)
        out[8 * LANES + i] = t0 + u * (t1 - t0)
        out[9 * LANES + i] = altitude_m(x, y, z)
    row = nodes[burnout * NODE * LANES : (burnout + 1) * NODE * LANES]
    for value in range(7):
        for i in range(LANES):
            out[(10 + value) * LANES + i] = row[value * LANES + i]
    for i in range(LANES):
        height = altitude_m(row[LANES + i], row[2 * LANES + i], row[3 * LANES + i])
        out[i] = out[i] if height > -1.0 else 0.0


@kernel(parallel=True)
def fly_all(
    launches: Floats, vehicle: Floats, air: Floats, coast_step_s: float, out: Floats
) -> None:
    """Fly every row of `launches` and fill its row of `out`; parts of it go to threads."""
    n = launches.shape[0]
    blocks = (n + LANES - 1) // LANES
    parts = min(blocks, PARTS)
    for part in prange(parts):
        nodes = np.empty(NODES_MAX * NODE * LANES)
        lane = np.empty(LANE * LANES)
        summary = np.empty(SUMMARY * LANES)
        down, top = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
        for b in range(part * blocks // parts, (part + 1) * blocks // parts):
            load_block(launches, b * LANES, nodes, lane)
            burnout, end = fly_block(nodes, lane, vehicle, air, coast_step_s)
            find_nodes(nodes, end, down, top)
            summarise(nodes, burnout, down, top, summary)
            for i in range(min(LANES, n - b * LANES)):
                for value in range(SUMMARY):
                    out[b * LANES + i, value] = summary[value * LANES + i]


@kernel()
def sample_lane(nodes: Floats, down: int, i: int, step_s: float, out: Floats) -> int:
    """Fill rows of position and velocity of lane `i` every `step_s` from lift-off.

    Args:
        nodes: A flown block.
        down: The lane's first node below the ground.
        i: The lane.
        step_s: Time between rows.
        out: [m, 6]; rows after the impact are left alone.

    Returns:
        The number of rows filled.
    """
    n = 1
    for row in range(out.shape[0]):
        t = row * step_s
        while n < down and nodes[n * NODE * LANES + i] < t:
            n += 1
        t0, p0, v0 = pick(nodes, n - 1, i)
        t1, p1, v1 = pick(nodes, n, i)
        if t > t1:
            return row
        dt = t1 - t0 + 1e-12
        u = (t - t0) / dt
        x, y, z = point_between(p0, v0, p1, v1, dt, u)
        if n == down and altitude_m(x, y, z) < 0.0:
            return row
        vx, vy, vz = velocity_between(p0, v0, p1, v1, dt, u)
        out[row, 0], out[row, 1], out[row, 2] = x, y, z
        out[row, 3], out[row, 4], out[row, 5] = vx, vy, vz
    return int(out.shape[0])


@kernel(parallel=True)
def sample_all(
    launches: Floats, vehicle: Floats, air: Floats, step_s: float, states: Floats, height: Floats
) -> None:
    """Fly every row of `launches`; fill its states [n, m, 6] and heights [n, m] every `step_s`."""
    n = launches.shape[0]
    for b in prange((n + LANES - 1) // LANES):
        nodes = np.empty(NODES_MAX * NODE * LANES)
        lane = np.empty(LANE * LANES)
        down, top = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
        load_block(launches, b * LANES, nodes, lane)
        _, end = fly_block(nodes, lane, vehicle, air, COAST_STEP_S)
        find_nodes(nodes, end, down, top)
        for i in range(min(LANES, n - b * LANES)):
            mine = states[b * LANES + i]
            for row in range(sample_lane(nodes, down[i], i, step_s, mine)):
                x, y, z = mine[row, 0], mine[row, 1], mine[row, 2]
                height[b * LANES + i, row] = geodetic_height_m(x, y, z)


def fly(vehicle: Vehicle | None, launches: Launches) -> Flights:
    """Fly a batch to the ground.

    Args:
        vehicle: A staged vehicle, or None for impulses without air.
        launches: [n].
    """
    out = np.empty((launches.latitude_rad.size, SUMMARY))
    fly_all(launch_rows(launches), vehicle_table(vehicle), flight_air(), COAST_STEP_S, out)
    return name_summaries(out)


def fly_dense(vehicle: Vehicle | None, launches: Launches, step_s: float) -> Trajectory:
    """Fly a batch to the ground and say where each flight is every `step_s` from lift-off."""
    flights = fly(vehicle, launches)
    time = np.arange(0.0, float(np.max(flights.impact_s)) + step_s, step_s)
    states = np.full((launches.latitude_rad.size, time.size, 6), np.nan)
    height = np.full(states.shape[:2], np.nan)
    sample_all(launch_rows(launches), vehicle_table(vehicle), flight_air(), step_s, states, height)
    return Trajectory(
        time_s=time,
        position_ecef_m=states[..., :3],
        velocity_ecef_m_s=states[..., 3:],
        altitude_m=height,
        flights=flights,
    )


def name_summaries(out: Floats) -> Flights:
    """Name the columns of summaries."""
    return Flights(
        came_down=out[:, 0],
        impact_s=out[:, 1],
        impact_m=out[:, 2:5],
        impact_velocity_m_s=out[:, 5:8],
        apogee_s=out[:, 8],
        apogee_m=out[:, 9],
        burnout_s=out[:, 10],
        burnout_m=out[:, 11:14],
        burnout_velocity_m_s=out[:, 14:17],
    )
