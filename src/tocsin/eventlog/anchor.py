"""The anchor: the last acknowledged tip of a log, in a small file of its own.

A log that has lost its end is a good log otherwise; only something kept apart can tell. The file
has two slots in blocks of their own. Each tip goes over the older slot and is synced before the
append is acknowledged, so that a crash in the middle of a write spoils at most the one being
written. Each slot has a checksum.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from tocsin.errors import LogError
from tocsin.eventlog.event import BEGINNING, DIGEST_BYTES, Tip

SLOT_BYTES = 4096
"""No block of a disk is larger, so a torn write cannot reach the other slot."""
_MAGIC = b"tocsinT1"
_SLOT = Struct(f">8sQ{DIGEST_BYTES}s")
_CHECK_BYTES = 16
_sync = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """An open anchor file."""

    path: Path
    file: BinaryIO


def slot_of(tip: Tip) -> bytes:
    """Give a slot that holds a tip."""
    content = _SLOT.pack(_MAGIC, tip.number, tip.digest)
    return (content + blake2b(content, digest_size=_CHECK_BYTES).digest()).ljust(SLOT_BYTES, b"\0")


def slots_of(content: bytes) -> tuple[Tip | None, Tip | None]:
    """Give the tips of both slots; none for a damaged one."""
    return _tip_in(content[:SLOT_BYTES]), _tip_in(content[SLOT_BYTES : 2 * SLOT_BYTES])


def newest(slots: tuple[Tip | None, Tip | None]) -> Tip | None:
    """Give the tip that was written last, of those that can be read."""
    return max((tip for tip in slots if tip), key=lambda tip: tip.number, default=None)


def make_anchor(path: Path) -> None:
    """Make an anchor for a log without events, unless there is one."""
    place(lambda new: new.write_bytes(2 * slot_of(BEGINNING)), path)


@contextlib.contextmanager
def file_reported(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into one line that a person can act on."""
    try:
        yield
    except OSError as error:
        raise LogError(
            f"file {str(path)!r} cannot be read and written: {error.strerror or error};"
            " check the disk, and the rights to the file and to its folder"
        ) from error


def open_anchor(path: Path) -> Anchor:
    """Open an anchor file to read and write it."""
    with file_reported(path):
        return Anchor(path=path, file=path.open("r+b", buffering=0))


def read_slots(anchor: Anchor) -> tuple[Tip | None, Tip | None]:
    """Read both slots."""
    with file_reported(anchor.path):
        anchor.file.seek(0)
        return slots_of(anchor.file.read(2 * SLOT_BYTES))


def write_tip(anchor: Anchor, tip: Tip) -> None:
    """Write a tip over the older slot, or the damaged one; it is on the disk when this returns."""
    first, second = read_slots(anchor)
    over_second = first is not None and (second is None or second.number < first.number)
    with file_reported(anchor.path):
        anchor.file.seek(SLOT_BYTES if over_second else 0)
        if anchor.file.write(slot_of(tip)) != SLOT_BYTES:
            raise OSError("the disk is full")
        _sync(anchor.file.fileno())


def clear(anchor: Anchor) -> None:
    """Empty an anchor file, to write it anew."""
    with file_reported(anchor.path):
        anchor.file.truncate(0)


def place(make: Callable[[Path], object], path: Path) -> None:
    """Make a file aside and put it in its place whole, unless something is there already."""
    with file_reported(path), tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as aside:
        new = Path(aside) / path.name
        make(new)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last; where folders cannot be synced, the system does it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tip_in(slot: bytes) -> Tip | None:
    """Give the tip in a slot, or none if it is damaged."""
    if len(slot) < _SLOT.size + _CHECK_BYTES:
        return None
    content = slot[: _SLOT.size]
    check = slot[_SLOT.size : _SLOT.size + _CHECK_BYTES]
    magic, number, digest = _SLOT.unpack(content)
    if magic != _MAGIC or blake2b(content, digest_size=_CHECK_BYTES).digest() != check:
        return None
    return Tip(number=number, digest=digest)
