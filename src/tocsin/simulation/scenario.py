"""What a scenario asks for, as frozen records: a record that exists is valid.

Degrees, kilometres and seconds after the scenario's start, as people write them; whoever
calculates converts once. Ids of catalogue sensors, vehicles, areas, places and sites are checked
when a scenario is read (`read.py`), because the records know no catalogue.
"""

import math
from dataclasses import dataclass
from datetime import date

from tocsin.simulation.checks import (
    NAME_MAX,
    NOTE_MAX,
    FieldError,
    at_most,
    identifier,
    known,
    latitude_longitude,
    one_of,
    optional_within,
    text,
    unique,
    whole,
    within,
)
from tocsin.simulation.partner import SENSORS_MAX, InlineSensor, Partner

__all__ = [
    "Background",
    "Fault",
    "InlineSensor",
    "LaunchPlan",
    "Notice",
    "OwnArea",
    "OwnPlace",
    "Partner",
    "Scenario",
    "Sharing",
    "Study",
]

DATA_CLASSES = ("test", "exercise")
"""A scenario is made up, so its data are never `actual`."""
LEVELS = {0: "liveness", 1: "notices", 2: "events", 3: "tracks", 4: "plots"}
DEFAULT_DELAY_S = {0: 60.0, 1: 60.0, 2: 60.0, 3: 10.0, 4: 2.0}
"""How long what is shared takes to arrive, if a scenario does not say. Assumed: an event within a
minute of the sender's own, a track within ten seconds, plots at sensor rate."""
FAULT_KINDS = ("down", "delay", "loss", "corrupt", "forge")
NOTICE_KINDS = ("ballistic", "space", "sounding")

