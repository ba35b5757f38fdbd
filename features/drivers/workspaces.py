"""Real commands in real slots: what a leaf changed, and what is left of the user's repository."""

import os
import random
import shutil
import stat
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EPERM
from hashlib import sha256
from pathlib import Path
from unittest import mock

from autonomy import git
from autonomy.errors import AutonomyError, Unsuited
from autonomy.model import Patch
from autonomy.process import Command, Exit, Supervisor
from autonomy.protocols import Slot, Workspace
from autonomy.workspace import Choice, Site, choose, open_workspace, probes
from features import driver
from features.driver import RUN
from features.drivers import template
from features.drivers.nobody import as_nobody

LEAF = template.leaf(["a.txt"])
TREE = {
    "a.txt": "alpha\n", "b.txt": "beta\n", "d/x.txt": "x\n", "d/y.txt": "y\n", "d/sub/z.txt": "z\n",
    "tool.sh": "#!/bin/sh\n", "mod.py": "print('A')\n", ".gitignore": "*.log\nbuild/\n", "kept.log": "kept\n",
}  # fmt: skip


@dataclass
class Ground:
    """A user's home with a repository in it, and the program's state beside."""

    folder: Path
    kind: str = "overlay"
    confined: bool = True
    inner: str = ""
    """The planned directory, where it is not the repository's top."""
    given_up: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def top(self) -> Path:
        return self.home / "repo"

    @property
    def root(self) -> Path:
        return self.top / self.inner if self.inner else self.top

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def make(self) -> None:
        """A repository with a commit, an uncommitted edit, an untracked file, and ignored ones."""
        self.top.mkdir(parents=True, exist_ok=True)
        driver.write_tree(self.top, TREE)
        (self.top / "tool.sh").chmod(0o755)
        (self.top / "link").symlink_to("a.txt")
        driver.git(self.top, "init", "-q", "-b", "main")
        driver.git(self.top, "add", "-A")
        driver.git(self.top, "add", "-f", "kept.log")
        driver.git(self.top, "commit", "-q", "-m", "one")
        driver.write_tree(
            self.top, {"b.txt": "beta, edited\n", "new.txt": "new\n", "build/out.bin": "b", ".venv/lib.py": "v = 1\n"}
        )
        (self.home / "notes.txt").write_text("mine\n")

    @contextmanager
    def open(self) -> Iterator[Workspace]:
        repository = git.find_repository(self.root)
        assert repository is not None
        base = git.snapshot_commit(repository, git.engine_dir(self.state, repository))
        workspace = open_workspace(Choice(self.kind, self.confined), Site(self.root, RUN, self.state, base))
        try:
            yield workspace
        finally:
            workspace.close()
            self.given_up += getattr(workspace, "given_up", [])

    def command(self, script: str, cwd: Path, timeout: float = driver.HANG_SECONDS) -> Command:
        """A shell script that knows the user's repository as $REPO and the user's home as $USERHOME."""
        tmp = self.folder / "tmp"
        tmp.mkdir(exist_ok=True)
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(tmp), "REPO": str(self.top),
            "USERHOME": str(self.home), "STATE": str(self.state), "AUTONOMY_RUN_ID": RUN,
            "GIT_AUTHOR_NAME": "E", "GIT_AUTHOR_EMAIL": "e@e", "GIT_COMMITTER_NAME": "E", "GIT_COMMITTER_EMAIL": "e@e",
        }  # fmt: skip
        return Command(("sh", "-c", script), cwd, env, self.folder / "log", timeout, 0.2)


@dataclass(frozen=True)
class Leaf:
    """What came of one leaf."""

    end: Exit | None
    patch: Patch
    log: str
    error: str = ""


def run(ground: Ground, scripts: Sequence[str]) -> list[Leaf]:
    """Run scripts one after another, each in a slot that it has leased."""
    with ground.open() as workspace, Supervisor(RUN) as supervisor:
        return [run_in(ground, workspace, supervisor, script) for script in scripts]


def run_in(ground: Ground, workspace: Workspace, supervisor: Supervisor, script: str) -> Leaf:
    end = None
    log = ground.folder / "log"
    try:
        with workspace.lease(LEAF) as slot:
            end = supervisor.supervise(ground.command(script, slot.path), (), slot.enter)
            _suited(end, slot, log)
            return Leaf(end, slot.collect(), log.read_text(errors="surrogateescape"))
    except Unsuited:
        return run_in(ground, workspace, supervisor, script)
    except AutonomyError as error:
        return Leaf(end, (), log.read_text(errors="surrogateescape"), str(error))


