"""A signal that the main thread has no part in."""

import signal
import threading

from autonomy.cli.signals import stopping
from features import driver


def heard_by_another_thread() -> bool:
    """Whether a signal to another thread is heard while the main thread waits for a lock."""
    asked = threading.Semaphore(0)
    with stopping() as stop:
        stop.tell.append(asked.release)
        other = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM))
        other.start()
        return asked.acquire(timeout=driver.HANG_SECONDS)
