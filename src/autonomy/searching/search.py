"""One leaf: propose, judge, repair, until accepted or out of budget. State is in `attempts`, threads in `lanes`."""

import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from autonomy.candidates import (
    Attempt,
    Budget,
    Iteration,
    OnError,
    SearchResult,
    Select,
    StopReason,
    Verdict,
    describe,
    verdicts_of,
)
from autonomy.errors import Busy, UsageError
from autonomy.loading import load
from autonomy.model import Status
from autonomy.protocols import Judge, Propose, Strategy
from autonomy.searching.attempts import Attempts, Ended, Phase, Rules, Unit
from autonomy.searching.contest import Trial
from autonomy.searching.lanes import Bound, Lanes, Threads
from autonomy.searching.selection import Choice, conclude
from autonomy.searching.stopping import Stopping

_CURRENT: ContextVar[Iteration] = ContextVar("autonomy_iteration")
_Choice = TypeVar("_Choice", bound=StrEnum)


def current_iteration() -> Iteration:
    """The iteration that the calling proposer, judge or hook belongs to.

    Raises:
        UsageError: the caller runs outside of a search.
    """
    try:
        return _CURRENT.get()
    except LookupError:
        raise UsageError("there is no current iteration outside of a search") from None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the searches of a run share. Without a bound, a search has one of its own, as wide as it is."""

    bound: Bound | None = None
    lanes: Callable[[Bound, int], Lanes] = Threads
    clock: Callable[[], float] = time.monotonic
    """Seconds, for the pauses that a busy backend asks for."""


_ALONE = Surroundings()


def search(  # noqa: PLR0913  # the public contract
    leaf: Any,
    propose: Propose,
    judge: Judge,
    *,
    loop_budget: int = 1,
    concurrency_budget: int = 1,
    select: str = "first",
    deterministic: bool = False,
    repair: str | Strategy | None = None,
    hooks: Sequence[object] = (),
    on_error: str = "raise",
    trial: Trial | None = None,
    surroundings: Surroundings = _ALONE,
) -> SearchResult:
    """Try candidates for `leaf` until one is accepted or the budget is spent; return when nothing runs any more.

    At most `concurrency_budget` independent chains, in threads, each of at most `loop_budget` attempts. An attempt
    that is no longer wanted has its `iteration.stop` set. `repair` is a strategy or the name of one that is
    installed. With `select="best"` all chains end and the survivors are measured by `trial`, each alone; without
    a trial the strategy chooses, as a rule by the highest score. Closing the bound of `surroundings` cancels all.

    A hook is any object with some of the methods `start(leaf, budget)`, which may return another budget,
    `iteration(leaf, attempt)` after each attempt, `repair(leaf, iteration, complaints)` before each further one of a
    chain, which may return other complaints, and `end(leaf, result)`, which is called whatever happens.

    Raises:
        UsageError: a budget below 1 (also one that a hook sets), an unknown strategy or choice.
        Exception: what a hook raised; with `on_error="raise"` and nothing accepted, the first error by (step, chain).
    """
    repair = repair or "repair"
    strategy: Strategy = load("strategies", repair) if isinstance(repair, str) else repair
    best = _choice(Select, "select", select) is Select.BEST
    rules = Rules(strategy, deterministic, best or strategy.exhaustive, _choice(OnError, "on_error", on_error))
    course = _Course(_Task(leaf, propose, judge, tuple(hooks)), rules, surroundings)
    result = course.run(Budget(loop_budget, concurrency_budget), Choice(strategy, trial if best else None))
    if rules.on_error is OnError.RAISE and result.stop_reason is StopReason.ERROR:
        raise next(attempt.error for attempt in result.attempts if attempt.status is Status.ERROR and attempt.error)
    return result


def _choice(kind: type[_Choice], name: str, value: str) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        raise UsageError(f"{name} must be one of {', '.join(kind)}, not {value!r}") from None


@dataclass(frozen=True, slots=True)
class _Task:
    """What a search is about, and its hooks."""

    leaf: Any
    propose: Propose
    judge: Judge
    hooks: tuple[object, ...]

    def call(self, unit: Unit, iteration: Iteration, complaints: Sequence[Verdict]) -> Ended:
        """Run one unit in the calling thread; what it raises is its answer."""
        _CURRENT.set(iteration)
        try:
            iteration.check()
            if unit.phase is Phase.PROPOSE:
                return Ended(unit, _plain(self.propose(self.leaf, iteration, complaints)))
            return Ended(unit, unit.candidate, verdicts_of(self.judge(unit.candidate)))
        except BaseException as error:  # noqa: BLE001  # the one place where an exception becomes an attempt's
            return Ended(unit, error=error)

    def start(self, budget: Budget) -> Budget:
        """The budget, as the hooks leave it."""
        for hook in self.hooks:
            if (answer := _listener(hook, "start")(self.leaf, budget)) is not None:
                if not isinstance(answer, Budget):
                    raise UsageError(f"a hook's start returns a Budget or None, not {answer!r}")
                budget = answer
        return budget

    def repair(self, iteration: Iteration, complaints: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """The complaints, as the hooks leave them."""
        for hook in self.hooks:
            answer = _within(iteration, _listener(hook, "repair"), self.leaf, iteration, complaints)
            if answer is not None:
                complaints = tuple(answer)
        return complaints

    def over(self, attempt: Attempt) -> None:
        for hook in self.hooks:
            _within(attempt.iteration, _listener(hook, "iteration"), self.leaf, attempt)

    def end(self, result: SearchResult, error: BaseException | None) -> None:
        """Tell every hook, also after one of them has raised; then raise what the first of them raised."""
        refusals: list[BaseException] = [] if error is None else [error]
        for hook in self.hooks:
            try:
                _listener(hook, "end")(self.leaf, result)
            except BaseException as refusal:  # noqa: BLE001  # raised below
                refusals.append(refusal)
        for further in refusals[1:]:
            refusals[0].add_note(f"after it, a hook raised {describe(further)}")
        if refusals:
            raise refusals[0]


def _plain(candidate: object) -> object:
    if hasattr(candidate, "__await__"):
        raise TypeError("a proposer returns a candidate, not an awaitable; wrap it in asyncio.run")
    return candidate


def _listener(hook: object, event: str) -> Callable[..., Any]:
    return getattr(hook, event, lambda *_: None)


def _within(iteration: Iteration, call: Callable[..., Any], *facts: object) -> Any:
    """Call as the slice that `iteration` stands for, whatever else this thread has under way."""

    def inside() -> Any:
        _CURRENT.set(iteration)
        return call(*facts)

    return copy_context().run(inside)


class _Course:
    """One search under way."""

    def __init__(self, task: _Task, rules: Rules, surroundings: Surroundings) -> None:
        self._task, self._rules, self._surroundings = task, rules, surroundings
        self._attempts = Attempts(Budget(), rules)
        self._stops: dict[int, Stopping] = {}
        self._complaints: dict[int, Sequence[Verdict]] = {}
        self._pauses = 0
        self._paces: dict[int, int] = {}
        """Attempt -> how many pauses there had been when its last unit began."""

    def run(self, budget: Budget, choice: Choice) -> SearchResult:
        """The whole search; hooks hear of its end whatever happens."""
        try:
            budget = self._task.start(budget)
            bound = self._surroundings.bound or Bound(budget.concurrency)
            self._try_all(budget, bound)
            winner, attempts = choice.decide(self._attempts.attempts, self._attempts.winner, bound)
            result = conclude(attempts, winner, self._rules.strategy, bound.closed)
        except BaseException as error:
            reason = StopReason.CANCELLED if isinstance(error, KeyboardInterrupt) else StopReason.ERROR
            self._task.end(SearchResult(tuple(self._attempts.attempts), None, None, reason), error)
            raise
        self._task.end(result, None)
        return result

    def _try_all(self, budget: Budget, bound: Bound) -> None:
        deterministic = self._rules.deterministic or budget.concurrency == 1
        self._attempts = Attempts(budget, replace(self._rules, deterministic=deterministic))
        lanes = self._surroundings.lanes(bound, budget.concurrency)
        try:
            self._loop(lanes, bound)
            self._over(self._attempts.abandon())
        finally:
            self._drain(lanes)

    def _loop(self, lanes: Lanes, bound: Bound) -> None:
        attempts, clock = self._attempts, self._surroundings.clock
        while True:
            if bound.closed:
                attempts.stop()
            for unwanted in attempts.unwanted:
                self._stops[unwanted].set()
            if attempts.done:
                return
            self._fill(lanes)
            wake = attempts.wake_at(clock())
            batch = lanes.wait(None if wake is None else max(0.0, wake - clock()))
            if bound.closed:
                # What ends now may have been stopped by the run, and then it has not failed.
                attempts.stop()
            self._pace(lanes, batch)
            self._over(attempts.settle(batch, clock()))

    def _fill(self, lanes: Lanes) -> None:
        while (unit := self._attempts.next(self._surroundings.clock())) is not None:
            stop = self._stops.setdefault(unit.iteration.id, Stopping())
            iteration = replace(unit.iteration, stop=stop)
            call = partial(self._task.call, unit, iteration, self._told(unit))
            work = partial(copy_context().run, self._timed, call)
            if not lanes.start(unit, work):
                return
            self._attempts.start(unit)
            self._paces[unit.iteration.id] = self._pauses

    def _timed(self, call: Callable[[], Ended]) -> Ended:
        began = self._surroundings.clock()
        ended = call()
        return replace(ended, seconds=self._surroundings.clock() - began)

    def _told(self, unit: Unit) -> Sequence[Verdict]:
        """The complaints that an attempt starts with; hooks see them once."""
        iteration = unit.iteration
        if iteration.id not in self._complaints:
            complaints = tuple(complaint for attempt in iteration.history for complaint in attempt.complaints)
            if iteration.step > 1:
                complaints = self._task.repair(iteration, complaints)
            self._complaints[iteration.id] = complaints
        return self._complaints[iteration.id]

    def _over(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            self._task.over(attempt)

    def _pace(self, lanes: Lanes, batch: Sequence[Ended]) -> None:
        """Half as many at once when the backend is busy, one more for each proposal that it answers.

        What began before the width was last halved says nothing about the width that there is now.
        """
        for ended in batch:
            if self._paces[ended.unit.iteration.id] != self._pauses:
                continue
            if isinstance(ended.error, Busy):
                self._pauses += 1
                lanes.narrow()
            elif ended.unit.phase is Phase.PROPOSE and ended.error is None:
                lanes.widen()

    def _drain(self, lanes: Lanes) -> None:
        """Stop what runs and return when nothing is left of it."""
        self._attempts.stop()
        for stop in self._stops.values():
            stop.set()
        while self._attempts.running:
            self._attempts.settle(lanes.wait(None), self._surroundings.clock())
        self._attempts.abandon()
        lanes.close()
