"""The scenarios that come with the program can be flown: each launch comes down where sent."""

from pathlib import Path

import numpy as np
import pytest

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.geodesy import destination
from tocsin.flight.launch import REACHED, Aim, Wanted, aim
from tocsin.simulation.read import BUILTIN, read_scenario
from tocsin.simulation.scenario import LaunchPlan

FILES = [
    *BUILTIN.glob("*.toml"),
    *(Path(__file__).parents[2] / "scenarios").glob("*.toml"),
]


def aimed(plan: LaunchPlan, catalog: Catalog) -> Aim:
    start = np.radians([[plan.from_latitude_deg], [plan.from_longitude_deg]])
    if plan.azimuth_deg is not None and plan.range_km is not None:
        azimuth_rad = np.radians([plan.azimuth_deg])
        end = np.array(destination(start[0], start[1], azimuth_rad, [plan.range_km * 1e3]))
    else:
        assert plan.to_latitude_deg is not None
        assert plan.to_longitude_deg is not None
        end = np.radians([[plan.to_latitude_deg], [plan.to_longitude_deg]])
    apogee_m = np.nan if plan.apogee_km is None else plan.apogee_km * 1e3
    wanted = Wanted(
        latitude_rad=end[0],
        longitude_rad=end[1],
        apogee_m=np.array([apogee_m]),
        flight_time_s=np.array([np.nan]),
    )
    return aim(catalog.vehicle_of(catalog.vehicles[plan.vehicle]), start[0], start[1], wanted)


@pytest.mark.parametrize("path", sorted(FILES), ids=lambda path: path.stem)
def test_every_launch_of_a_scenario_that_comes_with_the_program_is_within_reach(path: Path) -> None:
    catalog = load_catalog()
    missed = [
        plan.name
        for plan in read_scenario(path, catalog).launches
        if aimed(plan, catalog).code[0] != REACHED
    ]
    assert missed == []
