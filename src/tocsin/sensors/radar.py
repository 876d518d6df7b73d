"""What a radar is, how strong its echo is, and whether and how well one look sees it."""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.lanes import inline
from tocsin.sensors.limits import SensorError, check_between, check_confirmation, check_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """One radar on the ground: where it stands, where it looks, how far and how often.

    Nothing is claimed beyond `range_max_m`, nor nearer than `range_min_m`: no detection there.
    """

    id: str
    name: str
    latitude_rad: float
    longitude_rad: float
    altitude_m: float
    sectors_rad: tuple[tuple[float, float], ...]
    """Azimuths (from, to), clockwise from north, each from 0 to 2 pi; (0, 2 pi) is all round."""
    elevation_min_rad: float
    """Of the beam, as the radar points it (apparent); bending is added to it."""
    elevation_max_rad: float
    range_min_m: float
    range_max_m: float
    """The published range: where one look sees the reference target with `reference_snr`."""
    reference_rcs_m2: float
    reference_snr: float
    """Signal over noise, a ratio, for the reference target at `range_max_m`."""
    false_alarm_probability: float
    """Chance that one look at nothing reports something."""
    revisit_s: float
    """Time between looks at one place."""
    confirm_hits: int = 2
    confirm_window: int = 3
    """A target is confirmed by so many hits among so many looks in a row."""
    pulse_hz: float | None = None
    """Pulses a second; None where nobody says: then no echo is taken for one of a later pulse."""
    plots_max: int | None = None
    """Most plots that it reports in one look, the strongest; None: as many as there are."""

    def __post_init__(self) -> None:
        thing = f"radar {self.id!r}"
        check_named(thing, "id", self.id)
        check_named(thing, "name", self.name)
        for key, low, high in _LIMITS:
            check_between(thing, key, getattr(self, key), low, high)
        check_between(
            thing, "elevation_max_rad", self.elevation_max_rad, self.elevation_min_rad, math.pi / 2
        )
        check_between(thing, "range_min_m", self.range_min_m, 0.0, self.range_max_m)
        check_confirmation(thing, self.confirm_hits, self.confirm_window)
        if self.pulse_hz is not None:
            check_between(thing, "pulse_hz", self.pulse_hz, *PULSE_LIMITS_HZ)
        if self.plots_max is not None:
            check_between(thing, "plots_max", self.plots_max, *PLOTS_LIMITS)
        self._check_sectors(thing)

    def _check_sectors(self, thing: str) -> None:
        """Refuse a radar that looks nowhere, and a sector of no width."""
        if not self.sectors_rad:
            raise SensorError(f"{thing}: sectors_rad is empty; give at least one (from, to)")
        for number, (start, end) in enumerate(self.sectors_rad):
            key = f"sectors_rad[{number}]"
            check_between(thing, f"{key} from", start, 0.0, 2.0 * math.pi)
            check_between(thing, f"{key} to", end, 0.0, 2.0 * math.pi)
            if start == end:
                raise SensorError(
                    f"{thing}: {key} goes from {start:g} to the same azimuth;"
                    f" for all round give (0, 2 pi)"
                )


PULSE_LIMITS_HZ = (0.1, 1e6)
PLOTS_LIMITS = (1, 1_000_000)
"""Lowest and highest value of `pulse_hz` and `plots_max`."""

_LIMITS = (
    ("latitude_rad", -math.pi / 2, math.pi / 2),
    ("longitude_rad", -2.0 * math.pi, 2.0 * math.pi),
    ("altitude_m", -500.0, 9000.0),
    ("elevation_min_rad", math.radians(-1.0), math.pi / 2),
    ("range_max_m", 1.0e3, 5.0e7),
    ("reference_rcs_m2", 1e-6, 1e6),
    ("reference_snr", 1e-3, 1e9),
    ("false_alarm_probability", 1e-15, 0.1),
    ("revisit_s", 1e-3, 3600.0),
)
"""Field, lowest and highest value allowed."""


SPEED_OF_LIGHT_M_S = 299_792_458.0
"""By definition of the metre. SI brochure, 9th ed., 2019."""


def clear_range_m(radar: Radar) -> float:
    """Give the distance beyond which an echo comes back after the next pulse; infinite if unknown.

    Source: Skolnik, Introduction to Radar Systems, 3rd ed., 2001, section 1.1.
    """
    return math.inf if radar.pulse_hz is None else SPEED_OF_LIGHT_M_S / (2.0 * radar.pulse_hz)


BOLTZMANN_J_K = 1.380649e-23
"""By definition of the kelvin. SI brochure, 9th ed., 2019."""


@inline
def snr_at(
    range_m: float,
    rcs_m2: float,
    reference_range_m: float,
    reference_rcs_m2: float,
    reference_snr: float,
) -> float:
    """Give the signal over noise, a ratio, of one look at a target.

    Args:
        range_m: Distance from radar to target, above zero.
        rcs_m2: Average radar cross-section of the target, zero or more.
        reference_range_m, reference_rcs_m2, reference_snr: A range and a size of target at which
            the signal over noise is known.

    Holds in free space with thermal noise only: no jamming, ground echoes or loss off the beam's
    middle.

    Source: Skolnik, Introduction to Radar Systems, 3rd ed., 2001, chapter 1.
    """
    nearer = reference_range_m / range_m
    return reference_snr * (rcs_m2 / reference_rcs_m2) * (nearer * nearer) * (nearer * nearer)


