"""The stepping of a block: how near it is to the truth, and that all its faces agree."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from tocsin.earth.constants import (
    EARTH_A_M,
    EARTH_J2,
    EARTH_OMEGA_RAD_S,
    GM_M3_S2,
    STANDARD_G_M_S2,
)
from tocsin.earth.frames import ecef_from_geodetic, geodetic_from_ecef
from tocsin.earth.geodesy import distance_m
from tocsin.earth.gravity import gravity_j2
from tocsin.flight.block import (
    COAST_STEP_S,
    LANE,
    NODE,
    NODES_MAX,
    RISE_STEPS,
    STEPS_MAX,
    boost_step,
    burn_steps,
    fall_step,
    make_block,
)
from tocsin.flight.motion import (
    altitude_m,
    boost_acceleration,
    falling_acceleration,
    tilt_share,
)
from tocsin.flight.trajectory import (
    TILT_SHARE,
    Launches,
    fly,
    fly_dense,
    launch_rows,
    vehicle_table,
)
from tocsin.flight.vehicle import Stage, Vehicle
from tocsin.lanes import Floats

Nodes = tuple[Floats, int, int]
VACUUM = np.tile([-40.0, 8.0e4], 801)


def thrust_direction(row: Floats, time_s: float, rise: float, tilted: float) -> list[float]:
    angle = float(row[12]) * tilt_share(time_s, rise, tilted)
    direction: Floats = math.cos(angle) * row[6:9] + math.sin(angle) * row[9:12]
    return direction.tolist()


def true_boost(vehicle: Vehicle, row: Floats, air: Floats) -> Floats:
    """Integrate the boost stage by stage, broken where the tilt begins and ends."""
    state, cutoff, rise = row[:6], float(row[13]), vehicle.vertical_rise_s
    tilted = rise + TILT_SHARE * (cutoff - rise)
    mass, start = vehicle.liftoff_kg, 0.0
    for stage in vehicle.stages:
        stop = min(start + stage.burn_s, cutoff)
        if stop <= start:
            break

        def rates(
            t: float, s: Floats, stage: Stage = stage, mass: float = mass, start: float = start
        ) -> list[float]:
            now = mass - stage.propellant_kg / stage.burn_s * (t - start)
            push = thrust_direction(row, t, rise, tilted)
            shape = (stage.thrust_vacuum_n, stage.exit_area_m2, stage.drag_area_m2)
            felt = boost_acceleration(s.tolist(), *shape, now, push, air)  # type: ignore[arg-type]
            return [*s[3:].tolist(), *felt]

        edges = sorted({start, stop} | {t for t in (rise, tilted) if start < t < stop})
        for first, last in pairwise(edges):
            state = solve_ivp(rates, (first, last), state, "DOP853", rtol=1e-12, atol=1e-6).y[:, -1]
        mass -= stage.propellant_kg + stage.dry_kg
        start += stage.burn_s
    return state


def true_fall(state: Floats, start_s: float, inverse_ballistic: float, air: Floats) -> Any:
    """Integrate the rest until the ground."""

    def rates(_: float, s: Floats) -> list[float]:
        return [
            *s[3:].tolist(),
            *falling_acceleration(*s.tolist(), inverse_ballistic, air)[:3],
        ]

    def ground(_: float, s: Floats) -> float:
        return altitude_m(*s[:3].tolist())

    ground.terminal, ground.direction = True, -1.0  # type: ignore[attr-defined]
    return solve_ivp(
        rates,
        (start_s, 3e4),
        state,
        "DOP853",
        rtol=1e-12,
        atol=1e-6,
        events=ground,
        dense_output=True,
    )


@pytest.fixture(scope="module")
def far_and_near(launches: Callable[..., Launches]) -> Launches:
    """Six flights of the three-stage vehicle: cut off in each stage, flat, steep, both ways."""
    return launches(
        [40.0, -20.0, 0.0, 60.0, -45.0, 10.0],
        [125.0, 30.0, 0.0, -170.0, 179.0, -60.0],
        [75.0, 300.0, 180.0, 0.0, 110.0, 250.0],
        [55.0, 40.0, 60.0, 8.0, 60.0, 70.0],
        [95.0, 55.0, 130.0, 140.0, 150.0, 160.0],
    )


def test_a_whole_flight_is_within_10_m_of_the_truth(
    three_stage: Vehicle, far_and_near: Launches, air: Floats
) -> None:
    flown = fly_dense(three_stage, far_and_near, 5.0)
    flights = flown.flights
    for i, row in enumerate(launch_rows(far_and_near)):
        cutoff = float(far_and_near.cutoff_s[i])
        burnout = true_boost(three_stage, row, air)
        rest = true_fall(burnout, cutoff, 1.0 / three_stage.ballistic_coefficient_kg_m2, air)
        impact = rest.y[:, -1]
        assert np.linalg.norm(flights.burnout_m[i] - burnout[:3]) < 1.0
        assert np.linalg.norm(flights.burnout_velocity_m_s[i] - burnout[3:]) < 0.01
        assert np.linalg.norm(flights.impact_m[i] - impact[:3]) < 10.0
        assert flights.impact_s[i] == pytest.approx(float(rest.t[-1]), abs=0.005)
        # Speed between nodes is the slope of the cubic: good to 1 m/s where the air brakes.
        assert np.linalg.norm(flights.impact_velocity_m_s[i] - impact[3:]) < 1.0
        on_grid = (flown.time_s >= cutoff) & (flown.time_s < min(rest.t[-1], flights.impact_s[i]))
        true = rest.sol(flown.time_s[on_grid]).T
        off = np.linalg.norm(flown.position_ecef_m[i, on_grid] - true[:, :3], axis=-1)
        rate_off = np.linalg.norm(flown.velocity_ecef_m_s[i, on_grid] - true[:, 3:], axis=-1)
        high = flown.altitude_m[i, on_grid] > 120e3
        assert off.max() < 16.0
        assert rate_off[high].max() < 0.1
        assert rate_off.max() < 2.0


def test_a_steep_low_flight_is_within_10_m_of_the_truth(
    one_stage: Vehicle, launches: Callable[..., Launches], air: Floats
) -> None:
    low = launches(30.0, 50.0, 90.0, [0.5, 2.0, 10.0, 30.0], [24.0, 40.0, 35.0, 30.0])
    flights = fly(one_stage, low)
    for i, row in enumerate(launch_rows(low)):
        burnout = true_boost(one_stage, row, air)
        inverse = 1.0 / one_stage.ballistic_coefficient_kg_m2
        rest = true_fall(burnout, float(low.cutoff_s[i]), inverse, air)
        assert flights.apogee_m[i] < 90e3
        assert np.linalg.norm(flights.impact_m[i] - rest.y[:3, -1]) < 10.0
        assert flights.impact_s[i] == pytest.approx(float(rest.t[-1]), abs=0.01)


def test_apogee_is_where_the_distance_from_the_centre_is_greatest(
    three_stage: Vehicle, far_and_near: Launches, air: Floats
) -> None:
    flights = fly(three_stage, far_and_near)
    for i, row in enumerate(launch_rows(far_and_near)):
        burnout = true_boost(three_stage, row, air)
        rest = true_fall(burnout, float(far_and_near.cutoff_s[i]), 2e-4, air)
        time = np.linspace(flights.apogee_s[i] - 2.0, flights.apogee_s[i] + 2.0, 4001)
        away = np.linalg.norm(rest.sol(time)[:3], axis=0)
        # The climb's rate is zero there: a parabola through three points finds the top.
        a, b, _ = np.polyfit(time - time[2000], away, 2)
        assert -b / (2.0 * a) == pytest.approx(0.0, abs=0.02)
        top = rest.sol(flights.apogee_s[i])[:3]
        assert flights.apogee_m[i] == pytest.approx(altitude_m(*top.tolist()), abs=12.0)


def plain(vehicle: Vehicle, row: Floats, air: Floats) -> Floats:
    """Fly one flight in plain Python with the formulas alone; give its nodes [n, value]."""
    state = tuple(float(v) for v in row[:6])
    rise, cutoff = vehicle.vertical_rise_s, float(row[13])
    lane = (*(float(v) for v in row[6:13]), rise, rise + TILT_SHARE * (cutoff - rise))
    nodes, t, mass, start = [(0.0, *state, 1.0)], 0.0, vehicle.liftoff_kg, 0.0
    for k, one in enumerate(vehicle.stages):
        flow = one.propellant_kg / one.burn_s
        stage = (one.thrust_vacuum_n, one.exit_area_m2, flow, start, mass, one.drag_area_m2)
        stop = min(max(cutoff, start), start + one.burn_s)
        steps = burn_steps(one.burn_s, k)
        lengths = [rise / RISE_STEPS] * (RISE_STEPS if k == 0 else 0)
        lengths += [(stop - (rise if k == 0 else start)) / steps] * steps
        for dt in lengths:
            state = boost_step(state, t, dt, stage, lane, air)  # type: ignore[arg-type]
            t += dt
            nodes.append((t, *state, 1.0))
        mass -= one.propellant_kg + one.dry_kg
        start += one.burn_s
    live = 1.0
    while live > 0.0:
        inverse = 1.0 / vehicle.ballistic_coefficient_kg_m2
        dt, state, live = fall_step(state, live, inverse, COAST_STEP_S, air)  # type: ignore[arg-type]
        t += dt
        nodes.append((t, *state, live))
    return np.array(nodes)


def test_lanes_side_by_side_fly_as_one_flight_in_plain_python(
    three_stage: Vehicle,
    far_and_near: Launches,
    air: Floats,
    nodes_of: Callable[..., Nodes],
) -> None:
    lanes, _, end = nodes_of(three_stage, far_and_near, air)
    for i, row in enumerate(launch_rows(far_and_near)):
        alone = plain(three_stage, row, air)
        assert len(alone) <= end + 1
        # Fused multiply-adds round differently; nothing in the equations lets that grow.
        np.testing.assert_allclose(lanes[: len(alone), 0, i], alone[:, 0], atol=1e-7)
        np.testing.assert_allclose(lanes[: len(alone), 1:4, i], alone[:, 1:4], atol=1e-3)
        np.testing.assert_allclose(lanes[: len(alone), 4:7, i], alone[:, 4:7], atol=1e-6)
        np.testing.assert_array_equal(lanes[: len(alone), 7, i], alone[:, 7])
        np.testing.assert_array_equal(lanes[len(alone) :, 7, i], 0.0)


def test_a_block_of_one_lane_flies_as_a_lane_of_a_wide_block(
    three_stage: Vehicle,
    far_and_near: Launches,
    air: Floats,
    nodes_of: Callable[..., Nodes],
) -> None:
    wide, burnout, _ = nodes_of(three_stage, far_and_near, air)
    single = make_block(1, cache=False)
    table = vehicle_table(three_stage)
    for i, row in enumerate(launch_rows(far_and_near)):
        flat = np.empty(NODES_MAX * NODE)
        flat[:NODE] = [0.0, *row[:6], 1.0]
        first_still, end = single(flat, row[6 : 6 + LANE].copy(), table, air, COAST_STEP_S)
        alone = flat.reshape(NODES_MAX, NODE)[: end + 1]
        assert first_still == burnout
        np.testing.assert_allclose(wide[: end + 1, 1:4, i], alone[:, 1:4], atol=1e-3)
        np.testing.assert_allclose(wide[: end + 1, 4:7, i], alone[:, 4:7], atol=1e-6)
        np.testing.assert_allclose(wide[: end + 1, 0, i], alone[:, 0], atol=1e-7)


def test_a_flight_ends_with_the_first_node_below_the_ground(
    two_stage: Vehicle,
    launches: Callable[..., Launches],
    air: Floats,
    nodes_of: Callable[..., Nodes],
) -> None:
    nodes, burnout, end = nodes_of(two_stage, launches(10.0, 20.0, 90.0, [10.0, 60.0], 170.0), air)
    for i in range(2):
        flying = nodes[:, 7, i] > 0.0
        last = int(np.argmin(flying))
        height = np.array([altitude_m(*xyz) for xyz in nodes[: last + 1, 1:4, i]])
        assert np.all(height[1:-1] > 0.0)
        assert height[-1] < 0.0
        assert np.all(np.diff(nodes[: last + 1, 0, i]) >= 0.0)
        assert np.ptp(nodes[last:, 1:7, i], axis=0).max() == 0.0
        assert nodes[burnout, 0, i] == pytest.approx(170.0, abs=1e-9)
    assert end - burnout < STEPS_MAX


def jacobi(nodes: Floats) -> Floats:
    """Give the energy that a turning, oblate Earth leaves alone, J/kg."""
    place, velocity = nodes[:, 1:4], nodes[:, 4:7]
    r = np.linalg.norm(place, axis=1)
    sine2 = (place[:, 2] / r) ** 2
    pull = GM_M3_S2 / r * (1.0 - EARTH_J2 * (EARTH_A_M / r) ** 2 * 0.5 * (3.0 * sine2 - 1.0))
    swing = 0.5 * EARTH_OMEGA_RAD_S**2 * (place[:, 0] ** 2 + place[:, 1] ** 2)
    return np.asarray(0.5 * np.sum(velocity**2, axis=1) - pull - swing)


def spin(nodes: Floats) -> Floats:
    """Give angular momentum about the axis against the stars, m^2/s."""
    x, y = nodes[:, 1], nodes[:, 2]
    vx, vy = nodes[:, 4] - EARTH_OMEGA_RAD_S * y, nodes[:, 5] + EARTH_OMEGA_RAD_S * x
    return np.asarray(x * vy - y * vx)


@given(
    latitude=st.floats(-89.0, 89.0),
    azimuth=st.floats(0.0, 360.0),
    tilt=st.floats(0.5, 75.0),
    speed=st.floats(800.0, 7500.0),
)
def test_a_coast_without_air_keeps_energy_and_spin(
    launches: Callable[..., Launches],
    air: Floats,
    nodes_of: Callable[..., Nodes],
    latitude: float,
    azimuth: float,
    tilt: float,
    speed: float,
) -> None:
    start = launches(latitude, 33.0, azimuth, tilt, 0.0, speed)
    nodes, burnout, _ = nodes_of(None, start, air)
    flying = nodes[:, :, 0]
    assert burnout == 0
    # Ten joules per kilogram are a metre of height: 6 m at most, straight up at 7,500 m/s.
    assert np.ptp(jacobi(flying)) < 2.2e-6 * 0.5 * speed**2
    assert np.ptp(spin(flying)) < 1e-3 * EARTH_A_M


def vertical(stages: list[tuple[float, float, float, float]], payload_kg: float) -> Vehicle:
    """Stack stages of (burn s, exhaust m/s, propellant kg, dry kg) without nozzle area."""
    return Vehicle(
        id="vertical",
        name="vertical",
        kind="short",
        stages=tuple(
            Stage(
                thrust_vacuum_n=propellant / burn * exhaust,
                exit_area_m2=0.0,
                propellant_kg=propellant,
                dry_kg=dry,
                burn_s=burn,
                drag_area_m2=1.0,
                plume_w_sr=1.0,
            )
            for burn, exhaust, propellant, dry in stages
        ),
        payload_kg=payload_kg,
        ballistic_coefficient_kg_m2=5e3,
        vertical_rise_s=5.0,
        rcs_m2=1.0,
    )


def climb(nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Give time, speed and pull of a climb straight up from the pole, at each node."""
    pull = np.array([-gravity_j2(*place)[2] for place in nodes[:, 1:4]])
    return nodes[:, 0], nodes[:, 6], pull


