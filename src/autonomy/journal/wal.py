"""Look into SQLite's write-ahead log for damage that SQLite itself takes for its end.

SQLite reads a log up to the first frame whose checksum is wrong and drops the rest without a word. After a
crash that is right for the last transaction, which nobody has been told about. It is wrong for any before
it: they were synced before the next one began. Source: "WAL-mode File Format", sqlite.org/walformat.html.
"""

import struct
from pathlib import Path

_HEADER, _FRAME = 32, 24
_MX_FRAME = 16
"""Where the index (-shm) keeps the number of valid frames."""


def lost_frames(log: bytes, valid: int) -> bool:
    """Whether `log` holds, behind its first `valid` frames, more than one unfinished transaction."""
    if len(log) < _HEADER + _FRAME:
        return False
    page_size, salts = struct.unpack(">I", log[8:12])[0], log[16:24]
    if not _header_is_whole(log) or page_size < 512:
        return True
    ended = False
    for start in range(_HEADER + valid * (_FRAME + page_size), len(log) - _FRAME, _FRAME + page_size):
        _page, committed = struct.unpack(">II", log[start : start + 8])
        if log[start + 8 : start + 16] != salts:
            continue
        if ended:
            return True
        ended = committed != 0
    return False


def _header_is_whole(log: bytes) -> bool:
    """The header is synced before the first frame is written, so a torn one has no frames behind it."""
    order = ">" if log[3] & 1 else "<"
    words = struct.unpack(f"{order}6I", log[:24])
    first = second = 0
    for low, high in zip(words[::2], words[1::2], strict=True):
        first = (first + low + second) & 0xFFFFFFFF
        second = (second + high + first) & 0xFFFFFFFF
    return struct.unpack(">II", log[24:32]) == (first, second) and log[:3] == b"\x37\x7f\x06"


def valid_frames(index: Path) -> int:
    """How many frames SQLite takes for valid, while a connection that has read the database is open."""
    try:
        head = index.open("rb").read(_MX_FRAME + 4)
    except OSError:
        return 0
    return int(struct.unpack("=I", head[_MX_FRAME:])[0]) if len(head) == _MX_FRAME + 4 else 0
