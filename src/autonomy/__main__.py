"""The fast path: `--version` is answered before anything else is imported; all else goes to the cli."""

import sys


def main() -> int:
    """Run the command line in `sys.argv`; the result is the exit code."""
    if sys.argv[1:] == ["--version"] and _answer():
        return 0
    from autonomy.cli import main as cli

    return cli(sys.argv[1:])


def _answer() -> bool:
    """Whether stdout took the version; where it did not, the cli knows how to complain."""
    from autonomy import __version__

    try:
        print(f"autonomy {__version__}", flush=True)
    except OSError:
        return False
    return sys.stdout is not None


if __name__ == "__main__":
    sys.exit(main())
