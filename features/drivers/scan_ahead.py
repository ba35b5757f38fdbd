"""What the steps of reading ahead know of the program."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread
from unittest import mock

from autonomy.model import Snapshot
from autonomy.scan import ahead, stages
from autonomy.scan.listing import list_files
from autonomy.scan.reading import read_all
from features.drivers import scan


@contextmanager
def _disk(*, waiting: bool) -> Iterator[list[Thread]]:
    """A disk from which, at each look, much or nothing has been read; yields the threads that are started."""
    started: list[Thread] = []

    def thread(target: Callable[[], None], **options: object) -> Thread:
        started.append(Thread(target=target))
        return started[-1]

    blocks = count(0, 1_000_000 if waiting else 0)
    with mock.patch.object(ahead, "_blocks_read", lambda: next(blocks)), mock.patch.object(ahead, "Thread", thread):
        yield started


def snapshot(root: Path, *, waiting: bool, gone: str) -> tuple[Snapshot, list[Thread]]:
    """`gone` is a file that disappears between listing and reading."""

    def listed(*args: object) -> object:
        found = list_files(*args)  # type: ignore[arg-type]
        if gone:
            (root / gone).unlink()
        return found

    with _disk(waiting=waiting) as started, mock.patch.object(stages, "list_files", listed):
        return scan.snapshot(root), started


def broken_off(root: Path) -> list[Thread]:
    with _disk(waiting=True) as started:
        items = read_all(os.fsencode(root), list_files(root, None).files, 1_000_000, {})
        for _ in range(300):
            next(items)
        items.close()  # type: ignore[attr-defined]
    return started
