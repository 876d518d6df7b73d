"""The tracker's own motion, held to laws, to references and to the flight's formulas."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.atmosphere import density_kg_m3
from tocsin.earth.constants import EARTH_A_M, EARTH_J2, EARTH_OMEGA_RAD_S, GM_M3_S2
from tocsin.earth.frames import east_north_up, ecef_from_geodetic, ecef_from_geodetic_batch
from tocsin.flight.motion import free_acceleration
from tocsin.lanes import Floats
from tocsin.tracking import motion
from tocsin.tracking.motion import (
    WGS84,
    air_density_kg_m3,
    gravity,
    height_and_climb,
    predict,
    transition,
)
from tocsin.tracking.track import BOOST, COAST, REENTRY

Reference = Callable[[str], dict[str, Any]]
POSITION_M, VELOCITY_M_S = 1.0, 1e-3


def make_states(seed: int, count: int, low_m: float, high_m: float, fast_m_s: float) -> Floats:
    """Draw states between two heights, with speeds up to a limit."""
    chance = np.random.default_rng(seed)
    latitude = np.arcsin(chance.uniform(-1, 1, count))
    place = ecef_from_geodetic_batch(
        latitude, chance.uniform(-3, 3, count), chance.uniform(low_m, high_m, count)
    )
    way = chance.normal(size=(count, 3))
    way *= chance.uniform(0.1, 1.0, (count, 1)) * fast_m_s / np.linalg.norm(way, axis=1)[:, None]
    return np.hstack([place, way])


def wide(count: int, size: int = 6) -> Floats:
    """Covariance of 1 km and 100 m/s, with both tied."""
    chance = np.random.default_rng(5)
    root = np.eye(size) + 0.3 * chance.normal(size=(count, size, size))
    scale = np.array([1e3] * 3 + [1e2] * 3 + [1e-4])[:size]
    root = scale[:, None] * root
    return np.asarray(root @ np.swapaxes(root, 1, 2))


def phases(count: int, phase: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.full(count, phase, dtype=np.int64)


def jacobi_m2_s2(state: Floats) -> Floats:
    """The energy that a body keeps in turning axes."""
    x, y, z = state[:, 0], state[:, 1], state[:, 2]
    r = np.sqrt(x * x + y * y + z * z)
    oblate = 0.5 * EARTH_J2 * (EARTH_A_M / r) ** 2 * (3.0 * z * z / (r * r) - 1.0)
    spin = 0.5 * EARTH_OMEGA_RAD_S**2 * (x * x + y * y)
    return 0.5 * np.sum(state[:, 3:] ** 2, axis=1) - GM_M3_S2 / r * (1.0 - oblate) - spin


@given(seed=st.integers(0, 10**6), time_s=st.floats(1.0, 300.0))
def test_a_coast_forward_and_back_returns_the_state(seed: int, time_s: float) -> None:
    state = make_states(seed, 4, 80e3, 1e6, 7000.0)
    dt = np.full(4, time_s)
    there = transition(state, dt, phases(4, COAST))
    back = transition(there.state, -dt, phases(4, COAST))
    assert np.max(np.abs(back.state - state)[:, :3]) < 0.05
    assert np.max(np.abs(back.state - state)[:, 3:]) < 1e-4
    scale = np.diag([1e-3] * 3 + [1.0] * 3)
    both = scale @ back.jacobian @ there.jacobian @ np.linalg.inv(scale)
    assert both == pytest.approx(np.broadcast_to(np.eye(6), (4, 6, 6)), abs=1e-5)


def test_boost_and_reentry_forward_and_back_return_the_state() -> None:
    for phase, low, high in ((BOOST, 1e3, 200e3), (REENTRY, 20e3, 80e3)):
        state = make_states(3, 20, low, high, 4000.0)
        dt = np.full(20, 10.0)
        there, _ = predict(state, wide(20), dt, phases(20, phase))
        back, _ = predict(there, wide(20), -dt, phases(20, phase))
        assert np.max(np.abs(back - state)[:, :3]) < 1.0
        assert np.max(np.abs(back - state)[:, 3:]) < 0.1


def test_a_coast_keeps_its_energy_and_does_not_where_a_term_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = make_states(7, 50, 100e3, 1200e3, 7000.0)
    before = jacobi_m2_s2(state)

    def lost() -> float:
        after = transition(state, np.full(50, 300.0), phases(50, COAST)).state
        return float(np.max(np.abs(jacobi_m2_s2(after) - before)))

    assert lost() < 0.1  # of 6e7
    monkeypatch.setattr(motion, "_EQUATOR", np.zeros(3))
    assert lost() > 1e3


def test_a_coast_agrees_with_tiny_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    state, dt = make_states(8, 50, 60e3, 1200e3, 7000.0), np.full(50, 600.0)
    coarse = transition(state, dt, phases(50, COAST)).state
    monkeypatch.setitem(motion.STEP_MAX_S, COAST, 1.0)
    fine = transition(state, dt, phases(50, COAST)).state
    over = np.linalg.norm(fine[:, :3], axis=1) > 6.35e6
    assert np.count_nonzero(over) > 20
    assert np.max(np.abs(coarse - fine)[over, :3]) < 0.02
    assert np.max(np.abs(coarse - fine)[over, 3:]) < 1e-4


@pytest.mark.parametrize("size", [6, 7])
@pytest.mark.parametrize(
    ("phase", "low_m", "high_m"),
    [(BOOST, 100.0, 200e3), (COAST, 80e3, 1e6), (REENTRY, 12e3, 70e3)],
)
def test_the_jacobian_equals_finite_differences(
    phase: int, low_m: float, high_m: float, size: int
) -> None:
    state = make_states(11, 12, low_m, high_m, 5000.0)
    state = np.hstack([state, np.full((12, 1), 3e-4)])[:, :size]
    time_s, kind = np.linspace(-4.0, 9.5, 12), phases(12, phase)
    found = transition(state, time_s, kind).jacobian
    step = np.array([10.0] * 3 + [0.1] * 3 + [1e-7])[:size]
    unit = np.array([1e3] * 3 + [1e2] * 3 + [1e-4])[:size]
    for column in range(size):
        off = step[column] * np.eye(size)[column]
        more = transition(state + off, time_s, kind).state
        less = transition(state - off, time_s, kind).state
        slope = (more - less) / (2.0 * step[column])
        worst = np.max(np.abs(slope - found[:, :, column]) / unit * unit[column])
        assert worst < 2e-6, (column, worst)


def test_the_pull_equals_the_reference_and_its_derivative_finite_differences(
    reference: Reference,
) -> None:
    case = reference("j2_gravity_dev")
    place = np.array([row["xyz"] for row in case["expected"]])
    pull, slope = gravity(place)
    for row, found in zip(case["expected"], pull, strict=True):
        assert found == pytest.approx(row["g"], rel=1e-12, abs=1e-15)
    for axis in range(3):
        off = 50.0 * np.eye(3)[axis]
        by_step = (gravity(place + off)[0] - gravity(place - off)[0]) / 100.0
        assert slope[:, :, axis] == pytest.approx(by_step, abs=1e-14)
    assert np.trace(slope, axis1=1, axis2=2) == pytest.approx(0.0, abs=1e-18)  # Laplace's equation


def test_a_coasting_body_is_pulled_as_the_flight_formula_says() -> None:
    state = make_states(2, 30, 10e3, 2e6, 7000.0)
    rate, _ = motion._rates(state, COAST, np.zeros(30), WGS84)
    for row, found in zip(state, rate, strict=True):
        assert found[3:] == pytest.approx(free_acceleration(*row[:5]), rel=1e-12)


def test_a_coast_lands_where_the_independent_integration_does(reference: Reference) -> None:
    case = reference("impact_crlb_dev")
    state = starting_state(case["inputs"]["target"])
    impact = case["expected"]["impact"]
    there = transition(state, np.array([impact["t"]]), phases(1, COAST)).state[0]
    place = ecef_from_geodetic(np.radians(impact["lat"]), np.radians(impact["lon"]), 0.0)
    assert np.linalg.norm(there[:3] - place) < 5.0


def starting_state(target: dict[str, float]) -> Floats:
    """Give the state [1, 6] of a reference's target."""
    latitude, longitude = np.radians(target["lat"]), np.radians(target["lon"])
    slope, azimuth = np.radians(target["fpa_deg"]), np.radians(target["az_deg"])
    flat = np.cos(slope)
    way = np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(slope)])
    velocity = target["speed_rel"] * way @ np.array(east_north_up(latitude, longitude))
    place = ecef_from_geodetic(latitude, longitude, target["h"])
    return np.concatenate([place, velocity])[None]


