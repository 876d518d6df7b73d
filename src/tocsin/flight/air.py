"""The air a rocket feels, as lane formulas over a table of the standard atmosphere."""

from tocsin.lanes import Floats, inline

AIR_STEP_M = 250.0
"""Height between two rows of the air table; the same as in earth.atmosphere."""

AIR_TOP_M = 200_000.0
"""Above this height the air is left out: 1e-6 m/s^2 on anything that flies here."""


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
        table: Flat rows of ln density and ln pressure every `AIR_STEP_M` (earth.atmosphere).
        altitude_m: Height above the ellipsoid; below zero counts as zero.
    """
    step = min(max(altitude_m, 0.0), AIR_TOP_M - 1.0) / AIR_STEP_M
    row = int(step)
    part = step - row
    log = table[2 * row] * (1.0 - part) + table[2 * row + 2] * part
    return exp_small(log) if altitude_m < AIR_TOP_M else 0.0


@inline
def air_density_pressure(table: Floats, altitude_m: float) -> tuple[float, float]:
    """Give density (kg/m^3) and pressure (Pa) at a height; arguments as for `air_density`."""
    step = min(max(altitude_m, 0.0), AIR_TOP_M - 1.0) / AIR_STEP_M
    row = int(step)
    part = step - row
    log_density = table[2 * row] * (1.0 - part) + table[2 * row + 2] * part
    log_pressure = table[2 * row + 1] * (1.0 - part) + table[2 * row + 3] * part
    below = 1.0 if altitude_m < AIR_TOP_M else 0.0
    return below * exp_small(log_density), below * exp_small(log_pressure)


@inline
def drag_coefficient(moving_pa: float, sound_pa: float) -> float:
    """Give the drag coefficient of a slender rocket at a speed.

    Args:
        moving_pa: Density times the square of the speed.
        sound_pa: Density times the square of the speed of sound: 1.4 times the pressure. The
            square of the Mach number is the quotient of the two; apart they save a division.

    A smooth curve: 0.25 slow, 0.42 just above the speed of sound, 0.15 fast.

    Source: the shape of the V-2's measured curve, Sutton and Biblarz, Rocket Propulsion
    Elements, 8th ed., 2010, figure 4-3, rounded; assumed for every class.
    """
    scale = sound_pa * sound_pa + 1e-30
    off = moving_pa - 1.4 * sound_pa
    return 0.15 + 0.27 * scale / (scale + 0.8 * off * off)
