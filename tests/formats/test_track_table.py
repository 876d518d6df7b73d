"""Tracks and truth come back from their tables as they were; faults name row and column."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import tai_from_utc
from tocsin.formats.columns import TableError
from tocsin.formats.track_table import flat, read_tracks, table_from_tracks
from tocsin.formats.truth_table import Truth, read_truth, table_from_truth
from tocsin.tracking.track import Tracks, plain_tracks

START = tai_from_utc("2024-07-05T12:00:00Z")
SENSORS = ("north", "south", "eye")


def made(n: int, seed: int) -> Tracks:
    chance = np.random.default_rng(seed)
    root = chance.normal(size=(n, 6, 6))
    return plain_tracks(
        track=chance.integers(0, 1000, n),
        time_tai_ns=START + np.arange(n) * 1_500_000_000,
        state=chance.normal(size=(n, 6)) * 1e4,
        covariance=root @ np.swapaxes(root, 1, 2),
        existence=chance.uniform(0.0, 1.0, n),
        phase=chance.integers(0, 3, n),
        sensors=chance.integers(0, 8, n),
        hits=chance.integers(0, 99, n),
        misses=chance.integers(0, 9, n),
    )


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@given(n=st.integers(1, 12), seed=st.integers(0, 1000))
def test_tracks_come_back_from_a_table_as_they_were(
    n: int, seed: int, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tracks") / f"tracks.{ending}"
    tracks = made(n, seed)
    table = table_from_tracks(tracks, SENSORS, "exercise")
    if ending == "csv":
        pa.csv.write_csv(flat(table), path)
    else:
        pa.parquet.write_table(table, path)

    found = read_tracks(path, SENSORS)

    assert set(table["data_class"].to_pylist()) == {"exercise"}
    for name in Tracks.__slots__:
        np.testing.assert_allclose(
            getattr(found, name), getattr(tracks, name), rtol=1e-12, atol=1e-13, err_msg=name
        )


def test_the_covariance_stands_row_by_row_in_21_columns() -> None:
    tracks = made(1, 3)
    row = table_from_tracks(tracks, SENSORS, "exercise").to_pylist()[0]
    names = [name for name in row if name[0] == "c" and name[1:].isdigit()]

    assert names == [f"c{i}{j}" for i in range(1, 7) for j in range(1, i + 1)]
    assert row["c52"] == tracks.covariance[0, 4, 1]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"phase": "bost"}, "phase is 'bost'; it must be one of boost, coast, re-entry"),
        ({"c33": -1.0}, "c33 is -1; it must be a number from 0"),
        ({"existence": 1.5}, "existence is 1.5; it must be a number from 0 to 1"),
        ({"sensors": ["nort"]}, "sensor 'nort' is not known; did you mean 'north'?"),
        ({"data_class": "real"}, "data_class is 'real'; it must be one of test, exercise, actual"),
        ({"data_class": "exercise"}, "data_class is 'exercise' after 'actual'; they must never be"),
        ({"x_m": 1e12}, "x_m is 1e+12; it must be a number from -1e+09 to 1e+09"),
    ],
)
def test_a_fault_in_a_tracks_table_names_its_row(
    change: dict[str, Any], line: str, tmp_path: Path
) -> None:
    rows = table_from_tracks(made(2, 1), SENSORS, "actual").to_pylist()
    rows[1].update(change)
    pa.parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "tracks.parquet")

    with pytest.raises(TableError) as caught:
        read_tracks(tmp_path / "tracks.parquet", SENSORS)

    assert str(caught.value).startswith(f"tracks.parquet: row 2: {line}")


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_truth_comes_back_sorted_by_object_and_time(ending: str, tmp_path: Path) -> None:
    truth = Truth(
        objects=("one", "two"),
        object=np.array([0, 0, 1, 1, 1]),
        time_tai_ns=START + np.array([0, 5, 0, 5, 10]) * 1_000_000_000,
        state=np.random.default_rng(1).normal(size=(5, 6)) * 1e4,
    )
    path = tmp_path / f"truth.{ending}"
    table = table_from_truth(truth).take([3, 0, 4, 1, 2])
    if ending == "csv":
        pa.csv.write_csv(table, path)
    else:
        pa.parquet.write_table(table, path)

    found = read_truth(path)

    assert found.objects == ("two", "one")
    order = np.argsort(np.array(found.objects)[found.object], kind="stable")
    np.testing.assert_array_equal(found.time_tai_ns[order], truth.time_tai_ns)
    np.testing.assert_allclose(found.state[order], truth.state, rtol=1e-14)


def test_an_object_at_two_places_at_once_is_refused(tmp_path: Path) -> None:
    row = {"time_utc": "2024-07-05T12:00:00Z", "object": "one", "x_m": 1.0, "y_m": 2.0}
    row |= {"z_m": 3.0, "vx_m_s": 4.0, "vy_m_s": 5.0, "vz_m_s": 6.0}
    pa.csv.write_csv(pa.Table.from_pylist([row, row]), tmp_path / "truth.csv")

    with pytest.raises(TableError, match=r"'one' is there twice at 2024-07-05T12:00:00Z"):
        read_truth(tmp_path / "truth.csv")
