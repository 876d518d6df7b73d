"""`tocsin track`, from files of a made-up raid to tracks, scores and one-line errors."""

import json
import math
import runpy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import tocsin
from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import distance_m
from tocsin.earth.time import tai_from_utc
from tocsin.formats.plot_table import in_time_order, joined, table_from_plots
from tocsin.formats.sensors_file import write_sensors
from tocsin.formats.tdm import read_tdm, write_tdm
from tocsin.formats.track_table import read_tracks
from tocsin.formats.truth_table import Truth, table_from_truth
from tocsin.sensors.measurement import Plots
from tocsin.studies.plot_input import TrackingError, plots_in, sites_for
from tocsin.studies.tracking import Options, track_file
from tocsin.tracking.flood import PLOTS_MAX

MADE = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))
START = tai_from_utc("2024-07-05T12:00:00Z")
RADAR = "rus-armavir-voronezh-dm-2"
NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A folder with the raid's files, and what is in them."""

    folder: Path
    plots: Plots
    impact_deg: np.ndarray


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Six flights before one radar, up to 1,000 s after lift-off."""
    folder = tmp_path_factory.mktemp("raid")
    raid = MADE["raid"].__wrapped__()
    plots = MADE["watched"](raid, 3)
    plots = plots.take(np.flatnonzero(plots.time_tai_ns <= 1_000 * NS))
    plots = in_time_order(replace(plots, time_tai_ns=plots.time_tai_ns + START))
    pa.parquet.write_table(table_from_plots(plots), folder / "plots.parquet")
    pa.csv.write_csv(table_from_plots(plots), folder / "plots.csv")
    (folder / "plots.tdm").write_text(write_tdm(plots))
    (folder / "sensors.json").write_text(write_sensors([raid.site.sensor]))
    flown = raid.flown
    states = np.concatenate([flown.position_ecef_m, flown.velocity_ecef_m_s], axis=-1)
    one, instant = np.nonzero(np.isfinite(states[..., 0]))
    truth = Truth(
        objects=tuple(f"missile-{k}" for k in range(len(states))),
        object=one,
        time_tai_ns=START + np.rint(flown.time_s[instant] * 1e9).astype(np.int64),
        state=states[one, instant],
    )
    pa.parquet.write_table(table_from_truth(truth), folder / "truth.parquet")
    latitude, longitude, _ = geodetic_from_ecef_batch(flown.flights.impact_m)
    return Files(folder=folder, plots=plots, impact_deg=np.degrees([latitude, longitude]))


def ran(*words: object) -> Result:
    return CliRunner().invoke(tocsin, ["track", *map(str, words)])


def told(*words: object) -> dict[str, Any]:
    done = ran(*words, "--json", "--quiet")
    assert done.exit_code == 0, done.output
    record: dict[str, Any] = json.loads(done.stdout)
    return record


def test_a_raid_is_tracked_scored_and_its_impacts_foretold(files: Files, tmp_path: Path) -> None:
    found = told(
        files.folder / "plots.parquet",
        "--sensors",
        files.folder / "sensors.json",
        "--truth",
        files.folder / "truth.parquet",
        "--out",
        tmp_path / "tracks.parquet",
    )
    scores, tracks = found["scores"], found["tracks"]

    assert found["plots"] == files.plots.count
    assert found["sensors"] == [RADAR]
    assert scores["objects"] == scores["objects_tracked"] == 6
    assert scores["purity"] > 0.98
    assert scores["false"] < 0.6
    assert 100.0 < scores["position_rmse_m"] < 15_000.0
    assert scores["latency_median_s"] > 100.0
    assert 0.5 < scores["nees_within_95"] <= 1.0
    last = [each for each in tracks if each["last_seen_utc"] >= "2024-07-05T12:15:00Z"]
    assert len(last) == 6
    for each in last:
        impact = each["impact"]
        miss = distance_m(
            *np.radians([impact["latitude_deg"], impact["longitude_deg"]]),
            *np.radians(files.impact_deg),
        )
        assert miss.min() < 1e3 * 2.0 * impact["ellipse_95_long_km"]
        assert each["sensors"] == [RADAR]


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_the_tracks_table_holds_every_row_that_is_told_of(
    files: Files, ending: str, tmp_path: Path
) -> None:
    out = tmp_path / f"tracks.{ending}"
    found = told(files.folder / "plots.csv", "--out", out)
    rows = read_tracks(out, (RADAR,))

    assert rows.count == found["rows"] > 100
    assert set(rows.track) == {each["track"] for each in found["tracks"]}
    assert np.all(np.diff(rows.time_tai_ns) >= 0)
    assert np.all(np.linalg.eigvalsh(rows.covariance[:, :3, :3]) > 0.0)
    assert set(rows.sensors) == {1}
    assert [each.name for each in tmp_path.iterdir()] == [out.name]


def test_every_form_of_the_plots_gives_the_same_tracks(files: Files) -> None:
    table, text, message = (
        told(files.folder / f"plots.{ending}") for ending in ("parquet", "csv", "tdm")
    )

    assert table == text
    assert len(message["tracks"]) > 0
    assert message["plots"] == table["plots"]


def test_sensors_keep_their_names_whatever_their_order(files: Files, tmp_path: Path) -> None:
    sensor = sites_for(files.folder / "plots.csv", None)[0].sensor
    twin = replace(sensor, id="another")
    second = np.arange(files.plots.count) % 2
    both = replace(files.plots, sensors=(RADAR, "another"), sensor=second)
    (tmp_path / "plots.tdm").write_text(write_tdm(both))
    pa.parquet.write_table(table_from_plots(both), tmp_path / "plots.parquet")
    (tmp_path / "sensors.json").write_text(write_sensors([sensor, twin]))

    assert read_tdm((tmp_path / "plots.tdm").read_text()).sensors == ("another", RADAR)
    for name in ("plots.tdm", "plots.parquet"):
        sites = sites_for(tmp_path / name, tmp_path / "sensors.json")
        parts = [batch.plots for batch in plots_in(tmp_path / name, sites, 10_000)]
        ours = np.concatenate([part.range_m[part.sensor == 1] for part in parts])
        assert parts[0].sensors == (RADAR, "another")
        np.testing.assert_allclose(np.sort(ours), np.sort(both.range_m[second == 1]))


def test_a_table_read_in_small_batches_gives_the_same_tracks(files: Files) -> None:
    path = files.folder / "plots.parquet"
    sites = sites_for(path, None)
    steps: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        steps.append((done, total))

    one, other = (
        track_file(path, sites, Options(batch_rows=rows), report) for rows in (50, 100_000)
    )

    assert (one.plots, one.looks, one.rows) == (other.plots, other.looks, other.rows)
    for left, right in zip(one.tracks, other.tracks, strict=True):
        np.testing.assert_array_equal(left.last.state, right.last.state)
    assert steps[-1] == (files.plots.count, files.plots.count)


def test_a_person_sees_tables_of_tracks_and_scores(files: Files) -> None:
    done = ran(files.folder / "plots.parquet", "--truth", files.folder / "truth.parquet")

    assert done.exit_code == 0
    assert f"{files.plots.count:,} plots of 1 sensor: " in done.stdout
    for words in (
        "from 2024-07-05 12:07:30 on (times in UTC)",
        "± 95 %, km",
        " 12:16:40 ",
        " threat ",
        " left ",
        "launched",
        "missiles tracked",
        "6 of 6",
        "GOSPA, mean",
        "NEES (6 is right)",
    ):
        assert words in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 100


def spoilt(files: Files, folder: Path, column: str, value: object) -> Path:
    """Write the plots with one cell of the last row changed."""
    rows = table_from_plots(files.plots).to_pylist()
    rows[-1][column] = value
    path = folder / "plots.csv"
    pa.csv.write_csv(pa.Table.from_pylist(rows), path)
    return path


def test_a_fault_is_one_line_with_status_one_and_no_file_is_left(
    files: Files, tmp_path: Path
) -> None:
    last = files.plots.count
    path = spoilt(files, tmp_path, "elevation_deg", 95.0)

    done = ran(path, "--out", tmp_path / "out" / "tracks.parquet")

    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: plots.csv: row {last}: elevation_deg is 95; it must be")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (["{}/none.csv"], "none.csv' cannot be read: No such file"),
        (["{}/sensors.json"], "its ending must be one of .parquet, .csv or .tdm, .kvn"),
        (["{}/plots.csv", "--out", "tracks.txt"], "cannot write 'tracks.txt': its ending must"),
        (["{}/plots.csv", "--sensors", "{}/none.json"], "none.json' cannot be read: No such"),
        (["{}/plots.csv", "--sensors", "{}/plots.csv"], "plots.csv: this is not JSON"),
        (["{}/plots.csv", "--truth", "{}/plots.csv"], "plots.csv: there is no column 'object'"),
    ],
)
def test_what_cannot_be_used_is_one_line(files: Files, change: list[str], line: str) -> None:
    done = ran(*(word.format(files.folder) for word in change))

    assert done.exit_code == 1
    assert done.stdout == ""
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("tracks.txt").exists()


def test_a_sensor_that_nobody_knows_is_named(files: Files, tmp_path: Path) -> None:
    path = spoilt(files, tmp_path, "sensor", "rus-armavir-voronezh-dm-3")

    done = ran(path)
    with_file = ran(path, "--sensors", files.folder / "sensors.json")

    assert "'rus-armavir-voronezh-dm-3' is not in the catalogue; did you mean" in done.stderr
    assert "with --sensors FILE" in done.stderr
    assert f"row {files.plots.count}: sensor 'rus-armavir-voronezh-dm-3'" in with_file.stderr
    assert done.exit_code == with_file.exit_code == 1


def test_truth_of_another_day_is_refused(files: Files, tmp_path: Path) -> None:
    row = {"time_utc": "2020-01-01T00:00:00Z", "object": "one", "x_m": 7e6, "y_m": 0.0}
    row |= {"z_m": 0.0, "vx_m_s": 0.0, "vy_m_s": 0.0, "vz_m_s": 0.0}
    pa.csv.write_csv(pa.Table.from_pylist([row]), tmp_path / "truth.csv")

    done = ran(files.folder / "plots.csv", "--truth", tmp_path / "truth.csv")

    assert done.exit_code == 1
    assert "truth.csv: no object of it is there at the time of any plot" in done.stderr


def test_no_plot_at_all_is_said(files: Files, tmp_path: Path) -> None:
    pa.csv.write_csv(table_from_plots(files.plots.take(np.arange(0))), tmp_path / "plots.csv")

    assert "plots.csv: there is no plot in it" in ran(tmp_path / "plots.csv").stderr


Rows = list[dict[str, Any]]


def written(files: Files, folder: Path, change: Callable[[Rows], Rows]) -> Path:
    """Write the raid's plots, changed, as CSV."""
    path = folder / "plots.csv"
    rows = change(table_from_plots(files.plots).to_pylist())
    pa.csv.write_csv(pa.Table.from_pylist(rows), path)
    return path


