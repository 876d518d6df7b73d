"""One chunk of a study: aim, fly, see, tell, and count."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tocsin.earth.geodesy import distance_m
from tocsin.earth.time import utc_from_tai
from tocsin.flight.launch import REACHED, Aim, Wanted, aim
from tocsin.flight.trajectory import Launches
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats, Integers
from tocsin.sensors.coverage import cover
from tocsin.sensors.watch import Watch, watch
from tocsin.studies.cases import LEDGER_ROWS, Layout, own_scope
from tocsin.studies.columns import NOMINAL, Columns
from tocsin.studies.files import table_bytes
from tocsin.studies.journal import ChunkResult
from tocsin.studies.knowledge import Seen, Told, first_look_s, told
from tocsin.studies.plan import CALL_FLIGHTS_MAX, Plan
from tocsin.studies.tally import WARNING_ROW, gain_places, warning_places, warning_seconds

WATCH_S = 7200.0
"""How long satellites are followed after each launch time: longer than any flight here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watches:
    """What watches at each launch time: radars stand still, satellites move."""

    radar: Watch | None
    infrared: tuple[Watch, ...] | None
    """One for each launch time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything that a chunk is worked out from."""

    plan: Plan
    columns: Columns
    layout: Layout
    delays_s: Mapping[int, float]
    watches: Watches


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """The launches of a chunk that reach their place, and what the sensors saw of each."""

    point: Integers
    """Number of the launch point in the plan."""
    place: Integers
    vehicle: Integers
    loft: Integers
    epoch: Integers
    range_m: Floats
    apogee_m: Floats
    seen: Seen


def set_watches(columns: Columns, plan: Plan, step_s: float) -> Watches:
    """Prepare the sensors for every launch time of a plan."""
    start = plan.epochs_tai_ns[0]
    radar = watch(columns.radars, (), start, WATCH_S, step_s) if columns.radars else None
    if not columns.infrareds:
        return Watches(radar=radar, infrared=None)
    moving = tuple(
        watch((), columns.infrareds, epoch, WATCH_S, step_s) for epoch in plan.epochs_tai_ns
    )
    return Watches(radar=radar, infrared=moving)


def survey_chunk(survey: Survey, chunk: int) -> ChunkResult:
    """Work out one chunk of launch points."""
    points = survey.plan.points_of(chunk)
    parts: list[Flown] = []
    missed, shortfall_m = 0, 0.0
    for vehicle in range(len(survey.plan.vehicles)):
        for loft in range(len(survey.plan.lofts)):
            part, short = _fly_pairs(survey, points, vehicle, loft)
            parts.append(part)
            missed += short.size * len(survey.plan.epochs_tai_ns)
            shortfall_m = max(shortfall_m, short.max(initial=0.0))
    flown = _joined(parts)
    known = [told(case, flown.seen, survey.delays_s) for case in survey.layout.cases]
    warning = [warning_seconds(each.known_s, flown.seen.impact_s) for each in known]
    places, counts = _count(survey, flown, known, warning)
    return ChunkResult(
        places=places,
        counts=counts,
        cells=point_figures(survey.layout, flown.point, points, warning),
        rows=table_bytes(launch_table(survey, flown, warning)),
        out_of_reach=missed,
        shortfall_max_m=shortfall_m,
    )


def _fly_pairs(survey: Survey, points: range, vehicle: int, loft: int) -> tuple[Flown, Floats]:
    """Fly one vehicle from some points to every place at every launch time.

    Returns:
        The launches, and the shortfall of each pair that is out of reach, m.
    """
    plan = survey.plan
    point = np.repeat(np.arange(points.start, points.stop), len(plan.places))
    place = np.tile(np.arange(len(plan.places)), len(points))
    ends = (
        plan.point_latitude_rad[point],
        plan.point_longitude_rad[point],
        plan.place_latitude_rad[place],
        plan.place_longitude_rad[place],
    )
    aims = aim_loft(plan.vehicles[vehicle], ends, plan.lofts[loft])
    reached = aims.code == REACHED
    aimed = aims.launches.take(np.flatnonzero(reached))
    epochs = len(plan.epochs_tai_ns)
    first_s, confirmed_s = _look(survey, plan.vehicles[vehicle], aimed)
    kept = int(np.count_nonzero(reached))
    range_m = distance_m(*(end[reached] for end in ends)) if kept else np.empty(0)
    return (
        Flown(
            point=np.tile(point[reached], epochs),
            place=np.tile(place[reached], epochs),
            vehicle=np.full(kept * epochs, vehicle),
            loft=np.full(kept * epochs, loft),
            epoch=np.repeat(np.arange(epochs), kept),
            range_m=np.tile(range_m, epochs),
            apogee_m=np.tile(aims.flights.apogee_m[reached], epochs),
            seen=Seen(
                first_s=first_s,
                confirmed_s=confirmed_s,
                impact_s=np.tile(aims.flights.impact_s[reached], epochs),
                defender=np.tile(plan.defender[place[reached]], epochs),
            ),
        ),
        aims.shortfall_m[~reached],
    )


