"""Who knows when: laws that any sharing keeps, and the rule for who is to be warned."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.studies.cases import Case
from tocsin.studies.knowledge import Seen, first_look_s, told

LAUNCHES, SENSORS = 12, 6
EAST, WEST, NORTH = 0, 1, 2
COLUMNS = {EAST: (0, 1), WEST: (2, 3), NORTH: (4, 5)}
DELAYS = {0: 0.0, 1: 0.0, 2: 60.0, 3: 10.0, 4: 2.0}
AT_ONCE = dict.fromkeys(DELAYS, 0.0)


@st.composite
def seen(draw: st.DrawFn) -> Seen:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    first = random.uniform(30.0, 900.0, (LAUNCHES, SENSORS))
    first[random.random(first.shape) < 0.4] = np.inf
    confirmed = first + random.uniform(5.0, 100.0, first.shape)
    confirmed[random.random(first.shape) < 0.2] = np.inf
    return Seen(
        first_s=first,
        confirmed_s=confirmed,
        impact_s=np.full(LAUNCHES, 1000.0),
        defender=random.integers(-1, 3, LAUNCHES),
    )


def case(*partners: int, level: int = 0) -> Case:
    return Case(partners=partners, columns=tuple(COLUMNS[p] for p in partners), level=level)


@given(seen=seen())
def test_pooled_at_once_nobody_knows_later_than_any_partner_alone(seen: Seen) -> None:
    joined = told(case(EAST, WEST, NORTH, level=4), seen, AT_ONCE)

    for partner in COLUMNS:
        alone = told(case(partner), seen, AT_ONCE)
        assert (joined.known_s <= alone.known_s).all()
        assert (joined.two_s <= alone.two_s).all()


@given(seen=seen(), level=st.sampled_from([2, 3, 4]))
def test_sharing_never_delays_what_one_has_oneself(seen: Seen, level: int) -> None:
    apart = told(case(EAST, WEST, NORTH, level=0), seen, DELAYS)
    joined = told(case(EAST, WEST, NORTH, level=level), seen, DELAYS)

    assert (joined.known_s <= apart.known_s).all()
    assert (joined.two_s <= apart.two_s).all()


@given(seen=seen())
def test_a_higher_level_is_never_worse_when_nothing_is_delayed(seen: Seen) -> None:
    known = [told(case(EAST, WEST, level=level), seen, AT_ONCE).known_s for level in (0, 2, 3, 4)]

    for lower, higher in itertools.pairwise(known):
        assert (higher <= lower).all()


@given(seen=seen(), level=st.sampled_from([0, 2, 3]))
def test_every_launch_is_told_as_the_rule_says(seen: Seen, level: int) -> None:
    found = told(case(EAST, WEST, level=level), seen, DELAYS).known_s

    for n in range(LAUNCHES):
        own = {p: min(seen.confirmed_s[n, column] for column in COLUMNS[p]) for p in (EAST, WEST)}
        other = {EAST: own[WEST], WEST: own[EAST]}
        passed = {p: other[p] + DELAYS[level] if level >= 2 else np.inf for p in own}
        each = {p: min(own[p], passed[p]) for p in own}
        defender = seen.defender[n]
        assert found[n] == (each[defender] if defender in each else min(each.values()))


@given(seen=seen())
def test_without_sensors_nothing_is_ever_known(seen: Seen) -> None:
    blind = Case(partners=(EAST, WEST), columns=((), ()), level=4)

    assert np.isinf(told(blind, seen, DELAYS).known_s).all()
    assert np.isinf(first_look_s(blind, seen)).all()


def test_one_look_each_of_two_owners_confirms_only_where_plots_are_pooled() -> None:
    first = np.full((1, SENSORS), np.inf)
    first[0, 0], first[0, 2] = 100.0, 200.0
    seen = Seen(
        first_s=first,
        confirmed_s=np.full((1, SENSORS), np.inf),
        impact_s=np.array([1000.0]),
        defender=np.array([EAST]),
    )

    assert told(case(EAST, WEST, level=4), seen, DELAYS).known_s[0] == pytest.approx(202.0)
    assert np.isinf(told(case(EAST, WEST, level=3), seen, DELAYS).known_s[0])
