from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import LogError
from tocsin.eventlog.chain import check_anchor, digest_of, linked, verified, verify
from tocsin.eventlog.event import BEGINNING, Tip
from tocsin.eventlog.memory import new_memory_log

EVENTS = linked(BEGINNING, [(n, f"kind-{n}", bytes([n])) for n in range(6)])


def tip_after(number: int) -> Tip:
    """Give the tip after so many of the events."""
    return Tip(number=number, digest=EVENTS[number - 1].digest) if number else BEGINNING


def test_a_digest_keeps_its_value_for_ever():
    digest = digest_of(bytes(32), 1, (1_720_180_800_000_000_000, "plot.1", b"body"))

    assert digest.hex() == "560e7b1c003335adb9260993ff5c4a4be72c1fcbc1ea0d2195deb211220c1132"


@given(
    left=st.tuples(st.integers(0, 2**63), st.text("ab", max_size=3), st.binary(max_size=3)),
    right=st.tuples(st.integers(0, 2**63), st.text("ab", max_size=3), st.binary(max_size=3)),
)
def test_entries_that_differ_have_digests_that_differ(left, right):
    assert (digest_of(bytes(32), 1, left) == digest_of(bytes(32), 1, right)) == (left == right)


def test_kind_and_body_cannot_flow_into_each_other():
    assert digest_of(bytes(32), 1, (0, "ab", b"c")) != digest_of(bytes(32), 1, (0, "a", b"bc"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time_tai_ns": 9}, "event 3 of log 'it' is changed"),
        ({"time_tai_ns": -1}, "event 3 of log 'it' is changed"),
        ({"kind": "kind-9"}, "event 3 of log 'it' is changed"),
        ({"body": b"x"}, "event 3 of log 'it' is changed"),
        ({"digest": bytes(32)}, "event 3 of log 'it' is changed"),
        ({"number": 7}, "event 3 of log 'it' is missing: the next one there has number 7"),
    ],
)
def test_a_changed_event_is_named(change, said):
    events = [*EVENTS[:2], replace(EVENTS[2], **change), *EVENTS[3:]]

    with pytest.raises(LogError, match=said):
        list(verified(events, BEGINNING, "it"))


def test_a_dropped_event_is_named():
    with pytest.raises(LogError, match="event 3 of log 'it' is missing"):
        list(verified([*EVENTS[:2], *EVENTS[3:]], BEGINNING, "it"))


def test_an_event_rewritten_with_a_digest_of_its_own_is_named_by_the_next():
    forged = linked(tip_after(2), [(2, "kind-2", b"forged")])

    with pytest.raises(LogError, match="event 4 of log 'it' does not follow event 3"):
        list(verified([*EVENTS[:2], *forged, *EVENTS[3:]], BEGINNING, "it"))


def test_a_reading_may_begin_anywhere():
    assert list(verified(EVENTS[3:], tip_after(3), "it")) == list(EVENTS[3:])
    with pytest.raises(LogError, match="event 4 of log 'it' does not follow event 3"):
        list(verified(EVENTS[3:], replace(tip_after(2), number=3), "it"))


def test_a_log_whose_end_cannot_be_read_is_not_verified():
    log = new_memory_log("it")
    log.append([(n, "plot.1", b"") for n in range(4)])
    log.events[3] = replace(log.events[3], body=b"x")

    with pytest.raises(LogError, match="event 4 of log 'it' is changed"):
        verify(log)


def test_an_anchor_at_the_end_needs_no_word():
    assert check_anchor(tip_after(4), [tip_after(4)], "it") == ""
    assert check_anchor(BEGINNING, [BEGINNING], "it") == ""


def test_an_anchor_one_append_behind_is_what_a_crash_leaves():
    remark = check_anchor(tip_after(4), [tip_after(4), tip_after(6)], "it")

    assert "events 5 to 6, was stored but not acknowledged" in remark


def test_an_anchor_ahead_of_the_log_is_a_loss():
    with pytest.raises(LogError, match="lost acknowledged events: its anchor is at event 6, the "):
        check_anchor(tip_after(6), [tip_after(4)], "it")


def test_an_anchor_of_another_log_is_refused():
    other = Tip(number=4, digest=bytes(32))

    for tips in ([tip_after(4)], [tip_after(4), tip_after(5)]):
        with pytest.raises(LogError, match="its event 4 has another digest than its anchor"):
            check_anchor(other, tips, "it")


def test_an_anchor_two_appends_behind_is_an_old_one():
    with pytest.raises(LogError, match="is too old: it is at event 1, the log ends 2 or more"):
        check_anchor(tip_after(1), [tip_after(1), tip_after(2), tip_after(3)], "it")
