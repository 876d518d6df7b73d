"""Look angles, sectors, Earth's limb and the plain geometry of what a radar or satellite sees."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M, EARTH_MEAN_RADIUS_M
from tocsin.earth.frames import east_north_up, ecef_from_geodetic, geodetic_from_ecef_batch
from tocsin.flight.kepler import minimum_energy_arc, propagate
from tocsin.lanes import Floats
from tocsin.sensors.satellites import GEO_RADIUS_M
from tocsin.sensors.visibility import (
    earth_half_angle_rad,
    line_of_sight_clear,
    look_angles,
    lowest_height_m,
    seen_half_angle_rad,
    sine_of_elevation,
    slant_ground_range_m,
    slant_height_m,
    straight_ground_range_m,
)

laws = settings(max_examples=50, deadline=None)
latitudes = st.floats(-1.5, 1.5)
longitudes = st.floats(-math.pi, math.pi)
azimuths = st.floats(0.0, 2.0 * math.pi - 1e-9)
elevations = st.floats(-1.5, 1.5)
heights = st.floats(0.0, 40e6)


def step_from(
    latitude: float, longitude: float, range_m: float, azimuth: float, elevation: float
) -> tuple[float, float, float]:
    """Build the vector to a target from its range, azimuth and elevation."""
    east, north, up = east_north_up(latitude, longitude)
    e = range_m * math.cos(elevation) * math.sin(azimuth)
    n = range_m * math.cos(elevation) * math.cos(azimuth)
    u = range_m * math.sin(elevation)
    x, y, z = (e * east[k] + n * north[k] + u * up[k] for k in range(3))
    return x, y, z


@laws
@given(latitudes, longitudes, st.floats(1.0, 1e8), azimuths, elevations)
def test_look_angles_give_back_the_range_azimuth_and_elevation_a_target_was_built_from(
    latitude: float, longitude: float, range_m: float, azimuth: float, elevation: float
) -> None:
    away = step_from(latitude, longitude, range_m, azimuth, elevation)

    seen_m, seen_azimuth, seen_elevation = look_angles(*away, *east_north_up(latitude, longitude))

    assert seen_m == pytest.approx(range_m, rel=1e-12)
    assert math.remainder(seen_azimuth - azimuth, 2.0 * math.pi) == pytest.approx(0.0, abs=1e-12)
    assert 0.0 <= seen_azimuth <= 2.0 * math.pi
    assert seen_elevation == pytest.approx(elevation, abs=1e-12)
    sine = sine_of_elevation(*away, east_north_up(latitude, longitude)[2])
    assert sine == pytest.approx(math.sin(elevation), abs=1e-12)


@laws
@given(latitudes, longitudes, latitudes, longitudes, heights, longitudes)
def test_turning_sensor_and_target_together_about_the_pole_changes_no_look_angle(
    latitude: float,
    longitude: float,
    target_latitude: float,
    target_longitude: float,
    height_m: float,
    turn: float,
) -> None:
    def looked(by: float) -> tuple[float, float, float]:
        place = ecef_from_geodetic(latitude, longitude + by, 0.0)
        target = ecef_from_geodetic(target_latitude, target_longitude + by, height_m + 1e5)
        x, y, z = (there - here for there, here in zip(target, place, strict=True))
        return look_angles(x, y, z, *east_north_up(latitude, longitude + by))

    range_m, azimuth, elevation = looked(0.0)
    turned_m, turned_azimuth, turned_elevation = looked(turn)

    assert turned_m == pytest.approx(range_m, rel=1e-9)
    assert turned_elevation == pytest.approx(elevation, abs=1e-8)
    across = math.cos(elevation)
    assert across * math.sin(turned_azimuth - azimuth) == pytest.approx(0.0, abs=1e-8)
    assert across * math.cos(turned_azimuth - azimuth) == pytest.approx(across, abs=1e-8)


def test_a_target_to_the_east_is_at_ninety_degrees() -> None:
    axes = east_north_up(0.0, 0.0)

    range_m, azimuth, elevation = look_angles(0.0, 5.0, 0.0, *axes)

    assert (range_m, azimuth, elevation) == pytest.approx((5.0, math.pi / 2, 0.0))


@laws
@given(latitudes, longitudes, heights, latitudes, longitudes, heights)
def test_the_lowest_point_of_a_line_is_where_a_search_along_it_finds_it(
    latitude: float,
    longitude: float,
    height_m: float,
    other_latitude: float,
    other_longitude: float,
    other_height_m: float,
) -> None:
    first = np.array(ecef_from_geodetic(latitude, longitude, height_m))
    second = np.array(ecef_from_geodetic(other_latitude, other_longitude, other_height_m))
    part = np.linspace(0.0, 1.0, 20_001)[:, None]
    searched = geodetic_from_ecef_batch(first + part * (second - first))[2]
    lowest = float(np.nanmin(searched))
    if np.linalg.norm(first + part * (second - first), axis=1).min() > 1e6:
        found = lowest_height_m(*first, *second, 0.0, 1.0)

        assert found == pytest.approx(lowest, rel=0.004, abs=20.0)


@laws
@given(latitudes, longitudes, heights, latitudes, longitudes, heights)
def test_two_points_see_each_other_both_ways_or_not_at_all(
    latitude: float,
    longitude: float,
    height_m: float,
    other_latitude: float,
    other_longitude: float,
    other_height_m: float,
) -> None:
    first = ecef_from_geodetic(latitude, longitude, height_m + 100e3)
    second = ecef_from_geodetic(other_latitude, other_longitude, other_height_m + 100e3)
    if abs(lowest_height_m(*first, *second, 0.0, 1.0)) > 1.0:
        there = line_of_sight_clear(*first, *second, 0.0)

        assert there == line_of_sight_clear(*second, *first, 0.0)


@laws
@given(passed_m=st.floats(-200e3, 300e3), margin_m=st.floats(0.0, 100e3))
def test_earths_limb_hides_what_is_behind_it_over_the_equator(
    passed_m: float, margin_m: float
) -> None:
    beside = math.asin((EARTH_A_M + passed_m) / GEO_RADIUS_M)
    far_m = 2.0 * GEO_RADIUS_M
    x, y = GEO_RADIUS_M - far_m * math.cos(beside), far_m * math.sin(beside)
    if abs(passed_m - margin_m) > 1.0:
        clear = line_of_sight_clear(GEO_RADIUS_M, 0.0, 0.0, x, y, 0.0, margin_m)

        assert clear == (passed_m > margin_m)


def test_a_line_through_earths_centre_is_not_clear() -> None:
    assert not line_of_sight_clear(GEO_RADIUS_M, 0.0, 0.0, -GEO_RADIUS_M, 0.0, 0.0, 0.0)


def test_the_published_horizon_is_reached_by_a_straight_line(cases: dict[str, Any]) -> None:
    case = cases["radar_horizon_dev"]
    for row in case["expected"]:
        for elevation_deg, name in ((0.0, "horizon"), (3.0, "el3")):
            reached_m = straight_ground_range_m(
                math.radians(elevation_deg), 1000.0 * row["h_km"], EARTH_MEAN_RADIUS_M
            )

            assert 1e-3 * reached_m == pytest.approx(
                row[f"{name}_geometric_km"], abs=case["tolerance"]["geometric_km"]
            )


def test_a_slant_range_at_three_degrees_gives_the_published_height_and_ground_range(
    cases: dict[str, Any],
) -> None:
    case = cases["pave_paws_3deg"]
    slant_m = 1000.0 * case["inputs"]["slant_km"]
    elevation = math.radians(case["inputs"]["elevation_deg"])

    height_m = slant_height_m(slant_m, elevation)

    limit_km = case["tolerance"]["km"]
    assert 1e-3 * height_m == pytest.approx(case["expected"]["altitude_km"], abs=limit_km)
    along_km = 1e-3 * slant_ground_range_m(slant_m, elevation)
    assert along_km == pytest.approx(case["expected"]["ground_range_km"], abs=limit_km)


@laws
@given(range_m=st.floats(1.0, 1e8), elevation=st.floats(0.0, 1.5))
def test_slant_and_ground_geometry_turn_each_other_round(range_m: float, elevation: float) -> None:
    height_m = slant_height_m(range_m, elevation)

    there_m = straight_ground_range_m(elevation, height_m, EARTH_MEAN_RADIUS_M)

    assert there_m == pytest.approx(slant_ground_range_m(range_m, elevation), rel=1e-6, abs=1e-3)


def test_a_geostationary_satellite_sees_the_published_part_of_earth(cases: dict[str, Any]) -> None:
    case = cases["geo_visibility"]
    limit = case["tolerance"]["deg"]
    distance_m = 1000.0 * case["inputs"]["r_geo_km"]

    half = math.degrees(earth_half_angle_rad(distance_m))
    to_limb = math.degrees(seen_half_angle_rad(distance_m, 0.0))
    to_five = math.degrees(seen_half_angle_rad(distance_m, math.radians(5.0)))

    assert half == pytest.approx(case["expected"]["earth_half_angle_deg"], abs=limit)
    assert to_limb == pytest.approx(case["expected"]["max_central_angle_deg"], abs=limit)
    assert to_five == pytest.approx(case["expected"]["max_central_el5"], abs=limit)


def test_the_lowest_speed_arc_leaves_at_the_published_angle(cases: dict[str, Any]) -> None:
    case = cases["wright_met_angle"]

    arc = minimum_energy_arc(np.array(case["inputs"]["range_angle_rad"]))

    assert np.degrees(arc.angle_rad) == pytest.approx(
        np.array(case["expected"]["optimum_fpa_deg"]), abs=case["tolerance"]["deg"]
    )


def positions_on_arc(range_m: float, time_s: Floats) -> Floats:
    """Fly the minimum-energy arc in the x-y plane, from the x axis towards y."""
    arc = minimum_energy_arc(np.array(range_m / EARTH_MEAN_RADIUS_M))
    up, along = math.sin(float(arc.angle_rad)), math.cos(float(arc.angle_rad))
    start = np.broadcast_to([EARTH_MEAN_RADIUS_M, 0.0, 0.0], (time_s.size, 3))
    leaves = float(arc.speed_m_s) * np.broadcast_to([up, along, 0.0], (time_s.size, 3))
    return propagate(start, leaves, time_s)[0]


def first_seen(range_m: float, in_front_m: float, elevation: float) -> tuple[float, Floats]:
    """Find by halving when a radar under the arc first sees it, and the line to it."""
    at = (range_m - in_front_m) / EARTH_MEAN_RADIUS_M
    up = (math.cos(at), math.sin(at), 0.0)
    place = EARTH_MEAN_RADIUS_M * np.array(up)
    end_s = float(minimum_energy_arc(np.array(range_m / EARTH_MEAN_RADIUS_M)).time_s)

    def seen(time_s: Floats) -> Any:
        lines = positions_on_arc(range_m, time_s) - place
        return np.array([sine_of_elevation(*line, up) for line in lines]) >= math.sin(elevation)

    grid = np.linspace(1.0, end_s - 1.0, 400)
    row = int(np.argmax(seen(grid)))
    low, high = grid[max(row - 1, 0)], grid[row]
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if seen(np.array([middle]))[0] else (middle, high)
    return float(high), (positions_on_arc(range_m, np.array([high])) - place)[0]


def test_a_minimum_energy_flight_is_first_seen_when_the_reference_says(
    cases: dict[str, Any],
) -> None:
    case = cases["met_visibility_dev"]
    in_front = {"at target": 0.0, "500 km in front of target": 5e5}
    in_front["1500 km in front of target"] = 1.5e6
    for row in case["expected"]:
        range_m = 1000.0 * row["range_km"]
        arc = minimum_energy_arc(np.array(range_m / EARTH_MEAN_RADIUS_M))

        seen_s, line = first_seen(range_m, in_front[row["radar"]], math.radians(row["min_el"]))

        slant_m = float(np.linalg.norm(line))
        height_m = slant_height_m(slant_m, math.radians(row["min_el"]))
        assert 1e-3 * float(arc.apogee_m) == pytest.approx(row["apogee_km"], abs=1e-3)
        assert seen_s == pytest.approx(row["t_first"], abs=case["tolerance"]["t_first_s"])
        assert float(arc.time_s) - seen_s == pytest.approx(
            row["warning_s"], abs=case["tolerance"]["warning_s"]
        )
        assert 1e-3 * slant_m == pytest.approx(row["slant_km"], abs=case["tolerance"]["slant_km"])
        assert 1e-3 * height_m == pytest.approx(row["alt_km"], abs=case["tolerance"]["slant_km"])
