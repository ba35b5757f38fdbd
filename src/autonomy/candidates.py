"""The values of a search: budgets, iterations, verdicts, attempts, results. No I/O, no clock, no threads."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from autonomy.errors import AutonomyError, Cancelled, UsageError
from autonomy.model import Status


class Select(StrEnum):
    """`first`: the first success ends the search. `best`: all that pass are measured, the best one is kept."""

    FIRST = "first"
    BEST = "best"


class OnError(StrEnum):
    """What an exception of the proposer or the judge does.

    `raise`: it ends its chain and, where nothing succeeds, is raised. `collect`: the chain goes on after it.
    """

    RAISE = "raise"
    COLLECT = "collect"


class StopReason(StrEnum):
    """Why a search ended."""

    SUCCESS = "success"
    EXHAUSTED = "exhausted"
    ERROR = "error"
    CANCELLED = "cancelled"


class Rejection(StrEnum):
    """Why a candidate is not the one, for programs to read."""

    VALIDATOR_FAILED = "validator_failed"
    COMMAND_FAILED = "command_failed"
    TIMED_OUT = "timed_out"
    ERROR = "error"
    CANCELLED = "cancelled"
    NO_TESTS = "no_tests"
    TESTS_MISSING = "tests_missing"
    TESTS_FAILED = "tests_failed"
    OUTPUT_CHANGED = "output_changed"
    OUTPUT_UNSTABLE = "output_unstable"
    BENCH_FAILED = "bench_failed"
    NOT_FASTER = "not_faster"
    NOT_SIGNIFICANT = "not_significant"
    NOT_SELECTED = "not_selected"


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `loop` attempts that build on each other, in each of `concurrency` independent chains.

    Raises:
        UsageError: one of them is below 1 or no whole number.
    """

    loop: int = 1
    concurrency: int = 1

    def __post_init__(self) -> None:
        for name, value in (("loop_budget", self.loop), ("concurrency_budget", self.concurrency)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(f"{name} must be a whole number from 1 on, not {value!r}")

    @property
    def worst_case(self) -> int:
        """How many proposals are paid for if nothing passes."""
        return self.loop * self.concurrency


class Stop(Protocol):
    """Set when an attempt is no longer wanted."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool:
        """True once it is set; False after `timeout` seconds."""
        ...

    def calling(self, call: Callable[[], None]) -> AbstractContextManager[None]:
        """Inside, `call` is called when the stop is asked for, at once if it was before."""
        ...


class _Never:
    def is_set(self) -> bool:
        return False

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002  # as the protocol has it
        return False

    def calling(self, call: Callable[[], None]) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of a candidate. `reason` is for programs, `message` is the complaint for the next attempt."""

    passed: bool
    reason: str = ""
    message: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict, hash=False)
    """What it rests on, as JSON holds it: `exit_code`, `log`, `tests`."""
    score: float | None = None
    """Higher is better; what `best` goes by where nothing is measured."""

    def __bool__(self) -> bool:
        return self.passed

    @property
    def complaint(self) -> str:
        return self.message or self.reason


def verdicts_of(answer: object) -> tuple[Verdict, ...]:
    """What a judge answered, as verdicts.

    Raises:
        TypeError: it is neither a Verdict, nor a bool, nor a sequence of them with at least one entry.
    """
    if isinstance(answer, Verdict):
        return (answer,)
    if isinstance(answer, bool):
        return (Verdict(answer, "" if answer else Rejection.VALIDATOR_FAILED),)
    if isinstance(answer, Sequence) and not isinstance(answer, str) and answer:
        return tuple(verdict for each in answer for verdict in verdicts_of(each))
    raise TypeError(f"a judge answers with a Verdict, a bool, or a sequence of them, not with {answer!r}")


class Rejected(AutonomyError):
    """The work said no: raised by a proposer, a judge or a bench in place of an answer; never an error."""

    exit_code = 1

    def __init__(self, reason: str, message: str = "", evidence: Mapping[str, object] | None = None) -> None:
        super().__init__(message or reason)
        self.verdict = Verdict(False, reason, message, evidence or {})


