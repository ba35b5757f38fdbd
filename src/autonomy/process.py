"""Run a leaf's command to its end: own session, bounded log, deadline, TERM then KILL, and nothing left behind."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from errno import EAGAIN, ENOENT, ENOMEM
from functools import cache, lru_cache
from pathlib import Path
from queue import SimpleQueue

from autonomy import lineage, reaper
from autonomy.errors import EnvironmentFault
from autonomy.logs import Log, Logs
from autonomy.protocols import Enter

NOT_FOUND = 127
NOT_EXECUTABLE = 126
SPAWN_TRIES = 6
DESCRIPTORS = 8
"""So many does a command take at most while it is started: log, pipe, directories of its slot, rules, its pidfd."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. `cwd` is as the command sees it; `env` is the whole environment; times are in seconds."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    log: Path
    """Standard output and standard error, as they come; replaced if it exists."""
    timeout: float | None = None
    grace: float = 2.0
    """Between TERM and KILL."""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a command ended. Either `code` or `signal`; neither where it was cancelled before its start.

    A command that could not be started has the shell's codes, 127 (not found) and 126, and the reason in its log.
    """

    code: int | None
    signal: int | None
    timed_out: bool
    cancelled: bool
    seconds: float
    output_bytes: int
    """What the command wrote; the log holds less where `truncated`."""
    truncated: bool


class Cancellation:
    """A request to stop that can be waited for. `stop` may be called from a signal handler, and again."""

    def __init__(self) -> None:
        self._asked = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._at_once = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.requested = False

    def stop(self, *, at_once: bool = False) -> None:
        """TERM and the grace period; `at_once`: no grace, also for what is being stopped already."""
        self.requested = True
        os.eventfd_write(self._asked, 1)
        if at_once:
            os.eventfd_write(self._at_once, 1)

    @property
    def asked(self) -> int:
        """A descriptor that is readable once `stop` was called."""
        return self._asked

    @property
    def at_once(self) -> int:
        """A descriptor that is readable once `stop(at_once=True)` was called."""
        return self._at_once

    def close(self) -> None:
        os.close(self._asked)
        os.close(self._at_once)

    def __enter__(self) -> "Cancellation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def affordable(wanted: int) -> int:
    """How many of the `wanted` commands may run at once with the descriptors that are left to this process.

    Raises:
        EnvironmentFault: not even one.
    """
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if most == resource.RLIM_INFINITY:
        return wanted
    room = (most - len(os.listdir("/proc/self/fd"))) // DESCRIPTORS
    if room < 1:
        raise EnvironmentFault(f"{most} descriptors are too few for a single command; raise `ulimit -n`")
    return min(wanted, room)


class Reaper:
    """The process that ends what this run started, should this program be killed."""

    def __init__(self, run_id: str, name: str) -> None:
        script = [sys.executable, "-I", "-S", reaper.__file__, run_id, name]
        self._process = subprocess.Popen(
            script,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        self.pid = self._process.pid

    def close(self) -> None:
        """Let it look once more for what the run has left, and end."""
        with suppress(BrokenPipeError):
            self._process.communicate(reaper.GOODBYE)


@dataclass(slots=True)
class Supervisor:
    """Runs the commands of one run, from as many threads as wanted. A context manager; `env` of each command must carry
    `AUTONOMY_RUN_ID=<run_id>`, or another `name` in its place, by which the reaper knows it."""

    run_id: str
    name: str = "AUTONOMY_RUN_ID"
    _logs: Logs = field(default_factory=Logs)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Supervisor":
        with ExitStack() as stack:
            stack.enter_context(lineage.adopting())
            watcher = Reaper(self.run_id, self.name)
            stack.callback(watcher.close)
            stack.enter_context(lineage.known(watcher.pid))
            stack.callback(self._logs.stop)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def supervise(self, command: Command, cancels: Sequence[Cancellation] = (), enter: Enter | None = None) -> Exit:
        """Run a command until it has exited and no descendant of it is left.

        The exit is judged when the command exits, whoever still holds its output. Blocks: for a worker thread.

        Raises:
            EnvironmentFault: no process, descriptor or log can be had.
            Survivor: something that the command started can't be ended.
        """
        if any(cancel.requested for cancel in cancels):
            return Exit(None, None, timed_out=False, cancelled=True, seconds=0.0, output_bytes=0, truncated=False)
        started = time.monotonic()
        try:
            log = self._logs.open(command.log)
        except OSError as error:
            raise EnvironmentFault(f"no log for the leaf: {error}") from error
        try:
            end = _run(command, log, cancels, enter)
        finally:
            written, truncated = self._logs.close(log)
        return Exit(end.code, end.signal, end.timed_out, end.cancelled, time.monotonic() - started, written, truncated)


@dataclass(frozen=True, slots=True)
class _End:
    status: int
    timed_out: bool = False
    cancelled: bool = False

    @property
    def code(self) -> int | None:
        return self.status if self.status >= 0 else None

    @property
    def signal(self) -> int | None:
        return -self.status if self.status < 0 else None


def _run(command: Command, log: Log, cancels: Sequence[Cancellation], enter: Enter | None) -> _End:
    with lineage.marked() as mark:
        try:
            process = _spawn(command, log.output, mark, enter)
        except OSError as error:
            return _End(_not_started(command, error, log.output))
        finally:
            os.close(log.output)
        leaf = lineage.Leafmark(process.pid, mark, command.env, str(command.cwd))
        with lineage.known(process.pid):
            try:
                return _attend(command, process, cancels)
            finally:
                # Also where waiting was interrupted.
                _end_group(process)
                lineage.end_all(leaf.owns)


def _attend(command: Command, process: "subprocess.Popen[bytes]", cancels: Sequence[Cancellation]) -> _End:
    """Wait for the exit, the deadline or a request to stop; whichever it is, the command has exited afterwards."""
    exited = os.pidfd_open(process.pid)
    try:
        ready = lineage.wait_readable([exited, *(cancel.asked for cancel in cancels)], command.timeout)
        if exited not in ready:
            _signal_group(process, signal.SIGTERM)
            now = [cancel.at_once for cancel in cancels]
            lineage.wait_readable([exited, *now], command.grace)
        status = _end_group(process)
        return _End(status, timed_out=not ready, cancelled=bool(ready) and exited not in ready)
    finally:
        os.close(exited)


def _signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _end_group(process: "subprocess.Popen[bytes]") -> int:
    """Kill what is left of the group and reap its leader; afterwards its number may belong to somebody else."""
    if process.returncode is None:
        _signal_group(process, signal.SIGKILL)
        try:
            return process.wait(lineage.PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise lineage.Survivor(f"process {process.pid} of a leaf does not end") from error
    return process.returncode


def _spawn(command: Command, output: int, mark: int, enter: Enter | None) -> "subprocess.Popen[bytes]":
    if enter is None:
        return _popen(command, output, mark)
    answer: SimpleQueue[subprocess.Popen[bytes] | BaseException] = SimpleQueue()

    def confined() -> None:
        try:
            _confine(enter, command.env)
            answer.put(_popen(command, output, mark))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            answer.put(error)

    threading.Thread(target=confined, name="autonomy-spawn").start()
    started = answer.get()
    if isinstance(started, BaseException):
        raise started
    return started


def _confine(enter: Enter, env: Mapping[str, str]) -> None:
    try:
        enter(env)
    except OSError as error:
        raise EnvironmentFault(f"the leaf can't be isolated: {error}") from error


def _popen(command: Command, output: int, mark: int) -> "subprocess.Popen[bytes]":
    """Raises OSError, or EnvironmentFault where the machine has no process to give after a second of waiting."""
    for attempt in range(SPAWN_TRIES):
        try:
            with lineage.wearing(mark):
                return subprocess.Popen(
                    command.argv,
                    executable=_found(command.argv[0], command.env.get("PATH", "")),
                    stdin=_nothing(),
                    stdout=output,
                    stderr=output,
                    cwd=command.cwd,
                    env=command.env,
                    start_new_session=True,
                )
        except OSError as error:
            if error.errno not in (EAGAIN, ENOMEM):
                raise
            time.sleep(0.03 * 2**attempt)
    raise EnvironmentFault("the machine starts no more processes; lower --max-parallel or the load")


@cache
def _nothing() -> int:
    return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)


@lru_cache(maxsize=64)
def _found(name: str, path: str) -> str | None:
    """Where a program is by the absolute directories in `path`; None where its own directory matters.

    Looked for once: else each child would try all that stands before it in PATH. A program has the same path in every
    slot, or is named by a relative one.
    """
    if "/" in name or not all(directory.startswith("/") for directory in path.split(os.pathsep)):
        return None
    return shutil.which(name, path=path)


def _not_started(command: Command, error: OSError, output: int) -> int:
    if error.filename not in (command.argv[0], _found(command.argv[0], command.env.get("PATH", ""))):
        raise EnvironmentFault(f"cannot start {command.argv[0]!r}: {error}") from error
    reason = f"autonomy: cannot start {command.argv[0]!r}: {error.strerror}\n"
    os.write(output, reason.encode(errors="backslashreplace"))
    return NOT_FOUND if error.errno == ENOENT else NOT_EXECUTABLE
