"""Studies at the edge: nobody who sees, nothing told, one partner; a folder used before."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli.main import tocsin
from tocsin.simulation.read import find_scenario

WHOLE = (
    find_scenario("two-islands")
    .read_text(encoding="utf-8")
    .replace("spacing_deg = 2.5", "spacing_deg = 8")
)
BLIND = re.sub(r"\[\[partner\.sensor\]\]\n(?:.+\n)+", "", WHOLE).replace(
    'without = ["west-radar", "west-satellite"]', ""
)
ALONE = re.sub(r'(?s)\[\[partner\]\]\nid = "west".*?(?=\[\[launch\]\])', "", WHOLE).replace(
    '"west-radar", "west-satellite"', '"east-radar"'
)
UNTOLD = WHOLE.replace("levels = [0, 2, 3, 4]", "levels = [0]")
COMMANDS = (["run"], ["study", "coverage"], ["study", "warning-time"], ["study", "compare"])


def answered(command: list[str], text: str, folder: Path) -> dict:
    """Run a command on a scenario and give the summary it wrote."""
    path = folder / "scenario.toml"
    folder.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(tocsin, [*command, str(path), "--out", str(folder / "out"), "-q"])

    assert done.exit_code == 0, done.output
    return json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))


def shares(summary: dict) -> dict[str, float]:
    """Give the share that each group sees."""
    return {each["id"]: each["share_seen"]["value"] for each in summary["coalitions"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_where_nobody_has_a_sensor_nothing_is_seen(command: list[str], tmp_path: Path) -> None:
    assert set(shares(answered(command, BLIND, tmp_path)).values()) == {0.0}


@pytest.mark.parametrize("command", COMMANDS)
def test_where_nothing_is_told_both_still_see_what_they_see(
    command: list[str], tmp_path: Path
) -> None:
    untold = shares(answered(command, UNTOLD, tmp_path / "untold"))
    whole = shares(answered(command, WHOLE, tmp_path / "whole"))

    assert untold["east"] == whole["east"] > 0.0
    assert "east+west-l4" not in untold


@pytest.mark.parametrize("command", COMMANDS)
def test_one_partner_alone_has_a_study_too(command: list[str], tmp_path: Path) -> None:
    found = shares(answered(command, ALONE, tmp_path))

    assert found["east"] == shares(answered(command, WHOLE, tmp_path / "whole"))["east"]


def test_a_folder_of_another_scenario_keeps_none_of_its_results(tmp_path: Path) -> None:
    answered(["run"], WHOLE, tmp_path)
    (tmp_path / "out" / "tables" / "mine.csv").write_text("mine")
    answered(["study", "compare"], ALONE, tmp_path)
    names = {path.stem for path in (tmp_path / "out" / "tables").iterdir()}

    assert not {"flights", "sightings", "knowledge"} & names
    assert not (tmp_path / "out" / "report.html").exists()
    assert {"launches", "mine"} <= names


def test_a_folder_of_the_same_scenario_keeps_what_another_command_wrote(tmp_path: Path) -> None:
    answered(["run"], WHOLE, tmp_path)
    answered(["study", "compare"], WHOLE, tmp_path)

    assert (tmp_path / "out" / "report.html").exists()
    assert (tmp_path / "out" / "tables" / "flights.csv").exists()


def test_what_a_killed_run_left_half_written_goes(tmp_path: Path) -> None:
    answered(["run"], WHOLE, tmp_path)
    left = [tmp_path / "out" / ".report.html.1.part", tmp_path / "out/tables/.map.csv.1.part"]
    for path in left:
        path.write_text("half")
    answered(["run"], WHOLE, tmp_path)

    assert not any(path.exists() for path in left)


def test_there_is_no_summary_of_results_that_are_not_whole(tmp_path: Path) -> None:
    answered(["run"], WHOLE, tmp_path)
    report = tmp_path / "out" / "report.html"
    report.unlink()
    report.mkdir()
    scenario, out = str(tmp_path / "scenario.toml"), str(tmp_path / "out")
    done = CliRunner().invoke(tocsin, ["run", scenario, "--out", out, "-q"])

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "out" / "summary.json").exists()
