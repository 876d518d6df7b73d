"""Mistakes put into the program on purpose: the runs with faults find each of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tocsin.eventlog.memory import MemoryLog
from tocsin.node import facts, intake, outgoing, replay, step
from tocsin.partners import inbox, outbox, release
from tocsin.partners.keys import PublicKey
from tocsin.simulation import faults, small_net
from tocsin.simulation.fault_plan import Plan, plan_of
from tocsin.warning import checks

Plant = Callable[[pytest.MonkeyPatch], None]
NETWORKS = 25
"""A mistake must be found in so many networks that have what it is about."""


def forgetful_disk(plant: pytest.MonkeyPatch) -> None:
    """What is acknowledged is not in the log yet: a crash loses the last append."""

    def crash(log: MemoryLog, *_: Any, **__: Any) -> MemoryLog:
        kept = log.append_ends[:-1]
        events = log.events[: kept[-1] if kept else 0]
        return MemoryLog(name=log.name, events=events, append_ends=kept, ended=[])

    plant.setattr(small_net, "crash", crash)


def no_dedup(plant: pytest.MonkeyPatch) -> None:
    def taken(state: Any, envelope: Any, found: bytes) -> Any:
        return inbox._take(state, envelope, found, envelope.sent_tai_ns)

    plant.setattr(inbox, "_repeated", taken)


def no_gaps(plant: pytest.MonkeyPatch) -> None:
    def placed(state: Any, envelope: Any, data: bytes, now: int) -> Any:
        del data
        if envelope.number <= state.taken:
            return inbox._repeated(replace(state, owes=True), envelope, inbox.digest(envelope))
        return inbox._take(state, envelope, inbox.digest(envelope), now)

    plant.setattr(inbox, "_placed", placed)


def no_signature(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(inbox, "verify", lambda envelope, ring: None if ring.find(envelope.key) else "no")


def revoked_keys_hold(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(PublicKey, "revoked_by", lambda self, time_tai_ns: False)


def drops_flight(plant: pytest.MonkeyPatch) -> None:
    real = outbox.heard

    def heard(state: Any, told: Any, sent_tai_ns: int) -> Any:
        return replace(real(state, told, sent_tai_ns), flight=())

    plant.setattr(intake, "outbox_heard", heard)
    plant.setattr(small_net, "heard", heard)


def exercise_is_real(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(intake, "_classed", lambda said, settings: replace(said, data_class="actual"))


def late_plots_are_new(plant: pytest.MonkeyPatch) -> None:
    real = step._look

    def look(*args: Any) -> Any:
        found = real(*args)
        plots = replace(found.plots, time_tai_ns=found.plots.time_tai_ns + 3_000_000_000)
        return replace(found, plots=plots)

    plant.setattr(step, "_look", look)


def retractions_are_lost(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(step, "_take_back", lambda columns, sender, told: None)


def partners_are_passed_on(plant: pytest.MonkeyPatch) -> None:
    real = outgoing._items

    def items(state: Any, *args: Any) -> Any:
        return real(replace(state, own=state.joint), *args)

    plant.setattr(outgoing, "_items", items)


def anybody_speaks_for_all(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(intake, "_of_its_own", lambda said, settings: True)


def partner_alone_confirms(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(checks, "TRUST_ALONE", 0.0)


def policies_never_end(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(release, "level_at", lambda policy, now_tai_ns: policy.level)


def first_policy_stays(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(
        outgoing, "_in_force", lambda those, now: {each.receiver: each for each in those[::-1]}
    )


def lost_decisions_stay_lost(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(small_net, "resume", replay.replay)


def sensors_are_not_heard(plant: pytest.MonkeyPatch) -> None:
    """A look that came late is taken for one without plots."""
    real = intake.take_in

    def take_in(state: Any, arrived: Any, now_tai_ns: int) -> Any:
        state, found = real(state, arrived, now_tai_ns)
        said = tuple(each for each in found.said if not getattr(each.report, "plots", ()))
        return state, replace(found, said=said)

    plant.setattr(step, "take_in", take_in)


def clocks_count(plant: pytest.MonkeyPatch) -> None:
    """An answer from a clock that is fast is refused."""
    plant.setattr(inbox, "is_answer", lambda reports: False)


def time_is_remembered(plant: pytest.MonkeyPatch) -> None:
    """A centre decides by something that its log does not have."""
    seen: list[int] = []

    def fresh(heard: Any, data_class: str) -> Any:
        seen.append(len(seen))
        return real(heard, data_class) if len(seen) % 2 else ()

    real = facts._notices
    plant.setattr(facts, "_notices", fresh)
    real_of = step.decisions_of
    plant.setattr(step, "decisions_of", lambda *args: (*real_of(*args), str(len(seen)).encode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    plant: Plant
    about: Callable[[Plan], bool]


def flies(plan: Plan) -> bool:
    return bool(plan.flights)


def spoken(plan: Plan) -> bool:
    return len(plan.centres) > 1


MISTAKES = (
    Mistake(plant=forgetful_disk, about=lambda plan: bool(plan.crashes)),
    Mistake(plant=no_dedup, about=lambda plan: bool(plan.weather)),
    Mistake(plant=no_gaps, about=lambda plan: bool(plan.weather)),
    Mistake(plant=no_signature, about=lambda plan: bool(plan.forgeries)),
    Mistake(plant=revoked_keys_hold, about=lambda plan: bool(plan.forgeries)),
    Mistake(plant=drops_flight, about=lambda plan: bool(plan.weather)),
    Mistake(plant=exercise_is_real, about=lambda plan: bool(plan.exercise)),
    Mistake(plant=late_plots_are_new, about=flies),
    Mistake(plant=retractions_are_lost, about=lambda plan: plan.lie == "retract"),
    Mistake(plant=partners_are_passed_on, about=lambda plan: flies(plan) and spoken(plan)),
    Mistake(plant=anybody_speaks_for_all, about=lambda plan: plan.lie in ("echo", "ghost")),
    Mistake(plant=partner_alone_confirms, about=lambda plan: plan.lie == "ghost"),
    Mistake(plant=policies_never_end, about=spoken),
    Mistake(plant=first_policy_stays, about=spoken),
    Mistake(plant=lost_decisions_stay_lost, about=lambda plan: flies(plan) and bool(plan.crashes)),
    Mistake(plant=sensors_are_not_heard, about=flies),
    Mistake(plant=clocks_count, about=lambda plan: bool(plan.clocks)),
    Mistake(plant=time_is_remembered, about=lambda plan: True),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.plant.__name__)
def test_the_runs_find_a_planted_mistake(mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [plan for plan in map(plan_of, range(10 * NETWORKS)) if mistake.about(plan)][:NETWORKS]
    mistake.plant(monkeypatch)
    found = next((each for each in map(faults.run_plan, plans) if each.problems), None)
    assert found is not None, f"{len(plans)} networks did not find it"
