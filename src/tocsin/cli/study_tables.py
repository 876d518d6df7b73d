"""Study results as a few tables on a terminal, at most 100 columns wide."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from tocsin.studies.coalitions import JOINED_WORDS, counts_all
from tocsin.studies.results import Claim, Coalition, Gain, LaunchResult, LedgerLine, Spread
from tocsin.studies.wording import minutes_short, percent_short

WIDTH = 100


def console() -> Console:
    """Give the console for answers: standard output, at most 100 columns, names as they are."""
    wide = Console()
    width = min(wide.width, WIDTH) if sys.stdout.isatty() else WIDTH
    return Console(width=width, highlight=False, markup=False)


def table(title: str, *columns: str) -> Table:
    """Give an empty table; the first column is text, the others are numbers."""
    made = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, title_style="bold"
    )
    for number, name in enumerate(columns):
        made.add_column(name, justify="right" if number else "left", overflow="fold")
    return made


def main_coalitions(found: Sequence[Coalition]) -> list[Coalition]:
    """Give the groups a reader wants first: alone and joined, all sensors, all launches."""
    return [
        each
        for each in found
        if each.kinds == "all" and each.without is None and counts_all(each.id)
    ]


def remark(quiet: bool) -> Callable[[str], None]:
    """Give the function that writes remarks to standard error, or none if quiet."""
    return lambda line: None if quiet else click.echo(line, err=True)


def coalition_table(title: str, found: Sequence[Coalition]) -> Table:
    """Give what each group sees and how many minutes it has."""
    made = table(title, "who", "seen, %", "by two, %", "p05, min", "median, min", "p95, min")
    for each in found:
        made.add_row(
            each.label,
            percent_short(each.share_seen),
            percent_short(each.share_confirmed_by_two),
            *(minutes_short(each.warning_min[name]) for name in ("p05", "p50", "p95")),
        )
    return made


def main_gains(found: Sequence[Gain], coalitions: Sequence[Coalition]) -> list[Gain]:
    """Give what a reader wants first: joining as far as it goes, then each sensor among all."""
    by_id = {each.id: each for each in coalitions}
    top = max(each.level for each in coalitions)
    wanted = []
    for each in found:
        before, after = by_id[each.before], by_id[each.after]
        joining = before.without is None and (after.level == top or len(before.partners) > 1)
        sensor = before.without is not None and len(after.partners) > 1
        if counts_all(each.after) and after.kinds == "all" and (joining or sensor):
            wanted.append(each)
    return wanted


def gain_table(found: Sequence[Gain], labels: Mapping[str, str]) -> Table:
    """Give for how many launches the warning grows, and by how much."""
    made = table(
        "Launch by launch (warning grows or shrinks by half a minute or more)",
        "after / before",
        "grows, %",
        "by (median), min",
        "newly seen, %",
        "shrinks, %",
    )
    for each in found:
        made.add_row(
            f"{labels[each.after]} / {labels[each.before]}",
            percent_short(each.share_gaining),
            minutes_short(each.gain_min["p50"]),
            percent_short(each.share_newly_seen),
            percent_short(each.share_losing),
        )
    return made


def ledger_table(found: Sequence[LedgerLine], who: str) -> Table:
    """Give where the minutes go."""
    made = table(
        f"Where the minutes go (medians; {who})", "step", "takes, s", "left until impact, min"
    )
    for line in found:
        made.add_row(line.step, _seconds_short(line.takes_s), minutes_short(line.left_min))
    return made


def coverage_table(rows: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> Table:
    """Give, for each area and place, the share seen and the earliest minute it is known."""
    made = table(
        "Seen before impact, and minutes after lift-off when the first is known",
        "from, to",
        *(name for label in labels.values() for name in (f"{label}, %", "from, min")),
    )
    for row in rows:
        cells = []
        for group in labels:
            earliest = row[f"earliest_min_{group}"]
            cells.append(f"{100.0 * row[f'share_seen_{group}']:.0f}")
            cells.append("-" if earliest is None else f"{earliest:.1f}")
        made.add_row(f"{row['area']}, {row['place']}", *cells)
    return made


def sweep_rows_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Give what each disputed value moves, where it moves anything."""
    nominal = {row["coalition"]: row for row in rows if row["variant"] == "nominal"}
    made = table(
        "Each disputed value by itself (only what changes)",
        "coalition",
        "value",
        "seen, %",
        "median, min",
    )
    made.columns[1].justify = "left"
    for row in rows:
        usual = nominal[row["coalition"]]
        same = all(row[key] == usual[key] for key in ("share_seen", "warning_p50_min"))
        if row is usual or not same:
            made.add_row(
                row["coalition"],
                row["variant"],
                f"{100.0 * row['share_seen']:.1f}",
                f"{row['warning_p50_min']:.1f}",
            )
    return made


def launch_table(launches: Sequence[LaunchResult], names: Mapping[str, str]) -> Table:
    """Give when each partner knows of each launch, alone and joined at the highest level.

    Args:
        launches: The launches.
        names: Names of the partners by id, in the order of the columns.
    """
    top = max((k.level for launch in launches for k in launch.knowledge), default=0)
    levels = (0,) if len(names) == 1 else (0, top)
    made = table(
        f"Warning before impact, min: alone, and {JOINED_WORDS[top]}",
        "launch",
        "flight, min",
        *(
            f"{name}{'' if len(levels) == 1 else ' joined' if level else ' alone'}"
            for name in names.values()
            for level in levels
        ),
    )
    for launch in launches:
        known = {(k.partner, k.level): k.warning_min for k in launch.knowledge}
        made.add_row(
            launch.name,
            f"{launch.impact_s / 60.0:.1f}",
            *(minutes_short(known[p, level]) for p in names for level in levels),
        )
    return made


def claim_lines(found: Sequence[Claim]) -> list[str]:
    """Give each claim as its question with the verdict, then the answer."""
    return [f"{each.question} {each.verdict.upper()}. {each.answer}" for each in found]


def _seconds_short(spread: Spread) -> str:
    if spread.value is None or spread.low is None or spread.high is None:
        return "-"
    value, low, high = (f"{v:.0f}" for v in (spread.value, spread.low, spread.high))
    return value if low == high else f"{value} ({low}-{high})"
