"""Answers on the wire: what is stored, what waits, and nothing that makes no sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import MessageError
from tocsin.messages.fields import COUNTER_MAX
from tocsin.messages.office import AcknowledgementReport, HeartbeatReport
from tocsin.messages.report import write_report
from tocsin.partners.answers import DIGITS, is_answer, read_answer, write_answer
from tocsin.partners.link import Answer

DIGEST = bytes(range(32))
BEAT = write_report(HeartbeatReport(sent_tai_ns=1, number=1, health="ok"))


def acknowledgement(subject: str, kind: str = "envelope") -> bytes:
    return write_report(
        AcknowledgementReport(
            subject_kind=kind,  # type: ignore[arg-type]
            subject=subject,
            by="borealis",
            time_tai_ns=1,
        )
    )


STORED = f"12:{DIGEST.hex()[:DIGITS]}"


@given(
    stored=st.integers(0, 10**6),
    steps=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=32),
)
def test_an_answer_survives_the_wire(stored: int, steps: list[tuple[int, int]]) -> None:
    waiting, last = [], stored
    for gap, length in steps:
        waiting.append((last + gap + 1, last + gap + 1 + length))
        last = waiting[-1][1]
    answer = Answer(stored=stored, digest=DIGEST[: DIGITS // 2], waiting=tuple(waiting))

    reports = write_answer(answer, "borealis", 1)

    assert is_answer(reports)
    assert read_answer(reports) == answer


@pytest.mark.parametrize(
    "reports",
    [
        [acknowledgement("12")],
        [acknowledgement("12:00")],
        [acknowledgement(STORED), acknowledgement("14")],
        [acknowledgement(STORED), acknowledgement("16-14")],
        [acknowledgement(STORED), acknowledgement("9-14")],
        [acknowledgement(STORED), acknowledgement("20-22"), acknowledgement("14-16")],
        [acknowledgement(STORED), acknowledgement(f"14-{COUNTER_MAX + 1}")],
        [acknowledgement(STORED), acknowledgement("e1", "event")],
        [acknowledgement(STORED), BEAT],
        [acknowledgement(STORED), *[acknowledgement("14-14")] * 40],
    ],
)
def test_an_answer_that_makes_no_sense_is_a_wrong_field(reports: list[bytes]) -> None:
    with pytest.raises(MessageError, match="answer: ") as raised:
        read_answer(reports)
    assert raised.value.fault == "wrong field"


@pytest.mark.parametrize("reports", [[], [BEAT], [b""], [acknowledgement("e1", "event")]])
def test_what_is_no_answer_is_not_taken_for_one(reports: list[bytes]) -> None:
    assert not is_answer(reports)
