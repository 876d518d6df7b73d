"""What a study or a run found: plain frozen records with units in their names.

Every figure over the disputed values is a `Spread`: its nominal value and the lowest and highest it
takes when each disputed sensor value is moved through its published alternatives.
"""

from dataclasses import dataclass

from tocsin.studies.judged_results import Judged
from tocsin.studies.watch_results import Tracking


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One figure, and how far the disputed values can move it."""

    value: float | None
    """None where there is nothing to measure: no launch was seen."""
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coalition:
    """What one set of partners, sharing at one level, with some kinds of sensor, sees."""

    id: str
    """Short stable name, for instance `russia`, `russia+china-l3`, `russia+china-l3-radar`."""
    label: str
    """For people: 'Russia alone', 'joined, tracks shared'."""
    partners: tuple[str, ...]
    level: int
    """0 liveness, 1 notices, 2 events, 3 tracks, 4 plots; 0 for one partner alone."""
    kinds: str
    """all, radar or infrared."""
    without: str | None
    """Sensor or partner id left out, if any."""
    launches: int
    share_seen: Spread
    """Share of launches confirmed before impact, 0 to 1, and so for the receiver of the warning."""
    share_confirmed_by_two: Spread
    """Share confirmed by two independent sensors before impact: what a confirmed launch takes."""
    warning_min: dict[str, Spread]
    """p05, p50, p95 of minutes from first confirmed detection to impact; unseen launches count
    as zero minutes."""
    warning_two_min: dict[str, Spread]
    """The same from the second independent sensor's confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Launch by launch, what one coalition has that another has not."""

    id: str
    before: str
    """Coalition id."""
    after: str
    share_gaining: Spread
    """Share of launches whose warning grows by at least half a minute."""
    share_newly_seen: Spread
    gain_min: dict[str, Spread]
    """p05, p50, p95 and mean of minutes gained, over the launches that gain."""
    share_losing: Spread
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One figure at each launch point of a study, for one area and one coalition."""

    coalition: str
    figure: str
    """share_seen (0..1), warning_min (median, unseen as 0), gain_min (against `before`)."""
    values: tuple[float, ...]
    """One per launch point, in the order of `StudyMap.latitude_deg`."""
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyMap:
    """Launch points of a study and the figures found at each."""

    latitude_deg: tuple[float, ...]
    longitude_deg: tuple[float, ...]
    area: tuple[str, ...]
    spacing_deg: float
    layers: tuple[MapLayer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One step of the decision-time ledger: what it takes and what is left."""

    step: str
    takes_s: Spread
    left_min: Spread
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One sensor's view of one launch, in seconds after lift-off; None: never."""

    partner: str
    sensor: str
    kind: str
    first_look_s: float | None
    confirmed_s: float | None
    last_look_s: float | None
    confirmed_low_s: float | None
    """Latest over the disputed values (least capable); None if not seen at all then."""
    confirmed_high_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What one partner knows of one launch at one sharing level."""

    partner: str
    level: int
    known_s: float | None
    """Seconds after lift-off when it first has a confirmed detection, its own or a partner's."""
    via: str
    """Sensor id, with the partner that passed it on if it was not its own."""
    confirmed_by_two_s: float | None
    warning_min: Spread
    """Minutes from then to impact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchResult:
    """One launch of a scenario: how it flew, who saw it, who knew."""

    name: str
    vehicle: str
    from_latitude_deg: float
    from_longitude_deg: float
    to_latitude_deg: float
    to_longitude_deg: float
    at_s: float
    range_km: float
    apogee_km: float
    burnout_s: float
    apogee_s: float
    impact_s: float
    miss_km: float
    track_deg: tuple[tuple[float, float], ...]
    """Ground track as latitude, longitude."""
    sightings: tuple[Sighting, ...]
    knowledge: tuple[Knowledge, ...]
    """At each level, as if everyone shared with everyone at it."""
    vehicle_name: str = ""
    """For people; the id stands for it where it is empty."""
    declared: tuple[Knowledge, ...] = ()
    """Under the sharing that the scenario itself declares; empty if it declares none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorUsed:
    """One sensor of a run, with the numbers it was given and where each came from."""

    id: str
    name: str
    partner: str
    kind: str
    latitude_deg: float | None
    longitude_deg: float | None
    """For a satellite: the sub-satellite point at the scenario's start."""
    sectors_deg: tuple[tuple[float, float], ...]
    elevation_deg: tuple[float, float] | None
    range_km: Spread | None
    status: str
    disputed: tuple[str, ...]
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A founding claim, and what the figures say of it."""

    question: str
    verdict: str
    """borne out, partly borne out, not borne out."""
    answer: str
    """Two or three plain sentences with figures, units and spread."""
    coalitions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The whole of a comparison study."""

    partners: tuple[str, ...]
    areas: tuple[str, ...]
    places: tuple[str, ...]
    launches: int
    out_of_reach: int
    coalitions: tuple[Coalition, ...]
    gains: tuple[Gain, ...]
    map: StudyMap
    ledger: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """Everything `tocsin run` found: what summary.json and the report are made of."""

    scenario: str
    title: str
    question: str
    answer: str
    """One plain sentence that answers the question with its uncertainty."""
    start_utc: str
    as_of: str
    seed: int
    data_class: str
    version: str
    sensors: tuple[SensorUsed, ...]
    left_out: tuple[str, ...]
    """Catalogue sensors of the partners that could not be used, each with the reason."""
    launches: tuple[LaunchResult, ...]
    compared: Compared
    claims: tuple[Claim, ...]
    assumptions: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    """Title and address of every source behind a number used."""
    tracking: Tracking | None = None
    judged: Judged | None = None
    """What each watcher would have tracked of the launches; None where nobody asked."""
