"""What the public is told of events: alerts, updates, all-clears and retractions."""

import math
from dataclasses import replace

import pytest

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.warning.alert import LATE, PUBLIC, RESTRICTED, Alert, Judged
from tocsin.warning.areas import AreaList, ExpectedImpact, circle
from tocsin.warning.civil import CLEARED, NONE, RETRACTED, CivilState, step
from tocsin.warning.compose import STALE_AREA, CivilSettings
from tocsin.warning.evidence import Spot
from tocsin.warning.growth import AT_ONCE
from tocsin.warning.ledger import Channel, Ledger
from tocsin.warning.ledger import step as deliver
from tocsin.warning.phrases import (
    ALERT,
    ALL_CLEAR,
    CANCEL,
    EXERCISE_TEXT,
    PRE_ALERT,
    UPDATE,
)

NOW = tai_from_utc("2026-03-01T08:00:00Z")
PLACES = {"sapporo": (43.06, 141.35), "aomori": (40.82, 140.75), "akita": (39.72, 140.10)}


def at(seconds: float) -> int:
    return NOW + round(seconds * SECOND_NS)


def town(name: str, latitude_deg: float, longitude_deg: float, region: str = "North") -> object:
    centre = (math.radians(latitude_deg), math.radians(longitude_deg))
    return replace(circle(name, name.title(), centre, 15e3), region=region)


LIST = AreaList(
    name="Testland",
    version="2026-01",
    as_of_tai_ns=tai_from_utc("2026-01-01T00:00:00Z"),
    areas=tuple(town(name, *place) for name, place in PLACES.items()),  # type: ignore[misc]
)
SETTINGS = CivilSettings(issuer="testland", areas=LIST)


def impact(
    place: str = "sapporo", in_s: float = 480.0, sigma_m: float = 3e3, east_deg: float = 0.0
) -> ExpectedImpact:
    latitude, longitude = PLACES[place]
    return ExpectedImpact(
        id=f"to {place}",
        spot=Spot(
            latitude_rad=math.radians(latitude),
            longitude_rad=math.radians(longitude + east_deg),
            east_m2=sigma_m**2,
            east_north_m2=0.0,
            north_m2=sigma_m**2,
        ),
        tai_ns=at(in_s),
        sigma_s=10.0,
    )


def judged(level: int = 4, *impacts: ExpectedImpact, **other: object) -> Judged:
    record = Judged(
        event="e1",
        revision=1,
        level=level,
        confidence=2,
        data_class="actual",
        impacts=impacts or (impact(),),
    )
    return replace(record, **other)


def run(
    *steps: tuple[float, list[Judged]], settings: CivilSettings = SETTINGS
) -> tuple[CivilState, list[list[Alert]]]:
    state, sent = CivilState(), []
    for seconds, events in steps:
        state, alerts = step(state, settings, events, at(seconds))
        sent.append(list(alerts))
    return state, sent


def kinds(sent: list[list[Alert]]) -> list[list[str]]:
    return [[each.kind for each in alerts] for alerts in sent]


def test_a4_is_an_alert_to_shelter_with_time_and_place() -> None:
    state, ((alert,),) = run((0.0, [judged()]))

    assert state.of("e1").civil == ALERT
    assert (alert.message_type, alert.status, alert.scope) == ("Alert", "Actual", PUBLIC)
    assert (alert.urgency, alert.severity, alert.certainty, alert.response) == (
        "Immediate",
        "Extreme",
        "Likely",
        "Shelter",
    )
    assert alert.onset_tai_ns == at(480.0)
    assert alert.expires_tai_ns == at(480.0 + 20.0 + 900.0)
    assert [area.name for area in alert.areas] == ["Sapporo"]
    assert "08:08 UTC, in about 8 minutes" in alert.texts[0].description
    assert alert.area_version == "2026-01"
    assert [text.language for text in alert.texts] == ["en", "fr", "ru", "zh"]


def test_with_high_confidence_it_is_observed() -> None:
    _, ((alert,),) = run((0.0, [judged(confidence=3)]))

    assert alert.certainty == "Observed"


@pytest.mark.parametrize("level", [0, 1, 2])
def test_up_to_a2_nobody_is_told(level: int) -> None:
    state, sent = run((0.0, [judged(level)]))

    assert sent == [[]]
    assert state.of("e1").civil == NONE


def test_a3_is_told_to_officials_only_and_names_no_place() -> None:
    _, ((alert,),) = run((0.0, [judged(3)]))

    assert (alert.kind, alert.scope, alert.certainty) == (PRE_ALERT, RESTRICTED, "Possible")
    assert [area.name for area in alert.areas] == ["North"]


def test_a_known_launch_that_threatens_nobody_is_not_told() -> None:
    _, sent = run((0.0, [judged(3, impact("sapporo", east_deg=15.0))]))

    assert sent == [[]]


