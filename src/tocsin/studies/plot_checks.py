"""Whether plots can be what their columns say: the usual slips of units are found and named."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from tocsin.earth.constants import EARTH_A_M
from tocsin.errors import TocsinError
from tocsin.lanes import Flags, Floats
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.sensors.radar import Radar
from tocsin.tracking.track import Tracks

SAMPLE = 2_000
"""Plots of a sensor that are looked at."""
PLOTS_MIN = 5
"""Of fewer plots nothing is said."""
MANY = 30
"""So many plots are no chance."""
AT_ITS_FEET = 1.02e-3
"""Share of a radar's reach within which all its ranges lie if they are written in km."""
MARGIN_RAD = math.radians(2.0)
"""Outside a radar's sector or fan that its errors and the bending of its beam may put a plot."""
RANGE_MARGIN = 0.1
PLUME_TOP_M = 1.0e6
"""Lines of sight of a satellite pass lower than this: nothing burns higher."""
INSIDE_MIN, INSIDE_AGAIN = 0.5, 0.9
"""Share of plots in view below which a slip is looked for, and with which one is believed."""
SPEED_MAX_M_S = 12_000.0
"""Nothing that comes down again is faster."""
LOOK_GAP_MAX_S = 60.0
FOLLOWED_MIN = 0.1
"""Share of plots with one near enough in the look before, below which it is remarked on."""
TURN = 2.0 * math.pi


class UnitError(TocsinError):
    """Plots cannot be in the units that their columns say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slip:
    """A way in which columns may be wrong."""

    azimuth: bool
    elevation: bool
    range: bool

    def mended(self, plots: Plots) -> Plots:
        """Give plots with what was written taken in its likely unit."""
        return replace(
            plots,
            azimuth_rad=_signed_deg(plots) if self.azimuth else plots.azimuth_rad,
            elevation_rad=np.degrees(plots.elevation_rad)
            if self.elevation
            else plots.elevation_rad,
            range_m=1e3 * plots.range_m if self.range else plots.range_m,
        )


_SLIPS = tuple(
    _Slip(azimuth=azimuth, elevation=elevation, range=away)
    for azimuth, elevation, away in (
        (False, False, True),
        (True, True, False),
        (True, False, False),
        (False, True, False),
        (True, True, True),
        (True, False, True),
        (False, True, True),
    )
)
"""The likelier ones first: who writes one angle in radians writes the other so too."""


def check_units(file: str, plots: Plots, site: Site) -> list[str]:
    """Refuse plots of one sensor that are surely in other units; remark on what is only odd.

    Args:
        file: For the error.
        plots: Of this sensor alone, at most `SAMPLE`, in order of time.
        site: The sensor.

    Raises:
        UnitError: Hardly a plot is in the sensor's view, but in other units they are; or none is.
    """
    if plots.count < PLOTS_MIN:
        return []
    _check_rates(file, plots, site)
    share = float(np.mean(_in_view(plots, site)))
    if share < INSIDE_MIN or _all_in_a_corner(plots, site):
        for slip in _SLIPS:
            mended = slip.mended(plots)
            if _as_written(slip, plots) and np.mean(_in_view(mended, site)) >= INSIDE_AGAIN:
                raise UnitError(f"{file}: {_told(slip, plots, site)}")
    _check_ranges(file, plots, site)
    if share == 0.0:
        raise UnitError(
            f"{file}: none of the {plots.count} first plots of sensor {site.id!r} is in its view"
            f" ({_view(site)}); theirs are {_extent(plots)}: is it the right sensor, and are its"
            f" angles and ranges in degrees and metres?"
        )
    odd = []
    if share < INSIDE_MIN:
        odd.append(
            f"only {share:.0%} of the first plots of sensor {site.id!r} are in its view"
            f" ({_view(site)}); theirs are {_extent(plots)}"
        )
    if _followed(plots, site) < FOLLOWED_MIN:
        odd.append(
            f"hardly a plot of sensor {site.id!r} has one in the look before that anything slower"
            f" than {SPEED_MAX_M_S / 1e3:g} km/s could have left: are the units right?"
        )
    return odd


def lonely_radars(tracks: Sequence[tuple[Tracks, int, int]], sites: Sequence[Site]) -> list[str]:
    """Remark on radars that share no track with another sensor though others share theirs.

    A radar whose place is wrong, in the wrong hemisphere say, sees every object somewhere else.

    Args:
        tracks: Each as it was at its last plot, and the instants of its first and last plot.
        sites: Of the sensors, in the order of the tracks' bits.
    """
    bits = [int(last.sensors[0]) for last, _, _ in tracks]
    said = []
    for number, site in enumerate(sites):
        mine = [k for k, fed in enumerate(bits) if fed >> number & 1]
        if site.kind != "radar" or not mine or any(bits[k] != 1 << number for k in mine):
            continue
        beside = any(
            tracks[k][1] <= tracks[other][2] and tracks[other][1] <= tracks[k][2]
            for k in mine
            for other, fed in enumerate(bits)
            if fed.bit_count() > 1 or (len(sites) == 2 and fed != bits[k])
        )
        if beside and sum(int(tracks[k][0].hits[0]) for k in mine) >= MANY:
            said.append(
                f"sensor {site.id!r} fed {len(mine)} tracks and shares none of them, while others"
                f" tracked at the same time: if it looks where they look, is its place right"
                f" (north or south, east or west)?"
            )
    return said


def _check_rates(file: str, plots: Plots, site: Site) -> None:
    """Refuse range rates that are in km/s: none of many reaches even 12 m/s."""
    rate = np.abs(plots.range_rate_m_s[np.isfinite(plots.range_rate_m_s)])
    limit = SPEED_MAX_M_S / 1e3
    near = np.isfinite(plots.range_m).all() and plots.range_m.max() < 1e7
    if rate.size >= MANY and near and rate.max() <= limit and rate.max() > 0.5:
        raise UnitError(
            f"{file}: range_rate_m_s looks like kilometres per second: all {rate.size} first ones"
            f" of sensor {site.id!r} lie in -{limit:g}..{limit:g}; multiply them by 1000"
        )


def _check_ranges(file: str, plots: Plots, site: Site) -> None:
    """Refuse ranges that are in km: a radar's first plots all at its feet."""
    radar = site.sensor
    if not isinstance(radar, Radar) or plots.count < MANY:
        return
    if float(plots.range_m.max()) <= AT_ITS_FEET * radar.range_max_m:
        raise UnitError(
            f"{file}: range_m looks like kilometres: the {plots.count} first plots of sensor"
            f" {site.id!r} are {_between(plots.range_m, 'm')} away, and it reaches"
            f" {radar.range_max_m:,.0f} m; multiply the ranges by 1000"
        )