def scaled(**factors: float) -> Callable[[Rows], Rows]:
    """Give the change that multiplies columns."""
    return lambda rows: [
        row | {name: row[name] * factor for name, factor in factors.items()} for row in rows
    ]


RADIANS = math.pi / 180.0


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (scaled(azimuth_deg=RADIANS), "azimuth_deg looks like radians: the "),
        (
            scaled(azimuth_deg=RADIANS, elevation_deg=RADIANS),
            "azimuth_deg and elevation_deg look like radians: the ",
        ),
        (scaled(range_m=1e-3), "range_m looks like kilometres: the "),
        (
            scaled(range_m=1e-3, azimuth_deg=RADIANS, elevation_deg=RADIANS),
            "look like radians and range_m looks like kilometres: the ",
        ),
        (
            lambda rows: [row | {"azimuth_deg": 300.0} for row in rows],
            f"plots of sensor {RADAR!r} is in its view (azimuth ",
        ),
        (
            lambda rows: [row | {"range_rate_m_s": -3.1} for row in rows],
            "range_rate_m_s looks like kilometres per second: all ",
        ),
        (
            lambda rows: [
                {"azimuth_rad": 1.0} | {k: v for k, v in row.items() if k != "azimuth_deg"}
                for row in rows
            ],
            "no column 'azimuth_deg'; 'azimuth_rad' is in another unit: convert it to degrees and",
        ),
        (
            lambda rows: [*rows[:-1], rows[-1] | {"range_m": math.nan}],
            ": range_m is nan; it must be a number from 1 to 5e+07, or empty",
        ),
        (
            lambda rows: [*rows[:-1], rows[-1] | {"elevation_deg": math.nan}],
            ": elevation_deg is nan; it must be a number from -90 to 90",
        ),
        (
            lambda rows: [*rows[:4], *(r | {"time_utc": "2042" + r["time_utc"][4:]} for r in rows)],
            f"row 5: time_utc is 2042-07-05T12:07:30Z: sensor {RADAR!r} jumps ahead by 6,574 days",
        ),
        (
            lambda rows: [
                row | {"azimuth_deg": None, "elevation_deg": None, "range_m": None} for row in rows
            ],
            "plots.csv: there is no plot in it, only 327 empty looks",
        ),
    ],
)
def test_what_cannot_be_right_is_told_with_its_likely_cause(
    files: Files, change: Callable[[Rows], Rows], line: str, tmp_path: Path
) -> None:
    done = ran(written(files, tmp_path, change), "--json", "--out", tmp_path / "tracks.csv")

    assert done.exit_code == 1
    assert line in json.loads(done.stdout)["error"]
    assert [each.name for each in tmp_path.iterdir()] == ["plots.csv"]


