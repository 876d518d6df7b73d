"""One flight asked for in degrees and kilometres: its figures, its remarks, its refusals."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tocsin.errors import FlightError
from tocsin.flight.single import (
    APOGEE_MOST_KM,
    RANGE_MOST_KM,
    Request,
    dense,
    fly_one,
    place_from_range,
)
from tocsin.flight.vehicle import Vehicle

START = (39.2, 125.67)


def ask(mode: str, range_km: float, **more: Any) -> Request:
    wishes: dict[str, Any] = {"apogee_km": None, "flight_time_s": None, "vehicle": None} | more
    end = place_from_range(START, 65.0, range_km)
    return Request(start_deg=START, end_deg=end, mode=mode, **wishes)


def test_a_flight_wholly_in_the_air_says_not_to_trust_it(cases: dict[str, Any]) -> None:
    case = cases["flight_kn23_2019_07_25"]
    flown = fly_one(
        ask("kepler", case["inputs"]["ground_range_km"], apogee_km=case["inputs"]["apogee_km"])
    )
    assert flown.launch_speed_m_s == pytest.approx(
        case["expected"]["kepler_arc_speed_mps"], rel=case["tolerance"]["rel"]
    )
    assert any("lift and drag" in note for note in flown.notes())
    higher = fly_one(ask("kepler", case["inputs"]["ground_range_km"]))
    assert higher.notes() == []


@pytest.mark.parametrize("mode", ["kepler", "impulsive", "staged"])
def test_the_figures_of_a_flight_agree_with_each_other(mode: str, three_stage: Vehicle) -> None:
    vehicle = three_stage if mode == "staged" else None
    flown = fly_one(ask(mode, 5000.0, vehicle=vehicle))
    assert flown.range_km == pytest.approx(5000.0, abs=1.0)
    assert flown.miss_km < 1.0
    assert flown.launch_azimuth_deg == pytest.approx(65.0, abs=4.0)
    assert flown.impact_lat_deg == pytest.approx(flown.request.end_deg[0], abs=0.02)
    assert flown.impact_lon_deg == pytest.approx(flown.request.end_deg[1], abs=0.02)
    assert 20.0 < flown.impact_angle_deg < 50.0
    assert 800.0 < flown.apogee_km < 1300.0
    staged = mode == "staged"
    assert (flown.burnout_time_s > 0.0) == (flown.burnout_altitude_km > 0.0) == staged
    assert any("Generic vehicle" in note for note in flown.notes()) == staged
    figures = flown.figures()
    assert figures["mode"] == mode
    assert figures["flight_time_s"] == round(flown.flight_time_s, 6)
    assert all(np.isfinite(value) for value in figures.values() if isinstance(value, float))
    names = [name for name, _, _ in flown.lines()]
    assert ("burnout" in names) == staged
    assert "5000" in flown.lines()[0][1].replace(",", "")


def test_an_impulse_leaves_the_ground_at_the_speed_it_says() -> None:
    flown = fly_one(ask("impulsive", 3000.0, apogee_km=900.0))
    table = dense(flown, 1.0)
    assert np.linalg.norm(table.velocity_ecef_m_s[0, 0]) == pytest.approx(flown.launch_speed_m_s)
    assert table.time_s[np.isfinite(table.altitude_m[0])][-1] <= flown.flight_time_s
    assert flown.apogee_km == pytest.approx(900.0, abs=0.5)


def test_a_time_of_flight_that_is_asked_for_is_flown(three_stage: Vehicle) -> None:
    for mode, vehicle in (("kepler", None), ("impulsive", None), ("staged", three_stage)):
        flown = fly_one(ask(mode, 4000.0, flight_time_s=1500.0, vehicle=vehicle))
        assert flown.flight_time_s == pytest.approx(1500.0, abs=0.5)


def test_a_closed_form_arc_has_no_table() -> None:
    with pytest.raises(FlightError, match="--impulsive"):
        dense(fly_one(ask("kepler", 1000.0)), 1.0)


def test_a_place_out_of_reach_is_refused_with_the_shortfall(one_stage: Vehicle) -> None:
    with pytest.raises(FlightError, match=r"9,000 km is out of reach for one: .* short"):
        fly_one(ask("staged", 9000.0, vehicle=one_stage))


def test_a_time_that_no_arc_takes_is_refused() -> None:
    with pytest.raises(FlightError, match="no arc of 5,000 km takes 100 s"):
        fly_one(ask("kepler", 5000.0, flight_time_s=100.0))
    with pytest.raises(FlightError, match="an impulse has no flight of 5,000 km in 200 s"):
        fly_one(ask("impulsive", 5000.0, flight_time_s=200.0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start_deg": (91.0, 0.0)}, "launch latitude is 91 deg"),
        ({"end_deg": (0.0, -181.0)}, "impact longitude is -181 deg"),
        ({"end_deg": START}, "range is 0 km"),
        ({"apogee_km": float("nan")}, "apogee is nan km"),
        ({"apogee_km": 2.0 * APOGEE_MOST_KM}, "it must be from 1 to 100000 km"),
        ({"flight_time_s": 5.0}, "flight time is 5 s"),
    ],
)
def test_a_request_outside_the_limits_names_the_value(change: dict[str, Any], words: str) -> None:
    with pytest.raises(FlightError, match=words):
        replace(ask("kepler", 1000.0), **change)


def test_a_direction_and_a_range_lead_to_a_place() -> None:
    latitude, longitude = place_from_range((0.0, 10.0), 90.0, 1000.0)
    assert latitude == pytest.approx(0.0, abs=1e-9)
    assert longitude == pytest.approx(18.983, abs=0.001)
    with pytest.raises(FlightError, match="range is 20000 km"):
        place_from_range((0.0, 0.0), 90.0, RANGE_MOST_KM + 100.0)
    with pytest.raises(FlightError, match="azimuth is 361 deg"):
        place_from_range((0.0, 0.0), 361.0, 100.0)
