"""What a sensor reports when it looks: plots with their errors, false ones, and silence.

Every chance comes from a generator that is passed in. Air bends a radar's beam into view; the
plots have that taken off again, exactly. No clutter but the false plots, no jamming, no second-time
echo, no glint.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import east_north_up, geodetic_from_ecef_batch
from tocsin.lanes import Flags, Floats, Integers, kernel
from tocsin.sensors.infrared import THRESHOLD_SIGMAS, Infrared
from tocsin.sensors.measurement import Plots, site_of, site_positions_m
from tocsin.sensors.radar import Radar, snr_at
from tocsin.sensors.refraction import threshold
from tocsin.sensors.visibility import earth_half_angle_rad
from tocsin.sensors.watch import merged_sectors, watch

STATED_SNR = 10.0**1.3
"""Signal over noise, a ratio, at which `RadarNoise` states its errors: 13 dB."""

RANGE_LEAST_M = 1.0
"""A plot is never nearer, whatever its error."""

FALSE_RATE_MAX_M_S = 7_000.0
"""False plots of a radar have range rates spread evenly up to this, either way. Assumed."""

FALSE_FALL = THRESHOLD_SIGMAS * THRESHOLD_SIGMAS
"""How fast false plots of a satellite thin out above its threshold, a part of the threshold: the
tail of Gaussian noise so far out is nearly exponential. Kay, Fundamentals of Statistical Signal
Processing, vol. 2, 1998, section 2.2."""


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
    range_bias_m: float = 30.0
    """Of the fixed error that a radar has through a whole run, as are the angles'."""
    angle_bias_rad: float = math.radians(0.03)
    false_plots: float = 0.0
    """In each look, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfraredNoise:
    """How well a satellite measures a direction: standard deviations; assumed, as a radar's."""

    angle_rad: float = 50e-6
    angle_cell_rad: float = 100e-6
    """Plumes nearer to each other than this come out as one plot."""
    angle_bias_rad: float = 20e-6
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
class Targets:
    """Everything that flies while a sensor looks, one row an object and look: arrays over [n]."""

    look: Integers
    """Which look; objects that share one are there together."""
    position_ecef_m: Floats
    """[n, 3]."""
    velocity_ecef_m_s: Floats
    """[n, 3]."""
    rcs_m2: Floats
    """Average, of a flickering echo."""
    plume_w_sr: Floats
    """0 where nothing burns."""

    def take(self, rows: Integers) -> "Targets":
        """Give the rows at these places."""
        return Targets(**{name: getattr(self, name)[rows] for name in self.__slots__})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Detections before they are measured, [k]; axes: azimuth from the first to the second."""

    look: Integers
    offset_m: Floats
    """[k, 3], from the sensor, along its axes."""
    range_rate_m_s: Floats
    strength: Floats
    """Signal over noise as this one look had it: a ratio of powers."""


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
    targets: Targets,
    chance: np.random.Generator,
    data_class: str = "test",
) -> Scan:
    """Look at some instants and give what the sensor reports.

    Args:
        instrument: The sensor.
        times_tai_ns: Of the looks, [m], rising.
        targets: What flies at those instants; `look` counts along them.
        chance: The only source of chance; nobody else should draw from it.
        data_class: Passed on to the plots.
    """
    sensor = instrument.sensor
    if isinstance(sensor, Radar):
        seen = _radar_seen(sensor, targets, chance)
        false = _radar_false(sensor, _false_looks(instrument, times_tai_ns, chance), chance)
    else:
        place_m = site_positions_m(site_of(sensor), times_tai_ns)
        seen = _infrared_seen(sensor, place_m[targets.look], targets, chance)
        looks = _false_looks(instrument, times_tai_ns, chance)
        false = _infrared_false(place_m[looks], looks, chance)
    told = _told_apart(instrument.noise, _together(seen, false))
    return Scan(
        sensor=sensor.id,
        times_tai_ns=times_tai_ns,
        plots=_measured(instrument, times_tai_ns, told, chance, data_class),
    )


def in_radar_view(radar: Radar, position_ecef_m: Floats) -> Flags:
    """Tell which positions [n, 3] a radar can see, as `coverage` has it."""
    seen = np.zeros(position_ecef_m.shape[0], np.bool_)
    rows = watch((radar,), (), 0, 0.0, 1.0).radars
    height_m = geodetic_from_ecef_batch(position_ecef_m)[2]
    fill_radar_view(np.ascontiguousarray(position_ecef_m), height_m, rows, seen)
    return seen


@kernel()
def fill_radar_view(position_m: Floats, height_m: Floats, radars: Floats, seen: Flags) -> None:
    """Mark the positions that lie in any of a radar's rows; see `watch.RADAR`."""
    for i in range(position_m.shape[0]):
        seen[i] = False
        for r in range(radars.shape[0]):
            row = radars[r]
            dx = position_m[i, 0] - row[0]
            dy = position_m[i, 1] - row[1]
            dz = position_m[i, 2] - row[2]
            r2 = dx * dx + dy * dy + dz * dz
            climb = dx * row[3] + dy * row[4] + dz * row[5]
            ahead = dx * row[6] + dy * row[7] + dz * row[8]
            lowest = threshold(row[10], row[11], row[12], height_m[i])
            seen[i] |= (
                (r2 >= row[15])
                & (r2 <= row[16])
                & (climb * abs(climb) <= row[14] * r2)
                & (climb >= lowest * math.sqrt(r2))
                & (ahead * abs(ahead) >= row[9] * (r2 - climb * climb))
            )


