"""Runs whose system calls fail or kill them, one after another."""

import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from features import driver
from features.drivers.journaling import missing, resumed_run, told
from features.drivers.powerloss import RUN

BOUNDS = 400
ENOUGH = 5
"""So many runs in a row that the fault did not reach, and there are no more calls to reach."""


@dataclass
class Injected:
    """What became of runs, each with the fault at another call."""

    kind: str
    """`Killed at any system call`, or which error was injected."""
    endings: Counter[int] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """How many runs the fault ended."""
        return sum(number for status, number in self.endings.items() if status)


def inject(folder: Path, call: str, fault: str, leaves: int = 3) -> Injected:
    """Let the n-th `call` of a run meet `fault` (as strace spells it), for n from 1 on, and resume each run."""
    found = Injected("Killed at a system call" if "signal" in fault else "System calls that fail with an error")
    unharmed = 0
    for number in range(1, BOUNDS):
        root = folder / f"{call}{number}"
        root.mkdir()
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
        fate = ["-e", f"inject={call}:{fault}:when={number}"]
        ended = driver.run([*trace, *fate, sys.executable, "-B", "-c", RUN, str(root), str(leaves)], Path.cwd())
        found.endings[ended.status] += 1
        if "Traceback" in ended.err:
            found.tracebacks.append(f"{call} {number}: {ended.err[-300:]}")
        said = told(ended.out.splitlines(keepends=True))
        again = set(said.acknowledged) & set(resumed_run(root, leaves).started)
        found.repeated += [f"{call} {number}: {sorted(again)}"] if again else []
        found.lost += [f"{call} {number}"] if missing(root, leaves) else []
        shutil.rmtree(root)
        unharmed = 0 if ended.status else unharmed + 1
        if unharmed == ENOUGH:
            break
    return found
