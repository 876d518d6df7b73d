"""Ways along the ground, and regions on it."""

import math
from typing import Any

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.geodesy import azimuth_rad, destination, distance_m, grid_inside, inside

laws = settings(max_examples=50, deadline=None)
latitudes = st.floats(-89.0, 89.0).map(math.radians)
longitudes = st.floats(-180.0, 180.0).map(math.radians)

Region = list[tuple[float, float]]

PACIFIC: Region = [(170, -10), (190, -10), (190, 10), (170, 10)]
ANTARCTIC: Region = [(0, -60), (90, -65), (180, -60), (-90, -65)]


def held(polygon: Region, latitude_deg: float, longitude_deg: float) -> bool:
    return bool(inside(polygon, math.radians(latitude_deg), math.radians(longitude_deg)))


def test_the_documented_way_from_new_york_to_london_is_met(cases: dict[str, Any]) -> None:
    case = cases["geodesic_jfk_lhr"]
    ends = np.radians([*case["inputs"]["p1"], *case["inputs"]["p2"]])
    expected, limit_m = case["expected"], case["tolerance"]["m"]
    assert distance_m(*ends) == pytest.approx(expected["s12_m"], abs=limit_m)
    assert np.degrees(azimuth_rad(*ends)) == pytest.approx(expected["azi1"], abs=1e-9)
    back = np.degrees(azimuth_rad(ends[2], ends[3], ends[0], ends[1]))
    assert back - 180.0 == pytest.approx(expected["azi2"], abs=1e-9)
    latitude, longitude = destination(
        ends[0], ends[1], math.radians(expected["azi1"]), expected["s12_m"]
    )
    assert np.degrees([latitude, longitude]) == pytest.approx(case["inputs"]["p2"], abs=1e-10)


@laws
@given(
    latitude=latitudes,
    longitude=longitudes,
    azimuth=st.floats(0.0, 6.28),
    length=st.floats(1.0, 1.9e7),
)
def test_who_sets_out_arrives(
    latitude: float, longitude: float, azimuth: float, length: float
) -> None:
    there = destination(latitude, longitude, azimuth, length)
    assert distance_m(latitude, longitude, *there) == pytest.approx(length, abs=1e-6)
    set_out = float(azimuth_rad(latitude, longitude, *there))
    assert 0.0 <= set_out < 2.0 * math.pi
    off = math.remainder(set_out - azimuth, 2.0 * math.pi) * math.sin(length / 6.4e6) * 6.4e6
    assert off == pytest.approx(0.0, abs=1e-3)


def test_a_hair_west_of_north_is_north_and_not_a_whole_turn() -> None:
    assert azimuth_rad(0.0, 0.0, 0.5, -1e-17) == 0.0


@laws
@given(one=st.tuples(latitudes, longitudes), other=st.tuples(latitudes, longitudes))
def test_ways_are_those_of_karneys_own_program(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    known = Geodesic.WGS84.Inverse(*np.degrees(one), *np.degrees(other))["s12"]
    assert distance_m(*one, *other) == pytest.approx(known, abs=1e-6)
    assert distance_m(*other, *one) == pytest.approx(known, abs=1e-6)


def test_arrays_fit_one_another_and_are_left_alone() -> None:
    latitude, longitude = np.array([[0.1], [0.2]]), np.array([0.3, 0.4, 0.5])
    kept = latitude.copy(), longitude.copy()
    assert distance_m(latitude, longitude, 0.0, 0.0).shape == (2, 3)
    assert destination(latitude, longitude, 1.0, 1e6)[0].shape == (2, 3)
    assert inside(PACIFIC, latitude, longitude).shape == (2, 3)
    assert (latitude == kept[0]).all()
    assert (longitude == kept[1]).all()


@laws
@given(latitude=st.floats(-90.0, 90.0), longitude=st.floats(-180.0, 180.0))
def test_a_region_over_180_holds_what_its_box_holds(latitude: float, longitude: float) -> None:
    wanted = abs(latitude) < 10.0 and abs(longitude) > 170.0
    jumping: Region = [(170, -10), (-170, -10), (-170, 10), (170, 10)]
    closed = [*PACIFIC, PACIFIC[0]]
    for polygon in (PACIFIC, jumping, closed):
        assert held(polygon, latitude, longitude) == wanted


@laws
@given(
    latitude=st.floats(-80.0, 80.0),
    longitude=st.floats(-180.0, 180.0),
    turns=st.integers(-1, 1),
)
def test_whole_turns_of_region_or_place_change_nothing(
    latitude: float, longitude: float, turns: int
) -> None:
    region: Region = [(10.0, -20.0), (130.0, -25.0), (100.0, 45.0), (60.0, 5.0), (15.0, 40.0)]
    here = held(region, latitude, longitude)
    assert held([(x + 360.0 * turns, y) for x, y in region], latitude, longitude) == here
    if abs(longitude - 180.0) > 1e-6:
        assert held(region, latitude, longitude + 360.0 * turns) == here
    assert held(region[::-1], latitude, longitude) == here


def test_a_dent_is_outside() -> None:
    dented: Region = [(0, 0), (40, 0), (40, 40), (20, 10), (0, 40)]
    assert held(dented, 5, 20)
    assert not held(dented, 20, 20)
    assert held(dented, 20, 5)


def test_a_region_round_a_pole_holds_that_pole() -> None:
    arctic: Region = [(x, -y) for x, y in ANTARCTIC]
    for longitude in (-179.0, -45.0, 0.0, 77.0, 180.0):
        assert held(ANTARCTIC, -90, longitude)
        assert held(ANTARCTIC, -70, longitude)
        assert not held(ANTARCTIC, -55, longitude)
        assert not held(ANTARCTIC, 80, longitude)
        assert held(arctic, 90, longitude)
        assert held(arctic[::-1], 70, longitude)
        assert not held(arctic, 55, longitude)


@pytest.mark.parametrize("region", [PACIFIC, ANTARCTIC, [(20, 30), (60, 35), (40, 75)]])
def test_a_grid_lies_inside_and_each_place_stands_for_the_same_ground(
    region: Region,
) -> None:
    latitude, longitude = grid_inside(region, 2.0)
    assert inside(region, latitude, longitude).all()
    assert (np.abs(longitude) <= math.pi).all()
    fine_latitude, fine_longitude = np.meshgrid(
        np.radians(np.arange(-89.75, 90.0, 0.5)), np.radians(np.arange(-179.75, 180.0, 0.5))
    )
    share = np.cos(fine_latitude) * inside(region, fine_latitude, fine_longitude)
    assert latitude.size == pytest.approx(share.sum() * 0.25 / 4.0, rel=0.06)


def test_a_finer_grid_has_more_places() -> None:
    coarse, fine = (grid_inside(PACIFIC, spacing)[0].size for spacing in (2.0, 1.0))
    assert fine == pytest.approx(4 * coarse, rel=0.05)


def test_a_region_smaller_than_the_spacing_still_gets_a_place() -> None:
    latitude, longitude = grid_inside([(30.0, 50.0), (30.2, 50.0), (30.1, 50.1)], 5.0)
    assert 1 <= latitude.size <= 4
    assert np.degrees(longitude) == pytest.approx(30.1, abs=0.1)


def test_a_region_without_ground_gets_no_place() -> None:
    latitude, longitude = grid_inside([(30.0, 50.0), (31.0, 50.0), (30.5, 50.0)], 1.0)
    assert latitude.size == longitude.size == 0
