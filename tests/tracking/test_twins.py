"""Plots of what flies beside a track's object: how likely they are, and what they do to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.tracking.kernels import LOG_TWO_PI
from tocsin.tracking.twins import CELL_M, NEAR_M, TWINS, shaded, twin_chances

MEASURED = np.array([True, True, True, True])
SIGMA = np.array([20.0, 1e-3, 1e-3, 2.0])


def chances(off_m: float, sigma: np.ndarray = SIGMA) -> np.ndarray:
    """Give the chances of one plot that is off in range."""
    off = np.array([[off_m, 0.0, 0.0, 0.0]])
    own2 = np.array([(off_m / sigma[0]) ** 2])
    log_det = np.array([2.0 * np.log(sigma).sum() + 4.0 * LOG_TWO_PI])
    return twin_chances(off, np.diag(sigma**2)[None], (own2, log_det), MEASURED)[0]


def test_a_plot_where_it_is_expected_is_the_track_s_own() -> None:
    assert chances(0.0).sum() < 0.3


@given(off_m=st.floats(0.0, 1e3))
def test_the_farther_off_a_plot_the_likelier_it_is_a_twin_s(off_m: float) -> None:
    near, far = chances(off_m), chances(off_m + 20.0)
    assert 0.0 <= near.sum() <= far.sum() + 1e-9 <= 1.0 + 2e-9


def test_four_sigmas_off_a_plot_is_a_twin_s() -> None:
    assert chances(80.0).sum() > 0.9
    assert chances(500.0)[-1] > 0.9


def test_a_track_that_is_unsure_by_kilometres_cannot_tell() -> None:
    wide = np.array([5e4, 1e-2, 1e-2, 500.0])
    np.testing.assert_allclose(chances(1e4, wide), TWINS[:, 0], rtol=0.01)


@pytest.mark.parametrize(
    ("deeper_m", "aside_m", "want"),
    [(0.0, 0.0, 1.0), (0.9 * CELL_M, 0.0, 1.0), (1.1 * CELL_M, 0.0, 0.0), (0.0, 1.1 * NEAR_M, 0.0)],
)
def test_only_what_is_near_and_in_one_cell_hides_a_track(
    deeper_m: float, aside_m: float, want: float
) -> None:
    place = np.array([[1e6, 0.0, 0.0], [1e6 + deeper_m, aside_m, 0.0], [5e6, 0.0, 0.0]])
    range_m = np.array([1e6, 1e6 + deeper_m, 5e6])
    found = shaded(range_m, place, np.array([0]), np.array([2, 1]))
    assert found.tolist() == [want]
    assert shaded(range_m, place, np.array([0]), np.empty(0, np.int64)).tolist() == [0.0]
