"""Every value has a unit, a plausible range, a source and how it was got; or a line says where not.

The checks read the files as they stand, so that one mistake does not hide the next.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tocsin.catalog.check_values import Known, check_sources, check_values, one_of, unknown_keys
from tocsin.catalog.schema import (
    AREA_KINDS,
    CONFIDENCES,
    HOWS,
    RADAR,
    SATELLITE,
    SENSOR_MAY,
    SENSOR_NEEDS,
    STAGE,
    STAGE_NEEDS,
    STATE_KEYS,
    STATES,
    USES,
    VEHICLE,
    VEHICLE_KINDS,
    VEHICLE_NEEDS,
)
from tocsin.catalog.tables import DATA, Row, Tables, read_tables
from tocsin.errors import OrbitError
from tocsin.sensors.satellites import orbit_from_lines

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")
COUNTRY = re.compile(r"[A-Z]{2}\Z")


def check(folder: Path = DATA) -> list[str]:
    """Give everything that is wrong in a catalogue folder, one line each; nothing when all is well.

    Raises:
        CatalogError: A file is missing or is not TOML.
    """
    return list(problems(read_tables(folder)))


def problems(tables: Tables) -> Iterator[str]:
    """Give everything that is wrong in the tables, one line each."""
    known: Known = tables.sources.keys()
    yield from _radars(tables.radars, known)
    yield from _satellites(tables.satellites, known)
    yield from _vehicles(tables.vehicles, known)
    yield from _areas(tables.areas, known)
    yield from _benchmarks(tables.benchmarks, known)
    yield from _places("places.csv: place", tables.places, known)
    yield from _places("sites.csv: site", tables.sites, known)
    yield from _sources(tables)
    sensors = [*tables.radars.get("radar", ()), *tables.satellites.get("satellite", ())]
    ground = [*tables.areas.get("area", ()), *tables.places, *tables.sites]
    vehicles = tables.vehicles.get("vehicle", ())
    yield from _twice("radars.toml and satellites.toml", sensors)
    yield from _twice("areas.toml, places.csv and sites.csv", ground)
    yield from _twice("vehicles.toml", vehicles)


def _twice(files: str, rows: Iterable[Row]) -> Iterator[str]:
    for each, times in Counter(str(row.get("id")) for row in rows).items():
        if times > 1:
            yield f"{files}: id {each!r} is used {times} times; every id must be used once"


def _radars(table: Row, known: Known) -> Iterator[str]:
    yield from check_values("radars.toml: defaults", table.get("defaults", {}), RADAR, known)
    types = table.get("types", {})
    for name, each in types.items():
        yield from check_values(f"radars.toml: type {name!r}", each.get("values", {}), RADAR, known)
    for row in table.get("radar", ()):
        where = f"radars.toml: radar {row.get('id')!r}"
        yield from _sensor(where, row, known, needs=("site",), may=("type",))
        if "type" in row:
            yield from one_of(where, "type", row["type"], types)
        yield from check_values(where, row.get("values", {}), RADAR, known)
        shared = types.get(row.get("type"), {}).get("values", {})
        values = table.get("defaults", {}) | shared | row.get("values", {})
        yield from _ordered(where, values, "range_min", "range_max")
        yield from _ordered(where, values, "elevation_min", "elevation_max")


def _satellites(table: Row, known: Known) -> Iterator[str]:
    defaults = table.get("defaults", {})
    yield from check_values("satellites.toml: defaults", defaults, SATELLITE, known)
    for row in table.get("satellite", ()):
        where = f"satellites.toml: satellite {row.get('id')!r}"
        yield from _sensor(where, row, known)
        values = row.get("values", {})
        yield from check_values(where, values, SATELLITE, known)
        yield from _ordered(where, values, "perigee", "apogee")
        if "orbit" in values:
            yield from _element_set(where, str(row.get("name")), values)


def _element_set(where: str, name: str, values: Mapping[str, Row]) -> Iterator[str]:
    """Give what is wrong with an element set: cut, miscopied, or another satellite's."""
    lines = values["orbit"].get("value")
    if not (isinstance(lines, list) and len(lines) == 2):
        return  # said already: not two lines
    try:
        orbit_from_lines(name, str(lines[0]), str(lines[1]))
    except OrbitError as error:
        yield f"{where}: orbit: {error}"
        return
    number = values.get("norad", {}).get("value")
    if str(number) != lines[0][2:7].lstrip("0"):
        yield (
            f"{where}: orbit is of number {lines[0][2:7]}, norad is {number}; they must be the same"
        )


