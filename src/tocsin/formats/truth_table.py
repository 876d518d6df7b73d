"""The truth table, Parquet or CSV: where each object really was; to and from `Truth`.

Columns: `time_utc` (ISO 8601, or whole nanoseconds since 1970, UTC), `object`, `x_m`, `y_m`, `z_m`,
`vx_m_s`, `vy_m_s`, `vz_m_s`, Earth-fixed. Optional: `parent`, for a spent stage the object that it
came off; empty for a payload.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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

LAYOUT = Layout(required=("time_utc", "object", *STATE_COLUMNS), optional=("parent",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Where objects really were, as columns [n], sorted by object, then time."""

    objects: tuple[str, ...]
    """Ids; `object` counts along them."""
    object: Integers
    time_tai_ns: Integers
    state: Floats
    """[n, 6]: x, y, z (m) and their rates (m/s), Earth-fixed."""
    parents: tuple[str, ...] = ()
    """Of each object the one that it came off, or "": a payload. Nothing at all: none is known."""

    @property
    def payloads(self) -> Integers:
        """Places in `objects` of those that came off no other: every one if none is known."""
        parents = self.parents or ("",) * len(self.objects)
        return np.flatnonzero([parent == "" for parent in parents])


def read_truth(path: Path) -> Truth:
    """Give a truth table, in any order of rows; it must fit in memory.

    Raises:
        TableError: The table or a cell of it is not usable; the line says which and why.
    """
    names: dict[str, int] = {}
    parents: dict[str, str] = {}
    parts: list[tuple[Integers, Integers, Floats]] = []
    for rows in rows_of(path, LAYOUT):
        found, places = words(rows, "object")
        for name in found:
            names.setdefault(name, len(names))
        if rows.has("parent"):
            _add_parents(rows, found, places, parents)
        number = np.array([names[name] for name in found], dtype=np.int64)[places]
        parts.append((number, times(rows, "time_utc"), state_columns(rows)))
    if not parts:
        raise TableError(f"{path.name}: there is no row in it")
    number, time, state = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((time, number))
    truth = Truth(
        objects=tuple(names),
        object=number[order],
        time_tai_ns=time[order],
        state=state[order],
        parents=tuple(parents[name] for name in names) if parents else (),
    )
    _refuse_repeats(path.name, truth)
    return truth


def _add_parents(
    rows: Rows, names: Sequence[str], places: Integers, parents: dict[str, str]
) -> None:
    """Add what these rows say each object came off; refuse an object that came off two."""
    cells = pc.cast(rows.table.column("parent").combine_chunks(), pa.string())
    texts = pc.utf8_trim_whitespace(pc.fill_null(cells, "")).to_pylist()
    for row, (place, text) in enumerate(zip(places, texts, strict=True)):
        name = names[place]
        if parents.setdefault(name, text) != text:
            raise rows.fault(
                row,
                f"parent of {name!r} is {text!r}, and {parents[name]!r} in an earlier row; an"
                " object has one parent, or none: write the same in each of its rows",
            )


def table_from_truth(truth: Truth) -> pa.Table:
    """Give truth as a table; it has a column of parents only if they are known."""
    row = pa.array(truth.object)
    columns = {
        "time_utc": utc_texts(truth.time_tai_ns),
        "object": pa.array(truth.objects, pa.string()).take(row),
        **{name: truth.state[:, k] for k, name in enumerate(STATE_COLUMNS)},
    }
    if truth.parents:
        known = [parent or None for parent in truth.parents]
        columns["parent"] = pa.array(known, pa.string()).take(row)
    return pa.table(columns)


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
