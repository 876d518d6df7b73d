"""Satellites in a file of plots are told by name; what no catalogue can serve is said."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import DAY_NS, tai_from_utc
from tocsin.formats.plot_table import in_time_order, table_from_plots
from tocsin.sensors.sky import Sky, sky_at, taken
from tocsin.studies import known_sky
from tocsin.studies.known_sky import (
    NEAR_S,
    Held,
    Satellites,
    fitting,
    known_of,
    start_held,
    step_held,
)
from tocsin.studies.plot_input import TrackingError
from tocsin.studies.track_figures import figures
from tocsin.studies.tracking import Options, track_file
from tocsin.tracking.known import known_objects
from tocsin.tracking.track import Tracks, plain_tracks

WORLD = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "sky_world.py"))
START = tai_from_utc("2024-07-05T12:00:00Z")
NS = 1_000_000_000


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Sky]:
    """Give plots of 8 catalogued objects before one radar through 2 minutes, it, and their sky."""
    site, sky = WORLD["warning_radar"](), load_sky()
    times = WORLD["every"](START, 120.0)
    first, last = (set(WORLD["passing"](sky, site, times[[k]])) for k in (0, -1))
    at = sky_at(sky, START)
    near = np.linalg.norm(at.state[:, :3] - WORLD["stand"](site)[0], axis=1) < 2.5e6
    both = sorted(first & last & set(at.row[near].tolist()))[:8]
    some = taken(sky, np.array(both))
    draw = np.random.default_rng(3)
    states = [(sky_at(some, time).state, time) for time in times.tolist()]
    parts = [WORLD["plots_of"](site, state, time, draw) for state, time in states]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in type(parts[0]).__slots__
        if name not in ("sensors", "data_class")
    }
    plots = replace(parts[0], **columns)
    plots = in_time_order(replace(plots, plot_id=np.arange(plots.count)))
    path = tmp_path_factory.mktemp("sky") / "plots.parquet"
    pyarrow.parquet.write_table(table_from_plots(plots), path)
    return path, site, some


def told(passed: tuple[Path, Any, Sky], satellites: Satellites) -> dict[str, Any]:
    path, site, _ = passed
    options = Options(satellites=satellites)
    return figures(track_file(path, (site,), options, lambda *_: None))


def test_satellites_are_named_and_have_neither_launch_nor_impact(
    passed: tuple[Path, Any, Sky],
) -> None:
    found = told(passed, Satellites())
    named = [each for each in found["tracks"] if each["verdict"] == "known object"]

    assert found["satellites"] == {
        "catalogue": "built-in, of 2024-07-05",
        "objects": 26_389,
        "not_used": None,
    }
    assert len(named) >= 7
    names = [each["known_object"]["name"] for each in named]
    assert len(set(names)) == len(names)
    assert set(names) <= set(passed[2].names)
    for each in named:
        assert each["impact"] is each["launch"] is each["apogee"] is None
        assert each["no_impact"] == "stays up"
        assert each["reason"].startswith("known object: keeps fitting a catalogued object")


def test_without_a_catalogue_they_are_satellites_that_nobody_knows(
    passed: tuple[Path, Any, Sky],
) -> None:
    found = told(passed, Satellites(wanted=False))
    kinds = [each["verdict"] for each in found["tracks"]]

    assert "known object" not in kinds
    assert "threat" not in kinds
    assert kinds.count("uncatalogued satellite") >= 5
    assert "turned off" in found["satellites"]["not_used"]


@pytest.mark.parametrize("days", [-15.1, 15.1, 700.0])
def test_the_built_in_catalogue_is_not_used_far_from_its_date(days: float) -> None:
    held, first = Held(name="x"), START + round(days * DAY_NS)

    assert "days from these plots" in fitting(held, Satellites(), first).why_not
    with pytest.raises(TrackingError, match="give one of their time with --satellites FILE"):
        fitting(held, Satellites(told=True), first)
    assert fitting(held, Satellites(path=Path("own.tle")), first) is held


@pytest.mark.parametrize("days", [-14.9, 0.0, 14.9])
def test_it_is_used_near_its_date_and_is_not_read_before_it_is_needed(
    days: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_sky, "load_sky", lambda *_: pytest.fail("read"))
    held = start_held(Satellites())

    assert fitting(held, Satellites(), START + round(days * DAY_NS)) == held
    assert held.why_not == ""


def at_objects(sky: Sky, rows: np.ndarray, time: int) -> Tracks:
    """Give sure tracks that are where some objects are."""
    at = sky_at(sky, time)
    state = at.state[np.searchsorted(at.row, rows)]
    n = rows.size
    return plain_tracks(
        track=1 + np.arange(n),
        time_tai_ns=np.full(n, time),
        state=state,
        covariance=np.tile(np.diag([1e3] * 3 + [10.0] * 3) ** 2, (n, 1, 1)),
        existence=np.ones(n),
        phase=np.ones(n, np.int64),
        sensors=np.ones(n, np.int64),
        hits=np.full(n, 9),
        misses=np.zeros(n, np.int64),
    )


def test_the_objects_near_tracks_serve_as_well_as_all_of_them() -> None:
    sky, rows = load_sky(), np.array([100, 5_000, 9_000, 20_000])
    later = START + round((NEAR_S - 1.0) * NS)
    begin, tracks = at_objects(sky, rows, START), at_objects(sky, rows, later)
    head_on = replace(begin, state=2.0 * tracks.state - begin.state)
    held, _ = known_sky._around(Held(name="x"), head_on, START)

    again, near = known_sky._around(held, tracks, later)
    some, whole = known_objects(tracks, near), known_objects(tracks, sky_at(sky, later))

    assert again is held
    assert near.count < 0.5 * sky.count
    assert whole.row.tolist() == rows.tolist()
    for name in ("row", "number", "distance2", "probability"):
        np.testing.assert_array_equal(getattr(some, name), getattr(whole, name))


def test_elements_that_are_all_too_old_are_said_and_nothing_is_claimed() -> None:
    sky = taken(load_sky(), np.arange(5))
    tracks = at_objects(sky, np.arange(3), START)
    late = START + 40 * DAY_NS

    held, at = known_sky._around(Held(name="own.tle", sky=sky), tracks, late)

    assert at.count == 0
    assert held.why_not.startswith("own.tle: no object in it has elements within 30 days")
    assert known_of(held, tracks).number.tolist() == [0, 0, 0]


def believed(tracks: Tracks) -> Any:
    """Give what stands for a tracker's state that has nothing but tracks."""
    return SimpleNamespace(
        confirmed=lambda: np.arange(tracks.count),
        tracks_at=tracks.take,
        seen_tai_ns=tracks.time_tai_ns,
    )


def test_a_catalogue_is_not_read_for_what_surely_comes_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tracks = at_objects(load_sky(), np.array([100, 5_000]), START)
    falling = replace(tracks, state=tracks.state * np.array([1.0] * 3 + [0.5] * 3))
    monkeypatch.setattr(known_sky, "load_sky", lambda *_: pytest.fail("read"))

    held = step_held(Held(name="x"), believed(falling), START)

    assert held.sky is None
    assert held.last_tai_ns == START
    with pytest.raises(pytest.fail.Exception):
        step_held(Held(name="x"), believed(tracks), START)
