"""Free flight to the ground, forward or backward, of many states at once: the tracker's own motion.

The same motion as `motion.transition` without its derivatives: oblate pull, Earth's turn, and drag
in the tracker's air. In one compiled loop it is fast enough to carry every sigma point of a
thousand tracks in a blink.
"""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Flags, Floats, inline, kernel, prange
from tocsin.tracking.motion import DRAG_RATE_MAX_S, WGS84, EarthModel

COAST_STEP_S = 20.0
"""Longest step above the air: within 10 m of half the step over a whole flight (tested)."""
AIR_STEP_S = 0.5
AIR_TOP_M = 90_000.0
"""Below this the steps are short. At its top the air weighs 2e-6 of that on the ground."""
LONGEST_S = 7_200.0
"""What is still up then is called an orbit, and lands nowhere."""
FALLEN = 11
"""Numbers told of each fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Falls:
    """Where free flights meet the ground, as columns [k]; NaN where one does not within the limit.

    Run backward, times are below zero, and the ground is met where the flight would have left it.
    """

    lands: Flags
    time_s: Floats
    air_s: Floats
    """Time spent below `AIR_TOP_M`."""
    position_m: Floats
    """[k, 3], Earth-fixed, on the ellipsoid."""
    velocity_m_s: Floats
    """[k, 3], there."""
    apogee_s: Floats
    """Time of the highest point; NaN if it is past (run forward) or still to come (backward)."""
    apogee_m: Floats
    """Height of that over the ellipsoid."""


def falls(
    state: Floats,
    inverse_ballistic_m2_kg: Floats,
    earth: EarthModel = WGS84,
    backward: bool = False,
) -> Falls:
    """Carry states [k, 6] to the ground.

    Args:
        state: Earth-fixed metres and metres per second.
        inverse_ballistic_m2_kg: [k]; 0 leaves the air out.
        earth: What pulls and turns.
        backward: To where they would have left the ground.
    """
    rows = np.ascontiguousarray(np.column_stack([state, inverse_ballistic_m2_kg]))
    out = np.empty((len(rows), FALLEN))
    planet = np.array(
        [earth.gm_m3_s2, earth.radius_m, earth.flattening, earth.j2, earth.rotation_rad_s]
    )
    fall_all(rows, -1.0 if backward else 1.0, planet, out)
    lands = out[:, 0] > 0.0
    lost = np.where(lands, 0.0, np.nan)
    return Falls(
        lands=lands,
        time_s=out[:, 1] + lost,
        air_s=out[:, 2] + lost,
        position_m=out[:, 3:6] + lost[:, None],
        velocity_m_s=out[:, 6:9] + lost[:, None],
        apogee_s=out[:, 9],
        apogee_m=out[:, 10],
    )


@inline
def height_of(x: float, y: float, z: float, earth: Floats) -> tuple[float, float]:
    """Give the height over the ellipsoid along the radius, and the distance from the centre."""
    across2, z2 = x * x + y * y, z * z
    polar = earth[1] * (1.0 - earth[2])
    radius = math.sqrt(across2 + z2)
    scale = math.sqrt(across2 / (earth[1] * earth[1]) + z2 / (polar * polar))
    return radius - radius / scale, radius


@inline
def acceleration(
    at: tuple[float, float, float, float, float, float], alpha: float, earth: Floats
) -> tuple[float, float, float]:
    """Give pull, Earth's turn and drag, m/s^2; sources as in `motion`."""
    x, y, z, vx, vy, vz = at
    r2 = x * x + y * y + z * z
    radius = math.sqrt(r2)
    near = earth[0] / (r2 * radius)
    flat = 1.5 * earth[3] * earth[1] * earth[1] / r2
    slant = 5.0 * z * z / r2
    level = near * (1.0 + flat * (1.0 - slant))
    spin = earth[4]
    height, _ = height_of(x, y, z, earth)
    up = max(height, 0.0)
    density = min(1.227 * math.exp(-1.093e-4 * up), 1.754 * math.exp(-1.49e-4 * up))
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    drag = min(0.5 * density * speed * alpha, DRAG_RATE_MAX_S)
    return (
        -level * x + spin * spin * x + 2.0 * spin * vy - drag * vx,
        -level * y + spin * spin * y - 2.0 * spin * vx - drag * vy,
        -near * (1.0 + flat * (3.0 - slant)) * z - drag * vz,
    )


