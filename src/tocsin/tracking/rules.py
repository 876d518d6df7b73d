"""What a tracker takes for granted of its sensors and of what flies."""

import math
from dataclasses import dataclass

from tocsin.tracking.motion import WGS84, EarthModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the tracker takes for granted of its sensors and of what flies."""

    detection_probability: float = 0.85
    """Of an object in view, by one look."""
    false_density: tuple[float, float] = (4e-8, 4.0)
    """False plots expected in a unit of what is measured, radar (m rad^2) and infrared (rad^2)."""
    born_existence: float = 0.1
    """Of a hypothesis with a single plot."""
    confirm_existence: float = 0.95
    confirm_hits: int = 3
    drop_existence: float = 0.01
    gate: float = 0.999
    """Share of an object's own plots that fall within its gate."""
    burning_s: float = 12.0
    """A rocket is taken to burn so long after the last look that saw its plume."""
    unseen_s: float = 3_600.0
    """A track that nothing has fed for so long is dropped."""
    hypothesis_unseen_s: float = 120.0
    """The same of a hypothesis."""
    earth: EarthModel = WGS84


EXISTENCE_MAX = 1.0 - 1e-6
"""However many plots fed it, a track may be gone: silence must be able to end it."""
SCORE_MAX = math.log(EXISTENCE_MAX / (1.0 - EXISTENCE_MAX))


def odds(existence: float) -> float:
    """Give the logarithm of the odds of a probability."""
    return math.log(existence / (1.0 - existence))
