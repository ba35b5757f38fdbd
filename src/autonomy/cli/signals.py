"""Signals that ask a run to stop."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from autonomy.process import Cancellation
from autonomy.running import Stop

_END = b"\0"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopping() -> Iterator[Stop]:
    """Inside, SIGINT, SIGTERM and SIGHUP ask to stop instead of ending the program. For the main thread.

    A thread of its own listens to them. Python runs a handler in the main thread, between two steps of it: a signal
    that comes to another thread, or right before the main one waits for a lock, is heard when that wait is over.
    Under `nohup` SIGHUP stays ignored.
    """
    with ExitStack() as stack:
        stop = Stop(stack.enter_context(Cancellation()))
        heard, told = os.pipe()
        stack.callback(os.close, heard)
        os.set_blocking(told, False)
        listener = threading.Thread(target=_listen, args=(heard, stop), name="autonomy-signals", daemon=True)
        listener.start()
        stack.callback(listener.join)
        stack.callback(os.close, told)
        # Processes that were forked meanwhile have this end too, so the listener waits for a word, not for its end.
        stack.callback(os.write, told, _END)
        stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(told, warn_on_full_buffer=False))
        nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        for number in SIGNALS[:2] if nohup else SIGNALS:
            stack.callback(signal.signal, number, signal.signal(number, _leave_it_to_the_listener))
        yield stop


def _leave_it_to_the_listener(_number: int, _frame: object) -> None:
    """Only where Python has a handler does it write the signal's number into the pipe."""


def _listen(heard: int, stop: Stop) -> None:
    while _END not in (numbers := os.read(heard, 64)):
        for number in numbers:
            if number in SIGNALS:
                stop(number)