def aim_loft(vehicle: Vehicle, ends: tuple[Floats, Floats, Floats, Floats], loft: float) -> Aim:
    """Aim flights whose apogee is `loft` times that of least energy.

    Args:
        vehicle: What flies.
        ends: Latitude and longitude from and to, rad, [flights].
        loft: Above 1 lofted, below 1 depressed.
    """
    latitude_rad, longitude_rad, to_latitude_rad, to_longitude_rad = ends
    free = np.full(latitude_rad.shape, np.nan)
    wanted = Wanted(
        latitude_rad=to_latitude_rad,
        longitude_rad=to_longitude_rad,
        apogee_m=free,
        flight_time_s=free,
    )
    plain = aim(vehicle, latitude_rad, longitude_rad, wanted)
    if loft == 1.0:
        return plain
    apogee_m = np.where(plain.code == REACHED, loft * plain.flights.apogee_m, np.nan)
    lofted = aim(
        vehicle, latitude_rad, longitude_rad, dataclasses.replace(wanted, apogee_m=apogee_m)
    )
    return dataclasses.replace(lofted, code=np.maximum(lofted.code, plain.code))


def _look(survey: Survey, vehicle: Vehicle, aimed: Launches) -> tuple[Floats, Floats]:
    """Look at the same flights at every launch time: radars once, satellites every time.

    Returns:
        First looks and confirmations, s after lift-off, one launch time after the other:
        [epochs * flights, columns].
    """
    flights = int(aimed.cutoff_s.size)
    epochs = len(survey.plan.epochs_tai_ns)
    radars = len(survey.columns.radars)
    width = radars + len(survey.columns.infrareds)
    first_s = np.full((epochs, flights, width), np.inf)
    confirmed_s = np.full((epochs, flights, width), np.inf)
    for start in range(0, flights, CALL_FLIGHTS_MAX):
        part = slice(start, min(start + CALL_FLIGHTS_MAX, flights))
        some = aimed.take(np.arange(part.start, part.stop))
        if survey.watches.radar is not None:
            looks = cover(vehicle, some, survey.watches.radar)
            first_s[:, part, :radars] = looks.first_look_s
            confirmed_s[:, part, :radars] = looks.confirmed_s
        for epoch, moving in enumerate(survey.watches.infrared or ()):
            looks = cover(vehicle, some, moving)
            first_s[epoch, part, radars:] = looks.first_look_s
            confirmed_s[epoch, part, radars:] = looks.confirmed_s
    return first_s.reshape(epochs * flights, width), confirmed_s.reshape(epochs * flights, width)


def _joined(parts: list[Flown]) -> Flown:
    """Put parts of a chunk one after the other."""
    names = [field.name for field in dataclasses.fields(Flown) if field.name != "seen"]
    seen = [field.name for field in dataclasses.fields(Seen)]
    return Flown(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
        seen=Seen(
            **{name: np.concatenate([getattr(part.seen, name) for part in parts]) for name in seen}
        ),
    )


