"""What each partner would track: from its own plots, never the truth, with figures that fit."""

import dataclasses
import itertools

import numpy as np
import pytest

from tocsin.catalog.load import load_catalog
from tocsin.earth.time import SECOND_NS
from tocsin.formats.truth_table import Truth
from tocsin.sensors.scan import Scan
from tocsin.simulation.read import find_scenario, parse_scenario, scenario_bytes
from tocsin.simulation.scenario import Scenario
from tocsin.simulation.world import plots_of
from tocsin.studies import follow as following
from tocsin.studies import watched
from tocsin.studies.launches import fly_launches
from tocsin.studies.prepare import delays, watchers
from tocsin.studies.watch_results import ELLIPSE_STEPS_KM, Tracking
from tocsin.studies.watch_words import held_share
from tocsin.studies.watched import Watched, sides, watch_launches

CATALOG = load_catalog()
NOISE = 0.05
"""Share of flight time by which chance alone may move what is held."""


def two_islands(seed: int | None = None) -> Scenario:
    path = find_scenario("two-islands")
    scenario = parse_scenario(scenario_bytes(path), str(path), CATALOG)
    return scenario if seed is None else dataclasses.replace(scenario, seed=seed)


def tracked(scenario: Scenario) -> Watched:
    members, columns = watchers(scenario, CATALOG)
    vehicles = {
        plan.vehicle: CATALOG.vehicle_of(CATALOG.vehicles[plan.vehicle])
        for plan in scenario.launches
    }
    flown = fly_launches(scenario, columns, vehicles, (0, 4), delays(scenario))
    return watch_launches(scenario, members, CATALOG, flown, lambda _done, _total: None)


@pytest.fixture(scope="module")
def found() -> Watched:
    return tracked(two_islands())


@pytest.fixture(scope="module")
def tracking(found: Watched) -> Tracking:
    return found.tracking


def test_each_partner_watches_alone_and_all_of_them_with_their_plots_pooled(
    tracking: Tracking,
) -> None:
    assert [one.id for one in tracking.watchers] == ["east", "west", "east+west-l4"]
    assert [one.sensors for one in tracking.watchers] == [1, 2, 3]
    alone, joined = tracking.watchers[:2], tracking.watchers[2]
    assert joined.plots == sum(one.plots for one in alone) > 0
    assert [one.delay_s for one in tracking.watchers] == [0.0, 0.0, 2.0]


def test_a_partner_gets_the_plots_of_its_own_sensors_and_no_others() -> None:
    scenario = two_islands()
    members, _ = watchers(scenario, CATALOG)
    plots, _ = plots_of(scenario, members, CATALOG, scenario.seed)
    for side in sides(scenario, members, plots):
        owned = {m.id for m in members.members if m.partner in side.group.partners}
        assert set(side.plots.sensors) <= owned
        assert tuple(site.id for site in side.sites) == side.plots.sensors
        kept = np.isin(plots.plot_id, side.plots.plot_id)
        assert np.array_equal(
            [plots.sensors[k] for k in plots.sensor[kept]],
            [side.plots.sensors[k] for k in side.plots.sensor],
        )


