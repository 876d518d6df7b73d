"""Plots in any order of arrival, twice, too late, and far too many of them."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.sensors.measurement import Plots
from tocsin.tracking.flood import PLOTS_MAX, strongest, thinned
from tocsin.tracking.late import (
    INSTANTS_MAX,
    LAG_S,
    LateState,
    _joined,
    distinct,
    finished,
    start_late,
    step_late,
)
from tocsin.tracking.step import TrackerState, start, step
from tocsin.tracking.track import Tracks

MADE = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
NS = 1_000_000_000


@pytest.fixture(scope="module")
def seen(raid: Any) -> Plots:
    """A hundred seconds of the raid."""
    plots: Plots = MADE["watched"](raid, 3)
    time_s = plots.time_tai_ns / NS
    return plots.take(np.flatnonzero((time_s >= 500.0) & (time_s <= 600.0)))


def assert_same(found: TrackerState, wanted: TrackerState) -> None:
    for name in Tracks.__slots__:
        np.testing.assert_array_equal(
            getattr(found.tracks, name), getattr(wanted.tracks, name), err_msg=name
        )


def fed(parts: list[Plots], sites: Any) -> LateState:
    state = start_late()
    for part in parts:
        state = step_late(state, part, sites)
    return state


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 12))
def test_any_order_within_the_lag_gives_the_tracks_of_the_ordered_run(
    raid: Any, seen: Plots, seed: int, size: int
) -> None:
    wanted = step(start(), seen, (raid.site,))
    delay_s = np.random.default_rng(seed).uniform(0.0, LAG_S, seen.count)
    order = np.argsort(seen.time_tai_ns + delay_s * NS, kind="stable")
    parts = [seen.take(order[k : k + size]) for k in range(0, order.size, size)]

    found = fed(parts, (raid.site,))

    assert found.counts.too_late == found.counts.repeated == 0
    assert found.now.confirmed().size >= 4
    assert_same(found.now, wanted)


def test_what_has_settled_is_what_the_ordered_run_had_at_each_instant(
    raid: Any, seen: Plots
) -> None:
    times = np.unique(seen.time_tai_ns)
    swapped = [*times[:3], times[4], times[3], *times[5:]]
    parts = [seen.take(np.flatnonzero(seen.time_tai_ns == time)) for time in swapped]
    state, settled = start_late(), []
    for part in parts:
        state = step_late(state, part, (raid.site,))
        settled += state.settled
    assert state.counts.late == parts[4].count
    assert state.kept
    settled += finished(state).settled

    assert [each.time_tai_ns for each in settled] == list(times)
    ordered = start()
    for each in settled:
        rows = np.flatnonzero(seen.time_tai_ns == each.time_tai_ns)
        ordered = step(ordered, seen.take(rows), (raid.site,))
        assert_same(each.after, ordered)


def test_a_plot_older_than_the_lag_is_left_out_and_counted(raid: Any, seen: Plots) -> None:
    old = seen.time_tai_ns < seen.time_tai_ns[-1] - round(LAG_S * NS)
    rest, first = seen.take(np.flatnonzero(~old)), seen.take(np.flatnonzero(old))

    found = fed([rest, first], (raid.site,))

    assert found.counts.too_late == first.count > 0
    assert_same(found.now, step(start(), rest, (raid.site,)))


def test_plots_that_come_twice_count_once(raid: Any, seen: Plots) -> None:
    last = seen.time_tai_ns >= seen.time_tai_ns[-1] - 20 * NS
    again = seen.take(np.flatnonzero(last))
    renumbered = replace(again, plot_id=again.plot_id + 10_000)

    found = fed([seen, again, renumbered], (raid.site,))

    assert found.counts.repeated == 2 * again.count
    assert_same(found.now, step(start(), seen, (raid.site,)))


def test_numbers_too_long_for_a_decimal_are_told_apart(seen: Plots) -> None:
    two = seen.take(np.array([0, 0, 0]))
    two = replace(two, range_m=np.array([1e6, 2e6, 3e6]), plot_id=2**60 + np.array([0, 1, 1]))

    assert distinct(two).range_m.tolist() == [1e6, 2e6]


def test_a_gap_of_years_is_not_carried_over(raid: Any, seen: Plots) -> None:
    years = replace(seen, time_tai_ns=seen.time_tai_ns + 18 * 365 * 86_400 * NS)

    found = fed([seen, years], (raid.site,))

    numbers = found.now.tracks.track
    assert numbers[numbers > 0].min() > step(start(), seen, (raid.site,)).tracks.track.max()
    assert found.now.confirmed().size >= 4


def test_no_more_instants_are_kept_than_the_limit(raid: Any, seen: Plots) -> None:
    count = INSTANTS_MAX + 50
    plots = seen.take(np.zeros(count, np.int64))
    plots = replace(plots, time_tai_ns=plots.time_tai_ns + np.arange(count) * 1_000_000)
    plots = replace(plots, plot_id=np.arange(count))

    state = step_late(start_late(), plots, (raid.site,))
    late = step_late(state, plots.take(np.array([3])), (raid.site,))

    assert len(state.kept) == INSTANTS_MAX
    assert len(state.settled) == 50
    assert late.counts.too_late == 1


def flooded(seen: Plots, seed: int, count: int) -> Plots:
    """The last look of the raid's plots with so many false ones, its own numbered first."""
    own = seen.take(np.flatnonzero(seen.time_tai_ns == seen.time_tai_ns[-1]))
    draw = np.random.default_rng(seed)
    false = own.take(np.zeros(count, np.int64))
    false = replace(
        false,
        range_m=draw.uniform(5e5, 5e6, count),
        azimuth_rad=draw.uniform(1.0, 3.0, count),
        elevation_rad=draw.uniform(0.05, 1.0, count),
        plot_id=own.plot_id.max() + 1 + np.arange(count),
    )
    return _joined([own, false])


