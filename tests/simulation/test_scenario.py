"""Scenario records: one that exists is valid, and one that is refused says why in one line."""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import ScenarioError
from tocsin.simulation import scenario as limits
from tocsin.simulation.scenario import (
    Background,
    Fault,
    InlineSensor,
    LaunchPlan,
    Notice,
    OwnArea,
    OwnPlace,
    Partner,
    Scenario,
    Sharing,
    Study,
)

LAUNCH: dict[str, Any] = {
    "name": "one",
    "vehicle": "icbm-liquid",
    "from_latitude_deg": 10.0,
    "from_longitude_deg": 65.0,
    "to_latitude_deg": 55.8,
    "to_longitude_deg": 37.6,
}
RADAR: dict[str, Any] = {
    "id": "r",
    "name": "R",
    "kind": "radar",
    "latitude_deg": 1.0,
    "longitude_deg": 2.0,
    "sectors_deg": ((0.0, 90.0),),
    "elevation_min_deg": 3.0,
    "elevation_max_deg": 85.0,
    "range_km": 3000.0,
}
NOTICE: dict[str, Any] = {
    "id": "n",
    "sender": "east",
    "kind": "space",
    "issued_s": -86400.0,
    "since_s": 0.0,
    "until_s": 600.0,
    "latitude_deg": 1.0,
    "longitude_deg": 2.0,
    "radius_km": 10.0,
}
STUDY: dict[str, Any] = {"areas": ("strait",), "places": ("east",), "vehicles": ("slbm",)}
WORLD: dict[str, Any] = {
    "name": "world",
    "title": "A world",
    "question": "What is seen?",
    "start_tai_ns": 1_720_137_637_000_000_000,
    "duration_s": 3600.0,
    "seed": 1,
    "as_of": date(2024, 7, 5),
    "partners": (Partner(id="east", name="East"), Partner(id="west", name="West")),
    "launches": (LaunchPlan(**LAUNCH),),
}
RECORDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "launch": (LaunchPlan, LAUNCH),
    "sensor": (InlineSensor, RADAR),
    "notice": (Notice, NOTICE),
    "study": (Study, STUDY),
    "scenario": (Scenario, WORLD),
    "sharing": (Sharing, {"sender": "east", "receiver": "west", "level": 2, "delay_s": 60.0}),
    "fault": (Fault, {"kind": "down", "sensor": "r"}),
    "background": (Background, {}),
    "place": (OwnPlace, {"id": "p", "name": "P", "latitude_deg": 0.0, "longitude_deg": 0.0}),
    "area": (
        OwnArea,
        {"id": "a", "name": "A", "polygon_lonlat_deg": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))},
    ),
    "partner": (Partner, {"id": "east", "name": "East"}),
}

