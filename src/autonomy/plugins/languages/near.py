"""Which of several files of one name a folder means. Pure; a look-up costs the depth of the folder, not the choice."""

from collections.abc import Iterable, Iterator, Sequence


class Near:
    """Files that go by one name, by the folders that they count for (empty, or ending in a slash).

    At most `limit` + 1 of those that are equally near are kept: whoever asks learns that there are too many.
    """

    def __init__(self, places: Iterable[tuple[str, int]], limit: int) -> None:
        self.below: dict[str, tuple[int, ...]] = {}
        """Folder -> the files the least deep in it or below it."""
        level: dict[str, int] = {}
        for folder, file in sorted(places, key=lambda place: (place[0].count("/"), place[0], place[1])):
            depth = folder.count("/")
            for parent in upward(folder):
                files = self.below.get(parent, ())
                if level.setdefault(parent, depth) == depth and len(files) <= limit:
                    self.below[parent] = (*files, file)

    def to(self, parents: Sequence[str]) -> tuple[int, ...]:
        """The files that share the longest path with a folder, given as all that it lies in, itself first."""
        return next((self.below[parent] for parent in parents if parent in self.below), ())


class Folders:
    """The folders that a folder lies in, remembered."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def above(self, folder: str) -> tuple[str, ...]:
        """The folder itself first, the root, which is empty, last."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = tuple(upward(folder))
        return known


def upward(folder: str) -> Iterator[str]:
    """`a/b/`, `a/` and the empty root for `a/b/`."""
    while folder:
        yield folder
        folder = folder[: folder.rfind("/", 0, -1) + 1]
    yield ""


def joined(folder: str, name: str) -> str:
    """`name` as seen from `folder`, without `.` and `..`; a name that leaves the tree becomes empty."""
    parts: list[str] = []
    for part in (folder + name).split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
