"""A bare repository: the tree of its HEAD, read from the object store."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path

from autonomy import git
from autonomy.errors import InputError
from autonomy.scan.blocks import NO_STAMP
from autonomy.scan.index import GITLINK
from autonomy.scan.listing import engine
from autonomy.scan.reading import Content, Item, Unread
from autonomy.scan.walk import SUBMODULE, SYMLINK, Found

_BATCH = 500
_HEAD_CAP = 1 << 22
_UNREAD = {0o120000: SYMLINK, GITLINK: SUBMODULE}
_MISSING = -1
"""The size of an object that is not there: a partial clone's, or a damaged repository's."""


class tree_of:  # noqa: N801 reads like the function that it is
    """The files of HEAD; none where HEAD is unborn."""

    def __init__(self, repository: git.Repository) -> None:
        self._repository = repository
        self._engine = engine(repository)
        self._git_dir = Path()
        self._objects: dict[bytes, tuple[bytes, int]] = {}
        self.found = Found()

    def __enter__(self) -> "tree_of":
        self._git_dir = self._engine.__enter__()
        revision = git.head_commit(self._repository)
        if revision is not None:
            self._list(git.run(["ls-tree", "-r", "-z", "-l", "--full-tree", revision], git_dir=self._git_dir))
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__()

    def _list(self, output: bytes) -> None:
        for record in output.split(b"\0")[:-1]:
            head, _, path = record.partition(b"\t")
            mode, _, name, size = head.split()
            if int(mode, 8) in _UNREAD:
                self.found.skipped.append((path, _UNREAD[int(mode, 8)]))
            else:
                self.found.files.append(path)
                self._objects[path] = (name, int(size) if size.isdigit() else _MISSING)
        self.found.files.sort()

    def read(self, paths: Sequence[bytes], cap: int) -> Iterator[Item]:
        """As `reading.read_all`; a blob that a partial clone left out is unreadable."""
        for start in range(0, len(paths), _BATCH):
            yield from self._read_batch(start, paths[start : start + _BATCH], cap)

    def _read_batch(self, start: int, paths: Sequence[bytes], cap: int) -> Iterator[Item]:
        small = [path for path in paths if 0 <= self._objects[path][1] <= cap]
        wanted = b"".join(self._objects[path][0] + b"\n" for path in small)
        output = git.run(["cat-file", "--batch"], git_dir=self._git_dir, input=wanted) if small else b""
        position = 0
        for file, path in enumerate(paths, start):
            name, size = self._objects[path]
            if size == _MISSING:
                yield Unread(file, "its object is missing")
                continue
            if size > cap:
                yield Content(file, size, bytes.fromhex(name.decode())[:20], b"", NO_STAMP, large=True)
                continue
            end = output.index(b"\n", position)
            data = output[end + 1 : end + 1 + size]
            position = end + size + 2
            digest = sha1(b"blob %d\0" % size, usedforsecurity=False)
            digest.update(data)
            yield Content(file, size, digest.digest(), data, NO_STAMP)


@contextmanager
def heads(repository: git.Repository, most: int) -> Iterator[Callable[[str], bytes]]:
    """See `head_reader`. Files are asked for by leaf, and so mostly in order: each miss reads the next few hundred."""
    with tree_of(repository) as tree:
        files = tree.found.files
        known: dict[bytes, bytes] = {}

        def read(path: str) -> bytes:
            name = path.encode("utf-8", "surrogateescape")
            if name not in known:
                known.clear()
                batch = files[bisect_left(files, name) :][:_BATCH]
                contents = (item for item in tree.read(batch, _HEAD_CAP) if isinstance(item, Content))
                known.update((batch[content.file], content.data[:most]) for content in contents)
            if name not in known:
                raise InputError(f"{path}: can't be read from HEAD")
            return known[name]

        yield read
