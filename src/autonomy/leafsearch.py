"""The work of a leaf as a search: several candidates within budgets, each judged where it was made, measured alone."""

import json
import shlex
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import cast

from pydantic import JsonValue

from autonomy import template
from autonomy.candidates import (
    Attempt,
    Budget,
    Iteration,
    OnError,
    Rejected,
    Rejection,
    SearchResult,
    Select,
    StopReason,
    Verdict,
)
from autonomy.errors import AutonomyError, Busy, Cancelled, EnvironmentFault, UsageError
from autonomy.journal.events import Measured
from autonomy.judging import Judgements, tail
from autonomy.leafrunner import Lease, Told, Tried, as_json, judged_as
from autonomy.leafwork import LeafWork
from autonomy.loading import load
from autonomy.model import Change, Outcome, Patch, Status, Subplan, SubplanId
from autonomy.process import Cancellation
from autonomy.searching import gate
from autonomy.searching.complaints import as_json as feedback_of
from autonomy.searching.complaints import as_markdown
from autonomy.searching.contest import Sample, Trial
from autonomy.searching.gate import Tests, same_tests
from autonomy.searching.lanes import Bound
from autonomy.searching.search import Surroundings, search

TRY_AGAIN = 75
"""The exit code by which a command says that its backend is busy (EX_TEMPFAIL of sysexits.h)."""
BUSY = "busy"
ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Quest:
    """How candidates of a leaf are searched; see `search` for the terms."""

    loop: int = 1
    concurrency: int = 1
    select: str = Select.FIRST
    deterministic: bool = False
    strategy: str = "repair"
    on_error: str = OnError.RAISE
    bench: str = ""
    """The benchmark, a command line; measured in processor time."""
    threshold: float = 0.05
    same_output: bool = False
    escalate: str = ""
    """The dearer command, a command line, for strategies that escalate."""
    profile: bool = False
    """Profile the benchmark of the winner."""

    @property
    def budget(self) -> Budget:
        return Budget(self.loop, self.concurrency)

    @property
    def is_plain(self) -> bool:
        """One attempt and nothing to choose."""
        return self.budget.worst_case == 1 and self.select == Select.FIRST


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an attempt's command left. Equal ones need one judgement."""

    patch: Patch
    status: Status
    tried: Tried = field(compare=False)
    lease: Lease = field(compare=False)


class SearchWork:
    """A worker for the engine: each call is one search for one leaf. `bound` holds all commands of the run."""

    def __init__(self, work: LeafWork, quest: Quest, bound: Bound) -> None:
        self.work, self.quest, self.bound = work, quest, bound
        self._announced: dict[tuple[SubplanId, int], Lease] = {}

    def announce(self, leaf: Subplan, attempt: int) -> None:
        """Note that a leaf is about to start; what is tried later within its search is recorded then."""
        if self.quest.is_plain:
            self._announced[leaf.id, attempt] = self.work.announce(leaf, attempt)

    def __call__(self, leaf: Subplan, attempt: int) -> Outcome:
        search = _LeafSearch(self, leaf, attempt)
        return search.run_plainly(self._announced.pop((leaf.id, attempt))) if self.quest.is_plain else search.run()


