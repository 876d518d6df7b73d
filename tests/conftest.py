"""Settings of the whole test run, and the published references that any test may read."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

# One folder of compiled loops for every worker and every command that a test starts; kept between
# runs, and away from the one in the user's home. Set before anything imports the compiler.
os.environ["XDG_CACHE_HOME"] = str(ROOT / "build" / "cache")
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
os.environ.setdefault("NUMBA_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // _WORKERS)))

# The first example of a law may compile a loop: no law is timed. `make test` draws the same
# examples every time, so that a red test means a changed program; `make soak` draws new ones.
_UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("test", derandomize=True, max_examples=50, **_UNTIMED)
settings.register_profile("soak", max_examples=1000, print_blob=True, **_UNTIMED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.fixture(scope="session")
def references() -> Path:
    """The folder of published numbers."""
    return ROOT / "tests" / "references"


@pytest.fixture(scope="session")
def reference(references: Path) -> Callable[[str], dict[str, Any]]:
    """Give one published case by its id: what went in, what came out, how near, and who says so."""
    cases: dict[str, dict[str, Any]] = {}
    for file in sorted(references.glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8"))["cases"]:
            assert case["id"] not in cases, f"{file.name}: {case['id']} is there twice"
            cases[case["id"]] = case

    def one(case_id: str) -> dict[str, Any]:
        return cases[case_id]

    return one