def _sensor(
    where: str, row: Row, known: Known, needs: tuple[str, ...] = (), may: tuple[str, ...] = ()
) -> Iterator[str]:
    needs = (*SENSOR_NEEDS, *needs)
    yield from unknown_keys(where, row, (*needs, *SENSOR_MAY, *may))
    yield from _missing(where, row, needs)
    yield from _id(where, row)
    for key in ("operator", "host_country"):
        if key in row and not COUNTRY.match(str(row[key])):
            yield f"{where}: {key} is {row[key]!r}; it must be two capital letters (ISO 3166-1)"
    yield from one_of(where, "use", row.get("use"), USES)
    yield from one_of(where, "confidence", row.get("confidence"), CONFIDENCES)
    yield from _cited(where, row, known)
    yield from _states(where, row.get("states", ()), known)


def _states(where: str, states: Iterable[Row], known: Known) -> Iterator[str]:
    days: list[date] = []
    for number, each in enumerate(states, 1):
        at = f"{where}: states, number {number}"
        yield from unknown_keys(at, each, STATE_KEYS)
        yield from _missing(at, each, ("from", "state", "how", "reason"))
        yield from one_of(at, "state", each.get("state"), STATES)
        yield from one_of(at, "how", each.get("how"), HOWS)
        yield from check_sources(at, each, known, needed=each.get("how") == "published")
        if type(each.get("from")) is date:
            days.append(each["from"])
        else:
            yield f"{at}: from is {each.get('from')!r}; it must be a day such as 2012-02-11"
    if days != sorted(set(days)):
        yield f"{where}: states are not in the order of their days, each day once"
    if not days:
        yield f"{where}: states is empty; say at least what it was from one day on"


def _vehicles(table: Row, known: Known) -> Iterator[str]:
    needs = ("id", "name", "kind", "confidence", "values", "stage")
    for row in table.get("vehicle", ()):
        where = f"vehicles.toml: vehicle {row.get('id')!r}"
        yield from unknown_keys(where, row, (*needs, "notes", "sources"))
        yield from _missing(where, row, needs)
        yield from _id(where, row)
        yield from one_of(where, "kind", row.get("kind"), VEHICLE_KINDS)
        yield from one_of(where, "confidence", row.get("confidence"), CONFIDENCES)
        yield from _cited(where, row, known)
        yield from check_values(where, row.get("values", {}), VEHICLE, known)
        yield from _missing(where, row.get("values", {}), VEHICLE_NEEDS)
        stages = row.get("stage", ())
        if not 1 <= len(stages) <= 4:
            yield f"{where}: has {len(stages)} stages; it must have 1 to 4"
        for number, stage in enumerate(stages, 1):
            at = f"{where}: stage {number}"
            yield from check_values(at, stage, STAGE, known)
            yield from _missing(at, stage, STAGE_NEEDS)


def _areas(table: Row, known: Known) -> Iterator[str]:
    needs = (
        "id", "name", "kind", "how", "confidence", "unit", "basis", "polygon", "sample_points",
        "sources",
    )  # fmt: skip
    for row in table.get("area", ()):
        where = f"areas.toml: area {row.get('id')!r}"
        yield from unknown_keys(where, row, (*needs, "why"))
        yield from _missing(where, row, needs)
        yield from _id(where, row)
        yield from one_of(where, "kind", row.get("kind"), AREA_KINDS)
        yield from one_of(where, "how", row.get("how"), HOWS)
        yield from one_of(where, "confidence", row.get("confidence"), CONFIDENCES)
        yield from one_of(where, "unit", row.get("unit"), ("deg",))
        yield from _cited(where, row, known)
        corners = row.get("polygon", [])
        yield from _points(where, "polygon", corners)
        yield from _points(where, "sample_points", row.get("sample_points", []))
        if len(corners) < 4 or corners[0] != corners[-1]:
            yield (
                f"{where}: polygon is not closed; give three corners or more, and the first"
                " again at the end"
            )


def _points(where: str, key: str, points: Iterable[Any]) -> Iterator[str]:
    for number, point in enumerate(points, 1):
        good = isinstance(point, list) and len(point) == 2
        if not (good and _within(point[0], -180, 360) and _within(point[1], -90, 90)):
            yield (
                f"{where}: {key}, number {number}, is {point}; it must be [longitude,"
                " latitude], -180 to 360 and -90 to 90"
            )


