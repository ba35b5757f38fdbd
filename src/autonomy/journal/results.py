"""The store of what leaves changed: one file per patch, named by its content, durable before anybody is told."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path

from autonomy.errors import JournalError
from autonomy.journal.durable import fault, publish, sync_directory
from autonomy.model import Change, Patch

_MAGIC = b"autonomy.patch/v1\n"
MAX_INDEX = 256 << 20


class ResultStore:
    """Patches in `directory`, which exists. Each file: a magic line, one line of JSON that lists the changes,
    then the contents one after another."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, patch: Patch) -> str:
        """Store `patch` and return its content id. When this returns, it survives a power cut.

        Raises:
            EnvironmentFault: it can't be written.
        """
        head = _MAGIC + _index(patch)
        digest = sha256(head)
        for change in patch:
            digest.update(change.content or b"")
        content_id = digest.hexdigest()
        path = self.directory / content_id
        if path.exists():
            # An earlier writer may have died between its rename and its fsync.
            self._sync()
        else:
            publish(path, chain([head], (change.content or b"" for change in patch)))
        return content_id

    def get(self, content_id: str) -> Patch:
        """Raises:
        JournalError: the result is missing or is not what its name says.
        """
        path = self.directory / content_id
        try:
            data = path.read_bytes()
        except OSError as error:
            raise JournalError(f"{path}: {error.strerror}; this result is lost, run its leaf again") from None
        if sha256(data).hexdigest() != content_id:
            raise JournalError(f"{path}: damaged: its content is not what its name says; run its leaf again")
        return tuple(_changes(data, path))

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


def _index(patch: Patch) -> bytes:
    """Paths as base64, so that any bytes pass; sizes say where each content ends; -1 stands for a deletion."""
    rows = [
        [
            b64encode(os.fsencode(change.path)).decode(),
            change.mode,
            -1 if change.content is None else len(change.content),
        ]
        for change in patch
    ]
    return json.dumps(rows, separators=(",", ":")).encode() + b"\n"


def _changes(data: bytes, path: Path) -> Iterator[Change]:
    end = data.find(b"\n", len(_MAGIC))
    if not data.startswith(_MAGIC) or not 0 < end < MAX_INDEX:
        raise JournalError(f"{path}: not a patch of this version; run its leaf again")
    start = end + 1
    for name, mode, size in json.loads(data[len(_MAGIC) : end]):
        yield Change(os.fsdecode(b64decode(name)), mode, None if size < 0 else data[start : start + size])
        start += max(0, size)
