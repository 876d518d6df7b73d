"""Plots of several data classes in one file: a tracker for each, and never a track of two."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tocsin.sensors.measurement import Site
from tocsin.studies.plot_input import TrackingError, file_contents
from tocsin.studies.tracking import Options, Tracked, refuse_inputs, track_file
from tocsin.studies.work import Report

ORDER = ("actual", "exercise", "test")
"""In which they are told: what counts comes first."""


def track_each(
    plots_path: Path, sites: tuple[Site, ...], options: Options, report: Report
) -> tuple[Tracked, ...]:
    """Track the plots of each data class of a file by itself; see `track_file`.

    The tracks of each go to a file of their own if there are several: `out_of`.

    Raises:
        TocsinError: As there; or there are several classes and a truth, which is of one only.
    """
    parts = sorted(file_contents(plots_path), key=lambda part: ORDER.index(part.data_class))
    if len(parts) < 2:
        return (track_file(plots_path, sites, options, report),)
    names = [part.data_class for part in parts]
    if options.truth is not None:
        raise TrackingError(
            f"{plots_path.name}: it has plots of {' and '.join(names)}; a truth belongs to one"
            f" data class: keep one table of plots for each, or leave --truth out"
        )
    total = sum(part.rows for part in parts)
    found: list[Tracked] = []
    for part in parts:
        before = sum(each.rows for each in parts[: len(found)])
        out = None if options.out is None else out_of(options.out, part.data_class)
        refuse_inputs(out, (plots_path, options.satellites.path))
        one = replace(options, part=part, out=out)
        found.append(track_file(plots_path, sites, one, _after(report, before, total)))
    return tuple(found)


def out_of(out: Path, data_class: str) -> Path:
    """Give the name of the file for one of several data classes: tracks-exercise.parquet."""
    return out.with_name(f"{out.stem}-{data_class}{out.suffix}")


def outs_of(out: Path | None, found: Sequence[Tracked]) -> list[Path]:
    """Give the files that were written."""
    if out is None:
        return []
    return [out] if len(found) == 1 else [out_of(out, each.data_class) for each in found]


def _after(report: Report, before: int, total: int) -> Report:
    """Give a report that counts on from what is done."""
    return lambda done, _total: report(before + done, total)
