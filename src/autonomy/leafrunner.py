"""One leaf's commands where they run: lease a slot, run, collect, check the scope, judge, measure. No journal here."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from autonomy import profiling, template
from autonomy.candidates import Verdict
from autonomy.errors import AutonomyError, Cancelled, Unsuited
from autonomy.judging import Caller, Judgement, Judgements, children_cpu, judge, tail
from autonomy.model import Patch, Status, Subplan
from autonomy.process import Cancellation, Exit, Supervisor
from autonomy.protocols import Slot, Workspace
from autonomy.searching.gate import NO_TESTS, Tests
from autonomy.workspace.rooms import Room, Rooms

NO_PROFILE = "the benchmark starts no Python that reads PYTHONPATH; there is no profile\n"


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
    tests: Tests = NO_TESTS
    pending: bool = False
    """True: the same patch is being judged for another attempt."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an attempt is told beside its leaf."""

    feedback: str | None = None
    """What the validators said of the attempts before, as JSON."""
    appendix: str = ""
    """The same for people and language models: it stands at the end of the leaf's brief."""
    start: Patch = ()
    """The candidate that it starts from."""
    cancels: tuple[Cancellation, ...] = ()
    """What stops this attempt, beside what stops the run."""
    known: Judgements | None = None
    command: tuple[str, ...] = ()
    """In place of the run's command, where a strategy asks a dearer one."""


NOTHING_TOLD = Told()


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


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of a benchmark: how it ended, what to tell of it, its processor seconds, the SHA-256 of its output."""

    status: Status
    told: str = ""
    code: int | None = None
    seconds: float = 0.0
    output: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the commands of a run run: what all its leaves share on one machine."""

    run_id: str
    home: Path
    """Logs go to `logs/` in it, which exists, and what commands leave in AUTONOMY_OUT to `out/`."""
    workspace: Workspace
    supervisor: Supervisor
    cancellation: Cancellation
    rooms: Rooms
    briefs: Callable[[str], bytes]
    """A leaf's slug -> its brief; empty where there is none."""
    worker: str = ""
    """What the machine is called in a cluster."""


class Runner(Protocol):
    """Runs what a leaf needs, here or elsewhere. What breaks on the way is the answer; nothing is raised for it."""

    def attempt(self, lease: Lease, told: Told = NOTHING_TOLD) -> Tried:
        """Run the command in a slot that holds the base and `told.start`."""
        ...

    def judge(self, lease: Lease, tried: Tried, told: Told = NOTHING_TOLD) -> Tried:
        """Ask the validators in a slot that holds the base and the patch of `tried`, without running the command."""
        ...

    def measure(self, lease: Lease, patch: Patch, words: Sequence[str], log: str) -> Measurement:
        """One run of a benchmark in a slot that is leased and filled anew for it.

        Raises:
            EnvironmentFault: no slot can be had.
        """
        ...

    def profile(self, lease: Lease, patch: Patch, words: Sequence[str], log: str) -> None:
        """Run a benchmark once more and write its line profile to `log`."""
        ...


