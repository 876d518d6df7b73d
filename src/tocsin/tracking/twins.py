"""Plots of what flies so near a track's object that a radar shows one of the two at a time.

A payload and the last stage that it left part at a metre or two a second and lie in one cell of a
radar for minutes: of the two each look shows the one that echoed stronger. Such a plot fits the
track nearly, not quite. Taken for the track's own, look after look, it draws the track between the
two and makes it too sure. So each plot is weighed: of the track's object, or of a twin beside it.

Source: Bar-Shalom, Daum and Huang, The probabilistic data association filter, IEEE Control Systems
Magazine 29(6), 2009 (moments of the mixture). The prior and the spread of a twin are assumed.
"""

import numpy as np

from tocsin.lanes import Flags, Floats, Integers, kernel
from tocsin.tracking import kernels
from tocsin.tracking.looks import Look

TWINS = np.array(((0.4, 60.0, 1.5), (0.2, 300.0, 2.0)))
"""Of each kind of twin: the chance that a plot within a track's gate is of one, before its place is
looked at; the standard deviations of how much farther or nearer it is, m, and of how much faster it
goes away, m/s. One is of pieces just parted, or side by side as the radar sees them; the other half
a range cell of 600 m away. Pieces part at one to three metres a second."""
VARIANCES = np.array([(apart_m**2, 0.0, 0.0, rate_m_s**2) for _, apart_m, rate_m_s in TWINS])
"""[j, 4]: what each kind adds to the variances of what is measured."""
TWIN_LEAST = 0.01
"""A chance of a twin below this is taken for none."""
CELL_M = 600.0
NEAR_M = 5_000.0
"""Two tracks whose ranges differ by less than a cell, and whose places by less than `NEAR_M`, may
show one plot between them."""

Corrected = tuple[Floats, Floats, Floats]


def twin_chances(
    off: Floats, variance: Floats, fit: tuple[Floats, Floats], measured: Flags
) -> Floats:
    """Give the chance [k, j] that each plot is of each of `TWINS` of the track that claims it.

    Args:
        off: [k, 4], plots less what was expected.
        variance: [k, 4, 4], of that, without a twin; only what is measured is read.
        fit: Squared distances and logarithms of det(2 pi variance) without a twin, [k] each.
        measured: [4].
    """
    used = np.flatnonzero(measured)
    off, variance = off[:, used], variance[:, used[:, None], used]
    own2, own_log_det = fit
    weight = np.full((len(off), 1 + len(TWINS)), np.log(1.0 - TWINS[:, 0].sum()))
    for kind, chance in enumerate(TWINS[:, 0]):
        wider = variance + np.diag(VARIANCES[kind, used])
        away = np.linalg.solve(wider, off[:, :, None])[:, :, 0]
        distance2 = np.sum(off * away, axis=1)
        log_det = np.linalg.slogdet(wider)[1] + used.size * kernels.LOG_TWO_PI
        gain = 0.5 * (own2 + own_log_det - distance2 - log_det)
        weight[:, 1 + kind] = np.log(chance) + gain
    share = np.exp(weight - weight.max(axis=1, keepdims=True))
    return np.asarray(share[:, 1:] / share.sum(axis=1, keepdims=True))


def blended(
    corrected: Corrected,
    chance: Floats,
    tracks: tuple[Floats, Floats, Corrected],
    pairs: tuple[Integers, Integers],
    look: Look,
) -> Corrected:
    """Give corrections in which each plot counts as a twin's by its chance.

    Args:
        corrected: By plots taken for the tracks' own, [k].
        chance: [k, j], that they are twins'.
        tracks: States, covariances and what is expected of them, as for `kernels.updated`.
        pairs: Tracks and plots, [k] each.
        look: Of a radar.
    """
    rows = np.flatnonzero(chance.sum(axis=1) > TWIN_LEAST)
    if rows.size == 0:
        return corrected
    weights = np.concatenate([1.0 - chance[rows].sum(axis=1, keepdims=True), chance[rows]], axis=1)
    parts = [tuple(one[rows] for one in corrected)]
    for more2 in VARIANCES:
        sigma = np.sqrt(np.square(look.sigma) + more2)
        plots = look.values, sigma, look.measured
        parts.append(kernels.updated(*tracks, (pairs[0][rows], pairs[1][rows]), plots))
    mean, cov, pull = (np.stack(one, axis=1) for one in zip(*parts, strict=True))
    after, spread, gain = (one.copy() for one in corrected)
    after[rows] = np.einsum("kj,kja->ka", weights, mean)
    off = mean - after[rows][:, None]
    spread[rows] = np.einsum("kj,kjab->kab", weights, cov)
    spread[rows] += np.einsum("kj,kja,kjb->kab", weights, off, off)
    gain[rows] = np.einsum("kj,kjab->kab", weights, pull)
    return after, spread, gain


@kernel()
def shaded(range_m: Floats, place_m: Floats, missed: Integers, fed: Integers) -> Floats:
    """Tell which tracks may have been seen as one with another: 1 where so, [k].

    Args:
        range_m: [n], of every track.
        place_m: [n, 3].
        missed: Places of those that no plot claims, [k].
        fed: Of those that one does.
    """
    order = np.argsort(range_m[fed])
    keys = range_m[fed][order]
    found = np.zeros(missed.size)
    for k in range(missed.size):
        n = missed[k]
        m = np.searchsorted(keys, range_m[n] - CELL_M)
        while m < keys.size and keys[m] <= range_m[n] + CELL_M:
            other = fed[order[m]]
            away2 = 0.0
            for i in range(3):
                away2 += (place_m[n, i] - place_m[other, i]) ** 2
            if away2 < NEAR_M * NEAR_M:
                found[k] = 1.0
                break
            m += 1
    return found
