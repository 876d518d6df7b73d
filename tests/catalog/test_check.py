"""The check of the tables finds nothing in ours, and each planted mistake with a clear line."""

import shutil
from pathlib import Path

import pytest

from tocsin.catalog.check import check
from tocsin.catalog.tables import DATA

LEKHTUSI = "radars.toml: radar 'rus-lekhtusi-voronezh-m'"
COSMOS = "1 44552U 19065A   24187.44294102"

MISTAKES = [
    pytest.param(
        "radars.toml",
        "latitude = { value = 60.275458",
        "latitude = { value = 160.275458",
        f"{LEKHTUSI}: latitude: value is 160.275458; it must be from -90 to 90 deg",
        id="a latitude beyond the pole",
    ),
    pytest.param(
        "radars.toml",
        "latitude = { value = 60.275458",
        "latitude = { value = nan",
        f"{LEKHTUSI}: latitude: value is nan; it must be from -90 to 90 deg",
        id="no number",
    ),
    pytest.param(
        "radars.toml",
        'value = 60.275458, unit = "deg"',
        'value = 60.275458, unit = "rad"',
        f"{LEKHTUSI}: latitude: unit is 'rad'; it must be 'deg'",
        id="a wrong unit",
    ),
    pytest.param(
        "radars.toml",
        'value = 60.275458, unit = "deg", how = "published"',
        'value = 60.275458, unit = "deg", how = "guessed"',
        f"{LEKHTUSI}: latitude: how is 'guessed'; it must be 'published' or 'derived' or 'assumed'",
        id="no way it was got",
    ),
    pytest.param(
        "radars.toml",
        'confidence = "high", sources = ["keeptrack", "wikidata-lekhtusi"]',
        'confidence = "high", sources = []',
        f"{LEKHTUSI}: latitude: names no source; name at least one key of sources.toml",
        id="a published value without a source",
    ),
    pytest.param(
        "radars.toml",
        'sources = ["keeptrack", "wikidata-lekhtusi"]',
        'sources = ["keeptrack", "wikidata-lekhtusy"]',
        f"{LEKHTUSI}: latitude: source 'wikidata-lekhtusy' is not in sources.toml;"
        " did you mean 'wikidata-lekhtusi'?",
        id="an unknown source",
    ),
    pytest.param(
        "radars.toml",
        "latitude = { value = 60.275458",
        "lattitude = { value = 60.275458",
        f"{LEKHTUSI}: 'lattitude' is not a value it can have; did you mean 'latitude'?",
        id="an unknown value",
    ),
    pytest.param(
        "radars.toml",
        'id = "rus-pionersky-voronezh-dm"',
        'id = "rus-lekhtusi-voronezh-m"',
        "radars.toml and satellites.toml: id 'rus-lekhtusi-voronezh-m' is used 2 times;"
        " every id must be used once",
        id="an id used twice",
    ),
    pytest.param(
        "satellites.toml",
        'id = "chn-tjs-2"',
        'id = "rus-lekhtusi-voronezh-m"',
        "radars.toml and satellites.toml: id 'rus-lekhtusi-voronezh-m' is used 2 times;"
        " every id must be used once",
        id="an id used in two tables",
    ),
    pytest.param(
        "radars.toml",
        'type = "voronezh"',
        'type = "voronesh"',
        f"{LEKHTUSI}: type is 'voronesh'; it must be 'voronezh' or 'uewr' or 'tpy2' or 'fps5'"
        " or 'jorn'",
        id="an unknown type",
    ),
    pytest.param(
        "radars.toml",
        "from = 2012-02-11",
        "from = 2002-02-11",
        f"{LEKHTUSI}: states are not in the order of their days, each day once",
        id="states out of order",
    ),
    pytest.param(
        "radars.toml",
        '{ value = 3700, sources = ["topwar-upi-2013"]',
        '{ value = 37, sources = ["topwar-upi-2013"]',
        "radars.toml: type 'voronezh': range_max: alternatives, number 1: value is 37;"
        " it must be from 100 to 50000 km",
        id="an alternative that cannot be",
    ),
    pytest.param(
        "radars.toml",
        "value = [[245, 355]]",
        "value = [[245, 245]]",
        f"{LEKHTUSI}: sectors: value has a sector of no width, [245, 245]; all round is [0, 360]",
        id="a sector of no width",
    ),
    pytest.param(
        "radars.toml",
        "elevation_max = { value = 70,",
        "elevation_max = { value = 1,",
        f"{LEKHTUSI}: elevation_min is 2, elevation_max is 1; the first must be smaller",
        id="elevations the wrong way round",
    ),
    pytest.param(
        "radars.toml",
        'derivation = "Shortest range not published: none."',
        'derivation = ""',
        "radars.toml: defaults: range_min: is assumed, and derivation does not say why",
        id="an assumption without a reason",
    ),
    pytest.param(
        "radars.toml",
        'use = "baseline"',
        'use = "basline"',
        f"{LEKHTUSI}: use is 'basline'; it must be 'baseline' or 'sensitivity' or 'context'"
        " or 'historical'",
        id="an unknown use",
    ),
    pytest.param(
        "radars.toml",
        'host_country = "UA"',
        'hostcountry = "UA"',
        "radars.toml: radar 'rus-sevastopol-voronezh-planned': key 'hostcountry' is not known;"
        " did you mean 'host_country'?",
        id="an unknown key",
    ),
    pytest.param(
        "satellites.toml",
        COSMOS,
        COSMOS.replace("24187", "24188"),
        "satellites.toml: satellite 'rus-eks-3-kosmos-2541': orbit: satellite 'EKS-3 / Tundra"
        " (Kosmos-2541)': line 1 of the element set ends in check digit '2', its characters give"
        " '3'; copy the line again",
        id="a miscopied element set",
    ),
    pytest.param(
        "satellites.toml",
        "norad = { value = 44552",
        "norad = { value = 44553",
        "satellites.toml: satellite 'rus-eks-3-kosmos-2541': orbit is of number 44552, norad is"
        " 44553; they must be the same",
        id="another satellite's element set",
    ),
    pytest.param(
        "areas.toml",
        ", [150, 0]]",
        "]",
        "areas.toml: area 'south-pacific': polygon is not closed; give three corners or more, and"
        " the first again at the end",
        id="an open polygon",
    ),
    pytest.param(
        "areas.toml",
        "sample_points = [[200, -20]",
        "sample_points = [[-20, 200]",
        "areas.toml: area 'south-pacific': sample_points, number 1, is [-20, 200]; it must be"
        " [longitude, latitude], -180 to 360 and -90 to 90",
        id="a point with its sides swapped",
    ),
    pytest.param(
        "vehicles.toml",
        "propellant = { value = 3771",
        "propellant = { value = -3771",
        "vehicles.toml: vehicle 'srbm-liquid': stage 1: propellant: value is -3771; it must be from"
        " 1 to 5e+06 kg",
        id="a mass below nothing",
    ),
    pytest.param(
        "vehicles.toml",
        "\nburn = { value = 62,",
        "\nburned = { value = 62,",
        "vehicles.toml: vehicle 'srbm-liquid': stage 1: burn is missing",
        id="a stage that lacks a value",
    ),
    pytest.param(
        "vehicles.toml",
        'kind = "short"',
        'kind = "tiny"',
        "vehicles.toml: vehicle 'srbm-liquid': kind is 'tiny'; it must be 'short' or 'medium' or"
        " 'intermediate' or 'intercontinental-liquid' or 'intercontinental-solid' or 'submarine'"
        " or 'sounding' or 'space'",
        id="an unknown kind",
    ),
    pytest.param(
        "places.csv",
        "moscow,Moscow,RU,55.8",
        "moscow,Moscow,RU,north",
        "places.csv: place 'moscow': latitude_deg is 'north'; it must be a number from -90 to 90",
        id="a latitude that is a word",
    ),
    pytest.param(
        "sites.csv",
        "us-minot",
        "moscow",
        "areas.toml, places.csv and sites.csv: id 'moscow' is used 2 times; every id must be used"
        " once",
        id="a site with a city's id",
    ),
    pytest.param(
        "sources.toml",
        'url = "https://www.geonames.org/"',
        'url = "geonames.org"',
        "sources.toml: source 'gazetteer': url is 'geonames.org'; it must start with http:// or"
        " https://",
        id="an address that is none",
    ),
    pytest.param(
        "sources.toml",
        "\n[gazetteer]",
        '\n[unread]\ntitle = "Unread"\nurl = "http://example.org"\n\n[gazetteer]',
        "sources.toml: source 'unread': is named by no table; remove it, or say in follow_up what"
        " it is for",
        id="a source that nothing names",
    ),
    pytest.param(
        "benchmarks.toml",
        'key = "davis-journal-2000"',
        'key = "davis-journal-2001"',
        "benchmarks.toml: benchmark 'russia-radar-only-2000': source 'davis-journal-2001' is not in"
        " sources.toml; did you mean 'davis-journal-2000'?",
        id="a benchmark with an unknown source",
    ),
]


def test_nothing_is_wrong_with_the_catalogue() -> None:
    assert check() == []


@pytest.mark.parametrize(("file", "right", "wrong", "line"), MISTAKES)
def test_a_planted_mistake_is_found_and_said(
    tmp_path: Path, file: str, right: str, wrong: str, line: str
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert line in check(folder)


def test_one_mistake_does_not_hide_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "radars.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("latitude = { value = 60.275458", "latitude = { value = 160.275458", 1)
    text = text.replace("longitude = { value = 30.546017", "longitude = { value = 300.5", 1)
    path.write_text(text, encoding="utf-8")
    assert [line.split(": ")[2] for line in check(folder)] == ["latitude", "longitude"]
