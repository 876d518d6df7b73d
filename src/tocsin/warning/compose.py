"""An alert put together: the protocol's words, the areas, the texts, and what it refers to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.earth.time import SECOND_NS
from tocsin.errors import AlertError
from tocsin.warning.alert import LATE, PUBLIC, WARNS, Alert, AlertArea
from tocsin.warning.areas import Area, AreaList, Danger, stale
from tocsin.warning.causes import UNSTATED
from tocsin.warning.levels import ACTUAL, EXERCISE
from tocsin.warning.phrases import (
    ALERT,
    ALL_CLEAR,
    CANCEL,
    EXERCISE_TEXT,
    LANGUAGES,
    PRE_ALERT,
    TEST_TEXT,
    UPDATE,
)
from tocsin.warning.words import Arrival, Saying, late, texts

AFTER_IMPACT_S = 900.0
"""A warning expires so long after the latest arrival."""
UNTIMED_S = 1_800.0
"""One without an arrival expires so long after it was issued."""
REFERENCES_MAX = 200

STALE_AREA = "STALE_AREA"
"""Mark of an alert that names no area because the list of areas is out of date."""

POSSIBLE, LIKELY, OBSERVED = "Possible", "Likely", "Observed"
MEANING: dict[str, tuple[str, str, str, str]] = {
    PRE_ALERT: ("Expected", "Severe", POSSIBLE, "Prepare"),
    ALERT: ("Immediate", "Extreme", LIKELY, "Shelter"),
    UPDATE: ("Immediate", "Extreme", LIKELY, "Shelter"),
    ALL_CLEAR: ("Past", "Minor", "Unlikely", "AllClear"),
    CANCEL: ("Past", "Minor", "Unlikely", "AllClear"),
    EXERCISE_TEXT: ("Unknown", "Unknown", "Unknown", "None"),
    TEST_TEXT: ("Unknown", "Unknown", "Unknown", "None"),
}
"""Urgency, severity, certainty and response of each kind."""
_FORBIDDEN = re.compile(r"[\s,<&]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilSettings:
    """What civil alerting holds to."""

    issuer: str
    """Who issues the alerts; no space, comma, < or &."""
    areas: AreaList
    geometry_tai_ns: int = 0
    """Since when the boundaries that are in force are what they are; see `areas.stale`."""
    languages: tuple[str, ...] = LANGUAGES
    limited: bool = True
    """Whether areas that people order without an event grow no faster than `growth` lets them."""

    def __post_init__(self) -> None:
        """Refuse an issuer that no alert may carry."""
        if not self.issuer or _FORBIDDEN.search(self.issuer):
            raise AlertError(
                f"issuer {self.issuer!r} must be there and have no space, comma, < or &"
            )
        if not self.languages or not set(self.languages) <= set(LANGUAGES):
            raise AlertError(f"languages {self.languages}: choose from {', '.join(LANGUAGES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an alert is to say, before it has an id and words."""

    kind: str
    event: str
    revision: int
    data_class: str = ACTUAL
    message_type: str = "Alert"
    scope: str = PUBLIC
    areas: tuple[AlertArea, ...] = ()
    arrival: Arrival | None = None
    certainty: str = ""
    """Empty: the kind's own."""
    cause: str = UNSTATED
    before: tuple[Alert, ...] = ()
    """Earlier alerts that it refers to."""
    wrong: bool = False
    """Whether it declares them wrong."""
    dropped: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


