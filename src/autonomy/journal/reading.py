"""Read a journal back, and find whatever is not as it was written. Nothing here changes the file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from zlib import crc32

from autonomy.errors import EnvironmentFault, InputError, JournalError
from autonomy.journal import wal
from autonomy.journal.database import APPLICATION_ID, SCHEMA, VERSION, connect, damaged, mapped_errors
from autonomy.journal.events import Event, Header, decode
from autonomy.journal.fold import Run, fold

_WAL_FORMAT = 2
Row = tuple[int, int, object]


def read(path: Path) -> Run:
    """What a journal adds up to, without changing it, also while another process appends.

    Raises:
        JournalError: damaged, or written by a newer version.
        EnvironmentFault: it can't be read.
    """
    return fold(events_of(path))


def events_of(path: Path) -> list[Event]:
    """All events, for whom their sum is too little. Raises what `read` raises."""
    log = path.with_name(f"{path.name}-wal")
    had_log = log.exists()
    try:
        return read_events(path)[0]
    except JournalError:
        # A writer that began in between makes a log, and what was read without one was half of the truth.
        if had_log or not log.exists():
            raise
        return read_events(path)[0]


def peek(path: Path) -> Header:
    """The header alone, without looking at the rest.

    Raises:
        JournalError: there is none that can be read.
        EnvironmentFault: the file can't be read.
    """
    _check_head(path, b"")
    with mapped_errors(path), closing(connect(path, "ro")) as connection:
        rows = connection.execute("SELECT crc, body FROM record WHERE number = 1").fetchall()
    event = decode(rows[0][1], str(path)) if rows and crc32(rows[0][1]) == rows[0][0] else None
    if not isinstance(event, Header):
        raise damaged(path, "its first record is no header")
    return event


def read_events(path: Path) -> tuple[list[Event], tuple[int, int]]:
    """All events and the tail (records, crc), after every check."""
    log, rollback = (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal"))
    logged = _bytes(log)
    _check_head(path, logged)
    # Without a log nothing has to be recovered, and SQLite would leave an empty one behind.
    mode = "rw" if rollback.exists() else "ro" if log.exists() else "ro&immutable=1"
    with mapped_errors(path), closing(connect(path, mode)) as connection:
        connection.execute("BEGIN")
        _check_file(connection, path)
        # The log was read before the index, so a writer that is alive can only have made more of it valid.
        valid = wal.valid_frames(path.with_name(f"{path.name}-shm"))
        if wal.lost_frames(logged, valid) and _bytes(log)[:32] == logged[:32]:
            raise damaged(path, "its write-ahead log is broken before its end")
        rows = connection.execute("SELECT number, crc, body FROM record ORDER BY number").fetchall()
        tails = connection.execute("SELECT records, crc FROM tail").fetchall()
    events, crc = _events(rows, path)
    if tails != [(len(rows), crc)]:
        raise damaged(path, f"it ends after {len(rows)} records, and more were written")
    return events, (len(rows), crc)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise EnvironmentFault(f"{path}: {error.strerror}") from None


def _check_head(path: Path, log: bytes) -> None:
    """What SQLite would take for something else: an empty file, a file that no longer says that it has a log."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        raise InputError(f"{path}: no such journal") from None
    except OSError as error:
        raise EnvironmentFault(f"{path}: {error.strerror}") from None
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise damaged(path, "it is no SQLite database")
    if log and head[18] != _WAL_FORMAT:
        raise damaged(path, "its header denies its write-ahead log")


def _check_file(connection: sqlite3.Connection, path: Path) -> None:
    (identity,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if identity != APPLICATION_ID:
        raise damaged(path, "it is no journal of this program")
    if version > VERSION:
        raise JournalError(
            f"{path}: written by a newer autonomy (schema {version}, this one reads {VERSION}); update it"
        )
    tables = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema ORDER BY rowid")]
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
    if version != VERSION or tables != list(SCHEMA) or verdict != ("ok",):
        raise damaged(path, "its tables are not those of a journal")


def _events(rows: list[Row], path: Path) -> tuple[list[Event], int]:
    events: list[Event] = []
    crc = 0
    for expected, (number, stated, body) in enumerate(rows, start=1):
        if number != expected or not isinstance(body, bytes) or (crc := crc32(body, crc)) != stated:
            raise damaged(path, f"record {expected} is not what was written")
        events.append(decode(body, f"{path}: record {expected}"))
    return events, crc
