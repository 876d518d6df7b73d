"""How to read older versions of reports: what each retired kind turns into.

A field may be added to a kind at its end with a default: old bytes read as they did, and old
programs skip what they do not know. Nothing is renamed, removed or given a new meaning: that is a
new kind, such as `track.2`. The old kind then moves here, with the step that turns its values into
the next version's, and is read for at least a year.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.errors import MessageError

STEPS_MAX = 16
"""Most versions that one report is carried over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """One step from a retired kind to the one that took its place."""

    to: str
    """The newer kind."""
    change: Callable[[list[Any]], list[Any]]
    """From the old fields to the new ones, both in order and without the kind."""


RETIRED: Mapping[str, Upgrade] = {}
"""Every kind that is no longer written but still read. The first versions are all current."""


def upgraded(values: list[Any], retired: Mapping[str, Upgrade] = RETIRED) -> list[Any]:
    """Carry a report of any version to the newest one, kind first; a current one stays as it is.

    Args:
        values: A report as plain values, beginning with its kind.
        retired: The steps.

    Raises:
        MessageError: An old report does not have the fields that its kind had.
    """
    for _ in range(STEPS_MAX):
        step = retired.get(values[0])
        if step is None:
            return values
        try:
            values = [step.to, *step.change(values[1:])]
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise MessageError(
                f"{values[0]}: its fields are not those of that version ({error}); its sender must "
                "mend it",
                fault="wrong field",
            ) from error
    raise AssertionError(f"the steps of versions.RETIRED run in a circle at {values[0]}")
