"""Reference cases and made-up vehicles for the flight tests; no real vehicle's data."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tocsin.flight.air import flight_air
from tocsin.flight.block import COAST_STEP_S, LANE, NODE, NODES_MAX, fly_block
from tocsin.flight.launch import Wanted
from tocsin.flight.trajectory import Launches, launch_rows, load_block, vehicle_table
from tocsin.flight.vehicle import Stage, Vehicle
from tocsin.lanes import LANES, Floats

REFERENCES = Path(__file__).parents[1] / "references" / "flight.json"
STANDARD_G = 9.80665


def build(
    name: str,
    stages: Sequence[tuple[float, float, float, float]],
    payload_kg: float,
    ballistic_kg_m2: float = 5000.0,
) -> Vehicle:
    """Stack stages of (burn s, specific impulse s, propellant kg, dry kg)."""
    stack = tuple(
        Stage(
            thrust_vacuum_n=propellant / burn * impulse * STANDARD_G,
            exit_area_m2=0.3e-6 * propellant / burn * impulse * STANDARD_G,
            propellant_kg=propellant,
            dry_kg=dry,
            burn_s=burn,
            drag_area_m2=1.3e-3 * propellant ** (2.0 / 3.0) + 0.5,
            plume_w_sr=2.0e5 / (number + 1),
        )
        for number, (burn, impulse, propellant, dry) in enumerate(stages)
    )
    return Vehicle(
        id=name,
        name=name,
        kind="medium",
        stages=stack,
        payload_kg=payload_kg,
        ballistic_coefficient_kg_m2=ballistic_kg_m2,
        vertical_rise_s=6.0,
        rcs_m2=0.1,
    )


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    """Every reference case, by its id."""
    return {case["id"]: case for case in json.loads(REFERENCES.read_text())["cases"]}


@pytest.fixture(scope="session")
def one_stage() -> Vehicle:
    """Burns 100 s; about 3,000 km."""
    return build("one", [(100.0, 262.0, 17_000.0, 1_900.0)], 900.0)


@pytest.fixture(scope="session")
def slow_stage() -> Vehicle:
    """Burns 150 s at little more than its weight; a few hundred km."""
    return build("slow", [(150.0, 260.0, 20_000.0, 5_000.0)], 1_500.0)


@pytest.fixture(scope="session")
def two_stage() -> Vehicle:
    """Burns 240 s, liquid; about 12,000 km."""
    stages = [(140.0, 300.0, 90_000.0, 7_000.0), (100.0, 320.0, 20_000.0, 1_900.0)]
    return build("two", stages, 1_000.0)


@pytest.fixture(scope="session")
def three_stage() -> Vehicle:
    """Burns 180 s, solid; about 12,000 km."""
    stages = [
        (60.0, 270.0, 45_000.0, 4_000.0),
        (60.0, 285.0, 14_000.0, 1_300.0),
        (60.0, 290.0, 4_500.0, 450.0),
    ]
    return build("three", stages, 800.0)


@pytest.fixture(scope="session")
def launches() -> Callable[..., Launches]:
    """Give launches from degrees; every argument a number or a list of one length."""

    def make(
        latitude_deg: Any,
        longitude_deg: Any,
        azimuth_deg: Any,
        tilt_deg: Any,
        cutoff_s: Any = 0.0,
        speed_m_s: Any = 0.0,
    ) -> Launches:
        angles = (latitude_deg, longitude_deg, azimuth_deg, tilt_deg)
        rows = np.broadcast_arrays(*(np.radians(a) for a in angles), cutoff_s, speed_m_s)
        values = [np.atleast_1d(row).astype(float) for row in rows]
        return Launches(
            latitude_rad=values[0],
            longitude_rad=values[1],
            azimuth_rad=values[2],
            tilt_rad=values[3],
            cutoff_s=values[4],
            speed_m_s=values[5],
        )

    return make


@pytest.fixture(scope="session")
def wanted() -> Callable[..., Wanted]:
    """Give what is wanted: places in radians, and apogees (m) or times (s), or neither."""

    def make(
        latitude_rad: Floats,
        longitude_rad: Floats,
        apogee_m: Any = np.nan,
        flight_time_s: Any = np.nan,
    ) -> Wanted:
        latitude = np.atleast_1d(latitude_rad).astype(float)
        return Wanted(
            latitude_rad=latitude,
            longitude_rad=np.atleast_1d(longitude_rad).astype(float),
            apogee_m=np.broadcast_to(np.asarray(apogee_m, float), latitude.shape).copy(),
            flight_time_s=np.broadcast_to(np.asarray(flight_time_s, float), latitude.shape).copy(),
        )

    return make


@pytest.fixture(scope="session")
def air() -> Floats:
    """The flat table of the standard atmosphere."""
    return flight_air()


@pytest.fixture(scope="session")
def nodes_of() -> Callable[..., tuple[Floats, int, int]]:
    """Fly at most one block; give its nodes [node, value, lane], the burnout's and last one's.

    Rows of launches may be given instead of launches, to start anywhere.
    """

    def nodes(
        vehicle: Vehicle | None, start: Launches | Floats, air: Floats
    ) -> tuple[Floats, int, int]:
        rows = start if isinstance(start, np.ndarray) else launch_rows(start)
        assert len(rows) <= LANES
        flat, lane = np.empty(NODES_MAX * NODE * LANES), np.empty(LANE * LANES)
        load_block(rows, 0, flat, lane)
        burnout, end = fly_block(flat, lane, vehicle_table(vehicle), air, COAST_STEP_S)
        shaped = flat.reshape(NODES_MAX, NODE, LANES)
        return shaped[: end + 1, :, : len(rows)].copy(), burnout, end

    return nodes
