"""The catalogue as it is loaded: what is in it, that all of it has sources, that it is quick."""

import shutil
import time
from pathlib import Path

import pytest

from tocsin.catalog.entries import Value
from tocsin.catalog.load import Catalog, load_catalog, read_catalog
from tocsin.catalog.tables import DATA
from tocsin.errors import CatalogError


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def every_value(catalog: Catalog) -> list[tuple[str, str, Value]]:
    """Give every value of every entry, with the entry's id and its own name."""
    found = []
    for entry in (*catalog.radars.values(), *catalog.satellites.values()):
        found += [(entry.id, name, value) for name, value in entry.values.items()]
    for vehicle in catalog.vehicles.values():
        for table in (vehicle.values, *vehicle.stages):
            found += [(vehicle.id, name, value) for name, value in table.items()]
    return found


def test_every_record_of_the_survey_is_there(catalog: Catalog) -> None:
    assert len(catalog.radars) == 61
    assert len(catalog.satellites) == 32
    assert len(catalog.areas) == 15
    assert len(catalog.places) == 20
    assert len(catalog.sites) == 15
    assert len(catalog.benchmarks) == 9


def test_every_class_of_rocket_is_there(catalog: Catalog) -> None:
    assert set(catalog.vehicles) == {
        "srbm-liquid",
        "mrbm-liquid",
        "irbm-liquid",
        "irbm-solid",
        "icbm-liquid",
        "icbm-liquid-light",
        "icbm-solid",
        "slbm",
        "sounding-rocket",
        "space-launcher",
    }


def test_every_published_value_names_a_source_that_is_there(catalog: Catalog) -> None:
    values = every_value(catalog)
    assert len(values) > 1500
    for entry, name, value in values:
        if value.how == "published" and value.value is not None:
            assert value.sources, f"{entry}: {name}"
        assert set(value.sources) <= set(catalog.sources), f"{entry}: {name}"


def test_every_value_that_nobody_published_says_why(catalog: Catalog) -> None:
    for entry, name, value in every_value(catalog):
        if value.how != "published":
            assert value.derivation, f"{entry}: {name}"


def test_disputed_ranges_keep_what_every_source_says(catalog: Catalog) -> None:
    value = catalog.radars["rus-barnaul-voronezh-dm"].values["range_max"]
    said = {each.value: each.source for each in value.alternatives}
    assert value.value == 6000
    assert set(said) == {3700, 4000, 4200, 4500, 8000}
    assert all(said.values())


def test_disputed_places_of_satellites_keep_what_every_source_says(catalog: Catalog) -> None:
    value = catalog.satellites["chn-tjs-2"].values["longitude"]
    assert value.value == 66.5
    assert 107.42 in {each.value for each in value.alternatives}


def test_a_number_that_two_catalogues_give_to_different_satellites_is_said(
    catalog: Catalog,
) -> None:
    for entry, number, other in (("geo-3", "41937", "GEO 4"), ("geo-4", "43162", "GEO 3")):
        said = " ".join(catalog.satellites[f"usa-sbirs-{entry}"].disagreements)
        assert number in said
        assert other in said


def test_values_shared_by_a_type_say_so_and_yield_to_a_radars_own(catalog: Catalog) -> None:
    shared = catalog.radars["usa-cape-cod-uewr"].values["elevation_min"]
    own = catalog.radars["usa-beale-uewr"].values["elevation_min"]
    assert (shared.origin, own.origin) == ("type", "own")
    assert not shared.alternatives
    assert [each.value for each in own.alternatives] == [1]


def test_the_catalogue_is_read_once() -> None:
    assert load_catalog() is load_catalog()


def test_the_catalogue_loads_in_a_blink() -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        read_catalog()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.25  # 0.03 s alone on the machine this was written on


def test_no_file_of_the_catalogue_is_large() -> None:
    sizes = {path.name: path.stat().st_size for path in DATA.iterdir()}
    assert len(sizes) == 9
    assert max(sizes.values()) < 2 * 1024 * 1024


def test_a_missing_file_is_one_line_that_names_it(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "areas.toml").unlink()
    with pytest.raises(CatalogError, match=r"areas\.toml: cannot be read"):
        read_catalog(tmp_path / "data")


def test_a_file_that_is_not_toml_is_one_line_that_says_where(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "areas.toml").write_text("[[area]\n", encoding="utf-8")
    with pytest.raises(CatalogError, match=r"areas\.toml: is not TOML: .*line 1"):
        read_catalog(tmp_path / "data")


def test_a_row_that_lacks_a_key_points_to_the_check(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "areas.toml"
    path.write_text('[[area]]\nid = "here"\n', encoding="utf-8")
    with pytest.raises(CatalogError, match=r"'name'.*tocsin catalog check"):
        read_catalog(tmp_path / "data")