def _places(what: str, rows: Iterable[Row], known: Known) -> Iterator[str]:
    needs = ("id", "name", "country", "latitude_deg", "longitude_deg", "how", "confidence")
    for row in rows:
        where = f"{what} {row.get('id')!r}"
        yield from _missing(where, row, (*needs, "sources"))
        yield from _id(where, row)
        if not COUNTRY.match(str(row.get("country"))):
            yield f"{where}: country is {row.get('country')!r}; it must be two capital letters"
        for key, limit in (("latitude_deg", 90.0), ("longitude_deg", 180.0)):
            if not _within(_float(row.get(key)), -limit, limit):
                yield (
                    f"{where}: {key} is {row.get(key)!r}; it must be a number from"
                    f" {-limit:g} to {limit:g}"
                )
        yield from one_of(where, "how", row.get("how"), HOWS)
        yield from one_of(where, "confidence", row.get("confidence"), CONFIDENCES)
        keys = [key for key in str(row.get("sources") or "").split(";") if key]
        yield from check_sources(where, {"sources": keys}, known, needed=True)


def _benchmarks(table: Row, known: Known) -> Iterator[str]:
    needs = ("id", "value", "unit", "how", "meaning", "sources")
    for row in table.get("benchmark", ()):
        where = f"benchmarks.toml: benchmark {row.get('id')!r}"
        yield from unknown_keys(where, row, needs)
        yield from _missing(where, row, needs)
        yield from _id(where, row)
        yield from one_of(where, "unit", row.get("unit"), ("text",))
        yield from one_of(where, "how", row.get("how"), HOWS)
        yield from _cited(where, row, known)


def _sources(tables: Tables) -> Iterator[str]:
    named = set(_named(tables))
    for key, row in tables.sources.items():
        where = f"sources.toml: source {key!r}"
        yield from unknown_keys(where, row, ("title", "url", "note", "follow_up"))
        yield from _missing(where, row, ("title",))
        url = str(row.get("url", ""))
        if url and not url.startswith(("http://", "https://")):
            yield f"{where}: url is {url!r}; it must start with http:// or https://"
        if not url and not row.get("note"):
            yield f"{where}: has no url; give one, or say in note why there is none"
        if key not in named and not row.get("follow_up"):
            yield f"{where}: is named by no table; remove it, or say in follow_up what it is for"


def _named(data: Any) -> Iterator[str]:
    """Give every source key that any table names."""
    if isinstance(data, Tables):
        every = [getattr(data, name) for name in data.__slots__ if name != "sources"]
        yield from _named(every)
    elif isinstance(data, Mapping):
        if isinstance(data.get("sources"), str):
            yield from data["sources"].split(";")
        if isinstance(data.get("key"), str):
            yield data["key"]
        for key, each in data.items():
            if key == "sources" and isinstance(each, list):
                yield from (name for name in each if isinstance(name, str))
            yield from _named(each)
    elif isinstance(data, list):
        for each in data:
            yield from _named(each)


def _cited(where: str, row: Row, known: Known) -> Iterator[str]:
    cited = row.get("sources", ())
    keys = [each.get("key") for each in cited if isinstance(each, Mapping)]
    if len(keys) != len(cited):
        yield f"{where}: sources must be a list of {{ key = ..., supports = ... }}"
    yield from check_sources(where, {"sources": keys}, known, needed=True)


def _id(where: str, row: Row) -> Iterator[str]:
    if not ID.match(str(row.get("id"))):
        yield f"{where}: id must be small letters, digits and dashes, at most 63"


def _missing(where: str, row: Row, needs: Iterable[str]) -> Iterator[str]:
    for key in needs:
        if row.get(key) in (None, ""):
            yield f"{where}: {key} is missing"


def _ordered(where: str, values: Mapping[str, Row], low: str, high: str) -> Iterator[str]:
    least = _float(values.get(low, {}).get("value"))
    most = _float(values.get(high, {}).get("value"))
    if least >= most:
        yield f"{where}: {low} is {least:g}, {high} is {most:g}; the first must be smaller"


def _float(data: Any) -> float:
    """Give a number, or NaN for what is none."""
    try:
        return float(data)
    except (TypeError, ValueError):
        return math.nan


def _within(data: Any, low: float, high: float) -> bool:
    return isinstance(data, int | float) and low <= data <= high
