"""Measured sequences, made up; what the comparison says of them."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from autonomy.candidates import Change, Comparison
from autonomy.errors import AutonomyError
from autonomy.searching import bench
from autonomy.searching.bench import Series

TURNED = {Change.FASTER: Change.SLOWER, Change.SLOWER: Change.FASTER, Change.NONE: Change.NONE}


def noisy(mean: float, noise: float, rounds: int, seed: int) -> list[float]:
    drawn = random.Random(seed)
    return [mean * (1 + drawn.uniform(-noise, noise) / 100) for _ in range(rounds)]


@dataclass
class Pair:
    """A base and a head, with the facts of where they were measured."""

    base: list[float]
    head: list[float]
    facts: Mapping[str, str] = field(default_factory=lambda: bench.fingerprint(["python3"]))
    other: Mapping[str, str] = field(default_factory=dict)

    def compare(self) -> Comparison | AutonomyError:
        head = Series("head", self.head, {**self.facts, **self.other})
        return attempted(lambda: bench.compare_series(Series("base", self.base, self.facts), head))


def attempted(call: Callable[[], Comparison]) -> Comparison | AutonomyError:
    try:
        return call()
    except AutonomyError as error:
        return error


def compare(base: Sequence[float], head: Sequence[float]) -> Comparison | AutonomyError:
    return attempted(lambda: bench.compare(base, head))


def swapping_inverts() -> None:
    times = st.floats(0.001, 1000)

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(st.lists(st.tuples(times, times), min_size=bench.FEWEST, max_size=20))
    def check(pairs: Sequence[tuple[float, float]]) -> None:
        one = bench.compare([base for base, _ in pairs], [head for _, head in pairs])
        two = bench.compare([head for _, head in pairs], [base for base, _ in pairs])
        assert math.isclose(one.speedup * two.speedup, 1, rel_tol=1e-6), (one, two)
        assert one.low <= one.speedup <= one.high, one

    check()


def changes_among_equals(count: int) -> int:
    """How many comparisons of equal programs under noise find a change."""
    found = [bench.compare(noisy(1, 30, 20, 2 * seed), noisy(1, 30, 20, 2 * seed + 1)) for seed in range(count)]
    return sum(each.change is not Change.NONE for each in found)
