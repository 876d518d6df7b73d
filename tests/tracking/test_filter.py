"""The filter: geometry, gates, consistency, and the two filters beside one another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, multivariate_normal

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats
from tocsin.sensors.measurement import Plots
from tocsin.tracking.filter import (
    innovate_unscented,
    innovation,
    look,
    measured,
    position_from,
    sigma_points,
    unscented,
    update,
    wrap_rad,
)
from tocsin.tracking.motion import predict
from tocsin.tracking.track import COAST, REENTRY

SITE_RAD = np.radians(41.5), np.radians(140.0)
SITE_M = np.array(ecef_from_geodetic(*SITE_RAD, 100.0))
AXES = np.array(east_north_up(*SITE_RAD))
SATELLITE_M = np.array([42_164e3 * np.cos(2.0), 42_164e3 * np.sin(2.0), 0.0])
SATELLITE_AXES = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
SIGMA = np.array([30.0, 2e-3, 2e-3, 5.0])


def stand(count: int, infrared: bool = False) -> tuple[Floats, Floats]:
    """Give where plots were taken from, and the axes of their angles."""
    place, axes = (SATELLITE_M, SATELLITE_AXES) if infrared else (SITE_M, AXES)
    return np.broadcast_to(place, (count, 3)), np.broadcast_to(axes, (count, 3, 3))


def plots_of(values: Floats, sigma: Floats = SIGMA) -> Plots:
    """Give plots of range, azimuth, elevation and range rate [n, 4]; NaN where not measured."""
    count = len(values)
    none, zero = np.full(count, np.nan), np.zeros(count, np.int64)
    sigmas = np.where(np.isnan(values), np.nan, sigma)
    return Plots(
        sensors=("one",),
        time_tai_ns=zero,
        sensor=zero,
        range_m=values[:, 0],
        azimuth_rad=values[:, 1],
        elevation_rad=values[:, 2],
        range_rate_m_s=values[:, 3],
        snr_db=none,
        sigma_range_m=sigmas[:, 0],
        sigma_azimuth_rad=sigmas[:, 1],
        sigma_elevation_rad=sigmas[:, 2],
        sigma_range_rate_m_s=sigmas[:, 3],
        plot_id=np.arange(count),
    )


def targets(seed: int, count: int) -> Floats:
    """Draw states 300 to 1,500 km from the radar, 10 to 70 degrees up."""
    chance = np.random.default_rng(seed)
    azimuth, elevation = chance.uniform(-3.1, 3.1, count), chance.uniform(0.2, 1.2, count)
    range_m = chance.uniform(3e5, 1.5e6, (count, 1))
    flat = np.cos(elevation)
    way = np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)], axis=1)
    return np.hstack([SITE_M + range_m * way @ AXES, chance.normal(size=(count, 3)) * 3e3])


def spread(count: int, position_m: float, velocity_m_s: float) -> Floats:
    scale = np.array([position_m] * 3 + [velocity_m_s] * 3)
    root = np.eye(6) + 0.3 * np.random.default_rng(3).normal(size=(6, 6))
    return np.broadcast_to(scale[:, None] * (root @ root.T) * scale, (count, 6, 6))


def disturb(state: Floats, covariance: Floats, chance: np.random.Generator) -> Floats:
    """Draw a state beside each one."""
    root = np.linalg.cholesky(covariance)
    return state + (root @ chance.normal(size=(*state.shape, 1)))[:, :, 0]


def test_a_target_straight_north_and_45_degrees_up_is_seen_there() -> None:
    away = AXES[1] + AXES[2]
    state = np.concatenate([SITE_M + 1e5 * away, 100.0 * AXES[0] - 50.0 * away / np.sqrt(2.0)])
    seen, _ = look(state[None], *stand(1))
    assert seen[0] == pytest.approx([1e5 * np.sqrt(2.0), 0.0, np.pi / 4.0, -50.0], abs=1e-6)
    east = np.concatenate([SITE_M + 1e5 * AXES[0], np.zeros(3)])
    assert look(east[None], *stand(1))[0][0, 1] == pytest.approx(np.pi / 2.0)


def test_a_satellite_looks_from_x_towards_y_and_from_the_equator_up() -> None:
    azimuth, elevation = 2.5, -0.3
    flat = np.cos(elevation)
    way = [flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)]
    state = np.concatenate([SATELLITE_M + 4e7 * np.array(way), np.zeros(3)])
    seen, _ = look(state[None], *stand(1, infrared=True))
    assert seen[0, 1:3] == pytest.approx([azimuth, elevation], abs=1e-12)


@given(seed=st.integers(0, 10**6), infrared=st.booleans())
def test_the_derivative_of_a_look_equals_finite_differences(seed: int, infrared: bool) -> None:
    state = targets(seed, 8)
    site = stand(8, infrared)
    _, jacobian = look(state, *site)
    for column, step in enumerate([10.0] * 3 + [1.0] * 3):
        off = step * np.eye(6)[column]
        change = look(state + off, *site)[0] - look(state - off, *site)[0]
        change[:, 1] = wrap_rad(change[:, 1])
        unit = np.array([1.0, 1e-5, 1e-5, 1e-2])
        slope = change / (2.0 * step)
        assert np.max(np.abs(slope - jacobian[:, :, column]) / unit) < 1e-4


@given(angle=st.floats(-1e3, 1e3))
def test_an_angle_wraps_into_half_a_turn_either_way(angle: float) -> None:
    found = float(wrap_rad(np.array(angle)))
    assert -np.pi <= found <= np.pi
    assert np.cos(found) == pytest.approx(np.cos(angle), abs=1e-9)
    assert np.sin(found) == pytest.approx(np.sin(angle), abs=1e-9)


@pytest.mark.parametrize("unscented_filter", [False, True])
def test_a_target_across_north_is_a_small_step_away(unscented_filter: bool) -> None:
    state = np.concatenate([SITE_M + 1e6 * (AXES[1] - 1e-3 * AXES[0]) + 5e5 * AXES[2], np.ones(3)])
    seen, _ = look(state[None], *stand(1))
    other = seen + np.array([0.0, 2e-3, 0.0, 0.0])
    assert seen[0, 1] < 0.0 < other[0, 1]
    turned = plots_of(np.where([False, True, False, False], other % (2.0 * np.pi), other))
    args = stand(1)
    found = innovation(state[None], spread(1, 100.0, 10.0), turned, *args, unscented_filter)
    assert found.residual[0, 1] == pytest.approx(2e-3, abs=1e-6)
    behind = plots_of(seen - np.array([0.0, 2e-3 - 2.0 * np.pi, 0.0, 0.0]))
    found = innovation(state[None], spread(1, 100.0, 10.0), behind, *args, unscented_filter)
    assert found.residual[0, 1] == pytest.approx(-2e-3, abs=1e-6)


def test_what_was_not_measured_changes_nothing() -> None:
    state, covariance = targets(1, 30), spread(30, 2e3, 50.0)
    seen, _ = look(state, *stand(30))
    seen += SIGMA * np.random.default_rng(2).normal(size=seen.shape)
    sight = seen.copy()
    sight[:, [0, 3]] = np.nan
    found = innovation(state, covariance, plots_of(sight), *stand(30))
    assert np.all(found.dof == 2)
    assert np.array_equal(found.used[0], [False, True, True, False])
    _, slope = look(state, *stand(30))
    angles = slope[:, 1:3]
    variance = angles @ covariance @ np.swapaxes(angles, 1, 2) + np.diag(SIGMA[1:3] ** 2)
    for row in range(30):
        off = found.residual[row, 1:3]
        density = multivariate_normal(np.zeros(2), variance[row]).logpdf(off)
        both = found.distance2[row] + found.log_volume[row]
        assert -0.5 * both == pytest.approx(density, rel=1e-9)
        by_hand = off @ np.linalg.solve(variance[row], off)
        assert found.distance2[row] == pytest.approx(by_hand, rel=1e-9)
    none = np.full_like(seen, np.nan)
    nothing = innovation(state, covariance, plots_of(none), *stand(30))
    after, still = update(state, covariance, nothing)
    assert np.all(nothing.distance2 == 0.0)
    assert np.array_equal(after, state)
    assert still == pytest.approx(covariance, rel=1e-12)


def test_the_distance_of_true_pairs_is_chi_square() -> None:
    chance, count = np.random.default_rng(8), 4000
    truth, covariance = targets(5, count), spread(count, 300.0, 20.0)
    seen = look(truth, *stand(count))[0] + SIGMA * chance.normal(size=(count, 4))
    for unscented_filter in (False, True):
        found = innovation(
            disturb(truth, covariance, np.random.default_rng(9)),
            covariance,
            plots_of(seen),
            *stand(count),
            unscented_filter,
        )
        for share in (0.5, 0.9, 0.99):
            inside = np.mean(found.distance2 < chi2.ppf(share, 4))
            assert inside == pytest.approx(share, abs=0.02)


@given(seed=st.integers(0, 10**6), infrared=st.booleans())
def test_an_update_only_ever_narrows_and_stays_symmetric_and_positive(
    seed: int, infrared: bool
) -> None:
    state, covariance = targets(seed, 10), spread(10, 1e4, 1e3)
    site = stand(10, infrared)
    seen, _ = look(state, *site)
    for _ in range(3):
        after, narrow = update(
            state, covariance, innovation(state, covariance, plots_of(seen), *site)
        )
        assert np.array_equal(narrow, np.swapaxes(narrow, 1, 2))
        scale = np.sqrt(np.diagonal(narrow, axis1=1, axis2=2))
        scaled = narrow / (scale[:, :, None] * scale[:, None, :])
        assert np.min(np.linalg.eigvalsh(scaled)) > 0.0
        lost = (covariance - narrow) / (scale[:, :, None] * scale[:, None, :])
        assert np.min(np.linalg.eigvalsh(lost)) > -1e-6
        assert np.max(np.abs(after - state)) < 1e-3
        state, covariance = after, narrow


def test_an_update_weighs_the_inverses_of_the_covariances() -> None:
    chance = np.random.default_rng(4)
    truth, covariance = targets(6, 20), spread(20, 200.0, 20.0)
    seen = look(truth, *stand(20))[0] + SIGMA * chance.normal(size=(20, 4))
    found = innovation(truth, covariance, plots_of(seen), *stand(20))
    after, narrow = update(truth, covariance, found)
    slope = found.jacobian
    information = np.swapaxes(slope, 1, 2) / SIGMA**2 @ slope
    expected = np.linalg.inv(np.linalg.inv(covariance) + information)
    assert narrow == pytest.approx(expected, rel=1e-6, abs=1e-6)
    pushed = (np.swapaxes(slope, 1, 2) / SIGMA**2 @ found.residual[:, :, None])[:, :, 0]
    assert after - truth == pytest.approx((expected @ pushed[:, :, None])[:, :, 0], rel=1e-5)


def test_both_filters_agree_while_errors_are_small() -> None:
    chance = np.random.default_rng(12)
    state, covariance = targets(7, 50), spread(50, 50.0, 5.0)
    truth = disturb(state, covariance, chance)
    for infrared in (False, True):
        site = stand(50, infrared)
        seen = look(truth, *site)[0] + np.array([30.0, 5e-5, 5e-5, 5.0]) * chance.normal(
            size=(50, 4)
        )
        plots = plots_of(seen, np.array([30.0, 5e-5, 5e-5, 5.0]))
        one, one_spread = update(state, covariance, innovation(state, covariance, plots, *site))
        points = innovation(state, covariance, plots, *site, unscented_filter=True)
        other, other_spread = update(state, covariance, points)
        sigma = np.sqrt(np.diagonal(one_spread, axis1=1, axis2=2))
        assert np.max(np.abs(one - other) / sigma) < 0.02
        scaled = (one_spread - other_spread) / (sigma[:, :, None] * sigma[:, None, :])
        assert np.max(np.abs(scaled)) < 0.01


def test_the_unscented_update_is_the_one_in_the_books() -> None:
    state, covariance = targets(9, 10), spread(10, 3e4, 300.0)
    chance = np.random.default_rng(1)
    seen = look(state, *stand(10))[0] + 5.0 * SIGMA * chance.normal(size=(10, 4))
    plots = plots_of(seen)
    found = innovation(state, covariance, plots, *stand(10), unscented_filter=True)
    after, narrow = update(state, covariance, found)

    def expected(at: Floats) -> Floats:
        return look(at, *stand(len(at)))[0]

    turning = np.array([False, True, True, False])
    mean, between, cross = unscented(expected, state, covariance, turning)
    variance = between + np.diag(SIGMA**2)
    gain = np.swapaxes(np.linalg.solve(variance, np.swapaxes(cross, 1, 2)), 1, 2)
    off = np.where(turning, wrap_rad(seen - mean), seen - mean)
    scale = np.array([1e3] * 3 + [1e2] * 3)
    moved = state + (gain @ off[:, :, None])[:, :, 0]
    assert np.max(np.abs(after - moved) / scale) < 1e-5
    left = covariance - gain @ variance @ np.swapaxes(gain, 1, 2)
    assert np.max(np.abs(narrow - left) / (scale[:, None] * scale)) < 1e-5
    assert found.variance == pytest.approx(variance, rel=1e-6, abs=1e-12)


def test_sigma_points_have_the_mean_and_the_covariance() -> None:
    state, covariance = targets(2, 5), spread(5, 1e3, 10.0)
    points = sigma_points(state, covariance)
    assert np.mean(points, axis=0) == pytest.approx(state, rel=1e-12, abs=1e-6)
    off = points - state
    assert np.einsum("kni,knj->nij", off, off) / 12 == pytest.approx(covariance, rel=1e-6)


def test_points_on_both_sides_of_the_south_are_near_one_another() -> None:
    state = np.concatenate([SITE_M - 1e6 * AXES[1] + 5e5 * AXES[2], np.ones(3)])
    seen, slope = look(state[None], *stand(1))
    assert abs(seen[0, 1]) == pytest.approx(np.pi)
    covariance, plots = spread(1, 1e3, 10.0), plots_of(seen)
    found = innovation(state[None], covariance, plots, *stand(1), unscented_filter=True)
    expected = (slope @ covariance @ np.swapaxes(slope, 1, 2))[0, 1, 1] + SIGMA[1] ** 2
    assert found.variance[0, 1, 1] == pytest.approx(expected, rel=1e-3)
    assert abs(found.residual[0, 1]) < 1e-4


def test_sigma_points_are_exact_for_squares_of_uncertain_numbers() -> None:
    state, covariance = np.array([[2.0, -1.0]]), np.array([[[0.5, 0.2], [0.2, 0.3]]])
    mean, _, cross = unscented(lambda at: at[:, :1] * at[:, 1:], state, covariance)
    assert mean[0, 0] == pytest.approx(-2.0 + 0.2)
    assert cross[0, :, 0] == pytest.approx([-0.5 + 0.4, -0.2 + 0.6])


def test_the_unscented_filter_knows_a_square_that_a_derivative_does_not() -> None:
    state, covariance = np.array([[0.0]]), np.array([[[4.0]]])
    values = np.array([[4.0]]), np.array([[[1.0]]]), np.array([[True]])
    found = innovate_unscented(lambda at: at * at, state, covariance, values)
    assert found.residual[0, 0] == pytest.approx(0.0)  # the mean of x^2 is 4
    assert found.jacobian[0, 0, 0] == pytest.approx(0.0, abs=1e-12)
    assert found.variance[0, 0, 0] == pytest.approx(1.0)  # every point gives the same square


@pytest.mark.parametrize("unscented_filter", [False, True])
def test_a_tracker_knows_its_own_errors(unscented_filter: bool) -> None:
    chance, runs = np.random.default_rng(77), 150
    covariance = spread(runs, 2e3, 200.0)
    truth = np.broadcast_to(targets(21, 1), (runs, 6))
    state = disturb(truth, covariance, chance)
    time_s, phase = np.full(runs, 5.0), np.full(runs, COAST)
    means = []
    for number in range(30):
        truth, noise = predict(truth, np.zeros((runs, 6, 6)), time_s, phase)
        truth = disturb(truth, noise, chance)
        state, covariance = predict(state, covariance, time_s, phase)
        infrared = number % 5 == 4
        seen = look(truth, *stand(runs, infrared))[0]
        sigma = np.array([np.nan, 2e-5, 2e-5, np.nan]) if infrared else SIGMA
        plots = plots_of(seen + sigma * chance.normal(size=(runs, 4)), sigma)
        found = innovation(state, covariance, plots, *stand(runs, infrared), unscented_filter)
        state, covariance = update(state, covariance, found)
        off = state - truth
        means.append(np.einsum("ni,nij,nj->n", off, np.linalg.inv(covariance), off).mean())
    assert np.min(means) > chi2.ppf(1e-4, 6 * runs) / runs
    assert np.max(means) < chi2.ppf(1 - 1e-4, 6 * runs) / runs
    assert np.mean(np.linalg.norm(off[:, :3], axis=1)) < 1e3


@pytest.mark.parametrize("sigma_rad", [2e-3, 0.1])
def test_a_first_position_is_the_mean_of_where_the_target_may_be(sigma_rad: float) -> None:
    chance, runs = np.random.default_rng(6), 40_000
    sigma = np.array([30.0, sigma_rad, sigma_rad, 5.0])
    seen = look(targets(3, 1), *stand(1))[0]
    found, covariance = position_from(plots_of(seen, sigma), *stand(1))
    range_m, azimuth, elevation, _ = (seen + sigma * chance.normal(size=(runs, 4))).T
    flat = np.cos(elevation)
    way = np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)], axis=1)
    off = SITE_M + range_m[:, None] * way @ AXES - found
    wide = np.sqrt(np.trace(covariance[0]))
    assert np.max(np.abs(np.mean(off, axis=0))) < 0.01 * wide
    scale = np.sqrt(np.diagonal(covariance[0]))
    scaled = (np.cov(off.T) - covariance[0]) / (scale[:, None] * scale)
    assert np.max(np.abs(scaled)) < 0.03
    if sigma_rad < 0.01:
        nees = np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariance[0]), off)
        assert np.mean(nees) == pytest.approx(3.0, abs=0.06)
    else:
        plain = (
            SITE_M
            + seen[0, 0]
            * np.array(
                [
                    np.cos(seen[0, 2]) * np.sin(seen[0, 1]),
                    np.cos(seen[0, 2]) * np.cos(seen[0, 1]),
                    np.sin(seen[0, 2]),
                ]
            )
            @ AXES
        )
        assert np.linalg.norm(plain - found) > 0.05 * wide


def test_a_filter_of_seven_learns_how_a_body_is_braked() -> None:
    chance, runs, true = np.random.default_rng(15), 40, 5e-4
    start = np.concatenate(
        [SITE_M + 1.5e5 * AXES[1] + 7e4 * AXES[2], -3e3 * AXES[1] - 2e3 * AXES[2]]
    )
    truth = np.tile(np.append(start, true), (runs, 1))
    covariance = np.zeros((runs, 7, 7))
    covariance[:, range(7), range(7)] = np.square([500.0] * 3 + [50.0] * 3 + [3e-4])
    state = disturb(truth, covariance, chance)
    state[:, 6] = 2e-4
    first = np.sqrt(covariance[0, 6, 6])
    for _ in range(30):
        truth, _ = predict(truth, covariance, np.ones(runs), np.full(runs, REENTRY))
        state, covariance = predict(state, covariance, np.ones(runs), np.full(runs, REENTRY))
        seen = look(truth, *stand(runs))[0] + SIGMA * chance.normal(size=(runs, 4))
        found = innovation(state, covariance, plots_of(seen), *stand(runs))
        state, covariance = update(state, covariance, found)
    assert np.mean(state[:, 6]) == pytest.approx(true, rel=0.1)
    assert np.max(covariance[:, 6, 6]) < (0.5 * first) ** 2
    assert np.mean(np.abs(state[:, 6] - true) < 3.0 * np.sqrt(covariance[:, 6, 6])) > 0.95


def test_measured_numbers_come_with_their_errors() -> None:
    values, sigma, used = measured(plots_of(np.array([[1.0, 2.0, 3.0, np.nan]])))
    assert values[0, :3] == pytest.approx([1.0, 2.0, 3.0])
    assert sigma[0, :3] == pytest.approx(SIGMA[:3])
    assert np.array_equal(used, [[True, True, True, False]])


def test_pairs_are_weighed_as_they_would_be_alone() -> None:
    state, covariance = targets(1, 6), spread(6, 1e3, 30.0)
    odd = np.arange(6) % 2 == 1
    place = np.where(odd[:, None], SATELLITE_M, SITE_M)
    axes = np.where(odd[:, None, None], SATELLITE_AXES, AXES)
    plots = plots_of(look(state, place, axes)[0] + SIGMA)
    for unscented_filter in (False, True):
        together = innovation(state, covariance, plots, place, axes, unscented_filter)
        rows = np.array([4, 1, 3])
        alone = innovation(
            state[rows],
            covariance[rows],
            plots.take(rows),
            place[rows],
            axes[rows],
            unscented_filter,
        )
        some = together.take(rows)
        for name in ("residual", "variance", "jacobian", "distance2", "log_volume"):
            assert getattr(some, name) == pytest.approx(getattr(alone, name), rel=1e-6, abs=1e-12)
