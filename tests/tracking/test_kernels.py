"""The compiled loops of a look agree with the filter that they stand for, and miss no pair."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Flags, Floats
from tocsin.tracking import kernels
from tocsin.tracking.filter import ANGLES, Innovation, innovate, look, unscented, update, wrap_rad

SITE_RAD = np.radians(41.5), np.radians(140.0)
SITE_M = np.array(ecef_from_geodetic(*SITE_RAD, 100.0))
AXES = np.array(east_north_up(*SITE_RAD))
SATELLITE_M = np.array([42_164e3 * np.cos(2.0), 42_164e3 * np.sin(2.0), 0.0])
SATELLITE_AXES = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
SIGMA = np.array([50.0, 3e-3, 2e-3, 5.0])
ALL = np.ones(4, np.bool_)
RADAR = np.array([True, True, True, False])
SIGHT = np.array([False, True, True, False])
GATE2 = float(chi2.ppf(0.999, 3))
GATE2_SIGHT = float(chi2.ppf(0.999, 2))
FACES = ["compiled", "plain"]
Expected = tuple[Floats, Floats, Floats]


def face(kernel: Any, which: str) -> Callable[..., Any]:
    """Give a loop as it is compiled, or as the plain Python that it is made of."""
    found: Callable[..., Any] = kernel if which == "compiled" else kernel.py_func
    return found


def states(count: int, draw: np.random.Generator) -> Floats:
    """Give states round the radar, many of them about north."""
    azimuth = np.where(
        np.arange(count) % 2, draw.normal(0.0, 0.02, count), draw.uniform(-3, 3, count)
    )
    elevation, distance = draw.uniform(0.1, 1.3, count), draw.uniform(4e5, 3e6, count)
    flat = np.cos(elevation)
    line = np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)], axis=1)
    place = SITE_M + distance[:, None] * line @ AXES
    return np.hstack([place, draw.normal(0.0, 4e3, (count, 3))])


def covariances(count: int, draw: np.random.Generator, place_m: float = 2e3) -> Floats:
    """Give full covariances, places unsure by so much and velocities by 50 m/s."""
    scale = np.array([place_m] * 3 + [50.0] * 3)
    root = draw.normal(size=(count, 6, 6)) / np.sqrt(6.0) + 0.3 * np.eye(6)
    root = root * scale[:, None]
    return np.asarray(root @ np.swapaxes(root, 1, 2))


def expected(
    mean: Floats, cov: Floats, satellite: bool = False, which: str = "compiled"
) -> Expected:
    """Give what a sensor would measure."""
    n = len(mean)
    z, h, s = np.empty((n, 4)), np.empty((n, 4, 6)), np.empty((n, 4, 4))
    place, axes = (SATELLITE_M, SATELLITE_AXES) if satellite else (SITE_M, AXES)
    face(kernels.expect, which)(mean, cov, place, axes, z, h, s)
    return z, h, s


def by_filter(mean: Floats, satellite: bool = False) -> tuple[Floats, Floats]:
    """Give the same by the filter, without a second order."""
    place, axes = (SATELLITE_M, SATELLITE_AXES) if satellite else (SITE_M, AXES)
    n = len(mean)
    return look(mean, np.broadcast_to(place, (n, 3)), np.broadcast_to(axes, (n, 3, 3)))


@pytest.mark.parametrize("which", FACES)
@pytest.mark.parametrize("satellite", [False, True])
def test_a_look_is_that_of_the_filter_and_the_bend_of_a_range(which: str, satellite: bool) -> None:
    draw = np.random.default_rng(1)
    mean, cov = states(8, draw), covariances(8, draw)
    z, h, s = expected(mean, cov, satellite, which)
    plain, slope = by_filter(mean, satellite)
    np.testing.assert_allclose(h, slope, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(z[:, 1:], plain[:, 1:], rtol=1e-11)
    way = slope[:, 0, :3]
    off = np.eye(3) - way[:, :, None] * way[:, None, :]
    bent = off @ cov[:, :3, :3]
    bend = 0.5 * np.trace(bent, axis1=1, axis2=2) / plain[:, 0]
    bend2 = 0.5 * np.trace(bent @ bent, axis1=1, axis2=2) / plain[:, 0] ** 2
    np.testing.assert_allclose(z[:, 0] - plain[:, 0], bend, atol=1e-7)
    flat = slope @ cov @ np.swapaxes(slope, 1, 2)
    np.testing.assert_allclose(s[:, 1:, 1:], flat[:, 1:, 1:], rtol=1e-8)
    np.testing.assert_allclose(s[:, 0, 0] - flat[:, 0, 0], bend2, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(s[:, 0, 1:], flat[:, 0, 1:], rtol=1e-7, atol=1e-9)


def test_the_range_of_a_wide_track_is_that_of_its_sigma_points() -> None:
    mean = states(6, np.random.default_rng(2))
    cov = np.tile(np.diag([3e4**2] * 3 + [1.0] * 3), (6, 1, 1))
    z, _, s = expected(mean, cov)
    middle, spread, _ = unscented(lambda at: by_filter(at)[0][:, :1], mean, cov)
    np.testing.assert_allclose(z[:, 0], middle[:, 0], rtol=1e-5)
    bend = z[:, 0] - by_filter(mean)[0][:, 0]
    assert np.all(bend > 200.0)
    assert np.all(s[:, 0, 0] > spread[:, 0, 0] - 1e-3 * spread[:, 0, 0])


def scattered(mean: Floats, each: int, satellite: bool, draw: np.random.Generator) -> Floats:
    """Give plots round tracks and far from any, sorted, azimuths from 0 to 2 pi."""
    there = np.repeat(by_filter(mean, satellite)[0], each, axis=0)
    wide = np.array([3e3, 6e-3, 6e-3, 50.0]) if not satellite else np.array([0, 2e-4, 2e-4, 0.0])
    values = there + draw.normal(size=there.shape) * wide
    values[:, 1] %= 2.0 * np.pi
    return np.asarray(values[np.argsort(values[:, 2 if satellite else 0])])


def all_pairs(
    around: Expected, plots: tuple[Floats, Floats, Flags], cov: Floats, gate2: float
) -> dict[tuple[int, int], tuple[float, float]]:
    """Hold every track against every plot by the filter; give distances and volumes in the gate."""
    z, h, s = around
    values, sigma, measured = plots
    found = {}
    for n in range(len(z)):
        off = np.where(ANGLES, wrap_rad(values - z[n]), values - z[n])
        noise = np.square(sigma)[:, :, None] * np.eye(4)
        flat = h[n] @ cov[n] @ h[n].T
        weighed = weigh(cov[n], h[n], off, noise + (s[n] - flat), measured)
        for m in np.flatnonzero(weighed.distance2 <= gate2):
            found[n, int(m)] = float(weighed.distance2[m]), float(weighed.log_volume[m])
    return found


def weigh(cov: Floats, h: Floats, off: Floats, noise: Floats, measured: Flags) -> Innovation:
    """Weigh residuals of one track by the filter."""
    k = len(off)
    used = np.broadcast_to(measured, (k, 4))
    wide = np.broadcast_to(cov, (k, 6, 6)), np.broadcast_to(h, (k, 4, 6))
    return innovate(wide[0], off, wide[1], noise, used)


@pytest.mark.parametrize("which", FACES)
@pytest.mark.parametrize("measured", [ALL, RADAR, SIGHT], ids=["all", "radar", "sight"])
def test_the_gate_finds_the_very_pairs_that_trying_all_finds(which: str, measured: Flags) -> None:
    draw = np.random.default_rng(3)
    satellite, key = not measured[0], 0 if measured[0] else 2
    mean, cov = states(12, draw), covariances(12, draw)
    values = scattered(mean, 6, satellite, draw)
    sigma = np.where(measured, SIGMA * draw.uniform(0.5, 3.0, (len(values), 1)), 1.0)
    if satellite:
        sigma[:, 1:3] = 5e-5
    gate2 = float(chi2.ppf(0.999, np.count_nonzero(measured)))
    around = expected(mean, cov, satellite)
    want = all_pairs(around, (values, sigma, measured), cov, gate2)
    track, plot, distance2, log_det = face(kernels.gated, which)(
        around[0], around[2], values, sigma, measured, key, gate2
    )
    got = dict(zip(zip(track.tolist(), plot.tolist(), strict=True), distance2, strict=True))
    assert 20 < len(want) < 12 * len(values)
    assert set(got) == set(want)
    np.testing.assert_allclose(distance2, [want[pair][0] for pair in got], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(log_det, [want[pair][1] for pair in got], atol=1e-6)


def test_a_plot_just_across_north_is_within_the_gate() -> None:
    z = np.array([[1e6, 1e-4, 0.5, 0.0]])
    s = np.diag([1e4, 1e-6, 1e-6, 1.0])[None]
    values = np.array([[1e6, 2.0 * np.pi - 1e-4, 0.5, 0.0]])
    found = kernels.gated(z, s, values, np.array([[10.0, 1e-3, 1e-3, 1.0]]), RADAR, 0, GATE2)
    assert found[0].tolist() == [0]
    assert found[2][0] == pytest.approx(4e-8 / 2e-6)


def test_a_plot_of_a_poor_range_is_within_the_gate_beside_one_of_a_good_range() -> None:
    z = np.array([[1e6, 0.1, 0.5, 0.0]])
    s = np.diag([1e2, 1e-6, 1e-6, 1.0])[None]
    values = np.array([[9e5, 0.1, 0.5, 0.0], [1e6 + 800.0, 0.1, 0.5, 0.0]])
    sigma = np.array([[10.0, 1e-3, 1e-3, 1.0], [400.0, 1e-3, 1e-3, 1.0]])
    found = kernels.gated(z, s, values, sigma, RADAR, 0, GATE2)
    assert found[1].tolist() == [1]
    assert found[2][0] == pytest.approx(800.0**2 / (400.0**2 + 1e2))


def test_as_many_pairs_are_found_as_there_are() -> None:
    z = np.tile([1e6, 0.1, 0.5, 0.0], (40, 1))
    s = np.tile(np.diag([1e4, 1e-6, 1e-6, 1.0]), (40, 1, 1))
    values, sigma = np.tile(z[0], (50, 1)), np.tile([10.0, 1e-3, 1e-3, 1.0], (50, 1))
    track, plot, distance2, _ = kernels.gated(z, s, values, sigma, RADAR, 0, GATE2)
    assert np.array_equal(50 * track + plot, np.arange(2000))
    assert np.all(distance2 == 0.0)


@pytest.mark.parametrize(("tracks", "plots"), [(0, 3), (3, 0), (0, 0)])
def test_nothing_meets_nothing(tracks: int, plots: int) -> None:
    z, s = np.zeros((tracks, 4)), np.tile(np.eye(4), (tracks, 1, 1))
    values, sigma = np.zeros((plots, 4)), np.ones((plots, 4))
    assert all(each.size == 0 for each in kernels.gated(z, s, values, sigma, RADAR, 0, GATE2))


@pytest.mark.parametrize("which", FACES)
@pytest.mark.parametrize("measured", [ALL, RADAR, SIGHT], ids=["all", "radar", "sight"])
def test_an_update_is_that_of_the_filter_with_the_bend_as_noise(
    which: str, measured: Flags
) -> None:
    draw = np.random.default_rng(4)
    satellite = not measured[0]
    mean, cov = states(5, draw), covariances(5, draw, 2e4)
    around = z, h, s = expected(mean, cov, satellite)
    values = z + draw.normal(size=z.shape) * SIGMA
    sigma = np.where(measured, np.tile(SIGMA, (5, 1)), 1.0)
    pairs = np.array([4, 0, 0, 2]), np.array([1, 0, 3, 2])
    state, spread, gain = face(kernels.updated, which)(
        mean, cov, around, pairs, (values, sigma, measured)
    )
    t, m = pairs
    off = values[m] - z[t]
    off = np.where(ANGLES, wrap_rad(off), off)
    bend2 = s[:, 0, 0] - np.einsum("ni,nij,nj->n", h[:, 0], cov, h[:, 0])
    noise = np.square(sigma[m])[:, :, None] * np.eye(4)
    noise[:, 0, 0] += bend2[t]
    used = np.broadcast_to(measured, (4, 4))
    want = update(mean[t], cov[t], innovate(cov[t], off, h[t], noise, used))
    np.testing.assert_allclose(state, want[0], rtol=0.0, atol=1e-3)
    scale = np.sqrt(np.diagonal(want[1], axis1=1, axis2=2))
    apart = (spread - want[1]) / (scale[:, :, None] * scale[:, None, :])
    assert np.max(np.abs(apart)) < 1e-6
    moved = mean[t] + np.einsum("kij,kj->ki", gain, np.where(measured, off, 0.0))
    np.testing.assert_allclose(state, moved, rtol=0.0, atol=1e-6)
    assert np.all(gain[:, :, ~measured] == 0.0)
    assert np.all(np.linalg.eigvalsh(spread) > 0.0)


def test_an_update_takes_the_short_way_across_north() -> None:
    mean = np.array([[*(SITE_M + 1e6 * (AXES[1] + 1e-4 * AXES[0])), 0.0, 0.0, 0.0]])
    cov = np.diag([1e6] * 3 + [1.0] * 3)[None]
    around = expected(mean, cov)
    values = around[0].copy()
    values[0, 1] = 2.0 * np.pi - 1e-4
    one = np.zeros(1, np.int64)
    state, _, _ = kernels.updated(mean, cov, around, (one, one), (values, SIGMA[None], RADAR))
    moved = (state[0, :3] - mean[0, :3]) @ AXES[0]
    # The plot is 200 m to the west; 3 mrad is 3 km, beside a track unsure by 1 km.
    assert moved == pytest.approx(-200.0 / 10.0, rel=0.02)
