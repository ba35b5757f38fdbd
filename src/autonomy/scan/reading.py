"""Open, hash and count files: each once, never through a symlink, never more than the size cap."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha1
from itertools import groupby
from pathlib import Path
from stat import S_ISREG

from autonomy.errors import InputError
from autonomy.tree import Tree, open_file

HEAD = 8000
"""git looks for a NUL in as many bytes to tell a binary file."""
_CHUNK = 1 << 20
_WHOLE = 1 << 28
"""A larger file is hashed by its size, its first and its last megabyte: five sparse gigabytes take no seconds."""


@dataclass(frozen=True, slots=True)
class Content:
    """One file as it was read. `data` holds all of it, or, where it is `large`, its head."""

    file: int
    size: int
    digest: str
    data: bytes
    large: bool = False

    @property
    def binary(self) -> bool:
        return b"\0" in self.data[:HEAD]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is there and can't be planned by its content."""

    file: int
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A file that the index names and the working tree no longer has."""

    file: int


def read_all(root: bytes, paths: Sequence[bytes], cap: int) -> Iterator[Content | Unread | Gone]:
    """One item per path, in order. `paths` must be sorted so that files of a directory stand together."""
    split = ((file, *path.rpartition(b"/")[::2]) for file, path in enumerate(paths))
    with Tree(root) as tree:
        for directory, group in groupby(split, key=lambda item: item[1]):
            try:
                descriptor = tree.directory(directory)
            except OSError as error:
                yield from (_missing(file, error) for file, _, _ in group)
                continue
            for file, _, name in group:
                yield _read(file, name, descriptor, cap)


def read_one(root: Path, path: str) -> bytes:
    """See `read_file`."""
    directory, _, name = path.encode("utf-8", "surrogateescape").rpartition(b"/")
    try:
        with Tree(os.fsencode(root)) as tree:
            item = _read(0, name, tree.directory(directory), _WHOLE)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    if not isinstance(item, Content):
        raise InputError(f"{path}: {item.reason if isinstance(item, Unread) else 'is gone'}")
    return item.data


def _missing(file: int, error: OSError) -> Unread | Gone:
    """A directory that became a symlink or a file has lost its files, as git sees it."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)) or error.errno == 40:
        return Gone(file)
    return Unread(file, f"unreadable: {error.strerror}")


def _read(file: int, name: bytes, directory: int, cap: int) -> Content | Unread | Gone:
    try:
        descriptor = open_file(name, directory)
    except OSError as error:
        return Unread(file, "symlink") if error.errno == 40 else _missing(file, error)
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            return Unread(file, "not a regular file")
        if status.st_size > cap:
            return _read_large(file, descriptor, status.st_size)
        return _read_whole(file, descriptor, status.st_size, cap)
    except OSError as error:
        return Unread(file, f"unreadable: {error.strerror}")
    finally:
        os.close(descriptor)


def _read_whole(file: int, descriptor: int, size: int, cap: int) -> Content | Unread:
    data = os.read(descriptor, size + 1)
    if len(data) != size:
        while len(data) <= cap and (more := os.read(descriptor, _CHUNK)):
            data += more
        if len(data) > cap:
            return Unread(file, "grew while it was read")
    digest = sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return Content(file, len(data), digest.hexdigest(), data)


def _read_large(file: int, descriptor: int, size: int) -> Content:
    head = os.pread(descriptor, HEAD, 0)
    if size > _WHOLE:
        digest = sha1(b"sampled %d\0" % size, usedforsecurity=False)
        digest.update(os.pread(descriptor, _CHUNK, 0))
        digest.update(os.pread(descriptor, _CHUNK, size - _CHUNK))
    else:
        digest = sha1(b"blob %d\0" % size, usedforsecurity=False)
        while chunk := os.read(descriptor, _CHUNK):
            digest.update(chunk)
    return Content(file, size, digest.hexdigest(), head, large=True)
