"""A whole scenario, end to end: its figures against its own table of launches, and its restarts."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from tocsin.cli.main import tocsin
from tocsin.errors import FlightError, OutputError, ScenarioError
from tocsin.studies import journal, plan, work
from tocsin.studies.coverage import area_coverage
from tocsin.studies.run import (
    Options,
    open_scenario,
    run_scenario,
    worked_out,
    write_study_folder,
)
from tocsin.studies.survey import survey_chunk

NAME = "two-islands"
CHUNKS = 4


def silent(*_: object) -> None:
    """Report nothing."""


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the study of two-islands, 16 launch points, into several chunks."""
    monkeypatch.setattr(plan, "points_per_chunk", lambda _places, _each: 16 // CHUNKS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two-islands."""
    out = tmp_path_factory.mktemp("run") / "out"
    run_scenario(NAME, Options(out=out), silent, silent)
    return out


@pytest.fixture(scope="module")
def summary(folder: Path) -> dict:
    return json.loads((folder / "summary.json").read_text())


@pytest.fixture(scope="module")
def launches(folder: Path) -> pa.Table:
    return pa.parquet.read_table(folder / "tables" / "launches.parquet")


def study(out: Path, options: Options | None = None) -> bytes:
    """Work out the study of two-islands into a folder and give its summary."""
    options = options or Options(out=out)
    opened = open_scenario(NAME, options)
    with worked_out(opened, options, silent) as done:
        write_study_folder(done, opened, "answer")
    return (out / "summary.json").read_bytes()


def test_a_run_leaves_the_files_it_promises_and_nothing_half_written(folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    tables = ("launches", "coverage", "coalitions", "gains", "ledger", "map", "flights")
    wanted = {"report.html", "summary.json", "scenario.toml", journal.JOURNAL_NAME}
    wanted |= {
        f"tables/{name}.{end}"
        for name in (*tables, "sightings", "knowledge", "tracks_by_partner", "predictions")
        for end in ("parquet", "csv")
    }
    wanted |= {f"log/{partner}.log{end}" for partner in ("east", "west") for end in ("", ".tip")}

    assert names == wanted


def test_both_forms_of_the_launch_table_hold_the_same(folder: Path, launches: pa.Table) -> None:
    assert launches.num_rows == 16 * 2
    csv = pa.csv.read_csv(folder / "tables" / "launches.csv")
    assert csv.column_names == launches.column_names
    for name in ("range_km", "flight_min", "warning_min_east"):
        assert csv[name].to_pylist() == pytest.approx(launches[name].to_pylist())


def test_coalition_figures_are_those_of_the_launches(summary: dict, launches: pa.Table) -> None:
    checked = 0
    for found in summary["coalitions"]:
        if "@" in found["id"]:
            continue
        column = launches[f"warning_min_{found['id']}"].to_numpy()
        seen = np.isfinite(column)
        left = np.sort(np.where(seen, column, 0.0))
        assert found["launches"] == left.size
        assert found["share_seen"]["value"] == pytest.approx(seen.mean())
        for name, share in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
            exact = left[max(0, int(np.ceil(share * left.size)) - 1)]
            assert found["warning_min"][name]["value"] == pytest.approx(exact, abs=1 / 60)
        checked += 1
    assert checked > 10


def test_gains_are_those_of_the_launches(summary: dict, launches: pa.Table) -> None:
    for found in summary["gains"]:
        if "@" in found["after"]:
            continue
        before, after = (
            np.nan_to_num(launches[f"warning_min_{found[end]}"].to_numpy())
            for end in ("before", "after")
        )
        gained = after - before
        grown = gained >= 0.5
        assert found["share_gaining"]["value"] == pytest.approx(grown.mean())
        assert found["share_losing"]["value"] == pytest.approx(np.mean(gained <= -0.5))
        if grown.any():
            mean = found["gain_min"]["mean"]["value"]
            assert mean == pytest.approx(gained[grown].mean(), abs=0.02)


def test_figures_at_ones_own_places_count_only_launches_aimed_there(
    summary: dict, launches: pa.Table
) -> None:
    by_id = {found["id"]: found for found in summary["coalitions"]}
    at_east = np.array(launches["place"].to_pylist()) == "east-harbour"
    seen = np.isfinite(launches["warning_min_east"].to_numpy())

    assert by_id["east@east"]["launches"] == at_east.sum() < launches.num_rows
    assert by_id["east@east"]["share_seen"]["value"] == pytest.approx(seen[at_east].mean())


def test_joined_never_sees_less_than_side_by_side(summary: dict) -> None:
    for found in summary["gains"]:
        if found["before"] == "east+west-l0" or "@" in found["before"]:
            assert found["share_losing"]["high"] == 0.0


def test_map_and_coverage_agree_with_the_launches(folder: Path, launches: pa.Table) -> None:
    points = pa.parquet.read_table(folder / "tables" / "map.parquet").to_pylist()
    assert len(points) == 16
    latitude = launches["from_latitude_deg"].to_numpy()
    longitude = launches["from_longitude_deg"].to_numpy()
    column = launches["warning_min_east"].to_numpy()
    for point in points:
        here = (latitude == point["latitude_deg"]) & (longitude == point["longitude_deg"])
        median = np.median(np.nan_to_num(column[here]))
        assert point["share_seen_east"] == pytest.approx(np.isfinite(column[here]).mean())
        assert point["warning_min_east"] == pytest.approx(median, abs=1e-3)
    covered = pa.parquet.read_table(folder / "tables" / "coverage.parquet")
    assert sum(covered["launches"].to_pylist()) == launches.num_rows


def test_coverage_is_of_the_launches_however_they_were_cut(
    tmp_path: Path, small_chunks: None, launches: pa.Table
) -> None:
    options = Options(out=tmp_path)
    with worked_out(open_scenario(NAME, options), options, silent) as done:
        found = {row["place"]: row for row in area_coverage(done.prepared, done.kept)}

    place = np.array(launches["place"].to_pylist())
    known = launches["flight_min"].to_numpy() - launches["warning_min_east"].to_numpy()
    for name, row in found.items():
        here = known[place == name]
        assert row["launches"] == here.size
        assert row["share_seen_east"] == pytest.approx(np.isfinite(here).mean())
        assert row["earliest_min_east"] == pytest.approx(np.nanmin(here), abs=2e-3)
        assert row["latest_min_east"] == pytest.approx(np.nanmax(here), abs=2e-3)


def test_what_is_passed_on_comes_after_its_delay_and_only_what_is_declared(summary: dict) -> None:
    flight = next(f for f in summary["flights"] if f["name"] == "strait to west")
    first = min(s["confirmed_s"] for s in flight["sightings"] if s["confirmed_s"] is not None)
    east = {k["level"]: k["known_s"] for k in flight["knowledge"] if k["partner"] == "east"}
    declared = next(k for k in flight["declared"] if k["partner"] == "east")

    assert east[0] is None
    assert east[2] == pytest.approx(first + 60.0)
    assert east[3] == pytest.approx(first + 10.0)
    assert declared["level"] == 2
    assert declared["known_s"] == east[2]
    assert declared["via"] == "west-satellite, told by west"


def test_launches_out_of_reach_are_counted_and_in_no_figure(tmp_path: Path, far: Path) -> None:
    text = far.read_text()
    both = 'vehicles = ["srbm-liquid", "irbm-liquid"]'
    far.write_text(text.replace('vehicles = ["srbm-liquid"]', both))
    options = Options(out=tmp_path / "out")
    with worked_out(open_scenario(str(far), options), options, silent) as done:
        assert (done.compared.launches, done.compared.out_of_reach) == (32, 32)


def test_the_ledger_adds_up(summary: dict) -> None:
    lines = summary["ledger"]
    assert next(line["step"] for line in lines) == "lift-off"
    for before, after in itertools.pairwise(lines):
        left = before["left_min"]["value"] - after["takes_s"]["value"] / 60.0
        assert after["left_min"]["value"] == pytest.approx(max(0.0, left))


def test_each_launch_of_the_scenario_is_known_by_whoever_can_and_never_before_it_is_seen(
    summary: dict,
) -> None:
    assert [flight["name"] for flight in summary["flights"]] == [
        "strait to east",
        "strait to west",
        "strait to east, lofted",
    ]
    for flight in summary["flights"]:
        confirmed = [s["confirmed_s"] for s in flight["sightings"] if s["confirmed_s"] is not None]
        assert flight["miss_km"] < 1.0
        assert 0.0 < flight["burnout_s"] < flight["apogee_s"] < flight["impact_s"]
        for known in flight["knowledge"]:
            if known["known_s"] is not None and known["level"] < 4:
                assert known["known_s"] >= min(confirmed)
                left = (flight["impact_s"] - known["known_s"]) / 60.0
                assert known["warning_min"]["value"] == pytest.approx(left)
        assert {known["partner"] for known in flight["declared"]} == {"east", "west"}


def test_a_study_that_was_stopped_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = study(tmp_path / "straight")
    done: list[int] = []

    def counted(survey: object, number: int) -> journal.ChunkResult:
        done.append(number)
        return survey_chunk(survey, number)

    def stop(finished: int, _all: int) -> None:
        if finished == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(work, "survey_chunk", counted)
    options = Options(out=tmp_path / "stopped")
    with (
        pytest.raises(KeyboardInterrupt),
        worked_out(open_scenario(NAME, options), options, stop),
    ):
        pass
    resumed = study(tmp_path / "stopped")

    assert done == [0, 1, 2, 3]
    assert resumed == straight
    for path in (tmp_path / "straight" / "tables").iterdir():
        assert (tmp_path / "stopped" / "tables" / path.name).read_bytes() == path.read_bytes()


def test_how_a_study_is_cut_into_chunks_changes_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = study(tmp_path / "whole")
    monkeypatch.setattr(plan, "points_per_chunk", lambda _places, _each: 3)

    assert study(tmp_path / "cut") == whole


def test_a_changed_scenario_starts_afresh(tmp_path: Path, small_chunks: None) -> None:
    study(tmp_path)
    other = Options(out=tmp_path, spacing_deg=5.0)
    study(tmp_path, other)
    opened = open_scenario(NAME, other)
    digest = journal.study_digest(repr(opened.scenario), "sweep=False")

    with journal.opened(tmp_path, digest) as kept:
        assert journal.finished(kept) == {0}


def test_a_folder_in_use_is_refused_while_the_first_run_goes_on(tmp_path: Path) -> None:
    options = Options(out=tmp_path)
    with worked_out(open_scenario(NAME, options), options, silent):
        done = CliRunner().invoke(tocsin, ["study", "compare", NAME, "--out", str(tmp_path), "-q"])

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "in use by another run" in done.stderr


def test_a_sweep_moves_disputed_values_and_leaves_the_nominal_as_it_is(tmp_path: Path) -> None:
    plain = json.loads(study(tmp_path / "plain"))
    swept = json.loads(study(tmp_path / "swept", Options(out=tmp_path / "swept", sweep=True)))
    for one, other in zip(plain["coalitions"], swept["coalitions"], strict=True):
        assert one["share_seen"]["value"] == other["share_seen"]["value"]
        assert other["share_seen"]["low"] <= one["share_seen"]["low"]


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Path]:
    """Two islands that no short-range rocket reaches."""
    path = tmp_path / "far.toml"
    text = (Path(plan.__file__).parents[1] / "simulation/builtin/two-islands.toml").read_text()
    path.write_text(text.replace("irbm-liquid", "srbm-liquid"))
    return path


def test_a_study_out_of_reach_says_how_far_it_falls_short(far: Path, tmp_path: Path) -> None:
    options = Options(out=tmp_path / "out")
    with (
        pytest.raises(ScenarioError, match=r"no vehicle reaches any place.*km short"),
        worked_out(open_scenario(str(far), options), options, silent),
    ):
        pass


def test_a_launch_out_of_reach_says_how_far_it_falls_short(far: Path, tmp_path: Path) -> None:
    text = far.read_text()
    far.write_text(text[: text.index("[study]")])

    with pytest.raises(FlightError, match=r"'strait to east'.*km short of its place"):
        run_scenario(str(far), Options(out=tmp_path / "out"), silent, silent)
    assert not (tmp_path / "out" / "summary.json").exists()


def test_an_out_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match=r"cannot be made.*--out"):
        study(tmp_path / "file" / "out")


