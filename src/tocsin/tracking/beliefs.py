"""How likely each plot of a crowd is each track's, all ways to share them weighed at once.

Source: Williams and Lau, Approximate evaluation of marginal association probabilities with belief
propagation, IEEE Transactions on Aerospace and Electronic Systems 50(4), 2014, equations 19 to 22;
exact where the graph of tracks and plots has no loop.
"""

import numpy as np

from tocsin.lanes import Floats, Integers

ROUNDS_MAX = 200
SETTLED = 1e-6
"""Messages that change less than this, as a share, have settled."""


def beliefs(track: Integers, plot: Integers, ratio: Floats, sizes: tuple[int, int]) -> Floats:
    """Give the probability [k] of each pair of a track and a plot.

    Args:
        track, plot: [k] each; none may appear twice.
        ratio: [k], likelihood that the plot is the track's over that it is of nothing and the track
            was missed: detection probability times density over (1 - detection probability) times
            the density of false plots.
        sizes: Numbers of tracks and of plots.

    What is left of a track's 1 is the probability that none of these plots is its.
    """
    tracks, plots = sizes
    message = np.ones(track.size)
    for _ in range(ROUNDS_MAX):
        weighed = ratio * message
        whole = 1.0 + np.bincount(track, weighed, minlength=tracks)
        up = ratio / np.maximum(whole[track] - weighed, 1e-300)
        total = 1.0 + np.bincount(plot, up, minlength=plots)
        fresh = 1.0 / np.maximum(total[plot] - up, 1e-300)
        change = np.max(np.abs(fresh - message) / np.maximum(message, 1e-12), initial=0.0)
        message = fresh
        if change < SETTLED:
            break
    weighed = ratio * message
    whole = 1.0 + np.bincount(track, weighed, minlength=tracks)
    return np.asarray(weighed / whole[track])
