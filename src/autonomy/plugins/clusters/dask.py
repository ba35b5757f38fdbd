"""A Dask cluster as a crew: one `concurrent.futures` executor per worker, so that we decide who does what, how often.

A leaf is pinned to one process: where that dies, Dask has nobody to run it again on, and trying again is our decision.
`distributed` is imported here only, and with it whatever the scheduler sends is unpickled: a cluster must be trusted.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from importlib import import_module
from secrets import token_hex
from typing import Any

from autonomy.cluster import outpost
from autonomy.cluster.access import Access
from autonomy.cluster.chunks import Chunks
from autonomy.errors import EnvironmentFault, Unreachable
from autonomy.protocols import Member

REACH_SECONDS = 5.0
"""For the network: the kernel of the scheduler's machine answers, however busy the scheduler is."""
CONNECT_SECONDS = 20.0
ANSWER_SECONDS = 20.0


class Dask:
    """The workers of a scheduler. Raises EnvironmentFault where there is none, or `distributed` is not installed."""

    def __init__(self, address: str, access: Access) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise EnvironmentFault(f"{error}; pip install 'autonomy-plan[dask]'") from None
        self._address = address
        security = None
        if address.startswith("tls:"):
            security = distributed.Security(
                tls_ca_file=access.ca, tls_client_cert=access.cert, tls_client_key=access.key, require_encryption=True
            )
        try:
            _reach(address)
            self._client: Any = distributed.Client(
                address, security=security, timeout=CONNECT_SECONDS, set_as_default=False, name="autonomy"
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise EnvironmentFault(f"{address}: no scheduler: {error}") from None
        self._chunks: dict[str, Chunks] = {}
        self._lock = threading.Lock()

    def members(self) -> Sequence[Member]:
        found = self._sync(self._client.scheduler.identity, n_workers=-1)
        # Each life of a worker has a directory of its own, whose name is drawn.
        rows = sorted(found["workers"].items())
        return [
            Member(name, str(row["local_directory"]), int(row["nthreads"]), float(row["last_seen"]))
            for name, row in rows
        ]

    def submit(self, member: Member, label: str, message: bytes) -> "Future[bytes]":
        with self._lock:
            chunks = self._chunks.get(member.identity)
            if chunks is None:
                executor = self._client.get_executor(
                    pure=False, retries=0, workers=[member.name], allow_other_workers=False
                )
                chunks = self._chunks[member.identity] = Chunks(member.slots, partial(_send, executor, member.identity))
        return chunks.submit(label, message)

    def ask(self, member: Member, function: Callable[..., Any], *arguments: Any) -> Any:
        answers = self._sync(
            self._client._run,  # noqa: SLF001  # `Client.run` itself waits for ever where a worker is frozen
            function, *arguments, workers=[member.name], on_error="raise",
        )  # fmt: skip
        if member.name not in answers:
            raise Unreachable(f"worker {member.name} is gone")
        return answers[member.name]

    def _sync(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            return self._client.sync(call, *arguments, callback_timeout=ANSWER_SECONDS, **named)
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise Unreachable(f"{self._address}: no answer: {type(error).__name__}: {error}") from None
        except (ImportError, AttributeError) as error:
            raise EnvironmentFault(f"{self._address}: a worker can't load this autonomy: {error}") from None

    def close(self) -> None:
        self._client.close(timeout=CONNECT_SECONDS)


def _reach(address: str) -> None:
    """Dask tries for long to connect to where nobody is.

    Raises:
        OSError: nobody listens there, or there is no way to it.
    """
    host, _, port = address.partition("://")[2].rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), REACH_SECONDS).close()


def _send(executor: Any, identity: str, label: str, messages: Sequence[bytes]) -> "Future[Sequence[bytes]]":
    future: Future[Sequence[bytes]] = executor.submit(perform, identity, *messages, key=f"{label}-{token_hex(4)}")
    return future


def perform(identity: str, *messages: bytes) -> list[bytes]:
    """Runs on the worker: errands that were meant for this very process, one after the other, as long as the client
    wants their answers.
    """
    from distributed import get_worker
    from distributed.core import Status

    worker = get_worker()
    if worker.local_directory != identity:
        raise OtherProcess("it was meant for a process that is gone")
    key = worker.get_current_task()

    def wanted() -> bool:
        # The worker's own account of the task: it turns when the client cancels, or is gone, or the scheduler is.
        task = worker.state.tasks.get(key)
        return worker.status in (Status.running, Status.paused) and task is not None and task.state == "executing"

    return [outpost.perform(message, str(worker.name), wanted) for message in messages]


class OtherProcess(RuntimeError):
    """The worker that an errand was meant for has died, and another one has taken its address."""
