"""Interacting multiple models: they weigh right, end a boost, and learn thrust and drag."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats
from tocsin.tracking import mixture
from tocsin.tracking.filter import innovate, update
from tocsin.tracking.mixture import Mixture, ahead, begun, corrected, merged
from tocsin.tracking.motion import WGS84, height_and_climb, predict, transition
from tocsin.tracking.track import BOOST, COAST, REENTRY

PLACE = np.array(ecef_from_geodetic(0.8, 0.6, 0.0))
AXES = np.array(east_north_up(0.8, 0.6))
NEVER_S = np.array([np.inf])
SIGMA_M = np.array([30.0, 30.0, 30.0])


def state_at(height_m: float, east_m_s: float, up_m_s: float) -> Floats:
    """Give a state above the place."""
    east, _, up = AXES
    return np.concatenate([PLACE + height_m * up, east_m_s * east + up_m_s * up])[None]


def drawn(seed: int, count: int = 4) -> Mixture:
    """Draw a mixture around 400 km height, with full covariances."""
    draw = np.random.default_rng(seed)
    mean = np.repeat(state_at(4e5, 3e3, 1e3), count, axis=0)
    mixed = begun(mean, np.zeros((count, 6, 6)), draw.dirichlet([1.0, 1.0, 1.0], count))
    scale = np.array([1e3] * 3 + [50.0] * 3)
    shift = np.zeros((count, 3, 7))
    shift[:, :, :6] = draw.normal(size=(count, 3, 6)) * scale
    whole = np.concatenate([scale, [1.0]])
    root = draw.normal(size=(count, 3, 7, 7)) * whole[:, None]
    own = np.array([mixture.THRUST_SIGMA_M_S2, 1.0, 1e-4])
    root[:, :, 6] *= own[:, None]
    cov = root @ np.swapaxes(root, 2, 3)
    return Mixture(mean=mixed.mean + shift, cov=cov, modes=mixed.modes)


def seen(mixed: Mixture, place: Floats, plume: bool = False) -> tuple[Mixture, Floats]:
    """Correct a mixture by measured places [k, 3]."""
    k = len(place)
    h = np.zeros((k, 3, 7))
    h[:, :, :3] = np.eye(3)
    noise = np.broadcast_to(np.diag(SIGMA_M**2), (k, 3, 3))
    used = np.ones((k, 3), np.bool_)
    residuals = [
        innovate(mixed.cov[:, mode], place - mixed.mean[:, mode, :3], h, noise, used)
        for mode in range(3)
    ]
    return corrected(mixed, residuals, plume)


def relative_least(cov: Floats) -> float:
    """Give the least eigenvalue of covariances made to correlations."""
    scale = np.sqrt(np.diagonal(cov, axis1=-2, axis2=-1))
    return float(np.linalg.eigvalsh(cov / (scale[..., :, None] * scale[..., None, :])).min())


def test_the_merged_moments_are_those_of_the_mixture_drawn() -> None:
    mixed = drawn(1, 1)
    draw = np.random.default_rng(2)
    count = np.round(mixed.modes[0] * 200_000).astype(int)
    parts = [
        draw.multivariate_normal(
            mixed.mean[0, mode, :6], mixed.cov[0, mode, :6, :6], count[mode], method="eigh"
        )
        for mode in range(3)
    ]
    points = np.vstack(parts)
    mean, cov = merged(mixed)
    scale = np.sqrt(np.diag(cov[0]))
    assert np.max(np.abs(points.mean(axis=0) - mean[0]) / scale) < 0.02
    apart = (np.cov(points.T) - cov[0]) / (scale[:, None] * scale)
    assert np.max(np.abs(apart)) < 0.02


@given(
    seed=st.integers(0, 10_000),
    time_s=st.floats(0.1, 30.0),
    since_s=st.sampled_from([-5.0, 0.0, 30.0, np.inf]),
)
def test_going_on_keeps_probabilities_and_covariances_whole(
    seed: int, time_s: float, since_s: float
) -> None:
    before = drawn(seed)
    kept = before.mean.copy(), before.cov.copy(), before.modes.copy()
    after = ahead(before, time_s, np.full(4, since_s), WGS84)
    np.testing.assert_allclose(after.modes.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all(after.modes >= 0.0)
    assert relative_least(after.cov) > -1e-9
    assert relative_least(merged(after)[1]) > 0.0
    fed, likelihood = seen(after, after.mean[:, COAST, :3])
    np.testing.assert_allclose(fed.modes.sum(axis=1), 1.0, rtol=1e-12)
    assert relative_least(fed.cov) > -1e-9
    assert np.all(np.isfinite(likelihood))
    for one, other in zip(kept, (before.mean, before.cov, before.modes), strict=True):
        assert np.array_equal(one, other)


@given(
    height_m=st.floats(0.0, 1e6),
    climb_m_s=st.floats(-7e3, 7e3),
    span_s=st.floats(1e-3, 10.0),
    since_s=st.floats(-20.0, 1e6),
)
def test_a_mode_becomes_some_mode(
    height_m: float, climb_m_s: float, span_s: float, since_s: float
) -> None:
    mixed = begun(state_at(height_m, 1e3, climb_m_s), np.eye(6)[None], np.full((1, 3), 1 / 3))
    chance = mixture.transition_probabilities(mixed, span_s, np.array([since_s]), WGS84)
    np.testing.assert_allclose(chance.sum(axis=2), 1.0, rtol=1e-12)
    assert np.all(chance >= 0.0)


@pytest.mark.parametrize(
    ("since_s", "boost_s", "coast_s"),
    [
        (0.0, mixture.BURN_OUT_S, mixture.RELIGHT_S),
        (5.0, mixture.PLUME_GONE_S, mixture.RELIGHT_S),
        (90.0, mixture.PLUME_GONE_S, mixture.RELIGHT_LATE_S),
    ],
)
def test_a_boost_lasts_as_long_as_its_plume_is_seen(
    since_s: float, boost_s: float, coast_s: float
) -> None:
    mixed = begun(state_at(3e5, 1e3, 1e3), np.eye(6)[None], np.full((1, 3), 1 / 3))
    chance = mixture.transition_probabilities(mixed, 4.0, np.array([since_s]), WGS84)[0]
    assert chance[BOOST, COAST] == pytest.approx(1.0 - np.exp(-4.0 / boost_s))
    assert chance[COAST, BOOST] == pytest.approx(1.0 - np.exp(-4.0 / coast_s))
    assert chance[BOOST, REENTRY] == chance[REENTRY, BOOST] == chance[COAST, REENTRY] == 0.0


def test_modes_are_weighed_by_how_likely_each_has_the_plot() -> None:
    mixed = begun(state_at(2e5, 2e3, 1e3), 1e4 * np.eye(6)[None], np.array([[0.2, 0.5, 0.3]]))
    mixed.cov[:, BOOST] *= 100.0
    place = mixed.mean[:, COAST, :3] + np.array([[250.0, -100.0, 50.0]])
    after, likelihood = seen(mixed, place)
    density = np.array(
        [
            multivariate_normal(mixed.mean[0, mode, :3], mixed.cov[0, mode, :3, :3] + noise).pdf(
                place[0]
            )
            for mode, noise in enumerate([np.diag(SIGMA_M**2)] * 3)
        ]
    )
    joint = mixed.modes[0] * density
    np.testing.assert_allclose(after.modes[0], joint / joint.sum())
    assert likelihood[0] == pytest.approx(np.log(joint.sum()))


def test_what_only_coasts_is_the_plain_filter() -> None:
    mean, cov = state_at(8e5, 5e3, 1e3), np.diag([1e3**2] * 3 + [30.0**2] * 3)[None]
    mixed = begun(mean, cov, np.array([[0.0, 1.0, 0.0]]))
    draw = np.random.default_rng(3)
    h = np.eye(3, 6)[None]
    noise, used = np.diag(SIGMA_M**2)[None], np.ones((1, 3), np.bool_)
    for _ in range(4):
        mixed = ahead(mixed, 10.0, NEVER_S, WGS84)
        mean, cov = predict(mean, cov, np.array([10.0]), np.array([COAST]))
        place = mean[:, :3] + draw.normal(size=(1, 3)) * SIGMA_M
        # Without the chance to relight: the coast's own part is the plain filter.
        mixed = Mixture(mean=mixed.mean, cov=mixed.cov, modes=np.array([[0.0, 1.0, 0.0]]))
        mixed, _ = seen(mixed, place)
        off = place - mean[:, :3]
        mean, cov = update(mean, cov, innovate(cov, off, h, noise, used))
    found, spread = merged(mixed)
    np.testing.assert_allclose(found, mean, rtol=0.0, atol=1e-5)
    np.testing.assert_allclose(spread, cov, rtol=1e-6, atol=1e-6)


def flown(start: Floats, phases: list[int], seventh: float, step_s: float) -> Floats:
    """Give true states [n, 6], one after each step in a phase, by the model without noise."""
    found = []
    state = np.hstack([start, [[seventh]]])
    for phase in phases:
        state = transition(state, np.array([step_s]), np.array([phase])).state
        found.append(state[0].copy())
    return np.stack(found)


def watched(truth: Floats, modes: tuple[float, float, float], how: dict[str, float]) -> Mixture:
    """Follow a true flight by measured places, with plumes seen so long as `burns` looks."""
    draw = np.random.default_rng(int(how["seed"]))
    step_s, burns = how["step_s"], int(how.get("burns", 0))
    first = truth[0, :6] + draw.normal(size=6) * np.array([30.0] * 3 + [10.0] * 3)
    cov = np.diag([30.0**2] * 3 + [10.0**2] * 3)
    mixed = begun(first[None], cov[None], np.array([modes]))
    for n, state in enumerate(truth[1:], start=1):
        since = np.inf if burns == 0 else max(0.0, step_s * (n - burns))
        mixed = ahead(mixed, step_s, np.array([since]), WGS84)
        place = state[:3] + draw.normal(size=3) * SIGMA_M
        mixed, _ = seen(mixed, place[None], n < burns)
    return mixed


def test_a_steady_thrust_is_known_within_its_error() -> None:
    truth = flown(state_at(2e4, 600.0, 700.0), [BOOST] * 20, 25.0, 3.0)
    off, sigma = [], []
    for seed in range(6):
        mixed = watched(truth, (0.95, 0.05, 0.0), {"seed": seed, "step_s": 3.0, "burns": 99})
        assert mixed.modes[0, BOOST] > 0.99
        off.append(mixed.mean[0, BOOST, 6] - truth[-1, 6])
        sigma.append(np.sqrt(mixed.cov[0, BOOST, 6, 6]))
    # It has grown from 25 to 56 m/s^2; what a look tells fades as thrust may change.
    assert max(sigma) < 14.0
    assert max(np.abs(np.array(off) / sigma)) < 3.0
    assert abs(np.mean(off)) < 3.0 * np.mean(sigma) / np.sqrt(6.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_burnout_turns_a_boost_into_a_coast_within_three_looks(seed: int) -> None:
    ends = 12
    phases = [BOOST] * ends + [COAST] * 3
    truth = flown(state_at(6e4, 1.5e3, 1.5e3), phases, 40.0, 5.0)
    burning = watched(truth[:ends], (0.95, 0.05, 0.0), {"seed": seed, "step_s": 5.0, "burns": 99})
    assert burning.modes[0, BOOST] > 0.9
    over = watched(truth, (0.95, 0.05, 0.0), {"seed": seed, "step_s": 5.0, "burns": ends})
    assert over.modes[0, COAST] > 0.9
    mean, cov = merged(over)
    off = mean[0] - truth[-1, :6]
    assert off @ np.linalg.solve(cov[0], off) < 22.5  # 99.9 % of chi-square of six


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("alpha", [1e-4, 5e-4])
def test_a_body_that_falls_through_air_tells_how_it_is_braked(seed: int, alpha: float) -> None:
    truth = flown(state_at(1.0e5, 3e3, -3e3), [REENTRY] * 28, alpha, 1.0)
    assert height_and_climb(truth[-1:, :6])[0][0] < 3e4
    mixed = watched(truth, (0.0, 0.9, 0.1), {"seed": seed, "step_s": 1.0})
    assert mixed.modes[0, REENTRY] > 0.9
    sigma = np.sqrt(mixed.cov[0, REENTRY, 6, 6])
    assert sigma < 0.3 * alpha
    assert abs(mixed.mean[0, REENTRY, 6] - alpha) < 3.0 * sigma


def test_a_plume_says_that_it_burns() -> None:
    mixed = begun(state_at(2e5, 2e3, 1e3), 1e4 * np.eye(6)[None], np.array([[0.5, 0.4, 0.1]]))
    place = mixed.mean[:, COAST, :3]
    silent, _ = seen(mixed, place)
    plume, _ = seen(mixed, place, True)
    np.testing.assert_allclose(silent.modes, mixed.modes, rtol=1e-9)
    odds = plume.modes[0, BOOST] / plume.modes[0, COAST]
    assert odds == pytest.approx(0.5 / 0.4 / mixture.PLUME_WITHOUT_BOOST)


def test_only_what_surely_coasts_above_the_air_or_climbs_is_quiet() -> None:
    states = np.vstack(
        [state_at(3e5, 1e3, -1e3), state_at(5e4, 1e3, 1e3), state_at(5e4, 1e3, -1e3)] * 2
    )
    modes = np.repeat([[0.0, 1.0, 0.0], [0.01, 0.99, 0.0]], 3, axis=0)
    mixed = begun(states, np.tile(np.eye(6), (6, 1, 1)), modes)
    assert mixture.quiet(mixed, WGS84).tolist() == [True, True, False, False, False, False]


def test_what_has_long_coasted_burns_again_with_the_thrust_of_any_rocket() -> None:
    mixed = begun(
        state_at(2e5, 3.9e3, 0.0)[:, :6], 1e4 * np.eye(6)[None], np.array([[0.2, 0.8, 0.0]])
    )
    after = ahead(mixed, 300.0, np.array([np.inf]), WGS84)
    assert abs(after.mean[0, BOOST, 6] - mixture.THRUST_M_S2) < 15.0
    _, cov = merged(after)
    assert np.sqrt(np.trace(cov[0, :3, :3])) < 2e5
