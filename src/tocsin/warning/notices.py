"""Whether a launch is one that was announced: in time, place, direction, energy and number."""

import math
from dataclasses import dataclass

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.earth.time import SECOND_NS
from tocsin.warning.events import Event
from tocsin.warning.evidence import Notice, Spot
from tocsin.warning.grouping import away_m

WINDOW_SLACK_S = 300.0
"""A launch may be so early or late."""
DIRECTION_SLACK_RAD = math.radians(10.0)
ENERGY_SLACK = 0.25
"""Share by which apogee or range may differ from what was announced."""
SOUNDING_REACH_M = 2_000e3
WHOLE_REACH_M = math.pi * EARTH_MEAN_RADIUS_M
"""The farthest that a sounding rocket and anything else may come down, with nothing announced."""
SIGMAS = 3.0
HEADING_PLOTS = 5
HEADING_SIGMA_M = 30_000.0
"""With fewer plots, or where its place is known worse, a direction is not known yet. Assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How one notice fits one event."""

    notice: Notice
    fits: tuple[str, ...]
    """What fits, in words with figures."""
    differs: tuple[str, ...]
    """What does not."""
    open: tuple[str, ...]
    """What is not known of the event yet."""

    @property
    def clears(self) -> bool:
        """Whether nothing differs and time, place, direction and energy are all known."""
        return not self.differs and not self.open


def match(event: Event, notice: Notice) -> Match | None:
    """Hold an event against a notice; None where it is nowhere near it in time or place.

    Only what fits in all of time, place, direction, energy and number is a known launch: a missile
    from the same place in the same window on another azimuth is not.
    """
    if event.launch is None or event.launch_tai_ns is None:
        return None
    first, last = notice.window_tai_ns
    early_s = (first - event.launch_tai_ns) / SECOND_NS
    late_s = (event.launch_tai_ns - last) / SECOND_NS
    there = Spot(
        latitude_rad=notice.latitude_rad,
        longitude_rad=notice.longitude_rad,
        east_m2=0.0,
        east_north_m2=0.0,
        north_m2=0.0,
    )
    sigma_m = math.sqrt(max(event.launch.east_m2, event.launch.north_m2))
    apart_m = away_m(event.launch, there)
    if max(early_s, late_s) > WINDOW_SLACK_S or apart_m > notice.radius_m + SIGMAS * sigma_m:
        return None
    fits = ["its window", f"its place to {apart_m / 1e3:.0f} km"]
    differs: list[str] = []
    unknown: list[str] = []
    for verdict, words in (
        _direction(event, notice),
        _energy(event, notice),
        _number(event, notice),
    ):
        {True: fits, False: differs, None: unknown}[verdict].append(words)
    return Match(notice=notice, fits=tuple(fits), differs=tuple(differs), open=tuple(unknown))


Verdict = tuple[bool | None, str]


def _direction(event: Event, notice: Notice) -> Verdict:
    headings = [
        each.heading_rad
        for each in event.sightings
        if each.heading_rad is not None
        and each.plots >= HEADING_PLOTS
        and each.place_sigma_m <= HEADING_SIGMA_M
    ]
    if not headings:
        return None, "its direction is not known yet"
    off = max(_turn(heading, notice.direction_rad) for heading in headings)
    words = f"its direction to {math.degrees(off):.0f} deg"
    return off <= max(notice.direction_slack_rad, DIRECTION_SLACK_RAD), words


def _turn(one_rad: float, other_rad: float) -> float:
    """Give the angle between two headings."""
    return abs((one_rad - other_rad + math.pi) % (2.0 * math.pi) - math.pi)


def _energy(event: Event, notice: Notice) -> Verdict:
    """Hold the most that is foretold of apogee and range against what is announced.

    More differs. Less is a stage that comes down early, as long as it threatens nobody; where it
    meets a defended area it does not fit.
    """
    told = [each for each in event.sightings if each.impact is not None and not each.burning]
    if not told or event.launch is None:
        return None, "its energy is not known yet"
    reach_m = max(away_m(event.launch, each.impact) for each in told if each.impact)
    if notice.range_m is None and notice.apogee_m is None:
        limit_m = SOUNDING_REACH_M if notice.kind == "sounding-rocket" else WHOLE_REACH_M
        return reach_m <= limit_m, f"a {notice.kind}'s range with {reach_m / 1e3:,.0f} km"
    checks = []
    if notice.range_m is not None:
        checks.append(_like("range", reach_m, notice.range_m, event))
    tops = [each.apogee_m for each in told if each.apogee_m is not None]
    if notice.apogee_m is not None and tops:
        checks.append(_like("apogee", max(tops), notice.apogee_m, event))
    if not checks:
        return None, "its apogee is not known yet"
    worst = min(checks, key=lambda check: {False: 0, None: 1, True: 2}[check[0]])
    return worst[0], " and ".join(words for fits, words in checks if fits == worst[0])


def _like(what: str, found_m: float, announced_m: float, event: Event) -> Verdict:
    words = f"its {what} with {found_m / 1e3:,.0f} km of {announced_m / 1e3:,.0f}"
    if found_m < (1.0 - ENERGY_SLACK) * announced_m:
        return (None if event.areas else True), f"{words} as a stage"
    return found_m <= (1.0 + ENERGY_SLACK) * announced_m, words


def _number(event: Event, notice: Notice) -> Verdict:
    """Count what did not come off something else; stages and payloads do."""
    launched = sum(not each.parent for each in event.sightings)
    return launched <= notice.objects, f"its number with {launched} of {notice.objects}"
