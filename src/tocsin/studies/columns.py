"""Which sensor columns the kernel watches with, and which of them each variant uses.

A disputed value gives its sensor more columns: one at its least and one at its most capable
published value, and in a sweep one for each published alternative by itself. A variant says which
column of each sensor counts; all variants come out of one pass over the flights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.simulation.roster import Member

NOMINAL, LOW, HIGH = 0, 1, 2
"""Numbers of the first three variants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Sensor columns in the kernel's order, and the column each member uses in each variant."""

    partners: tuple[str, ...]
    members: tuple[Member, ...]
    radars: tuple[Radar, ...]
    """The first columns."""
    infrareds: tuple[Infrared, ...]
    """The columns after them."""
    variants: tuple[str, ...]
    """nominal, low, high, then one name for each alternative."""
    column: Integers
    """[variants, members]; -1 where a member does not exist in a variant."""


def lay_columns(
    partners: Sequence[str], members: Sequence[Member], *, sweep: bool = False
) -> Columns:
    """Give the columns that cover every variant, each different sensor once.

    Args:
        partners: Partner ids in the scenario's order.
        members: Sensors of all of them.
        sweep: Also give each alternative a variant of its own, everything else nominal.
    """
    rows = [[member.nominal for member in members]]
    rows.append([member.low for member in members])
    rows.append([member.high for member in members])
    names = ["nominal", "low", "high"]
    if sweep:
        for number, member in enumerate(members):
            for label, sensor in member.alternatives:
                row = list(rows[0])
                row[number] = sensor
                rows.append(row)
                names.append(f"{member.id}: {label}")
    radars: dict[Radar, int] = {}
    infrareds: dict[Infrared, int] = {}
    for row in rows:
        for sensor in row:
            if isinstance(sensor, Radar):
                radars.setdefault(sensor, len(radars))
            elif isinstance(sensor, Infrared):
                infrareds.setdefault(sensor, len(infrareds))
    column = np.full((len(rows), len(members)), -1, dtype=np.int64)
    for variant, row in enumerate(rows):
        for number, sensor in enumerate(row):
            if isinstance(sensor, Radar):
                column[variant, number] = radars[sensor]
            elif isinstance(sensor, Infrared):
                column[variant, number] = len(radars) + infrareds[sensor]
    return Columns(
        partners=tuple(partners),
        members=tuple(members),
        radars=tuple(radars),
        infrareds=tuple(infrareds),
        variants=tuple(names),
        column=column,
    )
