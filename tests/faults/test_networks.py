"""Small networks in which everything fails, each drawn from one number: what must hold, holds.

`pytest tests/faults --seed N` runs the one of number N.
"""

import pytest

from tocsin.simulation.fault_plan import plan_of
from tocsin.simulation.faults import run_plan, run_seed

SEEDS, SHARD = 1_000, 25
SOAK_SEEDS, SOAK_SHARD = 100_000, 250


def hold(seeds: range) -> None:
    failed = [outcome.told() for outcome in map(run_seed, seeds) if outcome.problems]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("first", range(0, SEEDS, SHARD))
def test_what_must_hold_holds_whatever_fails(first: int, request: pytest.FixtureRequest) -> None:
    one = request.config.getoption("--seed", default=None)
    if one is None:
        hold(range(first, first + SHARD))
    elif first == 0:
        hold(range(one, one + 1))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SEEDS, SEEDS + SOAK_SEEDS, SOAK_SHARD))
def test_what_must_hold_holds_in_a_hundred_thousand_networks(first: int) -> None:
    hold(range(first, first + SOAK_SHARD))


def test_the_same_number_gives_the_same_run() -> None:
    assert run_seed(33) == run_seed(33)


def test_the_numbers_of_a_test_run_draw_every_fault_that_there_is() -> None:
    plans = [plan_of(seed) for seed in range(SEEDS)]
    crashes = {crash.where for plan in plans for crash in plan.crashes}
    forgeries = {forgery.how for plan in plans for forgery in plan.forgeries}
    levels = {each.level for plan in plans for those in plan.policies.values() for each in those}
    lies = {plan.lie for plan in plans}
    assert crashes == {"append lost", "append stored", "logged", "acted", "decided"}
    assert len(forgeries) == 10
    assert levels == {0, 1, 2, 3, 4}
    assert lies == {"", "ghost", "echo", "retract"}
    assert {plan.flights for plan in plans} == {"", "a", "b", "ab"}
    assert any(plan.exercise for plan in plans)
    assert any(plan.revoked_sensor for plan in plans)
    assert sum(bool(plan.weather) for plan in plans) > SEEDS / 4
    assert sum(bool(plan.cuts) for plan in plans) > SEEDS / 4


def test_a_run_that_fails_says_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tocsin.simulation.invariants.only_what_was_sent", lambda net, taken: iter(["it leaks"])
    )
    told = run_plan(plan_of(5)).told()
    assert "it leaks" in told
    assert "python -m pytest tests/faults --seed 5" in told
