"""What arrives: each fault is named and counted, and stops nothing good."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.messages.envelope import (
    FIRST_PREVIOUS,
    UNSIGNED,
    Envelope,
    digest,
    read_envelope,
    write_envelope,
)
from tocsin.messages.office import AcknowledgementReport, HeartbeatReport
from tocsin.messages.picture import RetractionReport
from tocsin.messages.report import write_report
from tocsin.partners.inbox import (
    Inbox,
    answer,
    read_inbox,
    receive,
    stored,
    what_is_here,
    write_inbox,
)
from tocsin.partners.keys import KeyRing, revoked
from tocsin.partners.link import HELD_MAX, LinkError
from tocsin.partners.signing import private_from_seed, public_of, sign

S_NS = 1_000_000_000
NOW = 1_770_000_000 * S_NS
AURORA = private_from_seed("aurora", bytes([1]) * 32)
BOREALIS = private_from_seed("borealis", bytes([2]) * 32)
RING = KeyRing(keys=(public_of(AURORA, 0), public_of(BOREALIS, 0)))
INBOX = Inbox(sender="aurora", receiver="borealis", since_tai_ns=NOW - 10**6 * S_NS)


def beat(number: int) -> bytes:
    return write_report(HeartbeatReport(sent_tai_ns=NOW, number=number, health="ok"))


def envelope(number: int = 1, previous: bytes = FIRST_PREVIOUS, **changes: object) -> Envelope:
    made = Envelope(
        sender="aurora",
        receiver="borealis",
        number=number,
        sent_tai_ns=NOW,
        data_class="test",
        previous=previous,
        reports=(beat(number),),
        key=AURORA.id,
    )
    return sign(msgspec.structs.replace(made, **changes), AURORA)


def chain(count: int, **changes: object) -> list[Envelope]:
    made = [envelope(1, **changes)]
    while len(made) < count:
        made.append(envelope(len(made) + 1, digest(made[-1]), **changes))
    return made


def after(inbox: Inbox, *envelopes: Envelope, now_ns: int = NOW) -> tuple[Inbox, list[int]]:
    """Give the inbox after these, and the numbers given out."""
    numbers: list[int] = []
    for each in envelopes:
        inbox, found = receive(inbox, write_envelope(each), now_ns, RING)
        numbers += [accepted.number for accepted in found.accepted]
    return inbox, numbers


OTHER_CLASS = write_report(
    RetractionReport(
        subject_kind="event",
        subject="e1",
        reason="WITHDRAWN",
        sentence="",
        time_tai_ns=NOW,
        data_class="actual",
    )
)
WHOLE = write_envelope(envelope())
FAULTS = [
    ("unsigned", write_envelope(msgspec.structs.replace(envelope(), signature=UNSIGNED))),
    ("wrong signature", write_envelope(msgspec.structs.replace(envelope(), number=2))),
    ("unknown key", write_envelope(sign(envelope(), BOREALIS))),
    ("wrong sender", write_envelope(sign(envelope(sender="borealis"), BOREALIS))),
    ("wrong receiver", write_envelope(envelope(receiver="celadon"))),
    ("future-dated", write_envelope(envelope(sent_tai_ns=NOW + 2 * S_NS + 1))),
    ("stale", write_envelope(envelope(sent_tai_ns=INBOX.since_tai_ns - 1))),
    ("fork", write_envelope(envelope(previous=bytes([7]) * 32))),
    ("oversized", WHOLE + bytes(2**20)),
    ("truncated", WHOLE[:-1]),
    ("corrupt", WHOLE + b"\x00"),
    ("unknown version", WHOLE.replace(b"envelope.1", b"envelope.2")),
    ("wrong field", WHOLE.replace(b"test", b"tost")),
]


@pytest.mark.parametrize(("fault", "data"), FAULTS, ids=[fault for fault, _ in FAULTS])
def test_each_fault_is_counted_by_its_name_and_the_good_one_still_comes_in(
    fault: str, data: bytes
) -> None:
    inbox, found = receive(INBOX, data, NOW, RING)

    assert (found.accepted, found.refused) == ((), (fault,))
    assert inbox.refused.pairs == ((fault, 1),)
    assert after(inbox, envelope())[1] == [1]


def test_two_seconds_ahead_is_no_future() -> None:
    assert after(INBOX, envelope(sent_tai_ns=NOW + 2 * S_NS))[1] == [1]


def test_one_from_the_future_comes_in_once_its_time_has_come() -> None:
    early = envelope(sent_tai_ns=NOW + 60 * S_NS)
    inbox, _ = after(INBOX, early)

    assert after(inbox, early, now_ns=NOW + 58 * S_NS)[1] == [1]


@given(data=st.binary(max_size=300))
def test_no_bytes_raise_anything_or_are_believed(data: bytes) -> None:
    _, found = receive(INBOX, data, NOW, RING)

    assert found.accepted == ()
    assert len(found.refused) == 1


@given(place=st.integers(0, len(WHOLE) * 8 - 1))
def test_no_bit_of_an_envelope_may_be_turned(place: int) -> None:
    turned = bytearray(WHOLE)
    turned[place // 8] ^= 1 << place % 8

    _, found = receive(INBOX, bytes(turned), NOW, RING)

    assert found.accepted == ()


def test_a_repeat_is_refused_as_replayed_and_answered_again() -> None:
    inbox, _ = after(INBOX, envelope())
    inbox = stored(inbox, 1)
    inbox, first = answer(inbox, NOW, "test", BOREALIS)

    inbox, numbers = after(inbox, envelope())

    assert numbers == []
    assert inbox.refused.of("replayed") == 1
    assert len(first) == len(answer(inbox, NOW, "test", BOREALIS)[1]) == 1


def test_the_same_number_with_other_bytes_is_a_fork() -> None:
    inbox, numbers = after(INBOX, envelope(), envelope(reports=(beat(9),)))

    assert numbers == [1]
    assert inbox.refused.pairs == (("fork", 1),)


def test_a_number_far_back_written_since_is_a_rollback() -> None:
    inbox, _ = after(INBOX, *chain(300, reports=(beat(1),))[:150])
    inbox = stored(inbox, 150)
    inbox, _ = after(inbox, *chain(300, reports=(beat(1),))[150:])
    later = envelope(1, sent_tai_ns=NOW + S_NS)

    inbox, _ = after(inbox, later, envelope(1))

    assert inbox.refused.pairs == (("replayed", 1), ("rollback", 1))


def test_what_overtook_waits_and_what_is_missing_is_asked_for() -> None:
    one, two, three, four = chain(4)
    inbox, numbers = after(INBOX, one, three, four)
    assert numbers == [1]
    assert what_is_here(inbox).waiting == ((3, 4),)
    assert [n for n in range(1, 6) if what_is_here(stored(inbox, 1)).asks_for(n)] == [2]

    inbox, numbers = after(inbox, two)

    assert numbers == [2, 3, 4]
    assert what_is_here(inbox).waiting == ()


def test_what_waits_and_is_not_chained_to_what_came_is_dropped() -> None:
    one, two = chain(2)
    false = envelope(3, bytes([5]) * 32)
    inbox, numbers = after(INBOX, false, one, two)

    assert numbers == [1, 2]
    assert inbox.held == ()
    assert inbox.refused.pairs == (("fork", 1),)


def test_no_more_is_kept_than_the_limit() -> None:
    inbox, _ = after(INBOX, *chain(HELD_MAX + 3)[1:])

    assert len(inbox.held) == HELD_MAX
    assert inbox.refused.pairs == (("ahead", 2),)


def test_what_is_not_stored_is_not_acknowledged() -> None:
    inbox, _ = after(INBOX, *chain(3))
    assert what_is_here(inbox).stored == 0

    inbox = stored(inbox, 2)

    assert what_is_here(inbox).stored == 2
    assert what_is_here(inbox).digest == digest(chain(2)[-1])


def test_a_caller_who_never_stores_is_not_given_more_and_more() -> None:
    inbox, numbers = after(INBOX, *chain(400, reports=(beat(1),)))

    assert len(numbers) < 256
    assert inbox.refused.of("ahead") > 100


def test_after_a_restart_what_was_given_out_is_stored_and_is_not_given_out_again() -> None:
    inbox, _ = after(INBOX, *chain(2), chain(4)[3])
    again = read_inbox(write_inbox(inbox))

    assert again == replace(stored(inbox, 2), owes=True)
    assert after(again, *chain(4))[1] == [3, 4]


@given(data=st.binary(max_size=200))
def test_a_damaged_inbox_gives_one_line(data: bytes) -> None:
    with pytest.raises(LinkError, match="a stored inbox"):
        read_inbox(data)


def test_an_old_envelope_that_is_new_comes_in_and_is_marked_late() -> None:
    inbox, found = receive(INBOX, WHOLE, NOW + 61 * S_NS, RING)

    assert found.accepted[0].late
    assert inbox.late == 1
    assert not receive(INBOX, WHOLE, NOW + 60 * S_NS, RING)[1].accepted[0].late


def test_a_report_that_cannot_be_read_stops_none_beside_it() -> None:
    mixed = envelope(reports=(beat(1), b"\xc1", OTHER_CLASS, beat(2)))

    inbox, found = receive(INBOX, write_envelope(mixed), NOW, RING)

    assert [each.number for each in found.accepted[0].reports] == [1, 2]  # type: ignore[union-attr]
    assert found.refused == ("corrupt", "data class")
    assert inbox.taken == 1


def test_a_class_that_is_not_wanted_is_refused_and_the_link_goes_on() -> None:
    live = replace(INBOX, data_classes=("actual",))
    one = envelope()
    two = envelope(2, digest(one), data_class="actual")

    inbox, found = receive(live, write_envelope(one), NOW, RING)
    assert (found.accepted[0].reports, found.refused) == ((), ("data class",))
    assert after(inbox, two)[1] == [2]


def test_a_revoked_key_signs_nothing_new_and_nothing_older_than_what_came() -> None:
    one = envelope()
    inbox, _ = after(INBOX, one)
    ring = revoked(RING, AURORA.id, NOW + 10 * S_NS)

    def refused(sent_ns: int) -> tuple[str, ...]:
        two = envelope(2, digest(one), sent_tai_ns=sent_ns)
        return receive(inbox, write_envelope(two), NOW + 20 * S_NS, ring)[1].refused

    assert refused(NOW + 5 * S_NS) == ()
    assert refused(NOW + 10 * S_NS) == ("revoked key",)
    assert refused(NOW - 1) == ("revoked key",)


def test_an_answer_is_handed_out_unless_it_is_old_or_makes_no_sense() -> None:
    ours = Inbox(sender="borealis", receiver="aurora")
    _, (data,) = answer(replace(stored(after(INBOX, envelope())[0], 1)), NOW, "test", BOREALIS)
    _, found = receive(ours, data, NOW, RING)
    assert found.answer is not None
    assert (found.answer.stored, found.answer_tai_ns) == (1, NOW)

    assert receive(ours, data, NOW + 61 * S_NS, RING)[1].refused == ("stale",)
    odd = write_report(
        AcknowledgementReport(
            subject_kind="envelope", subject="1:xyz", by="borealis", time_tai_ns=NOW
        )
    )
    wrong = sign(msgspec.structs.replace(read_envelope(data), reports=(odd,)), BOREALIS)
    assert receive(ours, write_envelope(wrong), NOW, RING)[1].refused == ("wrong field",)