REFUSED = [
    ("launch", {"from_latitude_deg": 120.0}, "from_latitude_deg is 120; it must be from -90 to 90"),
    ("launch", {"from_latitude_deg": math.nan}, "from_latitude_deg is nan; it must be from -90"),
    ("launch", {"from_longitude_deg": 361.0}, "from_longitude_deg is 361; it must be from -180 to"),
    ("launch", {"at_s": -5.0}, "at_s is -5; it must be from 0 to 2.592e+06"),
    ("launch", {"at_s": math.inf}, "at_s is inf"),
    ("launch", {"count": 0}, "count is 0; it must be from 1 to 100000"),
    ("launch", {"count": 1.5}, "count is 1.5; it must be a whole number"),
    ("launch", {"count": True}, "count is True; it must be a whole number"),
    ("launch", {"apogee_km": 0.0}, "apogee_km is 0; it must be from 1 to 20000"),
    ("launch", {"apogee_km": 500.0, "flight_time_s": 900.0}, "keep one of them"),
    ("launch", {"to_latitude_deg": None}, "say where it goes: either `to`, or azimuth_deg with"),
    ("launch", {"azimuth_deg": 3.0, "range_km": 900.0}, "say where it goes"),
    ("launch", {"azimuth_deg": 3.0}, "say where it goes"),
    ("launch", {"name": ""}, "name is 0 characters long"),
    ("launch", {"name": "a\x00b"}, "name holds a control character"),
    ("sensor", {"kind": "sonar"}, "kind is 'sonar'; known: infrared, radar"),
    ("sensor", {"range_km": None}, "range_km missing; give it, or a catalogue sensor as `like`"),
    ("sensor", {"elevation_max_deg": 2.0}, "elevation_max_deg is 2; it must be from 3 to 90"),
    ("sensor", {"sectors_deg": ((10.0, 10.0),)}, "which is empty; all round is [0, 360]"),
    ("sensor", {"sectors_deg": ()}, "sectors_deg is empty"),
    ("sensor", {"sectors_deg": ((0.0, 400.0),)}, "sectors_deg is 400; it must be from 0 to 360"),
    ("sensor", {"sectors_deg": ((0.0, 1.0),) * 13}, "there are 13 of sectors_deg; the limit is 12"),
    ("sensor", {"like": "x", "latitude_deg": None}, "give both latitude_deg and longitude_deg"),
    ("sensor", {"kind": "infrared"}, "latitude_deg is for a radar; leave it out of a satellite"),
    ("sensor", {"id": "Big"}, "id is 'Big'; it must be 1 to 64 lower-case letters"),
    ("sensor", {"id": "r\n"}, "it must be 1 to 64 lower-case letters"),
    ("notice", {"until_s": 0.0}, "until_s is 0; it must be after since_s, 0"),
    ("notice", {"kind": "balistic"}, "kind is 'balistic'; did you mean 'ballistic'?"),
    ("notice", {"issued_s": -1e9}, "issued_s is -1e+09; it must be from"),
    ("study", {"areas": ()}, "areas is missing; name a launch area, or a site in `sites`"),
    ("study", {"places": ()}, "places is empty; give at least one"),
    ("study", {"levels": (5,)}, "levels is 5; it must be from 0 to 4"),
    ("study", {"levels": (2, 2)}, "level '2' is there twice"),
    ("study", {"spacing_deg": 0.0}, "spacing_deg is 0; it must be from 0.25 to 30"),
    ("study", {"epochs": 1000}, "epochs is 1000; it must be from 1 to 288"),
    ("study", {"step_s": math.nan}, "step_s is nan"),
    ("study", {"lofts": (0.0,)}, "lofts is 0; it must be from 0.1 to 10"),
    ("study", {"without": ("a", "a")}, "without 'a' is there twice"),
    ("sharing", {"level": 5}, "level is 5; it must be from 0 to 4"),
    ("sharing", {"receiver": "east"}, "to is 'east', the sender itself"),
    ("sharing", {"delay_s": -1.0}, "delay_s is -1; it must be from 0 to 86400"),
    ("sharing", {"since_s": 10.0, "until_s": 5.0}, "until_s is 5; it must be after since_s, 10"),
    ("sharing", {"until_s": math.nan}, "until_s is nan; it must be after since_s"),
    ("fault", {"kind": "dwon"}, "kind is 'dwon'; did you mean 'down'?"),
    ("fault", {"sensor": None}, "say what fails: either `sensor` or `link`"),
    ("fault", {"link": ("east", "west")}, "say what fails: either `sensor` or `link`"),
    ("fault", {"delay_s": 5.0}, "delay_s is 5; it goes with kind 'delay'"),
    ("fault", {"kind": "delay"}, "delay_s is 0; it goes with kind 'delay' and is above 0 then"),
    ("fault", {"chance": 1.1}, "chance is 1.1; it must be from 0 to 1"),
    ("background", {"clutter": -1.0}, "clutter is -1; it must be from 0 to 10000"),
    ("place", {"longitude_deg": -181.0}, "longitude_deg is -181; it must be from -180 to 360"),
    ("area", {"polygon_lonlat_deg": ((0.0, 0.0),) * 4}, "polygon has 1 corners; it needs 3"),
    ("area", {"polygon_lonlat_deg": ((0.0, 0.0), (1.0, 0.0), (0.0, 95.0))}, "latitude_deg is 95"),
    ("partner", {"sensors": ("a", "a")}, "sensor 'a' is there twice; keep one or rename one"),
    ("partner", {"sensors": ("*",)}, "sensors is ''"),
    ("partner", {"sensors": ("a*b",)}, "sensors is 'a*b'; it must be 1 to 64 lower-case letters"),
    ("scenario", {"partners": ()}, "there is no partner; add a [[partner]]"),
    ("scenario", {"launches": ()}, "nothing to do: add a [[launch]] or a [study]"),
    ("scenario", {"seed": -1}, "seed is -1; it must be from 0 to 4294967295"),
    ("scenario", {"duration_s": 0.0}, "duration_s is 0; it must be from 1 to"),
    ("scenario", {"data_class": "actual"}, "data_class is 'actual'; "),
    ("scenario", {"partners": (Partner(id="a", name="A"),) * 2}, "partner 'a' is there twice"),
    ("scenario", {"launches": (LaunchPlan(**LAUNCH),) * 2}, "launch 'one' is there twice"),
    ("scenario", {"launches": (LaunchPlan(**LAUNCH | {"at_s": 3601.0}),)}, "at_s is 3601"),
    (
        "scenario",
        {"launches": (LaunchPlan(**LAUNCH | {"count": 100_000}), LaunchPlan(**LAUNCH))},
        "there are 100001 of rockets; the limit is 100000",
    ),
    (
        "scenario",
        {"sharing": (Sharing(sender="eaast", receiver="west", level=2, delay_s=1.0),)},
        "sharing 1: from names the unknown partner 'eaast'; did you mean 'east'?",
    ),
    (
        "scenario",
        {"sharing": (Sharing(sender="east", receiver="west", level=2, delay_s=1.0),) * 2},
        "sharing 2: 'east' to 'west' is there twice for the same time",
    ),
    (
        "scenario",
        {"faults": (Fault(kind="loss", link=("east", "wets")),)},
        "fault 1 'loss': link names the unknown partner 'wets'; did you mean 'west'?",
    ),
    (
        "scenario",
        {"notices": (Notice(**NOTICE | {"sender": "north"}),)},
        "notice 'n': from names the unknown partner 'north'",
    ),
    (
        "scenario",
        {"study": Study(**STUDY, coalitions=(("east", "wst"),))},
        "study: coalitions names the unknown partner 'wst'; did you mean 'west'?",
    ),
    (
        "scenario",
        {
            "partners": (
                Partner(id="a", name="A", sensors=("x",)),
                Partner(id="b", name="B", sensors=("x",)),
            )
        },
        "sensor 'x' is there twice",
    ),
    (
        "scenario",
        {
            "partners": (
                Partner(id="east", name="E", inline=(InlineSensor(**RADAR, delivered_by="north"),)),
            )
        },
        "sensor 'r': delivered_by names the unknown partner 'north'",
    ),
]


