"""What must stay for a snapshot to stay: stamps of files, directories and git's own, laid out for one quick look."""

import os
from array import array
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha1
from itertools import chain
from pathlib import Path

from autonomy import git
from autonomy.model import Snapshot
from autonomy.scan import blocks
from autonomy.scan.blocks import NO_STAMP, Stamp
from autonomy.scan.cache import Cache
from autonomy.scan.columns import Columns
from autonomy.scan.walk import Found

NAME = "table"


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a scan looked: the root, its repository, and what the walk found there."""

    root: Path
    repository: git.Repository | None
    found: Found


def fingerprint(snapshot: Snapshot) -> bytes:
    """Twenty bytes that two snapshots share only if all their columns are equal."""
    digest = sha1(usedforsecurity=False)
    texts: Sequence[Iterable[str]] = (snapshot.paths, snapshot.digests, snapshot.names, snapshot.languages)
    for column in texts:
        digest.update("\0".join(column).encode("utf-8", "surrogatepass") + b"\0\0")
    numbers = (snapshot.sizes, snapshot.lines, snapshot.tokens)
    rows = (snapshot.references, snapshot.declares, snapshot.commits)
    for row in chain(numbers, *((each.starts, each.items) for each in rows)):
        digest.update(array("Q", row).tobytes() + b"\0\0")
    rest = (
        snapshot.revision,
        [(each.path, each.reason) for each in snapshot.skipped],
        sorted(snapshot.unparsed.items()),
    )
    digest.update(repr(rest).encode("utf-8", "surrogatepass"))
    return digest.digest()


def save(cache: Cache, territory: Territory, columns: Columns, snapshot: Snapshot) -> None:
    """Best effort. Where something was unreadable there is no table: nothing would tell that it became readable."""
    if cache.directory is None:
        return
    file = str(cache.directory / NAME)
    with suppress(OSError):
        if any(skipped.reason.startswith("unreadable") for skipped in snapshot.skipped):
            Path(file).unlink(missing_ok=True)
        else:
            blocks.write(file, _sections(cache, territory, columns, fingerprint(snapshot)))


def _sections(cache: Cache, territory: Territory, columns: Columns, name: bytes) -> list[bytes]:
    """In the order in which `answers` reads them: by directory, because a short path is looked up faster."""
    times = {directory: (mtime, ctime) for directory, mtime, ctime in territory.found.directories}
    grouped: dict[bytes, list[int]] = {directory: [] for directory in times}
    for file, path in enumerate(columns.paths):
        grouped.setdefault(path.rpartition(b"/")[0], []).append(file)
    order = list(chain.from_iterable(grouped.values()))
    stamps = [cache.kept(columns.stamps[file]) for file in order] or [NO_STAMP]
    watched = _watched(territory, columns)
    index = territory.repository.git_dir / "index" if territory.repository else None
    return [
        name,
        b"\0".join(grouped),
        array("q", chain.from_iterable(_kept_times(cache, times.get(each)) for each in grouped)).tobytes(),
        array("I", map(len, grouped.values())).tobytes(),
        b"\0".join(columns.paths[file].rpartition(b"/")[2] for file in order),
        *(array("q", column).tobytes() for column in zip(*stamps, strict=True)),
        b"\0".join(watched),
        array("q", chain.from_iterable(_kept(cache, path) for path in watched)).tobytes(),
        os.fsencode(index) if index else b"",
        array("q", _kept(cache, os.fsencode(index)) if index else NO_STAMP).tobytes(),
        blocks.trailer_of(str(index)) if index else b"",
    ]


def _kept_times(cache: Cache, times: tuple[int, int] | None) -> tuple[int, int]:
    return times if times and cache.settled(*times) else (0, 0)


def _kept(cache: Cache, path: bytes) -> Stamp:
    """An absent file has a stamp of its own, which stays until it appears."""
    stamp = blocks.stamp_of(path)
    if stamp == NO_STAMP or cache.settled(stamp[1], stamp[2]):
        return stamp
    return (-2, 0, 0, 0)


def _watched(territory: Territory, columns: Columns) -> list[bytes]:
    """Files that a snapshot hangs on and does not hold: git's own, and ignore rules that are not planned."""
    root, repository = territory.root, territory.repository
    paths = [folder / ".git" for folder in (root, *root.parents) if not (folder / ".git").exists()]
    if repository is not None:
        paths += git.files_behind_head(repository)
        paths += [repository.common_dir / name for name in ("info/exclude", "shallow", "config")]
    return [os.fsencode(path) for path in paths] + _unplanned_rules(territory, columns)


def _unplanned_rules(territory: Territory, columns: Columns) -> list[bytes]:
    repository = territory.repository
    top = os.fsencode(repository.top if repository and repository.top else territory.root)
    root, planned = os.fsencode(territory.root), set(columns.paths)
    found = []
    for directory in territory.found.rules:
        path = os.path.join(top, directory, b".gitignore")
        inside = path.startswith(root + b"/")
        if not inside or (path[len(root) + 1 :] not in planned and os.path.lexists(path)):
            found.append(path)
    return found
