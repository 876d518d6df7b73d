"""How the air bends a beam: the published table, a sum over thin shells, and the fit's error."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.lanes import Floats
from tocsin.sensors.refraction import (
    FIT_HIGH_M,
    FIT_LOW_M,
    REFRACTIVITY,
    REFRACTIVITY_FALL_PER_M,
    four_thirds_ground_range_m,
    horizon_fit,
    raytrace_ground_range_m,
    threshold,
    true_elevation_rad,
)

laws = settings(max_examples=50, deadline=None)
elevations = st.floats(0.0, math.pi / 2)
heights = st.floats(1.0, 40e6)


def fit_error_deg(apparent_deg: float, height_m: Floats) -> float:
    apparent = math.radians(apparent_deg)
    fitted = [threshold(*horizon_fit(apparent), float(h)) for h in height_m]
    true = true_elevation_rad(max(apparent, 0.0), height_m)
    return float(np.degrees(np.abs(np.arcsin(np.minimum(fitted, 1.0)) - true)).max())


def through_thin_shells_m(elevation_rad: float, height_m: float) -> float:
    """Straight pieces between shells of constant index, bent by Snell's law at each."""
    edges = np.linspace(0.0, math.sqrt(height_m), 40_001) ** 2
    middle = 0.5 * (edges[1:] + edges[:-1])
    index = 1.0 + REFRACTIVITY * np.exp(-REFRACTIVITY_FALL_PER_M * middle)
    kept = (1.0 + REFRACTIVITY) * EARTH_MEAN_RADIUS_M * math.cos(elevation_rad)
    low, high = EARTH_MEAN_RADIUS_M + edges[:-1], EARTH_MEAN_RADIUS_M + edges[1:]
    turn = np.arccos(kept / (index * high)) - np.arccos(np.minimum(kept / (index * low), 1.0))
    return float(EARTH_MEAN_RADIUS_M * turn.sum())


def test_a_beam_reaches_as_far_as_the_reference_table_says(cases: dict[str, Any]) -> None:
    case = cases["radar_horizon_dev"]
    for row in case["expected"]:
        for elevation_deg, name in ((0.0, "horizon"), (3.0, "el3")):
            traced_m = raytrace_ground_range_m(math.radians(elevation_deg), 1000.0 * row["h_km"])

            assert 1e-3 * float(traced_m) == pytest.approx(
                row[f"{name}_raytrace_km"], abs=case["tolerance"]["raytrace_km"], rel=1e-4
            )


def test_the_four_thirds_rule_is_the_published_one_and_wrong_for_missiles(
    cases: dict[str, Any],
) -> None:
    case = cases["radar_horizon_dev"]
    for row in case["expected"]:
        for elevation_deg, name in ((0.0, "horizon"), (3.0, "el3")):
            rule_m = four_thirds_ground_range_m(math.radians(elevation_deg), 1000.0 * row["h_km"])

            assert 1e-3 * rule_m == pytest.approx(
                row[f"{name}_43_km"], abs=case["tolerance"]["four_thirds_km"]
            )
    for height_m in (400e3, 700e3, 1000e3):
        over = four_thirds_ground_range_m(0.0, height_m) / raytrace_ground_range_m(0.0, height_m)

        assert 1.12 < over < 1.15


@pytest.mark.parametrize("elevation_deg", [0.2, 1.0, 3.0, 30.0])
@pytest.mark.parametrize("height_m", [2e3, 60e3, 149e3])
def test_the_ray_trace_agrees_with_a_sum_over_thin_shells(
    elevation_deg: float, height_m: float
) -> None:
    elevation = math.radians(elevation_deg)

    traced_m = float(raytrace_ground_range_m(elevation, height_m))

    assert traced_m == pytest.approx(through_thin_shells_m(elevation, height_m), abs=5.0, rel=1e-6)


@laws
@given(elevation=elevations, height_m=heights)
def test_a_higher_target_is_reached_farther_out_and_a_higher_beam_nearer(
    elevation: float, height_m: float
) -> None:
    beams = np.array([elevation, elevation, max(elevation - 0.01, 0.0)])
    ranges = raytrace_ground_range_m(beams, np.array([height_m, 1.01 * height_m, height_m]))

    assert ranges[0] <= ranges[1] + 1e-6
    assert ranges[0] <= ranges[2] + 1e-6


@laws
@given(elevation=elevations, height_m=heights)
def test_a_beam_always_bends_down_and_never_by_more_than_a_degree(
    elevation: float, height_m: float
) -> None:
    bent = elevation - float(true_elevation_rad(elevation, height_m))

    assert -1e-12 <= bent <= math.radians(0.8)


def test_the_ray_trace_takes_arrays_of_any_shape() -> None:
    elevations_rad = np.radians([[0.0], [3.0]])
    heights_m = np.array([3e3, 300e3, 3000e3])

    table = raytrace_ground_range_m(elevations_rad, heights_m)

    assert table.shape == (2, 3)
    assert table[1, 2] == raytrace_ground_range_m(math.radians(3.0), 3000e3)


@pytest.mark.parametrize(
    ("apparent_deg", "limit_deg"),
    [(0.0, 0.0158), (1.0, 0.0087), (2.0, 0.0051), (3.0, 0.0031), (7.0, 0.0007), (20.0, 0.0004)],
)
def test_the_fit_keeps_the_stated_error(apparent_deg: float, limit_deg: float) -> None:
    error = fit_error_deg(apparent_deg, np.geomspace(FIT_LOW_M, FIT_HIGH_M, 300))

    assert 0.9 * limit_deg < error + 1e-4 < limit_deg + 1.0e-4


@laws
@given(apparent_deg=st.floats(-1.0, 90.0))
def test_the_fit_is_never_wrong_by_more_than_a_fiftieth_of_a_degree(apparent_deg: float) -> None:
    height = np.geomspace(FIT_LOW_M, FIT_HIGH_M, 40)

    if apparent_deg < 85.0:
        assert fit_error_deg(apparent_deg, height) < 0.02
    else:
        assert abs(threshold(*horizon_fit(math.radians(apparent_deg)), 1e6) - 1.0) < 0.004


@laws
@given(apparent_deg=st.floats(0.0, 80.0))
def test_below_ten_kilometres_the_fit_is_wrong_by_less_than_stated(apparent_deg: float) -> None:
    assert fit_error_deg(apparent_deg, np.geomspace(10.0, 10e3, 40)) < 0.4


def test_a_beam_below_the_horizontal_counts_as_horizontal() -> None:
    assert horizon_fit(math.radians(-1.0)) == horizon_fit(0.0)


def test_a_target_below_sea_level_counts_as_at_sea_level() -> None:
    fit = horizon_fit(0.0)

    assert threshold(*fit, -50e3) == threshold(*fit, 0.0)


def test_from_ten_degrees_up_bending_lifts_a_target_by_less_than_a_tenth_of_a_degree() -> None:
    apparent = math.radians(10.0)

    bent = apparent - true_elevation_rad(apparent, np.geomspace(10e3, 40e6, 50))

    assert np.degrees(bent).max() < 0.1