@dataclass(frozen=True, slots=True)
class Iteration:
    """One attempt's place in the budget. `id`, `chain` and `step` count from 1; no two attempts share an id."""

    id: int
    chain: int
    step: int
    tier: int = field(default=0, compare=False)
    """Which proposer: 0 the ordinary one, 1 the dearer one that a strategy escalates to."""
    start: object = field(default=None, compare=False, repr=False)
    """The candidate to start from; None: the base."""
    history: "tuple[Attempt, ...]" = field(default=(), compare=False, repr=False)
    """The attempts that this one is told of, oldest first."""
    stop: Stop = field(default=_Never(), compare=False, repr=False)  # stateless

    @property
    def rank(self) -> tuple[int, int]:
        """Lower is preferred: (step, chain), whatever arrives first."""
        return (self.step, self.chain)

    def check(self) -> None:
        """Raise Cancelled if this attempt is no longer wanted."""
        if self.stop.is_set():
            raise Cancelled(f"attempt {self.id} was asked to stop")


@dataclass(frozen=True, slots=True)
class Turn:
    """How a chain goes on: what the next attempt is told of, which candidate it starts from, by which proposer."""

    history: "tuple[Attempt, ...]" = ()
    start: object = None
    tier: int = 0


class Change(StrEnum):
    """What a measurement says."""

    FASTER = "faster"
    SLOWER = "slower"
    NONE = "no significant change"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sequences of measurements: `speedup` is base / candidate, with its 95 % bootstrap interval."""

    change: Change
    speedup: float
    low: float
    high: float
    rounds: int
    base_seconds: float
    seconds: float

    @property
    def gain(self) -> float:
        """The share of the base's time that is saved; negative where the candidate is slower."""
        return 1.0 - 1.0 / self.speedup


@dataclass(frozen=True, slots=True)
class Attempt:
    """One proposal and what became of it."""

    iteration: Iteration
    status: Status
    candidate: object = None
    verdicts: tuple[Verdict, ...] = ()
    error: BaseException | None = None
    duplicate_of: int | None = None
    """The id of the attempt whose equal candidate was judged in its place."""
    bench: Comparison | None = None
    rejection: str = ""
    """Why it was not accepted; empty for the accepted one."""
    seconds: float = field(default=0.0, compare=False)
    """Proposing and judging, by the clock."""

    @property
    def passed(self) -> bool:
        return self.status is Status.SUCCEEDED

    @property
    def complaints(self) -> tuple[Verdict, ...]:
        """The failed verdicts, an exception among them."""
        failed = tuple(verdict for verdict in self.verdicts if not verdict.passed)
        if self.error is None:
            return failed
        return (*failed, Verdict(False, Rejection.ERROR, describe(self.error)))

    @property
    def checks(self) -> int:
        """How many verdicts passed."""
        return sum(verdict.passed for verdict in self.verdicts)

    @property
    def score(self) -> float:
        """The sum of its verdicts' scores."""
        return sum(verdict.score for verdict in self.verdicts if verdict.score is not None)


def reached(chain: Sequence[Attempt]) -> object:
    """The newest candidate of a chain: attempts that broke before they had one count for nothing. None: the base."""
    return next((attempt.candidate for attempt in reversed(chain) if attempt.candidate is not None), None)


@dataclass(frozen=True, slots=True)
class Failure:
    """One exception or one failed verdict. `kind` is the exception's type, or the verdict's reason."""

    iteration: Iteration
    kind: str
    message: str
    error: BaseException | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Every attempt, ordered by (step, chain), and the one that was accepted."""

    attempts: tuple[Attempt, ...]
    winner: Attempt | None
    kept: Attempt | None
    """The winner or, where all failed, the attempt that the strategy says to keep."""
    stop_reason: StopReason

    @property
    def success(self) -> bool:
        return self.winner is not None

    @property
    def accepted(self) -> object:
        """The accepted candidate, as it was proposed; None where none was."""
        return self.winner.candidate if self.winner else None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Every exception and every failed verdict, also those of siblings of a success, by (step, chain)."""
        return tuple(failure for attempt in self.attempts for failure in _failures(attempt))


def _failures(attempt: Attempt) -> Sequence[Failure]:
    failed = [
        Failure(attempt.iteration, verdict.reason, verdict.complaint, verdict=verdict)
        for verdict in attempt.verdicts
        if not verdict.passed
    ]
    if attempt.error is not None and not isinstance(attempt.error, Cancelled):
        failed.append(Failure(attempt.iteration, type(attempt.error).__name__, str(attempt.error), attempt.error))
    return failed


def describe(error: BaseException) -> str:
    """One line: the type and what it says."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
