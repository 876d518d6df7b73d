"""The assignment against brute force, and what it must never do."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tocsin.tracking.associate import Pairs, assign

costs = st.lists(st.lists(st.floats(-10.0, 5.0), min_size=3, max_size=3), min_size=1, max_size=4)


def all_pairs(table: np.ndarray, keep: np.ndarray) -> Pairs:
    track, plot = np.nonzero(keep)
    return Pairs(track=track, plot=plot, cost=table[track, plot])


def least(table: np.ndarray, keep: np.ndarray) -> float:
    """Try every way to pair rows with columns, or to leave them alone."""
    rows, columns = table.shape
    best = 0.0
    for choice in permutations([*range(columns), *([None] * rows)], rows):
        pairs = [(r, c) for r, c in enumerate(choice) if c is not None]
        if all(keep[pair] for pair in pairs):
            best = min(best, sum(table[pair] for pair in pairs))
    return best


@given(rows=costs, seed=st.integers(0, 2**16))
def test_no_other_pairing_costs_less(rows: list[list[float]], seed: int) -> None:
    table = np.array(rows)
    keep = np.random.default_rng(seed).random(table.shape) < 0.7
    pairs = all_pairs(table, keep)
    taken = assign(pairs, *table.shape)
    track, plot = pairs.track[taken], pairs.plot[taken]
    assert np.isclose(table[track, plot].sum(), least(table, keep))


@given(rows=costs)
def test_nothing_is_taken_twice_or_at_a_positive_cost(rows: list[list[float]]) -> None:
    table = np.array(rows)
    pairs = all_pairs(table, np.ones(table.shape, bool))
    taken = assign(pairs, *table.shape)
    track, plot = pairs.track[taken], pairs.plot[taken]
    assert np.unique(track).size == track.size
    assert np.unique(plot).size == plot.size
    assert np.all(table[track, plot] < 0.0)


def test_without_candidates_nothing_is_taken() -> None:
    nothing = np.empty(0, np.int64)
    assert assign(Pairs(track=nothing, plot=nothing, cost=np.empty(0)), 3, 2).size == 0
