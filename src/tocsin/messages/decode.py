"""From a failure to read or write a message to the name of what is wrong with it."""

import math
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from tocsin.errors import MessageError

RAW_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, MemoryError, OverflowError)
"""All that the decoder is known to raise over bytes from outside."""
WRITE_ERRORS = (OverflowError, TypeError, ValueError)
"""All that the encoder is known to raise over records with wrong fields."""
_PLACE = re.compile(r" - at `\$\[(\d+)\]([^`]*)`\Z")
_LINE_CHARACTERS_MAX = 240
"""Most characters of a decoder's words that an error line repeats."""
_SHOWN = 48
"""Most characters of a foreign word that an error line repeats."""


def raw(payload: bytes) -> Any:
    """Decode bytes into plain values, unchecked.

    Raises:
        MessageError: They are cut short or are not MessagePack.
    """
    try:
        return msgspec.msgpack.decode(payload)
    except RAW_ERRORS as error:
        raise broken(payload, error) from error


def broken(payload: bytes, error: BaseException) -> MessageError:
    """Give the error for bytes that no MessagePack can be read from."""
    if "truncated" in str(error):
        return MessageError(
            f"message of {len(payload)} bytes is truncated: it ends inside a value; ask for it "
            "again",
            fault="truncated",
        )
    said = "nested too deep" if isinstance(error, RecursionError) else _said(error)
    return MessageError(
        f"message of {len(payload)} bytes is corrupt: {said}; ask for it again", fault="corrupt"
    )


def kind_of(payload: bytes) -> str:
    """Give the kind that a message claims to be, such as `track.1`; nothing else is checked.

    Raises:
        MessageError: It is cut short, no MessagePack, or no array that begins with a kind.
    """
    values = raw(payload)
    if not isinstance(values, list) or not values or not isinstance(values[0], str):
        raise MessageError(
            f"message of {len(payload)} bytes is corrupt: it must be an array that begins with "
            "its kind",
            fault="corrupt",
        )
    return values[0]


def not_finite(values: Any) -> bool:
    """Say whether there is an infinity, or what is not a number, anywhere in plain values."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, float) and not math.isfinite(value):
            return True
        if isinstance(value, list | tuple):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
    return False


def refused(kind: str, fields: Sequence[str], values: Any, error: BaseException) -> MessageError:
    """Give the error for a message of a known kind with a field that is not right.

    Args:
        kind: Such as `track.1`.
        fields: Names of its fields, in order.
        values: The message as plain values.
        error: What the decoder said.
    """
    said = str(error)
    found = _PLACE.search(said)
    if found and 0 < int(found[1]) <= len(fields):
        said = f"{fields[int(found[1]) - 1]}{found[2]}: {_line(said[: found.start()])}"
    said = _line(said)
    if not_finite(values):
        return MessageError(
            f"{kind}: a number is not finite; {said}; its sender must mend it", fault="not finite"
        )
    return MessageError(f"{kind}: {said}; its sender must mend it", fault="wrong field")


def unwritable(kind: str, error: BaseException) -> MessageError:
    """Give the error for a record of our own that no bytes can be made of."""
    return MessageError(
        f"{kind}: {_said(error)}; give every field what its kind allows", fault="wrong field"
    )


def unknown_version(kind: str, known: Sequence[str]) -> MessageError:
    """Give the error for a kind, or a version of a kind, that this program does not read."""
    stem = kind.partition(".")[0]
    like = [each for each in known if each.partition(".")[0] == stem]
    return MessageError(
        f"unknown version: {kind[:_SHOWN]!r} cannot be read; known: "
        f"{', '.join(like or sorted(known))}; agree on a version with its sender",
        fault="unknown version",
    )


def oversized(what: str, size: int, largest: int) -> MessageError:
    """Give the error for more bytes than a limit allows."""
    return MessageError(
        f"{what} is oversized: {size} bytes; at most {largest} are allowed; split it",
        fault="oversized",
    )


def _said(error: BaseException) -> str:
    """Give a decoder's words as one line."""
    return _line(str(error)) or type(error).__name__


def _line(text: str) -> str:
    """Give text, in which a sender's own may be, as a short line without control characters."""
    shown = "".join(each if each.isprintable() else " " for each in text[:_LINE_CHARACTERS_MAX])
    return " ".join(shown.split())