@inline
def stepped(state: Floats, h: float, earth: Floats, after: Floats) -> None:
    """Take one Runge-Kutta step of the fourth order from `state` [7] and fill `after` [7]."""
    x, y, z, vx, vy, vz = state[0], state[1], state[2], state[3], state[4], state[5]
    alpha, half = state[6], 0.5 * h
    ax, ay, az = acceleration((x, y, z, vx, vy, vz), alpha, earth)
    ux, uy, uz = vx + half * ax, vy + half * ay, vz + half * az
    bx, by, bz = acceleration(
        (x + half * vx, y + half * vy, z + half * vz, ux, uy, uz), alpha, earth
    )
    wx, wy, wz = vx + half * bx, vy + half * by, vz + half * bz
    cx, cy, cz = acceleration(
        (x + half * ux, y + half * uy, z + half * uz, wx, wy, wz), alpha, earth
    )
    sx, sy, sz = vx + h * cx, vy + h * cy, vz + h * cz
    dx, dy, dz = acceleration((x + h * wx, y + h * wy, z + h * wz, sx, sy, sz), alpha, earth)
    sixth = h / 6.0
    after[0] = x + sixth * (vx + 2.0 * ux + 2.0 * wx + sx)
    after[1] = y + sixth * (vy + 2.0 * uy + 2.0 * wy + sy)
    after[2] = z + sixth * (vz + 2.0 * uz + 2.0 * wz + sz)
    after[3] = vx + sixth * (ax + 2.0 * bx + 2.0 * cx + dx)
    after[4] = vy + sixth * (ay + 2.0 * by + 2.0 * cy + dy)
    after[5] = vz + sixth * (az + 2.0 * bz + 2.0 * cz + dz)
    after[6] = alpha


@inline
def climb_of(state: Floats) -> float:
    """Give how fast the distance from Earth's centre grows."""
    x, y, z = state[0], state[1], state[2]
    along = x * state[3] + y * state[4] + z * state[5]
    return float(along / math.sqrt(x * x + y * y + z * z))


@inline
def step_of(height: float, sink: float) -> float:
    """Give the next step: long above the air, ending at its top, and short within it."""
    room = (height - AIR_TOP_M) / max(sink, 1.0)
    free = min(COAST_STEP_S, max(room, AIR_STEP_S))
    return free if height > AIR_TOP_M else AIR_STEP_S


@kernel(parallel=True)
def fall_all(states: Floats, sign: float, earth: Floats, out: Floats) -> None:
    """Fill `out` [k, FALLEN] with where `states` [k, 7] meet the ground.

    Args:
        states: Position, velocity and inverse ballistic coefficient.
        sign: 1 forward, -1 backward.
        earth: GM, radius, flattening, J2, rotation.
        out: Landed, time, time in the air, position, velocity, time and height of the apogee.
    """
    for n in prange(states.shape[0]):
        state, after = states[n].copy(), np.empty(7)
        row = out[n]
        row[0], row[9], row[10] = 0.0, np.nan, np.nan
        time, air = 0.0, 0.0
        height, _ = height_of(state[0], state[1], state[2], earth)
        sink = -sign * climb_of(state)
        while time < LONGEST_S and (height > 0.0 or sink <= 0.0):
            h = step_of(height, sink)
            stepped(state, sign * h, earth, after)
            below, _ = height_of(after[0], after[1], after[2], earth)
            faster = -sign * climb_of(after)
            if sink < 0.0 <= faster:
                part = sink / (sink - faster)
                row[9] = sign * (time + part * h)
                half = np.empty(7)
                stepped(state, sign * part * h, earth, half)
                row[10], _ = height_of(half[0], half[1], half[2], earth)
            if below <= 0.0 and faster > 0.0:
                part = height / max(height - below, 1e-9)
                h *= min(max(part, 0.0), 1.0)
                stepped(state, sign * h, earth, after)
                rest, _ = height_of(after[0], after[1], after[2], earth)
                left = rest / max(-sign * climb_of(after), 1.0)
                for i in range(3):
                    after[i] += sign * left * after[3 + i]
                h += left
                below = 0.0
            time += h
            air += h if height <= AIR_TOP_M else 0.0
            for i in range(6):
                state[i] = after[i]
            height, sink = below, faster
        row[0] = 1.0 if time < LONGEST_S else 0.0
        row[1], row[2] = sign * time, air
        for i in range(6):
            row[3 + i] = state[i]
