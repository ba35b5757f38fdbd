"""Journals on disk: written, killed, cut, flipped, and read back."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from unittest.mock import patch

from autonomy.errors import AutonomyError, InputError, JournalError
from autonomy.journal import Journal, read, runs
from autonomy.journal.database import insert
from autonomy.journal.events import Ended, Event, Header, Resumed, Settled, Started
from autonomy.journal.fold import Run
from autonomy.model import Change, Patch, Status, SubplanId

FILES = ("journal.sqlite", "journal.sqlite-wal")
HEADER = Header(
    run_id="20260101-000000-000000",
    version="1",
    plan_digest="0" * 64,
    base=None,
    command=("true",),
    max_parallel=10,
    at=1.0,
)


def leaf(number: int) -> SubplanId:
    return SubplanId(f"{number:016x}")


def started(number: int, lease: int, attempt: int = 1) -> Started:
    return Started(leaf=leaf(number), attempt=attempt, lease=lease, at=1.0)


def ended(number: int, lease: int, status: Status = Status.SUCCEEDED, result: str | None = None) -> Ended:
    return Ended(leaf=leaf(number), lease=lease, status=status, at=2.0, result=result)


def settled(number: int, lease: int | None, status: Status = Status.SUCCEEDED) -> Settled:
    return Settled(leaf=leaf(number), lease=lease, status=status, at=2.0)


def whole(number: int, lease: int) -> tuple[Event, ...]:
    return started(number, lease), ended(number, lease), settled(number, lease)


def patch_of(number: int) -> Patch:
    return (Change(f"file{number}", 0o100644, b"%d\n" % number * (number % 50)),)


def in_child(work: Callable[[], object]) -> int:
    """The status of a child that did `work`: an error's exit code, 70 for any other exception, -N for a signal."""
    child = os.fork()
    if child == 0:
        code = 0
        try:
            work()
        except AutonomyError as error:
            code = error.exit_code
        finally:
            if sys.exc_info()[0]:
                traceback.print_exc()
                code = 70
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status)


def killed_journal(path: Path, leaves: int) -> None:
    """A journal whose writer was killed: half of its records in the main file, the other half in the log alone."""

    def write() -> None:
        journal = Journal.create(path, HEADER)
        for number in range(leaves):
            if number == leaves // 2:
                journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            for event in whole(number, number + 1):
                journal.append(event)
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_child(write) == -signal.SIGKILL


@dataclass
class Damaged:
    """What became of a journal that was damaged at many places, each time in a fresh copy."""

    outcomes: Counter[str] = field(default_factory=Counter)
    touched: int = 0

    @property
    def wrong(self) -> int:
        return self.outcomes["wrong"]

    @property
    def tried(self) -> int:
        return self.outcomes.total()


def damage(path: Path, file: str, spoil: Callable[[bytes, int], bytes], places: Sequence[int]) -> Damaged:
    """Spoil `file` of the journal at each of `places` in turn and read what comes of it."""
    good = read(path)
    found = Damaged()
    copy = path.parent / "copy"
    originals = {name: (path.parent / name).read_bytes() for name in FILES}
    for place in places:
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        before = {**originals, file: spoil(originals[file], place)}
        for name, data in before.items():
            (copy / name).write_bytes(data)
        found.outcomes[_verdict(copy / FILES[0], good)] += 1
        found.touched += before != {name: (copy / name).read_bytes() for name in FILES}
    return found


def _verdict(path: Path, good: Run) -> str:
    """`refused`, `whole`, `beginning` (the state after fewer records), or `wrong`."""
    try:
        run = read(path)
    except JournalError:
        return "refused"
    if run.leaves == good.leaves:
        return "whole"
    beginnings = [leaf for leaf, state in run.leaves.items() if state != good.leaves.get(leaf)]
    # At the cut one leaf may have begun and not settled; all before it are as they were.
    return "beginning" if beginnings in ([], list(run.leaves)[-1:]) else "wrong"


def cut(data: bytes, place: int) -> bytes:
    return data[:place]


