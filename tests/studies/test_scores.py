"""Scores of tracks: published cases, and the laws that make a distance a distance."""

import json
import math
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.studies.scores import completeness, gospa, latencies_s, nees, ospa, purity, rms

CASES = json.loads((Path(__file__).parents[1] / "references" / "metrics.json").read_text())["cases"]
CUTOFF = 10.0


def points(values: list[Any]) -> np.ndarray:
    return np.array(values, dtype=float).reshape(len(values), -1 if values else 1)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_ospa_and_gospa_are_as_published(case: dict[str, Any]) -> None:
    given_, wanted, near = case["inputs"], case["expected"], case["tolerance"]["abs"]
    truth, estimates = points(given_["truth"]), points(given_["est"])
    order = math.inf if given_["p"] == "inf" else float(given_["p"])

    assert ospa(truth, estimates, given_["c"], order) == pytest.approx(wanted["ospa"], abs=near)
    if wanted["gospa"] is not None:
        found = gospa(truth, estimates, given_["c"], order)
        assert found.value == pytest.approx(wanted["gospa"], abs=near)
        assert [found.localisation, found.missed, found.false] == pytest.approx(
            wanted["gospa_parts"], abs=near
        )


sets = st.lists(st.tuples(st.floats(-20.0, 20.0), st.floats(-20.0, 20.0)), max_size=4).map(
    lambda rows: np.array(rows, dtype=float).reshape(-1, 2)
)
orders = st.sampled_from([1.0, 1.5, 2.0])


@given(one=sets, two=sets, three=sets, order=orders)
def test_both_distances_are_metrics(
    one: np.ndarray, two: np.ndarray, three: np.ndarray, order: float
) -> None:
    for distance in (
        lambda a, b: ospa(a, b, CUTOFF, order),
        lambda a, b: gospa(a, b, CUTOFF, order).value,
        lambda a, b: ospa(a, b, CUTOFF, math.inf),
    ):
        assert distance(one, one[::-1]) == pytest.approx(0.0, abs=1e-9)
        assert distance(one, two) == pytest.approx(distance(two, one), abs=1e-9)
        assert distance(one, three) <= distance(one, two) + distance(two, three) + 1e-9


@given(one=sets, two=sets, order=orders)
def test_the_assignment_is_the_best_of_all(one: np.ndarray, two: np.ndarray, order: float) -> None:
    less, more = sorted((one, two), key=len)
    if len(more) == 0:
        return
    near = np.minimum(np.linalg.norm(less[:, None] - more[None], axis=-1), CUTOFF)
    ways = [
        [near[row, column] for row, column in enumerate(way)]
        for way in permutations(range(len(more)), len(less))
    ]
    extra = len(more) - len(less)
    best = min(sum(each**order for each in way) for way in ways)

    assert ospa(one, two, CUTOFF, order) == pytest.approx(
        ((best + CUTOFF**order * extra) / len(more)) ** (1.0 / order)
    )
    assert gospa(one, two, CUTOFF, order).value == pytest.approx(
        (best + CUTOFF**order / 2.0 * extra) ** (1.0 / order)
    )
    if extra == 0:
        assert ospa(one, two, CUTOFF, math.inf) == pytest.approx(min(max(way) for way in ways))


@given(one=sets, two=sets)
def test_the_parts_make_up_the_whole(one: np.ndarray, two: np.ndarray) -> None:
    found = gospa(one, two, CUTOFF, 2.0)
    rows, columns = found.pairs

    assert len(one) == rows.size + found.missed
    assert len(two) == columns.size + found.false
    assert found.value**2 == pytest.approx(
        found.localisation + CUTOFF**2 / 2.0 * (found.missed + found.false)
    )
    assert np.all(np.linalg.norm(one[rows] - two[columns], axis=-1) < CUTOFF)


def test_errors_drawn_from_their_covariance_have_a_nees_of_their_dimension() -> None:
    chance = np.random.default_rng(2)
    root = chance.normal(size=(6, 6))
    errors = chance.normal(size=(20_000, 6)) @ root.T
    found = nees(errors, np.broadcast_to(root @ root.T, (20_000, 6, 6)))

    assert found.mean() == pytest.approx(6.0, abs=0.1)
    assert nees(3.0 * errors, np.broadcast_to(root @ root.T, (20_000, 6, 6))).mean() > 50.0


def test_the_root_mean_square_is_of_lengths() -> None:
    assert rms(np.array([[3.0, 4.0], [0.0, 0.0]])) == pytest.approx(math.sqrt(12.5))
    assert math.isnan(rms(np.empty((0, 3))))


def test_a_track_that_changes_its_object_is_less_pure() -> None:
    tracks = np.array([1, 1, 1, 1, 2, 2])

    assert purity(tracks, np.array([0, 0, 0, 0, 1, 1])) == 1.0
    assert purity(tracks, np.array([0, 0, 0, 1, 1, 1])) == pytest.approx(5.0 / 6.0)
    assert math.isnan(purity(tracks[:0], tracks[:0]))


def test_what_is_followed_half_the_time_is_half_complete() -> None:
    assert completeness(5, 10) == 0.5
    assert math.isnan(completeness(0, 0))


def test_latency_counts_from_when_the_object_was_there() -> None:
    found = latencies_s(np.array([10.0, 0.0]), np.array([35.0, np.nan]))

    assert found[0] == 25.0
    assert math.isnan(found[1])
