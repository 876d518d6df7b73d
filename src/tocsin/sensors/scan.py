"""What a sensor reports when it looks: plots with their errors, false ones, and silence.

Every chance comes from a generator that is passed in. Objects in one cell come out as one plot; a
radar that says how many plots it can report leaves out the weakest of a look that has more.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.echoes import (
    Seen,
    Targets,
    angles,
    in_radar_view,
    nudged,
    radar_false,
    radar_seen,
)
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import (
    INFRARED_BIAS_SIGMA,
    RADAR_BIAS_SIGMA,
    Plots,
    site_of,
    site_positions_m,
)
from tocsin.sensors.radar import Radar
from tocsin.sensors.sights import in_infrared_view, infrared_false, infrared_seen

__all__ = [
    "Bias",
    "InfraredNoise",
    "Instrument",
    "RadarNoise",
    "Scan",
    "Targets",
    "draw_bias",
    "in_infrared_view",
    "in_radar_view",
    "scan",
]

STATED_SNR = 10.0**1.3
"""Signal over noise, a ratio, at which `RadarNoise` states its errors: 13 dB."""

RANGE_LEAST_M = 1.0
"""A plot is never nearer, whatever its error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarNoise:
    """How well a radar measures: standard deviations at 13 dB, and what it cannot tell apart.

    The defaults are assumed, for a large warning radar: no operator publishes them. Cells and
    errors fit each other by `radar.measurement_sigma`: a cell of 600 m, a beam of 3 deg.
    """

    range_m: float = 100.0
    angle_rad: float = math.radians(0.3)
    range_rate_m_s: float = 10.0
    floor: float = 0.1
    """Part of these errors that remains at any strength of signal."""
    range_cell_m: float = 600.0
    """Echoes nearer to each other than this, and than the beam is wide, come out as one plot."""
    angle_cell_rad: float = math.radians(3.0)
    range_bias_m: float = RADAR_BIAS_SIGMA[0]
    """Of the fixed error that a radar has through a whole run, as are the angles'."""
    angle_bias_rad: float = RADAR_BIAS_SIGMA[1]
    false_plots: float = 0.0
    """In each look, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfraredNoise:
    """How well a satellite measures a direction: standard deviations; assumed, as a radar's."""

    angle_rad: float = 50e-6
    angle_cell_rad: float = 100e-6
    """Plumes nearer to each other than this come out as one plot."""
    angle_bias_rad: float = INFRARED_BIAS_SIGMA[1]
    false_plots: float = 0.0
    """In each look, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """The fixed error of one sensor through a whole run; it is added to what it measures."""

    range_m: float = 0.0
    azimuth_rad: float = 0.0
    elevation_rad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A sensor with its errors."""

    sensor: Radar | Infrared
    noise: RadarNoise | InfraredNoise
    bias: Bias = Bias()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Looks of one sensor and all that came of them; a look without plots says: nothing there.

    What a look could have seen is a matter of the sensor alone, and where it was then.
    """

    sensor: str
    times_tai_ns: Integers
    """Of every look, [looks]."""
    plots: Plots
    """In order of look, and of azimuth within one: nothing tells which object a plot is of."""
    saturated: Flags
    """[looks]: there was more than the sensor can report."""


def draw_bias(noise: RadarNoise | InfraredNoise, chance: np.random.Generator) -> Bias:
    """Draw a sensor's fixed error for one run."""
    along, turned, raised = chance.standard_normal(3)
    return Bias(
        range_m=noise.range_bias_m * along if isinstance(noise, RadarNoise) else 0.0,
        azimuth_rad=noise.angle_bias_rad * turned,
        elevation_rad=noise.angle_bias_rad * raised,
    )


def scan(
    instrument: Instrument,
    times_tai_ns: Integers,
    targets: Targets | Sequence[Targets],
    chance: np.random.Generator,
    data_class: str = "test",
) -> Scan:
    """Look at some instants and give what the sensor reports.

    Args:
        instrument: The sensor.
        times_tai_ns: Of the looks, [m], rising.
        targets: What flies at those instants; `look` counts along them. Of several groups each
            after the first draws from a stream of its own: with more or less in it, the plots of
            the others stay as they are, but for those that it covers or crowds out.
        chance: The only source of chance; nobody else should draw from it.
        data_class: Passed on to the plots.
    """
    first, *others = [targets] if isinstance(targets, Targets) else targets
    noise = instrument.noise
    parts, measured = [], []
    streams = [chance, *chance.spawn(len(others))]
    for number, (group, own) in enumerate(zip([first, *others], streams, strict=True)):
        found = _seen(instrument, times_tai_ns, group, own)
        if number == 0:
            found = _together([found, _false(instrument, times_tai_ns, own)])
        told = found.take(_told_apart(noise, found))
        parts.append(told)
        measured.append(_measured(instrument, told, own))
    together = _together(parts)
    kept = _told_apart(noise, together)
    kept, saturated = _strongest(instrument.sensor, together, kept, times_tai_ns.size)
    columns = {
        name: np.concatenate([each[name] for each in measured])[kept] for name in measured[0]
    }
    return Scan(
        sensor=instrument.sensor.id,
        times_tai_ns=times_tai_ns,
        plots=_plots(instrument.sensor.id, times_tai_ns, together.look[kept], columns, data_class),
        saturated=saturated,
    )


