"""Which plot belongs to which track: gates, then the assignment of least total cost."""

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


def assign(pairs: Pairs, tracks: int, plots: int) -> tuple[Integers, Integers]:
    """Give the pairs of least total cost, each track and each plot at most once.

    Solved apart for each group of tracks and plots that share no gate with others; a track or a
    plot may stay alone at no cost, so a pair of positive cost is never taken.

    Args:
        pairs: Candidates; none may appear twice.
        tracks, plots: How many there are.

    Returns:
        Track and plot numbers of the pairs taken.

    Source: Blackman and Popoli, Design and Analysis of Modern Tracking Systems, 1999, section 6.4
    (global nearest neighbour); Crouse, IEEE Trans. AES 52(4), 2016, 1679-1696 (the solver).
    """
    useful = np.flatnonzero(pairs.cost < 0.0)
    track, plot, cost = pairs.track[useful], pairs.plot[useful], pairs.cost[useful]
    graph = coo_matrix((np.ones(track.size), (track, tracks + plot)), shape=(tracks + plots,) * 2)
    _, group = connected_components(graph, directed=False)
    taken_track, taken_plot = [], []
    order = np.argsort(group[track], kind="stable")
    edges = np.flatnonzero(np.diff(group[track][order])) + 1
    for members in np.split(order, edges) if order.size else []:
        rows, row_of = np.unique(track[members], return_inverse=True)
        columns, column_of = np.unique(plot[members], return_inverse=True)
        table = np.full((rows.size, columns.size + rows.size), FORBIDDEN)
        table[row_of, column_of] = cost[members]
        table[np.arange(rows.size), columns.size + np.arange(rows.size)] = 0.0
        chosen_row, chosen_column = linear_sum_assignment(table)
        real = chosen_column < columns.size
        taken_track.append(rows[chosen_row[real]])
        taken_plot.append(columns[chosen_column[real]])
    if not taken_track:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(taken_track), np.concatenate(taken_plot)
