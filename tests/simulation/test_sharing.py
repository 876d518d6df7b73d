"""Laws of who knows what when: sharing can help, never harm, and never counts anything twice."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tocsin.lanes import Floats
from tocsin.simulation.scenario import DEFAULT_DELAY_S, Sharing
from tocsin.simulation.sharing import NOBODY, Heard, Known, arrivals, heard_by, known_to

SENSORS = 6
OWN = (0, 1, 2)
THEIRS = (3, 4, 5)
NEVER = np.inf

times = st.one_of(st.just(NEVER), st.integers(0, 40).map(float))


@st.composite
def sightings(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Draw first looks and confirmations, [n, s]: nothing is confirmed before it is looked at."""
    shape = (draw(st.integers(1, 5)), SENSORS)
    first_look_s = draw(arrays(np.float64, shape, elements=times))
    later_s = draw(arrays(np.float64, shape, elements=times))
    return first_look_s, first_look_s + later_s


def heard(level: int, delay_s: float = 3.0, sensors: tuple[int, ...] = THEIRS) -> Heard:
    return Heard(sender="partner", sensors=sensors, level=level, delay_s=delay_s)


def same(one: Known, other: Known) -> bool:
    return np.array_equal(one.known_s, other.known_s) and np.array_equal(
        one.confirmed_by_two_s, other.confirmed_by_two_s
    )


@given(seen=sightings(), delay_s=st.integers(0, 60).map(float))
@settings(max_examples=50, deadline=None)
def test_a_higher_level_is_never_later_at_the_same_delay(
    seen: tuple[Floats, Floats], delay_s: float
) -> None:
    ladder = [known_to(*seen, OWN, [heard(level, delay_s)]) for level in range(5)]
    for lower, higher in itertools.pairwise(ladder):
        assert (higher.known_s <= lower.known_s).all()
        assert (higher.confirmed_by_two_s <= lower.confirmed_by_two_s).all()


@given(seen=sightings(), level=st.integers(0, 4), delay_s=st.integers(0, 60).map(float))
@settings(max_examples=50, deadline=None)
def test_sharing_never_harms_what_the_receiver_has_alone(
    seen: tuple[Floats, Floats], level: int, delay_s: float
) -> None:
    alone = known_to(*seen, OWN, [])
    joined = known_to(*seen, OWN, [heard(level, delay_s)])
    assert (joined.known_s <= alone.known_s).all()
    assert (joined.confirmed_by_two_s <= alone.confirmed_by_two_s).all()


@given(seen=sightings(), level=st.integers(2, 4), delay_s=st.integers(0, 60).map(float))
@settings(max_examples=50, deadline=None)
def test_a_receiver_without_sensors_has_exactly_what_its_partner_has_after_the_delay(
    seen: tuple[Floats, Floats], level: int, delay_s: float
) -> None:
    partner = known_to(*seen, THEIRS, [])
    told = known_to(*seen, (), [heard(level, delay_s)])
    assert np.array_equal(told.known_s, partner.known_s + delay_s)
    assert np.array_equal(told.via, partner.via)
    two_s = partner.confirmed_by_two_s + delay_s if level > 2 else np.full(len(seen[0]), NEVER)
    assert np.array_equal(told.confirmed_by_two_s, two_s)


@given(seen=sightings(), level=st.integers(0, 1))
@settings(max_examples=50, deadline=None)
def test_liveness_and_notices_tell_nothing_of_an_unannounced_launch(
    seen: tuple[Floats, Floats], level: int
) -> None:
    assert same(known_to(*seen, OWN, [heard(level, 0.0)]), known_to(*seen, OWN, []))


@given(
    seen=sightings(), level=st.integers(0, 4), order=st.permutations(range(SENSORS)), data=st.data()
)
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_sensors_changes_nothing(
    seen: tuple[Floats, Floats], level: int, order: list[int], data: st.DataObject
) -> None:
    first_look_s, confirmed_s = seen
    place = {old: new for new, old in enumerate(order)}
    own = tuple(data.draw(st.permutations([place[each] for each in OWN])))
    theirs = tuple(data.draw(st.permutations([place[each] for each in THEIRS])))
    straight = known_to(first_look_s, confirmed_s, OWN, [heard(level)])
    shuffled = known_to(
        first_look_s[:, order], confirmed_s[:, order], own, [heard(level, sensors=theirs)]
    )
    assert same(straight, shuffled)


@given(seen=sightings(), level=st.integers(2, 4), delay_s=st.integers(0, 60).map(float))
@settings(max_examples=50, deadline=None)
def test_the_sensor_named_is_the_one_whose_word_arrived_then(
    seen: tuple[Floats, Floats], level: int, delay_s: float
) -> None:
    first_look_s, confirmed_s = seen
    known = known_to(first_look_s, confirmed_s, OWN, [heard(level, delay_s)])
    late_s = np.array([0.0] * len(OWN) + [delay_s] * len(THEIRS))
    for row, (known_s, via) in enumerate(zip(known.known_s, known.via, strict=True)):
        if via == NOBODY:
            assert known_s == NEVER
            continue
        words = {confirmed_s[row, via] + late_s[via]}
        if level == 4:
            words.add(first_look_s[row, via] + late_s[via])
        assert known_s in words


@given(seen=sightings(), level=st.integers(2, 4))
@settings(max_examples=50, deadline=None)
def test_two_sources_never_come_before_one_and_the_same_word_twice_is_one_source(
    seen: tuple[Floats, Floats], level: int
) -> None:
    once = known_to(*seen, OWN, [heard(level)])
    twice = known_to(*seen, OWN, [heard(level), heard(level)])
    assert (once.known_s <= once.confirmed_by_two_s).all()
    assert same(once, twice)


