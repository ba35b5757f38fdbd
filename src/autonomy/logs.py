"""A leaf's output in a file whose size on disk is bounded: the head and the tail stay, the middle is cut and said so.

The command writes straight into the file (no pipe, no copy, no thread per leaf). One thread per run looks at the open
logs every `INTERVAL` and punches a hole into what is neither head nor tail, so the disk holds at most both of them and
what is written within one interval. When the command has ended, the file is rewritten without the hole.
"""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autonomy.linux import punch_hole

HEAD = 1 << 20
TAIL = 1 << 20
INTERVAL = 0.05
_BLOCK = 1 << 16
_NOTE = "\n[autonomy: {cut} bytes cut here; the first {head} and the last {tail} bytes are kept]\n"


@dataclass(slots=True)
class Log:
    """An open log. `descriptor` appends; `cut` counts the bytes that left the file by truncation."""

    path: Path
    descriptor: int
    punched: int = HEAD
    cut: int = 0
    saved: bytes = b""
    """What a truncation took from the tail, where the file system cannot punch holes."""
    punches: bool = True

    @classmethod
    def open(cls, path: Path) -> "Log":
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        return cls(path, os.open(path, flags, 0o600))

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


@dataclass(slots=True)
class Logs:
    """The open logs of a run and the thread that bounds them."""

    _open: dict[int, Log] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def open(self, path: Path) -> Log:
        log = Log.open(path)
        with self._lock:
            self._open[log.descriptor] = log
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="autonomy-logs", daemon=True)
                self._thread.start()
        return log

    def close(self, log: Log) -> tuple[int, bool]:
        with self._lock:
            del self._open[log.descriptor]
        return log.close()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL):
            with self._lock:
                for log in self._open.values():
                    # A log that can't be bounded now (no descriptor, I/O error) is tried again at the next look.
                    with suppress(OSError):
                        log.bound()
