"""The records of the catalogue: a value with its source, and the things that have values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Data = None | float | str | tuple["Data", ...]
"""What a value can be: a number, a text, a list of either, or nothing published."""

Variant = str
"""nominal, or every disputed value at its least (low) or most (high) capable."""

VARIANTS = ("low", "nominal", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What another source says of the same value."""

    value: Data
    source: tuple[str, ...] = ()
    """Keys of the sources that say so."""
    note: str = ""
    counts: bool = True
    """False where it is kept for the record and used in no calculation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value, its unit, where it came from and how far to trust it."""

    value: Data
    unit: str
    how: str
    """published, derived or assumed."""
    confidence: str
    """high, medium or low."""
    sources: tuple[str, ...] = ()
    derivation: str = ""
    """How a derived value follows; why an assumed one is assumed."""
    alternatives: tuple[Alternative, ...] = ()
    origin: str = "own"
    """own, type or default: whose table the value stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a sensor was from a day on."""

    since: date
    state: str
    """operational; likely or doubtful (disputed: nominally present or absent); absent."""
    how: str
    reason: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A source of an entry, and what it supports there."""

    key: str
    supports: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorEntry:
    """A sensor as the literature describes it."""

    id: str
    name: str
    operator: str
    """Two letters, ISO 3166-1."""
    host_country: str
    role: str
    status: str
    use: str
    """baseline, sensitivity, context or historical: a rule-based label, not a published fact."""
    confidence: str
    states: tuple[State, ...]
    """In the order of their days; absent before the first."""
    values: Mapping[str, Value]
    unusable: str = ""
    """Why no model here fits it, or nothing."""
    coverage_note: str = ""
    notes: str = ""
    disagreements: tuple[str, ...] = ()
    sources: tuple[Cited, ...] = ()

    @property
    def since(self) -> date | None:
        """The day from which it is, or may be, there."""
        return next((each.since for each in self.states if each.state != "absent"), None)

    @property
    def until(self) -> date | None:
        """The day from which it is there no more, or nothing."""
        last = self.states[-1] if self.states else None
        return last.since if last and last.state == "absent" and self.since else None

    def state_at(self, as_of: date) -> State | None:
        """Give its state on a day; nothing before the first."""
        return next((each for each in reversed(self.states) if each.since <= as_of), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarEntry(SensorEntry):
    """A radar as the literature describes it."""

    site: str
    type: str = ""
    """The family whose values it shares, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SatelliteEntry(SensorEntry):
    """An infrared warning satellite as the literature describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleEntry:
    """A generic class of rocket."""

    id: str
    name: str
    kind: str
    confidence: str
    values: Mapping[str, Value]
    stages: tuple[Mapping[str, Value], ...]
    notes: str = ""
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A region of sea from which launches may come."""

    id: str
    name: str
    kind: str
    """ocean or submarine."""
    polygon: tuple[tuple[float, float], ...]
    """Corners (longitude, latitude) in degrees, the last one the first again."""
    sample_points: tuple[tuple[float, float], ...]
    """(longitude, latitude) in degrees."""
    how: str
    confidence: str
    basis: str
    why: str = ""
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A city to warn, or a place that rockets are launched from."""

    id: str
    name: str
    country: str
    lat: float
    """Degrees north."""
    lon: float
    """Degrees east."""
    how: str
    confidence: str
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something was read."""

    key: str
    title: str
    url: str = ""
    note: str = ""
    follow_up: str = ""
    """What it would settle, for literature not read yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A figure of warning time in the literature, to hold results against."""

    id: str
    value: str
    meaning: str
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the tables are, when they were gathered and what to beware of."""

    title: str = ""
    compiled: date | None = None
    scope: str = ""
    accuracy: str = ""
    warnings: tuple[str, ...] = field(default=())
    field_notes: tuple[str, ...] = field(default=())
