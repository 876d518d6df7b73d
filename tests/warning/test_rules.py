"""The rules as data: complete, and what the reference page shows."""

import re
from pathlib import Path

import write_rules

from tocsin.warning.checks import CHECKS, FINDERS
from tocsin.warning.rules import CODES, LOWERS, RULES

WARNING = Path(__file__).parents[2] / "src" / "tocsin" / "warning"


def test_the_reference_page_is_what_the_code_says() -> None:
    assert write_rules.PAGE.read_text(encoding="utf-8") == write_rules.page()


def test_every_code_that_is_given_or_asked_for_has_a_meaning() -> None:
    given = set()
    for path in WARNING.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        given |= set(re.findall(r'code="([A-Z_]+)"', text))
        given |= set(re.findall(r'_reason\(\s*"([A-Z_]+)"', text))
    asked = {code for rule in RULES for line in rule.needs for code in line}
    asked |= {code for rule in RULES for code in rule.bars} | set(LOWERS)
    assert given
    assert given | asked <= set(CODES)


def test_levels_are_tried_from_the_lowest_and_each_once() -> None:
    assert [rule.level for rule in RULES] == [1, 2, 3, 4]


def test_a_finder_goes_by_a_check_that_exists() -> None:
    assert {finder.check for finder in FINDERS if finder.check} <= set(CHECKS)
