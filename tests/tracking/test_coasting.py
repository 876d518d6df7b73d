"""The compiled coast goes where the model of motion goes, with the same errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lanes import Floats
from tocsin.tracking import coasting
from tocsin.tracking.ahead import earth_row
from tocsin.tracking.motion import COAST_NOISE_M2_S3, WGS84, EarthModel, predict
from tocsin.tracking.track import COAST

BALL = EarthModel(radius_m=6_371_000.0, flattening=0.0, j2=0.0, rotation_rad_s=0.0)
EARTHS = [WGS84, BALL]


def face(kernel: Any, which: str) -> Callable[..., Any]:
    """Give a loop as it is compiled, or as the plain Python that it is made of."""
    found: Callable[..., Any] = kernel if which == "compiled" else kernel.py_func
    return found


def some(count: int, seed: int) -> tuple[Floats, Floats]:
    """Give states between 200 and 2,000 km high, up to orbital speed, and their covariances."""
    draw = np.random.default_rng(seed)
    way = draw.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    speed = draw.normal(size=(count, 3))
    speed *= draw.uniform(500.0, 7_500.0, (count, 1)) / np.linalg.norm(speed, axis=1, keepdims=True)
    mean = np.hstack([6_378e3 * way + draw.uniform(2e5, 2e6, (count, 1)) * way, speed])
    root = draw.normal(size=(count, 6, 6)) * np.array([1e3] * 3 + [20.0] * 3)[:, None]
    return mean, np.asarray(root @ np.swapaxes(root, 1, 2))


@pytest.mark.parametrize("which", ["compiled", "plain"])
@pytest.mark.parametrize("earth", EARTHS, ids=["oblate", "ball"])
def test_a_coast_is_that_of_the_model(earth: EarthModel, which: str) -> None:
    mean, cov = some(7, 1)
    # Each row of `predict` takes the steps that the longest needs: one after another.
    for n, time_s in enumerate([0.0, 0.3, 7.0, 10.0, 25.0, 120.0, 300.0]):
        state, spread = mean[n : n + 1].copy(), cov[n : n + 1].copy()
        times = np.array([time_s])
        face(coasting.coast, which)(state, spread, times, earth_row(earth), COAST_NOISE_M2_S3)
        want, whole = predict(mean[[n]], cov[[n]], times, np.array([COAST]), earth=earth)
        np.testing.assert_allclose(state[0, :3], want[0, :3], rtol=0.0, atol=1e-3)
        np.testing.assert_allclose(state[0, 3:], want[0, 3:], rtol=0.0, atol=1e-6)
        scale = np.sqrt(np.diagonal(whole[0]))
        assert np.max(np.abs((spread - whole)[0] / (scale[:, None] * scale))) < 1e-4
        assert np.array_equal(spread[0], spread[0].T)


@given(seed=st.integers(0, 10_000), time_s=st.floats(0.0, 300.0))
def test_any_coast_is_that_of_the_model(seed: int, time_s: float) -> None:
    mean, cov = some(3, seed)
    times = np.full(3, time_s)
    want, whole = predict(mean, cov, times, np.full(3, COAST))
    coasting.coast(mean, cov, times, earth_row(WGS84), COAST_NOISE_M2_S3)
    np.testing.assert_allclose(mean[:, :3], want[:, :3], rtol=0.0, atol=1e-3)
    scale = np.sqrt(np.diagonal(whole, axis1=1, axis2=2))
    assert np.max(np.abs((cov - whole) / (scale[:, :, None] * scale[:, None, :]))) < 1e-4


def test_the_noise_of_a_coast_is_that_of_its_density() -> None:
    mean, _ = some(1, 3)
    cov = np.zeros((1, 6, 6))
    coasting.coast(mean, cov, np.array([8.0]), earth_row(BALL), 3.0)
    assert cov[0, 0, 0] == pytest.approx(3.0 * 8.0**3 / 3.0)
    assert cov[0, 0, 3] == pytest.approx(3.0 * 8.0**2 / 2.0)
    assert cov[0, 3, 3] == pytest.approx(3.0 * 8.0)


@pytest.mark.parametrize("which", ["compiled", "plain"])
@pytest.mark.parametrize("earth", EARTHS, ids=["oblate", "ball"])
def test_derivatives_turn_as_finite_differences_do(earth: EarthModel, which: str) -> None:
    time_s, row = 95.0, earth_row(earth)
    mean, _ = some(2, 4)
    columns = (
        np.random.default_rng(5).normal(size=(2, 6, 3)) * np.array([1e3] * 3 + [5.0] * 3)[:, None]
    )
    turned, before = columns.copy(), mean.copy()
    face(coasting.turn, which)(mean, turned, time_s, row)
    assert np.array_equal(mean, before)
    for c in range(3):
        ends = []
        for side in (-1.0, 1.0):
            moved = mean + side * columns[:, :, c]
            coasting.coast(moved, np.zeros((2, 6, 6)), np.full(2, time_s), row, 0.0)
            ends.append(moved)
        want = 0.5 * (ends[1] - ends[0])
        np.testing.assert_allclose(turned[:, :3, c], want[:, :3], rtol=1e-4, atol=0.3)
        np.testing.assert_allclose(turned[:, 3:, c], want[:, 3:], rtol=1e-4, atol=3e-3)


def test_no_time_turns_nothing() -> None:
    mean, _ = some(2, 6)
    columns = np.ones((2, 6, 3))
    coasting.turn(mean, columns, 0.0, earth_row(WGS84))
    assert np.array_equal(columns, np.ones((2, 6, 3)))