DURATION_MAX_S = 30 * 86_400.0
RANGE_MAX_KM = 20_003.0
"""Half way round the Earth along a meridian."""
APOGEE_MAX_KM = 20_000.0
FLIGHT_TIME_MAX_S = 86_400.0
DELAY_MAX_S = 86_400.0
NOTICE_AHEAD_MAX_S = 30 * 86_400.0
"""The longest that a notice may precede the scenario: 30 days, as notices between states do."""
PARTNERS_MAX = 20
SHARINGS_MAX = 400
LAUNCH_PLANS_MAX = 1_000
LAUNCHES_MAX = 100_000
"""Rockets in all, every plan's count added up."""
NOTICES_MAX = 1_000
FAULTS_MAX = 1_000
SATELLITES_MAX = 100_000
PLACES_MAX = 500
AREAS_MAX = 100
CORNERS_MAX = 200
EPOCHS_MAX = 288
LOFTS_MAX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """A place that a scenario brings along because the catalogue has none like it."""

    id: str
    name: str
    latitude_deg: float
    longitude_deg: float

    def __post_init__(self) -> None:
        where = f"place {self.id!r}"
        identifier(where, "id", self.id)
        text(where, "name", self.name, NAME_MAX)
        latitude_longitude(where, "", self.latitude_deg, self.longitude_deg)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnArea:
    """A launch area that a scenario brings along because the catalogue has none like it."""

    id: str
    name: str
    polygon_lonlat_deg: tuple[tuple[float, float], ...]
    """Corners as longitude, latitude; longitudes run on past 180 where the area crosses it."""

    def __post_init__(self) -> None:
        where = f"area {self.id!r}"
        identifier(where, "id", self.id)
        text(where, "name", self.name, NAME_MAX)
        corners = self.polygon_lonlat_deg
        if len(set(corners)) < 3:
            raise FieldError(where, f"polygon has {len(set(corners))} corners; it needs 3 or more")
        at_most(where, "corners", len(corners), CORNERS_MAX)
        for longitude_deg, latitude_deg in corners:
            latitude_longitude(where, "polygon ", latitude_deg, longitude_deg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What one partner lets another know, how fast and during which time."""

    sender: str
    receiver: str
    level: int
    """0 liveness, 1 notices, 2 events, 3 tracks, 4 plots."""
    delay_s: float
    """`DEFAULT_DELAY_S[level]` if the scenario does not say."""
    coarsening_km: float = 0.0
    """How much a place is blurred before it is passed on; 0: not at all."""
    since_s: float = 0.0
    until_s: float = math.inf

    def __post_init__(self) -> None:
        where = f"sharing {self.sender!r} to {self.receiver!r}"
        if self.sender == self.receiver:
            raise FieldError(where, f"to is {self.receiver!r}, the sender itself; name another")
        whole(where, "level", self.level, min(LEVELS), max(LEVELS))
        within(where, "delay_s", self.delay_s, 0.0, DELAY_MAX_S)
        within(where, "coarsening_km", self.coarsening_km, 0.0, 5_000.0)
        within(where, "since_s", self.since_s, 0.0, DURATION_MAX_S)
        _check_order(where, "since_s", self.since_s, self.until_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPlan:
    """One launch a scenario asks for: what flies, from where, when, and where to.

    It goes to a place, or else along an azimuth for a range. Its shape is the one of least energy
    unless an apogee or a time of flight is given.
    """

    name: str
    vehicle: str
    """Id of a catalogue vehicle."""
    from_latitude_deg: float
    from_longitude_deg: float
    to_latitude_deg: float | None = None
    to_longitude_deg: float | None = None
    azimuth_deg: float | None = None
    range_km: float | None = None
    at_s: float = 0.0
    """Lift-off, in seconds after the scenario starts."""
    count: int = 1
    """How many fly the same way at the same time."""
    apogee_km: float | None = None
    flight_time_s: float | None = None
    from_name: str = ""
    """For people: the site, area or point it starts from."""
    to_name: str = ""

    def __post_init__(self) -> None:
        where = f"launch {self.name!r}"
        text(where, "name", self.name, NAME_MAX)
        text(where, "vehicle", self.vehicle, NAME_MAX)
        latitude_longitude(where, "from_", self.from_latitude_deg, self.from_longitude_deg)
        within(where, "at_s", self.at_s, 0.0, DURATION_MAX_S)
        whole(where, "count", self.count, 1, LAUNCHES_MAX)
        self._check_target(where)
        optional_within(where, "apogee_km", self.apogee_km, 1.0, APOGEE_MAX_KM)
        optional_within(where, "flight_time_s", self.flight_time_s, 10.0, FLIGHT_TIME_MAX_S)
        if self.apogee_km is not None and self.flight_time_s is not None:
            raise FieldError(where, "apogee_km and flight_time_s are both there; keep one of them")

    def _check_target(self, where: str) -> None:
        place = (self.to_latitude_deg, self.to_longitude_deg)
        course = (self.azimuth_deg, self.range_km)
        whole_place, whole_course = None not in place, None not in course
        part = (None in place and place != (None, None)) or (
            None in course and course != (None, None)
        )
        if part or whole_place == whole_course:
            raise FieldError(where, "say where it goes: either `to`, or azimuth_deg with range_km")
        optional_within(where, "to_latitude_deg", self.to_latitude_deg, -90.0, 90.0)
        optional_within(where, "to_longitude_deg", self.to_longitude_deg, -180.0, 360.0)
        optional_within(where, "azimuth_deg", self.azimuth_deg, 0.0, 360.0)
        optional_within(where, "range_km", self.range_km, 1.0, RANGE_MAX_KM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Prior word of a launch: window, place, direction and class."""

    id: str
    sender: str
    kind: str
    """ballistic, space or sounding."""
    issued_s: float
    """Seconds after the scenario starts; below zero is before it."""
    since_s: float
    until_s: float
    """The launch window, in the same seconds."""
    latitude_deg: float
    longitude_deg: float
    radius_km: float
    """The launch area: centre and radius."""
    azimuth_deg: float | None = None
    range_km: float | None = None

    def __post_init__(self) -> None:
        where = f"notice {self.id!r}"
        identifier(where, "id", self.id)
        one_of(where, "kind", self.kind, NOTICE_KINDS)
        within(where, "issued_s", self.issued_s, -NOTICE_AHEAD_MAX_S, DURATION_MAX_S)
        within(where, "since_s", self.since_s, -NOTICE_AHEAD_MAX_S, DURATION_MAX_S)
        _check_order(where, "since_s", self.since_s, self.until_s)
        latitude_longitude(where, "", self.latitude_deg, self.longitude_deg)
        within(where, "radius_km", self.radius_km, 0.0, 5_000.0)
        optional_within(where, "azimuth_deg", self.azimuth_deg, 0.0, 360.0)
        optional_within(where, "range_km", self.range_km, 0.0, RANGE_MAX_KM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong with one sensor or one link for a while."""

    kind: str
    """down, delay, loss, corrupt or forge."""
    sensor: str | None = None
    link: tuple[str, str] | None = None
    """Sender and receiver."""
    from_s: float = 0.0
    until_s: float = math.inf
    delay_s: float = 0.0
    """How much later everything comes; for `delay` only."""
    chance: float = 1.0
    """Share of messages that it hits; for loss, corrupt and forge."""

    def __post_init__(self) -> None:
        where = f"fault {self.kind!r}"
        one_of(where, "kind", self.kind, FAULT_KINDS)
        if (self.sensor is None) == (self.link is None):
            raise FieldError(where, "say what fails: either `sensor` or `link`, one of them")
        within(where, "from_s", self.from_s, 0.0, DURATION_MAX_S)
        _check_order(where, "from_s", self.from_s, self.until_s)
        within(where, "delay_s", self.delay_s, 0.0, DELAY_MAX_S)
        if (self.kind == "delay") != (self.delay_s > 0.0):
            raise FieldError(
                where, f"delay_s is {self.delay_s:g}; it goes with kind 'delay' and is above 0 then"
            )
        within(where, "chance", self.chance, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What else is in the sky."""

    satellites: bool | int = False
    """Catalogued satellites and debris pass through: all of them, or as many, drawn by the seed."""
    moon: bool = False
    """The Moon returns radar echoes."""
    glint: bool = False
    """Clouds mirror the Sun into infrared satellites."""
    clutter: float = 0.0
    """False plots of each sensor in each scan, on average."""

    def __post_init__(self) -> None:
        within("background", "clutter", self.clutter, 0.0, 10_000.0)
        whole("background", "satellites", int(self.satellites), 0, SATELLITES_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A sweep: many launches from areas and sites to places, seen by every coalition."""

    areas: tuple[str, ...] = ()
    """Ids of launch areas, of the catalogue or the scenario's own; gridded at `spacing_deg`."""
    sites: tuple[str, ...] = ()
    """Ids of launch sites of the catalogue: one launch point each."""
    places: tuple[str, ...]
    """Ids of warned places, of the catalogue or the scenario's own."""
    vehicles: tuple[str, ...]
    """Ids of catalogue vehicles; each is flown wherever it reaches."""
    spacing_deg: float = 8.0
    epochs: int = 8
    """Launch times spread evenly over a day: satellites move."""
    lofts: tuple[float, ...] = (1.0,)
    """Apogee over that of least energy: 1 is least energy, above it lofted, below it depressed."""
    levels: tuple[int, ...] = (0, 1, 2, 3, 4)
    coalitions: tuple[tuple[str, ...], ...] = ()
    """Sets of partner ids to compare; empty: each alone, and all of them joined."""
    without: tuple[str, ...] = ()
    """Ids of sensors to leave out, one at a time, to see what each adds."""
    step_s: float = 10.0
    """Time between two looks at a trajectory."""

    def __post_init__(self) -> None:
        where = "study"
        if not (self.areas or self.sites):
            raise FieldError(where, "areas is missing; name a launch area, or a site in `sites`")
        for key in ("places", "vehicles", "lofts", "levels"):
            if not getattr(self, key):
                raise FieldError(where, f"{key} is empty; give at least one")
        at_most(where, "areas", len(self.areas) + len(self.sites), AREAS_MAX)
        at_most(where, "places", len(self.places), PLACES_MAX)
        at_most(where, "lofts", len(self.lofts), LOFTS_MAX)
        at_most(where, "without", len(self.without), SENSORS_MAX)
        for key in ("areas", "sites", "places", "vehicles", "without"):
            unique(where, key, getattr(self, key))
        unique(where, "level", (str(level) for level in self.levels))
        self._check_numbers(where)

    def _check_numbers(self, where: str) -> None:
        within(where, "spacing_deg", self.spacing_deg, 0.25, 30.0)
        whole(where, "epochs", self.epochs, 1, EPOCHS_MAX)
        within(where, "step_s", self.step_s, 0.5, 60.0)
        for loft in self.lofts:
            within(where, "lofts", loft, 0.1, 10.0)
        for level in self.levels:
            whole(where, "levels", level, min(LEVELS), max(LEVELS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole scenario: who watches, what flies, who tells whom, and what is asked."""

    name: str
    title: str
    question: str
    start_tai_ns: int
    """TAI nanoseconds since 1970-01-01T00:00:00 TAI."""
    duration_s: float
    seed: int
    as_of: date
    """The day whose published state of the sensors is used."""
    data_class: str = "test"
    partners: tuple[Partner, ...]
    sharing: tuple[Sharing, ...] = ()
    launches: tuple[LaunchPlan, ...] = ()
    notices: tuple[Notice, ...] = ()
    faults: tuple[Fault, ...] = ()
    background: Background = Background()
    study: Study | None = None
    places: tuple[OwnPlace, ...] = ()
    """Places beyond those of the catalogue."""
    areas: tuple[OwnArea, ...] = ()
    """Launch areas beyond those of the catalogue."""

    def __post_init__(self) -> None:
        where = "scenario"
        identifier(where, "name", self.name)
        text(where, "title", self.title, NAME_MAX)
        text(where, "question", self.question, NOTE_MAX)
        whole(where, "start_tai_ns", self.start_tai_ns, 0, 2**63 - 1)
        within(where, "duration_s", self.duration_s, 1.0, DURATION_MAX_S)
        whole(where, "seed", self.seed, 0, 2**32 - 1)
        one_of(where, "data_class", self.data_class, DATA_CLASSES)
        self._check_counts(where)
        self._check_names(where)
        self._check_references()
        if not self.launches and self.study is None:
            raise FieldError(where, "nothing to do: add a [[launch]] or a [study]")

    def partner(self, partner_id: str) -> Partner:
        """Give the partner that goes by this id."""
        known("scenario", "partner", partner_id, (each.id for each in self.partners), "partner")
        return next(each for each in self.partners if each.id == partner_id)

    def _check_counts(self, where: str) -> None:
        if not self.partners:
            raise FieldError(where, "there is no partner; add a [[partner]]")
        at_most(where, "partner", len(self.partners), PARTNERS_MAX)
        at_most(where, "sharing", len(self.sharing), SHARINGS_MAX)
        at_most(where, "launch", len(self.launches), LAUNCH_PLANS_MAX)
        at_most(where, "rockets", sum(plan.count for plan in self.launches), LAUNCHES_MAX)
        at_most(where, "notice", len(self.notices), NOTICES_MAX)
        at_most(where, "fault", len(self.faults), FAULTS_MAX)
        at_most(where, "place", len(self.places), PLACES_MAX)
        at_most(where, "area", len(self.areas), AREAS_MAX)

    def _check_names(self, where: str) -> None:
        unique(where, "partner", (partner.id for partner in self.partners))
        unique(where, "launch", (launch.name for launch in self.launches))
        unique(where, "notice", (notice.id for notice in self.notices))
        unique(where, "place", (place.id for place in self.places))
        unique(where, "area", (area.id for area in self.areas))
        unique(where, "sensor", self._sensor_ids())

    def _sensor_ids(self) -> tuple[str, ...]:
        owned = [(*each.sensors, *(sensor.id for sensor in each.inline)) for each in self.partners]
        return tuple(sensor_id for ids in owned for sensor_id in ids)

    def _check_references(self) -> None:
        partners = tuple(partner.id for partner in self.partners)
        for partner in self.partners:
            for sensor in partner.inline:
                if sensor.delivered_by is not None:
                    where = f"sensor {sensor.id!r}"
                    known(where, "delivered_by", sensor.delivered_by, partners, "partner")
        self._check_sharing(partners)
        for launch in self.launches:
            within(f"launch {launch.name!r}", "at_s", launch.at_s, 0.0, self.duration_s)
        for notice in self.notices:
            known(f"notice {notice.id!r}", "from", notice.sender, partners, "partner")
        for number, fault in enumerate(self.faults, 1):
            where = f"fault {number} {fault.kind!r}"
            for end in fault.link or ():
                known(where, "link", end, partners, "partner")
        for coalition in self.study.coalitions if self.study else ():
            if not coalition:
                raise FieldError("study", "coalitions has an empty set; name its partners")
            for member in coalition:
                known("study", "coalitions", member, partners, "partner")

    def _check_sharing(self, partners: tuple[str, ...]) -> None:
        for number, share in enumerate(self.sharing, 1):
            where = f"sharing {number}"
            known(where, "from", share.sender, partners, "partner")
            known(where, "to", share.receiver, partners, "partner")
            for other in self.sharing[: number - 1]:
                same = (share.sender, share.receiver) == (other.sender, other.receiver)
                if same and share.since_s < other.until_s and other.since_s < share.until_s:
                    raise FieldError(
                        where,
                        f"{share.sender!r} to {share.receiver!r} is there twice for the same time; "
                        "part them by since_s and until_s",
                    )


def _check_order(where: str, key: str, since_s: float, until_s: float) -> None:
    """Refuse an end that does not come after its beginning; the end may be never (infinity)."""
    if not until_s > since_s:
        raise FieldError(where, f"until_s is {until_s:g}; it must be after {key}, {since_s:g}")
