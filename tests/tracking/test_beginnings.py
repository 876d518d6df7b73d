"""The first plots of each track are its own, from the first on, for as long as the window is."""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from tocsin.earth.time import tai_from_utc
from tocsin.formats.plot_table import in_time_order, table_from_plots
from tocsin.studies.known_sky import Satellites
from tocsin.studies.plot_input import sites_for
from tocsin.studies.tracking import Options, Tracked, track_file
from tocsin.tracking.beginnings import launched
from tocsin.tracking.launchpoint import WINDOW_S

MADE = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))
START = tai_from_utc("2024-07-05T12:00:00Z")
NS = 1_000_000_000


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    raid = MADE["make_raid"]()
    plots = MADE["watched"](raid, 3)
    plots = plots.take(np.flatnonzero(plots.time_tai_ns <= 700 * NS))
    plots = in_time_order(replace(plots, time_tai_ns=plots.time_tai_ns + START))
    path = tmp_path_factory.mktemp("ascents") / "plots.parquet"
    pyarrow.parquet.write_table(table_from_plots(plots), path)
    options = Options(satellites=Satellites(wanted=False), batch_rows=40)
    return track_file(path, sites_for(path, None), options, lambda *_: None)


def test_each_track_keeps_its_own_first_plots(found: Tracked) -> None:
    assert len(found.tracks) >= 6
    ids: list[int] = []
    for each in found.tracks:
        kept = list(found.ascents.plots[int(each.last.track[0])].values())
        times = np.array([int(plot.time_tai_ns[0]) for plot in kept])
        ids += [int(plot.plot_id[0]) for plot in kept]
        assert times.min() == each.first_tai_ns
        assert times.max() <= each.first_tai_ns + WINDOW_S * NS
        assert kept[0].count == 1
        assert len(kept) >= 3
        swing = np.ptp([float(plot.azimuth_rad[0]) for plot in kept])
        assert swing < np.radians(6.0)
    assert len(ids) == len(set(ids))


def test_what_begins_high_over_a_radar_has_no_launch_from_its_ascent(found: Tracked) -> None:
    tracks = np.array([int(each.last.track[0]) for each in found.tracks])
    born = np.array([each.first_tai_ns for each in found.tracks])

    rows, points = launched(found.ascents, tracks, born, found.sites)
    none, nothing = launched(found.ascents, tracks[:0], born[:0], found.sites)

    assert rows.tolist() == list(range(tracks.size))
    assert set(points.how.tolist()) == {0}
    assert none.size == nothing.how.size == 0
