"""What one partner may be told: the level of sharing, and how coarse a report leaves at it.

The ladder: 0 liveness, 1 notices, 2 events and questions about them, 3 tracks, 4 plots; each level
has all of those below. Its fields and their sources: docs/reference/sharing-levels.md. They follow
the launch notifications of 1988 and of the Hague Code of Conduct (2002) for level 1, the memorandum
on a Joint Data Exchange Center (4 June 2000) for level 2, and the real-time sharing of the United
States, Japan and the Republic of Korea (19 December 2023) for levels 2 and 3.
"""

import math
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from tocsin.earth.time import TimeError, tai_from_utc, utc_from_tai
from tocsin.errors import TocsinError
from tocsin.messages.ground import Ellipse
from tocsin.messages.office import AcknowledgementReport, HealthReport
from tocsin.messages.picture import EventReport, NoticeReport, RetractionReport, TrackReport
from tocsin.messages.report import Report, kind_of

LIVENESS, NOTICES, EVENTS, TRACKS, PLOTS = range(5)

LEVEL_OF_KIND = {
    "heartbeat": LIVENESS,
    "health": LIVENESS,
    "acknowledgement": LIVENESS,
    "retraction": LIVENESS,
    "notice": NOTICES,
    "event": EVENTS,
    "consultation": EVENTS,
    "track": TRACKS,
    "plot": PLOTS,
    "scan": PLOTS,
}
"""The lowest level that carries a kind. Alerts, commands, summaries and what sites say never leave.

Of health, what is not of the node itself leaves at level 4 only; retractions, only of what the
partner was told.
"""

AREA_MIN_M = 25_000.0
TIME_STEP_S = 60
AZIMUTH_STEPS_DEG = (5, 10)
NOTICE_STEP_DEG = 10
APOGEE_STEP_M = 50_000.0
RANGE_MIN_M = 500_000.0
"""Launches that go no farther are not told of, unless a policy says otherwise."""
DELAY_MAX_S = 86_400.0
WITHHELD_MAX = 100
"""Own launches a year that any policy may withhold."""

GRID_DEG = 0.25
"""A launch area's centre is moved to a grid this wide, which moves it by less than `GRID_OFF_M`."""
GRID_OFF_M = 20_000.0
RADIUS_STEP_M = 5_000.0
COUNT_CLASSES = (1, 2, 5)
"""Times powers of ten: a number of objects is told as the class that it reaches."""


class PolicyError(TocsinError):
    """A policy of sharing is not usable as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one receiver may be told, how coarse and how late, and from when until when."""

    receiver: str
    level: int = LIVENESS
    since_tai_ns: int = 0
    until_tai_ns: int | None = None
    """From then on it is level 0; None: no end is set."""
    delay_s: float = 0.0
    """How long what is told of launches is kept back; retractions and liveness never are."""
    area_min_m: float = AREA_MIN_M
    """Level 2: least half axis of a launch area."""
    azimuth_step_deg: int = 10
    """Level 2: an azimuth is told in steps of 5 or 10 degrees."""
    range_min_m: float = RANGE_MIN_M
    """Shortest range told of; 0 where the two have agreed on all."""
    withheld_max: int = 0
    """Own launches that may be withheld, in any 365 days."""
    sensors_named: bool = False
    """Level 3: sensors are told by their names, as the two have agreed, and not by pseudonyms."""
    secret: bytes = b""
    """What pseudonyms of sensors are made with; the same as long as they are to stay the same."""

    def __post_init__(self) -> None:
        where = f"policy for {self.receiver!r}"
        _within(where, "level", self.level, LIVENESS, PLOTS)
        _within(where, "delay_s", self.delay_s, 0.0, DELAY_MAX_S)
        _within(where, "area_min_m", self.area_min_m, AREA_MIN_M, 5.0e6)
        _within(where, "range_min_m", self.range_min_m, 0.0, 2.0e7)
        _within(where, "withheld_max", self.withheld_max, 0, WITHHELD_MAX)
        if self.azimuth_step_deg not in AZIMUTH_STEPS_DEG:
            raise PolicyError(f"{where}: azimuth_step_deg is {self.azimuth_step_deg}; use 5 or 10")
        if self.until_tai_ns is not None and self.until_tai_ns <= self.since_tai_ns:
            raise PolicyError(f"{where}: until is not after since; give a later end")
        if len(self.secret) > 64:
            raise PolicyError(f"{where}: secret has {len(self.secret)} bytes; at most 64 are used")