def test_plots_that_are_there_twice_are_used_once_and_counted(files: Files, tmp_path: Path) -> None:
    twice = written(files, tmp_path, lambda rows: [*rows, *rows[10:20]])

    done = ran(twice)
    found = told(twice)

    assert "note: 10 plots were there twice; each was used once\n" in done.stderr
    assert found["input"]["repeated_plots"] == 10
    assert found["tracks"] == told(files.folder / "plots.csv")["tracks"]


def test_an_empty_look_is_passed_over_and_said(files: Files, tmp_path: Path) -> None:
    nothing = {"azimuth_deg": None, "elevation_deg": None, "range_m": None, "plot_id": None}
    path = written(files, tmp_path, lambda rows: [*rows, rows[-1] | nothing])

    done = ran(path)

    assert "note: 1 rows have no measurement (empty looks); passed over" in done.stderr
    assert told(path)["tracks"] == told(files.folder / "plots.csv")["tracks"]


def test_one_plot_is_no_track_and_no_fault(files: Files, tmp_path: Path) -> None:
    done = ran(written(files, tmp_path, lambda rows: rows[:1]))

    assert done.exit_code == 0
    assert "1 plot of 1 sensor: no track, from 2024-07-05 12:" in done.stdout


def test_a_sensor_whose_rows_come_late_is_used_at_its_measurement_time(
    files: Files, tmp_path: Path
) -> None:
    path = files.folder / "plots.parquet"
    sites = sites_for(path, None)
    sensor = sites[0].sensor
    (tmp_path / "sensors.json").write_text(write_sensors([sensor, replace(sensor, id="late")]))
    both = sites_for(path, tmp_path / "sensors.json")
    second = np.arange(files.plots.count) % 2
    plots = replace(files.plots, sensors=(RADAR, "late"), sensor=second)
    found = []
    for delay_s in (0, 10, 75):
        order = np.argsort(plots.time_tai_ns + delay_s * NS * second, kind="stable")
        pa.parquet.write_table(table_from_plots(plots.take(order)), tmp_path / "plots.parquet")
        options = Options(batch_rows=5)
        found.append(track_file(tmp_path / "plots.parquet", both, options, lambda *_: None))

    assert found[0].tracks
    for other in found[1:]:
        assert (other.plots, other.looks, other.rows) == (
            found[0].plots,
            found[0].looks,
            found[0].rows,
        )
        for left, right in zip(found[0].tracks, other.tracks, strict=True):
            np.testing.assert_array_equal(left.last.state, right.last.state)
    assert found[1].heard.late == 0
    assert found[2].heard.late > 0
    assert found[2].heard.counts.too_late == 0


