"""What a worker and a client must have in common, and what is said where they have not."""

import platform
from collections.abc import Mapping

from autonomy import __version__
from autonomy.errors import EnvironmentFault


class Unfit(EnvironmentFault):
    """A worker can do nothing for this run: it runs something else than the client, or can't get the base."""


def ours() -> dict[str, str]:
    """What this process runs."""
    return {"autonomy": __version__, "python": ".".join(platform.python_version_tuple()[:2])}


def check(worker: str, theirs: Mapping[str, str], expected: Mapping[str, str]) -> None:
    """Compare what a worker says of itself with what it should say; what it says nothing of, it has not begun.

    Raises:
        Unfit: they differ; it names both.
    """
    for what, mine in expected.items():
        said = theirs.get(what)
        if said and said != mine:
            raise Unfit(f"worker {worker} runs {what} {said[:12]}, this is {what} {mine[:12]}")
