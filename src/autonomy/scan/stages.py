"""The scan on one page: list, filter, read, estimate, ask the history, put the columns together."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autonomy import git
from autonomy.config import Config
from autonomy.errors import InputError
from autonomy.ignoring import ignore_spec
from autonomy.model import Rows, Skipped, Snapshot
from autonomy.protocols import Language, language_of, language_table
from autonomy.scan import bare, filetypes, history, tokens
from autonomy.scan.listing import Listing, decode, list_files
from autonomy.scan.reading import Content, Gone, Unread, read_all


def take(root: Path, config: Config, languages: Sequence[Language]) -> Snapshot:
    """See `scan`."""
    root = _directory(root)
    repository = git.find_repository(root)
    if repository is not None and repository.top is None:
        with bare.tree_of(repository) as tree:
            listing = _choose(tree.listing, config)
            contents = tree.read(listing.paths, config.max_file_bytes)
            return _snapshot(listing, contents, config, languages, root, repository)
    listing = _choose(list_files(root, repository), config)
    contents = read_all(os.fsencode(root), listing.paths, config.max_file_bytes)
    return _snapshot(listing, contents, config, languages, root, repository)


def _directory(root: Path) -> Path:
    try:
        resolved = root.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InputError(f"no such directory: {root} ({getattr(error, 'strerror', None) or error})") from None
    if not resolved.is_dir():
        raise InputError(f"not a directory: {root}")
    return resolved


def _choose(listing: Listing, config: Config) -> Listing:
    """What `include` and `exclude` leave over."""
    if not config.include and not config.exclude:
        return listing
    include, exclude = ignore_spec(config.include), ignore_spec(config.exclude)

    def chosen(path: bytes) -> bool:
        text = decode(path)
        return (not config.include or include.match_file(text)) and not exclude.match_file(text)

    paths = [path for path in listing.paths if chosen(path)]
    if listing.paths and not paths:
        globs = " ".join(
            (*(f"--include {glob!r}" for glob in config.include), *(f"--exclude {glob!r}" for glob in config.exclude))
        )
        raise InputError(f"no file matches {globs}; {len(listing.paths)} files are there")
    return Listing(paths, [(path, reason) for path, reason in listing.skipped if chosen(path)])


@dataclass(slots=True)
class Columns:
    """A snapshot in the making."""

    paths: list[bytes] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    binary: set[int] = field(default_factory=set)
    pool: dict[str, int] = field(default_factory=dict)
    references: list[Sequence[int]] = field(default_factory=list)
    declares: list[Sequence[int]] = field(default_factory=list)
    unparsed: dict[str, str] = field(default_factory=dict)
    words: dict[int, float] = field(default_factory=dict)

    def pooled(self, names: Sequence[str]) -> Sequence[int]:
        pool = self.pool
        return [pool.setdefault(name, len(pool)) for name in names]


def _snapshot(
    listing: Listing,
    contents: Iterator[Content | Unread | Gone],
    config: Config,
    languages: Sequence[Language],
    root: Path,
    repository: git.Repository | None,
) -> Snapshot:
    columns, skipped = _read(listing, contents, languages)
    revision = git.head_commit(repository) if repository else None
    commits = Rows.of(())
    if repository and revision:
        ids = {path: file for file, path in enumerate(columns.paths)}
        prefix = os.fsencode(root.relative_to(repository.top)) + b"/" if repository.top else b""
        commits = history.commits(repository, revision, ids, prefix.removeprefix(b"./"), config.history)
    return Snapshot(
        paths=columns.texts,
        sizes=columns.sizes,
        lines=columns.lines,
        tokens=_tokens(columns),
        languages=columns.languages,
        digests=columns.digests,
        names=list(columns.pool),
        references=Rows.of(columns.references),
        declares=Rows.of(columns.declares),
        commits=commits,
        revision=revision,
        skipped=[Skipped(decode(path), reason) for path, reason in sorted([*listing.skipped, *skipped])],
        unparsed=columns.unparsed,
    )


def _tokens(columns: Columns) -> Sequence[int]:
    ratios = tokens.ratios(columns.languages, columns.sizes, columns.words)
    return [
        tokens.of_binary(size) if file in columns.binary else tokens.estimate(size, language, ratios)
        for file, (size, language) in enumerate(zip(columns.sizes, columns.languages, strict=True))
    ]


def _read(
    listing: Listing, contents: Iterator[Content | Unread | Gone], languages: Sequence[Language]
) -> tuple[Columns, list[tuple[bytes, str]]]:
    table = language_table(languages)
    texts = [decode(path) for path in listing.paths]
    readers = [language_of(text, table) for text in texts]
    named = [_named(text, reader) for text, reader in zip(texts, readers, strict=True)]
    sampled = tokens.sample(listing.paths, named)
    columns, skipped = Columns(), []
    for item in contents:
        path = listing.paths[item.file]
        if isinstance(item, Unread):
            skipped.append((path, item.reason))
        elif isinstance(item, Content):
            if item.file in sampled and not item.large and not item.binary:
                columns.words[len(columns.paths)] = tokens.words(item.data)
            columns.paths.append(path)
            columns.texts.append(texts[item.file])
            _add(columns, item, texts[item.file], named[item.file], readers[item.file])
    return columns, skipped


def _named(path: str, reader: Language | None) -> str:
    """A manifest (`go.mod`) is read by a language, and is written in another."""
    if reader is not None and path.rpartition("/")[2] not in reader.manifests:
        return reader.name
    return filetypes.by_name(path)


def _add(columns: Columns, content: Content, path: str, language: str, reader: Language | None) -> None:
    file = len(columns.sizes)
    columns.sizes.append(content.size)
    columns.digests.append(content.digest)
    columns.languages.append(language or filetypes.by_first_line(content.data))
    if content.binary:
        columns.binary.add(file)
    readable = not content.binary and not content.large
    columns.lines.append(_lines(content.data) if readable else 0)
    if reader is None or not readable:
        columns.references.append(())
        columns.declares.append(())
        return
    extract = reader.extract(path, content.data)
    columns.references.append(columns.pooled(extract.references))
    columns.declares.append(columns.pooled(extract.declares))
    if extract.problem:
        columns.unparsed[path] = extract.problem


def _lines(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n")) if data else 0
