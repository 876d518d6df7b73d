"""Drills of the Moon, lines, tape, exercise and counts; each check is missed by one of them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from tocsin.simulation import (
    drills_counts,
    drills_exercise,
    drills_lines,
    drills_moon,
    drills_tape,
)
from tocsin.simulation.drills import (
    CALM,
    FALSE_ALARM,
    FAST,
    FEWER,
    LATE,
    TWIN,
    Case,
    Drill,
    Outcome,
    Variant,
    run_all,
    run_case,
)
from tocsin.simulation.drills_list import DRILLS as ALL
from tocsin.warning.checks import ALL_CHECKS

DRILLS = (
    *drills_moon.DRILLS,
    *drills_lines.DRILLS,
    *drills_tape.DRILLS,
    *drills_exercise.DRILLS,
    *drills_counts.DRILLS,
)
QUICK = Variant(name="quick", step_s=10.0)
"""Ten seconds a turn: what a centre sees of a case that goes by ten times as fast."""


def name_of(drill: Drill) -> str:
    return f"{drill.id}-{drill.kind}"


def told(outcome: Outcome) -> str:
    return f"{outcome.case} {outcome.kind}: {'; '.join(outcome.why_not)}"


@cache
def made(make: Callable[[], Case]) -> Case:
    return make()


# ---- the cases ----


@pytest.mark.parametrize("drill", DRILLS, ids=name_of)
def test_a_case_of_the_record_comes_out_as_it_must(drill: Drill) -> None:
    outcome = run_case(made(drill.make), QUICK)

    assert outcome.as_expected, told(outcome)


CHEAP = (drills_moon.moonrise, drills_lines.lines_lost, drills_counts.zeros_to_twos)


@pytest.mark.parametrize("variant", [CALM, LATE, FEWER, FAST], ids=lambda each: str(each.name))
@pytest.mark.parametrize("make", CHEAP, ids=lambda each: str(each.__name__))
def test_it_does_in_every_variant(make: Callable[[], Case], variant: Variant) -> None:
    outcome = run_case(made(make), variant)

    assert outcome.as_expected, told(outcome)


def test_the_moon_is_judged_within_two_looks_and_takes_no_plot_of_a_missile() -> None:
    outcome = run_case(drills_moon.moonrise(), CALM)

    assert outcome.judged_after_s is not None
    assert outcome.judged_after_s <= 20.0
    assert "ephemeris at thule" in outcome.sentence


# ---- each check is needed ----

MISSED = (
    ("C2", drills_exercise.raid_with_unsigned_counts),
    ("C4", drills_counts.without_names),
    ("C5", drills_counts.spoilt_on_the_way),
    ("C6", drills_counts.one_link_alone),
    ("C7", drills_lines.lines_lost),
    ("C8", drills_lines.lines_lost_in_a_raid),
    ("C9", drills_moon.moonrise),
    ("C11", drills_moon.moonrise),
)


@pytest.mark.parametrize(("check", "make"), MISSED, ids=lambda each: str(each)[:3])
def test_with_a_check_switched_off_a_case_comes_out_wrong(
    check: str, make: Callable[[], Case]
) -> None:
    outcome = run_case(made(make), QUICK, ALL_CHECKS - {check})

    assert not outcome.as_expected


def test_without_the_sensors_reports_a_count_with_names_would_pass_for_a_launch() -> None:
    outcome = run_case(drills_counts.made_up_tracks(), QUICK, ALL_CHECKS - {"C3"})

    assert outcome.level_reached > outcome.level_expected


def test_without_data_classes_an_exercise_would_be_told_as_a_threat() -> None:
    case = replace(drills_exercise.exercise_shown_live(), also=())

    outcome = run_case(case, QUICK, ALL_CHECKS - {"C1"})

    assert outcome.level_reached == 4


# ---- what a run says ----


def test_a_wrong_expectation_is_told_with_what_came_instead() -> None:
    case = replace(
        drills_counts.made_up_tracks(),
        level_expected=2,
        reasons=("MOON",),
        not_reasons=("SUMMARY",),
        judged_within_s=-60.0,
        launches_expected=3,
        alerted=True,
    )

    outcome = run_case(case, QUICK)

    assert not outcome.as_expected
    assert outcome.why_not[:3] == (
        "reached A1, expected A2",
        "no reason MOON",
        "reason SUMMARY given",
    )
    assert outcome.why_not[-2:] == ("0 launches, expected 3", "no alert went out")


def test_a_log_that_records_nothing_is_found_out() -> None:
    outcome = run_case(drills_counts.made_up_tracks(), FAST, ALL_CHECKS - {"C19"})

    assert outcome.why_not == ("sac: its log does not give its decisions again",)


def test_cases_run_side_by_side_come_out_as_one_after_the_other() -> None:
    some = [each for each in DRILLS if each.id in ("R5b", "R5c")]
    seen: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        seen.append((done, total))

    together = run_all(some, (CALM, FEWER), workers=2, progress=report)

    assert together == run_all(some, (CALM, FEWER))
    assert seen == [(1, 2), (2, 2)]
    assert [each.variant for each in together] == ["calm", "fewer", "calm"]


def number_of(drill: Drill) -> str:
    """Give what a false alarm and its twin share: R5 of R5a; R10d of R10d."""
    return drill.id if drill.id.startswith("R10") else drill.id.rstrip("abcdefgh")


def test_every_false_alarm_has_a_true_twin_of_its_number() -> None:
    twins = {number_of(each) for each in ALL if each.kind == TWIN}

    assert {number_of(each) for each in ALL if each.kind == FALSE_ALARM} <= twins


def test_the_list_of_drills_says_what_the_cases_are() -> None:
    for each in DRILLS:
        case = made(each.make)
        assert (case.id, case.kind) == (each.id, each.kind)
