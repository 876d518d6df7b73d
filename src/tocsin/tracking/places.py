"""Tracks fed by the places that radar plots stand for, while their velocity is hardly known.

Such a track has been carried to tens of kilometres beside its object, and there the derivatives of
range and angles point the wrong way; a place is a place.
"""

import math

import numpy as np

from tocsin.lanes import Floats, Integers, inline, kernel
from tocsin.tracking.kernels import turned_over


@kernel()
def stand_for(
    values: Floats, sigma: Floats, place_m: Floats, axes: Floats
) -> tuple[Floats, Floats]:
    """Give the places [m, 3] that radar plots stand for, and their covariances [m, 3, 3].

    Args:
        values, sigma: [m, 3] or more: range, azimuth, elevation, and their standard deviations.
        place_m, axes: [3] and [3, 3], as for `filter.look`.

    To the second order of the angle errors: the mean lies nearer than the plot by half their
    square, and the range is unsure by as much again. `filter.position_from` is the same by sigma
    points (tested).
    """
    count = values.shape[0]
    place, blur = np.empty((count, 3)), np.empty((count, 3, 3))
    line, turn, rise = np.empty(3), np.empty(3), np.empty(3)
    for m in range(count):
        range_m, azimuth, elevation = values[m, 0], values[m, 1], values[m, 2]
        flat, high = math.cos(elevation), math.sin(elevation)
        east, north = math.sin(azimuth), math.cos(azimuth)
        for i in range(3):
            line[i] = flat * (east * axes[0, i] + north * axes[1, i]) + high * axes[2, i]
            turn[i] = north * axes[0, i] - east * axes[1, i]
            rise[i] = flat * axes[2, i] - high * (east * axes[0, i] + north * axes[1, i])
        across, above = (flat * sigma[m, 1]) ** 2, sigma[m, 2] ** 2
        near_m = range_m * (1.0 - 0.5 * (across + above))
        along = sigma[m, 0] ** 2 + 0.5 * range_m * range_m * (across * across + above * above)
        for i in range(3):
            place[m, i] = place_m[i] + near_m * line[i]
            for j in range(3):
                blur[m, i, j] = along * line[i] * line[j] + range_m * range_m * (
                    across * turn[i] * turn[j] + above * rise[i] * rise[j]
                )
    return place, blur


CELL_LEAST_M = 1_000.0
CELLS_MAX = 1_000_000
"""Most cells along one axis."""


def near(
    mean: Floats, cov: Floats, place: Floats, blur: Floats, gate2: float
) -> tuple[Integers, Integers, Floats, Floats]:
    """Give the pairs of a track and a place within the gate.

    Args:
        mean, cov: [n, 6] and [n, 6, 6].
        place, blur: Of the plots, [m, 3] and [m, 3, 3].
        gate2: Squared distance that a pair may have at most.

    Returns:
        Tracks, plots, squared distances, and logarithms of det(2 pi S), of places (m).

    The places are sorted into cubes about as wide as a track is unsure; a track looks into those
    within its reach alone.
    """
    wide2 = np.trace(cov[:, :3, :3], axis1=1, axis2=2)
    worst2 = float(np.max(np.trace(blur, axis1=1, axis2=2), initial=0.0))
    reach = np.sqrt(gate2 * (wide2 + worst2))
    if reach.size == 0 or len(place) == 0:
        none = np.empty(0, np.int64)
        return none, none, np.empty(0), np.empty(0)
    kind = np.floor(0.5 * np.log2(reach / reach.min())).astype(np.int64)
    found = [
        _among((mean, cov, reach), np.flatnonzero(kind == one), (place, blur), gate2)
        for one in np.unique(kind)
    ]
    track, plot, distance2, log_det = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((plot, track))
    return track[order], plot[order], distance2[order], log_det[order]


def _among(
    tracks: tuple[Floats, Floats, Floats],
    rows: Integers,
    plots: tuple[Floats, Floats],
    gate2: float,
) -> tuple[Integers, Integers, Floats, Floats]:
    """Give the pairs of some tracks, about as unsure as each other, as `near`."""
    (mean, cov, reach), (place, blur) = tracks, plots
    least = place.min(axis=0)
    extent = float(np.max(place.max(axis=0) - least))
    cell_m = max(float(np.median(reach[rows])), CELL_LEAST_M, extent / CELLS_MAX)
    cell = np.floor((place - least) / cell_m).astype(np.int64)
    sides = cell.max(axis=0) + 1
    key = (cell[:, 0] * sides[1] + cell[:, 1]) * sides[2] + cell[:, 2]
    order = np.argsort(key, kind="stable")
    track, plot, distance2, log_det = _near(
        (mean[rows], cov[rows], reach[rows]),
        (place[order], blur[order], key[order]),
        (least, cell_m, sides),
        gate2,
    )
    return rows[track], order[plot], distance2, log_det


