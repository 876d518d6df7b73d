"""What a look would measure of tracks, which plots they claim, and what these correct.

What these loops do is what `filter` does, for states of six and thousands of tracks in one pass
(tested: the two agree). Each changes the arrays it is told to fill, and nothing else.
"""

import math

import numpy as np

from tocsin.lanes import Flags, Floats, Integers, inline, kernel

LOG_TWO_PI = math.log(2.0 * math.pi)


@inline
def turned(angle_rad: float) -> float:
    """Give an angle turned into -pi to pi."""
    return angle_rad - 2.0 * math.pi * math.floor((angle_rad + math.pi) / (2.0 * math.pi))


@inline
def _look(state: Floats, place: Floats, axes: Floats, z: Floats, h: Floats) -> None:
    """Fill range, azimuth, elevation, range rate [4] and derivatives [4, 6]; as `filter.look`."""
    dx, dy, dz = state[0] - place[0], state[1] - place[1], state[2] - place[2]
    east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    up = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    range_m = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1e-3)
    across2 = max(east * east + north * north, 1e-6)
    across = math.sqrt(across2)
    wx, wy, wz = dx / range_m, dy / range_m, dz / range_m
    rate = wx * state[3] + wy * state[4] + wz * state[5]
    z[0] = range_m
    z[1] = math.atan2(east, north)
    z[2] = math.atan2(up, across)
    z[3] = rate
    lift = up / (range_m * range_m * across)
    rise = across / (range_m * range_m)
    for j in range(3):
        h[1, j] = (north * axes[0, j] - east * axes[1, j]) / across2
        h[2, j] = rise * axes[2, j] - lift * (east * axes[0, j] + north * axes[1, j])
        h[1, j + 3] = 0.0
        h[2, j + 3] = 0.0
        h[0, j + 3] = 0.0
    h[0, 0] = h[3, 3] = wx
    h[0, 1] = h[3, 4] = wy
    h[0, 2] = h[3, 5] = wz
    h[3, 0] = (state[3] - rate * wx) / range_m
    h[3, 1] = (state[4] - rate * wy) / range_m
    h[3, 2] = (state[5] - rate * wz) / range_m


@inline
def _bend(spread: Floats, h: Floats, range_m: float) -> tuple[float, float]:
    """Give what a range bends by over a track's spread across its line, and that at random.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and
    Navigation, 2001, section 10.3.3 (second-order filter), for the range alone.
    """
    trace = spread[0, 0] + spread[1, 1] + spread[2, 2]
    along = 0.0
    off2 = 0.0
    whole2 = 0.0
    for i in range(3):
        turned_i = spread[i, 0] * h[0, 0] + spread[i, 1] * h[0, 1] + spread[i, 2] * h[0, 2]
        along += turned_i * h[0, i]
        off2 += turned_i * turned_i
        whole2 += spread[i, 0] ** 2 + spread[i, 1] ** 2 + spread[i, 2] ** 2
    return (
        0.5 * (trace - along) / range_m,
        0.5 * max(whole2 - 2.0 * off2 + along * along, 0.0) / (range_m * range_m),
    )


@kernel()
def expect(
    mean: Floats, cov: Floats, place: Floats, axes: Floats, z: Floats, h: Floats, s: Floats
) -> None:
    """Fill what a sensor would measure of tracks, the derivatives, and how unsure that is.

    Args:
        mean, cov: [n, 6] and [n, 6, 6].
        place, axes: [3] and [3, 3], as for `filter.look`.
        z, h, s: [n, 4], [n, 4, 6] and [n, 4, 4], filled; a range holds its second order.
    """
    part = np.empty((4, 6))
    for n in range(mean.shape[0]):
        _look(mean[n], place, axes, z[n], h[n])
        spread = cov[n]
        for i in range(4):
            for j in range(6):
                total = 0.0
                for k in range(6):
                    total += h[n, i, k] * spread[k, j]
                part[i, j] = total
        for i in range(4):
            for j in range(i + 1):
                total = 0.0
                for k in range(6):
                    total += part[i, k] * h[n, j, k]
                s[n, i, j] = total
                s[n, j, i] = total
        bend, bend2 = _bend(spread, h[n], z[n, 0])
        z[n, 0] += bend
        s[n, 0, 0] += bend2


@inline
def _weigh(
    s: Floats, sigma: Floats, off: Floats, measured: Flags, low: Floats
) -> tuple[float, float]:
    """Give the squared distance of a residual, and the logarithm of det(2 pi S).

    Fills `low` with the Cholesky factor of S, of those of four numbers that were measured; the
    others have variance 1 and no covariance, and cost nothing.
    """
    distance2 = 0.0
    log_det = 0.0
    for i in range(4):
        total = off[i] if measured[i] else 0.0
        for j in range(i):
            both = measured[i] and measured[j]
            value = s[i, j] if both else 0.0
            for k in range(j):
                value -= low[i, k] * low[j, k]
            low[i, j] = value / low[j, j]
            total -= low[i, j] * low[j, 4]
        value = s[i, i] + sigma[i] * sigma[i] if measured[i] else 1.0
        for k in range(i):
            value -= low[i, k] * low[i, k]
        low[i, i] = math.sqrt(max(value, 1e-300))
        low[i, 4] = total / low[i, i]
        distance2 += low[i, 4] * low[i, 4]
        if measured[i]:
            log_det += 2.0 * math.log(low[i, i]) + LOG_TWO_PI
    return distance2, log_det


