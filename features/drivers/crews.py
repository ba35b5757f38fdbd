"""Runs on a cluster, in this process: workers of threads that die, freeze, come and go when a scenario says so."""

import shlex
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from autonomy import git, pipeline, running
from autonomy.cluster import outpost, remote, roster, wire
from autonomy.cluster.access import Access
from autonomy.config import Config
from autonomy.engine import Settled, Started
from autonomy.errors import EnvironmentFault, Unreachable
from autonomy.ground import ground_again, ground_elsewhere, keep_base
from autonomy.journal.fold import Run
from autonomy.journal.reading import read
from autonomy.leafrunner import Orders
from autonomy.leafsearch import Quest
from autonomy.linux import PR_SET_CHILD_SUBREAPER, prctl
from autonomy.process import Cancellation
from autonomy.protocols import Member
from autonomy.running import Stop, Task
from autonomy.runreport import RunDocument

SOON = 0.05
"""How often members are looked after, and how long one may be silent, in a scenario."""


@dataclass
class Worker:
    """One worker. Errands of a dead or frozen one end when they like; a dead one never answers."""

    name: str
    slots: int
    life: int = 1
    dead: bool = False
    frozen: bool = False
    broken: bool = False
    """Its engine breaks at the next answer."""
    mute: bool = False
    """It works, and answers nothing that it is asked beside."""
    stubborn: bool = False
    """It does not take a stop."""
    wanted: list[threading.Event] = field(default_factory=list)


class Crew:
    """Workers of threads. `tell` is called with each errand's leaf when it reaches a worker."""

    def __init__(self, *workers: Worker) -> None:
        self.workers = {worker.name: worker for worker in workers}
        self.gone = ""
        self.tell: Callable[[Worker, str], None] = lambda _worker, _label: None
        self.asked: list[tuple[str, str]] = []
        self.sent: list[tuple[str, str, str]] = []
        self._pool = ThreadPoolExecutor(32)
        self._tick = 0.0

    def members(self) -> Sequence[Member]:
        if self.gone:
            raise EnvironmentFault(self.gone)
        self._tick += 1
        return [
            Member(each.name, f"{each.name}-{each.life}", each.slots, -1.0 if each.frozen else self._tick)
            for _, each in sorted(self.workers.items())
            if not each.dead
        ]

    def submit(self, member: Member, label: str, message: bytes) -> "Future[bytes]":
        worker, unwanted = self.workers[member.name], threading.Event()
        worker.wanted.append(unwanted)
        answer: Future[bytes] = Future()
        answer.add_done_callback(lambda done: unwanted.set() if done.cancelled() else None)
        self.sent.append((member.name, label, wire.open_errand(message)[0].kind))

        def work() -> None:
            self.tell(worker, label)
            found = outpost.perform(message, worker.name, lambda: not unwanted.is_set())
            if worker.broken:
                worker.broken = False
                answer.set_exception(RuntimeError("the engine broke"))
            elif not worker.dead and member.identity == f"{worker.name}-{worker.life}" and not answer.cancelled():
                answer.set_result(found)

        self._pool.submit(work)
        return answer

    def kill(self, worker: Worker) -> None:
        """As by SIGKILL: its reaper ends its commands, and nobody hears of it."""
        worker.dead = True
        for unwanted in worker.wanted:
            unwanted.set()

    def ask(self, member: Member, function: Callable[..., object], *arguments: object) -> object:
        worker = self.workers[member.name]
        if worker.dead or worker.mute or self.gone or (worker.stubborn and function is outpost.stop):
            raise Unreachable(member.name)
        self.asked.append((member.name, function.__name__))
        return function(*arguments)

    def close(self) -> None:
        for worker in self.workers.values():
            self.kill(worker)
        self._pool.shutdown(wait=True)


@dataclass
class Expedition:
    """One run of a repository at a crew."""

    root: Path
    crew: Crew
    command: tuple[str, ...] = ()
    options: dict[str, object] = field(default_factory=dict)
    quest: dict[str, object] = field(default_factory=dict)
    retries: int = 0
    isolation: str = "worktree"
    patience: float = 30.0
    bench_worker: str = ""
    base_url: str = ""
    ref: str | None = None
    """What leaves start from, in place of the tree as it stands."""
    at_start: Callable[[Started], None] | None = None
    document: RunDocument | None = None
    error: BaseException | None = None
    stop: Stop | None = None

    def run(self) -> None:
        plan = pipeline.draft(self.root, Config(max_files=5, min_files=5, max_parallel=4)).plan
        orders = Orders(self.command, grace=0.3, **self.options)
        access = Access(
            "dask://127.0.0.1:1", patience=self.patience, bench_worker=self.bench_worker, base_url=self.base_url
        )
        ground = ground_elsewhere(self.root, self.isolation, self.ref)
        quest = Quest(**self.quest)
        task = Task(orders, 4, self.isolation, self.retries, quest=quest, access=access, from_ref=ground.from_ref)
        self.directory, journal = running.start(self.root, plan, task, ground.base)
        with journal:
            keep_base(self.root, ground, self.directory.id)
            self._execute(journal)

    def resume(self) -> None:
        """Go on here, in threads."""
        journal, _plan = running.resume(self.directory, failed=True)
        ground = ground_again(self.root, journal.run.header)
        with journal, Cancellation() as cancellation:
            self.document = running.execute(
                self.root, self.directory, journal, ground.open, lambda _event: None, Stop(cancellation)
            )

    def _execute(self, journal: object) -> None:
        with Cancellation() as cancellation:
            self.stop = Stop(cancellation)
            try:
                self.document = running.execute(
                    self.root, self.directory, journal, None, self._watch, self.stop, self.crew
                )
            except Exception as error:  # noqa: BLE001
                self.error = error
            finally:
                self.crew.close()

    def interrupt(self) -> None:
        self.stop(signal.SIGINT)

    def _watch(self, event: Started | Settled) -> None:
        if self.at_start and isinstance(event, Started):
            self.at_start(event)

    @property
    def journal(self) -> Run:
        return read(self.directory.journal)


def settle(context: object) -> None:
    """What a scenario with a crew changes in this process, and takes back at its end."""
    stack = ExitStack()
    for module, name, value in (
        (roster, "LOOK_SECONDS", SOON),
        (outpost, "WATCH_SECONDS", SOON),
        (remote, "MARGIN", 0.5),
    ):
        stack.callback(setattr, module, name, getattr(module, name))
        setattr(module, name, value)
    stack.callback(prctl, PR_SET_CHILD_SUBREAPER, 0)
    stack.callback(_give_up_stations)
    context.add_cleanup(stack.close)
    context.changes = stack


def _give_up_stations() -> None:
    for station in list(outpost._stations.values()):
        station.leaving = True
    outpost._sweep()


def smaller(context: object, module: object, name: str, value: int) -> None:
    context.changes.callback(setattr, module, name, getattr(module, name))
    setattr(module, name, value)


def words(line: str) -> tuple[str, ...]:
    return tuple(shlex.split(line))


def leftovers() -> list[str]:
    """Slots and stations that are still on this machine."""
    state = git.state_dir()
    return sorted(str(path) for name in ("slots", "workers") for path in (state / name).glob("*"))
