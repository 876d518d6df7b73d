"""Joining tracks of one object that several trackers made, without counting anything twice.

Trackers that watch one object share errors nobody tells of: the same motion assumed, the same air,
plots that went round. Covariance intersection holds whatever two errors have in common: the joined
covariance is never smaller than the truth allows, if each of the two was not. Tracks are paired
by place and velocity at one instant, one to one, and stay paired until they surely part.

Source: Julier and Uhlmann, A non-divergent estimation algorithm in the presence of unknown
correlations, Proc. American Control Conference, 1997, 2369-2373.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from tocsin.lanes import Flags, Floats, Integers
from tocsin.tracking.associate import Pairs, assign
from tocsin.tracking.track import Tracks

ALONE = -1
"""In place of a row: it has no partner."""
DOUBLED = 2.0
"""Times the sum of two covariances: the difference of two errors has no greater one, whatever they
have in common, since (a - b)(a - b)' + (a + b)(a + b)' = 2 aa' + 2 bb'."""
BIAS_M, BIAS_M_S = 1_000.0, 10.0
"""Errors that trackers do not tell of, of each coordinate: lasting errors of sensors that nobody
has measured, other models of air and Earth. Assumed; with them two centres' tracks of one missile
stay far inside the gate (`benchmarks/fusion.py`)."""
GATE = float(chi2.ppf(0.9999, 6))
HELD_GATE = float(chi2.ppf(1.0 - 1e-9, 6))
"""Squared distances up to which tracks may be of one object, at first and once they were paired."""
SPARSE_M, SPARSE_M_S = 300_000.0, 1_000.0
"""One other object is expected in a cube of these sides, of place and of velocity: tracks so vague
that several fit are left alone. Assumed: launches of one raid from one country."""
STAY = 12.0
"""What a pair of before is preferred by: others must be e^6, some 400, times as likely."""
SCALE = np.repeat((1_000.0, 1.0), 3)
"""Metres and metres per second are brought to numbers of one size by these."""
HALVINGS = 40
FARTHEST_M, LOWEST_M, FASTEST_M_S = 5.0e7, 6.0e6, 2.0e4
"""Nobody's track is outside these: from Earth's centre, and over the turning ground."""
ROUND_MOST = 1e12
"""Ratio of the greatest to the least variance, scaled, up to which a covariance can be used."""


def plausible(tracks: Tracks) -> Flags:
    """Tell which tracks are of anything near Earth, with a covariance that is one.

    What others tell may be anything that a message can hold.
    """
    radius = np.linalg.norm(tracks.state[:, :3], axis=1)
    speed = np.linalg.norm(tracks.state[:, 3:], axis=1)
    near = (radius > LOWEST_M) & (radius < FARTHEST_M) & (speed < FASTEST_M_S)
    finite = np.all(np.isfinite(tracks.covariance), axis=(1, 2))
    wide = np.einsum("nii->n", np.where(finite[:, None, None], tracks.covariance, 0.0))
    sound = near & finite & (wide < FARTHEST_M**2)
    scaled = np.where(sound[:, None, None], tracks.covariance / np.outer(SCALE, SCALE), np.eye(6))
    size = np.linalg.eigvalsh(scaled)
    return np.asarray(sound & (size[:, 0] * ROUND_MOST > size[:, -1]))


def paired(tracks: Tracks, others: Tracks, held: Integers) -> Integers:
    """Give the row of `tracks` that each of `others` is of one object with, or `ALONE`.

    Args:
        tracks: [n], of one maker, each of another object.
        others: [m], likewise of another maker, at the same instant.
        held: [m], the rows they were paired with before, or `ALONE`.

    Two are paired if that is likelier than that they are two of `SPARSE_M` and `SPARSE_M_S`; of
    all pairings the likeliest is taken. Order does not matter, but where two are exactly alike.
    """
    one, other = _near(tracks, others)
    cost = np.empty(0)
    if one.size:
        stays = held[other] == one
        distance2, log_size = _apart(tracks.take(one), others.take(other))
        sparse = 6.0 * np.log(SPARSE_M * SPARSE_M_S)
        cost = distance2 + log_size + 6.0 * np.log(2.0 * np.pi) - sparse
        cost = np.where(stays, np.minimum(cost, 0.0) - STAY, cost)
        cost[distance2 >= np.where(stays, HELD_GATE, GATE)] = np.inf
    taken = assign(Pairs(track=one, plot=other, cost=cost), tracks.count, others.count)
    found = np.full(others.count, ALONE)
    found[other[taken]] = one[taken]
    return found


def _near(tracks: Tracks, others: Tracks) -> tuple[Integers, Integers]:
    """Give the pairs whose places alone may be within `HELD_GATE`: none of the others is.

    No variance in any direction is greater than the sum of those along the axes.
    """
    widest = np.einsum("nii->n", tracks.covariance[:, :3, :3])[:, None] + np.einsum(
        "nii->n", others.covariance[:, :3, :3]
    )
    apart = np.zeros(widest.shape)
    for axis in range(3):
        apart += np.subtract.outer(tracks.state[:, axis], others.state[:, axis]) ** 2
    one, other = np.nonzero(apart < HELD_GATE * (DOUBLED * widest + 3.0 * BIAS_M**2))
    return one, other


def _apart(one: Tracks, other: Tracks) -> tuple[Floats, Floats]:
    """Give squared distances of pairs, in their errors, and the logarithms of what those span."""
    bias = np.diag(np.repeat((BIAS_M**2, BIAS_M_S**2), 3))
    spread = DOUBLED * (one.covariance + other.covariance) + bias
    off = (one.state - other.state) / SCALE
    root = np.linalg.cholesky(spread / np.outer(SCALE, SCALE))
    solved = np.linalg.solve(root, off[:, :, None])[:, :, 0]
    size = 2.0 * np.sum(np.log(np.einsum("nii->ni", root)), axis=1)
    return np.sum(solved**2, axis=1), size + 2.0 * float(np.sum(np.log(SCALE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Pairs of estimates made one, as columns [n]."""

    state: Floats
    covariance: Floats
    weight: Floats
    """Of the first of each pair, 0 to 1; the second has the rest."""


