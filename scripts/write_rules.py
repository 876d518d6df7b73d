"""Write docs/reference/judgement.md from the rules and checks that the judge itself goes by.

Run it with `make docs`. A test fails while what it would write differs from what is there.
"""

from pathlib import Path

from tocsin.warning.checks import CHECKS
from tocsin.warning.levels import CONFIDENCES, LEVEL_WORDS, LEVELS
from tocsin.warning.rules import CODES, LOWERS, RULES

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "judgement.md"

OPENING = """\
# Judgement: levels, rules, checks and reasons

Made by `make docs` from the code; do not edit it by hand. Why it is so:
[Judgement](../explanation/judgement.md).
"""


def page() -> str:
    """Give the whole page."""
    return "\n".join([OPENING, *_levels(), *_rules(), *_checks(), *_codes()]) + "\n"


def _levels() -> list[str]:
    rows = [f"| {name} | {words} |" for name, words in zip(LEVELS, LEVEL_WORDS, strict=True)]
    words = ", ".join(CONFIDENCES)
    return [
        "## Levels",
        "",
        "| level | means |",
        "| --- | --- |",
        *rows,
        "",
        f"Confidence is an axis of its own: {words}. So are the data class (actual, exercise,",
        "test), the health of sensors and links, and what the public was told.",
        "",
    ]


def _rules() -> list[str]:
    rows = []
    for rule in RULES:
        needs = " and ".join(" or ".join(line) for line in rule.needs) or "anything at all"
        bars = ", ".join(rule.bars) or "nothing"
        rows.append(f"| {LEVELS[rule.level]} | {needs} | {bars} |")
    lowers = ", ".join(LOWERS)
    return [
        "## Rules",
        "",
        "Each level needs the one below it and one reason of every line of its own, and is barred",
        "by any of the reasons in the last column.",
        "",
        "| level | needs | is barred by |",
        "| --- | --- | --- |",
        *rows,
        "",
        "Confidence is low with one source, medium with two independent ones of a kind or with a",
        f"partner's own sensors beside ours, high with two kinds and a good fit. Each of {lowers}",
        "takes a word away.",
        "",
    ]


def _checks() -> list[str]:
    rows = [f"| {name} | {what} |" for name, what in CHECKS.items()]
    return ["## Checks", "", "| check | looks for |", "| --- | --- |", *rows, ""]


def _codes() -> list[str]:
    rows = [f"| {code} | {meaning} |" for code, meaning in sorted(CODES.items())]
    return ["## Reasons", "", "| code | means |", "| --- | --- |", *rows]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
