"""A soak: the budget of false alarms holds, and every missile reaches its right level."""

from dataclasses import replace

import numpy as np
import pytest

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.simulation import soak_rates as rates
from tocsin.simulation.soak import (
    KindRow,
    LaunchRow,
    Soak,
    SoakSettings,
    right_level,
    settings_for,
    soak,
)
from tocsin.simulation.soak_background import decay_paths
from tocsin.simulation.soak_flights import SeenFlight
from tocsin.warning.levels import CONFIRMED, POSSIBLE, QUIET, THREAT


@pytest.fixture(scope="module")
def short() -> Soak:
    """Two days and ten missiles."""
    return soak(SoakSettings(days=2.0, launches=10, seed=2, sky_s=120.0, sky_draws=2))


def test_in_two_days_every_missile_reaches_its_level(short: Soak) -> None:
    assert [(row.id, row.reached) for row in short.launches] == [
        (row.id, row.expected) for row in short.launches
    ]
    assert len(short.launches) == 10
    assert {row.expected for row in short.launches} >= {CONFIRMED, THREAT}


def test_in_two_days_nothing_is_confirmed_that_is_no_launch(short: Soak) -> None:
    assert short.false_confirmed == 0
    assert short.false_per_day(1) <= rates.A1_PER_DAY + 2.0


def test_the_whole_catalogue_passes_the_radars_and_is_told_from_missiles(short: Soak) -> None:
    assert short.passes_per_day > 500_000
    assert short.fallers == 0


def test_what_is_told_of_each_kind_adds_up(short: Soak) -> None:
    named = [row.kind for row in short.kinds]
    assert len(set(named)) == len(named)
    assert {rate.kind for rate in rates.RATES} <= set(named)
    lost = next(row for row in short.kinds if row.kind == rates.FEED)
    assert lost.happenings >= lost.levels[0] > 0
    assert lost.levels[1:] == (0, 0, 0)


def record(**levels: tuple[int, ...]) -> Soak:
    """Give a soak of 100 days with these events of glint and of space launches."""
    kinds = [
        KindRow(kind=rates.GLINT, happenings=9, launch=False, levels=levels["glint"]),
        KindRow(kind=rates.SPACE, happenings=9, launch=True, levels=levels["space"]),
    ]
    missile = LaunchRow(
        id="m",
        vehicle="slbm",
        defended=True,
        infrared=("eye",),
        radars=("dish",),
        expected=THREAT,
        reached=THREAT,
        events=1,
    )
    return Soak(
        settings=settings_for(100.0, 1, 1),
        kinds=tuple(kinds),
        launches=(missile,),
        passes=1,
        passes_per_day=1.0,
        fallers=0,
        steps=1,
    )


def test_the_budget_counts_false_alarms_and_not_launches() -> None:
    good = record(glint=(600, 20, 0, 0), space=(0, 0, 9, 0))
    assert good.holds
    assert good.false_per_day(2) == 0.2
    assert not record(glint=(701, 20, 0, 0), space=(0, 0, 9, 0)).holds
    assert not record(glint=(600, 28, 0, 0), space=(0, 0, 9, 0)).holds
    assert not record(glint=(600, 20, 1, 0), space=(0, 0, 9, 0)).holds
    assert not record(glint=(600, 20, 0, 0), space=(0, 0, 8, 1)).holds
    missed = replace(good.launches[0], reached=CONFIRMED)
    assert not replace(good, launches=(missed,)).holds


def test_a_missile_must_reach_what_its_sensors_allow() -> None:
    def of(infrared: int, radars: int, plots: int, *, defended: bool = True) -> int:
        seen = SeenFlight(
            frames=(),
            infrared=tuple(f"eye{k}" for k in range(infrared)),
            radars=tuple(f"dish{k}" for k in range(radars)),
            coasting_plots=plots,
        )
        return right_level(seen, defended)

    assert of(0, 0, 0) == QUIET
    assert of(1, 0, 0) == of(0, 1, 90) == POSSIBLE
    assert of(2, 0, 0) == of(1, 1, 5) == CONFIRMED
    assert of(1, 1, 90) == of(0, 2, 90) == THREAT
    assert of(1, 1, 90, defended=False) == CONFIRMED


def test_a_decaying_body_comes_down_within_a_revolution_and_never_climbs_far() -> None:
    for path in decay_paths(10, np.random.default_rng(3)):
        height = geodetic_from_ecef_batch(path[:, :3])[2]
        assert 3 < len(path) < 300
        assert height.max() < 145e3
        assert height[-1] < 45e3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_in_thirty_days_the_budget_holds_and_all_of_a_hundred_missiles_are_right(
    seed: int,
) -> None:
    found = soak(settings_for(30.0, 100, seed))
    assert found.right == 100
    assert found.false_confirmed == 0
    assert found.false_per_day(1) <= rates.A1_PER_DAY
    assert found.false_per_day(2) <= rates.A2_PER_DAY
