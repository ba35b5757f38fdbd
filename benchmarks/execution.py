"""What a leaf costs beside its command: a whole run of empty commands, a slot leased and collected, a long run's size.

Processor time, user and system, of this process and of all that it started; ratios are measured alternately in one run.
The largest sizes take minutes: they are measured where BENCH_FULL is set.
"""

import os
import random
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from heapq import heappop, heappush
from math import nan
from pathlib import Path
from statistics import median

from autonomy import engine, git, running
from autonomy.assemble import subplan_id
from autonomy.leafrunner import Orders
from autonomy.model import Outcome, Plan, Reason, Status, Subplan, SubplanId
from autonomy.process import Cancellation, Command, Supervisor
from autonomy.protocols import Workspace
from autonomy.running import Stop, Task
from autonomy.schedule import Schedule, bottom_levels
from autonomy.workspace import Choice, Site, open_workspace, probes
from autonomy.workspace.in_place import InPlace

from .stages import root_of, write_repository

LARGE = bool(os.environ.get("BENCH_FULL"))
WORKERS = 10
REPEATS = 3
RUN = "benchmark"
ROOT = SubplanId("f" * 16)


def leaf(number: int) -> Subplan:
    files = (f"file{number}",)
    return Subplan(subplan_id(files), f"leaf{number}", ROOT, 1, (), files, 1, 100, 100, "0" * 64, None, Reason.FITS)


def plan_of(leaves: int) -> Plan:
    made = tuple(leaf(number) for number in range(leaves))
    children = tuple(each.id for each in made)
    root = Subplan(ROOT, "root", None, 0, children, (), leaves, 1, 1, "0" * 64, "none", None)
    return Plan((root, *made), {}, {}, None, {}, ())


def used() -> float:
    """Seconds of processor time so far."""
    kinds = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(kind.ru_utime + kind.ru_stime for kind in kinds)


def cost(work: Callable[[], object]) -> float:
    before = used()
    work()
    return used() - before


def in_turns(*works: Callable[[], object]) -> list[float]:
    """The median cost of each, measured in turns."""
    rounds = [[cost(work) for work in works] for _ in range(REPEATS)]
    return [median(each[place] for each in rounds) for place in range(len(works))]


