"""Everything a study leaves in its folder: summary, tables, and a copy of its scenario."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tocsin.studies import journal
from tocsin.studies.compare import gain_record
from tocsin.studies.coverage import coverage_tables
from tocsin.studies.figures import Totals, gains, in_area, sweep_table
from tocsin.studies.files import (
    left_over,
    remove,
    write_batches,
    write_json,
    write_records,
    write_text,
)
from tocsin.studies.plots import PLOT_FILES
from tocsin.studies.prepare import Prepared
from tocsin.studies.results import Coalition, Compared, Knowledge, LaunchResult
from tocsin.studies.summary import flat_coalition, flat_gain
from tocsin.studies.watch_words import prediction_rows
from tocsin.studies.watched import Watched
from tocsin.studies.work import write_launches

TABLES = (
    "launches", "coverage", "coalitions", "gains", "ledger", "map", "sweep", "flights", "sightings",
    "knowledge", "tracks_by_partner", "predictions",
)  # fmt: skip
"""Every table that a command may write."""


def make_way(kept: journal.Journal, folder: Path) -> None:
    """Clear a folder before its results are written.

    What a killed run has half written goes, and the summary: while it is not there the results are
    not whole. Everything of another study goes too, or it would lie among the new results.
    """
    tables = folder / "tables"
    remove([*left_over(folder), *left_over(tables), folder / "summary.json"])
    if not journal.wrote_folder(kept):
        remove(tables / f"{name}.{ending}" for name in TABLES for ending in ("parquet", "csv"))
        remove(folder / name for name in ("report.html", "scenario.toml", *PLOT_FILES))
        journal.take_over(kept)


def by_area(prepared: Prepared, totals: Totals) -> dict[str, tuple[Coalition, ...]]:
    """Give every group's figures for the launches from each area."""
    layout = prepared.survey.layout
    return {area: in_area(layout, totals.counts, area) for area in prepared.survey.plan.areas}


def write_study(
    prepared: Prepared, totals: Totals, kept: journal.Journal, compared: Compared, folder: Path
) -> None:
    """Write a study's tables: Parquet for programs, CSV for people, the same columns in both."""
    tables = folder / "tables"
    write_launches(kept, tables)
    write_batches(tables, "coverage", coverage_tables(prepared, kept))
    write_records(tables, "coalitions", coalition_rows(prepared, totals, compared))
    write_records(tables, "gains", gain_rows(prepared, totals))
    write_records(tables, "ledger", _ledger_rows(compared))
    write_records(tables, "map", map_rows(compared))
    variants = prepared.survey.columns.variants
    if len(variants) > 3:
        rows = sweep_table(prepared.survey.layout, totals.counts, variants)
        write_records(tables, "sweep", rows)


def write_tracking(watched: Watched, folder: Path) -> None:
    """Write each watcher's tracks, and where each track was to come down as time went on."""
    tables = folder / "tables"
    if watched.tables:
        write_batches(tables, "tracks_by_partner", iter(watched.tables))
    write_records(tables, "predictions", prediction_rows(watched.tracking.watchers))


def write_scenario(folder: Path, text: str) -> None:
    """Write the copy of the scenario that the folder's results are for."""
    write_text(folder / "scenario.toml", text)


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    """Write the summary that programs read."""
    write_json(folder / "summary.json", summary)


def coalition_rows(prepared: Prepared, totals: Totals, compared: Compared) -> list[dict[str, Any]]:
    """Give every group's figures as rows: over all it counts, then by area."""
    layout = prepared.survey.layout
    scopes = [layout.scopes[layout.scopes_of(group)[0]] for group in layout.groups]
    rows = [
        flat_coalition(scope, found)
        for scope, found in zip(scopes, compared.coalitions, strict=True)
    ]
    return rows + [
        flat_coalition(area, found)
        for area, several in by_area(prepared, totals).items()
        for found in several
    ]


def gain_rows(prepared: Prepared, totals: Totals) -> list[dict[str, Any]]:
    """Give what each pair differs by as rows: over all launches, by area, at a partner's places."""
    return [
        flat_gain(found.scope, gain_record(prepared, found))
        for found in gains(prepared.survey.layout, totals.counts)
    ]


def map_rows(compared: Compared) -> list[dict[str, Any]]:
    """Give the figures at each launch point as rows."""
    where = compared.map
    return [
        {
            "area": where.area[n],
            "latitude_deg": where.latitude_deg[n],
            "longitude_deg": where.longitude_deg[n],
            **{
                f"{layer.figure}_{layer.coalition}"
                + (f"_against_{layer.before}" if layer.before else ""): layer.values[n]
                for layer in where.layers
            },
        }
        for n in range(len(where.area))
    ]


def flight_rows(launches: tuple[LaunchResult, ...]) -> dict[str, list[dict[str, Any]]]:
    """Give the scenario's own launches as rows: flights, sightings and knowledge."""
    flights, sightings, knowledge = [], [], []
    for launch in launches:
        flights.append(
            {
                name: getattr(launch, name)
                for name in LaunchResult.__slots__
                if name not in ("track_deg", "sightings", "knowledge", "declared")
            }
        )
        for sighting in launch.sightings:
            row = {name: getattr(sighting, name) for name in type(sighting).__slots__}
            sightings.append({"launch": launch.name, **row})
        for declared, several in ((False, launch.knowledge), (True, launch.declared)):
            knowledge += [_knowledge_row(launch.name, known, declared) for known in several]
    return {"flights": flights, "sightings": sightings, "knowledge": knowledge}


def _knowledge_row(launch: str, known: Knowledge, declared: bool) -> dict[str, Any]:
    return {
        "launch": launch,
        "partner": known.partner,
        "level": known.level,
        "as_declared": declared,
        "known_s": known.known_s,
        "via": known.via,
        "confirmed_by_two_s": known.confirmed_by_two_s,
        "warning_min": known.warning_min.value,
        "warning_min_low": known.warning_min.low,
        "warning_min_high": known.warning_min.high,
    }


def _ledger_rows(compared: Compared) -> list[dict[str, Any]]:
    return [
        {
            "step": line.step,
            "takes_s": line.takes_s.value,
            "takes_s_low": line.takes_s.low,
            "takes_s_high": line.takes_s.high,
            "left_min": line.left_min.value,
            "left_min_low": line.left_min.low,
            "left_min_high": line.left_min.high,
            "why": line.why,
        }
        for line in compared.ledger
    ]
