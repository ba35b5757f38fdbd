"""Open what lies beneath a directory, one name at a time: no symlink is ever followed, no path is ever too long."""

import os
from types import TracebackType

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_HELD = 48
"""Levels whose descriptors stay open; beyond them only the deepest one does."""


class Tree:
    """A root and the chain of directories opened last, so that a walk in order opens each directory once.

    Every open may raise OSError; NotADirectoryError or ELOOP where a symlink stands in the way.
    """

    def __init__(self, root: bytes) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        self._names: list[bytes] = []
        self._held: list[int] = []
        self._deepest = -1

    def __enter__(self) -> "Tree":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget(0)
        os.close(self._root)

    def directory(self, path: bytes) -> int:
        """A descriptor of the directory at `path` (empty for the root), valid until the next call."""
        wanted = path.split(b"/") if path else []
        common = 0
        for ours, theirs in zip(self._names, wanted, strict=False):
            if ours != theirs:
                break
            common += 1
        self._forget(common)
        for name in wanted[len(self._names) :]:
            self._descend(name)
        if self._deepest >= 0:
            return self._deepest
        return self._held[-1] if self._held else self._root

    def _descend(self, name: bytes) -> None:
        parent = self._deepest if self._deepest >= 0 else self._held[-1] if self._held else self._root
        opened = os.open(name, _DIRECTORY, dir_fd=parent)
        self._names.append(name)
        if len(self._held) < _HELD:
            self._held.append(opened)
            return
        if self._deepest >= 0:
            os.close(self._deepest)
        self._deepest = opened

    def _forget(self, level: int) -> None:
        """Close everything below `level`; the chain shrinks to a part of which every descriptor is known."""
        if level == len(self._names):
            return
        if self._deepest >= 0:
            os.close(self._deepest)
            self._deepest = -1
        for descriptor in self._held[level:]:
            os.close(descriptor)
        del self._held[level:]
        del self._names[min(level, _HELD) :]


def open_file(name: bytes, directory: int) -> int:
    """A descriptor of a plain file, or of something else that the caller must look at: opening never blocks."""
    return os.open(name, _FILE, dir_fd=directory)
