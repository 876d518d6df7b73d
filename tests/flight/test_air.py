"""The air a rocket feels: the table read back, and the bounds that the formulas promise."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth import atmosphere
from tocsin.earth.atmosphere import AIR_TOP_M
from tocsin.flight.air import (
    air_density,
    air_density_and_ratio,
    drag_coefficient,
    exp_small,
)
from tocsin.lanes import Floats


def test_the_exponential_keeps_its_promised_error() -> None:
    x = np.linspace(-40.0, 20.0, 60_001)
    found = np.array([exp_small(float(one)) for one in x])
    assert np.max(np.abs(found / np.exp(x) - 1.0)) < 3e-7


def test_the_air_felt_is_the_standard_air(air: Floats) -> None:
    height = np.linspace(0.0, AIR_TOP_M - 1.0, 4001)
    felt = np.array([air_density_and_ratio(air, float(one)) for one in height])
    # Log-linear between rows of 250 m: worst across a kink of the density, at 47 km.
    np.testing.assert_allclose(felt[:, 0], atmosphere.density_kg_m3(height), rtol=7e-4)
    np.testing.assert_allclose(felt[:, 0] * felt[:, 1], atmosphere.pressure_pa(height), rtol=7e-4)


@given(height_m=st.floats(-5e3, 4e5))
def test_both_readings_of_the_density_agree(air: Floats, height_m: float) -> None:
    density, ratio = air_density_and_ratio(air, height_m)
    assert density == air_density(air, height_m)
    assert (density > 0.0) == (height_m < AIR_TOP_M)
    assert ratio > 0.0


@given(height_m=st.floats(-5e3, 0.0))
def test_below_the_ground_the_air_is_that_at_the_ground(air: Floats, height_m: float) -> None:
    assert air_density(air, height_m) == air_density(air, 0.0)


@given(mach=st.floats(0.0, 30.0), sound2=st.floats(1e-3, 2e5))
def test_drag_depends_on_the_mach_number_alone(mach: float, sound2: float) -> None:
    found = drag_coefficient(mach * mach * sound2, sound2)
    again = drag_coefficient(mach * mach * 1e3, 1e3)
    assert math.isclose(found, again, rel_tol=1e-6)
    assert 0.15 <= found <= 0.42 + 1e-12


def test_drag_has_the_shape_of_the_measured_curve() -> None:
    slow, peak, fast = (drag_coefficient(mach * mach, 1.0) for mach in (0.0, 1.4**0.5, 8.0))
    assert math.isclose(slow, 0.25, abs_tol=0.01)
    assert math.isclose(peak, 0.42, abs_tol=1e-9)
    assert math.isclose(fast, 0.15, abs_tol=0.005)
    curve = [drag_coefficient(mach * mach, 1.0) for mach in np.linspace(0.0, 12.0, 400)]
    turns = np.diff(np.sign(np.diff(curve)))
    assert np.count_nonzero(turns) == 1


def test_in_a_vacuum_the_drag_coefficient_stays_finite() -> None:
    assert math.isfinite(drag_coefficient(0.0, 0.0))
