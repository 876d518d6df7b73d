"""Damage done to the files of a log: named, or harmless; never another content without a word."""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from tocsin.errors import LogError
from tocsin.eventlog.chain import verify
from tocsin.eventlog.sqlite import open_log, renew_anchor

FILES = ("log", "log-wal", "log.tip")
NAMED = re.compile(
    r"event \d+|anchor .* (damaged|missing)|in its first bytes|is not an event log"
    r"|is empty|format \d+|its table is not|is damaged \("
)


@pytest.fixture
def whole(tmp_path, entries) -> Path:
    """A folder with the files of a log in use: part of it moved into its file, part not."""
    home = tmp_path / "home"
    home.mkdir()
    log = open_log(home / "log")
    for first in range(1, 121, 12):
        log.append(entries(12, first=first, body_bytes=300))
    log.connection.execute("PRAGMA wal_checkpoint(RESTART)")
    for first in range(121, 241, 12):
        log.append(entries(12, first=first, body_bytes=300))
    shutil.copytree(home, tmp_path / "whole")
    log.close()
    return tmp_path / "whole"


def after_damage(whole: Path, name: str, damage: Callable[[bytes], bytes]) -> str | None:
    """Damage one file of a copy, then read the log; give the error, or nothing if all is there."""
    copy = whole.with_name("copy")
    shutil.copytree(whole, copy, dirs_exist_ok=True)
    damaged = copy / name
    damaged.write_bytes(damage(damaged.read_bytes()))
    before = {file: (copy / file).read_bytes() for file in FILES}
    try:
        log = open_log(copy / "log")
    except LogError as error:
        after = {file: (copy / file).read_bytes() for file in FILES}
        assert after == before, "a log that is refused must be left as it was found"
        return str(error)
    try:
        assert verify(log).number == 240
        read = [(event.time_tai_ns, event.kind, event.body) for event in log.read()]
    except LogError as error:
        return str(error)
    finally:
        log.close()
    assert [body[:8] for _, _, body in read] == [n.to_bytes(8, "big") for n in range(1, 241)]
    return None


def flipped(content: bytes, seed: int) -> bytes:
    """Flip one bit somewhere."""
    draw = random.Random(seed)  # noqa: S311  not for secrets
    changed = bytearray(content)
    changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize(("name", "seeds"), [("log", 60), ("log-wal", 60), ("log.tip", 25)])
def test_a_flipped_bit_in_a_log_in_use_is_named_or_harmless(whole, name, seeds):
    told = []
    for seed in range(seeds):
        error = after_damage(whole, name, lambda content, seed=seed: flipped(content, seed))
        assert error is None or (NAMED.search(error) and "\n" not in error), (seed, error)
        told.append(error)
    if name != "log.tip":  # there one slot stands in for the other
        # Of the log some pages are not in use: newer ones are in the write-ahead file.
        assert sum(error is not None for error in told) >= 40


def test_every_flipped_bit_in_a_closed_log_is_named(whole):
    open_log(whole / "log").close()
    (whole / "log-wal").write_bytes(b"")
    for seed in range(60):
        error = after_damage(whole, "log", lambda content, seed=seed: flipped(content, seed))
        assert error, seed
        assert NAMED.search(error), (seed, error)


@pytest.mark.parametrize("name", FILES)
def test_a_shortened_file_is_named_or_harmless(whole, name):
    size = (whole / name).stat().st_size
    for seed in range(12):
        length = random.Random(seed).randrange(size)  # noqa: S311  not for secrets

        error = after_damage(whole, name, lambda content, length=length: content[:length])

        assert error is None or (NAMED.search(error) and "\n" not in error), (length, error)
        if name == "log-wal":
            assert error
            assert re.search(r"has lost acknowledged events|is damaged|event \d+", error)


def test_a_flipped_bit_in_a_body_is_named_with_the_number_of_the_event(whole):
    log = open_log(whole / "log")
    log.close()
    number = 100
    mark = number.to_bytes(8, "big") + bytes(20)
    content = (whole / "log").read_bytes()
    at = content.index(mark) + 15
    (whole / "log").write_bytes(content[:at] + b"\x01" + content[at + 1 :])

    log = open_log(whole / "log")
    seen = []
    with pytest.raises(LogError, match=r"event (\d+) of log .* cannot be read.*checksum") as raised:
        seen.extend(event.number for event in log.read())
    log.close()

    told = re.search(r"event (\d+)", str(raised.value))
    assert told
    assert seen == list(range(1, int(told[1])))
    assert number - 15 < int(told[1]) <= number  # the first event on the damaged page


