"""Flights by the batch: symmetry, order, and the same flight however it is asked for."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.errors import FlightError
from tocsin.flight.motion import altitude_m
from tocsin.flight.trajectory import Launches, fly, fly_dense, launch_rows
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import LANES, Floats

Make = Callable[..., Launches]


def fan(make: Make, count: int) -> Launches:
    part = np.linspace(0.0, 1.0, count)
    return make(
        -60.0 + 120.0 * part, 170.0 * part, 360.0 * part, 5.0 + 60.0 * part, 60.0 + 80.0 * part
    )


@given(
    latitude=st.floats(-80.0, 80.0),
    azimuth=st.floats(0.0, 360.0),
    tilt=st.floats(1.0, 75.0),
    cutoff=st.floats(40.0, 160.0),
)
def test_a_launch_mirrored_in_the_equator_flies_the_mirrored_flight(
    three_stage: Vehicle,
    launches: Make,
    latitude: float,
    azimuth: float,
    tilt: float,
    cutoff: float,
) -> None:
    north = fly(three_stage, launches(latitude, 20.0, azimuth, tilt, cutoff))
    south = fly(three_stage, launches(-latitude, 20.0, 180.0 - azimuth, tilt, cutoff))
    mirror = np.array([1.0, 1.0, -1.0])
    np.testing.assert_allclose(south.impact_m, north.impact_m * mirror, atol=1e-3)
    np.testing.assert_allclose(
        south.impact_velocity_m_s, north.impact_velocity_m_s * mirror, atol=1e-4
    )
    np.testing.assert_allclose(south.impact_s, north.impact_s, atol=1e-6)
    np.testing.assert_allclose(south.apogee_m, north.apogee_m, atol=1e-3)


@given(
    latitude=st.floats(-80.0, 80.0),
    azimuth=st.floats(0.0, 360.0),
    turn=st.floats(-180.0, 180.0),
    speed=st.floats(500.0, 7000.0),
    staged=st.booleans(),
)
def test_a_launch_farther_east_flies_the_same_flight_farther_east(
    three_stage: Vehicle,
    launches: Make,
    latitude: float,
    azimuth: float,
    turn: float,
    speed: float,
    staged: bool,
) -> None:
    vehicle = three_stage if staged else None
    energy = {"cutoff_s": 120.0} if staged else {"speed_m_s": speed}
    here = fly(vehicle, launches(latitude, 10.0, azimuth, 40.0, **energy))
    there = fly(vehicle, launches(latitude, 10.0 + turn, azimuth, 40.0, **energy))
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    x, y, z = here.impact_m[0]
    moved = [c * x - s * y, s * x + c * y, z]
    np.testing.assert_allclose(there.impact_m[0], moved, atol=1e-3)
    np.testing.assert_allclose(there.apogee_m, here.apogee_m, atol=1e-3)


def test_earths_spin_carries_a_flight_to_the_east_farther(
    three_stage: Vehicle, launches: Make
) -> None:
    flights = fly(three_stage, launches(0.0, 0.0, [90.0, 270.0, 0.0], 40.0, 130.0))
    angle = np.abs(np.arctan2(flights.impact_m[:, 1], flights.impact_m[:, 0]))
    assert angle[0] > angle[1] + 0.005
    assert flights.impact_m[2, 1] < 0.0  # flown north, it falls behind the turning ground


@given(tilt=st.floats(15.0, 50.0), azimuth=st.floats(0.0, 360.0))
def test_a_later_cutoff_flies_farther_and_higher(
    three_stage: Vehicle, launches: Make, tilt: float, azimuth: float
) -> None:
    start = launches(20.0, 0.0, azimuth, tilt, np.linspace(60.0, 140.0, 40))
    flights = fly(three_stage, start)
    home = launch_rows(start)[:, :3]
    angle = np.arccos(
        np.sum(flights.impact_m * home, 1)
        / np.linalg.norm(flights.impact_m, axis=1)
        / np.linalg.norm(home, axis=1)
    )
    assert np.all(np.diff(angle) > 0.0)
    assert np.all(np.diff(flights.apogee_m) > 0.0)
    assert np.all(np.diff(flights.impact_s) > 0.0)


@pytest.mark.parametrize("count", [1, LANES - 1, LANES, LANES + 1, 300])
def test_a_flight_does_not_depend_on_the_batch_it_is_in(
    three_stage: Vehicle, launches: Make, count: int
) -> None:
    batch = fan(launches, count)
    together = fly(three_stage, batch)
    for row in {0, count // 2, count - 1}:
        alone = fly(three_stage, batch.take(np.array([row])))
        for name in together.__slots__:
            np.testing.assert_array_equal(getattr(together, name)[row], getattr(alone, name)[0])


def test_a_flight_comes_down_on_the_ellipsoid_and_starts_on_it(
    three_stage: Vehicle, launches: Make
) -> None:
    batch = fan(launches, 64)
    flights = fly(three_stage, batch)
    assert np.all(flights.came_down == 1.0)
    height = geodetic_from_ecef_batch(flights.impact_m)[2]
    np.testing.assert_allclose(height, 0.0, atol=1e-3)
    climb = np.sum(flights.impact_m * flights.impact_velocity_m_s, axis=1)
    assert np.all(climb < 0.0)
    np.testing.assert_allclose(flights.burnout_s, batch.cutoff_s, atol=1e-9)
    assert np.all(flights.burnout_s < flights.apogee_s)
    assert np.all(flights.apogee_s < flights.impact_s)


def test_an_escape_does_not_come_down(launches: Make) -> None:
    flights = fly(None, launches(10.0, 0.0, 90.0, 20.0, 0.0, [12_000.0, 6_000.0]))
    assert list(flights.came_down) == [0.0, 1.0]


def test_rows_on_the_grid_agree_with_the_summary(three_stage: Vehicle, launches: Make) -> None:
    batch = fan(launches, 40)
    flown = fly_dense(three_stage, batch, 10.0)
    flights = flown.flights
    assert flown.time_s[0] == 0.0
    assert flown.time_s[-1] >= flights.impact_s.max()
    for i in range(40):
        there = np.isfinite(flown.altitude_m[i])
        last = int(np.count_nonzero(there)) - 1
        assert np.array_equal(there, np.arange(there.size) <= last)
        assert flown.time_s[last] <= flights.impact_s[i] < flown.time_s[last] + 10.0
        assert np.nanmax(flown.altitude_m[i]) <= flights.apogee_m[i] + 1.0
        heights = np.array([altitude_m(*xyz) for xyz in flown.position_ecef_m[i, there]])
        np.testing.assert_allclose(flown.altitude_m[i, there], heights, atol=20.0)
    np.testing.assert_allclose(flown.position_ecef_m[:, 0], launch_rows(batch)[:, :3], atol=1e-6)


def test_velocity_on_the_grid_is_the_slope_of_the_position(
    three_stage: Vehicle, launches: Make
) -> None:
    flown = fly_dense(three_stage, launches(30.0, 40.0, 50.0, 45.0, 150.0), 0.5)
    place, velocity = flown.position_ecef_m[0], flown.velocity_ecef_m_s[0]
    high = flown.altitude_m[0] > 20e3
    slope = (place[2:] - place[:-2]) / 1.0
    inside = high[2:] & high[1:-1] & high[:-2]
    off = np.linalg.norm(slope - velocity[1:-1], axis=1)[inside]
    assert off.size > 1000
    # A step of burn changes the acceleration by half a g within the half second.
    assert np.quantile(off, 0.98) < 0.5
    assert off.max() < 8.0


def test_rows_taken_from_a_batch_keep_their_order(launches: Make) -> None:
    batch = fan(launches, 5)
    some = batch.take(np.array([3, 1]))
    for name in batch.__slots__:
        assert list(getattr(some, name)) == [getattr(batch, name)[3], getattr(batch, name)[1]]


def test_launch_axes_are_level_and_upright(launches: Make) -> None:
    rows = launch_rows(fan(launches, 20))
    up, along = rows[:, 6:9], rows[:, 9:12]
    np.testing.assert_allclose(np.linalg.norm(up, axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(along, axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(np.sum(up * along, axis=1), 0.0, atol=1e-12)
    east = launch_rows(launches(0.0, 0.0, 90.0, 90.0, 0.0, 100.0))[0]
    np.testing.assert_allclose(east[:3], [EARTH_A_M, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(east[3:6], [0.0, 100.0, 0.0], atol=1e-9)
    north = launch_rows(launches(0.0, 0.0, 0.0, 0.0, 0.0, 100.0))[0]
    np.testing.assert_allclose(north[3:6], [100.0, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(north[9:12], [0.0, 0.0, 1.0], atol=1e-12)


def test_a_vehicle_that_burns_too_long_to_be_kept_is_refused(
    three_stage: Vehicle, launches: Make
) -> None:
    endless = tuple(replace(stage, burn_s=900.0) for stage in three_stage.stages)
    with pytest.raises(FlightError, match="'three' burns for 2700 s"):
        fly(replace(three_stage, stages=endless), launches(0.0, 0.0, 0.0, 10.0, 100.0))


def test_masses_and_times_of_a_vehicle_add_up(three_stage: Vehicle) -> None:
    stages = three_stage.stages
    parts: list[Floats | float] = [three_stage.payload_kg]
    parts += [stage.propellant_kg + stage.dry_kg for stage in stages]
    assert three_stage.liftoff_kg == pytest.approx(math.fsum(float(part) for part in parts))
    assert three_stage.burn_s == 180.0
