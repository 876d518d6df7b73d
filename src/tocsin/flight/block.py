"""One block of flights, stepped side by side from lift-off to the ground.

Every lane has its own step length but all lanes take step n together, so that one step of the block
is one loop without branches over the lanes, which the compiler turns into vector instructions.
Steps are classic Runge-Kutta of order four: a fixed number for each stage, then lengths that follow
height and drag (fixed steps are safe where the air's layers have kinks; adaptive ones trip there).

Source of the method: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I,
2nd ed., 1993, section II.1, table 1.2.
"""

import math
from collections.abc import Callable
from typing import Any

from tocsin.flight.motion import (
    altitude_m,
    boost_acceleration,
    falling_acceleration,
    tilt_cos_sin,
    tilt_share,
)
from tocsin.lanes import LANES, Floats, inline, kernel

State = tuple[float, float, float, float, float, float]
"""Position and velocity, Earth-fixed."""

Steering = tuple[float, float, float, float, float, float, float, float, float]
"""Up and downrange unit vectors, tilt, begin and end of the tilt."""

NODE = 8
"""Values of one lane at one node: time, position, velocity, and 1 while it flies."""

LANE = 8
"""Values that set a lane's flight: up and downrange unit vectors, tilt, cutoff time."""

STAGE = 7
"""Values of a stage: vacuum thrust, exit area, mass flow, start, burn time, mass, drag area."""

HEADER = 4
"""Values of a vehicle before its stages: count, rise time, share of the burn in which it tilts, and
one over the ballistic coefficient."""

RISE_STEPS = 4
FIRST_BURN_STEP_S = 2.0
"""Longest step while the first stage burns: it climbs through the thick of the air."""
BURN_STEP_S = 3.0
"""Longest step while a later stage burns. The boost decides the error of the whole flight."""
COAST_STEP_S = 45.0
AIR_STEP_TOP_M = 105_000.0
"""Below this height steps follow the air."""
AIR_STEP_S = 15.0
"""Longest step there: a body that hangs at its apogee falls a kilometre in it."""
STEPS_MAX = 240
"""Most steps after burnout; a flight that is still up then has its code say so."""
STAGES_MAX = 4
NODES_MAX = 480
"""Nodes kept for a block: lift-off, boost, coast and re-entry."""
BOOST_STEPS_MAX = NODES_MAX - STEPS_MAX - 1
"""Most steps of a boost: what leaves room for the rest."""


@inline
def burn_steps(burn_s: float, stage: int) -> int:
    """Give the number of steps that the burn of a stage (0 is the first) is cut into."""
    return math.ceil(burn_s / (FIRST_BURN_STEP_S if stage == 0 else BURN_STEP_S)) + 4


@inline
def fall_step_s(
    altitude: float, climb_m_s: float, speed_m_s: float, drag_m_s2: float, coast_step_s: float
) -> float:
    """Give the length of the next step of a body without thrust.

    Long above the air; shorter on the way down to it; within it so that neither height (2 to 8 km)
    nor speed (two fifths of the drag's time constant) changes much in one step.
    """
    rate = math.fabs(climb_m_s) + 0.3 * speed_m_s + 1.0
    inside = min(min(max(altitude * 0.09, 1800.0), 8000.0) / rate, AIR_STEP_S)
    inside = min(inside, 0.4 * speed_m_s / (drag_m_s2 + 1e-9) + 1e-3)
    down = max(-climb_m_s, 1.0)
    above = 0.6 * (altitude - AIR_STEP_TOP_M) / down + 6000.0 / rate
    above = min(above, coast_step_s * (1.0 + 3.0e-7 * altitude))
    return inside if altitude < AIR_STEP_TOP_M else above


