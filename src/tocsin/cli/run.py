"""`tocsin run`: the main job, a scenario in, who knew what and when out."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from tocsin.studies.results import RunResult


@click.command()
@click.argument("scenario")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the results.  [default: out/NAME]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    help="Instead of the scenario's own: moves the launch times.",
)
@click.option(
    "--plots",
    is_flag=True,
    help="Also write what every sensor reports of the scenario's launches, and the truth.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks.")
def run(
    scenario: str, out: Path | None, seed: int | None, plots: bool, as_json: bool, quiet: bool
) -> None:
    """Fly a scenario: who knew what and when, alone and joined.

    SCENARIO is a TOML file or a built-in name: joined-watch, trilateral, two-islands. Writes
    report.html, summary.json, tables (Parquet and CSV) and a copy of the scenario. Stopped with
    Ctrl-C, the same command goes on where it was.

    A figure such as 65 (64-65) is the nominal one, and the lowest and highest that it takes over
    what is published of disputed sensors. What would be tracked is of one drawing of chance, with
    every sensor at its nominal values; its brackets are the least and the most of any launch.

    \b
    Example:
      tocsin run two-islands --out out/two-islands
    """
    import json

    from tocsin.cli.progress import GROUPS_THEN_PLOTS, going_on, shown
    from tocsin.cli.study_tables import remark
    from tocsin.studies.run import Options, run_scenario

    progress = shown(scenario, quiet=quiet, parts=GROUPS_THEN_PLOTS)
    with reported(as_json), going_on(quiet), progress as report:
        options = Options(out=out, seed=seed, plots=plots)
        result, summary = run_scenario(scenario, options, report, remark(quiet))
    folder = out or Path("out") / result.scenario
    if as_json:
        click.echo(json.dumps(summary, indent=1, allow_nan=False, ensure_ascii=False))
        return
    _print_answer(result)
    if not quiet:
        click.echo(f"seed {result.seed}; written: {folder / 'report.html'}", err=True)
        if plots:
            click.echo(_plots_line(folder, summary["plots"]), err=True)


def _print_answer(result: "RunResult") -> None:
    """Print what a run found: its launches, its study, the answer, then what would be tracked."""
    from tocsin.cli.fit import fitted
    from tocsin.cli.judged_table import judged_table
    from tocsin.cli.study_tables import (
        claim_lines,
        coalition_table,
        console,
        launch_table,
        ledger_table,
        main_coalitions,
    )
    from tocsin.cli.watch_table import tracking_table
    from tocsin.studies.judged_results import judged_sentence

    answer = console()
    found, tracking = result.compared, result.tracking
    if result.launches:
        partners = dict.fromkeys(k.partner for x in result.launches for k in x.knowledge)
        alone = {c.id: c.label for c in found.coalitions}
        names = {p: alone.get(p, p).removesuffix(" alone") for p in partners}
        answer.print(fitted(launch_table(result.launches, names), answer.width))
    if found.coalitions:
        main = main_coalitions(found.coalitions)
        over_all = coalition_table("Over all launches of the study", main)
        answer.print(fitted(over_all, answer.width))
        spent = ledger_table(found.ledger, "launches that somebody is warned of")
        answer.print(fitted(spent, answer.width))
    for line in claim_lines(result.claims):
        answer.print(line)
        answer.print()
    answer.print(result.answer)
    if tracking is not None and result.launches:
        answer.print()
        if tracking.watchers:
            answer.print(fitted(tracking_table(tracking), answer.width))
        answer.print(tracking.sentence or f"Nothing was tracked. {tracking.why_not}")
    if result.judged is not None and result.launches:
        answer.print()
        if result.judged.rows:
            answer.print(fitted(judged_table(result.judged, names), answer.width))
        answer.print(judged_sentence(result.judged, names))


def _plots_line(folder: Path, written: Mapping[str, Any]) -> str:
    """Say what of the sensors' plots lies where."""
    files = ", ".join(str(folder / name) for name in written["files"])
    return (
        f"{written['plots']:,} plots by {written['sensors_reporting']} of "
        f"{written['sensors_looking']} sensors; written: {files}"
    )
