"""How hits and misses of single looks add up to a confirmed detection."""

import numpy as np

from tocsin.lanes import Floats
from tocsin.sensors.limits import check_confirmation


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
