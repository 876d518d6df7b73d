"""The sensors of a run as a reader sees them: place, view, status, disputed values, sources."""

import math

import numpy as np

from tocsin.catalog.entries import RadarEntry, SensorEntry, Value
from tocsin.catalog.load import Catalog
from tocsin.catalog.status import LESS_IS_BETTER, MORE_IS_BETTER
from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import positions_ecef_m
from tocsin.simulation.roster import Member, Roster
from tocsin.simulation.scenario import Scenario
from tocsin.studies.figures import spread
from tocsin.studies.results import SensorUsed, Spread

KM = 1000.0


def sensors_used(scenario: Scenario, members: Roster, catalog: Catalog) -> tuple[SensorUsed, ...]:
    """Give every sensor of a run with the numbers it was given."""
    return tuple(_used(scenario, member, catalog) for member in members.members)


def left_out(members: Roster) -> tuple[str, ...]:
    """Give the sensors that could not be used, each with the reason."""
    return tuple(each.sentence() for each in members.left_out)


def sources_used(members: Roster, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """Give title and address of every source behind a number used, by title."""
    keys = {key for member in members.members for key in source_keys(member.entry)}
    found = (catalog.sources[key] for key in keys if key in catalog.sources)
    return tuple(sorted((source.title, source.url) for source in found))


def source_keys(entry: SensorEntry) -> tuple[str, ...]:
    """Give the keys of every source of an entry's values, of their alternatives and its states."""
    keys = dict.fromkeys(cited.key for cited in entry.sources)
    for value in entry.values.values():
        keys |= dict.fromkeys(value.sources)
        keys |= dict.fromkeys(key for other in value.alternatives for key in other.source)
    for state in entry.states:
        keys |= dict.fromkeys(state.sources)
    return tuple(keys)


def disputed(entry: SensorEntry) -> tuple[str, ...]:
    """Say which values of an entry the sources disagree on, and what they say."""
    return tuple(
        f"{name.replace('_', ' ')}: {_shown(entry.values[name])}"
        for name in sorted(entry.values.keys() & (MORE_IS_BETTER | LESS_IS_BETTER))
        if any(other.counts for other in entry.values[name].alternatives)
    )


def _shown(value: Value) -> str:
    """Give every published value: numbers in order, or how many there are of another kind."""
    every = [value.value, *(other.value for other in value.alternatives if other.counts)]
    said = dict.fromkeys(each for each in every if each is not None)
    numbers = sorted(each for each in said if isinstance(each, int | float))
    if len(numbers) < len(said):
        return f"{len(said)} published values"
    return f"{', '.join(f'{each:g}' for each in numbers)} {value.unit}"


def _used(scenario: Scenario, member: Member, catalog: Catalog) -> SensorUsed:
    """Give one sensor; where it counts only in the high variant, as it is there."""
    sensor = member.nominal or member.high or member.low
    assert sensor is not None, member.id
    latitude, longitude = _place(sensor, scenario.start_tai_ns)
    radar = sensor if isinstance(sensor, Radar) else None
    titles = [
        catalog.sources[key].title for key in source_keys(member.entry) if key in catalog.sources
    ]
    notes = [member.note, member.entry.coverage_note, "; ".join(member.entry.disagreements)]
    if member.nominal is None:
        notes.insert(0, "Counts only among the most capable values.")
    return SensorUsed(
        id=member.id,
        name=member.name,
        partner=member.partner,
        kind=member.kind,
        latitude_deg=latitude,
        longitude_deg=longitude,
        sectors_deg=()
        if radar is None
        else tuple((math.degrees(a), math.degrees(b)) for a, b in radar.sectors_rad),
        elevation_deg=None
        if radar is None
        else (math.degrees(radar.elevation_min_rad), math.degrees(radar.elevation_max_rad)),
        range_km=_range(member),
        status=member.entry.status,
        disputed=disputed(member.entry),
        sources=tuple(titles),
        note=" ".join(note for note in notes if note),
    )


def _place(sensor: Radar | Infrared, start_tai_ns: int) -> tuple[float, float]:
    """Give where a radar stands, or the point under a satellite at the start, in degrees."""
    if isinstance(sensor, Radar):
        return math.degrees(sensor.latitude_rad), math.degrees(sensor.longitude_rad)
    position = positions_ecef_m(sensor.orbit, np.array([start_tai_ns]))
    latitude, longitude, _ = geodetic_from_ecef_batch(position)
    return math.degrees(float(latitude[0])), math.degrees(float(longitude[0]))


def _range(member: Member) -> Spread | None:
    """Give a radar's range, and the least and most that is published of it."""
    if not isinstance(member.entry, RadarEntry):
        return None
    ranges = [
        sensor.range_max_m / KM if isinstance(sensor, Radar) else None
        for sensor in (member.nominal, member.low, member.high)
    ]
    return spread(ranges)
