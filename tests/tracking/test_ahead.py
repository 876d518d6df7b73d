"""Carrying all that is known on: what has landed or was long unseen goes, however long the gap."""

import runpy
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tocsin.tracking import mixture
from tocsin.tracking.ahead import (
    AFTER_SURPRISE,
    AT_FALL,
    NANOSECONDS,
    SURPRISE,
    carried,
    earth_row,
    mixed_from,
    mixture_of,
    with_mixture,
)
from tocsin.tracking.bank import COLUMNS, Bank, joined
from tocsin.tracking.motion import WGS84, height_and_climb, predict
from tocsin.tracking.rules import Settings
from tocsin.tracking.track import BOOST, COAST, REENTRY

WORLD: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("small_world.py")))
START = WORLD["START_NS"]
RULES = Settings()
HIGH = WORLD["state_at"](1e5, 2e5, 6e5, (2e3, 1e3, 1.5e3))
LOFTED = WORLD["state_at"](1e5, 2e5, 3e5, (2e3, 1e3, 3e3))
YEAR_S = 365.25 * 86_400.0


def after(bank: Bank, time_s: float) -> Bank:
    """Carry a bank on from the start."""
    return carried(bank, time_s, START + round(time_s * NANOSECONDS), RULES)


def hypotheses_of(bank: Bank) -> Bank:
    """Give the same as hypotheses."""
    return bank.with_rows(np.arange(bank.count), number=0)


def test_a_track_that_nothing_feeds_coasts() -> None:
    bank = WORLD["tracks_of"](HIGH)
    found = after(bank, 47.0)
    want, cov = predict(bank.mean, bank.cov, np.array([47.0]), np.array([COAST]))
    np.testing.assert_allclose(found.mean[:, :3], want[:, :3], rtol=0.0, atol=1e-2)
    scale = np.sqrt(np.diagonal(cov[0]))
    assert np.max(np.abs((found.cov - cov)[0] / (scale[:, None] * scale))) < 1e-4
    assert found.modes.tolist() == [[0.0, 1.0, 0.0]]


def test_sensitivities_turn_as_states_do() -> None:
    bank = WORLD["tracks_of"](HIGH, errors=3)
    ways = np.zeros((1, 6, 3))
    ways[0, :3] = 100.0 * np.eye(3)
    found = after(bank.with_rows(np.array([0]), sensitivity=ways), 60.0)
    for c in range(3):
        moved = WORLD["tracks_of"](HIGH + ways[:, :, c])
        np.testing.assert_allclose(
            found.sensitivity[0, :, c], (after(moved, 60.0).mean - found.mean)[0], atol=0.05
        )


def test_no_time_changes_nothing() -> None:
    bank = joined([WORLD["tracks_of"](HIGH), hypotheses_of(WORLD["tracks_of"](LOFTED))])
    found = after(bank, 0.0)
    for name in COLUMNS:
        assert np.array_equal(getattr(found, name), getattr(bank, name)), name


def test_a_landed_track_goes() -> None:
    falls = WORLD["state_at"](0.0, 1e5, 8e4, (0.0, 1e3, -3e3))
    bank = WORLD["tracks_of"](np.vstack([HIGH, falls]))
    found = after(bank, 90.0)
    assert found.number.tolist() == [1]


def test_what_leaves_earth_goes() -> None:
    away = HIGH.copy()
    away[:, 3:] *= 40.0
    bank = WORLD["tracks_of"](np.vstack([HIGH, away]))
    assert after(bank, 590.0).number.tolist() == [1]


@pytest.mark.parametrize(
    ("number", "limit_s"), [(7, RULES.unseen_s), (0, RULES.hypothesis_unseen_s)]
)
def test_what_was_unseen_too_long_goes(number: int, limit_s: float) -> None:
    orbit = WORLD["state_at"](0.0, 0.0, 1.5e6, (7.1e3, 0.0, 0.0))
    bank = WORLD["tracks_of"](orbit).with_rows(np.array([0]), number=number)
    now = START + round((limit_s - 1.0) * NANOSECONDS)
    assert carried(bank, 5.0, now, RULES).count == 1
    assert carried(bank, 5.0, now + NANOSECONDS, RULES).count == 0


def test_a_clock_that_jumps_by_years_drops_everything_at_once() -> None:
    bank = WORLD["tracks_of"](np.repeat(HIGH, 200, axis=0))
    bank = mixed_from(bank, np.arange(0, 200, 2), AFTER_SURPRISE)
    begin = time.perf_counter()
    assert after(bank, 30.0 * YEAR_S).count == 0
    assert time.perf_counter() - begin < 0.5


def test_a_long_gap_across_apogee_and_reentry_leaves_finite_numbers() -> None:
    bank = WORLD["tracks_of"](LOFTED, errors=3)
    assert height_and_climb(LOFTED)[1][0] > 0.0
    seen_falling = False
    for gap_s in (300.0, 850.0, 905.0, 925.0, 940.0, 950.0):
        found = after(bank, gap_s)
        if found.count:
            assert np.all(np.isfinite(found.mean))
            assert np.all(np.isfinite(found.cov))
            assert np.all(np.isfinite(found.mix_mean))
            assert np.all(np.isfinite(found.mix_cov))
            scale = np.sqrt(np.diagonal(found.cov[0]))
            assert np.linalg.eigvalsh(found.cov[0] / (scale[:, None] * scale)).min() > 0.0
            seen_falling |= found.modes[0, REENTRY] > 0.3
    assert seen_falling
    assert after(bank, 2_000.0).count == 0


