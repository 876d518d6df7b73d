"""A scenario's plots: near the truth, from each sensor's own stream, and the same every time."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.time import SECOND_NS
from tocsin.errors import ScenarioError
from tocsin.flight.trajectory import fly_dense, vehicle_table
from tocsin.formats.truth_table import Truth
from tocsin.sensors.coverage import cover, plume_at
from tocsin.sensors.measurement import Plots, site_of, site_positions_m
from tocsin.sensors.radar import Radar
from tocsin.sensors.watch import watch
from tocsin.simulation import world
from tocsin.simulation.aiming import aim_plan
from tocsin.simulation.read import find_scenario, parse_scenario, scenario_bytes
from tocsin.simulation.roster import Roster, roster
from tocsin.simulation.scenario import Background, Scenario
from tocsin.simulation.world import first_look_tai_ns, looking, plots_of

SEED = 7


@lru_cache
def parts() -> tuple[Scenario, Roster, Catalog]:
    """Give two islands with false plots; not as fixtures, for they are too long to be shown."""
    catalog = load_catalog()
    path = find_scenario("two-islands")
    found = parse_scenario(scenario_bytes(path), str(path), catalog)
    noisy = replace(found, background=Background(clutter=0.2))
    return noisy, roster(noisy, catalog), catalog


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return parts()[0]


@pytest.fixture(scope="module")
def members() -> Roster:
    return parts()[1]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return parts()[2]


@lru_cache
def everything() -> tuple[Plots, Truth]:
    return plots_of(*parts(), SEED)


@pytest.fixture(scope="module")
def known() -> tuple[Plots, Truth]:
    return everything()


def same(one: Plots, other: Plots, but: tuple[str, ...] = ()) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name), equal_nan=True)
        for field in fields(Plots)
        if field.name not in ("sensors", "data_class", *but)
    )


def of_sensor(plots: Plots, sensor_id: str) -> Plots:
    return plots.take(np.flatnonzero(plots.sensor == plots.sensors.index(sensor_id)))


def test_every_sensor_reports_and_plots_are_in_order_of_time(known: tuple[Plots, Truth]) -> None:
    plots, _ = known
    assert plots.sensors == ("east-radar", "west-radar", "west-satellite")
    assert set(plots.sensor) == {0, 1, 2}
    assert np.all(np.diff(plots.time_tai_ns) >= 0)
    assert np.array_equal(plots.plot_id, np.arange(plots.count))
    assert plots.data_class == "test"


def test_truth_is_the_flight_every_five_seconds_from_lift_off(
    scenario: Scenario, catalog: Catalog, known: tuple[Plots, Truth]
) -> None:
    _, truth = known
    assert [truth.objects[k] for k in truth.payloads] == [plan.name for plan in scenario.launches]
    for number, plan in zip(truth.payloads, scenario.launches, strict=True):
        rows = truth.object == number
        vehicle = catalog.vehicle_of(catalog.vehicles[plan.vehicle])
        dense = fly_dense(vehicle, aim_plan(plan, vehicle)[0].launches, 5.0)
        up = np.isfinite(dense.altitude_m[0])
        after_s = (truth.time_tai_ns[rows] - scenario.start_tai_ns) / SECOND_NS - plan.at_s
        np.testing.assert_allclose(after_s, dense.time_s[up])
        np.testing.assert_allclose(truth.state[rows, :3], dense.position_ecef_m[0, up], atol=1e-3)
        np.testing.assert_allclose(truth.state[rows, 3:], dense.velocity_ecef_m_s[0, up], atol=1e-6)


def test_between_the_kept_instants_a_flight_is_right_to_a_metre(
    scenario: Scenario, catalog: Catalog
) -> None:
    plan = scenario.launches[0]
    vehicle = catalog.vehicle_of(catalog.vehicles[plan.vehicle])
    dense = fly_dense(vehicle, aim_plan(plan, vehicle)[0].launches, 0.25)
    up = np.isfinite(dense.altitude_m[0])
    path = world.flown(scenario.start_tai_ns, plan, vehicle)[0]
    inside = up & (dense.time_s <= path.state.shape[0] - 1)

    found = world._between(path.state, dense.time_s[inside])

    off = np.linalg.norm(found[:, :3] - dense.position_ecef_m[0, inside], axis=-1)
    assert off.max() < 1.0
    off = np.linalg.norm(found[:, 3:] - dense.velocity_ecef_m_s[0, inside], axis=-1)
    assert off.max() < 10.0  # at staging, where the thrust jumps; elsewhere far less
    assert np.median(off) < 0.01


@pytest.mark.parametrize("vehicle_id", ["irbm-liquid", "icbm-liquid", "slbm"])
def test_a_plume_is_that_of_the_stage_that_burns_and_gone_after_cutoff(
    scenario: Scenario, catalog: Catalog, vehicle_id: str
) -> None:
    vehicle = catalog.vehicle_of(catalog.vehicles[vehicle_id])
    path, *left = world.flown(
        scenario.start_tai_ns,
        replace(scenario.launches[0], vehicle=vehicle_id, apogee_km=None),
        vehicle,
    )
    times_s = np.arange(0.0, vehicle.burn_s + 100.0, 0.5)
    found = world._along(path, scenario.start_tai_ns + (times_s * SECOND_NS).astype(np.int64))
    plumes = np.array([stage.plume_w_sr for stage in vehicle.stages])
    burning = [plume_at(vehicle_table(vehicle), plumes, time_s) for time_s in times_s]

    np.testing.assert_array_equal(
        found.plume_w_sr, np.where(times_s <= path.cutoff_s, burning, 0.0)
    )
    for piece in left:
        assert not world._along(
            piece, piece.start_tai_ns + np.arange(9) * SECOND_NS
        ).plume_w_sr.any()


def test_true_plots_lie_near_the_truth_and_most_plots_are_true(
    scenario: Scenario, members: Roster, catalog: Catalog
) -> None:
    plots, truth = plots_of(replace(scenario, background=Background()), members, catalog, SEED)
    for sensor in looking(members):
        if not isinstance(sensor, Radar):
            continue
        mine = of_sensor(plots, sensor.id)
        here = site_positions_m(site_of(sensor), np.zeros(1, np.int64))[0]
        for k in range(mine.count):
            near = np.abs(truth.time_tai_ns - mine.time_tai_ns[k]) <= 2.5 * SECOND_NS
            dt = (mine.time_tai_ns[k] - truth.time_tai_ns[near]) / SECOND_NS
            there = truth.state[near, :3] + dt[:, None] * truth.state[near, 3:]
            away = np.linalg.norm(there - here, axis=-1)
            # 6 sigma, the bias, and the bend of the path in 2.5 s at 100 m/s^2
            assert np.min(np.abs(away - mine.range_m[k])) < 6.0 * mine.sigma_range_m[k] + 500.0


def test_sensors_look_at_their_revisit_and_not_together(
    scenario: Scenario, members: Roster, known: tuple[Plots, Truth]
) -> None:
    plots, _ = known
    firsts = []
    for sensor in looking(members):
        first = first_look_tai_ns(sensor, scenario.start_tai_ns, SEED)
        off_ns = (of_sensor(plots, sensor.id).time_tai_ns - first) % (sensor.revisit_s * SECOND_NS)
        assert np.all(off_ns == 0)
        assert 0 <= first - scenario.start_tai_ns < sensor.revisit_s * SECOND_NS
        firsts.append(first)
    assert len(set(firsts)) == len(firsts)


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_plots(seed: int) -> None:
    once, twice = (plots_of(*parts(), seed)[0] for _ in range(2))
    other = plots_of(*parts(), (seed + 1) % 2**32)[0]
    assert same(once, twice)
    assert not np.array_equal(once.time_tai_ns, other.time_tai_ns)


@settings(max_examples=5)
@given(kept=st.sets(st.sampled_from(["east-radar", "west-radar", "west-satellite"]), min_size=1))
def test_another_sensor_changes_nothing_of_what_one_reports(kept: set[str]) -> None:
    scenario, members, catalog = parts()
    fewer = replace(members, members=tuple(each for each in members.members if each.id in kept))
    plots, _ = plots_of(scenario, fewer, catalog, SEED)
    for sensor_id in kept:
        mine, before = of_sensor(plots, sensor_id), of_sensor(everything()[0], sensor_id)
        assert mine.count > 0
        assert same(mine, before, but=("sensor", "plot_id"))


def test_sensors_see_nothing_before_coverage_says_that_they_can(
    scenario: Scenario, members: Roster, catalog: Catalog
) -> None:
    """Looks fall at other instants, so that the ends of being in view are only right to one."""
    alone = replace(scenario, launches=scenario.launches[:1], background=Background())
    plan = alone.launches[0]
    vehicle = catalog.vehicle_of(catalog.vehicles[plan.vehicle])
    sensors = looking(members)
    radars = [each for each in sensors if isinstance(each, Radar)]
    others = [each for each in sensors if not isinstance(each, Radar)]
    over = watch(radars, others, alone.start_tai_ns, 3_000.0, 1.0)
    looks = cover(vehicle, aim_plan(plan, vehicle)[0].launches, over)
    plots, _ = plots_of(alone, members, catalog, SEED)
    for column, sensor_id in enumerate(over.ids):
        after_s = (of_sensor(plots, sensor_id).time_tai_ns - alone.start_tai_ns) / SECOND_NS
        assert after_s.size > 0
        assert after_s.max() <= looks.last_look_s[0, column] + 10.0
        assert abs(after_s.min() - looks.first_look_s[0, column]) <= 40.0


def test_objects_that_fly_together_have_a_name_each_and_merge_in_the_plots(
    scenario: Scenario, members: Roster, catalog: Catalog
) -> None:
    one = replace(scenario, launches=scenario.launches[:1], background=Background())
    three = replace(one, launches=(replace(one.launches[0], count=3),))
    plots, truth = plots_of(three, members, catalog, SEED)
    names = [f"strait to east ({k} of 3)" for k in (1, 2, 3)]
    assert [truth.objects[k] for k in truth.payloads] == names
    assert sorted(truth.parents) == ["", "", "", *np.repeat(names, len(truth.objects) // 3 - 1)]
    _, at_once = np.unique(np.stack([plots.sensor, plots.time_tai_ns]), axis=1, return_counts=True)
    assert 1 < at_once.max() <= len(truth.objects) // 3  # a plot for each place, not each object


def test_every_stage_is_an_object_that_starts_from_the_rocket_it_came_off(
    scenario: Scenario, catalog: Catalog, known: tuple[Plots, Truth]
) -> None:
    _, truth = known
    for plan in scenario.launches:
        stages = catalog.vehicle_of(catalog.vehicles[plan.vehicle]).stages
        own = [k for k, parent in enumerate(truth.parents) if parent == plan.name]
        names = [f"{plan.name} stage {number}" for number in range(1, len(own) + 1)]
        assert [truth.objects[k] for k in own] == names
        assert 1 <= len(own) <= len(stages)
        rocket = truth.object == truth.objects.index(plan.name)
        for k in own:
            first = np.flatnonzero(truth.object == k)[0]
            before = np.searchsorted(truth.time_tai_ns[rocket], truth.time_tai_ns[first]) - 1
            start, there = truth.state[first], truth.state[rocket][before]
            after_s = (truth.time_tai_ns[first] - truth.time_tai_ns[rocket][before]) / SECOND_NS
            # 5 s under 100 m/s^2 at most
            assert np.linalg.norm(start[:3] - there[:3] - after_s * there[3:]) < 1_500.0
            assert np.linalg.norm(start[3:] - there[3:]) < 600.0


def test_pieces_change_nothing_of_the_plumes_that_satellites_see(
    scenario: Scenario,
    members: Roster,
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet = replace(scenario, background=Background())
    plots, _ = plots_of(quiet, members, catalog, SEED)
    monkeypatch.setattr(world, "pieces", lambda *_: ())
    whole, truth = plots_of(quiet, members, catalog, SEED)
    assert truth.payloads.size == len(truth.objects)
    assert same(
        of_sensor(plots, "west-satellite"), of_sensor(whole, "west-satellite"), but=("plot_id",)
    )
    assert of_sensor(plots, "east-radar").count > of_sensor(whole, "east-radar").count


def without_launches(scenario: Scenario) -> Scenario:
    return replace(scenario, launches=())


def with_a_crowd(scenario: Scenario) -> Scenario:
    return replace(scenario, launches=(replace(scenario.launches[0], count=2_001),))


@pytest.mark.parametrize(
    ("change", "says"),
    [(without_launches, "there is no launch"), (with_a_crowd, "at most 2000")],
)
def test_what_cannot_be_worked_out_is_refused(
    scenario: Scenario,
    members: Roster,
    catalog: Catalog,
    change: Callable[[Scenario], Scenario],
    says: str,
) -> None:
    with pytest.raises(ScenarioError, match=says):
        plots_of(change(scenario), members, catalog, SEED)


def test_too_many_looks_are_refused(scenario: Scenario, members: Roster, catalog: Catalog) -> None:
    first: Any = members.members[0].nominal
    eager: Any = replace(first, revisit_s=1e-3)
    hasty = replace(members, members=(replace(members.members[0], nominal=eager),))
    with pytest.raises(ScenarioError, match=r"east-radar.*at most 1,000,000 looks"):
        plots_of(scenario, hasty, catalog, SEED)


def test_a_sensor_that_does_not_count_nominally_does_not_look(
    scenario: Scenario, members: Roster, catalog: Catalog
) -> None:
    first, *others = members.members
    doubtful = replace(members, members=(replace(first, nominal=None), *others))
    assert plots_of(scenario, doubtful, catalog, SEED)[0].sensors == (
        "west-radar",
        "west-satellite",
    )
    nobody = replace(members, members=(replace(first, nominal=None),))
    with pytest.raises(ScenarioError, match="no sensor that counts"):
        plots_of(scenario, nobody, catalog, SEED)
