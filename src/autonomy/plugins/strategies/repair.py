"""Repair: the next attempt starts from the candidate before it and is told what was wrong with that."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn, reached
from autonomy.plugins.strategies.reject import Reject


class Repair(Reject):
    name = "repair"

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        return Turn((chain[-1],), reached(chain))

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