def intersected(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> Joined:
    """Give the intersections of estimates (states [n, d], covariances [n, d, d]), pair by pair.

    The weight is the one of the least determinant, so that it does not depend on units. With the
    covariances brought to 1 and to a diagonal m together, the inverse of the joined one is
    w / m + 1 - w, and the logarithm of its determinant, concave in w, has the slope that is
    brought to zero here.

    Source: Julier and Uhlmann, 1997 (see above), equations 6 and 7.
    """
    (x, a), (y, b) = one, other
    root = np.linalg.cholesky(b)
    half = np.linalg.solve(root, a)
    both = np.linalg.solve(root, np.swapaxes(half, 1, 2))
    ratio = np.maximum(np.linalg.eigvalsh(0.5 * (both + np.swapaxes(both, 1, 2))), 1e-300)
    weight = _flattest(1.0 / ratio - 1.0)
    w = weight[:, None, None]
    known_a, known_b = w * np.linalg.inv(a), (1.0 - w) * np.linalg.inv(b)
    covariance = np.linalg.inv(known_a + known_b)
    covariance = 0.5 * (covariance + np.swapaxes(covariance, 1, 2))
    moved = covariance @ known_b @ (y - x)[:, :, None]
    return Joined(state=x + moved[:, :, 0], covariance=covariance, weight=weight)


def _flattest(more: Floats) -> Floats:
    """Give the weights [n] in 0 to 1 at which the sum of more / (1 + w more) [n, d] is nearest 0.

    The sum falls as w grows, so halving finds where it changes its sign, or an end.
    """
    low, high = np.zeros(len(more)), np.ones(len(more))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        rises = np.sum(more / (1.0 + middle[:, None] * more), axis=1) > 0.0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    middle = 0.5 * (low + high)
    return np.where(low == 0.0, 0.0, np.where(high == 1.0, 1.0, middle))


def fused(tracks: Tracks, others: Tracks) -> Tracks:
    """Give tracks joined with others, row by row, at one instant.

    State and covariance are the intersection, phases are weighed as it weighs the two, and the
    ballistic coefficient is that of who knows it better. Plots are added up; number, parent and
    sensors stay those of the first. The result is as sure to exist as the surer of the two.
    """
    assert np.array_equal(tracks.time_tai_ns, others.time_tai_ns)
    square = np.outer(SCALE, SCALE)
    found = intersected(
        (tracks.state / SCALE, tracks.covariance / square),
        (others.state / SCALE, others.covariance / square),
    )
    weight = found.weight[:, None]
    modes = weight * tracks.modes + (1.0 - weight) * others.modes
    knows = tracks.inverse_ballistic_sigma_m2_kg <= others.inverse_ballistic_sigma_m2_kg
    surer = found.weight >= 0.5
    phase = np.where(surer, tracks.phase, others.phase)
    drag = ("inverse_ballistic_m2_kg", "inverse_ballistic_sigma_m2_kg")
    return replace(
        tracks,
        state=found.state * SCALE,
        covariance=found.covariance * square,
        existence=np.maximum(tracks.existence, others.existence),
        phase=phase,
        modes=modes,
        hits=tracks.hits + others.hits,
        **{name: np.where(knows, getattr(tracks, name), getattr(others, name)) for name in drag},
    )