def _as_written(slip: _Slip, plots: Plots) -> bool:
    """Say whether what was written could be in the unit of the slip."""
    azimuth, elevation = _signed_deg(plots), np.degrees(plots.elevation_rad)
    return bool(
        (not slip.azimuth or np.all((azimuth >= -math.pi) & (azimuth <= TURN)))
        and (not slip.elevation or np.all(np.abs(elevation) <= 0.5 * math.pi))
        and (not slip.range or bool(np.isfinite(plots.range_m).all()))
    )


def _signed_deg(plots: Plots) -> Floats:
    """Give azimuths in degrees, those west of north below zero."""
    azimuth = np.degrees(plots.azimuth_rad)
    return np.where(azimuth > 180.0, azimuth - 360.0, azimuth)


def _all_in_a_corner(plots: Plots, site: Site) -> bool:
    """Say whether many plots of a wide fan lie within 2 pi and pi/2 of a degree's zero."""
    radar = site.sensor
    if not isinstance(radar, Radar) or plots.count < MANY:
        return False
    wide = sum((end - start) % TURN or TURN for start, end in radar.sectors_rad)
    both = _Slip(azimuth=True, elevation=True, range=False)
    return wide > 0.5 and radar.elevation_max_rad > 0.2 and _as_written(both, plots)


def _in_view(plots: Plots, site: Site) -> Flags:
    """Tell which plots lie in a sensor's view, a little outside counts too."""
    if isinstance(site.sensor, Infrared):
        return _towards_earth(plots, site)
    radar = site.sensor
    inside = np.zeros(plots.count, np.bool_)
    for start, end in radar.sectors_rad:
        width = (end - start) % TURN or TURN
        inside |= (plots.azimuth_rad - start + MARGIN_RAD) % TURN <= width + 2.0 * MARGIN_RAD
    return np.asarray(
        inside
        & (plots.elevation_rad >= radar.elevation_min_rad - MARGIN_RAD)
        & (plots.elevation_rad <= radar.elevation_max_rad + MARGIN_RAD)
        & (plots.range_m >= (1.0 - RANGE_MARGIN) * radar.range_min_m)
        & (plots.range_m <= (1.0 + RANGE_MARGIN) * radar.range_max_m)
    )


