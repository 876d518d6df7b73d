"""The launches that a scenario names, one by one: how each flies, who sees it, who knows when."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import distance_m
from tocsin.flight.launch import Aim
from tocsin.flight.trajectory import fly_dense
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats
from tocsin.sensors.coverage import cover
from tocsin.sensors.watch import watch
from tocsin.simulation.aiming import aim_plan
from tocsin.simulation.scenario import LaunchPlan, Scenario
from tocsin.simulation.sharing import NOBODY, Heard, heard_by, known_to
from tocsin.studies.columns import HIGH, LOW, NOMINAL, Columns
from tocsin.studies.figures import spread
from tocsin.studies.results import Knowledge, LaunchResult, Sighting, Spread

TRACK_STEP_S = 10.0
TRACK_POINTS_MAX = 240
"""Most points of a ground track that are kept for the picture."""
LOOK_STEP_S = 5.0
"""Time between two looks at a launch's trajectory."""
WATCH_MORE_S = 60.0
SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What every sensor column saw of one launch, s after lift-off; infinite: never; [columns]."""

    first_s: Floats
    confirmed_s: Floats
    last_s: Floats
    impact_s: float


def fly_launches(
    scenario: Scenario,
    columns: Columns,
    vehicles: Mapping[str, Vehicle],
    levels: Sequence[int],
    delays_s: Mapping[int, float],
) -> tuple[LaunchResult, ...]:
    """Fly every launch of a scenario and say who sees it and who knows of it.

    Args:
        scenario: Launches, start and sharing.
        columns: The sensors.
        vehicles: Vehicles by id.
        levels: Sharing levels to compare; level 0, nothing shared, is always there.
        delays_s: How long what is shared at each level takes.

    Raises:
        FlightError: A vehicle cannot fly what is asked of it.
    """
    wanted = tuple(sorted({0, *levels}))
    return tuple(
        _result(scenario, columns, plan, vehicles[plan.vehicle], (wanted, delays_s))
        for plan in scenario.launches
    )


def _result(
    scenario: Scenario,
    columns: Columns,
    plan: LaunchPlan,
    vehicle: Vehicle,
    sharing: tuple[Sequence[int], Mapping[int, float]],
) -> LaunchResult:
    aimed, to_latitude, to_longitude = aim_plan(plan, vehicle)
    flights = aimed.flights
    looked = _look(scenario, columns, plan, vehicle, aimed)
    levels, delays_s = sharing
    start = (math.radians(plan.from_latitude_deg), math.radians(plan.from_longitude_deg))
    return LaunchResult(
        name=plan.name if plan.count == 1 else f"{plan.name} ({plan.count} together)",
        vehicle=plan.vehicle,
        vehicle_name=vehicle.name,
        from_latitude_deg=plan.from_latitude_deg,
        from_longitude_deg=plan.from_longitude_deg,
        to_latitude_deg=math.degrees(to_latitude),
        to_longitude_deg=math.degrees(to_longitude),
        at_s=plan.at_s,
        range_km=float(distance_m(*start, to_latitude, to_longitude)) / 1000.0,
        apogee_km=float(flights.apogee_m[0]) / 1000.0,
        burnout_s=float(flights.burnout_s[0]),
        apogee_s=float(flights.apogee_s[0]),
        impact_s=float(flights.impact_s[0]),
        miss_km=float(aimed.miss_m[0]) / 1000.0,
        track_deg=_track(vehicle, aimed),
        sightings=_sightings(columns, looked),
        knowledge=tuple(
            _knowledge(
                columns, looked, partner, level, _everyone(columns, partner, level, delays_s)
            )
            for partner in columns.partners
            for level in levels
        ),
        declared=_declared(scenario, columns, plan, looked),
    )


def _look(
    scenario: Scenario, columns: Columns, plan: LaunchPlan, vehicle: Vehicle, aimed: Aim
) -> Looked:
    """Look at one launch with every sensor column."""
    impact_s = float(aimed.flights.impact_s[0])
    width = len(columns.radars) + len(columns.infrareds)
    if width == 0:
        never = np.empty(0)
        return Looked(first_s=never, confirmed_s=never, last_s=never, impact_s=impact_s)
    start = scenario.start_tai_ns + round(plan.at_s * SECOND_NS)
    watching = watch(columns.radars, columns.infrareds, start, impact_s + WATCH_MORE_S, LOOK_STEP_S)
    looks = cover(vehicle, aimed.launches, watching)
    return Looked(
        first_s=looks.first_look_s[0],
        confirmed_s=looks.confirmed_s[0],
        last_s=looks.last_look_s[0],
        impact_s=impact_s,
    )


def _track(vehicle: Vehicle, aimed: Aim) -> tuple[tuple[float, float], ...]:
    """Give the ground track, its first and last points included."""
    dense = fly_dense(vehicle, aimed.launches, TRACK_STEP_S)
    flying = np.flatnonzero(np.isfinite(dense.position_ecef_m[0, :, 0]))
    some = flying[:: max(1, -(-flying.size // TRACK_POINTS_MAX))]
    points = np.vstack([dense.position_ecef_m[0, some], aimed.flights.impact_m[0]])
    latitude, longitude, _ = geodetic_from_ecef_batch(points)
    return tuple(
        (round(math.degrees(lat), 4), round(math.degrees(lon), 4))
        for lat, lon in zip(latitude, longitude, strict=True)
    )


def _sightings(columns: Columns, looked: Looked) -> tuple[Sighting, ...]:
    """Give every sensor's view of a launch, whether it sees it or not."""
    found = []
    for number, member in enumerate(columns.members):
        nominal, low, high = (int(columns.column[v, number]) for v in (NOMINAL, LOW, HIGH))
        found.append(
            Sighting(
                partner=member.partner,
                sensor=member.id,
                kind=member.kind,
                first_look_s=_at(looked.first_s, nominal),
                confirmed_s=_at(looked.confirmed_s, nominal),
                last_look_s=None
                if _at(looked.first_s, nominal) is None
                else _at(looked.last_s, nominal),
                confirmed_low_s=_at(looked.confirmed_s, low),
                confirmed_high_s=_at(looked.confirmed_s, high),
            )
        )
    return tuple(found)