@given(seed=st.integers(0, 10**6))
def test_a_covariance_stays_symmetric_and_positive_in_every_phase(seed: int) -> None:
    chance = np.random.default_rng(seed)
    state = make_states(seed, 9, 20e3, 300e3, 6000.0)
    phase = chance.integers(0, 3, 9)
    state, covariance = predict(state, wide(9), chance.uniform(-2.0, 20.0, 9), phase)
    assert np.array_equal(covariance, np.swapaxes(covariance, 1, 2))
    scale = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    scaled = covariance / (scale[:, :, None] * scale[:, None, :])
    assert np.min(np.linalg.eigvalsh(scaled)) > 1e-9
    assert np.all(np.isfinite(state))


def test_no_time_changes_nothing() -> None:
    state, covariance = make_states(1, 6, 10e3, 300e3, 6000.0), wide(6)
    phase = np.array([0, 1, 2, 0, 1, 2])
    after = predict(state, covariance, np.zeros(6), phase)
    assert np.array_equal(after[0], state)
    assert after[1] == pytest.approx(covariance, rel=1e-15)


def test_each_track_moves_as_it_would_alone() -> None:
    state = make_states(4, 6, 20e3, 300e3, 5000.0)
    phase, time_s = np.array([0, 1, 2, 2, 1, 0]), np.array([3.0, 40.0, 2.5, 0.5, -9.0, 1.0])
    together, spread = predict(state, wide(6), time_s, phase)
    for row in range(6):
        only = slice(row, row + 1)
        alone, own = predict(state[only], wide(6)[only], time_s[only], phase[only])
        assert together[row] == pytest.approx(alone[0], rel=1e-9)
        assert spread[row] == pytest.approx(own[0], rel=0.1 if phase[row] != COAST else 1e-4)


