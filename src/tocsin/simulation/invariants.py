"""What must hold of a small network whatever fails in it; each check says what is wrong."""

from collections.abc import Iterator, Sequence

from tocsin.earth.time import SECOND_NS
from tocsin.messages.envelope import read_envelope
from tocsin.messages.picture import EventReport, TrackReport
from tocsin.messages.report import Report, kind_of, read_report
from tocsin.messages.sensing import ScanReport
from tocsin.node.replay import replay
from tocsin.node.state import NodeState
from tocsin.partners.link import FLIGHT_MAX
from tocsin.partners.outbox import Outbox
from tocsin.partners.policy import LEVEL_OF_KIND, LIVENESS, Policy, level_at
from tocsin.simulation.fault_plan import Plan
from tocsin.simulation.small_net import Link, Net
from tocsin.simulation.small_world import LAUNCH_AT_S, small_world
from tocsin.warning.events import LAUNCH, Event
from tocsin.warning.grouping import makers
from tocsin.warning.levels import ACTUAL, CONFIRMED, LEVELS, POSSIBLE

LAUNCH_OFF_S = 90.0
SIGMAS = 3.0
"""A launch is told at most so far from when it was, beside so many of its own claimed errors."""


def stored_what_was_acknowledged(net: Net) -> Iterator[str]:
    """Hold what each sender believes to be stored against what its receiver has."""
    for link, outbox in senders(net):
        node = net.nodes.get(link[1])
        if node is None:
            continue
        has = node.inboxes[link[0]].stored
        if outbox.acknowledged > has:
            yield f"{link[1]} acknowledged {outbox.acknowledged} of {link[0]} and has {has}"


def senders(net: Net) -> Iterator[tuple[Link, Outbox]]:
    """Give every sending end whose receiver is a centre of ours."""
    for link, mouth in net.mouths.items():
        yield link, mouth.outbox
    for name, node in net.nodes.items():
        for other, outbox in node.outboxes.items():
            if other in net.plan.centres:
                yield (name, other), outbox


def only_what_was_sent(net: Net, taken: dict[Link, int]) -> Iterator[str]:
    """Hold what was taken on each link against what was really sent, each once and in order.

    Args:
        net: As it stands.
        taken: How much of each link was looked at; brought up to date.
    """
    for name, node in net.nodes.items():
        for sender, inbox in node.inboxes.items():
            link = (sender, name)
            if inbox.taken == taken.get(link, 0):
                continue
            told = net.sealed.get(link, [])
            last = list(inbox.remembered)
            if last != told[max(0, inbox.taken - len(last)) : inbox.taken]:
                yield f"{name} took envelopes of {sender} that were not sent, or not so"
            taken[link] = inbox.taken


def told_as_allowed(net: Net, told: dict[Link, int], now_tai_ns: int) -> Iterator[str]:
    """Hold what centres newly tell one another against their policies, and against whose it is.

    Args:
        net: As it stands.
        told: How many envelopes of each link were looked at; brought up to date.
        now_tai_ns: By the true clock.
    """
    for name, node in net.nodes.items():
        for other, outbox in node.outboxes.items():
            link = (name, other)
            before = told.get(link, 0)
            if outbox.sealed == before:
                continue
            told[link] = outbox.sealed
            if len(outbox.flight) >= FLIGHT_MAX:
                continue  # what waited was released under an earlier policy
            level = _level(net.plan, link, net.turned.get(name, now_tai_ns))
            for each in outbox.flight:
                if each.number > before:
                    for report in reports_of(each.data):
                        yield from _allowed(net, link, report, level)


def reports_of(data: bytes) -> list[Report]:
    """Give the reports of an envelope that we wrote."""
    return [read_report(each) for each in read_envelope(data).reports]


def policy_of(policies: Sequence[Policy], now_tai_ns: int) -> Policy | None:
    """Give the policy in force, worked out apart from the centre's own way."""
    begun = [each for each in policies if each.since_tai_ns <= now_tai_ns]
    return max(begun, key=lambda each: each.since_tai_ns, default=None)


