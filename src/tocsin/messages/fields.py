"""What a field of a message may hold: identifiers, instants, ranges, and the limits by name.

Every number has a lower and an upper bound, so that no infinity and nothing that is not a number
passes: both fail a comparison. Every array and every text has a greatest length.
"""

import math
from typing import Annotated, Literal

from msgspec import Meta

REPORT_BYTES_MAX = 64 * 1024
"""Largest report, 64 KiB."""
ENVELOPE_BYTES_MAX = 1024 * 1024
"""Largest envelope, 1 MiB."""
ENVELOPE_REPORTS_MAX = 8_192
"""Most reports in one envelope."""
SCAN_PLOTS_MAX = 2_000
"""Most plots in one report of a look; together with `REPORT_BYTES_MAX` whichever is met first."""
SENSORS_MAX = 256
"""Most sensors named as having fed one track."""
AREAS_MAX = 64
"""Most areas named in one alert or notice."""
SECTORS_MAX = 16
"""Most sectors of the sky that one look covered."""
CHANNELS_MAX = 16
"""Most channels that one alert goes out by."""
TRACKS_MAX = 2_000
"""Most tracks named in one count."""
COUNTS_MAX = 32
"""Most kinds counted apart in one count."""
GROUPS_MAX = 32
"""Most groups that one thing shares a possible cause of failure with."""
TEXT_CHARACTERS_MAX = 500
"""Longest sentence."""

INSTANT_NS_MAX = 2**63 - 1
"""Latest instant that can be told: the year 2262."""
COUNTER_MAX = 2**63 - 1
"""Largest number of an envelope, a heartbeat or a revision."""
POSITION_MAX_M = 1.0e9
"""Farthest along an axis: beyond the Moon."""
SPEED_MAX_M_S = 1.0e5
"""Fastest: nine times what leaves the Earth for good."""
VARIANCE_MAX = 1.0e18
"""Largest variance or covariance: of 1,000,000 km."""
RATIO_MAX = 1.0e12
"""Largest ratio of a squared residual to its expected value."""

Identifier = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z",
        max_length=64,
        description="identifier: small letters, digits, hyphens; at most 64",
    ),
]
Name = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9:._/-]{0,95}\Z",
        max_length=96,
        description="name: letters, digits, `: . _ / -`; at most 96",
    ),
]
Sentence = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]*\Z",
        max_length=TEXT_CHARACTERS_MAX,
        description="sentence: one line without control characters, at most 500",
    ),
]
Code = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z][A-Z0-9_]{0,63}\Z",
        max_length=64,
        description="code: of a reason, capitals, digits, underlines; at most 64",
    ),
]
Word = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]*\Z",
        max_length=32,
        description="word: as somebody says it, without control characters, at most 32",
    ),
]
DataClass = Literal["actual", "exercise", "test"]
Health = Literal["ok", "degraded", "down"]
Confidence = Literal["none", "low", "medium", "high"]
SourceKind = Literal["infrared", "radar"]
LaunchClass = Literal["ballistic", "space-launcher", "sounding-rocket"]
RangeClass = Literal["short", "medium", "intermediate", "intercontinental", "unknown"]
"""Up to 1,000, 3,000 and 5,500 km along the ground, and beyond."""

Instant = Annotated[
    int, Meta(ge=0, le=INSTANT_NS_MAX, description="TAI nanoseconds since 1970-01-01T00:00:00 TAI")
]
Counter = Annotated[int, Meta(ge=0, le=COUNTER_MAX)]
Ordinal = Annotated[int, Meta(ge=1, le=COUNTER_MAX)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Level = Annotated[int, Meta(ge=0, le=4, description="0 quiet ... 4 threat confirmed")]

Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
Latitude = Annotated[float, Meta(ge=-math.pi / 2, le=math.pi / 2)]
Longitude = Annotated[float, Meta(ge=-math.pi, le=math.pi)]
Angle = Annotated[float, Meta(ge=-2.0 * math.pi, le=2.0 * math.pi)]
Bearing = Annotated[float, Meta(ge=0.0, le=2.0 * math.pi, description="clockwise from north")]
Metres = Annotated[float, Meta(ge=0.0, le=POSITION_MAX_M)]
Position = Annotated[float, Meta(ge=-POSITION_MAX_M, le=POSITION_MAX_M)]
Speed = Annotated[float, Meta(ge=-SPEED_MAX_M_S, le=SPEED_MAX_M_S)]
Seconds = Annotated[float, Meta(ge=0.0, le=1.0e9)]
Decibels = Annotated[float, Meta(ge=-200.0, le=200.0)]
Ratio = Annotated[float, Meta(ge=0.0, le=RATIO_MAX)]
Covariance = Annotated[float, Meta(ge=-VARIANCE_MAX, le=VARIANCE_MAX)]

SigmaMetres = Metres
SigmaRadians = Annotated[float, Meta(ge=0.0, le=math.pi)]
SigmaSpeed = Annotated[float, Meta(ge=0.0, le=SPEED_MAX_M_S)]

Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
ReportBytes = Annotated[bytes, Meta(min_length=1, max_length=REPORT_BYTES_MAX)]
