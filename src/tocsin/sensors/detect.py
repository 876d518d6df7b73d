"""How hits and misses of single looks add up to a confirmed detection."""

import numpy as np

from tocsin.lanes import Floats, inline
from tocsin.sensors.limits import check_confirmation


@inline
def confirm_2_of_3(
    p00: float, p01: float, p10: float, detection_probability: float
) -> tuple[float, float, float, float]:
    """Give the chances after one more look, for a target confirmed by 2 hits in 3 looks in a row.

    Args:
        p00, p01, p10: Chances that it is not confirmed yet and that its last two looks, older one
            first, were miss and miss, miss and hit, hit and miss. At the start: 1, 0, 0.
        detection_probability: Chance that this look hits.

    Returns:
        The three chances after the look, and the chance that this look confirmed it.
    """
    miss = 1.0 - detection_probability
    after_00 = (p00 + p10) * miss
    after_01 = p00 * detection_probability
    after_10 = p01 * miss
    return after_00, after_01, after_10, (p01 + p10) * detection_probability


def confirmation_probability(detection_probability: Floats, hits: int, window: int) -> Floats:
    """Give the chance that a target has been confirmed by each look.

    Args:
        detection_probability: [..., looks], the chance that each look hits; looks do not depend
            on one another.
        hits, window: Confirmed by so many hits among so many looks in a row; window at most 5.

    Returns:
        [..., looks], never falling along the looks; exact.

    Method: the chance of every pattern of the last window - 1 looks is carried from look to look.
    """
    check_confirmation("confirmation", hits, window)
    chance = np.asarray(detection_probability, float)
    size = 1 << (window - 1)
    patterns = np.arange(size)
    fresh = np.bitwise_count(patterns) + 1 < hits
    after_miss = np.zeros((size, size))
    after_hit = np.zeros((size, size))
    after_miss[patterns, (patterns << 1) % size] = 1.0
    after_hit[patterns, (patterns << 1 | 1) % size] = fresh
    waiting = np.zeros((*chance.shape[:-1], size))
    waiting[..., 0] = 1.0
    confirmed = np.zeros(chance.shape)
    total = np.zeros(chance.shape[:-1])
    for look in range(chance.shape[-1]):
        hit = waiting * chance[..., look, None]
        total = total + hit[..., ~fresh].sum(axis=-1)
        waiting = (waiting - hit) @ after_miss + hit @ after_hit
        confirmed[..., look] = total
    return confirmed
