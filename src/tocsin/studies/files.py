"""Result files that are whole or not there: written under another name, then renamed into place."""

import contextlib
import errno
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

from tocsin.errors import OutputError


@contextlib.contextmanager
def placed(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; it takes the place of `path` if the block succeeds.

    A link stays: what it leads to is written.

    Raises:
        OutputError: The file cannot be written; what was at `path` before is untouched.
    """
    with contextlib.suppress(OSError, RuntimeError):  # a link that leads in a circle
        path = path.resolve() if path.is_symlink() else path
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def remove(paths: Iterable[Path]) -> None:
    """Remove files that may be there.

    Raises:
        OutputError: One of them cannot be removed.
    """
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error


def left_over(folder: Path) -> Iterator[Path]:
    """Give the half-written files that a killed run has left in a folder that no run uses now."""
    yield from folder.glob(".*.part")


def unwritable(path: Path, error: OSError) -> OutputError:
    """Say in one line why a file cannot be written and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            f"the disk that holds {str(path.parent)!r} is full; make room, run again"
        )
    reason = error.strerror or str(error)
    if isinstance(error, FileExistsError):
        reason = f"{str(path.parent)!r} is not a folder"
    return OutputError(f"{str(path)!r} cannot be written: {reason}; choose a folder with --out")


def write_text(path: Path, text: str) -> None:
    """Write a text file in one piece."""
    with placed(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, record: Any) -> None:
    """Write a JSON file in one piece; refuses infinities and NaN."""
    write_text(path, json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False) + "\n")


def write_tables(folder: Path, name: str, schema: pa.Schema, batches: Iterable[pa.Table]) -> None:
    """Write one table as Parquet and as CSV, batch by batch, holding one batch in memory.

    Args:
        folder: Where to.
        name: File name without its ending.
        schema: Columns; their names end in their units.
        batches: Tables of that schema; each becomes one row group.
    """
    with (
        placed(folder / f"{name}.parquet") as parquet,
        placed(folder / f"{name}.csv") as csv,
        parquet.open("wb") as parquet_file,  # Arrow takes no path that is not UTF-8
        csv.open("wb") as csv_file,
        pa.parquet.ParquetWriter(parquet_file, schema, write_page_checksum=True) as columns,
        pa.csv.CSVWriter(csv_file, schema) as lines,
    ):
        for batch in batches:
            columns.write_table(batch)
            lines.write_table(batch)


def write_batches(folder: Path, name: str, batches: Iterator[pa.Table]) -> None:
    """Write a table that comes in batches of one schema, at least one of them."""
    first = next(batches)
    write_tables(folder, name, first.schema, itertools.chain((first,), batches))


def write_records(folder: Path, name: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Write a small table, one record a row; does nothing without records."""
    if records:
        table = pa.Table.from_pylist([dict(record) for record in records])
        write_tables(folder, name, table.schema, [table])


def table_bytes(table: pa.Table) -> bytes:
    """Give a table as one Arrow stream."""
    sink = pa.BufferOutputStream()
    packed = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=packed) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def table_from_bytes(content: bytes) -> pa.Table:
    """Read back what `table_bytes` gave."""
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()
