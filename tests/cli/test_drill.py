"""`tocsin drill`: what it lists, what it prints of a run, and its exit status."""

import json

from click.testing import CliRunner, Result

from tocsin.cli.drill import drill


def drilled(*words: str) -> Result:
    return CliRunner().invoke(drill, list(words))


def test_the_list_has_every_case_with_its_kind() -> None:
    listed = json.loads(drilled("list", "--json").stdout)

    assert {"case": "R1", "kind": "twin", "title": "A missile before the Moon"} in listed
    assert {each["kind"] for each in listed} == {"false_alarm", "twin"}
    assert "Moon rises" in drilled("list").stdout


def test_a_run_that_comes_out_as_expected_ends_with_0_and_says_why() -> None:
    done = drilled("run", "R5b", "--calm", "--quiet")

    assert done.exit_code == 0
    assert "1 of 1 as expected." in done.stdout
    assert "the sensors' own reports show 0" in done.stdout


def test_a_number_alone_means_all_its_cases() -> None:
    done = drilled("run", "r2", "--calm", "--quiet", "--json")

    assert [each["case"] for each in json.loads(done.stdout)] == ["R2", "R2a", "R2b"]
    assert done.exit_code == 0


def test_with_a_check_left_out_the_run_ends_with_1_and_says_what_went_wrong() -> None:
    done = drilled("run", "R5b", "--calm", "--quiet", "--without", "C3")

    assert done.exit_code == 1
    assert "reached A2, expected A1" in done.stdout


def test_an_unknown_case_or_check_is_one_line_that_says_what_there_is() -> None:
    case, check = drilled("run", "R77"), drilled("run", "R1", "--without", "C77")

    assert (case.exit_code, check.exit_code) == (1, 1)
    assert "there is no drill 'R77'" in case.stderr
    assert "there is no check 'C77'" in check.stderr
