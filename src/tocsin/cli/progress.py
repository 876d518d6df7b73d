"""How far a study has come, on standard error: a bar on a terminal, plain lines elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tocsin.studies.work import Report

LINE_EVERY_S = 5.0
"""Time between two lines where there is no terminal."""


@contextlib.contextmanager
def shown(title: str, *, quiet: bool) -> Iterator[Report]:
    """Give the function to report to; nothing is shown if quiet, or for short work."""
    if quiet:
        yield lambda _done, _total: None
    elif sys.stderr.isatty():
        with _bar(title) as report:
            yield report
    else:
        yield _lines(title)


@contextlib.contextmanager
def _bar(title: str) -> Iterator[Report]:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _lines(title: str) -> Report:
    """Give a reporter that writes a line every few seconds and none for short work."""
    last = [time.monotonic()]

    def report(done: int, total: int) -> None:
        now = time.monotonic()
        if now - last[0] >= LINE_EVERY_S and done < total:
            last[0] = now
            sys.stderr.write(f"{title}: {done} of {total} parts done\n")

    return report


@contextlib.contextmanager
def going_on(quiet: bool) -> Iterator[None]:
    """Say, when a study is stopped with Ctrl-C, that nothing finished is lost."""
    try:
        yield
    except KeyboardInterrupt:
        if not quiet:
            sys.stderr.write("finished parts are kept: the same command goes on from here\n")
        raise
