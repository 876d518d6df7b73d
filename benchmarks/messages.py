"""How many reports a second are written and read, every check made, and the bytes of each."""

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from collections.abc import Callable  # noqa: E402

import msgspec  # noqa: E402
import numpy as np  # noqa: E402
from machine import shortest, show  # noqa: E402

from tocsin.messages.convert import (  # noqa: E402
    MEASURED,
    History,
    LookTold,
    Origin,
    plot_reports,
    scan_reports,
    track_reports,
)
from tocsin.messages.envelope import Envelope, read_envelope, write_envelope  # noqa: E402
from tocsin.messages.report import Report, kind_of, read_report, write_report  # noqa: E402
from tocsin.sensors.measurement import Plots  # noqa: E402
from tocsin.tracking.track import plain_tracks  # noqa: E402

START = 1_790_000_000_000_000_000
SENSORS = tuple(f"sensor-{place}" for place in range(8))
COUNT = 5_000
BATCH = 100
RUNS = 5
HEAD = ("message", "bytes each", "written a CPU-second", "read a CPU-second", "unchecked read")


def tracks(chance: np.random.Generator) -> list[Report]:
    """Give made-up tracks, each of two sensors."""
    root = chance.normal(size=(COUNT, 6, 6)) * 100.0
    made = plain_tracks(
        track=np.arange(1, COUNT + 1),
        time_tai_ns=np.full(COUNT, START),
        state=chance.normal(size=(COUNT, 6)) * ([4e6] * 3 + [3e3] * 3),
        covariance=root @ root.transpose(0, 2, 1),
        existence=chance.random(COUNT),
        phase=chance.integers(0, 3, COUNT),
        sensors=np.full(COUNT, 0b10010),
        hits=chance.integers(1, 500, COUNT),
        misses=np.zeros(COUNT, np.int64),
    )
    first = np.full(COUNT, START - 300 * 10**9)
    history = History(first_tai_ns=first, last_tai_ns=first, residual=chance.random(COUNT))
    origin = Origin(
        partner="east",
        sensors=SENSORS,
        kinds=dict.fromkeys(SENSORS, "radar"),
        data_class="test",
    )
    return list(track_reports(made, history, origin))


def plots(chance: np.random.Generator) -> Plots:
    """Give made-up plots of one radar, everything measured."""
    return Plots(
        sensors=SENSORS[:1],
        time_tai_ns=START + chance.integers(0, 10**9, COUNT),
        sensor=np.zeros(COUNT, np.int64),
        plot_id=np.arange(COUNT),
        data_class="test",
        **{name: chance.random(COUNT) for name in MEASURED},
    )


def looks(made: Plots) -> list[Report]:
    """Give the plots as looks of a hundred each."""
    found: list[Report] = []
    for number, first in enumerate(range(0, COUNT, BATCH), 1):
        look = LookTold(
            sensor=SENSORS[0],
            number=number,
            start_tai_ns=START,
            end_tai_ns=START + 10**9,
            looked=(),
            health="ok",
        )
        found += scan_reports(look, made.take(np.arange(first, first + BATCH)))
    return found


def each_second(work: Callable[[], object], count: int) -> float:
    """Give how many of `count` pieces of work are done in a CPU-second."""
    return count / shortest(work, RUNS).cpu_s


def row(name: str, reports: list[Report]) -> list[object]:
    """Give the figures of one kind."""
    sent = [write_report(report) for report in reports]
    raw = msgspec.msgpack.Decoder()
    return [
        name,
        sum(map(len, sent)) / len(sent),
        each_second(lambda: [write_report(report) for report in reports], len(sent)),
        each_second(lambda: [read_report(payload) for payload in sent], len(sent)),
        each_second(lambda: [raw.decode(payload) for payload in sent], len(sent)),
    ]


def envelopes(reports: list[Report]) -> list[object]:
    """Give the figures of envelopes of a hundred tracks each, reports not looked into."""
    sent = [write_report(report) for report in reports]
    made = [
        Envelope(
            sender="east",
            receiver="west",
            number=number,
            sent_tai_ns=START,
            data_class="test",
            previous=bytes(32),
            reports=tuple(sent[first : first + BATCH]),
            key="east-1",
        )
        for number, first in enumerate(range(0, COUNT, BATCH), 1)
    ]
    payloads = [write_envelope(each) for each in made]
    raw = msgspec.msgpack.Decoder()
    return [
        f"envelope.1 of {BATCH} tracks",
        sum(map(len, payloads)) / len(payloads),
        each_second(lambda: [write_envelope(each) for each in made], len(made)),
        each_second(lambda: [read_envelope(each) for each in payloads], len(made)),
        each_second(lambda: [raw.decode(each) for each in payloads], len(made)),
    ]


def main() -> None:
    """Measure every kind that there are many of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    chance = np.random.default_rng(1)
    followed, seen = tracks(chance), plots(chance)
    rows = [
        row(kind_of(followed[0]), followed),
        row("plot.1", list(plot_reports(seen))),
        row(f"scan.1 of {BATCH} plots", looks(seen)),
        envelopes(followed),
    ]
    show("messages written and read", HEAD, rows, arguments.json)


if __name__ == "__main__":
    main()
