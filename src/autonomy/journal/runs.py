"""Where runs live: `.autonomy/runs/RUN/` with the journal, logs and results; who may go on with one; what to reuse."""

import hmac
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fcntl import LOCK_NB, LOCK_SH, flock
from hashlib import sha256
from pathlib import Path
from re import fullmatch
from secrets import token_bytes, token_hex
from time import gmtime, strftime
from time import time as wall_clock

from autonomy import state
from autonomy.errors import EnvironmentFault, InputError, JournalError, Locked, UsageError
from autonomy.journal.durable import fault, make_directory, publish, sync_directory
from autonomy.journal.events import Header, encode
from autonomy.journal.file import Journal
from autonomy.journal.fold import LeafState
from autonomy.journal.reading import peek, read
from autonomy.journal.results import ResultStore
from autonomy.model import Status, SubplanId

_ID = r"(\d{8}-\d{6})-[0-9a-f]{6}"
_ASKING_SECONDS = 0.2
_REUSE_FROM = 50
"""So many of the newest runs are looked at for results to reuse."""


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The directory of one run. `id` sorts by time and names the branch and the refs of the run too."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def journal(self) -> Path:
        return self.path / "journal.sqlite"

    @property
    def stamp(self) -> tuple[tuple[int, int], ...]:
        """Differs when the journal may have grown."""
        files = (self.journal, self.journal.with_name(f"{self.journal.name}-wal"))
        return tuple((each.st_mtime_ns, each.st_size) for each in (path.stat() for path in files if path.exists()))

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def results(self) -> ResultStore:
        return ResultStore(self.path / "results")


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Own the runs of `root`. The kernel lets go of the lock when its owner dies, so nothing is ever unlocked by hand.

    Raises:
        Locked: another process owns them.
        EnvironmentFault: the file system knows no locks, or the state can't be written.
    """
    from filelock import FileLock, Timeout

    path = state.ensure(root) / "lock"
    lock = FileLock(path, mode=0o600)
    try:
        # Somebody may just be asking whether a run is going on.
        lock.acquire(timeout=_ASKING_SECONDS, poll_interval=_ASKING_SECONDS / 4)
    except Timeout:
        raise Locked(f"{root}: another run is at work ({_owner(path)}); wait for it or stop it") from None
    except (OSError, NotImplementedError) as error:
        raise EnvironmentFault(f"{path}: can't be locked: {error}") from None
    try:
        path.write_text(f"process {os.getpid()}\n", encoding="ascii")
        yield
    finally:
        lock.release()


def _owner(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text(encoding="ascii")[:40].strip()
        if fullmatch(r"process \d+", text):
            return text
    return "process unknown"


def is_running(root: Path) -> bool:
    """Whether some process owns the runs of `root` now; asking does not stand in the way of a run that starts."""
    try:
        descriptor = os.open(root / state.DIRECTORY / "lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        flock(descriptor, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def new_run(root: Path) -> RunDirectory:
    """A fresh directory whose id is greater than all others, also after the clock was set back.

    Raises:
        EnvironmentFault: it can't be made.
    """
    home = state.ensure(root) / "runs"
    try:
        sync_directory(root)
    except OSError as error:
        raise fault(root, error) from None
    make_directory(home)
    stamp = strftime("%Y%m%d-%H%M%S", gmtime(wall_clock()))
    newest = max(_names(root), default="")[:15]
    run = RunDirectory(home / f"{_after(newest) if stamp <= newest else stamp}-{token_hex(3)}")
    for directory in (run.path, run.logs, run.results.directory):
        make_directory(directory)
    return run


def _after(stamp: str) -> str:
    """The smallest stamp that is greater; no date has to come of it."""
    return stamp[:9] + f"{int(stamp[9:]) + 1:06d}" if stamp[9:] != "999999" else f"{int(stamp[:8]) + 1}-000000"


def _names(root: Path) -> list[str]:
    with suppress(OSError):
        return [name for name in os.listdir(root / state.DIRECTORY / "runs") if fullmatch(_ID, name)]
    return []


def run_ids(root: Path) -> tuple[str, ...]:
    """All runs that began, the oldest first: one that was killed before it had a journal did nothing."""
    home = root / state.DIRECTORY / "runs"
    return tuple(sorted(name for name in _names(root) if RunDirectory(home / name).journal.exists()))


def find_run(root: Path, run: str | None = None) -> RunDirectory:
    """The run named `run`, by a prefix that fits no other one too; the latest without a name.

    Raises:
        InputError: there is none.
    """
    found = [name for name in run_ids(root) if name.startswith(run or "")]
    exact = [name for name in found if name == run]
    if not found:
        raise InputError(
            f"{root}: no run {run!r}" if run else f"{root}: nothing has been run here; `autonomy run` does"
        )
    if run and not exact and len(found) > 1:
        raise InputError(f"{root}: {run!r} fits {len(found)} runs, {found[0]} among them; give more of its name")
    return RunDirectory(root / state.DIRECTORY / "runs" / (exact or found)[-1])


def start(run: RunDirectory, header: Header, state_dir: Path) -> Journal:
    """A new journal whose header is sealed with the user's key, so that nobody else's can be resumed as ours.

    Raises:
        EnvironmentFault: it can't be written.
    """
    return Journal.create(run.journal, replace(header, seal=_seal(header, state_dir)))


def go_on(run: RunDirectory, state_dir: Path) -> Journal:
    """The journal of a run to resume. A journal may come with a repository, and its command would be run.

    Raises:
        UsageError: this user did not start the run.
        JournalError: the journal is damaged or newer.
    """
    opened = Journal.open(run.journal)
    if not is_ours(opened.run.header, state_dir):
        opened.close()
        raise UsageError(f"{run.path}: this run was not started by you on this machine; start a new one")
    return opened


def is_ours(header: Header, state_dir: Path) -> bool:
    return hmac.compare_digest(header.seal, _seal(header, state_dir))


def _seal(header: Header, state_dir: Path) -> str:
    return hmac.new(_user_key(state_dir), encode(replace(header, seal="")), sha256).hexdigest()


def _user_key(state_dir: Path) -> bytes:
    path = state_dir / "key"
    try:
        if not path.exists():
            make_directory(state_dir)
            publish(path, [token_bytes(32)], keep=True)
        return path.read_bytes()
    except OSError as error:
        raise fault(path, error) from None


@dataclass(frozen=True, slots=True)
class Reusable:
    """A leaf of an earlier run that succeeded with the same key."""

    run: RunDirectory
    state: LeafState


def reusable(root: Path, recipe: str, keys: Mapping[SubplanId, str], state_dir: Path) -> dict[SubplanId, Reusable]:
    """For each leaf whose key an earlier run has done, where its result is; the newest run counts.

    A leaf that changed files outside of its own is not reused: its key says nothing of those. Journals that
    can't be read, and those of other users, are passed over.
    """
    wanted = {key: leaf for leaf, key in keys.items()}
    found: dict[SubplanId, Reusable] = {}
    for name in reversed(run_ids(root)[-_REUSE_FROM:]):
        run = RunDirectory(root / state.DIRECTORY / "runs" / name)
        with suppress(JournalError, EnvironmentFault, InputError):
            header = peek(run.journal)
            if header.recipe != recipe or not is_ours(header, state_dir):
                continue
            past = read(run.journal)
            for old, key in header.keys.items():
                if key in wanted and _is_reusable(past.leaves.get(old), run.results):
                    found.setdefault(wanted[key], Reusable(run, past.leaf(old)))
        if len(found) == len(keys):
            break
    return found


def _is_reusable(leaf: LeafState | None, results: ResultStore) -> bool:
    if leaf is None or leaf.settled is None or leaf.settled.status is not Status.SUCCEEDED:
        return False
    ended = leaf.accepted.ended if leaf.accepted else None
    if ended and ended.scope_violations:
        return False
    return leaf.result is None or results.holds(leaf.result)
