"""Work a study out chunk by chunk, keeping each finished chunk, and write its tables."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tocsin.studies import journal
from tocsin.studies.figures import Totals
from tocsin.studies.files import table_from_bytes, write_batches
from tocsin.studies.prepare import Prepared
from tocsin.studies.survey import survey_chunk

Report = Callable[[int, int], None]
"""Called with the parts of a study that are done and the parts in all."""


def work_out(prepared: Prepared, kept: journal.Journal, report: Report) -> Totals:
    """Do every chunk that is not done yet, then add all of them up in order.

    Stopping it at any moment loses at most the chunk in hand; calling it again goes on.

    Args:
        prepared: The study.
        kept: The open journal of its folder.
        report: Told how many chunks are done.
    """
    chunks = prepared.survey.plan.chunks
    done = journal.finished(kept)
    for number in range(chunks):
        if number not in done:
            journal.add(kept, number, survey_chunk(prepared.survey, number))
        report(number + 1, chunks)
    return add_up(prepared, kept)


def add_up(prepared: Prepared, kept: journal.Journal) -> Totals:
    """Add up the finished chunks, one at a time."""
    counts = np.zeros(prepared.survey.layout.size, dtype=np.int64)
    cells, out_of_reach, shortfall_m = [], 0, 0.0
    for result in journal.results(kept, rows=False):
        counts[result.places] += result.counts
        cells.append(result.cells)
        out_of_reach += result.out_of_reach
        shortfall_m = max(shortfall_m, result.shortfall_max_m)
    return Totals(
        counts=counts,
        cells=np.concatenate(cells),
        out_of_reach=out_of_reach,
        shortfall_max_m=shortfall_m,
    )


def write_launches(kept: journal.Journal, folder: Path) -> None:
    """Write every launch of the study as one Parquet and one CSV table, a chunk at a time."""
    batches = (table_from_bytes(result.rows) for result in journal.results(kept))
    write_batches(folder, "launches", batches)
