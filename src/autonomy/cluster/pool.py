"""Any `concurrent.futures.Executor` as a crew of one member: its processes are anonymous, most of them live here."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from autonomy.cluster import outpost
from autonomy.errors import Unreachable
from autonomy.protocols import Member


class Pool:
    """Nothing can be called beside an errand: the base travels within one, a stop is a file that workers look for."""

    def __init__(self, executor: Executor, slots: int) -> None:
        self._executor, self._slots = executor, slots

    def members(self) -> Sequence[Member]:
        return (Member("pool", "pool", self._slots, time.monotonic()),)

    def submit(self, member: Member, label: str, message: bytes) -> "Future[bytes]":
        del member, label
        return self._executor.submit(outpost.perform, message)

    def ask(self, member: Member, function: Callable[..., Any], *arguments: Any) -> Any:
        if function is outpost.stop:
            return outpost.leave_word(*arguments[:2])
        raise Unreachable(f"{member.name}: a plain executor")

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
