"""Commands of the user in a slot: the leaf's own, the validators that judge what it left, the benchmark."""

import resource
import shlex
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from autonomy import profiling, template
from autonomy.candidates import Rejected, Rejection, Verdict
from autonomy.errors import Cancelled
from autonomy.model import Patch, Status
from autonomy.process import NOT_EXECUTABLE, NOT_FOUND, Cancellation, Command, Exit, Supervisor
from autonomy.protocols import Slot
from autonomy.searching.gate import MAX_REPORT_BYTES, NO_TESTS, Tests, read_junit

OUTPUT_BYTES = 4096
"""The end of a validator's output that stands in its verdict, for the next attempt."""
MAX_TESTS = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """How commands of a run are called. Times are in seconds."""

    supervisor: Supervisor
    cancellation: Cancellation
    logs: Path
    inherited: Mapping[str, str]
    """What a command sees of the program's own environment."""
    timeout: float | None = None
    grace: float = 2.0

    def run(  # noqa: PLR0913  # a command has many sides
        self,
        words: Sequence[str],
        call: template.Call,
        slot: Slot,
        log: str,
        cancels: Sequence[Cancellation] = (),
        *,
        shell: bool = False,
        profile: Path | None = None,
    ) -> Exit:
        """Run a command to its end in `slot`, told what `call` says; its output goes to the file `log` of the run.

        With `profile`, an existing directory, every Python that it starts leaves a profile there.
        """
        env = template.environment(call, self.inherited)
        if profile is not None:
            env = profiling.environment(env, profile)
        argv = template.arguments(words, call, env, shell=shell).argv
        command = Command(argv, slot.path, env, self.logs / log, self.timeout, self.grace)
        return self.supervisor.supervise(command, (self.cancellation, *cancels), slot.enter)

    def ended_as(self, end: Exit) -> tuple[Status, str, str]:
        """What an exit means: its status, what to tell, and the class of the failure."""
        if end.cancelled:
            return Status.CANCELLED, "cancelled", "cancelled"
        if end.timed_out:
            return Status.TIMED_OUT, f"timed out after {self.timeout:g} s", "timeout"
        if end.signal is not None:
            return Status.FAILED, f"killed by signal {end.signal}", "signal"
        if end.code:
            return Status.FAILED, f"exit code {end.code}{_SHELLS_WORD.get(end.code, '')}", "exit"
        return Status.SUCCEEDED, "", ""


_SHELLS_WORD = {NOT_FOUND: " (a command was not found)", NOT_EXECUTABLE: " (a command could not be run)"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the validators said, in the order in which they were given, and the tests that they reported."""

    verdicts: tuple[Verdict, ...] = ()
    tests: Tests = NO_TESTS

    @property
    def passed(self) -> bool:
        return all(self.verdicts)

    @property
    def error(self) -> str:
        """The first complaint, in a line; empty where there is none."""
        failed = [verdict.evidence for verdict in self.verdicts if not verdict.passed]
        return f"validator {failed[0]['command']!r}: {failed[0]['end']}" if failed else ""


class Judgements:
    """What validators said of patches, so that equal candidates of a leaf are judged once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[Patch, Future[Judgement | None]] = {}

    def claim(self, patch: Patch) -> bool:
        """Whether the caller must judge it, and then settle it; False: somebody has, or is about to."""
        with self._lock:
            if patch in self._found:
                return False
            self._found[patch] = Future()
            return True

    def settle(self, patch: Patch, found: Judgement | None) -> None:
        """Tell all that wait. None: the judgement was broken off, so the next one to ask must judge it."""
        with self._lock:
            future = self._found[patch] if found else self._found.pop(patch)
        future.set_result(found)

    def wait(self, patch: Patch) -> Judgement | None:
        """What was said of a patch that somebody else has claimed; None where it was broken off."""
        with self._lock:
            future = self._found.get(patch)
        return future.result() if future else None


def judge(
    caller: Caller,
    validators: Sequence[str],
    call: template.Call,
    slot: Slot,
    stem: str,
    cancels: Sequence[Cancellation] = (),
) -> Judgement:
    """Ask the validators until one says no. Logs are called `stem.validateN.log`.

    A validator that writes JUnit XML below `AUTONOMY_OUT` has its failing tests named in its verdict.

    Raises:
        Cancelled: the run, or this attempt, was told to stop.
    """
    verdicts: list[Verdict] = []
    tests = NO_TESTS
    for number, line in enumerate(validators, 1):
        before = _reports(call.out)
        log = f"{stem}.validate{number}.log"
        end = caller.run(shlex.split(line), call, slot, log, cancels)
        found = _tests([path for path, stamp in _reports(call.out).items() if before.get(path) != stamp])
        tests += found
        verdicts.append(_verdict(caller, line, end, log, found))
        if not verdicts[-1]:
            break
    return Judgement(tuple(verdicts), tests)


def _verdict(caller: Caller, line: str, end: Exit, log: str, tests: Tests) -> Verdict:
    status, told, _ = caller.ended_as(end)
    if status is Status.CANCELLED:
        raise Cancelled("the validator was told to stop")
    evidence: dict[str, object] = {"command": line, "exit_code": end.code, "log": f"logs/{log}", "end": told}
    if tests.seen:
        evidence["tests"] = tests.failed()[:MAX_TESTS]
    if status is Status.SUCCEEDED:
        return Verdict(True, evidence=evidence)
    reason = Rejection.TIMED_OUT if status is Status.TIMED_OUT else Rejection.VALIDATOR_FAILED
    output = tail(caller.logs / log)
    return Verdict(False, reason, f"`{line}`: {told}\n{output}".rstrip(), evidence)


def _reports(out: Path) -> dict[Path, tuple[int, int]]:
    """What may be JUnit reports: their times and sizes."""
    found: dict[Path, tuple[int, int]] = {}
    for path in sorted(out.rglob("*.xml")):
        about = path.lstat()
        if S_ISREG(about.st_mode) and about.st_size <= MAX_REPORT_BYTES:
            found[path] = (about.st_mtime_ns, about.st_size)
    return found


def _tests(paths: Sequence[Path]) -> Tests:
    """The tests of those that are reports; of what is none, nothing can be said."""
    tests = NO_TESTS
    for path in paths:
        with suppress(Rejected):
            tests += read_junit([path.read_bytes()])
    return tests


def tail(path: Path) -> str:
    """The last `OUTPUT_BYTES` of a log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - OUTPUT_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def children_cpu() -> float:
    """Processor seconds of all children that have ended. Where one runs at a time, the difference is that one's."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
