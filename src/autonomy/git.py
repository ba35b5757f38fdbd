"""Run git: the only module that starts it, hardened against hostile repositories.

A repository's own config, hooks, filters and fsmonitor may belong to an attacker, and 51 of 69 git commands
run code from them. So git never runs with a user's repository as its GIT_DIR: it runs in a bare directory of
the engine's own, clean, whose only link to the user's repository is `objects/info/alternates`.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from autonomy.errors import EnvironmentFault, InputError

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


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository keeps its parts. `top` is None for a bare one."""

    top: Path | None
    git_dir: Path
    """Index and HEAD of this work tree."""
    common_dir: Path
    """Objects, refs and config; differs from `git_dir` only in a linked work tree."""


@cache
def executable() -> str:
    """The git to run, by an absolute path; the current directory and relative entries of PATH are not searched.

    Raises:
        EnvironmentFault: there is none, or it is older than `MINIMUM`.
    """
    import re
    import subprocess

    absolute = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry.startswith("/")]
    found = shutil.which("git", path=os.pathsep.join(absolute)) if absolute else None
    if found is None:
        raise EnvironmentFault("git not found on PATH; install git 2.32 or newer")
    try:
        answer = subprocess.run([found, "version"], env=_environment({}), capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"{found} doesn't start: {error}") from None
    version = re.search(rb"git version (\d+)\.(\d+)", answer.stdout)
    if version is None or (int(version[1]), int(version[2])) < MINIMUM:
        raise EnvironmentFault(f"{found} is too old or no git ({_first_line(answer.stdout)}); 2.32 or newer is needed")
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
    return {"PATH": os.environ.get("PATH", os.defpath), **_ENVIRONMENT, **extra}


def _first_line(output: bytes) -> str:
    """For a message: the first line that says something, without control characters."""
    line = next((line for line in output.splitlines() if line.strip()), b"no message")
    return "".join(c if c.isprintable() else "?" for c in line.decode(errors="replace"))[:300]


