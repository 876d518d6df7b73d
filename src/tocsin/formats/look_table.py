"""The looks table, Parquet or CSV: every look of every sensor, also those that saw nothing.

Columns: `time_utc` (ISO 8601, or whole nanoseconds since 1970, UTC), `sensor`, `plots` (how many
the plots table has of it; 0 is silence) and, if wanted, `saturated` (1: there was more than the
sensor can report, so that what is missing may have been there; 0 if not given).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.errors import nearest
from tocsin.formats.columns import (
    BATCH_ROWS,
    Layout,
    Rows,
    rows_of,
    times,
    utc_texts,
    whole_numbers,
    words,
)
from tocsin.formats.plot_table import ORDER_TOLERANCE_S
from tocsin.lanes import Flags, Integers
from tocsin.sensors.scan import Scan

LAYOUT = Layout(required=("time_utc", "sensor", "plots"), optional=("saturated",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Looks as columns, all [n]."""

    sensors: tuple[str, ...]
    """Ids; `sensor` counts along them."""
    time_tai_ns: Integers
    sensor: Integers
    plots: Integers
    """How many plots there are of it."""
    saturated: Flags

    @property
    def count(self) -> int:
        """Number of looks."""
        return int(self.time_tai_ns.size)

    def take(self, rows: Integers) -> "Looks":
        """Give the looks at these places, in this order."""
        columns = {name: getattr(self, name)[rows] for name in self.__slots__ if name != "sensors"}
        return Looks(sensors=self.sensors, **columns)


def looks_from_scans(scans: Sequence[Scan]) -> Looks:
    """Give the looks of some sensors' scans, in order of time, then of the scans."""
    count = [each.times_tai_ns.size for each in scans]
    sensor = np.repeat(np.arange(len(scans)), count)
    none = [np.empty(0, np.int64)]
    time_tai_ns = np.concatenate([*(each.times_tai_ns for each in scans), *none])
    plots = [
        np.searchsorted(each.plots.time_tai_ns, each.times_tai_ns, side="right")
        - np.searchsorted(each.plots.time_tai_ns, each.times_tai_ns, side="left")
        for each in scans
    ]
    saturated = np.concatenate([*(each.saturated for each in scans), np.empty(0, np.bool_)])
    return Looks(
        sensors=tuple(each.sensor for each in scans),
        time_tai_ns=time_tai_ns,
        sensor=sensor,
        plots=np.concatenate([*plots, *none]),
        saturated=saturated,
    ).take(np.lexsort((sensor, time_tai_ns)))


def table_from_looks(looks: Looks) -> pa.Table:
    """Give looks as a table."""
    return pa.table(
        {
            "time_utc": utc_texts(looks.time_tai_ns),
            "sensor": pa.array(looks.sensors, pa.string()).take(pa.array(looks.sensor)),
            "plots": pa.array(looks.plots, pa.int64()),
            "saturated": pa.array(looks.saturated.astype(np.int64), pa.int64()),
        }
    )


def iter_looks(path: Path, sensors: Sequence[str], batch_rows: int = BATCH_ROWS) -> Iterator[Looks]:
    """Give the looks of a table in order of time, holding about one batch of rows in memory.

    As in a table of plots, a row may come up to `ORDER_TOLERANCE_S` after a later one.

    Args:
        path: `.parquet` or `.csv`.
        sensors: The ids that may be in it; `sensor` counts along them.
        batch_rows: Rows to read at a time, 1 or more.

    Raises:
        TableError: The table or a cell of it is not usable; the line says which and why.
    """
    held: Looks | None = None
    given_to: int | None = None
    for rows in rows_of(path, LAYOUT, batch_rows):
        looks = _looks(rows, sensors)
        _refuse_late(rows, looks.time_tai_ns, given_to)
        held = looks if held is None else _joined(held, looks)
        held = held.take(np.argsort(held.time_tai_ns, kind="stable"))
        edge = int(held.time_tai_ns[-1]) - round(ORDER_TOLERANCE_S * SECOND_NS)
        ready = int(np.searchsorted(held.time_tai_ns, edge, side="left"))
        if ready:
            given_to = edge
            yield held.take(np.arange(ready))
            held = held.take(np.arange(ready, held.count))
    if held is not None:
        yield held


def read_looks(path: Path, sensors: Sequence[str]) -> Looks:
    """Give all the looks of a table in order of time; for one that fits in memory."""
    none = np.empty(0, np.int64)
    looks = Looks(
        sensors=tuple(sensors),
        time_tai_ns=none,
        sensor=none,
        plots=none,
        saturated=np.empty(0, np.bool_),
    )
    for batch in iter_looks(path, sensors):
        looks = _joined(looks, batch)
    return looks


def _looks(rows: Rows, sensors: Sequence[str]) -> Looks:
    """Turn rows into checked looks."""
    saturated = np.zeros(rows.count, np.int64)
    if rows.has("saturated"):
        saturated = whole_numbers(rows, "saturated")
        for row in np.flatnonzero(saturated > 1)[:1]:
            raise rows.fault(int(row), f"saturated is {saturated[row]}; it must be 0 or 1")
    return Looks(
        sensors=tuple(sensors),
        time_tai_ns=times(rows, "time_utc"),
        sensor=_sensors(rows, sensors),
        plots=whole_numbers(rows, "plots"),
        saturated=saturated == 1,
    )


def _sensors(rows: Rows, sensors: Sequence[str]) -> Integers:
    """Give each row's place in the list of sensors; refuse one that is not in it."""
    known: Mapping[str, int] = {name: place for place, name in enumerate(sensors)}
    names, places = words(rows, "sensor")
    for number, name in enumerate(names):
        if name not in known:
            row = int(np.flatnonzero(places == number)[0])
            raise rows.fault(row, f"sensor {name!r} is not known; {nearest(name, known)}")
    return np.array([known[name] for name in names], dtype=np.int64)[places]


def _joined(first: Looks, second: Looks) -> Looks:
    """Give two batches of the same sensors as one."""
    columns = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in first.__slots__
        if name != "sensors"
    }
    return Looks(sensors=first.sensors, **columns)


def _refuse_late(rows: Rows, time_tai_ns: Integers, given_to: int | None) -> None:
    """Refuse a row so late that later ones have gone out before it."""
    if given_to is None:
        return
    for row in np.flatnonzero(time_tai_ns < given_to)[:1]:
        raise rows.fault(
            int(row),
            f"time_utc is {utc_from_tai(int(time_tai_ns[row]))}, over {ORDER_TOLERANCE_S:g} s"
            f" before an earlier row's; sort the table by time_utc",
        )
