"""The command line: click's words in, results on stdout, errors as exit codes. The only package that prints."""

import gc
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

    # What a command makes lives until its end: looking for garbage as often as Python does is 4 % of a big plan.
    gc.set_threshold(10_000)
    return run(argv)
