"""The bound, and the filters beside it, on published scenarios that bring their own dynamics."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from tocsin.earth.frames import east_north_up, ecef_from_geodetic, geodetic_from_ecef_batch
from tocsin.lanes import Flags, Floats
from tocsin.tracking.bound import (
    BoundSteps,
    carry_information,
    posterior_bound,
    standard_deviations,
)
from tocsin.tracking.filter import (
    innovate,
    innovate_unscented,
    look,
    predict_unscented,
    update,
    wrap_rad,
)
from tocsin.tracking.motion import Rates, Transition, carry, runge_kutta, transition
from tocsin.tracking.track import COAST

Reference = Callable[[str], dict[str, Any]]
Function = Callable[[Floats], Floats]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A published scenario: how its state steps and what is measured of it, with derivatives."""

    step: Function
    step_slope: Function
    noise: Floats
    measure: Function
    measure_slope: Function
    measure_noise: Floats
    angles: Flags

    def steps_along(self, paths: Floats) -> BoundSteps:
        """Give what the bound needs of paths [k + 1, s, d]."""
        count = len(paths) - 1
        return BoundSteps(
            jacobian=np.stack([self.step_slope(one) for one in paths[:-1]]),
            noise=np.broadcast_to(self.noise, (count, *self.noise.shape)),
            look_jacobian=np.stack([self.measure_slope(one) for one in paths[1:]]),
            look_noise=np.broadcast_to(self.measure_noise, (count, *self.measure_noise.shape)),
        )

    def path(self, start: Floats, steps: int, chance: np.random.Generator | None = None) -> Floats:
        """Give paths [k + 1, s, d] from starts [s, d]; with process noise if chance is given."""
        paths = [start]
        for _ in range(steps):
            after = self.step(paths[-1])
            if chance is not None:
                after = after + chance.multivariate_normal(
                    np.zeros(len(self.noise)), self.noise, len(start)
                )
            paths.append(after)
        return np.stack(paths)


def by_differences(function: Function, step: Floats) -> Function:
    """Give the derivative [n, m, d] of a function of states [n, d], by central differences."""

    def slope(state: Floats) -> Floats:
        off = np.diag(step)
        columns = [
            (function(state + off[i]) - function(state - off[i])) / (2.0 * step[i])
            for i in range(len(step))
        ]
        return np.stack(columns, axis=-1)

    return slope


def range_and_angle(state: Floats, up: int, site: tuple[float, float]) -> Floats:
    """Give range and angle from the first axis; `up` is the column of the second."""
    x, y = state[:, 0] - site[0], state[:, up] - site[1]
    return np.stack([np.hypot(x, y), np.arctan2(y, x)], axis=1)


def farina(inputs: dict[str, Any]) -> Scenario:
    """Falling through air, state x, vx, y, vy in metres, a step every two seconds."""
    time_s, g = inputs["T"], inputs["g"]
    move = np.kron(np.eye(2), [[1.0, time_s], [0.0, 1.0]])
    push = np.kron(np.eye(2), [[time_s**2 / 2.0], [time_s]])
    spread = np.array([[time_s**3 / 3.0, time_s**2 / 2.0], [time_s**2 / 2.0, time_s]])

    def drag(state: Floats) -> tuple[Floats, Floats]:
        """Give drag over mass, and its derivative without the jump where the two airs meet."""
        y, velocity = state[:, 2], state[:, [1, 3]]
        low = y < 9144.0
        density = np.where(low, 1.227, 1.754) * np.exp(-np.where(low, 1.093e-4, 1.49e-4) * y)
        speed = np.linalg.norm(velocity, axis=1)
        rate = -g * density / (2.0 * inputs["beta"])
        slope = np.zeros((len(state), 2, 4))
        fall = np.where(low, -1.093e-4, -1.49e-4)
        slope[:, :, 2] = (fall * rate * speed)[:, None] * velocity
        both = velocity[:, :, None] * velocity[:, None, :] / speed[:, None, None]
        slope[:, :, 1::2] = rate[:, None, None] * (speed[:, None, None] * np.eye(2) + both)
        return (rate * speed)[:, None] * velocity, slope

    def step(state: Floats) -> Floats:
        return state @ move.T + (drag(state)[0] + np.array([0.0, -g])) @ push.T

    def measure(state: Floats) -> Floats:
        return range_and_angle(state, 2, (0.0, 0.0))

    size = np.array([0.5, 0.05, 0.5, 0.05])
    return Scenario(
        step=step,
        step_slope=lambda state: move + push @ drag(state)[1],
        noise=inputs["q"] * np.kron(np.eye(2), spread),
        measure=measure,
        measure_slope=by_differences(measure, size),
        measure_noise=np.diag([inputs["sigma_r"] ** 2, inputs["sigma_e_rad"] ** 2]),
        angles=np.array([False, True]),
    )


