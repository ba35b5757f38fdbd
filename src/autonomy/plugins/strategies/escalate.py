"""Escalate: when the same failures repeat, one attempt by the dearer proposer, from the best that there is."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn, reached
from autonomy.plugins.strategies.reject import Reject


class Escalate(Reject):
    name = "escalate"

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        """The dearer proposer is asked once, told everything; after it the chain has ended."""
        if chain[-1].iteration.tier:
            return None
        if len(chain) > 1 and _symptoms(chain[-1]) == _symptoms(chain[-2]):
            return Turn(tuple(chain), self.keep(chain).candidate, tier=1)
        return Turn((chain[-1],), reached(chain))

    def keep(self, failed: Sequence[Attempt]) -> Attempt:
        """The one that passed most checks; of equals the last, which was told most."""
        return max(failed, key=lambda attempt: (attempt.checks, attempt.iteration.rank))


def _symptoms(attempt: Attempt) -> frozenset[tuple[str, str]]:
    return frozenset((verdict.reason, verdict.complaint) for verdict in attempt.complaints)


ESCALATE = Escalate()