def lost(time: Floats, pull: Floats) -> Floats:
    """Give what the pull has taken by each node: the integral by a cubic through the nodes."""
    rate = np.gradient(pull, time, edge_order=2)
    step = np.diff(time)
    part = 0.5 * step * (pull[1:] + pull[:-1]) + step**2 / 12.0 * (rate[:-1] - rate[1:])
    return np.concatenate([[0.0], np.cumsum(part)])


@pytest.mark.parametrize("case_id", ["vertical_burn_0", "vertical_burn_2"])
def test_a_vertical_burn_without_air_gains_the_closed_form_speed_and_height(
    cases: dict[str, Any],
    launches: Callable[..., Launches],
    nodes_of: Callable[..., Nodes],
    case_id: str,
) -> None:
    given_, expected = cases[case_id]["inputs"], cases[case_id]["expected"]
    burn, exhaust, ratio = given_["burn_s"], given_["exhaust_speed"], given_["mass_ratio"]
    vehicle = vertical([(burn, exhaust, 1e4 * (ratio - 1.0), 1e4 - 100.0)], 100.0)
    weight = vehicle.liftoff_kg * given_["g"]
    assert vehicle.stages[0].thrust_vacuum_n / weight == pytest.approx(expected["tw0"], rel=1e-9)
    nodes, burnout, _ = nodes_of(vehicle, launches(90.0, 0.0, 0.0, 0.0, burn), VACUUM)
    time, speed, pull = climb(nodes[: burnout + 1, :, 0])
    taken = lost(time, pull)
    # The closed form has constant gravity: what the true pull differs by is added back.
    near = {"rel": 2e-6}
    assert speed[-1] + taken[-1] == pytest.approx(expected["dv_ideal"], **near)
    even = speed[-1] + taken[-1] - given_["g"] * burn
    assert even == pytest.approx(expected["v_bo"], **near)
    risen = nodes[burnout, 3, 0] - nodes[0, 3, 0]
    fallen = lost(time, taken)[-1]
    assert risen + fallen - 0.5 * given_["g"] * burn**2 == pytest.approx(expected["h_bo"], rel=1e-5)


