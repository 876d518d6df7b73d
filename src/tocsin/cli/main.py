"""The list of commands; each one's file is imported only when it is asked for."""

import errno
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from tocsin import __version__
from tocsin.errors import nearest

STOPPED = 130
"""Exit status after Ctrl-C: 128 and the number of the signal, as shells have it."""

COMMANDS = {
    "run": ("tocsin.cli.run", "Fly a scenario: who knew what and when, alone and joined."),
    "study": ("tocsin.cli.study", "Ask one question of many simulated launches."),
    "fly": ("tocsin.cli.fly", "Fly one rocket and say how it went."),
    "track": ("tocsin.cli.track", "Track what recorded plots show, and say where it will land."),
    "catalog": (
        "tocsin.cli.catalog",
        "Sensors, vehicles, areas and places, every number with its source.",
    ),
    "keys": (
        "tocsin.cli.keys",
        "Make, show, publish, accept, rotate and revoke the keys that partners sign with.",
    ),
    "replay": ("tocsin.cli.replay", "Give every decision that a centre's LOG holds, in order."),
    "drill": (
        "tocsin.cli.drill",
        "Replay the documented false alarms and their true twins through a warning centre.",
    ),
}
"""Each command's module, where the command has the same name, and its line in the help."""


class LateCommands(click.Group):
    """The group of all commands, which imports a command's file only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click gives it
        """Give the commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command, or say which name comes nearest."""
        if cmd_name not in COMMANDS:
            ctx.fail(f"there is no command {cmd_name!r}; {nearest(cmd_name, COMMANDS)}")
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  click gives it
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=LateCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tocsin")
def tocsin() -> None:
    """Work out who would see a missile, when, and how long is left: alone and joined.

    Every number comes from published sources or says how it was derived.

    \b
    Example:
      tocsin run two-islands --out out/two-islands
    """


@tocsin.result_callback()
def no_status(_returned: object) -> None:
    """Keep what a command returns from being taken for its exit status."""


def _drop_output() -> None:
    """Send what is still to be printed nowhere, so that Python does not fail on it as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run one command for a person at a terminal, and end with its exit status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us (`tocsin ... >&-`)
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    try:
        status = tocsin.main(prog_name="tocsin", standalone_mode=False)
        sys.stdout.flush()  # a reader that has gone is noticed here, not as Python ends
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        status = STOPPED
    except SystemError as error:
        # A compiled loop that is interrupted as it returns wraps the interruption.
        if not isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise
        click.echo("stopped", err=True)
        status = STOPPED
    except BrokenPipeError:
        # Nobody reads what we write (`tocsin ... | head`): end without a word.
        _drop_output()
        status = 1
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        _drop_output()
        click.echo(f"error: the output cannot be written: {error.strerror}", err=True)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
