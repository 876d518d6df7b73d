"""What flies before a sensor, what comes back of it to a radar, and what a radar takes for an echo.

Air bends a radar's beam into view; the plots have that taken off again, exactly. Left out: jamming,
clutter of land and sea, loss off the beam's middle, and a range rate too great for the pulses.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from tocsin.earth.frames import east_north_up, geodetic_from_ecef_batch
from tocsin.lanes import Flags, Floats, Integers, kernel
from tocsin.sensors.measurement import site_of, site_positions_m
from tocsin.sensors.radar import Radar, range_ambiguity, snr_at
from tocsin.sensors.refraction import threshold
from tocsin.sensors.watch import merged_sectors, watch

FALSE_RATE_MAX_M_S = 7_000.0
"""False plots of a radar have range rates spread evenly up to this, either way. Assumed."""


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
class Seen:
    """Detections before they are measured, [k]; axes: azimuth from the first to the second."""

    look: Integers
    offset_m: Floats
    """[k, 3], from the sensor, along its axes."""
    range_rate_m_s: Floats
    strength: Floats
    """Signal over noise as this one look had it: a ratio of powers."""

    def take(self, rows: Integers) -> "Seen":
        """Give the detections at these places."""
        return Seen(**{name: getattr(self, name)[rows] for name in self.__slots__})


def in_radar_view(radar: Radar, position_ecef_m: Floats) -> Flags:
    """Tell which positions [n, 3] a radar can see, as `coverage` has it."""
    return _seen_by_rows(watch((radar,), (), 0, 0.0, 1.0).radars, position_ecef_m)


def in_beams(radar: Radar, position_ecef_m: Floats) -> Flags:
    """Tell which positions [n, 3] lie in a radar's directions, however far they are."""
    rows = watch((radar,), (), 0, 0.0, 1.0).radars
    rows[:, 15:17] = 0.0, math.inf
    return _seen_by_rows(rows, position_ecef_m)


def _seen_by_rows(rows: Floats, position_ecef_m: Floats) -> Flags:
    """Tell which positions lie in any of the rows of a watch's radars."""
    seen = np.zeros(position_ecef_m.shape[0], np.bool_)
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


def returning(radar: Radar, position_ecef_m: Floats) -> tuple[Integers, Floats]:
    """Give which positions [n, 3] can send an echo, and the range that it shows, m.

    Without a known pulse rate that is everything in view, at its range. With one, the view has no
    far end: what lies beyond the clear range shows what is left of its distance, if that is not
    nearer than the radar's least range (the radar is sending then) or beyond its most.
    """
    place_m = site_positions_m(site_of(radar), np.zeros(1, np.int64))[0]
    away_m = np.linalg.norm(position_ecef_m - place_m, axis=-1)
    if radar.pulse_hz is None:
        rows = np.flatnonzero(in_radar_view(radar, position_ecef_m))
        return rows, away_m[rows]
    shown_m = np.zeros(away_m.size)
    fill_shown(away_m, radar.pulse_hz, shown_m)
    clear = (shown_m >= radar.range_min_m) & (shown_m <= radar.range_max_m)
    rows = np.flatnonzero(clear & in_beams(radar, position_ecef_m))
    return rows, shown_m[rows]


@kernel()
def fill_shown(away_m: Floats, pulse_hz: float, shown_m: Floats) -> None:
    """Give the range that each distance shows at a pulse rate."""
    for i in range(away_m.size):
        shown_m[i] = range_ambiguity(away_m[i], pulse_hz)[0]


def radar_seen(radar: Radar, targets: Targets, chance: np.random.Generator) -> Seen:
    """Give the echoes that a radar detects.

    Power of signal and noise together is drawn, exponential for a flickering target, and held
    against the threshold: that is Swerling's case 1, and says how strong the echo was too. An echo
    that comes back after the next pulse is as weak as its true distance makes it, and shows the
    distance that is left of it: a plot does not tell.

    Source: Swerling, IRE Trans. Information Theory IT-6(2), 1960, 269-308, case 1, one pulse.
    """
    rows, shown_m = returning(radar, targets.position_ecef_m)
    inside = targets.take(rows)
    offset = inside.position_ecef_m - site_positions_m(site_of(radar), rows)
    away = np.linalg.norm(offset, axis=-1)
    known = (radar.range_max_m, radar.reference_rcs_m2, radar.reference_snr)
    average = cast("Any", snr_at)(away, inside.rcs_m2, *known)  # arithmetic alone: takes arrays
    power = (1.0 + average) * chance.standard_exponential(rows.size)
    hit = np.flatnonzero(power > -math.log(radar.false_alarm_probability))
    rate = np.sum(inside.velocity_ecef_m_s * offset, axis=-1) / away
    return Seen(
        look=inside.look[hit],
        offset_m=(shown_m / away)[hit, None] * offset[hit] @ _axes(radar).T,
        range_rate_m_s=rate[hit],
        strength=power[hit] - 1.0,
    )


def radar_false(radar: Radar, look: Integers, chance: np.random.Generator) -> Seen:
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
    return Seen(
        look=look,
        offset_m=away[:, None] * pointing(azimuth, elevation),
        range_rate_m_s=rate,
        strength=over - 1.0,
    )


def _axes(radar: Radar) -> Floats:
    """Give a radar's axes as rows: north, east, up; a satellite's are Earth's own."""
    east, north, up = east_north_up(radar.latitude_rad, radar.longitude_rad)
    return np.array([north, east, up])


def pointing(azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
    """Give directions of length one, [n, 3]."""
    flat = np.cos(elevation_rad)
    return np.stack(
        [flat * np.cos(azimuth_rad), flat * np.sin(azimuth_rad), np.sin(elevation_rad)], axis=-1
    )


def angles(offset: Floats) -> tuple[Floats, Floats]:
    """Give azimuth (0 to 2 pi) and elevation of vectors [n, 3] of any length."""
    azimuth = np.mod(np.arctan2(offset[:, 1], offset[:, 0]), 2.0 * math.pi)
    return azimuth, np.arctan2(offset[:, 2], np.hypot(offset[:, 0], offset[:, 1]))


def nudged(azimuth_rad: Floats, elevation_rad: Floats, off_rad: Floats) -> Floats:
    """Give directions moved across the line of sight: sideways and upwards, [n, 2]."""
    zero = np.zeros_like(azimuth_rad)
    sideways = np.stack([-np.sin(azimuth_rad), np.cos(azimuth_rad), zero], axis=-1)
    upwards = pointing(azimuth_rad, elevation_rad + 0.5 * math.pi)
    ahead = pointing(azimuth_rad, elevation_rad)
    return np.asarray(ahead + off_rad[:, :1] * sideways + off_rad[:, 1:] * upwards)
