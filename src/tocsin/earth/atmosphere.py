"""The U.S. Standard Atmosphere 1976: density, pressure, temperature, sound against height.

Everything follows from the definition, none of it from the printed tables: up to 86 km the air is
mixed and hangs in balance; above, each gas settles by itself (diffusion) and they are added up.

Source:
    U.S. Standard Atmosphere, 1976, NOAA-S/T 76-1562 (NASA-TM-X-74335). "Part 1" below is its
    Part 1, Basis of the tables; equations, tables and symbols carry that document's names.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from tocsin.earth.constants import STANDARD_G_M_S2
from tocsin.lanes import Floats

AIR_STEP_M = 250.0
"""Height between two rows of the air table."""

AIR_TOP_M = 200_000.0
"""Height of the last row of the air table."""

AIR_LOWEST_M = -5_000.0
AIR_HIGHEST_M = 1_000_000.0
"""The heights that the standard covers; outside them every function gives NaN."""

_R = 8314.32
"""Gas constant, N m/(kmol K). Part 1, table 2."""
_BOLTZMANN = 1.380622e-23
"""J/K. Part 1, table 2."""
_AVOGADRO = 6.022169e26
"""Molecules in a kmol. Part 1, table 2."""
_RADIUS_M = 6_356_766.0
"""The standard's own Earth radius, r0. Part 1, table 2."""
_HEAT_RATIO = 1.4
"""Part 1, table 2."""
_M0 = 28.9644
"""Mean molecular weight of air at sea level, kg/kmol. Part 1, table 3, summed."""
_MIXED_TOP_M = 86_000.0
"""Below this height the air is mixed; above it the gases settle one by one."""

# Part 1, table 4: geopotential height of each layer's foot, and how the temperature changes in it.
_LAYER_FOOT_M = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])
_LAYER_LAPSE_K_M = np.array([-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3])

# Part 1, table 8: molecular weight over its sea-level value, every 500 m from 80 to 86 km.
_WEIGHT_HEIGHT_M = np.linspace(80e3, 86e3, 13)
_WEIGHT_RATIO = 1.0 - 1e-6 * np.array([0, 4, 11, 29, 59, 91, 130, 171, 214, 259, 306, 359, 421])

_FINE_STEP_M = 25.0
"""Step of the sums above 86 km; every height at which the definition changes is a multiple."""

_WEIGHT = {
    "N2": 28.0134,
    "O": 15.9994,
    "O2": 31.9988,
    "Ar": 39.948,
    "He": 4.0026,
    "H": 1.00797,
}
"""Molecular weights, kg/kmol. Part 1, table 3, and O and H by the same scale."""
_AT_86_KM = {
    "N2": 1.129794e20,
    "O": 8.6e16,
    "O2": 3.030898e19,
    "Ar": 1.3514e18,
    "He": 7.5817e14,
}
"""Molecules in a cubic metre at 86 km. Part 1, table 9."""
_DIFFUSION = {
    "O": (6.986e20, 0.750),
    "O2": (4.863e20, 0.750),
    "Ar": (4.487e20, 0.870),
    "He": (1.700e21, 0.691),
    "H": (3.305e21, 0.500),
}
"""Molecular diffusion: a in 1/(m s), b without unit. Part 1, table 6."""
_THERMAL = {"O": 0.0, "O2": 0.0, "Ar": 0.0, "He": -0.40, "H": -0.25}
"""Thermal diffusion. Part 1, table 6."""
_FLOW = {
    "O": (-5.809644e-4, 56.90311, 2.706240e-5),
    "O2": (1.366212e-4, 86.0, 8.333333e-5),
    "Ar": (9.434079e-5, 86.0, 8.333333e-5),
    "He": (-2.457369e-4, 86.0, 6.666667e-4),
}
"""Vertical flow: Q in 1/km^3, U in km, W in 1/km^3. Part 1, table 7."""
_FLOW_O_LOW = (-3.416248e-3, 97.0, 5.008765e-4)
"""A second flow of atomic oxygen below 97 km: q, u, w, units as above. Part 1, table 7."""
_H_AT_500_KM = 8.0e10
"""Hydrogen atoms in a cubic metre at 500 km. Part 1, table 2."""
_H_ESCAPE = 7.2e11
"""Hydrogen atoms that leave upward, through a square metre in a second. Part 1, table 2."""


