"""Answers on the wire: acknowledgements of envelopes, in an envelope with nothing else.

The first report names the last envelope up to which all are stored, and the front of its digest,
as `12:` and 32 hexadecimal digits. Each further one names a run of envelopes that have arrived and
wait for one before them, as `14-16`: what lies between is missing.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tocsin.errors import MessageError
from tocsin.messages.decode import kind_of
from tocsin.messages.fields import COUNTER_MAX
from tocsin.messages.office import AcknowledgementReport
from tocsin.messages.report import read_report, write_report
from tocsin.partners.link import HELD_MAX, Answer

SUBJECT_KIND: Final = "envelope"
DIGITS = 32
"""Of the digest: 128 bits, and the answer itself is signed."""

_STORED = re.compile(rf"(\d{{1,19}}):([0-9a-f]{{{DIGITS}}})", re.ASCII)
_RUN = re.compile(r"(\d{1,19})-(\d{1,19})", re.ASCII)


def write_answer(answer: Answer, by: str, now_tai_ns: int) -> tuple[bytes, ...]:
    """Give an answer as the reports of its envelope; `by` is the partner who answers."""
    subjects = [f"{answer.stored}:{answer.digest.hex()[:DIGITS]}"]
    subjects += [f"{first}-{last}" for first, last in answer.waiting]
    return tuple(
        write_report(
            AcknowledgementReport(
                subject_kind=SUBJECT_KIND, subject=subject, by=by, time_tai_ns=now_tai_ns
            )
        )
        for subject in subjects
    )


def is_answer(reports: Sequence[bytes]) -> bool:
    """Say whether the first of an envelope's reports acknowledges an envelope."""
    return bool(reports) and acknowledges_envelope(reports[0])


def acknowledges_envelope(report: bytes) -> bool:
    """Say whether a report is part of an answer; what cannot be read is none."""
    try:
        if kind_of(report).partition(".")[0] != "acknowledgement":
            return False
        told = read_report(report)
    except MessageError:
        return False
    return isinstance(told, AcknowledgementReport) and told.subject_kind == SUBJECT_KIND


def read_answer(reports: Sequence[bytes]) -> Answer:
    """Read an answer from the reports of its envelope.

    Raises:
        MessageError: They are not what `write_answer` gives.
    """
    if len(reports) > 1 + HELD_MAX:
        raise _wrong(f"{len(reports)} reports; at most {1 + HELD_MAX} can be meant")
    subjects = [_subject(each) for each in reports]
    stored = _STORED.fullmatch(subjects[0])
    runs = [_RUN.fullmatch(each) for each in subjects[1:]]
    if stored is None or not all(runs):
        raise _wrong(f"subjects {', '.join(subjects)[:120]!r}")
    waiting = tuple((int(run[1]), int(run[2])) for run in runs if run)
    edges = [int(stored[1]), *(edge for run in waiting for edge in run)]
    if edges[-1] > COUNTER_MAX or any(one > other for one, other in pairwise(edges)):
        raise _wrong(f"numbers {edges} that do not rise")
    return Answer(stored=edges[0], digest=bytes.fromhex(stored[2]), waiting=waiting)


def _subject(report: bytes) -> str:
    """Give which envelopes a report acknowledges."""
    told = read_report(report)
    if not isinstance(told, AcknowledgementReport) or told.subject_kind != SUBJECT_KIND:
        raise _wrong("a report of another kind")
    return told.subject


def _wrong(what: str) -> MessageError:
    """Give the error for an answer that makes no sense."""
    return MessageError(f"answer: {what}; its sender must mend it", fault="wrong field")
