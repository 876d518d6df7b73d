"""A simple first stage of a rocket, fitted to plots of its ascent: where and when it left.

It rises straight up for `RISE_S`, then tilts to one side; its thrust is steady and its mass falls
evenly. One stage only: plots later than `WINDOW_S` after the first are left out.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from tocsin.lanes import Floats, inline, kernel, prange
from tocsin.tracking.fall import acceleration
from tocsin.tracking.filter import ANGLES, look, wrap_rad

RISE_S = 4.0
STEP_S = 1.0
ASCENT_MAX_S = 300.0
GRAVITY_M_S2 = 9.80665
ASCENT_INVERSE_BALLISTIC_M2_KG = 4e-5
"""Of a rising rocket: drag coefficient 0.3 and 1.2 m^2 on 10 t.
Assumed."""

UNKNOWNS = 8
PRIOR_MEAN = np.array([0.0, 0.0, -30.0, 0.0, math.log(2.2), math.log(2700.0), math.log(0.02), 0.9])
PRIOR_SIGMA = np.array([1e5, 1e5, 40.0, 10.0, 0.28, 0.08, 0.60, 0.40])
"""North and east of the place under the first plot (m), lift-off after the first plot (s), azimuth
(rad), and four of the rocket: logarithms of its thrust over weight, of its exhaust speed (m/s), of
its first rate of tilting (rad/s), and its largest tilt (rad).