def test_white_noise_adds_what_its_spectral_density_says() -> None:
    state = make_states(6, 1, 500e3, 600e3, 10.0)
    q = motion.COAST_NOISE_M2_S3
    for time_s in (10.0, 100.0, -100.0):
        noise = transition(state, np.array([time_s]), phases(1, COAST)).noise[0]
        long = abs(time_s)
        assert np.diag(noise)[:3] == pytest.approx(q * long**3 / 3.0, rel=0.02)
        assert np.diag(noise)[3:] == pytest.approx(q * long, rel=0.02)
        across = np.diag(noise[:3, 3:])
        assert across == pytest.approx(np.sign(time_s) * q * long**2 / 2.0, rel=0.02)


def test_an_estimated_drag_walks_at_random_in_reentry_only() -> None:
    state = np.hstack([make_states(6, 3, 60e3, 70e3, 2000.0), np.full((3, 1), 2e-4)])
    noise = transition(state, np.full(3, -4.0), np.array([BOOST, COAST, REENTRY])).noise
    assert noise[1:, 6, 6] == pytest.approx([0.0, 4.0 * motion.INVERSE_BALLISTIC_NOISE])


def test_an_estimated_thrust_walks_at_random_and_grows_as_a_rocket_lightens() -> None:
    state = np.hstack([make_states(6, 3, 60e3, 70e3, 2000.0), np.full((3, 1), 20.0)])
    after = transition(state, np.full(3, 10.0), np.full(3, BOOST))
    # Thrust over mass under constant thrust and flow: a / (1 - a t / c).
    assert after.state[:, 6] == pytest.approx(20.0 / (1.0 - 200.0 / motion.EXHAUST_M_S), rel=1e-6)
    assert np.all(after.noise[:, 6, 6] >= 10.0 * motion.THRUST_NOISE_M2_S5)
    gained = np.linalg.norm(after.state[:, 3:6] - state[:, 3:6], axis=1)
    assert np.all(gained > 100.0)


def test_thrust_is_doubted_where_the_velocity_is_not_known() -> None:
    state = np.hstack([make_states(6, 1, 60e3, 70e3, 2000.0), np.full((1, 1), 20.0)])
    time_s, phase = np.full(1, 1.0), np.full(1, BOOST)
    little = np.diag([1e3] * 3 + [1.0] * 3 + [1.0])[None]
    much = np.diag([1e3] * 3 + [1e8] * 3 + [1.0])[None]
    kept, doubted = (predict(state, each, time_s, phase)[1][0] for each in (little, much))
    linear = transition(state, time_s, phase)
    own = linear.jacobian[0] @ much[0] @ linear.jacobian[0].T + linear.noise[0]
    assert np.trace((doubted - own)[3:6, 3:6]) == pytest.approx(3.0 * 2.0 * 400.0 * motion.DOUBT_S)
    same = linear.jacobian[0] @ little[0] @ linear.jacobian[0].T + linear.noise[0]
    assert kept == pytest.approx(same, rel=1e-6, abs=1e-6)


def test_each_body_has_its_own_drag() -> None:
    state = np.repeat(make_states(6, 1, 30e3, 40e3, 5000.0), 3, axis=0)
    alpha = np.array([0.0, 2e-4, 4e-4])
    after = transition(state, np.full(3, 3.0), phases(3, REENTRY), alpha).state
    usual = transition(state[:1], np.full(1, 3.0), phases(1, REENTRY)).state
    assert after[1] == pytest.approx(usual[0], rel=1e-12)
    speed = np.linalg.norm(after[:, 3:], axis=1)
    assert speed[0] > speed[1] + 10.0
    assert speed[1] > speed[2] + 10.0


