"""How tracks start: several looks are heard before it is decided which plots are one object's.

Each plot that no track took begins a hypothesis; each hypothesis goes on with every plot near it,
and without any. Once one has plots enough and stands well above all that share a plot with it, it
becomes a track, and what shares a plot with it is dropped.

Source: Blackman and Popoli, Design and Analysis of Modern Tracking Systems, 1999, sections 6.7 and
16.3 (track-oriented multiple hypotheses), here for the start alone.
"""

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from tocsin.lanes import Flags, Floats, Integers, inline, kernel
from tocsin.tracking import kernels, places, twins
from tocsin.tracking.bank import Bank, blank, joined
from tocsin.tracking.expect import should_be_seen
from tocsin.tracking.feed import expected, gate2
from tocsin.tracking.initiate import PLUME_SPEED_SIGMA_M_S, SPEED_SIGMA_M_S, from_lone_sight
from tocsin.tracking.looks import ELEVATION, RANGE, RATE, Look
from tocsin.tracking.rules import Settings, odds

BRANCHES = 12
"""Most hypotheses that end at one plot."""
HYPOTHESES_MAX = 20_000
MISSES_MAX = 2
"""A hypothesis ends with so many looks in a row that should have seen it and did not."""
MARGIN = 3.0
"""A hypothesis becomes a track if its score is so far above its rivals'."""
LATE_HITS = 5
"""With so many plots the best of its rivals becomes a track whatever the margin."""

BESIDE_M = 15_000.0
"""A plot so near a track, give or take both their errors, may be of something that came off it."""
RATE_SLACK_M_S = 20.0
"""A range rate is of the line to the plot, which is not quite the line to the object."""
APART_M_S = 50.0
"""Standard deviation of the speed at which it came off, along each axis: stages, payloads and
decoys part at metres to tens of metres a second."""


Grown = tuple[Integers, Integers, Floats, Floats, Floats]
"""Hypotheses, plots, what each pair adds to the score, and states and covariances after it."""


def branched(bank: Bank, look: Look, rules: Settings) -> Bank:
    """Let every hypothesis of a bank go on with each plot near it, and without any.

    Args:
        bank: Tracks and hypotheses.
        look: The plots that no track took.
        rules: Of the tracker.
    """
    rows = np.flatnonzero(bank.number == 0)
    if rows.size == 0:
        return bank
    old = bank.take(rows)
    near = np.zeros(rows.size, np.bool_)
    parts = []
    if look.count:
        grow = _by_sight if look.sight else _by_place
        track, plot, gain, mean, cov = grow(old, look.blurred(), rules)
        near[track] = True
        parts.append(_grown(old.take(track), look, plot, gain, (mean, cov)))
    missed = near | should_be_seen(look.site, look.place_m, look.axes, old.mean[:, :3])
    unseen = np.flatnonzero(missed)
    shade = _shade(bank, rows, unseen, look)
    score = bank.score.copy()
    misses = bank.misses.copy()
    score[rows[unseen]] += np.log(1.0 - rules.detection_probability * (1.0 - 0.5 * shade))
    misses[rows[unseen]] += shade == 0.0
    keep = (misses < MISSES_MAX) & (score > odds(rules.drop_existence))
    bank = replace(bank, score=score, misses=misses)
    return joined([bank.take(np.flatnonzero(keep | (bank.number > 0))), *parts])


def _shade(bank: Bank, rows: Integers, unseen: Integers, look: Look) -> Floats:
    """Tell which hypotheses beside a track may have been seen as one with a track: 1 where so.

    Args:
        bank: Tracks and hypotheses.
        rows: Of the hypotheses.
        unseen: Among these, of those that the look did not find.
        look: Of any sensor.
    """
    shade = np.zeros(unseen.size)
    mine = np.flatnonzero(bank.parent[rows[unseen]] > 0)
    fed = np.flatnonzero((bank.number > 0) & (bank.seen_tai_ns == look.time_tai_ns))
    if look.sight or mine.size == 0 or fed.size == 0:
        return shade
    both = np.concatenate([rows[unseen[mine]], fed])
    place = bank.mean[both, :3]
    away = np.linalg.norm(place - look.place_m, axis=1)
    count = np.arange(both.size)
    shade[mine] = twins.shaded(away, place, count[: mine.size], count[mine.size :])
    return shade


def _by_sight(old: Bank, look: Look, rules: Settings) -> Grown:
    """Grow hypotheses by lines of sight."""
    ahead = expected(old.mean, old.cov, look)
    track, plot, distance2, log_det = kernels.gated(
        ahead[0],
        ahead[2],
        look.values,
        look.sigma,
        look.measured,
        look.key,
        gate2(rules, look.dof),
    )
    gain = np.log(rules.detection_probability / rules.false_density[1])
    gain = gain - 0.5 * (distance2 + log_det)
    kept = _best(plot, old.score[track] + gain)
    track, plot = track[kept], plot[kept]
    mean, cov, _ = kernels.updated(
        old.mean, old.cov, ahead, (track, plot), (look.values, look.sigma, look.measured)
    )
    return track, plot, gain[kept], mean, cov