@pytest.mark.parametrize("question", ["coverage", "warning-time", "compare"])
def test_every_study_prints_its_answer_last_and_fits_100_columns(
    question: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(tocsin, ["study", question, NAME, "--out", str(tmp_path), "-q"])

    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "East Island sees" in " ".join(done.stdout.split())
    answer = json.loads((tmp_path / "summary.json").read_text())["answer"]
    assert " ".join(done.stdout.split()).endswith(answer)


@pytest.mark.parametrize(
    ("question", "key"),
    [("coverage", "coverage"), ("warning-time", "warning_time"), ("compare", "coalitions")],
)
def test_every_study_gives_json_alone_on_standard_output(
    question: str, key: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(tocsin, ["study", question, NAME, "--out", str(tmp_path), "--json"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[key]


def test_run_prints_the_same_summary_as_it_writes(tmp_path: Path) -> None:
    done = CliRunner().invoke(tocsin, ["run", NAME, "--out", str(tmp_path), "--json", "-q"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == json.loads((tmp_path / "summary.json").read_text())


def test_a_run_says_what_would_be_tracked_then_what_is_judged_and_fits_100_columns(
    tmp_path: Path,
) -> None:
    done = CliRunner().invoke(tocsin, ["run", NAME, "--out", str(tmp_path), "-q"])
    summary = json.loads((tmp_path / "summary.json").read_text())
    said = " ".join(done.stdout.split())

    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 100
    tracked, judged = summary["tracking"]["sentence"], "What each centre judges"
    assert said.index("What would be tracked") < said.index(tracked) < said.index(judged)
    for row in summary["judged"]["rows"]:
        assert row["shared"]["possible_s"] is not None
    assert said.index(summary["answer"]) < said.index("What would be tracked")
    for watcher in summary["tracking"]["watchers"]:
        assert watcher["label"] in said
        assert f"{watcher['launches_tracked']} of 3" in said


def test_the_tables_of_tracks_and_predictions_are_those_of_the_summary(
    folder: Path, summary: dict
) -> None:
    tracks = pa.parquet.read_table(folder / "tables" / "tracks_by_partner.parquet")
    foretold = pa.parquet.read_table(folder / "tables" / "predictions.parquet").to_pylist()
    watchers = {one["id"]: one for one in summary["tracking"]["watchers"]}
    assert set(tracks["watcher"].to_pylist()) == set(watchers)
    for id_, one in watchers.items():
        for launch in one["launches"]:
            own = [x for x in foretold if (x["watcher"], x["launch"]) == (id_, launch["launch"])]
            last = launch["impact_last"]
            assert (last is None) == (not own)
            if last is not None:
                assert {key: own[-1][key] for key in last} == last


def test_a_run_stopped_while_it_tracks_leaves_no_summary_and_nothing_half_written(
    tmp_path: Path,
) -> None:
    def stop(_done: int, total: int) -> None:
        if total > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_scenario(NAME, Options(out=tmp_path), stop, silent)

    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {journal.JOURNAL_NAME}


def test_an_unknown_scenario_is_one_line_and_status_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(tocsin, ["run", "two-island", "--out", str(tmp_path)])

    assert done.exit_code == 1
    assert "did you mean 'two-islands'?" in done.stderr
    assert done.stderr.count("\n") == 1