def test_tracks_live_through_a_flood_of_false_plots(raid: Any, seen: Plots) -> None:
    before = seen.take(np.flatnonzero(seen.time_tai_ns < seen.time_tai_ns[-1]))
    state = step_late(start_late(), before, (raid.site,))
    flood = flooded(seen, 5, 200_000)
    believed = set(state.now.tracks.track[state.now.confirmed()])

    found = step_late(state, flood, (raid.site,))

    assert found.counts.degraded == 1
    assert found.counts.thinned == flood.count - PLOTS_MAX
    assert found.kept[-1].plots.count == PLOTS_MAX
    now = set(found.now.tracks.track[found.now.confirmed()])
    assert len(believed) >= 4
    assert believed <= now


def test_plots_near_tracks_are_kept_before_stronger_ones(raid: Any, seen: Plots) -> None:
    before = seen.take(np.flatnonzero(seen.time_tai_ns < seen.time_tai_ns[-1]))
    state = step(start(), before, (raid.site,))
    flood = flooded(seen, 6, 20_000)
    own = np.count_nonzero(seen.time_tai_ns == seen.time_tai_ns[-1])
    flood = replace(flood, snr_db=np.where(np.arange(flood.count) < own, 0.0, 30.0))

    kept, degraded = thinned(flood, state, (raid.site,), 100)
    none, _ = thinned(flood, start(), (raid.site,), 100)

    assert degraded == 1
    assert kept.count == none.count == 100
    assert np.count_nonzero(kept.snr_db == 0.0) >= 4
    assert np.all(none.snr_db == 30.0)


@given(split=st.integers(1, 2_999))
def test_a_sample_of_samples_is_the_sample(seen: Plots, split: int) -> None:
    many = flooded(seen, 7, 3_000)
    parts = [np.arange(split), np.arange(split, many.count)]
    kept = np.concatenate([rows[strongest(many.take(rows), 50)] for rows in parts])

    assert list(kept[strongest(many.take(kept), 50)]) == list(strongest(many, 50))
