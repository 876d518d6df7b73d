"""One table of a settings file: its values taken key by key, each checked, none left over."""

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.errors import ScenarioError, nearest

SHOWN_MAX = 60
"""How much of a wrong value an error line repeats, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What one table of a file holds; its errors say where, which key, its value, the remedy."""

    where: str
    """File, table and its number or name."""
    values: Mapping[str, object]
    allowed: tuple[str, ...]
    """Every key it may hold."""

    def __post_init__(self) -> None:
        for key in self.values:
            if key not in self.allowed:
                raise ScenarioError(
                    f"{self.where}: unknown key {key!r}; {nearest(key, self.allowed)}"
                )

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def wrong(self, key: str, must: str) -> ScenarioError:
        """Give the error for a key that is missing or holds what it must not."""
        if key not in self.values:
            return ScenarioError(f"{self.where}: {key} is missing; it must be {must}")
        return ScenarioError(f"{self.where}: {key} is {shown(self.values[key])}; it must be {must}")

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text, or the default where the key is not there."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "text in quotes")
        return value

    def optional_text(self, key: str) -> str | None:
        """Give a text, or None where the key is not there."""
        return self.text(key) if key in self.values else None

    def number(self, key: str, default: float | None = None) -> float:
        """Give a number, or the default where the key is not there."""
        value = _as_float(self.values.get(key, default))
        if value is None:
            raise self.wrong(key, "a number")
        return value

    def optional_number(self, key: str) -> float | None:
        """Give a number, or None where the key is not there."""
        return self.number(key) if key in self.values else None

    def whole(self, key: str, default: int | None = None) -> int:
        """Give a whole number, or the default where the key is not there."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, "a whole number")
        return value

    def truth(self, key: str, default: bool) -> bool:
        """Give true or false, or the default where the key is not there."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def items(self, key: str) -> list[object]:
        """Give a list of anything; empty where the key is not there."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "a list in [ ]")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; empty where the key is not there."""
        found = tuple(value for value in self.items(key) if isinstance(value, str))
        if len(found) != len(self.items(key)):
            raise self.wrong(key, 'a list of texts, for instance ["one", "two"]')
        return found

    def lists_of_texts(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Give a list of lists of texts; empty where the key is not there."""
        found = []
        for value in self.items(key):
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                raise self.wrong(key, 'a list of lists of texts, for instance [["one", "two"]]')
            found.append(tuple(value))
        return tuple(found)

    def numbers(self, key: str, default: tuple[float, ...]) -> tuple[float, ...]:
        """Give a list of numbers, or the default where the key is not there."""
        if key not in self.values:
            return default
        found = [_as_float(value) for value in self.items(key)]
        if None in found:
            raise self.wrong(key, "a list of numbers")
        return tuple(value for value in found if value is not None)

    def wholes(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Give a list of whole numbers, or the default where the key is not there."""
        if key not in self.values:
            return default
        found = self.items(key)
        if any(isinstance(value, bool) or not isinstance(value, int) for value in found):
            raise self.wrong(key, "a list of whole numbers")
        return tuple(value for value in found if isinstance(value, int))

    def pairs(self, key: str) -> tuple[tuple[float, float], ...]:
        """Give a list of pairs of numbers; empty where the key is not there."""
        found = [as_pair(value) for value in self.items(key)]
        if None in found:
            raise self.wrong(key, "a list of pairs of numbers, for instance [[110, 250]]")
        return tuple(pair for pair in found if pair is not None)

    def tables(self, key: str) -> tuple[Mapping[str, object], ...]:
        """Give the tables written [[key]]; empty where there are none."""
        values = self.values.get(key, [])
        found = (
            tuple(value for value in values if isinstance(value, dict))
            if isinstance(values, list)
            else ()
        )
        if not isinstance(values, list) or len(found) != len(values):
            raise self.wrong(key, f"tables, each written [[{key}]]")
        return found

    def point(self, key: str) -> tuple[float, float] | None:
        """Give latitude and longitude if the key holds two numbers; None if it holds a name."""
        value = self.values.get(key)
        pair = as_pair(value)
        if pair is None and isinstance(value, str):
            pair = _pair_in(value)
            if pair is None:
                return None
        if pair is None:
            raise self.wrong(key, "[latitude, longitude], 'latitude,longitude' or a name")
        for axis, degrees, low, high in (
            ("latitude", pair[0], -90.0, 90.0),
            ("longitude", pair[1], -180.0, 360.0),
        ):
            if not low <= degrees <= high:
                raise ScenarioError(
                    f"{self.where}: {key} is {shown(value)}; its {axis} is {degrees:g} and must be "
                    f"from {low:g} to {high:g}"
                )
        return pair


def shown(value: object) -> str:
    """Give a value as an error line repeats it: short."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of thousands of digits
        text = "a very large number"
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}..."


def as_pair(value: object) -> tuple[float, float] | None:
    """Give two numbers written as a list of two; None if it is anything else."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    first, second = _as_float(value[0]), _as_float(value[1])
    return None if first is None or second is None else (first, second)


def _pair_in(text: str) -> tuple[float, float] | None:
    first, comma, second = text.partition(",")
    try:
        return (float(first), float(second)) if comma else None
    except ValueError:
        return None


def _as_float(value: object) -> float | None:
    """Give a number of a file as a float; None if it is none or too large for one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
