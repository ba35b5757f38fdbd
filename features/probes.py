"""Concurrency probes: they stand around the work of a leaf, outside of the engine, and must be able to fail."""

import os
import threading
from collections.abc import Callable

from autonomy.model import Subplan

HANG_SECONDS = float(os.environ.get("HANG_SECONDS", "60"))
"""Only turns a hang into a failure; it is shortened where a probe is expected to fail."""


class Ceiling:
    """Counts how many leaves stand inside the work at once; the highest count is the peak."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self.peak = 0

    def around(self, work: Callable[[Subplan, int], object]) -> Callable[[Subplan, int], object]:
        def counted(leaf: Subplan, attempt: int) -> object:
            with self._lock:
                self._inside += 1
                self.peak = max(self.peak, self._inside)
            try:
                return work(leaf, attempt)
            finally:
                with self._lock:
                    self._inside -= 1

        return counted

    def check(self, expected: int) -> None:
        assert self.peak == expected, f"{self.peak} leaves were in flight at the most, expected exactly {expected}"


class Floor:
    """A barrier that opens only if `expected` leaves truly stand there together, once; later leaves pass."""

    def __init__(self, expected: int, patience: float = HANG_SECONDS) -> None:
        self._barrier = threading.Barrier(expected)
        self._patience = patience
        self._lock = threading.Lock()
        self._places = expected
        self.failed = False

    def work(self, leaf: Subplan, _attempt: int) -> str:
        with self._lock:
            self._places -= 1
            waits = self._places >= 0
        if waits:
            try:
                self._barrier.wait(self._patience)
            except threading.BrokenBarrierError:
                self.failed = True
        return leaf.slug

    def check(self) -> None:
        assert not self.failed, "the barrier did not open: fewer leaves were in flight than expected"