@given(seen=sightings(), since_s=st.integers(0, 60).map(float), level=st.integers(2, 4))
@settings(max_examples=50, deadline=None)
def test_a_sharing_that_opens_later_never_tells_sooner(
    seen: tuple[Floats, Floats], since_s: float, level: int
) -> None:
    always = heard(level)
    later = Heard(sender="partner", sensors=THEIRS, level=level, delay_s=3.0, since_s=since_s)
    before, after = (known_to(*seen, OWN, [each]) for each in (always, later))
    assert (before.known_s <= after.known_s).all()
    assert (before.confirmed_by_two_s <= after.confirmed_by_two_s).all()


def test_the_levels_of_one_launch_worked_out_by_hand() -> None:
    first_look_s = np.array([[100.0, 80.0, 90.0]])
    confirmed_s = np.array([[130.0, 105.0, 112.0]])
    expected = {  # level: known, by two, via
        0: (130.0, NEVER, 0),
        1: (130.0, NEVER, 0),
        2: (115.0, 130.0, 1),  # the event of 105 arrives at 115; own at 130 makes two
        3: (115.0, 122.0, 1),  # tracks of both: 115 and 122
        4: (100.0, 122.0, 0),  # own first look at 100 meets the partner's of 80, here at 90
    }
    for level, (known_s, two_s, via) in expected.items():
        known = known_to(first_look_s, confirmed_s, (0,), [heard(level, 10.0, (1, 2))])
        assert (known.known_s[0], known.confirmed_by_two_s[0], known.via[0]) == (
            known_s,
            two_s,
            via,
        ), level


def test_looks_of_one_owner_are_not_pooled_at_any_level() -> None:
    first_look_s = np.array([[10.0, 20.0, NEVER]])
    confirmed_s = np.array([[50.0, 60.0, NEVER]])
    alone = known_to(first_look_s, confirmed_s, (0, 1), [])
    joined = known_to(first_look_s, confirmed_s, (0, 1), [heard(4, 0.0, (2,))])
    assert alone.known_s[0] == joined.known_s[0] == 50.0


def test_two_events_of_one_sender_are_one_source_and_of_two_senders_are_two() -> None:
    confirmed_s = np.array([[10.0, 20.0]])
    one = known_to(confirmed_s, confirmed_s, (), [heard(2, 0.0, (0, 1))])
    two = known_to(
        confirmed_s,
        confirmed_s,
        (),
        [
            Heard(sender="north", sensors=(0,), level=2, delay_s=0.0),
            Heard(sender="south", sensors=(1,), level=2, delay_s=0.0),
        ],
    )
    assert one.confirmed_by_two_s[0] == NEVER
    assert two.confirmed_by_two_s[0] == 20.0


def test_a_scenario_s_sharing_is_heard_by_its_receiver_only_and_while_it_is_open() -> None:
    sharing = (
        Sharing(sender="east", receiver="west", level=3, delay_s=10.0, since_s=100.0),
        Sharing(sender="west", receiver="east", level=4, delay_s=2.0, until_s=120.0),
    )
    sensors = {"east": (0,), "west": (1,)}
    at_s = np.array([0.0, 90.0, 200.0])
    confirmed_s = np.full((3, 2), 50.0)

    to_west = arrivals(confirmed_s, (), heard_by(sharing, "west", sensors, at_s))
    to_east = arrivals(confirmed_s, (), heard_by(sharing, "east", sensors, at_s))

    assert to_west[:, 0].tolist() == [110.0, 60.0, 60.0]  # the first waits for 100 s to open
    assert to_east[:, 1].tolist() == [52.0, NEVER, NEVER]  # 140 s and 250 s are too late
    assert (to_west[:, 1] == NEVER).all()
    assert (to_east[:, 0] == NEVER).all()


@given(seen=sightings(), levels=st.tuples(st.integers(0, 4), st.integers(0, 4)))
@settings(max_examples=50, deadline=None)
def test_a_further_sharing_never_takes_back_what_another_told(
    seen: tuple[Floats, Floats], levels: tuple[int, int]
) -> None:
    first, later = heard(levels[0], 2.0), heard(levels[1], 9.0)
    both = known_to(*seen, OWN, [first, later])
    for one in (known_to(*seen, OWN, [first]), known_to(*seen, OWN, [later])):
        assert (both.known_s <= one.known_s).all()
        assert (both.confirmed_by_two_s <= one.confirmed_by_two_s).all()


def test_plots_told_twice_count_from_the_first_telling() -> None:
    first_look_s = np.array([[50.0, 10.0]])
    nothing = np.full((1, 2), NEVER)
    fast, slow = heard(4, 50.0, (1,)), heard(4, 90.0, (1,))
    for told in ([fast, slow], [slow, fast]):
        assert known_to(first_look_s, nothing, (0,), told).known_s[0] == 60.0


def test_a_world_without_sensors_knows_nothing() -> None:
    nothing = np.empty((2, 0))
    known = known_to(nothing, nothing, (), [])
    assert known.known_s.tolist() == [NEVER, NEVER]
    assert known.via.tolist() == [NOBODY, NOBODY]


def test_default_delays_fall_with_the_level() -> None:
    assert [DEFAULT_DELAY_S[level] for level in (2, 3, 4)] == [60.0, 10.0, 2.0]