class _LeafSearch:
    """One leaf's search: its proposer, its judge, its benchmark and its hook."""

    def __init__(self, shared: SearchWork, leaf: Subplan, attempt: int) -> None:
        self.work, self.quest, self.bound = shared.work, shared.quest, shared.bound
        self.leaf, self._attempt = leaf, attempt
        self._busy = ""
        self._known = Judgements()
        self._base: Tests | None = None
        self._asking = threading.Lock()
        self._measured = 0

    def run_plainly(self, lease: Lease) -> Outcome:
        """One attempt, without the machinery of a search unless its backend is busy."""
        began = time.monotonic()
        tried = self._record(lease, began, self.work.runner.attempt(lease), settles=True)
        if tried.kind != BUSY:
            return Outcome(self.leaf.id, tried.status, self._attempt, error=tried.error, value=lease.number)
        self._busy = tried.error
        return self.run()

    def run(self) -> Outcome:
        quest = self.quest
        trial = Trial(self.measure, None, quest.threshold, same_output=quest.same_output) if quest.bench else None
        try:
            result = search(
                self.leaf, self.propose, self.judge, loop_budget=quest.loop, concurrency_budget=quest.concurrency,
                select=quest.select, deterministic=quest.deterministic, repair=quest.strategy, hooks=(self,),
                on_error=quest.on_error, trial=trial, surroundings=Surroundings(self.bound),
            )  # fmt: skip
        except AutonomyError as error:
            return Outcome(self.leaf.id, Status.ERROR, self._attempt, error=str(error))
        return self._outcome(result)

    def propose(self, _leaf: Subplan, iteration: Iteration, complaints: Sequence[Verdict]) -> Candidate:
        if self._busy:
            told, self._busy = self._busy, ""
            raise Busy(told)
        lease = self.work.open(self.leaf, (self._attempt - 1) * self.quest.loop + iteration.step, iteration.chain)
        began = time.monotonic()
        tried = self._record(lease, began, self._try(lease, iteration, complaints))
        if tried.kind == BUSY:
            raise Busy(tried.error)
        if tried.status is Status.CANCELLED:
            if self.work.bench.cancellation.requested:
                self.bound.close()
            raise Cancelled(tried.error)
        if tried.status is Status.ERROR:
            raise EnvironmentFault(tried.error)
        return Candidate(tried.patch, tried.status, tried, lease)

    def _record(self, lease: Lease, began: float, tried: Tried, *, settles: bool = False) -> Tried:
        """Record how an attempt ended. One whose backend is busy has not failed: it is begun again."""
        if tried.exit is not None and tried.exit.code == TRY_AGAIN:
            told = f"the command asks to come again (exit code {TRY_AGAIN})"
            tried = replace(tried, status=Status.CANCELLED, error=told, kind=BUSY, patch=())
        self.work.close(lease, tried, time.monotonic() - began, settles=settles)
        return tried

    def _try(self, lease: Lease, iteration: Iteration, complaints: Sequence[Verdict]) -> Tried:
        start = iteration.start.patch if isinstance(iteration.start, Candidate) else ()
        feedback = feedback_of(complaints) if complaints else None
        with Cancellation() as cancellation, iteration.stop.calling(cancellation.stop):
            dearer = tuple(shlex.split(self.quest.escalate)) if iteration.tier else ()
            told = Told(feedback, as_markdown(complaints), start, (cancellation,), self._known, dearer)
            tried = self.work.runner.attempt(lease, told)
            while tried.pending:
                # The slot is given back; only the place is held while another attempt judges the same patch.
                found = self._known.wait(tried.patch)
                tried = judged_as(tried, found) if found else self.work.runner.judge(lease, tried, told)
        return tried

    def judge(self, candidate: object) -> Sequence[Verdict]:
        """What the validators said in the candidate's own slot and, for the best, whether the base's tests hold."""
        # What is judged is what `propose` gave.
        candidate = cast(Candidate, candidate)
        tried = candidate.tried
        verdicts = [self._of_command(candidate), *tried.verdicts]
        if self.quest.select == Select.BEST and all(verdicts):
            with self._asking:
                base = self._tests_of_base(candidate.lease)
            if base.passed:
                verdicts.append(same_tests(base, tried.tests))
        return verdicts

    def _of_command(self, candidate: Candidate) -> Verdict:
        tried = candidate.tried
        if tried.kind in ("", "validator"):
            return Verdict(True)
        reason = Rejection.TIMED_OUT if tried.status is Status.TIMED_OUT else Rejection.COMMAND_FAILED
        log = candidate.lease.log
        evidence = {"exit_code": tried.exit.code if tried.exit else None, "log": f"logs/{log}", "class": tried.kind}
        return Verdict(False, reason, f"{tried.error}\n{tail(self.work.bench.run.logs / log)}".rstrip(), evidence)

    def _tests_of_base(self, lease: Lease) -> Tests:
        """The tests that the validators report on the untouched base; asked once."""
        if self._base is None:
            found = self.work.runner.judge(replace(lease, number=next(self.work.bench.leases)), Tried(Status.SUCCEEDED))
            if found.status is Status.CANCELLED:
                raise Cancelled(found.error)
            self._base = found.tests
        return self._base

    def measure(self, candidate: object) -> Sample:
        """One run of the benchmark, in a slot that is leased and filled anew for it. Nothing else runs meanwhile."""
        patch = candidate.patch if isinstance(candidate, Candidate) else ()
        self._measured += 1
        lease = Lease(next(self.work.bench.leases), self.leaf, self._attempt)
        log = f"{self.leaf.slug}.bench{self._measured}.log"
        found = self.work.runner.measure(lease, patch, shlex.split(self.quest.bench), log)
        if found.status is Status.CANCELLED:
            raise Cancelled(found.told)
        if found.status is not Status.SUCCEEDED:
            said = f"benchmark: {found.told}"
            if candidate is None:
                raise EnvironmentFault(f"on the untouched base, {said}")
            raise Rejected(Rejection.BENCH_FAILED, said, {"exit_code": found.code, "log": f"logs/{log}"})
        return Sample(found.seconds, found.output)

    def _profile(self, winner: Attempt) -> None:
        """Run the winner's benchmark once more, in a slot of its own; what cannot be profiled is no failure."""
        if not self.quest.profile or not isinstance(winner.candidate, Candidate):
            return
        lease, log = Lease(next(self.work.bench.leases), self.leaf, self._attempt), f"{self.leaf.slug}.profile.log"
        with suppress(AutonomyError, OSError), self.bound.alone():
            self.work.runner.profile(lease, winner.candidate.patch, shlex.split(self.quest.bench), log)

    def end(self, _leaf: Subplan, result: SearchResult) -> None:
        """Record what the selection has added to the attempts."""
        for attempt in result.attempts:
            if isinstance(attempt.candidate, Candidate) and _selected_against(attempt):
                self.work.bench.journal.append(_measured(attempt, attempt.candidate))

    def _outcome(self, result: SearchResult) -> Outcome:
        kept = result.kept.candidate if result.kept else None
        lease = kept.lease.number if isinstance(kept, Candidate) else None
        if result.winner:
            self._profile(result.winner)
            return Outcome(self.leaf.id, Status.SUCCEEDED, self._attempt, value=lease)
        if result.stop_reason is StopReason.CANCELLED:
            return Outcome(self.leaf.id, Status.CANCELLED, self._attempt, error="cancelled")
        status = Status.ERROR if result.stop_reason is StopReason.ERROR else Status.FAILED
        return Outcome(self.leaf.id, status, self._attempt, error=_why(result), value=lease)


