"""Two measured sequences, one verdict: a bootstrap interval, and no ratio across machines or interpreters."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autonomy.candidates import Change, Comparison
from autonomy.errors import UsageError

FEWEST = 6
"""Rounds: that all of fewer lie on one side of no change happens by chance more often than once in twenty."""
RESAMPLES = 4000


def compare(base: Sequence[float], head: Sequence[float], *, in_turn: bool = True, seed: int = 0) -> Comparison:
    """The speed-up of `head` over `base`, both in seconds; the interval is the percentile bootstrap's, by scipy.

    Measured `in_turn`, entry i of both is round i: the estimate is the median of the rounds' ratios, so that what
    slows a whole round down cancels out. Otherwise it is the ratio of the medians.
    Source: Efron, "Bootstrap Methods", 1979.

    Raises:
        UsageError: too few rounds, not as many of each in turn, or a time is not a positive number.
    """
    if min(len(base), len(head)) < FEWEST or (in_turn and len(base) != len(head)):
        counts = f"{len(base)} and {len(head)}"
        raise UsageError(f"bench: {counts} measurements; as many of each are needed, {FEWEST} at least")
    if not all(math.isfinite(time) and time > 0 for time in (*base, *head)):
        raise UsageError("bench: every time must be a positive number; is the command too short to measure?")
    import numpy as np
    from scipy.stats import bootstrap

    def speedup(one: Any, two: Any, axis: int = -1) -> Any:
        if in_turn:
            return np.median(one - two, axis=axis)
        return np.median(one, axis=axis) - np.median(two, axis=axis)

    sides = np.log(np.asarray(base, dtype=float)), np.log(np.asarray(head, dtype=float))
    rng = np.random.default_rng(seed)
    found = bootstrap(sides, speedup, n_resamples=RESAMPLES, method="percentile", paired=in_turn, rng=rng)
    low, high = float(found.confidence_interval.low), float(found.confidence_interval.high)
    return Comparison(
        change=Change.FASTER if low > 0 else Change.SLOWER if high < 0 else Change.NONE,
        speedup=math.exp(float(speedup(*sides))),
        low=math.exp(low),
        high=math.exp(high),
        rounds=min(len(base), len(head)),
        base_seconds=float(np.median(base)),
        seconds=float(np.median(head)),
    )


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured of one side: seconds by round, and where it was measured (see `fingerprint`)."""

    label: str
    times: Sequence[float]
    fingerprint: Mapping[str, str]


def compare_series(base: Series, head: Series, *, in_turn: bool = True) -> Comparison:
    """`compare`, for measurements that may come from elsewhere.

    Raises:
        UsageError: they were made by another interpreter or on another machine, where a ratio means nothing.
    """
    for fact in sorted({*base.fingerprint, *head.fingerprint}):
        mine, other = (side.fingerprint.get(fact, "unknown") for side in (base, head))
        if mine != other:
            raise UsageError(
                f"bench: another {fact}: {mine} for {base.label}, {other} for {head.label}; measure both in one place"
            )
    return compare(base.times, head.times, in_turn=in_turn)


def fingerprint(command: Sequence[str] = ()) -> dict[str, str]:
    """What a ratio must not cross: this machine, its processor, this Python, and the program that `command` starts."""
    import os
    import platform
    import shutil

    facts = {
        "machine": f"{platform.node()} {platform.system()} {platform.release()}",
        "cpu": f"{_cpu(Path('/proc/cpuinfo')) or platform.processor() or platform.machine()} x{os.cpu_count()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }
    if command:
        facts["interpreter"] = os.path.realpath(shutil.which(command[0]) or command[0])
    return facts


def _cpu(path: Path) -> str:
    """The model name that Linux gives; empty elsewhere."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def as_markdown(found: Comparison) -> str:
    """A table of one row, for a pull request."""
    interval = f"{found.low:.3f} to {found.high:.3f}"
    base, head = _duration(found.base_seconds), _duration(found.seconds)
    return (
        "| base | head | speed-up | 95 % interval | rounds | verdict |\n"
        "|---|---|---|---|---|---|\n"
        f"| {base} | {head} | {found.speedup:.3f} | {interval} | {found.rounds} | {found.change} |\n"
    )


def as_json(found: Comparison) -> str:
    """Sorted keys; times in seconds, `speedup` is base / head."""
    facts = asdict(found)
    return json.dumps({"verdict": facts.pop("change"), **facts}, sort_keys=True)


def _duration(seconds: float) -> str:
    return (
        f"{seconds:.3f} s"
        if seconds >= 1
        else f"{seconds * 1e3:.1f} ms"
        if seconds >= 1e-3
        else f"{seconds * 1e6:.1f} µs"
    )
