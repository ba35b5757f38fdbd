"""Two attempts that start at once: the second one comes to the journal when the first has its lease, if it can."""

import threading
from itertools import count
from pathlib import Path
from typing import cast

from autonomy.journal import Journal, read
from autonomy.journal.fold import Run
from autonomy.journal.runs import RunDirectory
from autonomy.leafrunner import Runner
from autonomy.leafwork import Bench, LeafWork
from autonomy.process import Cancellation
from features.drivers import planning
from features.drivers.journaling import HEADER

DALLYING_SECONDS = 0.3
"""So long the first one waits to be overtaken, where nobody can."""


class Leases:
    """Numbers, of which the first is held back until somebody who has a later one is through."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.first_has_one, self.second_is_through = threading.Event(), threading.Event()

    def __next__(self) -> int:
        number = next(self._numbers)
        if number == 1:
            self.first_has_one.set()
            self.second_is_through.wait(DALLYING_SECONDS)
        return number


def overtake(folder: Path) -> Run:
    """What the journal holds when both attempts have started."""
    run = RunDirectory(folder)
    first, second = planning.flat_plan({"a": [], "b": []}).leaves
    leases = Leases()
    with Journal.create(run.journal, HEADER) as journal, Cancellation() as cancellation:
        work = LeafWork(Bench(run, journal, cancellation, cast("count[int]", leases)), cast(Runner, None))
        thread = threading.Thread(target=work.open, args=(first, 1))
        thread.start()
        leases.first_has_one.wait()
        work.open(second, 1)
        leases.second_is_through.set()
        thread.join()
    return read(run.journal)
