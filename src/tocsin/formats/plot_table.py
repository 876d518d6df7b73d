"""The plots table, Parquet or CSV: one detection a row, as recorded; to and from `Plots`.

Columns: `time_utc` (ISO 8601, or whole nanoseconds since 1970, UTC), `sensor`, `range_m` (empty in
a row of an infrared satellite), `azimuth_deg`, `elevation_deg`; if wanted `range_rate_m_s`,
`snr_db`, `sigma_range_m`, `sigma_azimuth_deg`, `sigma_elevation_deg`, `sigma_range_rate_m_s`,
`plot_id` and `data_class`. Where a sigma is not given, `SIGMA_*` below stands for it. A row with
neither range nor angles is a look that saw nothing.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.errors import nearest
from tocsin.formats.columns import (
    BATCH_ROWS,
    Layout,
    Rows,
    TableError,
    blanks,
    numbers,
    rows_of,
    times,
    utc_texts,
    whole_numbers,
    words,
)
from tocsin.formats.data_class import UNSAID, classes, of_class, one_class
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots
from tocsin.tracking.flood import strongest

SIGMA_RANGE_M = 100.0
SIGMA_ANGLE_RAD = math.radians(0.2)
SIGMA_SIGHT_RAD = math.radians(0.01)
SIGMA_RANGE_RATE_M_S = 10.0
"""Errors where none are given: of a radar's range, its angles, a satellite's line of sight (6 km
from geostationary height) and a range rate. Assumed: of the order of a large search radar with a
beam of 2 degrees, and of a picture element of a watch satellite; no operator publishes them."""

ORDER_TOLERANCE_S = 60.0
"""How far a row may come after a later one without being refused, in a table of many batches."""

JUMP_MAX_S = 7.0 * 86_400.0
"""A sensor whose times jump by more, ahead or back, has a wrong clock: no track lives so long."""
JUMPS_TOLD = 3
"""A sensor whose times go back more often in one batch is taken to be written in no order."""
HELD_MAX = 2_000_000
"""Most plots held in memory; the fullest looks are thinned out before there are more."""

RANGE_MAX_M = 5.0e7
RATE_MAX_M_S = 1.0e5

LAYOUT = Layout(
    required=("time_utc", "sensor", "range_m", "azimuth_deg", "elevation_deg"),
    optional=(
        "range_rate_m_s",
        "snr_db",
        "sigma_range_m",
        "sigma_azimuth_deg",
        "sigma_elevation_deg",
        "sigma_range_rate_m_s",
        "plot_id",
        "data_class",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A row whose time does not follow those before it."""

    row: int
    """In the table, from 1."""
    sensor: str
    time_tai_ns: int
    by_s: float
    """Time from what was expected; below zero is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some plots of a table in order of time, and what was odd about the rows read since."""

    plots: Plots
    empty_looks: int = 0
    """Rows without a measurement."""
    late: int = 0
    """Rows that came more than `ORDER_TOLERANCE_S` after a later one: among these plots or the next
    ones, out of order."""
    first_late: Odd | None = None
    jumps: tuple[Odd, ...] = ()
    """Where one sensor's times go back by more than that, if it is not all the time."""
    thinned: int = 0
    """Plots left out of looks that memory cannot hold."""


def iter_plots(
    path: Path, batch_rows: int = BATCH_ROWS, sensors: Mapping[str, str] | None = None
) -> Iterator[Plots]:
    """Give the plots of a table in order of time, holding about one batch of rows in memory.

    Rows are sorted as they come: a table of one batch may be in any order; in a longer one a row
    may come up to `ORDER_TOLERANCE_S` after a later one. Plots of one instant stay in one batch.

    Args:
        path: `.parquet` or `.csv`.
        batch_rows: Rows to read at a time, 1 or more.
        sensors: The sensors that may be in it: id to `radar` or `infrared`. Without it, whatever
            is in it, found by reading the column once more.

    Raises:
        TableError: The table or a cell of it is not usable; the line says which and why.
    """
    for batch in iter_batches(path, batch_rows, sensors):
        if batch.first_late is not None:
            odd = batch.first_late
            raise TableError(
                f"{path.name}: row {odd.row}: time_utc is {utc_from_tai(odd.time_tai_ns)}, over"
                f" {ORDER_TOLERANCE_S:g} s before an earlier row's; sort the table by time_utc"
            )
        if batch.plots.count:
            yield batch.plots