def test_a_rocket_thrusts_up_when_slow_and_along_its_way_when_fast() -> None:
    place = np.array([[EARTH_A_M, 0.0, 0.0], [EARTH_A_M + 1e5, 0.0, 0.0]])
    state = np.hstack([place, [[0.0, 0.0, 0.0], [0.0, 5000.0, 0.0]]])
    way, _, _ = motion._thrust_way(state[:, :3], state[:, 3:])
    assert way[0] == pytest.approx([1.0, 0.0, 0.0])
    assert way[1] == pytest.approx([0.0, 1.0, 0.0], abs=0.05)
    noise = transition(state, np.ones(2), phases(2, BOOST)).noise
    assert noise[0, 3, 3] / noise[0, 4, 4] == pytest.approx(36.0, rel=0.05)
    assert noise[1, 4, 4] / noise[1, 3, 3] == pytest.approx(34.0, rel=0.1)


def test_drag_slows_by_the_square_of_speed_and_grows_with_the_coefficient() -> None:
    state = make_states(9, 20, 30e3, 50e3, 5000.0)
    kind, none = phases(20, REENTRY), np.zeros(20)
    free, _ = motion._rates(state, REENTRY, none, WGS84)
    some, _ = motion._rates(state, REENTRY, none + 1e-4, WGS84)
    more, _ = motion._rates(state, REENTRY, none + 2e-4, WGS84)
    assert more - free == pytest.approx(2.0 * (some - free), rel=1e-9, abs=1e-12)
    height, _ = height_and_climb(state)
    speed = np.linalg.norm(state[:, 3:], axis=1)
    pull = np.linalg.norm((some - free)[:, 3:], axis=1)
    assert pull == pytest.approx(0.5e-4 * air_density_kg_m3(height)[0] * speed**2, rel=1e-9)
    assert np.all(np.sum((some - free)[:, 3:] * state[:, 3:], axis=1) < 0.0)
    seventh = transition(np.hstack([state, np.full((20, 1), 2e-4)]), none + 5.0, kind).state
    given_so, _ = predict(state, wide(20), none + 5.0, kind, 2e-4)
    assert seventh[:, :6] == pytest.approx(given_so, rel=1e-12)


def test_a_body_too_light_to_fall_fast_keeps_the_integration_stable() -> None:
    place = ecef_from_geodetic_batch(np.zeros(3), np.zeros(3), np.array([500.0, 20e3, 60e3]))
    state = np.hstack([place, [[-6000.0, 100.0, 0.0]] * 3, [[0.5]] * 3])
    after, covariance = predict(state, wide(3, 7), np.full(3, 30.0), phases(3, REENTRY))
    assert np.all(np.linalg.norm(after[:, 3:6], axis=1) < 1000.0)
    assert np.all(np.isfinite(covariance))
    slow = 1e3 * np.linalg.norm(wide(3, 7), axis=(1, 2))
    assert np.all(np.linalg.norm(covariance, axis=(1, 2)) < slow)


def test_an_unsure_drag_widens_the_track_where_the_air_is_thick() -> None:
    place = ecef_from_geodetic_batch(np.zeros(2), np.zeros(2), np.array([25e3, 75e3]))
    state = np.hstack([place, [[-5000.0, 0.0, 0.0]] * 2])
    noise = transition(state, np.ones(2), phases(2, REENTRY)).noise
    assert noise[1, 3, 3] == pytest.approx(motion.REENTRY_NOISE_M2_S3, rel=0.01)
    assert noise[0, 3, 3] > 20.0 * noise[1, 3, 3]
    assert noise[0, 4, 4] < 2.0 * noise[1, 4, 4]


def test_the_own_air_is_near_the_standard_atmosphere() -> None:
    height = np.arange(0.0, 85_001.0, 500.0)
    ratio = air_density_kg_m3(height)[0] / density_kg_m3(height)
    assert np.max(np.abs(ratio[height <= 50e3] - 1.0)) < 0.15
    assert np.max(np.abs(ratio - 1.0)) < 0.4
    below, slope = air_density_kg_m3(np.array([-5e3]))
    assert below[0] == air_density_kg_m3(np.zeros(1))[0][0]
    assert slope[0] == 0.0


@given(latitude=st.floats(-1.57, 1.57), longitude=st.floats(-3.1, 3.1), height=st.floats(0.0, 2e6))
def test_height_and_climb_follow_the_ellipsoid(
    latitude: float, longitude: float, height: float
) -> None:
    _, _, up = east_north_up(latitude, longitude)
    place = ecef_from_geodetic(latitude, longitude, height)
    found, climb = height_and_climb(np.array([[*place, *(1000.0 * np.array(up))]]))
    assert found[0] == pytest.approx(height, abs=100.0)
    assert climb[0] == pytest.approx(1000.0, abs=0.1)
