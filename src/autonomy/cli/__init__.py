"""The command line: click's words in, results on stdout, errors as exit codes. The only package that prints."""

import sys
from collections.abc import Sequence

from autonomy.cli.exits import guarded


def main(argv: Sequence[str]) -> int:
    """Run one command line, without the program's name; the result is the exit code."""
    return guarded(lambda: _run(argv))


def _run(argv: Sequence[str]) -> int:
    if argv in (["--help"], ["-h"]):
        from autonomy.cli.overview import overview

        sys.stdout.write(overview())
        return 0
    from autonomy.cli.commands import run

    return run(argv)
