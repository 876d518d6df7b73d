"""`tocsin study`: one question asked of many simulated launches."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from rich.console import Console

    from tocsin.studies.run import Done

Command = Callable[..., None]


def study_options(command: Command) -> Command:
    """Add the options that every study has."""
    for option in reversed(
        (
            click.argument("scenario"),
            click.option(
                "--out",
                type=click.Path(path_type=Path, file_okay=False),
                help="Folder for the results.  [default: out/NAME]",
            ),
            click.option(
                "--seed",
                type=click.IntRange(0, 2**32 - 1),
                help="Instead of the scenario's own: moves the launch times.",
            ),
            click.option(
                "--spacing-deg",
                type=click.FloatRange(0.25, 30.0),
                help="Between launch points; wider is faster and coarser.",
            ),
            click.option(
                "--sweep",
                is_flag=True,
                help="Also move each disputed value by itself; ranges then take these runs in too.",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print JSON; keys end in units."),
            click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks."),
        )
    ):
        command = option(command)
    return command


@click.group()
def study() -> None:
    """Ask one question of many simulated launches.

    SCENARIO is a TOML file with a [study], or a built-in name. Everything found is written to the
    out folder; stopped with Ctrl-C, the same command goes on where it was.

    \b
    Example:
      tocsin study compare two-islands --spacing-deg 5
    """


@study.command()
@study_options
def coverage(scenario: str, **asked: Any) -> None:
    """Which launches are seen, and from when.

    One line for each launch area and warned place: the share of launches known before impact, and
    the earliest minute after lift-off at which any of them is known, alone and joined.

    \b
    Example:
      tocsin study coverage two-islands --spacing-deg 5
    """
    _study(scenario, asked, _coverage_found, _print_coverage)


@study.command("warning-time")
@study_options
def warning_time(scenario: str, **asked: Any) -> None:
    """How many minutes of warning, by launch area.

    Minutes from knowing to impact, alone and joined at each level of sharing: the median, and the
    fifth from either end of a hundred (p05, p95). A launch that is not known counts as zero.

    \b
    Example:
      tocsin study warning-time two-islands --spacing-deg 5
    """
    _study(scenario, asked, _warning_found, _print_warning)


@study.command()
@study_options
def compare(scenario: str, **asked: Any) -> None:
    """What joining gains and each sensor adds.

    The same launches with and without: joined against each alone, all sensors against all but one,
    all partners against all but one. Then where the minutes go, and each claim with its verdict.

    \b
    Example:
      tocsin study compare two-islands --spacing-deg 5
    """
    _study(scenario, asked, _compare_found, _print_compare)


Found = Callable[["Done"], dict[str, Any]]
Printed = Callable[["Console", "Done"], None]


def _study(scenario: str, asked: dict[str, Any], found: Found, printed: Printed) -> None:
    """Work a study out, write its folder, and print one command's answer."""
    import json

    from tocsin.cli.progress import GROUPS, going_on, shown
    from tocsin.cli.study_tables import console, remark, sweep_rows_table
    from tocsin.studies.assumed import remarks
    from tocsin.studies.claims import study_sentence
    from tocsin.studies.figures import sweep_table
    from tocsin.studies.run import Options, open_scenario, worked_out, write_study_folder

    as_json = asked.pop("as_json")
    quiet = asked.pop("quiet")
    options, tell = Options(**asked), remark(quiet)
    with reported(as_json), going_on(quiet), ExitStack() as held:
        opened = open_scenario(scenario, options)
        for line in remarks(opened.scenario):
            tell(line)
        with shown(opened.scenario.name, quiet=quiet, parts=GROUPS) as report:
            done = held.enter_context(worked_out(opened, options, report))
        sentence = study_sentence(done.prepared, done.totals)
        summary = write_study_folder(done, opened, sentence)
        if as_json:
            head = {key: summary[key] for key in ("scenario", "seed", "version", "answer")}
            text = json.dumps(head | found(done), indent=1, allow_nan=False, ensure_ascii=False)
            click.echo(text)
        else:
            answer = console()
            printed(answer, done)
            if options.sweep:
                survey = done.prepared.survey
                rows = sweep_table(survey.layout, done.totals.counts, survey.columns.variants)
                answer.print(sweep_rows_table(rows))
            answer.print(sentence)
    tell(f"seed {opened.scenario.seed}; written to {opened.folder}")


def _coverage_found(done: "Done") -> dict[str, Any]:
    from tocsin.studies.coverage import area_coverage

    return {"coverage": area_coverage(done.prepared, done.kept)}


def _print_coverage(answer: "Console", done: "Done") -> None:
    from tocsin.cli.study_tables import coverage_table
    from tocsin.studies.coverage import area_coverage, coverage_groups

    labels = {each.id: each.label for each in done.compared.coalitions}
    groups = {group: labels[group] for group in coverage_groups(done.prepared)}
    answer.print(coverage_table(area_coverage(done.prepared, done.kept), groups))


def _warning_found(done: "Done") -> dict[str, Any]:
    from dataclasses import asdict

    from tocsin.studies.warning_time import warning_times

    times = warning_times(done.prepared, done.totals)
    return {
        "warning_time": {
            scope: [asdict(each) for each in several] for scope, several in times.items()
        }
    }


def _print_warning(answer: "Console", done: "Done") -> None:
    from tocsin.cli.study_tables import coalition_table
    from tocsin.studies.warning_time import warning_times

    plan = done.prepared.survey.plan
    names = dict(zip(plan.areas, plan.area_names, strict=True))
    for scope, several in warning_times(done.prepared, done.totals).items():
        title = f"Launches from {names[scope]}" if scope in names else "All launches"
        answer.print(coalition_table(title, several))


def _compare_found(done: "Done") -> dict[str, Any]:
    from dataclasses import asdict

    from tocsin.studies.claims import claims
    from tocsin.studies.outputs import by_area
    from tocsin.studies.summary import study_summary

    judged = [asdict(each) for each in claims(done.prepared, done.totals)]
    areas = by_area(done.prepared, done.totals)
    return study_summary(done.compared, areas) | {"claims": judged}


def _print_compare(answer: "Console", done: "Done") -> None:
    from tocsin.cli.study_tables import (
        claim_lines,
        coalition_table,
        gain_table,
        ledger_table,
        main_coalitions,
        main_gains,
    )
    from tocsin.studies.claims import claims

    found = done.compared
    labels = {each.id: each.label for each in found.coalitions}
    answer.print(coalition_table("Over all launches", main_coalitions(found.coalitions)))
    answer.print(gain_table(main_gains(found.gains, found.coalitions), labels))
    answer.print(ledger_table(found.ledger, "launches that somebody is warned of"))
    for line in claim_lines(claims(done.prepared, done.totals)):
        answer.print(line)
        answer.print()