@kernel()
def _near(
    tracks: tuple[Floats, Floats, Floats],
    plots: tuple[Floats, Floats, Integers],
    grid: tuple[Floats, float, Integers],
    gate2: float,
) -> tuple[Integers, Integers, Floats, Floats]:
    """Give the pairs within the gate, looking into the cubes within each track's reach."""
    mean, cov, reach = tracks
    place, blur, key = plots
    least, cell_m, sides = grid
    room = 64 + 8 * mean.shape[0]
    track, plot = np.empty(room, np.int64), np.empty(room, np.int64)
    distance2, log_det = np.empty(room), np.empty(room)
    count = 0
    low, off = np.empty((3, 4)), np.empty(3)
    first, last = np.empty(3, np.int64), np.empty(3, np.int64)
    for n in range(mean.shape[0]):
        for i in range(3):
            middle = mean[n, i] - least[i]
            first[i] = max(int(np.floor((middle - reach[n]) / cell_m)), 0)
            last[i] = min(int(np.floor((middle + reach[n]) / cell_m)), sides[i] - 1)
        for x in range(first[0], last[0] + 1):
            for y in range(first[1], last[1] + 1):
                row = (x * sides[1] + y) * sides[2]
                m = np.searchsorted(key, row + first[2])
                while m < key.size and key[m] <= row + last[2]:
                    for i in range(3):
                        off[i] = place[m, i] - mean[n, i]
                    apart2 = off[0] * off[0] + off[1] * off[1] + off[2] * off[2]
                    if apart2 <= reach[n] * reach[n]:
                        found2, volume = _weigh(cov[n], blur[m], off, low)
                        if found2 <= gate2:
                            if count == room:
                                room = 2 * room
                                track = np.append(track, np.empty(room - count, np.int64))
                                plot = np.append(plot, np.empty(room - count, np.int64))
                                distance2 = np.append(distance2, np.empty(room - count))
                                log_det = np.append(log_det, np.empty(room - count))
                            track[count], plot[count] = n, m
                            distance2[count], log_det[count] = found2, volume
                            count += 1
                    m += 1
    return track[:count], plot[:count], distance2[:count], log_det[:count]


@inline
def _weigh(spread: Floats, blur: Floats, off: Floats, low: Floats) -> tuple[float, float]:
    """Give the squared distance of a place, and the logarithm of det(2 pi S); fill S's factor."""
    distance2 = 0.0
    log_det = 3.0 * math.log(2.0 * math.pi)
    for i in range(3):
        total = off[i]
        for j in range(i):
            value = spread[i, j] + blur[i, j]
            for k in range(j):
                value -= low[i, k] * low[j, k]
            low[i, j] = value / low[j, j]
            total -= low[i, j] * low[j, 3]
        value = spread[i, i] + blur[i, i]
        for k in range(i):
            value -= low[i, k] * low[i, k]
        low[i, i] = math.sqrt(max(value, 1e-300))
        low[i, 3] = total / low[i, i]
        distance2 += low[i, 3] * low[i, 3]
        log_det += 2.0 * math.log(low[i, i])
    return distance2, log_det


@kernel()
def moved_to(
    mean: Floats,
    cov: Floats,
    pairs: tuple[Integers, Integers],
    place: Floats,
    blur: Floats,
) -> tuple[Floats, Floats]:
    """Give tracks corrected by places, one for each pair: states [k, 6], covariances [k, 6, 6].

    Args:
        mean, cov: [n, 6] and [n, 6, 6].
        pairs: Tracks and plots, [k] each.
        place, blur: Of the plots, [m, 3] and [m, 3, 3].
    """
    track, plot = pairs
    count = track.size
    state, after = np.empty((count, 6)), np.empty((count, 6, 6))
    low, off = np.empty((3, 4)), np.empty(3)
    gain, kept, part = np.empty((6, 3)), np.empty((6, 6)), np.empty((6, 6))
    for n in range(count):
        t, m = track[n], plot[n]
        spread = cov[t]
        for i in range(3):
            off[i] = place[m, i] - mean[t, i]
        _weigh(spread, blur[m], off, low)
        _gain(spread, low, gain)
        for i in range(6):
            state[n, i] = mean[t, i]
            for j in range(6):
                kept[i, j] = 1.0 if i == j else 0.0
            for j in range(3):
                state[n, i] += gain[i, j] * off[j]
                kept[i, j] -= gain[i, j]
        _joseph((kept, spread), (gain, blur[m]), part, after[n])
    return state, after


@inline
def _gain(spread: Floats, low: Floats, gain: Floats) -> None:
    """Fill the gain [6, 3]: covariance of state and place, times the inverse of S."""
    for i in range(6):
        for j in range(3):
            total = spread[i, j]
            for k in range(j):
                total -= low[j, k] * gain[i, k]
            gain[i, j] = total / low[j, j]
        for back in range(3):
            j = 2 - back
            total = gain[i, j]
            for k in range(j + 1, 3):
                total -= low[k, j] * gain[i, k]
            gain[i, j] = total / low[j, j]


@inline
def _joseph(
    before: tuple[Floats, Floats], measured: tuple[Floats, Floats], part: Floats, after: Floats
) -> None:
    """Fill the covariance after an update, a sum of two squares."""
    kept, spread = before
    gain, blur = measured
    turned_over(kept, spread, part, after)
    for i in range(6):
        for j in range(i + 1):
            for k in range(3):
                for p in range(3):
                    after[i, j] += gain[i, k] * blur[k, p] * gain[j, p]
            after[j, i] = after[i, j]