def _level(plan: Plan, link: Link, now_tai_ns: int) -> int:
    policy = policy_of(plan.policies[link], now_tai_ns)
    return LIVENESS if policy is None else level_at(policy, now_tai_ns)


def _allowed(net: Net, link: Link, report: Report, level: int) -> Iterator[str]:
    name = link[0]
    kind = kind_of(report).partition(".")[0]
    if LEVEL_OF_KIND.get(kind, 9) > level:
        yield f"{name} told {link[1]} a {kind} at level {level}"
    owned = net.settings[name].owned()
    match report:
        case TrackReport():
            foreign = set(report.sensors) - owned if _named(net, link) else set()
            if foreign or report.partner != name:
                yield f"{name} told {link[1]} a track that is not of its own sensors alone"
        case ScanReport() if report.sensor not in owned:
            yield f"{name} told {link[1]} plots of {report.sensor}, which is not its own"
        case EventReport() if not report.event.startswith(f"{name}:"):
            yield f"{name} told {link[1]} of {report.event}"
        case _:
            pass


def _named(net: Net, link: Link) -> bool:
    return all(each.sensors_named for each in net.plan.policies[link])


def judged_from_evidence(net: Net, name: str) -> Iterator[str]:
    """Hold every launch that a centre judges against what really flew and who saw it."""
    node = net.nodes.get(name)
    if node is None:
        return
    flew = [small_world().at(LAUNCH_AT_S[letter]) for letter in net.plan.flights]
    for event in node.joint[ACTUAL].judgement.events:
        if event.kind != LAUNCH or event.level_max < POSSIBLE:
            continue
        honest = _honest(net, name, event)
        if event.level_max >= CONFIRMED and not honest:
            word, liar = LEVELS[event.level_max], net.plan.liar or "nobody"
            yield f"{name} judged {event.id} {word} on the word of {liar} alone"
        if not flew and not net.plan.liar:
            yield f"{name} judged {event.id} {LEVELS[event.level_max]}; nothing flew"
        if honest and event.launch_tai_ns is not None and not _near(event, flew):
            yield f"{name} judged a launch at another time than any had: {event.id}"
        if event.level_max >= CONFIRMED and not flew:
            yield f"{name} judged {event.id} {LEVELS[event.level_max]}; nothing flew"
    for event in node.own[ACTUAL].judgement.events:
        if event.kind == LAUNCH and event.level_max >= POSSIBLE and not flew:
            yield f"{name} judged {event.id} from its own sensors; nothing flew"


def _near(event: Event, flew: Sequence[int]) -> bool:
    assert event.launch_tai_ns is not None
    sigma_s = max((each.launch_sigma_s for each in event.sightings), default=0.0)
    off = (abs(event.launch_tai_ns - each) for each in flew)
    return min(off, default=1 << 62) <= (LAUNCH_OFF_S + SIGMAS * sigma_s) * SECOND_NS


def _honest(net: Net, name: str, event: Event) -> bool:
    """Tell whether a sensor or a partner that does not lie supports an event."""
    sources = {source.id: source.owner for source in net.settings[name].sources}
    for each in event.sightings:
        for sensor in each.sensors:
            if sources.get(sensor, sensor.partition(":")[0]) != net.plan.liar:
                return True
        if makers(each) - {name, net.plan.liar}:
            return True
    return any(each.partition(":")[0] != net.plan.liar for each in event.partner_events)


def plots_at_their_time(net: Net, name: str) -> Iterator[str]:
    """Hold the times of what a centre sees itself against when its sensors looked."""
    node = net.nodes.get(name)
    if node is None:
        return
    looked = {look.tai_ns for look in net.looks.values()}
    for side in (node.own, node.joint):
        for data_class in (net.plan.data_class(), ACTUAL):
            for each in side[data_class].sightings:
                if net.plan.liar:
                    continue
                if not {each.first_tai_ns, each.last_tai_ns} <= looked:
                    yield f"{name} has plots in {each.id} at instants at which nobody looked"


