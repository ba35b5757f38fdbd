"""An ordinary user, for tests that run as root: a child process that gives its rights away."""

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from autonomy import git, lineage, linux, process
from autonomy.workspace import namespaces

NOBODY = 65534
PR_SET_DUMPABLE = 4


def interpreter() -> str:
    """A Python that any user may start: the reaper runs in one."""
    candidates = (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3")
    return next(path for path in candidates if os.path.exists(path) and not _is_private(path))


def _is_private(path: str) -> bool:
    return any(not parent.stat().st_mode & 0o001 for parent in Path(path).resolve().parents)


def as_nobody(
    folder: Path,
    work: Callable[[], object],
    before: Callable[[], None] = lambda: None,
    *,
    enter_namespace: bool = False,
) -> object:
    """What `work` returns when an ordinary user does it, who owns the folder; in a child process.

    `before` is done by root, when the folder is given away already. With `enter_namespace` the user may mount.

    Raises:
        AssertionError: it raised.
    """
    if os.geteuid() != 0:
        return work()
    _give_away(folder)
    before()
    _warm()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_child(folder, work, writer, enter_namespace))
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        data = answers.read()
    os.waitpid(child, 0)
    worked, value = pickle.loads(data)
    assert worked, value
    return value


def _child(folder: Path, work: Callable[[], object], writer: int, enter_namespace: bool) -> int:
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        # A process that has changed its user can't open its own /proc; one that was started by that user can.
        linux.prctl(PR_SET_DUMPABLE, 1)
        os.environ["HOME"] = str(folder / "home")
        if enter_namespace:
            namespaces.become_mounter()
        with mock.patch.object(process.sys, "executable", interpreter()):
            answer = (True, work())
    except BaseException:  # noqa: BLE001 - the parent raises it
        answer = (False, traceback.format_exc())
    os.write(writer, pickle.dumps(answer))
    return 0


def _give_away(folder: Path) -> None:
    folder.chmod(0o755)
    for parent, directories, files in os.walk(folder):
        for name in (*directories, *files):
            os.lchown(os.path.join(parent, name), NOBODY, NOBODY)
    os.chown(folder, NOBODY, NOBODY)


def _warm() -> None:
    """Import and decode what the child will need: the libraries may lie where only root can read."""
    import concurrent.futures
    import encodings.unicode_escape

    import pathspec

    del concurrent, encodings, pathspec
    git.executable()
    lineage.marks_work()
