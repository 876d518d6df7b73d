"""A look made ready: sorted, complete, and where its sensor stands on the Earth that is given."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.sensors.measurement import site_of, site_positions_m
from tocsin.tracking.looks import AZIMUTH, ELEVATION, RANGE, RATE, look_of, place_of
from tocsin.tracking.motion import WGS84, EarthModel

WORLD: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("small_world.py")))
RADAR, SITES = WORLD["RADAR"], WORLD["sites"]()
BODIES = np.vstack(
    [
        WORLD["state_at"](east, 5e5 - 0.3 * east, 4e5 + 0.2 * east, (3e3, 0.0, 0.0))
        for east in (3e5, -2e5, 6e5, 1e5)
    ]
)


@given(order=st.permutations(range(4)), sensor=st.sampled_from([0, 1]))
def test_plots_rise_in_the_key_and_keep_their_numbers(order: list[int], sensor: int) -> None:
    plots = WORLD["plots_at"](BODIES, 0.0, sensor=sensor).take(np.array(order))
    ready = look_of(plots, SITES, 100)
    assert np.all(np.diff(ready.values[:, ready.key]) > 0.0)
    for values, number in zip(ready.values, ready.number, strict=True):
        assert values[ELEVATION] == plots.elevation_rad[number - 100]
        assert values[AZIMUTH] == plots.azimuth_rad[number - 100]
    assert np.array_equal(ready.plots.elevation_rad, ready.values[:, ELEVATION])


def test_a_radar_look_and_a_line_of_sight_say_what_they_measure() -> None:
    radar = look_of(WORLD["plots_at"](BODIES, 0.0), SITES, 0)
    sight = look_of(WORLD["plots_at"](BODIES, 0.0, sensor=1), SITES, 0)
    assert (radar.sight, radar.dof, radar.key, radar.count) == (False, 3, RANGE, 4)
    assert (sight.sight, sight.dof, sight.key, sight.count) == (True, 2, ELEVATION, 4)
    assert np.all(sight.sigma[:, [RANGE, RATE]] == 1.0)
    assert np.all(sight.values[:, [RANGE, RATE]] == 0.0)
    assert np.all(np.isfinite(radar.values))


def test_a_range_rate_that_one_plot_lacks_is_used_of_none() -> None:
    sigma = np.array([50.0, 1e-3, 1e-3, 5.0])
    plots = WORLD["plots_at"](BODIES, 0.0, sigma=sigma)
    assert look_of(plots, SITES, 0).dof == 4
    rates = plots.range_rate_m_s.copy()
    rates[1] = np.nan
    some = look_of(replace(plots, range_rate_m_s=rates), SITES, 0)
    assert some.dof == 3
    assert np.all(np.isfinite(some.values))


def test_lasting_errors_blur_what_is_measured_and_nothing_else() -> None:
    known = WORLD["look_at"](WORLD["plots_at"](BODIES, 0.0), (400.0, 3e-3))
    blurred = known.blurred()
    np.testing.assert_allclose(blurred.sigma[:, RANGE], np.hypot(50.0, 400.0))
    np.testing.assert_allclose(blurred.sigma[:, AZIMUTH], np.hypot(5e-4, 3e-3))
    assert np.all(blurred.sigma[:, RATE] == 1.0)
    assert np.all(known.sigma[:, RANGE] == 50.0)
    assert np.array_equal(blurred.as_measured().sigma_range_m, blurred.sigma[:, RANGE])
    assert np.array_equal(blurred.values, known.values)


def test_a_range_error_stated_of_a_satellite_blurs_no_range() -> None:
    stated = SITES[0], replace(SITES[1], bias_sigma=(500.0, 3e-5))
    blurred = look_of(WORLD["plots_at"](BODIES, 0.0, sensor=1), stated, 0).blurred()
    assert np.all(blurred.sigma[:, RANGE] == 1.0)
    np.testing.assert_allclose(blurred.sigma[:, ELEVATION], np.hypot(2e-5, 3e-5))


def test_some_plots_of_a_look_stay_together() -> None:
    ready = look_of(WORLD["plots_at"](BODIES, 0.0), SITES, 7)
    part = ready.take(np.array([3, 0]))
    assert np.array_equal(part.number, ready.number[[3, 0]])
    assert np.array_equal(part.values, ready.values[[3, 0]])
    assert np.array_equal(part.plots.range_m, ready.plots.range_m[[3, 0]])


def test_the_axes_of_a_look_turn_its_angles_to_the_body() -> None:
    for sensor in (0, 1):
        ready = look_of(WORLD["plots_at"](BODIES, 0.0, sensor=sensor), SITES, 0)
        flat = np.cos(ready.values[:, ELEVATION])
        east, north = np.sin(ready.values[:, AZIMUTH]), np.cos(ready.values[:, AZIMUTH])
        local = np.stack([flat * east, flat * north, np.sin(ready.values[:, ELEVATION])], axis=1)
        away = BODIES[ready.number, :3] - ready.place_m
        line = away / np.linalg.norm(away, axis=1, keepdims=True)
        np.testing.assert_allclose(local @ ready.axes, line, atol=1e-9)


@given(
    latitude_rad=st.floats(-1.5, 1.5),
    longitude_rad=st.floats(-3.1, 3.1),
    altitude_m=st.floats(0.0, 5e3),
)
def test_a_radar_stands_where_the_ellipsoid_has_it(
    latitude_rad: float, longitude_rad: float, altitude_m: float
) -> None:
    moved = replace(
        RADAR, latitude_rad=latitude_rad, longitude_rad=longitude_rad, altitude_m=altitude_m
    )
    site, times = site_of(moved), np.zeros(2, np.int64)
    want = site_positions_m(site, times)
    assert np.array_equal(place_of(site, times, WGS84), want)
    # An Earth of the same shape, which differs in what does not matter here.
    still = EarthModel(rotation_rad_s=0.0)
    np.testing.assert_allclose(place_of(site, times, still), want, rtol=0.0, atol=1e-3)


def test_a_radar_on_a_ball_stands_on_its_surface() -> None:
    ball = EarthModel(radius_m=6_371_000.0, flattening=0.0, j2=0.0)
    site = site_of(replace(RADAR, altitude_m=120.0))
    place = place_of(site, np.zeros(1, np.int64), ball)[0]
    assert np.linalg.norm(place) == pytest.approx(6_371_120.0)
    ready = look_of(WORLD["plots_at"](BODIES, 0.0), (site, SITES[1]), 0, ball)
    np.testing.assert_allclose(ready.place_m, place)
    assert not np.allclose(ready.place_m, WORLD["PLACE_M"], atol=1e3)


def test_a_satellite_is_where_it_is_on_any_earth() -> None:
    ball = EarthModel(radius_m=6_371_000.0, flattening=0.0, j2=0.0)
    time = np.array([WORLD["START_NS"]])
    assert np.array_equal(place_of(SITES[1], time, ball), place_of(SITES[1], time, WGS84))
