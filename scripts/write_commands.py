"""Write docs/reference/commands.md and the golden help texts from the commands themselves.

Run it with `make docs`. A test fails while what it would write differs from what is there.
"""

from collections.abc import Iterator
from pathlib import Path

import click

from tocsin.cli.main import tocsin

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "commands.md"
GOLDEN = ROOT / "tests" / "golden" / "help"
WIDTH = 96
"""Columns of the terminal that the texts are written for."""

OPENING = """\
# Commands

Made by `make docs` from the help of each command; do not edit it by hand.

Every command ends with exit status 0 when it has done its work, 1 when something is wrong that
you can mend (the last line says what and how), 2 when it was called wrongly, and 130 after Ctrl-C.
The answer goes to standard output, remarks to standard error.
"""


def commands(
    command: click.Command = tocsin, parent: click.Context | None = None
) -> Iterator[tuple[str, click.Command, str]]:
    """Give every command and subcommand in order: its full name, itself, its help text."""
    name = command.name
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, **command.context_settings
    )
    yield context.command_path, command, f"{command.get_help(context).rstrip()}\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from commands(found, context)


def golden_name(name: str) -> str:
    """Give the file that holds the golden help text of the command with this full name."""
    return f"{name.replace(' ', '-')}.txt"


def page() -> str:
    """Give the whole page of commands."""
    parts = [f"\n## {name}\n\n```text\n{text}```\n" for name, _, text in commands()]
    return OPENING + "".join(parts)


def main() -> None:
    """Write the page and every golden text, and remove those of commands that are gone."""
    PAGE.write_text(page(), encoding="utf-8")
    wanted = {golden_name(name): text for name, _, text in commands()}
    for old in GOLDEN.glob("*.txt"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)} and {len(wanted)} texts in {GOLDEN.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
