"""The journal of a run: append events, read them back. An event is durable when `append` returns.

SQLite in WAL mode with synchronous=FULL; where the file system has no shared memory for a WAL, a rollback
journal. Each record carries a CRC that continues the one before it, and a last row counts them, so a record
that is altered, missing or moved is found when the journal is read.
"""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Self
from zlib import crc32

from autonomy.errors import AutonomyError
from autonomy.journal.database import connect, count_records, insert, lay_out, mapped_errors, set_mode
from autonomy.journal.durable import fault, sync_directory
from autonomy.journal.events import Event, Header, encode
from autonomy.journal.fold import Run, fold
from autonomy.journal.reading import read_events


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
        scratch = path.with_name(f".{path.name}")
        with mapped_errors(path), closing(connect(scratch, "rwc")) as connection:
            lay_out(connection, encode(header))
        try:
            scratch.chmod(0o600)
            # Under its name it is whole from the start: a run that was killed before has no journal.
            scratch.rename(path)
            sync_directory(path.parent)
        except OSError as error:
            raise fault(path, error) from None
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing journal, after all of it was found whole.

        Raises:
            JournalError: damaged, or written by a newer version; the file is left as it is.
            EnvironmentFault: it can't be read or written.
        """
        events, tail = read_events(path)
        with mapped_errors(path):
            connection = connect(path, "rw")
            set_mode(connection, path)
            count_records(connection)
        return cls(path, connection, fold(events), tail)

    def append(self, *events: Event) -> None:
        """Record `events`, in this order and in one transaction; they are durable when this returns.

        Raises:
            EnvironmentFault: they can't be written; nothing can be appended from here on.
            JournalError: the file was damaged under our hands; likewise.
        """
        ticket = self.note(*events)
        with self._committing:
            if self._durable < ticket:
                self._commit()

    def note(self, *events: Event) -> int:
        """Record `events` without waiting: they become durable with what is appended next, never without it or after.

        The result is how many events that makes. Raises as `append` does.
        """
        bodies = [encode(event) for event in events]
        with self._queue:
            if self._fault:
                raise self._fault
            for event in events:
                self.run.apply(event)
            self._pending += bodies
            self._queued += len(bodies)
            return self._queued

    def _commit(self) -> None:
        """Write all that is pending. A failed write or fsync is never tried again."""
        if self._fault:
            raise self._fault
        with self._queue:
            batch = tuple(self._pending)
        try:
            with mapped_errors(self.path):
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
        insert(self._connection, rows)
        return number, crc

    def close(self) -> None:
        """Let go of the file; what was appended is in it already, and what was noted is then.

        Raises as `append` does.
        """
        with self._committing, mapped_errors(self.path), closing(self._connection):
            if self._pending and not self._fault:
                self._commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
