"""Tracks that break off in flight while another begins nearby: targets that do not fly freely.

A tracker that knows gravity, air and engines loses a target that turns in space: the track ends,
and a new one begins where the old one, carried on, should not be. Each fits its own few plots, so
their misfit says nothing; that one follows the other does. It happens again and again: a single
break is more often a poor track, or two missiles that cross.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import chi2

from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Flags, Floats, Integers
from tocsin.tracking.motion import predict
from tocsin.tracking.track import BOOST, COAST, Tracks

BEFORE_S = 30.0
"""The new track's first plot may lie so long before the old track's last: both lay in one gate."""
AFTER_S = 60.0
"""And so long after it."""
BELIEVED_S = 120.0
"""The new track is believed within this time of the old one's end."""
LATELY_S = 180.0
"""So soon after the old track's end the new one, which is known better by then, is still held
against it: a push shows that is hidden by how little was known at first."""
PUSH_MAX_M_S2 = 50.0
"""What turns harder than this, five times gravity, is not looked for."""
GRAVITY_M_S2 = 10.0
"""Rounded up."""
FITS = 0.9999
"""Share of tracks of one freely flying object that fit each other better than this."""
SIGMAS = 3.0


def broken_off(first: Tracks, last: Tracks, born_tai_ns: Integers, infrared: int = 0) -> Flags:
    """Tell which tracks [n] broke off, or began where one did, in a chain of three or more.

    Tracks that a satellite fed are left out: their velocities are too often worse than they claim.

    Args:
        first: Each track as it was when it was first believed.
        last: Each as it was at its last plot.
        born_tai_ns: Its first plot.
        infrared: Bits of the infrared sensors.
    """
    old, new = _followers(first, last, born_tai_ns, infrared)
    near = _may_be_near(last.take(old), first.take(new))
    old, new = old[near], new[near]
    if old.size == 0:
        return np.zeros(last.count, np.bool_)
    end, begin = last.take(old), first.take(new)
    passed_s = (begin.time_tai_ns - end.time_tai_ns) / SECOND_NS
    apart, spread, away = _apart(end, begin)
    lately = last.take(new)
    late_s = (lately.time_tai_ns - end.time_tai_ns) / SECOND_NS
    soon = np.flatnonzero((late_s <= LATELY_S) & (lately.phase == COAST))
    away[soon] = np.maximum(away[soon], _apart(end.take(soon), lately.take(soon))[2])
    sigma = np.sqrt(np.diagonal(spread, axis1=1, axis2=2))
    since_s = passed_s + BEFORE_S
    reach = [0.5 * PUSH_MAX_M_S2 * since_s**2, PUSH_MAX_M_S2 * since_s]
    near = np.ones(old.size, np.bool_)
    for part, most in zip((slice(0, 3), slice(3, 6)), reach, strict=True):
        slack = SIGMAS * np.linalg.norm(sigma[:, part], axis=1)
        near &= np.linalg.norm(apart[:, part], axis=1) <= most + slack
    odd = near & (away > chi2.ppf(FITS, 6))
    return _in_chains(old[odd], new[odd], last.count)


def _apart(end: Tracks, begin: Tracks) -> tuple[Floats, Floats, Floats]:
    """Give how far tracks are from others carried on to them: differences, spreads, squares."""
    passed_s = (begin.time_tai_ns - end.time_tai_ns) / SECOND_NS
    mean, cov = predict(end.state, end.covariance, passed_s, end.phase)
    apart, spread = begin.state - mean, begin.covariance + cov
    away = np.sum(apart * np.linalg.solve(spread, apart[..., None])[..., 0], axis=1)
    return apart, spread, away


def _may_be_near(end: Tracks, begin: Tracks) -> Flags:
    """Tell which pairs lie near enough to be looked at, on a straight line: wide, but quick."""
    passed_s = (begin.time_tai_ns - end.time_tai_ns) / SECOND_NS
    ahead = end.state[:, :3] + end.state[:, 3:] * passed_s[:, None]
    away = np.linalg.norm(begin.state[:, :3] - ahead, axis=1)
    place, rate, other = (
        np.sqrt(np.trace(part, axis1=1, axis2=2))
        for part in (
            end.covariance[:, :3, :3],
            end.covariance[:, 3:, 3:],
            begin.covariance[:, :3, :3],
        )
    )
    bend = 0.5 * (PUSH_MAX_M_S2 + GRAVITY_M_S2) * (passed_s + BEFORE_S) ** 2
    slack = SIGMAS * (place + rate * passed_s + other)
    return np.asarray(away <= bend + slack)


def _in_chains(old: Integers, new: Integers, count: int) -> Flags:
    """Tell which tracks belong to a chain with a track that began at a break and ended at one."""
    ends, begins = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    ends[old], begins[new] = True, True
    links = coo_array((np.ones(old.size), (old, new)), shape=(count, count))
    _, chain = connected_components(links, directed=False)
    return np.isin(chain, chain[ends & begins])


def _followers(
    first: Tracks, last: Tracks, born_tai_ns: Integers, infrared: int
) -> tuple[Integers, Integers]:
    """Give the pairs of a track that ended and another that began then, not as a piece of it."""
    order = np.argsort(born_tai_ns)
    born = born_tai_ns[order]
    end = last.time_tai_ns
    low = np.searchsorted(born, end - round(BEFORE_S * SECOND_NS))
    high = np.searchsorted(born, end + round(AFTER_S * SECOND_NS), side="right")
    old = np.repeat(np.arange(last.count), high - low)
    place = np.arange(old.size) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    new = order[np.repeat(low, high - low) + place]
    wait = first.time_tai_ns[new] - end[old]
    good = (old != new) & (wait > 0) & (wait <= BELIEVED_S * SECOND_NS)
    good &= (last.phase[old] != BOOST) & (first.phase[new] != BOOST)
    radar = (last.sensors & infrared) == 0
    good &= radar[old] & radar[new]
    parent = last.parent[new]
    good &= (parent == 0) | ((parent != last.track[old]) & (parent != last.parent[old]))
    return old[good], new[good]
