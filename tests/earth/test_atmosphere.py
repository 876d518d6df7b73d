"""The standard atmosphere against its definition, its printed tables and the laws of air."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth import atmosphere
from tocsin.earth.atmosphere import (
    AIR_STEP_M,
    AIR_TOP_M,
    air_table,
    density_kg_m3,
    pressure_pa,
    sound_speed_m_s,
    temperature_k,
)
from tocsin.earth.constants import STANDARD_G_M_S2

laws = settings(max_examples=50, deadline=None)


def standard_gravity_m_s2(height_m: float) -> float:
    return STANDARD_G_M_S2 * (6_356_766.0 / (6_356_766.0 + height_m)) ** 2


def test_mixed_air_is_the_definition_to_nine_digits(cases: dict[str, Any]) -> None:
    case = cases["us76_low_dev"]
    for row in case["expected"]:
        rel = case["tolerance"]["rel_definition"]
        assert temperature_k(row["z_m"]) == pytest.approx(row["T"], rel=rel)
        assert pressure_pa(row["z_m"]) == pytest.approx(row["p"], rel=rel)
        assert density_kg_m3(row["z_m"]) == pytest.approx(row["rho"], rel=rel)
        assert sound_speed_m_s(row["z_m"]) == pytest.approx(row["a"], rel=rel)


def test_mixed_air_is_the_printed_table_to_its_rounding(cases: dict[str, Any]) -> None:
    case = cases["us76_low_dev"]
    for row in case["expected"]:
        temperature, pressure, density = row["pub"]
        rel = case["tolerance"]["rel_table"]
        assert temperature_k(row["z_m"]) == pytest.approx(temperature, rel=rel)
        assert pressure_pa(row["z_m"]) == pytest.approx(pressure, rel=rel)
        assert density_kg_m3(row["z_m"]) == pytest.approx(density, rel=rel)


def test_settled_air_is_the_definition_within_its_tolerance(cases: dict[str, Any]) -> None:
    case = cases["us76_high_dev"]
    for row in case["expected"]:
        height_m, rel = 1000.0 * row["z_km"], case["tolerance"]["rel"]
        assert temperature_k(height_m) == pytest.approx(row["T"], rel=1e-6)
        assert pressure_pa(height_m) == pytest.approx(row["p"], rel=rel)
        assert density_kg_m3(height_m) == pytest.approx(row["rho"], rel=rel)


def test_settled_air_is_the_printed_table_within_its_tolerance(cases: dict[str, Any]) -> None:
    case = cases["us76_high_dev"]
    for row in case["expected"]:
        temperature, pressure, density = row["table"]
        height_m, rel = 1000.0 * row["z_km"], case["tolerance"]["rel"]
        assert temperature_k(height_m) == pytest.approx(temperature, rel=rel)
        assert pressure_pa(height_m) == pytest.approx(pressure, rel=rel)
        assert density_kg_m3(height_m) == pytest.approx(density, rel=rel)


@laws
@given(height_m=st.floats(-4_900.0, 85_000.0))
def test_mixed_air_carries_what_lies_on_it(height_m: float) -> None:
    step_m = 5.0
    above, below = (float(pressure_pa(height_m + side)) for side in (step_m, -step_m))
    weight = float(density_kg_m3(height_m)) * standard_gravity_m_s2(height_m)
    assert (below - above) / (2.0 * step_m) == pytest.approx(weight, rel=1e-4)


@laws
@given(height_m=st.floats(130_000.0, 990_000.0))
def test_settled_air_carries_what_lies_on_it(height_m: float) -> None:
    step_m = 100.0
    above, below = (float(pressure_pa(height_m + side)) for side in (step_m, -step_m))
    weight = float(density_kg_m3(height_m)) * standard_gravity_m_s2(height_m)
    assert (below - above) / (2.0 * step_m) == pytest.approx(weight, rel=0.02)


@laws
@given(height_m=st.floats(-5_000.0, 999_000.0), rise_m=st.floats(1.0, 1000.0))
def test_air_thins_with_height(height_m: float, rise_m: float) -> None:
    assert density_kg_m3(height_m + rise_m) < density_kg_m3(height_m)
    assert pressure_pa(height_m + rise_m) < pressure_pa(height_m)


def test_mixed_and_settled_air_meet_at_86_km() -> None:
    heights = np.array([86_000.0 - 1e-3, 86_000.0])
    for quantity in (temperature_k, pressure_pa, density_kg_m3, sound_speed_m_s):
        below, above = quantity(heights)
        assert below == pytest.approx(above, rel=2e-5)


def test_a_gas_law_holds_at_every_height() -> None:
    heights = np.linspace(0.0, 79_000.0, 80)
    gas = density_kg_m3(heights) * 8314.32 / 28.9644 * temperature_k(heights)
    np.testing.assert_allclose(pressure_pa(heights), gas, rtol=1e-12)


def test_heights_outside_the_standard_give_no_number() -> None:
    for quantity in (temperature_k, pressure_pa, density_kg_m3, sound_speed_m_s):
        assert np.isnan(quantity([-5_001.0, 1_000_001.0, np.nan])).all()
        assert np.isfinite(quantity([[-5_000.0, 0.0], [86_000.0, 1_000_000.0]])).all()


def test_the_air_table_is_the_definition_at_its_rows() -> None:
    heights = np.arange(801) * AIR_STEP_M
    table = air_table()
    assert heights[-1] == AIR_TOP_M
    np.testing.assert_allclose(np.exp(table[:, 0]), density_kg_m3(heights), rtol=1e-12)
    np.testing.assert_allclose(np.exp(table[:, 1]), pressure_pa(heights), rtol=1e-12)
    assert not table.flags.writeable


@laws
@given(height_m=st.floats(0.0, AIR_TOP_M))
def test_straight_lines_between_rows_stay_within_a_thousandth(height_m: float) -> None:
    rows = np.arange(801) * AIR_STEP_M
    table = air_table()
    density = np.exp(np.interp(height_m, rows, table[:, 0]))
    pressure = np.exp(np.interp(height_m, rows, table[:, 1]))
    assert density == pytest.approx(float(density_kg_m3(height_m)), rel=1e-3)
    assert pressure == pytest.approx(float(pressure_pa(height_m)), rel=1e-3)


def test_finer_sums_change_nothing_above_86_km(monkeypatch: pytest.MonkeyPatch) -> None:
    heights = np.array([100e3, 150e3, 300e3, 700e3, 1000e3])
    coarse = np.stack([density_kg_m3(heights), pressure_pa(heights)])
    monkeypatch.setattr(atmosphere, "_FINE_STEP_M", 5.0)
    atmosphere._settled.cache_clear()
    fine = np.stack([density_kg_m3(heights), pressure_pa(heights)])
    atmosphere._settled.cache_clear()
    np.testing.assert_allclose(coarse, fine, rtol=1e-4)
