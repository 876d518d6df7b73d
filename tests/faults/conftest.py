"""How the runs with faults are told which numbers to run, and what they remember."""

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

REMEMBERED = runpy.run_path(str(Path(__file__).with_name("remembered.py")))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="run the one network of this number")


@pytest.fixture(scope="module", autouse=True)
def _remembered() -> Iterator[None]:
    before = REMEMBERED["install"]()
    yield
    REMEMBERED["put_back"](before)
