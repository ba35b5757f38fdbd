"""Where the page of a plan or a run goes, and writing it there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from autonomy import state
from autonomy.cli.options import say
from autonomy.errors import AutonomyError
from autonomy.loading import load

if TYPE_CHECKING:
    from autonomy.report.story import Story

NAME = "report.html"


def write_page(root: Path, story: Callable[[], "Story"], *, quiet: bool) -> Path | None:
    """Write the page where a browser finds it. A plan or a run is none the worse without it: then a line says why."""
    try:
        text: str = load("renderers", "html").tell(story())
        target = state.ensure(root) / NAME
        state.write(target, text)
    except AutonomyError as error:
        say(f"autonomy: no report: {error}", quiet=quiet)
        return None
    return target