def in_infrared_view(infrared: Infrared, place_m: Floats, targets: Targets) -> Flags:
    """Tell which targets burn above the clouds, with the satellite high enough, as in `coverage`.

    Args:
        infrared: The satellite.
        place_m: Where it is at each target's look, [n, 3].
        targets: [n].
    """
    position = targets.position_ecef_m
    off = place_m - position
    up = np.sum(position * off, axis=-1)
    away2 = np.sum(off * off, axis=-1)
    reach2 = np.sum(position * position, axis=-1) * away2
    past_limb = reach2 - up * up >= EARTH_A_M * EARTH_A_M * away2
    height_m = geodetic_from_ecef_batch(position)[2]
    return np.asarray(
        (up >= math.sin(infrared.elevation_min_rad) * np.sqrt(reach2))
        & ((up >= 0.0) | past_limb)
        & (height_m >= infrared.cloud_break_m)
        & (targets.plume_w_sr > 0.0)
    )


def _radar_seen(radar: Radar, targets: Targets, chance: np.random.Generator) -> _Seen:
    """Give the echoes that a radar detects.

    Power of signal and noise together is drawn, exponential for a flickering target, and held
    against the threshold: that is Swerling's case 1, and says how strong the echo was too.

    Source: Swerling, IRE Trans. Information Theory IT-6(2), 1960, 269-308, case 1, one pulse.
    """
    rows = np.flatnonzero(in_radar_view(radar, targets.position_ecef_m))
    inside = targets.take(rows)
    offset = inside.position_ecef_m - site_positions_m(site_of(radar), rows)
    away = np.linalg.norm(offset, axis=-1)
    known = (radar.range_max_m, radar.reference_rcs_m2, radar.reference_snr)
    average = cast("Any", snr_at)(away, inside.rcs_m2, *known)  # arithmetic alone: takes arrays
    power = (1.0 + average) * chance.standard_exponential(rows.size)
    hit = np.flatnonzero(power > -math.log(radar.false_alarm_probability))
    rate = np.sum(inside.velocity_ecef_m_s * offset, axis=-1) / away
    return _Seen(
        look=inside.look[hit],
        offset_m=offset[hit] @ _axes(radar).T,
        range_rate_m_s=rate[hit],
        strength=power[hit] - 1.0,
    )


def _infrared_seen(
    infrared: Infrared, place_m: Floats, targets: Targets, chance: np.random.Generator
) -> _Seen:
    """Give the plumes that a satellite reports: light and Gaussian noise over its threshold."""
    rows = np.flatnonzero(in_infrared_view(infrared, place_m, targets))
    inside = targets.take(rows)
    offset = inside.position_ecef_m - place_m[rows]
    arriving = inside.plume_w_sr / np.sum(offset * offset, axis=-1)
    over = arriving / infrared.threshold_w_m2
    sigmas = THRESHOLD_SIGMAS * over + chance.standard_normal(rows.size)
    hit = np.flatnonzero(sigmas > THRESHOLD_SIGMAS)
    return _Seen(
        look=inside.look[hit],
        offset_m=offset[hit],
        range_rate_m_s=np.full(hit.size, np.nan),
        strength=sigmas[hit] ** 2,
    )


def _false_looks(
    instrument: Instrument, times_tai_ns: Integers, chance: np.random.Generator
) -> Integers:
    """Draw how many false plots each look has, and give the look of each."""
    count = chance.poisson(instrument.noise.false_plots, times_tai_ns.size)
    return np.repeat(np.arange(times_tai_ns.size), count)


def _radar_false(radar: Radar, look: Integers, chance: np.random.Generator) -> _Seen:
    """Draw false plots evenly over a radar's azimuths, elevations and ranges."""
    sectors = np.array(merged_sectors(radar.sectors_rad))
    turned = chance.uniform(0.0, sectors[:, 1].sum(), look.size)
    ends = np.cumsum(sectors[:, 1])
    which = np.minimum(np.searchsorted(ends, turned, side="right"), ends.size - 1)
    azimuth = sectors[which, 0] + turned - (ends - sectors[:, 1])[which]
    lowest, highest = max(radar.elevation_min_rad, 0.0), max(radar.elevation_max_rad, 0.0)
    elevation = chance.uniform(lowest, highest, look.size)
    away = chance.uniform(radar.range_min_m, radar.range_max_m, look.size)
    rate = chance.uniform(-FALSE_RATE_MAX_M_S, FALSE_RATE_MAX_M_S, look.size)
    over = -math.log(radar.false_alarm_probability) + chance.standard_exponential(look.size)
    return _Seen(
        look=look,
        offset_m=away[:, None] * _pointing(azimuth, elevation),
        range_rate_m_s=rate,
        strength=over - 1.0,
    )


