"""Confirmation by k hits of n looks, against every possible run of hits and misses."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.sensors.detect import confirmation_probability
from tocsin.sensors.limits import SensorError

laws = settings(max_examples=50, deadline=None)
chances = st.floats(0.0, 1.0)
runs = st.lists(chances, min_size=1, max_size=8)


def by_enumeration(chance: list[float], hits: int, window: int) -> list[float]:
    """Add up the chance of every run of hits and misses that has met the rule by each look."""
    confirmed = [0.0] * len(chance)
    for outcome in product((0, 1), repeat=len(chance)):
        weight = float(
            np.prod([p if hit else 1.0 - p for p, hit in zip(chance, outcome, strict=True)])
        )
        met = [
            sum(outcome[max(0, look + 1 - window) : look + 1]) >= hits
            for look in range(len(chance))
        ]
        for look in range(len(chance)):
            confirmed[look] += weight * any(met[: look + 1])
    return confirmed


@laws
@given(chance=runs, window=st.integers(1, 5), data=st.data())
def test_confirmation_equals_the_sum_over_all_runs_of_hits_and_misses(
    chance: list[float], window: int, data: st.DataObject
) -> None:
    hits = data.draw(st.integers(1, window))

    assert confirmation_probability(np.array(chance), hits, window) == pytest.approx(
        np.array(by_enumeration(chance, hits, window)), abs=1e-12
    )


@laws
@given(chance=runs, look=st.integers(0, 7), better=chances)
def test_a_better_look_never_makes_confirmation_less_likely(
    chance: list[float], look: int, better: float
) -> None:
    look %= len(chance)
    raised = chance.copy()
    raised[look] = max(chance[look], better)

    before = confirmation_probability(np.array(chance), 2, 3)
    after = confirmation_probability(np.array(raised), 2, 3)

    assert np.all(after >= before - 1e-12)
    assert np.all(np.diff(after) >= -1e-12)


def test_many_targets_at_once_are_each_as_alone() -> None:
    chance = np.random.default_rng(7).random((4, 3, 6))

    together = confirmation_probability(chance, 2, 4)

    assert together.shape == chance.shape
    assert together[2, 1] == pytest.approx(confirmation_probability(chance[2, 1], 2, 4), abs=1e-15)


@pytest.mark.parametrize(("hits", "window"), [(0, 3), (4, 3), (1, 0), (2, 6)])
def test_a_rule_that_cannot_be_met_is_refused(hits: int, window: int) -> None:
    with pytest.raises(SensorError, match=r"confirm_(hits|window) is \d; it must be from 1 to"):
        confirmation_probability(np.zeros(3), hits, window)
