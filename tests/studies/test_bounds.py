"""The least error on a known path, and how near tracks come to it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.earth.time import SECOND_NS
from tocsin.formats.truth_table import Truth
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.sensors.radar import Radar
from tocsin.studies.bounds import (
    Bounds,
    Flown,
    Followed,
    flown,
    flown_of,
    followed,
    plots_of_one,
    pooled,
    position_bounds,
)
from tocsin.tracking.filter import look
from tocsin.tracking.initiate import SPEED_SIGMA_M_S
from tocsin.tracking.mixture import THRUST_SIGMA_M_S2
from tocsin.tracking.motion import carry, transition
from tocsin.tracking.track import BOOST, COAST, REENTRY

SIGMA = (80.0, 1.5e-3, 1.5e-3, 8.0)
"""Range (m), angles (rad), range rate (m/s) of a plot."""
LASTING = (60.0, 1e-3)
"""Range (m), angles (rad)."""
LOOK_S = 10
START_NS = 1_700_000_000 * SECOND_NS
RADAR = Radar(
    id="radar",
    name="radar",
    latitude_rad=0.6,
    longitude_rad=0.2,
    altitude_m=0.0,
    sectors_rad=((0.0, 2.0 * math.pi),),
    elevation_min_rad=0.0,
    elevation_max_rad=1.5,
    range_min_m=0.0,
    range_max_m=4e6,
    reference_rcs_m2=1.0,
    reference_snr=20.0,
    false_alarm_probability=1e-6,
    revisit_s=10.0,
)


def over(east_m: float, north_m: float, up_m: float) -> Floats:
    """Give a place beside the radar."""
    axes = np.array(east_north_up(RADAR.latitude_rad, RADAR.longitude_rad))
    here = ecef_from_geodetic(RADAR.latitude_rad, RADAR.longitude_rad, 0.0)
    return np.array(here) + np.array([east_m, north_m, up_m]) @ axes


def moved(start: Floats, phase: int, seconds: int) -> Floats:
    """Give the path [seconds + 1, 7] of one body by the tracker's own motion, second by second."""
    path = [start]
    for _ in range(seconds):
        path.append(transition(path[-1][None], np.ones(1), np.array([phase])).state[0])
    return np.array(path)


def path_of(states: Floats) -> Flown:
    """Give states second by second as a path."""
    return flown(START_NS + np.arange(len(states)) * SECOND_NS, states[:, :6])


@pytest.fixture(scope="module")
def coast() -> Flown:
    """Give four minutes high above the radar's north."""
    axes = np.array(east_north_up(RADAR.latitude_rad, RADAR.longitude_rad))
    start = [*over(-700e3, 800e3, 500e3), *(np.array([4_000.0, -900.0, 1_500.0]) @ axes), 0.0]
    return path_of(moved(np.array(start), COAST, 240))


@pytest.fixture(scope="module")
def boost() -> Floats:
    """Give the states of a minute under thrust, north of the radar."""
    axes = np.array(east_north_up(RADAR.latitude_rad, RADAR.longitude_rad))
    start = [*over(0.0, 9e5, 2e5), *(np.array([900.0, 0.0, 1_200.0]) @ axes), 30.0]
    return moved(np.array(start), BOOST, 60)


def site(lasting: bool) -> Site:
    return site_of(RADAR, LASTING if lasting else (0.0, 0.0))


def stand(count: int) -> tuple[Floats, Floats]:
    """Give the radar's place and axes, so many times."""
    axes = np.array(east_north_up(RADAR.latitude_rad, RADAR.longitude_rad))
    place = site_positions_m(site(lasting=False), np.zeros(count, np.int64))
    return place, np.broadcast_to(axes, (count, 3, 3))


def plots_along(path: Flown, seed: int, lasting: bool = False) -> Plots:
    """Give a plot every ten seconds, with errors of their own and maybe lasting ones."""
    times = np.arange(path.time_tai_ns[0], path.time_tai_ns[-1], LOOK_S * SECOND_NS)
    values = look(path.at(times)[0], *stand(times.size))[0]
    chance = np.random.default_rng(seed)
    off = chance.standard_normal(3) * (LASTING[0], LASTING[1], LASTING[1])
    values[:, :3] += off * lasting
    values += chance.standard_normal(values.shape) * SIGMA
    return plots_from(times, values)