def _infrared_false(place_m: Floats, look: Integers, chance: np.random.Generator) -> _Seen:
    """Draw false plots evenly over the disc of Earth, as each look's satellite [k, 3] sees it."""
    radius = np.linalg.norm(place_m, axis=-1)
    widest = np.array([math.cos(earth_half_angle_rad(one)) for one in radius])
    cosine = chance.uniform(widest, 1.0)
    turn = chance.uniform(0.0, 2.0 * math.pi, look.size)
    aside = np.sqrt(1.0 - cosine**2) / cosine
    off = np.stack([aside * np.cos(turn), aside * np.sin(turn)], axis=-1)
    over = 1.0 + chance.standard_exponential(look.size) / FALSE_FALL
    return _Seen(
        look=look,
        offset_m=_nudged(*_angles(-place_m), off),
        range_rate_m_s=np.full(look.size, np.nan),
        strength=(THRESHOLD_SIGMAS * over) ** 2,
    )


def _together(one: _Seen, other: _Seen) -> _Seen:
    """Join detections."""
    return _Seen(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in one.__slots__
        }
    )


def _told_apart(noise: RadarNoise | InfraredNoise, seen: _Seen) -> _Seen:
    """Leave out every detection that a stronger one of the same look covers.

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
    kept = order[~covered]
    return _Seen(**{name: getattr(seen, name)[kept] for name in seen.__slots__})


def _measured(
    instrument: Instrument,
    times_tai_ns: Integers,
    seen: _Seen,
    chance: np.random.Generator,
    data_class: str,
) -> Plots:
    """Measure detections: true values, noise as their strength has it, and the fixed error."""
    noise, bias, n = instrument.noise, instrument.bias, seen.look.size
    away = np.linalg.norm(seen.offset_m, axis=-1)
    azimuth, elevation = _angles(seen.offset_m)
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
    found, raised = _angles(_nudged(azimuth, elevation, off))
    found = np.mod(found + bias.azimuth_rad, 2.0 * math.pi)
    raised = np.clip(raised + bias.elevation_rad, -0.5 * math.pi, 0.5 * math.pi)
    flat = np.maximum(np.cos(raised), 1e-9)
    order = np.lexsort((found, seen.look))
    columns = {
        "time_tai_ns": times_tai_ns[seen.look],
        "sensor": np.zeros(n, np.int64),
        "range_m": range_m,
        "azimuth_rad": found,
        "elevation_rad": raised,
        "range_rate_m_s": rate,
        "snr_db": 10.0 * np.log10(seen.strength),
        "sigma_range_m": range_sigma,
        "sigma_azimuth_rad": np.minimum(angle_sigma / flat, 0.5 * math.pi),
        "sigma_elevation_rad": angle_sigma,
        "sigma_range_rate_m_s": rate_sigma,
        "plot_id": np.arange(n),
    }
    placed = {name: column[order] for name, column in columns.items() if name != "plot_id"}
    return Plots(
        sensors=(instrument.sensor.id,),
        data_class=data_class,
        plot_id=columns["plot_id"],
        **placed,
    )


def _axes(radar: Radar) -> Floats:
    """Give a radar's axes as rows: north, east, up; a satellite's are Earth's own."""
    east, north, up = east_north_up(radar.latitude_rad, radar.longitude_rad)
    return np.array([north, east, up])


def _pointing(azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
    """Give directions of length one, [n, 3]."""
    flat = np.cos(elevation_rad)
    return np.stack(
        [flat * np.cos(azimuth_rad), flat * np.sin(azimuth_rad), np.sin(elevation_rad)], axis=-1
    )


def _angles(offset: Floats) -> tuple[Floats, Floats]:
    """Give azimuth (0 to 2 pi) and elevation of vectors [n, 3] of any length."""
    azimuth = np.mod(np.arctan2(offset[:, 1], offset[:, 0]), 2.0 * math.pi)
    return azimuth, np.arctan2(offset[:, 2], np.hypot(offset[:, 0], offset[:, 1]))


def _nudged(azimuth_rad: Floats, elevation_rad: Floats, off_rad: Floats) -> Floats:
    """Give directions moved across the line of sight: sideways and upwards, [n, 2]."""
    zero = np.zeros_like(azimuth_rad)
    sideways = np.stack([-np.sin(azimuth_rad), np.cos(azimuth_rad), zero], axis=-1)
    upwards = _pointing(azimuth_rad, elevation_rad + 0.5 * math.pi)
    ahead = _pointing(azimuth_rad, elevation_rad)
    return np.asarray(ahead + off_rad[:, :1] * sideways + off_rad[:, 1:] * upwards)
