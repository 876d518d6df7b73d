"""What `tocsin run --plots` leaves in its folder, and that it can be read back."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from pyarrow import csv, parquet

from tocsin.catalog.load import load_catalog
from tocsin.cli.main import tocsin
from tocsin.earth.time import SECOND_NS
from tocsin.formats.look_table import read_looks
from tocsin.formats.plot_table import read_plots
from tocsin.formats.sensors_file import read_sensors, read_sites
from tocsin.formats.truth_table import read_truth
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import Orbit, positions_ecef_m
from tocsin.simulation.read import parse_scenario
from tocsin.simulation.roster import roster
from tocsin.simulation.world import first_look_tai_ns, looking, plots_of
from tocsin.studies.plots import PLOT_FILES, write_plots

ONE = """
[scenario]
name = "one"
start_utc = "2024-07-05T00:00:00Z"
duration_s = 3600
seed = 3

[[place]]
id = "harbour"
name = "Harbour"
at = [22.0, -165.0]

[[partner]]
id = "east"
defended = ["harbour"]
sensors = ["usa-*"]

[[partner.sensor]]
id = "east-radar"
latitude_deg = 21.5
longitude_deg = -165.5
sectors_deg = [[150, 270]]
elevation_min_deg = 3
elevation_max_deg = 80
range_km = 2000

[[launch]]
name = "first"
vehicle = "irbm-liquid"
from = [-2.0, -175.0]
to = "harbour"

