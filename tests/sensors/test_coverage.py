"""The fused kernel against a slow, plain restatement of what it means to be seen."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.earth.time import tai_from_utc
from tocsin.flight.trajectory import Launches, Trajectory, fly_dense
from tocsin.flight.vehicle import Stage, Vehicle
from tocsin.lanes import LANES, Floats
from tocsin.sensors import coverage
from tocsin.sensors.coverage import Looks, cover
from tocsin.sensors.detect import confirmation_probability
from tocsin.sensors.infrared import Infrared, plume_detection_probability
from tocsin.sensors.radar import Radar, snr_at, snr_for, swerling_1
from tocsin.sensors.refraction import horizon_fit, threshold
from tocsin.sensors.satellites import Elements, geostationary, orbit_from_elements, positions_ecef_m
from tocsin.sensors.watch import Watch, merged_sectors, watch

STEP_S = 2.0
LAST_S = 2400.0
START_NS = tai_from_utc("2024-07-05T12:00:00Z")
TURN = 2.0 * math.pi
FLIGHTS = 40


def radar(name: str, latitude: float, longitude: float, **change: Any) -> Radar:
    whole = Radar(
        id=name,
        name=name,
        latitude_rad=math.radians(latitude),
        longitude_rad=math.radians(longitude),
        altitude_m=150.0,
        sectors_rad=((0.0, TURN),),
        elevation_min_rad=math.radians(3.0),
        elevation_max_rad=math.radians(85.0),
        range_min_m=100e3,
        range_max_m=3500e3,
        reference_rcs_m2=1.0,
        reference_snr=snr_for(0.5, 1e-6),
        false_alarm_probability=1e-6,
        revisit_s=6.0,
    )
    return replace(whole, **change)


def sectors(*pairs: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    return tuple((math.radians(a), math.radians(b)) for a, b in pairs)


RADARS = (
    radar("round", 35.0, 60.0),
    radar("north", 5.0, 75.0, sectors_rad=sectors((310.0, 40.0)), elevation_min_rad=0.0),
    radar(
        "split",
        20.0,
        40.0,
        sectors_rad=sectors((40.0, 70.0), (60.0, 85.0), (95.0, 160.0)),
        revisit_s=10.0,
        confirm_hits=3,
        confirm_window=5,
        range_max_m=6000e3,
    ),
    radar(
        "narrow",
        30.0,
        80.0,
        elevation_max_rad=math.radians(30.0),
        sectors_rad=sectors((180.0, 290.0)),
        revisit_s=1.0,
        confirm_hits=1,
        confirm_window=1,
        range_max_m=2500e3,
    ),
)
SATELLITES = (
    Infrared(
        id="fixed",
        name="fixed",
        orbit=geostationary("fixed", math.radians(80.0)),
        threshold_w_m2=1.9e-10,
        cloud_break_m=9_000.0,
        revisit_s=10.0,
    ),
    Infrared(
        id="high",
        name="high",
        orbit=orbit_from_elements(
            "high",
            Elements(
                epoch_tai_ns=START_NS,
                semi_major_axis_m=26.56e6,
                eccentricity=0.7,
                inclination_rad=math.radians(63.4),
                node_rad=math.radians(80.0),
                perigee_rad=math.radians(270.0),
                mean_anomaly_rad=math.pi,
            ),
        ),
        threshold_w_m2=1.2e-10,
        cloud_break_m=10_000.0,
        revisit_s=4.0,
        confirm_hits=2,
        confirm_window=4,
        elevation_min_rad=math.radians(30.0),
    ),
)


@pytest.fixture(scope="module")
def vehicle() -> Vehicle:
    stages = ((60.0, 45_000.0, 4_000.0), (60.0, 14_000.0, 1_300.0), (60.0, 4_500.0, 450.0))
    return Vehicle(
        id="three",
        name="three",
        kind="intercontinental-solid",
        stages=tuple(
            Stage(
                thrust_vacuum_n=propellant / burn * 2750.0,
                exit_area_m2=0.3,
                propellant_kg=propellant,
                dry_kg=dry,
                burn_s=burn,
                drag_area_m2=1.5,
                plume_w_sr=plume,
            )
            for (burn, propellant, dry), plume in zip(stages, (2.5e5, 9e4, 3e4), strict=True)
        ),
        payload_kg=800.0,
        ballistic_coefficient_kg_m2=5000.0,
        vertical_rise_s=6.0,
        rcs_m2=0.3,
    )


@pytest.fixture(scope="module")
def launches() -> Launches:
    part = np.linspace(0.0, 1.0, FLIGHTS)
    zero = np.zeros(FLIGHTS)
    return Launches(
        latitude_rad=np.radians(-30.0 + 50.0 * part),
        longitude_rad=np.radians(40.0 + 50.0 * np.abs(np.sin(9.0 * part))),
        azimuth_rad=np.radians(330.0 + 60.0 * part),
        tilt_rad=np.radians(25.0 + 45.0 * np.abs(np.cos(7.0 * part))),
        cutoff_s=105.0 + 50.0 * np.abs(np.sin(5.0 * part)),
        speed_m_s=zero,
    )


@pytest.fixture(scope="module")
def over() -> Watch:
    return watch(RADARS, SATELLITES, START_NS, LAST_S, STEP_S)


@pytest.fixture(scope="module")
def looks(vehicle: Vehicle, launches: Launches, over: Watch) -> Looks:
    return cover(vehicle, launches, over)


@pytest.fixture(scope="module")
def flown(vehicle: Vehicle, launches: Launches) -> Trajectory:
    return fly_dense(vehicle, launches, STEP_S)


def radar_chances(one: Radar, flown: Trajectory, rcs_m2: float) -> Floats:
    """Give the chance that each look at each flight hits, [flights, instants]; NaN out of view."""
    place = np.array(ecef_from_geodetic(one.latitude_rad, one.longitude_rad, one.altitude_m))
    axes = np.array(east_north_up(one.latitude_rad, one.longitude_rad))
    east, north, up = np.moveaxis((flown.position_ecef_m - place) @ axes.T, -1, 0)
    away = np.sqrt(east**2 + north**2 + up**2)
    azimuth = np.mod(np.arctan2(east, north), TURN)
    inside = np.zeros(away.shape, bool)
    for start, end in one.sectors_rad:
        width = (end - start) % TURN or TURN
        inside |= np.mod(azimuth - start, TURN) <= width
    lowest = np.vectorize(threshold)(*horizon_fit(one.elevation_min_rad), flown.altitude_m)
    inside &= (up / away >= lowest) & (up / away <= math.sin(one.elevation_max_rad))
    inside &= (away >= one.range_min_m) & (away <= one.range_max_m)
    known = (one.range_max_m, one.reference_rcs_m2, one.reference_snr)
    chance = np.vectorize(swerling_1)(snr_at(away, rcs_m2, *known), one.false_alarm_probability)
    return np.where(inside, chance, np.nan)


def infrared_chances(
    one: Infrared, flown: Trajectory, vehicle: Vehicle, cutoff_s: Floats
) -> Floats:
    """Give the same for a satellite."""
    times = START_NS + (flown.time_s * 1e9).astype(np.int64)
    off = positions_ecef_m(one.orbit, times) - flown.position_ecef_m
    away = np.linalg.norm(off, axis=-1)
    up = flown.position_ecef_m / np.linalg.norm(flown.position_ecef_m, axis=-1, keepdims=True)
    high = np.sum(off * up, axis=-1) / away >= math.sin(one.elevation_min_rad)
    ends = np.cumsum([stage.burn_s for stage in vehicle.stages])
    plumes = np.array([stage.plume_w_sr for stage in vehicle.stages] + [0.0])
    plume = plumes[np.searchsorted(ends, flown.time_s, side="right")]
    inside = high & (flown.altitude_m >= one.cloud_break_m)
    inside &= (flown.time_s <= cutoff_s[:, None]) & (plume > 0.0)
    chance = np.vectorize(plume_detection_probability)(plume / away**2, one.threshold_w_m2)
    return np.where(inside, chance, np.nan)


def slowly(
    one: Radar | Infrared, flown: Trajectory, vehicle: Vehicle, launches: Launches
) -> tuple[Floats, Floats, Floats]:
    """Say when a sensor first hits, confirms and last has in view each flight."""
    with np.errstate(invalid="ignore"):  # flights that are down have no position
        if isinstance(one, Radar):
            chance = radar_chances(one, flown, vehicle.rcs_m2)
        else:
            chance = infrared_chances(one, flown, vehicle, launches.cutoff_s)
    every = max(1, round(one.revisit_s / STEP_S))
    time = flown.time_s[::every]
    seen = np.isfinite(chance[:, ::every]) & (time <= LAST_S)
    hits = np.where(seen, chance[:, ::every], 0.0)
    confirmed = confirmation_probability(hits, one.confirm_hits, one.confirm_window)
    first = 1.0 - np.cumprod(1.0 - hits, axis=1)
    last = np.where(seen, time, -np.inf).max(axis=1)
    return half_at(first, time), half_at(confirmed, time), last


def half_at(chance: Floats, time: Floats) -> Floats:
    """Give the first instant at which a growing chance is a half; inf for never."""
    reached = chance >= 0.5
    return np.where(reached.any(axis=1), time[np.argmax(reached, axis=1)], np.inf)


def test_times_are_those_of_the_plain_definition(
    vehicle: Vehicle, launches: Launches, over: Watch, looks: Looks, flown: Trajectory
) -> None:
    assert over.ids == tuple(one.id for one in (*RADARS, *SATELLITES))
    for column, one in enumerate((*RADARS, *SATELLITES)):
        first, confirmed, last = slowly(one, flown, vehicle, launches)
        np.testing.assert_array_equal(looks.last_look_s[:, column], last, one.id)
        np.testing.assert_array_equal(looks.first_look_s[:, column], first, one.id)
        np.testing.assert_array_equal(looks.confirmed_s[:, column], confirmed, one.id)
        # Otherwise the comparison would say little.
        assert 4 <= np.count_nonzero(np.isfinite(confirmed)) < FLIGHTS
        assert np.count_nonzero(confirmed > first) >= (0 if one.confirm_hits == 1 else 4)