def plots_from(times: Integers, values: Floats) -> Plots:
    """Give measured numbers [n, 4] as plots."""
    sigma = np.broadcast_to(SIGMA, values.shape)
    return Plots(
        sensors=("radar",),
        time_tai_ns=times,
        sensor=np.zeros(times.size, np.int64),
        range_m=values[:, 0],
        azimuth_rad=np.mod(values[:, 1], 2.0 * math.pi),
        elevation_rad=values[:, 2],
        range_rate_m_s=values[:, 3],
        snr_db=np.full(times.size, 13.0),
        sigma_range_m=sigma[:, 0],
        sigma_azimuth_rad=sigma[:, 1],
        sigma_elevation_rad=sigma[:, 2],
        sigma_range_rate_m_s=sigma[:, 3],
        plot_id=np.arange(times.size),
    )


def kalman(path: Flown, plots: Plots, lasting: bool) -> Floats:
    """Give the position's standard deviation after each plot by a filter run on the true path.

    It carries covariances, not information, and lasting errors in metres and radians.
    """
    state, phase = path.at(plots.time_tai_ns)
    step = transition(state[:-1], np.diff(plots.time_tai_ns) / SECOND_NS, phase[:-1])
    slope = look(state, *stand(plots.count))[1]
    unit = np.array([LASTING[0], LASTING[1], LASTING[1]]) * (1.0 if lasting else 1e-6)
    cov = np.diag([1e14] * 3 + [SPEED_SIGMA_M_S**2] * 3 + [THRUST_SIGMA_M_S2**2] + list(unit**2))
    found = []
    for k in range(plots.count):
        if k:
            jacobian, noise = np.eye(10), np.zeros((10, 10))
            jacobian[:7, :7], noise[:7, :7] = step.jacobian[k - 1], step.noise[k - 1]
            cov = carry(cov, jacobian, noise)
        h = np.hstack([slope[k], np.eye(4, 3)])
        gain = cov @ h.T @ np.linalg.inv(h @ cov @ h.T + np.diag(np.square(SIGMA)))
        kept = np.eye(10) - gain @ h
        cov = kept @ cov @ kept.T + gain @ np.diag(np.square(SIGMA)) @ gain.T
        found.append(math.sqrt(np.trace(cov[:3, :3])))
    return np.array(found)


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("phase", [BOOST, COAST])
def test_the_bound_is_the_covariance_of_a_filter_run_on_the_true_path(
    coast: Flown, boost: Floats, phase: int, lasting: bool
) -> None:
    path = coast if phase == COAST else path_of(boost[:-2])
    plots = plots_along(path, 0, lasting)
    found = position_bounds(path, plots, (site(lasting),))
    assert np.all(found.phase == phase)
    np.testing.assert_allclose(found.position_m, kalman(path, plots, lasting), rtol=2e-3)


def test_lasting_errors_leave_more_to_be_unsure_of_than_none(coast: Flown) -> None:
    plots = plots_along(coast, 0)
    without, with_ = (
        position_bounds(coast, plots, (site(lasting),)).position_m for lasting in (False, True)
    )
    assert np.all(with_ > without)
    assert with_[-1] > 1.5 * without[-1]


@pytest.mark.parametrize("lasting", [False, True])
def test_a_coasting_track_is_as_near_the_truth_as_the_bound_allows_and_no_nearer(
    coast: Flown, lasting: bool
) -> None:
    runs = [
        followed(coast, plots_along(coast, seed, lasting), (site(lasting),)) for seed in range(20)
    ]
    found = pooled(runs, COAST)
    assert found.followed > 0.98
    assert 0.85 < found.ratio < 1.15
    assert 0.85 < found.even < 1.15
    assert found.ratio_sigma < 0.12
    assert 4.5 < found.nees < 7.5


