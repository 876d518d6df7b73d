"""Who knows of each launch, and when: what a case comes to for every launch of a chunk."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Floats, Integers
from tocsin.simulation.sharing import Heard, known_to
from tocsin.studies.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When each sensor column sees each launch, in seconds after lift-off; infinite: never."""

    first_s: Floats
    """First look that hits, [launches, columns]."""
    confirmed_s: Floats
    """Confirmed by that sensor alone, [launches, columns]."""
    impact_s: Floats
    """[launches]."""
    defender: Integers
    """Number of the partner that defends the place aimed at, [launches]; -1 where none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When the one to be warned knows, in seconds after lift-off, [launches]; infinite: never."""

    known_s: Floats
    """It has a confirmed detection, its own or one passed on."""
    two_s: Floats
    """It has it from two independent sensors."""


def told(case: Case, seen: Seen, delays_s: Mapping[int, float]) -> Told:
    """Give when a case's partners know of each launch.

    The one to be warned is whoever defends the place aimed at, if it is of the case; otherwise
    whichever of the case's partners knows first.

    Args:
        case: Partners, their sensor columns and the level at which they share.
        seen: What the sensors saw.
        delays_s: How long what is shared at each level takes.
    """
    known_s = np.full(seen.impact_s.shape, np.inf)
    two_s = np.full(seen.impact_s.shape, np.inf)
    inside = np.isin(seen.defender, case.partners)
    for receiver, partner in enumerate(case.partners):
        rows = np.flatnonzero(~inside | (seen.defender == partner))
        if rows.size:
            found = _told_one(case, seen, rows, receiver, delays_s[case.level])
            known_s[rows] = np.minimum(known_s[rows], found.known_s)
            two_s[rows] = np.minimum(two_s[rows], found.two_s)
    return Told(known_s=known_s, two_s=two_s)


def first_look_s(case: Case, seen: Seen) -> Floats:
    """Give the first look of any sensor of a case, [launches]."""
    columns = [column for columns in case.columns for column in columns]
    return np.asarray(seen.first_s[:, columns].min(axis=1, initial=np.inf))


def _told_one(case: Case, seen: Seen, rows: Integers, receiver: int, delay_s: float) -> Told:
    """Give what one of a case's partners knows of some of the launches."""
    order = [column for columns in case.columns for column in columns]
    parts, start = [], 0
    for columns in case.columns:
        parts.append(tuple(range(start, start + len(columns))))
        start += len(columns)
    heard = [
        Heard(sender=str(sender), sensors=part, level=case.level, delay_s=delay_s)
        for sender, part in enumerate(parts)
        if sender != receiver
    ]
    if not order:
        never = np.full(rows.size, np.inf)
        return Told(known_s=never, two_s=never)
    which = np.ix_(rows, np.array(order))
    known = known_to(seen.first_s[which], seen.confirmed_s[which], parts[receiver], heard)
    return Told(known_s=known.known_s, two_s=known.confirmed_by_two_s)
