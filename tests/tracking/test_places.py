"""Places that radar plots stand for: where they lie, and what they make of tracks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats
from tocsin.tracking import places

SITE_M = np.array(ecef_from_geodetic(0.7, 0.6, 100.0))
AXES = np.array(east_north_up(0.7, 0.6))
GATE2 = float(chi2.ppf(0.999, 3))
Pair = tuple[int, int]


def face(kernel: Any, which: str) -> Callable[..., Any]:
    """Give a loop as it is compiled, or as the plain Python that it is made of."""
    found: Callable[..., Any] = kernel if which == "compiled" else kernel.py_func
    return found


def spreads(count: int, size: int, scale: Floats, draw: np.random.Generator) -> Floats:
    """Give full covariances [count, size, size] of so many metres each."""
    root = draw.normal(size=(count, size, size)) + np.eye(size)
    root = root * scale.reshape(-1, 1, 1) / np.sqrt(size)
    return np.asarray(root @ np.swapaxes(root, 1, 2))


@pytest.mark.parametrize("which", ["compiled", "plain"])
@pytest.mark.parametrize("sigma_rad", [1e-3, 0.03, 0.1])
def test_a_place_is_the_mean_of_where_the_object_may_be(which: str, sigma_rad: float) -> None:
    values = np.array([[1e6, 0.3, 0.4], [4e5, 5.9, 1.2], [3e6, 3.0, 0.05]])
    sigma = np.tile([200.0, sigma_rad, 0.7 * sigma_rad], (3, 1))
    found, blur = face(places.stand_for, which)(values, sigma, SITE_M, AXES)
    draw = np.random.default_rng(1).normal(size=(40_000, 3))
    for m in range(3):
        r, azimuth, elevation = (values[m] + np.vstack([draw, -draw]) * sigma[m]).T
        flat = np.cos(elevation)
        local = np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)], 1)
        drawn = SITE_M + (r[:, None] * local) @ AXES
        scale = np.sqrt(np.diag(np.cov(drawn.T)))
        assert np.linalg.norm((found[m] - drawn.mean(axis=0)) / scale) < 0.05
        want = np.cov(drawn.T)
        assert np.linalg.norm(blur[m] - want) < 0.03 * np.linalg.norm(want)


def tried(
    mean: Floats, cov: Floats, place: Floats, blur: Floats
) -> dict[Pair, tuple[float, float]]:
    """Hold every track against every place."""
    off = place - mean[:, None, :3]
    whole = cov[:, None, :3, :3] + blur
    distance2 = np.einsum("nmi,nmi->nm", off, np.linalg.solve(whole, off[..., None])[..., 0])
    volume = np.linalg.slogdet(2.0 * np.pi * whole)[1]
    rows = zip(*np.nonzero(distance2 <= GATE2), strict=True)
    return {(int(n), int(m)): (distance2[n, m], volume[n, m]) for n, m in rows}


@given(
    seed=st.integers(0, 10_000),
    tracks=st.integers(1, 25),
    plots=st.integers(1, 40),
    world_m=st.sampled_from([0.0, 1e3, 1e5, 1e7]),
    unsure_m=st.sampled_from([30.0, 3e3, 3e5]),
)
def test_the_cubes_hide_no_pair(
    seed: int, tracks: int, plots: int, world_m: float, unsure_m: float
) -> None:
    draw = np.random.default_rng(seed)
    size = unsure_m * 10.0 ** draw.uniform(-1.0, 1.0, tracks)
    mean = np.hstack([draw.uniform(-1.0, 1.0, (tracks, 3)) * world_m, np.zeros((tracks, 3))])
    cov = spreads(tracks, 6, size, draw)
    pick = draw.integers(0, tracks, plots)
    place = mean[pick, :3] + draw.normal(size=(plots, 3)) * size[pick, None]
    blur = spreads(plots, 3, np.full(plots, 100.0), draw)
    want = tried(mean, cov, place, blur)
    track, plot, distance2, volume = places.near(mean, cov, place, blur, GATE2)
    got = list(zip(track.tolist(), plot.tolist(), strict=True))
    assert len(set(got)) == len(got)
    assert set(got) == set(want)
    np.testing.assert_allclose(distance2, [want[p][0] for p in got], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(volume, [want[p][1] for p in got], rtol=1e-8)


def test_the_plain_loop_finds_what_the_compiled_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(2)
    mean = np.hstack([draw.uniform(-1e5, 1e5, (6, 3)), np.zeros((6, 3))])
    cov = spreads(6, 6, np.full(6, 3e4), draw)
    place, blur = draw.uniform(-1e5, 1e5, (9, 3)), spreads(9, 3, np.full(9, 1e3), draw)
    compiled = places.near(mean, cov, place, blur, GATE2)
    monkeypatch.setattr(places, "_near", face(places._near, "plain"))
    for one, other in zip(places.near(mean, cov, place, blur, GATE2), compiled, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_as_many_pairs_are_found_as_there_are() -> None:
    mean, cov = np.zeros((30, 6)), np.tile(1e4 * np.eye(6), (30, 1, 1))
    place, blur = np.zeros((40, 3)), np.tile(np.eye(3), (40, 1, 1))
    track, plot, _, _ = places.near(mean, cov, place, blur, GATE2)
    assert np.array_equal(np.sort(40 * track + plot), np.arange(1200))


def test_places_across_the_whole_sky_keep_their_cubes_apart() -> None:
    place = np.array([[-4e7, -4e7, -4e7], [4e7, 4e7, 4e7], [0.0, 0.0, 0.0]])
    mean = np.hstack([place[::-1], np.zeros((3, 3))])
    cov, blur = np.tile(np.eye(6), (3, 1, 1)), np.tile(np.eye(3), (3, 1, 1))
    track, plot, _, _ = places.near(mean, cov, place, blur, GATE2)
    assert sorted(zip(track.tolist(), plot.tolist(), strict=True)) == [(0, 2), (1, 1), (2, 0)]


@pytest.mark.parametrize(("tracks", "plots"), [(0, 3), (3, 0), (0, 0)])
def test_nothing_meets_nothing(tracks: int, plots: int) -> None:
    mean, cov = np.zeros((tracks, 6)), np.tile(np.eye(6), (tracks, 1, 1))
    place, blur = np.zeros((plots, 3)), np.tile(np.eye(3), (plots, 1, 1))
    assert all(each.size == 0 for each in places.near(mean, cov, place, blur, GATE2))


@pytest.mark.parametrize("which", ["compiled", "plain"])
def test_a_place_moves_a_track_as_a_linear_filter_does(which: str) -> None:
    draw = np.random.default_rng(3)
    mean, cov = draw.normal(size=(5, 6)) * 1e5, spreads(5, 6, np.full(5, 3e4), draw)
    place, blur = draw.normal(size=(4, 3)) * 1e5, spreads(4, 3, np.full(4, 1e3), draw)
    t, m = pairs = np.array([4, 0, 0, 2]), np.array([1, 0, 3, 2])
    state, spread = face(places.moved_to, which)(mean, cov, pairs, place, blur)
    gain = cov[t][:, :, :3] @ np.linalg.inv(cov[t][:, :3, :3] + blur[m])
    want = mean[t] + np.einsum("kij,kj->ki", gain, place[m] - mean[t, :3])
    np.testing.assert_allclose(state, want, rtol=1e-9, atol=1e-4)
    whole = cov[t] - gain @ cov[t][:, :3]
    scale = np.sqrt(np.diagonal(whole, axis1=1, axis2=2))
    assert np.max(np.abs((spread - whole) / (scale[:, :, None] * scale[:, None, :]))) < 1e-6
    assert np.all(np.linalg.eigvalsh(spread) > 0.0)
    assert np.array_equal(spread, np.swapaxes(spread, 1, 2))


def test_an_unknown_velocity_comes_from_two_places() -> None:
    velocity = np.array([3e3, -5e3, 1e3])
    mean, cov = np.zeros((1, 6)), np.diag([100.0**2] * 3 + [4e3**2] * 3)[None]
    way = np.eye(6) + np.diag([10.0] * 3, 3)
    one = np.zeros(1, np.int64)
    state, spread = places.moved_to(
        mean, way @ cov @ way.T, (one, one), 10.0 * velocity[None], 1e4 * np.eye(3)[None]
    )
    np.testing.assert_allclose(state[0, 3:], velocity, rtol=1e-3)
    assert np.sqrt(spread[0, 3, 3]) == pytest.approx(np.hypot(100.0, 100.0) / 10.0, rel=0.01)
