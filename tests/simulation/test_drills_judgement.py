"""Drills of Sun, notices, alerts, thin tracks and decays; each check is missed by one of them."""

from collections.abc import Callable

import pytest

from tocsin.simulation import (
    drills_alerts,
    drills_notices,
    drills_orbits,
    drills_sun,
    drills_tracks,
)
from tocsin.simulation.drills import Case, Drill, Outcome, Variant, run_case
from tocsin.warning.checks import ALL_CHECKS

DRILLS = (
    *drills_sun.DRILLS,
    *drills_notices.DRILLS,
    *drills_alerts.DRILLS,
    *drills_tracks.DRILLS,
    *drills_orbits.DRILLS,
)
QUICK = Variant(name="quick", step_s=10.0)
"""Ten seconds a turn: what a centre sees of a case that goes by ten times as fast."""
AGAIN = Variant(name="again", step_s=10.0, again=True)


def name_of(drill: Drill) -> str:
    return f"{drill.id}-{drill.kind}-{drill.make.__name__}"


def told(outcome: Outcome) -> str:
    return f"{outcome.case} {outcome.kind}: {'; '.join(outcome.why_not)}"


@pytest.mark.parametrize("drill", DRILLS, ids=name_of)
def test_a_case_of_the_record_comes_out_as_it_must(drill: Drill) -> None:
    outcome = run_case(drill.make(), QUICK)

    assert outcome.as_expected, told(outcome)


MISSED = (
    ("C7", drills_notices.sounding_rocket_radars_alone, QUICK),
    ("C8", drills_tracks.thin_track, QUICK),
    ("C9", drills_sun.shared_ground, QUICK),
    ("C10", drills_sun.shared_ground, QUICK),
    ("C12", drills_orbits.decaying_body, QUICK),
    ("C13", drills_notices.sounding_rocket_without_apogee, QUICK),
    ("C14", drills_notices.sounding_rocket_radars_alone, QUICK),
    ("C15", drills_tracks.thin_track, QUICK),
    ("C16", drills_alerts.drill_sent_live, QUICK),
    ("C17", drills_alerts.forced_and_taken_back, QUICK),
    ("C18", drills_alerts.areas_that_grow, QUICK),
    ("C18", drills_tracks.stale_areas, QUICK),
    ("C19", drills_notices.sounding_rocket_radars_alone, AGAIN),
    ("C20", drills_sun.five_suns_and_others_silent, QUICK),
)


@pytest.mark.parametrize(
    ("check", "make", "variant"),
    MISSED,
    ids=[f"{check}-{make.__name__}" for check, make, _ in MISSED],
)
def test_with_a_check_switched_off_a_case_comes_out_wrong(
    check: str, make: Callable[[], Case], variant: Variant
) -> None:
    outcome = run_case(make(), variant, ALL_CHECKS - {check})

    assert not outcome.as_expected


def test_a_case_replayed_from_its_log_gives_the_same_bytes() -> None:
    outcome = run_case(drills_notices.sounding_rocket_radars_alone(), AGAIN)

    assert outcome.as_expected, told(outcome)


def test_without_its_healthy_sensor_a_case_comes_out_the_same() -> None:
    fewer = Variant(name="fewer", step_s=10.0, fewer=True)

    outcome = run_case(drills_alerts.threat_in_a_drill(), fewer)

    assert outcome.as_expected, told(outcome)
