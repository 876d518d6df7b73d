"""From what is seen to a level: the ladder, what bars it, and how an event ends."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS
from tocsin.warning.assess import step
from tocsin.warning.events import FAULT, Event
from tocsin.warning.evidence import (
    Facts,
    Feed,
    Notice,
    PartnerEvent,
    Refusal,
    Silence,
    SiteReport,
    Summary,
)
from tocsin.warning.levels import CONFIRMED, HIGH, LOW, NONE, POSSIBLE, REPORTED, THREAT, WITHDRAWN

WORLD: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("judging.py")))
SOURCES, T0 = WORLD["SOURCES"], WORLD["T0"]
facts, judge, seen, spot = (WORLD[name] for name in ("facts", "judge", "seen", "spot"))
NOW = T0 + 301 * SECOND_NS


def only(known: Facts, now_tai_ns: int = NOW) -> Event:
    """Judge once and give the one event."""
    (event,) = step(judge(), known, now_tai_ns).events
    return event


@pytest.mark.parametrize(
    ("sensors", "level"),
    [
        (("eye",), POSSIBLE),
        (("dish",), POSSIBLE),
        (("eye", "dish"), THREAT),
        (("dish", "dish-3"), THREAT),
        (("dish", "dish-2"), POSSIBLE),  # one relay carries both
        (("ally:radar", "ally:infrared"), POSSIBLE),  # a partner's word alone
        (("ally:radar", "eye"), THREAT),
    ],
)
def test_a_level_needs_independent_sources(sensors: tuple[str, ...], level: int) -> None:
    assert only(facts(seen("own:1", *sensors))).level == level


def test_a_trusted_partner_alone_may_confirm() -> None:
    known = facts(seen("ally:1", "ally:radar", "ally:infrared"))
    assert step(judge(ally=0.9), known, NOW).level == THREAT
    assert step(judge(ally=0.7), known, NOW).level == POSSIBLE


def test_what_misses_every_defended_area_is_no_threat() -> None:
    event = only(facts(seen("own:1", "eye", "dish", impact=spot(0.0, 0.0))))
    assert event.level == CONFIRMED
    assert event.has("NOT_THREAT")


def test_a_wide_ellipse_names_no_place() -> None:
    event = only(facts(seen("own:1", "eye", "dish", impact=spot(50.0, 30.0, 300_000.0))))
    assert event.level == CONFIRMED
    assert event.has("SHORT_ARC")


def test_sensors_on_probation_confirm_nothing() -> None:
    sources = tuple(replace(each, probation=each.id == "eye") for each in SOURCES)
    assert only(facts(seen("own:1", "eye", "dish"), sources=sources)).level == POSSIBLE


def test_jammed_sensors_confirm_nothing_among_themselves_but_a_sensor_that_is_not_jammed() -> None:
    one = tuple(replace(each, jammed=each.id == "dish") for each in SOURCES)
    every = tuple(replace(each, jammed=True) for each in SOURCES)
    both = seen("own:1", "eye", "dish")
    assert only(facts(both, sources=every)).level == POSSIBLE
    assert only(facts(both, sources=one)).level > POSSIBLE


def test_plots_without_noise_are_never_confirmed() -> None:
    assert only(facts(seen("own:1", "eye", "dish", residual=0.001, plots=60))).level == POSSIBLE


def test_a_catalogued_object_makes_no_event() -> None:
    assert step(judge(), facts(seen("own:1", "dish", catalogued="object 5")), NOW).events == ()


def test_what_turns_out_to_be_catalogued_is_withdrawn() -> None:
    state = step(judge(), facts(seen("own:1", "dish")), NOW)
    known = facts(seen("own:1", "dish", catalogued="object 5"))
    (event,) = step(state, known, NOW + 5 * SECOND_NS).events
    assert event.level == REPORTED
    assert event.state == WITHDRAWN


def test_a_plume_that_does_not_move_is_not_confirmed_by_two_satellites() -> None:
    known = facts(seen("own:1", "eye", "eye-2", drift_m=2_000.0, burning=True, impact=None))
    event = only(known)
    assert event.level == POSSIBLE
    assert event.confidence < LOW or event.has("STILL")


def test_silence_when_due_bars_and_silence_before_does_not() -> None:
    late = NOW + 120 * SECOND_NS
    sighting = seen("own:1", "dish", "dish-3")
    quiet = Silence(sighting="own:1", sensor="eye", looks=5, chance=0.2, last_tai_ns=late)
    assert only(facts(sighting, silences=(quiet,)), late).level == THREAT
    loud = replace(quiet, chance=0.001)
    assert only(facts(sighting, silences=(loud,)), late).level == POSSIBLE


def test_a_third_sensors_silence_says_nothing_while_two_hold_it() -> None:
    loud = Silence(sighting="own:1", sensor="dish-3", looks=9, chance=1e-5, last_tai_ns=NOW)
    assert only(facts(seen("own:1", "eye", "dish"), silences=(loud,))).level == THREAT


def test_an_event_is_over_a_minute_after_its_impact_and_stays_over() -> None:
    state = step(judge(), facts(seen("own:1", "eye", "dish")), NOW)
    after = step(state, facts(), T0 + 980 * SECOND_NS)
    (event,) = after.events
    assert event.closed
    assert event.has("IMPACT_TIME_PASSED")
    assert event.level_max == THREAT
    again = step(after, facts(seen("own:1", "eye", "dish")), T0 + 990 * SECOND_NS)
    assert len(again.events) == 1


def test_one_missile_seen_by_two_kinds_in_two_tracks_is_one_event() -> None:
    event = only(facts(seen("own:1", "eye"), seen("own:2", "dish", launch=spot(20.1, 60.1))))
    assert event.level == THREAT


def test_two_missiles_of_one_pad_that_one_sensor_sees_are_two_events() -> None:
    state = step(judge(), facts(seen("own:1", "dish"), seen("own:2", "dish")), NOW)
    assert len(state.events) == 2


def test_two_weak_events_in_two_places_are_two() -> None:
    far = seen("own:2", "dish", launch=spot(-20.0, 60.0), launch_tai_ns=T0 + 5 * SECOND_NS)
    state = step(judge(), facts(seen("own:1", "eye"), far), NOW)
    assert [event.level for event in state.events] == [POSSIBLE, POSSIBLE]


def test_a_partners_event_confirms_ours_and_alone_is_possible() -> None:
    told = PartnerEvent(
        id="ally:e1",
        origin="ally",
        level=3,
        withdrawn=False,
        launch_tai_ns=T0 + 20 * SECOND_NS,
        launch=spot(20.2, 60.0, 12_000.0),
        tai_ns=NOW,
    )
    assert only(facts(partner_events=(told,))).level == POSSIBLE
    assert only(facts(seen("own:1", "dish"), partner_events=(told,))).level == THREAT
    gone = replace(told, withdrawn=True)
    assert only(facts(seen("own:1", "dish"), partner_events=(gone,))).level == POSSIBLE


def notice(direction_deg: float) -> Notice:
    """Give a notice of the launch of `seen` on some direction."""
    return Notice(
        id="n-1",
        origin="ally",
        kind="ballistic",
        window_tai_ns=(T0 - 600 * SECOND_NS, T0 + 600 * SECOND_NS),
        latitude_rad=spot(20.0, 60.0).latitude_rad,
        longitude_rad=spot(20.0, 60.0).longitude_rad,
        radius_m=50_000.0,
        direction_rad=direction_deg * 0.017453292519943295,
        direction_slack_rad=0.1,
    )


def test_a_notice_clears_only_what_fits_it_in_direction_too() -> None:
    sighting = seen("own:1", "eye", "dish")
    fits = only(facts(sighting, notices=(notice(330.0),)))
    assert (fits.level, fits.notice) == (CONFIRMED, "n-1")
    assert only(facts(sighting, notices=(notice(90.0),))).level == THREAT


@pytest.mark.parametrize(
    "known",
    [
        Facts(silent_feeds=(Feed(id="dish", group="relay", since_tai_ns=T0),)),
        Facts(refusals=(Refusal(sender="ally", reason="unsigned", count=3, tai_ns=NOW),)),
        Facts(site_reports=(SiteReport(sensor="dish", valid=True, confidence="high", tai_ns=NOW),)),
        Facts(
            summaries=(
                Summary(
                    feed="hub",
                    link="a",
                    count=2_200,
                    signed=True,
                    whole=True,
                    identities=("own:7",),
                    tai_ns=NOW,
                ),
            )
        ),
    ],
)
def test_faults_counts_and_words_never_go_above_a1(known: Facts) -> None:
    event = only(known)
    assert event.kind == FAULT
    assert event.level == REPORTED
    assert event.confidence == NONE


def test_feeds_lost_together_name_what_they_share() -> None:
    feeds = tuple(Feed(id=name, group="relay", since_tai_ns=T0) for name in ("dish", "dish-2"))
    event = only(Facts(silent_feeds=feeds))
    assert event.has("COMMON_CAUSE")
    assert "relay" in event.reasons[1].sentence


def test_a_count_that_the_sensors_show_too_is_no_event() -> None:
    count = Summary(
        feed="hub", link="a", count=1, signed=True, whole=True, identities=("own:1",), tai_ns=NOW
    )
    state = step(judge(), facts(seen("own:1", "dish"), summaries=(count,)), NOW)
    assert [event.kind for event in state.events] == ["launch"]


sensors = st.sets(
    st.sampled_from(["eye", "eye-2", "dish", "dish-2", "dish-3", "ally:radar"]), min_size=1
)


@given(fed=sensors, lost=st.data())
def test_taking_a_sensor_away_never_raises_level_or_confidence(
    fed: set[str], lost: st.DataObject
) -> None:
    gone = lost.draw(st.sampled_from(sorted(fed)))
    whole = only(facts(seen("own:1", *fed)))
    if len(fed) > 1:
        less = only(facts(seen("own:1", *(fed - {gone}))))
        assert less.level <= whole.level
        assert less.confidence <= whole.confidence


@given(order=st.permutations(range(3)))
def test_the_order_of_sightings_changes_no_level(order: list[int]) -> None:
    three = [
        seen("own:1", "eye"),
        seen("own:2", "dish"),
        seen("own:3", "dish-3", launch=spot(-30.0, 80.0)),
    ]
    state = step(judge(), facts(*(three[k] for k in order)), NOW)
    assert sorted(event.level for event in state.events) == [POSSIBLE, THREAT]


def test_two_kinds_and_a_good_fit_give_high_confidence() -> None:
    assert only(facts(seen("own:1", "eye", "dish"))).confidence == HIGH
