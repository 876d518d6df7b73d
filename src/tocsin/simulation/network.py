"""Many centres in one program under a virtual clock: sensors and people speak, centres act.

Everybody who speaks to a centre (a sensor, a feed, an office, a channel) has a key and a link of
its own, as partners have. Same script, seed and settings: same bytes out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from tocsin.earth.time import SECOND_NS
from tocsin.eventlog.memory import MemoryLog, new_memory_log
from tocsin.messages.fields import DataClass
from tocsin.messages.office import AcknowledgementReport
from tocsin.messages.report import Report, write_report
from tocsin.node.intake import Arrived
from tocsin.node.replay import inputs, outputs
from tocsin.node.settings import NodeSettings
from tocsin.node.state import NodeState, Outputs, start
from tocsin.node.step import step
from tocsin.partners.in_process import InProcess
from tocsin.partners.inbox import Inbox, receive
from tocsin.partners.keys import KeyRing
from tocsin.partners.outbox import Outbox, heard, poll, send
from tocsin.partners.signing import PrivateKey, private_from_seed
from tocsin.partners.transport import Parcel
from tocsin.warning.events import LAUNCH, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What somebody says to a centre at an instant."""

    tai_ns: int
    speaker: str
    centre: str
    reports: tuple[Report, ...]
    data_class: DataClass = "actual"
    raw: bytes | None = None
    """Bytes put on the wire as they are, in place of reports: forged or damaged ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouth:
    """The sending end of one who speaks to one centre."""

    key: PrivateKey
    outbox: Outbox
    inbox: Inbox
    """For the centre's answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Everything between two ticks of the virtual clock."""

    now_tai_ns: int
    step_s: float
    ring: KeyRing
    transport: InProcess
    nodes: dict[str, NodeState]
    logs: dict[str, MemoryLog]
    mouths: dict[tuple[str, str], Mouth]
    """By speaker and centre."""
    channels_answer: bool = True
    """Whether channels confirm what they are given."""
    recording: bool = True
    """Whether centres log what arrives; only a test of the log turns it off."""


def key_of(name: str) -> PrivateKey:
    """Give the key of somebody in a simulation: made of the name, so that every run has it."""
    return private_from_seed(name, blake2b(name.encode(), digest_size=32).digest())


def network(
    settings: Sequence[NodeSettings], transport: InProcess, begin_tai_ns: int, step_s: float
) -> Network:
    """Give a network in which nothing was said yet.

    Args:
        settings: Of each centre; those who speak to it have the keys that `key_of` gives.
        transport: What carries everything.
        begin_tai_ns: The first instant.
        step_s: Time between two steps of each centre.
    """
    mouths = {}
    for each in settings:
        for speaker in each.speakers:
            if speaker.role == "partner":
                continue
            mouths[speaker.id, each.own] = Mouth(
                key=key_of(speaker.id),
                outbox=Outbox(sender=speaker.id, receiver=each.own),
                inbox=Inbox(sender=each.own, receiver=speaker.id),
            )
    return Network(
        now_tai_ns=begin_tai_ns,
        step_s=step_s,
        ring=settings[0].ring,
        transport=transport,
        nodes={each.own: start(each) for each in settings},
        logs={each.own: new_memory_log(each.own) for each in settings},
        mouths=mouths,
    )


Watcher = Callable[[Network, dict[str, Outputs]], None]
"""Called after each step of all centres, with what each gave out."""


def run(
    net: Network,
    script: Sequence[Utterance],
    until_tai_ns: int,
    watch: Watcher | None = None,
    *,
    skip: bool = False,
) -> Network:
    """Let a script be spoken and the centres act, up to an instant.

    Args:
        net: As it stands.
        script: In any order; what is due before `net.now_tai_ns` is said at the first step.
        until_tai_ns: The last step is at or just before it.
        watch: Sees every step.
        skip: Leave out steps at which nothing is said, arrives, waits or is under way.
    """
    waiting = sorted(script, key=lambda each: each.tai_ns)
    place = 0
    step_ns = round(net.step_s * SECOND_NS)
    while net.now_tai_ns + step_ns <= until_tai_ns:
        said_tai_ns = waiting[place].tai_ns if place < len(waiting) else until_tai_ns
        steps = _quiet_steps(net, said_tai_ns, step_ns) if skip else 0
        net = replace(net, now_tai_ns=net.now_tai_ns + (steps + 1) * step_ns)
        if net.now_tai_ns > until_tai_ns:
            break
        due: list[Utterance] = []
        while place < len(waiting) and waiting[place].tai_ns <= net.now_tai_ns:
            due.append(waiting[place])
            place += 1
        net = _spoken(net, due)
        net, done = stepped(net)
        if watch is not None:
            watch(net, done)
    return net


