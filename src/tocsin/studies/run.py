"""The main job: a scenario in; who knew what and when, alone and joined, out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin import __version__
from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.time import utc_from_tai
from tocsin.errors import ScenarioError, TocsinError
from tocsin.eventlog.memory import MemoryLog
from tocsin.simulation.read import find_scenario, parse_scenario, scenario_bytes
from tocsin.simulation.roster import Roster, roster
from tocsin.simulation.scenario import LEVELS, Scenario
from tocsin.simulation.world import scans_of
from tocsin.studies import journal, ledger
from tocsin.studies.assumed import assumptions, remarks
from tocsin.studies.claims import claims, launch_sentence, study_sentence
from tocsin.studies.compare import NOTHING_COMPARED, compared
from tocsin.studies.figures import Totals
from tocsin.studies.files import write_records, write_text
from tocsin.studies.judged import judge_launches, write_logs
from tocsin.studies.judged_results import Judged
from tocsin.studies.launches import fly_launches
from tocsin.studies.outputs import (
    by_area,
    flight_rows,
    make_way,
    write_scenario,
    write_study,
    write_summary,
    write_tracking,
)
from tocsin.studies.plots import write_plots
from tocsin.studies.prepare import Prepared, delays, prepare, watchers, with_changes
from tocsin.studies.report import write_report
from tocsin.studies.results import Coalition, Compared, RunResult
from tocsin.studies.sensors_used import left_out, sensors_used, sources_used
from tocsin.studies.summary import run_summary, study_summary
from tocsin.studies.watched import Seen, Watched, watch_launches
from tocsin.studies.work import Report, work_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line may change."""

    out: Path | None = None
    """Folder for the results; `out/NAME` if not given."""
    seed: int | None = None
    spacing_deg: float | None = None
    sweep: bool = False
    plots: bool = False
    """Also write what every sensor reports of the scenario's launches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A scenario as it will be worked out, with the file it came from and the catalogue."""

    scenario: Scenario
    text: str
    catalog: Catalog
    folder: Path
    """Where the results go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A study that is worked out, while its folder is still held."""

    prepared: Prepared
    totals: Totals
    kept: journal.Journal
    compared: Compared
    folder: Path


def open_scenario(name: str, options: Options) -> Opened:
    """Find and read a scenario, and apply what the command line changes.

    Raises:
        ScenarioError: It is not there or not usable.
    """
    path = find_scenario(name)
    catalog = load_catalog()
    data = scenario_bytes(path)
    scenario = with_changes(
        parse_scenario(data, str(path), catalog),
        seed=options.seed,
        spacing_deg=options.spacing_deg,
    )
    folder = Path("out") / scenario.name if options.out is None else options.out
    return Opened(scenario=scenario, text=data.decode(), catalog=catalog, folder=folder)


@contextmanager
def worked_out(opened: Opened, options: Options, report: Report) -> Iterator[Done]:
    """Hold the folder, work the study out, and give what it found.

    Raises:
        ScenarioError: There is no study, or nothing in it is within reach.
        OutputError: The folder cannot be used.
    """
    prepared = prepare(opened.scenario, opened.catalog, sweep=options.sweep)
    digest = journal.study_digest(repr(opened.scenario), f"sweep={options.sweep}")
    with journal.opened(opened.folder, digest) as kept:
        totals = work_out(prepared, kept, report)
        found = compared(prepared, totals)
        if found.launches == 0:
            raise ScenarioError(
                f"study of {opened.scenario.name!r}: no vehicle reaches any place: the farthest "
                f"falls {totals.shortfall_max_m / 1000.0:,.0f} km short; choose nearer areas or "
                "vehicles with a longer range"
            )
        yield Done(
            prepared=prepared, totals=totals, kept=kept, compared=found, folder=opened.folder
        )


def write_study_folder(done: Done, opened: Opened, answer: str) -> dict[str, Any]:
    """Write what a study found and give its summary, the last file to be written."""
    make_way(done.kept, done.folder)
    write_study(done.prepared, done.totals, done.kept, done.compared, done.folder)
    write_scenario(done.folder, opened.text)
    summary = {
        **_head(opened.scenario),
        "answer": answer,
        **study_summary(done.compared, by_area(done.prepared, done.totals)),
    }
    write_summary(done.folder, summary)
    return summary