def test_no_tracker_knows_the_truth(found: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    real = watched.scans_of

    def moved(*args: object) -> tuple[list[Scan], Truth]:
        scans, truth = real(*args)  # type: ignore[arg-type]
        return scans, dataclasses.replace(truth, state=truth.state + 5e5)

    monkeypatch.setattr(watched, "scans_of", moved)
    other = tracked(two_islands())

    assert all(one.tracked == 0 for one in other.tracking.watchers)
    for before, after in zip(found.tables, other.tables, strict=True):
        assert before.drop(["object"]).equals(after.drop(["object"]))


def test_figures_of_a_launch_fit_together(tracking: Tracking) -> None:
    for watcher, one in itertools.chain.from_iterable(
        zip(itertools.repeat(each), each.launches) for each in tracking.watchers
    ):
        assert 0.0 <= one.held_share <= 1.0
        assert (one.believed_s is None) == (one.warning_min is None)
        if one.believed_s is None:
            assert (one.held_share, one.foretold, one.held_deg) == (0.0, (), ())
            continue
        assert watcher.delay_s < one.believed_s < one.impact_s
        assert one.warning_min == pytest.approx((one.impact_s - one.believed_s) / 60.0)
        times = [each.time_s for each in one.foretold]
        assert times == sorted(times)
        assert all(one.believed_s <= time < one.impact_s for time in times)
        for size, at in zip(ELLIPSE_STEPS_KM, one.ellipse_below_s, strict=True):
            below = [each.time_s for each in one.foretold if each.long_km < size]
            assert at == (below[0] if below else None)
        for each in one.foretold:
            assert each.short_km <= each.long_km
            assert each.time_sigma_s > 0.0
            assert each.holds or each.miss_km > each.short_km


def test_the_last_ellipse_is_smaller_than_the_first_and_near_the_place(tracking: Tracking) -> None:
    joined = tracking.watchers[-1]
    for one in joined.launches:
        assert one.last is not None
        assert one.last.long_km < one.foretold[0].long_km
        assert one.last.miss_km < 2.0 * one.last.long_km


@pytest.mark.parametrize("seed", [1, 7])
def test_pooled_plots_find_every_launch_that_a_partner_finds_and_hold_it_no_less(
    seed: int,
) -> None:
    *alone, joined = tracked(two_islands(seed)).tracking.watchers
    for each in alone:
        for mine, ours in zip(each.launches, joined.launches, strict=True):
            if mine.believed_s is not None:
                assert ours.believed_s is not None
                assert ours.believed_s <= mine.believed_s + joined.delay_s + 30.0
        assert held_share(joined) >= held_share(each) - NOISE


def test_the_table_names_each_watcher_and_the_object_each_track_is_near(found: Watched) -> None:
    for watcher, table in zip(found.tracking.watchers, found.tables, strict=True):
        assert set(table["watcher"].to_pylist()) <= {watcher.id}
        near = np.array([name or "" for name in table["object"].to_pylist()])
        held = sum(
            one.held_share * (int(one.impact_s / found.tracking.every_s) + 1)
            for one in watcher.launches
        )
        names = [one.launch for one in watcher.launches]
        assert np.isin(near, names).sum() == pytest.approx(held, abs=0.5)


def test_the_sentence_tells_the_shares_with_their_spread_and_the_seed(tracking: Tracking) -> None:
    joined = tracking.watchers[-1]
    said = tracking.sentence
    assert said.startswith("Joined, plots shared, holds ")
    assert f"holds {100.0 * held_share(joined):.0f} % (" in said
    assert "East Island alone" in said
    assert "West Island alone" in said
    assert "(seed 7)" in said


def test_more_plots_than_a_run_tracks_are_left_alone_and_the_reason_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watched, "PLOTS_MAX", 10)
    left = tracked(two_islands())

    assert left.tracking.watchers == ()
    assert left.tables == ()
    assert "more than a run tracks (10)" in left.tracking.why_not
    assert "tocsin track" in left.tracking.why_not


def test_without_launches_there_is_nothing_to_track() -> None:
    left = tracked(dataclasses.replace(two_islands(), launches=()))
    assert left.tracking.why_not == "The scenario names no launch."


def test_wanted_instants_change_nothing_of_what_a_watcher_believes() -> None:
    scenario = two_islands()
    members, _ = watchers(scenario, CATALOG)
    plots, truth = plots_of(scenario, members, CATALOG, scenario.seed)
    side = sides(scenario, members, plots)[1]
    every = np.arange(0, 600, 10) * SECOND_NS + int(truth.time_tai_ns.min())
    dense = following.follow(side.plots, side.sites, every, lambda _: None)
    sparse = following.follow(side.plots, side.sites, every[::3], lambda _: None)

    wanted = np.isin(dense.tracks.time_tai_ns, every[::3])
    assert wanted.any()
    assert np.array_equal(dense.tracks.state[wanted], sparse.tracks.state)
    assert np.array_equal(dense.newly.track, sparse.newly.track)


def test_between_looks_a_track_is_carried_on_and_grows_less_sure() -> None:
    scenario = two_islands()
    members, _ = watchers(scenario, CATALOG)
    plots, truth = plots_of(scenario, members, CATALOG, scenario.seed)
    side = sides(scenario, members, plots)[1]
    every = np.arange(0, 900, 10) * SECOND_NS + int(truth.time_tai_ns.min())
    found = following.follow(side.plots, side.sites, every, lambda _: None)

    waited = (found.tracks.time_tai_ns - found.look_tai_ns) / SECOND_NS
    assert waited.min() >= 0.0
    order = np.lexsort((found.tracks.time_tai_ns, found.tracks.track))
    tracks, looks = found.tracks.take(order), found.look_tai_ns[order]
    same = (np.diff(tracks.track) == 0) & (np.diff(looks) == 0)
    assert same.sum() > 3
    spread = np.trace(tracks.covariance[:, :3, :3], axis1=1, axis2=2)
    assert np.all(spread[1:][same] > spread[:-1][same])
