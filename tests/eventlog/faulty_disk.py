"""A disk that fails, put under SQLite's checksums: run as a program, one per kind of failure.

`full FOLDER`: the disk takes ever less; prints one line for each append that it refused.
`power FOLDER`: the power fails at many instants; at each, what had been synced is copied to a
folder of its own, named after the number that was acknowledged by then and a count.
"""

import random
import sys
from pathlib import Path

import apsw

from tocsin.errors import LogError
from tocsin.eventlog import anchor as anchors
from tocsin.eventlog.chain import verify
from tocsin.eventlog.sqlite import open_log

IMAGES_MAX = 60
USUAL = apsw.vfs_names()[0]
state = {"room": 10**9, "acknowledged": 0, "images": 0, "watch": False}
synced: dict[str, bytes] = {}
draw = random.Random(1)  # noqa: S311  not for secrets


class FaultyFile(apsw.VFSFile):
    def __init__(self, name, flags):
        self.path = name if isinstance(name, str) else name.filename()
        super().__init__(USUAL, name, flags)

    def xWrite(self, data, offset):  # noqa: N802  apsw's name
        if state["room"] < len(data):
            raise apsw.FullError("no room")
        state["room"] -= len(data)
        maybe_lose_power()
        super().xWrite(data, offset)

    def xSync(self, flags):  # noqa: N802  apsw's name
        maybe_lose_power()
        super().xSync(flags)
        synced[self.path] = Path(self.path).read_bytes()
        maybe_lose_power()

    def xTruncate(self, size):  # noqa: N802  apsw's name
        maybe_lose_power()
        super().xTruncate(size)


class FaultyDisk(apsw.VFS):
    def __init__(self):
        super().__init__("faulty", USUAL, makedefault=True)

    def xOpen(self, name, flags):  # noqa: N802  apsw's name
        return FaultyFile(name, flags)


def maybe_lose_power() -> None:
    """Copy what has been synced, at some instants."""
    if not state["watch"] or state["images"] >= IMAGES_MAX or draw.random() > 0.04:
        return
    state["images"] += 1
    image = folder / f"{state['acknowledged']}-{state['images']}"
    image.mkdir()
    for path, content in synced.items():
        (image / Path(path).name).write_bytes(content)


def fill_up() -> None:
    log = open_log(folder / "log")
    stored = 0
    for room in range(60_000, -1, -997):
        entries = [(0, "plot.1", bytes(9_000))] * 4
        state["room"] = room
        try:
            stored = log.append(entries)[-1].number
        except LogError as error:
            sys.stdout.write(f"{error}\n")
            assert log.tip().number == stored
        state["room"] = 10**9
        stored = log.append([(0, "plot.1", b"small")])[0].number
    log.close()
    assert verify(open_log(folder / "log")).number == stored


def lose_power() -> None:
    def write_and_remember(anchor, tip):
        maybe_lose_power()
        really_written(anchor, tip)
        synced[str(anchor.path)] = anchor.path.read_bytes()
        maybe_lose_power()

    from tocsin.eventlog import sqlite

    really_written = anchors.write_tip
    sqlite.write_tip = write_and_remember
    home = folder / "home"
    home.mkdir()
    log = open_log(home / "log")
    synced.clear()
    for path in home.iterdir():
        synced[str(path)] = path.read_bytes()
    log.connection.wal_autocheckpoint(20)
    state["watch"] = True
    for n in range(400):
        added = log.append([(n, "plot.1", bytes([n % 256]) * 700)] * draw.randint(1, 9))
        state["acknowledged"] = added[-1].number
        maybe_lose_power()


disk = FaultyDisk()
what, folder = sys.argv[1], Path(sys.argv[2])
{"full": fill_up, "power": lose_power}[what]()