def test_japan_2023_a_thin_track_gives_regions_and_a_window_and_no_town_or_time() -> None:
    wide = impact(sigma_m=150e3)
    state, ((alert,),) = run((0.0, [judged(4, wide)]))

    assert state.of("e1").civil == PRE_ALERT
    assert (alert.kind, alert.scope, alert.certainty, alert.urgency, alert.response) == (
        PRE_ALERT,
        PUBLIC,
        "Possible",
        "Expected",
        "Prepare",
    )
    text = alert.texts[0]
    assert "between 08:07 UTC and 08:09 UTC" in text.description
    assert not any(town in text.headline + text.description for town in ("Sapporo", "Aomori"))


def test_a_pre_alert_grows_into_an_alert_when_the_ellipse_is_narrow() -> None:
    state, sent = run((0.0, [judged(4, impact(sigma_m=150e3))]), (20.0, [judged()]))

    assert kinds(sent) == [[PRE_ALERT], [ALERT]]
    assert state.of("e1").civil == ALERT


def test_a_change_of_area_is_an_update_that_names_what_is_dropped() -> None:
    both = judged(4, impact(), impact("aomori"))
    _, sent = run((0.0, [both]), (10.0, [judged()]), (40.0, [judged()]), (80.0, [both]))

    assert kinds(sent) == [[ALERT], [], [UPDATE], [UPDATE]]
    first, dropped = sent[0][0], sent[2][0]
    assert dropped.message_type == "Update"
    assert dropped.references == ((first.id, first.issued_tai_ns),)
    assert "It no longer holds for: Aomori." in dropped.texts[0].description
    assert {area.name for area in sent[3][0].areas} == {"Sapporo", "Aomori"}


def test_a_new_area_is_told_at_once_and_a_small_shift_of_time_never() -> None:
    shifted = judged(4, impact(in_s=500.0))
    more = judged(4, impact(in_s=500.0), impact("aomori"))
    _, sent = run((0.0, [judged()]), (9.0, [shifted]), (10.0, [more]), (200.0, [more]))

    assert kinds(sent) == [[ALERT], [], [UPDATE], []]


def test_the_end_of_a_threat_is_an_update_and_all_clear() -> None:
    state, sent = run((0.0, [judged()]), (100.0, [judged(passed=True)]))
    (over,) = sent[1]

    assert (over.kind, over.message_type, over.response) == (ALL_CLEAR, "Update", "AllClear")
    assert over.retracts == ()
    assert over.references == ((sent[0][0].id, NOW),)
    assert over.texts[0].description.startswith("The missile was tracked past these areas.")
    assert state.of("e1").civil == CLEARED


def test_japan_2022_passed_is_never_said_without_a_track_past_the_line() -> None:
    gone = [(seconds, [judged()]) for seconds in range(0, 1500, 20)]
    state, sent = run(*gone)
    flat = [alert for alerts in sent for alert in alerts]

    assert [alert.kind for alert in flat] == [ALERT, ALL_CLEAR]
    assert flat[1].issued_tai_ns == at(1400.0)
    assert "expected time of arrival has passed" in flat[1].texts[0].description
    assert "tracked past" not in flat[1].texts[0].description
    assert state.of("e1").civil == CLEARED


def test_a_refit_that_threatens_nobody_clears_after_half_a_minute_and_not_before() -> None:
    away = judged(3, impact("sapporo", east_deg=15.0))
    _, sent = run((0.0, [judged()]), (10.0, [away]), (30.0, [away]), (41.0, [away]))

    assert kinds(sent) == [[ALERT], [], [], [ALL_CLEAR]]
    assert "not in danger" in sent[3][0].texts[0].description


def test_an_event_that_is_lost_from_view_keeps_its_alert() -> None:
    lost = judged(2, codes=("NOT_SEEN_WHEN_DUE",))
    state, sent = run((0.0, [judged()]), (60.0, [lost]), (120.0, [replace(lost, impacts=())]))

    assert kinds(sent) == [[ALERT], [], []]
    assert state.of("e1").civil == ALERT


def test_a_wrong_alert_is_a_cancel_and_a_fresh_update_with_false_alarm_and_why() -> None:
    wrong = judged(1, withdrawn=True, codes=("SINGLE_PHENOMENOLOGY", "MOON"))
    state, sent = run((0.0, [judged()]), (100.0, [wrong]), (110.0, [wrong]))
    cancel, fresh = sent[1]

    assert [cancel.message_type, fresh.message_type] == ["Cancel", "Update"]
    assert cancel.kind == fresh.kind == CANCEL
    assert cancel.retracts == fresh.retracts == (sent[0][0].id,)
    assert fresh.response == "AllClear"
    assert fresh.texts[0].headline.startswith("FALSE ALARM")
    assert "A radar took the Moon for a missile." in fresh.texts[0].description
    assert state.of("e1").civil == RETRACTED
    assert sent[2] == []


def test_all_clear_waits_for_areas_that_another_event_still_threatens() -> None:
    other = judged(4, impact(), impact("aomori"), event="e2")
    one = judged()
    state, sent = run(
        (0.0, [one, other]),
        (60.0, [replace(one, passed=True), other]),
        (90.0, [replace(one, passed=True), replace(other, passed=True)]),
    )

    assert kinds(sent) == [[ALERT, ALERT], [], [ALL_CLEAR]]
    assert {area.name for area in sent[2][0].areas} == {"Sapporo", "Aomori"}
    assert state.of("e1").civil == CLEARED


