"""Which file system a path lies on, as the kernel names it."""

import os
from pathlib import Path


def file_system(path: Path) -> str:
    """`ext4`, `nfs4`, `overlay`, ...; empty where the kernel does not say."""
    try:
        table = Path("/proc/self/mounts").read_bytes()
    except OSError:
        return ""
    wanted = os.fsencode(os.path.realpath(path))
    best, kind = b"", b""
    for line in table.splitlines():
        fields = line.split(b" ")
        if len(fields) > 2 and len(point := _plain(fields[1])) >= len(best) and _holds(point, wanted):
            best, kind = point, fields[2]
    return os.fsdecode(kind)


def _plain(point: bytes) -> bytes:
    for code, sign in ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\")):
        point = point.replace(code, sign)
    return point


def _holds(point: bytes, path: bytes) -> bool:
    return path == point or path.startswith(point.rstrip(b"/") + b"/")
