"""`tocsin drill`: the documented false alarms, and their true twins, replayed."""

from typing import TYPE_CHECKING

import click

from tocsin.cli.errors import reported
from tocsin.cli.soak import soak

if TYPE_CHECKING:
    from tocsin.simulation.drills import Outcome


@click.group()
def drill() -> None:
    """Replay the documented false alarms and their true twins through a warning centre.

    \b
    Example:
      tocsin drill run R6
    """


drill.add_command(soak)


@drill.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(as_json: bool) -> None:
    """List every case, with its kind: a false alarm of the record, or a true twin of one.

    \b
    Example:
      tocsin drill list
    """
    import json

    from tocsin.cli.study_tables import console, table
    from tocsin.simulation.drills_list import DRILLS

    if as_json:
        shown = [{"case": each.id, "kind": each.kind, "title": each.title} for each in DRILLS]
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    made = table("Drills", "case", "kind", "what happened")
    for each in DRILLS:
        made.add_row(each.id, each.kind.replace("_", " "), each.title)
    console().print(made)


@drill.command()
@click.argument("cases", nargs=-1, required=True)
@click.option(
    "--without",
    multiple=True,
    metavar="CHECK",
    help="Leave a check out, C1 to C20, to see which case then goes wrong.  [repeatable]",
)
@click.option("--calm", is_flag=True, help="One variant of each case: no jitter, every sensor.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def run(
    cases: tuple[str, ...], without: tuple[str, ...], calm: bool, as_json: bool, quiet: bool
) -> None:
    """Run CASES, such as R6 or R10a, or all; each false alarm with its true twins.

    Each runs calm, with everything up to 5 s late, without a healthy sensor where the case names
    one, and fast, ten times as much in each turn of the centre's loop. Prints the level expected
    and reached, the time to judgement beside history's, and why. Exit status 1 if any comes out
    otherwise than expected.

    \b
    Example:
      tocsin drill run R1 R6 --calm
    """
    import json
    import os
    from dataclasses import asdict

    from tocsin.cli.progress import shown
    from tocsin.errors import ScenarioError, nearest
    from tocsin.simulation.drills import CALM, VARIANTS, run_all
    from tocsin.simulation.drills_list import chosen
    from tocsin.warning.checks import ALL_CHECKS

    with reported(as_json), shown("drills", quiet=quiet, parts="cases") as report:
        wrong = sorted(set(without) - ALL_CHECKS)
        if wrong:
            raise ScenarioError(f"there is no check {wrong[0]!r}; {nearest(wrong[0], ALL_CHECKS)}")
        found = run_all(
            chosen(cases),
            (CALM,) if calm else VARIANTS,
            ALL_CHECKS - set(without),
            workers=os.cpu_count() or 1,
            progress=report,
        )
    if as_json:
        keys = ("case", "variant", "kind", "level_expected", "level_reached", "judged_after_s")
        click.echo(
            json.dumps(
                [
                    {name: asdict(each)[name] for name in (*keys, "reasons", "as_expected")}
                    for each in found
                ],
                indent=1,
            )
        )
    else:
        _print(found)
    if not all(each.as_expected for each in found):
        raise SystemExit(1)


def _print(found: "list[Outcome]") -> None:
    """Print a table of outcomes, then why any is not as expected."""
    from tocsin.cli.fit import fitted
    from tocsin.cli.study_tables import console, table

    screen = console()
    made = table(
        "Drills: level expected and reached",
        "case",
        "kind",
        "variant",
        "expected",
        "reached",
        "judged after, s (history)",
        "as expected",
    )
    for each in found:
        made.add_row(
            each.case,
            each.kind.replace("_", " "),
            each.variant,
            f"A{each.level_expected}",
            f"A{each.level_reached}",
            f"{_seconds(each.judged_after_s)} ({_seconds(each.history_s)})",
            "yes" if each.as_expected else "NO",
        )
    screen.print(fitted(made, screen.width))
    told = set()
    for each in found:
        key = (each.case, each.kind, each.title)
        if key not in told:
            told.add(key)
            screen.print(f"{each.case} {each.title}. {each.sentence}")
    good = sum(each.as_expected for each in found)
    screen.print(f"{good} of {len(found)} as expected.")
    for each in found:
        if not each.as_expected:
            why = "; ".join(each.why_not)
            screen.print(f"NOT as expected: {each.case} {each.kind} {each.variant}: {why}")


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
