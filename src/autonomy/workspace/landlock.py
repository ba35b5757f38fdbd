"""Landlock: a thread, and all that it starts, may write in some directories only. Irreversible, per thread, 30 us.

Covers what creates, changes, renames and removes files and directories, and, where the kernel can, signals to
processes outside. Not covered: modes, owners, times and extended attributes of files elsewhere; reading; the network.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from struct import pack

from autonomy.linux import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The same on every architecture."""
_VERSION = 1
_PATH_BENEATH = 1
_WRITE_FILE = 1 << 1
_WRITES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Remove directories and files, make entries of each kind."""
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_SCOPE_SIGNAL = 1 << 1
LEAST_ABI = 2
"""With the first version no rename and no link could cross directories: too many programs fail."""
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm")
_ON_FILES = _WRITE_FILE | _TRUNCATE


@cache
def abi() -> int:
    """The version that the kernel offers; 0 for none."""
    with suppress(OSError):
        return syscall(_CREATE_RULESET, 0, 0, _VERSION)
    return 0


def restrict(writable: Iterable[Path]) -> None:
    """From now on this thread writes beneath `writable` and to harmless devices only. Absent paths are left out.

    Raises:
        OSError: the kernel can't or won't.
    """
    rights = _WRITES | _REFER | (_TRUNCATE if abi() >= 3 else 0)
    ruleset = _ruleset(rights)
    try:
        for path in (*writable, *(Path("/dev") / name for name in DEVICES)):
            _allow(ruleset, path, rights)
        if os.geteuid() != 0:
            prctl(PR_SET_NO_NEW_PRIVS, 1)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _ruleset(rights: int) -> int:
    scoped = _SCOPE_SIGNAL if abi() >= 6 else 0
    attributes = pack("=QQQ", rights, 0, scoped)
    size = 24 if abi() >= 6 else 16 if abi() >= 4 else 8
    return syscall(_CREATE_RULESET, attributes, size, 0)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        granted = rights if path.is_dir() else rights & _ON_FILES
        syscall(_ADD_RULE, ruleset, _PATH_BENEATH, pack("=Qi", granted, descriptor), 0)
    finally:
        os.close(descriptor)
