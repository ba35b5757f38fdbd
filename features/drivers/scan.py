"""What the scan's steps know of the program, and how they make trees that no `git add` would."""

import json
import os
import pickle
import re
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isclose
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from autonomy import git
from autonomy.config import Config
from autonomy.errors import InputError
from autonomy.loading import load_all
from autonomy.model import Snapshot
from autonomy.scan import head_reader, reading, scan, tokens
from autonomy.scan.listing import list_files
from features import driver

SCRIPT = """
import json, sys
from pathlib import Path
from features.drivers import scan
json.dump(scan.as_data(scan.snapshot(Path(sys.argv[1]))), sys.stdout, sort_keys=True)
"""


def snapshot(root: Path, **settings: object) -> Snapshot:
    return scan(root, Config.model_validate(settings), load_all("languages"))


def as_data(taken: Snapshot) -> Mapping[str, object]:
    """A snapshot as plain values, in the form in which two of them are compared."""
    data = {name: getattr(taken, name) for name in taken.__dataclass_fields__}
    for name in ("references", "declares", "commits"):
        data[name] = [list(row) for row in data[name]]
    for name in ("sizes", "lines", "tokens"):
        data[name] = list(data[name])
    data["skipped"] = [asdict(skipped) for skipped in taken.skipped]
    data["unparsed"] = dict(taken.unparsed)
    return data


def snapshot_elsewhere(root: Path, cwd: Path, env: Mapping[str, str]) -> Mapping[str, object]:
    """The snapshot that a new Python takes, in another directory and environment."""
    path = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    ended = driver.run([sys.executable, "-c", SCRIPT, str(root)], cwd, {"PYTHONPATH": path, **env})
    assert ended.status == 0, ended.err
    return json.loads(ended.out)


def row_of(taken: Snapshot, path: str) -> Mapping[str, object]:
    row = list(taken.paths).index(path)
    columns = ("sizes", "lines", "tokens", "languages", "digests")
    return {column: getattr(taken, column)[row] for column in columns}


def reasons(taken: Snapshot) -> Mapping[str, str]:
    return {skipped.path: skipped.reason for skipped in taken.skipped}


def found_by_git(root: Path) -> list[str]:
    """What git itself would plan: tracked or untracked and not ignored, as it stands."""
    listed = driver.git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return sorted(path for path in set(listed) if path and (root / path).is_file() and not (root / path).is_symlink())


def found_by_walk(root: Path) -> list[str]:
    """The same without asking git for more than the index."""
    found = list_files(root, git.find_repository(root))
    return sorted(os.fsdecode(path) for path in found.files)


def capture(root: Path, state: Path) -> str:
    """The commit of the working tree, and the engine's directory that holds it."""
    repository = git.find_repository(root)
    assert repository is not None
    return git.snapshot_commit(repository, git.engine_dir(state, repository))


def engine(root: Path, state: Path) -> Path:
    repository = git.find_repository(root)
    assert repository is not None
    return git.engine_dir(state, repository)


def tree_of(engine_dir: Path, commit: str) -> Mapping[str, str]:
    """Path -> content of a commit in the engine's directory."""
    listed = git.run(["ls-tree", "-r", "-z", commit], git_dir=engine_dir).split(b"\0")[:-1]
    found = {}
    for record in listed:
        head, _, path = record.partition(b"\t")
        name = head.split()[2].decode()
        found[os.fsdecode(path)] = git.run(["cat-file", "blob", name], git_dir=engine_dir).decode()
    return found


def fingerprint(git_dir: Path) -> Mapping[str, bytes]:
    """Every byte of a git directory."""
    return {str(path): path.read_bytes() for path in sorted(git_dir.rglob("*")) if path.is_file()}


def deep_tree(root: Path, depth: int, names: Sequence[str]) -> None:
    """A chain of directories `d/d/...` with the files `names` at its end, made without any long path."""
    at = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)


def special(path: Path, kind: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    else:
        path.symlink_to(kind)


def write_names(root: Path, names: Iterable[str]) -> None:
    for name in names:
        driver.write_tree(root, {name: "x\n"})


def as_ordinary_user(root: Path, locked: str = "") -> Snapshot:
    """The snapshot that a process without privileges takes; modules are loaded before it loses its rights.

    The file `locked` can be read by nobody from then on.
    """
    snapshot(root)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        if locked:
            (root / locked).chmod(0)
        if os.getuid() == 0:
            os.setresgid(65534, 65534, 0)
            os.setresuid(65534, 65534, 0)
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(snapshot(root), pipe)
        # Back to what it was, so that the measurement can be written.
        os.seteuid(os.getresuid()[2])
        os.setegid(os.getresgid()[2])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        taken: Snapshot = pickle.load(pipe)
    os.waitpid(child, 0)
    return taken


def paths_of(engine_dir: Path, commit: str) -> list[str]:
    listed = git.run(["ls-tree", "-r", "-z", "--name-only", commit], git_dir=engine_dir)
    return [os.fsdecode(path) for path in listed.split(b"\0")[:-1]]


def parents_of(engine_dir: Path, commit: str) -> list[str]:
    return git.run(["rev-list", "--parents", "-1", commit], git_dir=engine_dir).decode().split()[1:]


def unreadable(root: Path, path: str) -> bool:
    with head_reader(root, 100)() as head:
        try:
            head(path)
        except InputError:
            return True
    return False


def read_directly(root: Path, paths: Sequence[str]) -> list[tuple[object, ...]]:
    """What the reader says of each path, whatever the listing would: its kind, then its reason or its content."""
    names = sorted(os.fsencode(path) for path in paths)
    stamp = (1, 1, 1, 1)
    found: list[tuple[object, ...]] = []
    for item in reading.read_all(os.fsencode(root), names, 1 << 20, dict.fromkeys(range(len(names)), stamp)):
        kind = type(item).__name__
        if isinstance(item, reading.Content):
            found.append((kind, item.size, item.data))
        else:
            found.append((kind, getattr(item, "reason", "")))
    return found


PIECES = ((0.93, rb"[A-Z]+[a-z]*|[a-z]+"), (1.34, rb"[0-9]{1,3}"), (0.82, rb"[!-/:-@\[-`{-~]+"), (1.31, rb"\n\s*"))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.lists(st.sampled_from([bytes([byte]) for byte in b"abzAZ09 \n\t\r\x0b\x0c/@`~_\x00\x1c\x7f\x80\xff"])))
def check_pieces(signs: list[bytes]) -> None:
    text = b"".join(signs)
    pieces = sum(weight * len(re.findall(pattern, text)) for weight, pattern in PIECES)
    assert isclose(tokens.count(text), pieces + 0.23 * sum(byte > 127 for byte in text), abs_tol=1e-9), text
