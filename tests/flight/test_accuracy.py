"""Every missile class of the catalogue against an adaptive integration of the same equations."""

import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tocsin.catalog.build import vehicle_of
from tocsin.catalog.load import load_catalog
from tocsin.flight.trajectory import Launches, fly, launch_rows
from tocsin.lanes import Floats

TRUTH = runpy.run_path(str(Path(__file__).with_name("test_block.py")))
FLIGHTS = 12


@pytest.mark.parametrize(
    "name", ["srbm-liquid", "mrbm-liquid", "irbm-solid", "icbm-liquid", "icbm-solid", "slbm"]
)
def test_every_missile_class_is_within_10_m_of_the_truth(
    name: str, launches: Callable[..., Launches], air: Floats
) -> None:
    vehicle = vehicle_of(load_catalog().vehicles[name])
    draw = np.random.default_rng(11)
    batch = launches(
        draw.uniform(-65.0, 65.0, FLIGHTS),
        draw.uniform(-180.0, 180.0, FLIGHTS),
        draw.uniform(0.0, 360.0, FLIGHTS),
        draw.uniform(10.0, 65.0, FLIGHTS),
        vehicle.burn_s * draw.uniform(0.6, 1.0, FLIGHTS),
    )
    flights = fly(vehicle, batch)
    assert np.all(flights.came_down == 1.0)
    for i, row in enumerate(launch_rows(batch)):
        burnout = TRUTH["true_boost"](vehicle, row, air)
        inverse = 1.0 / vehicle.ballistic_coefficient_kg_m2
        rest = TRUTH["true_fall"](burnout, float(batch.cutoff_s[i]), inverse, air)
        assert np.linalg.norm(flights.impact_m[i] - rest.y[:3, -1]) < 10.0
