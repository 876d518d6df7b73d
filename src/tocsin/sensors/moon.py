"""Which plots of a radar are the Moon's echo: by direction, delay, range rate and staying."""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import east_north_up
from tocsin.earth.sun import moon_position_ecef
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.sensors.radar import Radar

LIGHT_M_S = 299_792_458.0
"""Speed of light. BIPM, The International System of Units, 9th ed., 2019, section 2.2."""
MOON_RADIUS_M = 1_737_400.0
"""Mean radius. Archinal et al., Report of the IAU working group on cartographic coordinates: 2015,
Celestial Mechanics and Dynamical Astronomy 130, 2018, table 5."""
SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MoonRules:
    """How far an echo of the Moon may be from the ephemeris."""

    sigmas: float = 3.0
    """Of the plot's own errors."""
    direction_rad: float = math.radians(0.45)
    """Beside these: the Moon's radius (0.26 deg), the ephemeris, bending that is taken off as for a
    near target, and the sensor's lasting error."""
    range_m: float = 100_000.0
    """The ephemeris' distance is good to 2e-4 of it."""
    range_rate_m_s: float = 30.0
    """The Moon's limbs turn away and towards by some 5 m/s; the rest is for the ephemeris."""
    looks_least: int = 3
    """Where no range rate was measured: looks that must show a plot in the Moon's direction."""
    span_least_s: float = 60.0
    """From the first of these to the last. A satellite 40,000 km away crosses the Moon in minutes,
    one in a low orbit in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoonEcho:
    """What speaks for each plot being the Moon's echo, as columns [n]."""

    off_rad: Floats
    """From the Moon's centre, as the radar sees it."""
    direction: Flags
    """Within the plot's error of the Moon, and the Moon is up."""
    delay: Flags
    """Its range is the Moon's, folded by the pulse repetition; all true where that is not known."""
    rate: Flags
    """Its range rate is the Moon's; false where none was measured."""
    stays: Flags
    """With others in the Moon's direction, and at its delay, look after look."""
    is_moon: Flags
    """Direction and delay fit, and so does the range rate; where none was measured, it stays."""


MOON_RULES = MoonRules()


def is_moon(plots: Plots, site: Site, repetition_s: float | None = None) -> Flags:
    """Tell which plots of one radar are the Moon's echo; for use before tracking.

    Args:
        plots, site, repetition_s: As for `moon_echo`.
    """
    return moon_echo(plots, site, repetition_s).is_moon


def moon_echo(
    plots: Plots, site: Site, repetition_s: float | None = None, rules: MoonRules = MOON_RULES
) -> MoonEcho:
    """Hold the plots of one radar against the Moon's place.

    Args:
        plots: Of one radar, any number of looks. Without range rates it takes the plots of minutes
            to tell.
        site: Of the radar.
        repetition_s: Time from pulse to pulse, which ranges are folded by; as the radar's own
            `pulse_hz` has it if left out. Where that is not known either, any delay fits.
        rules: As said there.

    A plot is judged by itself: whatever else is in the beam keeps its plots, unless it measures as
    the Moon does. Where no range rate is measured, an object in the Moon's direction and at a
    folded range of the Moon's is taken for it while it stays in both: flag such plots, do not blank
    the beam. An infrared site has no Moon.

    Source of the case: 5 October 1960, the radar at Thule; the echo came after 2.5 s, its range
    folded by a pulse repetition of 27 Hz.
    """
    n = plots.count
    if n == 0 or site.kind != "radar":
        none = np.zeros(n, np.bool_)
        return MoonEcho(
            off_rad=np.full(n, np.nan),
            direction=none,
            delay=none,
            rate=none,
            stays=none,
            is_moon=none,
        )
    line, away_m, rate_m_s = _moon_from(site, plots.time_tai_ns)
    flat = np.cos(plots.elevation_rad)
    east = flat * np.sin(plots.azimuth_rad)
    north = flat * np.cos(plots.azimuth_rad)
    chord = np.stack([east, north, np.sin(plots.elevation_rad)], axis=-1) - line
    off_rad = 2.0 * np.arcsin(np.minimum(0.5 * np.linalg.norm(chord, axis=-1), 1.0))
    own = np.maximum(plots.sigma_elevation_rad, plots.sigma_azimuth_rad * flat)
    up = line[:, 2] > -math.radians(1.0)
    direction = up & (off_rad <= rules.sigmas * own + rules.direction_rad)
    if repetition_s is None and isinstance(site.sensor, Radar) and site.sensor.pulse_hz:
        repetition_s = 1.0 / site.sensor.pulse_hz
    delay = _delay(plots, away_m, repetition_s, rules)
    measured = np.isfinite(plots.range_rate_m_s)
    slack = rules.sigmas * np.nan_to_num(plots.sigma_range_rate_m_s) + rules.range_rate_m_s
    rate = measured & (np.abs(plots.range_rate_m_s - rate_m_s) <= slack)
    stays = _stays(plots.time_tai_ns, direction & delay, rules)
    return MoonEcho(
        off_rad=off_rad,
        direction=direction,
        delay=delay,
        rate=rate,
        stays=stays,
        is_moon=direction & delay & np.where(measured, rate, stays),
    )


def _moon_from(site: Site, times_tai_ns: Integers) -> tuple[Floats, Floats, Floats]:
    """Give the Moon's direction (east, north, up), its distance and how fast that grows."""
    axes = np.array(east_north_up(site.latitude_rad, site.longitude_rad))
    place = site_positions_m(site, times_tai_ns)
    to_moon = moon_position_ecef(times_tai_ns) - place
    later = moon_position_ecef(times_tai_ns + 10 * SECOND_NS) - place
    away, then = np.linalg.norm(to_moon, axis=-1), np.linalg.norm(later, axis=-1)
    return (to_moon @ axes.T) / away[:, None], away, (then - away) / 10.0


def _delay(plots: Plots, away_m: Floats, repetition_s: float | None, rules: MoonRules) -> Flags:
    """Tell whose range, folded, lies between the Moon's near side and its limb."""
    if repetition_s is None:
        return np.ones(plots.count, np.bool_)
    slack = rules.sigmas * np.nan_to_num(plots.sigma_range_m) + rules.range_m
    nearest = away_m - MOON_RADIUS_M - slack
    past = np.mod(plots.range_m - nearest, 0.5 * LIGHT_M_S * repetition_s)
    return np.asarray(past <= MOON_RADIUS_M + 2.0 * slack)


def _stays(times_tai_ns: Integers, fits: Flags, rules: MoonRules) -> Flags:
    """Tell which plots that fit are among looks enough, over time enough, that have such plots."""
    looks = np.unique(times_tai_ns[fits])
    long = looks.size > 0 and looks[-1] - looks[0] >= rules.span_least_s * SECOND_NS
    enough = looks.size >= rules.looks_least and long
    return fits & enough