def heard_what_holds(
    net: Net, told: dict[Link, dict[str, tuple[int, int]]], since: dict[Link, int]
) -> Iterator[str]:
    """Hold what centres know of one another's events against what was told of them.

    Args:
        net: At its end.
        told: By link, of each event the last revision told and its envelope.
        since: By link, the last envelope that must have arrived.
    """
    for link, events in told.items():
        node = net.nodes[link[1]]
        for name, (revision, number) in events.items():
            if number > since.get(link, 0):
                continue
            held = node.heard.events.get((link[0], name))  # of another class: its name and class
            if (held is None) != (revision == 0) or (held and held.revision < revision):
                has = "nothing" if held is None else f"revision {held.revision}"
                yield f"{link[1]} holds {has} of {name}; {link[0]} told revision {revision}"


def all_delivered(net: Net, since: dict[Link, int]) -> Iterator[str]:
    """Hold what was sent before a while ago against what has arrived, now that all is well."""
    revoked = net.plan.revoked_sensor
    for link, outbox in senders(net):
        if revoked is not None and revoked[0] == link[0]:
            continue
        node = net.nodes[link[1]]
        due = since.get(link, 0)
        if node.inboxes[link[0]].taken < due:
            yield f"{link[1]} lacks envelopes of {link[0]}: {node.inboxes[link[0]].taken} of {due}"
        if outbox.acknowledged < due:
            yield f"{link[0]} still waits for {link[1]}: {outbox.acknowledged} of {due}"
        if outbox.broken():
            yield f"the link from {link[0]} to {link[1]} is broken: {outbox.faults.pairs}"


def health_is_their_own(net: Net) -> Iterator[str]:
    """See that nobody but a sensor's own people says how it is; ours say nothing in these runs."""
    for name, node in net.nodes.items():
        said = set(node.heard.health) & net.settings[name].owned()
        if said:
            yield f"{name} was told by somebody else how its own sensors are: {sorted(said)}"


def taken_back(net: Net) -> Iterator[str]:
    """See that nothing is held of what a partner has taken back."""
    liar = net.plan.liar
    if net.plan.lie != "retract":
        return
    for name, node in net.nodes.items():
        held = [key for key in (*node.heard.events, *node.heard.notices) if key[0] == liar]
        held += [(liar, track) for track in node.heard.tracks if track.startswith(f"{liar}:")]
        if held:
            yield f"{name} still holds what {liar} took back: {held}"


def echo_is_nothing(net: Net) -> Iterator[str]:
    """See that nobody counts its own word, given back, as that of somebody else."""
    if net.plan.lie != "echo" or len(net.plan.centres) > 1:
        return
    for name, node in net.nodes.items():
        if judged(node, "joint") != judged(node, "own"):
            yield f"{name} judges otherwise when its own word comes back from {net.plan.liar}"


def judged(node: NodeState, side: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Give level, highest level and reasons of every launch."""
    sides = node.joint if side == "joint" else node.own
    return [
        (event.level, event.level_max, tuple(reason.code for reason in event.reasons))
        for event in sides[ACTUAL].judgement.events
        if event.kind == LAUNCH
    ]


def replayed_the_same(net: Net, name: str) -> Iterator[str]:
    """Replay a centre's log: the same decisions and the same state must come of it."""
    found = replay(net.logs[name], net.settings[name])
    yield from (f"replay of {name}: {line}" for line in found.differs)
    for what in ("inboxes", "outboxes", "released", "heard", "civil", "ledger", "told_tai_ns"):
        if getattr(found.state, what) != getattr(net.nodes[name], what):
            yield f"replay of {name} gives other {what}"
    for side in ("own", "joint"):
        for data_class in (ACTUAL, "exercise"):
            before = getattr(net.nodes[name], side)[data_class].judgement
            if getattr(found.state, side)[data_class].judgement != before:
                yield f"replay of {name} judges otherwise ({side}, {data_class})"
