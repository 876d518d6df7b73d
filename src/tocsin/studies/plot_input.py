"""Recorded plots, read in order of time, and all that was odd about how they were written."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tocsin.catalog.build import infrared_at, radar_at
from tocsin.catalog.load import load_catalog
from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.errors import CatalogError, TocsinError, nearest
from tocsin.formats.columns import TableError
from tocsin.formats.plot_table import (
    ORDER_TOLERANCE_S,
    Batch,
    Contents,
    Odd,
    contents,
    iter_batches,
    joined,
)
from tocsin.formats.sensors_file import read_sites
from tocsin.formats.tdm import read_tdm
from tocsin.formats.track_table import SENSORS_MAX
from tocsin.formats.tracker_settings import read_settings
from tocsin.lanes import Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Plots, Site, assumed_bias_sigma, site_of
from tocsin.sensors.radar import Radar
from tocsin.studies.plot_checks import SAMPLE, check_units
from tocsin.tracking.flood import PLOTS_MAX
from tocsin.tracking.late import LAG_S, Counts
from tocsin.tracking.rules import Settings

TDM_ENDINGS = (".tdm", ".kvn")
TABLE_ENDINGS = (".parquet", ".csv")
SITES_LINE = "give its place with --sensors FILE"
GAP_TOLD_S = 86_400.0
"""A longer time without a plot is remarked on: a clock may be wrong."""
TOO_LATE_MIN, TOO_LATE_SHARE = 1_000, 0.1
"""With more plots left out for coming too late, and more of all, a table is refused as unsorted."""
JUMPS_TOLD = 3
FIRST_ROWS = 65_536
"""Plots that are read before tracking, to judge their units."""


class TrackingError(TocsinError):
    """Plots cannot be tracked as they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was read of plots so far, and what was odd about it."""

    plots: int = 0
    empty_looks: int = 0
    """Rows without a measurement."""
    late: int = 0
    """Rows that came after later ones by more than reading puts in order."""
    first_late: Odd | None = None
    jumps: tuple[Odd, ...] = ()
    """Where a sensor's times go back."""
    gap_tai_ns: tuple[int, int] = (0, 0)
    """From when until when there was no plot for longest."""
    last_tai_ns: int | None = None
    odd: tuple[str, ...] = ()
    """What the sensors' plots look like."""
    thinned: int = 0
    """Plots left out while reading, for want of memory."""
    moon: int = 0
    """Echoes of the Moon, set aside."""
    counts: Counts = field(default_factory=Counts)
    """What the tracker left out."""

    def after(self, batch: Batch) -> "Heard":
        """Give what was heard with one more batch."""
        gap, last = self.gap_tai_ns, self.last_tai_ns
        if batch.plots.count:
            times = batch.plots.time_tai_ns
            known = times if last is None else np.concatenate([[last], times])
            last = int(known.max())
            if known.size > 1:
                widest = int(np.argmax(np.diff(known)))
                fresh = int(known[widest]), int(known[widest + 1])
                gap = max(gap, fresh, key=lambda each: each[1] - each[0])
        return replace(
            self,
            plots=self.plots + batch.plots.count + batch.thinned,
            empty_looks=self.empty_looks + batch.empty_looks,
            late=self.late + batch.late,
            first_late=self.first_late or batch.first_late,
            jumps=(self.jumps + batch.jumps)[:JUMPS_TOLD],
            gap_tai_ns=gap,
            last_tai_ns=last,
            thinned=self.thinned + batch.thinned,
        )

    def refuse_unsorted(self, file: str) -> None:
        """Refuse a table of which too much comes too late to be used."""
        lost = self.counts.too_late
        if lost > TOO_LATE_MIN and lost > TOO_LATE_SHARE * self.plots:
            assert self.first_late is not None
            raise TrackingError(
                f"{file}: {lost:,} of {self.plots:,} plots came over"
                f" {ORDER_TOLERANCE_S + LAG_S:g} s after later ones, first in row"
                f" {self.first_late.row} (sensor {self.first_late.sensor!r}); sort the table by"
                f" time_utc, or mend that sensor's clock"
            )

    def remarks(self) -> list[str]:
        """Say what a person should know of it, a line each; nothing if all is well."""
        counts, said = self.counts, list(self.odd)
        if counts.degraded or self.thinned:
            said.append(
                f"degraded: {counts.degraded:,} {_looks(counts.degraded)} had more than"
                f" {PLOTS_MAX:,} plots; {counts.thinned + self.thinned:,} plots were left out"
            )
        if counts.repeated:
            said.append(f"{counts.repeated:,} plots were there twice; each was used once")
        if self.moon:
            said.append(f"{self.moon:,} plots are echoes of the Moon; they were set aside")
        if self.empty_looks:
            said.append(f"{self.empty_looks:,} rows have no measurement (empty looks); passed over")
        if self.late:
            assert self.first_late is not None
            odd = self.first_late
            said.append(
                f"{self.late:,} plots came over {ORDER_TOLERANCE_S:g} s after later ones, first in"
                f" row {odd.row} (sensor {odd.sensor!r}); {counts.too_late:,} came too late and"
                f" were left out"
            )
        said += [
            f"sensor {odd.sensor!r}: the times go back by {-odd.by_s:,.0f} s at row {odd.row};"
            f" is its clock right?"
            for odd in self.jumps
        ]
        since, until = self.gap_tai_ns
        if until - since > GAP_TOLD_S * SECOND_NS:
            said.append(
                f"no plot from {utc_from_tai(since)} to {utc_from_tai(until)}"
                f" ({(until - since) / SECOND_NS / 86_400.0:,.1f} days): no track lived through it"
            )
        return said

    def record(self) -> dict[str, object]:
        """Give it all for JSON."""
        return {
            "degraded_looks": self.counts.degraded,
            "thinned_plots": self.counts.thinned + self.thinned,
            "repeated_plots": self.counts.repeated,
            "moon_plots": self.moon,
            "empty_looks": self.empty_looks,
            "late_plots": self.late,
            "too_late_plots": self.counts.too_late,
            "remarks": self.remarks(),
        }


