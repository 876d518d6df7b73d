"""The tracks table, Parquet or CSV: each track's state and its error, one instant a row.

Columns: `time_utc` (ISO 8601), `track`, the state as in the truth table, `c11`, `c21`, `c22`, ...
`c66` (lower triangle of the state's covariance, row by row; m^2, m^2/s, m^2/s^2), `existence`
(probability), `phase` (boost, coast, re-entry), `sensors`, `hits`, `misses`. In Parquet `sensors`
is a list of names; in CSV they are joined by semicolons. Optional: `data_class`, that of the plots
that fed the tracks, the same in all rows (`test` where it is not said); `misfit`, the running mean
of the squared distances of its plots over their degrees of freedom (1 is right).
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.errors import nearest
from tocsin.formats.columns import (
    Layout,
    Rows,
    TableError,
    numbers,
    rows_of,
    times,
    utc_texts,
    whole_numbers,
    words,
)
from tocsin.formats.data_class import DATA_CLASSES, one_class
from tocsin.formats.truth_table import STATE_COLUMNS, state_columns
from tocsin.lanes import Floats, Integers
from tocsin.tracking.track import Tracks, joined_tracks, plain_tracks

PHASES = ("boost", "coast", "re-entry")
"""Names of `tracking.track`'s phases 0, 1 and 2."""

SENSORS_MAX = 63
"""Sensors that one set of tracks can tell apart: bits of a whole number."""

SEPARATOR = ";"
LOWER = [(i, j) for i in range(6) for j in range(i + 1)]
COVARIANCE_COLUMNS = tuple(f"c{i + 1}{j + 1}" for i, j in LOWER)

LAYOUT = Layout(
    required=(
        "time_utc",
        "track",
        *STATE_COLUMNS,
        *COVARIANCE_COLUMNS,
        "existence",
        "phase",
        "sensors",
        "hits",
        "misses",
    ),
    optional=("misfit", "data_class"),
)


def table_from_tracks(
    tracks: Tracks, sensors: tuple[str, ...], data_class: str, misfit: Floats | None = None
) -> pa.Table:
    """Give tracks as a table.

    Args:
        tracks: At any instants.
        sensors: The names that the bits of `tracks.sensors` stand for.
        data_class: Of the plots that fed them.
        misfit: Of each; without it there is no such column.
    """
    assert data_class in DATA_CLASSES, data_class
    fed = [names_of(int(bits), sensors) for bits in tracks.sensors]
    return pa.table(
        {
            "time_utc": utc_texts(tracks.time_tai_ns),
            "track": pa.array(tracks.track, pa.int64()),
            **{name: tracks.state[:, k] for k, name in enumerate(STATE_COLUMNS)},
            **{
                name: tracks.covariance[:, i, j]
                for name, (i, j) in zip(COVARIANCE_COLUMNS, LOWER, strict=True)
            },
            "existence": tracks.existence,
            "phase": pa.array([PHASES[int(phase)] for phase in tracks.phase], pa.string()),
            "sensors": pa.array(fed, pa.list_(pa.string())),
            "hits": pa.array(tracks.hits, pa.int64()),
            "misses": pa.array(tracks.misses, pa.int64()),
            "data_class": pa.array([data_class] * tracks.count, pa.string()),
            **({} if misfit is None else {"misfit": misfit}),
        }
    )


def flat(table: pa.Table) -> pa.Table:
    """Give a tracks table with its lists joined to texts, as CSV needs it."""
    place = table.schema.get_field_index("sensors")
    return table.set_column(place, "sensors", pc.binary_join(table["sensors"], SEPARATOR))


def names_of(bits: int, sensors: tuple[str, ...]) -> list[str]:
    """Give the names of the sensors whose bits are set, in their order."""
    return [name for place, name in enumerate(sensors) if bits >> place & 1]


def read_tracks(path: Path, sensors: tuple[str, ...]) -> Tracks:
    """Give a tracks table that fits in memory.

    Args:
        path: `.parquet` or `.csv`.
        sensors: The names that may be in it, in the order of the bits to set.

    Raises:
        TableError: The table or a cell of it is not usable, or it mixes data classes; the line
            says which and why.
    """
    parts, data_class = [], None
    for rows in rows_of(path, LAYOUT):
        data_class = one_class(rows, data_class)
        parts.append(_tracks(rows, sensors))
    if not parts:
        raise TableError(f"{path.name}: there is no row in it")
    return joined_tracks(parts)


def _tracks(rows: Rows, sensors: tuple[str, ...]) -> Tracks:
    """Turn rows into checked tracks."""
    return plain_tracks(
        track=whole_numbers(rows, "track"),
        time_tai_ns=times(rows, "time_utc"),
        state=state_columns(rows),
        covariance=_covariance(rows),
        existence=numbers(rows, "existence", 0.0, 1.0),
        phase=_phases(rows),
        sensors=_bits(rows, sensors),
        hits=whole_numbers(rows, "hits"),
        misses=whole_numbers(rows, "misses"),
    )


def _covariance(rows: Rows) -> Floats:
    """Give the covariances [n, 6, 6]; refuse one with a negative variance."""
    full = np.empty((rows.count, 6, 6))
    for name, (i, j) in zip(COVARIANCE_COLUMNS, LOWER, strict=True):
        full[:, i, j] = numbers(rows, name, 0.0 if i == j else -1e30, 1e30)
        full[:, j, i] = full[:, i, j]
    return full


def _phases(rows: Rows) -> Integers:
    names, places = words(rows, "phase")
    for number, name in enumerate(names):
        if name not in PHASES:
            row = int(np.flatnonzero(places == number)[0])
            raise rows.fault(row, f"phase is {name!r}; it must be one of {', '.join(PHASES)}")
    return np.array([PHASES.index(name) for name in names], dtype=np.int64)[places]


def _bits(rows: Rows, sensors: tuple[str, ...]) -> Integers:
    """Give the sensors of each row as bits."""
    bits = np.zeros(rows.count, dtype=np.int64)
    for row, cell in enumerate(rows.table["sensors"].to_pylist()):
        fed = cell.split(SEPARATOR) if isinstance(cell, str) else cell or []
        for name in fed:
            if name not in sensors:
                raise rows.fault(row, f"sensor {name!r} is not known; {nearest(name, sensors)}")
            bits[row] |= 1 << sensors.index(name)
    return bits
