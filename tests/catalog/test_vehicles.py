"""Generic rockets: derived numbers follow from their derivation, and each can do what it claims."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from tocsin.catalog.entries import VehicleEntry
from tocsin.catalog.load import load_catalog
from tocsin.catalog.status import number
from tocsin.flight.vehicle import Vehicle

Reference = Callable[[str], dict[str, Any]]
CATALOG = load_catalog()
G0 = 9.80665
GM = 3.986004418e14
RADIUS_M = 6_371_000.0
SEA_LEVEL_PA = 101_325.0
LOSSES_M_S = 800.0
"""Least that gravity and drag take; short-range rockets lose little more, long-range ones 1,500."""


def ideal_speed_m_s(vehicle: Vehicle) -> float:
    """Add up exhaust speed times the logarithm of the mass ratio over the stages."""
    mass, speed = vehicle.liftoff_kg, 0.0
    for stage in vehicle.stages:
        exhaust = stage.thrust_vacuum_n * stage.burn_s / stage.propellant_kg
        speed += exhaust * math.log(mass / (mass - stage.propellant_kg))
        mass -= stage.propellant_kg + stage.dry_kg
    assert mass == pytest.approx(vehicle.payload_kg)
    return speed


def least_speed_m_s(range_m: float) -> float:
    """Give the least burnout speed, at the surface of a round Earth that stands still."""
    half = math.sin(range_m / RADIUS_M / 2.0)
    return math.sqrt(2.0 * GM / RADIUS_M * half / (1.0 + half))


@pytest.mark.parametrize("entry", CATALOG.vehicles.values(), ids=lambda each: each.id)
def test_each_class_has_the_speed_that_its_range_needs(entry: VehicleEntry) -> None:
    vehicle = CATALOG.vehicle_of(entry)
    spare = ideal_speed_m_s(vehicle) - least_speed_m_s(number(entry.values["range"].value) * 1e3)
    assert LOSSES_M_S <= spare <= 2_800.0


@pytest.mark.parametrize("entry", CATALOG.vehicles.values(), ids=lambda each: each.id)
def test_each_class_lifts_off_and_its_derived_numbers_follow(entry: VehicleEntry) -> None:
    vehicle = CATALOG.vehicle_of(entry)
    first = vehicle.stages[0]
    sea_level_n = first.thrust_vacuum_n - SEA_LEVEL_PA * first.exit_area_m2
    assert 1.2 <= sea_level_n / (vehicle.liftoff_kg * G0) <= 6.5
    for stage, row in zip(vehicle.stages, entry.stages, strict=True):
        values = {name: number(value.value) for name, value in row.items()}
        exhaust = stage.thrust_vacuum_n * stage.burn_s / stage.propellant_kg
        jet_w = stage.thrust_vacuum_n * exhaust / 2.0
        assert stage.plume_w_sr == pytest.approx(0.003 * jet_w / (4 * math.pi), rel=0.05)
        assert stage.drag_area_m2 == pytest.approx(math.pi * values["diameter"] ** 2 / 4, rel=0.01)
        in_vacuum = values["specific_impulse"] * G0
        at_sea_level = exhaust - SEA_LEVEL_PA * stage.exit_area_m2 * stage.burn_s / (
            stage.propellant_kg
        )
        assert in_vacuum == pytest.approx(exhaust, rel=0.005) or in_vacuum == pytest.approx(
            at_sea_level, rel=0.005
        )


def test_the_short_range_class_is_the_published_parameter_set(reference: Reference) -> None:
    case = reference("vertical_burn_0")
    vehicle = CATALOG.vehicle_of(CATALOG.vehicles["srbm-liquid"])
    stage = vehicle.stages[0]
    ratio = vehicle.liftoff_kg / (vehicle.liftoff_kg - stage.propellant_kg)
    exhaust = case["inputs"]["exhaust_speed"]
    published = case["expected"]
    assert stage.burn_s == case["inputs"]["burn_s"]
    assert exhaust * math.log(ratio) == pytest.approx(published["dv_ideal"], rel=1e-9)
    sea_level_n = stage.thrust_vacuum_n - SEA_LEVEL_PA * stage.exit_area_m2
    weight_n = vehicle.liftoff_kg * G0
    assert sea_level_n / weight_n == pytest.approx(published["tw0"], rel=1e-3)  # 4 digits kept


def test_the_medium_range_class_keeps_the_published_mass_ratio(reference: Reference) -> None:
    inputs = reference("vertical_burn_2")["inputs"]
    stage = CATALOG.vehicle_of(CATALOG.vehicles["mrbm-liquid"]).stages[0]
    full = stage.propellant_kg + stage.dry_kg + 1000.0  # the preset's payload
    ratio = full / (full - stage.propellant_kg)
    assert ratio == pytest.approx(inputs["mass_ratio"], rel=1e-9)
    assert stage.burn_s == pytest.approx(inputs["burn_s"], rel=1e-5)


def test_the_three_stage_solid_class_is_the_published_parameter_set(reference: Reference) -> None:
    case = reference("mm3_ideal_dv")
    vehicle = CATALOG.vehicle_of(CATALOG.vehicles["icbm-solid"])
    for stage, published in zip(vehicle.stages, case["inputs"]["stages"], strict=True):
        assert stage.propellant_kg == published["fuel"]
    wet = [stage.propellant_kg + stage.dry_kg for stage in vehicle.stages]
    shroud_kg = case["inputs"]["shroud_kg"]
    first, second, third = (each["wet"] for each in case["inputs"]["stages"])
    assert wet == [first, second + shroud_kg, third]
    assert [stage.burn_s for stage in vehicle.stages] == case["expected"]["burn_s"]


def test_the_longest_burns_are_those_of_their_classes() -> None:
    burns = {each: CATALOG.vehicle_of(entry).burn_s for each, entry in CATALOG.vehicles.items()}
    assert 240.0 <= burns["icbm-liquid"] <= 300.0
    assert 120.0 <= burns["slbm"] <= 180.0
    assert burns["icbm-solid"] == 188.0
    assert burns["sounding-rocket"] == 93.0


def test_each_kind_of_flight_has_a_rocket() -> None:
    kinds = {entry.kind for entry in CATALOG.vehicles.values()}
    assert kinds == {
        "short",
        "medium",
        "intermediate",
        "intercontinental-liquid",
        "intercontinental-solid",
        "submarine",
        "sounding",
        "space",
    }
