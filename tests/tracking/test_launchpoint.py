"""Launch points: from free flight alone, and from plots of the ascent."""

from dataclasses import replace
from typing import Any

import numpy as np

from tocsin.lanes import Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.sensors.satellites import geostationary
from tocsin.tracking.filter import look
from tocsin.tracking.impact import CHI2_95, ground_axes, on_ellipsoid
from tocsin.tracking.launchpoint import (
    FROM_ASCENT,
    FROM_COAST,
    UNKNOWN,
    LaunchPoints,
    launch_points,
    launch_points_from_plots,
)
from tocsin.tracking.motion import WGS84
from tocsin.tracking.track import BOOST, COAST, Tracks, plain_tracks


def coasting(raid: Any, phase: int) -> Tracks:
    """Give tracks of the true states, 600 s after lift-off."""
    state = np.hstack([raid.flown.position_ecef_m[:, 60], raid.flown.velocity_ecef_m_s[:, 60]])
    whole = np.arange(len(state))
    return plain_tracks(
        track=whole,
        time_tai_ns=np.full(len(state), 600 * 10**9),
        state=state,
        covariance=np.tile(np.diag([1e6] * 3 + [25.0] * 3), (len(state), 1, 1)),
        existence=np.ones(len(state)),
        phase=np.full(len(state), phase),
        sensors=whole,
        hits=whole,
        misses=whole,
    )


def ascents(raid: Any) -> tuple[Plots, Integers, tuple[Site, ...]]:
    """Give plots of the ascents by two geostationary satellites, 30 to 60 s after lift-off."""
    chance = np.random.default_rng(3)
    sites = tuple(
        site_of(
            Infrared(
                id=name,
                name=name,
                orbit=geostationary(name, float(np.radians(east))),
                threshold_w_m2=1e-12,
                cloud_break_m=1e4,
                revisit_s=10.0,
            )
        )
        for name, east in (("west", 30.0), ("east", 100.0))
    )
    values, sensors, rows, times = [], [], [], []
    for j in (3, 4, 5, 6):
        state = np.hstack([raid.flown.position_ecef_m[:, j], raid.flown.velocity_ecef_m_s[:, j]])
        for s, site in enumerate(sites):
            place = site_positions_m(site, np.zeros(len(state), np.int64))
            true = look(state, place, np.tile(np.eye(3)[[1, 0, 2]], (len(state), 1, 1)))[0]
            values.append(true[:, 1:3] + 50e-6 * chance.standard_normal((len(state), 2)))
            sensors.append(np.full(len(state), s))
            rows.append(np.arange(len(state)))
            times.append(np.full(len(state), j * 10**10))
    angle = np.concatenate(values)
    none, sigma = np.full(len(angle), np.nan), np.full(len(angle), 50e-6)
    plots = Plots(
        sensors=("west", "east"),
        time_tai_ns=np.concatenate(times),
        sensor=np.concatenate(sensors),
        range_m=none,
        azimuth_rad=angle[:, 0],
        elevation_rad=angle[:, 1],
        range_rate_m_s=none,
        snr_db=none,
        sigma_range_m=none,
        sigma_azimuth_rad=sigma,
        sigma_elevation_rad=sigma,
        sigma_range_rate_m_s=none,
        plot_id=np.arange(len(angle)),
    )
    return plots, np.concatenate(rows), sites


def check(raid: Any, found: LaunchPoints, how: int, long_m: float) -> None:
    """Hold launch points to the raid's: lift-off is at instant 0, sample 0 is the pad."""
    assert np.all(found.how == how)
    at = on_ellipsoid(found.latitude_rad, found.longitude_rad, WGS84)
    home = raid.flown.position_ecef_m[:, 0]
    off = np.einsum("nij,nj->ni", ground_axes(at)[:, :2], home - at)
    square = np.einsum("ni,nij,nj->n", off, np.linalg.inv(found.covariance_m2), off)
    assert np.all(square < 2.0 * CHI2_95)
    assert np.all(np.abs(found.time_tai_ns / 1e9) < 2.5 * found.time_sigma_s)
    assert np.all(found.ellipse_m()[0] < long_m)
    assert np.all(found.time_sigma_s < 40.0)


def test_a_coasting_track_tells_roughly_where_it_came_from(raid: Any) -> None:
    check(raid, launch_points(coasting(raid, COAST)), FROM_COAST, 120e3)


def test_plots_of_the_ascent_tell_it_better(raid: Any) -> None:
    check(raid, launch_points_from_plots(*ascents(raid)), FROM_ASCENT, 25e3)


def test_of_a_burning_track_nothing_is_told(raid: Any) -> None:
    found = launch_points(coasting(raid, BOOST))
    assert np.all(found.how == UNKNOWN)
    assert np.all(np.isnan(found.latitude_rad))


def test_no_plots_give_no_launch_points(raid: Any) -> None:
    plots, rows, sites = ascents(raid)
    none = np.empty(0, np.int64)
    assert launch_points_from_plots(plots.take(none), rows[none], sites).how.size == 0


def test_what_is_first_seen_high_and_fast_is_told_no_launch(raid: Any) -> None:
    plots, rows, sites = ascents(raid)
    told = launch_points_from_plots(plots, rows, sites)
    first = np.unique(rows, return_index=True)[1]
    lone = launch_points_from_plots(plots.take(first), rows[first], sites)
    assert np.all(told.how == FROM_ASCENT)
    assert np.all(lone.how == UNKNOWN)
    # Ten times as fast over the ground: what a satellite sees late in a burn.
    middle = np.round(plots.time_tai_ns[first][rows]).astype(np.int64)
    squeezed = middle + (plots.time_tai_ns - middle) // 10
    fast = launch_points_from_plots(replace(plots, time_tai_ns=squeezed), rows, sites)
    assert np.all(fast.how == UNKNOWN)