def run(
    args: Sequence[str | bytes],
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
        InputError: git failed; the message is its first line.
    """
    import subprocess

    extra = dict(env or {})
    if index is not None:
        extra["GIT_INDEX_FILE"] = str(index)
    where = [f"--git-dir={git_dir}", *([f"--work-tree={work_tree}"] if work_tree is not None else [])]
    try:
        done = subprocess.run(
            [executable(), *_FLAGS, *where, *args],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            env=_environment(extra),
            cwd=work_tree if work_tree is not None else git_dir,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise EnvironmentFault(f"git can't be started in {work_tree or git_dir}: {error.strerror}") from None
    if done.returncode:
        raise InputError(f"git {os.fsdecode(args[0])} failed: {_first_line(done.stderr)}")
    return done.stdout


def state_dir() -> Path:
    """`$AUTONOMY_STATE_DIR`, else `$XDG_STATE_HOME/autonomy`, else `~/.local/state/autonomy`."""
    if chosen := os.environ.get("AUTONOMY_STATE_DIR"):
        return Path(chosen).absolute()
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "autonomy"


def find_repository(path: Path) -> Repository | None:
    """The repository that `path` lies in, found by reading alone; None outside of any.

    A `.git` that git itself would not accept (no HEAD, no objects) is passed over, as git does.
    """
    path = path.resolve()
    if _is_git_dir(path):
        return Repository(None, path, _common_dir(path))
    for top in (path, *path.parents):
        entry = top / ".git"
        git_dir = _linked(entry) if entry.is_file() else entry
        if git_dir is not None and _is_git_dir(git_dir):
            return Repository(top, git_dir, _common_dir(git_dir))
    return None


def _linked(file: Path) -> Path | None:
    """Where a `.git` file (linked work tree, submodule) points to."""
    text = _small(file)
    return (file.parent / os.fsdecode(text[8:].strip())).resolve() if text.startswith(b"gitdir: ") else None


def _small(file: Path) -> bytes:
    """The first 4 KiB of a plain file; empty where there is none. Never blocks on a FIFO."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _common_dir(git_dir: Path) -> Path:
    text = _small(git_dir / "commondir").strip()
    return (git_dir / os.fsdecode(text)).resolve() if text else git_dir


def _is_git_dir(path: Path) -> bool:
    """git's own test: HEAD, and objects/ and refs/ in the common directory."""
    try:
        common = _common_dir(path)
        return bool(_small(path / "HEAD")) and (common / "objects").is_dir() and (common / "refs").is_dir()
    except OSError:
        return False


def engine_dir(state: Path, repository: Repository) -> Path:
    """A bare git directory of the engine's own that borrows the repository's objects. Idempotent, O(1).

    Raises:
        EnvironmentFault: the state directory can't be written.
    """
    home = state / "git" / sha256(os.fsencode(repository.common_dir)).hexdigest()[:24]
    objects = repository.common_dir / "objects"
    try:
        for directory in ("objects/info", "objects/pack", "refs/heads"):
            (home / directory).mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(home / "objects/info/alternates", _quoted(objects))
        _write(home / "config", _engine_config(repository))
        _write(home / "HEAD", b"ref: refs/heads/none\n")
    except OSError as error:
        raise EnvironmentFault(f"{error.filename or home}: {error.strerror}; set AUTONOMY_STATE_DIR") from None
    return home


def _quoted(objects: Path) -> bytes:
    """A line of an alternates file; C-quoted where the path holds what would end or start it otherwise."""
    raw = os.fsencode(objects)
    if not any(byte in raw for byte in b'\n"\\') and not raw.startswith(b"#"):
        return raw + b"\n"
    special = {0x0A: b"\\n", 0x22: b'\\"', 0x5C: b"\\\\"}
    return b'"' + b"".join(special.get(byte, bytes([byte])) for byte in raw) + b'"\n'


def _engine_config(repository: Repository) -> bytes:
    version, extra = (1, "[extensions]\n\tobjectformat = sha256\n") if uses_sha256(repository) else (0, "")
    return f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extra}".encode()


def uses_sha256(repository: Repository) -> bool:
    """Whether object names are SHA-256: the one setting of a foreign config that has to be known."""
    import re

    text = _small(repository.common_dir / "config")
    return re.search(rb"(?im)^\s*objectformat\s*=\s*\"?sha256", text) is not None


def _write(file: Path, content: bytes) -> None:
    """Atomic, and not at all where the content is there already."""
    if file.exists() and file.read_bytes() == content:
        return
    scratch = file.with_name(f"{file.name}.{os.getpid()}")
    scratch.write_bytes(content)
    scratch.replace(file)


def head_commit(repository: Repository) -> str | None:
    """The commit that HEAD names, by reading refs; None for an unborn HEAD."""
    name = _small(repository.git_dir / "HEAD").strip()
    for _ in range(5):
        if not name.startswith(b"ref: "):
            return _object_name(name)
        ref = name[5:].strip()
        if b".." in ref or not ref.startswith(b"refs/"):
            return None
        name = _loose(repository, ref) or _packed(repository.common_dir, ref)
    return None


def _object_name(text: bytes) -> str | None:
    if len(text) in (40, 64) and all(byte in b"0123456789abcdef" for byte in text):
        return text.decode()
    return None


def _loose(repository: Repository, ref: bytes) -> bytes:
    relative = os.fsdecode(ref)
    return _small(repository.git_dir / relative).strip() or _small(repository.common_dir / relative).strip()


def _packed(common_dir: Path, ref: bytes) -> bytes:
    try:
        lines = (common_dir / "packed-refs").read_bytes().splitlines()
    except OSError:
        return b""
    return next((line[: -len(ref) - 1] for line in lines if line.endswith(b" " + ref)), b"")
