"""Two measured sequences, one verdict: a bootstrap interval, and no ratio across machines or interpreters."""

import math
from collections.abc import Sequence

from autonomy.candidates import Change, Comparison
from autonomy.errors import UsageError

FEWEST = 6
"""Rounds: that all of fewer lie on one side of no change happens by chance more often than once in twenty."""
RESAMPLES = 4000


def compare(base: Sequence[float], candidate: Sequence[float], *, seed: int = 0) -> Comparison:
    """The speed-up of `candidate` over `base`, both in seconds, measured in turn: entry i of both is round i.

    The estimate is the median of the rounds' ratios, so that what slows a whole round down cancels out. The
    interval is the percentile bootstrap's (Efron, "Bootstrap Methods", 1979), by scipy.

    Raises:
        UsageError: the sequences differ in length, or a time is not a positive number.
    """
    if len(base) != len(candidate) or len(base) < FEWEST:
        counts = f"{len(base)} and {len(candidate)}"
        raise UsageError(f"bench: {counts} measurements; as many of each are needed, {FEWEST} at least")
    if not all(math.isfinite(time) and time > 0 for time in (*base, *candidate)):
        raise UsageError("bench: every time must be a positive number; is the command too short to measure?")
    import numpy as np
    from scipy.stats import bootstrap

    ratios = np.log(np.asarray(base, dtype=float)) - np.log(np.asarray(candidate, dtype=float))
    rng = np.random.default_rng(seed)
    found = bootstrap((ratios,), np.median, n_resamples=RESAMPLES, method="percentile", rng=rng)
    low, high = float(found.confidence_interval.low), float(found.confidence_interval.high)
    return Comparison(
        change=Change.FASTER if low > 0 else Change.SLOWER if high < 0 else Change.NONE,
        speedup=math.exp(float(np.median(ratios))),
        low=math.exp(low),
        high=math.exp(high),
        rounds=len(base),
        base_seconds=float(np.median(base)),
        seconds=float(np.median(candidate)),
    )
