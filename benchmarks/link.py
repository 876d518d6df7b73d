"""How many signed reports a second one core sends and takes over a link, a hundred to an envelope.

Reports are tracks of two sensors. `verified` is the signature and the envelope's form alone;
`received` is all that the receiving end does: order and chain too, and each report read.
"""

import argparse
from collections.abc import Sequence

import machine

from tocsin.messages.envelope import read_envelope
from tocsin.messages.picture import TrackReport
from tocsin.messages.report import write_report
from tocsin.partners.inbox import Inbox, receive, stored
from tocsin.partners.keys import KeyRing
from tocsin.partners.link import BATCH_REPORTS_MAX, FLIGHT_MAX
from tocsin.partners.outbox import Outbox, poll, send
from tocsin.partners.signing import private_from_seed, public_of, verify

NOW = 1_770_000_000 * 1_000_000_000
KEY = private_from_seed("aurora", bytes(32))
RING = KeyRing(keys=(public_of(KEY, since_tai_ns=0),))
REPORTS = FLIGHT_MAX * BATCH_REPORTS_MAX


def report(number: int) -> bytes:
    """Give a track as bytes."""
    place = (6.4e6 + number, 1.2e5, -3.3e5, 1.1e3, 4.2e3, -2.7e3)
    variances = [1e4 if row == column else 10.0 for row in range(6) for column in range(row + 1)]
    return write_report(
        TrackReport(
            track=f"aurora:{number}",
            partner="aurora",
            parent=None,
            time_tai_ns=NOW,
            state=place,
            covariance=tuple(variances),
            existence=0.99,
            phase="coast",
            sensors=tuple(f"aurora-radar-{place}" for place in range(1, 3)),
            sources=("radar",),
            plots=24,
            first_tai_ns=NOW - 10**11,
            last_tai_ns=NOW,
            residual=1.0,
            data_class="test",
        )
    )


def taken(envelopes: Sequence[bytes]) -> int:
    """Receive envelopes as a node does, without its log; give the reports that came out."""
    inbox = Inbox(sender="aurora", receiver="borealis")
    count = 0
    for data in envelopes:
        inbox, found = receive(inbox, data, NOW, RING)
        count += sum(len(each.reports) for each in found.accepted)
        inbox = stored(inbox, inbox.taken)
    return count


def checked(envelopes: Sequence[bytes]) -> int:
    """Read envelopes and check their signatures; give how many were good."""
    return sum(verify(read_envelope(data), RING) is None for data in envelopes)


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=7)
    asked.add_argument("--json", action="store_true", help="print JSON")
    options = asked.parse_args()
    reports = [report(number) for number in range(REPORTS)]
    empty = Outbox(sender="aurora", receiver="borealis")
    _, envelopes = poll(send(empty, reports, NOW, "test"), NOW, KEY)
    assert checked(envelopes) == FLIGHT_MAX
    assert taken(envelopes) == REPORTS
    rows = []
    for name, work in (
        ("verified", lambda: checked(envelopes)),
        ("received", lambda: taken(envelopes)),
        ("sealed and signed", lambda: poll(send(empty, reports, NOW, "test"), NOW, KEY)),
    ):
        took = machine.shortest(work, options.runs)
        rows.append((name, REPORTS / took.cpu_s, took.cpu_s / FLIGHT_MAX * 1e6))
    machine.show(
        f"{len(reports[0])} bytes a report, {BATCH_REPORTS_MAX} an envelope, one core",
        ["what", "reports a CPU-second", "microseconds an envelope"],
        rows,
        options.json,
    )


if __name__ == "__main__":
    main()
