"""How a command reports an error that a person can mend: one line, exit status 1."""

import json as json_text
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tocsin.errors import TocsinError

MENDABLE = 1
"""The exit status of a command that failed for a reason a person can mend. 2 is wrong usage."""


def printable(text: str) -> str:
    """Give text that came from a file or a name so that it cannot command a terminal.

    Control characters, and those that turn the direction of writing, are shown as \\x1b or \\u202e.
    """
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else char
        for char in text
    )


@contextmanager
def reported(json: bool) -> Iterator[None]:
    """Turn a `TocsinError` raised inside the block into one line and exit status 1.

    The line is `error: ...` on stderr, or `{"error": "..."}` on stdout when the command was asked
    for JSON. Any other error keeps its traceback: it is our own mistake.

    Example:
        with reported(json):
            catalog = load_catalog()
    """
    try:
        yield
    except TocsinError as error:
        line = printable(" ".join(str(error).split()))
        if json:
            click.echo(json_text.dumps({"error": line}, ensure_ascii=False))
        else:
            click.echo(f"error: {line}", err=True)
        sys.exit(MENDABLE)
