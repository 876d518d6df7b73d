"""The release gate (C16): which alerts may go out, and who must stand behind them.

An actual alert to the public goes out for an event at A4 of data class actual that stands, or when
two different persons order it. A console in an exercise neither releases one nor holds one back.
Saying that an alert was wrong needs one person, since waiting for leave to do so cost 38 minutes in
Hawaii on 13 January 2018 (FCC, Report and Recommendations, April 2018); while the event still
stands at A4 it needs two, since a false all-clear is worse.
"""

from dataclasses import dataclass

from tocsin.warning.alert import DRILL, LIVE, Judged, Order
from tocsin.warning.levels import ACTUAL, EXERCISE, LEVELS, TEST, THREAT
from tocsin.warning.phrases import ALERT

RELEASED, REFUSED = "RELEASED", "RELEASE_REFUSED"
PERSONS_NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an alert may go out, as what, and why."""

    released: bool
    code: str
    data_class: str
    """As which it may go out."""
    sentence: str


def persons_of(order: Order) -> tuple[str, ...]:
    """Give the different persons behind an order, in their order; capitals and spaces are one."""
    found: dict[str, str] = {}
    for person in order.persons:
        key = " ".join(person.split()).casefold()
        if key:
            found.setdefault(key, " ".join(person.split()))
    return tuple(found.values())


def stands(judged: Judged | None) -> bool:
    """Tell whether an event on its own is reason for an actual alert to the public."""
    return (
        judged is not None
        and judged.data_class == ACTUAL
        and judged.level >= THREAT
        and not judged.withdrawn
    )


def release_event(judged: Judged) -> Verdict:
    """Judge an alert that nobody ordered: the event itself asks for it."""
    if judged.data_class != ACTUAL:
        return Verdict(
            released=True,
            code=RELEASED,
            data_class=judged.data_class,
            sentence=f"event {judged.event} is {judged.data_class}: only as {judged.data_class}",
        )
    if stands(judged):
        return _released(f"event {judged.event} stands at A4")
    return _refused(f"event {judged.event} {_short_of(judged)}; an alert needs A4 or two persons")


def release(order: Order, judged: Judged | None) -> Verdict:
    """Judge an order.

    Args:
        order: As asked for.
        judged: The event that it names; None if there is no such event, or it names none.
    """
    if order.template != LIVE:
        data_class = EXERCISE if order.template == DRILL else TEST
        return Verdict(
            released=True,
            code=RELEASED,
            data_class=data_class,
            sentence=f"its words are of {_mode_word(order.template)}, and it goes out as such",
        )
    persons = persons_of(order)
    if order.kind == ALERT:
        return _live_alert(order, judged, persons)
    if stands(judged) and len(persons) < PERSONS_NEEDED:
        assert judged is not None
        return _refused(
            f"event {judged.event} still stands at A4; ending its alert needs two persons"
        )
    if not persons:
        return _refused("nobody is named who asks for it")
    return _released(f"ordered by {' and '.join(persons)}")


def _live_alert(order: Order, judged: Judged | None, persons: tuple[str, ...]) -> Verdict:
    if stands(judged):
        return _released(f"event {order.event} stands at A4")
    if len(persons) >= PERSONS_NEEDED:
        return _released(f"ordered by {' and '.join(persons)}, without an event at A4")
    why = "no warning event" if judged is None else f"event {order.event} {_short_of(judged)}"
    mode = "" if order.mode == LIVE else f"; mode is {_mode_word(order.mode).split()[-1]}"
    return _refused(f"{why}{mode}; it needs an event at A4 or two different persons")


def _short_of(judged: Judged) -> str:
    if judged.withdrawn:
        return "is withdrawn"
    if judged.data_class != ACTUAL:
        return f"is of data class {judged.data_class}"
    return f"is at {LEVELS[judged.level]}"


def _mode_word(mode: str) -> str:
    return "an exercise" if mode == DRILL else "a test"


def _released(sentence: str) -> Verdict:
    return Verdict(released=True, code=RELEASED, data_class=ACTUAL, sentence=sentence)


def _refused(sentence: str) -> Verdict:
    return Verdict(released=False, code=REFUSED, data_class=ACTUAL, sentence=sentence)
