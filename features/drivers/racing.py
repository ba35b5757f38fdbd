"""Runs, slots and searches that get in each other's way."""

import json
import os
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from autonomy.searching.lanes import Bound
from features import driver
from features.drivers import killing, searching, workspaces


@dataclass(frozen=True)
class Race:
    """Runs that started at once: their statuses, and how many leaves have a result."""

    statuses: tuple[int, ...]
    results: int


def race(folder: Path, rounds: int, runners: int) -> list[Race]:
    """Let runs start at once on one repository; the leaves of the winner wait until the others have ended."""
    ground, found = killing.Ground(folder), []
    gate = folder / "gate"
    os.mkfifo(gate)
    words = [*ground.run("none")]
    words[words.index("--") :] = ["--", "sh", "-c", 'read line <"$0"', str(gate)]
    for _ in range(rounds):
        ground.forget()
        writer = os.open(gate, os.O_RDWR)
        pids = [killing.child(words, ground.root) for _ in range(runners)]
        statuses = []
        for number in range(runners):
            if number == runners - 1:
                os.write(writer, b"\n" * killing.LEAVES)
            pid, status = os.waitpid(-1, 0)
            assert pid in pids
            statuses.append(os.waitstatus_to_exitcode(status))
        os.close(writer)
        assert killing.program(["status", "--json"], ground.root) == 0
        report = json.loads((folder / "said").read_text())
        found.append(Race(tuple(statuses), sum(each["status"] == "succeeded" for each in report["subplans"])))
    return found


def lease_at_once(folder: Path, kind: str, rounds: int, threads: int) -> list[str]:
    """Make slots from many threads at once, all of them new in each round; what went wrong."""
    ground = workspaces.Ground(folder, kind)
    ground.make()
    wrong: list[str] = []
    for _ in range(rounds):
        wrong += workspaces.together(ground, threads)
        driver.run(["rm", "-rf", str(ground.state / "slots")], folder)
    return wrong


def search_at_once() -> list[str]:
    """Searches of many leaves under one bound, for each shape of leaves, bound, chains, steps and selection.

    A shape that came to its end within its bound is an empty line.
    """
    found = []
    for leaves, places, loop, width, select in product(
        (1, 4, 12), (1, 2, 3, 10), (1, 2, 3), (1, 2, 5), ("first", "best")
    ):
        bound = Bound(places)
        cases = [
            searching.Case(loop, width, script=_last_passes(loop * width), options={"select": select})
            for _ in range(leaves)
        ]
        ran = searching.in_threads([partial(case.run_in_threads, bound) for case in cases])
        fine = all(each.outcome.success for each in ran) and not bound.taken and bound.peak <= places
        found.append("" if fine else f"{leaves} leaves, {places} places, {loop} x {width}, {select}")
    return found


def _last_passes(attempts: int) -> searching.Script:
    return searching.Script({attempts: "passes"})
