"""What a tree looks like, entry by entry: enough to tell every change, whatever the leaf does to hide it."""

import os
import time
from collections.abc import Iterable
from stat import S_ISDIR

from autonomy.tree import Tree

Signature = tuple[int, int, int, int]
"""Mode, size, inode, and the time of the inode's last change in nanoseconds: no program can set that one.

For a directory only the mode: the rest tells of its entries, which are there themselves.
"""
Survey = dict[str, Signature]
_TICK = 0.0005
_COARSE = 5
"""CLOCK_REALTIME_COARSE of Linux: the clock that file times are taken from."""


def survey(tree: Tree) -> Survey:
    """Every entry beneath the root by its relative path, directories before what they hold. Locked ones are unlocked.

    Raises:
        OSError: a directory can't be read.
    """
    found: Survey = {}
    todo = [""]
    while todo:
        path = todo.pop()
        prefix = f"{path}/" if path else ""
        with os.scandir(_directory(tree, path)) as entries:
            for entry in entries:
                stat = entry.stat(follow_symlinks=False)
                inner = prefix + entry.name
                if S_ISDIR(stat.st_mode):
                    found[inner] = (stat.st_mode, 0, 0, 0)
                    todo.append(inner)
                else:
                    found[inner] = (stat.st_mode, stat.st_size, stat.st_ino, stat.st_ctime_ns)
    return found


def _directory(tree: Tree, path: str) -> int:
    raw = os.fsencode(path)
    try:
        return tree.directory(raw)
    except PermissionError:
        parent, _, name = raw.rpartition(b"/")
        os.chmod(name, 0o700, dir_fd=tree.directory(parent))
        return tree.directory(raw)


def signature(tree: Tree, path: str) -> Signature | None:
    """Of one entry that is no directory; None where nothing is."""
    parent, _, name = os.fsencode(path).rpartition(b"/")
    try:
        stat = os.lstat(name, dir_fd=tree.directory(parent))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (stat.st_mode, stat.st_size, stat.st_ino, stat.st_ctime_ns)


def differing(before: Survey, after: Survey) -> list[str]:
    """Paths that only one of two surveys has, or that they show differently."""
    return [path for path, found in after.items() if before.get(path) != found] + [
        path for path in before if path not in after
    ]


def let_time_pass(signatures: Iterable[Signature]) -> None:
    """Wait until a further change must show another time: the kernel's clock for files goes in steps of some ms."""
    latest = max((changed for *_, changed in signatures), default=0)
    now = time.clock_gettime_ns(_COARSE)
    # A time far in the future is a clock that was set back; waiting would not help.
    while now <= latest < now + 10**9:
        time.sleep(_TICK)
        now = time.clock_gettime_ns(_COARSE)
