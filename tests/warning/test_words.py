"""Alerts in words: the same in every language, with right grammar, and exercises unmistakable."""

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.warning.causes import CAUSES, FALSE_ALARM_CODES
from tocsin.warning.phrases import (
    CANCEL,
    EVENT_NAMES,
    EXERCISE_TEXT,
    KINDS,
    LANGUAGES,
    MARKS,
    SENTENCES,
    TEMPLATES,
    TEST_TEXT,
)
from tocsin.warning.words import Arrival, Saying, cause_of, clock, late, listed, minutes, texts

NOW = tai_from_utc("2026-03-01T08:00:30Z")


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def arrival(in_s: float, only_window: bool = False) -> Arrival:
    middle = NOW + round(in_s * SECOND_NS)
    return Arrival(
        earliest_tai_ns=middle - 40 * SECOND_NS,
        expected_tai_ns=middle,
        latest_tai_ns=middle + 40 * SECOND_NS,
        only_window=only_window,
    )


def said(kind: str, **other: object) -> dict[str, str]:
    saying = Saying(kind=kind, areas=("Sapporo", "Aomori"), now_tai_ns=NOW, **other)  # type: ignore[arg-type]
    return {text.language: text.description for text in texts(saying)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_exists_in_every_language_with_the_same_slots(kind: str) -> None:
    assert set(TEMPLATES) == set(LANGUAGES) == set(EVENT_NAMES) == set(MARKS)
    first = [slots(part) for part in TEMPLATES[LANGUAGES[0]][kind]]

    for language in LANGUAGES:
        assert [slots(part) for part in TEMPLATES[language][kind]] == first
        assert all(part.strip() for part in TEMPLATES[language][kind])


def test_sentences_and_causes_exist_in_every_language_with_the_same_slots() -> None:
    for name, english in SENTENCES["en"].items():
        assert {slots(SENTENCES[language][name]) == slots(english) for language in LANGUAGES} == {
            True
        }
    assert all(set(said) == set(LANGUAGES) and all(said.values()) for said in CAUSES.values())


@pytest.mark.parametrize("kind", [EXERCISE_TEXT, TEST_TEXT])
def test_every_text_of_an_exercise_or_test_begins_and_ends_with_the_word(kind: str) -> None:
    for text in texts(Saying(kind=kind, areas=("A",), now_tai_ns=NOW)):
        mark = MARKS[text.language][kind]
        for part in (text.headline, text.description, text.instruction):
            assert part.startswith(mark)
            assert part.endswith(mark)


def test_no_alert_bears_the_word_and_no_exercise_has_a_sentence_of_an_alert() -> None:
    for language in LANGUAGES:
        plays = (EXERCISE_TEXT, TEST_TEXT)
        real = [part for kind in KINDS if kind not in plays for part in TEMPLATES[language][kind]]
        for kind in plays:
            assert not [part for part in real if MARKS[language][kind].lower() in part.lower()]
            sentences = re.split(r"[.。:：]", " ".join(TEMPLATES[language][kind]))
            for sentence in {each.strip() for each in sentences} - {"", "{areas}"}:
                assert not [part for part in real if sentence in part]


def test_an_arrival_has_its_time_the_minutes_left_and_a_window_that_holds_it() -> None:
    text = said("alert", arrival=arrival(450.0))

    assert "Expected arrival: 08:08 UTC, in about 7 minutes" in text["en"]
    assert "(between 08:07 UTC and 08:09 UTC)" in text["en"]
    assert "08 h 08 UTC, dans environ 7 minutes" in text["fr"]
    assert "08:08 UTC, примерно через 7 минут (" in text["ru"]
    assert "08:08（UTC），约7分钟后" in text["zh"]


def test_an_alert_after_the_arrival_says_that_it_is_late() -> None:
    text = said("alert", arrival=arrival(-150.0))

    assert "THIS ALERT IS LATE: arrival was expected at 07:58 UTC, 2 minutes ago" in text["en"]
    assert "2 минуты назад" in text["ru"]
    assert late(arrival(-1.0), NOW)
    assert not late(arrival(1.0), NOW)
    assert not late(arrival(-1.0, only_window=True), NOW)
    assert late(arrival(-41.0, only_window=True), NOW)


def test_where_only_a_window_is_known_no_single_time_is_told() -> None:
    for language, text in said("pre-alert", arrival=arrival(600.0, only_window=True)).items():
        assert len(re.findall(r"\d\d ?[:h] ?\d\d", text)) == 2, language


def test_a_false_alarm_says_so_when_it_was_sent_and_why() -> None:
    text = said(CANCEL, cause="MOON", issued_tai_ns=NOW - 600 * SECOND_NS)

    assert text["en"] == (
        "The missile alert issued at 07:50 UTC for: Sapporo and Aomori, was a false alarm. "
        "There was no danger. A radar took the Moon for a missile."
    )
    assert "fausse alerte" in text["fr"]
    assert "была ложной" in text["ru"]
    assert "误报" in text["zh"]


@pytest.mark.parametrize(
    ("count", "russian"),
    [(1, "минуту"), (2, "минуты"), (5, "минут"), (11, "минут"), (21, "минуту"), (112, "минут")],
)
def test_minutes_are_inflected(count: int, russian: str) -> None:
    assert minutes(count, "ru") == f"{count} {russian}"
    assert minutes(count, "en") == f"{count} minute{'s' if count > 1 else ''}"
    assert minutes(count, "zh") == f"{count}分钟"


@pytest.mark.parametrize(
    ("language", "two", "many"),
    [
        ("en", "A and B", "and 1 more"),
        ("fr", "A et B", "et 1 autre"),
        ("ru", "A и B", "и ещё 1"),
        ("zh", "A和B", "和另外1处"),
    ],
)
def test_names_are_joined_as_in_a_sentence_and_counted_beyond_twelve(
    language: str, two: str, many: str
) -> None:
    assert listed(["A", "B"], language) == two
    assert listed(["A"], language) == "A"
    assert listed([f"A{k}" for k in range(13)], language).endswith(many)


@given(
    kind=st.sampled_from(KINDS),
    left_s=st.none() | st.floats(-4_000.0, 4_000.0),
    window=st.booleans(),
    cause=st.sampled_from(sorted(CAUSES)),
)
def test_no_slot_is_left_open_and_no_text_is_empty(
    kind: str, left_s: float | None, window: bool, cause: str
) -> None:
    when = None if left_s is None else arrival(left_s, window)
    saying = Saying(
        kind=kind, areas=("A",), now_tai_ns=NOW, arrival=when, cause=cause, issued_tai_ns=NOW
    )

    for text in texts(saying):
        for part in (text.headline, text.description, text.instruction):
            assert part
            assert not set("{}") & set(part)
            assert "  " not in part


def test_the_cause_that_is_told_is_one_of_a_false_alarm() -> None:
    assert cause_of(("SINGLE_PHENOMENOLOGY", "GLINT", "NOT_SEEN_WHEN_DUE")) == "GLINT"
    assert cause_of(("SHORT_ARC",)) == ""
    assert all(code in CAUSES for code in FALSE_ALARM_CODES)


def test_a_time_of_day_is_of_utc_in_the_form_of_the_language() -> None:
    assert [clock(NOW, language) for language in LANGUAGES] == [
        "08:00 UTC",
        "08 h 00 UTC",
        "08:00 UTC",
        "08:00（UTC）",
    ]
