"""Start git: the only module that does, hardened against hostile repositories.

A repository's own config, hooks, filters and fsmonitor may belong to an attacker, and 51 of 69 git commands
run code from them. So git never runs with a user's repository as its GIT_DIR: it runs in a bare directory of
the engine's own, clean, whose only link to the user's repository is `objects/info/alternates`.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autonomy.errors import EnvironmentFault, InputError

if TYPE_CHECKING:
    from subprocess import Popen

MINIMUM = (2, 32)
"""GIT_CONFIG_GLOBAL appeared there: older ones can't be kept away from the user's configuration."""

_FLAGS = (
    *("--no-pager", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.excludesFile=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "submodule.recurse=false"),
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
)
_PATIENCE = {"ls-files": 2.5, "log": 15}
"""Seconds without any work until a command is given up: a FIFO named .gitignore, or a pack on a dead disk, must not
hang the plan. One that gets on is waited for, as slow as the machine may be."""
_LONGEST = 1800
_DISK = (b"No space left on device", b"Out of diskspace", b"Disk quota exceeded", b"Read-only file system")
"""What git says where the disk, and not what it was given, is at fault."""
_ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_CEILING_DIRECTORIES": "/",
}


@cache
def executable() -> str:
    """The git to run, by an absolute path; the current directory and relative entries of PATH are not searched.

    Raises:
        EnvironmentFault: there is none, or it is older than `MINIMUM`.
    """
    import re
    import subprocess

    path = _absolute_path()
    found = shutil.which("git", path=os.pathsep.join(path)) if path else None
    if found is None:
        raise EnvironmentFault("git not found on PATH; install git 2.32 or newer")
    try:
        answer = subprocess.run([found, "version"], env=_environment({}), capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"{found} doesn't start: {error}") from None
    version = re.search(rb"git version (\d+)\.(\d+)", answer.stdout)
    if version is None or (int(version[1]), int(version[2])) < MINIMUM:
        raise EnvironmentFault(f"{found} is too old or no git ({first_line(answer.stdout)}); 2.32 or newer is needed")
    return found


def available() -> bool:
    """Whether a git that is new enough can be started."""
    try:
        executable()
    except EnvironmentFault:
        return False
    return True


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Built from scratch: nothing inherited but PATH, so no GIT_* of the caller's reaches git."""
    return {"PATH": os.pathsep.join(_absolute_path()), **_ENVIRONMENT, **extra}


def _absolute_path() -> list[str]:
    return [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry.startswith("/")]


def first_line(output: bytes) -> str:
    """For a message: the first line that says something, without control characters."""
    line = next((line for line in output.splitlines() if line.strip()), b"no message")
    return "".join(c if c.isprintable() else "?" for c in line.decode(errors="replace"))[:300]


def run(
    args: Sequence[str | bytes | Path],
    *,
    git_dir: Path,
    work_tree: Path | None = None,
    index: Path | None = None,
    input: bytes | None = None,  # noqa: A002 the name that subprocess.run has taught everyone
    env: Mapping[str, str] | None = None,
) -> bytes:
    """What `git ARGS` prints. `git_dir` must be one of the engine's own (`engine_dir`), never a user's.

    With `work_tree`, git starts there. `env` adds to the clean environment; it never inherits the caller's.

    Raises:
        EnvironmentFault: no usable git.
        InputError: git failed, with the first line that it said, or did not come to an end.
    """
    return run_heard(args, git_dir=git_dir, work_tree=work_tree, index=index, input=input, env=env)[0]


def run_heard(
    args: Sequence[str | bytes | Path],
    *,
    git_dir: Path,
    work_tree: Path | None = None,
    index: Path | None = None,
    input: bytes | None = None,  # noqa: A002
    env: Mapping[str, str] | None = None,
) -> tuple[bytes, bytes]:
    """As `run`, with what git said on stderr: some commands leave things out with a warning and end well."""
    from subprocess import DEVNULL, PIPE, Popen

    extra = dict(env or {})
    if index is not None:
        extra["GIT_INDEX_FILE"] = str(index)
    where = [f"--git-dir={git_dir}", *([f"--work-tree={work_tree}"] if work_tree is not None else [])]
    try:
        with Popen(
            [executable(), *_FLAGS, *where, *args],
            stdin=DEVNULL if input is None else PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=_environment(extra),
            cwd=work_tree if work_tree is not None else git_dir,
        ) as process:
            told = heard(process, input, _PATIENCE.get(_subcommand(args), _LONGEST))
    except OSError as error:
        raise EnvironmentFault(f"git can't be started in {work_tree or git_dir}: {error.strerror}") from None
    if told is None:
        raise InputError(f"git {_subcommand(args)} in {work_tree or git_dir} doesn't come to an end")
    output, complaints = told
    if process.returncode:
        fault = EnvironmentFault if any(said in complaints for said in _DISK) else InputError
        raise fault(f"git {_subcommand(args)} failed: {first_line(complaints)}")
    return output, complaints


def heard(process: "Popen[bytes]", message: bytes | None, patience: float) -> tuple[bytes, bytes] | None:
    """What a process says on stdout and stderr, given `message`; None once it was killed for doing nothing.

    It is killed after two looks, `patience` seconds apart, between which it took no processor time and read nothing.
    """
    from subprocess import TimeoutExpired

    work: object = "not looked at yet"
    while True:
        try:
            return process.communicate(message, timeout=patience)
        except TimeoutExpired:
            message, before, work = None, work, _work_of(process.pid)
            if work == before:
                process.kill()
                process.communicate()
                return None
        except BaseException:
            process.kill()
            raise


def _work_of(pid: int) -> object:
    """What a process, and those that it waited for, have done until now; changes as long as it gets on."""
    import psutil

    try:
        found = psutil.Process(pid)
        # Not every system counts what is read.
        return found.cpu_times(), found.io_counters() if hasattr(found, "io_counters") else None
    except psutil.Error:
        return None


def _subcommand(args: Sequence[str | bytes | Path]) -> str:
    """The word behind the `-c` options."""
    words = [os.fsdecode(word) for word in args]
    while words[0] == "-c":
        del words[:2]
    return words[0]