def _selected_against(attempt: Attempt) -> bool:
    passed = isinstance(attempt.candidate, Candidate) and attempt.candidate.status is Status.SUCCEEDED
    return attempt.bench is not None or (passed and attempt.status is not Status.SUCCEEDED)


def _measured(attempt: Attempt, candidate: Candidate) -> Measured:
    failed = next((verdict for verdict in attempt.complaints), None)
    bench: JsonValue = json.loads(json.dumps(asdict(attempt.bench))) if attempt.bench else None
    return Measured(
        leaf=candidate.lease.leaf.id, lease=candidate.lease.number, status=attempt.status, at=time.time(), bench=bench,
        verdicts=tuple(as_json(verdict) for verdict in attempt.verdicts[1 + len(candidate.tried.verdicts) :]),
        error=failed.complaint if failed is not None else "", error_class=failed.reason if failed is not None else "",
    )  # fmt: skip


def _why(result: SearchResult) -> str:
    """In a line: how many attempts there were, and what was wrong with the one that is kept."""
    count = len(result.attempts)
    if result.kept is None:
        return f"no attempt of {count} came to an end"
    last = result.kept.complaints[0].complaint.splitlines()[0] if result.kept.complaints else result.kept.rejection
    place = result.kept.iteration
    return f"{count} attempts, none accepted; attempt {place.step} of candidate {place.chain}: {last}"


def check(quest: Quest) -> None:
    """Refuse a quest that can't be run for any leaf.

    Raises:
        UsageError: a budget below 1, a strategy that is not installed, a benchmark and a selection that don't fit.
    """
    quest.budget.worst_case  # noqa: B018  # a budget checks itself
    load("strategies", quest.strategy)
    if (quest.select == Select.BEST) != bool(quest.bench):
        raise UsageError("--select best and --bench CMD go together: the best is what is measured")
    if quest.profile and not quest.bench:
        raise UsageError("--profile winner needs --bench CMD: that is what is profiled")
    if (quest.strategy == ESCALATE) != bool(quest.escalate):
        raise UsageError("--escalate CMD and --repair escalate go together: one is the dearer command of the other")
    for option, line in (("--bench", quest.bench), ("--escalate", quest.escalate)):
        try:
            template.check(shlex.split(line or "true"))
        except ValueError as error:
            raise UsageError(f"{option} {line!r}: {error}") from None


def prove_gate(work: LeafWork, leaves: Sequence[Subplan]) -> None:
    """Show, once a run, that the validators pass the untouched base and fail when all files of `leaves` are empty.

    Raises:
        UsageError: they can't tell good from bad.
    """
    broken = tuple(Change(path, 0o100644, b"") for leaf in leaves for path in leaf.files)

    def judge(patch: object) -> Sequence[Verdict]:
        lease = Lease(next(work.bench.leases), leaves[0], 1)
        tried = work.runner.judge(lease, Tried(Status.SUCCEEDED, patch=broken if patch else ()))
        if tried.status is Status.CANCELLED:
            raise Cancelled(tried.error)
        if tried.status is Status.ERROR:
            raise EnvironmentFault(tried.error)
        return tried.verdicts or (Verdict(True),)

    gate.prove(judge, (), broken)
