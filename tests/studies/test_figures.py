"""Small rules between counts and sentences: spreads, the ledger, delays, launch times, wording."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.simulation.scenario import Sharing
from tocsin.studies.figures import share_with_minutes, spread
from tocsin.studies.ledger import ASSESSMENT_MIN, DECISION_MIN, NEEDED_MIN, less, make_ledger
from tocsin.studies.plan import CALL_FLIGHTS_MAX, CALL_FLIGHTS_MIN, DAY_NS, epochs, points_per_chunk
from tocsin.studies.prepare import delays
from tocsin.studies.results import Spread
from tocsin.studies.survey import point_figures
from tocsin.studies.tally import NEVER, WARNING_ROW
from tocsin.studies.wording import (
    area_phrase,
    listed,
    minutes,
    minutes_short,
    percent,
    percent_short,
)


def one(value: float | None, low: float | None = None, high: float | None = None) -> Spread:
    return Spread(
        value=value, low=value if low is None else low, high=value if high is None else high
    )


def test_a_spread_is_the_nominal_with_the_extremes_of_every_variant() -> None:
    assert spread([2.0, 1.0, 3.0]) == one(2.0, 1.0, 3.0)
    assert spread([2.0, 2.5, 3.0]) == one(2.0, 2.0, 3.0)
    assert spread([None, 1.0, 3.0]) == Spread(value=None, low=1.0, high=3.0)
    assert spread([None, None]) == Spread(value=None, low=None, high=None)


def test_a_share_of_launches_with_enough_minutes_moves_with_what_is_needed_and_with_variants() -> (
    None
):
    row, worse = np.zeros(WARNING_ROW, np.int64), np.zeros(WARNING_ROW, np.int64)
    row[[599, 600, 1200, NEVER]] = 1
    worse[[599, NEVER]] = 2
    layout = SimpleNamespace(case_of=((0, 1),), warning={(0, 0): 0, (1, 0): WARNING_ROW})
    counts = np.concatenate([row, worse])

    found = share_with_minutes(layout, counts, 0, one(10.0, 5.0, 15.0))

    assert found == one(0.5, 0.0, 0.75)


def test_what_is_needed_is_the_assessment_and_the_decision() -> None:
    for key in ("value", "low", "high"):
        parts = (getattr(ASSESSMENT_MIN, key), getattr(DECISION_MIN, key))
        assert getattr(NEEDED_MIN, key) == sum(parts)


def test_nothing_is_left_below_zero_and_most_where_a_step_takes_least() -> None:
    assert less(one(5.0, 2.0, 9.0), one(3.5, 3.0, 4.0)) == one(1.5, 0.0, 6.0)
    assert less(one(None), one(3.5)).value is None


def test_a_step_of_the_ledger_takes_the_difference_in_each_variant() -> None:
    left = {
        "flight": [30.0, 30.0, 30.0],
        "detected": [20.0, 12.0, 25.0],
        "confirmed": [19.0, 11.0, 24.5],
        "told": [18.0, 10.0, 24.0],
    }
    found = {line.step: line for line in make_ledger(left, "why")}

    assert found["first detection"].takes_s == one(600.0, 300.0, 1080.0)
    assert found["confirmation"].takes_s == one(60.0, 30.0, 60.0)
    assert found["telling the partner"].left_min == one(18.0, 10.0, 24.0)
    assert found["assessment"].left_min == one(14.5, 6.0, 21.0)


@given(count=st.integers(1, 288), seed=st.integers(0, 2**32 - 1))
def test_launch_times_are_spread_evenly_over_the_day_after_the_start(count: int, seed: int) -> None:
    found = epochs(5, count, seed)
    gaps = np.diff(found)

    assert len(found) == count
    assert (gaps == DAY_NS // count).all()
    assert 5 <= found[0] < 5 + DAY_NS // count
    assert found == epochs(5, count, seed)


def test_another_seed_moves_the_launch_times() -> None:
    assert epochs(0, 4, 1) != epochs(0, 4, 2)


@given(places=st.integers(1, 500), others=st.integers(1, 5000))
def test_a_chunk_fills_a_call_and_never_overfills_it(places: int, others: int) -> None:
    pairs = points_per_chunk(places, places * others) * places

    assert CALL_FLIGHTS_MIN <= pairs <= CALL_FLIGHTS_MAX


def test_a_delay_is_the_slowest_that_the_scenario_says_for_its_level() -> None:
    shares = tuple(
        Sharing(sender=sender, receiver="c", level=3, delay_s=delay_s)
        for sender, delay_s in (("a", 33.0), ("b", 44.0))
    )
    found = delays(SimpleNamespace(sharing=shares))

    assert found[3] == 44.0
    assert found[2] == 60.0


def test_figures_at_a_point_are_the_share_seen_and_the_median_with_unseen_as_zero() -> None:
    layout = SimpleNamespace(groups=(SimpleNamespace(own=None),), case_of=((0,),))
    point = np.array([4, 4, 4, 6])
    warning = [np.array([60.0, -np.inf, 600.0, 300.0])]

    found = point_figures(layout, point, range(4, 7), warning)

    assert found[0] == pytest.approx([3.0, 2 / 3, 1.0])
    assert found[1, 0] == 0.0
    assert np.isnan(found[1, 1:]).all()
    assert found[2] == pytest.approx([1.0, 1.0, 5.0])


def test_figures_read_with_their_unit_and_their_range() -> None:
    assert percent(one(0.343, 0.29, 0.412)) == "34 % (29 to 41)"
    assert percent(one(0.5)) == "50 %"
    assert percent(one(0.004, 0.0, 0.02)) == "0.4 % (0.0 to 2.0)"
    assert minutes(one(7.25, 5.14, 9.0)) == "7.2 min (5.1 to 9.0)"
    assert minutes(one(None)) == "none"
    assert percent_short(one(0.34, 0.29, 0.41)) == "34 (29-41)"
    assert minutes_short(one(None)) == "-"


def test_names_read_as_in_a_sentence() -> None:
    assert area_phrase("Indian Ocean (coarse, north of 60S)") == "the Indian Ocean"
    assert area_phrase("The strait") == "the strait"
    assert area_phrase("Sunan") == "Sunan"
    assert [listed(list(words)) for words in ("", "a", "ab", "abc")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
