"""What a nation makes of it: tracks (level 3), events (2), notices (1), questions, retractions."""

from operator import itemgetter
from typing import Annotated, Literal

import msgspec

from tocsin.messages.fields import (
    AREAS_MAX,
    SENSORS_MAX,
    Bearing,
    Code,
    Confidence,
    Count,
    Covariance,
    DataClass,
    Identifier,
    Instant,
    LaunchClass,
    Level,
    Metres,
    Name,
    Ordinal,
    Position,
    Probability,
    RangeClass,
    Ratio,
    Seconds,
    Sentence,
    SigmaRadians,
    SourceKind,
    Speed,
)
from tocsin.messages.ground import Circle, Ellipse, disagree, rising

State = tuple[Position, Position, Position, Speed, Speed, Speed]
Phase = Literal["boost", "coast", "re-entry"]
Triangle = tuple[Covariance, ...]
_variances = itemgetter(0, 2, 5, 9, 14, 20)
"""The diagonal of a lower triangle of 6 by 6, row by row."""


class TrackReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="track.1"):
    """One partner's best knowledge of one object at one instant."""

    track: Name
    """Its name, such as `russia:12`: whose tracker, and its number there; never used again."""
    partner: Identifier
    """The partner whose tracker made it; it stays when somebody passes it on."""
    parent: Name | None
    """The track that it came off (a stage, a payload); none if of none."""
    time_tai_ns: Instant
    """Instant that state and covariance are for, TAI nanoseconds."""
    state: State
    """Earth-fixed x, y, z in metres, then their rates in metres per second."""
    covariance: Annotated[Triangle, msgspec.Meta(min_length=21, max_length=21)]
    """Lower triangle of the 6 by 6 covariance of the state's error, row by row; m2, m2/s, m2/s2."""
    existence: Probability
    """Probability that the object is there, 0 to 1."""
    phase: Phase
    """Part of the flight."""
    sensors: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=SENSORS_MAX)]
    """Every sensor whose plots are in it, sorted: a receiver must not count them twice."""
    sources: Annotated[tuple[SourceKind, ...], msgspec.Meta(max_length=2)]
    """Kinds of those sensors, sorted: infrared, radar."""
    plots: Count
    """How many plots are in it."""
    first_tai_ns: Instant
    """Of its first plot, TAI nanoseconds."""
    last_tai_ns: Instant
    """Of its last plot, TAI nanoseconds."""
    residual: Ratio
    """Mean squared distance of its plots, in their errors, over degrees of freedom: 1 fits."""
    data_class: DataClass
    """actual, exercise or test."""

    def __post_init__(self) -> None:
        if not (rising(self.sensors) and rising(self.sources)):
            raise disagree("track.1", "sensors and sources must be sorted, each once")
        if self.first_tai_ns > self.last_tai_ns:
            raise disagree(
                "track.1",
                f"last_tai_ns is {self.last_tai_ns}; it must not be before first_tai_ns, "
                f"{self.first_tai_ns}",
            )
        if min(_variances(self.covariance)) < 0.0:
            raise disagree("track.1", "covariance has a variance below zero")


class EventReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="event.1"):
    """A launch as a partner judges it; it names no sensor and gives no covariance."""

    event: Name
    """Its name, such as `russia:e7`; the same through all revisions."""
    revision: Ordinal
    """1, 2, 3 ...; the highest holds."""
    state: Literal["preliminary", "confirmed", "withdrawn"]
    """Whether it stands, and how firmly."""
    launch_class: LaunchClass | Literal["unknown"]
    """Generic class of what was launched."""
    told_tai_ns: Instant
    """When this revision was judged, TAI nanoseconds."""
    launch_tai_ns: Instant
    """When it was launched, TAI nanoseconds."""
    launch_area: Ellipse
    """Where it was launched."""
    azimuth_rad: Bearing | None
    """Direction of flight at launch, radians clockwise from north; none while unknown."""
    impact_area: Ellipse | None
    """Where it comes down; none while unknown, or where it does not."""
    impact_tai_ns: Instant | None
    """When it comes down, TAI nanoseconds."""
    impact_sigma_s: Seconds
    """Standard deviation of that, seconds; 0 where no time is told."""
    count: Count
    """How many objects were launched, stages and payloads not counted."""
    level: Level
    """0 quiet, 1 event or fault, 2 launch possible, 3 launch confirmed, 4 threat confirmed."""
    confidence: Confidence
    """How much independent evidence there is: none, low, medium or high."""
    data_class: DataClass
    """actual, exercise or test."""


class NoticeReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="notice.1"):
    """A launch announced beforehand."""

    notice: Name
    """Its name, the same through all revisions."""
    revision: Ordinal
    """1, 2, 3 ...; the highest holds."""
    cancelled: bool
    """The launch is called off, or the notice was in error."""
    launch_class: LaunchClass
    """Generic class."""
    window_start_tai_ns: Instant
    """Earliest launch, TAI nanoseconds."""
    window_end_tai_ns: Instant
    """Latest launch, TAI nanoseconds."""
    launch_area: Circle
    """Where from."""
    direction_rad: Bearing
    """Planned direction, radians clockwise from north."""
    direction_tolerance_rad: SigmaRadians
    """By how much it may differ to either side, radians."""
    impact_areas: Annotated[tuple[Circle, ...], msgspec.Meta(max_length=AREAS_MAX)]
    """Where stages or payloads are to come down."""
    apogee_m: Metres | None
    """Greatest height, metres; none where it is not announced."""
    range_class: RangeClass
    """Range along the ground: short to 1,000 km, medium to 3,000, intermediate to 5,500."""
    objects: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    """How many launches are announced."""
    data_class: DataClass
    """actual, exercise or test."""
    range_m: Metres | None = None
    """Range along the ground, metres; none where only its class is announced."""

    def __post_init__(self) -> None:
        if self.window_start_tai_ns > self.window_end_tai_ns:
            raise disagree(
                "notice.1",
                f"window_end_tai_ns is {self.window_end_tai_ns}; it must not be before "
                f"window_start_tai_ns, {self.window_start_tai_ns}",
            )


class ConsultationReport(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="consultation.1"
):
    """A question between centres about an event, "is this yours?", or the answer to one."""

    consultation: Name
    """Its name, the same in question and answer."""
    event: Name
    """The event asked about."""
    says: Literal["question", "yes", "no", "unknown", "notice"]
    """question, or the answer: yes, no, unknown, or that it is an announced launch."""
    notice: Name | None
    """The notice that the event is of, with the answer `notice` only."""
    time_tai_ns: Instant
    """When it was said, TAI nanoseconds."""
    data_class: DataClass
    """actual, exercise or test."""

    def __post_init__(self) -> None:
        if (self.notice is not None) != (self.says == "notice"):
            raise disagree(
                "consultation.1",
                f"notice is {self.notice!r} and says is {self.says!r}; a notice must be told with "
                "the answer 'notice' and with no other",
            )


class RetractionReport(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="retraction.1"
):
    """What was said is taken back; it goes to everyone who was told."""

    subject_kind: Literal["event", "track", "alert", "notice"]
    """What kind of thing is taken back."""
    subject: Name
    """Its name."""
    reason: Code
    """Why, for a machine."""
    sentence: Sentence
    """Why, for a person."""
    time_tai_ns: Instant
    """When it was taken back, TAI nanoseconds."""
    data_class: DataClass
    """actual, exercise or test."""
