"""Spent stages: where they start, how they fall, and how far they are from published ones."""

import math
import runpy
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalog.build import vehicle_of
from tocsin.catalog.load import load_catalog
from tocsin.earth.constants import EARTH_A_M, EARTH_J2, EARTH_OMEGA_RAD_S, GM_M3_S2
from tocsin.earth.frames import geodetic_from_ecef
from tocsin.earth.geodesy import destination, distance_m
from tocsin.flight.launch import REACHED, Wanted, aim
from tocsin.flight.pieces import (
    LAST_PUSH_M_S,
    STAGE_PUSH_M_S,
    Body,
    Piece,
    fall,
    length_m,
    pieces,
    spent,
)
from tocsin.flight.trajectory import Launches, fly, fly_dense
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats

TRUTH = runpy.run_path(str(Path(__file__).with_name("test_block.py")))


@pytest.fixture(scope="module")
def launch(launches: Callable[..., Launches]) -> Launches:
    """One flight of the three-stage vehicle that burns all of it."""
    return launches(40.0, 125.0, 75.0, 55.0, 180.0)


def from_place(piece: Piece, launch: Launches) -> float:
    latitude, longitude, _ = geodetic_from_ecef(*piece.impact_m.tolist())
    start = (float(launch.latitude_rad[0]), float(launch.longitude_rad[0]))
    return float(distance_m(*start, latitude, longitude))


def test_a_stage_parts_where_it_burnt_out_and_a_little_slower(
    three_stage: Vehicle, launch: Launches
) -> None:
    dense = fly_dense(three_stage, launch, 1.0)
    found = pieces(three_stage, launch, 1.0)
    assert [piece.stage for piece in found] == [1, 2, 3]
    for piece, release_s, push in zip(
        found, (60, 120, 180), (STAGE_PUSH_M_S, STAGE_PUSH_M_S, LAST_PUSH_M_S), strict=True
    ):
        assert piece.release_s == pytest.approx(release_s, abs=1e-9)
        velocity = dense.velocity_ecef_m_s[0, release_s]
        speed = np.linalg.norm(velocity)
        np.testing.assert_allclose(
            piece.state[0, :3], dense.position_ecef_m[0, release_s], atol=1e-3
        )
        # the cubic of `fly_dense` is 0.1 m/s off where the thrust ends
        np.testing.assert_allclose(piece.state[0, 3:], velocity * (1.0 - push / speed), atol=0.1)


def test_the_payload_flies_on_where_it_would_have_without_pieces(
    three_stage: Vehicle, launch: Launches
) -> None:
    """A body with the payload's drag and no push lands where the payload does."""
    flights = fly(three_stage, launch)
    start = np.concatenate([flights.burnout_m, flights.burnout_velocity_m_s], axis=-1)
    found, _ = fall(start, np.array([three_stage.ballistic_coefficient_kg_m2]), 1.0)
    np.testing.assert_allclose(found.impact_m, flights.impact_m, atol=1e-3)
    np.testing.assert_allclose(found.impact_s + flights.burnout_s, flights.impact_s, atol=1e-6)
    np.testing.assert_allclose(found.apogee_m, flights.apogee_m, atol=1e-3)


def test_the_last_stage_stays_beside_the_payload_until_the_air_parts_them(
    three_stage: Vehicle, launch: Launches
) -> None:
    dense = fly_dense(three_stage, launch, 1.0)
    last = pieces(three_stage, launch, 1.0)[-1]
    beside = dense.position_ecef_m[0, 180:]
    steps = min(len(last.state), len(beside))
    apart = np.linalg.norm(last.state[:steps, :3] - beside[:steps], axis=-1)
    assert apart[100] == pytest.approx(LAST_PUSH_M_S * 100.0, rel=0.05)
    high = int(np.nanargmax(dense.altitude_m[0])) - 180
    assert apart[high] < 5.0 * LAST_PUSH_M_S * high
    assert last.impact_s > float(dense.flights.impact_s[0])
    assert from_place(last, launch) < 0.999 * float(
        distance_m(
            float(launch.latitude_rad[0]),
            float(launch.longitude_rad[0]),
            *geodetic_from_ecef(*dense.flights.impact_m[0].tolist())[:2],
        )
    )


