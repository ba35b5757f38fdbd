"""Open, hash and hand out files: each once, never through a symlink, never more than the size cap."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from errno import ELOOP
from hashlib import sha1
from itertools import groupby
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from autonomy.errors import InputError
from autonomy.scan.ahead import STEP, ReadAhead
from autonomy.scan.blocks import NO_STAMP, Stamp
from autonomy.tree import Tree, open_file

HEAD = 8000
"""git looks for a NUL in as many bytes to tell a binary file."""
_CHUNK = 1 << 20
_WHOLE = 1 << 28
"""A larger file is hashed by its size, its first and its last megabyte: five sparse gigabytes take no seconds."""


class Content(NamedTuple):
    """One file as it was read. `data` holds all of it, or, where it is `large`, its head."""

    file: int
    size: int
    digest: bytes
    data: bytes
    stamp: Stamp
    large: bool = False


class Same(NamedTuple):
    """A file whose stamp is still the one that was known of it."""

    file: int


class Unread(NamedTuple):
    """A file that is there and can't be planned by its content."""

    file: int
    reason: str


class Gone(NamedTuple):
    """A file that has vanished since it was listed."""

    file: int


Item = Content | Same | Unread | Gone


def read_all(root: bytes, paths: Sequence[bytes], cap: int, known: Mapping[int, Stamp]) -> Iterator[Item]:
    """One item per path, in order. `paths` must be sorted; `known` are stamps of files that need not be read again."""
    split = ((file, *path.rpartition(b"/")[::2]) for file, path in enumerate(paths))
    with Tree(root) as tree, closing(ReadAhead(root, paths)) as ahead:
        for directory, group in groupby(split, key=_directory):
            try:
                descriptor = tree.directory(directory)
            except OSError as error:
                yield from (_missing(file, error) for file, _, _ in group)
                continue
            for file, _, name in group:
                if file and not file % STEP:
                    ahead.at(file)
                if file in known and _stamp_of(name, descriptor) == known[file]:
                    yield Same(file)
                else:
                    yield _read(file, name, descriptor, cap)


@contextmanager
def heads(root: Path, most: int) -> Iterator[Callable[[str], bytes]]:
    """See `head_reader`."""
    with Tree(os.fsencode(root)) as tree:

        def read(path: str) -> bytes:
            directory, _, name = path.encode("utf-8", "surrogateescape").rpartition(b"/")
            try:
                descriptor = open_file(name, tree.directory(directory))
                try:
                    if not S_ISREG(os.fstat(descriptor).st_mode):
                        raise InputError(f"{path}: not a regular file")
                    return os.read(descriptor, most)
                finally:
                    os.close(descriptor)
            except OSError as error:
                raise InputError(f"{path}: {error.strerror}") from None

        yield read


def _directory(item: tuple[int, bytes, bytes]) -> bytes:
    return item[1]


def _missing(file: int, error: OSError) -> Unread | Gone:
    """A directory that became a symlink or a file has lost its files, as git sees it."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)) or error.errno == ELOOP:
        return Gone(file)
    return Unread(file, f"unreadable: {error.strerror}")


def _stamp_of(name: bytes, directory: int) -> Stamp:
    try:
        status = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError:
        return NO_STAMP
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _read(file: int, name: bytes, directory: int, cap: int) -> Content | Unread | Gone:
    try:
        descriptor = open_file(name, directory)
    except OSError as error:
        return Unread(file, "symlink") if error.errno == ELOOP else _missing(file, error)
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            return Unread(file, "not a regular file")
        size = status.st_size
        stamp = (size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        if size > cap:
            return _read_large(file, descriptor, stamp)
        data = os.read(descriptor, size + 1)
        if len(data) != size:
            data = _read_on(descriptor, data, cap)
            stamp = NO_STAMP
    except OSError as error:
        return Unread(file, f"unreadable: {error.strerror}")
    finally:
        os.close(descriptor)
    digest = sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return Content(file, len(data), digest.digest(), data, stamp)


def _read_on(descriptor: int, data: bytes, cap: int) -> bytes:
    """The rest of a file that changes while it is read, or whose size the kernel doesn't know."""
    while len(data) <= cap and (more := os.read(descriptor, _CHUNK)):
        data += more
    return data[:cap]


def _read_large(file: int, descriptor: int, stamp: Stamp) -> Content:
    size = stamp[0]
    head = os.pread(descriptor, HEAD, 0)
    if size > _WHOLE:
        digest = sha1(b"sampled %d\0" % size, usedforsecurity=False)
        digest.update(os.pread(descriptor, _CHUNK, 0))
        digest.update(os.pread(descriptor, _CHUNK, size - _CHUNK))
    else:
        digest = sha1(b"blob %d\0" % size, usedforsecurity=False)
        while chunk := os.read(descriptor, _CHUNK):
            digest.update(chunk)
    return Content(file, size, digest.digest(), head, stamp, large=True)
