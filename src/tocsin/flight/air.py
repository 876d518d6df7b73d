"""The air a rocket feels, as lane formulas over a table of the standard atmosphere."""

import numpy as np

from tocsin.earth.atmosphere import AIR_STEP_M, AIR_TOP_M, air_table
from tocsin.lanes import Floats, inline


def flight_air() -> Floats:
    """Give the air as the kernels read it: flat rows of ln density and pressure over density.

    Pressure over density is straight between the rows where temperature is, and needs no power.
    Above `AIR_TOP_M` the air is left out: it would give 1e-6 m/s^2 to anything that flies here.
    """
    logs = air_table()
    return np.stack([logs[:, 0], np.exp(logs[:, 1] - logs[:, 0])], -1).ravel()


@inline
def exp_small(x: float) -> float:
    """Give e to the power x without a call or a branch, so that it vectorises.

    Args:
        x: From -40 to 20.

    Returns:
        The power; its relative error stays below 3e-7 (tested).

    Method: e^x = (e^(x/256))^256, the inner power by its Taylor series to the sixth degree.
    """
    y = x * 0.00390625
    p = 1.0 + y / 6.0
    p = 1.0 + p * y * 0.2
    p = 1.0 + p * y * 0.25
    p = 1.0 + p * y / 3.0
    p = 1.0 + p * y * 0.5
    p = 1.0 + p * y
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    return p * p


@inline
def air_density(table: Floats, altitude_m: float) -> float:
    """Give the air's density at a height, kg/m^3: log-linear between the rows of the table.

    Args:
        table: From `flight_air`.
        altitude_m: Height above the ellipsoid; below zero counts as zero.
    """
    step = min(max(altitude_m, 0.0), AIR_TOP_M - 1.0) / AIR_STEP_M
    row = int(step)
    part = step - row
    log = table[2 * row] * (1.0 - part) + table[2 * row + 2] * part
    return exp_small(log) if altitude_m < AIR_TOP_M else 0.0


@inline
def air_density_and_ratio(table: Floats, altitude_m: float) -> tuple[float, float]:
    """Give density (kg/m^3) and pressure over density (J/kg) at a height; as for `air_density`."""
    step = min(max(altitude_m, 0.0), AIR_TOP_M - 1.0) / AIR_STEP_M
    row = int(step)
    part = step - row
    log = table[2 * row] * (1.0 - part) + table[2 * row + 2] * part
    ratio = table[2 * row + 1] * (1.0 - part) + table[2 * row + 3] * part
    return (exp_small(log) if altitude_m < AIR_TOP_M else 0.0), ratio


@inline
def drag_coefficient(speed2: float, sound2: float) -> float:
    """Give the drag coefficient of a slender rocket at a speed.

    Args:
        speed2, sound2: Squares of the speed and of the speed of sound. Their quotient is the
            square of the Mach number; apart they save a division.

    A smooth curve: 0.25 slow, 0.42 just above the speed of sound, 0.15 fast.

    Source: the shape of the V-2's measured curve, Sutton and Biblarz, Rocket Propulsion
    Elements, 8th ed., 2010, figure 4-3, rounded; assumed for every class.
    """
    scale = sound2 * sound2 + 1e-30
    off = speed2 - 1.4 * sound2
    return 0.15 + 0.27 * scale / (scale + 0.8 * off * off)
