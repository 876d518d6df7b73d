"""The scenarios that trackers are compared on, and their scorer."""

import itertools
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tocsin.formats.plot_table import read_plots
from tocsin.formats.sensors_file import read_sensors
from tocsin.formats.truth_table import read_truth
from tocsin.tracking.filter import look, wrap_rad

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
RADIUS_M = 6_371_000.0


def module(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        return import_module(name)


scenarios, tables, scores = map(module, ("tracking_scenario", "tracking_tables", "tracking_score"))


@pytest.fixture(scope="module")
def raid() -> dict[str, Any]:
    wanted = scenarios.Wanted(objects=40, layout="raid", seed=3)
    made: dict[str, Any] = scenarios.make(wanted)
    return made


def test_free_fall_keeps_energy_and_angular_momentum(raid: dict[str, Any]) -> None:
    place = raid["truth"][..., :3] + [0.0, 0.0, RADIUS_M]
    velocity = raid["truth"][..., 3:]
    energy = 0.5 * np.sum(velocity**2, axis=-1) - 3.986004418e14 / np.linalg.norm(place, axis=-1)
    spin = np.cross(place, velocity)
    assert np.allclose(energy, energy[0], rtol=1e-12)
    assert np.allclose(spin, spin[0], rtol=1e-10, atol=1.0)


def test_free_fall_has_the_velocity_that_its_place_changes_by(raid: dict[str, Any]) -> None:
    start = raid["truth"][0]
    before, middle, after = (scenarios.fallen(start, t) for t in (49.9, 50.0, 50.1))
    speed = (after[:, :3] - before[:, :3]) / 0.2
    assert np.max(np.abs(speed - middle[:, 3:])) < 1e-3


def test_time_runs_back_as_it_ran_forward(raid: dict[str, Any]) -> None:
    back = scenarios.fallen(raid["truth"][-1], -115.0)
    assert np.max(np.abs(back - raid["truth"][0])) < 1e-5


def test_objects_of_a_raid_fly_in_tens_and_all_stay_in_view(raid: dict[str, Any]) -> None:
    start = raid["truth"][0, :, :3].reshape(4, 10, 3)
    spread = np.std(start, axis=1)
    assert 1e3 < spread.min() < spread.max() < 15e3
    meta = raid["meta"]
    for states in raid["truth"]:
        range_m, azimuth, elevation, _ = scenarios.seen(states).T
        # The middle of a group is held within the limits; some of its objects may lie beside it.
        assert range_m.min() > meta["r_lim"][0] - 30e3
        assert range_m.max() < meta["r_lim"][1] + 30e3
        assert np.abs(azimuth).max() < meta["az_lim"] + 0.1
        assert elevation.min() > meta["el_lim"][0] - 0.1


def test_plots_are_as_many_and_as_far_off_as_was_asked() -> None:
    made = scenarios.make(scenarios.Wanted(objects=500, scans=10, seed=2, false_plots=50.0))
    real = made["plot_truth"] >= 0
    of = made["truth"][made["plot_scan"][real], made["plot_truth"][real]]
    off = made["plot_rae"][real] - scenarios.seen(of)[:, :3]
    # 4,500 plots: a standard deviation is known to 1.1 %, the share seen to 0.4 %.
    assert np.std(off, axis=0) == pytest.approx([50.0, 8.7266e-4, 8.7266e-4], rel=0.05)
    assert np.count_nonzero(real) / 5_000 == pytest.approx(0.9, abs=0.02)
    assert np.count_nonzero(~real) / 10 == pytest.approx(50.0, abs=9.0)


def test_the_same_wish_gives_the_same_file_and_another_seed_another(tmp_path: Path) -> None:
    one, same, other = (
        scenarios.make(scenarios.Wanted(objects=10, seed=seed)) for seed in (1, 1, 2)
    )
    scenarios.write(one, tmp_path / "one.npz")
    back = scenarios.read(tmp_path / "one.npz")
    assert back["meta"] == same["meta"]
    for name in set(one) - {"meta"}:
        assert np.array_equal(back[name], same[name])
    assert not np.array_equal(one["truth"], other["truth"])


def test_our_radar_sees_the_truth_where_the_plots_say(raid: dict[str, Any]) -> None:
    plots = tables.plots_of(raid, range_rate=False)
    of = raid["plot_truth"]
    real = np.flatnonzero(of >= 0)
    states = scenarios.earth_fixed(raid["truth"][raid["plot_scan"][real], of[real]])
    axes = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    shape = states[:, :3].shape
    seen, _ = look(
        states,
        np.broadcast_to([RADIUS_M, 0.0, 0.0], shape),
        np.broadcast_to(axes, (*shape, 3)),
    )
    mine = plots.take(real)
    off = (mine.azimuth_rad - seen[:, 1], mine.elevation_rad - seen[:, 2])
    assert np.max(np.abs(mine.range_m - seen[:, 0])) < 6 * 50.0
    assert np.max(np.abs(wrap_rad(off[0]))) < 6 * 8.73e-4
    assert np.max(np.abs(off[1])) < 6 * 8.73e-4


def test_earths_axes_are_turned_back() -> None:
    states = np.random.default_rng(1).normal(0.0, 1e6, (5, 6))
    assert np.allclose(scenarios.from_earth_fixed(scenarios.earth_fixed(states)), states)


def test_the_tables_are_read_as_they_were_written(raid: dict[str, Any], tmp_path: Path) -> None:
    tables.write_tables(raid, tmp_path)
    plots = read_plots(tmp_path / "plots.parquet")
    expected = tables.plots_of(raid, range_rate=False)
    assert np.array_equal(plots.time_tai_ns, expected.time_tai_ns)
    assert np.array_equal(plots.range_m, expected.range_m)
    assert np.allclose(plots.azimuth_rad, expected.azimuth_rad, rtol=0.0, atol=1e-12)
    truth = read_truth(tmp_path / "truth.parquet")
    for number, name in enumerate(truth.objects):
        mine = truth.state[truth.object == number]
        assert np.array_equal(scenarios.earth_fixed(raid["truth"][:, int(name)]), mine)
    (radar,) = read_sensors((tmp_path / "sensors.json").read_text(encoding="utf-8"))
    assert radar.sectors_rad[0] == pytest.approx(np.radians([15.0, 165.0]))


def test_the_score_is_that_of_the_best_of_all_pairings() -> None:
    draw = np.random.default_rng(5)
    for _ in range(40):
        tracks, objects = draw.integers(0, 6), draw.integers(1, 6)
        truth = np.zeros((9, objects, 6))
        truth[8, :, :3] = draw.uniform(0.0, 12e3, (objects, 3))
        state = np.zeros((tracks, 6))
        state[:, :3] = draw.uniform(0.0, 12e3, (tracks, 3))
        said = scores.Said(scan=np.full(tracks, 8), track=np.arange(tracks), state=state)
        found = scores.score(truth, said)
        gospa, ospa = _by_hand(truth[8, :, :3], state[:, :3])
        assert found.gospa_m == pytest.approx(gospa, rel=1e-12)
        assert found.ospa_m == pytest.approx(ospa, rel=1e-12)


def _by_hand(objects: Any, tracks: Any) -> tuple[float, float]:
    """Try every pairing: cutoff 10 km, power 2, alpha 2."""
    few, many = sorted((objects, tracks), key=len)
    near2 = min(
        sum(min(float(np.sum((few[i] - many[j]) ** 2)), 1e8) for i, j in enumerate(order))
        for order in itertools.permutations(range(len(many)), len(few))
    )
    spare = len(many) - len(few)
    return (near2 + 0.5e8 * spare) ** 0.5, ((near2 + 1e8 * spare) / len(many)) ** 0.5


def test_a_track_that_takes_anothers_object_counts_as_a_switch() -> None:
    truth = np.zeros((12, 2, 6))
    truth[:, 1, 0] = 50e3
    scan = np.repeat(np.arange(12), 2)
    track = np.tile([7, 9], 12)
    track[20:] = np.tile([9, 7], 2)
    said = scores.Said(scan=scan, track=track, state=truth.reshape(-1, 6) + 3.0)
    found = scores.score(truth, said)
    assert found.switches == pytest.approx(1_000.0 * 2 / (2 * 4))
    assert found.rms_m == pytest.approx(3.0 * 3**0.5)
    assert (found.missed_share, found.false_share) == (0.0, 0.0)
