"""Reference cases for the sensors' tests."""

import json
from pathlib import Path
from typing import Any

import pytest

REFERENCES = Path(__file__).parents[1] / "references" / "detection.json"


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    """Every reference case, by its id."""
    return {case["id"]: case for case in json.loads(REFERENCES.read_text())["cases"]}
