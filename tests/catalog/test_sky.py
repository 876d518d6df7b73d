"""The public catalogue and users' own files of element sets: whole, fast, and plain when broken."""

import lzma
from pathlib import Path

import pytest

from tocsin.catalog.load import load_catalog
from tocsin.catalog.sky import PUBLIC_COUNT, PUBLIC_SOURCE, load_sky
from tocsin.earth.time import utc_from_tai
from tocsin.errors import CatalogError

VANGUARD = (
    "VANGUARD 1",
    "1 00005U 58002B   24187.49270102  .00000872  00000-0  11018-2 0  9997",
    "2 00005  34.2494 350.7565 1842018 170.0536 194.2361 10.85456480365911",
)
VANGUARD_2 = (
    "0 VANGUARD 2",
    "1 00011U 59001A   24187.51496924  .00001069  00000-0  55482-3 0  9992",
    "2 00011  32.8711 255.0638 1455653 332.1888  20.7734 11.88503118450690",
)


def written(folder: Path, *lines: str, name: str = "own.tle") -> Path:
    path = folder / name
    text = "\r\n".join(lines).encode()
    path.write_bytes(lzma.compress(text) if path.suffix == ".xz" else text)
    return path


def test_the_public_catalogue_is_whole_and_its_source_is_named() -> None:
    sky = load_sky()

    assert sky.count == PUBLIC_COUNT == len(sky.names) == len(sky.models)
    assert sky.names[0] == "VANGUARD 1"
    assert sky.numbers[0] == 5
    assert utc_from_tai(int(sky.epochs_tai_ns[0])) == "2024-07-05T11:49:29Z"
    assert {"ISS (ZARYA)", "COSMOS 2541"} <= set(sky.names)
    assert PUBLIC_SOURCE in load_catalog().sources
    assert load_sky() is sky


@pytest.mark.parametrize("name", ["own.tle", "own.3le", "own.TXT", "own.3le.xz"])
def test_a_users_own_file_is_read_with_names_and_without(tmp_path: Path, name: str) -> None:
    sky = load_sky(written(tmp_path, *VANGUARD[1:], "", *VANGUARD_2, name=name))

    assert sky.names == ("00005", "VANGUARD 2")
    assert sky.numbers.tolist() == [5, 11]


def test_the_latest_of_several_sets_of_one_object_counts(tmp_path: Path) -> None:
    older = VANGUARD[1].replace("24187.", "24186.")[:-1] + "6"
    sky = load_sky(written(tmp_path, *VANGUARD, VANGUARD[0], older, VANGUARD[2], *VANGUARD_2))

    assert sky.count == 2
    assert utc_from_tai(int(sky.epochs_tai_ns[0])).startswith("2024-07-05")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((*VANGUARD_2, VANGUARD[0], VANGUARD[1][:-1] + "3", VANGUARD[2]), "lines 5 and 6"),
        ((*VANGUARD[:2], VANGUARD[2].replace("34.2494", "3x.2494")), "'VANGUARD 1'"),
        ((VANGUARD[0], VANGUARD[1]), "line 1: no element set starts with 'VANGUARD 1'"),
        ((VANGUARD[0], VANGUARD[2], VANGUARD[1]), "must be a name, then a line"),
        (("",), "holds no element set"),
    ],
)
def test_a_broken_file_is_told_in_one_line(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CatalogError, match=r"own\.tle") as told:
        load_sky(written(tmp_path, *lines))

    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_missing_cut_or_of_another_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="is not there"):
        load_sky(tmp_path / "none.tle")
    with pytest.raises(CatalogError, match=r"must end in \.3le, \.tle, \.txt"):
        load_sky(tmp_path / "none.csv")
    whole = written(tmp_path, *VANGUARD, name="own.3le.xz")
    whole.write_bytes(whole.read_bytes()[:-20])
    with pytest.raises(CatalogError, match="cannot be read"):
        load_sky(whole)