def temperature_k(height_m: npt.ArrayLike) -> Floats:
    """Give the air's (kinetic) temperature, in K, at heights above sea level.

    Args:
        height_m: Geometric heights, -5 to 1,000 km, of any shape.
    """
    height = _covered(height_m)
    weight = np.interp(height, _WEIGHT_HEIGHT_M, _WEIGHT_RATIO)
    mixed = _scale_temperature(height) * weight
    return np.where(height < _MIXED_TOP_M, mixed, _settled_temperature(height))


def pressure_pa(height_m: npt.ArrayLike) -> Floats:
    """Give the air's pressure, in Pa, at heights above sea level; heights as `temperature_k`."""
    height = _covered(height_m)
    heights, _, log_pressure = _settled()
    settled = np.exp(np.interp(height, heights, log_pressure))
    return np.where(height < _MIXED_TOP_M, _mixed_pressure(height), settled)


def density_kg_m3(height_m: npt.ArrayLike) -> Floats:
    """Give the air's density, in kg/m^3, at heights above sea level; heights as `temperature_k`."""
    height = _covered(height_m)
    heights, log_density, _ = _settled()
    settled = np.exp(np.interp(height, heights, log_density))
    mixed = _mixed_pressure(height) * _M0 / (_R * _scale_temperature(height))
    return np.where(height < _MIXED_TOP_M, mixed, settled)


def sound_speed_m_s(height_m: npt.ArrayLike) -> Floats:
    """Give the speed of sound, in m/s, at heights above sea level; heights as `temperature_k`.

    The standard defines it up to 86 km (Part 1, equation 50). Above, where air grows too thin for
    sound to mean much, the same rule gives a smooth number for a Mach number and no more.
    """
    return np.sqrt(_HEAT_RATIO * pressure_pa(height_m) / density_kg_m3(height_m))


@cache
def air_table() -> Floats:
    """Give ln density (kg/m^3) and ln pressure (Pa) every `AIR_STEP_M` from 0 to `AIR_TOP_M`.

    Returns:
        Rows [801, 2], read-only, made once. Between rows both are taken as straight lines.
    """
    heights = np.arange(0.0, AIR_TOP_M + AIR_STEP_M / 2.0, AIR_STEP_M)
    table = np.log(np.stack([density_kg_m3(heights), pressure_pa(heights)], axis=-1))
    table.setflags(write=False)
    return table


def _covered(height_m: npt.ArrayLike) -> Floats:
    """Give the heights as an array, NaN where the standard says nothing."""
    height = np.asarray(height_m, dtype=np.float64)
    return np.where((height >= AIR_LOWEST_M) & (height <= AIR_HIGHEST_M), height, np.nan)


def _geopotential_m(height_m: Floats) -> Floats:
    """Give geopotential height, which makes gravity constant. Part 1, equation 18."""
    return _RADIUS_M * height_m / (_RADIUS_M + height_m)


@cache
def _layer_feet() -> tuple[Floats, Floats]:
    """Give temperature (K) and pressure (Pa) at the foot of each mixed layer."""
    temperatures, pressures = [288.15], [101_325.0]
    for layer, lapse in enumerate(_LAYER_LAPSE_K_M[:-1]):
        thick = _LAYER_FOOT_M[layer + 1] - _LAYER_FOOT_M[layer]
        temperatures.append(temperatures[-1] + lapse * thick)
        pressures.append(_hang(pressures[-1], temperatures[-2], lapse, thick))
    return np.array(temperatures), np.array(pressures)


