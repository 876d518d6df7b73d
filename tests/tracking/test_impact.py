"""Predicted impacts: where free flight ends, and where nothing can be said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import distance_m
from tocsin.tracking.impact import (
    CHI2_95,
    STAGE_CHANCE,
    ground_axes,
    if_cut_now,
    impact_history,
    impacts,
    on_ellipsoid,
)
from tocsin.tracking.motion import WGS84
from tocsin.tracking.track import BOOST, COAST, Tracks, joined_tracks, plain_tracks


def known(raid: Any, time_s: float, phase: int, sigma: tuple[float, float]) -> Tracks:
    """Make tracks of the true states with small errors claimed."""
    j = round(time_s / 10.0)
    state = np.hstack([raid.flown.position_ecef_m[:, j], raid.flown.velocity_ecef_m_s[:, j]])
    n = state.shape[0]
    spread = np.diag([sigma[0] ** 2] * 3 + [sigma[1] ** 2] * 3)
    whole = np.arange(n)
    return plain_tracks(
        track=whole,
        time_tai_ns=np.full(n, round(time_s * 1e9)),
        state=state,
        covariance=np.broadcast_to(spread, (n, 6, 6)).copy(),
        existence=np.ones(n),
        phase=np.full(n, phase),
        sensors=whole,
        hits=whole,
        misses=whole,
    )


def test_a_known_state_lands_where_the_flight_did(raid: Any) -> None:
    found = impacts(known(raid, 600.0, COAST, (1.0, 0.001)), stage_chance=0.0)
    latitude, longitude, _ = geodetic_from_ecef_batch(raid.flown.flights.impact_m)
    assert np.all(found.lands)
    miss = distance_m(found.latitude_rad, found.longitude_rad, latitude, longitude)
    # The tracker's air is cruder than the simulator's: up to some kilometres of drag.
    assert miss.max() < 5e3
    assert np.abs(found.time_s + 600.0 - raid.flown.flights.impact_s).max() < 10.0


def without_drag_error(tracks: Tracks) -> Tracks:
    """Give tracks whose drag is known."""
    return replace(tracks, inverse_ballistic_sigma_m2_kg=np.zeros(tracks.count))


def test_a_wider_state_makes_a_wider_ellipse(raid: Any) -> None:
    narrow = impacts(without_drag_error(known(raid, 600.0, COAST, (1e3, 5.0))))
    wide = impacts(without_drag_error(known(raid, 600.0, COAST, (2e3, 10.0))))
    long, short, azimuth = narrow.ellipse_m()
    assert np.all(long >= short)
    assert np.all((azimuth >= 0.0) & (azimuth < np.pi))
    np.testing.assert_allclose(wide.ellipse_m()[0] / long, 2.0, rtol=0.1)
    np.testing.assert_allclose(wide.apogee_sigma_m / narrow.apogee_sigma_m, 2.0, rtol=0.1)
    assert np.all(wide.time_sigma_s > narrow.time_sigma_s)


def test_unknown_drag_widens_the_ellipse_and_the_time(raid: Any) -> None:
    tracks = known(raid, 600.0, COAST, (1.0, 0.001))
    sure, unsure = impacts(without_drag_error(tracks)), impacts(tracks)
    assert np.all(unsure.ellipse_m()[0] > 2.0 * sure.ellipse_m()[0])
    assert np.all(unsure.time_sigma_s > 2.0 * sure.time_sigma_s)


def test_what_has_not_slowed_down_may_be_a_stage_or_its_payload(raid: Any) -> None:
    tracks = known(raid, 600.0, COAST, (1.0, 0.001))
    payload, either = impacts(tracks, stage_chance=0.0), impacts(tracks)
    stage = impacts(
        replace(
            tracks,
            inverse_ballistic_m2_kg=np.full(tracks.count, 1.0 / 300.0),
            inverse_ballistic_sigma_m2_kg=np.full(tracks.count, 1e-6),
        )
    )
    for nature in (payload, stage):
        assert np.all(np.abs(nature.time_s - either.time_s) < 1.96 * either.time_sigma_s)
    assert np.all((payload.time_s < either.time_s) & (either.time_s < stage.time_s))
    assert np.all(stage.time_s - payload.time_s > 60.0)
    shift = distance_m(
        payload.latitude_rad, payload.longitude_rad, either.latitude_rad, either.longitude_rad
    )
    whole = distance_m(
        payload.latitude_rad, payload.longitude_rad, stage.latitude_rad, stage.longitude_rad
    )
    np.testing.assert_allclose(shift / whole, STAGE_CHANCE, atol=0.1)
    assert np.all(whole < either.ellipse_m()[0])


def test_a_measured_drag_leaves_no_other_nature(raid: Any) -> None:
    tracks = known(raid, 600.0, COAST, (1.0, 0.001))
    measured = replace(tracks, inverse_ballistic_sigma_m2_kg=np.full(tracks.count, 2e-5))
    for nature in (0.0, 0.9):
        found = impacts(measured, stage_chance=nature)
        np.testing.assert_array_equal(found.time_s, impacts(measured).time_s)


def test_the_apogee_of_a_known_state_is_that_of_the_flight(raid: Any) -> None:
    found = impacts(known(raid, 600.0, COAST, (1.0, 0.001)))
    np.testing.assert_allclose(found.apogee_m, raid.flown.flights.apogee_m, atol=50.0)
    np.testing.assert_allclose(found.apogee_time_s + 600.0, raid.flown.flights.apogee_s, atol=0.1)
    later = impacts(known(raid, 1000.0, COAST, (1.0, 0.001)))
    assert np.all(np.isnan(later.apogee_m) & np.isnan(later.apogee_sigma_m))


def test_the_95_percent_ellipse_holds_the_truth_in_95_of_100_cases(raid: Any) -> None:
    count, sigma = 400, np.array([3e3] * 3 + [15.0] * 3)
    chance = np.random.default_rng(7)
    exact = known(raid, 600.0, COAST, (3e3, 15.0)).take(np.zeros(count, np.int64))
    exact = without_drag_error(exact)
    moved = replace(exact, state=exact.state + sigma * chance.standard_normal((count, 6)))
    true, found = impacts(exact.take(np.arange(1))), impacts(moved)
    place = on_ellipsoid(true.latitude_rad, true.longitude_rad, WGS84)
    at = on_ellipsoid(found.latitude_rad, found.longitude_rad, WGS84)
    off = np.einsum("nij,nj->ni", ground_axes(at)[:, :2], place - at)
    square = np.einsum("ni,nij,nj->n", off, np.linalg.inv(found.covariance_m2), off)
    # 0.95 give or take three standard deviations of 400 draws.
    assert 0.917 < np.mean(square < CHI2_95) < 0.983


def test_history_tells_how_an_ellipse_shrank(raid: Any) -> None:
    early = replace(known(raid, 600.0, COAST, (2e3, 10.0)))
    late = known(raid, 700.0, COAST, (1e3, 5.0))
    told = impact_history(joined_tracks([late, early]))
    assert np.all(np.isnan(told.growth_m_s[::2]))
    assert np.all(told.growth_m_s[1::2] < 0.0)
    assert np.all(told.moved_m[1::2] < 2e3)


def test_a_wide_track_near_orbit_lands_perhaps(raid: Any) -> None:
    near = known(raid, 600.0, COAST, (1e3, 5.0)).take(np.arange(1))
    state = np.array([[7.1e6, 0.0, 0.0, 0.0, 7_250.0 - 517.0, 0.0]])
    spread = np.diag([1e8] * 3 + [1e5] * 3)[None]
    chance = impacts(replace(near, state=state, covariance=spread)).lands_probability[0]
    assert 0.0 < chance < 1.0


def test_what_burns_lands_nowhere_yet(raid: Any) -> None:
    found = impacts(known(raid, 100.0, BOOST, (1e3, 5.0)))
    assert not np.any(found.lands)
    assert np.all(np.isnan(found.latitude_rad))
    assert np.all(np.isnan(found.ellipse_m()[0]))
    assert np.all(if_cut_now(known(raid, 100.0, BOOST, (1e3, 5.0))).lands)


def test_an_orbit_lands_nowhere() -> None:
    speed = 7_500.0
    state = np.array([[7.1e6, 0.0, 0.0, 0.0, speed - 517.0, 0.0]])
    one = np.ones(1, np.int64)
    orbit = plain_tracks(
        track=one,
        time_tai_ns=one,
        state=state,
        covariance=np.eye(6)[None],
        existence=np.ones(1),
        phase=np.full(1, COAST),
        sensors=one,
        hits=one,
        misses=one,
    )
    assert not impacts(orbit).lands[0]


def test_no_tracks_give_no_impacts(raid: Any) -> None:
    none = known(raid, 600.0, COAST, (1.0, 1.0)).take(np.empty(0, np.int64))
    assert impacts(none).lands.size == 0
    assert impacts(none).time_s.size == pytest.approx(0)
