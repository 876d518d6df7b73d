"""Tracks from a file of recorded plots, and how good they are where the truth is known."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tocsin.catalog.build import infrared_at, radar_at
from tocsin.catalog.load import load_catalog
from tocsin.earth.time import SECOND_NS
from tocsin.errors import CatalogError, OutputError, TocsinError, nearest
from tocsin.formats.columns import BATCH_ROWS, TableError
from tocsin.formats.plot_table import contents, iter_plots
from tocsin.formats.sensors_file import read_sensors
from tocsin.formats.tdm import read_tdm
from tocsin.formats.track_table import SENSORS_MAX, flat, table_from_tracks
from tocsin.formats.truth_table import Truth, read_truth
from tocsin.lanes import Integers
from tocsin.sensors.measurement import Plots, Site, site_of
from tocsin.studies.files import placed
from tocsin.studies.track_scores import EVERY_S, Comparison, Scores, compared, scores
from tocsin.studies.work import Report
from tocsin.tracking.step import start, step
from tocsin.tracking.track import Tracks, joined_tracks

TDM_ENDINGS = (".tdm", ".kvn")
OUT_ENDINGS = (".parquet", ".csv")
FLUSH_LOOKS = 1_024
"""Instants whose tracks are in memory before they are written."""
SITES_LINE = "give its place with --sensors FILE"


class TrackingError(TocsinError):
    """Plots cannot be tracked as they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What else is given, and where the tracks go."""

    truth: Path | None = None
    out: Path | None = None
    """`.parquet` or `.csv`."""
    batch_rows: int = BATCH_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSummary:
    """One track that was believed at some time."""

    first_tai_ns: int
    """Its first plot."""
    last_tai_ns: int
    """Its last plot."""
    last: Tracks
    """As it was at its last plot; one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What came of a file of plots."""

    plots: int
    first_tai_ns: int
    """Instant of the first plot."""
    looks: int
    """Instants at which there was a plot."""
    rows: int
    """Of the tracks table."""
    sensors: tuple[str, ...]
    tracks: tuple[TrackSummary, ...]
    """In order of their numbers."""
    scores: Scores | None


def sites_for(plots_path: Path, sensors_path: Path | None) -> tuple[Site, ...]:
    """Give the sites of the sensors that plots came from: from a file, else from the catalogue.

    Raises:
        TocsinError: A file cannot be read, or a sensor is in neither.
    """
    if sensors_path is not None:
        return tuple(site_of(each) for each in read_sensors(_text(sensors_path), sensors_path.name))
    catalog = load_catalog()
    found = []
    for name in _sensors_in(plots_path)[0]:
        if name in catalog.radars:
            found.append(site_of(radar_at(catalog.radars[name])))
        elif name in catalog.satellites:
            found.append(site_of(infrared_at(catalog.satellites[name])))
        else:
            known = {**catalog.radars, **catalog.satellites}
            raise CatalogError(
                f"{plots_path.name}: sensor {name!r} is not in the catalogue;"
                f" {nearest(name, known)} (or {SITES_LINE})"
            )
    return tuple(found)


def track_file(
    plots_path: Path, sites: tuple[Site, ...], options: Options, report: Report
) -> Tracked:
    """Track the plots of a file, look after look in order of time; write the tracks if wanted.

    A row of tracks is a believed track at an instant at which a plot fed it. A table larger than
    memory is read and written batch by batch; a tracking data message must fit in memory.

    Args:
        plots_path: `.parquet`, `.csv`, or `.tdm` or `.kvn` for a tracking data message.
        sites: Of the sensors in it, and maybe of others.
        options: Truth to compare with, file to write.
        report: Told how many plots are done, and how many there are.

    Raises:
        TocsinError: A file cannot be read or written, or does not fit the others.
    """
    present, total = _sensors_in(plots_path)
    used = _used(plots_path, present, sites)
    names = tuple(site.id for site in used)
    truth = read_truth(options.truth) if options.truth else None
    summaries: dict[int, TrackSummary] = {}
    comparisons: list[Comparison] = []
    waiting: list[Tracks] = []
    looks = plots = rows = first = 0
    with _writer(options.out) as write:
        for at in _tracked(plots_path, used, options.batch_rows):
            first = at.time_tai_ns if looks == 0 else first
            looks, plots = looks + 1, plots + at.plots
            waiting.append(at.fed)
            rows += at.fed.count
            summaries |= at.summaries()
            if truth is not None and _due(comparisons, at.time_tai_ns):
                found = compared(truth, at.believed, at.time_tai_ns)
                comparisons += [found] if found else []
            if len(waiting) >= FLUSH_LOOKS:
                write(table_from_tracks(joined_tracks(waiting), names))
                waiting.clear()
                report(plots, total)
        if waiting:
            write(table_from_tracks(joined_tracks(waiting), names))
    report(plots, total)
    return Tracked(
        plots=plots,
        first_tai_ns=first,
        looks=looks,
        rows=rows,
        sensors=names,
        tracks=tuple(summaries[number] for number in sorted(summaries)),
        scores=None if truth is None else _scored(truth, comparisons, options),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is believed after the plots of one instant."""

    time_tai_ns: int
    plots: int
    believed: Tracks
    fed: Tracks
    """Those of them that a plot of this instant fed."""
    born_tai_ns: Integers
    """First plot of each of `fed`."""

    def summaries(self) -> dict[int, TrackSummary]:
        """Give the tracks that were fed, by number."""
        return {
            int(number): TrackSummary(
                first_tai_ns=int(self.born_tai_ns[row]),
                last_tai_ns=self.time_tai_ns,
                last=self.fed.take(np.array([row])),
            )
            for row, number in enumerate(self.fed.track)
        }


