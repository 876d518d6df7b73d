"""One small network with all that goes wrong in it, drawn from one number, and held to rules.

`pytest tests/faults --seed N` repeats the run of one number. What must hold at each step, and once
all has healed, is in `invariants`; the times below are the bounds that it is held to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tocsin.earth.time import SECOND_NS
from tocsin.messages.picture import EventReport, RetractionReport
from tocsin.node.state import NodeState
from tocsin.simulation import invariants
from tocsin.simulation.attacks import forge, liar_speaks
from tocsin.simulation.fault_plan import HEAL_S, SETTLE_S, STEP_S, Plan, calm, plan_of
from tocsin.simulation.small_net import (
    Link,
    Net,
    centres_turn,
    everybody_listens,
    healed,
    sensors_speak,
    small_net,
)
from tocsin.simulation.small_world import BEGIN_S, looks_of, small_world
from tocsin.tracking.late import LAG_S
from tocsin.warning.events import LAUNCH
from tocsin.warning.levels import ACTUAL, CONFIRMED

DUE_S = 30.0
"""What was sent by so long after everything healed must have arrived at the end."""
SETTLE_STEP_S = 5.0
JUDGED_S = 10.0
"""A centre turns as its looks come, and has judged them within so long: four ticks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run."""

    plan: Plan
    problems: tuple[str, ...]
    """What did not hold; empty if all did."""
    steps: int
    levels: dict[str, int]
    """Highest level of actual class that each centre reached."""
    refused: int
    """Messages that centres refused."""
    restarts: int

    def told(self) -> str:
        """Say what did not hold, and how to see it again."""
        lines = "\n  ".join(self.problems)
        return (
            f"seed {self.plan.seed}:\n  {lines}\n"
            f"repeat: python -m pytest tests/faults --seed {self.plan.seed}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a run remembers to hold it to its rules."""

    taken: dict[Link, int] = field(default_factory=dict)
    told: dict[Link, int] = field(default_factory=dict)
    events: dict[Link, dict[str, tuple[int, int]]] = field(default_factory=dict)
    """Of each event told: the last revision, 0 once taken back, and its envelope."""
    came: dict[tuple[str, int], int] = field(default_factory=dict)
    """When each look reached its centre, by sensor and envelope."""
    confirmed: dict[str, int] = field(default_factory=dict)
    """When each centre first judged a launch A3."""
    due: dict[Link, int] = field(default_factory=dict)
    """The last envelope of each link that must arrive by the end."""


def run_seed(seed: int) -> Outcome:
    """Run the network of one number."""
    return run_plan(plan_of(seed))


def run_plan(plan: Plan) -> Outcome:
    """Run a network to its end, and give all that did not hold."""
    net, watch = small_net(plan), Watch()
    steps = 0
    for now_tai_ns in ticks():
        steps += 1
        since_tai_ns = now_tai_ns - round(STEP_S * SECOND_NS)
        _tick(net, watch, since_tai_ns, now_tai_ns)
        if net.problems:
            break
    else:
        net.problems.extend(_at_the_end(net, watch))
    return Outcome(
        plan=plan,
        problems=tuple(dict.fromkeys(net.problems)),
        steps=steps,
        levels={name: _highest(node) for name, node in net.nodes.items()},
        refused=sum(sum(node.heard.refused.values()) for node in net.nodes.values()),
        restarts=len(net.crashed),
    )


@lru_cache(maxsize=1)
def ticks() -> tuple[int, ...]:
    """Give the instants of a run: close together while things fail, wider once all is well."""
    world = small_world()
    first = round((HEAL_S - BEGIN_S) / STEP_S)
    then = round(SETTLE_S / SETTLE_STEP_S)
    after_s = [BEGIN_S + STEP_S * each for each in range(1, first + 1)]
    after_s += [HEAL_S + SETTLE_STEP_S * each for each in range(1, then + 1)]
    return tuple(world.at(each) for each in after_s)


def _tick(net: Net, watch: Watch, since_tai_ns: int, now_tai_ns: int) -> None:
    """Let everybody speak, fail and act up to an instant, and hold it to the rules."""
    plan, world = net.plan, small_world()
    if since_tai_ns < world.at(HEAL_S) <= now_tai_ns:
        healed(net)
    sensors_speak(net, since_tai_ns, now_tai_ns)
    for forgery in plan.forgeries:
        if since_tai_ns < forgery.tai_ns <= now_tai_ns:
            forge(net, forgery, forgery.tai_ns)
    done = centres_turn(net, now_tai_ns)
    liar_speaks(net, since_tai_ns, now_tai_ns, everybody_listens(net, now_tai_ns))
    net.problems.extend(invariants.stored_what_was_acknowledged(net))
    net.problems.extend(invariants.only_what_was_sent(net, watch.taken))
    _note_told(net, watch)
    net.problems.extend(invariants.told_as_allowed(net, watch.told, now_tai_ns))
    _note_looks(net, watch, now_tai_ns)
    for name, each in done.items():
        if each.decisions:
            net.problems.extend(invariants.judged_from_evidence(net, name))
            net.problems.extend(invariants.plots_at_their_time(net, name))
            if name not in watch.confirmed and _highest(net.nodes[name]) >= CONFIRMED:
                watch.confirmed[name] = now_tai_ns
    if now_tai_ns == world.at(HEAL_S + DUE_S):
        for link, outbox in invariants.senders(net):
            watch.due[link] = outbox.sealed


