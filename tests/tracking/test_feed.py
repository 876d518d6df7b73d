"""Feeding tracks: their own plots correct them, silence and crowds count, errors are learnt."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from tocsin.lanes import Floats
from tocsin.tracking import twins
from tocsin.tracking.ahead import AFTER_SURPRISE, carried, mixed_from
from tocsin.tracking.bank import COLUMNS, Bank
from tocsin.tracking.feed import LEARN_HITS, SCORE_STEP, Fed, feed, gate2, missing
from tocsin.tracking.filter import innovation, update
from tocsin.tracking.mixture import PLUME_WITHOUT_BOOST
from tocsin.tracking.registration import registration
from tocsin.tracking.rules import SCORE_MAX, Settings
from tocsin.tracking.step import TrackerState, start, step
from tocsin.tracking.track import BOOST

WORLD: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("small_world.py")))
START, SECOND = WORLD["START_NS"], WORLD["SECOND_NS"]
RULES = Settings()
SITES = WORLD["sites"]()
TWO = np.vstack(
    [
        WORLD["state_at"](1e5, 3e5, 4e5, (2e3, 1e3, 1.5e3)),
        WORLD["state_at"](-2e5, 2e5, 5e5, (1e3, -2e3, 1.5e3)),
    ]
)


def fed(bank: Bank, bodies: Floats, sensor: int = 0, bias: tuple[float, float] = (0, 0)) -> Fed:
    """Feed a bank the exact plots of bodies."""
    look = WORLD["look_at"](WORLD["plots_at"](bodies, 0.0, sensor=sensor), bias)
    return feed(bank, look, registration(WORLD["sites"](bias)), RULES)


def test_each_track_is_corrected_by_its_own_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "TWINS", np.array(((1e-9, 60.0, 1.5), (1e-9, 300.0, 2.0))))
    bank = WORLD["tracks_of"](TWO + np.array([150.0, -100.0, 80.0, 1.0, -2.0, 3.0]))
    found = fed(bank, TWO)
    plots = WORLD["plots_at"](TWO, 0.0)
    stand = np.tile(WORLD["PLACE_M"], (2, 1)), np.tile(WORLD["AXES"], (2, 1, 1))
    want, cov = update(bank.mean, bank.cov, innovation(bank.mean, bank.cov, plots, *stand))
    np.testing.assert_allclose(found.bank.mean, want, rtol=0.0, atol=0.2)
    np.testing.assert_allclose(found.bank.cov[:, :3, :3], cov[:, :3, :3], rtol=1e-2, atol=20.0)
    assert np.all(found.taken)
    assert found.bank.hits.tolist() == [11, 11]
    assert found.bank.misses.tolist() == [0, 0]
    assert np.all(found.bank.seen_tai_ns == START)
    np.testing.assert_allclose(found.bank.score, bank.score + SCORE_STEP[1])


def test_silence_lowers_the_score_of_what_should_be_seen() -> None:
    hidden = WORLD["state_at"](0.0, 4e6, 1e5, (0.0, 1e3, 0.0))
    bank = WORLD["tracks_of"](np.vstack([TWO, hidden]))
    found = fed(bank, TWO[:1])
    want = bank.score[1] + np.log(1.0 - RULES.detection_probability)
    assert found.bank.score[1] == pytest.approx(want)
    assert found.bank.misses.tolist() == [0, 1, 0]
    assert found.bank.score[2] == bank.score[2]
    assert missing(bank, np.empty(0, np.int64), RULES, np.empty(0)) is bank


def test_silence_counts_less_beside_what_was_seen() -> None:
    for apart_m, seen in ((4e3, 0.5), (2e4, 1.0)):
        two = np.vstack([TWO[:1], TWO[:1]])
        away = np.cross(TWO[0, :3] - WORLD["PLACE_M"], [0.0, 0.0, 1.0])
        two[1, :3] += apart_m * away / np.linalg.norm(away)
        bank = WORLD["tracks_of"](two)
        found = fed(bank, two[:1]).bank
        want = bank.score[1] + np.log(1.0 - seen * RULES.detection_probability)
        assert found.score[1] == pytest.approx(want)


def test_plots_of_a_twin_do_not_draw_a_track_to_it() -> None:
    """Every second look shows a body 150 m nearer: the track stays where it was sure to be."""
    near = TWO[:1].copy()
    line = TWO[0, :3] - WORLD["PLACE_M"]
    near[0, :3] -= 150.0 * line / np.linalg.norm(line)
    bank = WORLD["tracks_of"](TWO[:1], 20.0)
    plots = replace(WORLD["plots_at"](near, 0.0), sigma_range_m=np.full(1, 15.0))
    look = WORLD["look_at"](plots)
    found = feed(bank, look, registration(SITES), RULES)
    assert np.linalg.norm(found.bank.mean[0, :3] - TWO[0, :3]) < 45.0
    assert np.trace(found.bank.cov[0, :3, :3]) > 0.9 * np.trace(bank.cov[0, :3, :3])


def test_a_plot_of_a_twin_is_left_to_begin_its_track() -> None:
    line = TWO[0, :3] - WORLD["PLACE_M"]
    for nearer_m, taken in ((0.0, True), (190.0, False)):
        body = TWO[:1].copy()
        body[0, :3] -= nearer_m * line / np.linalg.norm(line)
        plots = replace(WORLD["plots_at"](body, 0.0), sigma_range_m=np.full(1, 15.0))
        found = feed(
            WORLD["tracks_of"](TWO[:1], 50.0), WORLD["look_at"](plots), registration(SITES), RULES
        )
        assert found.taken.tolist() == [taken]
        assert found.bank.hits.tolist() == [11]


def test_a_track_whose_plot_another_took_was_not_silent() -> None:
    close = np.vstack([TWO[:1], TWO[:1] + np.array([100.0, 0, 0, 0, 0, 0])])
    bank = WORLD["tracks_of"](close, 2e3)
    found = fed(bank, close[:1])
    assert np.count_nonzero(found.bank.hits == 11) == 1
    assert found.bank.misses.tolist() == [0, 0]
    assert np.all(found.bank.score >= bank.score)


def test_a_satellite_that_is_silent_says_nothing() -> None:
    bank = WORLD["tracks_of"](TWO)
    elsewhere = WORLD["state_at"](8e5, -6e5, 6e4, (0.0, 0.0, 1e3))
    found = fed(bank, elsewhere, sensor=1)
    assert np.array_equal(found.bank.score, bank.score)
    assert not np.any(found.taken)


def test_a_plot_far_from_all_tracks_is_nobody_s() -> None:
    bank = WORLD["tracks_of"](TWO)
    found = fed(bank, np.vstack([TWO, TWO[:1] + 1e5]))
    ready = WORLD["look_at"](WORLD["plots_at"](np.vstack([TWO, TWO[:1] + 1e5]), 0.0))
    assert found.taken[ready.number < 2].tolist() == [True, True]
    assert found.taken[ready.number == 2].tolist() == [False]


def test_hypotheses_are_fed_nothing() -> None:
    bank = WORLD["tracks_of"](TWO).with_rows(np.arange(2), number=0)
    found = fed(bank, TWO)
    assert found.bank is bank
    assert not np.any(found.taken)


def test_no_plot_lifts_a_score_beyond_its_limit() -> None:
    bank = WORLD["tracks_of"](TWO).with_rows(np.arange(2), score=SCORE_MAX)
    np.testing.assert_allclose(fed(bank, TWO).bank.score, SCORE_MAX)


def test_the_gate_holds_its_share_of_own_plots() -> None:
    for dof in (2, 3, 4):
        assert gate2(RULES, dof) == pytest.approx(chi2.ppf(0.999, dof))
        assert gate2(replace(RULES, gate=0.9), dof) == pytest.approx(chi2.ppf(0.9, dof))


def test_two_tracks_of_one_crowd_share_their_plots() -> None:
    """Two tracks 100 m apart, unsure by 2 km, and two plots: none is pulled to one alone."""
    close = np.vstack([TWO[:1], TWO[:1] + np.array([100.0, 0, 0, 0, 0, 0])])
    bank = WORLD["tracks_of"](close, 2e3)
    plots = np.vstack(
        [TWO[:1] - np.array([300.0, 0, 0, 0, 0, 0]), TWO[:1] + np.array([400.0, 0, 0, 0, 0, 0])]
    )
    found = fed(bank, plots).bank
    alone = [fed(bank.take(np.array([0])), plots[[n]]).bank.mean[0, 0] for n in (0, 1)]
    assert min(alone) + 50.0 < found.mean[0, 0] < max(alone) - 50.0
    single = fed(bank.take(np.array([0])), plots[:1]).bank.cov[0]
    assert np.trace(found.cov[0, :3, :3]) > 1.3 * np.trace(single[:3, :3])
    assert np.all(np.linalg.eigvalsh(found.cov[0][:3, :3]) > 0.0)


def test_a_plume_makes_a_coasting_track_burn() -> None:
    low = WORLD["state_at"](1e5, 3e5, 9e4, (500.0, 500.0, 1.5e3))
    found = fed(WORLD["tracks_of"](low), low, sensor=1).bank
    assert found.mix_rows.tolist() == [0]
    odds = found.modes[0, BOOST] / found.modes[0, 1]
    assert odds == pytest.approx(0.8 / 0.2 / PLUME_WITHOUT_BOOST, rel=1e-3)
    assert found.plume_tai_ns[0] == START
    assert found.sensors[0] == 3


def test_only_seasoned_tracks_without_surprise_tell_of_lasting_errors() -> None:
    bias = (500.0, 5e-4)
    off = TWO + np.array([[400.0, 0, 0, 0, 0, 0]])
    bank = WORLD["tracks_of"](TWO, errors=3)
    prior = registration(WORLD["sites"](bias))
    told = fed(bank, off, bias=bias).known
    assert np.all(np.diag(told.cov) <= np.diag(prior.cov))
    assert told.cov[0, 0] < 0.5 * prior.cov[0, 0]
    fresh = bank.with_rows(np.arange(2), hits=LEARN_HITS - 1)
    odd = bank.with_rows(np.arange(2), surprise=5.0)
    burning = mixed_from(bank, np.arange(2), AFTER_SURPRISE)
    for silent in (fresh, odd, burning):
        assert np.array_equal(fed(silent, off, bias=bias).known.cov, prior.cov)


def test_a_stated_error_widens_the_gate() -> None:
    aside = TWO + np.array([[4e3, 0, 0, 0, 0, 0]])
    assert not np.any(fed(WORLD["tracks_of"](TWO), aside).taken)
    assert np.all(fed(WORLD["tracks_of"](TWO, errors=3), aside, bias=(3e3, 5e-3)).taken)


def test_nothing_is_changed_that_was_given() -> None:
    bank = mixed_from(WORLD["tracks_of"](TWO, errors=3), np.array([1]), AFTER_SURPRISE)
    names = [*COLUMNS, "mix_rows", "mix_mean", "mix_cov"]
    before = {name: getattr(bank, name).copy() for name in names}
    for name in names:
        getattr(bank, name).setflags(write=False)
    found = fed(bank, TWO, bias=(500.0, 5e-4))
    assert np.all(found.taken)
    for name in names:
        assert np.array_equal(getattr(bank, name), before[name]), name


# ---- the whole step, over many looks ----


def burned(state: Floats, time_s: float, thrust_m_s2: float) -> Floats:
    """Give a true state after a burn along its way, in small steps, apart from any model."""
    for _ in range(round(time_s / 0.5)):
        way = state[:, 3:] / np.linalg.norm(state[:, 3:], axis=1, keepdims=True)
        state = WORLD["coasted"](state, 0.5)
        state[:, :3] += 0.125 * thrust_m_s2 * way
        state[:, 3:] += 0.5 * thrust_m_s2 * way
    return state


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_target_whose_plume_is_seen_in_mid_coast_is_held_and_its_thrust_known(seed: int) -> None:
    draw, state, body = np.random.default_rng(seed), start(), TWO[:1]
    for number in range(24):
        time_s = 5.0 * number
        if number > 12:
            sight = WORLD["plots_at"](body, time_s - 0.1, draw, 1)
            state = step(state, sight, SITES)
        state = step(state, WORLD["plots_at"](body, time_s, draw), SITES)
        rows = state.confirmed()
        if number == 12:
            first = state.bank.number[rows].tolist()
            assert len(first) == 1
            assert state.bank.modes[rows[0], BOOST] < 0.01
        if number < 23:
            body = burned(body, 5.0, 30.0) if number >= 12 else WORLD["coasted"](body, 5.0)
    assert state.bank.number[rows].tolist() == first
    assert state.bank.modes[rows[0], BOOST] > 0.9
    tracks = state.tracks_at(rows)
    off = tracks.state[0] - body[0]
    assert off @ np.linalg.solve(tracks.covariance[0], off) < 22.5  # 99.9 % of chi-square of six
    thrust = state.bank.mix_mean[0, BOOST, 6]
    assert abs(thrust - 30.0) < 3.0 * np.sqrt(state.bank.mix_cov[0, BOOST, 6, 6])


def test_state_errors_grow_by_what_the_lasting_errors_may_do() -> None:
    found = {}
    for name, bias in (("none", (0.0, 0.0)), ("some", (300.0, 1e-3))):
        state, draw, sites = start(), np.random.default_rng(1), WORLD["sites"](bias)
        for number in range(10):
            there = WORLD["coasted"](TWO, 10.0 * number)
            state = step(state, WORLD["plots_at"](there, 10.0 * number, draw), sites)
        found[name] = state
    plain, whole = found["none"], found["some"]
    rows = plain.confirmed()
    assert np.array_equal(plain.tracks_at(rows).covariance, plain.bank.cov[rows])
    assert np.array_equal(plain.tracks_at(rows).state, plain.bank.mean[rows])
    assert whole.known is not None
    rows = whole.confirmed()
    turn = whole.bank.sensitivity[rows]
    given = whole.tracks_at(rows)
    more = turn @ whole.known.cov @ np.swapaxes(turn, 1, 2)
    np.testing.assert_allclose(given.covariance, whole.bank.cov[rows] + more)
    np.testing.assert_allclose(given.state, whole.bank.mean[rows] + turn @ whole.known.mean)
    place = np.sqrt(np.trace(given.covariance[:, :3, :3], axis1=1, axis2=2))
    alone = np.sqrt(np.trace(whole.bank.cov[rows][:, :3, :3], axis1=1, axis2=2))
    assert np.all(place > alone + 100.0)


def frozen(state: TrackerState) -> TrackerState:
    """Let no array of a tracker be written to."""
    for name in [*COLUMNS, "mix_rows", "mix_mean", "mix_cov"]:
        getattr(state.bank, name).setflags(write=False)
    assert state.known is not None
    state.known.mean.setflags(write=False)
    state.known.cov.setflags(write=False)
    return state


def test_a_step_writes_to_nothing_that_it_was_given() -> None:
    sites, draw, state = WORLD["sites"]((300.0, 1e-3)), np.random.default_rng(2), start()
    low = WORLD["state_at"](1e5, 3e5, 9e4, (500.0, 500.0, 1.5e3))
    for number in range(12):
        bodies = WORLD["coasted"](np.vstack([TWO, low]), 10.0 * number)
        sensor = int(number in (6, 8))
        plots = WORLD["plots_at"](bodies[2:] if sensor else bodies, 10.0 * number, draw, sensor)
        state = frozen(step(state, plots, sites))
    assert state.confirmed().size == 3


def test_a_gap_of_years_leaves_a_tracker_that_starts_anew() -> None:
    state, draw = start(), np.random.default_rng(3)
    for number in range(6):
        there = WORLD["coasted"](TWO, 10.0 * number)
        state = step(state, WORLD["plots_at"](there, 10.0 * number, draw), SITES)
    last = state.next_track
    assert state.confirmed().size == 2
    late = WORLD["plots_at"](TWO, 10.0 * 365.25 * 86_400.0, draw)
    after = step(state, late, SITES)
    assert not np.any(after.bank.number > 0)
    assert after.bank.count == 2
    assert after.next_track == last
    assert carried(after.bank, 0.0, after.time_tai_ns, RULES).count == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_target_that_burns_again_in_free_flight_is_held(seed: int) -> None:
    draw, state, body = np.random.default_rng(seed), start(), TWO[:1]
    burns = 0.0
    for number in range(24):
        state = step(state, WORLD["plots_at"](body, 5.0 * number, draw), SITES)
        rows = state.confirmed()
        if number == 12:
            first = state.bank.number[rows].tolist()
        if number > 12:
            burns = max(burns, float(state.bank.modes[rows, BOOST].max(initial=0.0)))
        body = burned(body, 5.0, 30.0) if number >= 12 else WORLD["coasted"](body, 5.0)
    assert burns > 0.5
    assert state.bank.number[state.confirmed()].tolist() == first
    assert state.bank.misses[state.confirmed()[0]] == 0


def test_a_fresh_track_is_no_surer_than_silence_can_end() -> None:
    draw, state = np.random.default_rng(1), start()
    for number in range(3):
        there = WORLD["coasted"](TWO[:1], 10.0 * number)
        state = step(state, WORLD["plots_at"](there, 10.0 * number, draw), SITES)
    rows = state.confirmed()
    assert rows.size == 1
    assert state.bank.score[rows[0]] <= SCORE_MAX