def test_a_clock_that_jumps_back_is_told_with_its_row(files: Files, tmp_path: Path) -> None:
    earlier = written(
        files,
        tmp_path,
        lambda rows: [
            *rows[:200],
            *(r | {"time_utc": r["time_utc"].replace("T12", "T09")} for r in rows[200:]),
        ],
    )

    done = ran(earlier)

    assert done.exit_code == 0
    assert f"note: sensor {RADAR!r}: the times go back by 10,8" in done.stderr
    assert "s at row 201; is its clock right?" in done.stderr


def test_a_table_in_no_order_at_all_is_refused_not_thinned_out_in_silence(
    files: Files, tmp_path: Path
) -> None:
    rows = table_from_plots(files.plots.take(np.arange(12).repeat(200))).to_pylist()
    start = np.datetime64("2024-07-05T12:00:00")
    order = np.random.default_rng(1).permutation(len(rows))
    rows = [
        row | {"time_utc": f"{start + int(order[k]) * 3}Z", "plot_id": k}
        for k, row in enumerate(rows)
    ]
    pa.parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "plots.parquet")
    sites = sites_for(tmp_path / "plots.parquet", None)

    with pytest.raises(
        TrackingError, match=r"came over 90 s after later ones, first in row .*sort"
    ):
        track_file(tmp_path / "plots.parquet", sites, Options(batch_rows=200), lambda *_: None)


