"""Columns as sections of bytes, and back."""

from array import array
from collections.abc import Iterator, Sequence

from autonomy.scan.blocks import Stamp
from autonomy.scan.columns import Columns

_ARRAYS = (
    *(("sizes", "Q"), ("lines", "I"), ("words", "d")),
    *(("references", "I"), ("references_end", "I"), ("declares", "I"), ("declares_end", "I")),
)


def pack(columns: Columns, stamps: Sequence[Stamp]) -> list[bytes]:
    kinds = {name: number for number, name in enumerate(dict.fromkeys((*columns.languages, *columns.found)))}
    transposed = zip(*stamps, strict=True) if stamps else ((), (), (), ())
    return [
        b"\0".join(columns.paths),
        *(array("q", column).tobytes() for column in transposed),
        *(getattr(columns, name).tobytes() for name, _ in _ARRAYS),
        bytes(columns.flags),
        bytes(columns.digests),
        array("H", [kinds[name] for name in columns.languages]).tobytes(),
        array("H", [kinds[name] for name in columns.found]).tobytes(),
        *_pack_texts(list(kinds)),
        *_pack_texts(list(columns.pool)),
        array("I", columns.problems).tobytes(),
        *_pack_texts(list(columns.problems.values())),
    ]


def unpack(sections: Sequence[memoryview]) -> Columns:
    """The inverse of `pack`.

    Raises:
        ValueError: sections that `pack` never wrote.
    """
    rest = iter(sections)
    joined = bytes(next(rest))
    paths = joined.split(b"\0") if joined else []
    stamps = list(zip(*(_array("q", next(rest)) for _ in range(4)), strict=True))
    columns = Columns(paths=paths, stamps=stamps)
    for name, code in _ARRAYS:
        setattr(columns, name, _array(code, next(rest)))
    columns.flags, columns.digests = bytearray(next(rest)), bytearray(next(rest))
    languages, found = _array("H", next(rest)), _array("H", next(rest))
    kinds, pool = _unpack_texts(rest), _unpack_texts(rest)
    columns.languages, columns.found = [kinds[number] for number in languages], [kinds[number] for number in found]
    columns.pool = {name: number for number, name in enumerate(pool)}
    files = _array("I", next(rest))
    columns.problems = dict(zip(files, _unpack_texts(rest), strict=True))
    _check(columns, len(pool))
    return columns


def _check(columns: Columns, names: int) -> None:
    """That all columns have a row for each path, and that no row points beyond its column."""
    rows = len(columns.paths)
    lengths = {len(columns.stamps), len(columns.sizes), len(columns.lines), len(columns.flags), len(columns.words)}
    ends = (columns.references_end, columns.references), (columns.declares_end, columns.declares)
    if (
        lengths | {len(columns.found), len(columns.digests) // 20} != {rows}
        or any(len(end) != rows + 1 or end[-1] != len(items) for end, items in ends)
        or len(columns.pool) != names
    ):
        raise ValueError("columns of different lengths")


def _array(code: str, section: memoryview) -> "array[int]":
    values = array(code)
    values.frombytes(section)
    return values


def _pack_texts(texts: Sequence[str]) -> tuple[bytes, bytes]:
    """Lengths and bytes; a name may hold anything that a file can, a NUL and half a surrogate pair too."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return array("I", map(len, encoded)).tobytes(), b"".join(encoded)


def _unpack_texts(rest: Iterator[memoryview]) -> list[str]:
    lengths, joined = _array("I", next(rest)), bytes(next(rest))
    texts, start = [], 0
    for length in lengths:
        texts.append(joined[start : start + length].decode("utf-8", "surrogatepass"))
        start += length
    return texts