def test_three_stages_gain_their_ideal_speed(
    cases: dict[str, Any], launches: Callable[..., Launches], nodes_of: Callable[..., Nodes]
) -> None:
    case = cases["mm3_ideal_dv"]
    assert case["inputs"]["g0"] == STANDARD_G_M_S2
    burns = case["expected"]["burn_s"]
    stages = [
        (burn, one["isp"] * STANDARD_G_M_S2, float(one["fuel"]), float(one["wet"] - one["fuel"]))
        for one, burn in zip(case["inputs"]["stages"], burns, strict=True)
    ]
    payload = case["inputs"]["payload_kg"] + case["inputs"]["shroud_kg"]
    vehicle = vertical(stages, payload)
    start = launches(90.0, 0.0, 0.0, 0.0, float(sum(burns)))
    nodes, burnout, _ = nodes_of(vehicle, start, VACUUM)
    time, speed, pull = climb(nodes[: burnout + 1, :, 0])
    total = speed + lost(time, pull)
    ends = np.cumsum([RISE_STEPS] + [burn_steps(burn, k) for k, burn in enumerate(burns)])[1:]
    gained = np.diff(np.concatenate([[0.0], total[ends]]))
    # Steps of Runge-Kutta, not the logarithm: 1e-5 at the last stage, whose mass falls eightfold.
    np.testing.assert_allclose(gained, case["expected"]["dv_mps"], rtol=2e-5)
    assert total[-1] == pytest.approx(case["expected"]["total"], rel=1e-5)


