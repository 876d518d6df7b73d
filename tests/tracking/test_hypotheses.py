"""Starts of tracks: the right plots make one, no plot makes two, and doubt waits."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lanes import Floats, Integers
from tocsin.tracking import hypotheses
from tocsin.tracking.bank import Bank, blank, joined
from tocsin.tracking.hypotheses import (
    APART_M_S,
    HYPOTHESES_MAX,
    LATE_HITS,
    MARGIN,
    born,
    branched,
    decide,
    fewer,
    settled,
)
from tocsin.tracking.initiate import SPEED_SIGMA_M_S
from tocsin.tracking.rules import Settings, odds
from tocsin.tracking.step import TrackerState, start, step

WORLD: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("small_world.py")))
SITES = WORLD["sites"]()
RULES = Settings()
SURE = odds(RULES.confirm_existence)


def group(seed: int) -> Floats:
    """Give ten bodies that fall side by side, none nearer than 5 km to another, in no pattern.

    A row of even distances would be another row moving along itself by one place a look.
    """
    draw = np.random.default_rng(seed)
    kept: list[Floats] = []
    while len(kept) < 10:
        one = draw.uniform(-9e3, 9e3, 3)
        if all(np.linalg.norm(one - other) > 5e3 for other in kept):
            kept.append(one)
    return np.vstack(
        [WORLD["state_at"](2e5 + x, 6e5 + y, 5e5 + z, (-1e3, -4e3, 500.0)) for x, y, z in kept]
    )


GROUP = group(1)


def watched(states: Floats, looks: int, seed: int | None) -> TrackerState:
    """Watch bodies for some looks, 10 s apart, none missed."""
    draw = None if seed is None else np.random.default_rng(seed)
    state = start()
    for number in range(looks):
        there = WORLD["coasted"](states, 10.0 * number)
        state = step(state, WORLD["plots_at"](there, 10.0 * number, draw), SITES)
    return state


def test_ten_close_bodies_are_ten_tracks_of_their_own_plots() -> None:
    good = 0
    for seed in range(20):
        state = watched(group(seed), 4, seed)
        sure = state.confirmed()
        # Plots of one look are numbered as the bodies are: number 10 look + body.
        recent = state.bank.recent[sure]
        body = recent % 10
        own = np.all((body == body[:, :1]) | (recent < 0), axis=1)
        good += bool(sure.size == 10 and np.all(own) and set(body[:, 0]) == set(range(10)))
    assert good >= 19


@pytest.mark.parametrize("looks", [1, 6])
def test_lone_false_plots_never_make_a_track(looks: int) -> None:
    for seed in range(10):
        draw = np.random.default_rng(seed)
        state = start()
        for number in range(looks):
            away = draw.uniform([-2e6, -2e6, 2e5], [2e6, 2e6, 2e6], (5, 3))
            lone = np.vstack([WORLD["state_at"](*one, (0.0, 0.0, 0.0)) for one in away])
            state = step(state, WORLD["plots_at"](lone, 10.0 * number), SITES)
            assert not np.any(state.bank.number > 0)


def test_a_plot_begins_a_hypothesis_of_unknown_velocity() -> None:
    look = WORLD["look_at"](WORLD["plots_at"](GROUP, 0.0), first_number=40)
    bank = born(blank(0, 0), look, RULES)
    assert bank.count == 10
    assert sorted(bank.recent[:, 0]) == list(range(40, 50))
    assert np.all(bank.recent[:, 1:] == -1)
    assert np.all(bank.number == 0)
    assert np.all(bank.parent == 0)
    assert np.all(bank.hits == 1)
    np.testing.assert_allclose(bank.score, odds(RULES.born_existence))
    np.testing.assert_allclose(bank.cov[0, 3:, 3:], np.eye(3) * SPEED_SIGMA_M_S**2)
    away = np.linalg.norm(bank.mean[:, None, :3] - GROUP[:, :3], axis=2).min(axis=1)
    assert away.max() < 5.0


def test_a_range_rate_tells_of_the_velocity_along_the_line() -> None:
    sigma = np.array([50.0, 5e-4, 5e-4, 5.0])
    look = WORLD["look_at"](WORLD["plots_at"](GROUP[:1], 0.0, sigma=sigma))
    bank = born(blank(0, 0), look, RULES)
    line = GROUP[0, :3] - WORLD["PLACE_M"]
    line /= np.linalg.norm(line)
    assert bank.mean[0, 3:] @ line == pytest.approx(GROUP[0, 3:] @ line, abs=1.0)
    assert np.sqrt(line @ bank.cov[0, 3:, 3:] @ line) == pytest.approx(np.hypot(5.0, 20.0))
    across = np.cross(line, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    assert np.sqrt(across @ bank.cov[0, 3:, 3:] @ across) == pytest.approx(SPEED_SIGMA_M_S)


def test_a_plot_beside_a_track_may_have_come_off_it() -> None:
    tracks = WORLD["tracks_of"](GROUP[:1]).with_rows(np.array([0]), number=17)
    beside = GROUP[:1] + np.array([3e3, 2e3, -1e3, 0.0, 0.0, 0.0])
    far = GROUP[:1] + np.array([6e4, 0.0, 0.0, 0.0, 0.0, 0.0])
    look = WORLD["look_at"](WORLD["plots_at"](np.vstack([beside, far]), 0.0))
    bank = born(tracks, look, RULES)
    assert bank.count == 4
    child = np.flatnonzero(bank.parent == 17)
    assert child.size == 1
    np.testing.assert_allclose(bank.mean[child[0], 3:], GROUP[0, 3:])
    want = tracks.cov[0, 3:, 3:] + np.eye(3) * APART_M_S**2
    np.testing.assert_allclose(bank.cov[child[0], 3:, 3:], want)
    assert np.linalg.norm(bank.mean[child[0], :3] - beside[0, :3]) < 5.0
    assert np.count_nonzero(bank.recent[:, 0] == bank.recent[child[0], 0]) == 2


def test_a_track_that_splits_is_the_parent_of_what_comes_off() -> None:
    state = watched(GROUP[:1], 8, 1)
    assert state.confirmed().size == 1
    parent = state.bank.number[state.confirmed()[0]]
    part = GROUP[:1].copy()
    part[:, 3:] += np.array([20.0, -15.0, 10.0])
    off_s, draw = 70.0, np.random.default_rng(2)
    for number in range(8, 16):
        whole = WORLD["coasted"](GROUP[:1], 10.0 * number)
        apart = WORLD["coasted"](GROUP[:1], off_s)
        apart[:, 3:] += np.array([40.0, -30.0, 20.0])
        apart = WORLD["coasted"](apart, 10.0 * number - off_s)
        both = np.vstack([whole, apart])
        state = step(state, WORLD["plots_at"](both, 10.0 * number, draw), SITES)
    tracks = state.tracks.take(state.confirmed())
    assert tracks.count == 2
    assert sorted(tracks.parent) == [0, parent]


def hypothesis(score: float, hits: int, recent: list[int]) -> Bank:
    """Give one hypothesis."""
    bank = blank(1, 0)
    plots = (recent + [-1] * 4)[:4]
    return bank.with_rows(np.array([0]), score=score, hits=hits, recent=np.array([plots], np.int64))


def test_a_hypothesis_far_above_its_rivals_becomes_a_track_and_they_go() -> None:
    bank = joined(
        [
            WORLD["tracks_of"](GROUP[:1]),
            hypothesis(SURE + 1.0, 3, [5, 2, 1]),
            hypothesis(SURE + 2.0 + MARGIN, 3, [6, 2, 1]),
            hypothesis(0.0, 2, [6, 1]),
            hypothesis(0.0, 2, [7, 3]),
        ]
    )
    after, rows = settled(bank, RULES)
    assert after.recent[rows].tolist() == [[6, 2, 1, -1]]
    assert after.recent[:, 0].tolist() == [-1, 6, 7]


@pytest.mark.parametrize(("hits", "made"), [(3, 0), (LATE_HITS, 1)])
def test_near_rivals_wait_until_it_is_late(hits: int, made: int) -> None:
    bank = joined(
        [
            hypothesis(SURE + 1.0, hits, [5, 2, 1]),
            hypothesis(SURE + 1.5, hits, [6, 2, 1]),
        ]
    )
    after, rows = settled(bank, RULES)
    assert rows.size == made
    assert after.count == (1 if made else 2)


def test_a_late_hypothesis_waits_for_a_better_one_that_is_not_sure_yet() -> None:
    better = hypothesis(SURE + 2.0, 3, [5, 2, 1])
    late = hypothesis(SURE + 1.0, LATE_HITS, [6, 4, 3, 1])
    after, rows = settled(joined([better, late]), RULES)
    assert rows.size == 0
    assert after.count == 2


@pytest.mark.parametrize(("score", "hits"), [(SURE - 0.1, 9), (SURE + 9.0, 2)])
def test_too_few_plots_or_too_low_odds_make_no_track(score: float, hits: int) -> None:
    bank = hypothesis(score, hits, [3, 2, 1])
    after, rows = settled(bank, RULES)
    assert rows.size == 0
    assert after is bank


@st.composite
def rivals(draw: st.DrawFn) -> tuple[Floats, Integers, Integers]:
    """Draw scores, numbers of plots, and plots of hypotheses, which often share one."""
    count = draw(st.integers(1, 12))
    some = st.sets(st.integers(0, 9), min_size=1, max_size=4)
    recent = np.full((count, 4), -1)
    for n in range(count):
        plots = sorted(draw(some))
        recent[n, : len(plots)] = plots
    score = draw(
        st.lists(st.sampled_from([2.0, 4.0, 6.0, 9.0, 13.0]), min_size=count, max_size=count)
    )
    hits = draw(st.lists(st.integers(2, 6), min_size=count, max_size=count))
    return np.array(score), np.array(hits), recent


@pytest.mark.parametrize("which", ["compiled", "plain"])
@given(drawn=rivals())
def test_no_plot_makes_two_tracks(which: str, drawn: tuple[Floats, Integers, Integers]) -> None:
    score, hits, recent = drawn
    face: Any = decide if which == "compiled" else decide.py_func  # type: ignore[attr-defined]
    ready = (hits >= 3) & (score >= SURE)
    order = np.lexsort((-score, ~ready))
    accepted, kept = face(order, score, hits >= LATE_HITS, ready, recent, -1, 10)
    used = recent[accepted]
    used = used[used >= 0]
    assert np.unique(used).size == used.size
    assert not np.any(accepted & ~ready)
    shares = np.any(np.isin(recent, used) & (recent >= 0), axis=1)
    assert np.array_equal(kept, accepted | ~shares)
    for n in np.flatnonzero(accepted & (hits < LATE_HITS)):
        others = ready & np.any(np.isin(recent, recent[n][recent[n] >= 0]), axis=1)
        others[n] = False
        assert np.all(score[others] <= score[n] - MARGIN)
    best = order[0]
    if ready[best] and hits[best] >= LATE_HITS:
        assert accepted[best]


def test_a_hypothesis_goes_on_with_each_plot_near_it_and_without_any() -> None:
    look = WORLD["look_at"](WORLD["plots_at"](GROUP[:1], 0.0))
    bank = born(blank(0, 0), look, RULES).with_rows(np.array([0]), cov=1e6 * np.eye(6))
    later = np.vstack([GROUP[:1] + np.array([dx, 0, 0, 0, 0, 0]) for dx in (-2e3, 0.0, 3e3, 9e5)])
    again = WORLD["look_at"](WORLD["plots_at"](later, 0.0), first_number=1)
    after = branched(bank, again, RULES)
    assert after.count == 4
    assert after.hits.tolist() == [1, 2, 2, 2]
    assert after.misses.tolist() == [1, 0, 0, 0]
    assert np.all(after.recent[1:, 1] == 0)
    assert after.score[0] == pytest.approx(bank.score[0] + np.log(1.0 - 0.85))
    assert set(after.recent[1:, 0]) == {1, 2, 3}
    assert np.all(after.seen_tai_ns[1:] == again.time_tai_ns)


def test_a_hypothesis_that_is_not_seen_twice_ends() -> None:
    look = WORLD["look_at"](WORLD["plots_at"](GROUP[:1], 0.0))
    bank = born(blank(0, 0), look, RULES).with_rows(np.array([0]), score=3.0)
    elsewhere = WORLD["look_at"](WORLD["plots_at"](GROUP[:1] + 1.5e6, 0.0), first_number=1)
    once = branched(bank, elsewhere, RULES)
    assert once.count == 1
    assert branched(once, elsewhere, RULES).count == 0


def test_a_plot_ends_so_many_hypotheses_at_most() -> None:
    many = np.repeat(GROUP[:1], 30, axis=0)
    bank = born(blank(0, 0), WORLD["look_at"](WORLD["plots_at"](many, 0.0)), RULES)
    again = WORLD["look_at"](WORLD["plots_at"](GROUP[:1], 0.0), first_number=30)
    after = branched(bank, again, RULES)
    assert np.count_nonzero(after.hits == 2) == hypotheses.BRANCHES


def test_the_least_likely_hypotheses_go_first_and_no_track() -> None:
    count = HYPOTHESES_MAX + 5
    score = np.random.default_rng(1).permutation(count).astype(float)
    bank = joined([blank(count, 0), WORLD["tracks_of"](GROUP)])
    bank = bank.with_rows(np.arange(count), score=score)
    bank = bank.with_rows(count + np.arange(10), score=-1.0)
    after = fewer(bank)
    assert after.count == HYPOTHESES_MAX + 10
    assert np.count_nonzero(after.number > 0) == 10
    assert after.score[after.number == 0].min() == 5.0
    assert fewer(after) is after


def test_a_line_of_sight_begins_a_burning_hypothesis_at_a_likely_height() -> None:
    body = WORLD["state_at"](1e4, 2e4, 6e4, (0.0, 500.0, 1e3))
    bank = born(blank(0, 0), WORLD["look_at"](WORLD["plots_at"](body, 0.0, sensor=1)), RULES)
    assert bank.count == 1
    assert bank.plume_tai_ns[0] == WORLD["START_NS"]
    assert bank.sensors[0] == 2
    assert np.linalg.norm(bank.mean[0, :3] - body[0, :3]) < 2e4
