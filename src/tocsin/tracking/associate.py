"""Which plot belongs to which track: gates, then the assignment of least total cost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.lanes import Floats, Integers

FORBIDDEN = 1e9
"""Cost of a pair outside its gate: more than any sum of real ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Candidate pairs of a track and a plot that lie in each other's gate; columns [k]."""

    track: Integers
    plot: Integers
    cost: Floats
    """Minus twice the logarithm of the likelihood ratio: the lower the better; below 0 beats
    leaving both alone."""


def assign(pairs: Pairs, tracks: int, plots: int) -> Integers:
    """Give the places of the pairs of least total cost, each track and each plot at most once.

    Solved apart for each group of tracks and plots that share no gate with others; a track or a
    plot may stay alone at no cost, so a pair of positive cost is never taken.

    Args:
        pairs: Candidates; none may appear twice.
        tracks, plots: How many there are.

    Source: Blackman and Popoli, Design and Analysis of Modern Tracking Systems, 1999, section 6.4
    (global nearest neighbour); Crouse, IEEE Trans. AES 52(4), 2016, 1679-1696 (the solver).
    """
    useful = np.flatnonzero(pairs.cost < 0.0)
    track, plot, cost = pairs.track[useful], pairs.plot[useful], pairs.cost[useful]
    alone = (np.bincount(track, minlength=tracks)[track] == 1) & (
        np.bincount(plot, minlength=plots)[plot] == 1
    )
    taken = [useful[alone]]
    rest = np.flatnonzero(~alone)
    if rest.size:
        taken += [useful[rest[one]] for one in _groups(track[rest], plot[rest], cost[rest])]
    return np.sort(np.concatenate(taken))


def _groups(track: Integers, plot: Integers, cost: Floats) -> Iterator[Integers]:
    """Give the places of the pairs taken, group after group."""
    tracks, row = np.unique(track, return_inverse=True)
    plots, column = np.unique(plot, return_inverse=True)
    size = tracks.size + plots.size
    graph = coo_matrix((np.ones(row.size), (row, tracks.size + column)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    order = np.argsort(group[row], kind="stable")
    edges = np.flatnonzero(np.diff(group[row][order])) + 1
    for members in np.split(order, edges):
        yield members[_least(row[members], column[members], cost[members])]


def _least(track: Integers, plot: Integers, cost: Floats) -> Integers:
    """Give the places of the pairs of least total cost within one group."""
    rows, row = np.unique(track, return_inverse=True)
    columns, column = np.unique(plot, return_inverse=True)
    if rows.size == 1 or columns.size == 1:
        return np.array([np.argmin(cost)])
    table = np.full((rows.size, columns.size + rows.size), FORBIDDEN)
    table[row, column] = cost
    table[np.arange(rows.size), columns.size + np.arange(rows.size)] = 0.0
    chosen = np.full(rows.size, -1)
    chosen_row, chosen_column = linear_sum_assignment(table)
    chosen[chosen_row] = chosen_column
    return np.flatnonzero(chosen[row] == column)