def run_scenario(
    name: str, options: Options, report: Report, remark: Callable[[str], None]
) -> tuple[RunResult, dict[str, Any]]:
    """Fly a scenario's launches, work its study out, and write everything into one folder.

    Args:
        name: A file, or a built-in scenario.
        options: What the command line changes.
        report: Told how many parts of the study are done.
        remark: Told, a line at a time, what a reader should know beside the answer.

    Returns:
        What was found, and its summary.
    """
    opened = open_scenario(name, options)
    for line in remarks(opened.scenario):
        remark(line)
    if opened.scenario.study is None:
        digest = journal.study_digest(repr(opened.scenario))
        with journal.opened(opened.folder, digest) as kept:
            result, watched = _result(opened, None, report)
            make_way(kept, opened.folder)
            return _write_run(opened, (result, watched), {}, plots=options.plots)
    with worked_out(opened, options, report) as done:
        result, watched = _result(opened, done, report)
        make_way(done.kept, done.folder)
        write_study(done.prepared, done.totals, done.kept, done.compared, done.folder)
        areas = by_area(done.prepared, done.totals)
        return _write_run(opened, (result, watched), areas, plots=options.plots)


def _write_run(
    opened: Opened,
    found: tuple[RunResult, Watched],
    areas: dict[str, tuple[Coalition, ...]],
    *,
    plots: bool,
) -> tuple[RunResult, dict[str, Any]]:
    """Write the report, the tables of the scenario's own launches and, last, the summary."""
    result, watched = found
    for name, rows in flight_rows(result.launches).items():
        write_records(opened.folder / "tables", name, rows)
    write_tracking(watched, opened.folder)
    write_scenario(opened.folder, opened.text)
    write_text(opened.folder / "report.html", write_report(result))
    summary = run_summary(result, areas)
    if plots:
        scenario, catalog = opened.scenario, opened.catalog
        members = roster(scenario, catalog)
        summary["plots"] = write_plots(opened.folder, scenario, members, catalog)
    write_summary(opened.folder, summary)
    return result, summary


def _result(opened: Opened, done: Done | None, report: Report) -> tuple[RunResult, Watched]:
    """Put together everything that a run found, and what was tracked."""
    scenario, catalog = opened.scenario, opened.catalog
    members, columns = watchers(scenario, catalog)
    vehicles = {
        plan.vehicle: catalog.vehicle_of(catalog.vehicles[plan.vehicle])
        for plan in scenario.launches
    }
    levels = scenario.study.levels if scenario.study else tuple(LEVELS)
    flown = fly_launches(scenario, columns, vehicles, levels, delays(scenario))
    seen = _seen(opened, members)
    watched = watch_launches(scenario, members, catalog, flown, report, seen)
    judged = Judged(why_not="Nothing flew, so no centre judged anything.")
    logs: dict[str, MemoryLog] = {}
    if seen is not None and flown:
        judged, logs = judge_launches((scenario, members, catalog), seen[0], flown, report)
    if logs:
        write_logs(opened.folder / "log", logs, opened.text)
    result = RunResult(
        **_head(scenario),
        answer=launch_sentence(flown, columns.partners)
        if done is None
        else study_sentence(done.prepared, done.totals),
        sensors=sensors_used(scenario, members, catalog),
        left_out=left_out(members),
        launches=flown,
        compared=NOTHING_COMPARED if done is None else done.compared,
        claims=() if done is None else claims(done.prepared, done.totals),
        assumptions=assumptions(scenario, members),
        sources=(*sources_used(members, catalog), *ledger.SOURCES),
        tracking=watched.tracking,
        judged=judged,
    )
    return result, watched


def _seen(opened: Opened, members: Roster) -> Seen | None:
    """Let every sensor look, once for all that follows; None where there is nothing to see."""
    try:
        return scans_of(opened.scenario, members, opened.catalog, opened.scenario.seed)
    except TocsinError:
        return None


def _head(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "start_utc": utc_from_tai(scenario.start_tai_ns),
        "as_of": scenario.as_of.isoformat(),
        "seed": scenario.seed,
        "data_class": scenario.data_class,
        "version": __version__,
    }
