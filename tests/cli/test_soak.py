"""`tocsin drill soak` prints what it counted, as a table and as JSON."""

import json

import pytest
from click.testing import CliRunner

from tocsin.cli.main import tocsin

SHORT = ["drill", "soak", "--days", "0.5", "--launches", "2", "--seed", "4"]


@pytest.fixture(scope="module")
def found() -> dict[str, object]:
    """Half a day, as JSON."""
    result = CliRunner().invoke(tocsin, [*SHORT, "--json"])
    assert result.exit_code in {0, 1}, result.output
    return dict(json.loads(result.stdout))


def test_json_has_every_kind_every_missile_and_the_time(found: dict[str, object]) -> None:
    assert {"kinds", "launches", "passes", "fallers", "steps", "holds", "took_s"} <= found.keys()
    assert len(found["launches"]) == 2  # type: ignore[arg-type]


def test_the_table_fits_a_terminal_and_ends_with_the_verdict(found: dict[str, object]) -> None:
    result = CliRunner().invoke(tocsin, SHORT)
    assert result.exit_code == (0 if found["holds"] else 1)
    assert all(len(line) <= 100 for line in result.stdout.splitlines())
    assert "budget" in result.stdout
    verdict = "holds" if found["holds"] else "does NOT hold"
    assert f"The budget {verdict}. Seed 4" in " ".join(result.stdout.split())
