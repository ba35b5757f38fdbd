"""No isolation: leaves work in the user's own tree, all at once.

Only a leaf's own files are watched. A change outside of them can't be told from another leaf's, so it is neither
refused nor recorded; that is what the other kinds are for.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from autonomy.errors import EnvironmentFault
from autonomy.model import Change, Patch, Subplan
from autonomy.protocols import Enter

Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class InPlaceSlot:
    """The user's tree, with a note of how the leaf's files looked when it was leased."""

    path: Path
    files: Sequence[str]
    before: Mapping[str, Signature | None]
    name: str = "in place"
    enter: Enter | None = None

    def apply(self, patch: Patch) -> None:
        for change in patch:
            _write(self.path, change)

    def unsuited(self, log: Path) -> str:
        """Nothing stands between the command and the tree."""
        del log
        return ""

    def collect(self) -> Patch:
        """What the leaf's own files are now, where they are not what they were."""
        changed = [path for path in self.files if _signature(self.path, path) != self.before[path]]
        return tuple(_read(self.path, path) for path in changed)


class InPlace:
    name = "none"

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def lease(self, leaf: Subplan) -> Iterator[InPlaceSlot]:
        yield InPlaceSlot(self._root, leaf.files, {path: _signature(self._root, path) for path in leaf.files})

    def close(self) -> None:
        """There is nothing to give up."""


def _signature(root: Path, path: str) -> Signature | None:
    try:
        found = os.lstat(f"{root}/{path}")
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode)


def _read(root: Path, path: str) -> Change:
    full = root / path
    try:
        mode = full.lstat().st_mode
        if S_ISLNK(mode):
            return Change(path, 0o120000, os.fsencode(full.readlink()))
        if S_ISREG(mode):
            return Change(path, 0o100755 if mode & 0o100 else 0o100644, full.read_bytes())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise EnvironmentFault(f"{full}: {error.strerror}") from None
    return Change(path, 0, None)


def _write(root: Path, change: Change) -> None:
    full = root / change.path
    try:
        full.unlink(missing_ok=True)
        if change.content is None:
            return
        full.parent.mkdir(parents=True, exist_ok=True)
        if change.mode == 0o120000:
            full.symlink_to(os.fsdecode(change.content))
        else:
            full.write_bytes(change.content)
            full.chmod(change.mode & 0o777)
    except OSError as error:
        raise EnvironmentFault(f"{full}: {error.strerror}") from None
