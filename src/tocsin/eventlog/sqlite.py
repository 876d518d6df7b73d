"""An event log in one SQLite file, safe against crashes, with damage and loss named.

Each append is one transaction: written to SQLite's write-ahead file and synced, then the anchor is
moved and synced. Every page carries a checksum, every event a digest over all before it, and the
anchor tells whether the end is missing: page checksums cannot, since SQLite takes a damaged
write-ahead file for a short one.

Sources:
    SQLite, "Write-Ahead Logging" and "PRAGMA synchronous", sqlite.org/wal.html and pragma.html.
    SQLite, "The Checksum VFS Shim", sqlite.org/cksumvfs.html.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw
import apsw.sqlite_extra

from tocsin.errors import LogError
from tocsin.eventlog.anchor import (
    Anchor,
    clear,
    file_reported,
    make_anchor,
    newest,
    open_anchor,
    place,
    read_slots,
    write_tip,
)
from tocsin.eventlog.chain import RESTORE, check_anchor, linked, verified, verify
from tocsin.eventlog.event import (
    BEGINNING,
    BODY_BYTES_MAX,
    DIGEST_BYTES,
    Entry,
    Event,
    Tip,
    check_first,
)
from tocsin.eventlog.sqlite_files import (
    APPLICATION_ID,
    CHECKSUM_BYTES,
    FORMAT_VERSION,
    check_header,
    frames_written,
    wal_of,
)

ANCHOR_SUFFIX = ".tip"
_CHECKED_VFS = "cksmvfs"
_READ_ROWS = 100
"""Events held at once while reading."""
_TABLE = (
    "CREATE TABLE event (number INTEGER PRIMARY KEY, time_tai_ns INTEGER NOT NULL,"
    " kind TEXT NOT NULL, body BLOB NOT NULL, digest BLOB NOT NULL,"
    " ends_append INTEGER NOT NULL) STRICT"
)
_MEANINGS: dict[tuple[type[Exception], ...], str] = {
    (apsw.ConnectionClosedError,): "is closed: open it again",
    (apsw.BusyError, apsw.LockedError): (
        "is in use by another program: stop that one, or give another file"
    ),
    (apsw.FullError,): "cannot be written: the disk is full; free some space and try again",
    (apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError): (
        "cannot be written: give this user the right to write the file and its folder"
    ),
    (apsw.NotADBError, apsw.CorruptError, UnicodeDecodeError): (
        f"is damaged (its structure does not hold); {RESTORE}"
    ),
}
_COLUMNS = "number, time_tai_ns, kind, body, digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteLog:
    """An open log, held by this program alone; see `EventLog`. Not shared between threads."""

    name: str
    connection: apsw.Connection
    anchor: Anchor
    remarks: tuple[str, ...]
    """What was found as it was opened, for the operator."""

    def append(self, entries: Sequence[Entry]) -> tuple[Event, ...]:
        """Store entries after the last event, in one transaction; see `EventLog`."""
        added = linked(self.tip(), entries)
        if not added:
            return added
        rows = [
            (event.number, event.time_tai_ns, event.kind, event.body, event.digest, 0)
            for event in added
        ]
        rows[-1] = (*rows[-1][:5], 1)
        with _reported(self.name), self._left_sure():
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows)
            self.connection.execute("COMMIT")
            write_tip(self.anchor, Tip(number=added[-1].number, digest=added[-1].digest))
        return added

    def read(self, first: int = 1) -> Iterator[Event]:
        """Give the events from a number on, each checked; see `EventLog`."""
        check_first(first, self.name)
        last = self.tip().number
        if first > last:
            return
        after = _tip_at(self, first - 1)
        yield from verified(_events(self, after, last), after, self.name)

    def tip(self) -> Tip:
        """Give the number and digest of the last event."""
        with _reported(self.name):
            row = self.connection.execute(
                "SELECT number, digest FROM event ORDER BY number DESC LIMIT 1"
            ).get
        return BEGINNING if row is None else _checked_tip(row, self.name)

    def close(self) -> None:
        """Give the log up."""
        self.anchor.file.close()
        with _reported(self.name):
            self.connection.close()

    @contextlib.contextmanager
    def _left_sure(self) -> Iterator[None]:
        """Undo what a full disk refused; close the log where it is open what was stored."""
        try:
            yield
        except apsw.FullError:
            if self.connection.in_transaction:  # SQLite promises neither to undo it nor to leave it
                self.connection.execute("ROLLBACK")
            raise
        except BaseException:
            with contextlib.suppress(apsw.Error):
                self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
                self.connection.close(True)
            self.anchor.file.close()
            raise


def open_log(path: Path, anchor: Path | None = None) -> SqliteLog:
    """Open a log, made empty if there is none, and make sure that its end is not missing.

    Nothing is changed before that is sure. Damage further back is found as it is read.

    Args:
        path: The log's file; SQLite keeps a second one beside it while the log is open.
        anchor: The file that keeps the last acknowledged tip, better on another disk; beside the
            log unless said.

    Raises:
        LogError: It is in use, damaged, not a log, lacks acknowledged events, or the disk refuses.
    """
    anchor = anchor or path.with_name(path.name + ANCHOR_SUFFIX)
    with file_reported(path):
        there = path.exists()
    if not there:
        _make(path, anchor)
    with _connected(path) as connection:
        if not anchor.exists():
            _make_anchor_of_an_empty_log(connection, path, anchor)
        opened = open_anchor(anchor)
        try:
            remarks = _checked_end(connection, opened, path)
        except BaseException:
            opened.file.close()
            raise
    return SqliteLog(name=str(path), connection=connection, anchor=opened, remarks=remarks)


def renew_anchor(path: Path, anchor: Path | None = None) -> Tip:
    """Accept a log as it is, whatever its end has lost; make its anchor anew and give its tip.

    For a person who has read what `open_log` said and has kept a copy of the files.

    Raises:
        LogError: An event that is there is damaged, or the log cannot be opened.
    """
    anchor = anchor or path.with_name(path.name + ANCHOR_SUFFIX)
    with _connected(path) as connection:
        make_anchor(anchor)
        opened = open_anchor(anchor)
        log = SqliteLog(name=str(path), connection=connection, anchor=opened, remarks=())
        with contextlib.closing(opened.file):
            tip = verify(log)
            _settle(connection)
            clear(opened)
            write_tip(opened, tip)
            write_tip(opened, tip)
    log.close()
    return tip


def _make(path: Path, anchor: Path) -> None:
    """Make a log without events, whole or not at all."""
    if anchor.exists():
        opened = open_anchor(anchor)
        with contextlib.closing(opened.file):
            tip = newest(read_slots(opened))
        if tip is None or tip.number:
            at = "cannot be read" if tip is None else f"is at event {tip.number}"
            raise LogError(
                f"log {str(path)!r} is missing: its anchor {str(anchor)!r} {at};"
                " restore the log, or move the anchor away to begin a new one"
            )
    if wal_of(path).exists():
        raise LogError(
            f"log {str(path)!r} is missing, but its file {str(wal_of(path))!r} is there:"
            " restore the log, or move that file away to begin a new one"
        )
    make_anchor(anchor)
    with _reported(str(path)):
        place(_write_empty, path)


def _write_empty(path: Path) -> None:
    """Write a SQLite file with its table, its mark and room for checksums."""
    _load_checksums()
    connection = apsw.Connection(str(path), vfs=_CHECKED_VFS)
    try:
        connection.reserve_bytes(reserve=CHECKSUM_BYTES)
        connection.pragma("journal_mode", "wal")
        connection.execute(
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT_VERSION}"
        )
        connection.execute(_TABLE)
    finally:
        connection.close()


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[apsw.Connection]:
    """Open and hold a log's file, changing nothing; it is closed again only on an error."""
    check_header(path)
    name = str(path)
    with _reported(name):
        _load_checksums()
        connection = apsw.Connection(name, apsw.SQLITE_OPEN_READWRITE, _CHECKED_VFS)
        try:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.limit(apsw.SQLITE_LIMIT_LENGTH, 2 * BODY_BYTES_MAX)
            if connection.readonly("main"):
                raise LogError(f"log {name!r} is read-only: give this user the right to write it")
            for setting, value in (
                ("locking_mode", "exclusive"),
                ("synchronous", "full"),
                ("fullfsync", "on"),
                ("cell_size_check", "on"),
                ("trusted_schema", "off"),
            ):
                connection.pragma(setting, value)
            if [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema")] != [_TABLE]:
                raise LogError(f"log {name!r}: its table is not that of an event log; {RESTORE}")
            yield connection
        except BaseException:
            connection.close(True)
            raise


def _make_anchor_of_an_empty_log(connection: apsw.Connection, path: Path, anchor: Path) -> None:
    """Make the anchor of a log without events; a log with events must not lose its own."""
    if connection.execute("SELECT EXISTS (SELECT 1 FROM event)").get:
        raise LogError(
            f"the anchor {str(anchor)!r} of log {str(path)!r} is missing: restore it, or accept the"
            " log as it is with renew_anchor"
        )
    make_anchor(anchor)


def _checked_end(connection: apsw.Connection, anchor: Anchor, path: Path) -> tuple[str, ...]:
    """Hold a log's end against its anchor, then settle both; give what an operator should hear."""
    name = str(path)
    log = SqliteLog(name=name, connection=connection, anchor=anchor, remarks=())
    slots = read_slots(anchor)
    acknowledged = newest(slots)
    if acknowledged is None:
        raise LogError(
            f"the anchor {str(anchor.path)!r} of log {name!r} is damaged: restore it, or accept the"
            " log as it is with renew_anchor"
        )
    cut = _cut_remark(connection, path)
    tip = log.tip()
    if tip.number:
        for _ in log.read(tip.number):
            pass
    try:
        found = check_anchor(acknowledged, _tips_since(log, acknowledged.number, tip), name)
    except LogError as error:
        raise LogError(f"{error} ({cut})" if cut else str(error)) from None
    damaged = f"anchor {str(anchor.path)!r}: one of its two slots was damaged; it is mended"
    _settle(connection)
    if found or None in slots:
        write_tip(anchor, tip)
    lines = (cut and f"log {name!r}: {cut}", found, damaged if None in slots else "")
    return tuple(line for line in lines if line)


def _tips_since(log: SqliteLog, number: int, tip: Tip) -> list[Tip]:
    """Give the tip at a number and after the two next appends; the last tip, if it is before."""
    if tip.number <= number:
        return [tip]
    later = log.connection.execute(
        "SELECT number, digest FROM event WHERE number > ? AND ends_append ORDER BY number LIMIT 2",
        (number,),
    )
    tips = [_tip_at(log, number), *(_checked_tip(row, log.name) for row in later)]
    if len(tips) == 2 and tips[-1] != tip:
        raise LogError(f"log {log.name!r} ends within an append, at event {tip.number}; {RESTORE}")
    return tips


def _settle(connection: apsw.Connection) -> None:
    """Bring everything that was written safely into the log's file, and let closing do so too."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)


def _cut_remark(connection: apsw.Connection, path: Path) -> str:
    """Tell what SQLite leaves out from the end of its write-ahead file; nothing, if all is whole.

    What is cut was either never acknowledged, or the anchor tells that it was.
    """
    written = frames_written(wal_of(path))
    row = connection.execute("PRAGMA wal_checkpoint(NOOP)").get
    whole = max(0, row[1]) if isinstance(row, tuple) else 0
    if written <= whole:
        return ""
    return f"{written - whole} pages of an unfinished or damaged write were cut from its end"


def _events(log: SqliteLog, after: Tip, last: int) -> Iterator[Event]:
    """Give the events after a tip, up to a number, as they are stored."""
    number, previous = after.number, after.digest
    while number < last:
        query = f"SELECT {_COLUMNS} FROM event WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608  fixed names
        rows = []
        failed: Exception | None = None
        try:
            for row in log.connection.execute(query, (number, min(_READ_ROWS, last - number))):
                rows.append(row)  # noqa: PERF402  those before a damaged one are kept
        except (apsw.Error, UnicodeDecodeError) as error:
            failed = error
        for row in rows:
            event = _event_of(row, number + 1, previous, log.name)
            number, previous = event.number, event.digest
            yield event
        if failed or not rows:
            why = _said(failed) if failed else "it is missing"
            raise LogError(
                f"event {number + 1} of log {log.name!r} cannot be read: {why}; {RESTORE}"
            ) from failed


def _event_of(row: tuple[object, ...], number: int, previous: bytes, name: str) -> Event:
    """Give the event in a row; damage may have put anything there."""
    match row:
        case (int(at), int(time_tai_ns), str(kind), bytes(body), bytes(digest)):
            return Event(
                number=at,
                time_tai_ns=time_tai_ns,
                kind=kind,
                body=body,
                previous=previous,
                digest=digest,
            )
    raise LogError(
        f"event {number} of log {name!r} is changed: a column has the wrong type; {RESTORE}"
    )


def _tip_at(log: SqliteLog, number: int) -> Tip:
    """Give the tip after so many events, as it is stored."""
    if number == 0:
        return BEGINNING
    with _reported(log.name):
        row = log.connection.execute(
            "SELECT number, digest FROM event WHERE number = ?", (number,)
        ).get
    if row is None:
        raise LogError(f"event {number} of log {log.name!r} is missing; {RESTORE}")
    return _checked_tip(row, log.name)


def _checked_tip(row: object, name: str) -> Tip:
    """Give the tip in a row; damage may have put anything there."""
    match row:
        case (int(number), bytes(digest)) if len(digest) == DIGEST_BYTES and number > 0:
            return Tip(number=number, digest=digest)
    raise LogError(f"log {name!r}: an event has no usable number and digest; {RESTORE}")


def _load_checksums() -> None:
    """Have SQLite put a checksum on every page of the files opened by name of that way."""
    if _CHECKED_VFS in apsw.vfs_names():
        return
    usual = apsw.vfs_names()[0]
    connection = apsw.Connection(":memory:")
    try:
        apsw.sqlite_extra.load(connection, "cksumvfs")
    except (apsw.sqlite_extra.NotAvailable, LookupError) as error:
        raise LogError(
            "the installed apsw lacks SQLite's checksums of pages (cksumvfs):"
            " install its wheel from the package index"
        ) from error
    finally:
        connection.close()
    apsw.set_default_vfs(usual)


@contextlib.contextmanager
def _reported(name: str) -> Iterator[None]:
    """Turn what SQLite says into one line that a person can act on."""
    try:
        yield
    except (apsw.Error, UnicodeDecodeError) as error:
        raise LogError(f"log {name!r} {_said(error)}") from error


def _said(error: Exception) -> str:
    """Give what an error of SQLite means for a log, and what to do."""
    extended = getattr(error, "extendedresult", 0)
    if extended == apsw.SQLITE_IOERR_DATA:
        return f"is damaged (a page does not fit its checksum); {RESTORE}"
    for kinds, meaning in _MEANINGS.items():
        if isinstance(error, kinds):
            return meaning
    told = apsw.mapping_extended_result_codes.get(extended, type(error).__name__)
    return f"cannot be read or written ({told}: {error}); check the disk, then open it again"