def _tracked(path: Path, sites: tuple[Site, ...], batch_rows: int) -> Iterator[_Look]:
    """Give what is believed after each instant of a file of plots."""
    state = start()
    for plots in plots_in(path, sites, batch_rows):
        for rows in _instants(plots.time_tai_ns):
            state = step(state, plots.take(rows), sites)
            now = int(plots.time_tai_ns[rows[0]])
            places = state.confirmed()
            fresh = places[state.seen_tai_ns[places] == now]
            yield _Look(
                time_tai_ns=now,
                plots=rows.size,
                believed=state.tracks.take(places),
                fed=state.tracks.take(fresh),
                born_tai_ns=state.born_tai_ns[fresh],
            )


def _due(comparisons: Sequence[Comparison], now_tai_ns: int) -> bool:
    """Say whether the last comparison is long enough ago for the next."""
    return not comparisons or now_tai_ns - comparisons[-1].time_tai_ns >= EVERY_S * SECOND_NS


def _scored(truth: Truth, seen: Sequence[Comparison], options: Options) -> Scores:
    """Give the scores; refuse a truth that has nothing to do with the plots."""
    if not seen:
        assert options.truth is not None
        raise TrackingError(
            f"{options.truth.name}: no object of it is there at the time of any plot; give the"
            f" truth of these plots"
        )
    return scores(truth, seen)


def _text(path: Path) -> str:
    """Give the text of a small file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise TrackingError(f"{str(path)!r} cannot be read: {why}") from error


def _sensors_in(path: Path) -> tuple[tuple[str, ...], int]:
    """Give the sensors that plots came from, and how many plots there are."""
    if path.suffix in TDM_ENDINGS:
        plots = read_tdm(_text(path), path.name)
        return plots.sensors, plots.count
    try:
        return contents(path)
    except TableError as error:
        if path.suffix in OUT_ENDINGS:
            raise
        raise TrackingError(f"{error} or {', '.join(TDM_ENDINGS)}") from None


def _used(path: Path, present: tuple[str, ...], sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Give the sites that plots came from, or all of them if one is missing: reading says which."""
    if not present:
        raise TrackingError(f"{path.name}: there is no plot in it")
    known = {site.id for site in sites}
    if path.suffix in TDM_ENDINGS:
        for name in present:
            if name not in known:
                raise TrackingError(
                    f"{path.name}: sensor {name!r} is not known; {nearest(name, known)}"
                )
    if not known.issuperset(present):
        return sites
    used = tuple(site for site in sites if site.id in present)
    if len(used) > SENSORS_MAX:
        raise TrackingError(
            f"{path.name}: there are {len(used)} sensors in it; the most at once is {SENSORS_MAX}:"
            f" split the table"
        )
    return used


def plots_in(path: Path, sites: tuple[Site, ...], batch_rows: int) -> Iterator[Plots]:
    """Give the plots of a file in order of time, `sensor` counting along the sites."""
    if path.suffix not in TDM_ENDINGS:
        yield from iter_plots(path, batch_rows, {site.id: site.kind for site in sites})
        return
    plots = read_tdm(_text(path), path.name)
    names = [site.id for site in sites]
    place = np.array([names.index(name) for name in plots.sensors], dtype=np.int64)
    columns = {name: getattr(plots, name) for name in Plots.__slots__}
    columns |= {"sensors": tuple(names), "sensor": place[plots.sensor]}
    yield Plots(**columns)


def _instants(time_tai_ns: Integers) -> Iterator[Integers]:
    """Give the rows of each instant, in order."""
    edges = np.flatnonzero(np.diff(time_tai_ns)) + 1
    yield from np.split(np.arange(time_tai_ns.size), edges)


@contextlib.contextmanager
def _writer(path: Path | None) -> Iterator[Callable[[pa.Table], None]]:
    """Give the function that writes tracks; the file is whole in the end or not there."""
    if path is None:
        yield lambda _table: None
        return
    if path.suffix not in OUT_ENDINGS:
        raise OutputError(
            f"cannot write {path.name!r}: its ending must be one of {', '.join(OUT_ENDINGS)}"
        )
    schema = table_from_tracks(start().tracks, ()).schema
    with placed(path) as part, part.open("wb") as file:
        if path.suffix == ".csv":
            with pa.csv.CSVWriter(file, flat(schema.empty_table()).schema) as lines:
                yield lambda table: lines.write_table(flat(table))
        else:
            with pa.parquet.ParquetWriter(file, schema, write_page_checksum=True) as columns:
                yield columns.write_table