def test_a_flood_is_said_and_the_tracks_live_through_it(files: Files, tmp_path: Path) -> None:
    times = np.unique(files.plots.time_tai_ns)
    when = times[times.size // 2]
    rows = np.flatnonzero(files.plots.time_tai_ns == when)
    draw = np.random.default_rng(8)
    flood = files.plots.take(np.full(30_000, rows[0]))
    flood = replace(
        flood,
        range_m=draw.uniform(5e5, 5e6, flood.count),
        azimuth_rad=draw.uniform(1.7, 3.0, flood.count),
        elevation_rad=draw.uniform(0.05, 1.0, flood.count),
        plot_id=1_000_000 + np.arange(flood.count),
    )
    both = in_time_order(joined(files.plots, flood))
    pa.parquet.write_table(table_from_plots(both), tmp_path / "plots.parquet")

    done = ran(tmp_path / "plots.parquet", "--json")
    record = json.loads(done.stdout)

    left = rows.size + flood.count - PLOTS_MAX
    line = f"degraded: 1 look had more than {PLOTS_MAX:,} plots; {left:,} plots were left out"
    assert line in done.stderr
    assert record["input"]["degraded_looks"] == 1
    assert line in record["input"]["remarks"]
    plain = told(files.folder / "plots.parquet")["tracks"]
    through = {each["first_seen_utc"] for each in record["tracks"] if each["hits"] > 20}
    assert {each["first_seen_utc"] for each in plain if each["hits"] > 20} <= through


def test_stopped_half_way_nothing_half_written_is_left(files: Files, tmp_path: Path) -> None:
    path = files.folder / "plots.parquet"
    (tmp_path / "tracks.parquet").write_bytes(b"what was there")

    def stop(done: int, _total: int) -> None:
        if done > 100:
            raise KeyboardInterrupt

    options = Options(out=tmp_path / "tracks.parquet")
    with pytest.raises(KeyboardInterrupt):
        track_file(path, sites_for(path, None), options, stop)

    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"what was there"]
