"""How a command reports an error that a person can mend: one line, exit status 1."""

import json as json_text
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tocsin.errors import TocsinError

MENDABLE = 1
"""The exit status of a command that failed for a reason a person can mend. 2 is wrong usage."""


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
        line = " ".join(str(error).split())
        if json:
            click.echo(json_text.dumps({"error": line}, ensure_ascii=False))
        else:
            click.echo(f"error: {line}", err=True)
        sys.exit(MENDABLE)
