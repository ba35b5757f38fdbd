"""Where attempts run: threads, under one bound that all leaves and all candidates of a run share."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Protocol

from autonomy.errors import Cancelled, EnvironmentFault, UsageError
from autonomy.searching.attempts import Ended, Unit


class Lanes(Protocol):
    """What a search starts its units on."""

    def start(self, unit: Unit, work: Callable[[], Ended]) -> bool:
        """Run `work`, which is `unit`; False where there is no room, and `wait` returns when that may have changed."""
        ...

    def wait(self, timeout: float | None) -> Sequence[Ended]:
        """What has ended since the last call; empty after `timeout` seconds, or when room may have appeared."""
        ...

    def narrow(self) -> None:
        """The backend is overloaded: leave room for half as much."""
        ...

    def widen(self) -> None:
        """The backend answers: leave room for one more, up to the bound."""
        ...

    def close(self) -> None:
        """Return when nothing of these lanes is left; all that was started has ended by then."""
        ...


class Bound:
    """At most `limit` at work at once, over all leaves and candidates of a run; or one alone, with nothing beside it.

    A holder never waits for a second place, so a bound of one is enough for any number of searches.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise UsageError(f"a bound must be at least 1, not {limit}")
        self._limit = self._width = limit
        self._taken = self._alone = 0
        self._peak = 0
        self._closed = False
        self._changed = threading.Condition()
        self._listeners: list[Callable[[], None]] = []

    @property
    def peak(self) -> int:
        """How many were at work at once, at most."""
        return self._peak

    @property
    def taken(self) -> int:
        return self._taken

    @property
    def closed(self) -> bool:
        return self._closed

    def take(self) -> bool:
        """Take a place if there is one; never waits. Whoever waits to be alone goes first."""
        with self._changed:
            if self._closed or self._alone or self._taken >= self._width:
                return False
            self._taken += 1
            self._peak = max(self._peak, self._taken)
            return True

    def give(self) -> None:
        """Give the place back."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()
        self._tell()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The exclusive token: nothing else is at work inside. The caller must hold no place.

        Raises:
            Cancelled: the bound was closed before the others had ended.
        """
        with self._changed:
            self._alone += 1
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or not self._taken)
                self.check()
                self._taken = 1
            try:
                yield
            finally:
                self.give()
        finally:
            with self._changed:
                self._alone -= 1
                self._changed.notify_all()
            self._tell()

    def narrow(self) -> None:
        with self._changed:
            self._width = max(1, self._width // 2)

    def widen(self) -> None:
        with self._changed:
            self._width = min(self._limit, self._width + 1)
        self._tell()

    def close(self) -> None:
        """Give no more places; every search under this bound stops its attempts and ends as cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._tell()

    def check(self) -> None:
        """Raise Cancelled if the bound is closed."""
        if self._closed:
            raise Cancelled("the run is stopping")

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener`, which must not block, whenever a place may have come free."""
        with self._changed:
            self._listeners.append(listener)

    def unlisten(self, listener: Callable[[], None]) -> None:
        with self._changed:
            self._listeners.remove(listener)

    def _tell(self) -> None:
        with self._changed:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()


class Threads:
    """Lanes on threads of their own, under a bound that may be shared. A thread that is idle is used again.

    Unlike `ThreadPoolExecutor`, what no thread can be had for is not left in a queue: it was never started.
    """

    def __init__(self, bound: Bound, width: int) -> None:
        del width  # the bound and the search's own chains decide how many there are
        self._bound = bound
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)
        self._work: SimpleQueue[Callable[[], Ended] | None] = SimpleQueue()
        self._ended: SimpleQueue[Ended | None] = SimpleQueue()
        bound.listen(self._wake)

    def start(self, unit: Unit, work: Callable[[], Ended]) -> bool:  # noqa: ARG002  # threads are all alike
        """Raises:
        EnvironmentFault: the machine has no thread to give.
        """
        if not self._bound.take():
            return False
        if not self._idle.acquire(blocking=False):
            self._grow()
        self._work.put(work)
        return True

    def wait(self, timeout: float | None) -> Sequence[Ended]:
        arrived: list[Ended | None] = []
        with suppress(Empty):
            arrived.append(self._ended.get(timeout=timeout))
            while True:
                arrived.append(self._ended.get_nowait())
        return [ended for ended in arrived if ended is not None]

    def narrow(self) -> None:
        self._bound.narrow()

    def widen(self) -> None:
        self._bound.widen()

    def close(self) -> None:
        """Return when no thread of these lanes is left."""
        self._bound.unlisten(self._wake)
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join()

    def _grow(self) -> None:
        thread = threading.Thread(target=self._run, name="candidate")
        try:
            thread.start()
        except RuntimeError as error:
            self._bound.give()
            raise EnvironmentFault(f"{error}; lower --max-parallel or --concurrency-budget") from error
        self._threads.append(thread)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                ended = work()
            finally:
                self._bound.give()
            self._idle.release()
            self._ended.put(ended)

    def _wake(self) -> None:
        self._ended.put(None)
