"""The commands `tocsin catalog list`, `show` and `check`, as a person and as a script use them."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from tocsin.catalog.load import load_catalog
from tocsin.cli.catalog import KINDS, catalog
from tocsin.cli.errors import reported
from tocsin.errors import CatalogError


def run(*words: str) -> Result:
    return CliRunner().invoke(catalog, list(words))


def rows(*words: str) -> list[dict[str, Any]]:
    result = run("list", "--json", *words)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_list_gives_every_kind() -> None:
    found = rows()
    counts = {kind: sum(row["kind"] == kind for row in found) for kind in KINDS}
    assert counts == {
        "radar": 61,
        "satellite": 32,
        "vehicle": 10,
        "area": 15,
        "place": 20,
        "site": 15,
    }


def test_list_narrows_to_a_kind_and_an_operator() -> None:
    found = rows("--kind", "radar", "--operator", "ru")
    assert len(found) == 23
    assert {row["operator"] for row in found} == {"RU"}


def test_list_of_a_day_leaves_out_what_was_gone_or_not_there_yet() -> None:
    early = {row["id"] for row in rows("--kind", "radar", "--as-of", "2019-06-01")}
    late = {row["id"] for row in rows("--kind", "radar", "--as-of", "2021-06-01")}
    assert "rus-balkhash-dnepr" in early - late
    satellites = {row["id"] for row in rows("--kind", "satellite", "--as-of", "2021-06-01")}
    assert "rus-eks-6-kosmos-2563" not in satellites
    assert "rus-eks-4-kosmos-2546" in satellites


def test_a_row_gives_the_spread_of_the_range_and_why_a_sensor_is_unusable() -> None:
    found = {row["id"]: row for row in rows("--kind", "radar")}
    spread = found["rus-barnaul-voronezh-dm"]["range_km"]
    assert spread == {"low": 3700, "nominal": 6000, "high": 8000}
    assert found["chn-korla-lpar"]["usable"] == ["high"]
    assert found["usa-eglin-fps-85"]["unusable_because"] == "no range published"


@pytest.mark.parametrize("kind", KINDS)
def test_tables_fit_a_hundred_columns_and_cut_no_id(kind: str) -> None:
    result = run("list", "--kind", kind)
    assert result.exit_code == 0
    assert max(len(line) for line in result.output.splitlines()) <= 100
    assert "…" not in result.output
    for each in load_catalog().kinds()[kind]:
        assert re.search(rf"^{each} ", result.output, re.MULTILINE), each


@pytest.mark.parametrize(
    "wanted",
    ["rus-lekhtusi-voronezh-m", "chn-tjs-2", "slbm", "indian-ocean", "moscow", "keeptrack"],
)
def test_show_fits_a_hundred_columns_and_cuts_nothing(wanted: str) -> None:
    result = run("show", wanted)
    assert result.exit_code == 0
    assert max(len(line) for line in result.output.splitlines()) <= 100
    assert "…" not in result.output


def test_show_gives_every_claim_with_its_source() -> None:
    output = run("show", "rus-lekhtusi-voronezh-m").output
    for words in ("6,000 km", "or 3,700", "or 8,000", "[topwar-upi-2013]", "245-355 deg"):
        assert words in output
    assert "topwar.ru and UPI, 2013" in output
    assert "https://www.wikidata.org/wiki/Q6520615" in output


def test_show_prints_an_element_set_that_can_be_copied() -> None:
    output = run("show", "chn-tjs-2").output
    lines = load_catalog().satellites["chn-tjs-2"].values["orbit"].value
    assert isinstance(lines, tuple)
    assert f"{lines[0]}\n{lines[1]}\n" in output


def test_show_as_json_carries_values_and_titles_of_sources() -> None:
    row = json.loads(run("show", "rus-lekhtusi-voronezh-m", "--json").stdout)
    assert row["kind"] == "radar"
    assert row["values"]["latitude"]["value"] == 60.275458
    assert len(row["values"]["range_max"]["alternatives"]) == 6
    assert row["read_in"]["keeptrack"]["title"].startswith("KeepTrack.Space")
    assert row["states"][1]["since"] == "2012-02-11"


def test_every_entry_can_be_shown_both_ways() -> None:
    tables = load_catalog()
    for table in (*tables.kinds().values(), tables.sources):
        for each in table:
            assert run("show", each, "--json").exit_code == 0, each
    for each in (*tables.satellites, *tables.vehicles):
        assert run("show", each).exit_code == 0, each


def test_an_unknown_id_is_one_line_with_the_nearest() -> None:
    result = run("show", "rus-lektusi-voronezh-m")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "error: catalogue: there is no id 'rus-lektusi-voronezh-m';"
        " did you mean 'rus-lekhtusi-voronezh-m'?\n"
    )


def test_an_unknown_id_asked_for_in_json_is_answered_in_json() -> None:
    result = run("show", "nowhere", "--json")
    assert result.exit_code == 1
    assert "nowhere" in json.loads(result.stdout)["error"]
    assert result.stderr == ""


@pytest.mark.parametrize("operator", ["XX", ""])
def test_an_operator_with_nothing_is_refused(operator: str) -> None:
    result = run("list", "--operator", operator)
    assert result.exit_code == 1
    assert f"nothing of operator '{operator}'" in result.stderr


def test_check_says_that_all_is_well() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.startswith("all well: 61 radars, 32 satellites, 10 vehicles")
    assert json.loads(run("check", "--json").stdout) == {"problems": []}


def test_check_lists_what_is_wrong_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.catalog.check.check", lambda: ["radars.toml: one", "two"])
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout == "radars.toml: one\ntwo\n"
    assert result.stderr == "2 to mend\n"
    answer = run("check", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"problems": ["radars.toml: one", "two"]}


@pytest.mark.parametrize("words", [[], ["list"], ["show"], ["check"]])
def test_every_command_has_help_with_an_example(words: list[str]) -> None:
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.output


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), reported(json=False):
        raise ZeroDivisionError


def test_a_reported_error_is_one_line_whatever_its_text(tmp_path: Path) -> None:
    @click.command()
    def fails() -> None:
        with reported(json=False):
            raise CatalogError("one\n  two")

    result = CliRunner().invoke(fails, [])
    assert (result.exit_code, result.stderr) == (1, "error: one two\n")