def test_every_stage_lands_farther_than_the_one_before(
    three_stage: Vehicle, launch: Launches
) -> None:
    found = pieces(three_stage, launch, 1.0)
    assert all(piece.came_down for piece in found)
    away = [from_place(piece, launch) for piece in found]
    assert all(later > 1.5 * sooner for sooner, later in pairwise(away))


def test_thrust_that_ends_early_leaves_the_stages_above_on_the_last_one_lit(
    three_stage: Vehicle, launches: Callable[..., Launches]
) -> None:
    found = pieces(three_stage, launches(40.0, 125.0, 75.0, 40.0, 100.0), 1.0)
    first, second, third = three_stage.stages
    assert [piece.stage for piece in found] == [1, 2]
    assert found[1].release_s == pytest.approx(100.0)
    unburnt = second.propellant_kg / 3.0
    assert found[1].body.mass_kg == pytest.approx(
        second.dry_kg + unburnt + third.dry_kg + third.propellant_kg
    )
    assert found[1].body.length_m == pytest.approx(length_m(second) + length_m(third))
    assert found[0].body.mass_kg == first.dry_kg


@pytest.mark.parametrize("ballistic_kg_m2", [60.0, 200.0, 1_000.0])
def test_a_light_body_falls_as_an_adaptive_integration_has_it(
    three_stage: Vehicle, launch: Launches, air: Floats, ballistic_kg_m2: float
) -> None:
    """Steps follow the air's kinks; the same 10 m are asked of a whole flight."""
    for piece in pieces(three_stage, launch, 1.0):
        found, _ = fall(piece.state[:1], np.array([ballistic_kg_m2]), 1.0)
        truth = TRUTH["true_fall"](piece.state[0], 0.0, 1.0 / ballistic_kg_m2, air)
        assert np.linalg.norm(found.impact_m[0] - truth.y[:3, -1]) < 10.0
        assert abs(found.impact_s[0] - truth.t[-1]) < 0.5  # it sinks at 30 m/s or more


@given(
    speed_m_s=st.floats(1_000.0, 6_500.0),
    climb=st.floats(0.2, 1.5),
    height_m=st.floats(150e3, 400e3),
    latitude=st.floats(-1.4, 1.4),
)
def test_without_air_energy_and_momentum_about_the_axis_are_kept(
    speed_m_s: float, climb: float, height_m: float, latitude: float
) -> None:
    up = np.array([math.cos(latitude), 0.0, math.sin(latitude)])
    along = np.array([-0.6 * math.sin(latitude), 0.8, 0.6 * math.cos(latitude)])
    velocity = speed_m_s * (math.sin(climb) * up + math.cos(climb) * along)
    start = np.concatenate([(EARTH_A_M + height_m) * up, velocity])[None]
    _, states = fall(start, np.array([math.inf]), 20.0)
    energy, momentum = kept(states[0])
    # the cubic between steps is right to about 0.1 m/s
    np.testing.assert_allclose(energy, energy[0], rtol=0.0, atol=1e3)
    np.testing.assert_allclose(momentum, momentum[0], rtol=0.0, atol=1e6)


def kept(state: Floats) -> tuple[Floats, Floats]:
    """Give energy (J/kg) and momentum about the axis (m^2/s) of states, as one sees from afar."""
    place = state[:, :3]
    velocity = state[:, 3:] + np.cross([0.0, 0.0, EARTH_OMEGA_RAD_S], place)
    away = np.linalg.norm(place, axis=-1)
    lift = (place[:, 2] / away) ** 2
    flat = EARTH_J2 * (EARTH_A_M / away) ** 2 * 0.5 * (3.0 * lift - 1.0)
    energy = 0.5 * np.sum(velocity**2, axis=-1) - GM_M3_S2 / away * (1.0 - flat)
    return energy, np.cross(place, velocity)[:, 2]


@given(ballistic_kg_m2=st.floats(20.0, 1e4), speed_m_s=st.floats(500.0, 7_000.0))
def test_more_drag_never_lands_farther_and_every_body_comes_down(
    ballistic_kg_m2: float, speed_m_s: float
) -> None:
    start = np.array([EARTH_A_M + 80e3, 0.0, 0.0, 300.0, speed_m_s, 0.0])
    both = np.array([ballistic_kg_m2, 1.2 * ballistic_kg_m2])
    flights, _ = fall(np.stack([start, start]), both, 5.0)
    assert np.all(flights.came_down == 1.0)
    assert flights.impact_m[0, 1] < flights.impact_m[1, 1]