def test_a_track_is_weighed_from_the_top_of_the_air_on() -> None:
    falls = WORLD["state_at"](0.0, 1e5, 1.4e5, (0.0, 1e3, -3e3))
    above = after(WORLD["tracks_of"](falls), 5.0)
    assert above.mix_rows.size == 0
    below = after(WORLD["tracks_of"](falls), 45.0)
    assert below.mix_rows.tolist() == [0]
    assert below.modes[0, REENTRY] > AT_FALL[REENTRY]


def test_surprise_lets_a_track_burn_again() -> None:
    bank = WORLD["tracks_of"](np.vstack([HIGH, HIGH, HIGH]))
    bank = bank.with_rows(
        np.arange(3), surprise=np.array([SURPRISE + 1, SURPRISE - 1, SURPRISE + 1])
    ).with_rows(np.array([2]), hits=2)
    found = after(bank, 1.0)
    assert found.mix_rows.tolist() == [0]
    assert found.modes[0, BOOST] > 0.15
    assert found.surprise[0] == 1.0


def test_a_hypothesis_with_a_plume_burns_for_a_while() -> None:
    low = WORLD["state_at"](0.0, 1e5, 4e4, (0.0, 800.0, 800.0))
    bank = hypotheses_of(WORLD["tracks_of"](low))
    with_plume = bank.with_rows(np.array([0]), plume_tai_ns=START)
    found, plain = after(with_plume, 5.0), after(bank, 5.0)
    want, _ = predict(low, bank.cov, np.array([5.0]), np.array([BOOST]))
    np.testing.assert_allclose(found.mean, want, atol=1e-6)
    assert np.linalg.norm(found.mean[0, 3:]) > np.linalg.norm(plain.mean[0, 3:]) + 100.0
    lately = with_plume.with_rows(
        np.array([0]), plume_tai_ns=START - round(RULES.burning_s - 2.0) * NANOSECONDS
    )
    np.testing.assert_allclose(after(lately, 5.0).mean, want, atol=1e-6)
    late = with_plume.with_rows(
        np.array([0]), plume_tai_ns=START - round(RULES.burning_s + 1.0) * NANOSECONDS
    )
    np.testing.assert_allclose(after(late, 5.0).mean, plain.mean)


def test_a_mixed_row_is_carried_as_its_mixture() -> None:
    bank = WORLD["tracks_of"](np.vstack([HIGH, LOFTED]))
    bank = mixed_from(bank, np.array([1]), AFTER_SURPRISE)
    found = after(bank, 5.0)
    want = mixture.ahead(mixture_of(bank), 5.0, np.array([np.inf]), WGS84)
    mean, cov = mixture.merged(want)
    np.testing.assert_allclose(found.mean[1], mean[0], atol=1e-6)
    np.testing.assert_allclose(found.cov[1], cov[0], rtol=1e-9)
    np.testing.assert_allclose(found.modes[1], want.modes[0])
    assert found.modes[0].tolist() == [0.0, 1.0, 0.0]


def test_a_track_that_surely_coasts_is_weighed_no_more() -> None:
    bank = mixed_from(WORLD["tracks_of"](HIGH), np.array([0]), (0.0, 1.0, 0.0))
    found = after(bank, 1.0)
    assert found.mix_rows.size == 0
    assert found.modes.tolist() == [[0.0, 1.0, 0.0]]


def test_replacing_a_mixture_replaces_its_rows_alone() -> None:
    bank = mixed_from(WORLD["tracks_of"](np.vstack([HIGH] * 3)), np.array([2, 0]), AFTER_SURPRISE)
    whole = mixture_of(bank)
    moved = mixture.Mixture(mean=whole.mean[:1] + 5.0, cov=whole.cov[:1], modes=whole.modes[:1])
    found = with_mixture(bank, np.array([0]), moved)
    np.testing.assert_allclose(found.mean[2], bank.mean[2] + 5.0)
    np.testing.assert_allclose(found.mean[:2], bank.mean[:2])
    assert np.array_equal(found.mix_mean[1], bank.mix_mean[1])
    both = mixture.Mixture(
        mean=whole.mean + np.array([5.0, 9.0])[:, None, None], cov=whole.cov, modes=whole.modes
    )
    found = with_mixture(bank, np.array([0, 1]), both)
    shift = found.mean[:, 0] - bank.mean[:, 0]
    np.testing.assert_allclose(shift, [9.0, 0.0, 5.0], atol=1e-6)


def test_nothing_is_changed_that_was_given() -> None:
    falls = WORLD["state_at"](0.0, 1e5, 8e4, (0.0, 1e3, -3e3))
    bank = WORLD["tracks_of"](np.vstack([HIGH, falls, LOFTED]), errors=3)
    bank = joined([mixed_from(bank, np.array([2]), AFTER_SURPRISE), hypotheses_of(bank)])
    bank = bank.with_rows(np.arange(6), plume_tai_ns=START)
    names = [*COLUMNS, "mix_rows", "mix_mean", "mix_cov"]
    before = {name: getattr(bank, name).copy() for name in names}
    for name in names:
        getattr(bank, name).setflags(write=False)
    after(bank, 33.0)
    for name in names:
        assert np.array_equal(getattr(bank, name), before[name]), name


def test_an_earth_is_told_to_the_loops_in_their_order() -> None:
    assert earth_row(WGS84).tolist() == [
        WGS84.gm_m3_s2,
        WGS84.radius_m,
        WGS84.j2,
        WGS84.rotation_rad_s,
    ]
