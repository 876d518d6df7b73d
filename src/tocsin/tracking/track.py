"""The Track record: what a tracker knows of each object, as columns over tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tocsin.lanes import Floats, Integers

BOOST, COAST, REENTRY = 0, 1, 2
"""Phases of a flight, as a tracker judges them."""
PHASES = (BOOST, COAST, REENTRY)

INVERSE_BALLISTIC_M2_KG = 2e-4
"""Prior of what re-enters: 5,000 kg/m^2, between a slender warhead (10,000) and a blunt (2,000)."""
INVERSE_BALLISTIC_SIGMA_M2_KG = 2e-4
"""Its standard deviation: the prior is unsure of as much again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Tracks at one instant each, as columns [n]; Earth-fixed metres and metres per second."""

    track: Integers
    """Number, never used again."""
    time_tai_ns: Integers
    """Instant that state and covariance are for."""
    state: Floats
    """[n, 6]: x, y, z and their rates."""
    covariance: Floats
    """[n, 6, 6], of the state's error."""
    existence: Floats
    """Probability that the object is there, 0 to 1."""
    phase: Integers
    """`BOOST`, `COAST` or `REENTRY`."""
    sensors: Integers
    """Bit s is set if sensor s fed the track."""
    hits: Integers
    """Plots that fed it."""
    misses: Integers
    """Looks in a row that should have seen it and did not."""
    parent: Integers
    """Number of the track that it came off (a stage, a payload, a decoy); 0 if of none."""
    modes: Floats
    """[n, 3]: probabilities that it now boosts, coasts or re-enters; each row adds up to 1."""
    inverse_ballistic_m2_kg: Floats
    """Drag coefficient times area over mass, as estimated; before re-entry it is the prior."""
    inverse_ballistic_sigma_m2_kg: Floats
    """Standard deviation of that."""

    @property
    def count(self) -> int:
        """Number of tracks."""
        return int(self.track.size)

    def take(self, rows: Integers) -> "Tracks":
        """Give the tracks at these places, in this order."""
        return Tracks(**{name: getattr(self, name)[rows] for name in self.__slots__})


def plain_tracks(**columns: Any) -> Tracks:
    """Give tracks of which only the first nine columns are told.

    They came off no other, are surely in their phase, and have the prior ballistic coefficient.
    """
    phase = columns["phase"]
    told = {
        "parent": np.zeros(phase.size, np.int64),
        "modes": np.eye(len(PHASES))[phase],
        "inverse_ballistic_m2_kg": np.full(phase.size, INVERSE_BALLISTIC_M2_KG),
        "inverse_ballistic_sigma_m2_kg": np.full(phase.size, INVERSE_BALLISTIC_SIGMA_M2_KG),
    }
    return Tracks(**(told | columns))


def joined_tracks(parts: Sequence[Tracks]) -> Tracks:
    """Give batches of tracks, one or more, as one."""
    return Tracks(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Tracks.__slots__
        }
    )