@inline
def boost_step(
    s: State,
    t: float,
    dt: float,
    stage: tuple[float, float, float, float, float, float],
    lane: Steering,
    air: Floats,
) -> State:
    """Take one Runge-Kutta step under thrust.

    Args:
        s: Position (m) and velocity (m/s), Earth-fixed.
        t, dt: Time since lift-off and length of the step, s.
        stage: Vacuum thrust, exit area, mass flow, start, mass at start, drag area.
        lane: Up and downrange unit vectors, tilt (rad), begin and end of the tilt (s).
        air: The flat air table.
    """
    thrust, exit_area, flow, start, mass, drag_area = stage
    ux, uy, uz, hx, hy, hz, tilt, rise, tilted = lane
    x, y, z, vx, vy, vz = s
    half = 0.5 * dt
    c0, s0 = tilt_cos_sin(tilt * tilt_share(t, rise, tilted))
    c1, s1 = tilt_cos_sin(tilt * tilt_share(t + half, rise, tilted))
    c2, s2 = tilt_cos_sin(tilt * tilt_share(t + dt, rise, tilted))
    d0 = (c0 * ux + s0 * hx, c0 * uy + s0 * hy, c0 * uz + s0 * hz)
    d1 = (c1 * ux + s1 * hx, c1 * uy + s1 * hy, c1 * uz + s1 * hz)
    d2 = (c2 * ux + s2 * hx, c2 * uy + s2 * hy, c2 * uz + s2 * hz)
    m0 = mass - flow * (t - start)
    m1 = m0 - flow * half
    m2 = m0 - flow * dt
    ax, ay, az = boost_acceleration(s, thrust, exit_area, drag_area, m0, d0, air)
    px, py, pz = vx + half * ax, vy + half * ay, vz + half * az
    q = (x + half * vx, y + half * vy, z + half * vz, px, py, pz)
    bx, by, bz = boost_acceleration(q, thrust, exit_area, drag_area, m1, d1, air)
    qx, qy, qz = vx + half * bx, vy + half * by, vz + half * bz
    q = (x + half * px, y + half * py, z + half * pz, qx, qy, qz)
    cx, cy, cz = boost_acceleration(q, thrust, exit_area, drag_area, m1, d1, air)
    rx, ry, rz = vx + dt * cx, vy + dt * cy, vz + dt * cz
    q = (x + dt * qx, y + dt * qy, z + dt * qz, rx, ry, rz)
    ex, ey, ez = boost_acceleration(q, thrust, exit_area, drag_area, m2, d2, air)
    sixth = dt / 6.0
    return (
        x + sixth * (vx + 2.0 * (px + qx) + rx),
        y + sixth * (vy + 2.0 * (py + qy) + ry),
        z + sixth * (vz + 2.0 * (pz + qz) + rz),
        vx + sixth * (ax + 2.0 * (bx + cx) + ex),
        vy + sixth * (ay + 2.0 * (by + cy) + ey),
        vz + sixth * (az + 2.0 * (bz + cz) + ez),
    )


@inline
def fall_step(
    s: State,
    live: float,
    inverse_ballistic: float,
    coast_step_s: float,
    air: Floats,
) -> tuple[float, State, float]:
    """Take one Runge-Kutta step without thrust, as long as height and drag allow.

    Args:
        s: Position (m) and velocity (m/s), Earth-fixed.
        live: 1 while the body flies; 0 keeps it where it is.
        inverse_ballistic: As for `falling_acceleration`.
        coast_step_s: Longest step near Earth.
        air: The flat air table.

    Returns:
        The step's length, the new position and velocity, and 0 if it came down, else `live`.
    """
    x, y, z, vx, vy, vz = s
    ax, ay, az, drag = falling_acceleration(x, y, z, vx, vy, vz, inverse_ballistic, air)
    radius = math.sqrt(x * x + y * y + z * z)
    climb = (x * vx + y * vy + z * vz) / radius
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    dt = live * fall_step_s(altitude_m(x, y, z), climb, speed, drag, coast_step_s)
    half = 0.5 * dt
    px, py, pz = vx + half * ax, vy + half * ay, vz + half * az
    bx, by, bz, _ = falling_acceleration(
        x + half * vx, y + half * vy, z + half * vz, px, py, pz, inverse_ballistic, air
    )
    qx, qy, qz = vx + half * bx, vy + half * by, vz + half * bz
    cx, cy, cz, _ = falling_acceleration(
        x + half * px, y + half * py, z + half * pz, qx, qy, qz, inverse_ballistic, air
    )
    rx, ry, rz = vx + dt * cx, vy + dt * cy, vz + dt * cz
    ex, ey, ez, _ = falling_acceleration(
        x + dt * qx, y + dt * qy, z + dt * qz, rx, ry, rz, inverse_ballistic, air
    )
    sixth = dt / 6.0
    nx = x + sixth * (vx + 2.0 * (px + qx) + rx)
    ny = y + sixth * (vy + 2.0 * (py + qy) + ry)
    nz = z + sixth * (vz + 2.0 * (pz + qz) + rz)
    nvx = vx + sixth * (ax + 2.0 * (bx + cx) + ex)
    nvy = vy + sixth * (ay + 2.0 * (by + cy) + ey)
    nvz = vz + sixth * (az + 2.0 * (bz + cz) + ez)
    down = (nx * nvx + ny * nvy + nz * nvz) < 0.0
    below = altitude_m(nx, ny, nz) < 0.0
    still = 0.0 if below else live
    return dt, (nx, ny, nz, nvx, nvy, nvz), (still if down else live)


