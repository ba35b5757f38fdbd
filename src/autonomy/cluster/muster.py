"""The workers of one run: who is there, how wide that makes it, and what happens where they are gone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autonomy.cluster.access import Access
from autonomy.cluster.base import committed, parcel_of
from autonomy.cluster.remote import RemoteRunner
from autonomy.cluster.roster import Roster
from autonomy.errors import UsageError
from autonomy.journal.events import Header
from autonomy.leafrunner import Orders
from autonomy.model import Outcome, Subplan
from autonomy.process import Cancellation
from autonomy.protocols import Crew, Wakeable, Worker
from autonomy.workspace.briefs import Supplies


@dataclass(frozen=True, slots=True)
class Force:
    """What a run on other machines needs beside its task. `gone` is told where the cluster is no more, and why."""

    crew: Crew
    access: Access
    cancellation: Cancellation
    gone: Callable[[str], None]


@contextmanager
def mustered(
    force: Force, root: Path, run: Path, header: Header, orders: Orders, supplied: Supplies
) -> Iterator[tuple[RemoteRunner, Roster]]:
    """A runner whose leaves work elsewhere; on the way out the workers are told to forget the run.

    Raises:
        UsageError: the run changes the tree itself, which no worker has; or the base's URL can't have what it holds.
    """
    if header.isolation == "none" or header.base is None:
        raise UsageError(
            "--isolation none works in the tree itself, and workers have no such tree; use overlay or worktree"
        )
    access, base = force.access, header.base
    if access.base_url and not header.options.get("from_ref"):
        base = committed(root, base)
    parcel = parcel_of(root, base, header.isolation, supplied.scratch / "base.pack", access.base_url)
    with Roster(force.crew, access.patience, force.gone) as roster:
        runner = RemoteRunner(
            orders, parcel, roster, run, supplied.briefs, force.cancellation, header.plan_digest, access.bench_worker
        )
        try:
            yield runner, roster
        finally:
            runner.leave()


class AsWide:
    """An executor that takes no more leaves than the workers that are alive have places for, as they come and go."""

    def __init__(self, inner: Wakeable, roster: Roster) -> None:
        self._inner, self._roster, self._running = inner, roster, 0
        roster.tell.append(inner.wake)

    @property
    def capacity(self) -> int:
        return max(0, min(self._inner.capacity, self._roster.slots - self._running))

    def start(self, leaf: Subplan, attempt: int, work: Worker) -> None:
        self._running += 1
        self._inner.start(leaf, attempt, work)

    def wait(self) -> Sequence[Outcome]:
        """Until a leaf has ended, or there may be a place for one more."""
        outcomes = self._inner.wait()
        self._running -= len(outcomes)
        return outcomes

    def close(self) -> None:
        self._inner.close()
