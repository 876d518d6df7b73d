"""Predicted impacts: where free flight ends, and where nothing can be said."""

from typing import Any

import numpy as np
import pytest

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import distance_m
from tocsin.tracking.impact import impacts
from tocsin.tracking.track import BOOST, COAST, Tracks, plain_tracks


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
    found = impacts(known(raid, 600.0, COAST, (1.0, 0.001)))
    latitude, longitude, _ = geodetic_from_ecef_batch(raid.flown.flights.impact_m)
    assert np.all(found.lands)
    miss = distance_m(found.latitude_rad, found.longitude_rad, latitude, longitude)
    # The tracker's air is cruder than the simulator's: up to some kilometres of drag.
    assert miss.max() < 5e3
    assert np.abs(found.time_s + 600.0 - raid.flown.flights.impact_s).max() < 10.0


def test_a_wider_state_makes_a_wider_ellipse(raid: Any) -> None:
    narrow = impacts(known(raid, 600.0, COAST, (1e3, 5.0)))
    wide = impacts(known(raid, 600.0, COAST, (2e3, 10.0)))
    long, short, azimuth = narrow.ellipse_m()
    assert np.all(long >= short)
    assert np.all((azimuth >= 0.0) & (azimuth < np.pi))
    np.testing.assert_allclose(wide.ellipse_m()[0] / long, 2.0, rtol=0.1)
    np.testing.assert_allclose(wide.time_sigma_s / narrow.time_sigma_s, 2.0, rtol=0.25)


def test_what_burns_lands_nowhere_yet(raid: Any) -> None:
    found = impacts(known(raid, 100.0, BOOST, (1e3, 5.0)))
    assert not np.any(found.lands)
    assert np.all(np.isnan(found.latitude_rad))
    assert np.all(np.isnan(found.ellipse_m()[0]))


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
