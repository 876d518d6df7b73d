"""What each centre judged, as a table on a terminal, at most 100 columns wide."""

from collections.abc import Mapping

from rich.table import Table

from tocsin.cli.study_tables import table
from tocsin.studies.judged_results import HEADS, Judged, cells


def judged_table(judged: Judged, names: Mapping[str, str]) -> Table:
    """Give when each centre reached each level, with what is shared and, in brackets, alone."""
    made = table(
        "What each centre judges: minutes after lift-off, shared (alone); - is never", *HEADS
    )
    for row in judged.rows:
        made.add_row(*cells(row, names))
    return made
