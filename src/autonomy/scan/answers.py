"""Finished answers for a tree that has not changed. The quick way in: loads nothing that starts slowly."""

import os
import sys
from struct import unpack
from zlib import crc32

from autonomy.scan.blocks import Damaged, read, stamp_of, trailer_of, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Row = tuple[str, int, int, int, int]

_KEPT = 16
"""Answers to so many questions (arguments, configurations) are kept."""


def recall(root: str, key: bytes, *, trust_index: bool = False) -> "bytes | None":
    """What `remember` was given under `key`, if a scan of `root` would find what it found then; else None.

    Every file and directory is looked at again (lstat), none is opened; with `trust_index` only git's own files
    are, so that edits that are neither staged nor committed go unseen. The working directory changes for the time
    of the look, which makes it half as long: call it before there are threads.
    """
    root = os.path.abspath(root)
    cache = os.path.join(root, ".autonomy", "cache")
    try:
        known, name, answer = read(_file(cache, key))
        table = read(os.path.join(cache, "table"))
        if known != key or table[0] != name or not _holds(root, table, trust_index=trust_index):
            return None
    except (Damaged, ValueError):
        return None
    return bytes(answer)


def remember(root: str, key: bytes, fingerprint: bytes, answer: bytes) -> None:
    """Keep an answer for the snapshot of this fingerprint; best effort. `key` is everything else that it hangs on."""
    cache = os.path.join(root, ".autonomy", "cache")
    try:
        write(_file(cache, key), [key, fingerprint, answer])
        answers = [entry for entry in os.scandir(cache) if entry.name.startswith("answer-")]
        answers.sort(key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
        for entry in answers[_KEPT:]:
            os.unlink(entry.path)  # noqa: PTH108 pathlib starts slowly
    except OSError:
        return


def _file(cache: str, key: bytes) -> str:
    return os.path.join(cache, f"answer-{crc32(key):08x}")


def _holds(root: str, table: "list[memoryview]", *, trust_index: bool) -> bool:
    (_, directories, times, counts, names, sizes, mtimes, ctimes, inodes, watched, stamps, index, stamp, trailer) = (
        table
    )
    if not _same_index(bytes(index), unpack("4q", stamp), bytes(trailer)):
        return False
    flat = stamps.cast("q")
    for number, path in enumerate(_split(watched)):
        if stamp_of(path) != tuple(flat[4 * number : 4 * number + 4]):
            return False
    if trust_index:
        return True
    before = os.open(".", os.O_RDONLY)
    try:
        files = zip(_split(names), sizes.cast("q"), mtimes.cast("q"), ctimes.cast("q"), inodes.cast("q"), strict=False)
        return _same_tree(root, _split(directories), times.cast("q"), counts.cast("I"), files)
    except OSError:
        return False
    finally:
        os.fchdir(before)
        os.close(before)


def _same_index(index: bytes, stamp: "tuple[int, ...]", trailer: bytes) -> bool:
    """By its stamp, or, where git has written it anew, by its checksum."""
    return not index or stamp_of(index) == stamp or (trailer != b"" and trailer_of(os.fsdecode(index)) == trailer)


def _split(joined: memoryview) -> "list[str]":
    """As text, because system calls take text faster than bytes."""
    return bytes(joined).decode(sys.getfilesystemencoding(), "surrogateescape").split("\0") if joined else []


def _same_tree(
    root: str, directories: "list[str]", times: "Sequence[int]", counts: "Sequence[int]", files: "Iterator[Row]"
) -> bool:
    """One `times` (mtime, ctime) and one count per directory; the files come in the order of their directories."""
    lstat = os.lstat
    for number, directory in enumerate(directories or [""]):
        path = os.path.join(root, directory) if directory else root + "/."
        status = lstat(path)
        if status.st_mtime_ns != times[2 * number] or status.st_ctime_ns != times[2 * number + 1]:
            return False
        os.chdir(path)
        for _ in range(counts[number]):
            name, size, mtime, ctime, inode = next(files)
            status = lstat(name)
            if (
                status.st_mtime_ns != mtime
                or status.st_ctime_ns != ctime
                or status.st_ino != inode
                or status.st_size != size
            ):
                return False
    return True
