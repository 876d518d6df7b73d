"""The catalogue in memory: every table as records, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.catalog.entries import (
    About,
    Area,
    Benchmark,
    Place,
    RadarEntry,
    SatelliteEntry,
    SensorEntry,
    Source,
    Variant,
    VehicleEntry,
)
from tocsin.catalog.status import operational, usable
from tocsin.catalog.tables import (
    DATA,
    about_of,
    areas_of,
    benchmarks_of,
    places_of,
    radars_of,
    read_tables,
    satellites_of,
    sources_of,
    vehicles_of,
)
from tocsin.errors import CatalogError

if TYPE_CHECKING:
    from tocsin.flight.vehicle import Vehicle
    from tocsin.sensors.infrared import Infrared
    from tocsin.sensors.radar import Radar

Entry = RadarEntry | SatelliteEntry | VehicleEntry | Area | Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything the catalogue holds, by id."""

    about: About
    radars: Mapping[str, RadarEntry]
    satellites: Mapping[str, SatelliteEntry]
    vehicles: Mapping[str, VehicleEntry]
    areas: Mapping[str, Area]
    sites: Mapping[str, Place]
    places: Mapping[str, Place]
    benchmarks: Mapping[str, Benchmark]
    sources: Mapping[str, Source]

    def kinds(self) -> dict[str, Mapping[str, Entry]]:
        """Give the tables that a person can list, by what one row of each is called."""
        return {
            "radar": self.radars,
            "satellite": self.satellites,
            "vehicle": self.vehicles,
            "area": self.areas,
            "place": self.places,
            "site": self.sites,
        }

    def usable(self, entry: SensorEntry, variant: Variant = "nominal") -> str | None:
        """Say why a sensor cannot be used in a study; nothing when it can."""
        return usable(entry, variant)

    def operational(self, entry: SensorEntry, as_of: date, variant: Variant = "nominal") -> bool:
        """Say whether a sensor counts on a day."""
        return operational(entry, as_of, variant)

    # The models compile code when imported; a list of names should not wait for that.

    def radar_at(
        self, entry: RadarEntry, variant: Variant = "nominal", as_of: date | None = None
    ) -> "Radar":
        """Give a radar for the sensor models; see `catalog.build.radar_at`."""
        from tocsin.catalog import build  # noqa: PLC0415  see above

        return build.radar_at(entry, variant, as_of)

    def infrared_at(
        self, entry: SatelliteEntry, variant: Variant = "nominal", as_of: date | None = None
    ) -> "Infrared":
        """Give an infrared satellite for the models; see `catalog.build.infrared_at`."""
        from tocsin.catalog import build  # noqa: PLC0415  see above

        return build.infrared_at(entry, variant, as_of)

    def vehicle_of(self, entry: VehicleEntry) -> "Vehicle":
        """Give a generic rocket for the flight model."""
        from tocsin.catalog import build  # noqa: PLC0415  see above

        return build.vehicle_of(entry)


def read_catalog(folder: Path = DATA) -> Catalog:
    """Read a catalogue folder.

    Raises:
        CatalogError: A file is missing, is not what it should be, or lacks a key that every row
            has; `catalog.check` lists everything that is wrong.
    """
    tables = read_tables(folder)
    try:
        return Catalog(
            about=about_of(tables.radars),
            radars=radars_of(tables.radars),
            satellites=satellites_of(tables.satellites),
            vehicles=vehicles_of(tables.vehicles),
            areas=areas_of(tables.areas),
            sites=places_of(tables.sites),
            places=places_of(tables.places),
            benchmarks=benchmarks_of(tables.benchmarks),
            sources=sources_of(tables.sources),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogError(
            f"{folder}: a table is not as it should be ({error}); `tocsin catalog check` lists"
            " what is wrong"
        ) from error


@cache
def load_catalog() -> Catalog:
    """Give the catalogue that comes with the program; read once."""
    return read_catalog()
