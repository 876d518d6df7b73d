"""What `tocsin track` does with data classes, foreign truth, links, and bytes that are no text."""

import json
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tocsin.cli.errors import printable
from tocsin.formats.plot_table import in_time_order, joined, table_from_plots
from tocsin.formats.sensors_file import write_sensors
from tocsin.formats.tdm import write_tdm
from tocsin.formats.track_table import read_tracks
from tocsin.formats.truth_table import read_truth, table_from_truth
from tocsin.studies.plot_input import sites_for

RAID = runpy.run_path(str(Path(__file__).parent / "test_track.py"))
files, ran, told = (RAID[name] for name in ("files", "ran", "told"))
RADAR = RAID["RADAR"]


def both_classes(files: Any, folder: Path) -> Path:
    """Write the raid once as an exercise and, 100 s later, once as actual: row by row mixed."""
    later = replace(files.plots, time_tai_ns=files.plots.time_tai_ns + 100 * RAID["NS"])
    rows = [row | {"data_class": "exercise"} for row in table_from_plots(files.plots).to_pylist()]
    rows += [row | {"data_class": "actual"} for row in table_from_plots(later).to_pylist()]
    rows.sort(key=lambda row: str(row["time_utc"]))
    path = folder / "plots.parquet"
    pa.parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_each_data_class_is_tracked_by_itself_and_told_apart(files: Any, tmp_path: Path) -> None:
    path, out = both_classes(files, tmp_path), tmp_path / "tracks.parquet"
    alone = told(files.folder / "plots.parquet")

    done = ran(path, "--out", out, "--json")
    actual, exercise = json.loads(done.stdout)["by_data_class"]

    assert not out.exists()
    assert (actual["data_class"], exercise["data_class"]) == ("actual", "exercise")
    for found in (actual, exercise):
        rows = pa.parquet.read_table(tmp_path / f"tracks-{found['data_class']}.parquet")
        assert set(rows["data_class"].to_pylist()) == {found["data_class"]}
        assert {each["data_class"] for each in found["tracks"]} == {found["data_class"]}
        assert found["plots"] == files.plots.count
        assert found["rows"] == rows.num_rows
    same = [each | {"data_class": "test"} for each in exercise["tracks"]]
    assert same == alone["tracks"]
    assert [e["hits"] for e in actual["tracks"]] == [e["hits"] for e in exercise["tracks"]]


def test_several_data_classes_are_printed_under_their_names(files: Any, tmp_path: Path) -> None:
    path = both_classes(files, tmp_path)
    done = ran(path)

    lines = done.stdout.splitlines()
    heads = [line.strip("= ") for line in lines if "PLOTS ONLY" in line]
    assert heads == ["ACTUAL PLOTS ONLY", "EXERCISE PLOTS ONLY"]
    titles = [line for line in lines if "plots of 1 sensor" in line]
    assert [title.split(":")[0] for title in titles] == ["ACTUAL", "EXERCISE"]
    scored = ran(path, "--truth", files.folder / "truth.parquet")
    assert scored.exit_code == 1
    assert "a truth belongs to one data class" in scored.stderr


def test_the_data_class_of_a_message_reaches_table_and_json(files: Any, tmp_path: Path) -> None:
    (tmp_path / "plots.tdm").write_text(write_tdm(replace(files.plots, data_class="exercise")))
    found = told(tmp_path / "plots.tdm", "--out", tmp_path / "tracks.csv")

    assert found["data_class"] == "exercise"
    table = pa.csv.read_csv(tmp_path / "tracks.csv")
    assert set(table["data_class"].to_pylist()) == {"exercise"}


def test_truth_that_no_track_comes_near_is_remarked_on(files: Any, tmp_path: Path) -> None:
    truth = read_truth(files.folder / "truth.parquet")
    far = replace(truth, state=truth.state * np.array([1.0, 1.0, -1.0, 1.0, 1.0, -1.0]))
    pa.parquet.write_table(table_from_truth(far), tmp_path / "truth.parquet")
    line = "no track came within 20 km of any object of the truth: is it the truth of these plots?"
    plots = files.folder / "plots.parquet"

    assert f"note: {line}" in ran(plots, "--truth", tmp_path / "truth.parquet").stderr
    assert line not in ran(plots, "--truth", files.folder / "truth.parquet").stderr


def test_out_is_written_through_a_link(files: Any, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "tracks.parquet").symlink_to(tmp_path / "far" / "real.parquet")

    done = ran(files.folder / "plots.parquet", "--out", tmp_path / "tracks.parquet")

    assert done.exit_code == 0
    assert (tmp_path / "tracks.parquet").is_symlink()
    assert read_tracks(tmp_path / "far" / "real.parquet", (RADAR,)).count > 0
    assert [each.name for each in (tmp_path / "far").iterdir()] == ["real.parquet"]


def test_no_byte_of_a_file_commands_the_terminal(files: Any, tmp_path: Path) -> None:
    wild = "\x1b]0;gone\x07\u202e[bold]x"
    sensor = sites_for(files.folder / "plots.csv", None)[0].sensor
    plots = replace(files.plots, sensors=(wild,))
    pa.parquet.write_table(table_from_plots(plots), tmp_path / "plots.parquet")
    (tmp_path / "sensors.json").write_text(write_sensors([replace(sensor, id=wild)]))

    good = ran(tmp_path / "plots.parquet", "--sensors", tmp_path / "sensors.json")
    bad = ran(tmp_path / "plots.parquet")

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert printable(wild) == "\\x1b]0;gone\\x07\\u202e[bold]x"
    for text in (good.output, bad.output):
        assert not set("\x1b\x07\u202e") & set(text)
    assert f"fed by: 1 {printable(wild)}" in good.stdout


def test_a_sensors_file_that_begins_with_a_mark_is_read(files: Any, tmp_path: Path) -> None:
    text = (files.folder / "sensors.json").read_text()
    (tmp_path / "sensors.json").write_text("\ufeff" + text)
    plots, plain = files.folder / "plots.parquet", files.folder / "sensors.json"

    found = told(plots, "--sensors", tmp_path / "sensors.json")
    assert found["tracks"] == told(plots, "--sensors", plain)["tracks"]


def test_a_radar_on_the_wrong_half_of_the_globe_is_remarked_on(files: Any, tmp_path: Path) -> None:
    sensor = sites_for(files.folder / "plots.csv", None)[0].sensor
    two = replace(files.plots, sensors=(RADAR, "twin"))
    other = replace(two, sensor=np.ones_like(two.sensor), plot_id=two.plot_id + 10_000)
    pa.parquet.write_table(
        table_from_plots(in_time_order(joined(two, other))), tmp_path / "plots.parquet"
    )
    said = []
    for name, north in (("right", 1.0), ("wrong", -1.0)):
        twin = replace(sensor, id="twin", latitude_rad=north * sensor.latitude_rad)
        (tmp_path / f"{name}.json").write_text(write_sensors([sensor, twin]))
        done = ran(tmp_path / "plots.parquet", "--sensors", tmp_path / f"{name}.json")
        assert done.exit_code == 0, done.output
        said.append("note: sensor 'twin' fed" in done.stderr)

    assert said == [False, True]
