"""What data are: made up for tests, played in an exercise, or actual; never mixed in one track."""

import numpy as np

from tocsin.formats.columns import Rows, words
from tocsin.lanes import Flags, Integers

DATA_CLASSES = ("test", "exercise", "actual")
UNSAID = "test"
"""What data are that do not say it."""


def classes(rows: Rows) -> tuple[tuple[str, ...], Integers]:
    """Give the data classes in some rows of a table, each once, and every row's place among them.

    Raises:
        TableError: One is not known.
    """
    if not rows.has("data_class"):
        return (UNSAID,), np.zeros(rows.count, np.int64)
    names, places = words(rows, "data_class")
    for number, name in enumerate(names):
        if name not in DATA_CLASSES:
            row = int(np.flatnonzero(places == number)[0])
            allowed = ", ".join(DATA_CLASSES)
            raise rows.fault(row, f"data_class is {name!r}; it must be one of {allowed}")
    return names, places


def one_class(rows: Rows, so_far: str | None) -> str:
    """Give the one data class of some rows of a table; refuse another than the first."""
    names, places = classes(rows)
    first = so_far or names[places[0]]
    for number, name in enumerate(names):
        if name != first:
            row = int(np.flatnonzero(places == number)[0])
            raise rows.fault(
                row,
                f"data_class is {name!r} after {first!r}; they must never be mixed:"
                f" keep one table for each",
            )
    return first


def of_class(rows: Rows, wanted: str) -> Flags:
    """Tell which rows are of a data class."""
    names, places = classes(rows)
    return np.asarray(places == (names.index(wanted) if wanted in names else -1))
