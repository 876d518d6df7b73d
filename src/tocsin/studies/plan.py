"""The launches of a study: from every launch point to every place, by every vehicle, all day long.

Where a vehicle goes does not depend on the hour, so each flight is aimed once and used at every
launch time; only the satellites have moved.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tocsin.earth.geodesy import grid_inside
from tocsin.errors import ScenarioError
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats, Integers
from tocsin.simulation.ground import Ground
from tocsin.simulation.scenario import Scenario, Study

DAY_NS = 86_400_000_000_000
CHUNK_FLIGHTS = 16_384
"""Launches in a chunk, unless a call would get too few of them. Aiming many at once is several
times as fast as aiming few; what a chunk holds in memory stays below a hundred megabytes or so."""
CALL_FLIGHTS_MIN = 64
"""Fewest flights worth one call: two blocks of lanes."""
CALL_FLIGHTS_MAX = 2048
"""Most flights in one call."""
POINTS_MAX = 20_000
LAUNCHES_MAX = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Launch points, places, vehicles, lofts and launch times; every combination is a launch."""

    point_latitude_rad: Floats
    point_longitude_rad: Floats
    point_area: Integers
    """Number of the area each point lies in, ascending."""
    areas: tuple[str, ...]
    """Ids of launch areas, then of launch sites."""
    area_names: tuple[str, ...]
    places: tuple[str, ...]
    place_names: tuple[str, ...]
    place_latitude_rad: Floats
    place_longitude_rad: Floats
    defender: Integers
    """Number of the partner that defends each place; -1 where none does."""
    vehicles: tuple[Vehicle, ...]
    lofts: tuple[float, ...]
    epochs_tai_ns: tuple[int, ...]
    spacing_deg: float
    points_per_chunk: int

    @property
    def points(self) -> int:
        """Number of launch points."""
        return int(self.point_latitude_rad.size)

    @property
    def launches(self) -> int:
        """Number of launches, those out of reach included."""
        each = len(self.places) * len(self.vehicles) * len(self.lofts) * len(self.epochs_tai_ns)
        return self.points * each

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.points // self.points_per_chunk)

    def points_of(self, chunk: int) -> range:
        """Give the numbers of the launch points of one chunk."""
        first = chunk * self.points_per_chunk
        return range(first, min(first + self.points_per_chunk, self.points))


def make_plan(
    scenario: Scenario, study: Study, ground: Ground, vehicles: Mapping[str, Vehicle]
) -> Plan:
    """Give the launches of a scenario's study.

    Args:
        scenario: Who defends what, the start and the seed.
        study: What to launch; its spacing may differ from the scenario's own.
        ground: Every place, area and site by id.
        vehicles: Vehicles by id.

    Raises:
        ScenarioError: An area holds no launch point at this spacing, or there are too many.
    """
    latitudes, longitudes, areas, names = _points(ground, study)
    places = [ground.places[place] for place in study.places]
    flown = tuple(vehicles[vehicle] for vehicle in study.vehicles)
    each = len(study.places) * len(flown) * len(study.lofts) * study.epochs
    if sum(part.size for part in latitudes) * each > LAUNCHES_MAX:
        raise ScenarioError(
            f"study: {sum(part.size for part in latitudes) * each:,} launches; the limit is "
            f"{LAUNCHES_MAX:,}: make spacing_deg wider or epochs fewer"
        )
    return Plan(
        point_latitude_rad=np.concatenate(latitudes),
        point_longitude_rad=np.concatenate(longitudes),
        point_area=np.repeat(np.arange(len(areas)), [part.size for part in latitudes]),
        areas=areas,
        area_names=names,
        places=study.places,
        place_names=tuple(place.name for place in places),
        place_latitude_rad=np.radians([place.latitude_deg for place in places]),
        place_longitude_rad=np.radians([place.longitude_deg for place in places]),
        defender=np.array([_defender(scenario, place) for place in study.places]),
        vehicles=flown,
        lofts=study.lofts,
        epochs_tai_ns=epochs(scenario.start_tai_ns, study.epochs, scenario.seed),
        spacing_deg=study.spacing_deg,
        points_per_chunk=points_per_chunk(len(study.places), each),
    )


def points_per_chunk(places: int, launches_per_point: int) -> int:
    """Give how many whole launch points make a chunk: enough to fill a call, few enough to hold."""
    filling = -(-CALL_FLIGHTS_MIN // places)
    return min(
        max(filling, CHUNK_FLIGHTS // launches_per_point), max(1, CALL_FLIGHTS_MAX // places)
    )


def epochs(start_tai_ns: int, count: int, seed: int) -> tuple[int, ...]:
    """Give launch times spread evenly over the day after the start, from a seeded first one."""
    step = DAY_NS // count
    first = int(np.random.default_rng([seed, 1]).integers(step))
    return tuple(start_tai_ns + first + n * step for n in range(count))


def _points(
    ground: Ground, study: Study
) -> tuple[list[Floats], list[Floats], tuple[str, ...], tuple[str, ...]]:
    """Give the launch points of each area and site, and their ids and names."""
    latitudes, longitudes, names = [], [], []
    for area_id in study.areas:
        area = ground.areas[area_id]
        latitude, longitude = grid_inside(area.polygon_lonlat_deg, study.spacing_deg)
        if not 0 < latitude.size <= POINTS_MAX:
            raise ScenarioError(
                f"study: area {area_id!r} holds {latitude.size:,} launch points at spacing_deg "
                f"{study.spacing_deg:g}; it must be from 1 to {POINTS_MAX:,}: change the spacing, "
                "or the polygon if it has no inside"
            )
        latitudes.append(latitude)
        longitudes.append(longitude)
        names.append(area.name)
    for site_id in study.sites:
        site = ground.sites[site_id]
        latitudes.append(np.array([math.radians(site.latitude_deg)]))
        longitudes.append(np.array([math.radians(site.longitude_deg)]))
        names.append(site.name)
    return latitudes, longitudes, (*study.areas, *study.sites), tuple(names)


def _defender(scenario: Scenario, place: str) -> int:
    """Give the number of the first partner that defends a place; -1 if none does."""
    for number, partner in enumerate(scenario.partners):
        if place in partner.defended:
            return number
    return -1
