"""Tracks beside the truth: what stands between two rows of truth, and what perfect tracks score."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.truth_table import Truth
from tocsin.studies.track_scores import Comparison, compared, scores, truth_at
from tocsin.tracking.track import Tracks, plain_tracks

NS = 1_000_000_000


def cubic(time_s: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Give places and rates [n, 6] on a cubic with factors [4, 3]."""
    powers = np.stack([time_s**k for k in range(4)], -1)
    slopes = np.stack([k * time_s ** max(k - 1, 0) for k in range(4)], -1)
    return np.concatenate([powers @ factors, slopes @ factors], axis=-1)


def made(objects: int = 2) -> Truth:
    """Give objects on cubics, each a row every 10 s, the second 20 s later than the first."""
    chance = np.random.default_rng(4)
    time_s = np.arange(0.0, 101.0, 10.0)
    states = [cubic(time_s, chance.normal(size=(4, 3)) * 1e3) for _ in range(objects)]
    return Truth(
        objects=tuple(f"object-{k}" for k in range(objects)),
        object=np.repeat(np.arange(objects), time_s.size),
        time_tai_ns=np.concatenate([(time_s + 20.0 * k) * NS for k in range(objects)]).astype(int),
        state=np.concatenate(states),
    )


def tracks_at(truth: Truth, time_s: float, offset_m: float = 0.0) -> Tracks:
    objects, state = truth_at(truth, round(time_s * NS))
    n = objects.size
    return plain_tracks(
        track=objects + 10,
        time_tai_ns=np.full(n, round(time_s * NS)),
        state=state + offset_m * np.eye(6)[0],
        covariance=np.broadcast_to(np.eye(6) * 1e4, (n, 6, 6)),
        existence=np.ones(n),
        phase=np.ones(n, dtype=np.int64),
        sensors=np.ones(n, dtype=np.int64),
        hits=np.ones(n, dtype=np.int64),
        misses=np.zeros(n, dtype=np.int64),
    )


def apart(parents: tuple[str, ...], errors_m: tuple[float, ...]) -> Comparison:
    """Compare tracks sure of x to 10 m and of y to 1 km with two objects 300 m apart along x.

    Each track is off object 0 by an error along x, and nearer to the other along y.
    """
    state = np.zeros((2, 6))
    state[1, :2] = 300.0, 400.0
    truth = Truth(
        objects=("payload", "stage"),
        object=np.arange(2),
        time_tai_ns=np.zeros(2, np.int64),
        state=state,
        parents=parents,
    )
    n = len(errors_m)
    one = tracks_at(truth, 0.0).take(np.zeros(n, np.int64))
    guess = np.zeros((n, 6))
    guess[:, 0], guess[:, 1] = errors_m, 400.0 - 350.0 * np.arange(n)
    spread = np.diag([1e2, 1e6, 1e6, 1e2, 1e2, 1e2])
    found = compared(
        truth,
        replace(
            one,
            track=np.arange(n),
            state=guess,
            covariance=np.broadcast_to(spread, (n, 6, 6)),
        ),
        0,
    )
    assert found is not None
    return found


def test_a_track_is_held_against_the_piece_that_it_fits_best() -> None:
    lone = apart(("", "payload"), (5.0,))
    assert lone.object.tolist() == [0]
    assert lone.nees[0] < 2.0
    assert apart(("", ""), (5.0,)).nees[0] > 500.0
    both = apart(("", "payload"), (5.0, 295.0))
    assert dict(zip(both.track.tolist(), both.object.tolist(), strict=True)) == {0: 0, 1: 1}
    assert both.nees.max() < 2.0


def test_a_track_between_two_pieces_fits_neither() -> None:
    assert apart(("", "payload"), (150.0,)).nees[0] > 200.0


@given(time_s=st.floats(0.0, 100.0))
def test_a_cubic_stands_between_two_rows_of_truth_exactly(time_s: float) -> None:
    factors = np.random.default_rng(4).normal(size=(4, 3)) * 1e3
    now = round(time_s * NS)
    objects, state = truth_at(made(1), now)

    assert list(objects) == [0]
    np.testing.assert_allclose(
        state[0], cubic(np.array([now / NS]), factors)[0], rtol=1e-8, atol=1e-3
    )


