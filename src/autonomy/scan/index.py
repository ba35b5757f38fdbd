"""Parse git's index, versions 2 to 4, without starting git. Split and sparse ones are git's to read."""

from collections.abc import Iterator
from struct import Struct, error, unpack_from

GITLINK = 0o160000
_STAT = 40
_EXTENDED = 0x40
"""In the first byte of an entry's flags: two more bytes of flags follow."""


class Unreadable(Exception):
    """An index that this parser can't vouch for: damaged, split, sparse, or of a later version."""


def parse(data: bytes, name_bytes: int = 20) -> Iterator[tuple[bytes, int]]:
    """(path, mode) of each entry, by path; `name_bytes` is the length of an object name.

    A path that is unmerged comes once for each of its stages. The checksum at the end is not asked, as git doesn't.

    Raises:
        Unreadable: also in the middle of the iteration.
    """
    if len(data) < 12 + name_bytes or data[:4] != b"DIRC":
        raise Unreadable("no index")
    version, count = unpack_from(">II", data, 4)
    if version not in (2, 3, 4):
        raise Unreadable(f"index version {version}")
    head, flags_at = Struct(">I").unpack_from, _STAT + name_bytes
    position, path = 12, b""
    try:
        for _ in range(count):
            (mode,) = head(data, position + 24)
            start = position + flags_at + (4 if data[position + flags_at] & _EXTENDED else 2)
            if version == 4:
                dropped, start = _varint(data, start)
                end = data.index(b"\0", start)
                path = path[: len(path) - dropped] + data[start:end]
                position = end + 1
            else:
                end = data.index(b"\0", start)
                path = data[start:end]
                position += (end - position + 8) & ~7
            yield path, mode
    except (ValueError, IndexError, error) as damage:
        raise Unreadable(str(damage)) from None
    _check_extensions(data, position, len(data) - name_bytes)


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """git's offset encoding, and the position after it."""
    byte = data[position]
    value = byte & 127
    while byte & 128:
        position += 1
        byte = data[position]
        value = ((value + 1) << 7) | (byte & 127)
    return value, position + 1


def _check_extensions(data: bytes, position: int, end: int) -> None:
    """An extension with a lower-case name changes what the entries mean (`link`: split, `sdir`: sparse)."""
    while position + 8 <= end:
        if data[position : position + 1].islower():
            raise Unreadable(f"index extension {data[position : position + 4]!r}")
        position += 8 + int.from_bytes(data[position + 4 : position + 8])
