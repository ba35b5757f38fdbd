"""Real runs of the program in a forked child, killed with -9 at random moments, and resumed by `autonomy resume`.

Each leaf's command says that it has started, edits its files, and leaves a daemon behind; each start has a log of its
own. The program tells what it acknowledges by `--events`.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from autonomy.cli import main
from features import driver

KINDS = ("none", "overlay", "worktree")
LEAVES = 12
WITHIN_SECONDS = 1.0
"""So long after the kill something of the run may still be alive."""
SCRIPT = """
echo started
for file; do echo edited >>"$file"; done
(setsid sleep 86400 &)
i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done
"""


@dataclass(frozen=True)
class Trial:
    """One run, killed `after` seconds; `wrong` is empty where all was as it should be."""

    kind: str
    after: float
    acknowledged: int
    wrong: str = ""


class Ground:
    """A repository of twelve leaves of two files and a plan for it; the same for each trial."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "killed"
        warm()
        os.environ["AUTONOMY_STATE_DIR"] = str(folder / "state")
        driver.write_tree(self.root, {f"part{n}/{name}.txt": f"{n}\n" for n in range(LEAVES) for name in "ab"})
        driver.commit_all(self.root)
        options = ["--strategy", "directory", "--max-files", "2", "--min-files", "2", "--order", "none"]
        assert program(["plan", "-q", "--plan-only", *options, "-o", str(folder / "plan.json")], self.root) == 0
        nodes = json.loads((folder / "plan.json").read_text())["nodes"]
        self.slugs = {node["id"]: node["slug"] for node in nodes}

    def forget(self) -> None:
        """As if there never had been a run, and all files were as at first."""
        driver.git(self.root, "reset", "-q", "--hard")
        driver.run(["rm", "-rf", ".autonomy/runs"], self.root)

    def run(self, kind: str) -> list[str]:
        words = ["run", "-q", "-j", "3", "--isolation", kind, "--no-cache", "--plan", str(self.folder / "plan.json")]
        words += ["--events", str(self.folder / "events"), ".", "--", "sh", "-c", SCRIPT, "sh", "{files}"]
        return words

    def acknowledged(self) -> set[str]:
        """The leaves whose success the program has told."""
        with suppress(FileNotFoundError):
            lines = (self.folder / "events").read_text().splitlines(keepends=True)
            told = [json.loads(line) for line in lines if line.endswith("\n")]
            done = (each["leaf"] for each in told if each["event"] == "settled" and each["status"] == "succeeded")
            return {self.slugs[leaf] for leaf in done}
        return set()

    def starts(self) -> Counter[str]:
        """How often each leaf's command has started, by the leaf's name."""
        logs = (self.root / ".autonomy" / "runs").glob("*/logs/*.log")
        return Counter(log.name.split(".")[0] for log in logs if "started" in log.read_text())


def warm() -> None:
    """Import what a child would have to import, so that it comes to the point sooner."""
    from autonomy.cli import campaign, plan, resume, run, status
    from autonomy.journal.events import adapter
    from autonomy.loading import load_all

    del campaign, plan, resume, run, status
    adapter()
    for kind in ("executors", "languages", "splitters"):
        load_all(kind)


def child(words: Sequence[str], folder: Path) -> int:
    """A forked copy of these tests that runs one command line of the program in `folder`; its process identifier."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        os.chdir(folder)
        quiet = os.open(folder.parent / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        status = main(list(words))
    finally:
        os._exit(status)


def program(words: Sequence[str], folder: Path) -> int:
    """The status of one command line, run in a forked child."""
    return os.waitstatus_to_exitcode(os.waitpid(child(words, folder), 0)[1])


def left_alive(mark: bytes) -> list[int]:
    """Processes that carry `mark` in their environment or on their command line, but for these tests."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            told = Path(f"/proc/{name}/environ").read_bytes() + Path(f"/proc/{name}/cmdline").read_bytes()
            if int(name) != os.getpid() and mark in told and _runs(name):
                found.append(int(name))
    return found


def _runs(name: str) -> bool:
    return Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"


def survive(mark: bytes, seconds: float = WITHIN_SECONDS) -> list[int]:
    """The processes that are still alive so long after now; returns as soon as there are none."""
    deadline = time.monotonic() + seconds
    while (left := left_alive(mark)) and time.monotonic() < deadline:
        descriptors = []
        for pid in left:
            with suppress(ProcessLookupError):
                descriptors.append(os.pidfd_open(pid))
        if descriptors:
            select.select(descriptors, [], [], max(0.0, deadline - time.monotonic()))
        for each in descriptors:
            os.close(each)
    return left


def kill_and_resume(ground: Ground, kind: str, after: float) -> Trial:
    """Kill a run so many seconds after its start, then say `resume` to what is left of it."""
    ground.forget()
    (ground.folder / "events").unlink(missing_ok=True)
    pid = child(ground.run(kind), ground.root)
    waiting = os.pidfd_open(pid)
    select.select([waiting], [], [], after)
    os.close(waiting)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    left = survive(os.fsencode(ground.folder))
    acknowledged, before = ground.acknowledged(), ground.starts()
    wrong = [f"{len(left)} processes outlived the kill by a second"] if left else []
    return Trial(kind, after, len(acknowledged), "; ".join(wrong + _resumed(ground, acknowledged, before)))


def _resumed(ground: Ground, acknowledged: set[str], before: Counter[str]) -> list[str]:
    """What is wrong after a plain resume."""
    if not list((ground.root / ".autonomy" / "runs").glob("*/journal.sqlite")):
        return ["a leaf was acknowledged, and there is no run"] if acknowledged or before else []
    status = program(["resume", "-q"], ground.root)
    if status:
        said = (ground.folder / "said").read_text()
        return [f"resume ended with {status}: {said[-300:]}"]
    starts = ground.starts()
    again = [leaf for leaf in sorted(acknowledged) if starts[leaf] != before[leaf]]
    wrong = [f"{len(again)} acknowledged leaves ran again"] if again else []
    assert program(["status", "--json"], ground.root) == 0
    found = json.loads((ground.folder / "said").read_text())["subplans"]
    lost = [each["id"] for each in found if each["status"] != "succeeded" or not each["changed_files"]]
    wrong += [f"{len(lost)} leaves have no result"] if lost or len(found) != LEAVES else []
    return wrong + (
        [f"{len(left)} processes outlived the resume"] if (left := survive(os.fsencode(ground.folder))) else []
    )


def moment(ground: Ground, kind: str) -> Callable[[random.Random], float]:
    """Draws seconds after the start of a run: one in five before its first leaf starts, four among its leaves."""
    ground.forget()
    began = time.time()
    assert program(ground.run(kind), ground.root) == 0, (ground.folder / "said").read_text()
    told = [json.loads(line)["at"] - began for line in (ground.folder / "events").read_text().splitlines()]

    def draw(chance: random.Random) -> float:
        first, last = told[0], told[-1] * 1.05
        return chance.uniform(first, last) if chance.randrange(5) else chance.uniform(0, first)

    return draw


def kill_at_random(folder: Path, times: int, seed: int) -> list[Trial]:
    """Kill runs at `times` moments, drawn over the length of a run, of each kind of isolation in turn."""
    ground, chance = Ground(folder), random.Random(seed)
    for kind in KINDS:
        assert program(ground.run(kind), ground.root) == 0, (ground.folder / "said").read_text()
    draws = {kind: moment(ground, kind) for kind in KINDS}
    return [kill_and_resume(ground, kind, draws[kind](chance)) for kind in islice(cycle(KINDS), times)]
