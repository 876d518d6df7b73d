"""A plume seen from orbit: strength, chance, background and mirrored sunlight."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import Axis, east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats
from tocsin.sensors.infrared import (
    THRESHOLD_SIGMAS,
    Infrared,
    glint_angle_rad,
    irradiance_w_m2,
    plume_detection_probability,
    sees_earth_behind,
)
from tocsin.sensors.limits import SensorError
from tocsin.sensors.satellites import GEO_RADIUS_M, geostationary

laws = settings(max_examples=50, deadline=None)
WATCH = Infrared(
    id="watch-1",
    name="Watch",
    orbit=geostationary("Watch", 1.2),
    threshold_w_m2=1e-11,
    cloud_break_m=10e3,
    revisit_s=10.0,
)


@laws
@given(plume=st.floats(1.0, 1e8), range_m=st.floats(1e5, 5e7), height_m=st.floats(0.0, 1e6))
def test_a_plume_fades_with_the_square_of_range_and_is_dark_below_the_cloud_break(
    plume: float, range_m: float, height_m: float
) -> None:
    near = irradiance_w_m2(plume, range_m, height_m, 10e3)

    assert (near > 0.0) == (height_m >= 10e3)
    assert irradiance_w_m2(plume, 2.0 * range_m, height_m, 10e3) == pytest.approx(0.25 * near)
    assert irradiance_w_m2(3.0 * plume, range_m, height_m, 10e3) == pytest.approx(3.0 * near)


def test_a_megawatt_plume_at_geostationary_distance_gives_its_inverse_square() -> None:
    assert irradiance_w_m2(1e6, 36_000e3, 20e3, 10e3) == pytest.approx(7.716049e-10, rel=1e-6)


@laws
@given(arriving=st.floats(0.0, 1e-9), more=st.floats(1.0, 5.0))
def test_a_brighter_plume_is_never_seen_less_often(arriving: float, more: float) -> None:
    dim = plume_detection_probability(arriving, 1e-11)
    bright = plume_detection_probability(more * arriving, 1e-11)

    assert 0.0 <= dim <= bright <= 1.0
    other_unit = plume_detection_probability(1e3 * arriving, 1e-8)
    assert other_unit == pytest.approx(dim, rel=1e-9, abs=1e-12)


def test_chances_are_what_counting_noisy_looks_gives() -> None:
    noise = np.random.default_rng(5).normal(size=400_000) / THRESHOLD_SIGMAS
    for strength in (0.0, 0.6, 1.0, 1.4):
        counted = (strength + noise > 1.0).mean()

        assert plume_detection_probability(strength, 1.0) == pytest.approx(counted, abs=0.003)
    assert plume_detection_probability(1.0, 1.0) == 0.5


@laws
@given(passed_m=st.floats(-200e3, 200e3), along_m=st.floats(1e7, 3.4e7))
def test_a_target_is_before_earth_when_its_line_goes_on_to_meet_the_ground(
    passed_m: float, along_m: float
) -> None:
    off = math.asin((EARTH_A_M + passed_m) / GEO_RADIUS_M)
    x, y = GEO_RADIUS_M - along_m * math.cos(off), along_m * math.sin(off)
    if abs(passed_m) > 1.0:
        before_earth = sees_earth_behind(GEO_RADIUS_M, 0.0, 0.0, x, y, 0.0)

        assert before_earth == (passed_m < 0.0)


def test_a_target_behind_earth_has_only_space_behind_it() -> None:
    assert not sees_earth_behind(GEO_RADIUS_M, 0.0, 0.0, -2.0 * EARTH_A_M, 0.0, 0.0)


@pytest.mark.parametrize(("height_m", "through"), [(9_999.0, 0.0), (10e3, 1.0), (10_001.0, 1.0)])
def test_the_cloud_break_itself_lets_the_light_through(height_m: float, through: float) -> None:
    assert irradiance_w_m2(4.0, 2.0, height_m, 10e3) == through


def test_a_rocket_beyond_the_limb_is_before_space_and_one_below_the_satellite_before_earth() -> (
    None
):
    beside = math.radians(81.0)
    high = (EARTH_A_M + 400e3) * math.cos(beside), (EARTH_A_M + 400e3) * math.sin(beside)

    assert not sees_earth_behind(GEO_RADIUS_M, 0.0, 0.0, *high, 0.0)
    assert sees_earth_behind(GEO_RADIUS_M, 0.0, 0.0, EARTH_A_M + 400e3, 0.0, 0.0)


def tilted(axes: tuple[Axis, Axis, Axis], azimuth: float, elevation: float) -> Floats:
    east, north, up = (np.array(axis) for axis in axes)
    flat = math.sin(azimuth) * east + math.cos(azimuth) * north
    return np.asarray(math.cos(elevation) * flat + math.sin(elevation) * up)


@laws
@given(
    latitude=st.floats(-1.5, 1.5),
    longitude=st.floats(-3.1, 3.1),
    azimuth=st.floats(0.0, 6.2),
    elevation=st.floats(0.05, 1.5),
    off=st.floats(-0.04, 0.04),
)
def test_the_mirrored_sun_is_at_its_own_elevation_on_the_other_side(
    latitude: float, longitude: float, azimuth: float, elevation: float, off: float
) -> None:
    axes = east_north_up(latitude, longitude)
    sun = 1.5e11 * tilted(axes, azimuth, elevation)
    satellite = 4e7 * tilted(axes, azimuth + math.pi, elevation + off)

    angle = glint_angle_rad(axes[2], tuple(satellite), tuple(sun))

    assert angle == pytest.approx(abs(off), abs=1e-9)


@pytest.mark.parametrize(("sun_deg", "satellite_deg"), [(-1.0, 30.0), (30.0, -1.0)])
def test_nothing_glints_where_the_sun_or_the_satellite_is_down(
    sun_deg: float, satellite_deg: float
) -> None:
    axes = east_north_up(0.3, 0.4)
    sun = tilted(axes, 0.0, math.radians(sun_deg))
    satellite = tilted(axes, math.pi, math.radians(satellite_deg))

    assert glint_angle_rad(axes[2], tuple(satellite), tuple(sun)) == math.pi


def test_the_sun_straight_above_glints_straight_up() -> None:
    place = ecef_from_geodetic(0.0, 0.0, 0.0)
    up = east_north_up(0.0, 0.0)[2]

    assert place[0] == EARTH_A_M
    assert glint_angle_rad(up, (3e7, 0.0, 0.0), (1.5e11, 0.0, 0.0)) == 0.0


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("id", "", "id is empty"),
        ("name", "", "name is empty"),
        ("threshold_w_m2", 0.0, "threshold_w_m2 is 0; it must be from 1e-16 to 1"),
        ("cloud_break_m", -1.0, "cloud_break_m is -1; it must be from 0 to 30000"),
        ("revisit_s", math.nan, "revisit_s is nan"),
        ("elevation_min_rad", 5.0, "elevation_min_rad is 5"),
        ("confirm_hits", 0, "confirm_hits is 0; it must be from 1 to 3"),
        ("confirm_window", 9, "confirm_window is 9"),
    ],
)
def test_a_satellite_that_cannot_be_is_refused_by_name_key_value_and_limits(
    key: str, value: Any, said: str
) -> None:
    with pytest.raises(SensorError, match=f"infrared satellite '.*': {said}"):
        replace(WATCH, **{key: value})


def test_a_plume_counts_from_five_degrees_up_unless_said_otherwise() -> None:
    assert WATCH.elevation_min_rad == math.radians(5.0)
