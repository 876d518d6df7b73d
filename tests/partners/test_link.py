"""Two nodes over a bad transport, with crashes: each report exactly once, in order, none forged."""

import random
from dataclasses import dataclass, field, replace

import msgspec
import pytest

from tocsin.messages.envelope import UNSIGNED, read_envelope, write_envelope
from tocsin.messages.fields import DataClass
from tocsin.messages.office import HeartbeatReport
from tocsin.messages.report import Report, write_report
from tocsin.partners.in_process import Cut, InProcess, Weather
from tocsin.partners.inbox import (
    Inbox,
    Received,
    answer,
    read_inbox,
    receive,
    stored,
    write_inbox,
)
from tocsin.partners.keys import KeyRing
from tocsin.partners.outbox import Outbox, heard, poll, read_outbox, send, write_outbox
from tocsin.partners.signing import private_from_seed, public_of, sign
from tocsin.partners.transport import Parcel

SEEDS = 300
STEP_NS = 500_000_000
START_NS = 1_700_000_000 * 1_000_000_000
NAMES = ("aurora", "borealis")
KEYS = {name: private_from_seed(name, bytes([n] * 32)) for n, name in enumerate(NAMES, 1)}
FORGER = private_from_seed("aurora", bytes([9] * 32))
RING = KeyRing(keys=tuple(public_of(key, since_tai_ns=0) for key in KEYS.values()))
Chance = random.Random | None
"""What draws the mishaps; None: there are none."""
CLASSES: tuple[DataClass, ...] = ("actual", "exercise", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What survives a crash: both states, and what was taken from the partner."""

    outbox: bytes
    inbox: bytes
    taken: tuple[tuple[DataClass, Report], ...] = ()


@dataclass(slots=True, kw_only=True)
class Node:
    """One partner's node: its states in memory, and its disk."""

    name: str
    other: str
    outbox: Outbox
    inbox: Inbox
    disk: Disk
    said: list[tuple[DataClass, Report]] = field(default_factory=list)
    crashes: int = 0

    def store(self, taken: tuple[tuple[DataClass, Report], ...] = ()) -> None:
        """Write everything to disk in one step."""
        self.disk = Disk(
            outbox=write_outbox(self.outbox),
            inbox=write_inbox(self.inbox),
            taken=self.disk.taken + taken,
        )

    def crash(self) -> None:
        """Lose what is in memory; go on with what is on disk."""
        self.crashes += 1
        self.outbox = read_outbox(self.disk.outbox)
        self.inbox = read_inbox(self.disk.inbox)


def node(name: str, other: str) -> Node:
    outbox = Outbox(sender=name, receiver=other)
    inbox = Inbox(sender=other, receiver=name)
    disk = Disk(outbox=write_outbox(outbox), inbox=write_inbox(inbox))
    return Node(name=name, other=other, outbox=outbox, inbox=inbox, disk=disk)


def beat(number: int) -> HeartbeatReport:
    return HeartbeatReport(sent_tai_ns=START_NS + number, number=number, health="ok")


def happens(chance: Chance, probability: float) -> bool:
    """Say whether a mishap happens now."""
    return chance is not None and chance.random() < probability


def speak(each: Node, chance: random.Random, now_ns: int) -> None:
    """Queue some reports of one data class, and store that before anything else."""
    count = chance.choice((0, 0, 0, 0, 1, 1, 1, 2, 5, 120))
    data_class = chance.choice(CLASSES)
    new = [beat(len(each.said) + n + 1) for n in range(count)]
    each.outbox = send(each.outbox, [write_report(one) for one in new], now_ns, data_class)
    each.said += [(data_class, one) for one in new]
    each.store()


def hear(each: Node, data: bytes, chance: Chance, now_ns: int) -> Received:
    """Take a parcel; it may crash before, between and after storing and acknowledging."""
    each.inbox, found = receive(each.inbox, data, now_ns, RING)
    if happens(chance, 0.05):
        each.crash()
        return found
    if found.answer is not None:
        each.outbox = heard(each.outbox, found.answer, found.answer_tai_ns)
    taken = tuple(
        (accepted.data_class, report) for accepted in found.accepted for report in accepted.reports
    )
    each.store(taken)
    if happens(chance, 0.05):
        each.crash()
    elif found.accepted:
        each.inbox = stored(each.inbox, found.accepted[-1].number)
    return found


def transmit(each: Node, transport: InProcess, chance: Chance, now_ns: int) -> InProcess:
    """Send what is due; it may crash before any, between two, and after all of them."""
    each.outbox, out = poll(each.outbox, now_ns, KEYS[each.name])
    each.inbox, answers = answer(each.inbox, now_ns, "test", KEYS[each.name])
    each.store()
    for data in (*out, *answers):
        if happens(chance, 0.03):
            each.crash()
            break
        parcel = Parcel(sender=each.name, receiver=each.other, data=data)
        transport = transport.publish(parcel, now_ns)
        if chance is not None and happens(chance, 0.05):
            transport = transport.publish(replace(parcel, data=forged(data, chance)), now_ns)
    return transport


def forged(data: bytes, chance: random.Random) -> bytes:
    """Give an envelope as somebody without the key would make it: no report in it was ever said."""
    envelope = read_envelope(data)
    lie = (write_report(HeartbeatReport(sent_tai_ns=1, number=1, health="down")),)
    changed = msgspec.structs.replace(envelope, reports=lie)
    if chance.random() < 0.3:
        changed = msgspec.structs.replace(changed, signature=UNSIGNED)
    elif chance.random() < 0.5:
        changed = sign(changed, FORGER)
    return write_envelope(changed)


def weather(chance: random.Random) -> Weather:
    return Weather(
        delay_s=chance.choice((0.0, 0.05, 0.6)),
        jitter_s=chance.choice((0.0, 2.0)),
        loss=chance.choice((0.0, 0.1, 0.4)),
        duplication=chance.choice((0.0, 0.3)),
        reorder=chance.choice((0.0, 0.2)),
        corruption=chance.choice((0.0, 0.1)),
        truncation=chance.choice((0.0, 0.1)),
    )


def run(seed: int) -> tuple[Node, Node]:
    """Let two nodes talk for 16 steps in bad weather, then until nothing is left in good."""
    chance = random.Random(seed)  # noqa: S311  drawn again from the seed that is printed
    nodes = node("aurora", "borealis"), node("borealis", "aurora")
    since_ns = START_NS + chance.randrange(10) * STEP_NS
    cut = Cut(since_tai_ns=since_ns, until_tai_ns=since_ns + 6 * STEP_NS)
    transport = InProcess(seed=seed, weather=weather(chance), cuts=(cut,))
    for step in range(400):
        now_ns = START_NS + step * STEP_NS
        bad = step < 16
        if step == 16:
            transport = replace(transport, weather=Weather())
        for each in nodes:
            if bad:
                speak(each, chance, now_ns)
            transport, parcels = transport.receive(each.name, now_ns)
            for parcel in parcels:
                hear(each, parcel.data, chance if bad else None, now_ns)
            transport = transmit(each, transport, chance if bad else None, now_ns)
        if not bad and all(not (n.outbox.queue or n.outbox.flight) for n in nodes):
            break
    return nodes


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
def test_all_that_was_said_arrives_once_and_in_order_after_crashes_and_bad_weather(
    first: int,
) -> None:
    crashes = refused = 0
    for seed in range(first, first + 50):
        nodes = run(seed)
        for each, other in (nodes, nodes[::-1]):
            assert list(other.disk.taken) == each.said, f"seed {seed}"
            assert not each.outbox.flight, f"seed {seed}"
            assert not each.outbox.broken(), f"seed {seed}: {each.outbox.faults}"
            crashes += each.crashes
            refused += each.inbox.refused.total()
    assert crashes > 50
    assert refused > 500


def test_the_same_seed_gives_the_same_run() -> None:
    assert [each.disk for each in run(7)] == [each.disk for each in run(7)]
