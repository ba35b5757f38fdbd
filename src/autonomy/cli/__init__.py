"""The command line: click's words in, results on stdout, errors as exit codes. The only package that prints."""

from collections.abc import Sequence

from autonomy.cli.exits import guarded


def main(argv: Sequence[str]) -> int:
    """Run one command line, without the program's name; the result is the exit code."""
    return guarded(lambda: _run(argv))


def _run(argv: Sequence[str]) -> int:
    from autonomy.cli.commands import run

    return run(argv)
