"""A small network under a virtual clock, every link with weather of its own, centres that crash.

What a run knows is held in one record whose dictionaries the run changes in place: thousands of
runs are made, each short.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tocsin.earth.time import SECOND_NS
from tocsin.eventlog.memory import MemoryLog, crash, new_memory_log
from tocsin.messages.fields import DataClass
from tocsin.messages.report import Report, write_report
from tocsin.node.intake import Arrived
from tocsin.node.replay import inputs, outputs, resume
from tocsin.node.settings import NodeSettings
from tocsin.node.state import NodeState, Outputs, start
from tocsin.node.step import step
from tocsin.partners.in_process import CALM, InProcess
from tocsin.partners.inbox import Inbox, answer, receive, stored
from tocsin.partners.keys import KeyRing
from tocsin.partners.outbox import Outbox, heard, next_poll_tai_ns, poll, send
from tocsin.partners.transport import Parcel
from tocsin.simulation.fault_plan import Crash, Plan
from tocsin.simulation.network import Mouth, key_of
from tocsin.simulation.small_world import SmallLook, in_class, looks_of, settings_of, small_world

Link = tuple[str, str]
"""From whom to whom."""
IDLE_S = 10.0
"""A centre that nothing reaches turns this often."""
WIRE_MAX = 12
"""Last parcels of each link that an attacker remembers."""
LIAR_TRUST = 0.3
"""Of a partner that tells of what is not there, in a third of the runs; in the others nobody knows
it for one, and it is trusted as any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """One run as it stands."""

    plan: Plan
    ring: KeyRing
    settings: dict[str, NodeSettings]
    nodes: dict[str, NodeState]
    """Those that are up."""
    logs: dict[str, MemoryLog]
    down: dict[str, int]
    """Centres that have crashed, and until when."""
    links: dict[Link, InProcess]
    mouths: dict[Link, Mouth]
    """Of sensors, and of the nation that is no centre of ours."""
    sealed: dict[Link, list[bytes]] = field(default_factory=dict)
    """Digests of all envelopes that were really sent, by number."""
    wire: dict[Link, list[bytes]] = field(default_factory=dict)
    """What has gone by lately, as an attacker sees it."""
    looks: dict[tuple[str, int], SmallLook] = field(default_factory=dict)
    """By sensor and number of the envelope."""
    turned: dict[str, int] = field(default_factory=dict)
    """When each centre last turned, by its own clock."""
    crashed: set[int] = field(default_factory=set)
    """Places of crashes that have happened."""
    problems: list[str] = field(default_factory=list)


def small_net(plan: Plan) -> Net:
    """Give a network in which nothing was said yet."""
    ring = plan.ring()
    trust = ((plan.liar, LIAR_TRUST),) if plan.lie == "ghost" and plan.seed % 3 == 0 else ()
    settings = {
        name: settings_of(
            name,
            [each for (one, _), those in plan.policies.items() if one == name for each in those],
            ring,
            trust,
        )
        for name in plan.centres
    }
    mouths = {}
    for sender, receiver in plan.links():
        if receiver in plan.centres and sender not in plan.centres:
            mouths[sender, receiver] = Mouth(
                key=key_of(sender),
                outbox=Outbox(sender=sender, receiver=receiver),
                inbox=Inbox(sender=receiver, receiver=sender),
            )
    return Net(
        plan=plan,
        ring=ring,
        settings=settings,
        nodes={name: start(each) for name, each in settings.items()},
        logs={name: new_memory_log(name) for name in settings},
        down={},
        links={
            link: InProcess(seed=plan.seed, weather=plan.weather.get(link, CALM), cuts=plan.cuts)
            for link in plan.links()
        },
        mouths=mouths,
    )


def healed(net: Net) -> None:
    """End all bad weather and every cut; what is under way still arrives."""
    for link, each in net.links.items():
        net.links[link] = replace(each, weather=CALM, cuts=())


def put(net: Net, link: Link, data: bytes, tai_ns: int) -> None:
    """Put bytes on a link, whoever they are from."""
    if link in net.links:
        parcel = Parcel(sender=link[0], receiver=link[1], data=data)
        net.links[link] = net.links[link].publish(parcel, tai_ns)


def _sent(net: Net, link: Link, outbox: Outbox, envelopes: Sequence[bytes], tai_ns: int) -> None:
    """Put a sender's envelopes on a link, and remember what was really sent."""
    told = net.sealed.setdefault(link, [])
    for each in outbox.flight:
        if each.number == len(told) + 1:
            told.append(each.digest)
        elif each.number <= len(told) and told[each.number - 1] != each.digest:
            net.problems.append(f"{link} sent two envelopes of number {each.number}")
    for data in envelopes:
        put(net, link, data, tai_ns)
    if envelopes:
        net.wire[link] = [*net.wire.get(link, []), *envelopes][-WIRE_MAX:]


def say(net: Net, link: Link, reports: Sequence[Report], tai_ns: int, data_class: DataClass) -> int:
    """Let somebody who is no centre say something; give the number of the last envelope."""
    mouth = net.mouths[link]
    outbox = send(mouth.outbox, [write_report(each) for each in reports], tai_ns, data_class)
    outbox, envelopes = poll(outbox, tai_ns, mouth.key)
    net.mouths[link] = replace(mouth, outbox=outbox)
    _sent(net, link, outbox, envelopes, tai_ns)
    return outbox.sealed


