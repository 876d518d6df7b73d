"""Starts of tracks: measured places come back, with errors as large as claimed."""

import math

import numpy as np
import pytest

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import ecef_from_geodetic, geodetic_from_ecef
from tocsin.lanes import Floats
from tocsin.sensors.measurement import Plots
from tocsin.tracking.initiate import (
    PLUME_HEIGHT_M,
    directions,
    from_lone_sight,
)

SATELLITE_AXES = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
SIGMA = (120.0, 2e-3, 3e-3)


def plots_of(range_m: Floats, azimuth: Floats, elevation: Floats) -> Plots:
    n = azimuth.size
    ones, none = np.ones(n), np.full(n, np.nan)
    return Plots(
        sensors=("one",),
        time_tai_ns=np.zeros(n, np.int64),
        sensor=np.zeros(n, np.int64),
        range_m=range_m,
        azimuth_rad=azimuth,
        elevation_rad=elevation,
        range_rate_m_s=none,
        snr_db=none,
        sigma_range_m=SIGMA[0] * ones,
        sigma_azimuth_rad=SIGMA[1] * ones,
        sigma_elevation_rad=SIGMA[2] * ones,
        sigma_range_rate_m_s=none,
        plot_id=np.arange(n),
    )


def sight(place: Floats, target: Floats) -> Plots:
    line = (target - place) / np.linalg.norm(target - place)
    azimuth = np.array([math.atan2(line[1], line[0])])
    return plots_of(np.array([np.nan]), azimuth, np.array([math.asin(line[2])]))


def test_one_satellite_takes_the_likely_height() -> None:
    target = np.array(ecef_from_geodetic(0.4, 0.2, PLUME_HEIGHT_M))
    place = np.array([4.2e7, 0.0, 0.0])
    found, covariance, usable = from_lone_sight(
        sight(place, target), place[None], SATELLITE_AXES[None]
    )
    assert usable[0]
    assert geodetic_from_ecef(*found[0])[2] == pytest.approx(PLUME_HEIGHT_M, abs=200.0)
    widest = math.sqrt(np.linalg.eigvalsh(covariance[0])[-1])
    assert widest > 4e4


def test_a_line_past_earth_starts_nothing() -> None:
    place = np.array([4.2e7, 0.0, 0.0])
    past = sight(place, np.array([0.0, EARTH_A_M + 1e6, 0.0]))
    assert not from_lone_sight(past, place[None], SATELLITE_AXES[None])[2][0]


def test_a_line_due_north_points_north() -> None:
    assert np.all(directions(plots_of(*np.zeros((3, 1))), np.eye(3)[None]) == [[0.0, 1.0, 0.0]])
