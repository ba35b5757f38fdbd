"""Which attempt of a search starts next, and which one counts. No clock, no thread, no I/O: only the budget's state."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from autonomy.candidates import (
    Attempt,
    Budget,
    Iteration,
    OnError,
    Rejected,
    Rejection,
    Verdict,
)
from autonomy.errors import Busy, Cancelled
from autonomy.model import Status
from autonomy.protocols import Strategy


class Phase(StrEnum):
    """An attempt is proposed, then judged; it gives up its place between the two."""

    PROPOSE = "propose"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is started at once: one phase of one attempt. `candidate` is what there is to judge."""

    iteration: Iteration
    phase: Phase
    candidate: object = None
    seconds: float = 0.0
    """What the attempt has taken so far."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A unit that ran: the candidate that it proposed or the verdicts that it gave, unless there is an error."""

    unit: Unit
    candidate: object = None
    verdicts: tuple[Verdict, ...] = ()
    error: BaseException | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How attempts are chosen: by the strategy; `deterministic`: by rank alone; `survey`: all survivors are wanted."""

    strategy: Strategy
    deterministic: bool = False
    survey: bool = False
    on_error: OnError = OnError.RAISE
    pauses: int = 12
    """How often in a row one attempt may find its backend busy before that is an error."""


def pause(times: int) -> float:
    """Seconds to wait after a backend was busy so many times in a row: 1, 2, 4, ..., 60."""
    return min(60.0, 2.0 ** (times - 1))


class Attempts:
    """The attempts of one leaf: `budget.concurrency` chains, each of at most `budget.loop` steps.

    With `rules.deterministic` the lowest (step, chain) that passes is the winner, and everything below it is
    waited for. Otherwise the first to arrive wins; of those that arrive together, the lowest.
    """

    def __init__(self, budget: Budget, rules: Rules) -> None:
        self._budget, self._rules = budget, rules
        self._chains: list[list[Attempt]] = [[] for _ in range(budget.concurrency)]
        self._ready = {chain: Unit(_first(chain, budget), Phase.PROPOSE) for chain in range(1, budget.concurrency + 1)}
        self._running: dict[int, Unit] = {}
        self._begun: set[int] = set()
        self._judged: dict[object, Attempt] = {}
        self._busy: dict[int, int] = {}
        self._held: dict[Phase, float] = {}
        self._stopped = False
        self.winner: Attempt | None = None

    @property
    def done(self) -> bool:
        return not self._running and not any(self.wanted(unit.iteration) for unit in self._ready.values())

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def unwanted(self) -> list[int]:
        """Ids of attempts that run and need not, ascending."""
        return sorted(unit.iteration.id for unit in self._running.values() if not self.wanted(unit.iteration))

    def wanted(self, iteration: Iteration) -> bool:
        """Could this attempt still change who wins?"""
        if self._stopped or self.winner is None:
            return not self._stopped
        return self._rules.deterministic and iteration.rank < self.winner.iteration.rank

    def next(self, now: float) -> Unit | None:
        """The unit to start now, judgements first, then by (step, chain); None where all must wait."""
        in_flight = {key(unit.candidate) for unit in self._running.values() if unit.phase is Phase.JUDGE}
        startable = [
            unit
            for unit in self._ready.values()
            if self.wanted(unit.iteration)
            and self._held.get(unit.phase, now) <= now
            and not (unit.phase is Phase.JUDGE and key(unit.candidate) in in_flight)
        ]
        return min(startable, key=lambda unit: (unit.phase is Phase.PROPOSE, unit.iteration.rank), default=None)

    def wake_at(self, now: float) -> float | None:
        """When a pause ends that a wanted attempt waits for; None where none does."""
        held = [self._held.get(unit.phase, now) for unit in self._ready.values() if self.wanted(unit.iteration)]
        return min((until for until in held if until > now), default=None)

    def start(self, unit: Unit) -> None:
        """`unit`, which `next` gave, runs from here on."""
        del self._ready[unit.iteration.chain]
        self._running[unit.iteration.id] = unit
        self._begun.add(unit.iteration.id)

    def stop(self) -> None:
        """Nothing is wanted any more; what runs still settles."""
        self._stopped = True

    def settle(self, batch: Sequence[Ended], now: float) -> list[Attempt]:
        """Take in what ended together and return the attempts that are over with it, by (step, chain).

        What does not run is dropped: a unit settles once.
        """
        over: list[Attempt] = []
        for ended in sorted(batch, key=lambda each: each.unit.iteration.rank):
            if self._running.get(ended.unit.iteration.id) is ended.unit:
                del self._running[ended.unit.iteration.id]
                over.extend(self._take(ended, now))
        over.sort(key=lambda attempt: attempt.iteration.rank)
        if not self._rules.survey:
            self._crown(over)
        return over

    def abandon(self) -> list[Attempt]:
        """Cancel every attempt that has begun and is not over although nothing of it runs; return them by rank."""
        begun = [unit for unit in self._ready.values() if unit.iteration.id in self._begun]
        self._ready.clear()
        cancelled = [Attempt(unit.iteration, Status.CANCELLED, unit.candidate, seconds=unit.seconds) for unit in begun]
        for attempt in cancelled:
            self._chains[attempt.iteration.chain - 1].append(attempt)
        return sorted(cancelled, key=lambda attempt: attempt.iteration.rank)

    @property
    def attempts(self) -> list[Attempt]:
        """Those that are over, by (step, chain).

        Of equal candidates the first is the original and the others its duplicates, whichever was judged.
        """
        ordered = sorted((each for chain in self._chains for each in chain), key=lambda each: each.iteration.rank)
        firsts: dict[int, int] = {}
        for attempt in ordered:
            firsts.setdefault(attempt.duplicate_of or attempt.iteration.id, attempt.iteration.id)
        originals = [firsts[attempt.duplicate_of or attempt.iteration.id] for attempt in ordered]
        return [
            replace(attempt, duplicate_of=None if original == attempt.iteration.id else original)
            for attempt, original in zip(ordered, originals, strict=True)
        ]

    def _crown(self, over: Sequence[Attempt]) -> None:
        for attempt in over:
            if attempt.passed and self.wanted(attempt.iteration):
                self.winner = attempt

    def _take(self, ended: Ended, now: float) -> list[Attempt]:
        error = ended.error
        unit = replace(ended.unit, seconds=ended.unit.seconds + ended.seconds)
        if isinstance(error, Busy) and self._pause(unit, error, now):
            return []
        self._busy.pop(unit.iteration.id, None)
        if error is None and unit.phase is Phase.PROPOSE:
            self._ready[unit.iteration.chain] = Unit(unit.iteration, Phase.JUDGE, ended.candidate, unit.seconds)
            return self._settle_equal()
        attempt = _judged(unit, ended.verdicts) if error is None else self._failed(unit, error)
        if unit.phase is Phase.JUDGE and attempt.error is None and attempt.status is not Status.CANCELLED:
            self._judged[key(unit.candidate)] = attempt
        return [self._finish(attempt), *self._settle_equal()]

    def _settle_equal(self) -> list[Attempt]:
        """Finish the attempts that wait for a judgement of a candidate equal to one that has been judged."""
        known = [
            (unit, self._judged[key(unit.candidate)])
            for unit in self._ready.values()
            if unit.phase is Phase.JUDGE and key(unit.candidate) in self._judged
        ]
        for unit, _ in known:
            del self._ready[unit.iteration.chain]
        return [
            self._finish(
                replace(
                    twin,
                    iteration=unit.iteration,
                    candidate=unit.candidate,
                    duplicate_of=twin.iteration.id,
                    seconds=unit.seconds,
                )
            )
            for unit, twin in known
        ]

    def _pause(self, unit: Unit, busy: Busy, now: float) -> bool:
        """Offer the unit again after a pause; False where it has paused too often."""
        times = self._busy.get(unit.iteration.id, 0) + 1
        if times > self._rules.pauses and self.wanted(unit.iteration):
            return False
        self._busy[unit.iteration.id] = times
        seconds = pause(times) if busy.retry_after is None else max(0.0, busy.retry_after)
        self._held[unit.phase] = max(self._held.get(unit.phase, now), now + seconds)
        self._ready[unit.iteration.chain] = unit
        return True

    def _failed(self, unit: Unit, error: BaseException) -> Attempt:
        attempt = Attempt(unit.iteration, Status.ERROR, unit.candidate, error=error, seconds=unit.seconds)
        if isinstance(error, Rejected):
            return replace(attempt, status=_status((error.verdict,)), verdicts=(error.verdict,), error=None)
        if self.wanted(unit.iteration):
            return attempt
        return replace(attempt, status=Status.CANCELLED, error=None if isinstance(error, Cancelled) else error)

    def _finish(self, attempt: Attempt) -> Attempt:
        """Book an attempt that is over and offer the next one of its chain."""
        number = attempt.iteration.chain
        chain = self._chains[number - 1]
        chain.append(attempt)
        if self._goes_on(attempt) and (turn := self._rules.strategy.turn(tuple(chain))) is not None:
            step = attempt.iteration.step + 1
            following = Iteration(attempt.iteration.id + 1, number, step, turn.tier, turn.start, turn.history)
            self._ready[number] = Unit(following, Phase.PROPOSE)
        return attempt

    def _goes_on(self, attempt: Attempt) -> bool:
        if attempt.iteration.step == self._budget.loop or attempt.status is Status.CANCELLED:
            return False
        if attempt.passed:
            return self._rules.strategy.exhaustive
        return attempt.status is not Status.ERROR or self._rules.on_error is OnError.COLLECT


def _first(chain: int, budget: Budget) -> Iteration:
    return Iteration((chain - 1) * budget.loop + 1, chain, 1)


def _judged(unit: Unit, verdicts: tuple[Verdict, ...]) -> Attempt:
    return Attempt(unit.iteration, _status(verdicts), unit.candidate, verdicts, seconds=unit.seconds)


def _status(verdicts: Sequence[Verdict]) -> Status:
    """The first verdict that fails decides."""
    first = next((verdict for verdict in verdicts if not verdict.passed), None)
    if first is None:
        return Status.SUCCEEDED
    return Status.TIMED_OUT if first.reason == Rejection.TIMED_OUT else Status.FAILED


def key(candidate: object) -> tuple[object, object]:
    """Equal for candidates that need one judgement only: equal ones where they can be hashed, else the same object."""
    try:
        hash(candidate)
    except TypeError:
        return (id, id(candidate))
    return (type(candidate), candidate)
