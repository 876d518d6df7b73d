"""The truth table, Parquet or CSV: where each object really was; to and from `Truth`.

Columns: `time_utc` (ISO 8601, or whole nanoseconds since 1970, UTC), `object`, `x_m`, `y_m`, `z_m`,
`vx_m_s`, `vy_m_s`, `vz_m_s`, Earth-fixed.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tocsin.earth.time import utc_from_tai
from tocsin.formats.columns import (
    Layout,
    Rows,
    TableError,
    numbers,
    rows_of,
    times,
    utc_texts,
    words,
)
from tocsin.lanes import Floats, Integers

PLACE_COLUMNS = ("x_m", "y_m", "z_m")
RATE_COLUMNS = ("vx_m_s", "vy_m_s", "vz_m_s")
STATE_COLUMNS = PLACE_COLUMNS + RATE_COLUMNS
PLACE_MAX_M = 1.0e9
RATE_MAX_M_S = 1.0e5

LAYOUT = Layout(required=("time_utc", "object", *STATE_COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Where objects really were, as columns [n], sorted by object, then time."""

    objects: tuple[str, ...]
    """Ids; `object` counts along them."""
    object: Integers
    time_tai_ns: Integers
    state: Floats
    """[n, 6]: x, y, z (m) and their rates (m/s), Earth-fixed."""


def read_truth(path: Path) -> Truth:
    """Give a truth table, in any order of rows; it must fit in memory.

    Raises:
        TableError: The table or a cell of it is not usable; the line says which and why.
    """
    names: dict[str, int] = {}
    parts: list[tuple[Integers, Integers, Floats]] = []
    for rows in rows_of(path, LAYOUT):
        found, places = words(rows, "object")
        for name in found:
            names.setdefault(name, len(names))
        number = np.array([names[name] for name in found], dtype=np.int64)[places]
        parts.append((number, times(rows, "time_utc"), state_columns(rows)))
    if not parts:
        raise TableError(f"{path.name}: there is no row in it")
    number, time, state = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((time, number))
    truth = Truth(
        objects=tuple(names), object=number[order], time_tai_ns=time[order], state=state[order]
    )
    _refuse_repeats(path.name, truth)
    return truth


def table_from_truth(truth: Truth) -> pa.Table:
    """Give truth as a table."""
    return pa.table(
        {
            "time_utc": utc_texts(truth.time_tai_ns),
            "object": pa.array(truth.objects, pa.string()).take(pa.array(truth.object)),
            **{name: truth.state[:, k] for k, name in enumerate(STATE_COLUMNS)},
        }
    )


def state_columns(rows: Rows) -> Floats:
    """Give the checked states [n, 6] of a truth or tracks table."""
    return np.stack(
        [numbers(rows, name, -PLACE_MAX_M, PLACE_MAX_M) for name in PLACE_COLUMNS]
        + [numbers(rows, name, -RATE_MAX_M_S, RATE_MAX_M_S) for name in RATE_COLUMNS],
        axis=-1,
    )


def _refuse_repeats(file: str, truth: Truth) -> None:
    """Refuse an object that is at two places at one instant."""
    same = (np.diff(truth.object) == 0) & (np.diff(truth.time_tai_ns) == 0)
    for row in np.flatnonzero(same)[:1]:
        raise TableError(
            f"{file}: object {truth.objects[truth.object[row]]!r} is there twice at"
            f" {utc_from_tai(int(truth.time_tai_ns[row]))}; leave one row"
        )
