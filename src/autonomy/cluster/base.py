"""The tree that leaves start from, on its way: packed once here, unpacked once per worker's machine.

What travels is one commit with all that it holds and none of its history: a pack of git's own, whose objects are named
by their content. The worker makes a repository of it under its own state; nothing of the user's is in it but files.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from autonomy import git
from autonomy.cluster.wire import BaseNote
from autonomy.errors import EnvironmentFault, UsageError

PIECE = 8 << 20
"""Bytes of a base, or of an answer, that travel at once."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A base as the client has it."""

    note: BaseNote
    engine: Path
    spool: Path
    """Where its pack is written when the first worker wants it."""

    def pack(self) -> Path:
        """The file that holds the commit without its history; made once."""
        if not self.spool.exists():
            listed = git.run(["rev-list", "--objects", "--max-count=1", self.note.commit], git_dir=self.engine)
            names = b"".join(line.split(b" ", 1)[0] + b"\n" for line in listed.splitlines())
            scratch = self.spool.with_name(f".{self.spool.name}.{token_hex(4)}")
            scratch.write_bytes(
                git.run(["pack-objects", "--quiet", "--window=0", "--stdout"], git_dir=self.engine, input=names)
            )
            scratch.rename(self.spool)
        return self.spool


def parcel_of(root: Path, commit: str, isolation: str, spool: Path, url: str = "") -> Parcel:
    """What to send of the repository that `root` lies in, or to fetch from `url`."""
    repository = git.find_repository(root)
    if repository is None:
        raise EnvironmentFault(f"{root}: no git repository any more")
    engine = git.engine_dir(git.state_dir(), repository)
    words = git.inert_settings(repository, engine)[1::2]
    settings = dict(sorted(word.split("=", 1) for word in words))
    prefix = os.path.relpath(root, repository.top) if repository.top else "."
    excluded = ""
    with suppress(OSError):
        excluded = git.plain_bytes(repository.common_dir / "info" / "exclude", 1 << 20).decode("utf-8", "replace")
    told = repr((commit, settings, excluded)).encode("utf-8", "surrogateescape")
    note = BaseNote(
        key=sha256(told).hexdigest()[:24], commit=commit, prefix="" if prefix == "." else prefix, settings=settings,
        excluded=excluded, isolation=isolation, url=url,
    )  # fmt: skip
    return Parcel(note, engine, spool)


def committed(root: Path, commit: str) -> str:
    """A commit of the user's that holds what a snapshot of the tree does: only that can be at a URL.

    Raises:
        UsageError: there is none.
    """
    repository = git.find_repository(root)
    head = git.head_commit(repository) if repository else None
    if repository and head:
        engine = git.engine_dir(git.state_dir(), repository)
        if git.tree_of(engine, head) == git.tree_of(engine, commit):
            return head
    raise UsageError("--base-url: the tree has uncommitted changes; commit and push them, or give --base REF")


def home_of(note: BaseNote) -> Path:
    """Where a worker's machine keeps this base."""
    return git.state_dir() / "bases" / note.key


def is_here(note: BaseNote) -> bool:
    return (home_of(note) / "repo").is_dir()


def take_piece(key: str, token: str, data: bytes) -> None:
    """Append a piece of the pack that is being sent under `token`."""
    home = git.state_dir() / "bases" / key
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / f"{token}.part").open("ab") as file:
        file.write(data)


def arrived(key: str, token: str) -> None:
    """All pieces under `token` have come."""
    home = git.state_dir() / "bases" / key
    (home / f"{token}.part").rename(home / "pack")


def settle_in(note: BaseNote) -> bool:
    """Make a repository of the pack that has come, or of what is fetched, if there is none. Whoever comes second finds
    it made.

    Returns whether the base is here.

    Raises:
        InputError: the pack does not hold the commit, or it can't be fetched.
        EnvironmentFault: there is no room for it.
    """
    home = home_of(note)
    if is_here(note) or not (note.url or (home / "pack").exists()):
        return is_here(note)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(home), _scratch(home) as scratch:
        if not is_here(note):
            # Another worker of this machine may have been faster, and the pack be gone.
            with suppress(FileNotFoundError):
                _write_repository(scratch, note, home / "pack")
                scratch.rename(home / "repo")
        (home / "pack").unlink(missing_ok=True)
    return is_here(note)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Workers of one machine share its bases."""
    from filelock import FileLock

    with FileLock(home / "lock", mode=0o600):
        yield


@contextmanager
def _scratch(home: Path) -> Iterator[Path]:
    scratch = home / f".{token_hex(6)}"
    scratch.mkdir()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_repository(tree: Path, note: BaseNote, pack: Path) -> None:
    inside = tree / ".git"
    for directory in ("objects/info", "objects/pack", "refs/heads", "info"):
        (inside / directory).mkdir(parents=True)
    (inside / "HEAD").write_text(f"{note.commit}\n")
    # The commit's parents stay where they are.
    (inside / "shallow").write_text(f"{note.commit}\n")
    (inside / "info/exclude").write_text(note.excluded, encoding="utf-8", errors="replace")
    version, extra = (1, "[extensions]\n\tobjectformat = sha256\n") if len(note.commit) == 64 else (0, "")
    settings = "".join(f"\t{name.partition('.')[2]} = {value}\n" for name, value in note.settings.items())
    (inside / "config").write_text(f"[core]\n\trepositoryformatversion = {version}\n\tbare = false\n{settings}{extra}")
    if note.url:
        git.fetch_commit(inside, note.url, note.commit)
    else:
        git.run(["index-pack", "--stdin"], git_dir=inside, input=pack.read_bytes())
    git.run(["read-tree", note.commit], git_dir=inside, index=inside / "index")


def check_out(note: BaseNote) -> Path:
    """The root of the plan in a tree that holds the base's files; made once per machine."""
    tree = home_of(note) / "repo"
    done = tree / ".git" / "checked-out"
    with _alone(home_of(note)):
        if not done.exists():
            options = [word for name, value in note.settings.items() for word in ("-c", f"{name}={value}")]
            git.run(
                [*options, "checkout-index", "--all", "--force", "--index"],
                git_dir=tree / ".git", work_tree=tree, index=tree / ".git" / "index",
            )  # fmt: skip
            done.touch()
    return root_of(note)


def root_of(note: BaseNote) -> Path:
    return home_of(note) / "repo" / note.prefix if note.prefix else home_of(note) / "repo"
