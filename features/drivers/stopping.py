"""Real runs that end in each way while their leaf has left processes behind in each way, and who is alive then."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from features import driver
from features.drivers import killing
from features.drivers.process import LEAVINGS, Watched, expected

ENDS = ("succeeds", "times out", "gets SIGINT", "gets SIGTERM", "is killed with -9")
WITHIN_SECONDS = 2.0 + 1.0
"""The grace that the program gives, and a second."""


@dataclass(frozen=True)
class Stopped:
    """A run that ended in some way, what its leaf had left, and how many of it were still alive then."""

    end: str
    leavings: str
    alive: int


def stop_everything(folder: Path) -> Iterator[Stopped]:
    """Each way to end a run, with each way to leave something behind."""
    killing.warm()
    for end in ENDS:
        for leavings in LEAVINGS:
            if leavings != "nothing":
                place = folder / f"{ENDS.index(end)}-{leavings.replace(' ', '-')}"
                place.mkdir()
                yield Stopped(end, leavings, len(_alive_after(end, leavings, place)))


def _alive_after(end: str, leavings: str, place: Path) -> list[int]:
    root, watched = place / "repo", Watched(place)
    driver.write_tree(root, {"a": "a\n"})
    ending = "exits" if end == "succeeds" else "waits"
    script = watched.script(leavings, ending, expected(leavings))
    words = ["run", "-q", "--isolation", "none", *(["--timeout", "1"] if end == "times out" else [])]
    pid = killing.child([*words, ".", "--", "sh", "-c", script], root)
    # Opened for both ways, so that a leaf that ends too soon keeps nobody waiting.
    ready = os.open(watched.ready, os.O_RDWR)
    if end not in ("succeeds", "times out"):
        os.read(ready, 1)
        number = {"gets SIGINT": signal.SIGINT, "gets SIGTERM": signal.SIGTERM}.get(end, signal.SIGKILL)
        os.kill(pid, number)
    os.waitpid(pid, 0)
    os.close(ready)
    return killing.survive(watched.token.encode(), 1.0)
