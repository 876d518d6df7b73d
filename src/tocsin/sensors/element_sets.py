"""The text of a public two-line element set: is it whole, and what SGP4 makes of it."""

import re
from functools import lru_cache
from typing import Any

from sgp4.api import WGS72, Satrec

from tocsin.errors import OrbitError

_LENGTH = 69

_FIELDS = (
    # line, first and last column (from 1), lowest, highest value, name
    (1, 19, 20, 0.0, 99.0, "epoch year"),
    (1, 21, 32, 1.0, 367.0, "epoch day"),
    (1, 34, 43, -1.0, 1.0, "change of mean motion"),
    (2, 9, 16, 0.0, 180.0, "inclination"),
    (2, 18, 25, 0.0, 360.0, "right ascension of the node"),
    (2, 27, 33, 0.0, 9_999_999.0, "eccentricity"),
    (2, 35, 42, 0.0, 360.0, "argument of perigee"),
    (2, 44, 51, 0.0, 360.0, "mean anomaly"),
    (2, 53, 63, 0.01, 18.0, "mean motion"),
)
"""Hoots and Roehrich, Spacetrack Report No. 3, 1980, section 2; limits of what an orbit can be."""


_POWERS = ((45, 52, "second change of mean motion"), (54, 61, "drag term"))
"""Fields of line 1 written as a decimal and a power of ten without the point: -12345-6."""


def check_lines(name: str, line1: str, line2: str) -> None:
    """Refuse an element set that is cut, mixed up or miscopied.

    Args:
        name: Of the satellite, for the error.
        line1, line2: Without ends of line.
    """
    for number, line in ((1, line1), (2, line2)):
        _check_line(f"satellite {name!r}: line {number} of the element set", number, line)
    if line1[2:7] != line2[2:7]:
        raise OrbitError(
            f"satellite {name!r}: line 1 is of number {line1[2:7]!r}, line 2 of {line2[2:7]!r};"
            f" they must be the same"
        )
    for number, first, last, low, high, field in _FIELDS:
        text = (line1, line2)[number - 1][first - 1 : last]
        if not low <= _number(text) <= high:  # also refuses NaN
            raise OrbitError(
                f"satellite {name!r}: {field} (line {number}, columns {first}-{last}) is {text!r};"
                f" it must be a number from {low:g} to {high:g}"
            )

    for first, last, field in _POWERS:
        text = line1[first - 1 : last]
        if re.fullmatch(r"[ +-]\d{5}[ +-]\d", text) is None:
            raise OrbitError(
                f"satellite {name!r}: {field} (line 1, columns {first}-{last}) is {text!r};"
                f" it must look like '-12345-6'"
            )


def _check_line(thing: str, number: int, line: str) -> None:
    """Refuse a line of the wrong length, number, kind of character or check digit."""
    if len(line) != _LENGTH:
        raise OrbitError(f"{thing} has {len(line)} characters; it must have {_LENGTH}")
    if not line.isascii() or not line.isprintable():
        raise OrbitError(f"{thing} has characters other than plain letters, digits and spaces")
    if not line.startswith(f"{number} "):
        raise OrbitError(f"{thing} starts with {line[:2]!r}; it must start with '{number} '")
    wanted = str(checksum(line))
    if line[-1] != wanted:
        raise OrbitError(
            f"{thing} ends in check digit {line[-1]!r}, its characters give {wanted!r};"
            f" copy the line again"
        )


def checksum(line: str) -> int:
    """Give an element line's check digit: its digits added up, a minus counts one; modulo 10.

    Source: Hoots and Roehrich, Spacetrack Report No. 3, 1980, section 2.
    """
    return sum(int(c) if c.isdigit() else c == "-" for c in line[: _LENGTH - 1]) % 10


def _number(text: str) -> float:
    """Give a field's number, NaN where it is none; Python's own `1_0` and `inf` are none."""
    digits = text.strip()
    if not digits or not set(digits) <= set("+-.0123456789"):
        return float("nan")
    try:
        return float(digits)
    except ValueError:
        return float("nan")


@lru_cache(maxsize=256)
def satrec(line1: str, line2: str) -> Any:
    """Give the SGP4 model of a checked element set; ready once for each pair of lines."""
    return Satrec.twoline2rv(line1, line2, WGS72)