def test_a_body_in_orbit_says_that_it_does_not_come_down() -> None:
    start = np.array([[EARTH_A_M + 800e3, 0.0, 0.0, 0.0, 7_000.0, 0.0]])
    flights, _ = fall(start, np.array([math.inf]), 60.0)
    assert flights.came_down[0] == 0.0


def test_mean_area_is_that_of_drag_and_echo_over_all_attitudes() -> None:
    """Add up a cylinder's surface, piece by piece, as seen from drawn sides."""
    body = Body(mass_kg=1.0, length_m=7.0, diameter_m=2.0)
    side = math.pi * body.diameter_m * body.length_m
    turns = np.linspace(0.0, 2.0 * math.pi, 180, endpoint=False)
    normals = np.stack([np.cos(turns), np.sin(turns), np.zeros_like(turns)], axis=-1)
    normals = np.concatenate([normals, [[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]])
    areas = np.concatenate([np.full(180, side / 180), np.full(2, math.pi)])
    flow = np.random.default_rng(1).normal(size=(20_000, 3))
    flow /= np.linalg.norm(flow, axis=-1, keepdims=True)
    shown = np.maximum(flow @ normals.T, 0.0)
    assert np.mean(shown @ areas) == pytest.approx(body.mean_area_m2, rel=0.02)
    assert np.mean(2.0 * shown**3 @ areas) == pytest.approx(body.mean_area_m2, rel=0.02)


@pytest.mark.parametrize(("range_km", "apart"), [(8_000.0, 1.3), (12_000.0, 1.3), (15_000.0, 1.6)])
def test_the_first_stage_of_the_titan_class_lands_near_a_recovered_one(
    wanted: Callable[..., Wanted], range_km: float, apart: float
) -> None:
    """A part of Gemini 5's first stage was found 450 miles (724 km) from its pad in August 1965.

    The class burns for 120 s where Titan II burnt for 156, and steers by one tilt: on a flight to
    15,000 km it leaves its first stage lower and flatter than Gemini, which went to orbit, did.
    """
    assert 724e3 / apart < landing_m("icbm-liquid", wanted, range_km)[0] < 724e3 * apart


def test_the_boosters_of_the_soyuz_class_land_near_where_an_aborted_crew_did(
    wanted: Callable[..., Wanted],
) -> None:
    """Soyuz MS-10's crew parted as the boosters did and came down 400 km away (NASA, 2018).

    A capsule is of much the same mass for its area; a flight almost to orbit is steered alike.
    """
    assert landing_m("space-launcher", wanted, 15_000.0)[0] == pytest.approx(400e3, rel=0.3)


def landing_m(name: str, wanted: Callable[..., Wanted], range_km: float) -> list[float]:
    """Give how far from its pad each stage lands, on the flight of least energy to a range."""
    vehicle = vehicle_of(load_catalog().vehicles[name])
    latitude, longitude = np.radians([28.5]), np.radians([-80.6])
    place = destination(latitude, longitude, math.radians(72.0), 1e3 * range_km)
    aimed = aim(vehicle, latitude, longitude, wanted(*place))
    assert aimed.code[0] == REACHED
    return [from_place(piece, aimed.launches) for piece in pieces(vehicle, aimed.launches, 10.0)]


def test_a_spent_stage_has_its_dry_mass_and_falls_like_a_light_body(three_stage: Vehicle) -> None:
    for number, stage in enumerate(three_stage.stages):
        body = spent(three_stage, number)
        assert body.mass_kg == stage.dry_kg
        assert math.pi * body.diameter_m**2 / 4.0 == pytest.approx(stage.drag_area_m2)
        assert 50.0 < body.ballistic_coefficient_kg_m2 < 500.0


def test_a_stage_is_about_as_long_as_a_published_one() -> None:
    """Soyuz's third stage is 8.1 m long (Austrian ministry of education, on the Soyuz launcher)."""
    stage = vehicle_of(load_catalog().vehicles["space-launcher"]).stages[2]
    assert 8.1 / 1.6 < length_m(stage) < 8.1