def _hang(foot_pa: float, foot_k: float, lapse_k_m: float, rise_m: float) -> float:
    """Give the pressure above a layer's foot. Part 1, equations 33a and 33b."""
    if lapse_k_m == 0.0:
        return float(foot_pa * np.exp(-STANDARD_G_M_S2 * _M0 * rise_m / (_R * foot_k)))
    power = STANDARD_G_M_S2 * _M0 / (_R * lapse_k_m)
    return float(foot_pa * (foot_k / (foot_k + lapse_k_m * rise_m)) ** power)


def _layer(height_m: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    """Give each height's mixed layer, and the geopotential rise above its foot."""
    rise = _geopotential_m(np.clip(height_m, AIR_LOWEST_M, _MIXED_TOP_M))
    index = np.clip(np.searchsorted(_LAYER_FOOT_M, rise, side="right") - 1, 0, 6)
    return index, rise - _LAYER_FOOT_M[index]


def _scale_temperature(height_m: Floats) -> Floats:
    """Give the molecular-scale temperature up to 86 km. Part 1, equation 23."""
    index, rise = _layer(height_m)
    foot_k, _ = _layer_feet()
    return np.asarray(foot_k[index] + _LAYER_LAPSE_K_M[index] * rise)


def _mixed_pressure(height_m: Floats) -> Floats:
    """Give the pressure up to 86 km. Part 1, equations 33a and 33b, over arrays."""
    index, rise = _layer(height_m)
    foot_k, foot_pa = _layer_feet()
    lapse = _LAYER_LAPSE_K_M[index]
    sloped = np.where(lapse == 0.0, 1.0, lapse)
    ratio = foot_k[index] / (foot_k[index] + lapse * rise)
    slope = ratio ** (STANDARD_G_M_S2 * _M0 / (_R * sloped))
    level = np.exp(-STANDARD_G_M_S2 * _M0 * rise / (_R * foot_k[index]))
    return np.asarray(foot_pa[index] * np.where(lapse == 0.0, level, slope))


def _settled_temperature(height_m: Floats) -> Floats:
    """Give the temperature from 86 to 1,000 km. Part 1, equations 25 to 31."""
    z_km = np.maximum(height_m, _MIXED_TOP_M) / 1000.0
    bend = 1.0 - ((np.clip(z_km, 91.0, 110.0) - 91.0) / 19.9429) ** 2
    radius = _RADIUS_M / 1000.0
    reach = (z_km - 120.0) * (radius + 120.0) / (radius + z_km)
    far = 1000.0 - (1000.0 - 360.0) * np.exp(-0.01875 * np.maximum(reach, 0.0))
    near = np.where(z_km <= 110.0, 263.1905 - 76.3232 * np.sqrt(bend), 240.0 + 12 * (z_km - 110.0))
    return np.where(z_km <= 91.0, 186.8673, np.where(z_km <= 120.0, near, far))


def _sum_up(slope: Floats) -> Floats:
    """Give the running integral of a quantity over the fine heights, zero at the first."""
    total = np.zeros_like(slope)
    np.cumsum((slope[1:] + slope[:-1]) * (0.5 * _FINE_STEP_M), out=total[1:])
    return total


def _eddy_m2_s(height_m: Floats) -> Floats:
    """Give how fast turbulence mixes the air. Part 1, equations 7a to 7c."""
    x = np.clip(height_m / 1000.0 - 95.0, 0.0, 19.9999)
    return np.where(height_m < 115e3, 120.0 * np.exp(1.0 - 400.0 / (400.0 - x * x)), 0.0)


def _flow_1_m(gas: str, height_m: Floats) -> Floats:
    """Give a gas's upward flow over its spreading, v/(D + K), in 1/m. Part 1, equation 37."""
    z_km = height_m / 1000.0
    q, u, w = _FLOW[gas]
    flow = q * (z_km - u) ** 2 * np.exp(-w * (z_km - u) ** 3)
    if gas == "O":
        q, u, w = _FLOW_O_LOW
        below = np.maximum(u - z_km, 0.0)
        flow = flow + q * below**2 * np.exp(-w * below**3)
    return flow / 1000.0


def _diffused(
    gas: str, height_m: Floats, temperature: Floats, through: Floats, mean: Floats
) -> Floats:
    """Give how many molecules of a gas fill a cubic metre. Part 1, equations 36 and 38.

    Args:
        gas: A key of `_FLOW`.
        height_m: The fine heights.
        temperature: In K, at those heights.
        through: Molecules in a cubic metre of the gases that it spreads through.
        mean: Weight by which those gases hang, kg/kmol.
    """
    a, b = _DIFFUSION[gas]
    spread = a / through * (temperature / 273.15) ** b
    eddy = _eddy_m2_s(height_m)
    lift = _lift(height_m, temperature)
    own = _WEIGHT[gas] + _THERMAL[gas] * np.gradient(temperature, height_m) / (lift * temperature)
    slope = lift * (spread * own + eddy * mean) / (spread + eddy)
    fall = np.exp(-_sum_up(slope + _flow_1_m(gas, height_m)))
    return np.asarray(_AT_86_KM[gas] * temperature[0] / temperature * fall)


def _lift(height_m: Floats, temperature: Floats) -> Floats:
    """Give g/(R T), in kmol/(kg m): how fast a gas thins with height, for each unit of weight."""
    gravity = STANDARD_G_M_S2 * (_RADIUS_M / (_RADIUS_M + height_m)) ** 2
    return np.asarray(gravity / (_R * temperature))


def _mixing_weight(height_m: Floats, above: Floats | float) -> Floats:
    """Give the weight by which mixed gases hang: sea-level air's up to 100 km, another above.

    At 100 km itself it is the mean of both, so that a running integral meets the jump exactly.
    """
    from_here = np.where(height_m == 100e3, 0.5 * (_M0 + above), above)
    return np.where(height_m < 100e3, _M0, from_here)


def _hydrogen(height_m: Floats, temperature: Floats, through: Floats) -> Floats:
    """Give hydrogen atoms in a cubic metre from 150 km up, zero below. Part 1, equation 39.

    Arguments as for `_diffused`.
    """
    a, b = _DIFFUSION["H"]
    top = int(np.searchsorted(height_m, 500e3))
    spread = a / through * (temperature / 273.15) ** b
    depth = _sum_up(_lift(height_m, temperature) * _WEIGHT["H"])
    depth = depth - depth[top]
    warm = (temperature / temperature[top]) ** (1.0 + _THERMAL["H"])
    lost = _sum_up(_H_ESCAPE / spread * warm * np.exp(depth))
    number = (_H_AT_500_KM - (lost - lost[top])) / warm * np.exp(-depth)
    return np.where(height_m >= 150e3, number, 0.0)


@cache
def _settled() -> tuple[Floats, Floats, Floats]:
    """Give fine heights from 86 to 1,000 km, with ln density and ln pressure there."""
    height = np.arange(_MIXED_TOP_M, AIR_HIGHEST_M + _FINE_STEP_M / 2.0, _FINE_STEP_M)
    temperature = _settled_temperature(height)
    heavy = _mixing_weight(height, _WEIGHT["N2"])
    hang = np.exp(-_sum_up(_lift(height, temperature) * heavy))
    number = {"N2": _AT_86_KM["N2"] * temperature[0] / temperature * hang}
    for gas in ("O", "O2"):
        number[gas] = _diffused(gas, height, temperature, number["N2"], heavy)
    through = number["N2"] + number["O"] + number["O2"]
    heavy = _mixing_weight(height, _mass(number) / through)
    for gas in ("Ar", "He"):
        number[gas] = _diffused(gas, height, temperature, through, heavy)
    through = through + number["Ar"] + number["He"]
    number["H"] = _hydrogen(height, temperature, through)
    pressure = (through + number["H"]) * _BOLTZMANN * temperature
    return height, np.log(_mass(number) / _AVOGADRO), np.log(pressure)


def _mass(number: dict[str, Floats]) -> Floats:
    """Give the weight of all gases together: molecules in a cubic metre times kg/kmol."""
    return np.asarray(sum(_WEIGHT[gas] * count for gas, count in number.items()))
