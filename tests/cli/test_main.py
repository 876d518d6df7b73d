import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from tocsin import __version__
from tocsin.cli import main as main_file
from tocsin.cli.main import COMMANDS, tocsin

PROGRAM = str(Path(sys.executable).parent / "tocsin")
HEAVY = ("numba", "numpy", "pyarrow", "pyproj", "rich", "jinja2", "sgp4")


def test_help_imports_no_command_and_no_heavy_library() -> None:
    watch = (
        "import sys\n"
        "from tocsin.cli.main import main\n"
        "sys.argv = ['tocsin', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        f"known = {HEAVY!r} + {tuple(module for module, _ in COMMANDS.values())!r}\n"
        "print('LOADED', [name for name in known if name in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_no_command_loads_a_heavy_library_before_it_is_run() -> None:
    watch = (
        "import sys\n"
        "from importlib import import_module\n"
        f"for module in {[module for module, _ in COMMANDS.values()]!r}: import_module(module)\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "LOADED []"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_list_is_the_first_sentence_of_the_command(name: str) -> None:
    command = tocsin.get_command(click.Context(tocsin), name)

    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(limit=200).rstrip(".") == COMMANDS[name][1].rstrip(".")


def test_the_version_is_printed() -> None:
    done = CliRunner().invoke(tocsin, ["--version"])

    assert done.output == f"tocsin, version {__version__}\n"


def test_a_misspelt_command_is_wrong_usage_and_the_nearest_one_is_named() -> None:
    done = CliRunner().invoke(tocsin, ["fyl"])

    assert done.exit_code == 2
    assert "there is no command 'fyl'; did you mean 'fly'?" in done.output


def test_an_unknown_option_is_wrong_usage_and_is_named() -> None:
    done = CliRunner().invoke(tocsin, ["--colour"])

    assert done.exit_code == 2
    assert "--colour" in done.output


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Make `tocsin fly` do what the test wants."""

    def put(action: Callable[[], object]) -> None:
        module = ModuleType("stand_in")
        module.fly = click.command("fly")(action)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "stand_in", module)
        monkeypatch.setitem(COMMANDS, "fly", ("stand_in", "Stands in for the command."))
        monkeypatch.setattr(sys, "argv", ["tocsin", "fly"])

    return put


@pytest.mark.parametrize("wrapped", [False, True])
def test_ctrl_c_says_stopped_and_ends_with_status_130(
    command_that: Callable[[Callable[[], object]], None],
    capsys: pytest.CaptureFixture[str],
    wrapped: bool,
) -> None:
    def interrupted() -> None:
        if wrapped:
            raise SystemError("returned a result with an exception set") from KeyboardInterrupt()
        raise KeyboardInterrupt

    command_that(interrupted)

    with pytest.raises(SystemExit) as end:
        main_file.main()

    assert end.value.code == main_file.STOPPED == 130
    assert capsys.readouterr().err.split() == ["stopped"]


def test_a_command_that_ends_well_has_status_0_whatever_it_returns(
    command_that: Callable[[Callable[[], object]], None],
) -> None:
    command_that(lambda: 3)

    with pytest.raises(SystemExit) as end:
        main_file.main()

    assert end.value.code == 0


def test_our_own_mistakes_keep_their_traceback(
    command_that: Callable[[Callable[[], object]], None],
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    command_that(broken)

    with pytest.raises(ZeroDivisionError):
        main_file.main()


UNFLUSHED = """
import sys, types
import click
from tocsin.cli import main
stand_in = types.ModuleType("stand_in")
stand_in.fly = click.command("fly")(lambda: sys.stdout.write("an answer that waits in a buffer"))
sys.modules["stand_in"] = stand_in
main.COMMANDS["fly"] = ("stand_in", "")
sys.argv = ["tocsin", "fly"]
main.main()
"""


@pytest.mark.parametrize(
    "words", [[PROGRAM, "--help"], [sys.executable, "-c", UNFLUSHED]], ids=["at once", "at the end"]
)
def test_a_reader_that_goes_away_hears_and_sees_nothing_more(words: list[str]) -> None:
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=buffered
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        errors = running.stderr.read()

    assert errors == b""
    assert running.returncode == 1


@pytest.mark.parametrize("words", [["--help"], ["catalog", "list", "--json"], ["catalog", "list"]])
def test_a_full_disk_under_the_output_is_one_line(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 1
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("stream", [1, 2])
def test_a_stream_that_is_closed_stops_no_command(stream: int) -> None:
    done = subprocess.run(
        [PROGRAM, "catalog", "list"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.close(stream),
    )

    assert (done.returncode, done.stderr) == (0, "")