def _suited(end: Exit, slot: Slot, log: Path) -> None:
    """Raises Unsuited, as the work of a leaf does, where the slot is to blame for the failure."""
    if end.code and (why := slot.unsuited(log)):
        raise Unsuited(why)


def described(patch: Patch) -> list[str]:
    """One word per change: what happened, and where: `-d/x.txt`, `+new.txt`, `x` for a program, `@` for a link."""
    signs = {0: "-", 0o100644: "+", 0o100755: "x", 0o120000: "@"}
    return [signs[change.mode] + _shown(change.path) for change in patch]


def _shown(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\n", "\\n")


def fingerprint(folder: Path) -> dict[str, str]:
    """Every entry beneath a folder: kind, mode, time of the last write and content."""
    found = {}
    for parent, directories, files in os.walk(folder):
        for name in (*directories, *files):
            path = os.path.join(parent, name)
            entry = os.lstat(path)
            content = ""
            if stat.S_ISREG(entry.st_mode):
                with open(path, "rb") as file:
                    content = sha256(file.read()).hexdigest()
            elif stat.S_ISLNK(entry.st_mode):
                content = str(Path(path).readlink())
            times = 0 if stat.S_ISDIR(entry.st_mode) else entry.st_mtime_ns
            found[os.path.relpath(path, folder)] = f"{entry.st_mode:o} {times} {content}"
    return found


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def plain_copy(ground: Ground, script: str) -> dict[str, tuple[int, bytes | None]]:
    """What the files would be had the script run in a plain copy of the repository: mode and content by path."""
    copy = ground.folder / "plain" / "repo"
    shutil.copytree(ground.top, copy, symlinks=True)
    with Supervisor(RUN) as supervisor:
        supervisor.supervise(ground.command(script, copy))
    return as_git_sees(copy)


def patched_copy(ground: Ground, patch: Patch) -> dict[str, tuple[int, bytes | None]]:
    """What the files are when a patch is brought into a copy of the repository."""
    copy = ground.folder / "patched" / "repo"
    shutil.copytree(ground.top, copy, symlinks=True)
    for change in sorted(patch, key=lambda change: change.content is not None):
        target = copy / change.path
        if target.is_symlink() or target.exists():
            target.unlink()
        if change.content is None:
            continue
        for parent in reversed(target.relative_to(copy).parents):
            if (copy / parent).is_symlink() or (copy / parent).is_file():
                (copy / parent).unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        if change.mode == 0o120000:
            target.symlink_to(os.fsdecode(change.content))
        else:
            target.write_bytes(change.content)
            target.chmod(change.mode & 0o777)
    return as_git_sees(copy)


def as_git_sees(copy: Path) -> dict[str, tuple[int, bytes | None]]:
    """Tracked files and new ones that are not ignored: what `git add -A` would commit."""
    driver.git(copy, "add", "-A")
    names = driver.git(copy, "ls-files", "-z", "--cached").split("\0")[:-1]
    return {name: _entry(copy / name) for name in names}


def _entry(path: Path) -> tuple[int, bytes | None]:
    if path.is_symlink():
        return 0o120000, os.fsencode(path.readlink())
    return (0o755 if path.stat().st_mode & 0o100 else 0o644), path.read_bytes()


def together(ground: Ground, count: int) -> list[str]:
    """Lease slots from many threads at once, each with one edit; what went wrong."""
    wrong: list[str] = []
    barrier = threading.Barrier(count)
    with ground.open() as workspace, Supervisor(RUN) as supervisor:

        def one(number: int) -> None:
            try:
                barrier.wait(driver.HANG_SECONDS)
                with workspace.lease(LEAF) as slot:
                    command = ground.command(f"echo {number} >>a.txt", slot.path)
                    log = ground.folder / f"log-{number}"
                    own = Command(command.argv, command.cwd, command.env, log, command.timeout, command.grace)
                    end = supervisor.supervise(own, (), slot.enter)
                    contents = [change.content for change in slot.collect()]
                    if contents != [f"alpha\n{number}\n".encode()]:
                        wrong.append(f"{number}: {contents} {end} {log.read_text()}")
            except Exception:  # noqa: BLE001 - whatever it is, the scenario fails by it
                wrong.append(traceback.format_exc())

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return wrong


def choice(wanted: str, root: Path, state: Path) -> str:
    """The isolation that is chosen, with its reasons; or the error."""
    try:
        found = choose(wanted, root, state)
    except AutonomyError as error:
        return f"{error.exit_code}: {error}"
    return f"{found.kind}: {'; '.join(found.reasons)}"


def overlay_works(ground: Ground) -> bool:
    return probes.overlay(ground.top, ground.state).works


def landlock_works() -> bool:
    return probes.confinement().works


def choice_without_mounts(ground: Ground) -> str:
    """As in most containers."""
    refuse = mock.Mock(side_effect=PermissionError(EPERM, os.strerror(EPERM)))
    with mock.patch.object(probes, "mount", refuse):
        return choice("auto", ground.root, ground.state)


def choice_of_nobody(ground: Ground, foreign: str = "") -> str:
    """What an ordinary user gets; with a file in the repository that belongs to root, if one is named."""

    def keep() -> None:
        if foreign:
            os.chown(ground.top / foreign, 0, 0)

    return str(as_nobody(ground.folder, lambda: choice("auto", ground.root, ground.state), keep))


def run_as_nobody(ground: Ground, script: str) -> list[Leaf]:
    found = as_nobody(ground.folder, lambda: run(ground, [script]), enter_namespace=True)
    assert isinstance(found, list)
    return found


@dataclass
class LinkedGround(Ground):
    """A linked work tree: its git directory lies in another repository, beside it."""

    @property
    def top(self) -> Path:
        return self.home / "linked"

    def make(self) -> None:
        main = Ground(self.folder)
        main.make()
        driver.git(main.top, "worktree", "add", "-q", "-b", "linked", str(self.top))


def small_disk(folder: Path, megabytes: int) -> Callable[[], None]:
    """Put a file system of that size over a folder; what takes it away again."""
    folder.mkdir(parents=True, exist_ok=True)
    driver.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], folder.parent)

    def unmount() -> None:
        driver.run(["umount", "-l", str(folder)], folder.parent)

    return unmount


