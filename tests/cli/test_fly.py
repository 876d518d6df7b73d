"""What `tocsin fly` says to a person who asks for what cannot be."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli.main import tocsin

NEAR = ["--from", "39,125", "--azimuth", "0", "--range-km", "1", "--impulsive"]
FAR = ["--from", "39,125", "--to", "20,140"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (NEAR, "error: an impulse has no flight of 1 km: too near"),
        ([*FAR, "--vehicle", ""], "error: --vehicle '' is not in the catalogue; known: "),
        ([*FAR, "--step-s", "nan", "--out", "flight.csv"], "error: step is nan s; it must be from"),
    ],
)
def test_what_cannot_be_flown_is_one_line_and_status_one(options: list[str], line: str) -> None:
    done = CliRunner().invoke(tocsin, ["fly", *options])

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
    assert not Path("flight.csv").exists()
