"""Joining tracks: never surer than the truth allows, one to one, and the same pairs as before."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.lanes import Floats, Integers
from tocsin.tracking.fuse import ALONE, fused, intersected, paired, plausible
from tocsin.tracking.onward import carried
from tocsin.tracking.track import COAST, Tracks, joined_tracks, plain_tracks

WORLD: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("small_world.py")))
START_NS, coasted, state_at = (WORLD[name] for name in ("START_NS", "coasted", "state_at"))

seeds = st.integers(0, 2**32 - 1)
VELOCITY = (1_500.0, 3_000.0, 2_000.0)


def covariances(draw: np.random.Generator, n: int, d: int = 6) -> Floats:
    """Give covariances of any shape, their axes up to a thousand times as long as others."""
    root = np.linalg.qr(draw.normal(size=(n, d, d)))[0]
    size = 10.0 ** draw.uniform(-3.0, 3.0, size=(n, d))
    return np.asarray(np.einsum("nij,nj,nkj->nik", root, size, root))


def tracks_at(states: Floats, sigma_m: Floats | float = 500.0, sigma_m_s: float = 5.0) -> Tracks:
    """Give coasting tracks at one instant."""
    n = len(states)
    sigma = np.broadcast_to(np.asarray(sigma_m), (n,))
    variance = np.concatenate(
        [np.repeat(sigma[:, None] ** 2, 3, axis=1), np.full((n, 3), sigma_m_s**2)], axis=1
    )
    return plain_tracks(
        track=np.arange(1, n + 1),
        time_tai_ns=np.full(n, START_NS),
        state=np.asarray(states),
        covariance=variance[:, :, None] * np.eye(6),
        existence=np.ones(n),
        phase=np.full(n, COAST),
        sensors=np.ones(n, np.int64),
        hits=np.full(n, 10),
        misses=np.zeros(n, np.int64),
    )


def row_of_missiles(n: int, apart_m: float) -> Floats:
    """Give missiles side by side."""
    states = [state_at(apart_m * k, 3e5, 4e5, VELOCITY) for k in range(n)]
    return np.concatenate(states)


def nobody(n: int) -> Integers:
    """Say that nothing was paired before."""
    return np.full(n, ALONE)


@given(seed=seeds)
@settings(max_examples=60)
def test_whatever_two_errors_share_the_joined_one_is_no_greater_than_claimed(seed: int) -> None:
    draw = np.random.default_rng(seed)
    a, b = covariances(draw, 40), covariances(draw, 40)
    turn = np.linalg.svd(draw.normal(size=(40, 6, 6)))
    shared = turn[0] * draw.uniform(-1.0, 1.0, (40, 1, 6)) @ turn[2]  # norm at most 1
    root_a, root_b = np.linalg.cholesky(a), np.linalg.cholesky(b)
    between = root_a @ shared @ np.swapaxes(root_b, 1, 2)
    none = np.zeros((40, 6))
    axes = [intersected((none, a), (none + axis, b)) for axis in np.eye(6)]
    p, from_b = axes[0].covariance, np.stack([each.state for each in axes], axis=2)
    from_a = np.eye(6) - from_b
    cross = from_a @ between @ np.swapaxes(from_b, 1, 2)
    true = from_a @ a @ np.swapaxes(from_a, 1, 2) + from_b @ b @ np.swapaxes(from_b, 1, 2)
    true += cross + np.swapaxes(cross, 1, 2)
    root = np.linalg.inv(np.linalg.cholesky(p))
    in_claims = root @ true @ np.swapaxes(root, 1, 2)
    assert np.linalg.eigvalsh(in_claims).max() <= 1.0 + 1e-5


@given(seed=seeds)
def test_the_joined_one_is_no_worse_than_either_by_its_determinant(seed: int) -> None:
    draw = np.random.default_rng(seed)
    a, b = covariances(draw, 20), covariances(draw, 20)
    found = intersected((np.zeros((20, 6)), a), (np.zeros((20, 6)), b))
    size = np.linalg.slogdet(found.covariance)[1]
    assert np.all(size <= np.minimum(np.linalg.slogdet(a)[1], np.linalg.slogdet(b)[1]) + 1e-6)
    other = np.clip(found.weight + draw.uniform(-0.1, 0.1, 20), 0.0, 1.0)[:, None, None]
    any_weight = np.linalg.inv(other * np.linalg.inv(a) + (1.0 - other) * np.linalg.inv(b))
    assert np.all(size <= np.linalg.slogdet(any_weight)[1] + 1e-6)


@given(seed=seeds)
def test_it_does_not_matter_which_of_two_comes_first(seed: int) -> None:
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=(2, 20, 6))
    a, b = covariances(draw, 20), covariances(draw, 20)
    one, other = intersected((x, a), (y, b)), intersected((y, b), (x, a))
    root = np.linalg.inv(np.linalg.cholesky(one.covariance))
    off = root @ (one.state - other.state)[:, :, None]
    assert np.abs(off).max() < 1e-4
    turned = root @ other.covariance @ np.swapaxes(root, 1, 2)
    assert np.abs(turned - np.eye(6)).max() < 1e-4


def test_two_equal_claims_gain_nothing_and_crossed_ones_do() -> None:
    flat = np.diag([1.0, 100.0])[None]
    none = np.zeros((1, 2))
    assert intersected((none, flat), (none, flat)).covariance == pytest.approx(flat)
    crossed = intersected((none, flat), (none, np.diag([100.0, 1.0])[None]))
    assert crossed.weight == pytest.approx(0.5)
    assert crossed.covariance == pytest.approx(np.diag([200.0 / 101.0] * 2)[None])


def test_fed_with_itself_a_track_stays_what_it_was() -> None:
    tracks = tracks_at(row_of_missiles(3, 1e5))
    twice = fused(tracks, tracks)
    assert np.allclose(twice.state, tracks.state, rtol=1e-12)
    assert np.allclose(twice.covariance, tracks.covariance, rtol=1e-9)


@given(seed=seeds, order=st.permutations(range(6)))
def test_the_order_of_tracks_does_not_change_who_is_paired_with_whom(
    seed: int, order: list[int]
) -> None:
    draw = np.random.default_rng(seed)
    states = row_of_missiles(6, 4_000.0)
    noise = draw.normal(size=(2, 6, 6)) * np.repeat((500.0, 5.0), 3)
    ours, theirs = tracks_at(states + noise[0]), tracks_at(states[:5] + noise[1, :5])
    there = paired(ours, theirs, nobody(5))
    mixed = np.array(order)
    again = paired(ours.take(mixed), theirs, nobody(5))
    assert np.array_equal(np.where(again == ALONE, ALONE, mixed[again]), there)


@given(seed=seeds)
def test_no_track_is_paired_twice(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ours = tracks_at(row_of_missiles(4, 500.0) + draw.normal(size=(4, 6)))
    to = paired(ours, tracks_at(row_of_missiles(7, 300.0)), nobody(7))
    taken = to[to != ALONE]
    assert taken.size == np.unique(taken).size == 4


def test_tracks_of_one_missile_are_paired_and_of_two_are_not() -> None:
    ours = tracks_at(row_of_missiles(3, 60_000.0))
    theirs = tracks_at(ours.state[[2, 0]] + np.repeat((800.0, 3.0), 3))
    assert paired(ours, theirs, nobody(2)).tolist() == [2, 0]
    elsewhere = tracks_at(ours.state + np.array([3e4, 0, 0, 0, 0, 0]))
    assert np.all(paired(ours, elsewhere, nobody(3)) == ALONE)
    faster = tracks_at(ours.state + np.array([0, 0, 0, 300.0, 0, 0]))
    assert np.all(paired(ours, faster, nobody(3)) == ALONE)


def test_a_track_so_vague_that_any_would_fit_it_is_left_alone() -> None:
    vague = tracks_at(row_of_missiles(1, 0.0), 400_000.0, 1_500.0)
    assert paired(vague, tracks_at(row_of_missiles(2, 1e5)), nobody(2)).tolist() == [ALONE, ALONE]


def test_a_pair_stays_though_another_comes_as_near_until_it_surely_parts() -> None:
    ours = tracks_at(row_of_missiles(2, 1_500.0))
    nearer_the_first = tracks_at(ours.state[:1] + 0.3 * (ours.state[1:] - ours.state[:1]))
    assert paired(ours, nearer_the_first, nobody(1)).tolist() == [0]
    assert paired(ours, nearer_the_first, np.array([1])).tolist() == [1]
    far = tracks_at(ours.state[:1] - np.array([3e4, 0, 0, 0, 0, 0]))
    assert paired(ours, far, np.array([1])).tolist() == [ALONE]


def test_crossing_missiles_keep_the_partner_they_had() -> None:
    draw = np.random.default_rng(5)
    cross = np.concatenate([state_at(-3e3, 3e5, 4e5, VELOCITY), state_at(3e3, 3e5, 4e5, VELOCITY)])
    cross[:, 3:] += np.array([[1.0], [-1.0]]) * np.array([30.0, 0.0, 0.0])
    held, plain = nobody(2), []
    for time_s in range(0, 200, 10):
        states = coasted(cross, time_s)
        ours = tracks_at(states + draw.normal(size=(2, 6)) * np.repeat((700.0, 15.0), 3), 700.0)
        theirs = tracks_at(states + draw.normal(size=(2, 6)) * np.repeat((700.0, 15.0), 3), 700.0)
        held = paired(ours, theirs, held)
        plain.append(paired(ours, theirs, nobody(2)).tolist())
        assert held.tolist() == [0, 1]


def test_what_no_object_near_earth_could_be_is_told_apart() -> None:
    good = tracks_at(row_of_missiles(1, 0.0))
    bad = [
        tracks_at(np.zeros((1, 6))),
        tracks_at(np.full((1, 6), 1e9)),
        tracks_at(good.state * np.repeat((1.0, 1e3), 3)),
        tracks_at(good.state, 0.0),
        tracks_at(good.state, 1e12),
        tracks_at(good.state, np.nan),
    ]
    assert plausible(joined_tracks([good, *bad])).tolist() == [True, *[False] * len(bad)]
    flat = good.covariance.copy()
    flat[0, 0, 1] = flat[0, 1, 0] = 2.0 * flat[0, 0, 0]
    assert not plausible(replace(good, covariance=flat))[0]


def test_brought_to_one_instant_two_tracks_of_one_flight_are_one() -> None:
    early, late = row_of_missiles(1, 0.0), coasted(row_of_missiles(1, 0.0), 37.0)
    later = np.array([START_NS + 37 * 1_000_000_000])
    moved = carried(tracks_at(early), later)
    assert moved.time_tai_ns == later
    assert np.allclose(moved.state[0, :3], late[0, :3], atol=1.0)
    assert np.linalg.det(moved.covariance[0]) > np.linalg.det(tracks_at(early).covariance[0])
