"""Every command in the documentation is run, and what it is said to print is what it prints."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import click
import pytest
import write_commands

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "tutorials").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]
"""Pages to learn or work from: each shows a command."""
EXPLANATIONS = sorted((ROOT / "docs" / "explanation").glob("*.md"))
"""Pages that may show one."""
SET_UP = {
    "make demo": "sets up an environment and runs the command of the first tutorial",
    "make test": "runs this test",
}
"""Commands that are not run here, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a page, and the lines that the page shows beneath it."""

    page: str
    command: str
    shown: tuple[str, ...]


def blocks(text: str, kind: str) -> Iterator[list[str]]:
    """Give the lines of every fenced block of a kind, without the indent of the list it is in."""
    inside: list[str] | None = None
    for line in text.splitlines():
        if inside is None and line.strip() == f"```{kind}":
            inside = []
        elif inside is not None and line.strip() == "```":
            yield dedent("\n".join(inside)).splitlines()
            inside = None
        elif inside is not None:
            inside.append(line)


def steps(page: Path) -> Iterator[Step]:
    """Give the commands of one page in order; a trailing backslash joins lines."""
    for lines in blocks(page.read_text(encoding="utf-8"), "console"):
        joined = "\n".join(lines).replace("\\\n", " ")
        for part in f"\n{joined}".split("\n$ ")[1:]:
            command, *shown = part.splitlines()
            yield Step(
                page=page.relative_to(ROOT).as_posix(),
                command=" ".join(command.split()).removeprefix(".venv/bin/"),
                shown=tuple(squeezed(line) for line in shown if line.strip() not in ("", "...")),
            )


def squeezed(line: str) -> str:
    """Give a line with every run of spaces made one."""
    return " ".join(line.split())


WITH_COMMANDS = [page for page in PAGES + EXPLANATIONS if list(steps(page))]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_the_commands_of_a_page_run_in_order_and_print_what_is_shown(
    page: Path, tmp_path: Path
) -> None:
    for step in steps(page):
        if step.command not in SET_UP:
            run_step(step, tmp_path)


def run_step(step: Step, folder: Path) -> None:
    """Run one command in the folder of its page; what the page shows must be printed."""
    words = shlex.split(step.command)
    assert words[0] == "tocsin", f"{step.page} shows {step.command!r}"
    program = Path(sys.executable).parent / "tocsin"

    done = subprocess.run(
        [str(program), *words[1:]],
        cwd=folder,
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{step.page}: {step.command}\n{done.stderr}"
    printed = {squeezed(line) for line in f"{done.stdout}\n{done.stderr}".splitlines()}
    missing = [line for line in step.shown if line not in printed]
    assert not missing, f"{step.page}: {step.command}\ndoes not print {missing}:\n{done.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_to_learn_or_work_from_shows_a_command(page: Path) -> None:
    assert list(steps(page))


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs").rglob("*.md")) + sorted(ROOT.glob("*.md")), ids=lambda p: p.name
)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [part.split(")")[0].split("#")[0] for part in text.split("](")[1:]]
    local = [target for target in targets if target and "://" not in target]

    missing = [target for target in local if not (page.parent / target).exists()]

    assert not missing


def test_every_page_can_be_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = page.read_text(encoding="utf-8").split("](")[1:]
        waiting += [
            (page.parent / link.split(")")[0].split("#")[0]).resolve()
            for link in links
            if "://" not in link.split(")")[0] and not link.startswith("#")
        ]

    assert set((ROOT / "docs").rglob("*.md")) <= reached


COMMANDS = list(write_commands.commands())


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, _, text in COMMANDS], ids=[c[0] for c in COMMANDS]
)
def test_help_is_what_it_was(name: str, text: str) -> None:
    golden = write_commands.GOLDEN / write_commands.golden_name(name)

    assert golden.exists(), f"run `make docs`, then read {golden.name} before you commit it"
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("entry", COMMANDS, ids=[entry[0] for entry in COMMANDS])
def test_help_shows_an_example(entry: tuple[str, click.Command, str]) -> None:
    name, _, text = entry
    after = text.partition("Example")[2]

    assert f"tocsin {name.partition(' ')[2]}".strip() in after
    assert "\\" not in text, "a mark that keeps lines apart must be a backspace, not two characters"


def test_no_golden_help_text_is_left_of_a_command_that_is_gone() -> None:
    names = {write_commands.golden_name(name) for name, _, _ in COMMANDS}

    assert {file.name for file in write_commands.GOLDEN.glob("*.txt")} == names


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert write_commands.PAGE.read_text(encoding="utf-8") == write_commands.page()
