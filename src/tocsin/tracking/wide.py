"""Tracks so unsure of their place that what a radar measures bends across it.

After minutes without a plot a track may lie a hundred kilometres beside its object, and after its
first few plots tens of kilometres. The derivatives of range and angles there are not those where
the object is, and a correction by them goes astray. They are taken where the plot says that it is.

Source: Bell and Cathey, The iterated Kalman filter update as a Gauss-Newton method, IEEE
Transactions on Automatic Control 38(2), 1993; one round of it, from the place of the plot.
"""

import numpy as np

from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots
from tocsin.tracking import places
from tocsin.tracking.filter import ANGLES, Innovation, innovate, measured, wrap_rad
from tocsin.tracking.filter import look as looked
from tocsin.tracking.looks import RANGE, Look

WIDE_SHARE = 0.01
"""A track is wide if its place is less sure than this part of its distance: so far aside the
derivatives turn by as much."""
BEND_SHARE = 0.1
"""It is wide, too, if a range bends across its place by more than this part of the range's own
error. A track of few plots is so by its angles alone; one that is three times as far off as it
claims is drawn astray by nine times the bend, and stays there."""


def wide(mean: Floats, cov: Floats, look: Look) -> Flags:
    """Tell which tracks [n, d] are wide as a radar's look sees them."""
    away = np.linalg.norm(mean[:, :3] - look.place_m, axis=1)
    bend_m = BEND_SHARE * look.sigma[:, RANGE].min(initial=np.inf)
    most2 = np.minimum(np.square(WIDE_SHARE * away), 2.0 * bend_m * away)
    return np.asarray(np.trace(cov[:, :3, :3], axis1=1, axis2=2) > most2)


def expected_at_plots(
    mean: Floats, cov: Floats, look: Look, rows: Integers, gate2: float
) -> tuple[Integers, Floats, Floats, Floats]:
    """Give what a radar would measure of some tracks, with derivatives from beside their plots.

    Args:
        mean, cov: [n, 6] and [n, 6, 6].
        look: Of a radar, with plots.
        rows: Those that are wide.
        gate2: Squared distance within which a plot may be a track's.

    Returns:
        The rows that have a plot near them, and as of `feed.expected` for these: if there are
        several the likeliest counts.
    """
    place, blur = places.stand_for(look.values, look.sigma, look.place_m, look.axes)
    track, plot, distance2, log_det = places.near(mean[rows], cov[rows], place, blur, gate2)
    order = np.lexsort((distance2 + log_det, track))
    found, first = np.unique(track[order], return_index=True)
    near = rows[found]
    state, spread = mean[near], cov[near]
    pairs = (np.arange(near.size), plot[order[first]])
    at, _ = places.moved_to(state, spread, pairs, place, blur)
    z, h = looked(at, *_stands(look, near.size))
    z = z + np.einsum("nij,nj->ni", h, state - at)
    return near, z, h, h @ spread @ np.swapaxes(h, 1, 2)


def innovation_at_plots(mean: Floats, cov: Floats, look: Look, plot: Integers) -> Innovation:
    """Give what plots of a radar say that the tracks beside them did not expect; as `innovation`.

    Args:
        mean, cov: [k, d] and [k, d, d], d 6 or more.
        look: Of a radar.
        plot: [k], of each track.
    """
    rows = np.flatnonzero(wide(mean, cov, look))
    at = mean.copy()
    if rows.size:
        place, blur = places.stand_for(look.values, look.sigma, look.place_m, look.axes)
        place_only = mean[rows, :6].copy(), cov[rows, :6, :6].copy()
        at[rows, :6], _ = places.moved_to(
            *place_only, (np.arange(rows.size), plot[rows]), place, blur
        )
    plots: Plots = look.plots.take(plot)
    values, sigma, used = measured(plots)
    middle, jacobian = looked(at, *_stands(look, plot.size))
    off = values - middle
    off = np.where(ANGLES, wrap_rad(off), off) - np.einsum("nij,nj->ni", jacobian, mean - at)
    return innovate(cov, off, jacobian, np.square(sigma)[:, :, None] * np.eye(4), used)


def _stands(look: Look, count: int) -> tuple[Floats, Floats]:
    """Give place and axes of a look's sensor, so many times."""
    place = np.broadcast_to(look.place_m, (count, 3))
    return place, np.broadcast_to(look.axes, (count, 3, 3))
