"""What is sent: again until acknowledged, within limits, and nothing of value is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.messages.envelope import FIRST_PREVIOUS, digest, read_envelope
from tocsin.messages.office import AcknowledgementReport, HeartbeatReport
from tocsin.messages.picture import RetractionReport
from tocsin.messages.report import write_report
from tocsin.partners.link import (
    BATCH_REPORTS_MAX,
    FLIGHT_MAX,
    QUEUE_REPORTS_MAX,
    Answer,
    LinkError,
)
from tocsin.partners.outbox import (
    Outbox,
    heard,
    next_poll_tai_ns,
    poll,
    read_outbox,
    send,
    unacknowledged,
    write_outbox,
)
from tocsin.partners.signing import private_from_seed

S_NS = 1_000_000_000
NOW = 1_770_000_000 * S_NS
AURORA = private_from_seed("aurora", bytes([1]) * 32)
EMPTY = Outbox(sender="aurora", receiver="borealis")
BEAT = write_report(HeartbeatReport(sent_tai_ns=NOW, number=1, health="ok"))
BACK = write_report(
    RetractionReport(
        subject_kind="event",
        subject="e1",
        reason="WITHDRAWN",
        sentence="",
        time_tai_ns=NOW,
        data_class="test",
    )
)


def sent(outbox: Outbox, after_s: float) -> tuple[Outbox, list[int]]:
    """Poll; give the numbers of what went out."""
    outbox, data = poll(outbox, NOW + round(after_s * S_NS), AURORA)
    return outbox, [read_envelope(each).number for each in data]


def answered(outbox: Outbox, stored: int, *waiting: tuple[int, int], after_s: float = 0) -> Outbox:
    known = {each.number: each.digest for each in outbox.flight} | {0: FIRST_PREVIOUS}
    told = Answer(stored=stored, digest=known.get(stored, outbox.previous), waiting=waiting)
    return heard(outbox, told, NOW + round(after_s * S_NS))


def loaded(envelopes: int) -> Outbox:
    """Give an outbox with so many envelopes out."""
    reports = [BEAT] * (BATCH_REPORTS_MAX * envelopes)
    return poll(send(EMPTY, reports, NOW, "test"), NOW, AURORA)[0]


def test_an_envelope_is_sent_again_later_and_later_until_it_is_acknowledged() -> None:
    outbox = send(EMPTY, [BEAT], NOW, "test")
    times = []
    for tenth in range(1_200):
        outbox, numbers = sent(outbox, tenth / 10)
        times += [tenth / 10] * len(numbers)
    assert times == [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 61.0, 91.0]

    outbox = answered(outbox, 1)

    assert sent(outbox, 300.0)[1] == []
    assert next_poll_tai_ns(outbox, NOW) is None


def test_a_repeat_is_the_same_bytes() -> None:
    outbox, first = poll(send(EMPTY, [BEAT], NOW, "test"), NOW, AURORA)

    assert poll(outbox, NOW + S_NS, AURORA)[1] == first


def test_a_clock_set_back_does_not_silence_the_link() -> None:
    outbox, _ = sent(send(EMPTY, [BEAT], NOW, "test"), 3_600.0)

    assert sent(outbox, 0.0)[1] == [1]


def test_envelopes_are_chained_and_hold_one_data_class() -> None:
    outbox = send(EMPTY, [BEAT] * 150, NOW, "test")
    outbox = send(outbox, [BEAT], NOW, "exercise")

    envelopes = [read_envelope(each) for each in poll(outbox, NOW, AURORA)[1]]

    assert [(len(each.reports), each.data_class) for each in envelopes] == [
        (100, "test"),
        (50, "test"),
        (1, "exercise"),
    ]
    assert [each.number for each in envelopes] == [1, 2, 3]
    assert [each.previous for each in envelopes] == [
        FIRST_PREVIOUS,
        *(digest(each) for each in envelopes[:2]),
    ]


def test_no_more_is_out_at_once_than_the_limit_and_the_rest_follows() -> None:
    outbox = loaded(FLIGHT_MAX + 2)
    assert len(outbox.flight) == FLIGHT_MAX

    assert sent(answered(outbox, 2), 0.1)[1] == [FLIGHT_MAX + 1, FLIGHT_MAX + 2]


def test_what_is_missing_over_there_is_sent_at_once() -> None:
    outbox = answered(loaded(6), 1, (3, 3), (5, 6))

    assert sent(outbox, 0.1)[1] == [2, 4]


def test_a_later_answer_is_not_undone_by_one_that_it_overtook() -> None:
    outbox = answered(loaded(3), 2, after_s=2.0)

    assert answered(outbox, 1, after_s=1.0) == outbox


def test_an_answer_about_other_bytes_breaks_the_link_and_acknowledges_nothing() -> None:
    outbox = loaded(2)

    after = heard(outbox, Answer(stored=1, digest=bytes(16)), NOW)

    assert after.broken()
    assert after.faults.pairs == (("fork", 1),)
    assert after.flight == outbox.flight


@pytest.mark.parametrize(("stored", "after_s"), [(9, 0.0), (0, 5.0)])
def test_an_answer_for_more_than_was_sent_or_for_less_than_before_is_a_rollback(
    stored: int, after_s: float
) -> None:
    outbox = answered(loaded(2), 2, after_s=1.0)

    assert answered(outbox, stored, after_s=after_s).faults.pairs == (("rollback", 1),)


def test_a_full_queue_drops_the_oldest_of_least_value_and_says_so() -> None:
    outbox = send(EMPTY, [BACK, BEAT] * (QUEUE_REPORTS_MAX // 2), NOW, "test")
    assert outbox.dropped.total() == 0

    outbox = send(outbox, [BACK] * 10, NOW, "test")

    assert outbox.dropped.pairs == (("heartbeat", 10),)
    assert len(outbox.queue) == QUEUE_REPORTS_MAX
    assert [each.kind for each in outbox.queue[:12]] == ["retraction"] * 11 + ["heartbeat"]


def test_what_takes_something_back_is_never_dropped() -> None:
    outbox = send(EMPTY, [BACK] * (QUEUE_REPORTS_MAX + 5), NOW, "test")
    outbox = send(outbox, [BEAT], NOW, "test")

    assert len(outbox.queue) == QUEUE_REPORTS_MAX + 5
    assert outbox.dropped.pairs == (("heartbeat", 1),)


def test_a_report_that_cannot_be_carried_is_refused_and_nothing_is_queued() -> None:
    own = write_report(
        AcknowledgementReport(subject_kind="envelope", subject="1:0", by="aurora", time_tai_ns=NOW)
    )
    for wrong in (bytes(2**16 + 1), own):
        with pytest.raises(LinkError, match="link to 'borealis'"):
            send(EMPTY, [BEAT, wrong], NOW, "test")


def test_an_outbox_survives_a_restart_and_makes_the_same_envelopes() -> None:
    outbox = send(loaded(3), [BEAT], NOW, "exercise")
    again = read_outbox(write_outbox(outbox))

    assert again == outbox
    assert poll(again, NOW + S_NS, AURORA) == poll(outbox, NOW + S_NS, AURORA)


@given(data=st.binary(max_size=200))
def test_a_damaged_outbox_gives_one_line(data: bytes) -> None:
    with pytest.raises(LinkError, match="a stored outbox"):
        read_outbox(data)


def test_all_that_may_be_lacking_is_there_for_a_new_start() -> None:
    outbox = answered(send(loaded(3), [BACK], NOW, "exercise"), 1)

    kinds = [each.kind for each in unacknowledged(outbox)]

    assert kinds == ["heartbeat"] * (2 * BATCH_REPORTS_MAX) + ["retraction"]
    assert unacknowledged(outbox)[-1].data_class == "exercise"


def test_the_next_poll_is_the_first_repeat() -> None:
    outbox = loaded(1)

    assert next_poll_tai_ns(outbox, NOW) == NOW + S_NS
