"""Plots that come late, used at their measurement time: what is known is worked out again.

What was known after each instant of the last `LAG_S` is kept, with the instant's plots. A plot that
belongs before the newest instant is put where it belongs, and every instant from there on is
stepped again. The tracks are then exactly those that plots in order would have given.

Plots older than the lag are left out and counted, as are plots that come twice. Nothing here looks
at a clock: a plot from the future moves the tracker there, and whoever knows the time must refuse
it before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots, Site
from tocsin.tracking.flood import thinned
from tocsin.tracking.step import Settings, TrackerState, start, step

LAG_S = 30.0
"""How late a plot may come, after the newest one, and still be used."""
INSTANTS_MAX = 1_024
"""Most instants kept; beyond it the oldest are final before their time."""
TRACK_ROWS_MAX = 500_000
"""Most tracks in all the states kept together, for the same: a few hundred megabytes."""
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """The plots of one instant that were taken in, and what was known after them."""

    time_tai_ns: int
    plots: Plots
    after: TrackerState
    degraded: int = 0
    """Sensors of which there were too many plots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of plots that were not simply the next ones."""

    late: int = 0
    """Came after a later one, and were used where they belong."""
    too_late: int = 0
    """Came later than the lag: left out."""
    repeated: int = 0
    """Came twice: left out the second time."""
    thinned: int = 0
    """Left out of looks with too many plots."""
    degraded: int = 0
    """Looks with too many plots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateState:
    """A tracker that can go back."""

    before: TrackerState
    """What was known before the first instant kept."""
    before_tai_ns: int | None
    """The last instant that is final: nothing can be put at or before it."""
    kept: tuple[Instant, ...]
    """Instants that a late plot may still change, in order."""
    settled: tuple[Instant, ...]
    """Instants that the last call made final, in order."""
    counts: Counts

    @property
    def now(self) -> TrackerState:
        """What is known after the newest instant."""
        return self.kept[-1].after if self.kept else self.before


def start_late(settings: Settings | None = None) -> LateState:
    """Give a tracker that knows nothing yet."""
    return LateState(
        before=start(settings), before_tai_ns=None, kept=(), settled=(), counts=Counts()
    )


def step_late(state: LateState, plots: Plots, sites: tuple[Site, ...]) -> LateState:
    """Take in plots of any order, each at its own instant.

    Args:
        state: What was known.
        plots: Any number of instants. Those within one call may be in any order, however far
            apart; they are late if they are before the newest instant of earlier calls.
        sites: Where `plots.sensors` stand, in their order.

    Returns:
        What is known at the newest instant. `state` itself is not changed.
    """
    in_time, late = _sorted_out(state, plots)
    counts = replace(
        state.counts,
        late=state.counts.late + int(np.count_nonzero(late & in_time)),
        too_late=state.counts.too_late + int(np.count_nonzero(~in_time)),
    )
    state = replace(state, settled=(), counts=counts)
    fresh = plots.take(np.flatnonzero(in_time))
    if fresh.count == 0:
        return state
    fresh = fresh.take(_order(fresh))
    groups = instants(fresh.time_tai_ns)
    first = int(fresh.time_tai_ns[0])
    again = [each for each in state.kept if each.time_tai_ns >= first]
    waiting: dict[int, list[Plots | Instant]] = {each.time_tai_ns: [each] for each in again}
    for rows in groups:
        waiting.setdefault(int(fresh.time_tai_ns[rows[0]]), []).append(fresh.take(rows))
    state = replace(state, kept=state.kept[: len(state.kept) - len(again)])
    settled: list[Instant] = []
    for time in sorted(waiting):
        state = _settling(_with(state, waiting.pop(time), sites), settled)
    return replace(state, settled=tuple(settled))


def finished(state: LateState) -> LateState:
    """Make every instant final: no more plots will come."""
    if not state.kept:
        return replace(state, settled=())
    last = state.kept[-1]
    return replace(
        state, before=last.after, before_tai_ns=last.time_tai_ns, kept=(), settled=state.kept
    )


