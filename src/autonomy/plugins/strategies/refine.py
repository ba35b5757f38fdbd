"""Refine: a chain that has passed is improved further, from its last survivor, until the budget is spent."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn
from autonomy.plugins.strategies.repair import Repair


class Refine(Repair):
    name = "refine"
    exhaustive = True

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        """From the best survivor, or, while nothing has passed, from the last candidate with its complaints."""
        passed = [attempt for attempt in chain if attempt.passed]
        start = self.choose(passed) if passed else chain[-1]
        return Turn((chain[-1],), start.candidate)

    def choose(self, survivors: Sequence[Attempt]) -> Attempt:
        """The highest score; of equals the most refined, of those the lowest chain."""
        return max(survivors, key=lambda each: (each.score, each.iteration.step, -each.iteration.chain))


REFINE = Refine()
