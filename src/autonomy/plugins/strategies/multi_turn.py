"""Multi-turn: each attempt is told of the whole conversation of its chain, not of its last turn alone."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn, reached
from autonomy.plugins.strategies.reject import Reject


class MultiTurn(Reject):
    name = "multi-turn"

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        return Turn(tuple(chain), reached(chain))

    def keep(self, failed: Sequence[Attempt]) -> Attempt:
        """The end of the longest conversation; of equally long ones the first."""
        return max(failed, key=lambda attempt: (attempt.iteration.step, -attempt.iteration.chain))


MULTI_TURN = MultiTurn()
