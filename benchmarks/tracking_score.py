"""How good tracks are, scan by scan, against the truth: GOSPA, OSPA, misses, swaps and errors."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from tocsin.lanes import Floats, Integers

CUTOFF_M = 10e3
"""A track farther from an object than this is not of it."""
FIRST_SCAN = 8
"""Scans before this one are for getting started; they are not scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a tracker believed, as columns over scans and tracks."""

    scan: Integers
    track: Integers
    state: Floats
    """[n, 6], as the scenario's truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Means over the scans from `FIRST_SCAN` on."""

    gospa_m: float
    ospa_m: float
    missed_share: float
    """Objects without a track, over objects."""
    false_share: float
    """Tracks without an object, over objects."""
    switches: float
    """In 1,000 scans of one object: it is followed by another track than before."""
    rms_m: float
    """Root mean square error of place, of the tracks that have an object."""
    rms_m_s: float
    """The same of velocity."""


def paired(tracks: Floats, objects: Floats) -> tuple[Integers, Integers, Floats]:
    """Give the pairs of places [m, 3] and [n, 3] of least total squared cost, and their distances.

    A pair within the cutoff saves its square less the distance's, so no pair beyond it is ever
    taken, and groups that share no pair within it can be solved apart: exact, whatever the size.
    """
    if not len(tracks) or not len(objects):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    near = cKDTree(tracks).sparse_distance_matrix(
        cKDTree(objects), CUTOFF_M, output_type="coo_matrix"
    )
    size = len(tracks) + len(objects)
    graph = coo_matrix((np.ones(near.nnz), (near.row, len(tracks) + near.col)), shape=(size, size))
    group = connected_components(graph, directed=False)[1][near.row]
    parts = [_solved(near.row[k], near.col[k], near.data[k]) for k in _groups(group)]
    row, column, distance = (np.concatenate(one) for one in zip(*parts, strict=True))
    return row, column, distance


def _groups(group: Integers) -> Iterator[Integers]:
    """Give the places of each group's members."""
    order = np.argsort(group, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _solved(row: Integers, column: Integers, distance: Floats) -> tuple[Integers, Integers, Floats]:
    """Give the best pairs of one group."""
    if row.size <= 1:
        return row, column, distance
    rows, at_row = np.unique(row, return_inverse=True)
    columns, at_column = np.unique(column, return_inverse=True)
    apart = np.full((rows.size, columns.size), np.inf)
    apart[at_row, at_column] = distance
    saved = np.minimum(apart**2 - CUTOFF_M**2, 0.0)
    best = linear_sum_assignment(saved)
    taken = saved[best] < 0.0
    i, j = best[0][taken], best[1][taken]
    return rows[i], columns[j], apart[i, j]


def score(truth: Floats, said: Said) -> Score:
    """Score what a tracker said.

    Args:
        truth: [scan, object, 6].
        said: Any order.

    Sources: Rahmathullah, Garcia-Fernandez and Svensson, Generalized optimal sub-pattern assignment
    metric, 20th International Conference on Information Fusion, 2017 (power 2, alpha 2: the square
    of the cutoff is halved between a miss and a false track); Schuhmacher, Vo and Vo, IEEE Trans.
    Signal Processing 56(8), 2008 (OSPA).
    """
    scans, objects, _ = truth.shape
    last = np.full(objects, -1, np.int64)
    rows, errors, switches = [], [], 0
    for k in range(scans):
        mine = np.flatnonzero(said.scan == k)
        state, number = said.state[mine], said.track[mine]
        row, column, distance = paired(state[:, :3], truth[k, :, :3])
        changed = (last[column] >= 0) & (last[column] != number[row])
        last[column] = number[row]
        if k < FIRST_SCAN:
            continue
        switches += int(np.count_nonzero(changed))
        error2 = (state[row] - truth[k][column]) ** 2
        errors.append(np.stack([error2[:, :3].sum(axis=1), error2[:, 3:].sum(axis=1)], -1))
        rows.append(_distances(distance, objects - row.size, mine.size - row.size))
    mean = np.mean(rows, axis=0)
    rms = np.sqrt(np.concatenate(errors).mean(axis=0)) if sum(map(len, errors)) else (np.nan,) * 2
    return Score(
        gospa_m=float(mean[0]),
        ospa_m=float(mean[1]),
        missed_share=float(mean[2]) / objects,
        false_share=float(mean[3]) / objects,
        switches=1_000.0 * switches / (objects * max(1, scans - FIRST_SCAN)),
        rms_m=float(rms[0]),
        rms_m_s=float(rms[1]),
    )


def _distances(distance: Floats, missed: int, false: int) -> tuple[float, float, int, int]:
    """Give GOSPA and OSPA of one scan, its misses and its false tracks."""
    near2, cutoff2 = float(np.sum(distance**2)), CUTOFF_M**2
    most = distance.size + max(missed, false)
    gospa = (near2 + cutoff2 / 2.0 * (missed + false)) ** 0.5
    ospa = ((near2 + cutoff2 * (most - distance.size)) / most) ** 0.5 if most else 0.0
    return gospa, ospa, missed, false