CHANGED = [
    ("UPDATE event SET body = x'00' WHERE number = 3", "event 3 of log .* is changed"),
    ("UPDATE event SET time_tai_ns = -1 WHERE number = 3", "event 3 of log .* is changed"),
    ("UPDATE event SET kind = 'Z' WHERE number = 3", "event 3 of log .* is changed"),
    ("UPDATE event SET digest = x'00' WHERE number = 3", "event 3 of log .* is changed"),
    ("UPDATE event SET number = 999 WHERE number = 3", "event 998 of log .* is missing"),
    ("DELETE FROM event WHERE number = 3", "event 3 of log .* is missing"),
    ("DELETE FROM event WHERE number > 200", "lost acknowledged .* event 240, .* at event 200"),
    ("DELETE FROM event", "lost acknowledged .* event 240, .* at event 0"),
    ("UPDATE event SET body = x'00' WHERE number = 240", "event 240 of log .* is changed"),
    ("INSERT INTO event VALUES (241, 0, 'x', x'', zeroblob(32), 1)", "event 241 .* is changed"),
    ("INSERT INTO event VALUES (0, 0, 'x', x'', zeroblob(32), 1)", None),
    ("CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END", "its table is not"),
    ("DROP TABLE event", "its table is not that of an event log"),
    ("PRAGMA user_version = 2", "has format 2; this program reads format 1"),
    ("PRAGMA application_id = 1", "is not an event log, or its first bytes are damaged"),
]


@pytest.mark.parametrize(("statement", "said"), CHANGED)
def test_what_was_changed_with_another_program_is_named(whole, statement, said):
    open_log(whole / "log").close()
    connection = apsw.Connection(str(whole / "log"), vfs="cksmvfs")
    connection.execute(statement)
    connection.close()

    def opened_and_read() -> int:
        log = open_log(whole / "log")
        try:
            return verify(log).number
        finally:
            log.close()

    if said is None:  # it is no event and is never read
        assert opened_and_read() == 240
    else:
        with pytest.raises(LogError, match=said):
            opened_and_read()


def test_an_older_copy_of_the_log_is_told_from_the_log(whole, entries):
    log = open_log(whole / "log")
    log.close()
    older = (whole / "log").read_bytes()
    log = open_log(whole / "log")
    log.append(entries(1, first=241))
    log.close()
    (whole / "log").write_bytes(older)

    with pytest.raises(LogError, match="its anchor is at event 241, the log ends at event 240"):
        open_log(whole / "log")


def test_an_older_anchor_is_told_from_the_anchor(whole, entries):
    older = (whole / "log.tip").read_bytes()
    log = open_log(whole / "log")
    log.append(entries(1, first=241))
    log.append(entries(1, first=242))
    log.close()
    (whole / "log.tip").write_bytes(older)

    with pytest.raises(LogError, match=r"anchor of log .* is too old: it is at event 240"):
        open_log(whole / "log")


def test_a_loss_can_be_accepted_and_the_log_goes_on(whole, entries):
    content = (whole / "log-wal").read_bytes()
    (whole / "log-wal").write_bytes(content[: len(content) // 2])
    with pytest.raises(LogError, match="has lost acknowledged events"):
        open_log(whole / "log")

    tip = renew_anchor(whole / "log")

    assert 120 < tip.number < 240
    log = open_log(whole / "log")
    assert (log.tip(), log.remarks) == (tip, ())
    log.append(entries(2, first=tip.number + 1))
    assert verify(log).number == tip.number + 2
    log.close()


def test_a_log_that_is_damaged_inside_is_not_accepted(whole):
    open_log(whole / "log").close()
    connection = apsw.Connection(str(whole / "log"), vfs="cksmvfs")
    connection.execute("UPDATE event SET body = x'00' WHERE number = 3")
    connection.close()
    anchor = (whole / "log.tip").read_bytes()

    with pytest.raises(LogError, match=r"event 3 of log .* is changed"):
        renew_anchor(whole / "log")
    assert (whole / "log.tip").read_bytes() == anchor


def test_one_damaged_slot_of_the_anchor_is_mended_and_said(whole):
    content = bytearray((whole / "log.tip").read_bytes())
    content[10] ^= 1
    (whole / "log.tip").write_bytes(content)

    log = open_log(whole / "log")
    assert "one of its two slots was damaged; it is mended" in " ".join(log.remarks)
    log.close()
    again = open_log(whole / "log")
    assert again.remarks == ()
    again.close()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), r"the anchor .* is missing: restore it, or accept"),
        (lambda path: path.write_bytes(b""), r"the anchor .* is damaged: restore it, or accept"),
        (lambda path: path.write_bytes(bytes(8192)), r"the anchor .* is damaged"),
    ],
)
def test_a_log_without_its_anchor_is_not_taken_as_whole(whole, damage, said):
    damage(whole / "log.tip")

    with pytest.raises(LogError, match=said):
        open_log(whole / "log")
    assert renew_anchor(whole / "log").number == 240
    log = open_log(whole / "log")
    assert verify(log).number == 240
    log.close()