def distinct(plots: Plots) -> Plots:
    """Give plots of one instant without those that are there twice; the first one stays.

    Twice is: the same sensor with the same number or with the same range and angles. Strength and
    errors are not asked.
    """
    if plots.count < 2:
        return plots
    measured = (plots.sensor, plots.range_m, plots.azimuth_rad, plots.elevation_rad)
    same = _again(*measured) | _again(plots.sensor, plots.plot_id)
    return plots.take(np.flatnonzero(~same)) if same.any() else plots


def instants(time_tai_ns: Integers) -> list[Integers]:
    """Give the rows of each instant, in order; times must be in order already."""
    edges = np.flatnonzero(np.diff(time_tai_ns)) + 1
    return list(np.split(np.arange(time_tai_ns.size), edges)) if time_tai_ns.size else []


def _again(*columns: Floats | Integers) -> Flags:
    """Tell which rows repeat an earlier one; NaN is like NaN."""
    order = np.lexsort(columns)
    same = np.zeros(order.size, np.bool_)
    same[order[1:]] = True
    for column in columns:
        before, after = column[order[:-1]], column[order[1:]]
        same[order[1:]] &= (before == after) | (np.isnan(before) & np.isnan(after))
    return same


def _order(plots: Plots) -> Integers:
    """Give an order that depends on the plots alone, not on how they came."""
    measured = np.nan_to_num(np.stack([plots.elevation_rad, plots.azimuth_rad, plots.range_m]))
    return np.lexsort((*measured, plots.plot_id, plots.sensor, plots.time_tai_ns))


def _sorted_out(state: LateState, plots: Plots) -> tuple[Flags, Flags]:
    """Tell which plots can be used, and which come after a later one."""
    newest = state.kept[-1].time_tai_ns if state.kept else state.before_tai_ns
    if newest is None:
        return np.ones(plots.count, np.bool_), np.zeros(plots.count, np.bool_)
    in_time = plots.time_tai_ns >= newest - round(LAG_S * NANOSECONDS)
    if state.before_tai_ns is not None:
        in_time &= plots.time_tai_ns > state.before_tai_ns
    return in_time, plots.time_tai_ns < newest


def _with(state: LateState, parts: Sequence[Plots | Instant], sites: tuple[Site, ...]) -> LateState:
    """Step to an instant with all of its plots: those used before and those that came since."""
    known = [part.plots if isinstance(part, Instant) else part for part in parts]
    degraded_before = sum(part.degraded for part in parts if isinstance(part, Instant))
    before = state.now
    plots = known[0] if len(known) == 1 else _joined(known)
    plots = plots.take(_order(plots)) if len(known) > 1 else plots
    once = distinct(plots)
    fewer, degraded = thinned(once, before, sites)
    degraded = max(degraded, degraded_before)
    time = int(plots.time_tai_ns[0])
    after = step(before, fewer, sites)
    counts = replace(
        state.counts,
        repeated=state.counts.repeated + plots.count - once.count,
        thinned=state.counts.thinned + once.count - fewer.count,
        degraded=state.counts.degraded + degraded - degraded_before,
    )
    fresh = Instant(time_tai_ns=time, plots=fewer, after=after, degraded=degraded)
    return replace(state, kept=(*state.kept, fresh), counts=counts)


def _settling(state: LateState, settled: list[Instant]) -> LateState:
    """Make the instants final that the lag has left behind, or that are too many to keep."""
    edge = state.kept[-1].time_tai_ns - round(LAG_S * NANOSECONDS)
    rows = [each.after.seen_tai_ns.size for each in state.kept]
    total, gone = sum(rows), 0
    while gone < len(state.kept) - 1 and (
        state.kept[gone].time_tai_ns < edge
        or len(state.kept) - gone > INSTANTS_MAX
        or total > TRACK_ROWS_MAX
    ):
        total -= rows[gone]
        gone += 1
    if gone == 0:
        return state
    settled.extend(state.kept[:gone])
    last = state.kept[gone - 1]
    return replace(state, before=last.after, before_tai_ns=last.time_tai_ns, kept=state.kept[gone:])


def _joined(parts: Sequence[Plots]) -> Plots:
    """Give batches of the same sensors as one."""
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Plots.__slots__
        if name not in ("sensors", "data_class")
    }
    return Plots(sensors=parts[0].sensors, data_class=parts[0].data_class, **columns)