def flip(data: bytes, place: int) -> bytes:
    """Bit `place % 8` of byte `place // 8` turned over."""
    flipped = bytearray(data)
    flipped[place // 8] ^= 1 << place % 8
    return bytes(flipped)


def sampled(most: int, number: int) -> list[int]:
    """`number` places below `most`: the first hundred, and others drawn the same way each time."""
    draw = random.Random(13187273)
    return sorted({*range(min(100, most)), *(draw.randrange(most) for _ in range(number - 100))})


@dataclass
class Told:
    """What a killed run had said: leaves that started, leaves that it acknowledged as done."""

    started: list[int]
    acknowledged: list[int]


def run_leaves(root: Path, leaves: int, say: Callable[[str, int], None], writers: int = 3) -> None:
    """Begin a run, or go on with the latest: for each leaf that is not done, store a result, record it, say so."""
    with runs.locked(root), _journal(root) as (run, journal):
        done = {outcome.leaf for outcome in journal.run.done()}
        leases = count(journal.run.last_lease + 1)
        gate = threading.Lock()

        def work(number: int) -> None:
            with gate:
                lease = next(leases)
                journal.append(started(number, lease))
            say("started", number)
            result = run.results.put(patch_of(number))
            journal.append(ended(number, lease, result=result), settled(number, lease))
            say("done", number)

        with ThreadPoolExecutor(writers) as pool:
            list(pool.map(work, [number for number in range(leaves) if leaf(number) not in done]))


@contextmanager
def _journal(root: Path) -> Iterator[tuple[runs.RunDirectory, Journal]]:
    """The run directory and the journal to write to."""
    try:
        run = runs.find_run(root)
    except InputError:
        run = runs.new_run(root)
        journal = runs.start(run, HEADER, root.parent / "state")
    else:
        journal = runs.go_on(run, root.parent / "state")
        journal.append(Resumed(at=1.0))
    with journal:
        yield run, journal


def killed_run(root: Path, leaves: int, after: int) -> Told:
    """What a run said that was killed once it had said `after` things, or had ended."""
    listen, speak = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            run_leaves(root, leaves, lambda what, number: os.write(speak, f"{what} {number}\n".encode()) and None)
        finally:
            os._exit(0)
    os.close(speak)
    with os.fdopen(listen) as pipe:
        lines = []
        for line in pipe:
            lines.append(line)
            if len(lines) == after:
                os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return told(lines)


def told(lines: Sequence[str]) -> Told:
    said = [line.split() for line in lines if line.endswith("\n")]
    return Told(*([int(number) for what, number in said if what == kind] for kind in ("started", "done")))


def resumed_run(root: Path, leaves: int) -> Told:
    said: list[str] = []
    run_leaves(root, leaves, lambda what, number: said.append(f"{what} {number}\n"))
    return told(said)


def missing(root: Path, leaves: int) -> list[int]:
    """Leaves of the latest run that have no result, or whose result is not what it should be."""
    run = runs.find_run(root)
    states = read(run.journal).leaves
    results = [states[leaf(number)].result if leaf(number) in states else None for number in range(leaves)]
    return [n for n, result in enumerate(results) if not result or run.results.get(result) != patch_of(n)]


def append_from_threads(journal: Journal, threads: int) -> int:
    """How many transactions it takes when `threads` append at once while somebody else holds the file."""
    holder = sqlite3.connect(journal.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    before = journal._queued
    counted = patch("autonomy.journal.file.insert", wraps=insert)
    with counted as transactions, ThreadPoolExecutor(threads) as pool:
        waiting = [pool.submit(journal.append, started(number, number + 1)) for number in range(threads)]
        while journal._queued < before + threads:
            threading.Event().wait(0.001)
        assert not any(each.done() for each in waiting), "an append returned before it could be durable"
        holder.execute("COMMIT")
        for each in waiting:
            each.result()
    holder.close()
    return transactions.call_count


def status_on_full_disk(root: Path, leaves: int, most_bytes: int) -> int:
    """The status of a run whose files can't grow over `most_bytes`."""

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        run_leaves(root, leaves, lambda _what, _number: None)

    return in_child(work)


class _NoLog(sqlite3.Connection):
    """A connection on a file system where a log can't be had: it says so, or does as if nothing had been asked."""

    loud = True

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql != "PRAGMA journal_mode = WAL":
            return super().execute(sql, *values)
        if not self.loud:
            return super().execute("PRAGMA journal_mode")
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMMAP
        raise error


class _Silent(_NoLog):
    loud = False


@contextmanager
def without_logs(reason: str) -> Iterator[None]:
    """Journals are kept on a file system where SQLite's log does not work."""
    connect = sqlite3.connect
    kind = _NoLog if reason == "it has no shared memory" else _Silent
    if reason == "it is a network's":
        with patch("autonomy.journal.mounts.file_system", return_value="nfs4"):
            yield
    else:
        with patch("sqlite3.connect", lambda *args, **options: connect(*args, factory=kind, **options)):
            yield


def ask_for_a_moment(lock: Path) -> None:
    """A process that holds a shared lock on the file from when this returns, for a moment."""
    script = (
        "import fcntl, sys, threading; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_SH);"
        " print(flush=True); threading.Event().wait(0.05)"
    )
    asking = subprocess.Popen([sys.executable, "-S", "-c", script, str(lock)], stdout=subprocess.PIPE)
    assert asking.stdout and asking.stdout.readline()
    threading.Thread(target=asking.communicate).start()
