"""The public catalogue of satellites and debris, or a user's own file of element sets, as a sky."""

import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tocsin.catalog.tables import DATA
from tocsin.errors import CatalogError, OrbitError

if TYPE_CHECKING:
    from tocsin.sensors.sky import Sky

PUBLIC = DATA / "satellites-2024-07-05.3le.xz"
"""The public catalogue as of 5 July 2024."""
PUBLIC_SOURCE = "element-sets-2024-07"
"""Its key among the catalogue's sources."""
PUBLIC_COUNT = 26_389
"""Objects in it."""

SUFFIXES = (".3le", ".tle", ".txt")
"""Of files of element sets; .xz may follow."""
NAME_MAX = 40
"""Longest name of an object; an element line is longer."""
BYTES_MAX = 64 * 1024 * 1024
"""Longest text that is read, once unpacked: some 400,000 objects."""


def load_sky(path: Path | None = None) -> "Sky":
    """Give the sky of a file of two- or three-line element sets.

    Args:
        path: .3le, .tle or .txt, perhaps packed as .xz; the public catalogue of July 2024 that
            comes with the program if left out (read once).

    Of sets with the same number the one with the latest epoch counts.

    Raises:
        CatalogError: The file is missing, of another kind, too long, or holds a broken set.
    """
    return _public() if path is None else _read(path)


@cache
def _public() -> "Sky":
    """Give the sky that comes with the program."""
    sky = _read(PUBLIC)
    if sky.count != PUBLIC_COUNT:
        raise CatalogError(
            f"{PUBLIC.name} holds {sky.count} objects; it must hold {PUBLIC_COUNT}; install the"
            " program again"
        )
    return sky


def _read(path: Path) -> "Sky":
    """Read and check a file."""
    # The models compile code when imported; a list of names should not wait for that.
    from tocsin.sensors.sky import sky_of, taken  # noqa: PLC0415  see above

    sets = _sets(_text(path), path)
    try:
        sky = sky_of(sets.names, (sets.firsts, sets.seconds))
    except OrbitError as error:
        raise CatalogError(f"{path}, {_where(sets)}: {error}") from error
    newest = np.lexsort((sky.epochs_tai_ns, sky.numbers))
    last = np.append(np.diff(sky.numbers[newest]) != 0, True)
    return sky if np.all(last) else taken(sky, np.sort(newest[last]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sets:
    """The element sets of a file."""

    names: tuple[str, ...]
    firsts: tuple[str, ...]
    seconds: tuple[str, ...]
    lines: tuple[int, ...]
    """Line of the file, from 1, of the first line of each."""


def _where(sets: _Sets) -> str:
    """Say in which lines the first broken set is."""
    from tocsin.sensors.element_sets import check_lines  # noqa: PLC0415  as above

    for name, one, two, line in zip(sets.names, sets.firsts, sets.seconds, sets.lines, strict=True):
        try:
            check_lines(name, one, two)
        except OrbitError:
            return f"lines {line} and {line + 1}"
    raise AssertionError("some set is broken")


def _text(path: Path) -> str:
    """Give the text of a file, unpacked."""
    packed = path.suffix == ".xz"
    kind = path.with_suffix("").suffix if packed else path.suffix
    if kind.lower() not in SUFFIXES:
        raise CatalogError(
            f"{path}: {kind or 'no ending'} is no file of element sets;"
            f" it must end in {', '.join(SUFFIXES)}, or in one of these and .xz"
        )
    try:
        with lzma.open(path) if packed else path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise CatalogError(f"{path} is not there; give a file of element sets") from None
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise CatalogError(f"{path} cannot be read: {error}; fetch it again") from error
    if len(raw) > BYTES_MAX:
        raise CatalogError(
            f"{path} is longer than {BYTES_MAX // 2**20} MiB once unpacked; split it"
        )
    return raw.decode("utf-8", errors="replace")


def _sets(text: str, path: Path) -> _Sets:
    """Split a text into element sets, each with a line of name before it or without."""
    lines = [line.rstrip() for line in text.split("\n")]
    names, firsts, seconds, places = [], [], [], []
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line:
            at += 1
            continue
        unnamed = line.startswith("1 ") and len(line) > NAME_MAX
        first = at if unnamed else at + 1
        if first + 1 >= len(lines) or not (
            lines[first].startswith("1 ") and lines[first + 1].startswith("2 ")
        ):
            raise CatalogError(
                f"{path}, line {at + 1}: no element set starts with {line[:NAME_MAX]!r}; it must"
                " be a name, then a line that starts with '1 ', then one that starts with '2 '"
            )
        names.append(line[2:7].strip() if unnamed else line.removeprefix("0 ").strip())
        firsts.append(lines[first])
        seconds.append(lines[first + 1])
        places.append(first + 1)
        at = first + 2
    if not names:
        raise CatalogError(f"{path} holds no element set; give a file that does")
    return _Sets(
        names=tuple(names), firsts=tuple(firsts), seconds=tuple(seconds), lines=tuple(places)
    )
