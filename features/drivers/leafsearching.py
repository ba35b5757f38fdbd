"""`autonomy run` with candidates, from the plan to the report, in slots that are plain copies of the tree."""

import json
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autonomy import pipeline, running
from autonomy.config import Config
from autonomy.errors import EnvironmentFault
from autonomy.leafrunner import Orders
from autonomy.leafsearch import Quest
from autonomy.model import Change, Patch, Plan, Subplan
from autonomy.process import Cancellation
from autonomy.running import Stop, Task
from autonomy.runreport import RunDocument
from features import driver


@dataclass
class Copy:
    """A slot: a copy of the tree."""

    path: Path
    base: Mapping[str, bytes]
    name: str = "copy"
    enter: None = None

    def apply(self, patch: Patch) -> None:
        for change in patch:
            if change.content is None:
                (self.path / change.path).unlink(missing_ok=True)
            else:
                driver.write_tree(self.path, {change.path: change.content})

    def unsuited(self, _log: Path) -> str:
        return ""

    def collect(self) -> Patch:
        now = driver.read_tree(self.path)
        changed = [path for path in sorted({*now, *self.base}) if now.get(path) != self.base.get(path)]
        return tuple(Change(path, 0o100644 if path in now else 0, now.get(path)) for path in changed)


@dataclass
class Copies:
    """A workspace that copies the tree for each lease; counts the leases that are out."""

    root: Path
    folder: Path
    name: str = "copies"
    out: int = 0
    made: int = 0
    fault: str = ""
    """What every lease fails with, if anything."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def lease(self, _leaf: Subplan) -> Iterator[Copy]:
        if self.fault:
            raise EnvironmentFault(self.fault)
        with self._lock:
            self.made += 1
            self.out += 1
            slot = self.folder / f"slot-{self.made}"
        base = {path: data for path, data in driver.read_tree(self.root).items() if not path.startswith(".autonomy/")}
        driver.write_tree(slot, base)
        try:
            yield Copy(slot, base)
        finally:
            shutil.rmtree(slot)
            with self._lock:
                self.out -= 1

    def close(self) -> None:
        """There is nothing to give up."""


@dataclass
class Campaign:
    """One run: what is asked, and what came of it."""

    root: Path
    folder: Path
    command: tuple[str, ...] = ()
    options: dict[str, object] = field(default_factory=dict)
    quest: dict[str, object] = field(default_factory=dict)
    max_parallel: int = 10
    max_files: int = 1
    prove_gate: bool = False
    fault: str = ""
    document: RunDocument | None = None
    error: BaseException | None = None
    workspace: Copies | None = None

    def run(self) -> None:
        plan = self._plan()
        orders = Orders(self.command, grace=0.2, **self.options)
        task = Task(orders, self.max_parallel, quest=Quest(**self.quest), prove_gate=self.prove_gate)
        (self.folder / "slots").mkdir(exist_ok=True)
        self.workspace = Copies(self.root, self.folder / "slots", fault=self.fault)
        try:
            running.check(task)
            self.directory, self.journal = running.start(self.root, plan, task, None)
            with self.journal, Cancellation() as cancellation:
                self.document = self._execute(Stop(cancellation))
        except Exception as error:  # noqa: BLE001
            self.error = error

    def _execute(self, stop: Stop) -> RunDocument:
        self.stop: Callable[[], None] = lambda: stop(signal.SIGINT)
        return running.execute(
            self.root, self.directory, self.journal, lambda _: self.workspace, lambda _event: None, stop
        )

    def accepted(self) -> list[Patch]:
        """What the leaves that succeeded have changed, in plan order."""
        state = self.journal.run.leaves
        results = [state[leaf.id].result for leaf in self._plan().leaves]
        return [self.directory.results.get(result) for result in results if result]

    def _plan(self) -> Plan:
        config = Config(min_files=self.max_files, max_files=self.max_files, max_parallel=self.max_parallel)
        return pipeline.draft(self.root, config).plan

    @property
    def report(self) -> Mapping[str, object]:
        assert self.document is not None, f"the run raised {self.error!r}"
        return json.loads(self.document.dumps())
