"""What centres, sites and people say: liveness, health, alerts, receipts, counts and commands."""

from typing import Annotated, Literal

import msgspec

from tocsin.messages.fields import (
    AREAS_MAX,
    CHANNELS_MAX,
    COUNTS_MAX,
    GROUPS_MAX,
    TRACKS_MAX,
    Count,
    DataClass,
    Health,
    Identifier,
    Instant,
    Name,
    Ordinal,
    Sentence,
    Word,
)
from tocsin.messages.ground import disagree


class HeartbeatReport(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="heartbeat.1"
):
    """A node saying that it is alive, so that its silence is noticed."""

    sent_tai_ns: Instant
    """The sender's time, TAI nanoseconds."""
    number: Ordinal
    """Rising by one from heartbeat to heartbeat."""
    health: Health
    """The sender's own word for its state; no cause."""


class HealthReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="health.1"):
    """The state of a sensor, a link, a node, or a group that would fail together."""

    subject_kind: Literal["sensor", "link", "node", "group"]
    """What kind of thing it is of."""
    subject: Name
    """Its name."""
    health: Health
    """ok, degraded or down."""
    since_tai_ns: Instant
    """Since when, TAI nanoseconds."""
    groups: Annotated[tuple[Name, ...], msgspec.Meta(max_length=GROUPS_MAX)]
    """What it shares with others and would fail with: a relay, a power line, a version."""
    jammed: bool
    """It says that it is being jammed."""
    time_tai_ns: Instant
    """When this was said, TAI nanoseconds."""


class AlertReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="alert.1"):
    """A civil alert: to whom, from when until when, and by which channels."""

    alert: Name
    """Its name, the same through all revisions."""
    event: Name | None
    """The event behind it; none where two persons released it without one."""
    revision: Ordinal
    """1, 2, 3 ...; the highest holds."""
    message_type: Literal["alert", "update", "cancel"]
    """A first alert, a change or an end of it, or its taking back as false."""
    areas: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=AREAS_MAX)]
    """Ids of the areas whose people are meant."""
    onset_tai_ns: Instant | None
    """Predicted arrival, TAI nanoseconds; none where it is not known."""
    expires_tai_ns: Instant
    """Until when it holds, TAI nanoseconds."""
    certainty: Literal["observed", "likely", "possible", "unlikely", "unknown"]
    """As in the Common Alerting Protocol."""
    channels: Annotated[tuple[Name, ...], msgspec.Meta(max_length=CHANNELS_MAX)]
    """Channels that it goes out by."""
    data_class: DataClass
    """actual, exercise or test."""

    def __post_init__(self) -> None:
        if self.onset_tai_ns is not None and self.onset_tai_ns > self.expires_tai_ns:
            raise disagree(
                "alert.1",
                f"expires_tai_ns is {self.expires_tai_ns}; it must not be before onset_tai_ns, "
                f"{self.onset_tai_ns}",
            )


class AcknowledgementReport(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="acknowledgement.1"
):
    """Somebody has received and stored, or has read, what was sent to them."""

    subject_kind: Literal["envelope", "alert", "event", "retraction", "command", "notice"]
    """What kind of thing was received."""
    subject: Name
    """Its name; of an envelope its number."""
    by: Name
    """Who has it: a node, a channel, a person's role."""
    time_tai_ns: Instant
    """Since when, TAI nanoseconds."""


class SiteReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="site_report.1"):
    """What the people or the computer at a sensor say of what it shows."""

    sensor: Identifier
    """The sensor."""
    valid: bool
    """They hold that what it shows is real."""
    confidence_word: Word
    """Their own word; it is shown and never copied into a judgement."""
    sentence: Sentence
    """What they say."""
    time_tai_ns: Instant
    """When they said it, TAI nanoseconds."""
    data_class: DataClass
    """actual, exercise or test."""


KindCount = tuple[Identifier, Count]
KindCounts = tuple[KindCount, ...]
TrackNames = tuple[Name, ...]


class SummaryReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="summary.1"):
    """A count of missiles that some feed claims.

    A feed that has nothing to count is idle, and says so in a form that no count of zero has: an
    idle one has no counts at all, any other has at least one. In June 1980 the idle messages of a
    feed were warnings with zeros in them, and a failed chip made the zeros twos (General Accounting
    Office, NORAD's Missile Warning System: What Went Wrong?, MASAD-81-30, 1981).
    """

    feed: Identifier
    """What makes the count."""
    link: Identifier
    """What it came by."""
    time_tai_ns: Instant
    """When it was counted, TAI nanoseconds."""
    idle: bool
    """There is nothing to count; the feed only shows that it is alive."""
    counts: Annotated[KindCounts, msgspec.Meta(max_length=COUNTS_MAX)]
    """How many of each kind: pairs of a kind and a count; empty if idle."""
    tracks: Annotated[TrackNames, msgspec.Meta(max_length=TRACKS_MAX)] | None
    """Names of the tracks that it counts; none if it does not say."""
    crc_ok: bool
    """The checksum held from where it was made to here."""
    data_class: DataClass
    """actual, exercise or test."""

    def __post_init__(self) -> None:
        if len(dict(self.counts)) != len(self.counts):
            raise disagree("summary.1", "counts must name each kind once")
        if self.idle and (self.counts or self.tracks is not None):
            raise disagree("summary.1", "idle is true with counts or tracks; an idle feed has none")
        if not (self.idle or self.counts):
            raise disagree("summary.1", "counts is empty; a feed without counts must be idle")


class CommandReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="command.1"):
    """What an operator orders at a warning centre."""

    command: Name
    """Its name."""
    operator: Name
    """Who orders it."""
    second: Name | None
    """Who confirms it, another person; none where one is enough."""
    what: Literal["alert", "cancel", "all-clear", "mode"]
    """The order."""
    template_class: DataClass
    """Data class of the template that was picked, or of the mode to change to."""
    event: Name | None
    """The event meant; none where it is of none."""
    areas: Annotated[tuple[Name, ...], msgspec.Meta(max_length=AREAS_MAX)]
    """Areas meant; empty: those of the event."""
    time_tai_ns: Instant
    """When it was ordered, TAI nanoseconds."""
    data_class: DataClass
    """Of the session that it was ordered in: actual, exercise or test."""

    def __post_init__(self) -> None:
        if self.second == self.operator:
            raise disagree(
                "command.1", f"second is {self.second!r}, the operator; it must be another person"
            )