[background]
clutter = 0.01
"""


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    path = tmp_path / "one.toml"
    path.write_text(ONE)
    return path


def run(scenario: Path, out: Path, *options: str) -> Any:
    done = CliRunner().invoke(tocsin, ["run", str(scenario), "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    return done


def test_plots_are_written_in_both_forms_and_read_back(tmp_path: Path) -> None:
    catalog = load_catalog()
    scenario = parse_scenario(ONE.encode(), "one.toml", catalog)
    members = roster(scenario, catalog)
    said = write_plots(tmp_path, scenario, members, catalog)
    plots, truth = plots_of(scenario, members, catalog, scenario.seed)

    assert {path.name for path in tmp_path.iterdir()} == set(PLOT_FILES)
    assert said["plots"] == plots.count > 0
    kinds = {each.id: each.kind for each in members.members if each.nominal is not None}
    for ending in ("parquet", "csv"):
        found = read_plots(tmp_path / f"plots.{ending}", kinds)
        assert found.sensors == plots.sensors
        for field in type(plots).__slots__:
            one, other = getattr(found, field), getattr(plots, field)
            if field in ("sensors", "data_class"):
                assert one == other
            else:
                np.testing.assert_allclose(one, other, rtol=1e-12)
    again = read_truth(tmp_path / "truth.parquet")
    assert again.objects == truth.objects
    assert truth.objects[0] == "first"
    np.testing.assert_array_equal(again.state, truth.state)


def test_the_tables_have_the_columns_that_are_promised(tmp_path: Path) -> None:
    catalog = load_catalog()
    scenario = parse_scenario(ONE.encode(), "one.toml", catalog)
    write_plots(tmp_path, scenario, roster(scenario, catalog), catalog)
    table = csv.read_csv(tmp_path / "plots.csv")

    wanted = {
        "time_utc", "sensor", "range_m", "azimuth_deg", "elevation_deg", "range_rate_m_s",
        "snr_db", "sigma_range_m", "sigma_azimuth_deg", "sigma_elevation_deg",
        "sigma_range_rate_m_s", "data_class", "plot_id",
    }  # fmt: skip
    assert set(table.column_names) == wanted
    assert set(parquet.read_schema(tmp_path / "plots.parquet").names) == wanted
    names = parquet.read_schema(tmp_path / "truth.parquet").names
    assert names == [
        "time_utc",
        "object",
        "x_m",
        "y_m",
        "z_m",
        "vx_m_s",
        "vy_m_s",
        "vz_m_s",
        "parent",
    ]
    names = parquet.read_schema(tmp_path / "looks.parquet").names
    assert names == ["time_utc", "sensor", "plots", "saturated"]
    for row in (tmp_path / "plots.csv").read_text().splitlines()[1:]:
        assert "first" not in row
        assert "nan" not in row


def test_the_file_of_sensors_gives_back_the_sensors_that_looked(tmp_path: Path) -> None:
    catalog = load_catalog()
    scenario = parse_scenario(ONE.encode(), "one.toml", catalog)
    members = roster(scenario, catalog)
    write_plots(tmp_path, scenario, members, catalog)

    found = read_sensors((tmp_path / "sensors.json").read_text())

    looked = looking(members)
    assert [each.id for each in found] == [each.id for each in looked]
    assert {type(each) for each in found} == {Radar, Infrared}
    for site in read_sites((tmp_path / "sensors.json").read_text()):
        wanted = (30.0, math.radians(0.03)) if site.kind == "radar" else (0.0, 20e-6)
        assert site.bias_sigma == pytest.approx(wanted)
    for one, other in zip(found, looked, strict=True):
        assert numbers_of(one) == pytest.approx(numbers_of(other), rel=1e-12, abs=1e-12)


def numbers_of(sensor: Radar | Infrared) -> list[float]:
    """Give every number of a sensor."""
    values = (getattr(sensor, name) for name in type(sensor).__slots__)
    return [
        float(one)
        for value in values
        for one in np.ravel(value)
        if not isinstance(one, str | Orbit | None)
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    scenario_file: Path, tmp_path: Path
) -> None:
    for out, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        run(scenario_file, tmp_path / out, "--plots", "--seed", seed)
    for name in PLOT_FILES:
        one, same, other = ((tmp_path / out / name).read_bytes() for out in ("a", "b", "c"))
        assert one == same, name
        assert (one == other) == (name in ("truth.parquet", "sensors.json")), name


def test_the_command_lists_what_it_wrote(scenario_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(scenario_file, out, "--plots")
    assert all(str(out / name) in done.stderr for name in PLOT_FILES)
    said = json.loads(run(scenario_file, out, "--plots", "--json").stdout)["plots"]
    assert said["files"] == list(PLOT_FILES)
    assert said["plots"] == read_plots(out / "plots.parquet").count
    assert 0 < said["sensors_reporting"] <= said["sensors_looking"]
    assert json.loads((out / "summary.json").read_text())["plots"] == said


def test_plots_of_another_run_do_not_stay_among_the_results(
    scenario_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(scenario_file, out, "--plots")
    run(scenario_file, out, "--seed", "4")
    assert not any((out / name).exists() for name in PLOT_FILES)
    assert "plots" not in json.loads((out / "summary.json").read_text())


BUSY = (
    ONE.replace("range_km = 2000", "range_km = 2000\npulse_hz = 50\nplots_max = 3")
    + "satellites = 2000\nmoon = true\nglint = true\n"
)


def test_every_look_is_told_with_its_count_of_plots_and_when_it_had_too_many(
    tmp_path: Path,
) -> None:
    catalog = load_catalog()
    scenario = parse_scenario(BUSY.encode(), "one.toml", catalog)
    members = roster(scenario, catalog)
    said = write_plots(tmp_path, scenario, members, catalog)
    plots = read_plots(tmp_path / "plots.parquet")
    sensors = looking(members)
    looks = read_looks(tmp_path / "looks.parquet", [each.id for each in sensors])

    assert looks.count == said["looks"]
    assert looks.plots.sum() == plots.count == said["plots"]
    assert 0 < said["looks_saturated"] == np.count_nonzero(looks.saturated)
    for number, sensor in enumerate(sensors):
        mine = looks.take(np.flatnonzero(looks.sensor == number))
        first = first_look_tai_ns(sensor, scenario.start_tai_ns, scenario.seed)
        wanted = first + np.arange(mine.count) * round(sensor.revisit_s * SECOND_NS)
        np.testing.assert_array_equal(mine.time_tai_ns, wanted)
        assert np.all(mine.plots[mine.saturated] == 3)
        assert np.any(mine.saturated) == (sensor.id == "east-radar")
    quiet = parse_scenario(ONE.encode(), "one.toml", catalog)
    assert said["plots"] > write_plots(tmp_path / "quiet", quiet, members, catalog)["plots"]


def test_a_tracker_has_old_orbits_at_the_same_places_as_the_sensors_that_looked(
    tmp_path: Path,
) -> None:
    catalog = load_catalog()
    old = ONE.replace("2024-07-05T00:00:00Z", "2025-03-01T11:58:00Z")
    scenario = parse_scenario(old.encode(), "old.toml", catalog)
    members = roster(scenario, catalog)
    write_plots(tmp_path, scenario, members, catalog)
    looked = looking(members, scenario.start_tai_ns)
    found = read_sensors((tmp_path / "sensors.json").read_text())
    late = scenario.start_tai_ns + np.array([40 * 60 * SECOND_NS])
    moving = 0
    for one, other in zip(looked, found, strict=True):
        if isinstance(one, Infrared) and isinstance(other, Infrared):
            place = positions_ecef_m(one.orbit, late)
            np.testing.assert_allclose(positions_ecef_m(other.orbit, late), place, atol=1.0)
            moving += one.orbit.kind != "geo"
    assert moving > 0
