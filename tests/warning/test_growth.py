"""Areas of an alert grow no faster than one unverified source may, and lapse."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS
from tocsin.warning.growth import AT_ONCE, LAPSE_S, SECONDS_EACH, Growth, grow

NAMES = [f"a{k:02d}" for k in range(40)]


def at(seconds: float) -> int:
    return 10**18 + round(seconds * SECOND_NS)


def test_one_unverified_source_gets_a_few_areas_then_one_at_a_time() -> None:
    state, back = grow(Growth(), NAMES, verified=False, now_tai_ns=at(0.0))
    assert sorted(state.areas) == NAMES[:AT_ONCE]
    assert list(back) == NAMES[AT_ONCE:]

    state, _ = grow(state, NAMES, verified=False, now_tai_ns=at(SECONDS_EACH - 1.0))
    assert len(state.areas) == AT_ONCE
    state, _ = grow(state, NAMES, verified=False, now_tai_ns=at(SECONDS_EACH + 1.0))
    assert sorted(state.areas) == NAMES[: AT_ONCE + 1]


@given(steps=st.lists(st.tuples(st.floats(0.0, 90.0), st.integers(0, 40)), max_size=30))
def test_areas_never_grow_faster_than_the_limit(steps: list[tuple[float, int]]) -> None:
    state, now_s, ever = Growth(), 0.0, set[str]()
    for wait_s, count in steps:
        now_s += wait_s
        state, back = grow(state, NAMES[:count], verified=False, now_tai_ns=at(now_s))
        ever |= state.areas
        assert set(NAMES[:count]) - state.areas == set(back)

    assert len(ever) <= AT_ONCE + now_s / SECONDS_EACH + 1e-6


def test_an_area_that_is_not_named_again_lapses() -> None:
    state, _ = grow(Growth(), NAMES[:2], verified=False, now_tai_ns=at(0.0))
    state, _ = grow(state, NAMES[:1], verified=False, now_tai_ns=at(LAPSE_S - 1.0))
    assert state.areas == set(NAMES[:2])

    state, _ = grow(state, NAMES[:1], verified=False, now_tai_ns=at(LAPSE_S + 1.0))
    assert state.areas == set(NAMES[:1])


def test_a_second_source_lifts_the_limit() -> None:
    state, back = grow(Growth(), NAMES, verified=True, now_tai_ns=at(0.0))

    assert state.areas == set(NAMES)
    assert back == ()
