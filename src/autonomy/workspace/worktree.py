"""A pool of work trees outside of the user's repository: for machines without overlays, and for any base.

No `git worktree`: its metadata lies in the user's `.git`, its parallel creation fails, and its slots have a `.git` that
the leaf can turn against whoever runs git there. A slot is a directory that git fills through the engine's own git
directory and an index outside of the slot. What the leaf did is found by comparing surveys, and undone file by file.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from autonomy import git
from autonomy.errors import AutonomyError, EnvironmentFault
from autonomy.model import Patch, Subplan
from autonomy.protocols import Enter
from autonomy.tree import Tree
from autonomy.workspace.base import Base, apply, patch_of, pristine
from autonomy.workspace.removal import opened, remove, remove_tree
from autonomy.workspace.survey import Signature, Survey, differing, let_time_pass, signature, survey

Confine = Callable[[Path], Enter | None]
"""A tree -> what a thread does before it spawns a command there, so that the command writes nowhere else."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the slots' files come from."""

    engine: Path
    commit: str
    objects: tuple[Path, ...]
    """Object directories that the leaf's private git directory borrows from."""
    settings: tuple[str, ...] = ()
    """Options of git that say how files look in this repository's work trees."""
    object_format: str = "sha1"


@dataclass(slots=True)
class WorktreeSlot:
    """A work tree of the base. Only its home's owner and the leaf that has leased it write to it."""

    home: Path
    base: Base
    source: Source
    confine: Confine
    name: str
    known: Survey = field(default_factory=dict)
    seen: Survey | None = None
    """How the tree looks now, where no command has been started since it was looked at."""
    identity: tuple[int, int] = (0, 0)
    mode: int = 0o755

    @property
    def tree(self) -> Path:
        return self.home / "tree"

    @property
    def path(self) -> Path:
        return self.tree / self.base.prefix if self.base.prefix else self.tree

    @property
    def enter(self) -> Enter | None:
        """Whoever starts a command here asks for this first."""
        self.seen = None
        return self.confine(self.tree)

    def fill(self) -> None:
        """Check the base out. Raises AutonomyError or OSError."""
        self.tree.mkdir(parents=True)
        (self.home / "trash").mkdir()
        stat = self.tree.lstat()
        self.identity, self.mode = (stat.st_dev, stat.st_ino), stat.st_mode & 0o7777
        self._git("read-tree", self.source.commit)
        self._git("checkout-index", "--all", "--force", "--index")
        with self.opened() as tree:
            self.known = survey(tree)
        let_time_pass(self.known.values())

    def _git(self, *args: str, paths: Sequence[str] = ()) -> None:
        listed = b"".join(os.fsencode(path) + b"\0" for path in paths)
        git.run(
            [*self.source.settings, *args],
            git_dir=self.source.engine, work_tree=self.tree, index=self.home / "index", input=listed,
        )  # fmt: skip

    @contextmanager
    def opened(self) -> Iterator[Tree]:
        """The tree, if it is the directory that was made.

        Raises:
            EnvironmentFault: something else stands in its place.
        """
        with opened(self.tree) as descriptor:
            stat = os.fstat(descriptor)
            if (stat.st_dev, stat.st_ino) != self.identity:
                raise EnvironmentFault(f"{self.tree}: not the directory that was made; the slot is given up")
            with Tree(os.fsencode(f"/proc/self/fd/{descriptor}")) as tree:
                yield tree

    def give_git(self) -> None:
        """A git directory of the leaf's own, detached at the base. The engine never reads it."""
        private = self.tree / ".git"
        for directory in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (private / directory).mkdir(parents=True)
        borrowed = "".join(f"{path}\n" for path in self.source.objects)
        (private / "objects/info/alternates").write_bytes(os.fsencode(borrowed))
        (private / "HEAD").write_text(f"{self.source.commit}\n")
        (private / "config").write_text(_private_config(self.source))
        shutil.copyfile(self.home / "index", private / "index")

    def apply(self, patch: Patch) -> None:
        self.seen = None
        apply(patch, self.tree, self.base)

    def unsuited(self, log: Path) -> str:
        """There is nothing that plain directories can't do."""
        del log
        return ""

    def collect(self) -> Patch:
        try:
            with self.opened() as tree:
                self.seen = survey(tree)
                return patch_of(differing(self.known, self.seen), tree, self.base)
        except OSError as error:
            raise EnvironmentFault(f"{self.tree}: {error.strerror}") from error

    def restore(self) -> None:
        """Make the tree the base again, by undoing what differs. No process runs in it.

        Raises:
            AutonomyError, OSError: it can't be done; the slot must not be used again.
        """
        with self.opened() as tree, opened(self.home / "trash") as trash:
            found = survey(tree) if self.seen is None else self.seen
            differ = differing(self.known, found)
            wrong = [path for path in differ if path in found and _stands_in_the_way(path, found, self.known)]
            _remove_topmost(wrong, tree, trash)
            lost = [path for path in sorted(differ) if path in self.known]
            self._make_directories([path for path in lost if _is_directory(self.known[path])])
            files = [path for path in lost if not _is_directory(self.known[path])]
            # Without the leaf's version in the way, git neither follows its attributes nor writes into its hard links.
            _remove_topmost([path for path in files if path in found], tree, trash)
            self._write(files, tree)
            self._learn(files, tree)
            self.tree.chmod(self.mode)
            self.seen = None

    def _write(self, files: Sequence[str], tree: Tree) -> None:
        """Out of the user's tree where it has the same bytes still, which costs no process; by git otherwise."""
        with Tree(os.fsencode(self.base.top)) as user:
            left = [path for path in files if not self._copied(path, user, tree)]
        if left:
            self._git("checkout-index", "--force", "--index", "-z", "--stdin", paths=left)

    def _copied(self, path: str, user: Tree, tree: Tree) -> bool:
        content = pristine(path, user, self.base)
        if content is None or len(content) != self.known[path][1]:
            return False
        parent, _, name = os.fsencode(path).rpartition(b"/")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(name, flags, 0o600, dir_fd=tree.directory(parent))
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(descriptor, self.known[path][0] & 0o7777)
        return True

    def _make_directories(self, paths: Sequence[str]) -> None:
        for path in paths:
            with suppress(FileExistsError):
                (self.tree / path).mkdir()
            (self.tree / path).chmod(self.known[path][0] & 0o7777)

    def _learn(self, files: Sequence[str], tree: Tree) -> None:
        for path in files:
            now = signature(tree, path)
            if now is None or now[:2] != self.known[path][:2]:
                raise EnvironmentFault(f"{self.tree}: {path} can't be restored; the slot is given up")
            self.known[path] = now
        let_time_pass(self.known[path] for path in files)