def test_phases_and_what_moves_a_body_are_read_off_its_path() -> None:
    axes = np.array(east_north_up(RADAR.latitude_rad, RADAR.longitude_rad))
    start = np.array([*over(0.0, 0.0, 20e3), *(np.array([300.0, 0.0, 600.0]) @ axes), 30.0])
    boost = moved(start, BOOST, 60)
    coasting = moved(np.array([*boost[-1, :6], 0.0]), COAST, 100)
    fall = np.array([*over(0.0, 0.0, 60e3), *(np.array([6_000.0, 0.0, -1_000.0]) @ axes), 3e-4])
    falling = moved(fall, REENTRY, 8)

    rise = path_of(np.concatenate([boost[:-1], coasting]))
    assert abs(np.flatnonzero(rise.phase == COAST)[0] - 60) <= 1
    assert np.all(np.diff(rise.phase) >= 0)
    np.testing.assert_allclose(rise.own[2:58], boost[2:58, 6], rtol=0.02)
    down = path_of(falling)
    assert np.all(down.phase == REENTRY)
    np.testing.assert_allclose(down.own[1:-1], 3e-4, rtol=0.02)
    state, phase = rise.at(rise.time_tai_ns[[10, 90]] + SECOND_NS // 2)
    assert phase.tolist() == [BOOST, COAST]
    halfway = transition(boost[10:11], np.array([0.5]), np.array([BOOST])).state[0]
    np.testing.assert_allclose(state[0, :3], halfway[:3], atol=0.5)


def test_when_thrust_ends_the_bound_goes_on_with_what_is_known_of_the_motion(
    boost: Floats,
) -> None:
    coasting = moved(np.array([*boost[-1, :6], 0.0]), COAST, 240)
    path = path_of(np.concatenate([boost[:-1], coasting]))
    found = position_bounds(path, plots_along(path, 0), (site(lasting=False),))
    burns = found.phase == BOOST
    assert found.velocity_m_s[-1] < 0.1 * found.velocity_m_s[burns][-1]
    assert np.all(np.diff(found.velocity_m_s[~burns]) < 0.0)


def test_the_plots_of_a_path_are_found_among_others(coast: Flown) -> None:
    own = plots_along(coast, 1, lasting=True)
    chance = np.random.default_rng(2)
    count = 200
    times = chance.choice(own.time_tai_ns, count)
    spread = np.array([1e6, math.pi, 0.7, 4_000.0])
    false = plots_from(
        times, np.array([2e6, 0.0, 0.7, 0.0]) + chance.uniform(-1, 1, (count, 4)) * spread
    )
    aside = replace(own, range_m=own.range_m + 5_000.0)
    late = replace(own.take(np.array([0])), time_tai_ns=coast.time_tai_ns[-1:] + SECOND_NS)
    crowd = plots_from(
        np.concatenate([each.time_tai_ns for each in (false, aside, own, late)]),
        np.concatenate(
            [
                np.stack([e.range_m, e.azimuth_rad, e.elevation_rad, e.range_rate_m_s], axis=1)
                for e in (false, aside, own, late)
            ]
        ),
    )
    found = plots_of_one(coast, crowd, (site(lasting=True),))
    np.testing.assert_array_equal(found.time_tai_ns, own.time_tai_ns)
    np.testing.assert_array_equal(found.range_m, own.range_m)


def test_a_path_is_taken_out_of_a_truth(coast: Flown) -> None:
    other = coast.state + 1_000.0
    truth = Truth(
        objects=("other", "one"),
        object=np.repeat([0, 1], len(other)),
        time_tai_ns=np.tile(coast.time_tai_ns, 2),
        state=np.concatenate([other, coast.state]),
    )
    np.testing.assert_array_equal(flown_of(truth, 1).state, coast.state)


def run_of(errors: list[float], bounds: list[float], phases: list[int]) -> Followed:
    """Give a run with a plot every 20 s."""
    found = Bounds(
        time_tai_ns=START_NS + np.arange(len(errors)) * 20 * SECOND_NS,
        phase=np.array(phases),
        position_m=np.array(bounds),
        velocity_m_s=np.array(bounds),
    )
    return Followed(bounds=found, error_m=np.array(errors), nees=np.array(errors))


def test_errors_are_pooled_over_runs_phase_by_phase_after_the_first_half_minute() -> None:
    first = run_of([9.0, 9.0, 3.0, math.nan, 5.0], [1.0, 1.0, 1.0, 1.0, 7.0], [COAST] * 5)
    second = run_of([9.0, 9.0, 9.0, 4.0], [1.0, 1.0, 1.0, 5.0], [BOOST] * 3 + [COAST])
    found = pooled([first, second], COAST)
    assert found.instants == 3
    assert found.followed == 0.75
    assert found.error_m == pytest.approx(math.sqrt(50.0 / 3.0))
    assert found.bound_m == pytest.approx(5.0)
    assert found.ratio == pytest.approx(math.sqrt(50.0 / 75.0))
    # Without the one run or the other: the roots of 16/25 and of 34/50.
    assert found.ratio_sigma == pytest.approx(0.5 * abs(0.8 - math.sqrt(34.0 / 50.0)))
    assert found.even == pytest.approx(math.sqrt((9.0 + 25.0 / 49.0 + 16.0 / 25.0) / 3.0))
    assert found.nees == pytest.approx(4.0)
    assert math.isnan(pooled([first], COAST).ratio_sigma)
    assert pooled([first], BOOST).instants == 0
