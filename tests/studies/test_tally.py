"""Figures from counts against the same figures worked out from every launch."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.lanes import Floats, Integers
from tocsin.studies.tally import (
    GAIN_ROW,
    NEVER,
    WARNING_ROW,
    gain_figures,
    gain_places,
    quantile_min,
    share_at_least,
    share_seen,
    warning_places,
    warning_seconds,
)

WARNINGS = st.lists(
    st.one_of(st.floats(0.0, 7000.0), st.just(-math.inf)), min_size=1, max_size=200
).map(np.array)
few = settings(max_examples=50, deadline=None)


def row_of(warning_s: Floats) -> Integers:
    return np.bincount(warning_places(warning_s), minlength=WARNING_ROW)


def gain_row(before_s: Floats, after_s: Floats) -> Integers:
    return np.bincount(gain_places(before_s, after_s), minlength=GAIN_ROW)


def brute_quantile_min(values_s: Floats, share: float) -> float:
    ordered = np.sort(values_s)
    return ordered[max(0, math.ceil(share * ordered.size - 1e-9) - 1)] / 60.0


@few
@given(warning_s=WARNINGS, share=st.sampled_from([0.0, 0.05, 0.5, 0.95, 1.0]))
def test_a_quantile_from_counts_is_that_of_the_launches_to_a_second(
    warning_s: Floats, share: float
) -> None:
    exact = brute_quantile_min(np.maximum(warning_s, 0.0), share)

    assert quantile_min(row_of(warning_s), share) == pytest.approx(exact, abs=0.5 / 60 + 1e-9)


@few
@given(warning_s=WARNINGS)
def test_unseen_launches_can_be_left_out_of_a_quantile(warning_s: Floats) -> None:
    seen = warning_s[warning_s >= 0.0]
    found = quantile_min(row_of(warning_s), 0.5, seen_only=True)

    if seen.size == 0:
        assert found is None
    else:
        assert found == pytest.approx(brute_quantile_min(seen, 0.5), abs=0.5 / 60 + 1e-9)


@few
@given(warning_s=WARNINGS, seconds=st.integers(0, 7000))
def test_shares_from_counts_are_those_of_the_launches(warning_s: Floats, seconds: int) -> None:
    row = row_of(warning_s)

    assert share_seen(row) == pytest.approx(np.mean(warning_s >= 0.0))
    assert share_at_least(row, seconds) == pytest.approx(np.mean(np.floor(warning_s) >= seconds))


@few
@given(pairs=st.lists(st.tuples(st.floats(0, 7000), st.floats(0, 7000)), min_size=1, max_size=99))
def test_gain_figures_are_those_of_the_launches(pairs: list[tuple[float, float]]) -> None:
    before, after = np.array(pairs).T
    before = np.where(before < 500.0, -np.inf, before)
    after = np.where(after < 500.0, -np.inf, after)
    gained = np.maximum(after, 0.0) - np.maximum(before, 0.0)
    found = gain_figures(gain_row(before, after))
    gaining = gained[np.floor(gained) >= 30]

    assert found["share_gaining"] == pytest.approx(gaining.size / gained.size)
    assert found["share_losing"] == pytest.approx(np.mean(gained <= -30.0))
    assert found["share_any_loss"] == pytest.approx(np.mean(gained < 0.0))
    assert found["share_newly_seen"] == pytest.approx(np.mean((before < 0) & (after >= 0)))
    assert found["share_newly_unseen"] == pytest.approx(np.mean((before >= 0) & (after < 0)))
    if gaining.size == 0:
        assert found["p50"] is None
        assert found["mean"] is None
    else:
        within = 0.5 / 60 + 1e-9
        assert found["mean"] == pytest.approx(gaining.mean() / 60.0, abs=within)
        for name, share in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
            assert found[name] == pytest.approx(brute_quantile_min(gaining, share), abs=within)


def test_what_is_known_only_at_impact_or_later_is_not_seen() -> None:
    known = np.array([0.0, 599.0, 600.0, 601.0, np.inf])
    places = warning_places(warning_seconds(known, np.full(5, 600.0)))

    assert places.tolist() == [600, 1, NEVER, NEVER, NEVER]


def test_nothing_launched_has_no_figures() -> None:
    empty = np.zeros(WARNING_ROW, dtype=np.int64)

    assert share_seen(empty) is None
    assert quantile_min(empty, 0.5) is None
    assert gain_figures(np.zeros(GAIN_ROW, dtype=np.int64))["share_gaining"] is None


def test_warning_beyond_two_hours_counts_as_two_hours() -> None:
    row = row_of(np.array([9000.0, 8000.0]))

    assert row.sum() == 2
    assert quantile_min(row, 0.5) == 120.0


def test_half_a_minute_is_the_least_that_counts_as_gained_or_lost() -> None:
    before = np.array([100.0, 100.0, 130.0, 129.5])
    after = np.array([130.0, 129.5, 100.0, 100.0])
    found = gain_figures(gain_row(before, after))

    assert (found["share_gaining"], found["share_losing"]) == (0.25, 0.25)
