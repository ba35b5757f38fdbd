"""The scan on one page: list, filter, read what changed, estimate, ask the history, put the columns together."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autonomy import git
from autonomy.errors import InputError
from autonomy.ignoring import ignore_spec
from autonomy.model import Rows, Skipped, Snapshot
from autonomy.protocols import Language
from autonomy.scan import bare, history, table
from autonomy.scan.blocks import Stamp
from autonomy.scan.cache import Cache
from autonomy.scan.collect import Collection
from autonomy.scan.columns import Columns
from autonomy.scan.listing import decode, list_files
from autonomy.scan.reading import Item, read_all
from autonomy.scan.walk import Found

if TYPE_CHECKING:
    from autonomy.config import Config


def take(root: Path, config: "Config", languages: Sequence[Language]) -> Snapshot:
    """See `scan`."""
    root = _directory(root)
    repository = git.find_repository(root)
    if repository is not None and repository.top is None:
        return _of_bare(repository, config, languages)
    cache = Cache.open(root, config.max_file_bytes, languages)
    found = list_files(root, repository)
    chosen = _choose(found, config)
    collection = Collection(chosen.files, languages, cache.columns)

    def read(paths: Sequence[bytes], known: Mapping[int, Stamp]) -> Iterator[Item]:
        return read_all(os.fsencode(root), paths, config.max_file_bytes, known)

    columns = collection.gather(read)
    commits = history.Log(repository, _prefix(root, repository), cache.directory).newest(config.history, columns.paths)
    snapshot = _snapshot(columns, [*chosen.skipped, *collection.unread], commits, repository)
    if columns is not cache.columns:
        cache.save(columns)
    table.save(cache, table.Territory(root, repository, found), columns, snapshot)

    return snapshot


def _of_bare(repository: git.Repository, config: "Config", languages: Sequence[Language]) -> Snapshot:
    with bare.tree_of(repository) as tree:
        chosen = _choose(tree.found, config)
        collection = Collection(chosen.files, languages, None)
        columns = collection.gather(lambda paths, _known: tree.read(paths, config.max_file_bytes))
    commits = history.Log(repository, b"", None).newest(config.history, columns.paths)
    return _snapshot(columns, [*chosen.skipped, *collection.unread], commits, repository)


def _directory(root: Path) -> Path:
    try:
        resolved = root.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InputError(f"no such directory: {root} ({getattr(error, 'strerror', None) or error})") from None
    if not resolved.is_dir():
        raise InputError(f"not a directory: {root}")
    return resolved


def _prefix(root: Path, repository: git.Repository | None) -> bytes:
    """What the repository's own paths have in front of those of the snapshot."""
    if repository is None or repository.top in (None, root):
        return b""
    return os.fsencode(root.relative_to(repository.top or root)) + b"/"


def _choose(found: Found, config: "Config") -> Found:
    """What `include` and `exclude` leave over."""
    if not config.include and not config.exclude:
        return found
    include, exclude = ignore_spec(config.include), ignore_spec(config.exclude)

    def chosen(path: bytes) -> bool:
        text = decode(path)
        return (not config.include or include.match_file(text)) and not exclude.match_file(text)

    files = [path for path in found.files if chosen(path)]
    if found.files and not files:
        globs = [f"--{kind} {glob!r}" for kind in ("include", "exclude") for glob in getattr(config, kind)]
        raise InputError(f"no file matches {' '.join(globs)}; {len(found.files)} files are there")
    return Found(
        files, [(path, reason) for path, reason in found.skipped if chosen(path)], found.rules, found.directories
    )


def _snapshot(
    columns: Columns, skipped: Sequence[tuple[bytes, str]], commits: Rows, repository: git.Repository | None
) -> Snapshot:
    texts = [decode(path) for path in columns.paths]
    return Snapshot(
        paths=texts,
        sizes=columns.sizes,
        lines=columns.lines,
        tokens=columns.tokens(),
        languages=columns.found,
        digests=columns.hexadecimal(),
        names=list(columns.pool),
        references=Rows(columns.references_end, columns.references),
        declares=Rows(columns.declares_end, columns.declares),
        commits=commits,
        revision=git.head_commit(repository) if repository else None,
        skipped=[Skipped(decode(path), reason) for path, reason in sorted(skipped)],
        unparsed={texts[file]: problem for file, problem in sorted(columns.problems.items())},
    )
