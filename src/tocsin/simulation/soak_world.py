"""What a soak is set in, and what happens in it: plain records."""

from dataclasses import dataclass

import numpy as np

from tocsin.catalog.load import Catalog
from tocsin.earth.time import DAY_NS
from tocsin.flight.vehicle import Vehicle
from tocsin.sensors.measurement import Site
from tocsin.simulation.soak_flights import Frame
from tocsin.warning.evidence import Feed, Notice, Refusal, SiteReport, Source, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is told beside sightings, from an instant to another; at once where they are equal."""

    tai_ns: int
    until_tai_ns: int
    feeds: tuple[Feed, ...] = ()
    summaries: tuple[Summary, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    site_reports: tuple[SiteReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happens, and all that is told of it."""

    id: str
    kind: str
    tai_ns: int
    frames: tuple[Frame, ...] = ()
    words: tuple[Word, ...] = ()
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a soak is set in."""

    catalog: Catalog
    sites: tuple[Site, ...]
    sources: tuple[Source, ...]
    begin_tai_ns: int
    days: float

    def vehicle(self, name: str) -> Vehicle:
        """Give a generic vehicle of the catalogue."""
        return self.catalog.vehicle_of(self.catalog.vehicles[name])

    def within(self, draw: np.random.Generator) -> int:
        """Draw an instant."""
        return self.begin_tai_ns + round(float(draw.random()) * self.days * DAY_NS)
