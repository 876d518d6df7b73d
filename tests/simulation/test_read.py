"""Scenario files: what is read, and for every mistake the one line that a person gets."""

import math
from datetime import date
from pathlib import Path

import pytest

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.time import tai_from_utc
from tocsin.errors import ScenarioError
from tocsin.simulation.read import (
    KEYS,
    builtin_names,
    find_scenario,
    load_scenario,
    parse_scenario,
    read_scenario,
)
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

ROOT = Path(__file__).parents[2]
SMALL = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")
STUDY = """
[study]
areas = ["indian-ocean"]
places = ["moscow"]
vehicles = ["slbm"]
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def changed(old: str, new: str) -> bytes:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new).encode()


def test_a_small_file_is_read_in_full(catalog: Catalog) -> None:
    scenario = parse_scenario(SMALL.encode(), "my.toml", catalog)

    assert scenario.start_tai_ns == tai_from_utc("2024-07-05T00:00:00Z")
    assert scenario.as_of == date(2024, 7, 5)
    assert scenario.data_class == "test"
    assert [partner.id for partner in scenario.partners] == ["russia", "east"]
    assert scenario.partners[0].sensors == ("rus-*",)
    assert scenario.partners[1].inline[0].sectors_deg == ((150.0, 270.0),)
    launch = scenario.launches[0]
    assert (launch.from_latitude_deg, launch.from_longitude_deg) == (10.0, 65.0)
    assert (launch.to_latitude_deg, launch.to_longitude_deg) == (55.8, 37.6)
    assert launch.from_name == "10, 65"
    assert launch.to_name
    share = scenario.sharing[0]
    assert (share.level, share.delay_s, share.until_s) == (2, 60.0, math.inf)


EVERY_KEY = (Path(__file__).parent / "every_key.toml").read_text(encoding="utf-8")
EVERYTHING = Scenario(
    name="all",
    title="All",
    question="All?",
    start_tai_ns=tai_from_utc("2024-07-05T06:00:00Z"),
    duration_s=7000.0,
    seed=3,
    as_of=date(2023, 1, 2),
    data_class="exercise",
    partners=(
        Partner(
            id="east",
            name="East",
            defended=("moscow",),
            sensors=("rus-don-2n",),
            inline=(
                InlineSensor(
                    id="r",
                    name="R",
                    kind="radar",
                    like="rus-barnaul-voronezh-dm",
                    latitude_deg=1.0,
                    longitude_deg=2.0,
                    altitude_m=3.0,
                    sectors_deg=((4.0, 5.0), (6.0, 7.0)),
                    elevation_min_deg=8.0,
                    elevation_max_deg=9.0,
                    range_km=10.0,
                    pulse_hz=40.0,
                    plots_max=41,
                    delivered_by="west",
                    note="made up",
                ),
            ),
        ),
        Partner(id="west", name="west"),
    ),
    sharing=(
        Sharing(
            sender="east",
            receiver="west",
            level=4,
            delay_s=11.0,
            coarsening_km=12.0,
            since_s=13.0,
            until_s=14.0,
        ),
    ),
    launches=(
        LaunchPlan(
            name="first",
            vehicle="slbm",
            from_latitude_deg=1.0,
            from_longitude_deg=2.0,
            to_latitude_deg=3.0,
            to_longitude_deg=4.0,
            at_s=15.0,
            count=16,
            apogee_km=17.0,
            from_name="1, 2",
            to_name="3, 4",
        ),
        LaunchPlan(
            name="launch-2",
            vehicle="slbm",
            from_latitude_deg=1.0,
            from_longitude_deg=2.0,
            azimuth_deg=18.0,
            range_km=19.0,
            flight_time_s=20.0,
            from_name="1, 2",
        ),
    ),
    notices=(
        Notice(
            id="n",
            sender="west",
            kind="space",
            issued_s=-21.0,
            since_s=22.0,
            until_s=23.0,
            latitude_deg=24.0,
            longitude_deg=25.0,
            radius_km=26.0,
            azimuth_deg=27.0,
            range_km=28.0,
        ),
    ),
    faults=(
        Fault(kind="delay", sensor="r", from_s=29.0, until_s=30.0, delay_s=31.0),
        Fault(kind="forge", link=("east", "west"), chance=0.32),
    ),
    background=Background(satellites=True, moon=True, glint=True, clutter=0.5),
    study=Study(
        areas=("a",),
        sites=("kp-sunan",),
        places=("p",),
        vehicles=("slbm",),
        spacing_deg=2.5,
        epochs=35,
        lofts=(1.0, 2.0),
        levels=(1, 3),
        coalitions=(("east",), ("east", "west")),
        without=("r",),
        step_s=5.0,
    ),
    places=(OwnPlace(id="p", name="P", latitude_deg=33.0, longitude_deg=34.0),),
    areas=(
        OwnArea(id="a", name="A", polygon_lonlat_deg=((170.0, 1.0), (190.0, 2.0), (180.0, 3.0))),
    ),
)


def test_every_key_of_every_table_arrives_where_it_belongs(catalog: Catalog) -> None:
    assert parse_scenario(EVERY_KEY.encode(), "my.toml", catalog) == EVERYTHING


def test_the_record_with_every_key_has_no_default_left_but_the_exclusive_ones() -> None:
    for table, keys in KEYS.items():
        for key in keys:
            assert key in EVERY_KEY, (table, key)


def test_what_a_file_leaves_out_has_the_documented_default(catalog: Catalog) -> None:
    data = SMALL.replace("duration_s = 3600", "").encode() + STUDY.encode()
    scenario = parse_scenario(data, "my.toml", catalog)
    assert (scenario.seed, scenario.duration_s, scenario.title) == (1, 86_400.0, "small")
    assert scenario.study == Study(areas=("indian-ocean",), places=("moscow",), vehicles=("slbm",))
    assert scenario.background == Background()
    assert scenario.partners[1].inline[0].kind == "radar"


@pytest.mark.parametrize(
    "text",
    ["2024-07-05", "2024-07-05T00:00:00Z", "2024-07-05T03:00:00+03:00", '"2024-07-05T00:00Z"'],
)
def test_the_start_may_be_a_toml_time_or_a_text(text: str, catalog: Catalog) -> None:
    scenario = parse_scenario(changed('"2024-07-05T00:00:00Z"', text), "my.toml", catalog)
    assert scenario.start_tai_ns == tai_from_utc("2024-07-05T00:00:00Z")
    assert scenario.as_of == date(2024, 7, 5)


@pytest.mark.parametrize(
    ("text", "latitude_deg", "longitude_deg"),
    [
        ("[-10, 70]", -10.0, 70.0),
        ('"-10,70"', -10.0, 70.0),
        ('" -10 , 70.5"', -10.0, 70.5),
        ('"indian-ocean/1"', -10.0, 70.0),
        ('"arabian-sea"', 15.0, 65.0),
        ('"kp-sunan"', 39.2, 125.7),
        ('"beijing"', 39.9, 116.4),
    ],
)
def test_a_launch_may_start_at_a_point_a_site_a_place_or_a_sample_point(
    text: str, latitude_deg: float, longitude_deg: float, catalog: Catalog
) -> None:
    scenario = parse_scenario(changed("from = [10, 65]", f"from = {text}"), "my.toml", catalog)
    launch = scenario.launches[0]
    assert (launch.from_latitude_deg, launch.from_longitude_deg) == (latitude_deg, longitude_deg)


def test_a_sensor_may_stand_in_the_list_as_a_table(catalog: Catalog) -> None:
    table = '{ id = "copy", like = "rus-don-2n" }'
    data = changed('sensors = ["rus-*"]', f'sensors = ["rus-*", {table}]')
    scenario = parse_scenario(data, "my.toml", catalog)
    assert [sensor.id for sensor in scenario.partners[0].inline] == ["copy"]


def test_a_place_of_the_scenario_goes_before_the_catalogue_s(catalog: Catalog) -> None:
    data = SMALL.encode() + b'\n[[place]]\nid = "moscow"\nat = [1, 2]\n'
    launch = parse_scenario(data, "my.toml", catalog).launches[0]
    assert (launch.to_latitude_deg, launch.to_longitude_deg) == (1.0, 2.0)


def test_the_built_in_scenarios_are_three_and_each_is_sound(catalog: Catalog) -> None:
    assert builtin_names() == ("joined-watch", "trilateral", "two-islands")
    for name in builtin_names():
        scenario = load_scenario(name, catalog)
        assert scenario.name == name
        assert scenario.launches
        assert scenario.study is not None
        assert scenario.question.endswith("?")


def test_the_joined_watch_is_russia_and_china_with_a_delivered_radar(catalog: Catalog) -> None:
    scenario = load_scenario("joined-watch", catalog)
    assert [partner.id for partner in scenario.partners] == ["russia", "china"]
    radar = scenario.partner("china").inline[0]
    assert (radar.id, radar.delivered_by) == ("delivered-radar", "russia")
    assert radar.note.startswith("Hypothetical.")
    assert scenario.study is not None
    assert "delivered-radar" in scenario.study.without


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_file_is_a_scenario_of_the_same_name(path: Path, catalog: Catalog) -> None:
    assert read_scenario(path, catalog).name == path.stem


def test_a_scenario_is_found_by_file_or_by_name_and_a_wrong_name_suggests_the_nearest(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(SMALL.encode())
    assert find_scenario(path) == path
    assert isinstance(load_scenario(str(path), catalog), Scenario)
    with pytest.raises(ScenarioError) as caught:
        find_scenario("joint-watch")
    assert str(caught.value) == (
        "no scenario 'joint-watch': it is neither a file nor a built-in scenario; "
        "did you mean 'joined-watch'?"
    )
    with pytest.raises(ScenarioError, match="neither a file nor a built-in"):
        find_scenario(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read: "):
        read_scenario(tmp_path, catalog)


def test_the_reference_page_lists_every_key_of_every_table() -> None:
    page = (ROOT / "docs/reference/scenario.md").read_text(encoding="utf-8")
    for table, keys in KEYS.items():
        for key in keys:
            if table != "partner" or key != "sensor":
                assert f"`{key}`" in page, (table, key)


def test_the_example_on_the_reference_page_is_a_scenario(catalog: Catalog) -> None:
    page = (ROOT / "docs/reference/scenario.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert parse_scenario(example.encode(), "page", catalog).launches[0].name == "launch-1"
