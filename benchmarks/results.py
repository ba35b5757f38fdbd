"""What it costs to keep results: an append to the journal, a stored patch, a leaf merged. CPU with all children."""

import resource
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from time import time

from autonomy import git, mergeback
from autonomy.journal import Journal, runs
from autonomy.journal.events import Ended, Header, Settled, Started
from autonomy.model import Change, Patch, Plan, Reason, Status, Subplan, SubplanId

APPENDS = 2_000
FILES_PER_LEAF = 5
ROOT = SubplanId("f" * 16)


def cpu_of(work: Callable[[], object]) -> float:
    """Seconds of this process and of the children that it waited for."""
    began = _used()
    work()
    return _used() - began


def _used() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


def header(run_id: str, base: str | None = None) -> Header:
    return Header(
        run_id=run_id, version="1", plan_digest="0" * 64, base=base, command=("true",), max_parallel=10, at=time()
    )


class Appending:
    """Events of some 300 bytes, each durable before the next of its thread."""

    params = (1, 10)
    param_names = ("threads",)
    timeout = 600

    def setup(self, threads: int) -> None:
        shutil.rmtree("journal", ignore_errors=True)
        Path("journal").mkdir()
        self.journal = Journal.create(Path("journal/journal.sqlite"), header("run"))
        self.leases = count(1)

    def teardown(self, threads: int) -> None:
        self.journal.close()

    def _leaf(self, _number: int) -> None:
        lease = next(self.leases)
        leaf = SubplanId(f"{lease:016x}")
        self.journal.append(Started(leaf=leaf, attempt=1, lease=lease, at=1.0))
        self.journal.append(
            Ended(leaf=leaf, lease=lease, status=Status.SUCCEEDED, at=2.0, log="logs/some.leaf.1.log"),
            Settled(leaf=leaf, lease=lease, status=Status.SUCCEEDED, at=2.0),
        )

    def track_append(self, threads: int) -> float:
        with ThreadPoolExecutor(threads) as pool:
            return cpu_of(lambda: list(pool.map(self._leaf, range(APPENDS // 2)))) / APPENDS * 1e6

    track_append.unit = "us"  # type: ignore[attr-defined]


def content(number: int) -> bytes:
    return b"".join(b"line %d of file %d\n" % (line, number) for line in range(100))


def patch_of(leaf: int) -> Patch:
    numbers = range(leaf * FILES_PER_LEAF, (leaf + 1) * FILES_PER_LEAF)
    return tuple(Change(f"d{number // 50}/f{number}", 0o100644, content(number) + b"end\n") for number in numbers)


def second(leaf: int, overlaps: int) -> Patch:
    """Another end of a file that the first leaf has changed, for the leaves that overlap."""
    return (Change("d0/f0", 0o100644, b"begin %d\n" % overlaps + content(0)),) if 0 < leaf <= overlaps else ()


def path_of(change: Change) -> str:
    return change.path


def subplan(leaf: int) -> Subplan:
    name = SubplanId(f"{leaf:016x}")
    return Subplan(name, f"leaf{leaf}", ROOT, 1, (), (), FILES_PER_LEAF, 1, 1, "0" * 64, None, Reason.FITS)


class Merging:
    """Leaves of five files of 2 KB; `overlaps` of them edit a file of the first leaf as well."""

    params = ((100, 1_000), (0, 10))
    param_names = ("leaves", "overlaps")
    timeout = 600

    def setup(self, leaves: int, overlaps: int) -> None:
        home = Path("merging").resolve()
        shutil.rmtree(home, ignore_errors=True)
        root = home / "repository"
        for number in range(leaves * FILES_PER_LEAF):
            path = root / f"d{number // 50}/f{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content(number))
        for command in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "b"],
        ):
            subprocess.run(["git", *command], cwd=root, check=True)
        self.source = self._run(root, home / "state", leaves, overlaps)

    def _run(self, root: Path, state: Path, leaves: int, overlaps: int) -> mergeback.Source:
        repository = git.find_repository(root)
        assert repository is not None
        engine = git.engine_dir(state, repository)
        run = runs.new_run(root)
        plans = [subplan(leaf) for leaf in range(leaves)]
        children = tuple(plan.id for plan in plans)
        top = Subplan(ROOT, "root", None, 0, children, (), leaves, 1, 1, "0" * 64, None, None)
        with runs.start(run, header(run.id, git.snapshot_commit(repository, engine)), state) as journal:
            for leaf, plan in enumerate(plans):
                more = (
                    (Change(f"d0/f{leaf - 1}", 0o100644, b"new\n" + content(leaf - 1)),) if 0 < leaf <= overlaps else ()
                )
                result = run.results.put(tuple(sorted((*patch_of(leaf), *more), key=lambda change: change.path)))
                lease = leaf + 1
                journal.append(
                    Started(leaf=plan.id, attempt=1, lease=lease, at=1.0),
                    Ended(leaf=plan.id, lease=lease, status=Status.SUCCEEDED, at=1.0, result=result),
                    Settled(leaf=plan.id, lease=lease, status=Status.SUCCEEDED, at=1.0),
                )
            base = str(journal.run.header.base)
            return mergeback.Source(Plan((top, *plans), {}, {}), journal.run, run.results, repository, engine, base)

    def track_leaf(self, leaves: int, overlaps: int) -> float:
        return cpu_of(self._merge) / leaves * 1e3

    track_leaf.unit = "ms"  # type: ignore[attr-defined]

    def _merge(self) -> None:
        found = mergeback.merge(self.source)
        assert found.published, found.conflicts

    def peakmem_merge(self, leaves: int, overlaps: int) -> None:
        self._merge()


class Storing:
    """Patches of five files of 2 KB, each on the disk before the next."""

    timeout = 600

    def track_put(self) -> float:
        shutil.rmtree("storing", ignore_errors=True)
        Path("storing").mkdir()
        store = runs.RunDirectory(Path("storing")).results
        store.directory.mkdir()
        patches = [patch_of(leaf) for leaf in range(500)]
        return cpu_of(lambda: [store.put(patch) for patch in patches]) / len(patches) * 1e6

    track_put.unit = "us"  # type: ignore[attr-defined]
