"""False alarms of the public record, and their true twins, replayed through whole centres.

A case is a time, centres, what is said to them, and what they must make of it: the level reached,
with which reasons, how soon. Every false alarm has a twin of the same setting with a real launch,
so that a judge that holds everything down fails too. Each case runs in several variants.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tocsin.earth.time import SECOND_NS
from tocsin.node.replay import replay
from tocsin.node.settings import NodeSettings
from tocsin.node.state import Outputs
from tocsin.partners.in_process import Cut, InProcess, Weather
from tocsin.simulation.network import Network, Utterance, network, run
from tocsin.warning.checks import ALL_CHECKS
from tocsin.warning.events import LAUNCH, Event
from tocsin.warning.levels import ACTUAL, QUIET

FALSE_ALARM: Literal["false_alarm"] = "false_alarm"
TWIN: Literal["twin"] = "twin"
Kind = Literal["false_alarm", "twin"]
SEED = 1
JITTER_S = 5.0
FAST_STEP_S = 10.0
"""Between two turns of a centre's loop where a case goes by at some ten to a hundred times its own
speed: a loop that turns as often as before sees this much of the case in each turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to run a case."""

    name: str
    jitter_s: float = 0.0
    """What is said arrives late by up to this, in any order."""
    step_s: float = 1.0
    """Between two turns of a centre's loop."""
    fewer: bool = False
    """Without the healthy sensor that the case names."""
    again: bool = False
    """Run twice and replayed from the log: the same bytes must come out."""