def julier(inputs: dict[str, Any]) -> Scenario:
    """Re-entry with an unknown drag, state x, y, vx, vy, log of drag; km; ten steps a second."""

    def step(state: Floats) -> Floats:
        place, velocity = state[:, :2], state[:, 2:4]
        radius = np.linalg.norm(place, axis=1)[:, None]
        speed = np.linalg.norm(velocity, axis=1)[:, None]
        thick = np.exp((inputs["R0"] - radius) / inputs["H0"])
        drag = inputs["b0"] * np.exp(state[:, 4:]) * thick * speed
        pull = drag * velocity - inputs["Gm0"] / radius**3 * place
        return state + 0.1 * np.hstack([velocity, pull, np.zeros((len(state), 1))])

    def measure(state: Floats) -> Floats:
        return range_and_angle(state, 1, tuple(inputs["radar"]))

    size = np.array([1e-3, 1e-3, 1e-4, 1e-4, 1e-4])
    return Scenario(
        step=step,
        step_slope=by_differences(step, size),
        noise=np.diag(inputs["Q_per_step_diag"]),
        measure=measure,
        measure_slope=by_differences(measure, size),
        measure_noise=np.diag([inputs["sigma_r_km"] ** 2, inputs["sigma_theta_rad"] ** 2]),
        angles=np.array([False, True]),
    )


def athans(inputs: dict[str, Any]) -> Scenario:
    """A body that falls straight down past a radar: height, speed down, drag; feet."""
    gamma, aside, high = inputs["gamma"], inputs["radar"]["M"], inputs["radar"]["H"]

    def rates(state: Floats) -> Rates:
        x1, x2, x3 = state.T
        zero, one = np.zeros_like(x1), np.ones_like(x1)
        thin = np.exp(-gamma * x1)
        slope = [
            [zero, -one, zero],
            [gamma * thin * x2**2 * x3, -2.0 * thin * x2 * x3, -thin * x2**2],
            [zero, zero, zero],
        ]
        return np.stack([-x2, -thin * x2**2 * x3, zero], axis=1), np.moveaxis(np.array(slope), 2, 0)

    def second(state: Floats) -> tuple[Floats, Floats]:
        jacobian = np.broadcast_to(np.eye(3), (len(state), 3, 3))
        for _ in range(100):
            state, change = runge_kutta(state, np.full(len(state), 0.01), rates)
            jacobian = change @ jacobian
        return state, jacobian

    def measure(state: Floats) -> Floats:
        return np.hypot(aside, state[:, :1] - high)

    return Scenario(
        step=lambda state: second(state)[0],
        step_slope=lambda state: second(state)[1],
        noise=np.zeros((3, 3)),
        measure=measure,
        measure_slope=by_differences(measure, np.array([1.0, 1.0, 1e-6])),
        measure_noise=np.array([[inputs["R_ft2"]]]),
        angles=np.array([False]),
    )


NOT_TESTED = {"li_jilkov_models": "a list of models without a number; each has its own test"}
"""References that no test of tracking uses, and why."""


def test_every_tracking_reference_is_tested_or_says_why_not(references: Path) -> None:
    cases = json.loads((references / "tracking.json").read_text(encoding="utf-8"))["cases"]
    source = "".join(
        file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("*.py")
    )
    asked = {case["id"] for case in cases if f'reference("{case["id"]}")' in source}
    assert {case["id"] for case in cases} - asked == set(NOT_TESTED)
    for case in cases:
        assert case["source"], case["id"]
        assert case["tolerance"]["reason"], case["id"]


