"""Tracks of few plots are corrected as their errors allow, also those that began unluckily."""

import runpy
from pathlib import Path

import numpy as np

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import tai_from_utc
from tocsin.lanes import Floats
from tocsin.sensors.sky import sky_at, taken
from tocsin.tracking.step import start, step

WORLD = runpy.run_path(str(Path(__file__).with_name("sky_world.py")))
NOON = tai_from_utc("2024-07-05T12:00:00Z")


def distances2(seed: int) -> Floats:
    """Give how far tracks are off after 4 to 6 plots, squared and in standard deviations."""
    site, sky, draw = WORLD["warning_radar"](), load_sky(), np.random.default_rng(seed)
    times, (place, axes) = WORLD["every"](NOON, 60.0), WORLD["stand"](site)
    true, state = taken(sky, WORLD["passing"](sky, site, times[[0]])), start()
    for time in times.tolist():
        there = sky_at(true, time).state
        seen = WORLD["should_be_seen"](site, place, axes, there[:, :3])
        state = step(state, WORLD["plots_of"](site, there[seen], time, draw), (site,))
    tracks = state.tracks_at(state.confirmed())
    tracks = tracks.take(np.flatnonzero(tracks.hits >= 4))
    off = tracks.state[:, None] - there[None]
    near = np.argmin(np.sum(np.square(off * ([1.0] * 3 + [60.0] * 3)), axis=-1), axis=1)
    off = off[np.arange(tracks.count), near]
    return np.asarray(
        np.sum(off * np.linalg.solve(tracks.covariance, off[:, :, None])[:, :, 0], axis=1)
    )


def test_few_tracks_of_four_to_six_plots_are_off_by_far_more_than_they_claim() -> None:
    found = np.concatenate([distances2(seed) for seed in (1, 2)])

    assert found.size > 2_000
    assert np.mean(found > 30.0) < 0.011
    assert np.median(found) < 6.5
