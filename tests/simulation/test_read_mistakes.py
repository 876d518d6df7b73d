"""Scenario files with mistakes: for each the one line that a person gets."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.errors import ScenarioError, TocsinError
from tocsin.simulation.read import FILE_MAX_BYTES, find_scenario, parse_scenario, read_scenario

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


def complaint(data: bytes, catalog: Catalog) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(data, "my.toml", catalog)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("my.toml: ")
    return line.removeprefix("my.toml: ")


WRONG = [
    ("[scenario]", "[scenarios]", "unknown key 'scenarios'; did you mean 'scenario'?"),
    ("duration_s", "duration", "[scenario]: unknown key 'duration'; did you mean 'duration_s'?"),
    (
        "2024-07-05T00:00:00Z",
        "5 July 2024",
        "[scenario]: start_utc is '5 July 2024'; it must be a time from 1970 to 2250, such as "
        "'2024-07-05T00:00:00Z'",
    ),
    (
        "2024-07-05T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "[scenario]: start_utc is '2024-02-30T00:00:00Z'; it must be a time from 1970 to 2250, "
        "such as '2024-07-05T00:00:00Z'",
    ),
    (
        "2024-07-05T00:00:00Z",
        "1900-07-05T00:00:00Z",
        "[scenario]: start_utc is '1900-07-05T00:00:00Z'; it must be a time from 1970 to 2250, "
        "such as '2024-07-05T00:00:00Z'",
    ),
    (
        "duration_s = 3600",
        'title = "two\\nlines"',
        "scenario: title holds a control character ('two\\nlines'); leave it out",
    ),
    (
        "[[150, 270]]",
        "[[360, 0]]",
        "partner 'east': [[partner.sensor]] 1 'east-radar': sectors_deg has [360, 0], which is "
        "empty; all round is [0, 360]",
    ),
    (
        "duration_s = 3600",
        'duration_s = "an hour"',
        "[scenario]: duration_s is 'an hour'; it must be a number",
    ),
    (
        "duration_s = 3600",
        "duration_s = nan",
        "scenario: duration_s is nan; it must be from 1 to 2.592e+06",
    ),
    (
        "duration_s = 3600",
        "as_of = 2024-13-45",
        "broken TOML: Expected newline or end of document after a statement (at line 6, column 13)",
    ),
    (
        "duration_s = 3600",
        "as_of = 2024",
        "[scenario]: as_of is 2024; it must be a day such as 2024-07-05",
    ),
    (
        "duration_s = 3600",
        "seed = 1.5",
        "[scenario]: seed is 1.5; it must be a whole number",
    ),
    (
        'defended = ["moscow"]',
        'defended = ["moscw"]',
        "partner 'russia': defended names the unknown place 'moscw'; did you mean 'moscow'?",
    ),
    (
        'defended = ["moscow"]',
        'defended = "moscow"',
        "[[partner]] 1 'russia': defended is 'moscow'; it must be a list in [ ]",
    ),
    (
        '["rus-*"]',
        '["rus-armavir-voronez-dm-1"]',
        "partner 'russia': sensors names the unknown sensor 'rus-armavir-voronez-dm-1'; did you "
        "mean 'rus-armavir-voronezh-dm-1'?",
    ),
    (
        '["rus-*"]',
        '["rus-*", 5]',
        "[[partner]] 1 'russia': sensors is ['rus-*', 5]; it must be a list of catalogue ids and "
        "tables",
    ),
    (
        'id = "east-radar"',
        'id = "rus-don-2n"',
        "partner 'east': sensor 'rus-don-2n': id is 'rus-don-2n', a catalogue sensor's; choose "
        "another, and name the catalogue's in `like`",
    ),
    (
        "latitude_deg = 21.5",
        "latitude_deg = 120",
        "partner 'east': [[partner.sensor]] 1 'east-radar': latitude_deg is 120; it must be from "
        "-90 to 90",
    ),
    (
        "range_km = 2000",
        'like = "rus-barnaul"',
        "partner 'east': sensor 'east-radar': like names the unknown radar 'rus-barnaul'; did you "
        "mean 'rus-barnaul-voronezh-dm'?",
    ),
    (
        "range_km = 2000",
        "range_m = 2000",
        "partner 'east': [[partner.sensor]] 1 'east-radar': unknown key 'range_m'; did you mean "
        "'range_km'?",
    ),
    (
        "range_km = 2000",
        'delivered_by = "rusia"\nrange_km = 2000',
        "sensor 'east-radar': delivered_by names the unknown partner 'rusia'; did you mean "
        "'russia'?",
    ),
    (
        'vehicle = "slbm"',
        'vehicle = "slmb"',
        "launch 'one': vehicle names the unknown vehicle 'slmb'; did you mean 'slbm'?",
    ),
    (
        'vehicle = "slbm"',
        "",
        "[[launch]] 1 'one': vehicle is missing; it must be text in quotes",
    ),
    (
        "from = [10, 65]",
        "from = [120, 65]",
        "[[launch]] 1 'one': from is [120, 65]; its latitude is 120 and must be from -90 to 90",
    ),
    (
        "from = [10, 65]",
        'from = "nan,65"',
        "[[launch]] 1 'one': from is 'nan,65'; its latitude is nan and must be from -90 to 90",
    ),
    (
        "from = [10, 65]",
        "from = [10]",
        "[[launch]] 1 'one': from is [10]; it must be [latitude, longitude], "
        "'latitude,longitude' or a name",
    ),
    (
        "from = [10, 65]",
        'from = "indian-ocean"',
        "[[launch]] 1 'one': from is the area 'indian-ocean', which has several sample points; "
        "write 'indian-ocean/1' to 'indian-ocean/5', or [latitude, longitude]",
    ),
    (
        "from = [10, 65]",
        'from = "kp-sunnan"',
        "[[launch]] 1 'one': from is 'kp-sunnan', which is neither 'latitude,longitude' nor the "
        "name of a place, a site or an area's sample point; did you mean 'kp-sunan'?",
    ),
    (
        'to = "moscow"',
        'to = "mosco"',
        "[[launch]] 1 'one': to is 'mosco', which is neither 'latitude,longitude' nor the name of "
        "a place, a site or an area's sample point; did you mean 'moscow'?",
    ),
    (
        'to = "moscow"',
        "azimuth_deg = 340",
        "[[launch]] 1 'one': say where it goes: either `to`, or azimuth_deg with range_km",
    ),
    (
        'to = "moscow"',
        'form = "moscow"',
        "[[launch]] 1 'one': unknown key 'form'; did you mean 'from'?",
    ),
    (
        'to = "moscow"',
        'to = "moscow"\nat_s = 4000',
        "launch 'one': at_s is 4000; it must be from 0 to 3600",
    ),
    (
        'to = "moscow"',
        'to = "moscow"\ncount = 0',
        "[[launch]] 1 'one': count is 0; it must be from 1 to 100000",
    ),
    (
        'to = "moscow"',
        'to = "moscow"\n[[launch]]\nname = "one"\nvehicle = "slbm"\nfrom = [0, 60]\nto = [55, 37]',
        "scenario: launch 'one' is there twice; keep one or rename one",
    ),
    (
        'id = "east"\n',
        'id = "russia"\n',
        "scenario: partner 'russia' is there twice; keep one or rename one",
    ),
    ("level = 2", "level = 5", "[[sharing]] 1: level is 5; it must be from 0 to 4"),
    ("level = 2", "level = true", "[[sharing]] 1: level is True; it must be a whole number"),
    (
        "level = 2",
        "level = 2\nsince_s = 50\nuntil_s = 40",
        "[[sharing]] 1: until_s is 40; it must be after since_s, 50",
    ),
    (
        'to = "east"',
        'to = "esat"',
        "sharing 1: to names the unknown partner 'esat'; did you mean 'east'?",
    ),
    ('to = "east"', 'to = "russia"', "[[sharing]] 1: to is 'russia', the sender itself"),
    ('[[partner]]\nid = "east"', "[partner]", "broken TOML: "),
]


@pytest.mark.parametrize(("old", "new", "line"), WRONG)
def test_a_mistake_gets_one_line_that_says_where_what_and_how_to_mend_it(
    old: str, new: str, line: str, catalog: Catalog
) -> None:
    assert complaint(changed(old, new), catalog).startswith(line)


ADDED = [
    (
        '[[launch]]\nvehicle = "slbm"\nfrom = [0, 60]\nto = [55, 37]\napogee_km = -1',
        "[[launch]] 2: apogee_km is -1; it must be from 1 to 20000",
    ),
    ("launch = 5", "[[sharing]] 1: unknown key 'launch'; known: "),
    (
        "[fault]\nkind = 'down'",
        "fault is {'kind': 'down'}; it must be tables, each written [[fault]]",
    ),
    (
        '[[fault]]\nkind = "down"\nsensor = "east-rader"',
        "fault 1 'down': sensor names the unknown sensor 'east-rader'; did you mean 'east-radar'?",
    ),
    (
        '[[fault]]\nkind = "loss"\nlink = ["east"]',
        "[[fault]] 1: link is ['east']; it must be sender and receiver, for instance "
        '["east", "west"]',
    ),
    (
        '[[partner]]\nid = "other"\nsensors = ["rus-don-2n"]',
        "partner 'other': sensors has 'rus-don-2n', which 'russia' has too; give it one owner",
    ),
    (
        '[[partner]]\nid = "other"\nsensors = ["ruz-*"]',
        "partner 'other': sensors has 'ruz-*', which no catalogue sensor's id starts with; for "
        "instance ",
    ),
    (
        STUDY.replace("indian-ocean", "indian-oceans"),
        "study: areas names the unknown area 'indian-oceans'; did you mean 'indian-ocean'?",
    ),
    (
        STUDY.replace("moscow", "moskow"),
        "study: places names the unknown place 'moskow'; did you mean 'moscow'?",
    ),
    (
        STUDY + 'sites = ["kp-suman"]',
        "study: sites names the unknown site 'kp-suman'; did you mean 'kp-sunan'?",
    ),
    (
        STUDY + 'without = ["east-radr"]',
        "study: without names the unknown sensor 'east-radr'; did you mean 'east-radar'?",
    ),
    (STUDY + "levels = [2, 5]", "[study]: levels is 5; it must be from 0 to 4"),
    (STUDY + "levels = 2", "[study]: levels is 2; it must be a list in [ ]"),
    (STUDY + "lofts = [true]", "[study]: lofts is [True]; it must be a list of numbers"),
    (
        STUDY + 'coalitions = ["east"]',
        "[study]: coalitions is ['east']; it must be a list of lists of texts",
    ),
    ("[background]\nclutter = 0x" + "f" * 300, "[background]: clutter is 1"),
    ("[background]\nclutter = 0x" + "f" * 9000, "[background]: clutter is a very large number"),
    (
        "[background]\nsatellites = 0.5",
        "[background]: satellites is 0.5; it must be true, false or how many of them",
    ),
    (
        "[background]\nsatellites = -1",
        "[background]: satellites is -1; it must be from 0 to 100000",
    ),
    ("[background]\nmoon = 1", "[background]: moon is 1; it must be true or false"),
    (
        '[[area]]\nid = "a"\npolygon = [[0, 0], [1, 1], [2]]',
        "[[area]] 1 'a': polygon is [[0, 0], [1, 1], [2]]; it must be a list of pairs of numbers",
    ),
    ('[[place]]\nid = "p"\nat = "moscow"', "[[place]] 1 'p': at is 'moscow'; it must be [lat"),
]


@pytest.mark.parametrize(("more", "line"), ADDED)
def test_a_mistake_in_a_further_table_gets_its_line_too(
    more: str, line: str, catalog: Catalog
) -> None:
    assert complaint(f"{SMALL}\n{more}\n".encode(), catalog).startswith(line)


WHOLE = [
    (b"", "it is empty; it needs at least [scenario] and a [[partner]]"),
    (b" \n\t\n", "it is empty"),
    (b"name = 'caf\xe9'\n", "line 1: not UTF-8 text; save the file as UTF-8"),
    (b"[scenario]\nname = \n", "broken TOML: Invalid value (at line 2, column 8)"),
    (b"scenario = 5\n", "scenario is 5; it must be a table, [scenario]"),
    (b"[[partner]]\nid = 'east'\n", "[scenario] is missing; it needs name and start_utc"),
    (b"partner = [1]\n[scenario]\nname='a'\nstart_utc=2024-07-05\n", "partner is [1]; it must be"),
    (b"a = " + b"[" * 5000, "broken TOML: nested too deeply"),
    (b"a = 1" + b"0" * 5000, "broken TOML: a number has too many digits"),
    (b"#" * (FILE_MAX_BYTES + 1), "it is longer than 1000000 bytes, which is the limit"),
    (SMALL.partition("[[launch]]")[0].encode(), "scenario: nothing to do: add a [[launch]] or a"),
    (b"[scenario]\nname='a'\nstart_utc=2024-07-05\n", "scenario: there is no partner"),
]


@pytest.mark.parametrize(("data", "line"), WHOLE)
def test_a_file_that_is_no_scenario_gets_one_line(data: bytes, line: str, catalog: Catalog) -> None:
    assert complaint(data, catalog).startswith(line)


def test_a_byte_order_mark_is_no_mistake(catalog: Catalog) -> None:
    marked = b"\xef\xbb\xbf" + SMALL.encode()

    assert parse_scenario(marked, "my.toml", catalog).name == "small"


def test_an_empty_set_of_partners_to_compare_is_refused(catalog: Catalog) -> None:
    data = f"{SMALL}\n{STUDY}\ncoalitions = [[]]\n".encode()

    line = "study: coalitions has an empty set; name its partners"
    assert complaint(data, catalog) == line


def test_a_file_of_any_length_is_not_read_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    with path.open("wb") as file:
        file.truncate(2**40)

    with pytest.raises(ScenarioError, match="longer than 1000000 bytes"):
        read_scenario(path)


def test_a_name_too_long_for_a_file_is_no_scenario() -> None:
    with pytest.raises(ScenarioError, match="neither a file nor a built-in"):
        find_scenario("x" * 5000)


@given(data=st.binary(max_size=200), cut=st.integers(0, len(SMALL)), put=st.integers(0, len(SMALL)))
@settings(max_examples=50, deadline=None)
def test_no_bytes_bring_anything_but_a_scenario_or_one_line(
    data: bytes, cut: int, put: int
) -> None:
    catalog = load_catalog()
    for damaged in (data, SMALL[:cut].encode() + data, SMALL[:put].encode() + SMALL[cut:].encode()):
        found = ""
        try:
            parse_scenario(damaged, "my.toml", catalog)
        except TocsinError as error:
            found = str(error)
        assert "\n" not in found