LOOK = (
    "find . -path ./.git -prune -o -printf '%y %m %p %l\\n' | sort;"
    " find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha1sum"
)


def run_and_look(ground: Ground, script: str) -> tuple[list[Leaf], tuple[list[str], list[str]]]:
    """What a leaf finds before and after another one has run `script` in what is the same slot."""
    first, middle, last = run(ground, [LOOK, script, LOOK])
    return [middle, last], (first.log.splitlines(), last.log.splitlines())


OPERATIONS = (
    "echo {n} >>{file}", "echo {n} >{dir}/n{n}", "rm -f {file}", "rm -rf {dir}; true", "mv {file} m{n}",
    "mv {dir} e{n}", "mkdir -p {dir}; mv {file} {dir}/", "chmod +x {file}", "ln -sf {file} l{n}",
    "rm -f {file}; ln -s /etc {file}",
    "rm -rf {dir}; echo {n} >{dir}", "mkdir -p x{n}/y; echo {n} >x{n}/y/z; chmod 000 x{n}/y/z",
    "cp -r {dir} c{n}", "rm -rf {file}; mkdir {file}; echo {n} >{file}/in",
    "echo '*.bak' >>.gitignore; echo {n} >{n}.bak",
    "mv d t{n}; mkdir d; mv t{n} d/was", "ln -f a.txt h{n}",
)  # fmt: skip


def random_script(chance: random.Random) -> str:
    files, directories = ("a.txt", "b.txt", "new.txt", "d/x.txt", "d/sub/z.txt", "tool.sh", "link"), ("d", "d/sub", "p")
    steps = [
        chance.choice(OPERATIONS).format(n=number, file=chance.choice(files), dir=chance.choice(directories))
        for number in range(chance.randint(1, 7))
    ]
    return "\n".join(f"({step}) 2>/dev/null" for step in steps)


def compare_copies(ground: Ground, script: str, leaf: Leaf) -> None:
    by_hand, by_patch = plain_copy(ground, script), patched_copy(ground, leaf.patch)
    for name in ("plain", "patched"):
        shutil.rmtree(ground.folder / name)
    different = [name for name in sorted({*by_hand, *by_patch}) if by_hand.get(name) != by_patch.get(name)]
    assert not different, (script, different, described(leaf.patch))
