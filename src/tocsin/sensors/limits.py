"""The error for a sensor that cannot be as described, and the check of one number of it."""

from tocsin.errors import TocsinError

CONFIRM_WINDOW_MAX = 5
"""Longest run of looks a confirmation may ask for: its work doubles with each look."""


class SensorError(TocsinError):
    """A sensor is not possible as described."""


def check_between(thing: str, key: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside its limits, and one that is not a number.

    Args:
        thing: What the number belongs to, as a person would name it: "radar 'x'".
        key: The field's name, unit included.
        value: What was given.
        low, high: The limits, both allowed.
    """
    if not low <= value <= high:  # also refuses NaN
        raise SensorError(f"{thing}: {key} is {value:.10g}; it must be from {low:g} to {high:g}")


def check_confirmation(thing: str, hits: int, window: int) -> None:
    """Refuse a confirmation rule that no run of looks could meet, or that looks back too far."""
    check_between(thing, "confirm_window", window, 1, CONFIRM_WINDOW_MAX)
    check_between(thing, "confirm_hits", hits, 1, window)


def check_named(thing: str, key: str, value: str) -> None:
    """Refuse an empty name."""
    if not value.strip():
        raise SensorError(f"{thing}: {key} is empty; give it a name")
