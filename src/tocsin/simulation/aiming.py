"""How a launch that a scenario asks for is flown: its aim, or why it cannot be."""

import math

import numpy as np

from tocsin.earth.geodesy import destination
from tocsin.errors import FlightError
from tocsin.flight.launch import OUT_OF_REACH, REACHED, Aim, Wanted, aim
from tocsin.flight.vehicle import Vehicle
from tocsin.simulation.scenario import LaunchPlan


def aim_plan(plan: LaunchPlan, vehicle: Vehicle) -> tuple[Aim, float, float]:
    """Aim one launch of a scenario.

    Returns:
        The aim, and the latitude and longitude (rad) it is aimed at.

    Raises:
        FlightError: The vehicle does not reach the place, or has no flight of that shape.
    """
    latitude = np.radians([plan.from_latitude_deg])
    longitude = np.radians([plan.from_longitude_deg])
    if plan.to_latitude_deg is not None and plan.to_longitude_deg is not None:
        to = (np.radians([plan.to_latitude_deg]), np.radians([plan.to_longitude_deg]))
    else:
        assert plan.azimuth_deg is not None
        assert plan.range_km is not None
        to = destination(
            latitude, longitude, math.radians(plan.azimuth_deg), 1000.0 * plan.range_km
        )
    free = math.nan
    wanted = Wanted(
        latitude_rad=to[0],
        longitude_rad=to[1],
        apogee_m=np.array([free if plan.apogee_km is None else 1000.0 * plan.apogee_km]),
        flight_time_s=np.array([free if plan.flight_time_s is None else plan.flight_time_s]),
    )
    aimed = aim(vehicle, latitude, longitude, wanted)
    if aimed.code[0] != REACHED:
        raise FlightError(_why_not(plan, vehicle, aimed))
    return aimed, float(to[0][0]), float(to[1][0])


def _why_not(plan: LaunchPlan, vehicle: Vehicle, aimed: Aim) -> str:
    if aimed.code[0] == OUT_OF_REACH:
        return (
            f"launch {plan.name!r}: vehicle {vehicle.id!r} falls "
            f"{aimed.shortfall_m[0] / 1000.0:,.0f} km short of its place; choose a nearer place "
            "or a vehicle with a longer range"
        )
    return (
        f"launch {plan.name!r}: vehicle {vehicle.id!r} has no flight of that shape; change or "
        "leave out apogee_km or flight_time_s, or choose another vehicle"
    )
