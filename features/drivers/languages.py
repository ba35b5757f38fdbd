"""What the steps know of the language plug-ins: they come by their entry points, as in the program."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import FrameType

from autonomy import loading
from autonomy.graph import build_graph
from autonomy.model import Extract, Graph, Outline, Rows, Snapshot
from autonomy.protocols import Language, Parsing, language_of, language_table

HANG_CPU_SECONDS = 10.0
"""What is linear takes milliseconds, what is quadratic takes minutes: only turns a hang into a failure."""


@cache
def languages() -> list[Language]:
    return list(loading.load_all("languages"))


def reader_of(path: str) -> Language:
    reader = language_of(path, language_table(languages()))
    assert reader is not None, f"no language reads {path}"
    return reader


def extract(path: str, data: bytes) -> Extract:
    return reader_of(path).extract(path, data)


def outline(path: str, data: bytes) -> Outline:
    return reader_of(path).outline(path, data)


def problem(path: str, data: bytes) -> str:
    reader = reader_of(path)
    return reader.problem(path, data) if isinstance(reader, Parsing) else ""


def graph_of(files: Mapping[str, bytes]) -> Graph:
    """The graph of a tree of files that nobody had to write to a disk."""
    paths = sorted(files, key=lambda path: path.encode("utf-8", "surrogateescape"))
    table = language_table(languages())
    readers = [language_of(path, table) for path in paths]
    extracts = [
        reader.extract(path, files[path]) if reader else Extract() for path, reader in zip(paths, readers, strict=True)
    ]
    pool: dict[str, int] = {}
    rows = [[pool.setdefault(name, len(pool)) for name in each.references] for each in extracts]
    declared = [[pool.setdefault(name, len(pool)) for name in each.declares] for each in extracts]
    sizes = [len(files[path]) for path in paths]
    snapshot = Snapshot(
        paths=paths,
        sizes=sizes,
        lines=[files[path].count(b"\n") for path in paths],
        tokens=[size // 4 for size in sizes],
        languages=[reader.name if reader else "" for reader in readers],
        digests=[""] * len(paths),
        names=list(pool),
        references=Rows.of(rows),
        declares=Rows.of(declared),
        commits=Rows.of(()),
    )
    return build_graph(snapshot, languages())


def failures_of(data: bytes) -> list[str]:
    """What went wrong where each language extracted, resolved and outlined `data`: an exception, or endless work."""
    failures = []
    for language in languages():
        suffix = min(language.suffixes, key=lambda suffix: (len(suffix), suffix))
        for path in ("a" + suffix, *sorted(language.manifests)):
            try:
                with limited(HANG_CPU_SECONDS):
                    graph_of({path: data})
                    list(language.outline(path, data).definitions)
                    problem(path, data)
            except Exception as error:  # noqa: BLE001
                failures.append(f"{language.name} {path}: {type(error).__name__}: {error}")
    return failures


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Fail what uses more CPU than this."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"still busy after {seconds} seconds of CPU")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
