"""Orders of people at a console: what the gate lets through becomes an alert, the rest a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin.warning.alert import LIVE, PUBLIC, Alert, AlertArea, Judged, Order
from tocsin.warning.areas import in_danger
from tocsin.warning.causes import MISTAKE, PASSED
from tocsin.warning.civil import CLEARED, CivilState, Told, clear, issue, retract
from tocsin.warning.compose import (
    POSSIBLE,
    STALE_AREA,
    CivilSettings,
    Draft,
    arrival_of,
    exercise_kind,
    out_of_date,
    place,
    places,
    whole,
)
from tocsin.warning.gate import REFUSED, Verdict, persons_of, release, stands
from tocsin.warning.growth import grow
from tocsin.warning.levels import ACTUAL
from tocsin.warning.phrases import ALERT, CANCEL, PRE_ALERT


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one order."""

    order: str
    verdict: Verdict
    alerts: tuple[Alert, ...] = ()


def obey(
    state: CivilState,
    settings: CivilSettings,
    order: Order,
    judged: Sequence[Judged],
    now_tai_ns: int,
) -> tuple[CivilState, Answer]:
    """Carry out one order as far as the gate allows; the alerts are for `ledger.step`.

    Args:
        state: Of civil alerting.
        settings: As for `civil.step`.
        order: Whose persons have proved who they are.
        judged: Every event that is not long over.
        now_tai_ns: Not before the last step's.
    """
    event = next((each for each in judged if each.event == order.event), None)
    verdict = release(order, event)
    if verdict.released:
        told = state.of(order.event)
        reason = _impossible(order, event, told, settings)
        if reason:
            verdict = replace(verdict, released=False, code=REFUSED, sentence=reason)
    if not verdict.released:
        return state, Answer(order=order.id, verdict=verdict)
    if order.template != LIVE:
        state, alerts = _play(state, settings, order, verdict.data_class, now_tai_ns)
    elif order.kind == ALERT:
        state, alerts = _alert(state, settings, order, event, now_tai_ns)
    elif order.kind == CANCEL:
        state, alerts = retract(state, settings, told, order.cause or MISTAKE, now_tai_ns)
    else:
        state, alerts = clear(state, settings, told, order.cause, now_tai_ns)
    return state, Answer(order=order.id, verdict=verdict, alerts=tuple(alerts))


def _impossible(order: Order, event: Judged | None, told: Told, settings: CivilSettings) -> str:
    """Say why an order that the gate lets through cannot be carried out; empty if it can."""
    known = {area.id for area in settings.areas.areas}
    unknown = [area for area in order.areas if area not in known]
    if unknown:
        return f"area {unknown[0]!r} is not on list {settings.areas.name!r}; name one that is"
    if order.template != LIVE:
        return "" if order.kind == ALERT else "an exercise ends by itself; give a live order"
    if order.kind == ALERT:
        named = order.areas or (event is not None and event.impacts)
        return "" if named else "no area is named, and no event says which; name the areas"
    return _no_end(order, event, told)


def _no_end(order: Order, event: Judged | None, told: Told) -> str:
    """Say why an alert cannot be ended as asked; empty if it can."""
    if not told.active:
        return f"no alert of {order.event!r} is in force; name the event or order of one that is"
    if order.cause == PASSED and (event is None or not event.passed):
        return "nothing was tracked past the line: do not say that it has passed"
    return ""


def _alert(
    state: CivilState,
    settings: CivilSettings,
    order: Order,
    event: Judged | None,
    now_tai_ns: int,
) -> tuple[CivilState, list[Alert]]:
    key = order.event if event is not None else order.id
    told = replace(state.of(key), ordered=not stands(event), data_class=ACTUAL)
    if told.civil == CLEARED:
        told = replace(told, alerts=())
    dangers = () if event is None else in_danger(event.impacts, settings.areas, now_tai_ns)
    wanted = [each for each in dangers if not order.areas or each.area in order.areas]
    named = _named(settings, order) or places(wanted, settings) or whole(settings)
    held: tuple[AlertArea, ...] = ()
    if settings.limited and not stands(event):
        state, named, held = _granted(state, named, now_tai_ns)
    old = out_of_date(settings, now_tai_ns)
    draft = Draft(
        kind=ALERT,
        event=key,
        revision=1 if event is None else event.revision,
        areas=named,
        arrival=arrival_of(wanted, only_window=False) if wanted else None,
        marks=(STALE_AREA,) if old else (),
        persons=persons_of(order),
    )
    ready = replace(draft, kind=PRE_ALERT, areas=held, certainty=POSSIBLE)
    drafts = [each for each in (draft, ready) if each.areas]
    return issue(state, settings, told, drafts, now_tai_ns)


def _named(settings: CivilSettings, order: Order) -> tuple[AlertArea, ...]:
    known = {area.id: area for area in settings.areas.areas}
    return tuple(place(known[area]) for area in order.areas)


def _granted(
    state: CivilState, named: Sequence[AlertArea], now_tai_ns: int
) -> tuple[CivilState, tuple[AlertArea, ...], tuple[AlertArea, ...]]:
    """Part areas that no event stands behind: those granted now, those only told to be ready.

    People who order are one unverified source, however many they are (C18).
    """
    growth, back = grow(state.ordered, [area.id for area in named], False, now_tai_ns)
    notes = state.notes
    if back:
        notes = (*notes, f"{len(back)} areas ordered are only told to be ready")
    granted = tuple(area for area in named if area.id not in back)
    held = tuple(area for area in named if area.id in back)
    return replace(state, ordered=growth, notes=notes), granted, held


def _play(
    state: CivilState, settings: CivilSettings, order: Order, data_class: str, now_tai_ns: int
) -> tuple[CivilState, list[Alert]]:
    """Give an exercise or a test for everybody; it leaves no event behind."""
    draft = Draft(
        kind=exercise_kind(data_class),
        event=order.id,
        revision=1,
        data_class=data_class,
        scope=PUBLIC,
        areas=_named(settings, order) or whole(settings),
        persons=persons_of(order),
    )
    told = Told(event=order.id, data_class=data_class, civil=CLEARED)
    return issue(state, settings, told, [draft], now_tai_ns)