@inline
def swerling_1(snr: float, false_alarm_probability: float) -> float:
    """Give the chance that one look detects a target whose echo flickers from look to look.

    Args:
        snr: Average signal over noise, a ratio, zero or more.
        false_alarm_probability: Chance that one look at nothing reports something, above 0.

    Source: Swerling, Probability of detection for fluctuating targets, IRE Trans. Information
    Theory IT-6(2), 1960, 269-308: case 1, one pulse.
    """
    return math.exp(math.log(false_alarm_probability) / (1.0 + snr))


@inline
def detection_probability(
    range_m: float,
    rcs_m2: float,
    reference_range_m: float,
    reference_rcs_m2: float,
    reference_snr: float,
    false_alarm_probability: float,
) -> float:
    """Give the chance that one look detects a flickering target at a distance.

    Arguments, limits and sources as for `snr_at` and `swerling_1`. A radar's nearest and farthest
    range are not asked here.
    """
    snr = snr_at(range_m, rcs_m2, reference_range_m, reference_rcs_m2, reference_snr)
    return swerling_1(snr, false_alarm_probability)


def snr_for(probability: float, false_alarm_probability: float) -> float:
    """Give the signal over noise at which one look detects a flickering target so often.

    `swerling_1` turned round. At a published range whose chance is not published, a half is
    assumed: `reference_snr=snr_for(0.5, false_alarm_probability)`.

    Args:
        probability: From the false alarm probability to below 1.
        false_alarm_probability: Above 0, below 1.
    """
    return math.log(false_alarm_probability) / math.log(probability) - 1.0


def swerling_0(snr: float, false_alarm_probability: float) -> float:
    """Give the chance that one look detects a target whose echo is steady.

    Args:
        snr: Signal over noise, a ratio, zero or more.
        false_alarm_probability: Chance that one look at nothing reports something, above 0.

    Good to 1e-9. Marcum's Q, as the chance that a Poisson count of mean `snr` is not below one of
    mean -ln(false alarm probability).

    Source: Marcum, A statistical theory of target detection by pulsed radar, IRE Trans.
    Information Theory IT-6(2), 1960, 59-267; as Poisson sums: Shnidman, IEEE Trans. Information
    Theory 35(2), 1989, 389-400.
    """
    noise = -math.log(false_alarm_probability)
    if math.sqrt(snr) > math.sqrt(noise) + 8.0:
        return 1.0
    count = np.arange(int(max(snr, noise) + 12.0 * math.sqrt(max(snr, noise)) + 60.0))
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(count[1:]))])
    weight = np.exp(count * math.log(max(snr, 1e-300)) - snr - log_factorial)
    reached = np.cumsum(np.exp(count * math.log(noise) - noise - log_factorial))
    return float(min(weight @ reached, 1.0))


@inline
def range_by_equation_m(
    average_power_w: float,
    aperture_m2: float,
    gain: float,
    rcs_m2: float,
    pulses: float,
    pulse_rate_hz: float,
    snr: float,
    noise_k: float,
    loss: float,
    integration: float,
) -> float:
    """Give how far a radar reaches by the radar equation.

    Args:
        average_power_w, aperture_m2, gain: Of the radar; the gain is a ratio.
        rcs_m2: Radar cross-section of the target.
        pulses, pulse_rate_hz: How many pulses are added up, and how many are sent a second.
        snr: Signal over noise that is needed, a ratio.
        noise_k: Noise temperature of the whole system.
        loss: Of the whole system, a ratio of 1 or more.
        integration: How well the pulses add up, 0 to 1.

    Source: Skolnik, Introduction to Radar Systems, 3rd ed., 2001, section 2.1.
    """
    sent = integration * average_power_w * aperture_m2 * gain * rcs_m2 * pulses
    lost = (4.0 * math.pi) ** 2 * BOLTZMANN_J_K * noise_k * pulse_rate_hz * snr * loss
    return math.sqrt(math.sqrt(sent / lost))


RANGE_SLOPE = 1.0
"""`measurement_sigma`'s slope for a range. Curry, Radar System Performance Modeling, 2nd ed.,
2005, section 8.2."""

ANGLE_SLOPE = 1.6
"""`measurement_sigma`'s slope for an angle: of a monopulse receiver. Curry, 2005, section 8.3."""


@inline
def measurement_sigma(snr: float, cell: float, slope: float, fixed: float) -> float:
    """Give the standard deviation of one measurement, in the unit of the cell.

    Args:
        snr: Signal over noise, a ratio, above zero.
        cell: The radar's resolution: its range cell, or its beam's width.
        slope: `RANGE_SLOPE` or `ANGLE_SLOPE`.
        fixed: What remains at any strength of signal.

    Holds for a target that is detected (signal well over noise) and alone in its cell.

    Source: Curry, Radar System Performance Modeling, 2nd ed., 2005, chapter 8.
    """
    noise = cell / (slope * math.sqrt(2.0 * snr))
    return math.sqrt(noise * noise + fixed * fixed)


@inline
def range_ambiguity(range_m: float, pulse_rate_hz: float) -> tuple[float, float]:
    """Give the range that a steady pulse rate shows for a target, and the pulses in between.

    Args:
        range_m: True distance, zero or more.
        pulse_rate_hz: Above zero.

    Returns:
        The shown range, below the unambiguous one, and how many pulses were sent while the echo
        was on its way (a whole number; 1 or more is a second-time-around echo).

    Source: Skolnik, Introduction to Radar Systems, 3rd ed., 2001, section 1.1.
    """
    clear_m = SPEED_OF_LIGHT_M_S / (2.0 * pulse_rate_hz)
    around = float(math.floor(range_m / clear_m))
    return range_m - around * clear_m, around