def test_the_records_that_the_refusals_start_from_are_valid() -> None:
    for record, fields in RECORDS.values():
        record(**fields)


@pytest.mark.parametrize(("name", "change", "line"), REFUSED)
def test_a_wrong_field_is_refused_in_one_line_that_names_it(
    name: str, change: dict[str, Any], line: str
) -> None:
    record, fields = RECORDS[name]
    with pytest.raises(ScenarioError) as caught:
        record(**fields | change)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert ": " in str(caught.value)


@given(
    latitude_deg=st.floats(allow_nan=True, allow_infinity=True),
    longitude_deg=st.floats(allow_nan=True, allow_infinity=True),
)
@settings(max_examples=50, deadline=None)
def test_a_launch_point_that_exists_is_on_earth(latitude_deg: float, longitude_deg: float) -> None:
    on_earth = abs(latitude_deg) <= 90.0 and -180.0 <= longitude_deg <= 360.0
    change = {"from_latitude_deg": latitude_deg, "from_longitude_deg": longitude_deg}
    try:
        LaunchPlan(**LAUNCH | change)
    except ScenarioError:
        assert not on_earth
    else:
        assert on_earth


def test_sharing_may_change_with_time_but_not_overlap() -> None:
    first = Sharing(sender="east", receiver="west", level=2, delay_s=60.0, until_s=600.0)
    then = Sharing(sender="east", receiver="west", level=3, delay_s=10.0, since_s=600.0)
    early = Sharing(sender="east", receiver="west", level=3, delay_s=10.0, since_s=599.0)
    other_way = Sharing(sender="west", receiver="east", level=2, delay_s=60.0)
    Scenario(**WORLD, sharing=(first, then, other_way))
    with pytest.raises(ScenarioError, match="part them by since_s and until_s"):
        Scenario(**WORLD, sharing=(first, early))


def test_a_partner_is_found_by_its_id_and_a_wrong_id_suggests_the_nearest() -> None:
    world = Scenario(**WORLD)
    assert world.partner("west").name == "West"
    with pytest.raises(ScenarioError, match="did you mean 'west'"):
        world.partner("wets")


def test_a_copy_of_a_catalogue_sensor_needs_no_numbers_and_a_satellite_only_its_longitude() -> None:
    assert InlineSensor(id="r", name="R", kind="radar", like="rus-don-2n").range_km is None
    InlineSensor(id="s", name="S", kind="infrared", longitude_deg=150.0)
    with pytest.raises(ScenarioError, match="longitude_deg missing"):
        InlineSensor(id="s", name="S", kind="infrared")


def test_every_list_has_a_limit_with_a_name() -> None:
    partners = tuple(
        Partner(id=f"p{number}", name="P") for number in range(limits.PARTNERS_MAX + 1)
    )
    with pytest.raises(ScenarioError, match="there are 21 of partner; the limit is 20"):
        Scenario(**WORLD | {"partners": partners})
    with pytest.raises(ScenarioError, match="the limit is 500"):
        Partner(id="east", name="East", sensors=tuple(f"s{number}" for number in range(501)))


def test_longitudes_may_be_counted_to_360_and_records_do_not_change() -> None:
    place = OwnPlace(id="p", name="P", latitude_deg=0.0, longitude_deg=200.0)
    with pytest.raises(AttributeError):
        place.longitude_deg = 0.0  # type: ignore[misc]
