"""What the bytes of a SQLite log's files tell before SQLite touches them.

Source: SQLite, "Database File Format", sqlite.org/fileformat2.html, sections 1.3 (the first 100
bytes) and 4.1 (the write-ahead file).
"""

from pathlib import Path
from struct import Struct

from tocsin.errors import LogError
from tocsin.eventlog.anchor import file_reported
from tocsin.eventlog.chain import RESTORE

APPLICATION_ID = 0x746F6373
"""The letters `tocs`: marks the file as ours."""
FORMAT_VERSION = 1
CHECKSUM_BYTES = 8
"""Room that every page keeps for its checksum."""
_WAL_HEADER = Struct(">8sI4s8s8s")
_WAL_FRAME = Struct(">8s8s8s")


def check_header(path: Path) -> None:
    """Refuse a file that is not a log of ours.

    The first bytes are written once, as the log is made: mark, checksums and version never change.

    Raises:
        LogError: It is empty, something else, of another format, damaged, or cannot be read.
    """
    with file_reported(path), path.open("rb") as file:
        head = file.read(100)
    name = str(path)
    if not head:
        raise LogError(f"file {name!r} is empty, not an event log: restore it, or move it away")
    mark = (head[:16], head[68:72])
    if mark != (b"SQLite format 3\0", APPLICATION_ID.to_bytes(4, "big")):
        raise LogError(
            f"file {name!r} is not an event log, or its first bytes are damaged:"
            " give another file, or restore it"
        )
    if head[18:21] != bytes((2, 2, CHECKSUM_BYTES)):
        raise LogError(f"log {name!r} is damaged in its first bytes; {RESTORE}")
    version = int.from_bytes(head[60:64], "big")
    if version != FORMAT_VERSION:
        raise LogError(
            f"log {name!r} has format {version}; this program reads format {FORMAT_VERSION}:"
            " use the version of tocsin that wrote it"
        )


def wal_of(path: Path) -> Path:
    """Give the write-ahead file that SQLite keeps beside a log while it is open."""
    return path.with_name(path.name + "-wal")


def frames_written(wal: Path) -> int:
    """Count the pages of the current round in a write-ahead file, a torn one at its end too.

    A round's pages carry the two salts of the file's header; older ones have others.
    """
    if not wal.exists() or wal.stat().st_size < _WAL_HEADER.size:
        return 0
    frames = 0
    with file_reported(wal), wal.open("rb") as file:
        _, page_bytes, _, salts, _ = _WAL_HEADER.unpack(file.read(_WAL_HEADER.size))
        while len(head := file.read(_WAL_FRAME.size)) == _WAL_FRAME.size:
            if _WAL_FRAME.unpack(head)[1] != salts:
                break
            frames += 1
            file.seek(page_bytes, 1)
    return frames