def _looks(count: int) -> str:
    return "look" if count == 1 else "looks"


def sites_for(plots_path: Path, sensors_path: Path | None) -> tuple[Site, ...]:
    """Give the sites of the sensors that plots came from: from a file, else from the catalogue.

    Raises:
        TocsinError: A file cannot be read, or a sensor is in neither.
    """
    if sensors_path is not None:
        return read_sites(text_of(sensors_path), sensors_path.name)
    catalog = load_catalog()
    found = []
    for name in sorted({name for part in file_contents(plots_path) for name in part.sensors}):
        if name in catalog.radars:
            found.append(_assumed(radar_at(catalog.radars[name])))
        elif name in catalog.satellites:
            found.append(_assumed(infrared_at(catalog.satellites[name])))
        else:
            known = {**catalog.radars, **catalog.satellites}
            raise CatalogError(
                f"{plots_path.name}: sensor {name!r} is not in the catalogue;"
                f" {nearest(name, known)} (or {SITES_LINE})"
            )
    return tuple(found)


def settings_for(sensors_path: Path | None) -> Settings:
    """Give what the sensors file tells the tracker besides its sensors; the usual without one.

    Raises:
        TocsinError: What it tells is not usable.
    """
    if sensors_path is None:
        return Settings()
    return read_settings(text_of(sensors_path), sensors_path.name)


def _assumed(sensor: Radar | Infrared) -> Site:
    """Give the site of a catalogue sensor, with the lasting errors that are assumed of its kind."""
    return site_of(sensor, assumed_bias_sigma(sensor))


