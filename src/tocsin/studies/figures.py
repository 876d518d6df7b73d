"""From a study's counts to its figures, each with what the disputed values do to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tocsin.lanes import Floats, Integers
from tocsin.studies.cases import LEDGER_ROWS, Layout
from tocsin.studies.coalitions import Group, Pair
from tocsin.studies.columns import NOMINAL
from tocsin.studies.results import Coalition, Spread
from tocsin.studies.tally import (
    GAIN_ROW,
    WARNING_ROW,
    gain_figures,
    quantile_min,
    share_at_least,
    share_seen,
)

QUANTILES = (("p05", 0.05), ("p50", 0.5), ("p95", 0.95))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All that a study counted."""

    counts: Integers
    """As laid out by `cases.Layout`."""
    cells: Floats
    """Figures at each launch point (`survey.survey_chunk`)."""
    out_of_reach: int
    shortfall_max_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GainFigures:
    """What one group has that another has not, in one scope."""

    pair: Pair
    scope: str
    launches: int
    figures: dict[str, Spread]
    """By the names of `tally.gain_figures`."""


def spread(values: Sequence[float | None]) -> Spread:
    """Give the nominal value, the first, with the lowest and highest of all variants."""
    known = [value for value in values if value is not None]
    if not known:
        return Spread(value=None, low=None, high=None)
    return Spread(value=values[NOMINAL], low=min(known), high=max(known))


def warning_rows(layout: Layout, counts: Integers, group: int, scope: int) -> list[Integers]:
    """Give a group's warning row in each variant."""
    starts = [layout.warning[case, scope] for case in layout.case_of[group]]
    return [counts[start : start + WARNING_ROW] for start in starts]


def coalition(layout: Layout, counts: Integers, number: int, scope: int) -> Coalition:
    """Give the figures of one group over the launches of one scope."""
    group = layout.groups[number]
    rows = warning_rows(layout, counts, number, scope)
    starts = [layout.two[case, scope] for case in layout.case_of[number]]
    twos = [counts[start : start + WARNING_ROW] for start in starts]
    return Coalition(
        id=group.id,
        label=group.label,
        partners=group.partners,
        level=group.level,
        kinds=group.kinds,
        without=group.without,
        launches=int(rows[NOMINAL].sum()),
        share_seen=_over(rows, share_seen),
        share_confirmed_by_two=_over(twos, share_seen),
        warning_min=_quantiles(rows),
        warning_two_min=_quantiles(twos),
    )


def coalitions(layout: Layout, counts: Integers) -> tuple[Coalition, ...]:
    """Give every group's figures over the launches that it counts."""
    return tuple(
        coalition(layout, counts, number, layout.scopes_of(group)[0])
        for number, group in enumerate(layout.groups)
    )


def in_area(layout: Layout, counts: Integers, area: str) -> tuple[Coalition, ...]:
    """Give the figures over the launches from one area, of the groups that count all launches."""
    scope = layout.scopes.index(area)
    return tuple(
        coalition(layout, counts, number, scope)
        for number, group in enumerate(layout.groups)
        if group.own is None
    )


def gains(layout: Layout, counts: Integers) -> tuple[GainFigures, ...]:
    """Give what each pair of groups differs by, in every scope: all launches first, then areas."""
    return tuple(
        _gain(layout, counts, pair, scope)
        for pair in layout.pairs
        for scope in layout.scopes_of(layout.groups[layout.group(pair.after)])
    )


def share_with_minutes(
    layout: Layout, counts: Integers, group: int, minutes: Spread, scope: int = 0
) -> Spread:
    """Give the share of launches that leave at least so many minutes of warning.

    Args:
        layout, counts: The study.
        group: Number of the group.
        minutes: What is needed: nominal, least and most.
        scope: Number of the scope.
    """
    rows = warning_rows(layout, counts, group, scope)
    assert minutes.value is not None
    assert minutes.low is not None
    assert minutes.high is not None
    nominal = share_at_least(rows[NOMINAL], 60.0 * minutes.value)
    most = [share_at_least(row, 60.0 * minutes.low) for row in rows]
    least = [share_at_least(row, 60.0 * minutes.high) for row in rows]
    return spread([nominal, *least, *most])


def ledger_medians(layout: Layout, counts: Integers) -> dict[str, list[float | None]]:
    """Give the median minutes left at each step, in each variant, where anyone is told."""
    found: dict[str, list[float | None]] = {}
    for n, step in enumerate(LEDGER_ROWS):
        starts = [
            layout.ledger[case] + n * WARNING_ROW for case in layout.case_of[layout.ledger_group]
        ]
        found[step] = [quantile_min(counts[s : s + WARNING_ROW], 0.5) for s in starts]
    return found


def sweep_table(
    layout: Layout, counts: Integers, variants: Sequence[str]
) -> list[dict[str, object]]:
    """Give each main group's figures in each variant: which disputed value moves what."""
    table: list[dict[str, object]] = []
    for number, group in enumerate(layout.groups):
        if not _main(group):
            continue
        rows = warning_rows(layout, counts, number, 0)
        for variant, row in zip(variants, rows, strict=True):
            table.append(
                {
                    "coalition": group.id,
                    "variant": variant,
                    "share_seen": share_seen(row),
                    "warning_p50_min": quantile_min(row, 0.5),
                    "warning_p50_of_seen_min": quantile_min(row, 0.5, seen_only=True),
                }
            )
    return table


def _main(group: Group) -> bool:
    return group.own is None and group.kinds == "all" and group.without is None


def _gain(layout: Layout, counts: Integers, pair: Pair, scope: int) -> GainFigures:
    before = layout.case_of[layout.group(pair.before)]
    after = layout.case_of[layout.group(pair.after)]
    starts = [layout.gain[one, other, scope] for one, other in zip(before, after, strict=True)]
    found = [gain_figures(counts[start : start + GAIN_ROW]) for start in starts]
    row = warning_rows(layout, counts, layout.group(pair.after), scope)[NOMINAL]
    return GainFigures(
        pair=pair,
        scope=layout.scopes[scope],
        launches=int(row.sum()),
        figures={name: spread([one[name] for one in found]) for name in found[NOMINAL]},
    )


def _over(rows: Iterable[Integers], figure: Callable[[Integers], float | None]) -> Spread:
    return spread([figure(row) for row in rows])


def _quantiles(rows: Sequence[Integers]) -> dict[str, Spread]:
    return {name: spread([quantile_min(row, share) for row in rows]) for name, share in QUANTILES}
