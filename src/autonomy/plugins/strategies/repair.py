"""Repair: the next attempt starts from the candidate before it and is told what was wrong with that."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn, reached


class Repair:
    name = "repair"
    exhaustive = False

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        return Turn((chain[-1],), reached(chain))

    def choose(self, survivors: Sequence[Attempt]) -> Attempt:
        return survivors[0]

    def keep(self, failed: Sequence[Attempt]) -> Attempt:
        """The one that passed most checks; of equals the first."""
        return max(failed, key=lambda attempt: attempt.checks)


class Restart(Repair):
    """Told the same, but starting from the base."""

    name = "restart"

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        return Turn((chain[-1],))


REPAIR = Repair()
RESTART = Restart()