def sensors_speak(net: Net, since_tai_ns: int, until_tai_ns: int) -> None:
    """Let sensors tell of their looks within a time, and everybody repeat what was not heard."""
    plan = net.plan
    for look in looks_of(plan.flights or plan.exercise, plan.draw):
        link = (look.sensor, look.owner)
        if since_tai_ns < look.tai_ns <= until_tai_ns and link in net.mouths:
            told = in_class(look, plan.data_class())
            number = say(net, link, told.reports, look.tai_ns, plan.data_class())
            net.looks[look.sensor, number] = look
    for link, mouth in net.mouths.items():
        if mouth.outbox.flight or mouth.outbox.queue:
            outbox, envelopes = poll(mouth.outbox, until_tai_ns, mouth.key)
            net.mouths[link] = replace(mouth, outbox=outbox)
            _sent(net, link, outbox, envelopes, until_tai_ns)


def everybody_listens(net: Net, now_tai_ns: int) -> dict[Link, tuple[Report, ...]]:
    """Give those who are no centres what has reached them; give what the liar was told."""
    heard_of: dict[Link, tuple[Report, ...]] = {}
    for link, mouth in net.mouths.items():
        back = (link[1], link[0])
        if not net.links[back].transits:
            continue
        net.links[back], parcels = net.links[back].receive(link[0], now_tai_ns)
        inbox, outbox = mouth.inbox, mouth.outbox
        for parcel in parcels:
            inbox, found = receive(inbox, parcel.data, now_tai_ns, net.ring)
            if found.answer is not None:
                outbox = heard(outbox, found.answer, found.answer_tai_ns)
            for each in found.accepted:
                inbox = stored(inbox, each.number)
                heard_of[link] = (*heard_of.get(link, ()), *each.reports)
        inbox, answers = answer(inbox, now_tai_ns, "actual", mouth.key)
        net.mouths[link] = replace(mouth, inbox=inbox, outbox=outbox)
        for data in answers:
            put(net, link, data, now_tai_ns)
    return heard_of


def centres_turn(net: Net, now_tai_ns: int) -> dict[str, Outputs]:
    """Let every centre turn that something has reached or that is due; give what they did."""
    done = {}
    for name in net.plan.centres:
        arrived = _arrived(net, name, now_tai_ns)
        if name in net.down:
            if now_tai_ns < net.down[name]:
                continue  # what reaches a centre that is down is lost
            _restart(net, name)
            continue
        begin = small_world().begin_tai_ns
        clock = net.plan.clocks.get(name)
        own = now_tai_ns if clock is None else clock.read(now_tai_ns, begin)
        own = max(own, net.turned.get(name, 0))
        if arrived or _due(net.nodes[name], net.turned.get(name, 0), own):
            found = _turn(net, name, arrived, (own, now_tai_ns))
            if found is not None:
                done[name] = found
    return done


def _arrived(net: Net, name: str, now_tai_ns: int) -> tuple[Arrived, ...]:
    found: list[Arrived] = []
    for link, transport in net.links.items():
        if link[1] == name and transport.transits:
            net.links[link], parcels = transport.receive(name, now_tai_ns)
            found += [Arrived(source=each.sender, data=each.data) for each in parcels]
    return tuple(found)


def _due(node: NodeState, turned_tai_ns: int, own_tai_ns: int) -> bool:
    if own_tai_ns - turned_tai_ns >= IDLE_S * SECOND_NS:
        return True
    polls = (next_poll_tai_ns(outbox, own_tai_ns) for outbox in node.outboxes.values())
    return any(due is not None and due <= own_tai_ns for due in polls)


def _turn(
    net: Net, name: str, arrived: tuple[Arrived, ...], now: tuple[int, int]
) -> Outputs | None:
    """Log, act, log and send, unless a crash comes in between; then give nothing."""
    own_tai_ns, now_tai_ns = now
    fails = _crash_now(net, name, now_tai_ns)
    entries = inputs(arrived, own_tai_ns)
    if fails is not None and fails.where.startswith("append"):
        log = crash(net.logs[name], entries, stored=fails.where == "append stored")
        _goes_down(net, fails, log, now_tai_ns)
        return None
    net.logs[name].append(entries)
    state, done = step(net.nodes[name], arrived, own_tai_ns)
    if fails is not None and fails.where == "acted":
        log = crash(net.logs[name], outputs(done, own_tai_ns), stored=False)
        _goes_down(net, fails, log, now_tai_ns)
        return None
    if fails is None or fails.where != "logged":
        net.logs[name].append(outputs(done, own_tai_ns))
    if fails is not None:
        log = crash(net.logs[name])
        _goes_down(net, fails, log, now_tai_ns)
        return None
    net.nodes[name] = state
    net.turned[name] = own_tai_ns
    by_link: dict[str, list[bytes]] = {}
    for receiver, data in done.transmit:
        by_link.setdefault(receiver, []).append(data)
    for receiver, outbox in state.outboxes.items():
        _sent(net, (name, receiver), outbox, by_link.pop(receiver, ()), now_tai_ns)
    for receiver, those in by_link.items():
        for data in those:
            put(net, (name, receiver), data, now_tai_ns)
    return done


def _crash_now(net: Net, name: str, now_tai_ns: int) -> Crash | None:
    for place, each in enumerate(net.plan.crashes):
        if each.centre == name and each.tai_ns <= now_tai_ns and place not in net.crashed:
            net.crashed.add(place)
            return each
    return None


def _goes_down(net: Net, fails: Crash, log: MemoryLog, now_tai_ns: int) -> None:
    net.logs[fails.centre] = log
    net.down[fails.centre] = now_tai_ns + round(fails.down_s * SECOND_NS)
    del net.nodes[fails.centre]


def _restart(net: Net, name: str) -> None:
    """Rebuild a centre from its log."""
    found = resume(net.logs[name], net.settings[name])
    net.problems.extend(f"{name} after a crash: {line}" for line in found.differs)
    net.nodes[name] = found.state
    net.turned[name] = found.now_tai_ns
    del net.down[name]
