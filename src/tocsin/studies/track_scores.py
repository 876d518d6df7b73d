"""Tracks beside the truth, instant after instant, and the scores that come of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tocsin.earth.time import SECOND_NS
from tocsin.formats.truth_table import Truth
from tocsin.lanes import Floats, Integers
from tocsin.studies.scores import (
    GATE_95,
    completeness,
    gospa,
    latencies_s,
    nees,
    ospa,
    purity,
    rms,
)
from tocsin.tracking.track import Tracks

CUTOFF_M = 20_000.0
"""What a missed or a false track costs; a pair farther apart is no pair."""
ORDER = 2.0
EVERY_S = 1.0
"""Least time between two instants that are compared."""
PLACE_SHARED_M = 1_000.0
"""A track that matches a piece so near to its payload follows the payload too, if no other does:
at the distances of warning radars both lie in one cell, and the one track is of both."""


FAR = 1e30
"""Stands for the normalised square of what is no pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How good tracks were, over all the instants compared; NaN where there is nothing to judge."""

    instants: int
    objects: int
    objects_tracked: int
    """Objects that some track followed at some instant."""
    missiles: int
    """Objects that came off no other; all of them where the truth names no parents."""
    missiles_tracked: int
    missiles_completeness: float
    """Share of the missiles' instants with a track, their own or shared (`PLACE_SHARED_M`)."""
    pieces: int
    """Spent stages and whatever else came off a missile."""
    pieces_tracked: int
    """By a track that matched the piece itself."""
    gospa_m: float
    """Mean over the instants; cutoff `CUTOFF_M`, order 2, alpha 2."""
    ospa_m: float
    missed: float
    """Objects without a track, mean over the instants, whether or not a sensor could see them."""
    false: float
    """Tracks without an object, mean over the instants."""
    position_rmse_m: float
    velocity_rmse_m_s: float
    nees: float
    """Mean of matched pairs; 6 if the covariances are right."""
    nees_within_95: float
    """Share of the pairs within the 95 % bound: 0.95 if the covariances are right."""
    purity: float
    completeness: float
    latency_median_s: float
    """From the first instant in the truth to the first match, over the missiles tracked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Tracks and truth at one instant; columns [k] over the matched pairs."""

    time_tai_ns: int
    gospa_m: float
    ospa_m: float
    missed: int
    false: int
    present: int
    """Objects that were there."""
    errors: Floats
    """[k, 6], track minus truth."""
    nees: Floats
    track: Integers
    object: Integers
    """Place in the truth's objects."""
    missiles: Integers
    """Places of the missiles that were there."""
    followed: Integers
    """Places of those among them that a track followed, their own or a shared one."""


def compared(truth: Truth, tracks: Tracks, now_tai_ns: int) -> Comparison | None:
    """Compare believed tracks with the truth at their instant; nothing if no object is there."""
    objects, state = truth_at(truth, now_tai_ns)
    if objects.size == 0:
        return None
    found = gospa(state[:, :3], tracks.state[:, :3], CUTOFF_M, ORDER)
    here, there = sorted_out(truth, (objects, state), found.pairs, tracks)
    errors = tracks.state[there] - state[here]
    return Comparison(
        time_tai_ns=now_tai_ns,
        gospa_m=found.value,
        ospa_m=ospa(state[:, :3], tracks.state[:, :3], CUTOFF_M, ORDER),
        missed=found.missed,
        false=found.false,
        present=objects.size,
        errors=errors,
        nees=nees(errors, tracks.covariance[there]),
        track=tracks.track[there],
        object=objects[here],
        missiles=np.intersect1d(objects, truth.payloads),
        followed=_followed(truth, (objects, state), objects[here]),
    )


def sorted_out(
    truth: Truth, there: tuple[Integers, Floats], pairs: tuple[Integers, Integers], tracks: Tracks
) -> tuple[Integers, Integers]:
    """Give pairs of objects and tracks in which each track has the piece that it fits best.

    A payload and the stage that it left lie hundreds of metres apart for minutes, where a track is
    sure of its range to tens of metres and of its place across to a kilometre: by distance it is
    chance which of the two it is paired with. The tracks of one missile and its pieces are held
    against these anew, each against one, so that the sum of their normalised squares is least;
    which tracks are paired stays as it was, and with which missile.

    Args:
        truth: All objects.
        there: Those of the instant, and their states.
        pairs: Places in `there` and in the tracks, by distance.
        tracks: Of that instant.
    """
    here, track = pairs
    if not truth.parents:
        return pairs
    objects, state = there
    family = np.array([truth.parents[each] or truth.objects[each] for each in objects])
    here = here.copy()
    for name in np.unique(family[here]):
        mine = np.flatnonzero(family[here] == name)
        pieces = np.flatnonzero(family == name)
        if pieces.size < 2:
            continue
        off = tracks.state[track[mine], None] - state[None, pieces]
        far = np.linalg.norm(off[:, :, :3], axis=2) >= CUTOFF_M
        solved = np.linalg.solve(tracks.covariance[track[mine]][:, None], off[..., None])[..., 0]
        square = np.where(far, FAR, np.sum(off * solved, axis=2))
        row, column = linear_sum_assignment(square)
        here[mine[row]] = pieces[column]
    return here, track


