"""The work of a leaf as a user's command: lease a slot, run, collect, check the scope, judge, store, record."""

import itertools
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

from autonomy import template
from autonomy.candidates import Verdict
from autonomy.errors import AutonomyError, Cancelled, Unsuited
from autonomy.journal.events import Ended, Started
from autonomy.journal.file import Journal
from autonomy.journal.runs import RunDirectory
from autonomy.judging import Caller, Judgement, Judgements, judge
from autonomy.model import Outcome, Patch, Status, Subplan
from autonomy.process import Cancellation, Exit, Supervisor
from autonomy.protocols import Slot, Workspace
from autonomy.searching.gate import NO_TESTS, Tests
from autonomy.workspace.removal import remove_tree


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


class LeafWork:
    """A worker for the engine: each call is one attempt at a leaf, from its slot to its record."""

    def __init__(self, orders: Orders, bench: Bench) -> None:
        self.orders, self.bench = orders, bench
        self.caller = Caller(
            bench.supervisor, bench.cancellation, bench.run.logs, orders.passed, orders.timeout, orders.grace
        )
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

    def attempt(self, lease: Lease, told: Told = NOTHING_TOLD) -> Tried:
        """Run the command in a slot that holds the base and `told.start`; what breaks on the way is the answer."""
        return _answered(lambda: self._attempt(lease, told))

    def judge(self, lease: Lease, tried: Tried, told: Told = NOTHING_TOLD) -> Tried:
        """Ask the validators in a slot that holds the base and the patch of `tried`, without running the command."""
        return _answered(lambda: self._judge(lease, tried, told))

    @contextmanager
    def place(self, lease: Lease, patch: Patch = (), told: Told = NOTHING_TOLD) -> Iterator[tuple[Slot, template.Call]]:
        """A slot that holds the base and `patch`, and what a command there is told.

        Raises:
            EnvironmentFault: no slot can be had.
        """
        home = self.bench.scratch / "work" / str(lease.number)
        try:
            for name in ("out", "tmp"):
                (home / name).mkdir(parents=True)
            with self.bench.workspace.lease(lease.leaf) as slot:
                if patch:
                    slot.apply(patch)
                yield slot, self._call(lease, slot, home, told)
            self._keep_out(home / "out", lease)
        finally:
            with suppress(OSError):
                remove_tree(home)

    def _attempt(self, lease: Lease, told: Told) -> Tried:
        try:
            return self._once(lease, told)
        except Unsuited:
            return self._once(lease, told)

    def _once(self, lease: Lease, told: Told) -> Tried:
        with self.place(lease, told.start, told) as (slot, call):
            tried = self._run(call, slot, lease, told)
            return self._judged(tried, call, slot, lease, told) if tried.status is Status.SUCCEEDED else tried

    def _judge(self, lease: Lease, tried: Tried, told: Told) -> Tried:
        with self.place(lease, tried.patch) as (slot, call):
            return self._judged(tried, call, slot, lease, told)

    def _call(self, lease: Lease, slot: Slot, home: Path, told: Told) -> template.Call:
        brief = self.bench.scratch / "briefs" / f"{lease.leaf.slug}.md"
        if told.appendix:
            text = brief.read_bytes() if brief.exists() else b""
            brief = home / "brief.md"
            brief.write_bytes(text + b"\n" + told.appendix.encode("utf-8", "replace"))
        return template.Call(
            run_id=self.bench.run.id, leaf=lease.leaf, slot=slot.path, out=home / "out", tmp=home / "tmp",
            files_from=self.bench.scratch / "files" / lease.leaf.id, brief=brief,
            attempt=lease.attempt, candidate=lease.candidate, feedback=told.feedback,
        )  # fmt: skip

    def _run(self, call: template.Call, slot: Slot, lease: Lease, told: Told) -> Tried:
        orders = self.orders
        words, shell = (told.command, False) if told.command else (orders.command, orders.shell)
        end = self.caller.run(words, call, slot, lease.log, told.cancels, shell=shell)
        status, error, kind = self.caller.ended_as(end)
        if status is Status.FAILED and (why := slot.unsuited(self.bench.run.logs / lease.log)):
            raise Unsuited(why)
        patch = slot.collect()
        violations = self._violations(lease.leaf, patch)
        if violations and status is Status.SUCCEEDED and orders.scope is Scope.ENFORCE:
            status, kind = Status.FAILED, "scope"
            error = f"changed {len(violations)} files that are not its own: {', '.join(violations[:4])}"
        return Tried(status, error, kind, patch, violations, exit=end)

    def _violations(self, leaf: Subplan, patch: Patch) -> tuple[str, ...]:
        if self.orders.scope is Scope.OFF:
            return ()
        own = frozenset(leaf.files)
        return tuple(change.path for change in patch if change.path not in own and not self._allowed(change.path))

    def _judged(self, tried: Tried, call: template.Call, slot: Slot, lease: Lease, told: Told) -> Tried:
        """Ask the validators, once per patch. The patch is taken already, so they leave the candidate as it was."""
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


def prepare(scratch: Path, leaves: Sequence[Subplan]) -> None:
    """Write the file list of each leaf, where its command finds it."""
    (scratch / "files").mkdir(parents=True, exist_ok=True)
    for leaf in leaves:
        (scratch / "files" / leaf.id).write_bytes(template.file_list(leaf))
