"""Free flight of thousands of tracks in one pass, with their errors.

What these loops do is what `motion` does for a coast of six numbers (tested: the two agree). Each
changes the arrays it is told to fill, and nothing else.
"""

import math

import numpy as np

from tocsin.lanes import Floats, inline, kernel

STEP_MAX_S = 10.0
"""Longest step of a coast."""


@inline
def _pull(x: float, y: float, z: float, earth: Floats) -> tuple[float, float, float]:
    """Give the pull of an oblate, turning Earth, without Coriolis; as `motion.gravity`."""
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    flat = 1.5 * earth[2] * earth[1] * earth[1] / r2
    polar = 5.0 * z * z / r2
    main = -earth[0] / (r2 * r)
    spin2 = earth[3] * earth[3]
    side = main * (1.0 + flat * (1.0 - polar)) + spin2
    return x * side, y * side, z * main * (1.0 + flat * (3.0 - polar))


@inline
def _coast_state(state: Floats, h: float, earth: Floats) -> None:
    """Take one Runge-Kutta step of the fourth order; as `motion.runge_kutta`."""
    x, y, z, u, v, w = state[0], state[1], state[2], state[3], state[4], state[5]
    turn = 2.0 * earth[3]
    half = 0.5 * h
    gx, gy, gz = _pull(x, y, z, earth)
    a1, b1, c1 = gx + turn * v, gy - turn * u, gz
    u2, v2, w2 = u + half * a1, v + half * b1, w + half * c1
    gx, gy, gz = _pull(x + half * u, y + half * v, z + half * w, earth)
    a2, b2, c2 = gx + turn * v2, gy - turn * u2, gz
    u3, v3, w3 = u + half * a2, v + half * b2, w + half * c2
    gx, gy, gz = _pull(x + half * u2, y + half * v2, z + half * w2, earth)
    a3, b3, c3 = gx + turn * v3, gy - turn * u3, gz
    u4, v4, w4 = u + h * a3, v + h * b3, w + h * c3
    gx, gy, gz = _pull(x + h * u3, y + h * v3, z + h * w3, earth)
    a4, b4, c4 = gx + turn * v4, gy - turn * u4, gz
    sixth = h / 6.0
    state[0] = x + sixth * (u + 2.0 * u2 + 2.0 * u3 + u4)
    state[1] = y + sixth * (v + 2.0 * v2 + 2.0 * v3 + v4)
    state[2] = z + sixth * (w + 2.0 * w2 + 2.0 * w3 + w4)
    state[3] = u + sixth * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
    state[4] = v + sixth * (b1 + 2.0 * b2 + 2.0 * b3 + b4)
    state[5] = w + sixth * (c1 + 2.0 * c2 + 2.0 * c3 + c4)


@inline
def _slope(x: float, y: float, z: float, earth: Floats, out: Floats) -> None:
    """Fill the derivative [3, 3] of `_pull` by place."""
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    main = earth[0] / (r2 * r)
    flat = 1.5 * earth[2] * earth[1] * earth[1] / r2
    s = z * z / r2
    even = -main * (1.0 + flat * (1.0 - 5.0 * s)) + earth[3] * earth[3]
    outer = main * (3.0 + flat * (5.0 - 35.0 * s)) / r2
    lift = main * flat * 10.0 / r2
    out[0, 0] = even + outer * x * x
    out[1, 1] = even + outer * y * y
    out[0, 1] = out[1, 0] = outer * x * y
    out[0, 2] = out[2, 0] = (outer + lift) * x * z
    out[1, 2] = out[2, 1] = (outer + lift) * y * z
    out[2, 2] = (
        -main * (1.0 + flat * (1.0 - 5.0 * s)) + (outer + 2.0 * lift) * z * z - 2.0 * main * flat
    )