def _seen(
    instrument: Instrument, times_tai_ns: Integers, targets: Targets, chance: np.random.Generator
) -> Seen:
    """Give what a sensor detects of a group of targets."""
    sensor = instrument.sensor
    if isinstance(sensor, Radar):
        return radar_seen(sensor, targets, chance)
    place_m = site_positions_m(site_of(sensor), times_tai_ns)
    return infrared_seen(sensor, place_m[targets.look], targets, chance)


def _false(instrument: Instrument, times_tai_ns: Integers, chance: np.random.Generator) -> Seen:
    """Draw how many false plots each look has, and where."""
    count = chance.poisson(instrument.noise.false_plots, times_tai_ns.size)
    look = np.repeat(np.arange(times_tai_ns.size), count)
    sensor = instrument.sensor
    if isinstance(sensor, Radar):
        return radar_false(sensor, look, chance)
    place_m = site_positions_m(site_of(sensor), times_tai_ns)
    return infrared_false(place_m[look], look, chance)


def _together(parts: Sequence[Seen]) -> Seen:
    """Join detections."""
    return Seen(
        **{
            each.name: np.concatenate([getattr(part, each.name) for part in parts])
            for each in fields(Seen)
        }
    )


def _strongest(
    sensor: Radar | Infrared, seen: Seen, kept: Integers, looks: int
) -> tuple[Integers, Flags]:
    """Leave so many of the kept detections as the sensor can report, and mark the looks."""
    most = sensor.plots_max if isinstance(sensor, Radar) else None
    if most is None:
        return kept, np.zeros(looks, np.bool_)
    order = kept[np.lexsort((-seen.strength[kept], seen.look[kept]))]
    look = seen.look[order]
    place = np.arange(order.size) - np.searchsorted(look, look)
    full = np.bincount(look, minlength=looks) > most
    return np.sort(order[place < most]), full


def _told_apart(noise: RadarNoise | InfraredNoise, seen: Seen) -> Integers:
    """Give the rows of the detections that no stronger one of the same look covers.

    In order of look and range each is held against the next, the one after that, and so on, until
    no two in one look are near enough in range.
    """
    away = np.linalg.norm(seen.offset_m, axis=-1)
    depth, cell_m = np.zeros(away.size), math.inf
    if isinstance(noise, RadarNoise):
        depth, cell_m = away, noise.range_cell_m
    order = np.lexsort((depth, seen.look))
    look, depth, strength = seen.look[order], depth[order], seen.strength[order]
    pointing = seen.offset_m[order] / away[order, None]
    covered = np.zeros(away.size, np.bool_)
    for step in range(1, away.size):
        near = (look[step:] == look[:-step]) & (depth[step:] - depth[:-step] < cell_m)
        if not near.any():
            break
        chord = np.linalg.norm(pointing[step:] - pointing[:-step], axis=-1)
        near &= chord < 2.0 * math.sin(0.5 * noise.angle_cell_rad)
        first_is_stronger = strength[:-step] >= strength[step:]
        covered[step:] |= near & first_is_stronger
        covered[:-step] |= near & ~first_is_stronger
    return np.asarray(order[~covered])


def _measured(instrument: Instrument, seen: Seen, chance: np.random.Generator) -> dict[str, Floats]:
    """Measure detections: true values, noise as their strength has it, and the fixed error."""
    noise, bias, n = instrument.noise, instrument.bias, seen.look.size
    away = np.linalg.norm(seen.offset_m, axis=-1)
    azimuth, elevation = angles(seen.offset_m)
    nothing = np.full(n, np.nan)
    range_m, range_sigma, rate, rate_sigma = nothing, nothing, nothing, nothing
    angle_sigma = np.full(n, noise.angle_rad)
    if isinstance(noise, RadarNoise):
        grown = np.sqrt(STATED_SNR / seen.strength + noise.floor**2)
        range_sigma, rate_sigma = noise.range_m * grown, noise.range_rate_m_s * grown
        drawn_m = away + bias.range_m + range_sigma * chance.standard_normal(n)
        range_m = np.maximum(drawn_m, RANGE_LEAST_M)
        rate = seen.range_rate_m_s + rate_sigma * chance.standard_normal(n)
        angle_sigma = noise.angle_rad * grown
    off = angle_sigma[:, None] * chance.standard_normal((n, 2))
    found, raised = angles(nudged(azimuth, elevation, off))
    found = np.mod(found + bias.azimuth_rad, 2.0 * math.pi)
    raised = np.clip(raised + bias.elevation_rad, -0.5 * math.pi, 0.5 * math.pi)
    flat = np.maximum(np.cos(raised), 1e-9)
    return {
        "range_m": range_m,
        "azimuth_rad": found,
        "elevation_rad": raised,
        "range_rate_m_s": rate,
        "snr_db": 10.0 * np.log10(seen.strength),
        "sigma_range_m": range_sigma,
        "sigma_azimuth_rad": np.minimum(angle_sigma / flat, 0.5 * math.pi),
        "sigma_elevation_rad": angle_sigma,
        "sigma_range_rate_m_s": rate_sigma,
    }


def _plots(
    sensor_id: str,
    times_tai_ns: Integers,
    look: Integers,
    columns: dict[str, Floats],
    data_class: str,
) -> Plots:
    """Give measured columns as plots, in order of look and azimuth."""
    order = np.lexsort((columns["azimuth_rad"], look))
    return Plots(
        sensors=(sensor_id,),
        time_tai_ns=times_tai_ns[look[order]],
        sensor=np.zeros(order.size, np.int64),
        plot_id=np.arange(order.size),
        data_class=data_class,
        **{name: column[order] for name, column in columns.items()},
    )
