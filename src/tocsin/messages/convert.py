"""Between the records inside a node and the reports that leave it; the only bridge.

Inside, what was not measured is NaN and tracks have numbers; outside, it is none and they have
names, `partner:number`. What a report does not carry comes back as its prior: misses are 0, the
phase is sure, and the ballistic coefficient is what it was before any was estimated.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import numpy as np

from tocsin.errors import MessageError, nearest
from tocsin.lanes import Floats, Integers
from tocsin.messages.fields import DataClass, Health, SourceKind
from tocsin.messages.picture import Phase, State, TrackReport
from tocsin.messages.sensing import CompactPlot, PlotReport, ScanReport, Sector
from tocsin.sensors.measurement import Plots
from tocsin.sensors.radar import Radar
from tocsin.tracking.looks import SENSORS_MAX
from tocsin.tracking.track import BOOST, COAST, REENTRY, Tracks, plain_tracks

PHASE_WORDS: dict[int, Phase] = {BOOST: "boost", COAST: "coast", REENTRY: "re-entry"}
PHASES = {word: phase for phase, word in PHASE_WORDS.items()}
PART_PLOTS = 600
"""Plots in one part of a look: at most 60,000 bytes, below the limit of a report."""

MEASURED = (
    "range_m",
    "azimuth_rad",
    "elevation_rad",
    "range_rate_m_s",
    "sigma_range_m",
    "sigma_azimuth_rad",
    "sigma_elevation_rad",
    "sigma_range_rate_m_s",
    "snr_db",
)
"""Columns of a plot in the order of a look's compact plots, after number and time."""

_LOWER = np.tril_indices(6)
_NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,63}):([1-9][0-9]{0,17})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose tracks these are, and what their bits stand for."""

    partner: str
    sensors: tuple[str, ...]
    """Ids; bit s of `Tracks.sensors` is the sensor at place s."""
    kinds: Mapping[str, SourceKind]
    """Of each sensor."""
    data_class: DataClass


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is told of each track beside its present state, as columns [n]."""

    first_tai_ns: Integers
    last_tai_ns: Integers
    """Of its first and last plot."""
    residual: Floats
    """Mean squared distance of its plots, in their errors, over degrees of freedom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTold:
    """What is told of one look beside its plots."""

    sensor: str
    number: int
    start_tai_ns: int
    end_tai_ns: int
    looked: tuple[Sector, ...]
    health: Health


def track_reports(tracks: Tracks, history: History, origin: Origin) -> tuple[TrackReport, ...]:
    """Give tracks as reports, in their order.

    Raises:
        MessageError: A track's fields do not agree, such as a variance below zero.
    """
    return tuple(_track_report(tracks, history, origin, row) for row in range(tracks.count))


def _track_report(tracks: Tracks, history: History, origin: Origin, row: int) -> TrackReport:
    bits, parent = int(tracks.sensors[row]), int(tracks.parent[row])
    fed = tuple(sorted(name for s, name in enumerate(origin.sensors) if bits >> s & 1))
    return TrackReport(
        track=f"{origin.partner}:{tracks.track[row]}",
        partner=origin.partner,
        parent=f"{origin.partner}:{parent}" if parent else None,
        time_tai_ns=int(tracks.time_tai_ns[row]),
        state=cast("State", tuple(tracks.state[row].tolist())),
        covariance=tuple(tracks.covariance[row][_LOWER].tolist()),
        existence=float(tracks.existence[row]),
        phase=PHASE_WORDS[int(tracks.phase[row])],
        sensors=fed,
        sources=tuple(sorted({origin.kinds[name] for name in fed})),
        plots=int(tracks.hits[row]),
        first_tai_ns=int(history.first_tai_ns[row]),
        last_tai_ns=int(history.last_tai_ns[row]),
        residual=float(history.residual[row]),
        data_class=origin.data_class,
    )


def tracks_of(reports: Sequence[TrackReport], sensors: tuple[str, ...]) -> tuple[Tracks, History]:
    """Give reported tracks of one partner as columns, in their order.

    Args:
        reports: All of one partner, so that their numbers tell them apart.
        sensors: Ids that may have fed them; bit s of the result is the sensor at place s.

    Raises:
        MessageError: A name is not `partner:number`, partners are mixed, or a sensor is not known.
    """
    assert len(sensors) <= SENSORS_MAX
    partners = {report.partner for report in reports}
    if len(partners) > 1:
        raise _wrong("track.1", f"partners {sorted(partners)} in one batch; give one at a time")
    covariance = np.zeros((len(reports), 6, 6))
    told = np.array([report.covariance for report in reports]).reshape(-1, len(_LOWER[0]))
    covariance[:, _LOWER[0], _LOWER[1]] = told
    covariance[:, _LOWER[1], _LOWER[0]] = told
    tracks = plain_tracks(
        track=_whole([_number(report.track, report.partner) for report in reports]),
        time_tai_ns=_whole([report.time_tai_ns for report in reports]),
        state=np.array([report.state for report in reports]).reshape(-1, 6),
        covariance=covariance,
        existence=np.array([report.existence for report in reports]),
        phase=_whole([PHASES[report.phase] for report in reports]),
        sensors=_whole([_bits(report.sensors, sensors) for report in reports]),
        hits=_whole([report.plots for report in reports]),
        misses=np.zeros(len(reports), np.int64),
        parent=_whole(
            [_number(report.parent, report.partner) if report.parent else 0 for report in reports]
        ),
    )
    history = History(
        first_tai_ns=_whole([report.first_tai_ns for report in reports]),
        last_tai_ns=_whole([report.last_tai_ns for report in reports]),
        residual=np.array([report.residual for report in reports]),
    )
    return tracks, history


def _number(name: str, partner: str) -> int:
    """Give a track's number from its name."""
    found = _NAME.match(name)
    if found is None or found[1] != partner:
        raise _wrong("track.1", f"track {name!r} of {partner!r} must be named {partner}:NUMBER")
    return int(found[2])