def _highest(node: NodeState) -> int:
    events = node.joint[ACTUAL].judgement.events
    return max((event.level_max for event in events if event.kind == LAUNCH), default=0)


def _note_told(net: Net, watch: Watch) -> None:
    """Remember which revision of each event was last told, and in which envelope."""
    for sender, node in net.nodes.items():
        for other, outbox in node.outboxes.items():
            link = (sender, other)
            if other not in net.plan.centres or outbox.sealed == watch.told.get(link, 0):
                continue
            events = watch.events.setdefault(link, {})
            for each in outbox.flight:
                if each.number <= watch.told.get(link, 0):
                    continue
                for report in invariants.reports_of(each.data):
                    if isinstance(report, EventReport):
                        name = of_class(report.event, report.data_class)
                        events[name] = (report.revision, each.number)
                    elif isinstance(report, RetractionReport) and report.subject_kind == "event":
                        name = of_class(report.subject, report.data_class)
                        events[name] = (0, each.number)


def of_class(name: str, data_class: str) -> str:
    """Give what a centre holds an event by: events of two classes may have the same name."""
    return name if data_class == ACTUAL else f"{name} {data_class}"


def _note_looks(net: Net, watch: Watch, now_tai_ns: int) -> None:
    """Remember when each look reached its centre."""
    for (sensor, number), look in net.looks.items():
        if (sensor, number) in watch.came:
            continue
        node = net.nodes.get(look.owner)
        if node is not None and node.inboxes[sensor].taken >= number:
            watch.came[sensor, number] = now_tai_ns


def _at_the_end(net: Net, watch: Watch) -> Iterator[str]:
    """Hold a network that has healed to what all must agree on."""
    yield from invariants.all_delivered(net, watch.due)
    yield from invariants.heard_what_holds(net, watch.events, watch.due)
    yield from invariants.health_is_their_own(net)
    yield from invariants.taken_back(net)
    yield from invariants.echo_is_nothing(net)
    yield from _confirmed_in_time(net, watch)
    crashed = [each.centre for each in net.plan.crashes]
    names = crashed or net.plan.centres
    yield from invariants.replayed_the_same(net, names[net.plan.seed % len(names)])


def _confirmed_in_time(net: Net, watch: Watch) -> Iterator[str]:
    """Hold when a real attack was judged A3 against when its evidence was there.

    In calm weather a centre with two kinds of sensor judges it A3 at some instant by its own looks
    alone; call those looks the evidence. Whatever fails, it must be A3 within `JUDGED_S` of when
    the last of the evidence came and no earlier than it would be in calm; no clock helps or hurts,
    since plots count at their own time. That does not hold where a look came over `LAG_S` after a
    later one: a tracker leaves such plots out, and the attack is then confirmed by later looks.
    """
    if not net.plan.flights:
        return
    for name in net.plan.centres:
        calm_tai_ns = alone_tai_ns(name, net.plan.flights, net.plan.draw)
        if calm_tai_ns is None:
            continue
        came = _evidence(net, watch, name, calm_tai_ns)
        if came is None:
            continue
        bound_tai_ns = max(calm_tai_ns, came) + round(JUDGED_S * SECOND_NS)
        judged = watch.confirmed.get(name)
        if judged is None or judged > bound_tai_ns:
            late = "never" if judged is None else f"{(judged - bound_tai_ns) / 1e9:.0f} s late"
            yield f"{name} had all that shows the attack and judged it A3 {late}"


def _evidence(net: Net, watch: Watch, name: str, calm_tai_ns: int) -> int | None:
    """Give when the last of the looks came that are enough in calm; None if any came too late."""
    mine = {key: look for key, look in net.looks.items() if look.owner == name}
    needed = [key for key, look in mine.items() if look.tai_ns <= calm_tai_ns]
    if not needed or any(key not in watch.came for key in needed):
        return None
    for key in needed:
        before = [
            look.tai_ns
            for other, look in mine.items()
            if watch.came.get(other, 1 << 62) <= watch.came[key]
        ]
        if max(before) - mine[key].tai_ns > LAG_S * SECOND_NS:
            return None
    return max(watch.came[key] for key in needed)


@lru_cache(maxsize=64)
def alone_tai_ns(name: str, flights: str, draw: int) -> int | None:
    """Give when a centre judges an attack A3 by its own sensors, when nothing fails."""
    plan = replace(calm(plan_of(0)), nations=(name,), liar="", lie="", flights=flights)
    plan = replace(plan, exercise="", draw=draw, policies={})
    net, watch = small_net(plan), Watch()
    assert looks_of(flights, draw)
    for now_tai_ns in ticks():
        _tick(net, watch, now_tai_ns - round(STEP_S * SECOND_NS), now_tai_ns)
        if name in watch.confirmed:
            return watch.confirmed[name]
    return None
