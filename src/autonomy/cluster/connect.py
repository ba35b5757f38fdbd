"""From `--executor` to workers that are known to run what we run."""

import platform
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from autonomy import __version__
from autonomy.cluster import outpost
from autonomy.cluster.pool import Pool
from autonomy.errors import EnvironmentFault, Unreachable, UsageError
from autonomy.loading import load, load_object
from autonomy.protocols import Crew

LOCAL = "threads"


@dataclass(frozen=True, slots=True)
class Access:
    """Where the workers are, and how they are spoken to. Paths are of certificates and a key in PEM."""

    executor: str = LOCAL
    insecure: bool = False
    ca: str = ""
    cert: str = ""
    key: str = ""
    patience: float = 30.0
    """Seconds without a sign of life after which a worker is lost."""
    bench_worker: str = ""

    @property
    def is_local(self) -> bool:
        return self.executor == LOCAL


def check(access: Access) -> None:
    """Refuse what can't be used, before anything is planned.

    Raises:
        UsageError: no such kind of executor, plain TCP to another machine, or certificates without TLS.
    """
    scheme, found, place = access.executor.partition("://")
    if access.is_local or (not found and _is_factory(access.executor)):
        return
    if scheme not in ("dask", "tls") or not _is_place(place):
        raise UsageError(
            f"--executor {access.executor}: expected threads, dask://HOST:PORT, tls://HOST:PORT"
            " or package.module:factory"
        )
    if scheme == "dask" and not access.insecure and not _is_loopback(place):
        raise UsageError(
            f"--executor {access.executor}: plain TCP to another machine: whoever is on the way can run commands as"
            " you; use tls:// with certificates, or say --insecure"
        )
    if scheme == "tls" and not (access.ca and access.cert and access.key):
        raise UsageError(f"--executor {access.executor}: needs --tls-ca, --tls-cert and --tls-key")


def _is_factory(text: str) -> bool:
    module, colon, name = text.partition(":")
    return bool(colon) and name.isidentifier() and all(part.isidentifier() for part in module.split("."))


def _is_place(place: str) -> bool:
    host, colon, port = place.rpartition(":")
    return bool(host and colon) and port.isascii() and port.isdigit() and 0 < int(port) < 65536


def _is_loopback(place: str) -> bool:
    host = place.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def connected(access: Access, limit: int) -> Iterator[Crew | None]:
    """The workers, each of which has shaken hands; None where the work is done here.

    Raises:
        EnvironmentFault: nobody there, no such factory, or a worker with another version of autonomy or Python.
    """
    if access.is_local:
        yield None
        return
    crew = _crew(access, limit)
    try:
        _shake_hands(crew, access.bench_worker)
        yield crew
    finally:
        crew.close()


def _crew(access: Access, limit: int) -> Crew:
    scheme, found, place = access.executor.partition("://")
    if not found:
        try:
            made = load_object(access.executor)(limit)
        except TypeError as error:
            raise UsageError(f"--executor {access.executor}: {error}") from None
        if not isinstance(made, Executor):
            raise UsageError(f"--executor {access.executor}: returned no concurrent.futures.Executor")
        return Pool(made, limit)
    crew: Crew = load("clusters", "dask")(f"{'tcp' if scheme == 'dask' else 'tls'}://{place}", access)
    return crew


def _shake_hands(crew: Crew, bench_worker: str) -> None:
    members = crew.members()
    if bench_worker and bench_worker not in [member.name for member in members]:
        known = ", ".join(member.name for member in members) or "none"
        raise EnvironmentFault(f"--bench-worker {bench_worker}: no such worker; known: {known}")
    ours = {"autonomy": __version__, "python": ".".join(platform.python_version_tuple()[:2])}
    for member in members:
        try:
            theirs = crew.ask(member, outpost.hello)
        except Unreachable:
            continue
        for what, mine in ours.items():
            if theirs.get(what) != mine:
                raise EnvironmentFault(f"worker {member.name} runs {what} {theirs.get(what)}, this is {what} {mine}")