def test_a_forgotten_term_would_move_the_impact_as_far_as_computed(
    cases: dict[str, Any], nodes_of: Callable[..., Nodes], air: Floats
) -> None:
    case = cases["coast_ecef_neglect"]
    start = case["inputs"]["start"]
    lat, lon = math.radians(start["lat"]), math.radians(start["lon"])
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    azimuth, climbing = math.radians(start["az_deg"]), math.radians(start["fpa_deg"])
    along = math.sin(azimuth) * east + math.cos(azimuth) * np.cross(up, east)
    velocity = start["speed_rel"] * (math.cos(climbing) * along + math.sin(climbing) * up)
    place = ecef_from_geodetic(lat, lon, start["h"])
    rows = np.array([[*place, *velocity, *up, *along, 0.0, 0.0]])
    nodes, _, _ = nodes_of(None, rows, air)
    last = int(np.argmin(nodes[:, 7, 0]))
    before, after = nodes[last - 1, :, 0], nodes[last, :, 0]
    rest = true_fall(before[1:7], float(before[0]), 0.0, air)
    assert before[0] < rest.t[-1] < after[0]
    latitude, longitude, _ = geodetic_from_ecef(*rest.y[:3, -1].tolist())
    for expected in case["expected"].values():
        where = (math.radians(expected["lat"]), math.radians(expected["lon"]))
        shift = float(distance_m(latitude, longitude, *where))
        assert shift == pytest.approx(expected["shift_m"], rel=0.01)
