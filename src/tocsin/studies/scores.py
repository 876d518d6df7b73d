"""How good tracks are against the truth: OSPA, GOSPA, errors, consistency, purity, latency."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tocsin.lanes import Floats, Integers

GATE_95 = {1: 3.841, 2: 5.991, 3: 7.815, 4: 9.488, 5: 11.070, 6: 12.592}
"""Squares of normal errors of so many dimensions stay below this 95 times in 100.

Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, table 26.8.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gospa:
    """Generalised OSPA (alpha 2) of two sets of points, and what it is made of."""

    value: float
    localisation: float
    """Sum of the matched pairs' distances, each to the power of the order."""
    missed: int
    """True points without an estimate."""
    false: int
    """Estimates without a true point."""
    pairs: tuple[Integers, Integers]
    """Places of the matched pairs, truth and estimates."""


def ospa(truth: Floats, estimates: Floats, cutoff: float, order: float) -> float:
    """Give the optimal sub-pattern assignment distance of two sets of points.

    Args:
        truth, estimates: [n, d] and [m, d].
        cutoff: Above zero, in the unit of the points: the cost of a point too many.
        order: 1 or more; may be infinite.

    Source: Schuhmacher, Vo and Vo, A consistent metric for performance evaluation of multi-object
    filters, IEEE Trans. Signal Processing 56(8), 2008, 3447-3457, equations 3 to 5.
    """
    _check(cutoff, order)
    most, least = max(len(truth), len(estimates)), min(len(truth), len(estimates))
    if most == 0:
        return 0.0
    near = np.minimum(_distances(truth, estimates), cutoff)
    if math.isinf(order):
        return cutoff if most != least else _bottleneck(near)
    powers = near**order
    total = float(powers[linear_sum_assignment(powers)].sum())
    return float(((total + cutoff**order * (most - least)) / most) ** (1.0 / order))


def gospa(truth: Floats, estimates: Floats, cutoff: float, order: float) -> Gospa:
    """Give the generalised OSPA distance with alpha 2: error, missed and false stand apart.

    A pair at the cutoff or beyond it costs what one missed and one false point cost, and is
    counted as those.

    Args:
        truth, estimates: [n, d] and [m, d].
        cutoff: Above zero, in the unit of the points.
        order: 1 or more, finite.

    Source: Rahmathullah, Garcia-Fernandez and Svensson, Generalized optimal sub-pattern assignment
    metric, 20th International Conference on Information Fusion, 2017, definition 1, proposition 1.
    """
    _check(cutoff, order)
    assert math.isfinite(order), "GOSPA needs a finite order"
    distance = _distances(truth, estimates)
    rows, columns = linear_sum_assignment(np.minimum(distance, cutoff) ** order)
    near = distance[rows, columns] < cutoff
    rows, columns = rows[near], columns[near]
    located = float((distance[rows, columns] ** order).sum())
    missed, false = len(truth) - rows.size, len(estimates) - rows.size
    value = (located + cutoff**order / 2.0 * (missed + false)) ** (1.0 / order)
    return Gospa(
        value=float(value),
        localisation=located,
        missed=missed,
        false=false,
        pairs=(rows.astype(np.int64), columns.astype(np.int64)),
    )


def rms(errors: Floats) -> float:
    """Give the root of the mean square length of errors, [n, d]; NaN of none."""
    if len(errors) == 0:
        return math.nan
    return math.sqrt(float(np.mean(np.sum(errors * errors, axis=-1))))


def nees(errors: Floats, covariances: Floats) -> Floats:
    """Give the normalised square of each estimation error, [n]; d on average if all is right.

    Args:
        errors: [n, d], estimate minus truth.
        covariances: [n, d, d], of the estimates; positive definite.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and
    Navigation, 2001, section 5.4.2.
    """
    if len(errors) == 0:
        return np.empty(0)
    return np.asarray(
        np.einsum("ni,ni->n", errors, np.linalg.solve(covariances, errors[..., None])[..., 0])
    )


def purity(track: Integers, thing: Integers) -> float:
    """Give the share of matches that are with the object that their track follows most.

    Args:
        track, thing: [n], number of the track and of the object of each match in time.

    1 if no track ever changes to another object; NaN of no match. Source: Blackman and Popoli,
    Design and Analysis of Modern Tracking Systems, 1999, section 13.3.
    """
    if track.size == 0:
        return math.nan
    _, most = _best(track, thing)
    return float(most.sum() / track.size)


def _best(track: Integers, thing: Integers) -> tuple[Integers, Integers]:
    """Give each track's number and its most matches with one object."""
    pairs, count = np.unique(np.stack([track, thing]), axis=1, return_counts=True)
    tracks, place = np.unique(pairs[0], return_inverse=True)
    most = np.zeros(tracks.size, dtype=np.int64)
    np.maximum.at(most, place, count)
    return tracks, most


def completeness(matched: int, present: int) -> float:
    """Give the share of the objects' instants at which a track followed them; NaN of none."""
    return matched / present if present else math.nan


def latencies_s(first_true_s: Floats, first_matched_s: Floats) -> Floats:
    """Give the time from each object's start to its first match; NaN for one never matched."""
    return np.asarray(first_matched_s - first_true_s)


def _check(cutoff: float, order: float) -> None:
    assert cutoff > 0.0, f"the cutoff is {cutoff}; it must be above 0"
    assert order >= 1.0, f"the order is {order}; it must be 1 or more"


def _distances(truth: Floats, estimates: Floats) -> Floats:
    """Give the distance of each true point from each estimate, [n, m]."""
    if len(truth) == 0 or len(estimates) == 0:
        return np.empty((len(truth), len(estimates)))
    return np.asarray(np.linalg.norm(truth[:, None, :] - estimates[None, :, :], axis=-1))


def _bottleneck(distance: Floats) -> float:
    """Give the least greatest distance over all assignments of a square table."""
    steps = np.unique(distance)
    low, high = 0, steps.size - 1
    while low < high:
        middle = (low + high) // 2
        beyond = (distance > steps[middle]).astype(np.float64)
        if beyond[linear_sum_assignment(beyond)].sum() == 0.0:
            high = middle
        else:
            low = middle + 1
    return float(steps[low])
