"""The journal of a run: append events, read them back. An event is durable when `append` returns.

SQLite in WAL mode with synchronous=FULL; where the file system has no shared memory for a WAL, a rollback
journal. Each record carries a CRC that continues the one before it, and a last row counts them, so a record
that is altered, missing or moved is found when the journal is read.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self
from zlib import crc32

from autonomy.errors import AutonomyError, EnvironmentFault, InputError, JournalError
from autonomy.journal import wal
from autonomy.journal.durable import sync_directory
from autonomy.journal.events import Event, Header, decode, encode
from autonomy.journal.fold import Run, fold

APPLICATION_ID = 0x41555450
VERSION = 1
_SCHEMA = (
    "CREATE TABLE record (number INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE tail (id INTEGER PRIMARY KEY CHECK (id = 1), records INTEGER NOT NULL, crc INTEGER NOT NULL)",
)
_ENVIRONMENT = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_INTERRUPT,
    }
)
"""What the machine is to blame for; any other code means that the file is not what was written."""
_BUSY_SECONDS = 60.0
Row = tuple[int, int, object]


class Journal:
    """One run's journal, open for appending by any number of threads; `run` is what its events add up to.

    Whoever finds no commit under way commits for all that are waiting: a group commit without a thread.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, run: Run, tail: tuple[int, int]) -> None:
        self.path, self.run = path, run
        self._connection = connection
        self._records, self._crc = tail
        self._pending: list[bytes] = []
        self._queued = self._durable = 0
        self._queue, self._committing = threading.Lock(), threading.Lock()
        self._fault: AutonomyError | None = None

    @classmethod
    def create(cls, path: Path, header: Header) -> Self:
        """A new journal that holds `header`.

        Raises:
            EnvironmentFault: it can't be written.
        """
        with _mapped_errors(path):
            connection = _connect(path, "rwc")
            _prepare(connection, path)
            journal = cls(path, connection, Run(header), (0, 0))
            journal._pending, journal._queued = [encode(header)], 1
            journal._commit()
        try:
            sync_directory(path.parent)
        except OSError as error:
            raise EnvironmentFault(f"{path.parent}: {error.strerror}") from None
        return journal

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing journal, after all of it was found whole.

        Raises:
            JournalError: damaged, or written by a newer version; the file is left as it is.
            EnvironmentFault: it can't be read or written.
        """
        events, tail = _read(path)
        with _mapped_errors(path):
            connection = _connect(path, "rw")
            _set_mode(connection, path)
        return cls(path, connection, fold(events), tail)

    def append(self, *events: Event) -> None:
        """Record `events`, in this order and in one transaction; they are durable when this returns.

        Raises:
            EnvironmentFault: they can't be written; nothing can be appended from here on.
            JournalError: the file was damaged under our hands; likewise.
        """
        bodies = [encode(event) for event in events]
        with self._queue:
            if self._fault:
                raise self._fault
            for event in events:
                self.run.apply(event)
            self._pending += bodies
            self._queued += len(bodies)
            ticket = self._queued
        with self._committing:
            if self._durable < ticket:
                self._commit()

    def _commit(self) -> None:
        """Write all that is pending. A failed write or fsync is never tried again."""
        if self._fault:
            raise self._fault
        with self._queue:
            batch = tuple(self._pending)
        try:
            with _mapped_errors(self.path):
                tail = self._write(batch)
        except AutonomyError as error:
            self._fault = error
            raise
        with self._queue:
            del self._pending[: len(batch)]
        self._records, self._crc = tail
        self._durable += len(batch)

    def _write(self, batch: tuple[bytes, ...]) -> tuple[int, int]:
        number, crc = self._records, self._crc
        rows = []
        for body in batch:
            number, crc = number + 1, crc32(body, crc)
            rows.append((number, crc, body))
        connection = self._connection
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO record VALUES (?, ?, ?)", rows)
        connection.execute("INSERT OR REPLACE INTO tail VALUES (1, ?, ?)", (number, crc))
        connection.execute("COMMIT")
        return number, crc

    def close(self) -> None:
        """Let go of the file; what was appended is in it already."""
        with self._committing, _mapped_errors(self.path):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(path: Path) -> Run:
    """What a journal adds up to, without changing it, also while another process appends.

    Raises:
        JournalError: damaged, or written by a newer version.
        EnvironmentFault: it can't be read.
    """
    return fold(_read(path)[0])


def peek(path: Path) -> Header:
    """The header alone, without looking at the rest.

    Raises:
        JournalError: there is none that can be read.
        EnvironmentFault: the file can't be read.
    """
    _check_head(path, b"")
    with _mapped_errors(path), closing(_connect(path, "ro")) as connection:
        rows = connection.execute("SELECT crc, body FROM record WHERE number = 1").fetchall()
    event = decode(rows[0][1], str(path)) if rows and crc32(rows[0][1]) == rows[0][0] else None
    if not isinstance(event, Header):
        raise _damaged(path, "its first record is no header")
    return event


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    path.chmod(0o600)
    _set_mode(connection, path)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute("COMMIT")


def _set_mode(connection: sqlite3.Connection, path: Path) -> None:
    """WAL where it works: SQLite refuses it without shared memory, and over a network it would corrupt."""
    wanted = "DELETE" if _is_remote(path) else "WAL"
    try:
        (mode,) = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
    except sqlite3.OperationalError:
        mode = "refused"
    if mode not in {"wal", "delete"}:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")


def _is_remote(path: Path) -> bool:
    from autonomy.journal.mounts import file_system

    return file_system(path).startswith(("nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph", "lustre"))


def _read(path: Path) -> tuple[list[Event], tuple[int, int]]:
    """All events and the tail (records, crc), after every check."""
    log, rollback = (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal"))
    logged = _bytes(log)
    _check_head(path, logged)
    with _mapped_errors(path), closing(_connect(path, "rw" if rollback.exists() else "ro")) as connection:
        connection.execute("BEGIN")
        _check_file(connection, path)
        # The log was read before the index, so a writer that is alive can only have made more of it valid.
        valid = wal.valid_frames(path.with_name(f"{path.name}-shm"))
        if wal.lost_frames(logged, valid) and _bytes(log)[:32] == logged[:32]:
            raise _damaged(path, "its write-ahead log is broken before its end")
        rows = connection.execute("SELECT number, crc, body FROM record ORDER BY number").fetchall()
        tails = connection.execute("SELECT records, crc FROM tail").fetchall()
    return _events(rows, tails, path)


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
        raise _damaged(path, "it is no SQLite database")
    if log and head[18:20] != b"\x02\x02":
        raise _damaged(path, "its header denies its write-ahead log")


def _check_file(connection: sqlite3.Connection, path: Path) -> None:
    (identity,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if identity != APPLICATION_ID:
        raise _damaged(path, "it is no journal of this program")
    if version > VERSION:
        raise JournalError(
            f"{path}: written by a newer autonomy (schema {version}, this one reads {VERSION}); update it"
        )
    tables = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema ORDER BY rowid")]
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
    if version != VERSION or tables != list(_SCHEMA) or verdict != ("ok",):
        raise _damaged(path, "its tables are not those of a journal")


def _events(rows: list[Row], tails: list[tuple[object, ...]], path: Path) -> tuple[list[Event], tuple[int, int]]:
    events: list[Event] = []
    crc = 0
    for expected, (number, stated, body) in enumerate(rows, start=1):
        if number != expected or not isinstance(body, bytes) or (crc := crc32(body, crc)) != stated:
            raise _damaged(path, f"record {expected} is not what was written")
        events.append(decode(body, f"{path}: record {expected}"))
    if tails != [(len(rows), crc)]:
        raise _damaged(path, f"it ends after {len(rows)} records, and more were written")
    return events, (len(rows), crc)


def _damaged(path: Path, why: str) -> JournalError:
    return JournalError(f"{path}: damaged: {why}; the file was left as it is, start a new run")


@contextmanager
def _mapped_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code not in _ENVIRONMENT:
            raise _damaged(path, str(error)) from None
        raise EnvironmentFault(f"{path}: {error}; what was acknowledged is safe, resume when it is mended") from None
