"""A table on a terminal of any width: no word and no figure of it is broken or cut."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tocsin.cli.fit import fitted
from tocsin.cli.study_tables import table

WORDS = st.text("abcdefg0123456789.,()-[]", min_size=1, max_size=14)
CELLS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def printed(rows: list[list[str]], width: int) -> str:
    made = table("A title", *(f"head {k}" for k in range(len(rows[0]))))
    for row in rows:
        made.add_row(*row)
    screen = Console(width=width, file=io.StringIO(), markup=False)
    screen.print(fitted(made, width))
    return screen.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@given(
    rows=st.integers(2, 7).flatmap(
        lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=4)
    ),
    width=st.sampled_from([60, 80, 100]),
)
def test_every_word_of_every_cell_stands_whole_in_some_line(
    rows: list[list[str]], width: int
) -> None:
    text = printed(rows, width)

    assert max(map(len, text.splitlines())) <= width
    found = set(text.split())
    for row in rows:
        for cell in row:
            assert set(cell.split()) <= found


@pytest.mark.parametrize(("width", "lines"), [(100, 1), (60, 5)])
def test_a_row_is_a_line_where_there_is_room_and_a_list_where_there_is_not(
    width: int, lines: int
) -> None:
    text = printed([["a name", *(f"{k}(1.0-2,000.0)" for k in range(4))]], width)

    assert sum("(1.0-2,000.0)" in line or "a name" in line for line in text.splitlines()) == lines
