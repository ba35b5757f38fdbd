"""The work of a leaf as a user's command: lease a slot, run, collect, check the scope, judge, store, record."""

import itertools
import json
import os
import shlex
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

from autonomy import template
from autonomy.candidates import Verdict
from autonomy.errors import AutonomyError
from autonomy.journal.events import Ended, Started
from autonomy.journal.file import Journal
from autonomy.journal.runs import RunDirectory
from autonomy.model import Outcome, Patch, Status, Subplan
from autonomy.process import Cancellation, Command, Exit, Supervisor
from autonomy.protocols import Slot, Workspace


class Scope(StrEnum):
    """What happens to a leaf that changes files which are not its own."""

    ENFORCE = "enforce"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Orders:
    """What is asked of every leaf. Times are in seconds."""

    command: tuple[str, ...]
    shell: bool = False
    timeout: float | None = None
    grace: float = 2.0
    passed: tuple[str, ...] = ()
    """Names of variables that the command may see."""
    scope: Scope = Scope.ENFORCE
    allow: tuple[str, ...] = ()
    """Further paths that any leaf may change, in gitignore syntax."""
    validators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """The workbench of a run: what all its leaves share."""

    run: RunDirectory
    journal: Journal
    workspace: Workspace
    supervisor: Supervisor
    cancellation: Cancellation
    scratch: Path
    """Outside of the repository: file lists, briefs, and a directory per attempt."""
    leases: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt: how it ended and, where it got so far, what it changed."""

    status: Status
    error: str = ""
    kind: str = ""
    """`exit`, `signal`, `timeout`, `scope`, `validator`, `cancelled`, `machinery`: what `failures` calls its class."""
    patch: Patch = ()
    violations: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    exit: Exit | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """An attempt's place in the journal, and where its log goes."""

    number: int
    leaf: Subplan
    attempt: int
    candidate: int = 1

    @property
    def log(self) -> str:
        return f"{self.leaf.slug}.{self.number}.log"


