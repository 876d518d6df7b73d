"""The table of looks comes back as it was written, batch by batch; a fault names row and column."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.formats.columns import TableError
from tocsin.formats.look_table import (
    Looks,
    iter_looks,
    looks_from_scans,
    read_looks,
    table_from_looks,
)
from tocsin.formats.plot_table import no_plots
from tocsin.sensors.scan import Scan

START_NS = tai_from_utc("2024-07-05T12:00:00Z")


def some(count: int = 200) -> Looks:
    chance = np.random.default_rng(1)
    return Looks(
        sensors=("north", "south"),
        time_tai_ns=START_NS + np.arange(count) * SECOND_NS,
        sensor=chance.integers(0, 2, count),
        plots=chance.poisson(1.0, count),
        saturated=chance.random(count) < 0.2,
    )


def same(one: Looks, other: Looks) -> bool:
    return all(
        np.array_equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(Looks)
    )


def written(path: Path, table: pa.Table) -> Path:
    if path.suffix == ".csv":
        csv.write_csv(table, path)
    else:
        parquet.write_table(table, path)
    return path


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("batch_rows", [1, 7, 1_000])
def test_looks_come_back_in_batches(tmp_path: Path, ending: str, batch_rows: int) -> None:
    looks = some()
    path = written(tmp_path / f"looks.{ending}", table_from_looks(looks))

    batches = list(iter_looks(path, looks.sensors, batch_rows))

    assert same(read_looks(path, looks.sensors), looks)
    assert (len(batches) > 2) == (batch_rows < 200)
    for field in ("time_tai_ns", "sensor", "plots", "saturated"):
        joined = np.concatenate([getattr(each, field) for each in batches])
        np.testing.assert_array_equal(joined, getattr(looks, field))


def test_rows_of_one_batch_may_be_in_any_order(tmp_path: Path) -> None:
    looks = some()
    mixed = looks.take(np.random.default_rng(2).permutation(looks.count))
    path = written(tmp_path / "looks.csv", table_from_looks(mixed))
    assert same(read_looks(path, looks.sensors), looks)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"sensor": ["east"]}, "row 1: sensor 'east' is not known"),
        ({"plots": [-1]}, "row 1: plots is -1; it must be a whole number"),
        ({"saturated": [2]}, "row 1: saturated is 2; it must be 0 or 1"),
        ({"time_utc": ["noon"]}, "row 1: time_utc"),
    ],
)
def test_a_fault_names_row_and_column(
    tmp_path: Path, change: dict[str, list[object]], line: str
) -> None:
    good = table_from_looks(some(1)).to_pydict()
    path = written(tmp_path / "looks.parquet", pa.table({**good, **change}))
    with pytest.raises(TableError, match=line):
        read_looks(path, ("north", "south"))


def test_a_row_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    looks = some()
    late = looks.take(np.array([*range(1, 200), 0]))
    path = written(tmp_path / "looks.csv", table_from_looks(late))
    with pytest.raises(TableError, match="sort the table by time_utc"):
        list(iter_looks(path, looks.sensors, 50))


def test_a_table_without_the_last_column_has_no_saturated_look(tmp_path: Path) -> None:
    table = table_from_looks(some()).drop_columns(["saturated"])
    path = written(tmp_path / "looks.csv", table)
    assert not read_looks(path, ("north", "south")).saturated.any()


def test_every_look_of_every_scan_is_there_with_its_count_of_plots() -> None:
    scans = []
    for name, hits in (("north", [0, 2, 2]), ("south", [])):
        times = START_NS + np.arange(4) * 10 * SECOND_NS + len(hits)
        plots = no_plots((name,))
        filled = {
            field.name: np.zeros(len(hits), getattr(plots, field.name).dtype)
            for field in fields(plots)
            if field.name not in ("sensors", "data_class")
        }
        plots = replace(plots, **{**filled, "time_tai_ns": times[hits] if hits else times[:0]})
        scans.append(
            Scan(
                sensor=name,
                times_tai_ns=times,
                plots=plots,
                saturated=np.array([False, False, name == "north", False]),
            )
        )
    looks = looks_from_scans(scans)

    assert looks.count == 8
    assert np.all(np.diff(looks.time_tai_ns) >= 0)
    north, south = looks.sensor == 0, looks.sensor == 1
    assert looks.plots[north].tolist() == [1, 0, 2, 0]
    assert looks.plots[south].tolist() == [0, 0, 0, 0]
    assert looks.saturated[north].tolist() == [False, False, True, False]
    assert looks_from_scans([]).count == 0
