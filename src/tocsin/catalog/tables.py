"""The files of the catalogue, read as they stand, and their rows turned into records."""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin.catalog.entries import (
    About,
    Alternative,
    Area,
    Benchmark,
    Cited,
    Data,
    Place,
    RadarEntry,
    SatelliteEntry,
    Source,
    State,
    Value,
    VehicleEntry,
)
from tocsin.errors import CatalogError

DATA = Path(__file__).parent / "data"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Every file of the catalogue as plain data, before anything is made of it."""

    radars: Row
    satellites: Row
    vehicles: Row
    areas: Row
    benchmarks: Row
    sources: Row
    sites: list[Row]
    places: list[Row]


def read_tables(folder: Path = DATA) -> Tables:
    """Read every file of a catalogue folder.

    Raises:
        CatalogError: A file is missing or is not TOML.
    """
    return Tables(
        radars=_read_toml(folder / "radars.toml"),
        satellites=_read_toml(folder / "satellites.toml"),
        vehicles=_read_toml(folder / "vehicles.toml"),
        areas=_read_toml(folder / "areas.toml"),
        benchmarks=_read_toml(folder / "benchmarks.toml"),
        sources=_read_toml(folder / "sources.toml"),
        sites=_read_csv(folder / "sites.csv"),
        places=_read_csv(folder / "places.csv"),
    )


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: is not TOML: {error}") from error


def _read_csv(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror}") from error


def frozen(data: Any) -> Data:
    """Turn what TOML gives into a value that cannot change."""
    if isinstance(data, list):
        return tuple(frozen(each) for each in data)
    return data  # type: ignore[no-any-return]


def value_of(row: Row, origin: str) -> Value:
    """Turn one value's table into a record."""
    return Value(
        value=frozen(row.get("value")),
        unit=row["unit"],
        how=row["how"],
        confidence=row["confidence"],
        sources=tuple(row.get("sources", ())),
        derivation=row.get("derivation", ""),
        alternatives=tuple(
            Alternative(
                value=frozen(each["value"]),
                source=tuple(each.get("sources", ())),
                note=each.get("note", ""),
                counts=each.get("counts", True),
            )
            for each in row.get("alternatives", ())
        ),
        origin=origin,
    )


def values_of(rows: Row, origin: str) -> dict[str, Value]:
    """Turn a table of values into records."""
    return {name: value_of(row, origin) for name, row in rows.items()}


def cited(rows: Iterable[Row]) -> tuple[Cited, ...]:
    """Turn an entry's list of sources into records."""
    return tuple(Cited(key=row["key"], supports=row.get("supports", "")) for row in rows)


def _sensor(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "operator": row["operator"],
        "host_country": row.get("host_country", row["operator"]),
        "role": row["role"],
        "status": row["status"],
        "use": row["use"],
        "confidence": row["confidence"],
        "unusable": row.get("unusable", ""),
        "coverage_note": row.get("coverage_note", ""),
        "notes": row.get("notes", ""),
        "disagreements": tuple(row.get("disagreements", ())),
        "sources": cited(row.get("sources", ())),
        "states": tuple(
            State(
                since=each["from"],
                state=each["state"],
                how=each["how"],
                reason=each["reason"],
                sources=tuple(each.get("sources", ())),
            )
            for each in row["states"]
        ),
    }


def radars_of(table: Row) -> dict[str, RadarEntry]:
    """Turn radars.toml into records: own values first, then the type's, then the defaults."""
    defaults = values_of(table.get("defaults", {}), "default")
    types = {
        name: defaults | values_of(each.get("values", {}), "type")
        for name, each in table.get("types", {}).items()
    }
    return {
        row["id"]: RadarEntry(
            **_sensor(row),
            site=row["site"],
            type=row.get("type", ""),
            values=(types[row["type"]] if "type" in row else defaults)
            | values_of(row.get("values", {}), "own"),
        )
        for row in table["radar"]
    }


def satellites_of(table: Row) -> dict[str, SatelliteEntry]:
    """Turn satellites.toml into records: own values first, then the defaults."""
    defaults = values_of(table.get("defaults", {}), "default")
    return {
        row["id"]: SatelliteEntry(
            **_sensor(row), values=defaults | values_of(row.get("values", {}), "own")
        )
        for row in table["satellite"]
    }


def vehicles_of(table: Row) -> dict[str, VehicleEntry]:
    """Turn vehicles.toml into records."""
    defaults = values_of(table.get("defaults", {}), "default")
    return {
        row["id"]: VehicleEntry(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            confidence=row["confidence"],
            values=defaults | values_of(row.get("values", {}), "own"),
            stages=tuple(values_of(stage, "own") for stage in row["stage"]),
            notes=row.get("notes", ""),
            sources=cited(row.get("sources", ())),
        )
        for row in table["vehicle"]
    }


def areas_of(table: Row) -> dict[str, Area]:
    """Turn areas.toml into records."""
    return {
        row["id"]: Area(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            polygon=tuple((float(lon), float(lat)) for lon, lat in row["polygon"]),
            sample_points=tuple((float(lon), float(lat)) for lon, lat in row["sample_points"]),
            how=row["how"],
            confidence=row["confidence"],
            basis=row["basis"],
            why=row.get("why", ""),
            sources=cited(row.get("sources", ())),
        )
        for row in table["area"]
    }


def places_of(rows: Iterable[Row]) -> dict[str, Place]:
    """Turn places.csv or sites.csv into records."""
    return {
        row["id"]: Place(
            id=row["id"],
            name=row["name"],
            country=row["country"],
            lat=float(row["latitude_deg"]),
            lon=float(row["longitude_deg"]),
            how=row["how"],
            confidence=row["confidence"],
            sources=tuple(key for key in row["sources"].split(";") if key),
            note=row["note"],
        )
        for row in rows
    }


def sources_of(table: Row) -> dict[str, Source]:
    """Turn sources.toml into records."""
    return {key: Source(key=key, **row) for key, row in table.items()}


def benchmarks_of(table: Row) -> dict[str, Benchmark]:
    """Turn benchmarks.toml into records."""
    return {
        row["id"]: Benchmark(
            id=row["id"],
            value=row["value"],
            meaning=row["meaning"],
            sources=cited(row["sources"]),
        )
        for row in table["benchmark"]
    }


def about_of(table: Row) -> About:
    """Turn the head of radars.toml into a record."""
    row = dict(table.get("about", {}))
    for key in ("warnings", "field_notes"):
        row[key] = tuple(row.get(key, ()))
    return About(**row)
