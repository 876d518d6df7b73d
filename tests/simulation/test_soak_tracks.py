"""Errors of tracks without plots: as wide as claimed, and as the tracker's own."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import tai_from_utc
from tocsin.lanes import Floats
from tocsin.sensors.measurement import Site
from tocsin.sensors.scan import STATED_SNR
from tocsin.sensors.sky import Sky, sky_at, taken
from tocsin.simulation.soak_tracks import bias_m, coasted, looked, seen, unseen

WORLD = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "sky_world.py"))
NOON = tai_from_utc("2024-07-05T12:00:00Z")
RADAR = "rus-barnaul-voronezh-dm"


def passing(count: int) -> tuple[Site, Sky]:
    """Give a radar and objects that pass it."""
    site = WORLD["warning_radar"](RADAR)
    rows = WORLD["passing"](load_sky(), site, WORLD["every"](NOON, 240.0)[::6])
    chosen = np.sort(np.random.default_rng(5).choice(rows, count, replace=False))
    return site, taken(load_sky(), chosen)


def followed(site: Site, sky: Sky, draws: int) -> dict[int, tuple[Floats, Floats]]:
    """Give, by number of plots, squared distances in claimed errors and claimed speed errors."""
    draw = np.random.default_rng(6)
    state = sky_at(sky, NOON).state
    n = len(state)
    error, found = unseen(n, draws), {k: ([], []) for k in (5, 8, 12)}  # type: ignore[var-annotated]
    for number in range(24):
        if number:
            error, state = coasted(error, state, 10.0)
        hit = seen(site, state, np.ones(n))[0] & (draw.random(n) > 0.1)
        error = looked(error, site, (state, hit, np.full(n, STATED_SNR)), draw)
        for plots, (distances2, speed) in found.items():
            for row in np.flatnonzero(hit & (error.hits == plots)):
                off = error.off[row]
                inverse = np.linalg.inv(error.covariance[row])
                distances2.extend(np.einsum("di,ij,dj->d", off, inverse, off).tolist())
                speed.append(float(np.sqrt(np.trace(error.covariance[row, 3:, 3:]))))
    return {k: (np.array(one), np.array(other)) for k, (one, other) in found.items()}


def test_errors_are_as_wide_as_they_claim() -> None:
    for distance2, _ in followed(*passing(60), draws=20).values():
        assert distance2.size > 400
        assert abs(distance2.mean() - 6.0) < 0.6


@pytest.mark.slow
def test_speeds_are_known_as_well_as_the_tracker_knows_them() -> None:
    site, sky = passing(150)
    claimed: dict[int, list[float]] = {5: [], 8: [], 12: []}
    times = WORLD["every"](NOON, 240.0)
    for look in WORLD["watched"]((sky, load_sky()), site, times, np.random.default_rng(5)):
        for row, hits in enumerate(look.tracks.hits.tolist()):
            if hits in claimed:
                variance = np.trace(look.tracks.covariance[row, 3:, 3:])
                claimed[hits].append(float(np.sqrt(variance)))
    for plots, (_, speed) in followed(site, sky, draws=1).items():
        assert 0.75 < np.median(speed) / np.median(claimed[plots]) < 1.33


def test_an_object_that_is_never_seen_stays_unknown() -> None:
    site, sky = passing(3)
    state = sky_at(sky, NOON).state
    error = looked(
        unseen(3, 2),
        site,
        (state, np.zeros(3, np.bool_), np.ones(3)),
        np.random.default_rng(1),
    )
    assert not error.hits.any()
    assert not error.off.any()


def test_a_lasting_error_grows_with_range() -> None:
    site, sky = passing(20)
    state = sky_at(sky, NOON).state
    draw = np.random.default_rng(2)
    near = np.repeat(state[:1, :3], 4_000, axis=0)
    spread = np.sqrt(np.mean(np.sum(bias_m(site, near, draw) ** 2, axis=1)))
    place = WORLD["stand"](site)[0]
    away = float(np.linalg.norm(near[0] - place))
    assert spread == pytest.approx(np.hypot(30.0, np.sqrt(2.0) * np.radians(0.03) * away), rel=0.05)