def first_information(inputs: dict[str, Any]) -> Floats:
    return np.diag(1.0 / np.array(inputs["P0_diag"]))


def test_the_farina_path_is_the_published_scenario(reference: Reference) -> None:
    case = reference("farina_trajectory")
    inputs = case["inputs"]
    path = farina(inputs).path(np.array([inputs["x0"]]), inputs["steps"])[:, 0]
    for row in case["expected"]:
        found = path[round(row["t"] / inputs["T"])]
        assert found == pytest.approx(row["state"], abs=case["tolerance"]["m"])


def test_the_farina_bound_on_the_nominal_path(reference: Reference) -> None:
    case = reference("farina_pcrlb_dev")
    found = farina_bound(case["inputs"])
    for row in case["expected"]:
        deviation = found[round(row["t"] / case["inputs"]["T"])]
        assert deviation == pytest.approx(
            row["pcrlb_nominal"], rel=case["tolerance"]["nominal_rel"]
        )


def farina_bound(inputs: dict[str, Any]) -> Floats:
    """Give standard deviations [k + 1, 4] on the noise-free path."""
    model = farina(inputs)
    path = model.path(np.array([inputs["x0"]]), inputs["steps"])
    start = first_information(inputs)
    found = posterior_bound(start, model.steps_along(path))
    return standard_deviations(np.concatenate([start[None], found]))


def test_the_farina_bound_with_a_worse_elevation(reference: Reference) -> None:
    case = reference("farina_pcrlb_se05")
    found = farina_bound(case["inputs"])
    expected = case["expected"]
    for time_s, row in zip(expected["t"], expected["pcrlb_nominal"], strict=True):
        deviation = found[round(time_s / case["inputs"]["T"])]
        assert deviation == pytest.approx(row, rel=case["tolerance"]["rel"])


def test_the_farina_bound_over_many_paths(reference: Reference) -> None:
    case = reference("farina_pcrlb_dev")
    inputs, model = case["inputs"], farina(case["inputs"])
    chance = np.random.default_rng(20)
    starts = chance.multivariate_normal(inputs["x0"], np.diag(inputs["P0_diag"]), 8000)
    paths = model.path(starts, inputs["steps"], chance)
    start = first_information(inputs)
    found = standard_deviations(posterior_bound(start, model.steps_along(paths)))
    for row in case["expected"][1:]:
        deviation = found[round(row["t"] / inputs["T"]) - 1]
        assert deviation == pytest.approx(row["pcrlb_mc"], rel=case["tolerance"]["mc_rel"])


def test_the_julier_path_is_the_published_scenario(reference: Reference) -> None:
    case = reference("julier_trajectory")
    inputs = case["inputs"]
    path = julier(inputs).path(np.array([inputs["m0_true"]]), 2000)[:, 0]
    for time_s, *state in case["expected"]:
        assert path[round(time_s / 0.1)] == pytest.approx(state, abs=case["tolerance"]["km"])


def test_the_julier_bound_on_the_nominal_path(reference: Reference) -> None:
    case = reference("julier_pcrlb_dev")
    inputs, model = case["inputs"], julier(case["inputs"])
    path = model.path(np.array([inputs["m0_true"]]), 1900)
    found = standard_deviations(posterior_bound(first_information(inputs), model.steps_along(path)))
    for time_s, *deviation in case["expected"]:
        row = found[round(time_s / 0.1) - 1]
        assert row == pytest.approx(deviation, rel=case["tolerance"]["rel"])


def test_the_athans_bound_and_the_extended_filter_on_the_true_path(reference: Reference) -> None:
    case = reference("athans_falling_body")
    inputs, model = case["inputs"], athans(case["inputs"])
    path = model.path(np.array([inputs["x0"]]), 60)
    steps = model.steps_along(path)
    bound = standard_deviations(posterior_bound(first_information(inputs), steps))
    state, covariance = path[0], np.diag(inputs["P0_diag"])[None]
    filtered = []
    for k in range(60):
        covariance = carry(covariance, steps.jacobian[k], steps.noise[k])
        state = model.step(state)
        found = innovate(
            covariance,
            np.zeros((1, 1)),
            steps.look_jacobian[k],
            steps.look_noise[k][None],
            np.ones((1, 1), np.bool_),
        )
        state, covariance = update(state, covariance, found)
        filtered.append(np.sqrt(np.diagonal(covariance[0])))
    for row in case["expected"]:
        assert path[row["t"], 0] == pytest.approx(row["x"], rel=case["tolerance"]["rel"])
        for deviation in (bound[row["t"] - 1], filtered[row["t"] - 1]):
            assert deviation == pytest.approx(row["sigma"], rel=case["tolerance"]["rel"])


