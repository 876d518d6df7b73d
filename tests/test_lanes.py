"""Compiled code is kept where it can be, and where it cannot the answer is the same."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from tocsin.lanes import kernel

@kernel()
def twice(x):
    return 2.0 * x

if __name__ == "__main__":
    print(twice(1.5))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program with one kernel."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def ran(program: Path, cache: Path, most_bytes: int = resource.RLIM_INFINITY) -> None:
    """Run the program with its cache in a folder, files no longer than so many bytes."""
    settings = {name: value for name, value in os.environ.items() if "NUMBA" not in name}
    done = subprocess.run(
        [sys.executable, str(program)],
        env=settings | {"XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )

    assert (done.stdout, done.stderr) == ("3.0\n", "")


def kept(folder: Path) -> list[Path]:
    """Give the files of compiled code in a folder."""
    return sorted(folder.rglob("*.nb?"))


def test_compiled_code_is_kept_in_the_cache_folder_alone(program: Path, tmp_path: Path) -> None:
    ran(program, tmp_path / "cache")

    assert {path.suffix for path in kept(tmp_path / "cache")} == {".nbi", ".nbc"}
    assert kept(tmp_path) == kept(tmp_path / "cache")


def test_without_a_folder_to_keep_it_in_nothing_is_kept_beside_the_sources(
    program: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    ran(program, tmp_path / "file")

    assert kept(tmp_path) == []


def test_what_does_not_fit_on_the_disk_is_not_kept(program: Path, tmp_path: Path) -> None:
    ran(program, tmp_path / "cache", most_bytes=10)

    assert kept(tmp_path) == []


def test_compiled_code_that_was_cut_short_is_compiled_again(program: Path, tmp_path: Path) -> None:
    ran(program, tmp_path / "cache")
    for path in kept(tmp_path / "cache"):
        path.write_bytes(path.read_bytes()[:40])

    ran(program, tmp_path / "cache")
