"""Which attempt is accepted, and why each of the others is not. What arrives first plays no part here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autonomy.candidates import Attempt, Rejected, Rejection, SearchResult, StopReason
from autonomy.errors import Cancelled
from autonomy.model import Status
from autonomy.protocols import Strategy
from autonomy.searching.contest import Trial, accept, contest
from autonomy.searching.lanes import Bound


@dataclass(frozen=True, slots=True)
class Choice:
    """How the winner is found once all attempts are over, where the first success was not enough."""

    strategy: Strategy
    trial: Trial | None = None

    def decide(
        self, attempts: Sequence[Attempt], first: Attempt | None, bound: Bound
    ) -> tuple[Attempt | None, Sequence[Attempt]]:
        """The winner, and `attempts` with what was measured. `first` is the winner that needs no choice."""
        passed = [attempt for attempt in attempts if attempt.passed]
        if first is not None or not passed or bound.closed:
            return first, attempts
        if self.trial is None:
            return self.strategy.choose(passed), attempts
        originals = [attempt for attempt in passed if attempt.duplicate_of is None]
        tried = {attempt.iteration.id: measured(self.trial, attempt, bound) for attempt in originals}
        winner = None if bound.closed else _fastest([attempt for attempt in tried.values() if attempt.passed])
        return winner, [_as_tried(attempt, tried) for attempt in attempts]


def _as_tried(attempt: Attempt, tried: Mapping[int, Attempt]) -> Attempt:
    """The attempt as its contest, or that of the attempt that it duplicates, has left it."""
    twin = tried.get(attempt.duplicate_of or attempt.iteration.id)
    return attempt if twin is None else replace(twin, iteration=attempt.iteration, duplicate_of=attempt.duplicate_of)


def measured(trial: Trial, attempt: Attempt, bound: Bound) -> Attempt:
    """The attempt with its measurement, made while nothing else of the run is at work; failed if no gain is proved."""
    try:
        with bound.alone():
            found = contest(trial, attempt.candidate, bound.check)
    except Cancelled:
        return replace(attempt, status=Status.CANCELLED)
    except Rejected as rejected:
        return _refuted(attempt, rejected)
    except Exception as error:  # noqa: BLE001  # a benchmark that breaks is this attempt's error, nobody else's
        return replace(attempt, status=Status.ERROR, error=error)
    attempt = replace(attempt, bench=found)
    try:
        accept(found, trial.threshold)
    except Rejected as rejected:
        return _refuted(attempt, rejected)
    return attempt


def _refuted(attempt: Attempt, rejected: Rejected) -> Attempt:
    return replace(attempt, status=Status.FAILED, verdicts=(*attempt.verdicts, rejected.verdict))


def _fastest(passed: Sequence[Attempt]) -> Attempt | None:
    """The greatest measured speed-up; ties go to the lowest (step, chain), in which order `passed` stands."""
    return max(passed, key=lambda attempt: attempt.bench.speedup if attempt.bench else 0.0, default=None)


def conclude(attempts: Sequence[Attempt], winner: Attempt | None, strategy: Strategy, cancelled: bool) -> SearchResult:
    """The result of a search whose attempts, by (step, chain), are all over."""
    chosen = winner.iteration.id if winner else 0
    told = tuple(
        replace(attempt, rejection="" if attempt.iteration.id == chosen else rejection(attempt)) for attempt in attempts
    )
    accepted = next((attempt for attempt in told if attempt.iteration.id == chosen), None)
    failed = [attempt for attempt in told if attempt.status is not Status.CANCELLED]
    kept = accepted or (strategy.keep(failed) if failed else None)
    return SearchResult(told, accepted, kept, _stop_reason(told, accepted, cancelled))


def rejection(attempt: Attempt) -> str:
    """Why an attempt that is not the winner is not."""
    if attempt.status is Status.CANCELLED:
        return Rejection.CANCELLED
    if attempt.error is not None:
        return Rejection.ERROR
    reasons = [verdict.reason or Rejection.VALIDATOR_FAILED for verdict in attempt.verdicts if not verdict.passed]
    return reasons[0] if reasons else Rejection.NOT_SELECTED


def _stop_reason(attempts: Sequence[Attempt], winner: Attempt | None, cancelled: bool) -> StopReason:
    if winner is not None:
        return StopReason.SUCCESS
    if cancelled:
        return StopReason.CANCELLED
    failed = any(attempt.status is Status.ERROR for attempt in attempts)
    return StopReason.ERROR if failed else StopReason.EXHAUSTED
