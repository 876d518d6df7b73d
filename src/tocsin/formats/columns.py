"""Tables that people bring, Parquet or CSV, read batch by batch; each fault names row and column.

Row 1 is the first below the header. A batch of rows is in memory at a time, so that a table may be
larger than memory.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import BufferedReader
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from tocsin.earth.time import DAY_NS, TimeError, tai_from_utc, utc_from_tai
from tocsin.errors import TocsinError, nearest
from tocsin.lanes import Flags, Floats, Integers

ENDINGS = (".parquet", ".csv")
BATCH_ROWS = 65_536
"""Rows in memory at a time, unless asked otherwise."""
HEADER_BYTES = 8_192
"""Longest header in which the separator is looked for."""
BYTES_A_ROW = 128
"""About what a row of CSV takes; sets how much of a file is read at a time."""

_UNITS = {
    "_km_s": "kilometres per second",
    "_m_s": "metres per second",
    "_km": "kilometres",
    "_m": "metres",
    "_deg": "degrees",
    "_rad": "radians",
}
"""Endings of columns' names, the longer ones first, and what they stand for."""

NS_LEAST = 10**17
"""Nanoseconds since 1970 in 1973: a smaller whole number is in another unit."""
_COARSE = (
    (10**14, "microseconds", 10**3),
    (10**11, "milliseconds", 10**6),
    (10**8, "seconds", 10**9),
)
"""Least number of a time since 1973 in each unit, and the nanoseconds of one."""

_UTC_TEXT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|\+00:00)?$"


class TableError(TocsinError):
    """A table is not usable as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns that a kind of table has."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every column."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some rows of a table, as they were read."""

    file: str
    first: int
    """Number of the first of them in the whole table, from 1."""
    table: pa.Table

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def has(self, column: str) -> bool:
        """Say whether the table has a column."""
        return column in self.table.column_names

    def fault(self, row: int, what: str) -> TableError:
        """Give the error for one of these rows, counted from 0 among them."""
        return TableError(f"{self.file}: row {self.first + row}: {what}")


def rows_of(path: Path, layout: Layout, batch_rows: int = BATCH_ROWS) -> Iterator[Rows]:
    """Give a table in order, at most so many rows at a time; columns not in the layout are left.

    Raises:
        TableError: It cannot be read, is not such a file, or lacks a column.
    """
    if path.suffix not in ENDINGS:
        raise TableError(
            f"cannot read {path.name!r}: its ending must be one of {', '.join(ENDINGS)}"
        )
    first, batches = 1, iter(_batches(path, layout, batch_rows))
    while True:
        with _arrow_errors(path):
            batch = next(batches, None)
        if batch is None:
            return
        if batch.num_rows:
            yield Rows(file=path.name, first=first, table=batch)
        first += batch.num_rows


def _batches(path: Path, layout: Layout, batch_rows: int) -> Iterator[pa.Table]:
    """Give the wanted columns, a slice of the file at a time."""
    with path.open("rb") as stream:
        if path.suffix == ".parquet":
            file = pa.parquet.ParquetFile(stream)
            wanted = _wanted(path.name, file.schema_arrow.names, layout)
            for batch in file.iter_batches(batch_size=batch_rows, columns=wanted):
                yield pa.table(batch)
            return
        reader = _csv_reader(stream, layout, batch_rows)
        wanted = _wanted(path.name, reader.schema.names, layout)
        for batch in reader:
            table = pa.table(batch).select(wanted)
            for start in range(0, table.num_rows, batch_rows):
                yield table.slice(start, batch_rows)


