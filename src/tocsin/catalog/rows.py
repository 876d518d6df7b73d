"""What a person or a script sees of the catalogue: one row for a list, everything for one entry."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from tocsin.catalog.entries import (
    VARIANTS,
    Area,
    Data,
    Place,
    RadarEntry,
    SatelliteEntry,
    SensorEntry,
    Source,
    VehicleEntry,
)
from tocsin.catalog.load import Catalog, Entry
from tocsin.catalog.status import data_at, number, usable
from tocsin.errors import CatalogError, nearest

Row = dict[str, Any]


def listed(
    catalog: Catalog, kind: str, operator: str | None = None, as_of: date | None = None
) -> list[Row]:
    """Give the entries of one kind, one row each, in the order of their tables.

    Args:
        catalog: Where from.
        kind: radar, satellite, vehicle, area, place or site.
        operator: Only what this country operates or holds; two letters.
        as_of: Only sensors that may be there on this day, with their state on it.
    """
    day = as_of or catalog.about.compiled or date.max
    rows = []
    for entry in catalog.kinds()[kind].values():
        row = _row(entry, kind, day)
        if operator is not None and row.get("operator", row.get("country")) != operator:
            continue
        if as_of is not None and row.get("state") == "absent":
            continue
        rows.append(row)
    return rows


def checked_operator(catalog: Catalog, operator: str) -> str:
    """Give a country back if it operates or holds anything.

    Raises:
        CatalogError: It does not; the text gives those that do.
    """
    known = {each.operator for each in catalog.radars.values()}
    known |= {each.operator for each in catalog.satellites.values()}
    known |= {each.country for table in (catalog.places, catalog.sites) for each in table.values()}
    if operator not in known:
        raise CatalogError(
            f"catalogue: nothing of operator {operator!r}; {nearest(operator, known, 30)}"
        )
    return operator


def _row(entry: Entry, kind: str, day: date) -> Row:
    row: Row = {"id": entry.id, "kind": kind, "name": entry.name}
    match entry:
        case RadarEntry() | SatelliteEntry():
            row |= _sensor_row(entry, day)
        case VehicleEntry():
            row |= _vehicle_row(entry)
        case Area():
            row |= {"area_kind": entry.kind, "how": entry.how, "confidence": entry.confidence}
            row |= {"sample_points": len(entry.sample_points), "why": entry.why}
        case Place():
            row |= {"country": entry.country, "latitude_deg": entry.lat, "longitude_deg": entry.lon}
            row |= {"confidence": entry.confidence}
    return row


def _sensor_row(entry: SensorEntry, day: date) -> Row:
    state = entry.state_at(day)
    row: Row = {
        "operator": entry.operator,
        "role": entry.role,
        "state": state.state if state else "absent",
        "since": entry.since.isoformat() if entry.since else None,
        "until": entry.until.isoformat() if entry.until else None,
        "use": entry.use,
        "confidence": entry.confidence,
        "usable": [variant for variant in VARIANTS if usable(entry, variant) is None],
        "unusable_because": usable(entry),
    }
    if isinstance(entry, RadarEntry):
        row["range_km"] = {variant: data_at(entry, "range_max", variant) for variant in VARIANTS}
    else:
        row["orbit"] = data_at(entry, "orbit_class", "nominal")
    return row


def _vehicle_row(entry: VehicleEntry) -> Row:
    def total(name: str) -> float:
        return sum(number(stage[name].value) for stage in entry.stages)

    payload_kg = number(entry.values["payload"].value)
    return {
        "vehicle_kind": entry.kind,
        "stages": len(entry.stages),
        "liftoff_kg": total("propellant") + total("dry") + payload_kg,
        "burn_s": total("burn"),
        "range_km": entry.values["range"].value,
        "plume_w_sr": number(entry.stages[0]["plume"].value),
        "confidence": entry.confidence,
    }


def found(catalog: Catalog, wanted: str) -> tuple[str, Entry | Source]:
    """Give the kind of an id and its entry; a source's key will do as well.

    Raises:
        CatalogError: There is none; the text gives the nearest.
    """
    every: dict[str, Mapping[str, Entry | Source]] = {**catalog.kinds(), "source": catalog.sources}
    for kind, entries in every.items():
        if wanted in entries:
            return kind, entries[wanted]
    ids = [each for kind, entries in every.items() if kind != "source" for each in entries]
    raise CatalogError(f"catalogue: there is no id {wanted!r}; {nearest(wanted, ids)}")


def everything(catalog: Catalog, wanted: str) -> Row:
    """Give everything the catalogue holds of one id, its sources with title and address.

    Raises:
        CatalogError: There is no such id; the text gives the nearest.
    """
    kind, entry = found(catalog, wanted)
    row: Row = {"kind": kind} | asdict(entry)
    if isinstance(entry, Area):
        row["area_kind"] = entry.kind
    if isinstance(entry, VehicleEntry):
        row["vehicle_kind"] = entry.kind
        row["kind"] = kind
    if isinstance(entry, SensorEntry):
        row["usable"] = {variant: usable(entry, variant) is None for variant in VARIANTS}
        row["unusable_because"] = usable(entry)
    if isinstance(entry, Place):
        row["latitude_deg"], row["longitude_deg"] = row.pop("lat"), row.pop("lon")
    row["kind"] = kind
    if not isinstance(entry, Source):
        keys = sorted(named_keys(entry))
        row["read_in"] = {
            key: {"title": catalog.sources[key].title, "url": catalog.sources[key].url}
            for key in keys
        }
    return row


def named_keys(entry: Entry) -> set[str]:
    """Give the key of every source that an entry or one of its values names."""
    keys: set[str] = set()
    for each in entry.sources:
        keys.add(each if isinstance(each, str) else each.key)
    if isinstance(entry, SensorEntry | VehicleEntry):
        tables = [entry.values, *(entry.stages if isinstance(entry, VehicleEntry) else ())]
        for value in (value for table in tables for value in table.values()):
            keys.update(value.sources, *(each.source for each in value.alternatives))
    if isinstance(entry, SensorEntry):
        keys.update(*(state.sources for state in entry.states))
    return keys


def said(data: Data, unit: str = "") -> str:
    """Give a value as a person reads it; a catalogue number is not a quantity."""
    if data is None:
        return "none"
    if isinstance(data, str):
        return data
    if isinstance(data, tuple):
        between = "\n" if data and isinstance(data[0], str) else ", "
        return between.join(_part(each) for each in data)
    if unit == "number":
        return f"{data}"
    if isinstance(data, int) or 1e-3 <= abs(data) < 1e9:
        return f"{data:,}"
    return f"{data:g}"


def _part(data: Data) -> str:
    """Give one member of a list; a pair reads as a span."""
    return "-".join(said(side) for side in data) if isinstance(data, tuple) else said(data)