def _followed(truth: Truth, there: tuple[Integers, Floats], matched: Integers) -> Integers:
    """Give the missiles that are followed: matched, or beside a piece of theirs that is.

    Args:
        truth: All objects.
        there: Those of the instant, and their states.
        matched: Those with a track.
    """
    payloads = np.intersect1d(matched, truth.payloads)
    if not truth.parents:
        return payloads
    place = {truth.objects[each]: row for row, each in enumerate(there[0])}
    at = {int(each): row for row, each in enumerate(there[0])}
    shared = []
    for piece in np.setdiff1d(matched, payloads).tolist():
        parent = place.get(truth.parents[piece])
        if parent is None or truth.parents[there[0][parent]]:
            continue
        off = there[1][parent, :3] - there[1][at[piece], :3]
        shared += [there[0][parent]] if np.linalg.norm(off) <= PLACE_SHARED_M else []
    return np.union1d(payloads, np.array(shared, dtype=np.int64))


def truth_at(truth: Truth, now_tai_ns: int) -> tuple[Integers, Floats]:
    """Give the objects that are there at an instant, and their states [k, 6].

    Between two rows the place follows the cubic through both places and velocities (Hermite). In
    free flight it is 1 mm off at 10 s between rows, 3 m at 100 s; across a burnout (40 m/s^2 gone
    at once) up to 19 m at 10 s.
    """
    count = len(truth.objects)
    edge = np.searchsorted(truth.object, np.arange(count + 1))
    objects, states = [], []
    for each in range(count):
        own = slice(edge[each], edge[each + 1])
        time = truth.time_tai_ns[own]
        if not time[0] <= now_tai_ns <= time[-1]:
            continue
        after = max(1, int(np.searchsorted(time, now_tai_ns)))
        objects.append(each)
        if time.size == 1:
            states.append(truth.state[own][0])
            continue
        span_s = (time[after] - time[after - 1]) / SECOND_NS
        part = (now_tai_ns - time[after - 1]) / (time[after] - time[after - 1])
        states.append(_hermite(truth.state[own][after - 1 : after + 1], float(part), float(span_s)))
    return np.array(objects, dtype=np.int64), np.array(states).reshape(-1, 6)


def _hermite(ends: Floats, u: float, span_s: float) -> Floats:
    """Give the state a part `u` of the way between two.

    Source: Press et al., Numerical Recipes, 3rd ed., 2007, section 3.3.
    """
    (p0, p1), (v0, v1) = ends[:, :3], ends[:, 3:] * span_s
    rise = p1 - p0
    c2, c3 = 3.0 * rise - 2.0 * v0 - v1, v0 + v1 - 2.0 * rise
    place = p0 + u * (v0 + u * (c2 + u * c3))
    rate = (v0 + u * (2.0 * c2 + 3.0 * u * c3)) / span_s
    return np.concatenate([place, rate])


def scores(truth: Truth, seen: Sequence[Comparison]) -> Scores:
    """Add up comparisons in order of time, one or more."""
    errors = np.concatenate([each.errors for each in seen])
    square = np.concatenate([each.nees for each in seen])
    track = np.concatenate([each.track for each in seen])
    thing = np.concatenate([each.object for each in seen])
    missiles = truth.payloads
    followed = np.concatenate([each.followed for each in seen])
    late = _latencies_s(truth, seen)
    return Scores(
        instants=len(seen),
        objects=len(truth.objects),
        objects_tracked=np.unique(thing).size,
        missiles=missiles.size,
        missiles_tracked=np.unique(followed).size,
        missiles_completeness=completeness(followed.size, sum(each.missiles.size for each in seen)),
        pieces=len(truth.objects) - missiles.size,
        pieces_tracked=np.setdiff1d(thing, missiles).size,
        gospa_m=float(np.mean([each.gospa_m for each in seen])),
        ospa_m=float(np.mean([each.ospa_m for each in seen])),
        missed=float(np.mean([each.missed for each in seen])),
        false=float(np.mean([each.false for each in seen])),
        position_rmse_m=rms(errors[:, :3]),
        velocity_rmse_m_s=rms(errors[:, 3:]),
        nees=float(np.mean(square)) if square.size else math.nan,
        nees_within_95=float(np.mean(square <= GATE_95[6])) if square.size else math.nan,
        purity=purity(track, thing),
        completeness=completeness(track.size, sum(each.present for each in seen)),
        latency_median_s=float(np.median(late)) if late.size else math.nan,
    )


def _latencies_s(truth: Truth, seen: Sequence[Comparison]) -> Floats:
    """Give the latencies of the missiles that were followed at some instant."""
    thing = np.concatenate([each.followed for each in seen])
    time = np.concatenate([np.full(each.followed.size, each.time_tai_ns) for each in seen])
    matched, first = np.unique(thing, return_index=True)
    began = truth.time_tai_ns[np.searchsorted(truth.object, matched)]
    zero = truth.time_tai_ns.min()
    return latencies_s((began - zero) / SECOND_NS, (time[first] - zero) / SECOND_NS)
