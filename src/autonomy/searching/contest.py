"""Is a candidate really faster than the base? Measured in turn, nothing else at work, until the answer is clear."""

from collections.abc import Callable
from dataclasses import dataclass

from autonomy.candidates import Change, Comparison, Rejected, Rejection
from autonomy.errors import UsageError
from autonomy.searching.bench import FEWEST, compare

ROUGH = 6
"""How much wider an interval may be where it lies beyond the threshold anyway."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: seconds (CPU time where it can be had), and what was printed, or a digest of it."""

    seconds: float
    output: str | bytes | None = None


Measure = Callable[[object], Sample | float]
"""Runs the benchmark of a candidate (or of the base) once, in a place that is built anew for it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How survivors are measured against `base`.

    Rounds go on from `fewest` until the interval's width is at most `precision` of the speed-up (six times that
    where it lies beyond the threshold), until it lies below the threshold, or until `most`.
    """

    measure: Measure
    base: object = None
    threshold: float = 0.05
    """The share of the base's time that must be saved at least."""
    precision: float = 0.02
    fewest: int = 10
    most: int = 60
    same_output: bool = False
    """Reject a candidate whose output differs from the base's."""

    def __post_init__(self) -> None:
        if not FEWEST <= self.fewest <= self.most:
            raise UsageError(f"bench: rounds from {self.fewest} to {self.most}; at least {FEWEST} are needed")
        if not 0 <= self.threshold < 1:
            raise UsageError(f"bench: a threshold is a share of the time from 0 to 1, not {self.threshold}")


Enough = Callable[[Comparison, Trial], bool]
"""Is that clear enough?"""


def versus(trial: Trial, head: object, check: Callable[[], None]) -> tuple[Comparison, list[float], list[float]]:
    """As `contest`, for whoever wants figures and not an answer: on until the interval is narrow.

    Returns the seconds of each round too, of the base and of the head.
    """
    sides = (_Side(trial, trial.base), _Side(trial, head))
    return _measure(trial, sides, check, _narrow), sides[0].times, sides[1].times


def contest(trial: Trial, candidate: object, check: Callable[[], None]) -> Comparison:
    """Measure `candidate` against the base in turn (base first in one round, last in the next) until it is clear.

    `check` is called before every measurement and raises what stops the contest.

    Raises:
        Rejected: the output differs from the base's, or the base's own output differs from round to round.
    """
    return _measure(trial, (_Side(trial, trial.base), _Side(trial, candidate)), check, _clear)


def _measure(trial: Trial, sides: "tuple[_Side, _Side]", check: Callable[[], None], enough: Enough) -> Comparison:
    while True:
        order = sides if len(sides[0].times) % 2 == 0 else sides[::-1]
        for side in order:
            check()
            side.measure()
        rounds = len(sides[0].times)
        # One run of the base can't tell a changed output from one that changes by itself.
        if trial.same_output and rounds > 1:
            _same_output(*sides)
        if rounds % trial.fewest == 0 or rounds == trial.most:
            found = compare(sides[0].times, sides[1].times)
            if rounds == trial.most or enough(found, trial):
                return found


class _Side:
    """What was measured of one of the two."""

    def __init__(self, trial: Trial, candidate: object) -> None:
        self._trial, self._candidate = trial, candidate
        self.times: list[float] = []
        self.outputs: list[str | bytes] = []

    def measure(self) -> None:
        answer = self._trial.measure(self._candidate)
        sample = answer if isinstance(answer, Sample) else Sample(float(answer))
        self.times.append(sample.seconds)
        if sample.output is not None and sample.output not in self.outputs:
            self.outputs.append(sample.output)


def _same_output(base: _Side, candidate: _Side) -> None:
    if len(base.outputs) > 1:
        raise Rejected(Rejection.OUTPUT_UNSTABLE, "the base itself prints something else each time")
    if candidate.outputs != base.outputs:
        raise Rejected(Rejection.OUTPUT_CHANGED, "the benchmark prints something else than on the base")


def _clear(found: Comparison, trial: Trial) -> bool:
    needed = 1 / (1 - trial.threshold)
    return found.high < needed or _narrow(found, trial, ROUGH if found.low > needed else 1)


def _narrow(found: Comparison, trial: Trial, times: int = 1) -> bool:
    return (found.high - found.low) / found.speedup <= times * trial.precision


def accept(found: Comparison, threshold: float) -> None:
    """Let a candidate pass whose gain exceeds `threshold` and whose interval is clear of zero gain.

    Raises:
        Rejected: it does not; the reason says which of the two.
    """
    told = f"{found.speedup:.3f} times as fast as the base, 95 % interval {found.low:.3f} to {found.high:.3f}"
    evidence = {"speedup": found.speedup, "low": found.low, "high": found.high, "rounds": found.rounds}
    if found.gain <= threshold:
        raise Rejected(Rejection.NOT_FASTER, f"{told}; {threshold:.0%} must be saved", evidence)
    if found.change is not Change.FASTER:
        raise Rejected(Rejection.NOT_SIGNIFICANT, f"{told}; that may be chance", evidence)
