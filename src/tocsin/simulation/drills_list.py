"""Every drill: the documented false alarms and their true twins, in the order of their numbers."""

from tocsin.errors import ScenarioError, nearest
from tocsin.simulation import (
    drills_alerts,
    drills_counts,
    drills_exercise,
    drills_lines,
    drills_moon,
    drills_notices,
    drills_orbits,
    drills_sun,
    drills_tape,
    drills_tracks,
)
from tocsin.simulation.drills import Drill

_ALL = (
    *drills_moon.DRILLS,
    *drills_lines.DRILLS,
    *drills_tape.DRILLS,
    *drills_exercise.DRILLS,
    *drills_counts.DRILLS,
    *drills_sun.DRILLS,
    *drills_notices.DRILLS,
    *drills_alerts.DRILLS,
    *drills_tracks.DRILLS,
    *drills_orbits.DRILLS,
)


def _number(drill: Drill) -> tuple[int, str]:
    """Give what drills are sorted by: R2 before R10a."""
    digits = "".join(letter for letter in drill.id if letter.isdigit())
    return int(digits or 0), drill.id


DRILLS: tuple[Drill, ...] = tuple(sorted(_ALL, key=_number))


def chosen(names: tuple[str, ...]) -> tuple[Drill, ...]:
    """Give the drills of some ids, each false alarm with its twins: R5, with R5a and others; R10a.

    Of "all", every drill.

    Raises:
        ScenarioError: There is no such drill.
    """
    if "all" in names:
        return DRILLS
    for name in names:
        if not any(_is_of(drill, name) for drill in DRILLS):
            ids = list(dict.fromkeys(drill.id for drill in DRILLS))
            raise ScenarioError(f"there is no drill {name!r}; {nearest(name.upper(), ids)}")
    return tuple(drill for drill in DRILLS if any(_is_of(drill, name) for name in names))


def _is_of(drill: Drill, name: str) -> bool:
    """Tell whether a drill goes by a name, or by it and a letter."""
    known, asked = drill.id.lower(), name.lower()
    return known == asked or (known[:-1] == asked and not known[-1].isdigit())
