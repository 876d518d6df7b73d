"""What a tracker keeps of each track and each hypothesis, as columns over them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from tocsin.lanes import Flags, Floats, Integers

RECENT = 4
"""Plots that are remembered: two hypotheses that share one cannot both be right."""
NEVER_TAI_NS = -(1 << 62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Tracks and hypotheses at one common instant; columns [n].

    States are what plots say as they stand. What the sensors' lasting errors make of a state is
    beside it, in `sensitivity`: state + sensitivity @ errors is the best estimate.
    """

    mean: Floats
    """[n, 6]: Earth-fixed metres and metres per second."""
    cov: Floats
    """[n, 6, 6], the sensors' lasting errors left out."""
    sensitivity: Floats
    """[n, 6, 3 b]: derivative of the true state by the lasting errors of b sensors."""
    number: Integers
    """Of a track, from 1; 0 for a hypothesis."""
    score: Floats
    """Logarithm of the odds that it is there."""
    hits: Integers
    misses: Integers
    """Looks in a row that should have seen it and did not."""
    sensors: Integers
    """Bit s is set if sensor s fed it."""
    parent: Integers
    born_tai_ns: Integers
    seen_tai_ns: Integers
    plume_tai_ns: Integers
    """Last look that saw its plume; `NEVER_TAI_NS` if none did."""
    recent: Integers
    """[n, RECENT]: numbers of its last plots, the newest first; -1 where there is none."""
    surprise: Floats
    """Running mean of the squared distances of its plots over their degrees of freedom: 1 is
    right, far more is a target that does what no model does."""
    modes: Floats
    """[n, 3]: probabilities of boost, coast and re-entry."""
    mix_rows: Integers
    """[k]: rows whose motion is weighed between several; the others coast (a hypothesis that has a
    plume burns). This and the next two are columns over those rows."""
    mix_mean: Floats
    """[k, 3, 7] by mode; the seventh number is the mode's own (see `motion.transition`)."""
    mix_cov: Floats
    """[k, 3, 7, 7]."""

    @property
    def count(self) -> int:
        """Number of tracks and hypotheses."""
        return int(self.number.size)

    @property
    def mixed(self) -> Flags:
        """Whether the motion of each row is weighed between several."""
        found = np.zeros(self.count, np.bool_)
        found[self.mix_rows] = True
        return found

    def take(self, rows: Integers) -> "Bank":
        """Give some rows, in this order; one that is mixed may be taken once only."""
        place = np.full(self.count, -1)
        place[rows] = np.arange(rows.size)
        kept = np.flatnonzero(place[self.mix_rows] >= 0)
        kept = kept[np.argsort(place[self.mix_rows[kept]])]
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return Bank(
            **columns,
            mix_rows=place[self.mix_rows[kept]],
            mix_mean=self.mix_mean[kept],
            mix_cov=self.mix_cov[kept],
        )

    def with_rows(self, rows: Integers, **columns: Any) -> "Bank":
        """Give the bank with some rows of some columns replaced."""
        changed = {}
        for name, values in columns.items():
            changed[name] = getattr(self, name).copy()
            changed[name][rows] = values
        return replace(self, **changed)


COLUMNS = tuple(each.name for each in fields(Bank) if not each.name.startswith("mix_"))


def joined(parts: Sequence[Bank]) -> Bank:
    """Give banks, one or more, as one."""
    starts = np.cumsum([0, *(part.count for part in parts[:-1])])
    mix_rows = [part.mix_rows + start for part, start in zip(parts, starts, strict=True)]
    return Bank(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS},
        mix_rows=np.concatenate(mix_rows),
        mix_mean=np.concatenate([part.mix_mean for part in parts]),
        mix_cov=np.concatenate([part.mix_cov for part in parts]),
    )


def blank(count: int, errors: int) -> Bank:
    """Give rows without content; all are to be filled by whoever asks."""
    never = np.full(count, NEVER_TAI_NS)
    return Bank(
        mean=np.zeros((count, 6)),
        cov=np.zeros((count, 6, 6)),
        sensitivity=np.zeros((count, 6, errors)),
        number=np.zeros(count, np.int64),
        score=np.zeros(count),
        hits=np.zeros(count, np.int64),
        misses=np.zeros(count, np.int64),
        sensors=np.zeros(count, np.int64),
        parent=np.zeros(count, np.int64),
        born_tai_ns=never,
        seen_tai_ns=never,
        plume_tai_ns=never,
        recent=np.full((count, RECENT), -1),
        surprise=np.ones(count),
        modes=np.tile([0.0, 1.0, 0.0], (count, 1)),
        mix_rows=np.empty(0, np.int64),
        mix_mean=np.empty((0, 3, 7)),
        mix_cov=np.empty((0, 3, 7, 7)),
    )
