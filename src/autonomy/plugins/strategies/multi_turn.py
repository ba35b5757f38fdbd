"""Multi-turn: each attempt is told of the whole conversation of its chain, not of its last turn alone."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn, reached


class MultiTurn:
    name = "multi-turn"
    exhaustive = False

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        return Turn(tuple(chain), reached(chain))

    def choose(self, survivors: Sequence[Attempt]) -> Attempt:
        return survivors[0]

    def keep(self, failed: Sequence[Attempt]) -> Attempt:
        """The end of the longest conversation; of equally long ones the first."""
        return max(failed, key=lambda attempt: (attempt.iteration.step, -attempt.iteration.chain))


MULTI_TURN = MultiTurn()
