import contextlib
import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from tocsin.errors import LogError
from tocsin.eventlog.chain import verify
from tocsin.eventlog.sqlite import open_log, renew_anchor

NOBODY = 65534


def test_a_log_is_kept_from_one_opening_to_the_next(tmp_path, entries):
    log = open_log(tmp_path / "log")
    acknowledged = log.append(entries(5))
    log.close()

    again = open_log(tmp_path / "log")

    assert list(again.read()) == list(acknowledged)
    assert again.remarks == ()
    again.close()
    assert {path.name for path in tmp_path.iterdir()} == {"log", "log.tip"}


def test_the_anchor_may_lie_on_another_disk(tmp_path, entries):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    log = open_log(tmp_path / "log", anchor=elsewhere / "tip")
    log.append(entries(2))
    log.close()

    assert {path.name for path in tmp_path.iterdir()} == {"log", "elsewhere"}
    with pytest.raises(LogError, match="is missing: restore it, or accept"):
        open_log(tmp_path / "log")
    again = open_log(tmp_path / "log", anchor=elsewhere / "tip")
    assert verify(again).number == 2
    again.close()


def test_every_page_is_synced_and_carries_a_checksum(tmp_path):
    log = open_log(tmp_path / "log")

    assert log.connection.pragma("journal_mode") == "wal"
    assert log.connection.pragma("synchronous") == 2
    assert log.connection.open_vfs == "cksmvfs"
    assert log.connection.pragma("checksum_verification") == "1"
    assert log.connection.reserve_bytes() == 8
    log.close()


def test_other_databases_of_the_program_are_left_as_they_were(tmp_path):
    open_log(tmp_path / "log").close()

    connection = apsw.Connection(str(tmp_path / "other"))
    assert connection.open_vfs != "cksmvfs"
    connection.close()


def test_a_second_writer_is_refused(tmp_path, entries):
    log = open_log(tmp_path / "log")
    log.append(entries(1))
    program = (
        "import sys; from pathlib import Path; from tocsin.errors import LogError\n"
        "from tocsin.eventlog.sqlite import open_log\n"
        "try: open_log(Path(sys.argv[1]))\n"
        "except LogError as error: print(error)"
    )

    said = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "log"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    with pytest.raises(LogError, match="is in use by another program: stop that one"):
        open_log(tmp_path / "log")
    with pytest.raises(LogError, match="is in use"):
        renew_anchor(tmp_path / "log")

    assert "is in use by another program: stop that one, or give another file" in said
    log.append(entries(1, first=2))
    assert verify(log).number == 2
    log.close()


def other_database(path: Path) -> None:
    """Write a database of some other program."""
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE event (number INTEGER PRIMARY KEY)")
    connection.close()


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: path.write_bytes(b""), "is empty, not an event log"),
        (lambda path: path.write_text("some notes\n" * 50), "is not an event log"),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), "is not an event log"),
        (other_database, "is not an event log"),
        (lambda path: path.mkdir(), "cannot be read and written: Is a directory"),
    ],
)
def test_a_file_that_is_no_log_is_refused_and_left_alone(tmp_path, write, said):
    path = tmp_path / "log"
    write(path)
    before = path.read_bytes() if path.is_file() else b""

    with pytest.raises(LogError, match=said) as raised:
        open_log(path)

    assert "\n" not in str(raised.value)
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"log"}


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(LogError, match="cannot be read and written: No such file or directory"):
        open_log(tmp_path / "none" / "log")


def test_a_log_that_is_gone_is_not_begun_anew(tmp_path, entries):
    log = open_log(tmp_path / "log")
    log.append(entries(2))
    log.close()
    (tmp_path / "log").unlink()

    with pytest.raises(LogError, match=r"log .* is missing: its anchor .* is at event 2"):
        open_log(tmp_path / "log")
    (tmp_path / "log.tip").write_bytes(b"")
    with pytest.raises(LogError, match=r"log .* is missing: its anchor .* cannot be read"):
        open_log(tmp_path / "log")
    (tmp_path / "log.tip").unlink()
    (tmp_path / "log-wal").write_bytes(b"left over")
    with pytest.raises(LogError, match=r"log .* is missing, but its file .*log-wal' is there"):
        open_log(tmp_path / "log")
    (tmp_path / "log-wal").unlink()
    open_log(tmp_path / "log").close()


def test_a_log_half_made_when_the_program_ended_is_made(tmp_path):
    open_log(tmp_path / "log").close()
    (tmp_path / "log").unlink()

    open_log(tmp_path / "log").close()
    (tmp_path / "log.tip").unlink()
    log = open_log(tmp_path / "log")

    assert log.remarks == ()
    log.close()


@contextlib.contextmanager
def as_nobody():
    """Give up the rights of the system's owner for a while, where the tests have them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def readable(tmp_path, entries):
    """A closed log that others may read, in folders that others may enter."""
    log = open_log(tmp_path / "log")
    log.append(entries(3))
    log.close()
    opened = []
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == tmp_path.owner() and folder.stat().st_mode & 0o055 != 0o055:
            opened.append((folder, folder.stat().st_mode))
            folder.chmod(folder.stat().st_mode | 0o055)
    yield tmp_path
    for folder, mode in opened:
        folder.chmod(mode)


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
@pytest.mark.parametrize("closed", ["log", "log.tip", "."])
def test_a_log_that_may_not_be_written_is_one_clear_line(readable, closed):
    others = {"log", "log.tip"} - {closed}
    for name in others:
        (readable / name).chmod(0o666)
    (readable / closed).chmod(0o555 if closed == "." else 0o444)

    try:
        with as_nobody(), pytest.raises(LogError) as raised:
            open_log(readable / "log")
    finally:
        readable.chmod(0o755)

    assert "\n" not in str(raised.value)
    assert "give this user the right to write" in str(raised.value) or (
        "Permission denied; check the disk, and the rights to the file" in str(raised.value)
    )
