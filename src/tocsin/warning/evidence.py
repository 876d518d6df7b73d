"""What is held for and against a launch: plain records, each with where it comes from."""

import math
from dataclasses import dataclass

from tocsin.tracking.impact import CHI2_95


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on the ground and how well it is known."""

    latitude_rad: float
    longitude_rad: float
    east_m2: float
    """Variances along east and north, and their covariance."""
    east_north_m2: float
    north_m2: float

    def long_m(self) -> float:
        """Give the long half axis of the 95 % ellipse, m."""
        middle = 0.5 * (self.east_m2 + self.north_m2)
        half = math.hypot(0.5 * (self.east_m2 - self.north_m2), self.east_north_m2)
        return math.sqrt(CHI2_95 * (middle + half))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sensor as the judge knows it."""

    id: str
    kind: str
    """radar or infrared."""
    owner: str
    """The partner whose it is."""
    groups: tuple[str, ...] = ()
    """What it shares with others, and would fail with: a relay, a power line, a version."""
    health: str = "ok"
    since_tai_ns: int = 0
    """When its health became what it is."""
    probation: bool = False
    """New or lately mended: it counts, but not as one of two that confirm a launch."""
    jammed: bool = False
    """It says that it is being jammed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One believed track, of our own tracker or of a partner's."""

    id: str
    """The partner whose tracker it is, and its number there: `russia:12`."""
    origin: str
    time_tai_ns: int
    """Instant that it is told for."""
    first_tai_ns: int
    last_tai_ns: int
    """First and last plot."""
    sensors: tuple[str, ...]
    """Every sensor whose plots are in it, sorted."""
    plots: int
    comes_down: float
    """Probability that it comes down and is not in orbit; 0 while it burns."""
    burning: bool
    in_orbit: float = 0.0
    rises: bool | None = None
    """True: it surely climbs or is higher than a fall out of orbit, or once was; False: it surely
    sinks, and low; None: not known."""
    orbital: bool = False
    """It surely is, or once was, as fast as what is in orbit: faster than a missile so low is."""
    residual: float = 1.0
    """Mean squared distance of its plots from it, in their own errors: 1 fits, 0 has no noise."""
    drift_m: float = math.inf
    """How far along the ground it has moved since its first plot, at least."""
    launch: Spot | None = None
    launch_tai_ns: int | None = None
    launch_sigma_s: float = 0.0
    heading_rad: float | None = None
    """Along the ground, clockwise from north."""
    impact: Spot | None = None
    impact_tai_ns: int | None = None
    impact_sigma_s: float = 0.0
    apogee_m: float | None = None
    catalogued: str = ""
    """The catalogued object that it is, as far as known."""
    may_be: str = ""
    """The catalogued object that it fits, but not yet for long enough to be sure."""
    decaying: str = ""
    """A decaying object whose orbital plane and time it fits."""
    sun_off_rad: float | None = None
    """How far the line of sight is from the Sun's mirror image on level clouds; None: no sight."""
    place: tuple[float, float, float] | None = None
    """Where it is at `time_tai_ns`, Earth-fixed, m."""
    place_sigma_m: float = 0.0
    """Root of the sum of the variances of its place."""
    parent: str = ""
    """The sighting that it came off."""
    told_by: tuple[str, ...] = ()
    """Partners' tracks of the same object, `russia:12`, beside its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A healthy sensor that should have seen something and says that nothing is there."""

    sighting: str
    sensor: str
    looks: int
    """That should have seen it, all in vain."""
    chance: float
    """That all of them would miss it if it were there, at most."""
    last_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Plots of one sensor that are a known body's, in one step."""

    sensor: str
    body: str
    plots: int
    off_rad: float
    """From the body's centre, on average."""
    late_s: float
    """Its echo returns after so long; a radar accepts what returns before its next pulse."""
    pulse_s: float | None
    """Time between the sensor's pulses; None where unknown."""
    tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Prior word of a launch, of a partner or of our own."""

    id: str
    origin: str
    kind: str
    """ballistic, space-launcher or sounding-rocket."""
    window_tai_ns: tuple[int, int]
    latitude_rad: float
    longitude_rad: float
    radius_m: float
    direction_rad: float
    direction_slack_rad: float
    objects: int = 1
    apogee_m: float | None = None
    range_m: float | None = None
    """From launch to impact along the ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEvent:
    """A launch as a partner judges it from its own sensors alone."""

    id: str
    origin: str
    level: int
    withdrawn: bool
    launch_tai_ns: int
    launch: Spot
    tai_ns: int
    """When it was last told."""
    impact: Spot | None = None
    impact_tai_ns: int | None = None
    impact_sigma_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A count of missiles that some feed claims, without the sensors' own reports."""

    feed: str
    link: str
    count: int
    signed: bool
    whole: bool
    """Its checksum held from where it was made to here."""
    identities: tuple[str, ...]
    """Of the tracks that it counts."""
    tai_ns: int
    """When it came."""
    counted_tai_ns: int | None = None
    """When it was counted, by its own clock; None: as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What the people or the computer at a sensor say of what it shows."""

    sensor: str
    valid: bool
    confidence: str
    """Their word; it is shown and never copied."""
    tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A link or a sensor's feed that should speak and has fallen silent."""

    id: str
    group: str
    """What it shares with others; empty if nothing."""
    since_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Messages of one sender that were refused for one reason since the last step."""

    sender: str
    reason: str
    count: int
    tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a judge is told at one step, of one data class."""

    sightings: tuple[Sighting, ...] = ()
    """Every track that is believed now."""
    sources: tuple[Source, ...] = ()
    silences: tuple[Silence, ...] = ()
    """All so far of sightings that are not over."""
    echoes: tuple[Echo, ...] = ()
    """Since the last step, as are those below but for notices and feeds."""
    partner_events: tuple[PartnerEvent, ...] = ()
    """All that are known and not long over."""
    notices: tuple[Notice, ...] = ()
    """All that are in force or lately were."""
    summaries: tuple[Summary, ...] = ()
    site_reports: tuple[SiteReport, ...] = ()
    silent_feeds: tuple[Feed, ...] = ()
    """All that are silent now."""
    refusals: tuple[Refusal, ...] = ()
