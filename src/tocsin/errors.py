"""Errors that a person can act on: each names the thing, the value, what is allowed, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class TocsinError(Exception):
    """Something a person can mend; its text is one line that says what, where and how."""


class CatalogError(TocsinError):
    """A catalogue table or a name looked up in it is not usable."""


class ScenarioError(TocsinError):
    """A scenario is not usable as written."""


class FlightError(TocsinError):
    """A flight that was asked for cannot be flown."""


class OrbitError(TocsinError):
    """A satellite has no usable orbit."""


class OutputError(TocsinError):
    """A result cannot be written where it was asked for."""


class AlertError(TocsinError):
    """An alert, or the list of areas that it would name, is not usable."""


class MessageError(TocsinError):
    """Bytes from outside, or a record to be sent, are no usable message; `fault` says in what way.

    `fault` is one of oversized, truncated, corrupt, unknown version, not finite, wrong field.
    """

    def __init__(self, text: str, fault: str) -> None:
        super().__init__(text)
        self.fault = fault


class LogError(TocsinError):
    """An event log cannot be used as asked: damaged, in use, not a log, or its disk refuses."""


def nearest(wrong: str, allowed: Iterable[str], limit: int = 12) -> str:
    """Give the end of an error line: the nearest allowed name, or a short list of them.

    Args:
        wrong: The name that was not found.
        allowed: The names that would have been.
        limit: The longest list of names to print when nothing comes near.
    """
    names = sorted(allowed)
    close = get_close_matches(wrong.lower(), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    more = f", and {len(names) - limit} more" if len(names) > limit else ""
    return f"known: {', '.join(names[:limit])}{more}"
