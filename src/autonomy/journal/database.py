"""The SQLite file that a journal is: how it is opened, which tables it has, what its errors mean."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from autonomy.errors import EnvironmentFault, JournalError

APPLICATION_ID = 0x41555450
VERSION = 1
SCHEMA = (
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
_NO_SHARED_MEMORY = frozenset(
    {
        sqlite3.SQLITE_IOERR_SHMMAP,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMLOCK,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_BUSY_SECONDS = 60.0
_FEW = 300
"""Old versions of SQLite take 999 values in a statement."""


def connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def lay_out(connection: sqlite3.Connection, body: bytes) -> None:
    """Make an empty database a journal with one record."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO record VALUES (1, ?, ?)", (crc32(body), body))
    connection.execute("INSERT INTO tail VALUES (1, 1, ?)", (crc32(body),))
    connection.execute("COMMIT")


def count_records(connection: sqlite3.Connection) -> None:
    """From here on every record that this connection inserts is counted in `tail`, in the same transaction."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(
        "CREATE TEMP TRIGGER counted AFTER INSERT ON main.record"
        " BEGIN UPDATE tail SET records = new.number, crc = new.crc; END"
    )


def insert(connection: sqlite3.Connection, rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Add records in one transaction; where they are few, in one statement, which is half as dear."""
    if len(rows) <= _FEW:
        places = ", ".join(["(?, ?, ?)"] * len(rows))
        # S608: only question marks are put in.
        statement = f"INSERT INTO record VALUES {places}"  # noqa: S608
        connection.execute(statement, [value for row in rows for value in row])
        return
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO record VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")


def set_mode(connection: sqlite3.Connection, path: Path) -> None:
    """WAL where it works: SQLite refuses it without shared memory, and over a network it would corrupt."""
    mode = "refused"
    if not _is_remote(path):
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _NO_SHARED_MEMORY:
                raise
    if mode != "wal":
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")


def _is_remote(path: Path) -> bool:
    from autonomy.journal.mounts import file_system

    return file_system(path).startswith(("nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph", "lustre"))


def damaged(path: Path, why: str) -> JournalError:
    return JournalError(f"{path}: damaged: {why}; the file was left as it is, start a new run")


@contextmanager
def mapped_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code not in _ENVIRONMENT:
            raise damaged(path, str(error)) from None
        raise EnvironmentFault(f"{path}: {error}; what was acknowledged is safe, resume when it is mended") from None
