"""Orders of people: what went wrong in Hawaii in 2018, and how it goes here."""

import math
from dataclasses import replace

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.warning.alert import DRILL, Judged, Order
from tocsin.warning.areas import AreaList, ExpectedImpact, circle
from tocsin.warning.causes import PASSED
from tocsin.warning.civil import CivilState, step
from tocsin.warning.compose import CivilSettings
from tocsin.warning.evidence import Spot
from tocsin.warning.ledger import Channel, Ledger, records
from tocsin.warning.ledger import step as deliver
from tocsin.warning.orders import obey
from tocsin.warning.phrases import ALERT, ALL_CLEAR, CANCEL, EXERCISE_TEXT

NOW = tai_from_utc("2018-01-13T18:07:00Z")
OAHU = circle("oahu", "Oahu", (math.radians(21.45), math.radians(-157.97)), 30e3)
SETTINGS = CivilSettings(
    issuer="hawaii",
    areas=AreaList(name="Hawaii", version="1", as_of_tai_ns=NOW - 10**15, areas=(OAHU,)),
)
TWO = ("A. Mori", "B. Lane")
CHANNELS = ("phones", "television", "radio")


def at(seconds: float) -> int:
    return NOW + round(seconds * SECOND_NS)


def order(kind: str = ALERT, **other: object) -> Order:
    record = Order(id="o1", kind=kind, persons=("A. Mori",), areas=("oahu",))
    return replace(record, **other)


def judged(**other: object) -> Judged:
    spot = Spot(
        latitude_rad=OAHU.middle_rad[0],
        longitude_rad=OAHU.middle_rad[1],
        east_m2=9e6,
        east_north_m2=0.0,
        north_m2=9e6,
    )
    fall = ExpectedImpact(id="m1", spot=spot, tai_ns=at(720.0), sigma_s=10.0)
    record = Judged(
        event="e1", revision=2, level=4, confidence=2, data_class="actual", impacts=(fall,)
    )
    return replace(record, **other)


def test_hawaii_one_person_in_a_drill_sends_nothing() -> None:
    state, answer = obey(CivilState(), SETTINGS, order(mode=DRILL), [], NOW)

    assert not answer.verdict.released
    assert answer.verdict.code == "RELEASE_REFUSED"
    assert "no warning event; mode is exercise" in answer.verdict.sentence
    assert answer.alerts == ()
    assert state == CivilState()


def test_hawaii_forced_by_two_the_cancel_corrects_it_on_every_channel_at_once() -> None:
    ledger = Ledger(channels=tuple(Channel(id=each) for each in CHANNELS))
    state, sent = obey(CivilState(), SETTINGS, order(mode=DRILL, persons=TWO), [], NOW)
    assert sent.alerts[0].persons == TWO
    assert "The time of arrival is not known." in sent.alerts[0].texts[0].description
    ledger, _ = deliver(ledger, sent.alerts, [], NOW)

    state, back = obey(state, SETTINGS, order(CANCEL, id="o2", event="o1"), [], at(120.0))
    ledger, messages = deliver(ledger, back.alerts, [], at(120.0))

    assert [each.message_type for each in back.alerts] == ["Cancel", "Update"]
    assert "The alert was sent by mistake." in back.alerts[1].texts[0].description
    told = {(each.channel, each.alert.message_type) for each in messages}
    assert told == {(channel, kind) for channel in CHANNELS for kind in ("Cancel", "Update")}
    first = [each for each in records(ledger) if each.alert == sent.alerts[0].id]
    assert [each.retracted_tai_ns for each in first] == [at(120.0)] * 3


def test_hawaiis_true_twin_a_real_threat_during_a_drill_is_told() -> None:
    _, automatic = step(CivilState(), SETTINGS, [judged()], NOW)
    _, answer = obey(
        CivilState(), SETTINGS, order(mode=DRILL, event="e1", areas=()), [judged()], NOW
    )

    assert [each.status for each in automatic] == ["Actual"]
    assert [each.status for each in answer.alerts] == ["Actual"]
    assert "18:19 UTC" in answer.alerts[0].texts[0].description


def test_an_exercise_order_gives_exercise_words_and_leaves_nothing_in_force() -> None:
    state, answer = obey(CivilState(), SETTINGS, order(mode=DRILL, template=DRILL), [], NOW)
    (alert,) = answer.alerts

    assert (alert.kind, alert.status, alert.response) == (EXERCISE_TEXT, "Exercise", "None")
    assert not any(each.active for each in state.told)


def test_an_event_that_stands_is_ended_by_two_persons_and_then_stays_ended() -> None:
    state, _ = step(CivilState(), SETTINGS, [judged()], NOW)
    cancel = order(CANCEL, event="e1")
    state, alone = obey(state, SETTINGS, cancel, [judged()], at(10.0))
    assert not alone.verdict.released

    state, both = obey(state, SETTINGS, replace(cancel, persons=TWO), [judged()], at(20.0))
    assert [each.kind for each in both.alerts] == [CANCEL, CANCEL]
    _, later = step(state, SETTINGS, [judged()], at(30.0))
    assert later == ()


def test_passed_may_not_be_said_without_a_track_past_the_line() -> None:
    state, _ = step(CivilState(), SETTINGS, [judged()], NOW)
    ask = order(ALL_CLEAR, event="e1", persons=TWO, cause=PASSED)

    state, early = obey(state, SETTINGS, ask, [judged()], at(10.0))
    _, seen = obey(state, SETTINGS, ask, [judged(passed=True)], at(20.0))

    assert "nothing was tracked past the line" in early.verdict.sentence
    assert [each.kind for each in seen.alerts] == [ALL_CLEAR]


def test_what_cannot_be_done_is_refused_with_a_way_out() -> None:
    said = [
        obey(CivilState(), SETTINGS, asked, [], NOW)[1].verdict.sentence
        for asked in (
            order(persons=TWO, areas=("maui",)),
            order(persons=TWO, areas=()),
            order(CANCEL, event="o9"),
            order(CANCEL, event="o9", template=DRILL),
        )
    ]

    assert said == [
        "area 'maui' is not on list 'Hawaii'; name one that is",
        "no area is named, and no event says which; name the areas",
        "no alert of 'o9' is in force; name the event or order of one that is",
        "an exercise ends by itself; give a live order",
    ]


def test_an_ordered_alert_lapses_and_is_not_declared_over() -> None:
    state, _ = obey(CivilState(), SETTINGS, order(persons=TWO), [], NOW)
    state, sent = step(state, SETTINGS, [], at(1_800.0))

    assert sent == ()
    assert state.notes == ("alert of o1 has expired; nobody has declared it over",)
    assert not state.of("o1").active