def compose(draft: Draft, settings: CivilSettings, number: int, now_tai_ns: int) -> Alert:
    """Give the alert that a draft asks for.

    Args:
        draft: What it is to say.
        settings: Of who says it.
        number: Unused so far by this issuer.
        now_tai_ns: When it is issued.
    """
    urgency, severity, certainty, response = MEANING[draft.kind]
    warns = draft.kind in WARNS
    is_late = warns and late(draft.arrival, now_tai_ns)
    arrival = draft.arrival if warns else None
    saying = Saying(
        kind=draft.kind,
        areas=tuple(area.name for area in draft.areas),
        now_tai_ns=now_tai_ns,
        arrival=arrival,
        cause=draft.cause,
        issued_tai_ns=draft.before[0].issued_tai_ns if draft.before else None,
        dropped=draft.dropped,
        others=draft.others,
    )
    ends = None if draft.kind in (ALL_CLEAR, CANCEL) else _expires(arrival, now_tai_ns)
    return Alert(
        id=_FORBIDDEN.sub("_", f"{settings.issuer}.{draft.event}.{number}"),
        event=draft.event,
        revision=draft.revision,
        kind=draft.kind,
        data_class=draft.data_class,
        message_type=draft.message_type,
        scope=draft.scope,
        issued_tai_ns=now_tai_ns,
        urgency=urgency,
        severity=severity,
        certainty=draft.certainty or certainty,
        response=response,
        areas=draft.areas,
        texts=texts(saying, settings.languages),
        onset_tai_ns=None if arrival is None else arrival.expected_tai_ns,
        expires_tai_ns=ends,
        references=tuple((each.id, each.issued_tai_ns) for each in draft.before[-REFERENCES_MAX:]),
        retracts=tuple(each.id for each in draft.before) if draft.wrong else (),
        marks=(*draft.marks, LATE) if is_late else draft.marks,
        area_version=settings.areas.version,
        persons=draft.persons,
    )


def exercise_kind(data_class: str) -> str:
    """Give the kind of text of an exercise or a test."""
    return EXERCISE_TEXT if data_class == EXERCISE else TEST_TEXT


def places(dangers: Sequence[Danger], settings: CivilSettings) -> tuple[AlertArea, ...]:
    """Give areas in danger as an alert names them, one by one."""
    known = {area.id: area for area in settings.areas.areas}
    return tuple(place(known[each.area]) for each in dangers)


def place(area: Area) -> AlertArea:
    """Give an area as an alert names it."""
    return AlertArea(id=area.id, name=area.name, polygons=area.polygons)


def regions(dangers: Sequence[Danger], settings: CivilSettings) -> tuple[AlertArea, ...]:
    """Give areas in danger by region only; each region is drawn as its areas in danger."""
    known = {area.id: area for area in settings.areas.areas}
    found: dict[str, list[Area]] = {}
    for each in dangers:
        found.setdefault(each.region, []).append(known[each.area])
    return tuple(
        AlertArea(
            id=region, name=region, polygons=tuple(ring for area in those for ring in area.polygons)
        )
        for region, those in sorted(found.items())
    )


def whole(settings: CivilSettings) -> tuple[AlertArea, ...]:
    """Give all that is defended as one area without an outline, where no list can be trusted."""
    name = settings.areas.name
    return (AlertArea(id=name, name=name, polygons=()),)


def arrival_of(dangers: Sequence[Danger], only_window: bool) -> Arrival:
    """Give when the first of several arrives, and the window of all."""
    assert dangers
    return Arrival(
        earliest_tai_ns=min(each.earliest_tai_ns for each in dangers),
        expected_tai_ns=min(each.expected_tai_ns for each in dangers),
        latest_tai_ns=max(each.latest_tai_ns for each in dangers),
        only_window=only_window,
    )


def out_of_date(settings: CivilSettings, now_tai_ns: int) -> str:
    """Say why the list of areas must not be used; empty if it may."""
    return stale(settings.areas, settings.geometry_tai_ns, now_tai_ns)


def together(areas: Iterable[AlertArea]) -> tuple[AlertArea, ...]:
    """Give areas once each, by id, in the order in which they first come."""
    return tuple({area.id: area for area in areas}.values())


def _expires(arrival: Arrival | None, now_tai_ns: int) -> int:
    if arrival is None:
        return now_tai_ns + round(UNTIMED_S * SECOND_NS)
    return max(arrival.latest_tai_ns, now_tai_ns) + round(AFTER_IMPACT_S * SECOND_NS)
