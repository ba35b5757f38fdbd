"""A run of very many leaves: what it holds of memory, descriptors and threads meanwhile."""

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from autonomy import running
from autonomy.engine import Settled, Started
from autonomy.leafrunner import Orders
from autonomy.process import Cancellation
from autonomy.running import Stop, Task
from autonomy.workspace.in_place import InPlace
from features import driver
from features.drivers import planning

PARALLEL = 10


@dataclass(frozen=True)
class Soaked:
    """Megabytes after a tenth of the leaves, after the last, and at most; threads at most.

    Descriptors before the run, at most, and when it is over.
    """

    succeeded: int
    early: float
    late: float
    peak: float
    threads: int
    before: int
    descriptors: tuple[int, int]


def soak(folder: Path, leaves: int) -> Soaked:
    """Run `true` for each of so many leaves, ten at a time, without isolation, in a Python of its own."""
    answer = folder / "soaked"
    words = [sys.executable, "-m", "features.drivers.soaking", str(folder / "repo"), str(leaves), str(answer)]
    ended = driver.run(words, Path.cwd())
    assert ended.status == 0, ended.err
    return Soaked(**json.loads(answer.read_text()))


def _soak(root: Path, leaves: int, answer: Path) -> None:
    os.environ["AUTONOMY_STATE_DIR"] = str(root.parent / "state")
    plan = planning.flat_plan({f"leaf{number:05}": [] for number in range(leaves)})
    seen: list[tuple[float, int, int]] = []

    def watch(event: Started | Settled) -> None:
        if isinstance(event, Settled):
            seen.append((megabytes(), threading.active_count(), descriptors()))

    start = descriptors()
    with Cancellation() as cancellation:
        task = Task(Orders(("true",), timeout=600.0), PARALLEL, "none")
        run, journal = running.start(root, plan, task, None)
        with journal:
            found = running.execute(root, run, journal, lambda _run: InPlace(root), watch, Stop(cancellation))
    done = sum(each.status == "succeeded" for each in found.subplans)
    held = max(held for _, _, held in seen), descriptors()
    soaked = Soaked(
        done, seen[leaves // 10][0], seen[-1][0], peak(), max(threads for _, threads, _ in seen), start, held
    )
    answer.write_text(json.dumps(asdict(soaked)))


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def megabytes() -> float:
    """Of this process that lie in memory now."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    _soak(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
