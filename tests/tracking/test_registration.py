"""Lasting errors of sensors: Friedland's two filters are the one big filter, and tell the truth."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Site, site_of
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import geostationary
from tocsin.tracking import kernels
from tocsin.tracking.filter import look
from tocsin.tracking.places import stand_for
from tocsin.tracking.registration import (
    Registration,
    expected_shift,
    leaning,
    learnt,
    registration,
    sensitivity_at_start,
    turned_by,
)

RADAR = Radar(
    id="one",
    name="One",
    latitude_rad=0.8,
    longitude_rad=0.6,
    altitude_m=0.0,
    sectors_rad=((0.0, 2.0 * np.pi),),
    elevation_min_rad=0.05,
    elevation_max_rad=1.5,
    range_min_m=1e5,
    range_max_m=5e6,
    reference_rcs_m2=1.0,
    reference_snr=19.0,
    false_alarm_probability=1e-6,
    revisit_s=10.0,
)
SATELLITE = Infrared(
    id="two",
    name="Two",
    orbit=geostationary("Two", 0.6),
    threshold_w_m2=5e-12,
    cloud_break_m=1e4,
    revisit_s=10.0,
)
PLACES = [np.array(ecef_from_geodetic(0.8, longitude, 0.0)) for longitude in (0.6, 0.75)]
AXES = [np.array(east_north_up(0.8, longitude)) for longitude in (0.6, 0.75)]
MEASURED = np.array([True, True, True, False])
BIAS = (300.0, 2e-3)
SIGMA = np.array([60.0, 1e-3, 1e-3, 1.0])


def sites(*stated: tuple[float, float]) -> tuple[Site, ...]:
    """Give radars with stated lasting errors."""
    return tuple(site_of(RADAR, bias) for bias in stated)


def test_only_sensors_that_state_a_lasting_error_have_columns() -> None:
    known = registration(
        (*sites((0.0, 0.0), BIAS), site_of(SATELLITE, (0.0, 2e-5)), site_of(RADAR))
    )
    assert known.sensors == (1, 2)
    assert [known.columns(sensor) for sensor in range(4)] == [None, slice(0, 3), slice(3, 6), None]
    assert np.all(known.mean == 0.0)
    sigma = np.sqrt(np.diag(known.cov))
    np.testing.assert_allclose(sigma[[0, 1, 2, 4, 5]], [300.0, 2e-3, 2e-3, 2e-5, 2e-5])
    assert sigma[3] < 0.01


def test_without_lasting_errors_nothing_is_learnt() -> None:
    known = registration(sites((0.0, 0.0)))
    leans = leaning(np.ones((2, 4, 6)), np.zeros((2, 6, 0)), None)
    shift, unsure = expected_shift(known, leans)
    assert np.all(shift == 0.0)
    assert np.all(unsure == 0.0)
    assert learnt(known, np.ones((2, 4)), np.tile(np.eye(4), (2, 1, 1)), leans, MEASURED) is known
    some = registration(sites(BIAS))
    none = np.empty((0, 4))
    assert learnt(some, none, np.empty((0, 4, 4)), np.empty((0, 4, 3)), MEASURED) is some


def test_two_filters_are_the_one_of_all_tracks_and_errors() -> None:
    """A linear toy: three tracks, two sensors, each measuring three numbers of six by its own."""
    draw = np.random.default_rng(1)
    tracks, size, errors = 3, 6, 6
    h = np.zeros((2, 4, 6))
    h[:, :3] = draw.normal(size=(2, 3, 6))
    way = np.eye(6) + 0.1 * draw.normal(size=(6, 6))
    noise, wobble = np.array([0.5, 0.2, 0.3, 1.0]), 0.05 * np.eye(6)
    known = registration(sites((0.7, 0.4), (1.3, 0.9)))
    mean, cov = draw.normal(size=(tracks, 6)), np.tile(4.0 * np.eye(6), (tracks, 1, 1))
    turn = np.zeros((tracks, size, errors))
    whole, spread = big(mean, cov, known)
    for look_number in range(8):
        sensor = look_number % 2
        mean, cov = mean @ way.T, way @ cov @ way.T + wobble
        turn = way @ turn
        big_way = np.eye(whole.size)
        big_noise = np.zeros_like(spread)
        for n in range(tracks):
            at = slice(size * n, size * (n + 1))
            big_way[at, at], big_noise[at, at] = way, wobble
        whole, spread = big_way @ whole, big_way @ spread @ big_way.T + big_noise
        fed = np.array([0, 2]) if look_number % 3 else np.arange(tracks)
        values = draw.normal(size=(fed.size, 4)) * 3.0
        wide = np.broadcast_to(h[sensor], (fed.size, 4, 6))
        leans = leaning(wide, turn[fed], known.columns(sensor))
        off = values - mean[fed] @ h[sensor].T
        s = wide @ cov[fed] @ np.swapaxes(wide, 1, 2) + np.diag(noise**2)
        gain = np.zeros((fed.size, 6, 4))
        gain[:, :, :3] = cov[fed] @ h[sensor, :3].T @ np.linalg.inv(s[:, :3, :3])
        known = learnt(known, off, s, leans, MEASURED)
        mean[fed] += np.einsum("kij,kj->ki", gain, off)
        cov[fed] -= gain @ wide @ cov[fed]
        turn[fed] = turned_by(turn[fed], gain, leans)
        rows = np.zeros((3 * fed.size, whole.size))
        for n, track in enumerate(fed):
            rows[3 * n : 3 * n + 3, size * track : size * track + size] = h[sensor, :3]
            first = size * tracks + 3 * sensor
            rows[3 * n : 3 * n + 3, first : first + 3] = np.eye(3)
        through = spread @ rows.T
        weight = through @ np.linalg.inv(
            rows @ through + np.diag(np.tile(noise[:3] ** 2, fed.size))
        )
        whole = whole + weight @ (values[:, :3].ravel() - rows @ whole)
        spread = spread - weight @ through.T
    np.testing.assert_allclose(known.mean, whole[size * tracks :], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(known.cov, spread[size * tracks :, size * tracks :], atol=1e-9)
    for n in range(tracks):
        at = slice(size * n, size * (n + 1))
        np.testing.assert_allclose(mean[n] + turn[n] @ known.mean, whole[at], atol=1e-8)
        np.testing.assert_allclose(
            cov[n] + turn[n] @ known.cov @ turn[n].T, spread[at, at], atol=1e-8
        )


def big(mean: Floats, cov: Floats, known: Registration) -> tuple[Floats, Floats]:
    """Give state and covariance of the filter of all tracks and errors at once."""
    sizes = [*(len(each) for each in cov), len(known.cov)]
    spread = np.zeros((sum(sizes), sum(sizes)))
    first = 0
    for block in [*cov, known.cov]:
        spread[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    return np.concatenate([mean.ravel(), known.mean]), spread


def watched(seed: int, looks: int) -> tuple[Floats, list[Registration]]:
    """Let two radars of unknown lasting errors watch twelve bodies that stand still.

    Gives the true errors, and what is known after each look.
    """
    draw = np.random.default_rng(seed)
    known = registration(sites(BIAS, BIAS))
    true = draw.normal(size=6) * np.sqrt(np.diag(known.cov))
    body = PLACES[0] + draw.uniform(3e5, 9e5, (12, 3)) @ np.stack(
        [AXES[0][0], AXES[0][1], AXES[0][2]]
    )
    body = np.hstack([body, np.zeros((12, 3))])
    path = [known]
    mean, cov, turn = np.empty((12, 6)), np.empty((12, 6, 6)), np.empty((12, 6, 6))
    one = np.arange(12)
    for number in range(looks):
        sensor = number % 2
        place, axes = PLACES[sensor], AXES[sensor]
        stand = np.broadcast_to(place, (12, 3)), np.broadcast_to(axes, (12, 3, 3))
        values, sigma = look(body, *stand)[0], np.tile(SIGMA, (12, 1))
        values[:, :3] += true[3 * sensor : 3 * sensor + 3] + draw.normal(size=(12, 3)) * SIGMA[:3]
        if number == 0:
            mean[:, :3], blur = stand_for(values, sigma, place, axes)
            mean[:, 3:] = 0.0
            cov[:] = np.diag([0.0] * 3 + [1e-4] * 3)
            cov[:, :3, :3] = blur
            turn = sensitivity_at_start(mean, place, axes, known.columns(sensor), 6)
            continue
        z, h, s = np.empty((12, 4)), np.empty((12, 4, 6)), np.empty((12, 4, 4))
        kernels.expect(mean, cov, place, axes, z, h, s)
        leans = leaning(h, turn, known.columns(sensor))
        variance = s + np.square(SIGMA) * np.eye(4)
        known = learnt(known, values - z, variance, leans, MEASURED)
        mean, cov, gain = kernels.updated(
            mean, cov, (z, h, s), (one, one), (values, sigma, MEASURED)
        )
        turn = turned_by(turn, gain, leans)
        path.append(known)
    return true, path


def test_estimated_errors_are_as_far_off_as_they_claim_to_be() -> None:
    distances, sigmas = [], []
    for seed in range(30):
        true, path = watched(seed, 16)
        off = path[-1].mean - true
        distances.append(off @ np.linalg.solve(path[-1].cov, off))
        sigmas.append(np.sqrt(np.diag(path[-1].cov)))
    low, high = chi2.ppf([0.0005, 0.9995], 6 * len(distances))
    assert low < np.sum(distances) < high
    prior = np.array([BIAS[0], BIAS[1], BIAS[1]] * 2)
    assert np.all(np.mean(sigmas, axis=0) < 0.8 * prior)


def test_what_is_known_of_lasting_errors_only_grows() -> None:
    _, path = watched(1, 12)
    for before, after in pairwise(path):
        shrinks = np.linalg.eigvalsh(
            (before.cov - after.cov) / np.sqrt(np.outer(np.diag(before.cov), np.diag(before.cov)))
        )
        assert shrinks.min() > -1e-9
        np.testing.assert_allclose(after.cov, after.cov.T, rtol=1e-12)
        assert np.all(np.linalg.eigvalsh(after.cov) > 0.0)


def test_a_track_starts_as_far_aside_as_an_error_puts_its_plots() -> None:
    values, sigma = np.array([[8e5, 5.9, 0.6], [2e6, 1.0, 0.2]]), np.full((2, 3), 1e-9)
    errors = np.array([50.0, 2e-4, -3e-4])
    truth, _ = stand_for(values, sigma, PLACES[0], AXES[0])
    wrong, _ = stand_for(values + errors, sigma, PLACES[0], AXES[0])
    mean = np.hstack([wrong, np.zeros((2, 3))])
    turn = sensitivity_at_start(mean, PLACES[0], AXES[0], slice(3, 6), 9)
    assert turn.shape == (2, 6, 9)
    moved = mean[:, :3] + turn[:, :3, 3:6] @ errors
    np.testing.assert_allclose(moved, truth, rtol=0.0, atol=1.0)
    assert np.all(turn[:, :, :3] == 0.0)
    assert np.all(turn[:, 3:] == 0.0)


@pytest.mark.parametrize("size", [0, 3])
def test_a_sensor_without_lasting_errors_starts_tracks_that_do_not_turn(size: int) -> None:
    turn = sensitivity_at_start(np.ones((2, 6)), PLACES[0], AXES[0], None, size)
    assert turn.shape == (2, 6, size)
    assert np.all(turn == 0.0)
