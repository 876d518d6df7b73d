"""A table as wide as a terminal allows: no word or figure of it is ever broken or cut."""

import io

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from tocsin.cli.study_tables import table

BETWEEN = 3
"""Columns of a terminal between two columns of a table, and at its sides."""


def fitted(made: Table, width: int) -> Table:
    """Give a table that fits: itself, if lines need to be broken at spaces only; else as a list.

    In the list each row is a few lines: its first cell, and below it a line for each other column.

    Args:
        made: Of texts.
        width: Columns of the terminal.
    """
    if _words_whole(made, width):
        return made
    texts = [[str(column.header), *map(str, column.cells)] for column in made.columns]
    whole = [max(cell_len(text) for text in each) for each in texts]
    least = [max(map(_longest_word, each)) for each in texts]
    spare = width - sum(least) - BETWEEN * len(least)
    if spare >= 0:
        for column, low, high in zip(made.columns, least, whole, strict=True):
            column.width = low + min(spare, high - low)
            spare -= column.width - low
        return made
    title = made.title if isinstance(made.title, str) else ""
    listed = table(title, str(made.columns[0].header), "")
    listed.columns[1].justify = "left"
    rows = zip(*(map(str, column.cells) for column in made.columns), strict=True)
    for first, *others in rows:
        listed.add_row(first, "")
        for column, cell in zip(made.columns[1:], others, strict=True):
            listed.add_row(f"  {column.header}", cell)
    return listed


def _words_whole(made: Table, width: int) -> bool:
    """Say whether a table is laid out in that width without breaking a word."""
    screen = Console(width=width, file=io.StringIO(), markup=False)
    with screen.capture() as capture:
        screen.print(made)
    found = set(capture.get().split())
    cells = (text for each in made.columns for text in (each.header, *each.cells))
    return all(set(str(text).split()) <= found for text in cells)


def _longest_word(text: str) -> int:
    """Give how many columns the longest word of a text takes on a terminal."""
    return max((cell_len(word) for word in text.split(" ")), default=0)
