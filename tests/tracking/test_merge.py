"""A track that nothing feeds hands over to the one that took its object over, and to no other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lanes import Floats
from tocsin.tracking.merge import same_objects
from tocsin.tracking.track import COAST, Tracks, plain_tracks


def tracks_at(places: Floats, sigma_m: Floats) -> Tracks:
    n = places.shape[0]
    whole = np.arange(n)
    state = np.zeros((n, 6))
    state[:, 0] = 7e6 + places
    spread = np.repeat(np.diag([1.0] * 3 + [1e-4] * 3)[None], n, 0) * (sigma_m**2)[:, None, None]
    return plain_tracks(
        track=whole,
        time_tai_ns=np.zeros(n, np.int64),
        state=state,
        covariance=spread,
        existence=np.ones(n),
        phase=np.full(n, COAST),
        sensors=whole,
        hits=whole,
        misses=whole,
    )


@given(seed=st.integers(0, 2**16), count=st.integers(1, 6))
def test_true_pairs_are_found_in_any_order(seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    places = 1e5 * np.arange(count) + 0.0
    shift = draw.normal(0.0, 500.0, count)
    order = draw.permutation(count)
    both = np.concatenate([places, (places + shift)[order]])
    tracks = tracks_at(both, np.concatenate([np.full(count, 1e3), np.full(count, 100.0)]))
    given_, taking = same_objects(tracks, np.arange(count), count + np.arange(count))
    assert np.array_equal(order[taking - count], given_)
    assert given_.size == count


def test_a_distant_track_takes_nothing_over() -> None:
    tracks = tracks_at(np.array([0.0, 1e5]), np.array([1e3, 100.0]))
    given_, taking = same_objects(tracks, np.array([0]), np.array([1]))
    assert given_.size == taking.size == 0


def test_one_old_track_goes_to_the_nearest_of_two() -> None:
    tracks = tracks_at(np.array([0.0, 2e3, 500.0]), np.array([1e3, 100.0, 100.0]))
    given_, taking = same_objects(tracks, np.array([0]), np.array([1, 2]))
    assert list(given_) == [0]
    assert list(taking) == [2]
