"""The briefs of a run as the plan had left them, in one file: to make one for each leaf costs as much as the leaf."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autonomy.errors import EnvironmentFault


class Briefs:
    """What stood in each `SLUG.md` of the directory `source`, kept in the file `store`; to be closed.

    Raises:
        OSError: a brief can't be read, or not be kept.
    """

    def __init__(self, source: Path, store: Path) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        with store.open("wb") as file:
            for path in sorted(source.glob("*.md")):
                text = path.read_bytes()
                self._places[path.stem] = (file.tell(), len(text))
                file.write(text)
        self._descriptor = os.open(store, os.O_RDONLY | os.O_CLOEXEC)

    def __call__(self, slug: str) -> bytes:
        """A leaf's brief; empty where the plan has left none."""
        start, length = self._places.get(slug, (0, 0))
        return os.pread(self._descriptor, length, start)

    def close(self) -> None:
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class Supplies:
    """What a run has beside the repository: a directory that goes with it, and the briefs of its leaves."""

    scratch: Path
    briefs: Briefs


@contextmanager
def supplies(root: Path, scratch: Path) -> Iterator[Supplies]:
    """Raises:
    EnvironmentFault: the briefs of the plan of `root` can't be read or kept.
    """
    try:
        briefs = Briefs(root / ".autonomy" / "briefs", scratch / "briefs")
    except OSError as error:
        raise EnvironmentFault(f"{scratch}: {error.strerror}") from None
    try:
        yield Supplies(scratch, briefs)
    finally:
        briefs.close()