CALM = Variant(name="calm")
LATE = Variant(name="late", jitter_s=JITTER_S)
FEWER = Variant(name="fewer", fewer=True)
FAST = Variant(name="fast", jitter_s=JITTER_S, step_s=FAST_STEP_S, again=True)
VARIANTS = (CALM, LATE, FEWER, FAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A case after its run, for checks that only it needs."""

    net: Network
    at: str
    """The centre that is judged."""
    decisions: tuple[tuple[int, str, dict[str, Any]], ...]
    """Each with its instant and its centre, as it is logged; see `node.decisions`."""

    def events(self, centre: str = "", data_class: str = ACTUAL) -> tuple[Event, ...]:
        """Give what a centre (else the one that is judged) made of it, of one data class."""
        return self.net.nodes[centre or self.at].joint[data_class].judgement.events


Check = Callable[[Ran], str]
"""Says what is wrong, or nothing; a function of a module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A replay of one case: a false alarm or its true twin."""

    id: str
    title: str
    kind: Kind
    source: str
    """Published sources, short."""
    centres: tuple[NodeSettings, ...]
    script: tuple[Utterance, ...]
    begin_tai_ns: int
    end_tai_ns: int
    event_tai_ns: int
    """From when the time to judgement is counted."""
    level_expected: int
    """The highest level of actual class that the judged centre reaches: exactly this."""
    reasons: tuple[str, ...]
    """Codes of which each must be a reason of some event at its highest level or at its end."""
    not_reasons: tuple[str, ...]
    """Codes that must be a reason of none as it first reached its highest level, nor at its end."""
    judged_within_s: float
    """The final judgement is at most so long after the event; jitter and step come on top."""
    history_s: float | None
    """How long people took then."""
    at: str = ""
    """The centre that is judged; empty: the first."""
    removed: str = ""
    """A healthy sensor without which the outcome must be the same; empty: there is none."""
    launches_expected: int | None = None
    """How many launches of actual class there are, where that matters."""
    alerted: bool | None = None
    """Whether any alert of actual class goes out, where that matters."""
    cuts: tuple[Cut, ...] = ()
    """Times in which some cannot speak to others."""
    also: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A case in the list: what it is called, and what builds it when it is run."""

    id: str
    kind: Kind
    title: str
    make: Callable[[], Case]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one variant of one case."""

    case: str
    title: str
    variant: str
    kind: Kind
    level_expected: int
    level_reached: int
    judged_after_s: float | None
    """From the event to the last change of level by a launch, and until all reasons expected were
    given; None if nothing was judged."""
    history_s: float | None
    reasons: tuple[str, ...]
    """Every code given at a highest level or at an end."""
    sentence: str
    """Of the event that reached most, as a duty officer would read it aloud at its highest."""
    as_expected: bool
    why_not: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What is noted of the judged centre from step to step."""

    highest: dict[str, set[str]] = field(default_factory=dict)
    """By event: codes given at its highest level."""
    first: dict[str, set[str]] = field(default_factory=dict)
    """By event: codes as it first reached its highest level."""
    most: dict[str, int] = field(default_factory=dict)
    last: dict[str, Event] = field(default_factory=dict)
    spoken: tuple[int, str] = (-1, "")
    """Highest level so far, and the sentence that was read out then."""
    launch_level: int = QUIET
    changed_tai_ns: int | None = None
    """When the level of launches last changed."""
    reasons_tai_ns: int | None = None
    """When all reasons expected had been given."""
    decisions: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def codes(self) -> set[str]:
        """Give every code at a highest level or at the last step."""
        found = set().union(*self.highest.values())
        return found.union(*(_codes(event) for event in self.last.values()))


def _codes(event: Event) -> set[str]:
    return {reason.code for reason in event.reasons}


def _note(seen: _Seen, events: Sequence[Event], expected: set[str], now_tai_ns: int) -> None:
    """Note how one step judges."""
    for event in events:
        if event.level_max > seen.most.get(event.id, -1):
            seen.most[event.id] = event.level_max
            seen.first[event.id] = _codes(event)
            seen.highest[event.id] = set()
        if event.level == event.level_max:
            seen.highest[event.id] |= _codes(event)
        seen.last[event.id] = event
    level = max((e.level for e in events if e.kind == LAUNCH and not e.closed), default=QUIET)
    if level != seen.launch_level:
        seen.launch_level, seen.changed_tai_ns = level, now_tai_ns
    if seen.reasons_tai_ns is None and seen.most and expected <= seen.codes():
        seen.reasons_tai_ns = now_tai_ns


def _watched(seen: _Seen, case: Case, at: str) -> Callable[[Network, dict[str, Outputs]], None]:
    expected = set(case.reasons)

    def watch(net: Network, done: dict[str, Outputs]) -> None:
        for name, each in done.items():
            for body in each.decisions:
                decision = json.loads(body)
                seen.decisions.append((net.now_tai_ns, name, decision))
                _hear(seen, decision, name == at)
        _note(seen, net.nodes[at].joint[ACTUAL].judgement.events, expected, net.now_tai_ns)

    return watch


def _hear(seen: _Seen, decision: dict[str, Any], at: bool) -> None:
    if at and decision["what"] == "level" and decision["data_class"] == ACTUAL:
        level = int(decision["to"][1:])
        if level > seen.spoken[0]:
            seen.spoken = (level, decision["sentence"])


def run_case(case: Case, variant: Variant, checks: frozenset[str] = ALL_CHECKS) -> Outcome:
    """Replay a case and hold what its centre made of it against what it must make of it.

    Args:
        case: A false alarm or a twin.
        variant: How; one without the case's healthy sensor needs that it names one.
        checks: Those that all centres make.
    """
    case = _without(case) if variant.fewer else case
    case = replace(case, centres=tuple(replace(each, checks=checks) for each in case.centres))
    at = case.at or case.centres[0].own
    seen, net = _run(case, variant, at, checks)
    why_not = _wrong(case, variant, seen, net, at)
    if variant.again:
        why_not += _again(case, variant, at, checks, net)
    most, sentence = seen.spoken
    return Outcome(
        case=case.id,
        title=case.title,
        variant=variant.name,
        kind=case.kind,
        level_expected=case.level_expected,
        level_reached=max(most, QUIET),
        judged_after_s=_after_s(case, seen),
        history_s=case.history_s,
        reasons=tuple(sorted(seen.codes())),
        sentence=sentence,
        as_expected=not why_not,
        why_not=tuple(why_not),
    )


def _without(case: Case) -> Case:
    """Take the healthy sensor that a case names out of the field."""
    name = case.removed
    assert name, f"{case.id} names no sensor to remove"
    centres = tuple(
        replace(
            each,
            sites=tuple(site for site in each.sites if site.id != name),
            sources=tuple(source for source in each.sources if source.id != name),
            speakers=tuple(speaker for speaker in each.speakers if speaker.id != name),
        )
        for each in case.centres
    )
    script = tuple(each for each in case.script if each.speaker != name)
    return replace(case, centres=centres, script=script)


def _run(case: Case, variant: Variant, at: str, checks: frozenset[str]) -> tuple[_Seen, Network]:
    transport = InProcess(seed=SEED, weather=Weather(jitter_s=variant.jitter_s), cuts=case.cuts)
    net = network(case.centres, transport, case.begin_tai_ns, variant.step_s)
    net = replace(net, recording="C19" in checks)
    seen = _Seen()
    net = run(net, case.script, case.end_tai_ns, _watched(seen, case, at))
    return seen, net


def _after_s(case: Case, seen: _Seen) -> float | None:
    given = [each for each in (seen.changed_tai_ns, seen.reasons_tai_ns) if each is not None]
    return (max(given) - case.event_tai_ns) / SECOND_NS if given else None


def _wrong(case: Case, variant: Variant, seen: _Seen, net: Network, at: str) -> list[str]:
    """Say everything that is not as expected."""
    found = []
    reached = max(seen.spoken[0], QUIET)
    if reached != case.level_expected:
        found.append(f"reached A{reached}, expected A{case.level_expected}")
    missing = sorted(set(case.reasons) - seen.codes())
    if missing:
        found.append(f"no reason {', '.join(missing)}")
    given = set().union(*seen.first.values(), *(_codes(event) for event in seen.last.values()))
    if wrong := sorted(given & set(case.not_reasons)):
        found.append(f"reason {', '.join(wrong)} given")
    after_s = _after_s(case, seen)
    slack_s = variant.jitter_s + variant.step_s
    if after_s is not None and after_s > case.judged_within_s + slack_s:
        found.append(f"judged after {after_s:.0f} s, expected {case.judged_within_s:.0f} s")
    launches = sum(event.kind == LAUNCH for event in seen.last.values())
    if case.launches_expected not in (None, launches):
        found.append(f"{launches} launches, expected {case.launches_expected}")
    alerts = [d for _, _, d in seen.decisions if d["what"] == "alert" and _public(d)]
    if case.alerted not in (None, bool(alerts)):
        found.append("an alert went out" if alerts else "no alert went out")
    ran = Ran(net=net, at=at, decisions=tuple(seen.decisions))
    return found + [words for check in case.also if (words := check(ran))]


def _public(alert: dict[str, Any]) -> bool:
    return bool(alert["data_class"] == ACTUAL)


def _again(
    case: Case, variant: Variant, at: str, checks: frozenset[str], net: Network
) -> list[str]:
    """Run it once more, and replay its logs: the same bytes must come out (C19)."""
    found = []
    _, second = _run(case, variant, at, checks)
    for settings in case.centres:
        log = net.logs[settings.own]
        if log.tip() != second.logs[settings.own].tip():
            found.append(f"{settings.own}: the same seed gave other bytes")
        replayed = replay(log, settings)
        if replayed.differs or replayed.state != net.nodes[settings.own]:
            found.append(f"{settings.own}: its log does not give its decisions again")
    return found


# ---- many cases ----

Progress = Callable[[int, int], None]
"""Told how many of how many cases are done."""


def run_drill(drill: Drill, variants: Sequence[Variant], checks: frozenset[str]) -> list[Outcome]:
    """Build one case and run its variants."""
    case = drill.make()
    return [run_case(case, each, checks) for each in variants if case.removed or not each.fewer]


def run_all(
    drills: Sequence[Drill],
    variants: Sequence[Variant] = VARIANTS,
    checks: frozenset[str] = ALL_CHECKS,
    *,
    workers: int = 1,
    progress: Progress = lambda _done, _total: None,
) -> list[Outcome]:
    """Run cases, each in its variants, and give the outcomes in their order.

    Args:
        drills: Which.
        variants: In which ways; without a healthy sensor only where a case names one.
        checks: Those that the centres make.
        workers: Programs that share the cases.
        progress: Called as each case is done.
    """
    if workers == 1 or len(drills) == 1:
        found = []
        for done, drill in enumerate(drills, 1):
            found += run_drill(drill, variants, checks)
            progress(done, len(drills))
        return found
    with ProcessPoolExecutor(max_workers=workers) as pool:
        runs = [pool.submit(run_drill, drill, variants, checks) for drill in drills]
        for done in _finished(runs):
            progress(done, len(drills))
        return [outcome for each in runs for outcome in each.result()]


def _finished(runs: Sequence[Future[list[Outcome]]]) -> Iterator[int]:
    for done, _ in enumerate(as_completed(runs), 1):
        yield done