class LeafWork:
    """A worker for the engine: each call is one attempt at a leaf, from its slot to its record."""

    def __init__(self, orders: Orders, bench: Bench) -> None:
        self.orders, self.bench = orders, bench
        self._allowed = _matcher(orders.allow)
        # Attempts of a run that is resumed go on counting.
        self._earlier = {
            leaf: max(each.started.attempt for each in past.attempts)
            for leaf, past in bench.journal.run.leaves.items()
            if past.attempts
        }

    def __call__(self, leaf: Subplan, attempt: int) -> Outcome:
        lease = self.open(leaf, attempt)
        began = time.monotonic()
        tried = self.attempt(lease)
        self.close(lease, tried, time.monotonic() - began)
        return Outcome(leaf.id, tried.status, attempt, error=tried.error, value=lease.number)

    def open(self, leaf: Subplan, attempt: int, candidate: int = 1) -> Lease:
        """Record that an attempt is about to start."""
        number = attempt + self._earlier.get(leaf.id, 0)
        lease = Lease(next(self.bench.leases), leaf, number, candidate)
        self.bench.journal.append(
            Started(leaf=leaf.id, attempt=number, candidate=candidate, lease=lease.number, at=time.time())
        )
        return lease

    def close(self, lease: Lease, tried: Tried, seconds: float) -> None:
        """Store what the attempt changed, then record how it ended: in this order, so that no record is empty."""
        result = self.bench.run.results.put(tried.patch) if tried.patch else None
        end = tried.exit
        self.bench.journal.append(
            Ended(
                leaf=lease.leaf.id, lease=lease.number, status=tried.status, at=time.time(), seconds=seconds,
                exit_code=end.code if end else None, signal=end.signal if end else None, log=f"logs/{lease.log}",
                result=result, error=tried.error, error_class=tried.kind,
                changed_files=tuple(change.path for change in tried.patch), scope_violations=tried.violations,
                verdicts=tuple(as_json(verdict) for verdict in tried.verdicts),
            )
        )  # fmt: skip

    def attempt(
        self,
        lease: Lease,
        feedback: str | None = None,
        start: Patch = (),
        cancels: Sequence[Cancellation] = (),
    ) -> Tried:
        """Run the command in a slot that holds the base and `start`; what breaks on the way becomes the answer."""
        home = self.bench.scratch / "work" / str(lease.number)
        try:
            for name in ("out", "tmp"):
                (home / name).mkdir(parents=True)
            with self.bench.workspace.lease(lease.leaf) as slot:
                if start:
                    slot.apply(start)
                call = self._call(lease, slot, home, feedback)
                tried = self._run(call, slot, lease, cancels)
                if tried.status is Status.SUCCEEDED:
                    tried = self._judged(tried, call, slot, lease)
            self._keep_out(home / "out", lease)
        except (AutonomyError, OSError) as error:
            return Tried(Status.ERROR, _one_line(error), "machinery")
        finally:
            shutil.rmtree(home, ignore_errors=True)
        return tried

    def _call(self, lease: Lease, slot: Slot, home: Path, feedback: str | None) -> template.Call:
        return template.Call(
            run_id=self.bench.run.id, leaf=lease.leaf, slot=slot.path, out=home / "out", tmp=home / "tmp",
            files_from=self.bench.scratch / "files" / lease.leaf.id,
            brief=self.bench.scratch / "briefs" / f"{lease.leaf.slug}.md",
            attempt=lease.attempt, candidate=lease.candidate, feedback=feedback,
        )  # fmt: skip

    def _run(self, call: template.Call, slot: Slot, lease: Lease, cancels: Sequence[Cancellation]) -> Tried:
        orders = self.orders
        env = template.environment(call, orders.passed, os.environ)
        argv = template.arguments(orders.command, call, env, shell=orders.shell).argv
        log = self.bench.run.logs / lease.log
        command = Command(argv, slot.path, env, log, orders.timeout, orders.grace)
        end = self.bench.supervisor.supervise(command, (self.bench.cancellation, *cancels), slot.enter)
        status, error, kind = ended_as(end, orders.timeout)
        patch = slot.collect()
        violations = self._violations(lease.leaf, patch)
        if violations and status is Status.SUCCEEDED and orders.scope is Scope.ENFORCE:
            status, kind = Status.FAILED, "scope"
            error = f"changed {len(violations)} files that are not its own: {', '.join(violations[:4])}"
        return Tried(status, error, kind, patch, violations, (), end)

    def _violations(self, leaf: Subplan, patch: Patch) -> tuple[str, ...]:
        if self.orders.scope is Scope.OFF:
            return ()
        own = frozenset(leaf.files)
        return tuple(change.path for change in patch if change.path not in own and not self._allowed(change.path))

    def _judged(self, tried: Tried, call: template.Call, slot: Slot, lease: Lease) -> Tried:
        """Ask the validators, in the order in which they were given, until one says no. The patch is taken already."""
        verdicts: list[Verdict] = []
        for number, line in enumerate(self.orders.validators, 1):
            env = template.environment(call, self.orders.passed, os.environ)
            argv = template.arguments(shlex.split(line), call, env).argv
            log = self.bench.run.logs / f"{lease.log.removesuffix('.log')}.validate{number}.log"
            command = Command(argv, slot.path, env, log, self.orders.timeout, self.orders.grace)
            end = self.bench.supervisor.supervise(command, (self.bench.cancellation,), slot.enter)
            status, error, _ = ended_as(end, self.orders.timeout)
            passed = status is Status.SUCCEEDED
            evidence = {"exit_code": end.code, "log": f"logs/{log.name}", "command": line}
            verdicts.append(Verdict(passed, "" if passed else "validator_failed", error, evidence))
            if status is Status.CANCELLED:
                return Tried(status, error, "cancelled", tried.patch, tried.violations, tuple(verdicts), tried.exit)
            if not passed:
                said = f"validator {line!r}: {error}"
                return Tried(
                    Status.FAILED, said, "validator", tried.patch, tried.violations, tuple(verdicts), tried.exit
                )
        return Tried(tried.status, tried.error, tried.kind, tried.patch, tried.violations, tuple(verdicts), tried.exit)

    def _keep_out(self, out: Path, lease: Lease) -> None:
        """What the command left in AUTONOMY_OUT stays with the run."""
        if any(out.iterdir()):
            kept = self.bench.run.path / "out" / lease.log.removesuffix(".log")
            kept.parent.mkdir(exist_ok=True)
            shutil.rmtree(kept, ignore_errors=True)
            shutil.move(out, kept)


def _matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    if not globs:
        return lambda _path: False
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(globs).match_file


def ended_as(end: Exit, timeout: float | None) -> tuple[Status, str, str]:
    """What an exit means: its status, what to tell, and the class of the failure."""
    if end.cancelled:
        return Status.CANCELLED, "cancelled", "cancelled"
    if end.timed_out:
        return Status.TIMED_OUT, f"timed out after {timeout:g} s", "timeout"
    if end.signal is not None:
        return Status.FAILED, f"killed by signal {end.signal}", "signal"
    if end.code:
        return Status.FAILED, f"exit code {end.code}", "exit"
    return Status.SUCCEEDED, "", ""


def as_json(verdict: Verdict) -> JsonValue:
    fields: dict[str, object] = {"passed": verdict.passed, "reason": verdict.reason, "message": verdict.message}
    answer: JsonValue = json.loads(json.dumps({**fields, **verdict.evidence}, default=str))
    return answer


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def prepare(scratch: Path, leaves: Sequence[Subplan]) -> None:
    """Write the file list of each leaf, where its command finds it."""
    (scratch / "files").mkdir(parents=True, exist_ok=True)
    for leaf in leaves:
        (scratch / "files" / leaf.id).write_bytes(template.file_list(leaf))