def _csv_reader(
    stream: BufferedReader, layout: Layout, batch_rows: int
) -> pa.csv.CSVStreamingReader:
    """Open a CSV file whose wanted columns all come as text, so that a fault can show its cell."""
    return pa.csv.open_csv(
        stream,
        parse_options=pa.csv.ParseOptions(delimiter=_delimiter(stream)),
        read_options=pa.csv.ReadOptions(
            use_threads=False, block_size=max(1 << 16, batch_rows * BYTES_A_ROW)
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(layout.names, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _delimiter(stream: BufferedReader) -> str:
    """Give what separates the names of the header: a comma, unless there is none of it."""
    header = stream.peek(HEADER_BYTES)[:HEADER_BYTES].split(b"\n", 1)[0]
    others = [each for each in ";\t" if each.encode() in header]
    return others[0] if others and b"," not in header else ","


@contextlib.contextmanager
def _arrow_errors(path: Path) -> Iterator[None]:
    """Turn what the reading library says into one line that names the file."""
    try:
        yield
    except OSError as error:
        if isinstance(error, pa.ArrowException) or error.strerror is None:
            raise TableError(f"{path.name}: cannot be read: {_line(error)}") from error
        raise TableError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise TableError(f"{path.name}: cannot be read: {_line(error)}") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _wanted(file: str, names: Sequence[str], layout: Layout) -> list[str]:
    """Give the columns to read; refuse a table that lacks one, or has one twice or misspelt."""
    for name in names:
        if name in layout.names and names.count(name) > 1:
            raise TableError(f"{file}: column {name!r} is there twice; leave one")
    for name in layout.required:
        if name not in names:
            raise TableError(f"{file}: there is no column {name!r}; {_likely(name, names)}")
    for name in set(names) - set(layout.names):
        close = get_close_matches(name, layout.names, n=1, cutoff=0.85)
        if close and close[0] not in names:
            raise TableError(f"{file}: column {name!r} is not known; did you mean {close[0]!r}?")
    return [name for name in layout.names if name in names]


def _likely(name: str, names: Sequence[str]) -> str:
    """Say which column that is there may be meant."""
    for other in names:
        bare, unit = _without_unit(name)
        same, another = _without_unit(other)
        if same == bare and unit and another and another != unit:
            return f"{other!r} is in another unit: convert it to {unit} and rename it"
    text = nearest(name, names)
    if text.startswith("did"):
        return f"is {text.removeprefix('did you mean ').rstrip('?')} meant? rename it"
    return f"the columns are {text.removeprefix('known: ')}"


def _without_unit(name: str) -> tuple[str, str]:
    """Give a column's name without its unit, and the unit; none where there is none."""
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return name.removesuffix(ending), unit
    return name, ""


def numbers(
    rows: Rows, column: str, low: float, high: float, *, empty: bool | Flags = False
) -> Floats:
    """Give a column of numbers from `low` to `high`; an empty cell, where it may be, is NaN."""
    values, cells = _cast(rows, column, pa.float64())
    blank = np.asarray(cells.is_null())
    allowed = f"a number from {low:g} to {high:g}{', or empty' if empty is True else ''}"
    inside = (values >= low) & (values <= high)  # refuses NaN too
    for row in np.flatnonzero(~inside & ~(blank & empty))[:1]:
        shown = "empty" if blank[row] else f"{values[row]:.10g}"
        raise rows.fault(row, f"{column} is {shown}; it must be {allowed}")
    return values


def blanks(rows: Rows, columns: Sequence[str]) -> Flags:
    """Tell in which rows all of these columns are empty."""
    empty = [np.asarray(_cells(rows, column).is_null()) for column in columns]
    return np.asarray(np.all(empty, axis=0))


def whole_numbers(rows: Rows, column: str) -> Integers:
    """Give a column of whole numbers, none below 0 and none empty."""
    cells = _cells(rows, column)
    for row in np.flatnonzero(np.asarray(cells.is_null()))[:1]:
        raise rows.fault(row, f"{column} is empty; it must be a whole number, 0 or more")
    try:
        values = np.asarray(pc.cast(cells, pa.int64()), dtype=np.int64)
    except pa.ArrowInvalid:
        row = _first_bad(cells, pa.int64())
        shown = cells[row].as_py()
        raise rows.fault(
            row, f"{column} is {shown!r}; it must be a whole number, 0 or more"
        ) from None
    for row in np.flatnonzero(values < 0)[:1]:
        raise rows.fault(row, f"{column} is {values[row]}; it must be a whole number, 0 or more")
    return values


def words(rows: Rows, column: str) -> tuple[tuple[str, ...], Integers]:
    """Give a column of names, none empty: each name once, and every row's place among them."""
    cells = pc.cast(_cells(rows, column), pa.string())
    for row in np.flatnonzero(np.asarray(cells.is_null()))[:1]:
        raise rows.fault(row, f"{column} is empty; give it a name")
    coded = pc.dictionary_encode(pc.utf8_trim_whitespace(cells))
    names = tuple(coded.dictionary.to_pylist())
    places = np.asarray(coded.indices, dtype=np.int64)
    for row in np.flatnonzero([not names[place] for place in places])[:1]:
        raise rows.fault(row, f"{column} is empty; give it a name")
    return names, places


def times(rows: Rows, column: str) -> Integers:
    """Give a column of instants, TAI ns, from ISO 8601 texts, time stamps or whole ns since 1970.

    All are UTC; whole nanoseconds count as POSIX does, without leap seconds. A text may name one
    (23:59:60).
    """
    cells = _cells(rows, column)
    for row in np.flatnonzero(np.asarray(cells.is_null()))[:1]:
        raise rows.fault(row, f"{column} is empty; write it as 2017-05-14T05:28:00Z")
    if pa.types.is_floating(cells.type):
        raise rows.fault(
            0,
            f"{column} is {cells[0].as_py()!r}, a decimal number; give ISO 8601 or whole"
            f" nanoseconds",
        )
    if pa.types.is_timestamp(cells.type) or pa.types.is_integer(cells.type):
        whole = np.asarray(_as_utc_ns(cells), dtype=np.int64)
        if pa.types.is_integer(cells.type):
            _refuse_coarse(rows, column, whole)
        return _tai(rows, column, whole)
    texts = pc.utf8_trim_whitespace(pc.cast(cells, pa.string()))
    utc_ns = _fast_utc(texts)
    if utc_ns is not None:
        if utc_ns.size and str(texts[0]).isdigit():
            _refuse_coarse(rows, column, utc_ns)
        return _tai(rows, column, utc_ns)
    return np.array([_slow_tai(rows, column, k, text) for k, text in enumerate(texts.to_pylist())])


def _refuse_coarse(rows: Rows, column: str, utc_ns: Integers, row: int = 0) -> None:
    """Refuse whole numbers that are too small for nanoseconds: seconds since 1970, say."""
    for at in np.flatnonzero(np.abs(utc_ns) < NS_LEAST)[:1]:
        value = int(utc_ns[at])
        unit, factor = next(((u, f) for least, u, f in _COARSE if abs(value) >= least), ("", 0))
        said = "it must be whole nanoseconds since 1970 (now some 1.8e18), or ISO 8601"
        if unit:
            stamp = np.datetime64(value * factor, "ns").astype("datetime64[s]")
            said = f"it looks like {unit} since 1970 ({stamp}Z); multiply by {factor:,}"
        raise rows.fault(row + int(at), f"{column} is {value}; {said}")


def _as_utc_ns(cells: pa.Array) -> pa.Array:
    """Give time stamps or integers as whole nanoseconds since 1970."""
    if pa.types.is_timestamp(cells.type):
        cells = pc.cast(cells, pa.timestamp("ns", tz=cells.type.tz))
    return pc.cast(cells, pa.int64())


def _fast_utc(texts: pa.Array) -> Integers | None:
    """Give UTC ns of texts if all are of the usual forms, else nothing."""
    try:
        if pc.all(pc.match_substring_regex(texts, r"^\d{9,19}$")).as_py():
            return np.asarray(pc.cast(texts, pa.int64()))
        if pc.all(pc.match_substring_regex(texts, _UTC_TEXT)).as_py():
            bare = pc.replace_substring_regex(texts, r"(Z|\+00:00)$", "")
            return np.asarray(pc.cast(pc.cast(bare, pa.timestamp("ns")), pa.int64()))
    except pa.ArrowInvalid:
        pass
    return None


def _slow_tai(rows: Rows, column: str, row: int, text: str) -> int:
    """Give the instant of one text, or say what is wrong with it."""
    try:
        if text.isascii() and text.isdigit():
            _refuse_coarse(rows, column, np.array([int(text)]), row)
            return int(_tai(rows, column, np.array([int(text)]), row)[0])
        return tai_from_utc(text)
    except (TimeError, OverflowError) as error:
        raise rows.fault(row, f"{column}: {error}") from None


def _tai(rows: Rows, column: str, utc_ns: Integers, row: int = 0) -> Integers:
    """Give TAI ns of UTC ns; the difference is one number for each day."""
    days, day_of = np.unique(utc_ns // DAY_NS, return_inverse=True)
    offsets = np.empty_like(days)
    for place, day in enumerate(days):
        try:
            midnight = str(np.datetime64(int(day), "D")) + "T00:00:00Z"
            offsets[place] = tai_from_utc(midnight) - int(day) * DAY_NS
        except TimeError as error:
            bad = row + int(np.flatnonzero(day_of == place)[0])
            raise rows.fault(bad, f"{column}: {error}") from None
    return np.asarray(utc_ns + offsets[day_of])


def utc_texts(times_tai_ns: Integers) -> pa.Array:
    """Give instants as ISO 8601 texts, UTC."""
    instants, place = np.unique(times_tai_ns, return_inverse=True)
    texts = pa.array([utc_from_tai(int(instant)) for instant in instants], pa.string())
    return texts.take(pa.array(place))


def _cells(rows: Rows, column: str) -> pa.Array:
    """Give a column's cells as one array, blank texts as empty cells."""
    chunked = rows.table.column(column)
    if pa.types.is_dictionary(chunked.type):
        chunked = pc.cast(chunked, chunked.type.value_type)
    cells = chunked.combine_chunks()
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.chunk(0) if cells.num_chunks else pa.array([], cells.type)
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        trimmed = pc.utf8_trim_whitespace(cells)
        return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, cells.type), trimmed)
    return cells


def _cast(rows: Rows, column: str, kind: pa.DataType) -> tuple[Floats, pa.Array]:
    """Give a column's numbers, NaN where a cell is empty, and its cells."""
    cells = _cells(rows, column)
    try:
        values = pc.cast(cells, kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        row = _first_bad(cells, kind)
        raise rows.fault(row, f"{column} is {cells[row].as_py()!r}; it must be a number") from None
    return np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64), cells


def _first_bad(cells: pa.Array, kind: pa.DataType) -> int:
    """Give the place of the first cell that is no such number."""
    for row in range(len(cells)):
        try:
            pc.cast(cells.slice(row, 1), kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return row
    return 0