def _count(
    survey: Survey, flown: Flown, known: list[Told], warning: list[Floats]
) -> tuple[Integers, Integers]:
    """Give what the launches add to the study's counts: places, ascending, and how many at each."""
    layout = survey.layout
    masks = _scope_masks(survey, flown)
    added = []
    for (case, scope), start in layout.warning.items():
        added.append(start + warning_places(warning[case][masks[scope]]))
        second_s = warning_seconds(known[case].two_s, flown.seen.impact_s)
        added.append(layout.two[case, scope] + warning_places(second_s[masks[scope]]))
    for (before, after, scope), start in layout.gain.items():
        mask = masks[scope]
        added.append(start + gain_places(warning[before][mask], warning[after][mask]))
    for case, start in layout.ledger.items():
        added.extend(_ledger(survey, flown.seen, case, start, known[case]))
    return np.unique(np.concatenate([*added, np.empty(0, np.int64)]), return_counts=True)


def _ledger(survey: Survey, seen: Seen, case: int, start: int, known: Told) -> list[Integers]:
    """Give the places of the minutes left at each step, for launches that somebody is told of."""
    asked = survey.layout.cases[case]
    at_once = told(asked, seen, dict.fromkeys(survey.delays_s, 0.0))
    steps = (
        np.zeros(seen.impact_s.shape),
        first_look_s(asked, seen),
        at_once.known_s,
        known.known_s,
    )
    mask = known.known_s < seen.impact_s
    assert len(steps) == len(LEDGER_ROWS)
    return [
        start + n * WARNING_ROW + warning_places(warning_seconds(step, seen.impact_s)[mask])
        for n, step in enumerate(steps)
    ]


def _scope_masks(survey: Survey, flown: Flown) -> list[np.ndarray]:
    """Give which launches count in each scope."""
    area = survey.plan.point_area[flown.point]
    masks = [np.ones(area.shape, dtype=bool)]
    masks += [area == n for n in range(len(survey.plan.areas))]
    masks += [flown.seen.defender == n for n in range(len(survey.columns.partners))]
    assert len(masks) == len(survey.layout.scopes)
    assert survey.layout.scopes[-1] == own_scope(survey.columns.partners[-1])
    return masks


def cell_groups(layout: Layout) -> list[int]:
    """Give the numbers of the groups that have figures at each launch point."""
    return [n for n, group in enumerate(layout.groups) if group.own is None]


def point_figures(layout: Layout, point: Integers, points: range, warning: list[Floats]) -> Floats:
    """Give, at each launch point, launches, then share seen and median minutes for each group.

    Returns:
        [points, 1 + 2 * groups of `cell_groups`]; NaN where no launch reaches any place.
    """
    groups = cell_groups(layout)
    cells = np.full((len(points), 1 + 2 * len(groups)), np.nan)
    for row, number in enumerate(points):
        here = np.flatnonzero(point == number)
        cells[row, 0] = here.size
        if here.size == 0:
            continue
        for n, group in enumerate(groups):
            left = warning[layout.case_of[group][NOMINAL]][here]
            cells[row, 1 + 2 * n] = np.mean(left >= 0.0)
            cells[row, 2 + 2 * n] = np.median(np.maximum(left, 0.0)) / 60.0
    return cells


def launch_table(survey: Survey, flown: Flown, warning: list[Floats]) -> pa.Table:
    """Give one row for each launch: where, what, when, and the warning of the main groups."""
    plan = survey.plan
    times = np.array([utc_from_tai(epoch) for epoch in plan.epochs_tai_ns])
    columns: dict[str, Any] = {
        "area": np.array(plan.areas)[plan.point_area[flown.point]],
        "from_latitude_deg": np.degrees(plan.point_latitude_rad[flown.point]).round(4),
        "from_longitude_deg": np.degrees(plan.point_longitude_rad[flown.point]).round(4),
        "place": np.array(plan.places)[flown.place],
        "vehicle": np.array([vehicle.id for vehicle in plan.vehicles])[flown.vehicle],
        "loft": np.array(plan.lofts)[flown.loft],
        "launch_utc": times[flown.epoch],
        "range_km": (flown.range_m / 1000.0).round(1),
        "apogee_km": (flown.apogee_m / 1000.0).round(1),
        "flight_min": (flown.seen.impact_s / 60.0).round(3),
    }
    for n in cell_groups(survey.layout):
        left = warning[survey.layout.case_of[n][NOMINAL]]
        column = np.maximum(left, 0.0) / 60.0
        columns[f"warning_min_{survey.layout.groups[n].id}"] = pa.array(
            column.round(3), mask=left < 0.0
        )
    return pa.table(columns)
