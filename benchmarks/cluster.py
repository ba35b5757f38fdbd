"""Leaves on a Dask cluster of two worker processes against threads: what the client pays, per leaf and per base."""

import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from time import process_time

from autonomy import git
from autonomy.cluster.base import arrived, check_out, home_of, parcel_of, settle_in, take_piece
from autonomy.shards import shards
from autonomy.simulate import token_costs
from benchmarks.stages import root_of, write_repository

LEAVES = 1_000
ONE_EACH = ["--max-files", "1", "--min-files", "1", "--order", "none", "-q", "--no-cache"]


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def commit(root: Path) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *who, "commit", "-q", "-m", "All of it"], cwd=root, check=True)


class Cluster:
    """A scheduler and two workers of four places on loopback, each with a directory and a state of its own."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        address = f"tcp://127.0.0.1:{self.port}"
        self.processes = [self._start(home / "s", "dask_scheduler", f"--port={self.port}")]
        for name in ("w1", "w2"):
            self.processes.append(self._start(home / name, "dask_worker", address, "--no-nanny", "--nthreads=4"))

    def _start(self, home: Path, module: str, *words: str) -> "subprocess.Popen[bytes]":
        home.mkdir(parents=True)
        argv = [sys.executable, "-m", f"distributed.cli.{module}", *words, "--host=127.0.0.1", "--no-dashboard"]
        env = {**os.environ, "AUTONOMY_STATE_DIR": str(home / "state")}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(argv, cwd=home, env=env, **quiet)

    def close(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


class Overhead:
    """The client's processor time for 1,000 leaves of `true`; that of threads has the commands' own in it.

    With 64 in flight there are more of them than the workers have places: quick ones travel in chunks.
    """

    params = (("threads", "dask"), (8, 64))
    param_names = ("executor", "in_flight")
    timeout = 900
    unit = "seconds of CPU"

    def setup_cache(self) -> None:
        write_repository(LEAVES)
        commit(root_of(LEAVES))

    def setup(self, executor: str, in_flight: int) -> None:
        del in_flight
        self.home = Path("cluster").resolve()
        shutil.rmtree(self.home, ignore_errors=True)
        self.cluster = Cluster(self.home) if executor == "dask" else None

    def teardown(self, executor: str, in_flight: int) -> None:
        del executor, in_flight
        if self.cluster:
            self.cluster.close()

    def track_thousand_leaves(self, executor: str, in_flight: int) -> float:
        del executor
        where = ["--executor", f"dask://127.0.0.1:{self.cluster.port}"] if self.cluster else []
        before = children_cpu()
        words = ["autonomy", "run", *ONE_EACH, "-j", str(in_flight), *where, str(root_of(LEAVES)), "--", "true"]
        subprocess.run(words, check=True, capture_output=True)
        return children_cpu() - before

    track_thousand_leaves.unit = "seconds of CPU"


class Base:
    """What the base costs: packed once by the client, unpacked once per machine, against a clone."""

    timer = process_time
    timeout = 600

    def setup_cache(self) -> None:
        write_repository(10_000)
        commit(root_of(10_000))

    def setup(self) -> None:
        os.environ["AUTONOMY_STATE_DIR"] = str(Path("state").resolve())
        self.root = root_of(10_000)
        repository = git.find_repository(self.root)
        self.spool = Path("base.pack").resolve()
        self.spool.unlink(missing_ok=True)
        self.parcel = parcel_of(self.root, str(git.head_commit(repository)), "auto", self.spool)

    def track_pack(self) -> float:
        before = children_cpu()
        self.parcel.pack()
        return children_cpu() - before

    def track_unpack_against_clone(self) -> float:
        """Below 1: cheaper than `git clone`."""
        data, note = self.parcel.pack().read_bytes(), self.parcel.note
        shutil.rmtree(home_of(note), ignore_errors=True)
        before = children_cpu()
        take_piece(note.key, "all", data)
        arrived(note.key, "all")
        settle_in(note)
        check_out(note)
        unpacked = children_cpu() - before
        shutil.rmtree("clone", ignore_errors=True)
        before = children_cpu()
        subprocess.run(["git", "clone", "-q", "--no-local", f"file://{self.root}", "clone"], check=True)
        return unpacked / (children_cpu() - before)

    track_pack.unit = "seconds of CPU"
    track_unpack_against_clone.unit = "ratio"


class Shares:
    """Balancing 30,000 leaves over 256 machines."""

    timer = process_time

    def setup(self) -> None:
        from autonomy.model import Plan, Reason, Subplan, SubplanId

        leaves = tuple(
            Subplan(
                SubplanId(f"{row:016x}"), f"l{row}", None, 1, (), (), 0, row * 7919 % 100_000, 0, "", None, Reason.FITS
            )
            for row in range(30_000)
        )
        self.plan = Plan(leaves, {}, {})
        self.cost = token_costs(self.plan)

    def time_thirty_thousand_leaves(self) -> None:
        shards(self.plan, 256, self.cost)
