"""What can go wrong for a user, each with the exit code that a script can rely on."""


class AutonomyError(Exception):
    """Something that a user can act on: one line that says what, where, and what to do next."""

    exit_code = 70


class UsageError(AutonomyError):
    """An option, a budget or a plan that can't be used."""

    exit_code = 2


class InputError(AutonomyError):
    """The input can't be read: no such directory, no commit where one is needed."""

    exit_code = 3


class MergeConflict(AutonomyError):
    """Leaves changed the same lines; the branch is untouched."""

    exit_code = 4


class JournalError(AutonomyError):
    """The journal is damaged or newer than this program; the file is untouched."""

    exit_code = 5


class BudgetExhausted(AutonomyError):
    """A budget stopped the run; it can be resumed."""

    exit_code = 5


class EnvironmentFault(AutonomyError):
    """The machine says no: no git, disk full, no descriptors, read-only state."""

    exit_code = 6


class Unreachable(EnvironmentFault):
    """A worker of a cluster does not answer."""


class Unsuited(EnvironmentFault):
    """A command failed for what its kind of slot can't do; from now on its leaf gets another kind."""


class CheckFailed(AutonomyError):
    """`check` found violations."""

    exit_code = 7


class Locked(AutonomyError):
    """Another run holds the lock."""

    exit_code = 9


class Refused(AutonomyError):
    """A hook refuses; what it refuses is not done, and the refusal reaches the caller."""

    exit_code = 1


class Busy(AutonomyError):
    """The backend asks for a pause (exit code 75, HTTP 429): the attempt is not used up, it starts again later."""

    exit_code = 75

    def __init__(self, message: str = "the backend is busy", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the backend asked for; None: it did not say."""


class Cancelled(AutonomyError):
    """The work was asked to stop, and did."""

    exit_code = 130
