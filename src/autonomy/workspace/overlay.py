"""An overlay over the repository's own path, in a mount namespace that only the leaf sees.

The leaf finds the complete tree, ignored files too, under the very path that absolute paths and editable installs
point to; whatever it writes there, `.git` included, lands in a directory that is thrown away afterwards. Mounting costs
0.4 ms, and what the leaf changed is what that directory holds: all of it costs what was changed, not what there is.

Needs the right to mount: root, or a user namespace of this process's own (`namespaces.become_mounter`).
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISCHR, S_ISDIR, S_ISREG
from tempfile import mkdtemp

from autonomy.errors import EnvironmentFault, Unsuited
from autonomy.linux import CLONE_FS, CLONE_NEWNS, MS_PRIVATE, MS_REC, mount, setns, unshare
from autonomy.model import Patch, Subplan
from autonomy.protocols import Enter, Slot, Workspace
from autonomy.tree import Tree
from autonomy.workspace.base import Base, apply, patch_of, read
from autonomy.workspace.removal import remove_tree

_OPAQUE = ("trusted.overlay.opaque", "user.overlay.opaque")
_REDIRECT = ("trusted.overlay.redirect",)
_ROOT_OPTIONS = "redirect_dir=on,metacopy=off,index=off,volatile"
_USER_OPTIONS = "userxattr,volatile"
"""`volatile`: nothing is synced to the disk, as nothing of it outlives a crash anyway."""
_LAST_WORDS = 1 << 16
Writable = Callable[[Mapping[str, str], Sequence[Path]], None]
"""(environment of the command, where it may write besides) -> confine this thread to that."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One directory that is covered: what is mounted over `lower`, at its own path."""

    lower: Path
    home: Path
    """Of its upper and work directories."""

    @property
    def upper(self) -> Path:
        return self.home / "upper"

    def make(self) -> None:
        self.home.mkdir(mode=0o700)
        # The merged directory looks as its upper does.
        mode = self.lower.stat().st_mode & 0o7777
        self.upper.mkdir()
        self.upper.chmod(mode)
        (self.home / "work").mkdir()

    def mount(self, options: str) -> None:
        """In the calling thread's namespace. Descriptors name the directories: no path is too odd or too long."""
        with ExitStack() as stack:
            paths = (self.lower, self.upper, self.home / "work")
            names = [stack.enter_context(_named(path)) for path in paths]
            layers = "lowerdir={},upperdir={},workdir={}".format(*names)
            mount("overlay", str(self.lower), "overlay", 0, f"{layers},{options}")


@contextmanager
def _named(path: Path) -> Iterator[str]:
    descriptor = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class OverlaySlot:
    """A mount namespace in which the layers are mounted; it lives as long as `namespace` is open."""

    path: Path
    base: Base
    layers: tuple[Layer, ...]
    confine: Writable | None
    name: str
    renames: bool = True
    """Whether directories that lie below can be renamed, not only copied."""
    namespace: int = -1
    merged: int = -1
    """The leaf's tree, as a descriptor that reaches into its namespace."""

    def mount(self, options: str) -> None:
        """Raises OSError."""
        in_a_thread(lambda: self._mount(options))

    def _mount(self, options: str) -> None:
        unshare(CLONE_NEWNS)
        mount("none", "/", None, MS_REC | MS_PRIVATE)
        for layer in self.layers:
            layer.mount(options)
        self.namespace = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        self.merged = os.open(self.base.top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @property
    def enter(self) -> Enter:
        return self._enter

    def _enter(self, env: Mapping[str, str]) -> None:
        unshare(CLONE_FS)
        setns(self.namespace, CLONE_NEWNS)
        if self.confine is not None:
            self.confine(env, [layer.lower for layer in self.layers])

    def apply(self, patch: Patch) -> None:
        apply(patch, Path(f"/proc/self/fd/{self.merged}"), self.base)

    def unsuited(self, log: Path) -> str:
        if self.renames:
            return ""
        with suppress(OSError), log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_WORDS))
            said = file.read()
            if any(sign in said for sign in (b"cross-device link", b"EXDEV")):
                return "an overlay in a user namespace can't rename directories of the repository"
        return ""

    def collect(self) -> Patch:
        layer = self.layers[0]
        try:
            with _tree(layer.upper) as upper, _tree(layer.lower) as lower, _tree(Path(self._merged_path)) as merged:
                touched = Touched(upper, lower, merged, self.base)
                return patch_of(touched.paths(), merged, self.base)
        except OSError as error:
            raise EnvironmentFault(f"{layer.upper}: {error.strerror}") from error

    @property
    def _merged_path(self) -> str:
        return f"/proc/self/fd/{self.merged}"

    def unmount(self) -> None:
        """With the last descriptor the namespace goes, and the mounts with it."""
        for descriptor in (self.merged, self.namespace):
            if descriptor >= 0:
                os.close(descriptor)
        self.merged = self.namespace = -1


@contextmanager
def _tree(path: Path) -> Iterator[Tree]:
    with Tree(os.fsencode(path)) as tree:
        yield tree


