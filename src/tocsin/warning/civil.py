"""Civil alerts: what the public is told of each event, and when that is changed or taken back.

The civil state is an axis of its own: none, pre-alert, alert, all-clear, retracted. It follows the
assessment but is not the assessment: an event that loses a level keeps its alert until it is shown
to be over (update and all-clear) or to have been wrong (cancel and a fresh update that says so).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tocsin.earth.time import SECOND_NS
from tocsin.warning.alert import PUBLIC, RESTRICTED, Alert, AlertArea, Judged
from tocsin.warning.areas import Danger, in_danger
from tocsin.warning.causes import NOT_THREAT, PASSED, TIME_OVER
from tocsin.warning.compose import (
    AFTER_IMPACT_S,
    LIKELY,
    OBSERVED,
    POSSIBLE,
    STALE_AREA,
    CivilSettings,
    Draft,
    arrival_of,
    compose,
    exercise_kind,
    out_of_date,
    places,
    regions,
    together,
    whole,
)
from tocsin.warning.gate import stands
from tocsin.warning.growth import Growth, grow
from tocsin.warning.levels import ACTUAL, CONFIRMED, HIGH, THREAT
from tocsin.warning.phrases import ALERT, ALL_CLEAR, CANCEL, PRE_ALERT, UPDATE
from tocsin.warning.words import cause_of

NONE, CLEARED, RETRACTED = "none", "all-clear", "retracted"
"""What the public was told of an event, beside `PRE_ALERT` and `ALERT`."""

UPDATE_S = 30.0
"""Changes of time or certainty are told no more often; a new area is told at once."""
MOVED_S = 60.0
"""An arrival that moved by less is not worth an update."""
CLEAR_S = 30.0
"""An event must threaten nobody for so long before an all-clear says so."""
TOLD_MAX = 5_000
TOLD_KEPT_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been told of one event, or of one order without an event."""

    event: str
    civil: str = NONE
    data_class: str = ACTUAL
    alerts: tuple[Alert, ...] = ()
    """Every alert about it since it last was quiet, the oldest first."""
    growth: Growth = field(default_factory=Growth)
    clear_tai_ns: int | None = None
    """Since when it threatens nobody; None while it does."""
    changed_tai_ns: int = 0
    ordered: bool = False
    """Whether people asked for it without an event: then it lapses and is not declared over."""

    @property
    def active(self) -> bool:
        """Tell whether people are still told to shelter or to be ready."""
        return self.civil in (PRE_ALERT, ALERT)

    def last(self, *kinds: str) -> Alert | None:
        """Give the last alert of one of these kinds."""
        return next((each for each in reversed(self.alerts) if each.kind in kinds), None)

    def areas(self) -> tuple[AlertArea, ...]:
        """Give every area that was told and may still be waiting for word."""
        return together(area for each in self.alerts for area in each.areas)

    def expires_tai_ns(self) -> int:
        """Give when the last of its alerts expires."""
        return max((each.expires_tai_ns or 0 for each in self.alerts), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilState:
    """Everything that civil alerting knows."""

    told: tuple[Told, ...] = ()
    next_number: int = 1
    ordered: Growth = field(default_factory=Growth)
    """Areas granted to orders that no event stands behind, all of them together."""
    notes: tuple[str, ...] = ()
    """Of the last step: what was held back, and why."""

    def of(self, event: str) -> Told:
        """Give what was told of an event; of one never heard of, nothing."""
        return next((each for each in self.told if each.event == event), Told(event=event))


def step(
    state: CivilState, settings: CivilSettings, judged: Sequence[Judged], now_tai_ns: int
) -> tuple[CivilState, tuple[Alert, ...]]:
    """Follow the assessment: give the alerts that must go out now, for `ledger.step`.

    Args:
        state: As it was.
        settings: Whose areas, and in which languages.
        judged: Every event that is not long over.
        now_tai_ns: Not before the last step's.
    """
    state = replace(state, notes=())
    sent: list[Alert] = []
    for event in judged:
        state, alerts = _follow(state, settings, event, now_tai_ns)
        sent += alerts
    known = {event.event for event in judged}
    for told in state.told:
        if told.event not in known and told.active and now_tai_ns >= told.expires_tai_ns():
            state, alerts = _lapse(state, settings, told, now_tai_ns)
            sent += alerts
    return _pruned(state, known, now_tai_ns), tuple(sent)


# ---- one event ----


def _follow(
    state: CivilState, settings: CivilSettings, judged: Judged, now_tai_ns: int
) -> tuple[CivilState, list[Alert]]:
    told = replace(state.of(judged.event), data_class=judged.data_class)
    if judged.data_class != ACTUAL:
        return _exercise(state, settings, told, judged, now_tai_ns)
    if told.civil == RETRACTED:
        return state, []
    if judged.withdrawn:
        cause = cause_of(judged.codes)
        return retract(state, settings, told, cause, now_tai_ns) if told.active else (state, [])
    dangers = () if judged.passed else _dangers(settings, judged, now_tai_ns)
    if told.active:
        ended = _ended(told, judged, dangers, now_tai_ns)
        if ended:
            return clear(state, settings, told, ended, now_tai_ns)
        free = bool(judged.impacts) and not dangers and judged.level >= CONFIRMED
        since = told.clear_tai_ns if told.clear_tai_ns is not None else now_tai_ns
        told = replace(told, clear_tai_ns=since if free else None)
    return _warn(state, settings, told, (judged, dangers), now_tai_ns)


def _dangers(settings: CivilSettings, judged: Judged, now_tai_ns: int) -> tuple[Danger, ...]:
    """Give who is in danger of an event and has not been past it for long."""
    if judged.level < CONFIRMED:
        return ()
    over_ns = round(AFTER_IMPACT_S * SECOND_NS)
    return tuple(
        each
        for each in in_danger(judged.impacts, settings.areas, now_tai_ns)
        if now_tai_ns < each.latest_tai_ns + over_ns
    )


def _ended(told: Told, judged: Judged, dangers: Sequence[Danger], now_tai_ns: int) -> str:
    """Give why a threat is over, empty while it may not be; passed only if a track shows it."""
    if judged.passed:
        return PASSED
    if now_tai_ns >= told.expires_tai_ns() and not dangers:
        return TIME_OVER
    free_ns = 0 if told.clear_tai_ns is None else now_tai_ns - told.clear_tai_ns
    if judged.impacts and not dangers and free_ns >= CLEAR_S * SECOND_NS:
        return NOT_THREAT
    return ""


def _warn(
    state: CivilState,
    settings: CivilSettings,
    told: Told,
    event: tuple[Judged, tuple[Danger, ...]],
    now_tai_ns: int,
) -> tuple[CivilState, list[Alert]]:
    """Give new warnings of an event: alerts for named areas, pre-alerts for regions."""
    judged, dangers = event
    old = out_of_date(settings, now_tai_ns)
    named = [each for each in dangers if each.named and stands(judged) and not old]
    growth, back = grow(told.growth, [each.area for each in named], judged.verified, now_tai_ns)
    told = replace(told, growth=growth if dangers else told.growth)
    drafts = []
    if back:
        state = _noted(state, f"event {judged.event}: {len(back)} more areas held back: one source")
    granted = [each for each in named if each.area in growth.areas]
    if granted:
        drafts += _alert_drafts(settings, told, judged, granted, now_tai_ns)
    vague = [each for each in dangers if each not in named]
    if vague:
        drafts += _pre_alert_drafts(settings, told, judged, vague, old)
    if old and dangers:
        state = _noted(state, f"{STALE_AREA}: {old}")
    return issue(state, settings, told, drafts, now_tai_ns)


def _alert_drafts(
    settings: CivilSettings,
    told: Told,
    judged: Judged,
    granted: Sequence[Danger],
    now_tai_ns: int,
) -> list[Draft]:
    draft = Draft(
        kind=ALERT,
        event=judged.event,
        revision=judged.revision,
        areas=places(granted, settings),
        arrival=arrival_of(granted, only_window=False),
        certainty=OBSERVED if judged.confidence >= HIGH else LIKELY,
    )
    last = told.last(ALERT, UPDATE)
    if last is None or not told.active:
        return [draft]
    if not _changed(last, draft, now_tai_ns):
        return []
    kept = {area.id for area in draft.areas}
    return [
        replace(
            draft,
            kind=UPDATE,
            message_type="Update",
            before=tuple(each for each in told.alerts if each.kind in (ALERT, UPDATE)),
            dropped=tuple(area.name for area in last.areas if area.id not in kept),
        )
    ]


def _changed(last: Alert, draft: Draft, now_tai_ns: int) -> bool:
    """Tell whether an alert differs from the last one by what people must be told."""
    before, after = {area.id for area in last.areas}, {area.id for area in draft.areas}
    if after - before:
        return True
    if now_tai_ns - last.issued_tai_ns < UPDATE_S * SECOND_NS:
        return False
    assert draft.arrival is not None
    moved_ns = abs(draft.arrival.expected_tai_ns - (last.onset_tai_ns or 0))
    return after != before or draft.certainty != last.certainty or moved_ns > MOVED_S * SECOND_NS


def _pre_alert_drafts(
    settings: CivilSettings, told: Told, judged: Judged, vague: Sequence[Danger], old: str
) -> list[Draft]:
    """Give the pre-alert for regions, where it tells more, or more people, than the last one."""
    scope = PUBLIC if stands(judged) else RESTRICTED
    areas = whole(settings) if old else regions(vague, settings)
    last = told.last(PRE_ALERT)
    if last is not None and told.active:
        wider = last.scope == RESTRICTED and scope == PUBLIC
        if not wider and {area.id for area in areas} <= {area.id for area in last.areas}:
            return []
    same = last is not None and told.active and last.scope == scope
    return [
        Draft(
            kind=PRE_ALERT,
            event=judged.event,
            revision=judged.revision,
            message_type="Update" if same else "Alert",
            scope=scope,
            areas=areas,
            arrival=arrival_of(vague, only_window=True),
            certainty=POSSIBLE,
            before=(last,) if same and last is not None else (),
            marks=(STALE_AREA,) if old else (),
        )
    ]


# ---- the ends ----


def retract(
    state: CivilState, settings: CivilSettings, told: Told, cause: str, now_tai_ns: int
) -> tuple[CivilState, list[Alert]]:
    """Give the cancel and the fresh update that say that an alert was wrong, and why."""
    draft = Draft(
        kind=CANCEL,
        event=told.event,
        revision=told.alerts[-1].revision,
        data_class=told.data_class,
        message_type="Cancel",
        scope=_widest(told),
        areas=told.areas(),
        cause=cause,
        before=told.alerts,
        wrong=True,
        others=tuple(area.name for area in _still_warned(state, told)),
    )
    fresh = replace(draft, message_type="Update")
    return issue(state, settings, replace(told, civil=RETRACTED), [draft, fresh], now_tai_ns)


def clear(
    state: CivilState, settings: CivilSettings, told: Told, cause: str, now_tai_ns: int
) -> tuple[CivilState, list[Alert]]:
    """Give the update that says that a threat is over.

    Areas that another event's alert still holds for are left to that event. If it holds for all of
    them, nothing is sent, and the other's all-clear covers them.
    """
    others = {area.id for area in _still_warned(state, told)}
    areas = tuple(area for area in told.areas() if area.id not in others)
    draft = Draft(
        kind=ALL_CLEAR,
        event=told.event,
        revision=told.alerts[-1].revision,
        message_type="Update",
        scope=_widest(told),
        areas=areas,
        cause=cause,
        before=told.alerts,
        others=tuple(area.name for area in _still_warned(state, told)),
    )
    told = replace(told, civil=CLEARED, clear_tai_ns=None, growth=Growth())
    return issue(state, settings, told, [draft] if areas else [], now_tai_ns)


def issue(
    state: CivilState,
    settings: CivilSettings,
    told: Told,
    drafts: Sequence[Draft],
    now_tai_ns: int,
) -> tuple[CivilState, list[Alert]]:
    """Give the alerts of drafts, and the state in which they have been told."""
    alerts = [
        compose(draft, settings, state.next_number + k, now_tai_ns)
        for k, draft in enumerate(drafts)
    ]
    if told.civil in (CLEARED, RETRACTED):
        told = replace(told, alerts=())
    kinds = {each.kind for each in alerts}
    if kinds & {ALERT, UPDATE}:
        told = replace(told, civil=ALERT)
    elif PRE_ALERT in kinds and told.civil != ALERT:
        told = replace(told, civil=PRE_ALERT)
    if told.civil not in (CLEARED, RETRACTED):
        told = replace(told, alerts=(*told.alerts, *alerts))
    before = state.of(told.event)
    if told.civil != before.civil or alerts:
        told = replace(told, changed_tai_ns=now_tai_ns)
    kept = tuple(each for each in state.told if each.event != told.event)
    if told != Told(event=told.event, data_class=told.data_class):
        kept = (*kept, told)
    return replace(state, told=kept, next_number=state.next_number + len(alerts)), alerts


def _widest(told: Told) -> str:
    return PUBLIC if any(each.scope == PUBLIC for each in told.alerts) else RESTRICTED


def _still_warned(state: CivilState, told: Told) -> tuple[AlertArea, ...]:
    """Give the areas of an event that another event's alert still holds for."""
    others = {
        area.id
        for each in state.told
        if each.event != told.event and each.active and each.data_class == ACTUAL
        for area in each.areas()
    }
    return tuple(area for area in told.areas() if area.id in others)


def _lapse(
    state: CivilState, settings: CivilSettings, told: Told, now_tai_ns: int
) -> tuple[CivilState, list[Alert]]:
    """End what has expired and no event stands behind any more."""
    if told.data_class == ACTUAL and not told.ordered:
        return clear(state, settings, told, TIME_OVER, now_tai_ns)
    state = _noted(state, f"alert of {told.event} has expired; nobody has declared it over")
    return issue(state, settings, replace(told, civil=CLEARED), [], now_tai_ns)


def _exercise(
    state: CivilState, settings: CivilSettings, told: Told, judged: Judged, now_tai_ns: int
) -> tuple[CivilState, list[Alert]]:
    """Tell the players of an exercise of its event, once when it threatens, once when it ends."""
    draft = Draft(
        kind=exercise_kind(judged.data_class),
        event=judged.event,
        revision=judged.revision,
        data_class=judged.data_class,
        scope=RESTRICTED,
        areas=whole(settings),
    )
    if told.active:
        if not judged.withdrawn and not judged.passed and now_tai_ns < told.expires_tai_ns():
            return state, []
        draft = replace(draft, message_type="Update", before=told.alerts)
        return issue(state, settings, replace(told, civil=CLEARED), [draft], now_tai_ns)
    if told.civil != NONE or judged.level < THREAT or judged.withdrawn:
        return state, []
    return issue(state, settings, replace(told, civil=ALERT), [draft], now_tai_ns)


def _noted(state: CivilState, note: str) -> CivilState:
    return replace(state, notes=(*state.notes, note))


def _pruned(state: CivilState, known: set[str], now_tai_ns: int) -> CivilState:
    """Give the state without what is long over; beyond the limit the longest over go first."""
    kept = [
        each
        for each in state.told
        if each.active
        or each.event in known
        or now_tai_ns - each.changed_tai_ns < TOLD_KEPT_S * SECOND_NS
    ]
    over = len(kept) - TOLD_MAX
    if over > 0:
        quiet = [each for each in kept if not each.active][:over]
        kept = [each for each in kept if each not in quiet]
    return replace(state, told=tuple(kept))
