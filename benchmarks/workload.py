"""The flights that every benchmark flies, and the truth that they are held against."""

import math
import sys
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from machine import say

from tocsin.catalog.build import vehicle_of
from tocsin.catalog.load import load_catalog
from tocsin.flight.air import flight_air
from tocsin.flight.motion import (
    altitude_m,
    boost_acceleration,
    falling_acceleration,
    tilt_cos_sin,
    tilt_share,
)
from tocsin.flight.trajectory import TILT_SHARE, Launches
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats, kernel

VEHICLE = "icbm-solid"
"""A generic class of three stages."""
SEED = 1


def vehicle() -> Vehicle:
    """Give the vehicle that is flown."""
    return vehicle_of(load_catalog().vehicles[VEHICLE])


def launches(count: int) -> Launches:
    """Give launches from anywhere in any direction, cut off in the third stage, none depressed."""
    draw = np.random.default_rng(SEED)
    return Launches(
        latitude_rad=draw.uniform(-1.1, 1.1, count),
        longitude_rad=draw.uniform(-math.pi, math.pi, count),
        azimuth_rad=draw.uniform(0.0, 2.0 * math.pi, count),
        tilt_rad=np.radians(draw.uniform(15.0, 58.0, count)),
        cutoff_s=draw.uniform(135.0, 180.0, count),
        speed_m_s=np.zeros(count),
    )


def air() -> Floats:
    """Give the flat air table."""
    return flight_air()


@kernel(cache=False)
def boost_rates(
    t: float, s: Floats, row: Floats, stage: Floats, table: Floats, out: Floats
) -> None:
    """Give the rates under thrust.

    Args:
        t, s: Time and state.
        row: A launch, as `launch_rows` gives it.
        stage: Thrust, exit area, flow, start, mass at start, drag area, rise and end of the tilt.
        table: Of the air.
        out: Filled.
    """
    c, d = tilt_cos_sin(row[12] * tilt_share(t, stage[6], stage[7]))
    push = (c * row[6] + d * row[9], c * row[7] + d * row[10], c * row[8] + d * row[11])
    mass = stage[4] - stage[2] * (t - stage[3])
    state = (s[0], s[1], s[2], s[3], s[4], s[5])
    out[0], out[1], out[2] = s[3], s[4], s[5]
    out[3], out[4], out[5] = boost_acceleration(
        state, stage[0], stage[1], stage[5], mass, push, table
    )


@kernel(cache=False)
def fall_rates(s: Floats, inverse_ballistic: float, table: Floats, out: Floats) -> None:
    """Give the rates without thrust."""
    ax, ay, az, _ = falling_acceleration(
        s[0], s[1], s[2], s[3], s[4], s[5], inverse_ballistic, table
    )
    out[0], out[1], out[2] = s[3], s[4], s[5]
    out[3], out[4], out[5] = ax, ay, az


def by_scipy(method: str, rtol: float) -> Callable[[Vehicle, Floats, Floats], Floats]:
    """Give a function that flies one launch by one of scipy's adaptive methods to the ground.

    The equations are the same and compiled; steps break at each stage and where the tilt begins and
    ends, as a careful user would have it.
    """
    from scipy.integrate import solve_ivp  # noqa: PLC0415  not needed by every benchmark

    def ground(_: float, s: Floats) -> float:
        return altitude_m(float(s[0]), float(s[1]), float(s[2]))

    ground.terminal, ground.direction = True, -1.0  # type: ignore[attr-defined]
    near = {"method": method, "rtol": rtol, "atol": rtol * 1e6}

    def fly_one(rocket: Vehicle, row: Floats, table: Floats) -> Floats:
        state, cutoff, rise = row[:6], float(row[13]), rocket.vertical_rise_s
        tilted = rise + TILT_SHARE * (cutoff - rise)
        mass, start, out = rocket.liftoff_kg, 0.0, np.empty(6)
        for one in rocket.stages:
            stop = min(start + one.burn_s, cutoff)
            flow = one.propellant_kg / one.burn_s
            numbers = [one.thrust_vacuum_n, one.exit_area_m2, flow, start, mass, one.drag_area_m2]
            stage = np.array([*numbers, rise, tilted])

            def rates(t: float, s: Floats, stage: Floats = stage) -> Floats:
                boost_rates(t, s, row, stage, table, out)
                return out.copy()

            edges = sorted({start, stop} | {t for t in (rise, tilted) if start < t < stop})
            for first, last in pairwise(edges if stop > start else []):
                state = solve_ivp(rates, (first, last), state, **near).y[:, -1]
            mass -= one.propellant_kg + one.dry_kg
            start += one.burn_s
        inverse = 1.0 / rocket.ballistic_coefficient_kg_m2

        def fall(_: float, s: Floats) -> Floats:
            fall_rates(s, inverse, table, out)
            return out.copy()

        ended = solve_ivp(fall, (cutoff, 2e4), state, events=ground, **near)
        return np.asarray(ended.y[:3, -1])

    return fly_one


if __name__ == "__main__":
    say(f"{VEHICLE}, {vehicle().burn_s:g} s of burn; the other benchmarks fly it (seed {SEED})")
    sys.exit(0)
