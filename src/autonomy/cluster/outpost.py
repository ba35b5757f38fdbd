"""A worker's side: plain functions of plain bytes, which any engine can call in a worker's process by their names."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import gethostname

from autonomy import git
from autonomy.cluster import base, handshake
from autonomy.cluster.handshake import Unfit
from autonomy.cluster.station import Station
from autonomy.cluster.wire import Answer, BaseNote, Errand, open_errand, seal, unpack
from autonomy.errors import AutonomyError, InputError
from autonomy.linux import PR_SET_CHILD_SUBREAPER, prctl

WATCH_SECONDS = 0.1
"""How often it is asked whether an errand is still wanted."""
IDLE_SECONDS = 600.0
"""A station that had no errand for so long is given up: its client has gone without a word."""

_stations: dict[str, Station] = {}
_lock = threading.Lock()


def hello(run_id: str = "") -> dict[str, str]:
    """What this worker runs, to be compared with what the client runs; the plan is that of the run, once begun."""
    station = _stations.get(run_id)
    return handshake.ours() | {"plan": station.plan_digest if station else ""}


def perform(message: bytes, worker: str = "", wanted: Callable[[], bool] | None = None) -> bytes:
    """Work on an errand. While `wanted` says no, its commands are told to end: TERM, the grace period, KILL.

    By default an errand is wanted while the process lives that started this one, until word is left on this machine.
    """
    worker = worker or f"{gethostname()}-{os.getpid()}"
    try:
        errand, blobs = open_errand(message)
        wanted = wanted or _usual(errand.run_id, errand.lease)
        if not wanted():
            raise Unwanted("nobody wants it any more")
        handshake.check(worker, handshake.ours(), errand.engine)
        with _station(errand, worker, blobs[1:]) as station:
            if station is None:
                return seal(Answer(kind="no_base"))
            with _watched(station, errand.lease, wanted):
                return station.perform(errand, unpack(blobs[0]))
    except Unfit as error:
        return seal(Answer(kind="unfit", error=str(error)))
    except (AutonomyError, OSError) as error:
        return seal(Answer(kind="refused", error=" ".join(str(error).split())))


@contextmanager
def _station(errand: Errand, worker: str, pack: list[bytes]) -> Iterator[Station | None]:
    """The run's station, opened for its first errand; None where the base has not come."""
    station = _entered(errand, worker, pack)
    try:
        yield station
    finally:
        if station:
            with _lock:
                station.users -= 1
        _sweep()


def _entered(errand: Errand, worker: str, pack: list[bytes]) -> Station | None:
    with _lock:
        station = _stations.get(errand.run_id)
        if station is None:
            if pack:
                token = f"inline-{os.getpid()}"
                base.take_piece(errand.base.key, token, pack[0])
                base.arrived(errand.base.key, token)
            try:
                if not base.settle_in(errand.base):
                    return None
            except InputError as error:
                raise Unfit(f"worker {worker} can't get the base: {error}") from None
            # For the rest of this process: a station that leaves must not take it from another one.
            prctl(PR_SET_CHILD_SUBREAPER, 1)
            station = Station(errand.run_id, errand.plan_digest, errand.base, _harmless(worker)).__enter__()
            _stations[errand.run_id] = station
        handshake.check(worker, {"plan": station.plan_digest}, {"plan": errand.plan_digest})
        station.users += 1
        station.used = time.monotonic()
        return station


class Unwanted(AutonomyError):
    """An errand was given up before it began."""


def _gone() -> list[Station]:
    """Take out the stations that nobody comes to any more: told to leave, or idle for long."""
    old = time.monotonic() - IDLE_SECONDS
    names = [name for name, each in _stations.items() if not each.users and (each.leaving or each.used < old)]
    return [_stations.pop(name) for name in names]


def _harmless(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)[:40]


def _usual(run_id: str, lease: int) -> Callable[[], bool]:
    """Wanted until our parent dies or a client on this machine leaves word."""
    parent, word = os.getppid(), _word(run_id, lease)
    return lambda: os.getppid() == parent and not word.exists()


def _word(run_id: str, lease: int) -> Path:
    return git.state_dir() / "runs" / run_id / f"stop-{lease}"


def leave_word(run_id: str, leases: list[int]) -> None:
    """On the client's side, where no worker can be called: say to those of this machine which leases to stop."""
    for lease in leases:
        _word(run_id, lease).touch()


@contextmanager
def _watched(station: Station, lease: int, wanted: Callable[[], bool]) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(WATCH_SECONDS):
            if not wanted():
                station.stop(frozenset((lease,)), at_once=False)
                station.leaving = True
                return

    thread = threading.Thread(target=watch, name="autonomy-wanted", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


def stop(run_id: str, leases: list[int] | None, at_once: bool) -> None:  # arguments travel by place
    """Ask leases of a run to end, or all of them; returns at once."""
    if station := _stations.get(run_id):
        station.stop(None if leases is None else frozenset(leases), at_once=at_once)


def has_base(note: str) -> bool:
    """Whether this machine has the base; `note` is a BaseNote as JSON."""
    return base.is_here(BaseNote.model_validate_json(note))


def take_piece(key: str, token: str, data: bytes) -> None:
    """A piece of the base's pack; the pieces come in order."""
    base.take_piece(key, token, data)


def arrived(key: str, token: str) -> None:
    """All pieces under `token` have come; the first errand unpacks them."""
    base.arrived(key, token)


def piece(run_id: str, lease: int, offset: int) -> bytes:
    """A piece of an answer that was too large to travel at once."""
    return _stations[run_id].piece(lease, offset)


def leave(run_id: str) -> None:
    """Forget a run once its last errand has ended: end what it left, remove its slots. The base stays for the next."""
    if station := _stations.get(run_id):
        station.leaving = True
        threading.Thread(target=_sweep, name="autonomy-leave").start()


def _sweep() -> None:
    with _lock:
        gone = _gone()
    for each in gone:
        each.__exit__(None, None, None)
