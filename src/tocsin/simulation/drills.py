"""False alarms of the public record, and their true twins, replayed through whole centres.

A case is a time, centres, what is said to them, and what they must make of it: the level reached,
with which reasons, how soon. Every false alarm has a twin of the same setting with a real launch,
so that a judge that holds everything down fails too. Each case runs in several variants.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any, Literal

from tocsin.earth.time import SECOND_NS
from tocsin.lanes import one_thread
from tocsin.node.replay import replay
from tocsin.node.settings import NodeSettings
from tocsin.node.state import Outputs
from tocsin.partners.in_process import Cut, InProcess, Weather
from tocsin.simulation.network import Network, Utterance, network, run
from tocsin.warning.assess import sentence
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
class Cue:
    """An instant at which somebody speaks of what centres hold by then: a feed of counts, say."""

    tai_ns: int
    say: Callable[[Network], tuple[Utterance, ...]]
    """A function of a module."""


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
    cues: tuple[Cue, ...] = ()
    """What is said beside the script."""
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
    """Of an event at the highest level, as a duty officer would read it aloud."""
    as_expected: bool
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn of the loop left at the judged centre, and what all centres decided in it."""

    now_tai_ns: int
    events: tuple[Event, ...]
    """Of actual class."""
    decisions: tuple[tuple[int, str, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a whole run shows of the judged centre."""

    reached: int
    """Highest level."""
    sentence: str
    """As it is read out there, when most reasons are known."""
    codes: frozenset[str]
    """Every code of an event at its highest level or at its end."""
    firm: frozenset[str]
    """Every code of an event as it first reached its highest level, or at its end."""
    after_s: float | None
    launches: int


def _codes(event: Event) -> set[str]:
    return {reason.code for reason in event.reasons}


def _seen(case: Case, turns: Sequence[Turn]) -> _Seen:
    """Sum up a run."""
    most = {event.id: event.level_max for turn in turns for event in turn.events}
    last = {event.id: event for turn in turns for event in turn.events}
    ends = set().union(*(_codes(event) for event in last.values()))
    first: dict[str, set[str]] = {}
    high: set[str] = set()
    complete_tai_ns = None
    for turn in turns:
        for event in turn.events:
            if event.level == most[event.id]:
                first.setdefault(event.id, _codes(event))
                high |= _codes(event)
        given = high.union(*(_codes(event) for event in turn.events))
        if complete_tai_ns is None and turn.events and given.issuperset(case.reasons):
            complete_tai_ns = turn.now_tai_ns
    marks = [each for each in (_changed(turns), complete_tai_ns) if each is not None]
    reached = max(most.values(), default=QUIET)
    return _Seen(
        reached=reached,
        sentence=_sentence(turns, reached),
        codes=frozenset(high | ends),
        firm=frozenset(ends.union(*first.values())),
        after_s=(max(marks) - case.event_tai_ns) / SECOND_NS if marks else None,
        launches=sum(event.kind == LAUNCH for event in last.values()),
    )


def _changed(turns: Sequence[Turn]) -> int | None:
    """Give when the highest level of all launches last changed."""
    level, changed = QUIET, None
    for turn in turns:
        now = max(
            (each.level for each in turn.events if each.kind == LAUNCH and not each.closed),
            default=QUIET,
        )
        if now != level:
            level, changed = now, turn.now_tai_ns
    return changed


def _sentence(turns: Sequence[Turn], reached: int) -> str:
    """Give what was read out at the highest level, when most reasons were known."""
    highest = [event for turn in turns for event in turn.events if event.level == reached > QUIET]
    fullest = max(highest, key=lambda event: len(_codes(event)), default=None)
    return "" if fullest is None else sentence(fullest)


@one_thread()
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
    turns, net = _run(case, variant, at, checks)
    seen = _seen(case, turns)
    ran = Ran(net=net, at=at, decisions=tuple(each for turn in turns for each in turn.decisions))
    why_not = _wrong(case, variant, seen, ran)
    if variant.again:
        why_not += _again(case, variant, at, checks, net)
    return Outcome(
        case=case.id,
        title=case.title,
        variant=variant.name,
        kind=case.kind,
        level_expected=case.level_expected,
        level_reached=seen.reached,
        judged_after_s=seen.after_s,
        history_s=case.history_s,
        reasons=tuple(sorted(seen.codes)),
        sentence=seen.sentence,
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


def _run(
    case: Case, variant: Variant, at: str, checks: frozenset[str]
) -> tuple[list[Turn], Network]:
    transport = InProcess(seed=SEED, weather=Weather(jitter_s=variant.jitter_s), cuts=case.cuts)
    net = network(case.centres, transport, case.begin_tai_ns, variant.step_s)
    net = replace(net, recording="C19" in checks)
    turns: list[Turn] = []

    def watch(net: Network, done: dict[str, Outputs]) -> None:
        decisions = tuple(
            (net.now_tai_ns, name, json.loads(body))
            for name, each in done.items()
            for body in each.decisions
        )
        events = net.nodes[at].joint[ACTUAL].judgement.events
        turns.append(Turn(now_tai_ns=net.now_tai_ns, events=events, decisions=decisions))

    script = case.script
    for cue in sorted(case.cues, key=lambda each: each.tai_ns):
        net = run(net, script, cue.tai_ns, watch)
        script = (*(each for each in script if each.tai_ns > net.now_tai_ns), *cue.say(net))
    return turns, run(net, script, case.end_tai_ns, watch)


def _wrong(case: Case, variant: Variant, seen: _Seen, ran: Ran) -> list[str]:
    """Say everything that is not as expected."""
    found = []
    if seen.reached != case.level_expected:
        found.append(f"reached A{seen.reached}, expected A{case.level_expected}")
    if missing := sorted(set(case.reasons) - seen.codes):
        found.append(f"no reason {', '.join(missing)}")
    if wrong := sorted(seen.firm & set(case.not_reasons)):
        found.append(f"reason {', '.join(wrong)} given")
    slack_s = variant.jitter_s + variant.step_s
    if seen.after_s is not None and seen.after_s > case.judged_within_s + slack_s:
        found.append(f"judged after {seen.after_s:.0f} s, expected {case.judged_within_s:.0f} s")
    if case.launches_expected not in (None, seen.launches):
        found.append(f"{seen.launches} launches, expected {case.launches_expected}")
    public = [told for _, _, told in ran.decisions if told["what"] == "alert" and _public(told)]
    if case.alerted not in (None, bool(public)):
        found.append("an alert went out" if public else "no alert went out")
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
        judged = net.nodes[settings.own].joint[ACTUAL].judgement.events
        if replayed.differs or replayed.state.joint[ACTUAL].judgement.events != judged:
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
    # Programs start afresh: one that has used threads cannot be copied.
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(run_drill, drill, variants, checks) for drill in drills]
        for done in _finished(runs):
            progress(done, len(drills))
        return [outcome for each in runs for outcome in each.result()]


def _finished(runs: Sequence[Future[list[Outcome]]]) -> Iterator[int]:
    for done, _ in enumerate(as_completed(runs), 1):
        yield done
