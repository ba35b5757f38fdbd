"""Gather the columns of a snapshot: what changed is read, the rest is taken over from the scan before."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from autonomy.protocols import Language, language_of, language_table
from autonomy.scan import filetypes, tokens
from autonomy.scan.blocks import Stamp
from autonomy.scan.columns import NO_WORDS, Columns, is_binary
from autonomy.scan.listing import decode
from autonomy.scan.reading import Content, Item, Same, Unread

Read = Callable[[Sequence[bytes], Mapping[int, Stamp]], Iterator[Item]]
"""From paths, sorted, and the stamps of files that need not be read again to one item per file, in order."""


class Collection:
    """One pass over the files of a snapshot. `unread` are those that couldn't be read, with the reason."""

    def __init__(self, paths: Sequence[bytes], languages: Sequence[Language], before: Columns | None) -> None:
        table = language_table(languages)
        self._paths = paths
        self._texts = [decode(path) for path in paths]
        self._readers = [language_of(text, table) for text in self._texts]
        self._named = [_named(text, reader) for text, reader in zip(self._texts, self._readers, strict=True)]
        self._common = Counter(self._named)
        self._before = before
        self._rows = self._rows_before()
        self._columns = Columns()
        self.unread: list[tuple[bytes, str]] = []

    def _rows_before(self) -> Mapping[int, int]:
        """File -> its row in the columns of the scan before."""
        if self._before is None:
            return {}
        rows = {path: row for row, path in enumerate(self._before.paths)}
        return {file: rows[path] for file, path in enumerate(self._paths) if path in rows}

    def gather(self, read: Read) -> Columns:
        """The columns; the very ones of the scan before where nothing changed."""
        before = self._before
        stamps = {file: before.stamps[row] for file, row in self._rows.items()} if before else {}
        start = stop = 0
        for item in read(self._paths, stamps):
            row = self._rows.get(item.file, -1)
            if isinstance(item, Same) and row == stop:
                stop += 1
                continue
            self._take_over(start, stop)
            start = stop = 0
            if isinstance(item, Same):
                start, stop = row, row + 1
            elif isinstance(item, Content):
                self._add(item, row)
            elif isinstance(item, Unread):
                self.unread.append((self._paths[item.file], item.reason))
        if before is not None and not len(self._columns) and (start, stop) == (0, len(before)):
            return before
        self._take_over(start, stop)
        _count_words(self._columns, read)
        return self._columns

    def _take_over(self, start: int, stop: int) -> None:
        if self._before is not None and stop > start:
            self._columns.take_over(self._before, start, stop)

    def _add(self, content: Content, row: int) -> None:
        """A file that was touched and not changed keeps what its language found in it."""
        file, before = content.file, self._before
        if before is not None and row >= 0 and before.digest(row) == content.digest:
            self._columns.take_over(before, row, row + 1)
            self._columns.stamps[-1] = content.stamp
            return
        reader = self._readers[file]
        extract = None
        if reader is not None and not content.large and not is_binary(content.data):
            extract = reader.extract(self._texts[file], content.data)
        self._columns.add(self._paths[file], content, self._named[file], extract)
        if self._common[self._named[file]] <= tokens.SAMPLE:
            self._columns.count_words(content.data)


def _count_words(columns: Columns, read: Read) -> None:
    """Of the sample, which is drawn when all sizes are known: of a common language some files are read once more."""
    eligible = [row for row, flags in enumerate(columns.flags) if not flags and columns.sizes[row]]
    sample = tokens.sample(eligible, columns.paths, columns.languages, columns.sizes)
    words = columns.words
    for row in eligible:
        if words[row] != NO_WORDS and row not in sample:
            words[row] = NO_WORDS
    rows = [row for row in sorted(sample) if words[row] == NO_WORDS]
    for item in read([columns.paths[row] for row in rows], {}):
        if isinstance(item, Content):
            words[rows[item.file]] = tokens.count(item.data)


def _named(path: str, reader: Language | None) -> str:
    """What a file is written in: one reader may serve several (C, C++, device trees), a manifest is in yet another."""
    named = filetypes.by_name(path)
    if named or reader is None or path.rpartition("/")[2] in reader.manifests:
        return named
    return reader.name
