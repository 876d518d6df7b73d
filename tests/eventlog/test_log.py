import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.errors import LogError
from tocsin.eventlog.chain import verify
from tocsin.eventlog.event import APPEND_ENTRIES_MAX, BEGINNING, BODY_BYTES_MAX, Tip

ENTRY = st.tuples(
    st.integers(0, 2**63 - 1),
    st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,63}", fullmatch=True),
    st.binary(max_size=300),
)


def test_a_new_log_is_empty(place):
    log = place.open()

    assert log.tip() == BEGINNING
    assert list(log.read()) == []
    assert verify(log) == BEGINNING


@given(groups=st.lists(st.lists(ENTRY, max_size=5), max_size=5), first=st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_read_is_what_was_appended_in_order(place, groups, first):
    log = place.open()
    before = log.tip().number

    acknowledged = [event for group in groups for event in log.append(group)]
    read = list(log.read(before + 1))

    assert read == acknowledged
    assert [(e.time_tai_ns, e.kind, e.body) for e in read] == [e for g in groups for e in g]
    assert [e.number for e in read] == list(range(before + 1, before + 1 + len(read)))
    assert list(log.read(before + first)) == read[first - 1 :]
    assert verify(log).number == before + len(read)
    log.close()


def test_every_event_names_the_digest_of_the_one_before(place, entries):
    log = place.open()
    log.append(entries(3))
    log.append(entries(2, first=4))

    events = list(log.read())

    assert [event.previous for event in events] == [
        bytes(32),
        *(event.digest for event in events[:-1]),
    ]
    assert log.tip() == Tip(number=5, digest=events[-1].digest)


@pytest.mark.parametrize("first", range(1, 9))
def test_a_reading_may_begin_at_any_event_or_after_the_last(place, entries, first):
    log = place.open()
    whole = [*log.append(entries(3)), *log.append(entries(4, first=4))]

    assert list(log.read(first)) == whole[first - 1 :]
    assert list(log.read(first + 100)) == []


def test_nothing_appended_is_nothing_changed(place, entries):
    log = place.open()
    log.append(entries(2))
    before = log.tip()

    assert log.append([]) == ()
    assert log.tip() == before


def test_a_crash_after_an_append_loses_nothing(place, entries):
    log = place.open()
    acknowledged = [*log.append(entries(5)), *log.append(entries(1, first=6))]

    again = place.crash(log)

    assert list(again.read()) == acknowledged
    again.append(entries(1, first=7))
    assert verify(again).number == 7


def test_a_closed_log_says_so(place, entries):
    log = place.open()
    log.append(entries(1))
    log.close()
    log.close()

    for use in (log.tip, lambda: log.append(entries(1)), lambda: list(log.read())):
        with pytest.raises(LogError, match="is closed: open it again"):
            use()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ((-1, "plot.1", b""), "time_tai_ns is -1; it must be from 0"),
        ((2**63, "plot.1", b""), "it must be from 0 to 9223372036854775807"),
        ((0, "", b""), "a kind has 1 to 64"),
        ((0, "Plot 1", b""), "kind 'Plot 1'"),
        ((0, "plot\n", b""), "a kind has 1 to 64"),
        ((0, "p" * 65, b""), "a kind has 1 to 64"),
        ((0, "plot.1", bytes(BODY_BYTES_MAX + 1)), "at most 4194304 are logged in one event"),
    ],
)
def test_an_entry_out_of_bounds_is_refused_and_nothing_is_stored(place, entries, entry, said):
    log = place.open()
    log.append(entries(1))

    with pytest.raises(LogError, match=said):
        log.append([*entries(2, first=2), entry])

    assert log.tip().number == 1
    log.append(entries(1, first=2))
    assert verify(log).number == 2


def test_the_largest_event_is_stored(place):
    log = place.open()

    log.append([(2**63 - 1, "p" * 64, bytes(BODY_BYTES_MAX))])

    assert [len(event.body) for event in log.read()] == [BODY_BYTES_MAX]


def test_too_many_entries_in_one_append_are_refused(place):
    log = place.open()

    with pytest.raises(LogError, match="at most 100000 are stored together"):
        log.append([(0, "plot.1", b"")] * (APPEND_ENTRIES_MAX + 1))


def test_reading_from_before_the_first_event_is_refused(place):
    with pytest.raises(LogError, match="from event 0: numbers begin at 1"):
        list(place.open().read(0))


def test_a_reading_ends_where_the_log_ended_as_it_began(place, entries):
    log = place.open()
    log.append(entries(250))

    reading = log.read()
    seen = [next(reading).number]
    log.append(entries(10, first=251))
    seen += [event.number for event in reading]

    assert seen == list(range(1, 251))


def test_reading_holds_few_events_at_once(tmp_path, entries):
    from tocsin.eventlog.sqlite import open_log

    log = open_log(tmp_path / "log")
    for first in range(1, 2001, 200):
        log.append(entries(200, first=first, body_bytes=10_000))

    tracemalloc.start()
    try:
        assert sum(len(event.body) for event in log.read()) == 20_000_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
        log.close()