def _quiet_steps(net: Network, said_tai_ns: int, step_ns: int) -> int:
    """Give how many steps from now on nothing at all would happen."""
    if any(not event.closed for node in net.nodes.values() for event in under_way(node)):
        return 0
    if any(outbox.flight for node in net.nodes.values() for outbox in node.outboxes.values()):
        return 0
    arrives = net.transport.next_tai_ns()
    next_tai_ns = said_tai_ns if arrives is None else min(said_tai_ns, arrives)
    return max(0, (next_tai_ns - net.now_tai_ns - 1) // step_ns)


def under_way(node: NodeState) -> list[Event]:
    """Give the launches that a centre has not closed, of any data class."""
    return [
        event
        for side in (*node.joint.values(), *node.own.values())
        for event in side.judgement.events
        if event.kind == LAUNCH and not event.closed
    ]


def _spoken(net: Network, due: Sequence[Utterance]) -> Network:
    """Put what is said on its way, each at its own instant, and repeat what was not heard."""
    mouths, transport = dict(net.mouths), net.transport
    for each in due:
        if each.raw is not None:
            parcel = Parcel(sender=each.speaker, receiver=each.centre, data=each.raw)
            transport = transport.publish(parcel, each.tai_ns)
            continue
        way = (each.speaker, each.centre)
        written = [write_report(report) for report in each.reports]
        outbox = send(mouths[way].outbox, written, each.tai_ns, each.data_class)
        outbox, envelopes = poll(outbox, each.tai_ns, mouths[way].key)
        mouths[way] = replace(mouths[way], outbox=outbox)
        for data in envelopes:
            parcel = Parcel(sender=each.speaker, receiver=each.centre, data=data)
            transport = transport.publish(parcel, each.tai_ns)
    for way, mouth in mouths.items():
        if not mouth.outbox.flight and not mouth.outbox.queue:
            continue
        outbox, envelopes = poll(mouth.outbox, net.now_tai_ns, mouth.key)
        mouths[way] = replace(mouth, outbox=outbox)
        for data in envelopes:
            parcel = Parcel(sender=way[0], receiver=way[1], data=data)
            transport = transport.publish(parcel, net.now_tai_ns)
    return replace(net, mouths=mouths, transport=transport)


def stepped(net: Network) -> tuple[Network, dict[str, Outputs]]:
    """Deliver what has arrived, let every centre step, and put what it says on its way."""
    nodes, transport, done = dict(net.nodes), net.transport, {}
    for name in sorted(nodes):
        transport, parcels = transport.receive(name, net.now_tai_ns)
        arrived = tuple(Arrived(source=each.sender, data=each.data) for each in parcels)
        if net.recording:
            net.logs[name].append(inputs(arrived, net.now_tai_ns))
        nodes[name], done[name] = step(nodes[name], arrived, net.now_tai_ns)
        if done[name].decisions:
            net.logs[name].append(outputs(done[name], net.now_tai_ns))
        for receiver, data in done[name].transmit:
            parcel = Parcel(sender=name, receiver=receiver, data=data)
            transport = transport.publish(parcel, net.now_tai_ns)
    net = replace(net, nodes=nodes, transport=transport)
    return _answers(_confirmed(net, done)), done


def _answers(net: Network) -> Network:
    """Give every speaker the answers that have reached it."""
    mouths, transport = dict(net.mouths), net.transport
    for way, mouth in net.mouths.items():
        speaker, centre = way
        if not mouth.outbox.flight:
            continue
        transport, parcels = transport.receive(speaker, net.now_tai_ns)
        inbox, outbox = mouth.inbox, mouth.outbox
        for parcel in parcels:
            if parcel.sender != centre:
                continue
            inbox, found = receive(inbox, parcel.data, net.now_tai_ns, net.ring)
            if found.answer is not None:
                outbox = heard(outbox, found.answer, found.answer_tai_ns)
        mouths[way] = replace(mouth, inbox=inbox, outbox=outbox)
    return replace(net, mouths=mouths, transport=transport)


def _confirmed(net: Network, done: dict[str, Outputs]) -> Network:
    """Let channels say that they have put an alert out, at the next step."""
    said = [
        Utterance(
            tai_ns=net.now_tai_ns,
            speaker=message.channel,
            centre=name,
            reports=(
                AcknowledgementReport(
                    subject_kind="alert",
                    subject=message.alert.id,
                    by=message.channel,
                    time_tai_ns=net.now_tai_ns,
                ),
            ),
        )
        for name, each in done.items()
        for message in each.messages
        if net.channels_answer and (message.channel, name) in net.mouths
    ]
    return _spoken(net, said) if said else net