def _at(times_s: Floats, column: int) -> float | None:
    """Give a column's time; None if the sensor is not there or never sees it."""
    if column < 0 or not math.isfinite(times_s[column]):
        return None
    return float(times_s[column])


Hears = Sequence[Heard]


def _members_of(columns: Columns, variant: int) -> dict[str, list[int]]:
    """Give the places, in a list of the sensors there are in a variant, of each partner's own."""
    found: dict[str, list[int]] = {partner: [] for partner in columns.partners}
    present = np.flatnonzero(columns.column[variant] >= 0)
    for place, number in enumerate(present):
        found[columns.members[number].partner].append(place)
    return found


def _everyone(
    columns: Columns, receiver: str, level: int, delays_s: Mapping[int, float]
) -> list[Hears]:
    """Give what a partner hears in each variant if everyone shares with everyone at a level."""
    return [
        [
            Heard(sender=sender, sensors=tuple(own), level=level, delay_s=delays_s[level])
            for sender, own in _members_of(columns, variant).items()
            if sender != receiver
        ]
        for variant in range(len(columns.variants))
    ]


def _knowledge(
    columns: Columns, looked: Looked, receiver: str, level: int, hears: Sequence[Hears]
) -> Knowledge:
    """Give what one partner knows of a launch, with how far the disputed values move it."""
    known, warning = [], []
    for variant, heard in enumerate(hears):
        present = np.flatnonzero(columns.column[variant] >= 0)
        which = columns.column[variant][present]
        own = _members_of(columns, variant)[receiver]
        found = known_to(looked.first_s[None, which], looked.confirmed_s[None, which], own, heard)
        known.append(found)
        known_s = float(found.known_s[0])
        warning.append((looked.impact_s - known_s) / 60.0 if known_s < looked.impact_s else None)
    present = np.flatnonzero(columns.column[NOMINAL] >= 0)
    via = int(known[NOMINAL].via[0])
    seen = warning[NOMINAL] is not None and via != NOBODY
    return Knowledge(
        partner=receiver,
        level=level,
        known_s=float(known[NOMINAL].known_s[0]) if seen else None,
        via=_via(columns, receiver, int(present[via])) if seen else "",
        confirmed_by_two_s=_before(float(known[NOMINAL].confirmed_by_two_s[0]), looked.impact_s),
        warning_min=_warning(warning),
    )


def _warning(minutes: Sequence[float | None]) -> Spread:
    """Give the minutes of warning; where some variant does not see it, the least is zero."""
    found = spread([0.0 if one is None else one for one in minutes])
    return Spread(value=minutes[NOMINAL], low=found.low, high=found.high)


def _before(time_s: float, impact_s: float) -> float | None:
    return time_s if time_s < impact_s else None


def _via(columns: Columns, receiver: str, number: int) -> str:
    member = columns.members[number]
    return member.id if member.partner == receiver else f"{member.id}, told by {member.partner}"


def _declared(
    scenario: Scenario, columns: Columns, plan: LaunchPlan, looked: Looked
) -> tuple[Knowledge, ...]:
    """Give what each partner knows under the sharing that the scenario itself declares."""
    found = []
    for receiver in columns.partners if scenario.sharing else ():
        hears = [
            heard_by(scenario.sharing, receiver, _members_of(columns, variant), plan.at_s)
            for variant in range(len(columns.variants))
        ]
        level = max((heard.level for heard in hears[NOMINAL]), default=0)
        found.append(_knowledge(columns, looked, receiver, level, hears))
    return tuple(found)
