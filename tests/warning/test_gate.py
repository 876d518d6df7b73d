"""The release gate: an event at A4, or two different persons, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import AlertError
from tocsin.warning.alert import DRILL, LIVE, MODES, ORDER_KINDS, TRIAL, Judged, Order
from tocsin.warning.gate import REFUSED, persons_of, release, release_event, stands
from tocsin.warning.levels import DATA_CLASSES
from tocsin.warning.phrases import ALERT, CANCEL

TWO = ("A. Mori", "B. Lane")


def judged(level: int = 4, data_class: str = "actual", withdrawn: bool = False) -> Judged:
    return Judged(
        event="e1",
        revision=3,
        level=level,
        confidence=2,
        data_class=data_class,
        withdrawn=withdrawn,
    )


def order(kind: str = ALERT, persons: tuple[str, ...] = ("A. Mori",), **other: str) -> Order:
    return Order(id="o1", kind=kind, persons=persons, **other)


def test_hawaii_a_live_template_in_a_drill_without_an_event_is_refused() -> None:
    verdict = release(order(mode=DRILL, template=LIVE), None)

    assert not verdict.released
    assert verdict.code == REFUSED == "RELEASE_REFUSED"
    assert verdict.sentence == (
        "no warning event; mode is exercise; it needs an event at A4 or two different persons"
    )


def test_hawaiis_true_twin_a_drill_does_not_hold_back_a_real_alert() -> None:
    verdict = release(order(mode=DRILL, template=LIVE, event="e1"), judged())

    assert verdict.released
    assert verdict.data_class == "actual"
    assert release_event(judged()).data_class == "actual"


def test_two_different_persons_may_force_an_alert_and_one_twice_may_not() -> None:
    assert release(order(persons=TWO, mode=DRILL), None).released
    assert not release(order(persons=("A. Mori", " a.  MORI "), mode=DRILL), None).released
    assert not release(order(persons=("A. Mori", "")), None).released
    assert persons_of(order(persons=("A. Mori", "a. mori", "B. Lane"))) == TWO


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_an_event_below_a4_releases_nothing_of_itself(level: int) -> None:
    assert not release_event(judged(level)).released
    assert not release(order(event="e1"), judged(level)).released


def test_a_withdrawn_event_releases_nothing() -> None:
    assert not release_event(judged(withdrawn=True)).released
    assert "is withdrawn" in release(order(event="e1"), judged(withdrawn=True)).sentence


@given(
    level=st.integers(0, 4),
    data_class=st.sampled_from(["exercise", "test"]),
    mode=st.sampled_from(MODES),
    persons=st.lists(st.sampled_from(["a", "A ", ""]), max_size=3),
)
def test_an_exercise_or_a_test_never_releases_an_actual_alert(
    level: int, data_class: str, mode: str, persons: list[str]
) -> None:
    event = judged(level, data_class)

    assert release_event(event).data_class == data_class
    assert not stands(event)
    asked = Order(id="o", kind=ALERT, event="e1", persons=tuple(persons), mode=mode)
    assert not release(asked, event).released


@given(
    kind=st.sampled_from(ORDER_KINDS),
    template=st.sampled_from([DRILL, TRIAL]),
    mode=st.sampled_from(MODES),
    persons=st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
)
def test_an_exercise_template_never_goes_out_as_actual(
    kind: str, template: str, mode: str, persons: list[str]
) -> None:
    asked = Order(
        id="o", kind=kind, event="e1", persons=tuple(persons), mode=mode, template=template
    )

    assert release(asked, judged()).data_class in set(DATA_CLASSES) - {"actual"}


def test_one_person_may_say_that_an_alert_was_wrong_but_not_of_an_event_that_stands() -> None:
    assert release(order(CANCEL), None).released
    assert release(order(CANCEL, event="e1"), judged(2)).released
    assert not release(order(CANCEL, event="e1"), judged()).released
    assert release(order(CANCEL, persons=TWO, event="e1"), judged()).released
    assert not release(order(CANCEL, persons=()), None).released


def test_what_no_console_sends_is_refused() -> None:
    with pytest.raises(AlertError, match="kinds are alert, cancel, all-clear"):
        order("launch")
    with pytest.raises(AlertError, match="data classes actual, exercise, test"):
        judged(data_class="real")
