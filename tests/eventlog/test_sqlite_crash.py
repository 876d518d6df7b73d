import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tocsin.errors import LogError
from tocsin.eventlog import sqlite
from tocsin.eventlog.chain import verify
from tocsin.eventlog.sqlite import open_log

HERE = Path(__file__).parent
KILLS = 20


def killed_child(path: Path, mark: str, after_s: float) -> list[list[int]]:
    """Run a child that appends, kill it a while after its first append; give what it acknowledged.

    Each row is the first number, the last number and the count of bodies that the child had made.
    """
    child = subprocess.Popen(
        [sys.executable, HERE / "appending_child.py", path, mark],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout
    assert child.stderr
    first = child.stdout.readline()
    time.sleep(after_s)
    child.kill()
    rest, errors = child.communicate()
    assert first, errors.decode()
    lines = (first + rest).split(b"\n")[:-1]
    return [[int(number) for number in line.split()] for line in lines]


def test_killing_the_program_loses_nothing_acknowledged_and_doubles_nothing(tmp_path):
    path = tmp_path / "log"
    draw = random.Random(7)  # noqa: S311  not for secrets
    expected: dict[int, bytes] = {}
    for kill in range(KILLS):
        for first, last, count in killed_child(path, f"k{kill}", draw.uniform(0.0, 0.05)):
            made = range(count - (last - first), count + 1)
            for number, body in zip(range(first, last + 1), made, strict=True):
                assert number not in expected
                expected[number] = f"k{kill}-{body - 1} ".encode()

    log = open_log(path)
    bodies = {event.number: event.body for event in log.read()}
    log.close()

    assert len(expected) > 10 * KILLS
    assert all(bodies[number].startswith(body) for number, body in expected.items())
    assert len(set(bodies.values())) == len(bodies)


def test_an_append_stored_but_not_acknowledged_is_kept_and_said(tmp_path, entries, monkeypatch):
    path = tmp_path / "log"
    log = open_log(path)
    log.append(entries(3))

    def fails(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "write_tip", fails)
        with pytest.raises(KeyboardInterrupt):
            log.append(entries(2, first=4))
    with pytest.raises(LogError, match="is closed: open it again"):
        log.append(entries(1, first=6))

    again = open_log(path)
    assert "events 4 to 5, was stored but not acknowledged" in again.remarks[0]
    assert (tmp_path / "log-wal").stat().st_size == 0, "not yet safe in the log's own file"
    assert verify(again).number == 5
    again.close()
    settled = open_log(path)
    assert settled.remarks == ()
    settled.close()


def test_a_torn_end_that_was_never_acknowledged_is_cut_and_said(tmp_path, entries):
    log = open_log(tmp_path / "log")
    log.append(entries(3))
    acknowledged = (tmp_path / "log.tip").read_bytes()
    size = (tmp_path / "log-wal").stat().st_size
    log.append(entries(40, first=4, body_bytes=500))
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "log").write_bytes((tmp_path / "log").read_bytes())
    (copy / "log.tip").write_bytes(acknowledged)
    (copy / "log-wal").write_bytes((tmp_path / "log-wal").read_bytes()[: size + 9_000])
    log.close()

    again = open_log(copy / "log")

    assert "3 pages of an unfinished or damaged write were cut" in again.remarks[0]
    assert verify(again).number == 3
    again.append(entries(1, first=4))
    again.close()
    settled = open_log(copy / "log")
    assert settled.remarks == ()
    assert verify(settled).number == 4
    settled.close()


def run_faulty_disk(what: str, folder: Path) -> str:
    """Run the program with a failing disk; give what it printed."""
    done = subprocess.run(
        [sys.executable, HERE / "faulty_disk.py", what, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_is_one_clear_line_and_the_log_goes_on_when_there_is_room(tmp_path):
    refused = run_faulty_disk("full", tmp_path).splitlines()

    assert len(refused) > 10
    assert set(refused) == {
        f"log {str(tmp_path / 'log')!r} cannot be written: the disk is full;"
        " free some space and try again"
    }


def test_an_append_that_finds_no_room_is_undone(tmp_path, entries):
    log = open_log(tmp_path / "log")
    log.append(entries(3))
    log.connection.pragma("max_page_count", log.connection.pragma("page_count") + 2)

    with pytest.raises(LogError, match="the disk is full"):
        log.append(entries(40, first=4, body_bytes=3_000))

    assert log.tip().number == 3
    log.append(entries(1, first=4))
    assert verify(log).number == 4
    log.close()


def test_a_power_failure_at_any_instant_loses_nothing_acknowledged(tmp_path):
    run_faulty_disk("power", tmp_path)
    images = [path for path in tmp_path.iterdir() if "-" in path.name]

    for image in images:
        log = open_log(image / "log")
        assert verify(log).number >= int(image.name.partition("-")[0]), image.name
        log.close()
    assert len(images) == 60
