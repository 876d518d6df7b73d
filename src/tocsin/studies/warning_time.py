"""Minutes from first word to impact, for each group of partners and each launch area."""

from tocsin.studies.claims import figures
from tocsin.studies.figures import Totals
from tocsin.studies.prepare import Prepared
from tocsin.studies.results import Coalition


def warning_times(prepared: Prepared, totals: Totals) -> dict[str, tuple[Coalition, ...]]:
    """Give, for all launches and for those of each area, each alone and all joined at each level.

    Returns:
        By scope, `all` first, then area ids: the figures of each group.
    """
    layout = prepared.survey.layout
    wanted = [
        group.id
        for group in layout.groups
        if group.own is None and group.kinds == "all" and group.without is None
    ]
    scopes = ("all", *prepared.survey.plan.areas)
    return {
        scope: tuple(figures(prepared, totals, group, scope) for group in wanted)
        for scope in scopes
    }
