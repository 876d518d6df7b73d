"""Reference cases for the planet's tests."""

import json
from pathlib import Path
from typing import Any

import pytest

REFERENCES = Path(__file__).parents[1] / "references" / "earth.json"


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    """Every reference case, by its id."""
    return {case["id"]: case for case in json.loads(REFERENCES.read_text())["cases"]}