@inline
def read_state(pair: Floats, lanes: int, i: int) -> State:
    """Give position and velocity of lane `i` at the first of two nodes."""
    return (
        pair[lanes + i],
        pair[2 * lanes + i],
        pair[3 * lanes + i],
        pair[4 * lanes + i],
        pair[5 * lanes + i],
        pair[6 * lanes + i],
    )


@inline
def write_node(pair: Floats, lanes: int, i: int, time: float, s: State, live: float) -> None:
    """Set lane `i` at the second of two nodes."""
    pair[8 * lanes + i] = time
    pair[9 * lanes + i] = s[0]
    pair[10 * lanes + i] = s[1]
    pair[11 * lanes + i] = s[2]
    pair[12 * lanes + i] = s[3]
    pair[13 * lanes + i] = s[4]
    pair[14 * lanes + i] = s[5]
    pair[15 * lanes + i] = live


@inline
def read_lane(lane: Floats, lanes: int, i: int, rise: float, share: float) -> Steering:
    """Give how lane `i` is steered: up, downrange, tilt, begin and end of the tilt."""
    return (
        lane[i],
        lane[lanes + i],
        lane[2 * lanes + i],
        lane[3 * lanes + i],
        lane[4 * lanes + i],
        lane[5 * lanes + i],
        lane[6 * lanes + i],
        rise,
        rise + share * (lane[7 * lanes + i] - rise),
    )


def make_boost(lanes: int, cache: bool) -> Callable[..., Any]:
    """Compile the burn of one stage for a block of so many lanes."""

    @kernel(cache=cache)
    def boost(nodes: Floats, lane: Floats, vehicle: Floats, air: Floats, k: int, n: int) -> int:
        """Burn stage `k` from node `n`; give the index of its last node."""
        rise = vehicle[1]
        base = HEADER + STAGE * k
        start, burn = vehicle[base + 3], vehicle[base + 4]
        stage = (
            vehicle[base],
            vehicle[base + 1],
            vehicle[base + 2],
            start,
            vehicle[base + 5],
            vehicle[base + 6],
        )
        count = burn_steps(burn, k) + (RISE_STEPS if k == 0 else 0)
        for step in range(count):
            rising = k == 0 and step < RISE_STEPS
            pair = nodes[n * NODE * lanes : (n + 2) * NODE * lanes]
            for i in range(lanes):
                stop = min(max(lane[7 * lanes + i], start), start + burn)
                begin = start if (k > 0 or rising) else rise
                end = rise if rising else stop
                dt = (end - begin) / (RISE_STEPS if rising else burn_steps(burn, k))
                steering = read_lane(lane, lanes, i, rise, vehicle[2])
                s = boost_step(read_state(pair, lanes, i), pair[i], dt, stage, steering, air)
                write_node(pair, lanes, i, pair[i] + dt, s, pair[7 * lanes + i])
            n += 1
        return n

    return boost


def make_fall(lanes: int, cache: bool) -> Callable[..., Any]:
    """Compile coast and re-entry for a block of so many lanes."""

    @kernel(cache=cache)
    def fall(nodes: Floats, inverse_ballistic: float, air: Floats, coast: float, n: int) -> int:
        """Coast and re-enter from node `n` until every lane is down; give the last node's index."""
        for _ in range(STEPS_MAX):
            pair = nodes[n * NODE * lanes : (n + 2) * NODE * lanes]
            flying = 0.0
            for i in range(lanes):
                live = pair[7 * lanes + i]
                dt, s, still = fall_step(
                    read_state(pair, lanes, i), live, inverse_ballistic, coast, air
                )
                write_node(pair, lanes, i, pair[i] + dt, s, still)
            n += 1
            for i in range(lanes):
                flying += pair[15 * lanes + i]
            if flying == 0.0:
                break
        return n

    return fall


def make_block(lanes: int, cache: bool = True) -> Callable[..., Any]:
    """Compile the stepping of a block of so many lanes.

    Returns:
        A function of (nodes, lane, vehicle, air, coast_step_s) that fills `nodes` from its first
        node (already set) and gives the index of the burnout node and of the last one. `nodes` is
        flat, [node][value][lane]; `lane` is flat, [value][lane]; `vehicle` as `vehicle_table`.
    """
    boost, fall = make_boost(lanes, cache), make_fall(lanes, cache)

    @kernel(cache=cache)
    def block(
        nodes: Floats, lane: Floats, vehicle: Floats, air: Floats, coast_step_s: float
    ) -> tuple[int, int]:
        """Fly a block from its first node to the ground."""
        n = min(0, int(vehicle[0]))  # a variable: a literal would be compiled a second time
        for k in range(int(vehicle[0])):
            n = boost(nodes, lane, vehicle, air, k, n)
        burnout = n
        n = fall(nodes, vehicle[3], air, coast_step_s, n)
        return burnout, n

    return block


fly_block = make_block(LANES)
