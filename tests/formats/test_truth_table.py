"""The truth table's parents: which object is a piece of which, and files without them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tocsin.earth.time import tai_from_utc
from tocsin.formats.columns import TableError
from tocsin.formats.truth_table import Truth, read_truth, table_from_truth

START = tai_from_utc("2024-07-05T12:00:00Z")


def truth(parents: tuple[str, ...]) -> Truth:
    return Truth(
        objects=("one", "one stage 1", "two"),
        object=np.array([0, 0, 1, 1, 2]),
        time_tai_ns=START + np.array([0, 5, 0, 5, 10]) * 1_000_000_000,
        state=np.arange(30.0).reshape(5, 6),
        parents=parents,
    )


def write(table: pa.Table, path: Path) -> Path:
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    else:
        pa.parquet.write_table(table, path)
    return path


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("parents", [("", "one", ""), ("", "", ""), ()])
def test_parents_come_back_as_they_were_written(
    ending: str, parents: tuple[str, ...], tmp_path: Path
) -> None:
    table = table_from_truth(truth(parents))
    assert ("parent" in table.column_names) == bool(parents)
    found = read_truth(write(table, tmp_path / f"truth.{ending}"))
    assert found.parents == parents
    assert found.objects == truth(parents).objects
    np.testing.assert_array_equal(found.state, truth(parents).state)


def test_parents_may_be_categories(tmp_path: Path) -> None:
    table = table_from_truth(truth(("", "one", "")))
    coded = table.set_column(
        table.column_names.index("parent"), "parent", table["parent"].dictionary_encode()
    )
    assert read_truth(write(coded, tmp_path / "truth.parquet")).parents == ("", "one", "")


def test_payloads_are_the_objects_that_came_off_no_other() -> None:
    assert truth(("", "one", "")).payloads.tolist() == [0, 2]
    assert truth(()).payloads.tolist() == [0, 1, 2]


def test_an_object_with_two_parents_is_refused(tmp_path: Path) -> None:
    table = table_from_truth(truth(("", "one", "")))
    wrong = table.set_column(
        table.column_names.index("parent"), "parent", pa.array([None, None, "one", "two", None])
    )
    with pytest.raises(TableError, match=r"row 4: parent of 'one stage 1' is 'two', and 'one'"):
        read_truth(write(wrong, tmp_path / "truth.csv"))