def _private_config(source: Source) -> str:
    version = 0 if source.object_format == "sha1" else 1
    extra = "" if version == 0 else f"[extensions]\n\tobjectformat = {source.object_format}\n"
    return f"[core]\n\trepositoryformatversion = {version}\n\tbare = false\n\tlogallrefupdates = true\n{extra}"


def _is_directory(found: Signature) -> bool:
    return found[0] & 0o170000 == 0o040000


def _stands_in_the_way(path: str, found: Survey, known: Survey) -> bool:
    """What the base does not have, or has as another kind of entry."""
    return path not in known or (found[path][0] ^ known[path][0]) & 0o170000 != 0


def _remove_topmost(paths: Sequence[str], tree: Tree, trash: int) -> None:
    gone = "\0"
    # In this order what a directory holds comes right after it.
    for path in sorted(paths, key=lambda path: path.replace("/", "\0")):
        if not path.startswith(gone + "/"):
            parent, _, name = path.rpartition("/")
            remove(name, tree.directory(os.fsencode(parent)), trash)
            gone = path


@dataclass(slots=True)
class Worktrees:
    """The pool. Slots are made when they are needed, by whoever needs them, and are used again."""

    home: Path
    """A directory of this run's own, outside of the repository."""
    base: Base
    source: Source
    confine: Confine = lambda _slot: None
    name: str = "worktree"
    given_up: list[str] = field(default_factory=list)
    """Slots that could not be cleaned or deleted, each with the reason."""
    _free: list[WorktreeSlot] = field(default_factory=list)
    _made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def lease(self, leaf: Subplan) -> Iterator[WorktreeSlot]:
        """Any clean slot will do, whatever the leaf; it is held until the block ends.

        Raises:
            EnvironmentFault: none can be made.
        """
        del leaf
        try:
            slot = self._take()
        except OSError as error:
            raise EnvironmentFault(f"{error.filename or self.home}: {error.strerror}; no work tree") from error
        try:
            yield slot
        except BaseException as error:
            # A process may have survived there.
            self._give_up(slot, error)
            raise
        self._give_back(slot)

    def _take(self) -> WorktreeSlot:
        with self._lock:
            slot = self._free.pop() if self._free else None
        if slot is not None:
            try:
                with slot.opened():
                    slot.give_git()
            except (AutonomyError, OSError) as error:
                self._give_up(slot, error)
            else:
                return slot
        slot = self._make()
        slot.give_git()
        return slot

    def _make(self) -> WorktreeSlot:
        self.home.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._made += 1
            number = self._made
        slot = WorktreeSlot(Path(mkdtemp(dir=self.home)), self.base, self.source, self.confine, f"worktree-{number}")
        try:
            slot.fill()
        except BaseException as error:
            self._give_up(slot, error)
            raise
        return slot

    def _give_back(self, slot: WorktreeSlot) -> None:
        try:
            slot.restore()
        except (AutonomyError, OSError) as error:
            self._give_up(slot, error)
            return
        with self._lock:
            self._free.append(slot)

    def _give_up(self, slot: WorktreeSlot, reason: BaseException) -> None:
        """Delete a slot that can't be used; where that fails too, it stays, and `given_up` names it."""
        try:
            remove_tree(slot.home)
        except OSError as error:
            self.given_up.append(f"{slot.home}: {error.strerror} (after: {reason})")

    def close(self) -> None:
        for slot in self._free:
            self._give_up(slot, EnvironmentFault("the run has ended"))
        self._free.clear()
        with suppress(OSError):
            self.home.rmdir()
