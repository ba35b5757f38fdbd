"""One run in one worker's process: its slots, its reaper, its requests to stop. All of it goes when it leaves."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex

from autonomy import git, workspace
from autonomy.cluster import base
from autonomy.cluster.wire import Answer, BaseNote, Errand, answer_of, answer_to_bench, pack, seal
from autonomy.leafrunner import Desk, LeafRunner, Lease, Told, Tried
from autonomy.model import Patch, Status, Subplan, SubplanId
from autonomy.process import Cancellation, Supervisor
from autonomy.protocols import Workspace
from autonomy.workspace.rooms import Rooms

MAX_OUT = 64 << 20
"""Bytes of AUTONOMY_OUT that travel back with one answer."""


class Station:
    """What the leaves of a run share here. A context manager; `perform` is called from as many threads as wanted."""

    def __init__(self, run_id: str, plan_digest: str, note: BaseNote, worker: str) -> None:
        self.run_id, self.plan_digest, self.base = run_id, plan_digest, note
        # Several workers may share a machine: each has a name of its own by which its reaper knows what it started.
        self.token = f"{worker}-{os.getpid()}-{token_hex(4)}"
        self.home = git.state_dir() / "workers" / self.token
        self.rooms = Rooms(self.home / "scratch" / "work")
        self._open = ExitStack()
        self._stops: dict[int, Cancellation] = {}
        self._stopped: set[int] = set()
        """Leases that were asked to end, also those that are still to begin."""
        self._lock = threading.Lock()
        self.users = 0
        """Errands that are here, or about to be."""
        self.used = 0.0
        self.leaving = False
        """The station goes with its last user."""

    def __enter__(self) -> "Station":
        _clear_up_after_the_dead()
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, self.home, ignore_errors=True)
            for name in ("logs", "spool"):
                (self.home / name).mkdir(parents=True, mode=0o700)
            stack.callback(self.rooms.close)
            self.supervisor = stack.enter_context(Supervisor(self.token, "AUTONOMY_WORKER"))
            self.workspace = _workspace(self.base, self.token)
            stack.callback(self.workspace.close)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def stop(self, leases: frozenset[int] | None, *, at_once: bool) -> None:
        """Ask some leases to end, or all of them. Returns at once; may be called again."""
        with self._lock:
            self._stopped |= leases or frozenset()
            for lease, cancellation in self._stops.items():
                if leases is None or lease in leases:
                    cancellation.stop(at_once=at_once)

    @contextmanager
    def _stoppable(self, lease: int) -> Iterator[Cancellation]:
        with Cancellation() as cancellation:
            with self._lock:
                self._stops[lease] = cancellation
                if lease in self._stopped:
                    cancellation.stop(at_once=False)
            try:
                yield cancellation
            finally:
                with self._lock:
                    del self._stops[lease]

    def perform(self, errand: Errand, patch: Patch) -> bytes:
        """Do what an errand says. The answer is sealed; a large one waits in the spool until it is fetched."""
        leaf, began = _leaf(errand), time.monotonic()
        brief = errand.brief.encode("utf-8", "replace")
        lease = Lease(errand.lease, leaf, errand.attempt, errand.candidate)
        with self._stoppable(errand.lease) as cancellation:
            desk = Desk(
                self.run_id,
                self.home,
                self.workspace,
                self.supervisor,
                cancellation,
                self.rooms,
                lambda _slug: brief,
                self.token,
            )
            answer, found = _run(LeafRunner(errand.orders.orders(), desk), errand, lease, patch)
        files = self._files(errand)
        answer = answer.model_copy(update={"files": tuple(files), "took": time.monotonic() - began})
        message = seal(answer, pack(found), *files.values())
        return self._spilled(errand, message) if 0 < errand.spill < len(message) else message

    def _files(self, errand: Errand) -> dict[str, bytes]:
        """The errand's logs and what its command left, taken away from here."""
        stem = errand.log.removesuffix(".log")
        logs = [path for path in sorted((self.home / "logs").iterdir()) if path.name.startswith(f"{stem}.")]
        kept = self.home / "out" / stem
        left = [path for path in sorted(kept.rglob("*")) if path.is_file() and not path.is_symlink()]
        found, size = {}, 0
        for path in [*logs, *left]:
            size += path.stat().st_size
            if size <= MAX_OUT:
                found[str(path.relative_to(self.home))] = path.read_bytes()
        for path in logs:
            path.unlink()
        shutil.rmtree(kept, ignore_errors=True)
        return found

    def _spilled(self, errand: Errand, message: bytes) -> bytes:
        (self.home / "spool" / str(errand.lease)).write_bytes(message)
        return seal(Answer(kind="spilled", size=len(message)))

    def piece(self, lease: int, offset: int) -> bytes:
        """A piece of an answer in the spool; after the last one it is gone."""
        path = self.home / "spool" / str(lease)
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(base.PIECE)
        if offset + len(data) >= path.stat().st_size:
            path.unlink()
        return data


def _clear_up_after_the_dead() -> None:
    """Remove what workers of this machine have left that were killed; their names end with their process."""
    state = git.state_dir()
    for home in sorted((state / "workers").glob("*-*-*")):
        pid = home.name.split("-")[-2]
        if not Path("/proc", pid).exists():
            shutil.rmtree(state / "slots" / home.name, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)


def _run(runner: LeafRunner, errand: Errand, lease: Lease, patch: Patch) -> tuple[Answer, Patch]:
    told = Told(errand.feedback, errand.appendix, patch, command=errand.words)
    if errand.kind == "attempt":
        tried = runner.attempt(lease, told)
        return answer_of(tried, ()), tried.patch
    if errand.kind == "judge":
        return answer_of(runner.judge(lease, Tried(Status.SUCCEEDED, patch=patch)), ()), ()
    if errand.kind == "measure":
        return answer_to_bench(runner.measure(lease, patch, errand.words, errand.log), ()), ()
    runner.profile(lease, patch, errand.words, errand.log)
    return Answer(kind="done", status=Status.SUCCEEDED), ()


def _leaf(errand: Errand) -> Subplan:
    """As much of the leaf as its commands are told."""
    return Subplan(
        SubplanId(errand.leaf), errand.slug, None, 0, (), errand.files, len(errand.files), 0, 0, "", None, None
    )


def _workspace(note: BaseNote, token: str) -> Workspace:
    """The best isolation that this machine gives for the base, which is checked out where it has to be."""
    root = base.root_of(note)
    if note.isolation != "worktree":
        base.check_out(note)
    else:
        root.mkdir(parents=True, exist_ok=True)
    choice = workspace.choose(note.isolation, root, git.state_dir())
    return workspace.open_workspace(choice, workspace.Site(root, token, git.state_dir(), note.commit))
