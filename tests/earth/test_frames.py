"""Places turned from one kind of axes into another and back."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4.api import WGS72, Satrec

from tocsin.earth.frames import (
    east_north_up,
    ecef_from_eci,
    ecef_from_geodetic,
    ecef_from_geodetic_batch,
    ecef_velocity_from_eci,
    eci_from_ecef,
    eci_velocity_from_ecef,
    geodetic_from_ecef,
    geodetic_from_ecef_batch,
)
from tocsin.lanes import Floats

laws = settings(max_examples=50, deadline=None)
latitudes = st.floats(-math.pi / 2, math.pi / 2)
longitudes = st.floats(-math.pi, math.pi)
altitudes = st.floats(-10_000.0, 5e7)
angles = st.floats(-10.0, 10.0)
vectors = st.tuples(*[st.floats(-1e8, 1e8)] * 3).map(np.array)


def test_the_erfa_point_is_met(cases: dict[str, Any]) -> None:
    case = cases["erfa_gd2gc"]
    given_at = case["inputs"]
    got = ecef_from_geodetic(given_at["lat_rad"], given_at["lon_rad"], given_at["h_m"])
    assert got == pytest.approx(case["expected"]["xyz"], abs=case["tolerance"]["m"])


def test_known_places_are_met_both_ways(cases: dict[str, Any]) -> None:
    case = cases["ecef_points_dev"]
    for place in case["expected"].values():
        here = math.radians(place["lat"]), math.radians(place["lon"]), place["h"]
        assert ecef_from_geodetic(*here) == pytest.approx(place["xyz"], abs=1e-6)
        latitude, longitude, altitude = geodetic_from_ecef(*place["xyz"])
        assert latitude == pytest.approx(here[0], abs=1e-12)
        assert longitude == pytest.approx(here[1], abs=1e-12)
        assert altitude == pytest.approx(here[2], abs=case["tolerance"]["m"])


@laws
@given(latitude=latitudes, longitude=longitudes, altitude=altitudes)
def test_a_place_survives_the_round_trip(
    latitude: float, longitude: float, altitude: float
) -> None:
    back = geodetic_from_ecef(*ecef_from_geodetic(latitude, longitude, altitude))
    assert back[0] == pytest.approx(latitude, abs=1e-13)
    assert math.cos(latitude) * math.sin(back[1] - longitude) == pytest.approx(0.0, abs=1e-13)
    assert back[2] == pytest.approx(altitude, abs=1e-7)


@pytest.mark.parametrize("pole", [math.pi / 2, -math.pi / 2])
def test_a_pole_survives_the_round_trip(pole: float) -> None:
    x, y, z = 0.0, 0.0, math.copysign(6_356_752.314245179 + 1000.0, pole)
    assert geodetic_from_ecef(x, y, z) == pytest.approx((pole, 0.0, 1000.0), abs=1e-8)


@laws
@given(latitude=latitudes, longitude=longitudes, altitude=altitudes)
def test_up_is_where_height_grows(latitude: float, longitude: float, altitude: float) -> None:
    east, north, up = np.array(east_north_up(latitude, longitude))
    here = np.array(ecef_from_geodetic(latitude, longitude, altitude))
    above = np.array(ecef_from_geodetic(latitude, longitude, altitude + 1000.0))
    np.testing.assert_allclose((above - here) / 1000.0, up, atol=1e-10)
    np.testing.assert_allclose(np.cross(east, north), up, atol=1e-15)
    assert north[2] >= 0.0
    assert east[2] == 0.0


@laws
@given(latitude=st.floats(-1.5, 1.5), longitude=longitudes)
def test_east_and_north_are_where_longitude_and_latitude_grow(
    latitude: float, longitude: float
) -> None:
    east, north, _ = np.array(east_north_up(latitude, longitude))
    here = np.array(ecef_from_geodetic(latitude, longitude, 0.0))
    eastward = np.array(ecef_from_geodetic(latitude, longitude + 1e-5, 0.0)) - here
    northward = np.array(ecef_from_geodetic(latitude + 1e-5, longitude, 0.0)) - here
    np.testing.assert_allclose(eastward / np.linalg.norm(eastward), east, atol=1e-4)
    np.testing.assert_allclose(northward / np.linalg.norm(northward), north, atol=1e-4)


def test_a_batch_is_its_places_one_by_one() -> None:
    latitude = np.array([[-1.2], [0.0], [0.7]])
    longitude = np.array([-3.0, -0.1, 0.0, 2.5])
    batch = ecef_from_geodetic_batch(latitude, longitude, 5e5)
    assert batch.shape == (3, 4, 3)
    single = [[ecef_from_geodetic(a, b, 5e5) for b in longitude] for a in latitude[:, 0]]
    np.testing.assert_allclose(batch, single, atol=1e-8)
    back = geodetic_from_ecef_batch(batch)
    for got, wanted in zip(back, (latitude, longitude, np.array(5e5)), strict=True):
        np.testing.assert_allclose(got, np.broadcast_to(wanted, (3, 4)), atol=1e-7)
    assert ecef_from_geodetic_batch(np.empty(0), np.empty(0), np.empty(0)).shape == (0, 3)


@laws
@given(position=vectors, velocity=vectors, angle=angles)
def test_inertial_and_fixed_axes_undo_each_other(
    position: Floats, velocity: Floats, angle: float
) -> None:
    fixed = ecef_from_eci(position, angle)
    np.testing.assert_allclose(eci_from_ecef(fixed, angle), position, atol=1e-7)
    moving = ecef_velocity_from_eci(position, velocity, angle)
    np.testing.assert_allclose(eci_velocity_from_ecef(fixed, moving, angle), velocity, atol=1e-7)
    assert np.linalg.norm(fixed) == pytest.approx(np.linalg.norm(position), rel=1e-12)


@laws
@given(
    position=vectors, velocity=st.tuples(*[st.floats(-8e3, 8e3)] * 3).map(np.array), angle=angles
)
def test_a_fixed_velocity_is_how_the_fixed_position_changes(
    position: Floats, velocity: Floats, angle: float
) -> None:
    step_s, spin = 0.1, 7.292115e-5
    before, after = (
        ecef_from_eci(position + side * velocity, angle + side * spin) for side in (-step_s, step_s)
    )
    moving = ecef_velocity_from_eci(position, velocity, angle)
    np.testing.assert_allclose((after - before) / (2.0 * step_s), moving, atol=1e-5)


def test_what_stands_over_a_turning_place_moves_east_in_inertial_axes() -> None:
    position = np.array([6_378_137.0, 0.0, 0.0])
    moving = eci_velocity_from_ecef(position, np.zeros(3), 0.0)
    np.testing.assert_allclose(moving, [0.0, 465.1011, 0.0], atol=1e-3)
    np.testing.assert_allclose(
        eci_from_ecef(position, np.pi / 2), [0.0, 6_378_137.0, 0.0], atol=1e-8
    )


@pytest.mark.parametrize("name", ["sgp4_5", "sgp4_6251"])
def test_the_published_orbit_vectors_are_met_and_survive_the_turn(
    cases: dict[str, Any], name: str
) -> None:
    case = cases[name]
    satellite = Satrec.twoline2rv(*case["inputs"]["tle"], WGS72)
    code, position_km, velocity_km_s = satellite.sgp4_tsince(case["inputs"]["minutes"])
    assert code == 0
    assert position_km == pytest.approx(case["expected"]["r_km"], abs=case["tolerance"]["km"])
    assert velocity_km_s == pytest.approx(case["expected"]["v_kms"], abs=1e-8)
    turned = eci_from_ecef(ecef_from_eci(np.array(position_km), 1.0), 1.0)
    np.testing.assert_allclose(turned, case["expected"]["r_km"], atol=case["tolerance"]["km"])