class Runs:
    """`true`, once per leaf, ten at a time, without isolation; with logs, a timeout and the journal; planned before."""

    params = (1_000, 10_000) if LARGE else (1_000,)
    param_names = ("leaves",)
    timeout = 900

    def setup(self, leaves: int) -> None:
        # Deleted when all is measured: ext4 looks through the inodes that were deleted in the last seconds.
        self.home = Path(tempfile.mkdtemp())
        self.plan, self.numbers = plan_of(leaves), iter(range(100))
        self.lines = "".join(f"{number}\n" for number in range(leaves)).encode()

    def teardown(self, leaves: int) -> None:
        shutil.rmtree(self.home)

    def ours(self, watch: engine.Record = lambda _event: None) -> None:
        root = self.home / str(next(self.numbers))
        root.mkdir()
        os.environ["AUTONOMY_STATE_DIR"] = str(root / "state")
        with Cancellation() as cancellation:
            task = Task(Orders(("true",), timeout=600.0), WORKERS, "none")
            run, journal = running.start(root, self.plan, task, None)
            with journal:
                running.execute(root, run, journal, lambda _run: InPlace(root), watch, Stop(cancellation))

    def xargs(self) -> None:
        subprocess.run(["xargs", f"-P{WORKERS}", "-n1", "true"], input=self.lines, check=True)

    def parallel(self) -> None:
        words = ["parallel", f"-j{WORKERS}", "--joblog", str(self.home / f"joblog{next(self.numbers)}"), "true"]
        subprocess.run(words, input=self.lines, check=True, stderr=subprocess.DEVNULL)

    def track_milliseconds_per_leaf(self, leaves: int) -> float:
        return cost(self.ours) / leaves * 1e3

    def track_to_xargs(self, leaves: int) -> float:
        ours, theirs = in_turns(self.ours, self.xargs)
        return ours / theirs

    def track_to_parallel(self, leaves: int) -> float:
        """Not a number where GNU parallel is not installed."""
        if shutil.which("parallel") is None:
            return nan
        ours, theirs = in_turns(self.ours, self.parallel)
        return ours / theirs

    def track_megabytes(self, leaves: int) -> float:
        """In memory at most, of this process."""
        self.ours()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3

    def track_megabytes_per_thousand_leaves(self, leaves: int) -> float:
        """What a run grows by after its first tenth."""
        sizes: list[float] = []
        self.ours(lambda event: sizes.append(megabytes()) if isinstance(event, engine.Settled) else None)
        return (sizes[-1] - sizes[leaves // 10]) / (leaves * 0.9) * 1e3

    def track_descriptors(self, leaves: int) -> int:
        """How many more are open after the last leaf than after the first tenth of them."""
        counts: list[int] = []
        self.ours(lambda _event: counts.append(len(os.listdir("/proc/self/fd"))))
        return counts[-1] - counts[len(counts) // 10]

    track_milliseconds_per_leaf.unit = "ms"  # type: ignore[attr-defined]
    track_to_xargs.unit = "x xargs -P10 -n1"  # type: ignore[attr-defined]
    track_to_parallel.unit = "x parallel -j10 --joblog"  # type: ignore[attr-defined]
    track_megabytes.unit = track_megabytes_per_thousand_leaves.unit = "MB"  # type: ignore[attr-defined]
    track_descriptors.unit = "descriptors"  # type: ignore[attr-defined]


def megabytes() -> float:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Slots:
    """A leaf that edits five files: leased, run, collected, given back."""

    params = (("overlay", "worktree"), (2_000, 10_000) if LARGE else (2_000,))
    param_names = ("isolation", "files")
    timeout = 900
    leaves = 20

    def setup_cache(self) -> None:
        for files in self.params[1]:
            write_repository(files)
            identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
            subprocess.run(["git", *identity, "commit", "-qm", "all"], cwd=root_of(files), check=True)

    def setup(self, isolation: str, files: int) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.root = root_of(files)
        works = probes.overlay(self.root, self.home) if isolation == "overlay" else probes.worktree(self.root)
        if not works.works:
            raise NotImplementedError(works.why)
        repository = git.find_repository(self.root)
        assert repository is not None
        base = git.snapshot_commit(repository, git.engine_dir(self.home, repository))
        confined = probes.confinement().works
        self.stack = ExitStack()
        self.supervisor = self.stack.enter_context(Supervisor(RUN))
        site = Site(self.root, RUN, self.home, base)
        self.workspace: Workspace = open_workspace(Choice(isolation, confined), site)
        self.stack.callback(self.workspace.close)
        paths = sorted(path.relative_to(self.root) for path in self.root.rglob("*.py"))[:: files // 5]
        self.script = "; ".join(f"echo >>{path}" for path in paths)
        self.env = {"PATH": os.environ["PATH"], "AUTONOMY_RUN_ID": RUN, "TMPDIR": str(self.home)}

    def teardown(self, isolation: str, files: int) -> None:
        self.stack.close()
        shutil.rmtree(self.home)

    def run(self) -> None:
        for number in range(self.leaves):
            with self.workspace.lease(leaf(number)) as slot:
                command = Command(("sh", "-c", self.script), slot.path, self.env, self.home / "log")
                self.supervisor.supervise(command, (), slot.enter)
                assert len(slot.collect()) == 5

    def reset_and_clean(self, clone: Path) -> None:
        for _ in range(self.leaves):
            subprocess.run(["sh", "-c", self.script], cwd=clone, check=True)
            subprocess.run(["git", "reset", "-q", "--hard"], cwd=clone, check=True)
            subprocess.run(["git", "clean", "-qffdx"], cwd=clone, check=True)

    def track_cold_milliseconds(self, isolation: str, files: int) -> float:
        """The first lease of a run."""

        def lease() -> None:
            with self.workspace.lease(leaf(0)):
                pass

        return cost(lease) * 1e3

    def track_to_reset_and_clean(self, isolation: str, files: int) -> float:
        clone = self.home / "clone"
        subprocess.run(["git", "clone", "-q", "--shared", str(self.root), str(clone)], check=True)
        self.run()
        ours, theirs = in_turns(self.run, lambda: self.reset_and_clean(clone))
        return ours / theirs

    def track_milliseconds_per_leaf(self, isolation: str, files: int) -> float:
        self.run()
        return median(cost(self.run) for _ in range(REPEATS)) / self.leaves * 1e3

    track_cold_milliseconds.unit = track_milliseconds_per_leaf.unit = "ms"  # type: ignore[attr-defined]
    track_to_reset_and_clean.unit = "x sh, git reset --hard, git clean"  # type: ignore[attr-defined]


class HeavyTails:
    """Times of which a few leaves are most (Pareto, 1.5), estimates wrong by a factor (lognormal, 1), ten workers."""

    params = (1_000, 10_000)
    param_names = ("leaves",)

    def track_makespan_to_bound(self, leaves: int) -> float:
        """The bound: max(critical path, work / workers). Ten layers; a leaf waits for three of the layer before."""
        chance, plan = random.Random(7), plan_of(leaves)
        width, names = leaves // 10, [each.id for each in plan.leaves]
        waits = {
            names[number]: tuple(chance.sample(names[number // width * width - width : number // width * width], 3))
            for number in range(width, leaves)
        }
        plan = Plan(plan.nodes, waits, {}, None, {}, ())
        seconds = {name: chance.paretovariate(1.5) for name in names}
        estimate = {name: seconds[name] * chance.lognormvariate(0, 1) for name in names}
        bound = max(*bottom_levels(plan, seconds).values(), sum(seconds.values()) / WORKERS)
        return _makespan(Schedule(plan, cost=estimate), seconds) / bound

    track_makespan_to_bound.unit = "ratio"  # type: ignore[attr-defined]


def _makespan(schedule: Schedule, seconds: dict[SubplanId, float]) -> float:
    clock, running = 0.0, []  # type: float, list[tuple[float, SubplanId]]
    while not schedule.done:
        while len(running) < WORKERS and (found := schedule.next()):
            heappush(running, (clock + seconds[found.id], found.id))
        clock, ended = heappop(running)
        schedule.settle([Outcome(ended, Status.SUCCEEDED, 1)])
    return clock
