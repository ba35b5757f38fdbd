"""The few system calls that Python 3.11 does not wrap: thin, typed, raising OSError. Linux only."""

import ctypes
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PR_GET_CHILD_SUBREAPER = 37
PR_SET_NO_NEW_PRIVS = 38
CLONE_FS = 0x00000200
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_FALLOC_KEEP_SIZE = 1
_FALLOC_PUNCH_HOLE = 2
_QUERY = 0xFFFFFFFF


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    libc.prctl.argtypes = [ctypes.c_int, *([ctypes.c_ulong] * 4)]
    libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
    libc.syscall.restype = ctypes.c_long
    return libc


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def prctl(option: int, argument: int = 0) -> int:
    return _checked(_libc().prctl(option, argument, 0, 0, 0), "prctl")


def is_subreaper() -> bool:
    flag = ctypes.c_int(0)
    _checked(_libc().prctl(PR_GET_CHILD_SUBREAPER, ctypes.addressof(flag), 0, 0, 0), "prctl")
    return bool(flag.value)


@cache
def _personality() -> Callable[[int], int]:
    """A call that is over at once, so no other thread need be let in meanwhile."""
    call = ctypes.PyDLL(None, use_errno=True).personality
    call.argtypes = [ctypes.c_ulong]
    return call


def personality(value: int = _QUERY) -> int:
    """Set this thread's personality and return the one before; without a value only return it."""
    return _checked(_personality()(value), "personality")


def punch_hole(descriptor: int, start: int, length: int) -> None:
    """Give back the disk blocks of a range; its bytes read as zeros and the file keeps its length."""
    _checked(
        _libc().fallocate(descriptor, _FALLOC_PUNCH_HOLE | _FALLOC_KEEP_SIZE, start, length),
        "fallocate",
    )


def exchange(one: Path, other: Path) -> None:
    """Swap what two names of a file system stand for, at one moment. Both exist."""
    call = getattr(_libc(), "renameat2", None)
    result = -1 if call is None else call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    _checked(result, f"exchange of {one}")


def unshare(flags: int) -> None:
    _checked(_libc().unshare(flags), "unshare")


def setns(descriptor: int, kind: int) -> None:
    _checked(_libc().setns(descriptor, kind), "setns")


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str | None = None) -> None:
    encode = os.fsencode
    _checked(
        _libc().mount(
            encode(source),
            encode(target),
            None if kind is None else encode(kind),
            flags,
            None if options is None else encode(options),
        ),
        f"mount on {target}",
    )


def syscall(number: int, *arguments: int | bytes) -> int:
    """A raw system call. Bytes are passed as their address; the kernel must not write to them."""
    words = (each if isinstance(each, bytes) else ctypes.c_long(each) for each in arguments)
    return _checked(_libc().syscall(ctypes.c_long(number), *words), f"system call {number}")
