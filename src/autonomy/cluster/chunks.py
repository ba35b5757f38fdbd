"""What one worker is sent: errands that wait for a place there go together, as one message, when a place is free."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial


@dataclass(frozen=True, slots=True, eq=False)
class _Errand:
    label: str
    message: bytes
    answer: "Future[bytes]" = field(default_factory=Future)


Send = Callable[[str, Sequence[bytes]], "Future[Sequence[bytes]]"]
"""Messages under the label of the first -> their answers, in this order."""


class Chunks:
    """As many messages at once as the worker has slots. What comes beside waits, and goes in equal shares to the slots
    that get free. Each errand has its own answer; a message is given up once nobody wants an answer to any part of it.
    """

    def __init__(self, slots: int, send: Send) -> None:
        self._slots, self._send = slots, send
        self._waiting: list[_Errand] = []
        self._sent = 0
        self._lock = threading.Lock()

    def submit(self, label: str, message: bytes) -> "Future[bytes]":
        errand = _Errand(label, message)
        with self._lock:
            self._waiting.append(errand)
        self._fill()
        return errand.answer

    def _fill(self) -> None:
        while chunk := self._next():
            sent = self._send(chunk[0].label, [each.message for each in chunk])
            for each in chunk:
                each.answer.add_done_callback(partial(_give_up, chunk, sent))
            sent.add_done_callback(partial(self._ended, chunk))

    def _next(self) -> list[_Errand]:
        """The share of a slot that is free; none where no slot is, or nothing waits."""
        with self._lock:
            waiting = [each for each in self._waiting if not each.answer.done()]
            share = -(-len(waiting) // self._slots) if self._sent < self._slots else 0
            self._waiting = waiting[share:]
            self._sent += bool(share)
            return waiting[:share]

    def _ended(self, chunk: Sequence[_Errand], sent: "Future[Sequence[bytes]]") -> None:
        with self._lock:
            self._sent -= 1
        for at, each in enumerate(chunk):
            # Whoever was given up meanwhile hears of nothing.
            with suppress(InvalidStateError):
                _tell(each.answer, at, sent)
        self._fill()


def _tell(answer: "Future[bytes]", at: int, sent: "Future[Sequence[bytes]]") -> None:
    if sent.cancelled():
        answer.cancel()
    elif error := sent.exception():
        answer.set_exception(error)
    else:
        answer.set_result(sent.result()[at])


def _give_up(chunk: Sequence[_Errand], sent: "Future[Sequence[bytes]]", _answer: "Future[bytes]") -> None:
    if all(each.answer.cancelled() for each in chunk):
        sent.cancel()
