"""A comparison study: who would know of each launch, alone and joined, and what joining gains."""

import numpy as np

from tocsin.studies.cases import EVERYWHERE
from tocsin.studies.columns import NOMINAL
from tocsin.studies.figures import (
    GainFigures,
    Totals,
    coalitions,
    gains,
    ledger_medians,
    warning_rows,
)
from tocsin.studies.ledger import make_ledger
from tocsin.studies.prepare import Prepared
from tocsin.studies.results import Compared, Gain, MapLayer, StudyMap
from tocsin.studies.survey import cell_groups
from tocsin.studies.wording import minutes, percent

NOTHING_COMPARED = Compared(
    partners=(),
    areas=(),
    places=(),
    launches=0,
    out_of_reach=0,
    coalitions=(),
    gains=(),
    map=StudyMap(latitude_deg=(), longitude_deg=(), area=(), spacing_deg=0.0, layers=()),
    ledger=(),
)
"""The comparison of a scenario that has no study."""


def compared(prepared: Prepared, totals: Totals) -> Compared:
    """Give the whole of a comparison from what a study counted."""
    layout, counts = prepared.survey.layout, totals.counts
    plan = prepared.survey.plan
    row = warning_rows(layout, counts, 0, 0)[NOMINAL]
    return Compared(
        partners=tuple(prepared.asked.names),
        areas=plan.areas,
        places=plan.places,
        launches=int(row.sum()),
        out_of_reach=totals.out_of_reach,
        coalitions=coalitions(layout, counts),
        gains=tuple(
            gain_record(prepared, found)
            for found in gains(layout, counts)
            if found.scope == EVERYWHERE or found.scope.startswith("own:")
        ),
        map=study_map(prepared, totals),
        ledger=make_ledger(ledger_medians(layout, counts), _told_why(prepared)),
    )


def gain_record(prepared: Prepared, found: GainFigures) -> Gain:
    """Give what one pair of groups differs by, as a record with its sentence."""
    figures = found.figures
    return Gain(
        id=f"{found.pair.before}->{found.pair.after}",
        before=found.pair.before,
        after=found.pair.after,
        share_gaining=figures["share_gaining"],
        share_newly_seen=figures["share_newly_seen"],
        gain_min={name: figures[name] for name in ("p05", "p50", "p95", "mean")},
        share_losing=figures["share_losing"],
        sentence=gain_sentence(prepared, found),
    )


def gain_sentence(prepared: Prepared, found: GainFigures) -> str:
    """Say in one sentence for how many launches the warning grows, and by how much."""
    layout, figures = prepared.survey.layout, found.figures
    before = layout.groups[layout.group(found.pair.before)].label
    after = layout.groups[layout.group(found.pair.after)].label
    whom = f"{_upper(after)}, compared with {before}"
    if not figures["share_gaining"].value:
        text = f"{whom}: no launch gains half a minute of warning"
    else:
        text = (
            f"{whom}: warning grows by half a minute or more for "
            f"{percent(figures['share_gaining'])} of launches, by a median of "
            f"{minutes(figures['p50'])} (mean {minutes(figures['mean'])}); "
            f"{percent(figures['share_newly_seen'])} are seen that were not seen before"
        )
    losing = figures["share_losing"]
    if losing.high:
        text += f"; it shrinks by as much for {percent(losing)}"
    return f"{text}."


def study_map(prepared: Prepared, totals: Totals) -> StudyMap:
    """Give the figures at each launch point; a point out of everyone's reach is left out."""
    plan, layout = prepared.survey.plan, prepared.survey.layout
    inside = np.nan_to_num(totals.cells[:, 0]) > 0
    cells = totals.cells[inside]
    layers = []
    column = {group: 1 + 2 * n for n, group in enumerate(cell_groups(layout))}
    for number, first in column.items():
        for figure, offset in (("share_seen", 0), ("warning_min", 1)):
            layers.append(
                MapLayer(
                    coalition=layout.groups[number].id,
                    figure=figure,
                    values=_values(cells[:, first + offset]),
                )
            )
    for pair in layout.pairs:
        before, after = layout.group(pair.before), layout.group(pair.after)
        if before in column and after in column:
            gained = cells[:, column[after] + 1] - cells[:, column[before] + 1]
            layers.append(
                MapLayer(
                    coalition=pair.after,
                    figure="gain_min",
                    values=_values(gained),
                    before=pair.before,
                )
            )
    return StudyMap(
        latitude_deg=_values(np.degrees(plan.point_latitude_rad[inside])),
        longitude_deg=_values(np.degrees(plan.point_longitude_rad[inside])),
        area=tuple(plan.areas[n] for n in plan.point_area[inside]),
        spacing_deg=plan.spacing_deg,
        layers=tuple(layers),
    )


def _told_why(prepared: Prepared) -> str:
    group = prepared.survey.layout.groups[prepared.survey.layout.ledger_group]
    if len(group.partners) == 1:
        return "One partner alone tells nobody."
    delay_s = prepared.survey.delays_s[group.level]
    return f"{_upper(group.label)}: what is passed on takes {delay_s:g} s; one's own takes none."


def _values(column: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in column)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
