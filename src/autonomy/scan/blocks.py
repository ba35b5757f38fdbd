"""Sections of bytes in one file with a checksum, written whole or not at all. Loads nothing that starts slowly."""

import os
from struct import calcsize, pack, unpack_from
from zlib import crc32

_MAGIC = b"autonomy scan 1\n"
_HEAD = "<16sII"
"""Magic, checksum of what follows the head, number of sections; then their lengths (`Q`) and the sections."""


class Damaged(Exception):
    """No such file, another format, or bytes that are not the ones that were written."""


def write(path: str, sections: "list[bytes]") -> None:
    """Replace `path` in one step; the file is only a copy of what a scan can find again, so it is not synced.

    Raises:
        OSError
    """
    body = b"".join((pack(f"<{len(sections)}Q", *map(len, sections)), *sections))
    scratch = f"{path}.{os.getpid()}"
    try:
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644), "wb") as file:
            file.write(pack(_HEAD, _MAGIC, crc32(body), len(sections)))
            file.write(body)
        os.replace(scratch, path)  # noqa: PTH105 pathlib starts slowly
    except OSError:
        if os.path.lexists(scratch):
            os.unlink(scratch)  # noqa: PTH108
        raise


def read(path: str) -> "list[memoryview]":
    """The sections of a file.

    Raises:
        Damaged
    """
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            data = memoryview(file.read())
    except OSError as error:
        raise Damaged(str(error)) from None
    head = calcsize(_HEAD)
    if len(data) < head:
        raise Damaged("too short")
    magic, checksum, count = unpack_from(_HEAD, data)
    body = data[head:]
    if magic != _MAGIC or 8 * count > len(body) or crc32(body) != checksum:
        raise Damaged("not what was written")
    lengths = unpack_from(f"<{count}Q", body)
    if 8 * count + sum(lengths) != len(body):
        raise Damaged("not what was written")
    sections, start = [], 8 * count
    for length in lengths:
        sections.append(body[start : start + length])
        start += length
    return sections


Stamp = tuple[int, int, int, int]
"""Size, mtime and ctime in nanoseconds, inode: as long as they stay, the content stays."""
NO_STAMP: Stamp = (-1, 0, 0, 0)
"""Of what is not there, or can't be vouched for."""


def stamp_of(path: "str | bytes") -> Stamp:
    """Of the file at `path`, or of what a link there leads to."""
    try:
        status = os.stat(path)  # noqa: PTH116 pathlib starts slowly
    except OSError:
        return NO_STAMP
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def trailer_of(index: str) -> bytes:
    """The checksum at the end of a git index; empty where it has none, or where there is no index."""
    try:
        with open(os.open(index, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            file.seek(-20, os.SEEK_END)
            trailer = file.read(20)
    except OSError:
        return b""
    return trailer if trailer.strip(b"\0") else b""
