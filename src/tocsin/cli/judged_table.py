"""What each centre judged, as a table on a terminal, at most 100 columns wide."""

from collections.abc import Mapping

from rich.table import Table

from tocsin.cli.study_tables import table
from tocsin.studies.judged_results import Judged, LaunchJudged
from tocsin.warning.levels import CONFIDENCES

MINUTE_S = 60.0


def judged_table(judged: Judged, names: Mapping[str, str]) -> Table:
    """Give when each centre reached each level, with what is shared and, in brackets, alone."""
    made = table(
        "What each centre judges: minutes after lift-off, shared (alone); - is never",
        "launch",
        "centre",
        "A2 possible",
        "A3 confirmed",
        "A4 threat",
        "alert",
        "impact",
        "confidence",
    )
    for row in judged.rows:
        made.add_row(*_cells(row, names))
    return made


def _cells(row: LaunchJudged, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        row.launch,
        names.get(row.partner, row.partner),
        _both(row.shared.possible_s, row.alone.possible_s),
        _both(row.shared.confirmed_s, row.alone.confirmed_s),
        _both(row.shared.threat_s, row.alone.threat_s),
        _minutes(row.alert_s),
        _minutes(row.impact_s),
        CONFIDENCES[row.shared.confidence],
    )


def _both(shared_s: float | None, alone_s: float | None) -> str:
    return f"{_minutes(shared_s)} ({_minutes(alone_s)})"


def _minutes(time_s: float | None) -> str:
    return "-" if time_s is None else f"{time_s / MINUTE_S:.1f}"
