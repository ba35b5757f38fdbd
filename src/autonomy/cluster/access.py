"""Where the leaves of a run work, as a user says it, and what is refused before anything is planned."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from autonomy.errors import UsageError
from autonomy.git import is_fetchable
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
    base_url: str = ""
    """Where workers fetch the base; empty: it comes through the engine."""

    @property
    def is_local(self) -> bool:
        return self.executor == LOCAL


def check(access: Access) -> None:
    """Refuse what can't be used, before anything is planned.

    Raises:
        UsageError: no such kind of executor or URL, plain TCP to another machine, or certificates without TLS.
    """
    if access.base_url and not is_fetchable(access.base_url):
        raise UsageError("--base-url: expected https://, ssh:// or file://, without a password")
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
def crew_at(access: Access, limit: int) -> Iterator[Crew | None]:
    """The workers there; None where the work is done here.

    Raises:
        EnvironmentFault: nobody there, or none that can be used.
    """
    if access.is_local:
        yield None
        return
    # Heavy, and of no use here at home.
    from autonomy.cluster.connect import connected

    with connected(access, limit) as crew:
        yield crew