class LeafRunner:
    """Runs the commands of leaves on this machine."""

    def __init__(self, orders: Orders, desk: Desk) -> None:
        self.orders, self.desk = orders, desk
        self.caller = Caller(
            desk.supervisor, desk.cancellation, desk.home / "logs", template.inherited(orders.passed, os.environ),
            orders.timeout, orders.grace,
        )  # fmt: skip
        self._allowed = _matcher(orders.allow)

    def attempt(self, lease: Lease, told: Told = NOTHING_TOLD) -> Tried:
        return _answered(lambda: self._attempt(lease, told))

    def judge(self, lease: Lease, tried: Tried, told: Told = NOTHING_TOLD) -> Tried:
        return _answered(lambda: self._judge(lease, tried, told))

    def measure(self, lease: Lease, patch: Patch, words: Sequence[str], log: str) -> Measurement:
        with self._place(lease, patch) as (slot, call):
            before = children_cpu()
            end = self.caller.run(words, call, slot, log)
            seconds = children_cpu() - before
        status, told, _ = self.caller.ended_as(end)
        path = self.caller.logs / log
        if status is not Status.SUCCEEDED:
            return Measurement(status, f"{told}\n{tail(path)}".rstrip(), end.code)
        output = sha256(path.read_bytes()).hexdigest()
        path.unlink()
        return Measurement(status, seconds=seconds, output=output)

    def profile(self, lease: Lease, patch: Patch, words: Sequence[str], log: str) -> None:
        with self._place(lease, patch) as (slot, call):
            self.caller.run(words, call, slot, log, profile=call.tmp)
            found = profiling.collect(call.tmp)
        (self.caller.logs / log).write_text(found or NO_PROFILE)

    @contextmanager
    def _place(
        self, lease: Lease, patch: Patch = (), told: Told = NOTHING_TOLD
    ) -> Iterator[tuple[Slot, template.Call]]:
        """A slot that holds the base and `patch`, and what a command there is told.

        Raises:
            EnvironmentFault: no slot can be had.
        """
        files, brief = template.file_list(lease.leaf), self.desk.briefs(lease.leaf.slug)
        if told.appendix:
            brief += b"\n" + told.appendix.encode("utf-8", "replace")
        with (
            self.desk.rooms.lease(files, brief, partial(self._keep_out, lease)) as room,
            self.desk.workspace.lease(lease.leaf) as slot,
        ):
            if patch:
                slot.apply(patch)
            yield slot, self._call(lease, slot, room, told)

    def _attempt(self, lease: Lease, told: Told) -> Tried:
        try:
            return self._once(lease, told)
        except Unsuited:
            return self._once(lease, told)

    def _once(self, lease: Lease, told: Told) -> Tried:
        with self._place(lease, told.start, told) as (slot, call):
            tried = self._run(call, slot, lease, told)
            return self._judged(tried, call, slot, lease, told) if tried.status is Status.SUCCEEDED else tried

    def _judge(self, lease: Lease, tried: Tried, told: Told) -> Tried:
        with self._place(lease, tried.patch) as (slot, call):
            return self._judged(tried, call, slot, lease, told)

    def _call(self, lease: Lease, slot: Slot, room: Room, told: Told) -> template.Call:
        return template.Call(
            run_id=self.desk.run_id, leaf=lease.leaf, slot=slot.path, out=room.out, tmp=room.tmp,
            files_from=room.files, brief=room.brief,
            attempt=lease.attempt, candidate=lease.candidate, feedback=told.feedback, worker=self.desk.worker,
        )  # fmt: skip

    def _run(self, call: template.Call, slot: Slot, lease: Lease, told: Told) -> Tried:
        orders = self.orders
        words, shell = (told.command, False) if told.command else (orders.command, orders.shell)
        end = self.caller.run(words, call, slot, lease.log, told.cancels, shell=shell)
        status, error, kind = self.caller.ended_as(end)
        if status is Status.FAILED and (why := slot.unsuited(self.caller.logs / lease.log)):
            raise Unsuited(why)
        patch = slot.collect()
        violations = self._violations(lease.leaf, patch)
        if violations and status is Status.SUCCEEDED and orders.scope is Scope.ENFORCE:
            status, kind = Status.FAILED, "scope"
            more = f" and {len(violations) - 4} more" if len(violations) > 4 else ""
            error = f"changed outside of its own files: {', '.join(violations[:4])}{more}"
        return Tried(status, error, kind, patch, violations, exit=end)

    def _violations(self, leaf: Subplan, patch: Patch) -> tuple[str, ...]:
        if self.orders.scope is Scope.OFF:
            return ()
        own = frozenset(leaf.files)
        return tuple(change.path for change in patch if change.path not in own and not self._allowed(change.path))

    def _judged(self, tried: Tried, call: template.Call, slot: Slot, lease: Lease, told: Told) -> Tried:
        """Ask the validators, once per patch. The patch is taken already, so they leave the candidate as it was."""
        if not self.orders.validators and told.known is None:
            return tried
        if told.known is not None and not told.known.claim(tried.patch):
            return replace(tried, pending=True)
        found: Judgement | None = None
        try:
            stem = lease.log.removesuffix(".log")
            found = judge(self.caller, self.orders.validators, call, slot, stem, told.cancels)
        except Cancelled as error:
            return replace(tried, status=Status.CANCELLED, error=_one_line(error), kind="cancelled")
        finally:
            if told.known is not None:
                told.known.settle(tried.patch, found)
        return judged_as(tried, found)

    def _keep_out(self, lease: Lease, out: Path) -> None:
        """What the command left in AUTONOMY_OUT stays with the run."""
        kept = self.desk.home / "out" / lease.log.removesuffix(".log")
        kept.parent.mkdir(exist_ok=True)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.move(out, kept)


def _matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    if not globs:
        return lambda _path: False
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(globs).match_file


def _answered(work: Callable[[], Tried]) -> Tried:
    try:
        return work()
    except (AutonomyError, OSError) as error:
        return Tried(Status.ERROR, _one_line(error), "machinery")


def judged_as(tried: Tried, found: Judgement) -> Tried:
    """The attempt with what the validators said of it."""
    tried = replace(tried, verdicts=found.verdicts, tests=found.tests, pending=False)
    return tried if found.passed else replace(tried, status=Status.FAILED, error=found.error, kind="validator")


def as_json(verdict: Verdict) -> JsonValue:
    fields: dict[str, object] = {"passed": verdict.passed, "reason": verdict.reason, "message": verdict.message}
    answer: JsonValue = json.loads(json.dumps({**verdict.evidence, **fields}, default=str))
    return answer


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
