"""Rejection sampling: the same question again, with nothing said of the answers before."""

from collections.abc import Sequence

from autonomy.candidates import Attempt, Turn


class Reject:
    name = "reject"
    exhaustive = False

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:  # noqa: ARG002  # every attempt is asked alike
        return Turn()

    def choose(self, survivors: Sequence[Attempt]) -> Attempt:
        """The highest score; of equals the first."""
        return max(survivors, key=lambda attempt: attempt.score)

    def keep(self, failed: Sequence[Attempt]) -> Attempt:
        """The first: no attempt knew more than another."""
        return failed[0]


REJECT = Reject()