def iter_batches(
    path: Path,
    batch_rows: int = BATCH_ROWS,
    sensors: Mapping[str, str] | None = None,
    wanted: str | None = None,
) -> Iterator[Batch]:
    """Give the plots of a table as `iter_plots` does, but late ones too, and say what is odd.

    Args:
        path, batch_rows, sensors: As there.
        wanted: Only plots of this data class; without it the table must have one only.

    Raises:
        TableError: As there; or one sensor's times jump by more than `JUMP_MAX_S`.
    """
    kinds = dict.fromkeys(sensors_in(path), "") if sensors is None else dict(sensors)
    held: Plots | None = None
    given_to: int | None = None
    data_class: str | None = None
    last: dict[int, int] = {}
    for rows in rows_of(path, LAYOUT, batch_rows):
        data_class = wanted or one_class(rows, data_class)
        mine = of_class(rows, wanted) if wanted else np.ones(rows.count, np.bool_)
        plots, row = _plots(rows, kinds, data_class)
        if not mine.all():
            plots, row = plots.take(np.flatnonzero(mine[row])), row[mine[row]]
        jumps = _jumps(rows, plots, row, last)
        late = plots.time_tai_ns < (plots.time_tai_ns if given_to is None else given_to)
        first_late = None
        for k in np.flatnonzero(late)[:1]:
            assert given_to is not None
            after_s = (int(plots.time_tai_ns[k]) - given_to) / SECOND_NS - ORDER_TOLERANCE_S
            first_late = _odd(rows, plots, int(k), row, after_s)
        held = in_time_order(plots if held is None else joined(held, plots))
        before = held.count
        held = _bounded(held)
        ready = 0
        if held.count:
            edge = int(held.time_tai_ns[-1]) - round(ORDER_TOLERANCE_S * SECOND_NS)
            given_to = edge if given_to is None else max(edge, given_to)
            ready = int(np.searchsorted(held.time_tai_ns, given_to, side="left"))
        yield Batch(
            plots=held.take(np.arange(ready)),
            empty_looks=int(np.count_nonzero(mine)) - row.size,
            late=int(np.count_nonzero(late)),
            first_late=first_late,
            jumps=jumps,
            thinned=before - held.count,
        )
        held = held.take(np.arange(ready, held.count))
    if held is not None:
        yield Batch(plots=held)


def _odd(rows: Rows, plots: Plots, place: int, row: Integers, by_s: float) -> Odd:
    """Say which row of the table is odd."""
    sensor = plots.sensors[plots.sensor[place]]
    return Odd(
        row=rows.first + int(row[place]),
        sensor=sensor,
        time_tai_ns=int(plots.time_tai_ns[place]),
        by_s=by_s,
    )


def _jumps(rows: Rows, plots: Plots, row: Integers, last: dict[int, int]) -> tuple[Odd, ...]:
    """Give the rows where a sensor's times jump back; refuse a jump that no recording has.

    Args:
        rows, plots, row: What was read, the plots in it, and the row of each.
        last: Time of each sensor's last row so far; brought up to date here.
    """
    found: list[Odd] = []
    for sensor in np.unique(plots.sensor):
        mine = np.flatnonzero(plots.sensor == sensor)
        times_ns = plots.time_tai_ns[mine]
        before = np.concatenate([[last.get(int(sensor), int(times_ns[0]))], times_ns[:-1]])
        by_s = (times_ns - before) / SECOND_NS
        last[int(sensor)] = int(times_ns[-1])
        for k in np.flatnonzero(np.abs(by_s) > JUMP_MAX_S)[:1]:
            way, size = ("ahead", by_s[k]) if by_s[k] > 0.0 else ("back", -by_s[k])
            raise rows.fault(
                int(row[mine[k]]),
                f"time_utc is {utc_from_tai(int(times_ns[k]))}: sensor"
                f" {plots.sensors[sensor]!r} jumps {way} by {size / 86_400.0:,.0f} days from its"
                f" row before; mend its clock, or keep one table for each time",
            )
        back = np.flatnonzero(by_s < -ORDER_TOLERANCE_S)
        if back.size <= JUMPS_TOLD:
            found += [_odd(rows, plots, int(mine[k]), row, float(by_s[k])) for k in back]
    return tuple(found)


