"""The checks that scenario records make of themselves: one line that says what is wrong."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import category

from tocsin.errors import ScenarioError, nearest

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
NAME_MAX = 120
"""Longest name or title, in characters."""
NOTE_MAX = 2000
"""Longest question or note, in characters."""


class FieldError(ScenarioError):
    """One field of one record is wrong: where, which key, what it holds, what is allowed.

    Whoever read the record from a file puts a better `where` in front of `detail`.
    """

    def __init__(self, where: str, detail: str) -> None:
        super().__init__(f"{where}: {detail}")
        self.where = where
        self.detail = detail


def within(where: str, key: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside `low` to `high`; NaN is outside everything."""
    if not low <= value <= high:
        raise FieldError(where, f"{key} is {value:g}; it must be from {low:g} to {high:g}")


def whole(where: str, key: str, value: int, low: int, high: int) -> None:
    """Refuse what is not a whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(where, f"{key} is {value!r}; it must be a whole number")
    if not low <= value <= high:
        raise FieldError(where, f"{key} is {value}; it must be from {low} to {high}")


def optional_within(where: str, key: str, value: float | None, low: float, high: float) -> None:
    """Refuse a number outside `low` to `high` where one is given."""
    if value is not None:
        within(where, key, value, low, high)


def latitude_longitude(where: str, prefix: str, latitude_deg: float, longitude_deg: float) -> None:
    """Refuse a point that is not on Earth; longitudes may run to 360 as well as to 180."""
    within(where, f"{prefix}latitude_deg", latitude_deg, -90.0, 90.0)
    within(where, f"{prefix}longitude_deg", longitude_deg, -180.0, 360.0)


def one_of(where: str, key: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse a word that is not on the list, and name the nearest that is."""
    if value not in allowed:
        raise FieldError(where, f"{key} is {value!r}; {nearest(value, allowed)}")


def known(where: str, key: str, value: str, allowed: Iterable[str], what: str) -> None:
    """Refuse an id that nothing goes by, and name the nearest that something does."""
    names = tuple(allowed)
    if value not in names:
        hint = nearest(value, names) if names else "there is none"
        raise FieldError(where, f"{key} names the unknown {what} {value!r}; {hint}")


def identifier(where: str, key: str, value: str) -> None:
    """Refuse an id that is not lower-case letters, digits and hyphens."""
    if not IDENTIFIER.fullmatch(value):
        raise FieldError(
            where,
            f"{key} is {value!r}; it must be 1 to 64 lower-case letters, digits or hyphens, "
            "and not begin with a hyphen",
        )


def text(where: str, key: str, value: str, longest: int) -> None:
    """Refuse a text that is empty, too long or holds control characters; a name is one line."""
    shown = value[:30]
    if not 1 <= len(value) <= longest:
        detail = f"{key} is {len(value)} characters long ({shown!r})"
        raise FieldError(where, f"{detail}; it must be from 1 to {longest}")
    lines = "\n" if longest > NAME_MAX else ""
    if any(category(character) == "Cc" and character not in lines for character in value):
        raise FieldError(where, f"{key} holds a control character ({shown!r}); leave it out")


def unique(where: str, key: str, values: Iterable[str]) -> None:
    """Refuse a list that names the same thing twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise FieldError(where, f"{key} {value!r} is there twice; keep one or rename one")
        seen.add(value)


def at_most(where: str, key: str, count: int, limit: int) -> None:
    """Refuse a list that is longer than its limit."""
    if count > limit:
        raise FieldError(where, f"there are {count} of {key}; the limit is {limit}")