@kernel()
def gated(
    z: Floats,
    s: Floats,
    values: Floats,
    sigma: Floats,
    measured: Flags,
    key: int,
    gate2: float,
) -> tuple[Integers, Integers, Floats, Floats]:
    """Give the pairs of a track and a plot within the gate.

    Args:
        z, s: Of `expect`, with whatever else is unsure added to `s`.
        values, sigma: [m, 4], of the plots, rising in `values[:, key]`.
        measured: [4], which numbers this sensor measures.
        key: 0 for range, 2 for elevation: what the plots are sorted by; it must be measured.
        gate2: Squared distance that a pair may have at most.

    Returns:
        Tracks, plots, squared distances, and logarithms of det(2 pi S).
    """
    room = 64 + 4 * z.shape[0]
    track, plot = np.empty(room, np.int64), np.empty(room, np.int64)
    distance2, log_det = np.empty(room), np.empty(room)
    count = 0
    low, off = np.zeros((4, 5)), np.empty(4)
    gate = math.sqrt(gate2)
    keys = values[:, key].copy()
    worst = 0.0
    for m in range(sigma.shape[0]):
        worst = max(worst, sigma[m, key])
    for n in range(z.shape[0]):
        reach = gate * math.sqrt(s[n, key, key] + worst * worst)
        m = np.searchsorted(keys, z[n, key] - reach)
        while m < keys.size and keys[m] <= z[n, key] + reach:
            near = True
            for i in range(4):
                off[i] = values[m, i] - z[n, i]
                if i == 1:
                    off[i] = turned(off[i])
                if measured[i]:
                    near = near and off[i] * off[i] <= gate2 * (
                        s[n, i, i] + sigma[m, i] * sigma[m, i]
                    )
            if near:
                found2, volume = _weigh(s[n], sigma[m], off, measured, low)
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


@kernel()
def updated(
    mean: Floats,
    cov: Floats,
    expected: tuple[Floats, Floats, Floats],
    pairs: tuple[Integers, Integers],
    plots: tuple[Floats, Floats, Flags],
) -> tuple[Floats, Floats, Floats]:
    """Give tracks corrected by plots, one for each pair.

    Args:
        mean, cov: [n, 6] and [n, 6, 6].
        expected: Of `expect`, nothing added.
        pairs: Tracks and plots, [k] each.
        plots: Values [m, 4], standard deviations [m, 4], and which are measured [4].

    Returns:
        States [k, 6], covariances [k, 6, 6] in Joseph's form, and gains [k, 6, 4].
    """
    z, h, s = expected
    track, plot = pairs
    values, sigma, measured = plots
    count = track.size
    state, spread = np.empty((count, 6)), np.empty((count, 6, 6))
    gain = np.zeros((count, 6, 4))
    low, off = np.zeros((4, 5)), np.empty(4)
    kept, part, noise = np.empty((6, 6)), np.empty((6, 6)), np.empty(4)
    for n in range(count):
        t, m = track[n], plot[n]
        for i in range(4):
            off[i] = values[m, i] - z[t, i]
            if i == 1:
                off[i] = turned(off[i])
            if not measured[i]:
                off[i] = 0.0
        _weigh(s[t], sigma[m], off, measured, low)
        _gain(cov[t], h[t], measured, low, gain[n])
        for i in range(4):
            noise[i] = sigma[m, i] * sigma[m, i] if measured[i] else 0.0
        if measured[0]:
            noise[0] += max(s[t, 0, 0] - _quadratic(cov[t], h[t, 0]), 0.0)
        for i in range(6):
            total = mean[t, i]
            for j in range(4):
                total += gain[n, i, j] * off[j]
            state[n, i] = total
            for j in range(6):
                total = 1.0 if i == j else 0.0
                for k in range(4):
                    total -= gain[n, i, k] * h[t, k, j]
                kept[i, j] = total
        _joseph(kept, cov[t], gain[n], noise, part, spread[n])
    return state, spread, gain


@inline
def _quadratic(spread: Floats, way: Floats) -> float:
    """Give the variance of a place along a direction."""
    total = 0.0
    for i in range(3):
        for j in range(3):
            total += way[i] * spread[i, j] * way[j]
    return total


@inline
def _gain(spread: Floats, h: Floats, measured: Flags, low: Floats, gain: Floats) -> None:
    """Fill the gain [6, 4]: covariance of state and measurement, times the inverse of S."""
    for i in range(6):
        for j in range(4):
            total = 0.0
            if measured[j]:
                for k in range(6):
                    total += spread[i, k] * h[j, k]
            for k in range(j):
                total -= low[j, k] * gain[i, k]
            gain[i, j] = total / low[j, j]
        for back in range(4):
            j = 3 - back
            total = gain[i, j]
            for k in range(j + 1, 4):
                total -= low[k, j] * gain[i, k]
            gain[i, j] = total / low[j, j]


@inline
def _joseph(
    kept: Floats, before: Floats, gain: Floats, noise: Floats, part: Floats, after: Floats
) -> None:
    """Fill the covariance after an update, a sum of two squares; `noise` [4] is a diagonal."""
    turned_over(kept, before, part, after)
    for i in range(6):
        for j in range(i + 1):
            for k in range(4):
                after[i, j] += gain[i, k] * noise[k] * gain[j, k]
            after[j, i] = after[i, j]


@inline
def turned_over(kept: Floats, before: Floats, part: Floats, after: Floats) -> None:
    """Fill a covariance [6, 6] with another between a matrix and its transpose."""
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += kept[i, k] * before[k, j]
            part[i, j] = total
    for i in range(6):
        for j in range(i + 1):
            total = 0.0
            for k in range(6):
                total += part[i, k] * kept[j, k]
            after[i, j] = total
            after[j, i] = total
