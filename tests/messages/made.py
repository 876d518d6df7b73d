"""Made-up reports of every kind, drawn from what the types of their fields allow."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from tocsin.messages.report import KINDS, Report

GOLDEN = Path(__file__).parents[1] / "golden" / "messages"
UTF8 = st.characters(codec="utf-8")


def golden_bytes(name: str) -> bytes:
    """Give the bytes of a golden message."""
    return bytes.fromhex((GOLDEN / f"{name}.hex").read_text(encoding="ascii"))


def values_of(node: inspect.Type) -> st.SearchStrategy[Any]:
    """Give any value that a field of this type may hold."""
    maker = MAKERS.get(type(node))
    assert maker is not None, node
    return maker(node)


def _strings(node: Any) -> st.SearchStrategy[str]:
    longest = node.max_length
    return st.from_regex(node.pattern, alphabet=UTF8).filter(lambda text: len(text) <= longest)


def _bytes(node: Any) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=node.min_length or 0, max_size=min(node.max_length, 80))


def _many(node: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    least = node.min_length or 0
    most = max(least, min(node.max_length, 4))
    return st.lists(values_of(node.item_type), min_size=least, max_size=most).map(tuple)


def _record(node: Any) -> st.SearchStrategy[Any]:
    fields = {field.name: values_of(field.type) for field in node.fields}
    return st.fixed_dictionaries(fields).map(lambda found: node.cls(**agreed(found)))


MAKERS: dict[type, Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.IntType: lambda node: st.integers(node.ge, node.le),
    inspect.FloatType: lambda node: st.floats(node.ge, node.le),
    inspect.StrType: _strings,
    inspect.BytesType: _bytes,
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
    inspect.LiteralType: lambda node: st.sampled_from(node.values),
    inspect.UnionType: lambda node: st.one_of(*map(values_of, node.types)),
    inspect.VarTupleType: _many,
    inspect.TupleType: lambda node: st.tuples(*map(values_of, node.item_types)),
    inspect.StructType: _record,
    inspect.Metadata: lambda node: values_of(node.type),
}


def agreed(found: dict[str, Any]) -> dict[str, Any]:
    """Make fields drawn one by one agree with each other, as their records demand."""
    made = dict(found)
    for early, late in (
        ("start_tai_ns", "end_tai_ns"),
        ("first_tai_ns", "last_tai_ns"),
        ("window_start_tai_ns", "window_end_tai_ns"),
        ("onset_tai_ns", "expires_tai_ns"),
        ("part", "parts"),
        ("semi_minor_m", "semi_major_m"),
    ):
        if made.get(early) is not None and late in made:
            made[early], made[late] = sorted((made[early], made[late]))
    for name in ("sensors", "sources"):
        if name in made:
            made[name] = tuple(sorted(set(made[name])))
    for name, mend in MENDS.items():
        if name in made:
            mend(made)
    return made


def _covariance(made: dict[str, Any]) -> None:
    diagonal = {0, 2, 5, 9, 14, 20}
    made["covariance"] = tuple(
        abs(value) if place in diagonal else value for place, value in enumerate(made["covariance"])
    )


def _looks(made: dict[str, Any]) -> None:
    length_ns = made["end_tai_ns"] - made["start_tai_ns"]
    made["plots"] = tuple((plot[0], min(plot[1], length_ns), *plot[2:]) for plot in made["plots"])


def _counts(made: dict[str, Any]) -> None:
    made["counts"] = () if made["idle"] else (tuple(dict(made["counts"]).items()) or (("a", 0),))
    made["tracks"] = None if made["idle"] else made["tracks"]


def _answer(made: dict[str, Any]) -> None:
    made["notice"] = "n" if made["says"] == "notice" else None


def _second(made: dict[str, Any]) -> None:
    made["second"] = None if made["second"] == made["operator"] else made["second"]


MENDS: dict[str, Callable[[dict[str, Any]], None]] = {
    "covariance": _covariance,
    "looked": _looks,
    "counts": _counts,
    "says": _answer,
    "second": _second,
}


@cache
def reports(kind: str) -> st.SearchStrategy[Report]:
    """Give any report of a kind."""
    return values_of(inspect.type_info(KINDS[kind]))


def named(value: Any) -> Any:
    """Give a message in the form of the golden `.json` files."""
    if isinstance(value, msgspec.Struct):
        return {name: named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [named(each) for each in value]
    return value.hex() if isinstance(value, bytes) else value
