"""`tocsin keys`, from the first key to its revocation at a partner."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import tocsin


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(tocsin, ["keys", *words])


def told(*words: str) -> list[dict[str, Any]]:
    """Run a command with --json; give its keys."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.output)["keys"]
    return found


def error(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 1, result.output
    assert result.output.count("\n") == 1
    return result.output


def test_a_first_key_is_made_in_force_and_kept_for_its_owner_alone(folder: Path) -> None:
    (key,) = told("make", "aurora")

    assert (key["partner"], key["state"], key["until_utc"]) == ("aurora", "in force", None)
    pem = folder / "keys" / f"aurora-{key['id']}.pem"
    assert stat.S_IMODE(pem.stat().st_mode) == 0o600
    assert told("show") == [key]


def test_every_key_made_is_another(folder: Path) -> None:
    assert told("make", "aurora")[0]["id"] != told("make", "aurora", "--keys", "other")[0]["id"]


def test_rotation_lets_the_old_key_end_after_the_overlap(folder: Path) -> None:
    (old,) = told("make", "aurora", "--since", "2026-01-01T00:00:00Z")
    now, new = told("rotate", "aurora", "--since", "2026-02-01T00:00:00Z", "--overlap-days", "3")

    assert (now["id"], now["until_utc"]) == (old["id"], "2026-02-04T00:00:00Z")
    assert (new["since_utc"], new["until_utc"]) == ("2026-02-01T00:00:00Z", None)
    assert len(list((folder / "keys").glob("*.pem"))) == 2


def test_a_new_key_begins_a_day_later_unless_said(folder: Path) -> None:
    told("make", "aurora")

    assert [each["state"] for each in told("rotate", "aurora")] == ["in force", "not yet"]


def test_what_is_published_is_accepted_by_a_partner_and_so_is_the_revocation(
    folder: Path,
) -> None:
    (key,) = told("make", "aurora")
    told("make", "borealis", "--keys", "north")
    told("publish", "aurora", "--out", "a.json")
    assert told("accept", "aurora", "a.json", "--keys", "north") == [key]

    (gone,) = told("revoke", key["id"], "--at", "2026-03-01T06:00:00Z")
    told("publish", "aurora", "--out", "a.json")
    (heard,) = told("accept", "aurora", "a.json", "--keys", "north")

    assert heard == gone
    assert (heard["state"], heard["revoked_at_utc"]) == ("revoked", "2026-03-01T06:00:00Z")
    assert "PRIVATE" not in (folder / "a.json").read_text(encoding="utf-8")
    assert not list((folder / "north").glob("aurora-*.pem"))


def test_the_table_names_what_is_ours(folder: Path) -> None:
    (key,) = told("make", "aurora")

    lines = run("show").output.splitlines()

    assert lines[0].split() == ["partner", "key", "state", "since", "until", "revoked", "private"]
    assert lines[1].split()[:2] == ["aurora", key["id"]]
    assert lines[1].split()[-1] == "here"


def test_errors_are_one_line_that_says_what_to_do(folder: Path) -> None:
    assert "keys/ring.json: it cannot be read: No such file" in error("show")
    told("make", "aurora")
    told("publish", "aurora", "--out", "a.json")

    assert "has a key already; use tocsin keys rotate aurora" in error("make", "aurora")
    assert "partner 'North Wind' is not an id" in error("make", "North Wind")
    assert "there is no key of 'aurara'; did you mean 'aurora'?" in error("publish", "aurara")
    assert "there is no key '00'" in error("revoke", "00")
    assert "is to bring keys of 'borealis'" in error("accept", "borealis", "a.json")
    assert "ISO 8601" in error("make", "celadon", "--since", "soon")
    assert json.loads(error("show", "celadon", "--json"))["error"].startswith("there is no key of")
