"""The roster: each partner's sensors as the models need them, in every variant, or why not."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tocsin.catalog.entries import Alternative
from tocsin.catalog.load import Catalog, load_catalog
from tocsin.errors import ScenarioError
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.simulation.read import builtin_names, load_scenario
from tocsin.simulation.roster import Member, Roster, roster
from tocsin.simulation.scenario import InlineSensor, LaunchPlan, Partner, Scenario

DAY = date(2024, 7, 5)
RADAR: dict[str, Any] = {
    "id": "own",
    "name": "Own",
    "kind": "radar",
    "latitude_deg": 10.0,
    "longitude_deg": 200.0,
    "sectors_deg": ((90.0, 180.0),),
    "elevation_min_deg": 5.0,
    "elevation_max_deg": 60.0,
    "range_km": 1234.0,
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def fielded(catalog: Catalog, day: date = DAY, **partner: Any) -> Roster:
    launch = LaunchPlan(
        name="one",
        vehicle="slbm",
        from_latitude_deg=0.0,
        from_longitude_deg=0.0,
        azimuth_deg=0.0,
        range_km=5000.0,
    )
    scenario = Scenario(
        name="s",
        title="S",
        question="S?",
        start_tai_ns=0,
        duration_s=60.0,
        seed=1,
        as_of=day,
        partners=(Partner(id="p", name="P", **partner),),
        launches=(launch,),
    )
    return roster(scenario, catalog)


def only(catalog: Catalog, day: date = DAY, **partner: Any) -> Member:
    (member,) = fielded(catalog, day, **partner).members
    return member


def test_a_catalogue_radar_comes_as_the_catalogue_gives_it(catalog: Catalog) -> None:
    entry = catalog.radars["rus-barnaul-voronezh-dm"]
    member = only(catalog, sensors=(entry.id,))
    assert (member.partner, member.id, member.name) == ("p", entry.id, entry.name)
    assert member.kind == "radar"
    assert member.entry is entry
    for variant in ("low", "nominal", "high"):
        assert getattr(member, variant) == catalog.radar_at(entry, variant)


def test_the_least_capable_is_never_more_capable_than_the_most(catalog: Catalog) -> None:
    for name in builtin_names():
        for member in roster(load_scenario(name, catalog), catalog).members:
            ladder = [member.low, member.nominal, member.high]
            present = [each for each in ladder if each is not None]
            assert ladder[3 - len(present) :] == present, member.id  # absent before present
            ranges = [each.range_max_m for each in present if isinstance(each, Radar)]
            assert ranges == sorted(ranges), member.id


def test_an_alternative_moves_one_value_and_leaves_the_rest(catalog: Catalog) -> None:
    member = only(catalog, sensors=("rus-barnaul-voronezh-dm",))
    assert isinstance(member.nominal, Radar)
    labels = dict(member.alternatives)
    assert "range_max 3700 km" in labels
    for label, sensor in labels.items():
        assert label.startswith("range_max ")
        assert isinstance(sensor, Radar)
        assert sensor.range_max_m == float(label.split()[1]) * 1000.0 != member.nominal.range_max_m
        assert replace(sensor, range_max_m=member.nominal.range_max_m) == member.nominal


def test_a_claim_that_does_not_count_or_says_the_same_is_no_alternative(catalog: Catalog) -> None:
    entry = catalog.radars["rus-barnaul-voronezh-dm"]
    range_max = replace(
        entry.values["range_max"],
        value=6000,
        alternatives=(
            Alternative(value=3000),
            Alternative(value=6000),
            Alternative(value=9000, counts=False),
        ),
    )
    changed = replace(entry, values={**entry.values, "range_max": range_max})
    other = replace(catalog, radars={**catalog.radars, entry.id: changed})
    labels = [label for label, _ in only(other, sensors=(entry.id,)).alternatives]
    assert labels == ["range_max 3000 km"]


def test_a_sensor_whose_presence_is_disputed_may_be_absent(catalog: Catalog) -> None:
    member = only(catalog, sensors=("rus-armavir-voronezh-dm-2",))
    assert member.low is None
    assert member.nominal is not None
    assert ("not in service", None) in member.alternatives
    assert "drone" in member.note


def test_a_doubtful_sensor_is_there_at_its_most_capable_only(catalog: Catalog) -> None:
    member = only(catalog, sensors=("rus-olenegorsk-voronezh-vp",))
    assert (member.low, member.nominal) == (None, None)
    assert member.high is not None
    ((label, sensor),) = member.alternatives
    assert label == "in service"
    assert sensor == catalog.radar_at(catalog.radars[member.id])


def test_a_sensor_counts_from_the_day_it_was_there(catalog: Catalog) -> None:
    early = fielded(catalog, date(2000, 1, 1), sensors=("rus-barnaul-voronezh-dm",))
    assert not early.members
    assert early.left_out[0].reason.startswith("not in service on 2000-01-01: ")


def test_a_pattern_picks_every_sensor_once_and_passes_over_what_is_for_context(
    catalog: Catalog,
) -> None:
    found = fielded(catalog, sensors=("chn-linan-lpar", "chn-*"))
    ids = [each.id for each in (*found.members, *found.left_out)]
    expected = [each for each in (*catalog.radars, *catalog.satellites) if each.startswith("chn-")]
    assert sorted(ids) == sorted(expected)
    assert found.members[0].id == "chn-linan-lpar"
    reasons = {each.id: each.reason for each in found.left_out}
    assert reasons["chn-huian-lpar"] == "no coordinates, no sector published"
    assert reasons["chn-tjs-1"] == "context only; name its id to use it"
    assert reasons["chn-xuanhua-7010"].startswith("not in service on 2024-07-05: ")


def test_naming_its_id_uses_a_sensor_that_is_for_context(catalog: Catalog) -> None:
    assert only(catalog, sensors=("chn-tjs-1",)).kind == "infrared"
    assert "chn-tjs-1" in {
        each.id for each in fielded(catalog, sensors=("chn-*", "chn-tjs-1")).members
    }


def test_a_left_out_sensor_says_why_in_one_sentence(catalog: Catalog) -> None:
    (left,) = fielded(catalog, sensors=("chn-yunnan-lpar",)).left_out
    assert left.sentence() == ("Yunnan LPAR (chn-yunnan-lpar): no coordinates, no sector published")


def test_a_radar_placed_by_hand_has_its_own_numbers_and_the_catalogue_s_defaults(
    catalog: Catalog,
) -> None:
    member = only(catalog, inline=(InlineSensor(**RADAR, altitude_m=100.0, note="Made up."),))
    radar = member.nominal
    assert isinstance(radar, Radar)
    assert member.low == radar == member.high
    assert member.alternatives == ()
    assert member.note == "Made up."
    assert (radar.latitude_rad, radar.longitude_rad) == (math.radians(10.0), math.radians(200.0))
    assert radar.altitude_m == 100.0
    assert radar.sectors_rad == ((math.radians(90.0), math.radians(180.0)),)
    assert radar.elevation_min_rad == math.radians(5.0)
    assert radar.elevation_max_rad == math.radians(60.0)
    assert radar.range_max_m == 1_234_000.0
    assumed = next(
        entry for entry in catalog.radars.values() if entry.values["revisit"].origin == "default"
    )
    assert radar.revisit_s == assumed.values["revisit"].value


def test_a_copy_keeps_what_is_not_given_and_is_there_whatever_became_of_its_model(
    catalog: Catalog,
) -> None:
    sensor = InlineSensor(
        id="copy",
        name="Copy",
        kind="radar",
        like="rus-armavir-voronezh-dm-2",
        latitude_deg=24.0,
        longitude_deg=100.0,
        sectors_deg=((170.0, 290.0),),
        delivered_by="p",
    )
    member = only(catalog, inline=(sensor,))
    model = catalog.radar_at(catalog.radars["rus-armavir-voronezh-dm-2"], "low")
    assert member.low == replace(
        model,
        id="copy",
        name="Copy",
        latitude_rad=math.radians(24.0),
        longitude_rad=math.radians(100.0),
        altitude_m=0.0,
        sectors_rad=((math.radians(170.0), math.radians(290.0)),),
    )
    assert member.delivered_by == "p"
    assert {label.split()[0] for label, _ in member.alternatives} == {"range_max"}
    fixed = only(catalog, inline=(replace(sensor, range_km=5000.0),))
    assert fixed.low == fixed.high
    assert fixed.alternatives == ()


def test_a_satellite_placed_by_hand_stands_over_its_longitude(catalog: Catalog) -> None:
    sensor = InlineSensor(id="eye", name="Eye", kind="infrared", longitude_deg=150.0)
    moved = replace(sensor, id="moved", like="usa-sbirs-geo-1")
    for member in fielded(catalog, inline=(sensor, moved)).members:
        assert isinstance(member.nominal, Infrared)
        assert member.nominal.orbit.kind == "geo"
        assert member.nominal.orbit.longitude_rad == math.radians(150.0)


def test_an_impossible_sensor_is_refused_with_its_owner_and_id(catalog: Catalog) -> None:
    sensor = InlineSensor(
        id="short", name="Short", kind="radar", like="rus-barnaul-voronezh-dm", range_km=100.0
    )
    with pytest.raises(ScenarioError) as caught:
        fielded(catalog, inline=(sensor,))
    assert str(caught.value).startswith("partner 'p': sensor 'short' is not possible: ")


def test_columns_say_where_each_partner_s_sensors_are(catalog: Catalog) -> None:
    found = roster(load_scenario("two-islands", catalog), catalog)
    assert found.columns() == {"east": (0,), "west": (1, 2)}


def test_the_joined_watch_fields_both_partners_radars_and_satellites(catalog: Catalog) -> None:
    found = roster(load_scenario("joined-watch", catalog), catalog)
    kinds = {(member.partner, member.kind) for member in found.members if member.nominal}
    assert kinds == {(each, kind) for each in ("russia", "china") for kind in ("radar", "infrared")}
    delivered = next(member for member in found.members if member.id == "delivered-radar")
    assert (delivered.partner, delivered.delivered_by) == ("china", "russia")
    study = load_scenario("joined-watch", catalog).study
    assert study is not None
    assert set(study.without) <= {member.id for member in found.members if member.nominal}


def test_the_republic_of_korea_owns_no_sensor_and_japan_s_are_left_out_with_the_reason(
    catalog: Catalog,
) -> None:
    found = roster(load_scenario("trilateral", catalog), catalog)
    assert {member.partner for member in found.members} == {"usa"}
    japan = [left for left in found.left_out if left.partner == "japan"]
    assert japan
    assert all("no range" in left.reason for left in japan)