def run_filter(
    model: Scenario,
    paths: Floats,
    start: tuple[Floats, Floats],
    unscented: bool,
    chance: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Track paths [k + 1, s, d]; give errors [k, s, d] and covariances [k, s, d, d]."""
    state, covariance = start
    errors, covariances = [], []
    used = np.ones((len(state), len(model.angles)), np.bool_)
    noise = np.broadcast_to(model.measure_noise, (len(state), *model.measure_noise.shape))
    for truth in paths[1:]:
        seen = model.measure(truth) + chance.multivariate_normal(
            np.zeros(len(model.angles)), model.measure_noise, len(state)
        )
        if unscented:
            state, covariance = predict_unscented(model.step, state, covariance, model.noise)
            found = innovate_unscented(
                model.measure, state, covariance, (seen, noise, used), model.angles
            )
        else:
            covariance = carry(covariance, model.step_slope(state), model.noise)
            state = model.step(state)
            off = seen - model.measure(state)
            off = np.where(model.angles, wrap_rad(off), off)
            found = innovate(covariance, off, model.measure_slope(state), noise, used)
        state, covariance = update(state, covariance, found)
        errors.append(state - truth)
        covariances.append(covariance)
    return np.stack(errors), np.stack(covariances)


@pytest.mark.parametrize("unscented", [False, True])
def test_both_filters_come_near_the_bound_and_know_their_errors(
    reference: Reference, unscented: bool
) -> None:
    case = reference("farina_pcrlb_dev")
    inputs, model = case["inputs"], farina(case["inputs"])
    chance = np.random.default_rng(31)
    runs, first = 400, np.diag(inputs["P0_diag"])
    starts = chance.multivariate_normal(inputs["x0"], first, runs)
    paths = model.path(starts, inputs["steps"], chance)
    guess = np.broadcast_to(inputs["x0"], (runs, 4)), np.broadcast_to(first, (runs, 4, 4))
    errors, covariances = run_filter(model, paths, guess, unscented, chance)
    rms = np.sqrt(np.mean(np.square(errors), axis=1))
    for row in case["expected"][1:]:
        ratio = rms[round(row["t"] / inputs["T"]) - 1] / np.array(row["pcrlb_mc"])
        assert np.min(ratio) > 0.85
        assert np.max(ratio) < 1.25
    nees = np.einsum("kni,knij,knj->kn", errors, np.linalg.inv(covariances), errors)
    mean = np.mean(nees[: inputs["steps"] // 2], axis=1)
    assert np.min(mean) > chi2.ppf(1e-4, 4 * runs) / runs
    assert np.max(mean) < chi2.ppf(1 - 1e-4, 4 * runs) / runs


def test_the_bound_on_an_impact_from_a_radar_track(reference: Reference) -> None:
    case = reference("impact_crlb_dev")
    inputs, impact = case["inputs"], case["expected"]["impact"]
    radar = inputs["radar"]
    site_angles = np.radians(radar["lat"]), np.radians(radar["lon"])
    site = np.array([ecef_from_geodetic(*site_angles, radar["h"])])
    axes = np.array([east_north_up(*site_angles)])
    sigma = inputs["sigma"]
    noise = np.diag(np.square([sigma["range_m"], sigma["az_rad"], sigma["el_rad"]]))
    ranges, elevations = case["expected"]["range_km"], case["expected"]["elevation_deg"]
    for time_s, range_km, elevation in zip((100.0, 160.0, 340.0), ranges, elevations, strict=True):
        seen, _ = look(coast(falling(inputs["target"]), time_s).state, site, axes)
        assert seen[0, 0] == pytest.approx(1e3 * range_km, abs=1.0)
        assert np.degrees(seen[0, 2]) == pytest.approx(elevation, abs=1e-4)
    rel = case["tolerance"]["rel"]
    for row in case["expected"]["rows"]:
        state = coast(falling(inputs["target"]), inputs["first_measurement_s"] - 1.0).state
        jacobians, looks = [], []
        for _ in range(row["n_meas"]):
            step = coast(state, 1.0)
            state = step.state
            _, slope = look(state, site, axes)
            jacobians.append(step.jacobian)
            looks.append(slope[:, :3])
        count = row["n_meas"]
        steps = BoundSteps(
            jacobian=np.stack(jacobians),
            noise=np.zeros((count, 6, 6)),
            look_jacobian=np.stack(looks),
            look_noise=np.broadcast_to(noise, (count, 3, 3)),
        )
        information = posterior_bound(np.zeros((6, 6)), steps)[-1]
        left = impact["t"] - inputs["first_measurement_s"] - row["track_s"]
        end = coast(state, left)
        spread, time_sigma = on_the_ground(end.state[0], end.jacobian[0], information)
        assert np.sqrt(spread[0, 0]) == pytest.approx(row["sig_E"], rel=rel)
        assert np.sqrt(spread[1, 1]) == pytest.approx(row["sig_N"], rel=rel)
        assert time_sigma == pytest.approx(row["sig_t_impact_s"], rel=rel)
        minor, major = np.sqrt(np.linalg.eigvalsh(spread))
        assert major == pytest.approx(row["sig_major_m"], rel=rel)
        assert minor == pytest.approx(row["sig_minor_m"], rel=rel)


def coast(state: Floats, time_s: float) -> Transition:
    return transition(state, np.array([time_s]), np.array([COAST]))


def falling(target: dict[str, float]) -> Floats:
    """Give the state [1, 6] of a reference's target."""
    place = np.radians(target["lat"]), np.radians(target["lon"])
    slope, azimuth = np.radians(target["fpa_deg"]), np.radians(target["az_deg"])
    flat = np.cos(slope)
    way = np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(slope)])
    velocity = target["speed_rel"] * way @ np.array(east_north_up(*place))
    return np.concatenate([ecef_from_geodetic(*place, target["h"]), velocity])[None]