def _bits(names: Sequence[str], sensors: tuple[str, ...]) -> int:
    for name in names:
        if name not in sensors:
            raise _wrong("track.1", f"sensor {name!r} is not known; {nearest(name, sensors)}")
    return sum(1 << sensors.index(name) for name in names)


def sectors_of(radar: Radar) -> tuple[Sector, ...]:
    """Give what one look of a healthy radar covers."""
    return tuple(
        Sector(
            azimuth_from_rad=start,
            azimuth_width_rad=(end - start) % (2.0 * math.pi) or 2.0 * math.pi,
            elevation_min_rad=radar.elevation_min_rad,
            elevation_max_rad=radar.elevation_max_rad,
            range_min_m=radar.range_min_m,
            range_max_m=radar.range_max_m,
        )
        for start, end in radar.sectors_rad
    )


def scan_reports(look: LookTold, plots: Plots) -> tuple[ScanReport, ...]:
    """Give one look as a report, or as several parts where its plots are many.

    Args:
        look: What is told beside the plots.
        plots: Of its sensor alone, none before the look's start; there may be none at all.

    Raises:
        MessageError: A plot is outside the look, or of another sensor.
    """
    names = {plots.sensors[place] for place in np.unique(plots.sensor)}
    if names - {look.sensor}:
        raise _wrong("scan.1", f"plots of {sorted(names)} in a look of {look.sensor!r}")
    if plots.count and int(plots.time_tai_ns.min()) < look.start_tai_ns:
        raise _wrong("scan.1", "a plot is before the start of the look")
    compact = _compact(plots, look.start_tai_ns)
    parts = [compact[at : at + PART_PLOTS] for at in range(0, max(plots.count, 1), PART_PLOTS)]
    return tuple(
        ScanReport(
            sensor=look.sensor,
            number=look.number,
            part=place,
            parts=len(parts),
            start_tai_ns=look.start_tai_ns,
            end_tai_ns=look.end_tai_ns,
            looked=look.looked,
            plots=tuple(part),
            health=look.health,
            data_class=_data_class(plots.data_class),
        )
        for place, part in enumerate(parts, 1)
    )


def plots_of_scans(scans: Sequence[ScanReport]) -> Plots:
    """Give the plots of one look or more, in their order; at least one look.

    Raises:
        MessageError: Data classes are mixed.
    """
    assert scans
    rows = [
        (scan.sensor, plot[0], scan.start_tai_ns + plot[1], *plot[2:])
        for scan in scans
        for plot in scan.plots
    ]
    return _plots(rows, sorted({s.sensor for s in scans}), {s.data_class for s in scans})


def plot_reports(plots: Plots) -> tuple[PlotReport, ...]:
    """Give plots one by one, in their order."""
    data_class = _data_class(plots.data_class)
    return tuple(
        PlotReport(
            plot=plot[0],
            sensor=plots.sensors[sensor],
            time_tai_ns=plot[1],
            range_m=plot[2],
            azimuth_rad=plot[3],
            elevation_rad=plot[4],
            range_rate_m_s=plot[5],
            sigma_range_m=plot[6],
            sigma_azimuth_rad=plot[7],
            sigma_elevation_rad=plot[8],
            sigma_range_rate_m_s=plot[9],
            snr_db=plot[10],
            data_class=data_class,
        )
        for sensor, plot in zip(plots.sensor.tolist(), _compact(plots, 0), strict=True)
    )


def plots_of(reports: Sequence[PlotReport]) -> Plots:
    """Give plots that were reported one by one, at least one, in their order.

    Raises:
        MessageError: Data classes are mixed.
    """
    assert reports
    rows = [
        (each.sensor, each.plot, each.time_tai_ns, *(getattr(each, name) for name in MEASURED))
        for each in reports
    ]
    return _plots(rows, sorted({r.sensor for r in reports}), {r.data_class for r in reports})


def _compact(plots: Plots, start_tai_ns: int) -> list[CompactPlot]:
    """Give plots as a look tells them; what was not measured is none."""
    columns = [_told(getattr(plots, name)) for name in MEASURED]
    after_ns = (plots.time_tai_ns - start_tai_ns).tolist()
    rows = zip(plots.plot_id.tolist(), after_ns, *columns, strict=True)
    return cast("list[CompactPlot]", list(rows))


def _told(column: Floats) -> list[float | None]:
    return [None if math.isnan(value) else value for value in column.tolist()]


def _plots(
    rows: Sequence[tuple[Any, ...]], sensors: Sequence[str], data_classes: set[DataClass]
) -> Plots:
    """Give rows of sensor, number, time and what was measured as columns."""
    if len(data_classes) > 1:
        raise _wrong("plots", f"data classes {sorted(data_classes)} are mixed; keep them apart")
    values = np.array([row[3:] for row in rows], dtype=np.float64).reshape(-1, len(MEASURED))
    columns = {name: values[:, place] for place, name in enumerate(MEASURED)}
    return Plots(
        sensors=tuple(sensors),
        sensor=_whole([sensors.index(row[0]) for row in rows]),
        plot_id=_whole([row[1] for row in rows]),
        time_tai_ns=_whole([row[2] for row in rows]),
        data_class=next(iter(data_classes)),
        **columns,
    )


def _data_class(word: str) -> DataClass:
    assert word in get_args(DataClass), word
    return cast("DataClass", word)


def _whole(values: Sequence[int]) -> Integers:
    return np.array(values, dtype=np.int64)


def _wrong(kind: str, what: str) -> MessageError:
    return MessageError(f"{kind}: {what}", fault="wrong field")
