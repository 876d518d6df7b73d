"""Every published flight is tested, or it is said here why not."""

from pathlib import Path
from typing import Any

NOT_TESTED = {
    "boost_durations": "how long real boosts last concerns the catalogue's vehicles; a flight takes"
    " the burn times it is given",
}
"""References that no flight test uses, and why."""


def test_every_reference_is_tested_or_says_why_not(cases: dict[str, Any]) -> None:
    here = Path(__file__)
    others = [file for file in here.parent.glob("test_*.py") if file != here]
    source = "\n".join(file.read_text(encoding="utf-8") for file in others)
    named = {case for case in cases if f'"{case}"' in source}
    assert set(cases) - named == set(NOT_TESTED)


def test_every_reference_has_a_source_and_a_reason_for_its_tolerance(cases: dict[str, Any]) -> None:
    for name, case in cases.items():
        assert case["source"], name
        assert all(source["title"] for source in case["source"]), name
        assert case["tolerance"]["reason"], name