def on_the_ground(state: Floats, jacobian: Floats, information: Floats) -> tuple[Floats, float]:
    """Give covariance east and north [2, 2] where a track meets the ground, and sigma of when."""
    latitude, longitude, _ = geodetic_from_ecef_batch(state[None, :3])
    axes = np.array(east_north_up(float(latitude[0]), float(longitude[0])))
    speed = axes @ state[3:]
    local = axes @ jacobian[:3]
    landing = local[:2] - np.outer(speed[:2] / speed[2], local[2])
    when = -local[2] / speed[2]
    scale = 1.0 / np.sqrt(np.diagonal(information))
    covariance = scale[:, None] * np.linalg.inv(scale[:, None] * information * scale) * scale
    return landing @ covariance @ landing.T, float(np.sqrt(when @ covariance @ when))


@given(seed=st.integers(0, 10**6))
def test_one_sample_and_the_same_one_twice_give_the_same_bound(seed: int) -> None:
    chance = np.random.default_rng(seed)
    root, other = np.eye(4) + 0.3 * chance.normal(size=(2, 4, 4))
    jacobian = np.eye(4) + 0.2 * chance.normal(size=(1, 4, 4))
    information, noise = root @ root.T + np.eye(4), other @ other.T + 0.1 * np.eye(4)
    once = carry_information(information, jacobian, noise)
    twice = carry_information(information, np.repeat(jacobian, 2, axis=0), noise)
    assert once == pytest.approx(twice, rel=1e-8, abs=1e-8)
    covariance = carry(np.linalg.inv(information)[None], jacobian, noise[None])[0]
    assert np.linalg.inv(once) == pytest.approx(covariance, rel=1e-8, abs=1e-8)


def test_nothing_known_stays_nothing_known_without_a_measurement() -> None:
    jacobian = np.eye(3)[None] + 0.1
    assert np.all(carry_information(np.zeros((3, 3)), jacobian, np.eye(3)) == 0.0)
