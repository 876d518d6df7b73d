"""How far a study has come, on standard error: a bar on a terminal, plain lines elsewhere."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Report = Callable[[int, int], None]
"""Called with the chunks that are done and the chunks in all."""

LINE_EVERY_S = 5.0
"""Time between two lines where there is no terminal."""


@contextlib.contextmanager
def shown(title: str, *, quiet: bool) -> Iterator[Report]:
    """Give the function to report to; nothing is shown if quiet or for work that is over at once."""
    if quiet:
        yield lambda done, total: None
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
        if now - last[0] >= LINE_EVERY_S:
            last[0] = now
            print(f"{title}: {done} of {total} parts done", file=sys.stderr, flush=True)

    return report
