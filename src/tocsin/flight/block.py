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

NODE = 8
"""Values of one lane at one node: time, position, velocity, and 1 while it flies."""

LANE = 8
"""Values that set a lane's flight: up and downrange unit vectors, tilt, cutoff time."""

STAGE = 7
"""Values of a stage: vacuum thrust, exit area, mass flow, start, burn time, mass, drag area."""

HEADER = 4
"""Values of a vehicle before its stages: count, rise time, share of burn to tilt in, 1/ballistic."""

RISE_STEPS = 4
BURN_STEP_S = 6.0
"""Longest step while a stage burns; the boost decides the error of the whole flight."""
COAST_STEP_S = 45.0
AIR_STEP_TOP_M = 105_000.0
"""Below this height steps follow the air."""
STEPS_MAX = 240
"""Most steps after burnout; a flight that is still up then has its code say so."""
STAGES_MAX = 4
NODES_MAX = 400
"""Nodes kept for a block: boost steps of the longest burn, coast and re-entry."""


@inline
def burn_steps(burn_s: float) -> int:
    """Give the number of steps that a stage's burn is cut into."""
    return int(math.ceil(burn_s / BURN_STEP_S)) + 4


@inline
def fall_step_s(
    altitude: float, climb_m_s: float, speed_m_s: float, drag_m_s2: float, coast_step_s: float
) -> float:
    """Give the length of the next step of a body without thrust.

    Long above the air; shorter on the way down to it; within it so that neither height (2 to 8 km)
    nor speed (two fifths of the drag's time constant) changes much in one step.
    """
    rate = math.fabs(climb_m_s) + 0.3 * speed_m_s + 1.0
    inside = min(max(altitude * 0.09, 1800.0), 8000.0) / rate
    inside = min(inside, 0.4 * speed_m_s / (drag_m_s2 + 1e-9) + 1e-3)
    down = max(-climb_m_s, 1.0)
    above = 0.6 * (altitude - AIR_STEP_TOP_M) / down + 6000.0 / rate
    above = min(above, coast_step_s * (1.0 + 3.0e-7 * altitude))
    return inside if altitude < AIR_STEP_TOP_M else above


@inline
def boost_step(
    s: tuple[float, float, float, float, float, float],
    t: float,
    dt: float,
    stage: tuple[float, float, float, float, float, float],
    lane: tuple[float, float, float, float, float, float, float, float, float],
    air: Floats,
) -> tuple[float, float, float, float, float, float]:
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
    s: tuple[float, float, float, float, float, float],
    live: float,
    inverse_ballistic: float,
    coast_step_s: float,
    air: Floats,
) -> tuple[float, float, float, float, float, float, float, float]:
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
    return dt, nx, ny, nz, nvx, nvy, nvz, (still if down else live)


def make_block(lanes: int, cache: bool = True) -> Callable[..., Any]:
    """Compile the stepping of a block of so many lanes.

    Returns:
        A function of (nodes, lane, vehicle, air, coast_step_s) that fills `nodes` from its first
        node (already set) and gives the index of the burnout node and of the last one. `nodes` is
        flat, [node][value][lane]; `lane` is flat, [value][lane]; `vehicle` as `vehicle_table` gives.
    """

    @kernel(cache=cache)
    def boost(nodes: Floats, lane: Floats, vehicle: Floats, air: Floats, k: int, n: int) -> int:
        """Burn one stage; give the index of its last node."""
        rise = vehicle[1]
        base = HEADER + STAGE * k
        start = vehicle[base + 3]
        burn = vehicle[base + 4]
        stage = (
            vehicle[base],
            vehicle[base + 1],
            vehicle[base + 2],
            start,
            vehicle[base + 5],
            vehicle[base + 6],
        )
        share = vehicle[2]
        count = burn_steps(burn) + (RISE_STEPS if k == 0 else 0)
        for step in range(count):
            rising = k == 0 and step < RISE_STEPS
            pair = nodes[n * NODE * lanes : (n + 2) * NODE * lanes]
            for i in range(lanes):
                cutoff = lane[7 * lanes + i]
                stop = min(max(cutoff, start), start + burn)
                begin = start if (k > 0 or rising) else rise
                end = rise if rising else stop
                dt = (end - begin) / (RISE_STEPS if rising else burn_steps(burn))
                t = pair[i]
                s = boost_step(
                    (
                        pair[lanes + i],
                        pair[2 * lanes + i],
                        pair[3 * lanes + i],
                        pair[4 * lanes + i],
                        pair[5 * lanes + i],
                        pair[6 * lanes + i],
                    ),
                    t,
                    dt,
                    stage,
                    (
                        lane[i],
                        lane[lanes + i],
                        lane[2 * lanes + i],
                        lane[3 * lanes + i],
                        lane[4 * lanes + i],
                        lane[5 * lanes + i],
                        lane[6 * lanes + i],
                        rise,
                        rise + share * (cutoff - rise),
                    ),
                    air,
                )
                pair[8 * lanes + i] = t + dt
                pair[9 * lanes + i] = s[0]
                pair[10 * lanes + i] = s[1]
                pair[11 * lanes + i] = s[2]
                pair[12 * lanes + i] = s[3]
                pair[13 * lanes + i] = s[4]
                pair[14 * lanes + i] = s[5]
                pair[15 * lanes + i] = pair[7 * lanes + i]
            n += 1
        return n

    @kernel(cache=cache)
    def fall(nodes: Floats, inverse_ballistic: float, air: Floats, coast: float, n: int) -> int:
        """Coast and re-enter until every lane is down; give the index of the last node."""
        for _ in range(STEPS_MAX):
            pair = nodes[n * NODE * lanes : (n + 2) * NODE * lanes]
            flying = 0.0
            for i in range(lanes):
                live = pair[7 * lanes + i]
                s = fall_step(
                    (
                        pair[lanes + i],
                        pair[2 * lanes + i],
                        pair[3 * lanes + i],
                        pair[4 * lanes + i],
                        pair[5 * lanes + i],
                        pair[6 * lanes + i],
                    ),
                    live,
                    inverse_ballistic,
                    coast,
                    air,
                )
                pair[8 * lanes + i] = pair[i] + s[0]
                pair[9 * lanes + i] = s[1]
                pair[10 * lanes + i] = s[2]
                pair[11 * lanes + i] = s[3]
                pair[12 * lanes + i] = s[4]
                pair[13 * lanes + i] = s[5]
                pair[14 * lanes + i] = s[6]
                pair[15 * lanes + i] = s[7]
            n += 1
            for i in range(lanes):
                flying += pair[15 * lanes + i]
            if flying == 0.0:
                break
        return n

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