def _by_place(old: Bank, look: Look, rules: Settings) -> Grown:
    """Grow hypotheses by the places that radar plots stand for.

    While a velocity is hardly known a track has been carried to tens of kilometres beside its
    object, where the derivatives of range and angles point the wrong way; a place is a place.
    """
    place, blur = _stand_for(look)
    track, plot, distance2, log_det = places.near(old.mean, old.cov, place, blur, gate2(rules, 3))
    gain = np.log(rules.detection_probability) - 0.5 * (distance2 + log_det)
    gain -= _log_density(look, rules)[plot]
    kept = _best(plot, old.score[track] + gain)
    track, plot = track[kept], plot[kept]
    mean, cov = places.moved_to(old.mean, old.cov, (track, plot), place, blur)
    return track, plot, gain[kept], mean, cov


def _stand_for(look: Look) -> tuple[Floats, Floats]:
    """Give the places [m, 3] that radar plots stand for, and their covariances [m, 3, 3]."""
    return places.stand_for(look.values, look.sigma, look.place_m, look.axes)


def _log_density(look: Look, rules: Settings) -> Floats:
    """Give the logarithms of the false plots expected in a cubic metre where each plot is."""
    across = look.values[:, RANGE] ** 2 * np.cos(look.values[:, ELEVATION])
    return np.asarray(np.log(rules.false_density[0]) - np.log(np.maximum(across, 1.0)))


def _best(plot: Integers, score: Floats) -> Integers:
    """Give the places of the `BRANCHES` best of each plot, in their order."""
    order = np.lexsort((-score, plot))
    ordered = plot[order]
    rank = np.arange(order.size) - np.searchsorted(ordered, ordered)
    return np.sort(order[rank < BRANCHES])


def _grown(
    old: Bank, look: Look, plot: Integers, gain: Floats, after: tuple[Floats, Floats]
) -> Bank:
    """Give hypotheses with one more plot each."""
    mean, cov = after
    n = plot.size
    recent = np.concatenate([look.number[plot][:, None], old.recent[:, :-1]], axis=1)
    seen = np.full(n, look.time_tai_ns)
    return replace(
        old,
        mean=mean,
        cov=cov,
        score=old.score + gain,
        hits=old.hits + 1,
        misses=np.zeros(n, np.int64),
        sensors=old.sensors | 1 << look.sensor,
        seen_tai_ns=seen,
        plume_tai_ns=seen if look.sight else old.plume_tai_ns,
        recent=recent,
    )


def settled(bank: Bank, rules: Settings) -> tuple[Bank, Integers]:
    """Let the hypotheses that stand above their rivals become tracks, and drop these.

    Returns:
        The bank, in which tracks just made still have the number 0, and their rows.
    """
    rows = np.flatnonzero(bank.number == 0)
    if rows.size == 0:
        return bank, rows
    score, hits = bank.score[rows], bank.hits[rows]
    ready = (hits >= rules.confirm_hits) & (score >= odds(rules.confirm_existence))
    if not np.any(ready):
        return bank, np.empty(0, np.int64)
    numbers, recent = np.unique(bank.recent[rows], return_inverse=True)
    recent = recent.reshape(-1, bank.recent.shape[1])
    none = 0 if numbers[0] == -1 else -1
    accepted, kept = decide(
        np.lexsort((-score, ~ready)), score, (hits >= LATE_HITS), ready, recent, none, numbers.size
    )
    dropped = np.zeros(bank.count, np.bool_)
    dropped[rows[~kept & ~accepted]] = True
    place = np.cumsum(~dropped) - 1
    return bank.take(np.flatnonzero(~dropped)), place[rows[accepted]]


@kernel()
def decide(
    order: Integers,
    score: Floats,
    late: Flags,
    ready: Flags,
    recent: Integers,
    none: int,
    plots: int,
) -> tuple[Flags, Flags]:
    """Tell which hypotheses become tracks, and which share no plot with one that does.

    Args:
        order: Those that are ready first, by falling score.
        score, late, ready: [n].
        recent: [n, 4], plots, counted from 0.
        none: The number among these that stands for no plot; below 0 if there is none.
        plots: How many there are.
    """
    n = order.size
    best, second = _two_best(score, ready, recent, none, plots)
    used, claimed = np.zeros(plots + 1, np.bool_), np.zeros(plots + 1, np.bool_)
    accepted, kept = np.zeros(n, np.bool_), np.ones(n, np.bool_)
    for i in order:
        if not ready[i]:
            break
        free, rival = True, -np.inf
        for p in recent[i]:
            if p != none:
                free = free and not used[p] and not claimed[p]
                rival = max(rival, best[p] if best[p] != score[i] else second[p])
        sure = late[i] or score[i] - rival >= MARGIN
        accepted[i] = free and sure
        for p in recent[i]:
            used[p] |= accepted[i] and p != none
            claimed[p] |= free and not sure and p != none
    for i in range(n):
        for p in recent[i]:
            kept[i] &= accepted[i] or p == none or not used[p]
    return accepted, kept