def test_a_retraction_says_where_another_alert_still_holds() -> None:
    other = judged(4, impact(), event="e2")
    _, sent = run((0.0, [judged(), other]), (60.0, [judged(1, withdrawn=True), other]))

    for alert in sent[1]:
        assert "ANOTHER ALERT IS STILL IN FORCE in: Sapporo" in alert.texts[0].description


def test_japan_2022_an_alert_after_the_predicted_arrival_is_marked_late() -> None:
    _, ((alert,),) = run((500.5, [judged()]))

    assert alert.marks == (LATE,)
    assert "THIS ALERT IS LATE" in alert.texts[0].description
    _, ((early,),) = run((479.0, [judged()]))
    assert early.marks == ()


def test_long_after_the_arrival_no_alert_goes_out_any_more() -> None:
    _, sent = run((480.0 + 20.0 + 900.0, [judged()]))

    assert sent == [[]]


def test_japan_2022_a_stale_list_of_areas_names_nobody_and_says_so() -> None:
    old = replace(SETTINGS, geometry_tai_ns=tai_from_utc("2026-02-01T00:00:00Z"))
    state, ((alert,),) = run((0.0, [judged()]), settings=old)

    assert (alert.kind, alert.certainty, alert.scope) == (PRE_ALERT, "Possible", PUBLIC)
    assert [(area.name, area.polygons) for area in alert.areas] == [("Testland", ())]
    assert alert.marks == (STALE_AREA,)
    assert state.notes[0].startswith("STALE_AREA: area list 'Testland', version 2026-01")


def test_israel_2023_one_unverified_source_cannot_grow_an_alert_over_the_country() -> None:
    names = [f"t{k:02d}" for k in range(20)]
    grid = {name: (35.0 + 0.5 * (k // 5), 35.0 + 0.5 * (k % 5)) for k, name in enumerate(names)}
    areas = replace(LIST, areas=tuple(town(name, *grid[name]) for name in names))  # type: ignore[misc]
    settings = replace(SETTINGS, areas=areas)
    spots = [
        replace(
            impact(),
            id=name,
            spot=replace(
                impact().spot, latitude_rad=math.radians(lat), longitude_rad=math.radians(lon)
            ),
        )
        for name, (lat, lon) in grid.items()
    ]
    event = judged(4, *spots, verified=False)

    state, sent = run((0.0, [event]), (31.0, [event]), settings=settings)

    assert [len(alerts[0].areas) for alerts in sent] == [AT_ONCE, AT_ONCE + 1]
    assert "15 more areas held back" in state.notes[0]
    _, both = run((0.0, [replace(event, verified=True)]), settings=settings)
    assert len(both[0][0].areas) == 20


def test_an_exercise_event_is_told_to_players_as_an_exercise_and_blocks_nothing() -> None:
    play = judged(event="x1", data_class="exercise")
    state, sent = run((0.0, [play, judged()]), (60.0, [replace(play, passed=True), judged()]))

    assert kinds(sent) == [[EXERCISE_TEXT, ALERT], [EXERCISE_TEXT]]
    for alert in (sent[0][0], sent[1][0]):
        assert (alert.status, alert.scope, alert.response) == ("Exercise", RESTRICTED, "None")
    assert sent[1][0].message_type == "Update"
    assert state.of("e1").civil == ALERT


def test_an_event_that_is_forgotten_still_gets_its_all_clear() -> None:
    _, sent = run((0.0, [judged()]), (1399.0, []), (1400.0, []))

    assert kinds(sent) == [[ALERT], [], [ALL_CLEAR]]


def test_identifiers_are_never_used_twice_and_bear_no_forbidden_character() -> None:
    odd = judged(event="a b,c<&")
    _, sent = run((0.0, [odd, judged()]), (60.0, [replace(odd, withdrawn=True), judged()]))
    ids = [alert.id for alerts in sent for alert in alerts]

    assert len(set(ids)) == len(ids) == 4
    assert ids[0] == "testland.a_b_c__.1"


def test_the_retraction_reaches_the_ledger_in_the_same_step() -> None:
    ledger = Ledger(channels=(Channel(id="sirens"), Channel(id="phones")))
    state = CivilState()
    channels: list[set[str]] = []
    for seconds, event in ((0.0, judged()), (50.0, judged(1, withdrawn=True))):
        state, alerts = step(state, SETTINGS, [event], at(seconds))
        ledger, messages = deliver(ledger, alerts, [], at(seconds))
        channels.append({each.channel for each in messages})

    assert channels == [{"sirens", "phones"}, {"sirens", "phones"}]


def test_the_same_steps_give_the_same_alerts() -> None:
    steps = [(0.0, [judged()]), (60.0, [judged(4, impact(), impact("aomori"))])]

    assert run(*steps) == run(*steps)