def text_of(path: Path) -> str:
    """Give the text of a small file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise TrackingError(f"{str(path)!r} cannot be read: {why}") from error


def file_contents(path: Path) -> tuple[Contents, ...]:
    """Give the sensors that plots of each data class came from, and how many plots there are."""
    if path.suffix in TDM_ENDINGS:
        plots = read_tdm(text_of(path), path.name)
        return (Contents(data_class=plots.data_class, sensors=plots.sensors, rows=plots.count),)
    try:
        return contents(path)
    except TableError as error:
        if path.suffix in TABLE_ENDINGS:
            raise
        raise TrackingError(f"{error} or {', '.join(TDM_ENDINGS)}") from None


def sites_used(path: Path, present: tuple[str, ...], sites: tuple[Site, ...]) -> tuple[Site, ...]:
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


def plots_in(
    path: Path, sites: tuple[Site, ...], batch_rows: int, wanted: str | None = None
) -> Iterator[Batch]:
    """Give the plots of a file in order of time, `sensor` counting along the sites.

    Plots that come too late to be put in order are there too, before the others of their batch.

    Args:
        path: Of the file.
        sites: Of the sensors.
        batch_rows: Rows to read at a time.
        wanted: Only plots of this data class; without it the file must have one only.
    """
    if path.suffix not in TDM_ENDINGS:
        kinds = {site.id: site.kind for site in sites}
        yield from iter_batches(path, batch_rows, kinds, wanted)
        return
    plots = read_tdm(text_of(path), path.name)
    names = [site.id for site in sites]
    place = np.array([names.index(name) for name in plots.sensors], dtype=np.int64)
    yield Batch(plots=replace(plots, sensors=tuple(names), sensor=place[plots.sensor]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The first plots of each sensor, until they have been judged."""

    plots: tuple[Plots | None, ...]
    judged: tuple[bool, ...]


def first_samples(
    path: Path, sites: tuple[Site, ...], batch_rows: int, wanted: str | None = None
) -> tuple[Samples, tuple[str, ...]]:
    """Judge each sensor by its first plots, before any is tracked; later ones when they come.

    Raises:
        UnitError: As for `sampled`.
    """
    samples, rows = no_samples(sites), 0
    odd: tuple[str, ...] = ()
    for batch in plots_in(path, sites, batch_rows, wanted):
        samples, more = sampled(samples, batch.plots, sites, path.name)
        odd, rows = odd + more, rows + batch.plots.count
        if rows >= FIRST_ROWS or all(samples.judged):
            break
    found = tuple(part is not None for part in samples.plots)
    samples, more = sampled(samples, None, sites, path.name)
    judged = tuple(one or two for one, two in zip(found, samples.judged, strict=True))
    return Samples(plots=(None,) * len(sites), judged=judged), odd + more


def no_samples(sites: tuple[Site, ...]) -> Samples:
    """Give what is there before the first plot."""
    return Samples(plots=(None,) * len(sites), judged=(False,) * len(sites))


def sampled(
    samples: Samples, plots: Plots | None, sites: tuple[Site, ...], file: str
) -> tuple[Samples, tuple[str, ...]]:
    """Take in plots and judge each sensor that there are enough of; all that are left at the end.

    Args:
        samples: So far.
        plots: The next ones; nothing at the end.
        sites: Of the sensors.
        file: For errors.

    Returns:
        The samples, and remarks.

    Raises:
        UnitError: A sensor's plots are in other units than their columns say.
    """
    kept, judged, odd = list(samples.plots), list(samples.judged), []
    for number, site in enumerate(sites):
        if judged[number]:
            continue
        if plots is not None:
            rows: Integers = np.flatnonzero(plots.sensor == number)[:SAMPLE]
            more, had = plots.take(rows), kept[number]
            if rows.size:
                kept[number] = more if had is None else joined(had, more)
        mine = kept[number]
        if mine is None or (plots is not None and mine.count < SAMPLE):
            continue
        first = mine.take(np.argsort(mine.time_tai_ns, kind="stable")[:SAMPLE])
        odd += check_units(file, first, site)
        kept[number], judged[number] = None, True
    return Samples(plots=tuple(kept), judged=tuple(judged)), tuple(odd)