def level_at(policy: Policy, now_tai_ns: int) -> int:
    """Give the level in force at an instant: 0 before a policy begins and after it has ended."""
    ended = policy.until_tai_ns is not None and now_tai_ns >= policy.until_tai_ns
    return policy.level if policy.since_tai_ns <= now_tai_ns and not ended else LIVENESS


def allowed(policy: Policy, kind: str, now_tai_ns: int) -> bool:
    """Say whether a kind of report, such as `event.1`, may leave at an instant at all."""
    lowest = LEVEL_OF_KIND.get(kind.partition(".")[0])
    return lowest is not None and lowest <= level_at(policy, now_tai_ns)


def coarsen(policy: Policy, report: Report, level: int) -> Report | None:
    """Give a report as precise as a level carries it, and no more; None if it carries it not.

    Args:
        policy: Of the receiver.
        report: As we have it ourselves.
        level: In force now, as `level_at` gives it.
    """
    lowest = LEVEL_OF_KIND.get(kind_of(report).partition(".")[0])
    if lowest is None or lowest > level:
        return None
    try:
        return _coarse(policy, report, level)
    except (TimeError, OverflowError):
        return None  # an instant outside the calendar has no whole minute


def _coarse(policy: Policy, report: Report, level: int) -> Report | None:
    """Coarsen a report of a kind that the level carries."""
    match report:
        case EventReport() if level == EVENTS:
            return _coarse_event(policy, report)
        case TrackReport() if level == TRACKS:
            return _coarse_track(policy, report)
        case NoticeReport():
            return _coarse_notice(report)
        case _:
            return _coarse_word(report, level)


def _coarse_word(report: Report, level: int) -> Report | None:
    """Coarsen a report that tells of no launch."""
    match report:
        case HealthReport():
            return _coarse_health(report, level)
        case AcknowledgementReport():
            return None if report.subject_kind == "envelope" else report
        case RetractionReport():
            return coarse_retraction(report, level)
        case _:
            return report


def coarse_retraction(report: RetractionReport, level: int) -> RetractionReport:
    """Give a retraction that says no more of the cause than a level allows.

    Who was told of something is told at any level that it is taken back. The sentence may name
    sensors, so that below level 4 a plain one stands for it; below level 2 the code too.
    """
    if level >= PLOTS:
        return report
    return msgspec.structs.replace(
        report,
        sentence=f"{report.subject_kind} {report.subject} is taken back",
        reason=report.reason if level >= EVENTS else "WITHDRAWN",
    )


def _coarse_health(report: HealthReport, level: int) -> HealthReport | None:
    """Give our node's own state without its cause; of other things only where plots are shared."""
    if level >= PLOTS:
        return report
    if report.subject_kind != "node":
        return None
    return msgspec.structs.replace(report, groups=(), jammed=False, since_tai_ns=report.time_tai_ns)


def _coarse_notice(report: NoticeReport) -> NoticeReport:
    """Give a notice with its direction and apogee in steps, and a class in place of the range."""
    step_rad = math.radians(NOTICE_STEP_DEG)
    apogee_m = report.apogee_m
    return msgspec.structs.replace(
        report,
        direction_rad=_azimuth(report.direction_rad, NOTICE_STEP_DEG),
        direction_tolerance_rad=min(
            math.ceil(report.direction_tolerance_rad / step_rad + 0.5) * step_rad, math.pi
        ),
        apogee_m=None if apogee_m is None else round(apogee_m / APOGEE_STEP_M) * APOGEE_STEP_M,
        range_m=None,
    )