@inline
def _two_best(
    score: Floats, ready: Flags, recent: Integers, none: int, plots: int
) -> tuple[Floats, Floats]:
    """Give the best and the second best score of the ready hypotheses that hold each plot."""
    best, second = np.full(plots + 1, -np.inf), np.full(plots + 1, -np.inf)
    for i in np.flatnonzero(ready):
        for p in recent[i]:
            if p != none:
                second[p] = max(second[p], min(best[p], score[i]))
                best[p] = max(best[p], score[i])
    return best, second


def born(bank: Bank, look: Look, rules: Settings) -> Bank:
    """Begin a hypothesis with each plot, and one more beside a track that it may have come off.

    Args:
        bank: Tracks and hypotheses.
        look: The plots that are nobody's.
        rules: Of the tracker.
    """
    if look.count == 0:
        return bank
    blurred = look.blurred()
    if look.sight:
        n = look.count
        stand = np.broadcast_to(look.place_m, (n, 3)), np.broadcast_to(look.axes, (n, 3, 3))
        place, blur, usable = from_lone_sight(blurred.as_measured(), *stand)
        rows = np.flatnonzero(usable)
        fresh = [_begun(look.take(rows), place[rows], blur[rows], bank, rules)]
    else:
        place, blur = _stand_for(blurred)
        fresh = [_begun(look, place, blur, bank, rules)]
        fresh += _beside(bank, fresh[0])
    return joined([bank, *fresh])


def _begun(look: Look, place: Floats, blur: Floats, bank: Bank, rules: Settings) -> Bank:
    """Give hypotheses of one plot each, of whose motion nothing is known but a range rate."""
    n = look.count
    fresh = blank(n, bank.sensitivity.shape[2])
    mean, cov = fresh.mean, fresh.cov
    mean[:, :3], cov[:, :3, :3] = place, blur
    unsure_m_s = PLUME_SPEED_SIGMA_M_S if look.sight else SPEED_SIGMA_M_S
    cov[:, 3:, 3:] = np.eye(3) * unsure_m_s**2
    if look.measured[RATE]:
        away = place - look.place_m
        line = away / np.linalg.norm(away, axis=1, keepdims=True)
        mean[:, 3:] = look.values[:, RATE, None] * line
        flat = line[:, :, None] * line[:, None, :]
        known = np.square(look.sigma[:, RATE]) + RATE_SLACK_M_S**2
        cov[:, 3:, 3:] += flat * (known - SPEED_SIGMA_M_S**2)[:, None, None]
    seen = np.full(n, look.time_tai_ns)
    recent = fresh.recent
    recent[:, 0] = look.number
    return replace(
        fresh,
        score=np.full(n, odds(rules.born_existence)),
        hits=np.ones(n, np.int64),
        sensors=np.full(n, 1 << look.sensor),
        born_tai_ns=seen,
        seen_tai_ns=seen,
        plume_tai_ns=seen if look.sight else fresh.plume_tai_ns,
        recent=recent,
    )


def _beside(bank: Bank, fresh: Bank) -> list[Bank]:
    """Give hypotheses that move as the nearest track does, where one is near enough."""
    tracks = np.flatnonzero(bank.number > 0)
    if tracks.size == 0 or fresh.count == 0:
        return []
    spread = np.trace(bank.cov[tracks][:, :3, :3], axis1=1, axis2=2)
    sure = tracks[spread < BESIDE_M**2]
    if sure.size == 0:
        return []
    away, nearest = cKDTree(bank.mean[sure, :3]).query(fresh.mean[:, :3])
    blur = np.sqrt(np.trace(fresh.cov[:, :3, :3], axis1=1, axis2=2))
    rows = np.flatnonzero(away < BESIDE_M + 2.0 * blur)
    if rows.size == 0:
        return []
    parent = sure[nearest[rows]]
    child = fresh.take(rows)
    mean, cov = child.mean.copy(), child.cov.copy()
    mean[:, 3:] = bank.mean[parent, 3:]
    cov[:, 3:, 3:] = bank.cov[parent][:, 3:, 3:] + np.eye(3) * APART_M_S**2
    return [replace(child, mean=mean, cov=cov, parent=bank.number[parent])]


def fewer(bank: Bank) -> Bank:
    """Drop the least likely hypotheses beyond `HYPOTHESES_MAX`."""
    rows = np.flatnonzero(bank.number == 0)
    if rows.size <= HYPOTHESES_MAX:
        return bank
    keep = np.ones(bank.count, np.bool_)
    order = np.argsort(-bank.score[rows], kind="stable")
    keep[rows[order[HYPOTHESES_MAX:]]] = False
    return bank.take(np.flatnonzero(keep))
