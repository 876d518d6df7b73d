"""What a centre holds of what partners, feeds and people have said."""

from dataclasses import dataclass, field

from tocsin.messages.office import HealthReport, SummaryReport
from tocsin.messages.picture import EventReport, NoticeReport, TrackReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What partners, feeds and people have said and what is still held of it."""

    tracks: dict[str, TrackReport] = field(default_factory=dict)
    """By name, as are events, notices and links; of an exercise or a test the class stands behind
    the name, so that nothing of it is ever taken for something real."""
    events: dict[tuple[str, str], EventReport] = field(default_factory=dict)
    """By partner and event."""
    notices: dict[tuple[str, str], NoticeReport] = field(default_factory=dict)
    summaries: dict[tuple[str, str], tuple[SummaryReport, int]] = field(default_factory=dict)
    """By feed and link, with when it came."""
    health: dict[str, HealthReport] = field(default_factory=dict)
    """By sensor."""
    last_tai_ns: dict[str, int] = field(default_factory=dict)
    """When each speaker last said anything good."""
    refused: dict[tuple[str, str], int] = field(default_factory=dict)
    """Messages refused so far, by sender and reason."""
