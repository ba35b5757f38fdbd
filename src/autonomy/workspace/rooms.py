"""What a command has beside its slot: its brief, a list of its files, empty directories for results and scratch.

Making and deleting files costs ext4 more than starting a process does (it looks through all inodes that were deleted
in the last seconds), so a room that was left as it was made is used again: the same directories, still empty, with
nothing about them changed.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from autonomy.errors import EnvironmentFault
from autonomy.workspace.removal import remove_tree

Look = tuple[int, ...]
TICK_NS = 50_000_000
"""A file's times may stand still for so long while it changes: the kernel reads its clock now and then."""


@dataclass(slots=True)
class Room:
    """The directories `out` and `tmp`, empty when the room is leased, and two files, all in `path`. Absolute."""

    path: Path
    out: Path
    tmp: Path
    files: Path
    brief: Path
    """What `begin` was given last."""
    _descriptors: tuple[int, int]
    _looks: tuple[Look, ...] = ()
    _leased_ns: int = 0

    @classmethod
    def make(cls, path: Path) -> "Room":
        """Raises OSError."""
        out, tmp, files, brief = path / "out", path / "tmp", path / "files", path / "brief.md"
        for each in (out, tmp):
            each.mkdir(parents=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        room = cls(path, out, tmp, files, brief, (os.open(files, flags, 0o600), os.open(brief, flags, 0o600)))
        room._looks = room._look()
        return room

    def begin(self, files: bytes, brief: bytes) -> None:
        """Put a leaf's list of files and its brief there. Raises OSError."""
        for descriptor, text in zip(self._descriptors, (files, brief), strict=True):
            os.ftruncate(descriptor, os.pwrite(descriptor, text, 0))
        self._leased_ns = time.time_ns()

    def is_as_made(self) -> bool:
        """Whether nothing was left in the directories, nor anything about them changed since they were made."""
        try:
            looks = self._look()
            if looks != self._looks:
                return False
            newest = max(look[-1] for look in looks)
            return newest + TICK_NS < self._leased_ns or not (os.listdir(self.out) or os.listdir(self.tmp))
        except OSError:
            return False

    def holds_results(self) -> bool:
        """Whether something was left in `out`; nothing was where the directory itself is gone."""
        try:
            return bool(os.listdir(self.out))
        except (FileNotFoundError, NotADirectoryError):
            return False

    def _look(self) -> tuple[Look, ...]:
        found = [os.lstat(each) for each in (self.path, self.out, self.tmp)]
        return tuple((each.st_ino, each.st_mode, each.st_uid, each.st_gid, each.st_ctime_ns) for each in found)

    def remove(self) -> None:
        """Raises OSError where something in it can't be deleted."""
        for descriptor in self._descriptors:
            os.close(descriptor)
        remove_tree(self.path)


class Rooms:
    """The rooms of a run, below `directory`; as many as are leased at once at most. For any number of threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._free: list[Room] = []
        self._numbers = count(1)
        self._lock = threading.Lock()

    @contextmanager
    def lease(self, files: bytes, brief: bytes, keep: Callable[[Path], None]) -> Iterator[Room]:
        """A room that nobody else has, with these in it. Whatever is left in its `out` is given to `keep`.

        Raises:
            EnvironmentFault: it can't be made.
        """
        room = self._furnished(files, brief)
        try:
            yield room
        except BaseException:
            self._give_up(room)
            raise
        if room.is_as_made():
            with self._lock:
                self._free.append(room)
            return
        try:
            if room.holds_results():
                keep(room.out)
        finally:
            self._give_up(room)

    def _furnished(self, files: bytes, brief: bytes) -> Room:
        try:
            room = self._take()
            try:
                room.begin(files, brief)
            except OSError:
                self._give_up(room)
                raise
        except OSError as error:
            raise EnvironmentFault(f"{self._directory}: {error.strerror}; set AUTONOMY_STATE_DIR") from error
        return room

    def _give_up(self, room: Room) -> None:
        with suppress(OSError):
            room.remove()

    def _take(self) -> Room:
        with self._lock:
            if self._free:
                return self._free.pop()
            number = next(self._numbers)
        return Room.make(self._directory / str(number))

    def close(self) -> None:
        """Let go of the rooms that nobody has."""
        with self._lock:
            for room in self._free:
                with suppress(OSError):
                    room.remove()
            self._free.clear()
