"""Tracks from a file of recorded plots, and how good they are where the truth is known."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tocsin.earth.time import SECOND_NS
from tocsin.errors import OutputError
from tocsin.formats.columns import BATCH_ROWS
from tocsin.formats.plot_table import Contents
from tocsin.formats.track_table import flat, table_from_tracks
from tocsin.formats.truth_table import Truth, read_truth
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots, Site
from tocsin.sensors.moon import is_moon
from tocsin.studies.files import placed
from tocsin.studies.known_sky import Held, Satellites, fitting, start_held, step_held
from tocsin.studies.plot_checks import lonely_radars
from tocsin.studies.plot_input import (
    Heard,
    TrackingError,
    file_contents,
    first_samples,
    plots_in,
    sampled,
    sites_used,
)
from tocsin.studies.track_scores import CUTOFF_M, EVERY_S, Comparison, Scores, compared, scores
from tocsin.studies.work import Report
from tocsin.tracking.beginnings import Ascents, step_ascents
from tocsin.tracking.late import (
    Instant,
    LateState,
    finished,
    instants,
    start_late,
    step_late,
)
from tocsin.tracking.motion import EarthModel
from tocsin.tracking.rules import Settings
from tocsin.tracking.step import start
from tocsin.tracking.track import COAST, Tracks, joined_tracks

OUT_ENDINGS = (".parquet", ".csv")
FLUSH_ROWS = 20_000
"""Rows of tracks in memory before they are written."""
CHUNK = 16
"""Instants between two reports of how far it has come."""
MISFIT_MAX = 2.5
"""Largest misfit of what flies freely; see `bank.Bank.surprise`."""
MISFIT_ROWS = 5
"""A track above it at so many plots in a row does not fly freely."""


_Write = Callable[[Tracks, tuple[str, ...], Floats], object]
"""Takes tracks, the names of their sensors and the misfit of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What else is given, and where the tracks go."""

    settings: Settings = field(default_factory=Settings)
    """What the tracker takes for granted."""
    truth: Path | None = None
    out: Path | None = None
    """`.parquet` or `.csv`."""
    batch_rows: int = BATCH_ROWS
    satellites: Satellites = field(default_factory=Satellites)
    part: Contents | None = None
    """Of a file of several data classes the one to track; nothing: the file has one only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSummary:
    """One track that was believed at some time."""

    first_tai_ns: int
    """Its first plot."""
    last_tai_ns: int
    """Its last plot."""
    first: Tracks
    """As it was when it was first believed; one row."""
    last: Tracks
    """As it was at its last plot; one row."""
    coasting: Tracks | None
    """As it was when it last flew free; one row."""
    misfits: Floats
    """At its last `MISFIT_ROWS` plots: see `bank.Bank.surprise`."""

    @property
    def flies_freely(self) -> bool:
        """Whether plots fit what flies by gravity and air alone, or did not misfit for long."""
        return self.misfits.size < MISFIT_ROWS or float(self.misfits.min()) <= MISFIT_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What came of a file of plots."""

    heard: Heard
    """What was read, and what was odd about it."""
    data_class: str
    """Of every plot, and so of every track."""
    plots: int
    first_tai_ns: int
    """Instant of the first plot."""
    looks: int
    """Instants at which there was a plot."""
    rows: int
    """Of the tracks table."""
    sites: tuple[Site, ...]
    earth: EarthModel
    """What the tracks fall to."""
    tracks: tuple[TrackSummary, ...]
    """In order of their numbers."""
    ascents: Ascents
    """First plots of the tracks."""
    held: Held
    """Which of them are catalogued objects."""
    scores: Scores | None

    @property
    def sensors(self) -> tuple[str, ...]:
        """Names that the bits of tracks stand for."""
        return tuple(site.id for site in self.sites)

    def remarks(self) -> list[str]:
        """Say what a person should know, a line each."""
        said = [self.held.why_not] if self.tracks and self.held.why_not else []
        fed = [(each.last, each.first_tai_ns, each.last_tai_ns) for each in self.tracks]
        said += lonely_radars(fed, self.sites)
        if self.scores is not None and self.tracks and self.scores.objects_tracked == 0:
            said.append(
                f"no track came within {CUTOFF_M / 1e3:g} km of any object of the truth: is it the"
                f" truth of these plots?"
            )
        return self.heard.remarks() + said


def track_file(
    plots_path: Path, sites: tuple[Site, ...], options: Options, report: Report
) -> Tracked:
    """Track the plots of a file, look after look in order of time; write the tracks if wanted.

    A row of tracks is a believed track at an instant at which a plot fed it. A table larger than
    memory is read and written batch by batch; a tracking data message must fit in memory.

    Args:
        plots_path: `.parquet`, `.csv`, or `.tdm` or `.kvn` for a tracking data message.
        sites: Of the sensors in it, and maybe of others.
        options: Truth to compare with, catalogue to hold tracks against, file to write.
        report: Told how many plots are done, and how many there are.

    Raises:
        TocsinError: A file cannot be read or written, or does not fit the others.
    """
    part = options.part or _only_part(plots_path)
    options, total = replace(options, part=part), part.rows
    used = sites_used(plots_path, part.sensors, sites)
    names = tuple(site.id for site in used)
    truth = read_truth(options.truth) if options.truth else None
    held, ascents = start_held(options.satellites), Ascents()
    summaries: dict[int, TrackSummary] = {}
    comparisons: list[Comparison] = []
    waiting: list[_Fed] = []
    looks = rows = first = 0
    heard = Heard()
    with _writer(options.out, part.data_class) as write:
        for found, heard in _tracked(plots_path, used, options):
            if looks == 0 and found:
                first = found[0].time_tai_ns
                held = fitting(held, options.satellites, first)
            for at in found:
                comparisons += _comparison(truth, comparisons, at)
                ascents = step_ascents(ascents, at)
                held = step_held(held, at.after, at.time_tai_ns)
                waiting.append(_fed(at))
                looks, rows = looks + 1, rows + waiting[-1].tracks.count
            if sum(each.tracks.count for each in waiting) >= FLUSH_ROWS:
                summaries |= _flushed(waiting, names, write, summaries)
                waiting = []
            report(heard.plots, total)
        if looks == 0:
            raise _only_silence(plots_path, heard)
        summaries |= _flushed(waiting, names, write, summaries)
    return Tracked(
        heard=heard,
        data_class=part.data_class,
        plots=heard.plots,
        first_tai_ns=first,
        looks=looks,
        rows=rows,
        sites=used,
        earth=options.settings.earth,
        tracks=tuple(summaries[number] for number in sorted(summaries)),
        ascents=ascents,
        held=held,
        scores=None if truth is None else _scored(truth, comparisons, options),
    )


def _only_part(path: Path) -> Contents:
    """Give what a file of one data class has; refuse one that mixes them."""
    parts = file_contents(path)
    if not parts:
        raise TrackingError(f"{path.name}: there is no plot in it")
    if len(parts) > 1:
        raise TrackingError(
            f"{path.name}: it has plots of {' and '.join(part.data_class for part in parts)};"
            f" they must never feed one track: track each by itself"
        )
    return parts[0]


def refuse_inputs(out: Path | None, inputs: Sequence[Path | None]) -> None:
    """Refuse to write tracks over a file that is read.

    Raises:
        OutputError: `out` is one of the inputs, by whatever name.
    """
    if out is None or not out.exists():
        return
    for path in inputs:
        if path is not None and path.exists() and out.samefile(path):
            raise OutputError(
                f"cannot write the tracks to {str(out)!r}: it is read as {path.name!r};"
                f" give --out another name"
            )


def _only_silence(path: Path, heard: Heard) -> TrackingError:
    """Say that nothing of a file could be tracked."""
    return TrackingError(
        f"{path.name}: there is no plot in it, only {heard.empty_looks:,} empty looks and"
        f" {heard.moon:,} echoes of the Moon"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fed:
    """Believed tracks that a plot of one instant fed."""

    tracks: Tracks
    born_tai_ns: Integers
    """First plot of each."""
    misfit: Floats


def _fed(at: Instant) -> _Fed:
    """Give the believed tracks that were fed at an instant that is final."""
    places = at.after.confirmed()
    fresh = places[at.after.seen_tai_ns[places] == at.time_tai_ns]
    return _Fed(
        tracks=at.after.tracks_at(fresh),
        born_tai_ns=at.after.born_tai_ns[fresh],
        misfit=at.after.bank.surprise[fresh],
    )


def _comparison(
    truth: Truth | None, seen: Sequence[Comparison], at: Instant
) -> tuple[Comparison, ...]:
    """Compare an instant with the truth, if it is due; give nothing, or what came of it."""
    if truth is None or not _due(seen, at.time_tai_ns):
        return ()
    found = compared(truth, at.after.tracks_at(at.after.confirmed()), at.time_tai_ns)
    return () if found is None else (found,)


def _flushed(
    parts: Sequence[_Fed],
    names: tuple[str, ...],
    write: _Write,
    before: dict[int, TrackSummary],
) -> dict[int, TrackSummary]:
    """Write tracks that were fed; give each as it was at its last plot.

    Args:
        parts: In order of time.
        names: Of the sensors.
        write: Takes the tracks, the names and the misfit of each.
        before: What is known of tracks that were written earlier.
    """
    if not parts:
        return {}
    fed = joined_tracks([each.tracks for each in parts])
    born = np.concatenate([each.born_tai_ns for each in parts])
    misfit = np.concatenate([each.misfit for each in parts])
    write(fed, names, misfit)
    order = np.argsort(fed.track, kind="stable")
    edges = np.flatnonzero(np.diff(fed.track[order])) + 1
    found = {}
    for rows in np.split(order, edges) if order.size else []:
        number, coasting = int(fed.track[rows[0]]), rows[fed.phase[rows] == COAST]
        had = before.get(number)
        earlier = had.misfits if had else np.empty(0)
        found[number] = TrackSummary(
            first_tai_ns=int(born[rows[-1]]),
            last_tai_ns=int(fed.time_tai_ns[rows[-1]]),
            first=had.first if had else fed.take(rows[:1]),
            last=fed.take(rows[-1:]),
            coasting=fed.take(coasting[-1:]) if coasting.size else had.coasting if had else None,
            misfits=np.concatenate([earlier, misfit[rows]])[-MISFIT_ROWS:],
        )
    return found


def _tracked(
    path: Path, sites: tuple[Site, ...], options: Options
) -> Iterator[tuple[list[Instant], Heard]]:
    """Give what is believed after the instants of a file of plots, some at a time, once final."""
    assert options.part is not None
    wanted = options.part.data_class
    samples, odd = first_samples(path, sites, options.batch_rows, wanted)
    state, heard = start_late(options.settings), Heard(odd=odd)
    found: list[Instant] = []
    for batch in plots_in(path, sites, options.batch_rows, wanted):
        samples, odd = sampled(samples, batch.plots, sites, path.name)
        kept = without_moon(batch.plots, sites)
        heard = replace(heard.after(batch), odd=heard.odd + odd)
        heard = replace(heard, moon=heard.moon + batch.plots.count - kept.count)
        before, done = heard.plots - kept.count, 0
        for plots in _parts(state, kept):
            state = step_late(state, plots, sites)
            done += plots.count
            found += state.settled
            if len(found) >= CHUNK:
                yield found, replace(heard, plots=before + done)
                found = []
        heard = replace(heard, counts=state.counts)
        heard.refuse_unsorted(path.name)
    _, odd = sampled(samples, None, sites, path.name)
    state = finished(state)
    found += state.settled
    yield found, replace(heard, odd=heard.odd + odd)


def without_moon(plots: Plots, sites: tuple[Site, ...]) -> Plots:
    """Give plots without the Moon's echoes.

    Only plots with a range rate are set aside: without one, whatever stays before the Moon would
    be taken for it.
    """
    keep = np.ones(plots.count, np.bool_)
    for number, site in enumerate(sites):
        mine = np.flatnonzero((plots.sensor == number) & np.isfinite(plots.range_rate_m_s))
        if site.kind == "radar" and mine.size:
            keep[mine] = ~is_moon(plots.take(mine), site)
    return plots if np.all(keep) else plots.take(np.flatnonzero(keep))


def _parts(state: LateState, plots: Plots) -> Iterator[Plots]:
    """Give plots in order of time instant by instant, but those that come late all at once."""
    newest = state.kept[-1].time_tai_ns if state.kept else None
    late = 0 if newest is None else int(np.searchsorted(plots.time_tai_ns, newest, side="right"))
    if late:
        yield plots.take(np.arange(late))
    for rows in instants(plots.time_tai_ns[late:]):
        yield plots.take(rows + late)


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


@contextlib.contextmanager
def _writer(path: Path | None, data_class: str) -> Iterator[_Write]:
    """Give the function that writes tracks; the file is whole in the end or not there."""
    if path is None:
        yield lambda _tracks, _names, _misfit: None
        return
    if path.suffix not in OUT_ENDINGS:
        raise OutputError(
            f"cannot write {path.name!r}: its ending must be one of {', '.join(OUT_ENDINGS)}"
        )

    def table(tracks: Tracks, names: tuple[str, ...], misfit: Floats) -> pa.Table:
        return table_from_tracks(tracks, names, data_class, misfit)

    schema = table(start().tracks, (), np.empty(0)).schema
    with placed(path) as part, part.open("wb") as file:
        if path.suffix == ".csv":
            with pa.csv.CSVWriter(file, flat(schema.empty_table()).schema) as lines:
                yield lambda *what: lines.write_table(flat(table(*what)))
        else:
            with pa.parquet.ParquetWriter(file, schema, write_page_checksum=True) as columns:
                yield lambda *what: columns.write_table(table(*what))
