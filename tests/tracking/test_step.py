"""The tracker on a raid it has never seen: all held, none invented, errors as large as claimed."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import azimuth_rad, distance_m
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots
from tocsin.tracking.impact import CHI2_95, impacts
from tocsin.tracking.step import Settings, TrackerState, start, step

MADE = runpy.run_path(str(Path(__file__).with_name("conftest.py")))
NANOSECONDS = 1_000_000_000


def watched(raid: Any, seed: int, **how: float) -> Plots:
    plots: Plots = MADE["watched"](raid, seed, **how)
    return plots


def until(plots: Plots, time_s: float) -> Plots:
    return plots.take(np.flatnonzero(plots.time_tai_ns <= time_s * NANOSECONDS))


def nearest(raid: Any, state: TrackerState, rows: Integers, time_s: float) -> Integers:
    """Give the flight nearest to each track."""
    there = raid.flown.position_ecef_m[:, round(time_s / 10.0)]
    away = np.linalg.norm(state.tracks.state[rows][:, None, :3] - there, axis=-1)
    return np.asarray(np.nanargmin(away, axis=1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_missile_is_held_once_and_nothing_is_invented(raid: Any, seed: int) -> None:
    state = step(start(), until(watched(raid, seed), 1000.0), (raid.site,))
    sure = state.confirmed()
    sure = sure[state.seen_tai_ns[sure] > 900 * NANOSECONDS]
    assert sorted(nearest(raid, state, sure, 1000.0)) == list(range(6))


def test_position_errors_are_as_large_as_claimed(raid: Any) -> None:
    distances: list[Floats] = []
    for seed in range(8):
        state = step(start(), until(watched(raid, seed), 900.0), (raid.site,))
        sure = state.confirmed()
        sure = sure[state.tracks.hits[sure] > 12]
        true = raid.flown.position_ecef_m[nearest(raid, state, sure, 900.0), 90]
        off = state.tracks.state[sure][:, :3] - true
        spread = state.tracks.covariance[sure][:, :3, :3]
        distances.append(
            np.einsum("ni,ni->n", off, np.linalg.solve(spread, off[..., None])[..., 0])
        )
    normalised = np.concatenate(distances)
    assert normalised.size > 40
    # 95 % bounds of the mean of as many chi-square numbers of three degrees of freedom.
    slack = 1.96 * np.sqrt(2.0 * 3.0 / normalised.size)
    assert 3.0 - 2.0 * slack < normalised.mean() < 3.0 + 2.0 * slack


def test_impact_ellipses_hold_the_impact_and_shrink(raid: Any) -> None:
    latitude, longitude, _ = geodetic_from_ecef_batch(raid.flown.flights.impact_m)
    inside, sizes = [], []
    for seed in range(6):
        plots = watched(raid, seed)
        for time in (750.0, 1000.0):
            state = step(start(), until(plots, time), (raid.site,))
            sure = state.confirmed()
            found = impacts(state.tracks.take(sure))
            k = nearest(raid, state, sure, time)
            place = (found.latitude_rad, found.longitude_rad, latitude[k], longitude[k])
            miss, way = distance_m(*place), azimuth_rad(*place)
            off = np.stack([miss * np.sin(way), miss * np.cos(way)], -1)
            away = np.linalg.solve(found.covariance_m2, off[..., None])[..., 0]
            inside.append(np.sum(off * away, -1) < CHI2_95)
            sizes.append(np.median(found.ellipse_m()[0]))
    assert np.concatenate(inside).mean() > 0.8
    assert max(sizes[1::2]) < min(sizes[::2])


def test_the_order_of_plots_within_a_batch_changes_nothing(raid: Any) -> None:
    plots = until(watched(raid, 4), 700.0)
    mixed = plots.take(np.random.default_rng(0).permutation(plots.count))
    one, other = (step(start(), each, (raid.site,)) for each in (plots, mixed))
    np.testing.assert_allclose(other.tracks.state, one.tracks.state)


def test_look_by_look_is_the_same_as_all_at_once(raid: Any) -> None:
    plots = until(watched(raid, 5), 700.0)
    whole = step(start(), plots, (raid.site,))
    state = start()
    for time in np.unique(plots.time_tai_ns):
        state = step(state, plots.take(np.flatnonzero(plots.time_tai_ns == time)), (raid.site,))
    assert np.array_equal(state.tracks.track, whole.tracks.track)
    assert np.array_equal(state.tracks.state, whole.tracks.state)


def test_a_lone_false_plot_never_becomes_a_track(raid: Any) -> None:
    plots = watched(raid, 6, missed=1.0, false_each_look=2.0)
    state = step(start(), plots, (raid.site,))
    assert state.confirmed().size == 0
    assert state.tracks.count < 0.2 * plots.count


def test_nothing_is_changed_that_was_given(raid: Any) -> None:
    first = step(start(), until(watched(raid, 7), 600.0), (raid.site,))
    before = first.tracks.state.copy()
    step(first, watched(raid, 7), (raid.site,))
    assert np.array_equal(first.tracks.state, before)


def test_silence_where_it_should_be_seen_ends_a_track(raid: Any) -> None:
    plots = watched(raid, 8, false_each_look=0.0)
    state = step(start(), until(plots, 700.0), (raid.site,))
    held = set(state.tracks.track[state.confirmed()])
    later = plots.take(np.flatnonzero(plots.time_tai_ns > 700 * NANOSECONDS))
    elsewhere = replace(later, azimuth_rad=later.azimuth_rad + 0.3)
    after = step(state, elsewhere, (raid.site,))
    assert held
    assert held.isdisjoint(after.tracks.track[after.confirmed()])


def test_no_plots_leave_everything_as_it_is(raid: Any) -> None:
    state = start(Settings(confirm_hits=4))
    none = watched(raid, 1).take(np.empty(0, np.int64))
    assert step(state, none, (raid.site,)) is state
