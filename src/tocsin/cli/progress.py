"""How far a study has come, on standard error: a bar on a terminal, plain lines elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tocsin.cli.errors import printable
from tocsin.studies.work import Report

GROUPS = "groups of launches"
"""What a study counts."""
GROUPS_THEN_PLOTS = "groups of launches, then plots tracked,"
"""What a run counts, one after the other."""
LINE_EVERY_S = 5.0
"""Time between two lines where there is no terminal."""


@contextlib.contextmanager
def shown(title: str, *, quiet: bool, parts: str) -> Iterator[Report]:
    """Give the function to report to; nothing is shown if quiet, or for short work.

    Args:
        title: Of the work: a name, which may hold anything.
        quiet: Whether to show nothing.
        parts: What is counted.
    """
    title = printable(title)
    if quiet:
        yield lambda _done, _total: None
    elif sys.stderr.isatty():
        with _bar(title, parts) as report:
            yield report
    else:
        yield _lines(title, parts)


@contextlib.contextmanager
def _bar(title: str, parts: str) -> Iterator[Report]:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(parts),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        task = progress.add_task(escape(title), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _lines(title: str, parts: str) -> Report:
    """Give a reporter that writes a line every few seconds and none for short work."""
    last = [time.monotonic()]

    def report(done: int, total: int) -> None:
        now = time.monotonic()
        if now - last[0] >= LINE_EVERY_S and done < total:
            last[0] = now
            sys.stderr.write(f"{title}: {done:,} of {total:,} {parts} done\n")

    return report


@contextlib.contextmanager
def going_on(quiet: bool) -> Iterator[None]:
    """Say, when a study is stopped with Ctrl-C, that nothing finished is lost."""
    try:
        yield
    except KeyboardInterrupt:
        if not quiet:
            sys.stderr.write(
                "finished groups of launches are kept: the same command goes on from here\n"
            )
        raise