def _coarse_event(policy: Policy, report: EventReport) -> EventReport:
    """Give an event as level 2 tells it."""
    azimuth_rad, impact_tai_ns = report.azimuth_rad, report.impact_tai_ns
    return msgspec.structs.replace(
        report,
        launch_tai_ns=whole_minute(report.launch_tai_ns),
        launch_area=coarse_area(report.launch_area, policy.area_min_m),
        azimuth_rad=(
            None if azimuth_rad is None else _azimuth(azimuth_rad, policy.azimuth_step_deg)
        ),
        impact_tai_ns=None if impact_tai_ns is None else whole_minute(impact_tai_ns),
        impact_sigma_s=_coarse_sigma_s(report.impact_sigma_s),
        count=count_class(report.count),
    )


def _coarse_track(policy: Policy, report: TrackReport) -> TrackReport:
    """Give a track whose sensors are told by kind; a pseudonym shows that one is the same."""
    if policy.sensors_named:
        return report
    names = sorted({pseudonym(policy, each) for each in report.sensors})
    return msgspec.structs.replace(report, sensors=tuple(names))


def pseudonym(policy: Policy, sensor: str) -> str:
    """Give the name by which one receiver knows a sensor that it may not know by its own."""
    told = f"{policy.receiver}/{sensor}".encode()
    return f"sensor-{blake2b(told, digest_size=8, key=policy.secret).hexdigest()}"


def whole_minute(time_tai_ns: int) -> int:
    """Give the nearest whole minute of UTC."""
    late = utc_from_tai(time_tai_ns + TIME_STEP_S // 2 * 1_000_000_000)
    return tai_from_utc(f"{late[:16]}Z")


def coarse_area(area: Ellipse, least_m: float) -> Ellipse:
    """Give a circle that holds all of an area, its centre on a grid and its radius in steps.

    The centre is moved by less than `GRID_OFF_M`, and the radius grows by that, so that the circle
    holds the place as often as the area did and does not tell where in it the centre was.
    """
    step_rad = math.radians(GRID_DEG)
    row = math.floor(area.latitude_rad / step_rad)
    row = min(max(row, -round(math.pi / 2 / step_rad)), round(math.pi / 2 / step_rad) - 1)
    widest = max(math.cos(row * step_rad), math.cos((row + 1) * step_rad))
    columns = max(1, math.ceil(2.0 * math.pi / step_rad * widest))
    width_rad = 2.0 * math.pi / columns
    column = min(math.floor((area.longitude_rad + math.pi) / width_rad), columns - 1)
    radius_m = max(area.semi_major_m + GRID_OFF_M, least_m)
    radius_m = min(math.ceil(radius_m / RADIUS_STEP_M) * RADIUS_STEP_M, 1.0e9)
    return Ellipse(
        latitude_rad=(row + 0.5) * step_rad,
        longitude_rad=(column + 0.5) * width_rad - math.pi,
        semi_major_m=radius_m,
        semi_minor_m=radius_m,
        bearing_rad=0.0,
    )


def count_class(count: int) -> int:
    """Give the largest of 1, 2, 5, 10, 20, 50 ... that a number reaches: at least so many."""
    if count < 1:
        return count
    power = int(10 ** (len(str(count)) - 1))
    return max(first * power for first in COUNT_CLASSES if first * power <= count)


def _azimuth(azimuth_rad: float, step_deg: int) -> float:
    """Give the nearest step of an azimuth, from 0 to below a full turn."""
    return math.radians(round(math.degrees(azimuth_rad) / step_deg) * step_deg % 360)


def _coarse_sigma_s(sigma_s: float) -> float:
    """Give a standard deviation in whole tens of seconds, upwards, with the rounding's in it."""
    if sigma_s == 0.0:
        return 0.0
    return min(10.0 * math.ceil(math.hypot(sigma_s, TIME_STEP_S / math.sqrt(12.0)) / 10.0), 1.0e9)


def _within(where: str, field: str, value: float, low: float, high: float) -> None:
    """Refuse a value outside of its limits, and what is no number."""
    if not low <= value <= high:
        raise PolicyError(f"{where}: {field} is {value:g}; it must be from {low:g} to {high:g}")
