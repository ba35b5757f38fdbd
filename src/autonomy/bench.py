"""Is it really faster? Interleaved measurements, a bootstrap interval, a verdict. Nothing else may run meanwhile."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autonomy.candidates import Change, Comparison, Rejected, Rejection
from autonomy.errors import UsageError

FEWEST = 5
"""Pairs; below it a 95 % interval of a median says nothing, and neither do we."""
RESAMPLES = 4000


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

    Rounds go on from `fewest` until the interval's width is at most `precision` of the speed-up, until it lies on
    one side of the threshold altogether, or until `most`.
    """

    measure: Measure
    base: object = None
    threshold: float = 0.05
    """The share of the base's time that must be saved at least."""
    precision: float = 0.04
    fewest: int = 10
    most: int = 60
    same_output: bool = False
    """Reject a candidate whose output differs from the base's."""

    def __post_init__(self) -> None:
        if not FEWEST <= self.fewest <= self.most:
            raise UsageError(f"bench: rounds from {self.fewest} to {self.most}; at least {FEWEST} are needed")
        if not 0 <= self.threshold < 1:
            raise UsageError(f"bench: a threshold is a share of the time from 0 to 1, not {self.threshold}")


def compare(base: Sequence[float], candidate: Sequence[float], *, seed: int = 0) -> Comparison:
    """The speed-up of `candidate` over `base`, both in seconds, measured in turn: entry i of both is round i.

    The estimate is the median of the rounds' ratios, so that what slows a whole round down cancels out. The
    interval is the percentile bootstrap's (Efron, "Bootstrap Methods", 1979), by scipy.

    Raises:
        UsageError: the sequences differ in length, or a time is not a positive number.
    """
    if len(base) != len(candidate) or not base:
        raise UsageError(
            f"bench: {len(base)} and {len(candidate)} measurements; as many of each are needed, one at least"
        )
    if not all(math.isfinite(time) and time > 0 for time in (*base, *candidate)):
        raise UsageError("bench: every time must be a positive number; is the command too short to measure?")
    import numpy as np

    ratios = np.log(np.asarray(base, dtype=float)) - np.log(np.asarray(candidate, dtype=float))
    low, high = _interval(ratios, seed)
    change = Change.FASTER if low > 0 else Change.SLOWER if high < 0 else Change.NONE
    return Comparison(
        change=change if len(base) >= FEWEST else Change.NONE,
        speedup=math.exp(float(np.median(ratios))),
        low=math.exp(low),
        high=math.exp(high),
        rounds=len(base),
        base_seconds=float(np.median(base)),
        seconds=float(np.median(candidate)),
    )


def _interval(ratios: Sequence[float], seed: int) -> tuple[float, float]:
    if len(ratios) < 2:
        return -math.inf, math.inf
    import numpy as np
    from scipy.stats import bootstrap

    found = bootstrap((ratios,), np.median, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(seed))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def contest(trial: Trial, candidate: object, check: Callable[[], None]) -> Comparison:
    """Measure `candidate` against the base in turn (base first in one round, last in the next) until it is clear.

    `check` is called before every measurement and raises what stops the contest.

    Raises:
        Rejected: the output differs from the base's, or the base's own output differs from round to round.
    """
    sides = (_Side(trial, trial.base), _Side(trial, candidate))
    while True:
        order = sides if len(sides[0].times) % 2 == 0 else sides[::-1]
        for side in order:
            check()
            side.measure()
        if trial.same_output:
            _same_output(*sides)
        rounds = len(sides[0].times)
        if (rounds >= trial.fewest and (rounds - trial.fewest) % FEWEST == 0) or rounds == trial.most:
            found = compare(sides[0].times, sides[1].times)
            if rounds == trial.most or _clear(found, trial):
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
    return found.low > needed or found.high < needed or (found.high - found.low) <= trial.precision * found.speedup


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
