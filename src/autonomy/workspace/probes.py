"""What this machine can do for isolation, found out by doing it, in a directory of our own that is cleaned up."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISCHR
from tempfile import mkdtemp

from autonomy import git, lineage
from autonomy.errors import AutonomyError
from autonomy.linux import CLONE_NEWNS, MS_PRIVATE, MS_REC, mount, unshare
from autonomy.workspace import landlock, namespaces
from autonomy.workspace.overlay import Layer, in_a_thread, options_here
from autonomy.workspace.removal import remove_tree


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was tried. `why` says what is missing where it does not work, or how it works."""

    name: str
    works: bool
    why: str = ""


def probe(root: Path, state: Path) -> tuple[Probe, ...]:
    """Everything that `doctor` shows of isolation. `state` is where slots would be; changes nothing of this process."""
    return (overlay(root, state), worktree(root), confinement(), hygiene(), bubblewrap())


def overlay(top: Path, state: Path) -> Probe:
    """Whether an overlay over `top` works, with its files below and slots in `state`."""
    why = _outside(top, state) or _mounts_inside(top)
    if not why:
        why = _tried(top, state) if namespaces.may_mount() else _tried_in_namespace(top, state)
    return Probe("overlay", not why, why or ("as root" if os.geteuid() == 0 else "in a user namespace"))


def worktree(root: Path) -> Probe:
    if git.find_repository(root) is None:
        return Probe("worktree", False, f"{root} is in no git repository")
    return Probe("worktree", git.available(), "" if git.available() else "no git, or an old one")


def confinement() -> Probe:
    version = landlock.abi()
    works = version >= landlock.LEAST_ABI
    return Probe("landlock", works, f"version {version}" if version else "the kernel has none, or it is switched off")


def hygiene() -> Probe:
    if lineage.marks_work():
        return Probe("marks", True, "what a leaf leaves behind is told by its mark")
    return Probe("marks", False, "what a leaf leaves behind is told by session, environment and directory only")


def bubblewrap() -> Probe:
    found = shutil.which("bwrap")
    return Probe("bubblewrap", found is not None, found or "bwrap is not on PATH")


def _outside(top: Path, state: Path) -> str:
    if state.resolve().is_relative_to(top.resolve()):
        return f"{state} lies inside the repository; set AUTONOMY_STATE_DIR to another place"
    return ""


def _mounts_inside(top: Path) -> str:
    """An overlay shows one file system: what is mounted beneath would be missing."""
    for point in _mount_points():
        if point != top and point.is_relative_to(top):
            return f"another file system is mounted at {point}"
    return ""


def _mount_points() -> Iterator[Path]:
    with suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines():
            yield Path(line.split(" ")[4].encode("latin-1", "surrogateescape").decode("unicode_escape"))


def _tried(top: Path, state: Path) -> str:
    """Mount, and do what leaves do. The reason why it does not work, or nothing."""
    home: Path | None = None
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        home = Path(mkdtemp(dir=state, prefix="probe-"))
        layer = Layer(top, home / "0")
        layer.make()
        in_a_thread(lambda: _exercise(layer))
    except OSError as error:
        return f"{error.strerror or error} ({error.filename or top})"
    finally:
        if home is not None:
            with suppress(OSError):
                remove_tree(home)
    return ""


def _exercise(layer: Layer) -> None:
    unshare(CLONE_NEWNS)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    layer.mount(options_here())
    # The descriptor reaches the mounted tree; the path may still be looked up in the old one.
    top = os.open(layer.lower, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.mkdir("autonomy-probe", dir_fd=top)
        os.rename("autonomy-probe", "autonomy-probe2", src_dir_fd=top, dst_dir_fd=top)
        os.rmdir("autonomy-probe2", dir_fd=top)
        _hide_one(layer, top)
    finally:
        os.close(top)


def _hide_one(layer: Layer, top: int) -> None:
    """Write to a plain file of the tree and delete it, in the overlay: it must be copied up, then whited out."""
    with os.scandir(top) as entries:
        name = next((entry.name for entry in sorted(entries, key=_name) if entry.is_file(follow_symlinks=False)), "")
    if not name:
        return
    os.close(os.open(name, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW, dir_fd=top))
    os.unlink(name, dir_fd=top)
    if not S_ISCHR((layer.upper / name).lstat().st_mode):
        raise OSError(0, "deletions are not recorded")


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _tried_in_namespace(top: Path, state: Path) -> str:
    """In a child, as a process never leaves the namespace that it enters."""
    if not namespaces.has_one_thread():
        return "threads run in this process already, so it can't have a user namespace"
    # Asked out here: inside, all foreigners look like nobody, and so may we.
    if found := namespaces.foreign(top):
        return f"{found} belongs to another user or group, which a user namespace can't copy"

    def tried() -> str:
        namespaces.become_mounter()
        return _tried(top, state)

    return _in_a_child(tried)


def _in_a_child(work: Callable[[], str]) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = work()
        except (OSError, AutonomyError) as error:
            answer = str(error)
        except BaseException as error:  # noqa: BLE001 - a child must not go on with the parent's program
            answer = repr(error)
        os.write(writer, os.fsencode(answer)[:4096])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        answer = os.fsdecode(answers.read())
    os.waitpid(child, 0)
    return answer


def summary(probes: Sequence[Probe]) -> str:
    """One line per probe, as `doctor` prints it."""
    answers = ((each.name, ", ".join(filter(None, ("yes" if each.works else "no", each.why)))) for each in probes)
    return "".join(f"{name}: {answer}\n" for name, answer in answers)
