"""The first plots of each track, kept for telling where and when it was launched."""

from dataclasses import dataclass, field, replace

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Integers
from tocsin.sensors.measurement import Plots, Site
from tocsin.tracking.late import Instant
from tocsin.tracking.launchpoint import WINDOW_S, LaunchPoints, launch_points_from_plots

BACK_S = 180.0
"""How long plots are kept that may turn out to be the first of a track: hypotheses live for 120 s,
and the window of the ascent is open for `WINDOW_S`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Plots of one instant, in the order of the numbers that the tracker gave them."""

    time_tai_ns: int
    first: int
    """Number of the first."""
    plots: Plots


@dataclass(frozen=True, slots=True, kw_only=True)
class Ascents:
    """First plots of tracks, as far as they are known."""

    recent: tuple[Numbered, ...] = ()
    """Of the last `BACK_S`."""
    plots: dict[int, dict[int, Plots]] = field(default_factory=dict)
    """By track and plot number; one row each."""
    born_tai_ns: dict[int, int] = field(default_factory=dict)
    """By track: its first plot, as it was when this began."""


def step_ascents(ascents: Ascents, at: Instant) -> Ascents:
    """Take in an instant that is final: keep the plots of believed tracks that are young."""
    plots, after = at.plots, at.after
    order = np.lexsort((plots.plot_id, plots.sensor, plots.time_tai_ns))
    fresh = Numbered(
        time_tai_ns=at.time_tai_ns,
        first=after.next_plot - plots.count,
        plots=plots.take(order),
    )
    edge = at.time_tai_ns - round(BACK_S * SECOND_NS)
    recent = (*(each for each in ascents.recent if each.time_tai_ns >= edge), fresh)
    rows = after.confirmed()
    young = at.time_tai_ns - after.born_tai_ns[rows] <= BACK_S * SECOND_NS
    rows = rows[young & (after.seen_tai_ns[rows] == at.time_tai_ns)]
    if rows.size == 0:
        return replace(ascents, recent=recent)
    kept, born = dict(ascents.plots), dict(ascents.born_tai_ns)
    for row in rows.tolist():
        number, first = int(after.bank.number[row]), int(after.born_tai_ns[row])
        born.setdefault(number, first)
        mine = kept.get(number, {})
        told = [n for n in after.bank.recent[row].tolist() if n >= 0 and n not in mine]
        found = {n: plot for n in told if (plot := _plot(recent, n)) is not None}
        last = born[number] + round(WINDOW_S * SECOND_NS)
        kept[number] = mine | {n: p for n, p in found.items() if int(p.time_tai_ns[0]) <= last}
    return Ascents(recent=recent, plots=kept, born_tai_ns=born)


def launched(
    ascents: Ascents, tracks: Integers, born_tai_ns: Integers, sites: tuple[Site, ...]
) -> tuple[Integers, LaunchPoints]:
    """Give the places [k] of the tracks whose first plots are known, and where those were launched.

    A track that took another over, and so has its first plot, has its ascent too; unless several
    began at that instant.

    Args:
        ascents: As gathered.
        tracks: Their numbers.
        born_tai_ns: First plot of each.
        sites: Of the sensors.
    """
    own = [
        list(ascents.plots.get(_source(ascents, track, first), {}).values())
        for track, first in zip(tracks.tolist(), born_tai_ns.tolist(), strict=True)
    ]
    rows = np.flatnonzero([len(each) > 0 for each in own])
    owners = np.repeat(np.arange(rows.size), [len(own[row]) for row in rows])
    plots = [plot for row in rows for plot in own[row]] or [_no_plots(sites)]
    return rows, launch_points_from_plots(_joined(plots), owners.astype(np.int64), sites)


def _source(ascents: Ascents, track: int, first_tai_ns: int) -> int:
    """Give the number of the track that saw a track's first plot."""
    if ascents.born_tai_ns.get(track) == first_tai_ns:
        return track
    same = [number for number, born in ascents.born_tai_ns.items() if born == first_tai_ns]
    return same[0] if len(same) == 1 else track


def _plot(recent: tuple[Numbered, ...], number: int) -> Plots | None:
    """Give the plot of a number, if it is still there."""
    for each in reversed(recent):
        if each.first <= number < each.first + each.plots.count:
            return each.plots.take(np.array([number - each.first]))
    return None


def _no_plots(sites: tuple[Site, ...]) -> Plots:
    """Give plots of no rows."""
    whole, real = np.empty(0, np.int64), np.empty(0)
    return Plots(
        sensors=tuple(site.id for site in sites),
        time_tai_ns=whole,
        sensor=whole,
        range_m=real,
        azimuth_rad=real,
        elevation_rad=real,
        range_rate_m_s=real,
        snr_db=real,
        sigma_range_m=real,
        sigma_azimuth_rad=real,
        sigma_elevation_rad=real,
        sigma_range_rate_m_s=real,
        plot_id=whole,
    )


def _joined(parts: list[Plots]) -> Plots:
    """Give plots of the same sensors as one."""
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Plots.__slots__
        if name not in ("sensors", "data_class")
    }
    return Plots(sensors=parts[0].sensors, data_class=parts[0].data_class, **columns)
