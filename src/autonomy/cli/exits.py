"""Every way in which a command can end, as an exit code of the contract and at most one line on stderr."""

import errno
import os
import sys
from collections.abc import Callable

from autonomy.errors import AutonomyError, EnvironmentFault

BUG, INTERRUPTED, READER_GONE = 70, 130, 141

_MACHINE_SAYS_NO = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
    }
)


def guarded(command: Callable[[], int]) -> int:
    """The exit code of `command`: its own, or that of the error which ended it or the last write to stdout.

    A reader that goes away (`autonomy plan --json | head -1`) ends the program as SIGPIPE ends any other: with 141,
    and without a word.
    """
    _hold_streams()
    if sys.stdout is None:
        return _say("stdout is closed, so the result could not be written", EnvironmentFault.exit_code)
    status = _status(command)
    flushed = _status(_flush)
    return status or flushed


def _status(command: Callable[[], int]) -> int:
    try:
        return command()
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _silence()
        return READER_GONE
    except AutonomyError as error:
        return _say(str(error), error.exit_code)
    except OSError as error:
        if error.errno not in _MACHINE_SAYS_NO:
            return _bug()
        _silence()
        return _say(
            ": ".join(str(part) for part in (error.filename, error.strerror) if part), EnvironmentFault.exit_code
        )
    except Exception:  # noqa: BLE001  the last stop: what nobody could explain keeps its traceback
        return _bug()


def _flush() -> int:
    sys.stdout.flush()
    return 0


def _say(line: str, status: int) -> int:
    """Put a line on stderr; where nobody can read it, the status has to tell alone."""
    from autonomy.escape import terminal

    try:
        print(f"autonomy: {terminal(line)}", file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = None
    return status


def _bug() -> int:
    import traceback

    traceback.print_exc()
    return _say("this is a bug of autonomy; please report the lines above", BUG)


def _silence() -> None:
    """Send what stdout still holds nowhere: at exit Python would try once more to write it, and fail loudly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _hold_streams() -> None:
    """Open the standard streams that are closed, or the next file to be opened would stand in for one of them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
