"""Leaves on a thread pool: at most `limit` in flight, exceptions turned into outcomes."""

import time
from collections.abc import Sequence
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from autonomy.model import Outcome, Status, Subplan
from autonomy.protocols import Worker


class Threads:
    """An executor over any `concurrent.futures.Executor`; by default a thread pool of its own."""

    def __init__(self, limit: int, pool: Pool | None = None) -> None:
        self._pool = pool or ThreadPoolExecutor(limit, thread_name_prefix="leaf")
        self._free = limit
        self._ended: SimpleQueue[Outcome | None] = SimpleQueue()

    @property
    def capacity(self) -> int:
        return self._free

    def start(self, leaf: Subplan, attempt: int, work: Worker) -> None:
        self._free -= 1
        future = self._pool.submit(attempt_leaf, leaf, attempt, work)
        future.add_done_callback(lambda ended: self._ended.put(_outcome(leaf, attempt, ended)))

    def wait(self) -> Sequence[Outcome]:
        found = [self._ended.get()]
        with suppress(Empty):
            while True:
                found.append(self._ended.get_nowait())
        outcomes = [each for each in found if each is not None]
        self._free += len(outcomes)
        return outcomes

    def wake(self) -> None:
        self._ended.put(None)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def attempt_leaf(leaf: Subplan, attempt: int, work: Worker) -> Outcome:
    """Run `work` on a leaf: what it returns becomes the outcome's value, what it raises its error."""
    began = time.monotonic()
    try:
        value = work(leaf, attempt)
    except Exception as error:  # noqa: BLE001  # the one place where an exception of the work becomes its outcome
        return Outcome(
            leaf.id, Status.FAILED, attempt, error=describe(error), value=error, seconds=time.monotonic() - began
        )
    if isinstance(value, Outcome):
        return value
    return Outcome(leaf.id, Status.SUCCEEDED, attempt, value=value, seconds=time.monotonic() - began)


def describe(error: BaseException) -> str:
    """One line: the type and what it says."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _outcome(leaf: Subplan, attempt: int, ended: "Future[Outcome]") -> Outcome:
    if ended.cancelled():
        return Outcome(leaf.id, Status.CANCELLED, attempt, error="cancelled before it started")
    error = ended.exception()
    if error is not None:
        return Outcome(leaf.id, Status.ERROR, attempt, error=describe(error), value=error)
    return ended.result()


def threads(limit: int) -> Threads:
    return Threads(limit)
