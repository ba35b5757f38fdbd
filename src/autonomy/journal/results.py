"""The store of what leaves changed: one file per patch, named by its content, durable before anybody is told."""

import json
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from autonomy.errors import JournalError
from autonomy.journal.durable import fault, publish, sync_directory
from autonomy.model import Change, Edit, Patch

_MAGIC = b"autonomy.patch/v1\n"
MAX_INDEX = 256 << 20


class ResultStore:
    """Patches in `directory`, which exists. Each file: a magic line, one line of JSON that lists the changes with
    the digest of each content, then the contents one after another. The file's name is the SHA-256 of the two lines.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, patch: Patch) -> str:
        """Store `patch` and return its content id. When this returns, it survives a power cut.

        Raises:
            EnvironmentFault: it can't be written.
        """
        head = _MAGIC + _index(patch)
        content_id = sha256(head).hexdigest()
        path = self.directory / content_id
        if path.exists():
            # An earlier writer may have died between its rename and its fsync.
            self._sync()
        else:
            publish(path, chain([head], (change.content or b"" for change in patch)))
        return content_id

    def edits(self, content_id: str) -> tuple[Edit, ...]:
        """What a result changes, without reading the contents.

        Raises:
            JournalError: the result is missing or is not what its name says.
        """
        with self._open(content_id) as file:
            return tuple(edit for edit, _ in self._rows(content_id, file))

    def get(self, content_id: str) -> Patch:
        """Raises:
        JournalError: the result is missing or is not what its name says.
        """
        with self._open(content_id) as file:
            rows = self._rows(content_id, file)
            patch = tuple(Change(edit.path, edit.mode, None if size < 0 else file.read(size)) for edit, size in rows)
            rest = file.read(1)
        for change, (edit, _) in zip(patch, rows, strict=True):
            if _digest(change) != edit.digest or rest:
                raise self._damaged(content_id)
        return patch

    def holds(self, content_id: str) -> bool:
        """Whether the result is there and whole."""
        with suppress(JournalError):
            self.get(content_id)
            return True
        return False

    def adopt(self, other: "ResultStore", content_id: str) -> None:
        """Take over a result of another store, durably, without a copy where a hard link will do.

        Raises:
            EnvironmentFault: it can't be written.
            JournalError: the other store does not hold it.
        """
        mine = self.directory / content_id
        try:
            os.link(other.directory / content_id, mine)
        except FileExistsError:
            pass
        except OSError:
            self.put(other.get(content_id))
            return
        self._sync()

    def _sync(self) -> None:
        try:
            sync_directory(self.directory)
        except OSError as error:
            raise fault(self.directory, error) from None

    def _open(self, content_id: str) -> BinaryIO:
        path = self.directory / content_id
        try:
            return path.open("rb")
        except OSError as error:
            raise JournalError(f"{path}: {error.strerror}; this result is lost, run its leaf again") from None

    def _rows(self, content_id: str, file: BinaryIO) -> list[tuple[Edit, int]]:
        """Each edit with the size of its content, -1 for a deletion; the file stands at the first content then."""
        head = file.readline(len(_MAGIC)) + file.readline(MAX_INDEX)
        if sha256(head).hexdigest() != content_id:
            raise self._damaged(content_id)
        rows = json.loads(head[len(_MAGIC) :])
        return [(Edit(os.fsdecode(b64decode(path)), mode, digest), size) for path, mode, digest, size in rows]

    def _damaged(self, content_id: str) -> JournalError:
        path = self.directory / content_id
        return JournalError(f"{path}: damaged: its content is not what its name says; run its leaf again")


def _digest(change: Change) -> str | None:
    return None if change.content is None else sha256(change.content).hexdigest()


def _index(patch: Patch) -> bytes:
    """Paths as base64, so that any bytes pass."""
    rows = [
        [
            b64encode(os.fsencode(change.path)).decode(),
            change.mode,
            _digest(change),
            -1 if change.content is None else len(change.content),
        ]
        for change in patch
    ]
    return json.dumps(rows, separators=(",", ":")).encode() + b"\n"
