"""Closed-form arcs against published and independently computed ones, and the laws of orbits."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M, GM_M3_S2
from tocsin.flight.kepler import (
    Arc,
    arc_from_angle,
    arc_from_apogee,
    arc_from_time,
    free_flight_range,
    minimum_energy_arc,
    propagate,
)
from tocsin.lanes import Floats

ranges = st.floats(0.01, 3.0)
angles = st.floats(0.02, 1.5)

FLOWN = [
    "flight_hs12_2017_05_14",
    "flight_hs14_2017_07_04",
    "flight_hs15_2017_11_28",
    "flight_hs15_2023_02_18",
    "flight_hs17_2023_03_16",
    "flight_hs18_2023_12_18",
    "flight_hs12_2017_08_29",
    "flight_hs12_2022_01_30",
    "flight_pgs3_2019_10_02",
    "flight_bb12_2000_02_26",
    "flight_agni4_2011_11_15",
]


def column(rows: list[dict[str, float]], name: str) -> Floats:
    return np.array([row[name] for row in rows])


def speed_at(arc: Arc, height_m: float) -> float:
    fallen = 2.0 * GM_M3_S2 * (1.0 / EARTH_MEAN_RADIUS_M - 1.0 / (EARTH_MEAN_RADIUS_M + height_m))
    return math.sqrt(float(arc.speed_m_s) ** 2 - fallen)


def time_above(arc: Arc, height_m: float) -> float:
    radius = EARTH_MEAN_RADIUS_M + height_m
    speed = speed_at(arc, height_m)
    turning = float(arc.speed_m_s) * math.cos(float(arc.angle_rad)) * EARTH_MEAN_RADIUS_M
    angle = math.acos(turning / (radius * speed))
    _, _, time = free_flight_range(np.array(radius), np.array(speed), np.array(angle), radius)
    return float(time)


@pytest.mark.parametrize("case_id", FLOWN)
def test_a_published_flight_has_the_arc_that_was_computed_for_it(
    cases: dict[str, Any], case_id: str
) -> None:
    given_, expected = cases[case_id]["inputs"], cases[case_id]["expected"]
    angle = np.array(given_["ground_range_km"] * 1e3 / EARTH_MEAN_RADIUS_M)
    arc = arc_from_apogee(angle, np.array(given_["apogee_km"] * 1e3))
    time_s = expected["K0_spherical_nonrotating_time_s"]
    assert float(arc.time_s) == pytest.approx(time_s, abs=cases[case_id]["tolerance"]["K0_time_s"])
    assert float(arc.speed_m_s) == pytest.approx(expected["K0_launch_speed_mps"], abs=1e-3)
    degrees = math.degrees(float(arc.angle_rad))
    assert degrees == pytest.approx(expected["K0_launch_angle_deg"], abs=1e-4)


@pytest.mark.parametrize("case_id", ["met_table_6371_dev", "met_table_6378_dev"])
def test_least_energy_arcs_match_the_table(cases: dict[str, Any], case_id: str) -> None:
    case = cases[case_id]
    radius, rows = case["inputs"]["R_m"], case["expected"]
    arc = minimum_energy_arc(column(rows, "range_km") * 1e3 / radius, radius)
    near = {"rtol": case["tolerance"]["rel"]}
    np.testing.assert_allclose(arc.speed_m_s, column(rows, "v_bo_mps"), **near)
    np.testing.assert_allclose(np.degrees(arc.angle_rad), column(rows, "fpa_deg"), **near)
    np.testing.assert_allclose(arc.apogee_m, column(rows, "apogee_km") * 1e3, **near)
    np.testing.assert_allclose(arc.time_s, column(rows, "tof_s"), **near)
    np.testing.assert_allclose(np.degrees(arc.range_rad), column(rows, "psi_deg"), **near)
    q = arc.speed_m_s**2 * radius / GM_M3_S2
    np.testing.assert_allclose(q, column(rows, "Q"), **near)


@pytest.mark.parametrize("case_id", ["met_table_6371_dev", "met_table_6378_dev"])
def test_errors_at_launch_move_the_impact_as_the_table_says(
    cases: dict[str, Any], case_id: str
) -> None:
    radius, rows = cases[case_id]["inputs"]["R_m"], cases[case_id]["expected"]
    speed, angle = column(rows, "v_bo_mps"), np.radians(column(rows, "fpa_deg"))

    def reach_m(higher: float, faster: float, steeper: float) -> Floats:
        level = radius + higher
        start = level + 0.0 * speed
        return radius * free_flight_range(start, speed + faster, angle + steeper, level)[0]

    # Central differences of a step s are wrong by s^2 of the third derivative: 1e-6 here.
    per_speed = (reach_m(0.0, 0.1, 0.0) - reach_m(0.0, -0.1, 0.0)) / 0.2
    np.testing.assert_allclose(per_speed, column(rows, "downrange_m_per_mps"), rtol=2e-6)
    steeper = reach_m(0.0, 0.0, 1e-3) - reach_m(0.0, 0.0, 0.0)
    wanted = column(rows, "downrange_m_for_plus_1mrad_fpa")
    np.testing.assert_allclose(steeper, wanted, rtol=1e-4, atol=1e-5)
    # By the source's definition the flight from a greater height also ends at that height.
    per_height = (reach_m(50.0, 0.0, 0.0) - reach_m(-50.0, 0.0, 0.0)) / 100.0
    np.testing.assert_allclose(per_height, column(rows, "downrange_m_per_m_height"), rtol=2e-6)


@pytest.mark.parametrize("case_id", ["off_optimum_6371_dev", "off_optimum_6378_dev"])
def test_flatter_and_steeper_arcs_match_the_table(cases: dict[str, Any], case_id: str) -> None:
    case = cases[case_id]
    radius, rows = case["inputs"]["R_m"], case["expected"]
    angle = (
        column(rows, "factor")
        * minimum_energy_arc(column(rows, "range_km") * 1e3 / radius, radius).angle_rad
    )
    arc = arc_from_angle(column(rows, "range_km") * 1e3 / radius, angle, radius)
    near = {"rtol": case["tolerance"]["rel"]}
    np.testing.assert_allclose(np.degrees(arc.angle_rad), column(rows, "fpa_deg"), **near)
    np.testing.assert_allclose(arc.speed_m_s, column(rows, "v_bo_mps"), **near)
    np.testing.assert_allclose(arc.apogee_m, column(rows, "apogee_km") * 1e3, **near)
    np.testing.assert_allclose(arc.time_s, column(rows, "tof_s"), **near)


def test_a_burnout_above_ground_reaches_farthest_at_the_published_angle(
    cases: dict[str, Any],
) -> None:
    case = cases["elevated_burnout_dev"]
    radius = case["inputs"]["R_m"]
    for row in case["expected"]:
        start = np.array(radius + row["h_bo_km"] * 1e3)
        speed = np.array(float(row["v_mps"]))

        def short(angle: float, start: Floats = start, speed: Floats = speed) -> float:
            return -float(free_flight_range(start, speed, np.array(angle), radius)[0])

        best = minimize_scalar(short, bounds=(0.1, 1.4), options={"xatol": 1e-9}, method="bounded")
        span, top, time = free_flight_range(start, speed, np.array(best.x), radius)
        near = case["tolerance"]
        assert math.degrees(best.x) == pytest.approx(row["best_fpa_deg"], abs=near["fpa_deg"])
        assert span * radius / 1e3 == pytest.approx(row["range_km"], abs=near["range_km"])
        # Apogee and time follow the angle, which the flat maximum leaves open by 0.01 deg.
        assert (top - radius) / 1e3 == pytest.approx(row["apogee_km"], rel=3e-4)
        assert time == pytest.approx(row["tof_s"], rel=3e-4)


def test_the_worked_example_of_a_free_flight_comes_out(cases: dict[str, Any]) -> None:
    case = cases["bmw_p290"]
    expected = case["expected"]
    unit_m = EARTH_MEAN_RADIUS_M
    unit_m_s = math.sqrt(GM_M3_S2 / unit_m)
    start = np.array((1.0 + case["inputs"]["h_bo_DU"]) * unit_m)
    speed = np.array(case["inputs"]["v_bo"] * unit_m_s)
    angle = np.radians(expected["fpa_deg"])
    span, top, _ = free_flight_range(start, speed, angle, float(start))
    assert top / unit_m - 1.0 == pytest.approx(case["inputs"]["h_apogee_DU"], abs=1e-9)
    # The printed launch angle has 12 digits.
    assert np.degrees(span) == pytest.approx(expected["psi_deg"], abs=case["tolerance"]["abs"])
    assert np.degrees(span) == pytest.approx(
        expected["psi_book"], abs=case["tolerance"]["book_deg"]
    )


def test_the_worked_example_of_greatest_range_comes_out(cases: dict[str, Any]) -> None:
    case = cases["bmw_p294"]
    given_, expected = case["inputs"], case["expected"]
    radius = (1.0 + given_["h_bo_nmi"] / given_["DU_nmi"]) * EARTH_MEAN_RADIUS_M
    unit_m_s = math.sqrt(GM_M3_S2 / EARTH_MEAN_RADIUS_M)
    arc = minimum_energy_arc(np.radians(expected["psi_max_deg"]), radius)
    speed = given_["v_bo_fps"] / given_["DUTU_fps"]
    near = case["tolerance"]["rel"]
    assert float(arc.speed_m_s) / unit_m_s == pytest.approx(speed, rel=near)
    assert arc.speed_m_s**2 * radius / GM_M3_S2 == pytest.approx(expected["Q"], rel=near)
    miles = float(arc.range_rad) * given_["DU_nmi"]
    assert miles == pytest.approx(expected["range_nmi"], rel=near)


def test_an_orbit_moves_as_in_the_worked_example(cases: dict[str, Any]) -> None:
    case = cases["vallado_ex2_4_kepler"]
    position, velocity = propagate(
        np.array(case["inputs"]["r_km"]) * 1e3,
        np.array(case["inputs"]["v_kms"]) * 1e3,
        np.array(case["inputs"]["dt_s"]),
    )
    near = case["tolerance"]
    np.testing.assert_allclose(position / 1e3, case["expected"]["r_km"], atol=near["r_km"])
    np.testing.assert_allclose(velocity / 1e3, case["expected"]["v_kms"], atol=near["v_kms"])


def test_a_depressed_short_arc_lies_wholly_in_the_air(cases: dict[str, Any]) -> None:
    case = cases["flight_kn23_2019_07_25"]
    expected, near = case["expected"], case["tolerance"]["rel"]
    angle = np.array(case["inputs"]["ground_range_km"] * 1e3 / EARTH_MEAN_RADIUS_M)
    arc = arc_from_apogee(angle, np.array(case["inputs"]["apogee_km"] * 1e3))
    assert arc.speed_m_s == pytest.approx(expected["kepler_arc_speed_mps"], rel=near)
    assert np.degrees(arc.angle_rad) == pytest.approx(expected["kepler_arc_angle_deg"], rel=near)
    assert arc.time_s == pytest.approx(expected["kepler_arc_time_s"], rel=near)
    least = minimum_energy_arc(angle).apogee_m / 1e3
    assert least == pytest.approx(expected["minimum_energy_apogee_km"], rel=near)


def test_arcs_of_a_depressed_flight_match_the_grid(cases: dict[str, Any]) -> None:
    grids = cases["flight_houthi_2024_09_15"]["computed_independently"]
    # The second grid's distance is rounded to the kilometre.
    for name, range_km, near in (("grid_2040", 2040.0, 1e-9), ("grid_1887", 1887.0, 2e-4)):
        rows = grids[name]
        angle = np.full(len(rows), range_km * 1e3 / EARTH_MEAN_RADIUS_M)
        arc = arc_from_apogee(angle, column(rows, "apogee") * 1e3)
        np.testing.assert_allclose(arc.time_s, column(rows, "K0_T"), rtol=near)
        np.testing.assert_allclose(arc.speed_m_s, column(rows, "K0_v"), rtol=near)


def test_a_lofted_flight_bounds_the_range_of_the_same_speed_from_below(
    cases: dict[str, Any],
) -> None:
    case = cases["flight_lofted_to_standard"]
    tested = {"HS-12": "HS-12", "HS-14a": "HS-14 4 July", "HS-14b": "HS-14 28 July"}
    tested["HS-15"] = "HS-15"
    lofted = {row["id"]: row["lofted"] for row in case["inputs"]}
    assert sorted(tested) == sorted(case["expected"])
    for name, expected in case["expected"].items():
        range_km, apogee_km = lofted[tested[name]]
        angle = np.array(range_km * 1e3 / EARTH_MEAN_RADIUS_M)
        arc = arc_from_apogee(angle, np.array(apogee_km * 1e3))
        near = case["tolerance"]["rel"]
        assert arc.speed_m_s == pytest.approx(expected["v"], rel=near)
        farthest = expected["max_range_km"] * 1e3 / EARTH_MEAN_RADIUS_M
        same = minimum_energy_arc(np.array(farthest))
        assert same.speed_m_s == pytest.approx(float(arc.speed_m_s), rel=near)
        assert same.speed_m_s**2 * EARTH_MEAN_RADIUS_M / GM_M3_S2 == pytest.approx(
            expected["Q"], rel=near
        )
        assert expected["published_km"] > expected["max_range_km"]


def test_a_crewed_hop_is_weightless_about_as_long_as_its_arc(cases: dict[str, Any]) -> None:
    case = cases["flight_mr3"]
    top = np.array(case["inputs"]["apogee_km"] * 1e3)
    computed = case["computed_independently"]["time_above"]
    arc = arc_from_apogee(np.array(computed["range_km"] * 1e3 / EARTH_MEAN_RADIUS_M), top)
    rows = computed["t_above_60_62_65_70"]
    for height_km, seconds in zip((60, 62, 65, 70), rows, strict=True):
        assert time_above(arc, height_km * 1e3) == pytest.approx(seconds, abs=1e-6)
    angle = np.array(case["inputs"]["ground_range_km"] * 1e3 / EARTH_MEAN_RADIUS_M)
    above = time_above(arc_from_apogee(angle, top), 62e3)
    assert above == pytest.approx(
        case["expected"]["weightless_s"], abs=case["tolerance"]["weightless_s"]
    )


@pytest.mark.parametrize("case_id", ["flight_maxus6", "flight_minitexus"])
def test_a_sounding_rocket_stays_above_100_km_as_long_as_published(
    cases: dict[str, Any], case_id: str
) -> None:
    case = cases[case_id]
    angle = np.array(case["inputs"]["ground_range_km"] * 1e3 / EARTH_MEAN_RADIUS_M)
    arc = arc_from_apogee(angle, np.array(case["inputs"]["apogee_km"] * 1e3))
    above = time_above(arc, case["inputs"]["floor_km"] * 1e3)
    near = case["tolerance"]["computed_s"]
    assert above == pytest.approx(case["expected"]["time_above_100km_s"], abs=near)
    assert above == pytest.approx(case["expected"]["published_microgravity_s"], rel=0.07)


def test_an_early_rocket_was_as_fast_as_claimed(cases: dict[str, Any]) -> None:
    case = cases["flight_jupiter_c_1956"]
    expected = case["expected"]
    angle = np.array(case["inputs"]["ground_range_km"] * 1e3 / EARTH_MEAN_RADIUS_M)
    arc = arc_from_apogee(angle, np.array(case["inputs"]["apogee_km"] * 1e3))
    assert arc.speed_m_s == pytest.approx(expected["K0_launch_speed_mps"], rel=1e-4)
    assert np.degrees(arc.angle_rad) == pytest.approx(expected["K0_angle_deg"], rel=1e-4)
    assert arc.time_s == pytest.approx(expected["K0_time_s"], rel=1e-4)
    for height_km in (200, 350):
        speed = speed_at(arc, height_km * 1e3)
        assert speed == pytest.approx(expected[f"speed_at_{height_km}km_mps"], rel=1e-4)
    claimed = case["inputs"]["claimed_speed_mph"] * 0.44704
    assert speed_at(arc, 200e3) == pytest.approx(claimed, rel=0.05)


@given(range_rad=ranges, angle_rad=angles)
def test_an_arc_given_back_its_apogee_or_its_time_is_the_same_arc(
    range_rad: float, angle_rad: float
) -> None:
    assume(range_rad + 2.0 * angle_rad < 3.0)  # the parabola is at pi
    arc = arc_from_angle(np.array(range_rad), np.array(angle_rad))
    again = arc_from_apogee(np.array(range_rad), arc.apogee_m)
    assert again.angle_rad == pytest.approx(angle_rad, rel=1e-6)
    assert again.time_s == pytest.approx(float(arc.time_s), rel=1e-6)
    timed = arc_from_time(np.array(range_rad), arc.time_s)
    assert timed.apogee_m == pytest.approx(float(arc.apogee_m), rel=1e-6)


@given(range_rad=ranges, angle_rad=angles)
def test_an_arc_moved_by_its_time_comes_down_at_its_range(
    range_rad: float, angle_rad: float
) -> None:
    assume(range_rad + 2.0 * angle_rad < 3.0)  # the parabola is at pi
    arc = arc_from_angle(np.array(range_rad), np.array(angle_rad))
    speed = float(arc.speed_m_s)
    start = np.array([EARTH_MEAN_RADIUS_M, 0.0, 0.0])
    velocity = speed * np.array([math.sin(angle_rad), math.cos(angle_rad), 0.0])
    end, _ = propagate(start, velocity, arc.time_s)
    place = EARTH_MEAN_RADIUS_M * np.array([math.cos(range_rad), math.sin(range_rad), 0.0])
    np.testing.assert_allclose(end, place, atol=1e-2)
    top, _ = propagate(start, velocity, 0.5 * arc.time_s)
    assert np.linalg.norm(top) - EARTH_MEAN_RADIUS_M == pytest.approx(float(arc.apogee_m), abs=1e-2)


@given(range_rad=ranges, factor=st.floats(0.3, 0.95))
def test_two_arcs_of_one_speed_lie_as_far_below_as_above_the_best_angle(
    range_rad: float, factor: float
) -> None:
    least = minimum_energy_arc(np.array(range_rad))
    low = arc_from_angle(np.array(range_rad), factor * least.angle_rad)
    high = arc_from_angle(np.array(range_rad), (2.0 - factor) * least.angle_rad)
    assert low.speed_m_s == pytest.approx(float(high.speed_m_s), rel=1e-9)
    assert low.speed_m_s > least.speed_m_s
    assert low.apogee_m < least.apogee_m < high.apogee_m


@given(
    height_m=st.floats(1e5, 1e6),
    speed_m_s=st.floats(2e3, 1.2e4),
    angle_rad=st.floats(-1.4, 1.4),
    time_s=st.floats(-3e4, 3e4),
)
def test_an_orbit_keeps_energy_and_spin_and_runs_backwards(
    height_m: float, speed_m_s: float, angle_rad: float, time_s: float
) -> None:
    start = np.array([0.6, 0.0, 0.8]) * (EARTH_MEAN_RADIUS_M + height_m)
    up, along = start / np.linalg.norm(start), np.array([0.0, 1.0, 0.0])
    velocity = speed_m_s * (math.sin(angle_rad) * up + math.cos(angle_rad) * along)
    position, moving = propagate(start, velocity, np.array(time_s))
    energy = 0.5 * np.dot(velocity, velocity) - GM_M3_S2 / np.linalg.norm(start)
    later = 0.5 * np.dot(moving, moving) - GM_M3_S2 / np.linalg.norm(position)
    fastest = GM_M3_S2 / np.linalg.norm(position) + GM_M3_S2 / np.linalg.norm(start)
    assert later == pytest.approx(float(energy), abs=1e-8 * float(fastest))
    np.testing.assert_allclose(
        np.cross(position, moving),
        np.cross(start, velocity),
        atol=1e-8 * float(np.linalg.norm(start) * speed_m_s),
    )
    home, _ = propagate(position, moving, np.array(-time_s))
    np.testing.assert_allclose(home, start, atol=1.0)
