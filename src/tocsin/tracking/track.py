"""The Track record: what a tracker knows of each object, as columns over tracks."""

from dataclasses import dataclass

from tocsin.lanes import Floats, Integers

BOOST, COAST, REENTRY = 0, 1, 2
"""Phases of a flight, as a tracker judges them."""


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

    @property
    def count(self) -> int:
        """Number of tracks."""
        return int(self.track.size)

    def take(self, rows: Integers) -> "Tracks":
        """Give the tracks at these places, in this order."""
        return Tracks(**{name: getattr(self, name)[rows] for name in self.__slots__})