def test_an_object_is_there_from_its_first_row_to_its_last() -> None:
    truth = made()

    assert [list(truth_at(truth, t * NS)[0]) for t in (-1, 0, 19, 20, 100, 101, 120, 121)] == [
        [], [0], [0], [0, 1], [0, 1], [1], [1], [],
    ]  # fmt: skip


def seen(offset_m: float, times_s: range) -> list[Comparison]:
    truth = made()
    found = [compared(truth, tracks_at(truth, t, offset_m), t * NS) for t in times_s]
    return [each for each in found if each is not None]


def test_perfect_tracks_score_perfectly() -> None:
    found = scores(made(), seen(0.0, range(0, 130, 5)))

    assert found.gospa_m == found.ospa_m == found.position_rmse_m == found.nees == 0.0
    assert (found.missed, found.false) == (0.0, 0.0)
    assert found.purity == found.completeness == found.nees_within_95 == 1.0
    assert found.objects_tracked == found.objects == 2
    assert found.latency_median_s == 0.0
    assert found.instants == 25


def test_an_offset_shows_in_every_error() -> None:
    found = scores(made(), seen(300.0, range(0, 130, 5)))

    assert found.position_rmse_m == pytest.approx(300.0)
    assert found.ospa_m == pytest.approx(300.0)
    assert found.nees == pytest.approx(9.0)
    assert found.nees_within_95 == 1.0
    assert scores(made(), seen(400.0, range(0, 130, 5))).nees_within_95 == 0.0


def test_tracks_that_begin_late_are_late_and_incomplete() -> None:
    truth = made()
    late = [
        compared(truth, tracks_at(truth, t).take(np.arange(0 if t < 50 else 1)), t * NS)
        for t in range(0, 100, 10)
    ]
    found = scores(truth, [each for each in late if each is not None])

    assert found.objects_tracked == 1
    assert found.latency_median_s == 50.0
    assert found.completeness == pytest.approx(5 / 18)
    assert found.missed == pytest.approx(13 / 10)


def with_piece(apart_m: float) -> Truth:
    """Give a missile and a stage of it that flies beside it."""
    truth = made(1)
    beside = truth.state + apart_m * np.eye(6)[0]
    return Truth(
        objects=("missile", "stage"),
        object=np.repeat([0, 1], truth.object.size),
        time_tai_ns=np.tile(truth.time_tai_ns, 2),
        state=np.concatenate([truth.state, beside]),
        parents=("", "missile"),
    )


@pytest.mark.parametrize(("apart_m", "missiles"), [(900.0, 1), (1_100.0, 0)])
def test_a_track_of_a_piece_beside_its_missile_follows_the_missile_too(
    apart_m: float, missiles: int
) -> None:
    truth = with_piece(apart_m)
    seen = [
        compared(truth, tracks_at(truth, t).take(np.array([1])), t * NS) for t in range(0, 100, 10)
    ]
    found = scores(truth, [each for each in seen if each is not None])

    assert (found.missiles, found.pieces) == (1, 1)
    assert (found.missiles_tracked, found.pieces_tracked) == (missiles, 1)
    assert found.missiles_completeness == missiles
    assert found.objects_tracked == 1
    assert found.completeness == 0.5


def test_a_track_of_the_missile_alone_does_not_follow_the_piece() -> None:
    truth = with_piece(100.0)
    seen = [
        compared(truth, tracks_at(truth, t).take(np.array([0])), t * NS) for t in range(0, 100, 10)
    ]
    found = scores(truth, [each for each in seen if each is not None])

    assert (found.missiles_tracked, found.pieces_tracked) == (1, 0)


def test_where_no_parents_are_told_every_object_is_a_missile() -> None:
    found = scores(made(), seen(0.0, range(0, 130, 5)))

    assert (found.missiles, found.missiles_tracked, found.pieces) == (2, 2, 0)
    assert found.missiles_completeness == found.completeness
