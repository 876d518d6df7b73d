"""Result files are whole or not there."""

import errno
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tocsin.errors import OutputError
from tocsin.studies.files import (
    placed,
    table_bytes,
    table_from_bytes,
    write_batches,
    write_json,
    write_records,
    write_text,
)


def test_a_file_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    write_text(path, "old")

    def half() -> None:
        with placed(path) as part:
            part.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()

    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["summary.json"]


def test_a_full_disk_is_one_line_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "full.txt"

    def fill() -> None:
        with placed(path) as part:
            part.symlink_to("/dev/full")
            part.write_text("x" * 100_000)

    with pytest.raises(OutputError, match=r"full; make room"):
        fill()

    assert not path.exists()


def test_a_place_that_cannot_be_written_names_it_and_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match=r"file/summary.json.*--out"):
        write_text(tmp_path / "file" / "summary.json", "text")


def test_a_folder_that_the_system_refuses_is_named_and_left_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object, place: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="--out"):
        write_text(tmp_path / "summary.json", "text")
    assert list(tmp_path.iterdir()) == []


def test_json_refuses_what_other_programs_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"value": float("inf")})

    write_json(tmp_path / "b.json", {"name": "St. Pétersbourg"})
    assert json.loads((tmp_path / "b.json").read_text()) == {"name": "St. Pétersbourg"}
    assert [each.name for each in tmp_path.iterdir()] == ["b.json"]


def test_both_forms_of_a_table_hold_every_batch(tmp_path: Path) -> None:
    batches = [pa.table({"range_km": [1.0, 2.0], "place": ["a", "b"]})] * 3
    write_batches(tmp_path, "rows", iter(batches))
    parquet = pa.parquet.ParquetFile(tmp_path / "rows.parquet")

    assert parquet.num_row_groups == 3
    assert parquet.read().equals(pa.concat_tables(batches))
    assert pa.csv.read_csv(tmp_path / "rows.csv").num_rows == 6


def test_a_table_comes_back_from_bytes_as_it_was() -> None:
    table = pa.table({"a": [1.5, None], "b": ["x", "y"]})

    assert table_from_bytes(table_bytes(table)).equals(table)


def test_no_records_make_no_file(tmp_path: Path) -> None:
    write_records(tmp_path, "none", [])

    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match=r"file' is not a folder"):
        write_text(tmp_path / "file" / "summary.json", "text")


def test_a_table_goes_into_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"r\xe9sultats")
    write_records(folder, "rows", [{"a": 1}])

    assert sorted(path.name for path in folder.iterdir()) == ["rows.csv", "rows.parquet"]
