"""A leaf's output in a file whose size on disk is bounded: the head and the tail stay, the middle is cut and said so.

The command writes straight into the file (no pipe, no copy, no thread per leaf). One thread per run looks at the open
logs every `INTERVAL` and punches a hole into what is neither head nor tail, so the disk holds at most both of them and
what is written within one interval. When the command has ended, the file is rewritten without the hole.

To make a file costs ext4 up to as much as to start a process, a further name for one costs next to nothing. So the log
of a command that wrote nothing goes on to the next command, and under its old name stands an empty file that all such
commands share.
"""

import os
import signal
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import F_SETLEASE, F_SETSIG, F_UNLCK, F_WRLCK, fcntl
from pathlib import Path

from autonomy.linux import exchange, punch_hole

HEAD = 1 << 20
TAIL = 1 << 20
INTERVAL = 0.05
_BLOCK = 1 << 16
_NOTE = "\n[autonomy: {cut} bytes cut here; the first {head} and the last {tail} bytes are kept]\n"


@dataclass(slots=True)
class Log:
    """An open log. `cut` counts the bytes that left the file by truncation."""

    path: Path
    descriptor: int
    """Ours; nobody inherits it."""
    output: int
    """What the command writes to; appends. To be closed once the command has it."""
    punched: int = HEAD
    cut: int = 0
    saved: bytes = b""
    """What a truncation took from the tail, where the file system cannot punch holes."""
    punches: bool = True

    @classmethod
    def open(cls, path: Path) -> "Log":
        """A new file. One of that name is left to whoever has it under another name. Raises OSError."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            path.unlink()
            descriptor = os.open(path, flags, 0o600)
        # Who opens the file while we look who has it makes the kernel tell us: by a signal that does no harm.
        fcntl(descriptor, F_SETSIG, signal.SIGURG)
        return cls(path, descriptor, _append(path))

    def swap(self, path: Path) -> None:
        """Begin anew under the name of another file, which takes ours at the same moment. Raises OSError."""
        exchange(self.path, path)
        self.path, self.output = path, _append(path)

    def is_empty(self) -> bool:
        return not self.cut and os.fstat(self.descriptor).st_size == 0

    def is_ours(self) -> bool:
        """Whether nobody is left who could write: not even who was given the file through a socket."""
        try:
            fcntl(self.descriptor, F_SETLEASE, F_WRLCK)
            fcntl(self.descriptor, F_SETLEASE, F_UNLCK)
        except OSError:
            return False
        return True

    def bound(self) -> None:
        """Give back the disk space between head and tail."""
        end = (os.fstat(self.descriptor).st_size - TAIL) // _BLOCK * _BLOCK
        if end <= self.punched:
            return
        if self.punches:
            try:
                punch_hole(self.descriptor, self.punched, end - self.punched)
            except OSError:
                self.punches = False
            else:
                self.punched = end
                return
        self._truncate()

    def _truncate(self) -> None:
        # Bytes that arrive between the two calls count as cut; the command appends, so it goes on at the new end.
        size = os.fstat(self.descriptor).st_size
        self.saved = os.pread(self.descriptor, TAIL, max(HEAD, size - TAIL))
        os.ftruncate(self.descriptor, HEAD)
        self.cut += size - HEAD

    def close(self) -> tuple[int, bool]:
        """Bytes that the command wrote, and whether some of them are gone. Nobody writes any more."""
        try:
            size = os.fstat(self.descriptor).st_size
            total = size + self.cut
            if total > HEAD + TAIL:
                self._compact(size, total)
            return total, total > HEAD + TAIL
        finally:
            os.close(self.descriptor)

    def _compact(self, size: int, total: int) -> None:
        head = os.pread(self.descriptor, HEAD, 0)
        tail = (self.saved + os.pread(self.descriptor, TAIL, max(HEAD, size - TAIL)))[-TAIL:]
        note = _NOTE.format(cut=total - len(head) - len(tail), head=len(head), tail=len(tail)).encode()
        short = self.path.with_name(self.path.name + ".short")
        short.write_bytes(head + note + tail)
        short.replace(self.path)


def _append(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)


@dataclass(slots=True)
class Logs:
    """The open logs of a run and the thread that bounds them."""

    _open: dict[int, Log] = field(default_factory=dict)
    _spare: deque[Log] = field(default_factory=deque)
    """Of commands that wrote nothing; each still has the name of its last one. The first has been here longest."""
    _empty: Path | None = None
    """One of the names of the file that the others share."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def open(self, path: Path) -> Log:
        """Raises OSError."""
        log = self._again(path) or Log.open(path)
        with self._lock:
            self._open[log.descriptor] = log
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="autonomy-logs", daemon=True)
                self._thread.start()
        return log

    def close(self, log: Log) -> tuple[int, bool]:
        """Bytes that the command wrote, and whether some of them are gone."""
        empty = log.is_empty()
        with self._lock:
            del self._open[log.descriptor]
            if empty:
                self._spare.append(log)
                return 0, False
        return log.close()

    def _again(self, path: Path) -> Log | None:
        """A spare log under another name; None where there is none that nobody else has."""
        with self._lock:
            if not self._spare:
                return None
            log = self._spare.popleft()
        # A process that is being started has all our files for a moment, so one is enough to have in reserve for each.
        if not log.is_ours() or not log.is_empty():
            self._put_by(log)
            return None
        before = log.path
        try:
            self._place_empty(path)
            log.swap(path)
        except OSError:
            # It was deleted under our hands, or the file system can't swap names.
            log.close()
            return None
        self._empty = before
        return log

    def _put_by(self, log: Log) -> None:
        with self._lock:
            if len(self._spare) < len(self._open) and log.is_empty():
                self._spare.append(log)
                return
        log.close()

    def _place_empty(self, path: Path) -> None:
        with suppress(OSError):
            if self._empty is not None:
                os.link(self._empty, path)
                return
        # The first one, or the file is gone or has as many names as the file system allows.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        for log in self._spare:
            log.close()

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL):
            with self._lock:
                for log in self._open.values():
                    # A log that can't be bounded now (no descriptor, I/O error) is tried again at the next look.
                    with suppress(OSError):
                        log.bound()
