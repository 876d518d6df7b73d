"""One table of values, checked: names, units, ranges, sources, and how each was got."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tocsin.catalog.schema import ALTERNATIVE_KEYS, CONFIDENCES, HOWS, VALUE_KEYS, Rule
from tocsin.catalog.tables import Row
from tocsin.errors import nearest

Known = Collection[str]
"""The keys of the sources that there are."""


def check_values(
    where: str, rows: Mapping[str, Any], rules: Mapping[str, Rule], known: Known
) -> Iterator[str]:
    """Give what is wrong with a table of values.

    Args:
        where: The file and the entry, as a line begins.
        rows: The values by name, as read.
        rules: What each may be.
        known: The keys of the sources.
    """
    for name, row in rows.items():
        if name not in rules:
            yield f"{where}: {name!r} is not a value it can have; {nearest(name, rules)}"
        elif not isinstance(row, Mapping):
            yield f"{where}: {name} must be a table with value, unit, how and sources"
        else:
            yield from _check_value(f"{where}: {name}", row, rules[name], known)


def _check_value(where: str, row: Row, rule: Rule, known: Known) -> Iterator[str]:
    yield from unknown_keys(where, row, VALUE_KEYS)
    yield from one_of(where, "unit", row.get("unit"), (rule.unit,))
    yield from one_of(where, "how", row.get("how"), HOWS)
    yield from one_of(where, "confidence", row.get("confidence"), CONFIDENCES)
    how, alternatives = row.get("how"), row.get("alternatives", ())
    if "value" in row:
        yield from _check_data(f"{where}: value", row["value"], rule)
    elif not alternatives:
        yield f"{where}: value is missing, and so are alternatives; give one"
    yield from check_sources(where, row, known, needed=how == "published" and "value" in row)
    if how in ("derived", "assumed") and not row.get("derivation"):
        reason = "how it follows" if how == "derived" else "why"
        yield f"{where}: is {how}, and derivation does not say {reason}"
    for number, each in enumerate(alternatives, 1):
        at = f"{where}: alternatives, number {number}"
        yield from unknown_keys(at, each, ALTERNATIVE_KEYS)
        yield from _check_data(f"{at}: value", each.get("value"), rule)
        yield from check_sources(at, each, known, needed=not each.get("note"))


def _check_data(where: str, data: Any, rule: Rule) -> Iterator[str]:
    match rule.shape:
        case "number":
            yield from _check_number(where, data, rule)
        case "numbers":
            yield from _check_numbers(where, data, rule)
        case "sectors":
            yield from _check_sectors(where, data, rule)
        case "lines":
            if not (_all(data, str) and len(data) == 2):
                yield f"{where} must be the two lines of an element set"
        case "instant":
            yield from _check_instant(where, data)
        case _:
            if not (isinstance(data, str) and data.strip()):
                yield f"{where} is {data!r}; it must be a text"


def _check_number(where: str, data: Any, rule: Rule) -> Iterator[str]:
    plain = isinstance(data, int | float) and not isinstance(data, bool)
    if not (plain and rule.low <= data <= rule.high):  # also refuses NaN
        yield f"{where} is {data!r}; it must be from {rule.low:g} to {rule.high:g} {rule.unit}"


def _check_numbers(where: str, data: Any, rule: Rule) -> Iterator[str]:
    if not (isinstance(data, list) and data):
        yield f"{where} is {data!r}; it must be a list of numbers"
        return
    for each in data:
        yield from _check_number(where, each, rule)


def _check_sectors(where: str, data: Any, rule: Rule) -> Iterator[str]:
    if not (isinstance(data, list) and data):
        yield f"{where} is {data!r}; it must be a list of [from, to]"
        return
    for each in data:
        if not (isinstance(each, list) and len(each) == 2):
            yield f"{where} has {each!r}; each sector must be [from, to]"
            continue
        for side in each:
            yield from _check_number(where, side, rule)
        if each[0] == each[1]:
            yield f"{where} has a sector of no width, {each}; all round is [0, 360]"


def _check_instant(where: str, data: Any) -> Iterator[str]:
    try:
        good = isinstance(data, str) and data.endswith("Z") and bool(datetime.fromisoformat(data))
    except ValueError:
        good = False
    if not good:
        yield f"{where} is {data!r}; it must be an instant such as '2024-07-05T00:00:00Z'"


def check_sources(where: str, row: Row, known: Known, *, needed: bool) -> Iterator[str]:
    """Give what is wrong with the sources a row names: none where one is needed, or unknown."""
    keys = row.get("sources", ())
    if needed and not keys:
        yield f"{where}: names no source; name at least one key of sources.toml"
    for key in keys:
        if key not in known:
            yield f"{where}: source {key!r} is not in sources.toml; {nearest(str(key), known)}"


def unknown_keys(where: str, row: Row, allowed: Iterable[str]) -> Iterator[str]:
    """Give the keys of a row that mean nothing here, and the nearest that would."""
    names = tuple(allowed)
    for key in row:
        if key not in names:
            yield f"{where}: key {key!r} is not known; {nearest(str(key), names)}"


def one_of(where: str, key: str, found: Any, allowed: Iterable[str]) -> Iterator[str]:
    """Give a line where a word is not among those allowed."""
    names = tuple(allowed)
    if found not in names:
        yield f"{where}: {key} is {found!r}; it must be {' or '.join(map(repr, names))}"


def _all(data: Any, kind: type) -> bool:
    return isinstance(data, list) and all(isinstance(each, kind) for each in data)
