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
    readable = not any(skipped.reason.startswith("unreadable") for skipped in snapshot.skipped)
    name = fingerprint(snapshot)
    if readable and columns is cache.columns and _stands(cache, territory, columns, name, file):
        return
    with suppress(OSError):
        if readable:
            blocks.write(file, _sections(cache, territory, columns, name))
        else:
            Path(file).unlink(missing_ok=True)


def _stands(cache: Cache, territory: Territory, columns: Columns, name: bytes, file: str) -> bool:
    """Whether the table of the scan before, of the same files, says all that a new one would."""
    try:
        known, directories, times, *_, watched, stamps, index, stamp, trailer = blocks.read(file)
    except (blocks.Damaged, ValueError):
        return False
    wanted = [*_directories(cache, territory, columns), *_watch(cache, territory, columns)]
    return known == name and [directories, times, watched, stamps, index, stamp, trailer] == wanted


def _sections(cache: Cache, territory: Territory, columns: Columns, name: bytes) -> list[bytes]:
    """In the order in which `answers` reads them: by directory, because a short path is looked up faster."""
    grouped: dict[bytes, list[int]] = {directory: [] for directory in _names(territory, columns)}
    for file, path in enumerate(columns.paths):
        grouped[path.rpartition(b"/")[0]].append(file)
    order = list(chain.from_iterable(grouped.values()))
    kept = cache.kept_all(columns.stamps)
    stamps = [kept[file] for file in order] or [NO_STAMP]
    return [
        name,
        *_directories(cache, territory, columns),
        array("I", map(len, grouped.values())).tobytes(),
        b"\0".join(columns.paths[file].rpartition(b"/")[2] for file in order),
        *(array("q", column).tobytes() for column in zip(*stamps, strict=True)),
        *_watch(cache, territory, columns),
    ]


def _names(territory: Territory, columns: Columns) -> list[bytes]:
    """All directories: those that the walk entered, and, of a race, one that it did not and that holds a file."""
    entered = dict.fromkeys(directory for directory, *_ in territory.found.directories)
    return list(entered | dict.fromkeys(path.rpartition(b"/")[0] for path in columns.paths))


def _directories(cache: Cache, territory: Territory, columns: Columns) -> tuple[bytes, bytes]:
    times = {directory: (mtime, ctime) for directory, mtime, ctime in territory.found.directories}
    names = _names(territory, columns)
    return b"\0".join(names), array(
        "q", chain.from_iterable(_kept_times(cache, times.get(each)) for each in names)
    ).tobytes()


def _watch(cache: Cache, territory: Territory, columns: Columns) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    watched = _watched(territory, columns)
    index = territory.repository.git_dir / "index" if territory.repository else None
    return (
        b"\0".join(watched),
        array("q", chain.from_iterable(_kept(cache, path) for path in watched)).tobytes(),
        os.fsencode(index) if index else b"",
        array("q", _kept(cache, os.fsencode(index)) if index else NO_STAMP).tobytes(),
        blocks.trailer_of(str(index)) if index else b"",
    )


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