Thrust in vacuum over weight at lift-off: 1.3 to 3.9 within two sigmas; large liquids 1.5 to 2,
solids and small ones 2 to 3.5: assumed. Exhaust speed: 2,300 to 3,170 m/s, specific impulses of
235 to 320 s (Sutton and Biblarz, Rocket Propulsion Elements, 8th ed., 2010, tables 5-5 and 12-3).
Rate of tilting at first: 0.3 to 4 deg/s; largest tilt: 50 deg give or take 23, from lofted to
flat: assumed.
"""
START_ROUNDS = 7
ROUNDS = 10
STARTS = 8
"""Azimuths that the fit starts from."""
PROBE = np.array([10.0, 10.0, 1e-2, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4])
MOST = np.array([3e4, 3e4, 10.0, 0.5, 0.25, 0.25, 0.4, 0.3])
"""Largest change of one round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Plots of ascents, [k, m] for each of k: padded where one has fewer."""

    reference_m: Floats
    """[k, 3], on the ground, near the launch."""
    axes: Floats
    """[k, 3, 3], rows east, north, up there."""
    time_s: Floats
    """[k, m], after each first plot, rising."""
    values: Floats
    """[k, m, 4], as `filter.measured`."""
    sigma: Floats
    """[k, m, 4], with what the model may be wrong by in them; infinite where nothing was
    measured."""
    place_m: Floats
    """[k, m, 3], of the sensor."""
    turn: Floats
    """[k, m, 3, 3], its axes as for `filter.look`."""

    def take(self, rows: Floats | slice) -> "Seen":
        """Give some of them."""
        return Seen(**{name: getattr(self, name)[rows] for name in self.__slots__})


@inline
def pushed(
    at: tuple[float, float, float, float, float, float],
    rocket: tuple[float, float, float, float],
    time: float,
    side: Floats,
    earth: Floats,
) -> tuple[float, float, float]:
    """Give the acceleration of a rising rocket, m/s^2.

    Args:
        at: Position and velocity.
        rocket: Thrust over weight, share of mass a second, rate of tilt, largest tilt.
        time: Since lift-off.
        side: [6]: up at the launch, and the way it tilts to.
        earth: As for `fall.fall_all`.
    """
    ax, ay, az = acceleration(at, ASCENT_INVERSE_BALLISTIC_M2_KG, earth)
    heavy, burn, rate, most = rocket
    left = max(1.0 - burn * time, 0.1)
    push = heavy * GRAVITY_M_S2 / left
    tilt = most * (1.0 - math.exp(-rate * max(time - RISE_S, 0.0) / most))
    rise, lean = push * math.cos(tilt), push * math.sin(tilt)
    return (
        ax + rise * side[0] + lean * side[3],
        ay + rise * side[1] + lean * side[4],
        az + rise * side[2] + lean * side[5],
    )


@kernel(parallel=True)
def ascend(unknown: Floats, ground: Floats, time_s: Floats, earth: Floats, out: Floats) -> None:
    """Fill `out` [k, m, 6] with where rockets are at `time_s` [k, m].

    Args:
        unknown: [k, 8], see `PRIOR_MEAN`.
        ground: [k, 12]: reference place, then rows east, north and up there.
        time_s: Rising; before its lift-off a rocket stands on the ground.
        earth: As for `fall.fall_all`.
    """
    for n in prange(unknown.shape[0]):
        p, base, side, at = unknown[n], ground[n], np.empty(6), np.zeros(6)
        north, east = p[0], p[1]
        radius = math.sqrt(base[0] ** 2 + base[1] ** 2 + base[2] ** 2)
        length = 0.0
        for i in range(3):
            at[i] = base[i] + east * base[3 + i] + north * base[6 + i]
            length += at[i] * at[i]
        length = math.sqrt(length)
        for i in range(3):
            side[i] = at[i] / length
            side[3 + i] = math.sin(p[3]) * base[3 + i] + math.cos(p[3]) * base[6 + i]
            at[i] = side[i] * radius
        rocket = (
            math.exp(p[4]),
            math.exp(p[4] - p[5]) * GRAVITY_M_S2,
            math.exp(p[6]),
            max(p[7], 0.01),
        )
        flown = 0.0
        for m in range(time_s.shape[1]):
            goal = min(max(time_s[n, m] - p[2], 0.0), ASCENT_MAX_S)
            while flown < goal:
                h = min(STEP_S, goal - flown)
                x, y, z, vx, vy, vz = at[0], at[1], at[2], at[3], at[4], at[5]
                ax, ay, az = pushed((x, y, z, vx, vy, vz), rocket, flown, side, earth)
                half = 0.5 * h
                ux, uy, uz = vx + half * ax, vy + half * ay, vz + half * az
                middle = (x + half * vx, y + half * vy, z + half * vz, ux, uy, uz)
                ax, ay, az = pushed(middle, rocket, flown + half, side, earth)
                at[0], at[1], at[2] = x + h * ux, y + h * uy, z + h * uz
                at[3], at[4], at[5] = vx + h * ax, vy + h * ay, vz + h * az
                flown = max(flown + h, goal) if h < STEP_S else flown + h
            for i in range(6):
                out[n, m, i] = at[i]


def residuals(unknown: Floats, seen: Seen, earth: Floats) -> Floats:
    """Give residuals over their sigmas [k, 4 m + 8]: the plots', then the prior's."""
    k, m = seen.time_s.shape
    states = np.empty((k, m, 6))
    ground = np.concatenate([seen.reference_m, seen.axes.reshape(k, 9)], axis=1)
    ascend(unknown, np.ascontiguousarray(ground), seen.time_s, earth, states)
    expected, _ = look(
        states.reshape(-1, 6), seen.place_m.reshape(-1, 3), seen.turn.reshape(-1, 3, 3)
    )
    off = seen.values - expected.reshape(k, m, 4)
    off = np.where(ANGLES, wrap_rad(off), off)
    off = np.where(np.isfinite(seen.sigma), off / seen.sigma, 0.0)
    return np.concatenate([off.reshape(k, -1), (unknown - PRIOR_MEAN) / PRIOR_SIGMA], axis=1)


def slopes(unknown: Floats, seen: Seen, earth: Floats) -> tuple[Floats, Floats]:
    """Give residuals [k, r], and their derivative [k, r, 8] by differences."""
    here = residuals(unknown, seen, earth)
    found = np.empty((*here.shape, UNKNOWNS))
    for column in range(UNKNOWNS):
        moved = unknown.copy()
        moved[:, column] += PROBE[column]
        found[:, :, column] = (residuals(moved, seen, earth) - here) / PROBE[column]
    return here, found


def fitted(seen: Seen, earth: Floats) -> tuple[Floats, Floats, Floats]:
    """Give unknowns [k, 8], their covariance [k, 8, 8], and the sum of squared residuals [k].

    From several azimuths a few rounds each, then the best one to the end. Damped after Marquardt.

    Source: Marquardt, Journal of the Society for Industrial and Applied Mathematics 11(2), 1963,
    431-441.
    """
    k = len(seen.time_s)
    start = np.tile(PRIOR_MEAN, (STARTS, k, 1))
    start[:, :, 3] = (2.0 * np.pi / STARTS * np.arange(STARTS))[:, None]
    turned = replace(
        seen, **{name: np.concatenate([getattr(seen, name)] * STARTS) for name in seen.__slots__}
    )
    tried, cost = _descended(start.reshape(-1, UNKNOWNS), turned, earth, START_ROUNDS)
    best = np.argmin(cost.reshape(STARTS, k), axis=0)
    chosen = tried.reshape(STARTS, k, UNKNOWNS)[best, np.arange(k)]
    unknown, cost = _descended(chosen, seen, earth, ROUNDS)
    _, slope = slopes(unknown, seen, earth)
    return unknown, _inverse(np.swapaxes(slope, 1, 2) @ slope), cost


def _inverse(information: Floats) -> Floats:
    """Invert information matrices whose numbers differ wildly in size."""
    scale = PRIOR_SIGMA[:, None] * PRIOR_SIGMA
    return np.asarray(np.linalg.inv(information * scale) * scale)


def _descended(unknown: Floats, seen: Seen, earth: Floats, rounds: int) -> tuple[Floats, Floats]:
    """Take damped steps; give the unknowns and the sums of squares."""
    damping = np.full(len(unknown), 1e-2)
    here, slope = slopes(unknown, seen, earth)
    cost = np.sum(here * here, axis=1)
    for _ in range(rounds):
        scaled = slope * PRIOR_SIGMA
        normal = np.swapaxes(scaled, 1, 2) @ scaled
        steep = np.einsum("nrp,nr->np", scaled, here)
        damped = normal + damping[:, None, None] * (normal * np.eye(UNKNOWNS))
        step = -np.linalg.solve(damped, steep[:, :, None])[:, :, 0] * PRIOR_SIGMA
        tried = unknown + np.clip(step, -MOST, MOST)
        found = residuals(tried, seen, earth)
        better = np.sum(found * found, axis=1) < cost
        unknown = np.where(better[:, None], tried, unknown)
        damping = np.where(better, 0.3 * damping, 6.0 * damping)
        here, slope = slopes(unknown, seen, earth)
        cost = np.sum(here * here, axis=1)
    return unknown, cost
