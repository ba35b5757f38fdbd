"""Majority: independent attempts, as many as the budget holds; what resembles the others most is accepted."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from autonomy.candidates import Attempt
from autonomy.plugins.strategies.reject import Reject


class Majority(Reject):
    """Minimum Bayes risk over the survivors, by any similarity from 0 to 1.

    Source: Bertsch et al., "It's MBR All the Way Down", 2023.
    """

    name = "majority"
    exhaustive = True

    def __init__(self, similarity: "Callable[[object, object], float] | None" = None) -> None:
        self._similarity = similarity or resemblance

    def choose(self, survivors: Sequence[Attempt]) -> Attempt:
        """Each candidate's votes are its similarities to all; ties go to the first."""
        candidates = [attempt.candidate for attempt in survivors]
        votes = [sum(self._similarity(each, other) for other in candidates) for each in candidates]
        return survivors[votes.index(max(votes))]


def resemblance(left: object, right: object) -> float:
    """1 for equal candidates; for two texts the share of lines that they have in common; else 0."""
    if left == right:
        return 1.0
    if isinstance(left, str) and isinstance(right, str):
        return SequenceMatcher(None, left.splitlines(), right.splitlines(), autojunk=False).ratio()
    return 0.0


MAJORITY = Majority()
