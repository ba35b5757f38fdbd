"""Which process descends from which leaf, also after it has left its group, session, parent and environment.

This process is a subreaper: whatever a leaf leaves behind becomes a child of its main thread. So one short file of
the kernel, `/proc/self/task/PID/children`, tells whether anything was left, at the price of one read per leaf. Whose
it is, is told by a mark that children inherit and that no program looks at: nine bits of the personality that Linux
has no meaning for. They are set in the thread that spawns, and survive fork, exec, setsid, closed descriptors and
`env -i`. Where a container forbids them, session, environment and working directory tell.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autonomy.errors import EnvironmentFault
from autonomy.linux import PR_SET_CHILD_SUBREAPER, is_subreaper, personality, prctl

MARK_SHIFT = 8
MARK_MASK = 0x1FF << MARK_SHIFT
PREFIX = b"AUTONOMY_"
_PAGE = 4096
PATIENCE = 10.0
"""Seconds that a process may take to die of SIGKILL before the leaf's slot is given up."""

_lock = threading.Lock()
_marks: set[int] = set()
_known: set[int] = set()


class Survivor(EnvironmentFault):
    """A process of a leaf could not be ended; its slot must not be used again."""


@dataclass(frozen=True, slots=True)
class Leafmark:
    """How the processes of one running leaf are told from those of its siblings."""

    pid: int
    mark: int
    environment: Mapping[str, str]
    directory: str

    def owns(self, pid: int) -> bool:
        """Whether an adopted process descends from this leaf. False for a process that is gone."""
        with suppress(ProcessLookupError):
            session = os.getsid(pid)
            if session == os.getsid(0):
                return False
            return session == self.pid or self._carries(pid)
        return False

    def _carries(self, pid: int) -> bool:
        if marks_work() and (mark := mark_of(pid)):
            return mark == self.mark
        # A superset: a run started by the leaf adds and changes entries of its own.
        if environment := environment_of(pid):
            own = entries(self.environment)
            return bool(own) and own <= environment
        return not marks_work() and (self._works_here(pid) or _alone())

    def _works_here(self, pid: int) -> bool:
        with suppress(OSError):
            where = str(Path(f"/proc/{pid}/cwd").readlink())
            return where == self.directory or where.startswith(self.directory + "/")
        return False


def _alone() -> bool:
    with _lock:
        return len(_marks) == 1


def mark_of(pid: int) -> int:
    """The mark in the personality of a process; 0 where there is none or it can't be read."""
    try:
        with open(f"/proc/{pid}/personality", "rb") as file:
            return int(file.read(), 16) & MARK_MASK
    except (OSError, ValueError):
        return 0


def environment_of(pid: int) -> frozenset[bytes]:
    """The entries of ours in the environment that a process was started with; none where it can't be read."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return frozenset(entry for entry in file.read().split(b"\0") if entry.startswith(PREFIX))
    except OSError:
        return frozenset()


@cache
def marks_work() -> bool:
    """Whether this machine lets us set the mark and read it back, and we wear none ourselves.

    Inside a leaf of another run its mark stays, so that the outer run finds all that the inner one leaves behind.
    """
    try:
        before = personality()
        if before & MARK_MASK:
            return False
        personality(before | MARK_MASK)
        works = mark_of(threading.get_native_id()) == MARK_MASK
        personality(before)
    except OSError:
        return False
    return works


def entries(environment: Mapping[str, str]) -> frozenset[bytes]:
    """Our entries of an environment as the kernel shows them."""
    pairs = (os.fsencode(f"{name}={value}") for name, value in environment.items())
    return frozenset(pair for pair in pairs if pair.startswith(PREFIX))


@contextmanager
def marked() -> Iterator[int]:
    """A mark that no other running leaf of this process has; held until the block ends."""
    with _lock:
        mark = next(value for value in range(1, 512) if value not in _marks)
        _marks.add(mark)
    try:
        yield mark << MARK_SHIFT
    finally:
        with _lock:
            _marks.discard(mark)


@contextmanager
def wearing(mark: int) -> Iterator[None]:
    """Children that this thread starts in the block carry the mark."""
    if not marks_work():
        yield
        return
    before = personality()
    personality(before & ~MARK_MASK | mark)
    try:
        yield
    finally:
        personality(before)


@contextmanager
def known(pid: int) -> Iterator[None]:
    """A child that somebody waits for: never taken for something that a leaf left behind."""
    with _lock:
        _known.add(pid)
    try:
        yield
    finally:
        with _lock:
            _known.discard(pid)


@contextmanager
def adopting() -> Iterator[None]:
    """Orphans of our descendants become our children while the block lasts."""
    before = is_subreaper()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, int(before))


@cache
def _children_file(process: int) -> int | None:
    with suppress(OSError):
        return os.open(f"/proc/self/task/{process}/children", os.O_RDONLY | os.O_CLOEXEC)
    return None


def adopted() -> list[int]:
    """Children of the main thread that nobody waits for, ascending; zombies too."""
    descriptor = _children_file(os.getpid())
    found = _children_by_scan() if descriptor is None else _read_children(descriptor)
    with _lock:
        return sorted(pid for pid in found if pid not in _known)


def _read_children(descriptor: int) -> list[int]:
    # The kernel hands out a page at most; a short answer is the last one.
    data = piece = os.pread(descriptor, _PAGE, 0)
    while len(piece) > _PAGE // 2:
        piece = os.pread(descriptor, _PAGE, len(data))
        data += piece
    return [int(word) for word in data.split()]


def _children_by_scan() -> list[int]:
    """For kernels without CONFIG_PROC_CHILDREN."""
    me = os.getpid()
    return [int(name) for name in os.listdir("/proc") if name.isdecimal() and parent_of(int(name)) == me]


def parent_of(pid: int) -> int:
    """0 where the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def end_all(owned: Callable[[int], bool]) -> None:
    """Kill and reap every adopted process that is `owned`, and what these have started, until none is left.

    A killed process hands its own children on to us, so the loop meets every generation; and no process identifier
    can be taken over by a stranger meanwhile: each one belongs to a child of ours that was not reaped.

    Raises:
        Survivor: something outlived SIGKILL by `PATIENCE` seconds, or may not be killed by this user.
    """
    deadline = time.monotonic() + PATIENCE
    while left := [pid for pid in adopted() if owned(pid)]:
        for pid in left:
            kill_with_group(pid)
        for pid in left:
            reap(pid, deadline)


def kill_with_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def reap(pid: int, deadline: float) -> None:
    """Collect a child that is about to die. Does nothing where it was collected already."""
    with suppress(ProcessLookupError, ChildProcessError):
        descriptor = os.pidfd_open(pid)
        try:
            if not wait_readable([descriptor], deadline - time.monotonic()):
                raise Survivor(f"process {pid} of a leaf does not end; its slot is not used again")
        finally:
            os.close(descriptor)
        os.waitpid(pid, 0)


def wait_readable(descriptors: Sequence[int], seconds: float | None) -> list[int]:
    """The descriptors that are ready, in the order given; none when the time is over."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    # Rounded up: a deadline is never judged before it.
    ready = dict(poll.poll(None if seconds is None else max(0, int(seconds * 1000) + 1)))
    return [descriptor for descriptor in descriptors if descriptor in ready]
