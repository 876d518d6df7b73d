"""What a study has already done, so that it is never done twice; and one run at a time in a folder.

Finished chunks are kept in one SQLite file in the study's folder, under a digest of everything
that shapes the result. Another digest starts afresh. The open file is also the lock on the folder:
SQLite gives it up however the program ends.
"""

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import tocsin
from tocsin.errors import OutputError
from tocsin.lanes import Floats, Integers

JOURNAL_NAME = "progress.sqlite"
_WAIT_S = 0.2
"""How long to wait for the lock before saying that the folder is in use."""


_WITH_ROWS = "SELECT counted, launches FROM chunk ORDER BY number"
_WITHOUT_ROWS = "SELECT counted, x'' FROM chunk ORDER BY number"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkResult:
    """What one chunk of launches adds to a study."""

    places: Integers
    """Places in the study's counts, each once, ascending."""
    counts: Integers
    """What to add at each place."""
    cells: Floats
    """Figures at each launch point of the chunk, [points, figures]."""
    rows: bytes
    """The chunk's launches, one row each, as an Arrow stream."""
    out_of_reach: int
    shortfall_max_m: float


def study_digest(*parts: str) -> str:
    """Give a digest of what a study was asked together with this program and its catalogue."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    package = Path(tocsin.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".toml", ".csv"}:
            digest.update(str(path.relative_to(package)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """An open journal; not shared between threads."""

    path: Path
    base: sqlite3.Connection


@contextlib.contextmanager
def opened(folder: Path, digest: str) -> Iterator[Journal]:
    """Hold a folder and its journal, started afresh if it was for another digest.

    Raises:
        OutputError: The folder cannot be written, or another run holds it.
    """
    path = folder / JOURNAL_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"out folder {str(folder)!r} cannot be made: {reason}; choose another with --out"
        ) from error
    with _reported(path):
        base = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    try:
        with _reported(path):
            _take(base, digest)
        yield Journal(path=path, base=base)
    finally:
        base.close()


def _take(base: sqlite3.Connection, digest: str) -> None:
    """Lock the file until it is closed and make its tables fit the digest."""
    base.execute("PRAGMA locking_mode = EXCLUSIVE")
    base.execute("BEGIN EXCLUSIVE")
    base.execute("CREATE TABLE IF NOT EXISTS study (digest TEXT NOT NULL)")
    base.execute(
        "CREATE TABLE IF NOT EXISTS chunk "
        "(number INTEGER PRIMARY KEY, counted BLOB NOT NULL, launches BLOB NOT NULL)"
    )
    if base.execute("SELECT digest FROM study").fetchall() != [(digest,)]:
        base.execute("DELETE FROM study")
        base.execute("DELETE FROM chunk")
        base.execute("INSERT INTO study VALUES (?)", (digest,))
    base.execute("CREATE TABLE IF NOT EXISTS written (digest TEXT NOT NULL)")
    base.execute("COMMIT")


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Turn what SQLite says into one line that a person can act on."""
    folder = str(path.parent)
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            text = (
                f"out folder {folder!r} is in use by another run; "
                "wait for it or choose another with --out"
            )
        elif name.startswith("SQLITE_FULL"):
            text = f"the disk that holds {folder!r} is full; make room and run again to go on"
        elif name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or name == "SQLITE_ERROR":
            text = _damaged(path)  # the last: its tables are not ours
        else:
            text = f"out folder {folder!r} cannot be written: {error}; choose another with --out"
        raise OutputError(text) from error


def _damaged(path: Path) -> str:
    return f"{str(path)!r} is damaged; delete it and run again"


def wrote_folder(journal: Journal) -> bool:
    """Say whether the results in the folder are of this study, as far as they are there."""
    with _reported(journal.path):
        wrote = "SELECT count(*) FROM study JOIN written USING (digest)"
        ((count,),) = journal.base.execute(wrote)
    return bool(count)


def take_over(journal: Journal) -> None:
    """Note that the results in the folder are of this study from now on."""
    with _reported(journal.path):
        journal.base.execute("DELETE FROM written")
        journal.base.execute("INSERT INTO written SELECT digest FROM study")


def finished(journal: Journal) -> frozenset[int]:
    """Give the numbers of the chunks that are done."""
    with _reported(journal.path):
        return frozenset(n for (n,) in journal.base.execute("SELECT number FROM chunk"))


def add(journal: Journal, number: int, result: ChunkResult) -> None:
    """Keep a finished chunk; it is on the disk, whole, when this returns."""
    counted = io.BytesIO()
    np.savez_compressed(
        counted,
        places=result.places,
        counts=result.counts,
        cells=result.cells,
        reach=np.array([result.out_of_reach, result.shortfall_max_m]),
    )
    with _reported(journal.path):
        journal.base.execute(
            "INSERT INTO chunk VALUES (?, ?, ?)", (number, counted.getvalue(), result.rows)
        )


def results(journal: Journal, *, rows: bool = True) -> Iterator[ChunkResult]:
    """Give every finished chunk in order of its number, one at a time.

    Args:
        journal: Where from.
        rows: Read the launches too; without them `ChunkResult.rows` is empty.
    """
    for counted, launches in _selected(journal, _WITH_ROWS if rows else _WITHOUT_ROWS):
        try:
            found = _unpacked(counted, launches)
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise OutputError(_damaged(journal.path)) from error
        yield found


def _unpacked(counted: bytes, launches: bytes) -> ChunkResult:
    """Give back what `add` packed."""
    with np.load(io.BytesIO(counted)) as kept:
        return ChunkResult(
            places=kept["places"],
            counts=kept["counts"],
            cells=kept["cells"],
            rows=launches,
            out_of_reach=int(kept["reach"][0]),
            shortfall_max_m=float(kept["reach"][1]),
        )


def _selected(journal: Journal, query: str) -> Iterator[tuple[bytes, bytes]]:
    with _reported(journal.path):
        for row in journal.base.execute(query):  # noqa: UP028  that closes what is closed already
            yield row