@dataclass(frozen=True, slots=True)
class Touched:
    """Reads an upper directory: which of the base's paths, and which new ones, may look different through it."""

    upper: Tree
    lower: Tree
    merged: Tree
    base: Base

    def paths(self) -> Iterator[str]:
        """Relative to the top; without `.git`, whose content is nobody's business."""
        todo = [""]
        while todo:
            directory = todo.pop()
            prefix = f"{directory}/" if directory else ""
            with os.scandir(self.upper.directory(os.fsencode(directory))) as listed:
                entries = [(entry.name, entry.stat(follow_symlinks=False)) for entry in listed]
            for name, stat in entries:
                path = prefix + name
                if name == ".git":
                    continue
                if S_ISDIR(stat.st_mode) and self._merges(path):
                    todo.append(path)
                else:
                    yield from self._changed(path, stat)

    def _merges(self, path: str) -> bool:
        """Whether a directory shows what lies below it; otherwise it hides it, or shows another directory."""
        parent, _, name = os.fsencode(path).rpartition(b"/")
        where = f"/proc/self/fd/{self.upper.directory(parent)}/{os.fsdecode(name)}"
        if any(_attribute(where, attribute) for attribute in (*_OPAQUE, *_REDIRECT)):
            return False
        try:
            self.lower.directory(os.fsencode(path))
        except OSError:
            return False
        return True

    def _changed(self, path: str, stat: os.stat_result) -> Iterator[str]:
        if S_ISREG(stat.st_mode) and self._same(path):
            return
        yield path
        # What was a directory there is gone with all that it held.
        yield from self.base.below(path)
        if not (S_ISCHR(stat.st_mode) and stat.st_rdev == 0):
            yield from self._beneath(path)

    def _same(self, path: str) -> bool:
        """Opened for writing, or touched, but byte by byte what it was."""
        return read(self.merged, path) == read(self.lower, path)

    def _beneath(self, path: str) -> Iterator[str]:
        """Every file that the leaf sees beneath a directory that does not merge."""
        todo = [path]
        while todo:
            directory = todo.pop()
            try:
                descriptor = self.merged.directory(os.fsencode(directory))
            except OSError:
                continue
            with os.scandir(descriptor) as listed:
                entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listed]
            for name, is_directory in entries:
                if is_directory:
                    todo.append(f"{directory}/{name}")
                else:
                    yield f"{directory}/{name}"


def _attribute(path: str, name: str) -> bytes:
    with suppress(OSError):
        return os.getxattr(path, name, follow_symlinks=False)
    return b""


def in_a_thread(work: Callable[[], None]) -> None:
    """Do something that changes the thread it is done in for good; raises what it raises."""
    raised: list[BaseException] = []

    def caught() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            raised.append(error)

    thread = threading.Thread(target=caught, name="autonomy-mount")
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


@dataclass(slots=True)
class Overlays:
    """Hands out overlays. Each lease has directories of its own, deleted when it ends."""

    home: Path
    """A directory of this run's own, outside of the repository, on a file system that can hold upper directories."""
    root: Path
    base: Base
    covered: tuple[Path, ...]
    """The base's top first; then a git directory that lies elsewhere."""
    confine: Writable | None = None
    name: str = "overlay"
    given_up: list[str] = field(default_factory=list)
    """Directories that could not be deleted, each with the reason."""
    options: str = field(default_factory=lambda: options_here())
    instead: Workspace | None = None
    """Who serves the leaves that an overlay does not suit."""
    _unsuited: set[str] = field(default_factory=set)

    @contextmanager
    def lease(self, leaf: Subplan) -> Iterator[Slot]:
        """Raises EnvironmentFault where mounting fails."""
        if self.instead is not None and leaf.id in self._unsuited:
            with self.instead.lease(leaf) as other:
                yield other
            return
        with self._leased() as slot:
            try:
                yield slot
            except Unsuited:
                self._unsuited.add(leaf.id)
                raise

    @contextmanager
    def _leased(self) -> Iterator[OverlaySlot]:
        try:
            slot = self._mounted()
        except OSError as error:
            raise EnvironmentFault(f"no overlay for the leaf: {error}") from error
        try:
            yield slot
        finally:
            slot.unmount()
            self._discard(slot.layers[0].home.parent)

    def _mounted(self) -> OverlaySlot:
        self.home.mkdir(parents=True, exist_ok=True)
        home = Path(mkdtemp(dir=self.home))
        layers = tuple(Layer(path, home / str(number)) for number, path in enumerate(self.covered))
        renames = self.instead is None or "redirect_dir=on" in self.options
        slot = OverlaySlot(self.root, self.base, layers, self.confine, f"overlay-{home.name}", renames)
        try:
            for layer in layers:
                layer.make()
            slot.mount(self.options)
        except BaseException:
            slot.unmount()
            self._discard(home)
            raise
        return slot

    def _discard(self, home: Path) -> None:
        try:
            remove_tree(home)
        except OSError as error:
            self.given_up.append(f"{home}: {error.strerror}")

    def close(self) -> None:
        if self.instead is not None:
            self.instead.close()
        with suppress(OSError):
            self.home.rmdir()


def options_here() -> str:
    """Only the real root may follow renamed directories; anybody else keeps the overlay's marks in user attributes."""
    try:
        first = Path("/proc/self/uid_map").read_text().split()
    except OSError:
        return _USER_OPTIONS
    return _ROOT_OPTIONS if os.geteuid() == 0 and first == ["0", "0", "4294967295"] else _USER_OPTIONS
