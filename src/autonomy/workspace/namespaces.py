"""The right to mount: root has it, anybody else gets it in a user namespace of the process's own.

The namespace maps this user to itself. This process then may mount, for itself and in private; what it starts may
not, as an exec by a user other than root drops the rights.
"""

import os
import time
from contextlib import suppress
from errno import EINVAL
from pathlib import Path

from autonomy.linux import CLONE_NEWNS, CLONE_NEWUSER, unshare

CAP_SYS_ADMIN = 1 << 21


def may_mount() -> bool:
    """Whether this process has the right to mount as it is."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        effective = next(line for line in lines if line.startswith("CapEff:"))
        return bool(int(effective.split()[1], 16) & CAP_SYS_ADMIN)
    return False


def has_one_thread() -> bool:
    """A thread that was joined takes some microseconds more until the kernel forgets it."""
    for _ in range(100):
        if len(os.listdir("/proc/self/task")) == 1:
            return True
        time.sleep(0.001)
    return False


def become_mounter() -> None:
    """Move this process into a user namespace of its own. For good; does nothing where it may mount already.

    Raises:
        OSError: the machine forbids it, or threads run already: a process moves as long as it has one only.
    """
    if may_mount():
        return
    if not has_one_thread():
        raise OSError(EINVAL, "threads run in this process already")
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | CLONE_NEWNS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def foreign(top: Path) -> str:
    """An entry beneath `top` that belongs to another user or group than ours; empty where there is none.

    In a user namespace such a file can't be copied up, so a leaf could not change it.
    """
    ours = (os.geteuid(), os.getegid())
    todo = [str(top)]
    while todo:
        directory = todo.pop()
        with suppress(OSError), os.scandir(directory) as entries:
            for entry in entries:
                stat = entry.stat(follow_symlinks=False)
                if (stat.st_uid, stat.st_gid) != ours:
                    return entry.path
                if entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
    return ""
