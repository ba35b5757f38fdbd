"""The one loop that waits: fill the capacity, wait, settle, record. It decides nothing and runs nothing itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autonomy.errors import UsageError
from autonomy.model import Outcome, Status, SubplanId
from autonomy.protocols import Executor, Worker
from autonomy.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Started:
    """A leaf is about to start; `running` counts it."""

    leaf: SubplanId
    attempt: int
    running: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An attempt has ended, or a leaf was skipped or cancelled; `running` no longer counts it."""

    outcome: Outcome
    running: int


Event = Started | Settled
Record = Callable[[Event], None]
Halt = Callable[[Sequence[Outcome]], str]
"""What has just settled -> why nothing more may start, or an empty string; asked once before the first start too."""


def go_on(_settled: Sequence[Outcome]) -> str:
    """Never halt."""
    return ""


def fail_fast(settled: Sequence[Outcome]) -> str:
    """Halt at the first leaf that did not succeed."""
    failed = any(outcome.status is not Status.SUCCEEDED for outcome in settled)
    return "stopped at the first failure (--fail-fast)" if failed else ""


def halt_policy(rule: str, leaves: int) -> Halt:
    """`fail=N` stops at the N-th failed leaf, `fail=N%` once that share of all leaves has failed, not before.

    Raises:
        UsageError: it is neither.
    """
    if not rule:
        return go_on
    number = rule.removeprefix("fail=").removesuffix("%")
    if not rule.startswith("fail=") or not number.isdigit() or int(number) < 1:
        raise UsageError(f"--halt {rule}: expected fail=N or fail=N%, N from 1 on")
    most = max(1, -(-leaves * int(number) // 100)) if rule.endswith("%") else int(number)
    failed = 0

    def halt(settled: Sequence[Outcome]) -> str:
        nonlocal failed
        failed += sum(each.status in (Status.FAILED, Status.TIMED_OUT, Status.ERROR) for each in settled)
        return f"stopped after {failed} failures (--halt {rule})" if failed >= most else ""

    return halt


@dataclass(frozen=True, slots=True)
class Ran:
    """Every outcome, ordered by (leaf in plan order, attempt), and how many leaves were in flight at most."""

    outcomes: tuple[Outcome, ...]
    peak_parallel: int


def run(schedule: Schedule, executor: Executor, work: Worker, record: Record, halt: Halt = go_on) -> Ran:
    """Run every leaf of `schedule` on `executor`; the executor is closed whatever happens.

    `record` sees Started before a start and Settled before the next decision. What it raises stops the run.
    Once `halt` gives a reason, what has not started is cancelled, and what runs is waited for.
    """
    outcomes: list[Outcome] = []
    peak = 0

    def settle(settled: list[Outcome]) -> None:
        if reason := halt(settled):
            settled += schedule.halt(reason)
        for outcome in settled:
            record(Settled(outcome, schedule.running))
            outcomes.append(outcome)

    try:
        settle([])
        while not schedule.done:
            while executor.capacity and (leaf := schedule.next()):
                attempt = schedule.attempt(leaf.id)
                record(Started(leaf.id, attempt, schedule.running))
                peak = max(peak, schedule.running)
                executor.start(leaf, attempt, work)
            settle(schedule.settle(executor.wait()))
    finally:
        executor.close()
    return Ran(_in_order(schedule, outcomes), peak)


def _in_order(schedule: Schedule, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    return tuple(sorted(outcomes, key=lambda each: (schedule.rank(each.leaf), each.attempt, each.candidate)))