def _towards_earth(plots: Plots, site: Site) -> Flags:
    """Tell which lines of sight pass near or through Earth."""
    place = site_positions_m(site, plots.time_tai_ns)
    flat = np.cos(plots.elevation_rad)
    line = np.stack(
        [
            flat * np.cos(plots.azimuth_rad),
            flat * np.sin(plots.azimuth_rad),
            np.sin(plots.elevation_rad),
        ],
        -1,
    )
    along = -np.sum(place * line, axis=-1)
    aside2 = np.sum(place * place, axis=-1) - along**2
    return np.asarray((along > 0.0) & (aside2 < (EARTH_A_M + PLUME_TOP_M) ** 2))


def _followed(plots: Plots, site: Site) -> float:
    """Give the share of a radar's plots that something could have flown to since the look before.

    1 where there is nothing to say it from: a satellite, or too few looks near each other.
    """
    if site.kind != "radar":
        return 1.0
    flat = plots.range_m * np.cos(plots.elevation_rad)
    where = np.stack(
        [
            flat * np.sin(plots.azimuth_rad),
            flat * np.cos(plots.azimuth_rad),
            plots.range_m * np.sin(plots.elevation_rad),
        ],
        -1,
    )
    across = np.hypot(plots.sigma_azimuth_rad, plots.sigma_elevation_rad) * plots.range_m
    blur = 5.0 * np.hypot(plots.sigma_range_m, across)
    looks = np.split(np.arange(plots.count), np.flatnonzero(np.diff(plots.time_tai_ns)) + 1)
    reached = []
    for before, after in pairwise(looks):
        gap_s = (plots.time_tai_ns[after[0]] - plots.time_tai_ns[before[0]]) / 1e9
        if gap_s <= LOOK_GAP_MAX_S:
            off = np.linalg.norm(where[after][:, None] - where[before], axis=-1)
            most = SPEED_MAX_M_S * gap_s + 2.0 * blur[after][:, None]
            reached.append(np.any(off <= most, axis=1))
    seen = np.concatenate(reached) if reached else np.empty(0)
    return float(np.mean(seen)) if seen.size >= MANY else 1.0


def _told(slip: _Slip, plots: Plots, site: Site) -> str:
    """Say which columns look wrong, and what to do."""
    named = [
        name
        for name, wrong in (("azimuth_deg", slip.azimuth), ("elevation_deg", slip.elevation))
        if wrong
    ]
    parts = []
    if named:
        verb = "look" if len(named) > 1 else "looks"
        parts.append(f"{' and '.join(named)} {verb} like radians")
    if slip.range:
        parts.append("range_m looks like kilometres")
    cures = ["angles by 57.29578"] if named else []
    cures += ["ranges by 1000"] if slip.range else []
    return (
        f"{' and '.join(parts)}: the {plots.count} first plots of sensor {site.id!r} have"
        f" {_extent(plots)} while its view is {_view(site)}; multiply the {' and the '.join(cures)}"
    )


def _extent(plots: Plots) -> str:
    """Give the extent of plots, as written."""
    azimuth = _between(np.degrees(plots.azimuth_rad), "deg")
    elevation = _between(np.degrees(plots.elevation_rad), "deg")
    said = f"azimuth {azimuth}, elevation {elevation}"
    if np.isfinite(plots.range_m).all():
        said += f", range {_between(plots.range_m, 'm')}"
    return said


def _view(site: Site) -> str:
    """Give a sensor's view."""
    if isinstance(site.sensor, Infrared):
        return "Earth's disc"
    radar = site.sensor
    sectors = ", ".join(
        f"{math.degrees(start):.0f}..{math.degrees(end):.0f}" for start, end in radar.sectors_rad
    )
    low, high = math.degrees(radar.elevation_min_rad), math.degrees(radar.elevation_max_rad)
    return (
        f"azimuth {sectors} deg, elevation {low:.3g}..{high:.3g} deg,"
        f" range {_between(np.array([radar.range_min_m, radar.range_max_m]), 'm')}"
    )


def _between(values: Floats, unit: str) -> str:
    return f"{_short(values.min())}..{_short(values.max())} {unit}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000.0 else f"{value:.3g}"
