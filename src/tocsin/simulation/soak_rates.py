"""What happens in the background of a soak, how often, and who says so."""

from dataclasses import dataclass

CATALOGUED = "catalogued objects"
DECAY = "decays, expected"
DECAY_UNKNOWN = "decays, not expected"
METEOR = "meteors"
GLINT = "sun glint"
CLUTTER = "clutter"
SPACE = "space launches, announced"
SPACE_UNKNOWN = "space launches, not announced"
SOUNDING = "sounding rockets, announced"
SOUNDING_UNKNOWN = "sounding rockets, not announced"
FEED = "feeds lost"
SHARED = "shared elements lost"
COUNT = "corrupt counts"
REFUSED = "refused messages"
SITE = "site reports"

YEAR_D = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often one kind of thing happens, worldwide or in the whole network."""

    kind: str
    per_day: float
    source: str
    launch: bool = False
    """It is a real launch: levels up to A3 are right for it, A4 is not."""


ANNOUNCED = 0.9
EXPECTED = 0.95
"""Shares that are known beforehand. Assumed: most launches and decays are told of in advance."""

RATES = (
    Rate(
        kind=DECAY,
        per_day=EXPECTED * 2_095 / YEAR_D,
        source="2,095 catalogued objects came down in 2024: ISRO, Indian Space Situational"
        " Assessment Report 2024, 2025; 95 % of them expected: assumed",
    ),
    Rate(
        kind=DECAY_UNKNOWN,
        per_day=(1.0 - EXPECTED) * 2_095 / YEAR_D,
        source="as above; 5 % are in no list of decays: assumed",
    ),
    Rate(
        kind=METEOR,
        per_day=3_000 / (4.5 * YEAR_D) / 0.5,
        source="more than 3,000 bolides seen by the lightning mappers of GOES 16 and 17, July 2017"
        " to January 2022, over about half of the Earth: NASA Earth Observatory, February 2022",
    ),
    Rate(
        kind=GLINT,
        per_day=0.05,
        source="assumed: what a satellite's own processing lets through of the mirrored Sun",
    ),
    Rate(
        kind=CLUTTER,
        per_day=0.02,
        source="assumed: false plots that are believed as a track that comes down, all radars",
    ),
    Rate(
        kind=SPACE,
        per_day=ANNOUNCED * 259 / YEAR_D,
        source="259 attempts in 2024: Space Foundation, The Space Report, 2025; 90 % announced:"
        " assumed",
        launch=True,
    ),
    Rate(
        kind=SPACE_UNKNOWN,
        per_day=(1.0 - ANNOUNCED) * 259 / YEAR_D,
        source="as above",
        launch=True,
    ),
    Rate(
        kind=SOUNDING,
        per_day=ANNOUNCED * 100 / YEAR_D,
        source="about 20 a year by NASA alone (NASA Sounding Rockets User Handbook, 2023); five"
        " times as many worldwide, 90 % announced: assumed",
        launch=True,
    ),
    Rate(
        kind=SOUNDING_UNKNOWN,
        per_day=(1.0 - ANNOUNCED) * 100 / YEAR_D,
        source="as above",
        launch=True,
    ),
    Rate(
        kind=FEED,
        per_day=1.2,
        source="assumed: 26 feeds, each up 99.9 % of the time, gone for half an hour each time",
    ),
    Rate(kind=SHARED, per_day=0.1, source="assumed: a relay or a power line, three times a month"),
    Rate(
        kind=COUNT,
        per_day=0.1,
        source="assumed: a faulty circuit in a link of counts, as in June 1980 (Foreign Relations"
        " of the United States 1977-1980, IV, document 202), three times a month",
    ),
    Rate(
        kind=REFUSED,
        per_day=0.5,
        source="assumed: messages that fail their checksum or signature, in bursts",
    ),
    Rate(
        kind=SITE,
        per_day=1.0,
        source="assumed: a site calls once a day that something it shows is not valid",
    ),
)

A1_PER_DAY = 7.0
A2_PER_DAY = 147 / 546
A3_PER_DAY = 1 / 135
"""The budget. 147 false alarms in the 18 months to June 1980 that were looked into (Senate report
of October 1980; The Christian Science Monitor, 30 October 1980); some 3,700 displays of the lowest
kind in the same time; false A3: none in 135 days, four of the 147 having led to first steps."""

METEOR_MEDIAN_S = 2.0
METEOR_SPREAD = 1.0
"""Length of a meteor's light: lognormal, median and spread of its logarithm. Assumed; it is seen
by every satellite in view, once in each look that falls in it."""
METEOR_M_S = 18_000.0
METEOR_M = (95_000.0, 35_000.0)
"""Along the ground, and its heights at the beginning and the end of its light. Assumed; the few
that graze the air and leave it again are left out."""
GLOW_W_SR = 60_000.0
GLOW_M = (85_000.0, 45_000.0)
GLOW_SHARE = 0.3
"""Share of decaying objects that glow enough for a satellite, as a plume of so much, between these
heights. Assumed: bodies of half a ton and more; a tenth of a per cent of what they lose of their
motion in 100 s."""
