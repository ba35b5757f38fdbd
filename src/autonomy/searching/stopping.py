"""A request to stop one attempt, which can be looked at, waited for, or handed on to whoever does the work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopping:
    """Set once, by whoever no longer wants the attempt; safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []

    def set(self) -> None:
        with self._lock:
            self._event.set()
            calls = tuple(self._calls)
        for call in calls:
            call()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """True once it is set; False after `timeout` seconds."""
        return self._event.wait(timeout)

    @contextmanager
    def calling(self, call: Callable[[], None]) -> Iterator[None]:
        """Inside, `call` is called when the stop is asked for, at once if it was before; it must not block.

        That is how a stop reaches a command: `with iteration.stop.calling(cancellation.stop): ...`
        """
        with self._lock:
            self._calls.append(call)
        try:
            if self._event.is_set():
                call()
            yield
        finally:
            with self._lock:
                self._calls.remove(call)
