"""The Event record: one launch, or one fault, as it is judged; and what a judge holds to."""

from dataclasses import dataclass, field

from tocsin.warning.areas import AreaList
from tocsin.warning.evidence import Sighting, Spot
from tocsin.warning.levels import NONE, PRELIMINARY, QUIET

LAUNCH, FAULT = "launch", "fault"
"""What an event is of. A fault is of a sensor, a link, a feed or a person; it never goes above A1.
"""

EVENTS_MAX = 5_000
"""Most events that are kept; those long over go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks for or against an event, for machines and for people."""

    code: str
    check: str
    """The check that found it: C1 to C20, or empty for what the evidence is."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One launch or fault as judged at an instant; a new record for every change."""

    id: str
    kind: str
    """`LAUNCH` or `FAULT`."""
    subject: str
    """Of a fault: what is at fault, so that it is one event however often it is said."""
    first_tai_ns: int
    changed_tai_ns: int
    """When level, confidence or state last changed."""
    seen_tai_ns: int
    """Last word of it, from a plot or a message."""
    revision: int = 1
    state: str = PRELIMINARY
    level: int = QUIET
    level_max: int = QUIET
    """The highest that it ever had."""
    level_tai_ns: tuple[int, ...] = ()
    """For each level from A1 on, when it was first reached; as many as `level_max`."""
    confidence: int = NONE
    reasons: tuple[Reason, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    """The last of each that is or was part of it, the first to join first."""
    partner_events: tuple[str, ...] = ()
    launch: Spot | None = None
    launch_tai_ns: int | None = None
    impact: Spot | None = None
    impact_tai_ns: int | None = None
    impact_sigma_s: float = 0.0
    areas: tuple[tuple[str, float], ...] = ()
    """Defended areas that the impact ellipse meets, and the chance of each."""
    notice: str = ""
    """The notice that it matches."""
    closed: bool = False

    def has(self, code: str) -> bool:
        """Tell whether a reason is among its reasons."""
        return any(reason.code == code for reason in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of level, confidence or state, with what a duty officer can read aloud."""

    event: str
    revision: int
    tai_ns: int
    level_before: int
    level: int
    confidence_before: int
    confidence: int
    state: str
    closed: bool
    reasons: tuple[Reason, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings:
    """What a judge holds to; the same from step to step."""

    own: str
    """The partner whose centre this is."""
    areas: AreaList
    """Defended."""
    geometry_tai_ns: int = 0
    """Since when the boundaries in force are what they are; see `areas.stale`."""
    checks: frozenset[str]
    """Those that are made, C1 to C20; a centre makes all of them."""
    trust: tuple[tuple[str, float], ...] = ()
    """For each partner, how much its word weighs beside an own sensor's, 0 to 1; 0.5 if not named.
    """

    def trusted(self, partner: str) -> float:
        """Give how much a partner's word weighs."""
        return dict(self.trust).get(partner, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that a judge knows."""

    settings: JudgeSettings
    events: tuple[Event, ...] = ()
    """In order of their numbers."""
    next_event: int = 1
    changes: tuple[Change, ...] = field(default=())
    """Of the last step."""

    @property
    def level(self) -> int:
        """Give the highest level of what is not over."""
        return max((event.level for event in self.events if not event.closed), default=QUIET)
