"""From `--executor` to workers that are known to run what we run."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress

from autonomy.cluster import handshake, outpost
from autonomy.cluster.access import Access
from autonomy.cluster.pool import Pool
from autonomy.errors import EnvironmentFault, Unreachable, UsageError
from autonomy.loading import load, load_object
from autonomy.protocols import Crew


@contextmanager
def connected(access: Access, limit: int) -> Iterator[Crew]:
    """The workers, each of which has shaken hands.

    Raises:
        EnvironmentFault: nobody there, no such factory, or a worker with another version of autonomy or Python.
    """
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
    for member in members:
        with suppress(Unreachable):
            handshake.check(member.name, crew.ask(member, outpost.hello), handshake.ours())
