"""Write docs/reference/messages.md from the classes of the messages themselves.

Run it with `make docs`. A test fails while what it would write differs from what is there.
"""

import ast
import inspect as source
import math
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from tocsin.messages import envelope, fields, ground, sensing
from tocsin.messages.report import KINDS
from tocsin.messages.versions import RETIRED

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "messages.md"
GOLDEN = "../../tests/golden/messages"
TEXTS = ("Identifier", "Name", "Code", "Word", "Sentence")
PARTS = (sensing.Sector, ground.Ellipse, ground.Circle)

OPENING = f"""\
# Messages

Made by `make docs` from the code; do not edit it by hand.

What one node says to another. A report is a MessagePack array: its kind with its version, such as
`track.1`, then its fields in the order of the tables here. Reports travel in signed envelopes.

- Every number has a lower and an upper bound; infinities and NaN are refused. Every text and array
  has a greatest length. A reader refuses what does not fit and names the field.
- A field may be added at the end of a kind with a default; a reader skips fields it does not know.
  Nothing is renamed, removed or given a new meaning: that is a new kind, such as `track.2`, and the
  old one is read for at least a year. An envelope never changes without a new version.
- Instants are whole nanoseconds since 1970-01-01T00:00:00 on the time scale TAI. Lengths are in
  metres, angles in radians.
- Examples of every kind, as bytes and as fields, are in [tests/golden/messages]({GOLDEN}).
"""

SIGNED = """
Signed is the MessagePack array of the kind and all fields but the signature. A chain is made of
digests: BLAKE2b, 32 bytes, of the whole envelope, its signature included.
"""

FAULTS = """
## What a refusal is called

| fault | means |
| --- | --- |
| oversized | more bytes than the limit; nothing was decoded |
| truncated | the bytes end inside a value |
| corrupt | no MessagePack, no array that begins with a kind, or an envelope in another form |
| unknown version | a kind, or a version of one, that this program does not read |
| not finite | an infinity or NaN somewhere in it |
| wrong field | a field is of the wrong type, out of range or at odds with another |
"""


def told(record: type) -> dict[str, str]:
    """Give what the text below each field of a record says."""
    body = ast.parse(source.getsource(record)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, text in pairwise(body.body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            assert isinstance(field.target, ast.Name)
            assert isinstance(text.value, ast.Constant)
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def number(value: float) -> str:
    """Give a bound as a person writes it."""
    for name, known in (("pi", math.pi), ("2 pi", 2 * math.pi), ("pi/2", math.pi / 2)):
        if abs(value) == known:
            return f"-{name}" if value < 0 else name
    if isinstance(value, int):
        powers = {2**63 - 1: "2^63 - 1", 2**31 - 1: "2^31 - 1"}
        return powers.get(value, str(value))
    return f"{value:g}"


def words(node: Any) -> str:
    """Give what a field may hold, in words."""
    if isinstance(node, inspect.Metadata):
        if isinstance(node.type, inspect.StrType):
            return f"[{described(node).partition(':')[0]}](#texts)"
        return words(node.type)
    if isinstance(node, inspect.UnionType):
        nodes = list(node.types)
        return " or ".join(words(each) for each in nodes)
    if isinstance(node, inspect.LiteralType):
        return ", ".join(f"`{value}`" for value in node.values)
    if isinstance(node, inspect.IntType | inspect.FloatType):
        kind = "whole number" if isinstance(node, inspect.IntType) else "number"
        return f"{kind} {number(node.ge)} to {number(node.le)}"
    return _compound(node)


def described(node: inspect.Metadata) -> str:
    """Give what a type says of itself."""
    return str((node.extra_json_schema or {})["description"])


def texts() -> str:
    """Give the table of the kinds of text."""
    rows = []
    for name, annotated in vars(fields).items():
        node = inspect.type_info(annotated) if name in TEXTS else None
        if isinstance(node, inspect.Metadata):
            assert isinstance(node.type, inspect.StrType)
            label, _, means = described(node).partition(": ")
            rows.append(f"| {label} | {means} | `{node.type.pattern}` |")
    head = ("", "## Texts", "", "| text | holds | pattern |", "| --- | --- | --- |")
    return "\n".join((*head, *rows, ""))


def _compound(node: Any) -> str:
    """Give what a field of several values, or of bytes, may hold."""
    if isinstance(node, inspect.VarTupleType | inspect.BytesType):
        least, most = node.min_length or 0, node.max_length
        count = str(most) if least == most else f"{least} to {most}"
        if isinstance(node, inspect.BytesType):
            return f"{count} bytes"
        return f"array of {count}: {words(node.item_type)}"
    if isinstance(node, inspect.TupleType):
        alike = groupby(words(each) for each in node.item_types)
        counted = [(text, len(list(found))) for text, found in alike]
        return "; ".join(text if many == 1 else f"{many} x {text}" for text, many in counted)
    if isinstance(node, inspect.StructType):
        return f"[{node.cls.__name__}](#{node.cls.__name__.lower()})"
    plain = {inspect.NoneType: "none", inspect.BoolType: "true or false"}
    return plain[type(node)]


def table(record: type) -> Iterator[str]:
    """Give the table of a record's fields."""
    texts = told(record)
    info = inspect.type_info(record)
    assert isinstance(info, inspect.StructType)
    yield "| field | holds | meaning |"
    yield "| --- | --- | --- |"
    for field in info.fields:
        holds = words(field.type).replace("|", "\\|")
        default = "" if field.required else f" May be absent: {plain(field.default)}."
        yield f"| `{field.name}` | {holds} | {texts[field.name]}{default} |"


def plain(default: object) -> str:
    """Give a default in words."""
    if isinstance(default, bytes):
        return f"{len(default)} zero bytes"
    return "none" if default is None else str(default)


def section(title: str, record: type) -> str:
    """Give the section of one record."""
    text = source.getdoc(record)
    return "\n".join(("", f"## {title}", "", str(text), "", *table(record), ""))


def limits() -> str:
    """Give the table of limits."""
    body = ast.parse(source.getsource(fields)).body
    rows = [
        f"| `{field.targets[0].id}` | {getattr(fields, field.targets[0].id):,} | "
        f"{' '.join(str(text.value.value).split())} |"
        for field, text in pairwise(body)
        if isinstance(field, ast.Assign)
        and isinstance(field.targets[0], ast.Name)
        and "_MAX" in field.targets[0].id
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    ]
    head = ("", "## Limits", "", "| name | at most | of |", "| --- | ---: | --- |")
    return "\n".join((*head, *rows, ""))


def page() -> str:
    """Give the whole page of messages."""
    retired = ", ".join(f"`{kind}` (now `{step.to}`)" for kind, step in sorted(RETIRED.items()))
    kinds = "\n".join(
        f"| [`{kind}`](#{kind.replace('.', '')}) | {first_line(record)} |"
        for kind, record in KINDS.items()
    )
    parts = [
        OPENING,
        f"\n## Kinds\n\n| kind | what it is |\n| --- | --- |\n{kinds}\n",
        f"\nOlder kinds that are still read: {retired or 'none'}.\n",
        section(envelope.KIND, envelope.Envelope),
        SIGNED,
        *(section(kind, record) for kind, record in KINDS.items()),
        *(section(record.__name__, record) for record in PARTS),
        texts(),
        limits(),
        FAULTS,
    ]
    return "".join(parts)


def first_line(record: type[msgspec.Struct]) -> str:
    """Give the first line of a record's text."""
    return str(source.getdoc(record)).partition("\n")[0]


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
