"""The journal keeps what is done, starts afresh for another study, and holds its folder."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tocsin.errors import OutputError
from tocsin.studies import journal


def result(number: int) -> journal.ChunkResult:
    return journal.ChunkResult(
        places=np.array([1, 5, number + 10]),
        counts=np.array([2, 3, 4]),
        cells=np.full((2, 3), float(number)),
        rows=b"rows %d" % number,
        out_of_reach=number,
        shortfall_max_m=1000.5 * number,
    )


def same(one: journal.ChunkResult, other: journal.ChunkResult) -> bool:
    return (
        np.array_equal(one.places, other.places)
        and np.array_equal(one.counts, other.counts)
        and np.array_equal(one.cells, other.cells)
        and (one.rows, one.out_of_reach, one.shortfall_max_m)
        == (other.rows, other.out_of_reach, other.shortfall_max_m)
    )


def test_what_was_added_is_there_after_closing_and_comes_in_order(tmp_path: Path) -> None:
    with journal.opened(tmp_path, "a") as kept:
        for number in (3, 0, 2):
            journal.add(kept, number, result(number))
    with journal.opened(tmp_path, "a") as kept:
        found = list(journal.results(kept))

        assert journal.finished(kept) == {0, 2, 3}
        assert all(same(one, result(n)) for one, n in zip(found, (0, 2, 3), strict=True))
        assert [each.rows for each in journal.results(kept, rows=False)] == [b"", b"", b""]


def test_another_digest_starts_afresh(tmp_path: Path) -> None:
    with journal.opened(tmp_path, "a") as kept:
        journal.add(kept, 0, result(0))
    with journal.opened(tmp_path, "b") as kept:
        assert journal.finished(kept) == frozenset()


def test_two_runs_in_one_folder_are_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with journal.opened(tmp_path, "a") as kept:
        with (
            pytest.raises(OutputError, match="in use by another run"),
            journal.opened(tmp_path, "a"),
        ):
            pass
        journal.add(kept, 0, result(0))
        assert journal.finished(kept) == {0}


def test_a_run_that_was_killed_leaves_its_finished_chunks_and_no_lock(tmp_path: Path) -> None:
    script = (
        "import sys, os, numpy as np, pathlib\n"
        "from tocsin.studies import journal\n"
        "with journal.opened(pathlib.Path(sys.argv[1]), 'a') as kept:\n"
        "    journal.add(kept, 7, journal.ChunkResult(places=np.array([1]), counts=np.array([1]),\n"
        "        cells=np.zeros((1, 1)), rows=b'', out_of_reach=0, shortfall_max_m=0.0))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)

    assert ended.returncode == -9
    with journal.opened(tmp_path, "a") as kept:
        assert journal.finished(kept) == {7}


def test_a_folder_that_cannot_be_made_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(OutputError, match=r"cannot be made.*--out"),
        journal.opened(tmp_path / "file" / "out", "a"),
    ):
        pass


def test_a_damaged_journal_says_so(tmp_path: Path) -> None:
    (tmp_path / journal.JOURNAL_NAME).write_bytes(b"this is no database" * 100)

    with pytest.raises(OutputError, match="damaged; delete it"), journal.opened(tmp_path, "a"):
        pass


def test_a_full_disk_says_so_and_keeps_what_is_done(tmp_path: Path) -> None:
    with journal.opened(tmp_path, "a") as kept:
        journal.add(kept, 0, result(0))
        pages = kept.base.execute("PRAGMA page_count").fetchone()[0]
        kept.base.execute(f"PRAGMA max_page_count = {pages + 1}")
        big = np.random.default_rng(1).random((400, 400))
        with pytest.raises(OutputError, match="make room"):
            journal.add(
                kept,
                1,
                journal.ChunkResult(
                    places=np.array([1]),
                    counts=np.array([1]),
                    cells=big,
                    rows=b"",
                    out_of_reach=0,
                    shortfall_max_m=0.0,
                ),
            )
    with journal.opened(tmp_path, "a") as kept:
        assert journal.finished(kept) == {0}


def test_the_digest_changes_with_every_part() -> None:
    digests = {
        journal.study_digest("a", "b"),
        journal.study_digest("ab", ""),
        journal.study_digest("a", "c"),
    }

    assert len(digests) == 3
    assert journal.study_digest("a", "b") in digests


def test_a_reading_that_is_given_up_ends_quietly_after_the_journal_is_closed(
    tmp_path: Path,
) -> None:
    with journal.opened(tmp_path, "a") as kept:
        for number in range(3):
            journal.add(kept, number, result(number))
        reading = journal.results(kept)
        next(reading)

    reading.close()


@pytest.mark.parametrize(
    "damage",
    ["UPDATE chunk SET counted = x'00'", "DROP TABLE chunk; CREATE TABLE chunk (other TEXT)"],
)
def test_a_journal_with_something_else_in_it_is_damaged(tmp_path: Path, damage: str) -> None:
    with journal.opened(tmp_path, "a") as kept:
        journal.add(kept, 0, result(0))
        kept.base.executescript(damage)

    with (
        pytest.raises(OutputError, match="damaged; delete it"),
        journal.opened(tmp_path, "a") as kept,
    ):
        list(journal.results(kept))


def test_the_files_in_the_folder_are_those_of_the_last_study_that_wrote_them(
    tmp_path: Path,
) -> None:
    with journal.opened(tmp_path, "a") as kept:
        assert not journal.wrote_folder(kept)
        journal.take_over(kept)
        assert journal.wrote_folder(kept)
    with journal.opened(tmp_path, "b"):
        pass
    with journal.opened(tmp_path, "a") as kept:
        assert journal.wrote_folder(kept)
    with journal.opened(tmp_path, "b") as kept:
        assert not journal.wrote_folder(kept)
