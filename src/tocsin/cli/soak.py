"""`tocsin drill soak`: weeks of background through the judge, held against a budget of alarms."""

from typing import TYPE_CHECKING

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from rich.table import Table

    from tocsin.simulation.soak import Soak


@click.command()
@click.option(
    "--days",
    type=click.FloatRange(0.5, 90.0),
    default=30.0,
    show_default=True,
    help="Of background.",
)
@click.option(
    "--launches",
    type=click.IntRange(0, 500),
    default=100,
    show_default=True,
    help="Missiles strewn in.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def soak(days: float, launches: int, seed: int, as_json: bool) -> None:
    """Judge weeks of background with missiles strewn in, and count false alarms.

    Satellites, decays, meteors, glint, clutter, peaceful launches, faults and words of sites, at
    published or assumed rates, before the sensors of the built-in scenario joined-watch. Takes
    minutes. Exit status 1 if the budget does not hold or a missile does not reach its level.

    \b
    Example:
      tocsin drill soak --days 30
    """
    import json
    import time
    from dataclasses import asdict

    from tocsin.simulation.soak import settings_for
    from tocsin.simulation.soak import soak as soaked

    begun = time.perf_counter()
    with reported(as_json):
        found = soaked(settings_for(days, launches, seed))
    took_s = time.perf_counter() - begun
    if as_json:
        shown = asdict(found) | {"holds": found.holds, "took_s": round(took_s, 1)}
        click.echo(json.dumps(shown, indent=1))
    else:
        _print(found, took_s)
    if not found.holds:
        raise SystemExit(1)


def _print(found: "Soak", took_s: float) -> None:
    """Print the tables, and what it took."""
    from tocsin.cli.fit import fitted
    from tocsin.cli.study_tables import console

    screen = console()
    for made in (_background(found), _missiles(found)):
        screen.print(fitted(made, screen.width))
    for line in _remarks(found, took_s):
        screen.print(line)


def _background(found: "Soak") -> "Table":
    from tocsin.cli.study_tables import table
    from tocsin.simulation.soak_rates import A1_PER_DAY, A2_PER_DAY, A3_PER_DAY

    days = found.settings.days
    made = table(
        f"Background of {days:g} days: events by their highest level, a day",
        *("what", "happened", "A1", "A2", "A3", "A4"),
    )
    for row in found.kinds:
        name = f"{row.kind} *" if row.launch else row.kind
        rates = (f"{count / days:.2f}" if count else "-" for count in row.levels)
        made.add_row(name, f"{row.happenings}", *rates)
    sums = [found.false_per_day(level) for level in (1, 2, 3, 4)]
    made.add_section()
    made.add_row("all that is no launch", "", *(f"{each:.2f}" for each in sums))
    made.add_row("budget", "", *(f"{x:.2f}" for x in (A1_PER_DAY, A2_PER_DAY, A3_PER_DAY)), "0.00")
    return made


def _missiles(found: "Soak") -> "Table":
    from tocsin.cli.study_tables import table

    made = table("Missiles", "must reach", "A0", "A1", "A2", "A3", "A4", "at their level")
    for level in sorted({each.expected for each in found.launches}):
        own = [each.reached for each in found.launches if each.expected == level]
        counts = (str(own.count(reached)) for reached in range(5))
        made.add_row(f"A{level}", *counts, f"{own.count(level)} of {len(own)}")
    return made


def _remarks(found: "Soak", took_s: float) -> tuple[str, ...]:
    split = sum(each.events > 1 for each in found.launches)
    return (
        "* Launches, announced or not: up to A3 is right for them.",
        f"Catalogued objects: {found.passes:,} passes drawn ({found.passes_per_day:,.0f} a day of"
        f" those that can be tracked); {found.fallers} seemed to come down at some look.",
        f"{found.right} of {len(found.launches)} missiles at their right level; {split} judged as"
        " more than one.",
        f"The budget {'holds' if found.holds else 'does NOT hold'}. Seed {found.settings.seed};"
        f" {found.steps:,} calls of the judge; {took_s:.0f} s.",
    )