@inline
def _way(slope: Floats, turn: float, h: float, out: Floats) -> None:
    """Fill the derivative [6, 6] of a state after h seconds by the state before, to h cubed.

    A power series of the matrix of the linear equations, the slope held at the middle of the step.
    """
    h2, h3 = 0.5 * h * h, h * h * h / 6.0
    for i in range(3):
        for j in range(3):
            g = slope[i, j]
            # C is the turn about the pole: C[0, 1] = turn, C[1, 0] = -turn.
            cg = turn * slope[1, j] if i == 0 else (-turn * slope[0, j] if i == 1 else 0.0)
            gc = -turn * slope[i, 1] if j == 0 else (turn * slope[i, 0] if j == 1 else 0.0)
            c = turn if (i == 0 and j == 1) else (-turn if (i == 1 and j == 0) else 0.0)
            c2 = -turn * turn if (i == j and i < 2) else 0.0
            gg = slope[i, 0] * slope[0, j] + slope[i, 1] * slope[1, j] + slope[i, 2] * slope[2, j]
            one = 1.0 if i == j else 0.0
            ccg = -turn * turn * g if i < 2 else 0.0
            out[i, j] = one + h2 * g + h3 * cg
            out[i, j + 3] = h * one + h2 * c + h3 * (g + c2)
            out[i + 3, j] = h * g + h2 * cg + h3 * (gg + ccg)
            out[i + 3, j + 3] = one + h * c + h2 * (g + c2) + h3 * (gc + cg - turn * turn * c)


@kernel()
def coast(mean: Floats, cov: Floats, time_s: Floats, earth: Floats, density: float) -> None:
    """Carry states [n, 6] and covariances [n, 6, 6] on through free flight, in place.

    Args:
        mean, cov: Changed.
        time_s: [n]; not below zero.
        earth: GM, equatorial radius, J2, rotation.
        density: Of the acceleration that the model lacks, m^2/s^3, along each axis.
    """
    slope = np.empty((3, 3))
    way = np.empty((6, 6))
    part = np.empty((6, 6))
    for n in range(mean.shape[0]):
        if not time_s[n] > 0.0:
            continue
        steps = int(np.ceil(time_s[n] / STEP_MAX_S))
        h = time_s[n] / steps
        state, spread = mean[n], cov[n]
        for _ in range(steps):
            half = 0.5 * h
            middle_x, middle_y = state[0] + half * state[3], state[1] + half * state[4]
            _slope(middle_x, middle_y, state[2] + half * state[5], earth, slope)
            _way(slope, 2.0 * earth[3], h, way)
            _coast_state(state, h, earth)
            for i in range(6):
                for j in range(6):
                    total = 0.0
                    for k in range(6):
                        total += way[i, k] * spread[k, j]
                    part[i, j] = total
            for i in range(6):
                for j in range(i + 1):
                    total = 0.0
                    for k in range(6):
                        total += part[i, k] * way[j, k]
                    spread[i, j] = total
                    spread[j, i] = total
            for i in range(3):
                spread[i, i] += density * h * h * h / 3.0
                spread[i, i + 3] += density * h * h / 2.0
                spread[i + 3, i] += density * h * h / 2.0
                spread[i + 3, i + 3] += density * h


@kernel()
def turn(mean: Floats, columns: Floats, time_s: float, earth: Floats) -> None:
    """Carry derivatives [n, 6, c] of states on through free flight, in place.

    Args:
        mean: [n, 6], before.
        columns: Changed.
        time_s: Not below zero.
        earth: As for `coast`.
    """
    steps = max(int(np.ceil(time_s / STEP_MAX_S)), 1)
    h = time_s / steps
    slope, way = np.empty((3, 3)), np.empty((6, 6))
    state, after = np.empty(6), np.empty(6)
    for n in range(mean.shape[0]):
        for i in range(6):
            state[i] = mean[n, i]
        for _ in range(steps):
            half = 0.5 * h
            middle_x, middle_y = state[0] + half * state[3], state[1] + half * state[4]
            _slope(middle_x, middle_y, state[2] + half * state[5], earth, slope)
            _way(slope, 2.0 * earth[3], h, way)
            _coast_state(state, h, earth)
            for c in range(columns.shape[2]):
                for i in range(6):
                    total = 0.0
                    for k in range(6):
                        total += way[i, k] * columns[n, k, c]
                    after[i] = total
                for i in range(6):
                    columns[n, i, c] = after[i]