def _bounded(held: Plots) -> Plots:
    """Thin out the fullest looks if too many plots are held; in order of time, as before."""
    if held.count <= HELD_MAX:
        return held
    key = np.stack([held.time_tai_ns, held.sensor])
    _, look, count = np.unique(key, axis=1, return_inverse=True, return_counts=True)
    most = max(1, HELD_MAX // (2 * count.size))
    keep = (count <= most)[look]
    for number in np.flatnonzero(count > most):
        rows = np.flatnonzero(look == number)
        keep[rows[strongest(held.take(rows), most)]] = True
    return held.take(np.flatnonzero(keep))


def read_plots(path: Path, sensors: Mapping[str, str] | None = None) -> Plots:
    """Give all the plots of a table in order of time; for one that fits in memory."""
    kinds = dict.fromkeys(sensors_in(path), "") if sensors is None else dict(sensors)
    plots = no_plots(tuple(kinds))
    for batch in iter_plots(path, sensors=kinds):
        plots = batch if not plots.count else joined(plots, batch)
    return plots


def sensors_in(path: Path) -> tuple[str, ...]:
    """Give the ids of the sensors in a table, sorted."""
    return tuple(sorted({name for part in contents(path) for name in part.sensors}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file has of one data class."""

    data_class: str
    sensors: tuple[str, ...]
    """Ids, sorted."""
    rows: int


def contents(path: Path) -> tuple[Contents, ...]:
    """Give what a table has of each data class, sorted; nothing of an empty table."""
    count: dict[tuple[str, str], int] = {}
    for rows in rows_of(path, Layout(required=("sensor",), optional=("data_class",))):
        sensors, sensor = words(rows, "sensor")
        names, place = classes(rows)
        counts = np.bincount(place * len(sensors) + sensor, minlength=len(names) * len(sensors))
        for key in np.flatnonzero(counts):
            pair = names[key // len(sensors)], sensors[key % len(sensors)]
            count[pair] = count.get(pair, 0) + int(counts[key])
    return tuple(
        Contents(
            data_class=each,
            sensors=tuple(sorted(sensor for name, sensor in count if name == each)),
            rows=sum(number for (name, _), number in count.items() if name == each),
        )
        for each in sorted({name for name, _ in count})
    )


def table_from_plots(plots: Plots) -> pa.Table:
    """Give plots as a table of every column; what was not measured is an empty cell."""
    return pa.table(
        {
            "time_utc": utc_texts(plots.time_tai_ns),
            "sensor": pa.array(plots.sensors, pa.string()).take(pa.array(plots.sensor)),
            "range_m": _cells(plots.range_m),
            "azimuth_deg": _cells(np.degrees(plots.azimuth_rad)),
            "elevation_deg": _cells(np.degrees(plots.elevation_rad)),
            "range_rate_m_s": _cells(plots.range_rate_m_s),
            "snr_db": _cells(plots.snr_db),
            "sigma_range_m": _cells(plots.sigma_range_m),
            "sigma_azimuth_deg": _cells(np.degrees(plots.sigma_azimuth_rad)),
            "sigma_elevation_deg": _cells(np.degrees(plots.sigma_elevation_rad)),
            "sigma_range_rate_m_s": _cells(plots.sigma_range_rate_m_s),
            "plot_id": pa.array(plots.plot_id, pa.int64()),
            "data_class": pa.array([plots.data_class] * plots.count, pa.string()),
        }
    )


def _cells(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)


def no_plots(sensors: tuple[str, ...], data_class: str = UNSAID) -> Plots:
    """Give a batch without a plot."""
    none, no_number = np.empty(0), np.empty(0, np.int64)
    return Plots(
        sensors=sensors,
        time_tai_ns=no_number,
        sensor=no_number,
        range_m=none,
        azimuth_rad=none,
        elevation_rad=none,
        range_rate_m_s=none,
        snr_db=none,
        sigma_range_m=none,
        sigma_azimuth_rad=none,
        sigma_elevation_rad=none,
        sigma_range_rate_m_s=none,
        plot_id=no_number,
        data_class=data_class,
    )


def joined(first: Plots, second: Plots) -> Plots:
    """Give two batches of the same sensors and data class as one."""
    assert first.sensors == second.sensors
    assert first.data_class == second.data_class
    columns = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in first.__slots__
        if name not in ("sensors", "data_class")
    }
    return Plots(sensors=first.sensors, data_class=first.data_class, **columns)


def in_time_order(plots: Plots) -> Plots:
    """Give plots sorted by time; those of one instant keep their order."""
    return plots.take(np.argsort(plots.time_tai_ns, kind="stable"))


def default_sigmas(range_m: Floats, range_rate_m_s: Floats) -> dict[str, Floats]:
    """Give the errors that stand where none are given; NaN for what was not measured."""
    sight = np.isnan(range_m)
    angle = np.where(sight, SIGMA_SIGHT_RAD, SIGMA_ANGLE_RAD)
    return {
        "sigma_range_m": np.where(sight, np.nan, SIGMA_RANGE_M),
        "sigma_azimuth_rad": angle,
        "sigma_elevation_rad": angle.copy(),
        "sigma_range_rate_m_s": np.where(np.isnan(range_rate_m_s), np.nan, SIGMA_RANGE_RATE_M_S),
    }


def _plots(rows: Rows, kinds: Mapping[str, str], data_class: str) -> tuple[Plots, Integers]:
    """Turn rows into checked plots; give also the row of each, without those of empty looks."""
    sensor = _sensors(rows, kinds)
    time_tai_ns = times(rows, "time_utc")
    blank = blanks(rows, ("range_m", "azimuth_deg", "elevation_deg"))
    range_m = numbers(rows, "range_m", 1.0, RANGE_MAX_M, empty=True)
    _check_kinds(rows, kinds, sensor, np.isnan(range_m), blank)
    rate = _optional(rows, "range_rate_m_s", -RATE_MAX_M_S, RATE_MAX_M_S)
    azimuth = np.radians(numbers(rows, "azimuth_deg", -180.0, 360.0, empty=blank))
    plots = Plots(
        sensors=tuple(kinds),
        time_tai_ns=time_tai_ns,
        sensor=sensor,
        range_m=range_m,
        azimuth_rad=np.where(azimuth < 0.0, azimuth + 2.0 * math.pi, azimuth),
        elevation_rad=np.radians(numbers(rows, "elevation_deg", -90.0, 90.0, empty=blank)),
        range_rate_m_s=rate,
        snr_db=_optional(rows, "snr_db", -100.0, 200.0),
        plot_id=_plot_ids(rows, blank),
        data_class=data_class,
        **_sigmas(rows, range_m, rate),
    )
    row = np.flatnonzero(~blank)
    return (plots.take(row) if blank.any() else plots), row


_SIGMA_LIMITS = (
    ("sigma_range_m", "sigma_range_m", 1e-3, 1e7, 1.0),
    ("sigma_azimuth_deg", "sigma_azimuth_rad", 1e-7, 90.0, math.pi / 180.0),
    ("sigma_elevation_deg", "sigma_elevation_rad", 1e-7, 90.0, math.pi / 180.0),
    ("sigma_range_rate_m_s", "sigma_range_rate_m_s", 1e-6, RATE_MAX_M_S, 1.0),
)
"""Column, field, lowest and highest value, factor from one to the other."""


def _sigmas(rows: Rows, range_m: Floats, rate: Floats) -> dict[str, Floats]:
    """Give the errors: from the table where it has them, the stated ones elsewhere."""
    stated = default_sigmas(range_m, rate)
    for column, field, low, high, factor in _SIGMA_LIMITS:
        if rows.has(column):
            given = numbers(rows, column, low, high, empty=True) * factor
            stated[field] = np.where(
                np.isnan(given) | np.isnan(stated[field]), stated[field], given
            )
    return stated


def _optional(rows: Rows, column: str, low: float, high: float) -> Floats:
    """Give a column that may be missing or have empty cells; NaN there."""
    if not rows.has(column):
        return np.full(rows.count, np.nan)
    return numbers(rows, column, low, high, empty=True)


def _plot_ids(rows: Rows, blank: Flags) -> Integers:
    """Give the plots' numbers: their own, or those of their rows."""
    own = np.arange(rows.first, rows.first + rows.count)
    if not rows.has("plot_id"):
        return own
    if blank.any():
        place = rows.table.column_names.index("plot_id")
        texts = pc.cast(rows.table["plot_id"].combine_chunks(), pa.string())
        filled = pc.if_else(pa.array(blank), pa.array(own).cast(pa.string()), texts)
        rows = replace(rows, table=rows.table.set_column(place, "plot_id", filled))
    return whole_numbers(rows, "plot_id")


def _sensors(rows: Rows, kinds: Mapping[str, str]) -> Integers:
    """Give each row's place in the list of sensors; refuse one that is not in it."""
    names, places = words(rows, "sensor")
    order = {name: place for place, name in enumerate(kinds)}
    for number, name in enumerate(names):
        if name not in order:
            row = int(np.flatnonzero(places == number)[0])
            raise rows.fault(row, f"sensor {name!r} is not known; {nearest(name, kinds)}")
    return np.array([order[name] for name in names], dtype=np.int64)[places]


def _check_kinds(
    rows: Rows, kinds: Mapping[str, str], sensor: Integers, sight: Flags, blank: Flags
) -> None:
    """Refuse a radar's row without a range, and a satellite's with one."""
    names = list(kinds)
    for kind, wrong, what in (
        ("radar", sight, "range_m is empty; a radar's plot must have a range"),
        ("infrared", ~sight, "range_m is given; leave it empty for an infrared satellite"),
    ):
        of_kind = np.array([kinds[name] == kind for name in names], dtype=bool)
        for row in np.flatnonzero(of_kind[sensor] & wrong & ~blank)[:1]:
            raise rows.fault(int(row), f"sensor {names[sensor[row]]!r}: {what}")
