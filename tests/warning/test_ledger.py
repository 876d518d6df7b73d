"""The delivery ledger: every channel that was told is told again when it was wrong."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.warning.alert import RESTRICTED, Alert
from tocsin.warning.ledger import (
    RETRACTION_DUE_S,
    RETRACTION_UNCONFIRMED,
    SIREN_WITHOUT_ALERT,
    UNKNOWN_ACKNOWLEDGEMENT,
    Acknowledgement,
    Channel,
    Ledger,
    Message,
    SirenOn,
    live,
    records,
    step,
)
from tocsin.warning.phrases import ALERT, ALL_CLEAR, CANCEL, EXERCISE_TEXT, PRE_ALERT, UPDATE

START = tai_from_utc("2026-03-01T08:00:00Z")
SIRENS, PHONES = Channel(id="sirens", pre_alerts=False), Channel(id="phones")
OFFICE = Channel(
    id="office", scopes=("Public", RESTRICTED), data_classes=("actual", "exercise", "test")
)
EMPTY = Ledger(channels=(SIRENS, PHONES, OFFICE))


def at(seconds: float) -> int:
    return START + round(seconds * SECOND_NS)


def alert(name: str = "a1", kind: str = ALERT, **other: object) -> Alert:
    record = Alert(
        id=name,
        event="e1",
        revision=1,
        kind=kind,
        data_class="actual",
        message_type="Alert",
        scope="Public",
        issued_tai_ns=START,
        urgency="Immediate",
        severity="Extreme",
        certainty="Likely",
        response="Shelter",
        areas=(),
        texts=(),
        expires_tai_ns=at(900.0),
    )
    return replace(record, **other)


def cancel(*wrong: str) -> Alert:
    return alert(
        "c1",
        CANCEL,
        message_type="Cancel",
        references=tuple((each, START) for each in wrong),
        retracts=wrong,
        expires_tai_ns=None,
    )


def where(messages: tuple[Message, ...]) -> list[str]:
    return [each.channel for each in messages]


def confirmed(name: str, channel: str, seconds: float) -> Acknowledgement:
    return Acknowledgement(alert=name, channel=channel, tai_ns=at(seconds))


def test_an_alert_goes_where_it_belongs() -> None:
    _, public = step(EMPTY, [alert()], [], at(0.0))
    _, restricted = step(EMPTY, [alert(scope=RESTRICTED)], [], at(0.0))
    _, early = step(EMPTY, [alert(kind=PRE_ALERT)], [], at(0.0))
    _, play = step(EMPTY, [alert(kind=EXERCISE_TEXT, data_class="exercise")], [], at(0.0))

    assert where(public) == ["sirens", "phones", "office"]
    assert where(restricted) == ["office"]
    assert where(early) == ["phones", "office"]
    assert where(play) == ["office"]


def test_what_is_not_confirmed_is_sent_again_until_it_expires() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    ledger, again = step(ledger, [], [confirmed("a1", "phones", 5.0)], at(14.0))
    assert again == ()
    ledger, again = step(ledger, [], [], at(15.0))
    assert [(each.channel, each.attempt) for each in again] == [("sirens", 2), ("office", 2)]

    ledger, again = step(ledger, [], [], at(900.0))
    assert again == ()


def test_a_retraction_goes_at_once_to_every_channel_that_was_told() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    later = replace(ledger, channels=(OFFICE,))  # sirens and phones were taken off the list since
    after, sent = step(later, [cancel("a1")], [], at(300.0))

    told = [each.channel for each in sent if each.alert.id == "c1"]
    assert told == ["sirens", "phones", "office"]
    assert all(each.retracted_tai_ns == at(300.0) for each in records(after)[:3])
    assert not [each for each in sent if each.alert.id == "a1"]


def test_a_retraction_is_repeated_until_each_channel_confirms_it() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    ledger, _ = step(ledger, [cancel("a1")], [], at(10.0))
    ledger, _ = step(ledger, [], [confirmed("c1", "phones", 12.0)], at(20.0))
    for hours in (1, 2, 30, 300):
        ledger, sent = step(ledger, [], [], at(3_600.0 * hours))
        assert where(sent) == ["sirens", "office"]

    heard = [confirmed("c1", "sirens", 1.1e6), confirmed("c1", "office", 1.1e6)]
    ledger, sent = step(ledger, [], heard, at(1.2e6))
    assert sent == ()


def test_a_retraction_is_repeated_even_when_it_has_expired() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    ledger, _ = step(ledger, [replace(cancel("a1"), expires_tai_ns=at(20.0))], [], at(10.0))
    _, sent = step(ledger, [], [], at(60.0))

    assert where(sent) == ["sirens", "phones", "office"]


def test_a_channel_has_confirmed_a_retraction_when_it_has_confirmed_all_of_it() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    fresh = replace(cancel("a1"), id="c2", message_type="Update")
    ledger, _ = step(ledger, [cancel("a1"), fresh], [], at(10.0))
    ledger, _ = step(ledger, [], [confirmed("c1", "sirens", 12.0)], at(13.0))
    assert records(ledger)[0].retraction_acknowledged_tai_ns is None

    ledger, _ = step(ledger, [], [confirmed("c2", "sirens", 14.0)], at(15.0))
    assert records(ledger)[0].retraction_acknowledged_tai_ns == at(14.0)


def test_the_ledger_shows_what_was_sent_confirmed_retracted_and_confirmed_again() -> None:
    ledger, _ = step(EMPTY, [alert()], [confirmed("a1", "sirens", 0.0)], at(0.0))
    ledger, _ = step(ledger, [cancel("a1")], [confirmed("a1", "sirens", 2.0)], at(30.0))
    ledger, _ = step(ledger, [], [confirmed("c1", "sirens", 33.0)], at(40.0))

    sirens, phones = records(ledger)[:2]

    assert (sirens.sent_tai_ns, sirens.acknowledged_tai_ns) == (at(0.0), at(2.0))
    assert (sirens.retracted_tai_ns, sirens.retraction_acknowledged_tai_ns) == (at(30.0), at(33.0))
    assert (phones.acknowledged_tai_ns, phones.retraction_acknowledged_tai_ns) == (None, None)


def test_a_retraction_that_is_not_confirmed_in_a_minute_is_an_alarm_once() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    ledger, _ = step(ledger, [cancel("a1")], [], at(10.0))
    heard = [confirmed("c1", channel, 11.0) for channel in ("sirens", "office")]
    seen = []
    for seconds in range(20, 200, 10):
        ledger, _ = step(ledger, [], heard, at(float(seconds)))
        heard = []
        seen += [(each.code, each.channel, seconds) for each in ledger.alarms]

    assert seen == [(RETRACTION_UNCONFIRMED, "phones", 10 + int(RETRACTION_DUE_S))]


def test_a_warning_that_a_channel_does_not_confirm_is_an_alarm_once() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    heard = [confirmed("a1", each, 2.0) for each in ("sirens", "office")]
    ledger, _ = step(ledger, [], heard, at(59.0))
    assert ledger.alarms == ()
    ledger, _ = step(ledger, [], [], at(60.0))
    assert [(each.code, each.channel) for each in ledger.alarms] == [
        ("ALERT_UNCONFIRMED", "phones")
    ]
    ledger, _ = step(ledger, [], [], at(61.0))
    assert ledger.alarms == ()


def test_jerusalem_a_siren_without_an_alert_in_the_ledger_is_an_alarm() -> None:
    ledger, _ = step(EMPTY, [], [SirenOn(channel="sirens", tai_ns=at(0.0))], at(1.0))
    assert [(each.code, each.channel) for each in ledger.alarms] == [
        (SIREN_WITHOUT_ALERT, "sirens")
    ]

    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    heard = [confirmed("a1", each.id, 2.0) for each in EMPTY.channels]
    sounding = SirenOn(channel="sirens", tai_ns=at(30.0))
    ledger, _ = step(ledger, [], [*heard, sounding], at(31.0))
    assert ledger.alarms == ()
    ledger, _ = step(ledger, [], [SirenOn(channel="sirens", tai_ns=at(901.0))], at(902.0))
    assert [each.code for each in ledger.alarms] == [SIREN_WITHOUT_ALERT]


def test_an_exercise_does_not_excuse_a_siren() -> None:
    play = alert(kind=EXERCISE_TEXT, data_class="exercise")
    loud = Ledger(channels=(replace(SIRENS, data_classes=("actual", "exercise")),))
    ledger, sent = step(loud, [play], [SirenOn(channel="sirens", tai_ns=at(1.0))], at(1.0))

    assert where(sent) == ["sirens"]
    assert [each.code for each in ledger.alarms] == [SIREN_WITHOUT_ALERT]


def test_what_is_over_or_wrong_or_replaced_is_no_longer_live() -> None:
    ledger, _ = step(EMPTY, [alert()], [], at(0.0))
    newer = alert("a2", UPDATE, references=(("a1", START),))
    ledger, _ = step(ledger, [newer], [], at(10.0))
    assert [each.id for each in live(ledger, "phones", at(11.0))] == ["a2"]
    assert [each.id for each in live(ledger, "phones", at(5.0))] == ["a1"]

    over = alert("a3", ALL_CLEAR, references=(("a1", START), ("a2", START)), expires_tai_ns=None)
    ended, sent = step(ledger, [over], [], at(20.0))
    assert live(ended, "phones", at(21.0)) == ()
    assert [each.channel for each in sent if each.alert.id == "a3"] == [
        "sirens",
        "phones",
        "office",
    ]


def test_a_confirmation_of_nothing_that_was_sent_is_an_alarm() -> None:
    ledger, _ = step(EMPTY, [], [confirmed("a9", "phones", 0.0)], at(1.0))

    assert [each.code for each in ledger.alarms] == [UNKNOWN_ACKNOWLEDGEMENT]


@given(
    lost=st.sets(st.integers(0, 60), max_size=40),
    delay=st.integers(0, 3),
    taken_back=st.integers(1, 20),
)
def test_whatever_is_lost_every_channel_told_hears_the_retraction_in_the_end(
    lost: set[int], delay: int, taken_back: int
) -> None:
    ledger, heard, waiting = EMPTY, dict[str, set[str]](), list[tuple[int, Acknowledgement]]()
    for tick in range(200):
        asked = [alert()] if tick == 0 else [cancel("a1")] if tick == taken_back else []
        due = [each for when, each in waiting if when <= tick]
        waiting = [(when, each) for when, each in waiting if when > tick]
        ledger, sent = step(ledger, asked, due, at(5.0 * tick))
        assert tick != taken_back or {each.channel for each in sent if each.alert.id == "c1"} == {
            "sirens",
            "phones",
            "office",
        }
        for number, each in enumerate(sent):
            if (7 * tick + number) % 61 not in lost:
                heard.setdefault(each.channel, set()).add(each.alert.id)
                word = Acknowledgement(
                    alert=each.alert.id, channel=each.channel, tai_ns=each.tai_ns
                )
                waiting.append((tick + 1 + delay, word))

    done = [each for each in records(ledger) if each.alert == "a1"]
    assert len(done) == 3
    assert all(each.retraction_acknowledged_tai_ns is not None for each in done)
    assert all("c1" in heard[each.channel] for each in done)
