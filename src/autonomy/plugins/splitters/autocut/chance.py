"""Numbers that look random and depend on nothing but their arguments."""

from collections.abc import Sequence

_MASK = (1 << 64) - 1


def jitter(count: int, width: float, seed: int) -> Sequence[float]:
    """`count` factors within `width` of 1.0, by splitmix64 (Steele, Lea and Flood, 2014)."""
    factors = []
    state = (seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & _MASK
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        factors.append(1.0 + width * (((mixed ^ (mixed >> 31)) >> 11) / (1 << 52) - 1.0))
    return factors
