"""A table in as many columns as a terminal is wide: what is needed least goes, then names are cut at the front."""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from autonomy.cli.options import is_terminal

NEEDLESS = ("why a leaf", "changed", "attempts", "waits for", "seconds")
"""Columns that a narrow terminal can do without, the first one first; a pipe gets them all."""
NAME = "subplan"
SHORTEST = 16
"""A name is not cut to less."""

_SHADE = re.compile(r"(\x1b\[[0-9;]*m)")
Span = tuple[int, int]


def columns_shown(stream: Any) -> int | None:
    """How wide a terminal is; elsewhere lines are as long as they are."""
    if not is_terminal(stream):
        return None
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal():
        return int(told) or None
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or None
    return None


def fitted(text: str) -> str:
    """What fits the terminal on stdout, where that is one."""
    width = columns_shown(sys.stdout)
    return narrowed(text, width) if width else text


def narrowed(text: str, width: int) -> str:
    """`text` is a table of columns two blanks apart; a last line that begins with `...` is none of its rows.

    Cells may be coloured, names are not.
    """
    lines = text.splitlines()
    shaded = [line for line in lines if not line.startswith("... ")]
    rows = [_SHADE.sub("", line) for line in shaded]
    if not rows or max(map(len, rows)) <= width:
        return text
    spans = _spans(rows)
    title = {rows[0][start:end].strip(): (start, end) for start, end in spans}
    for name in NEEDLESS:
        if name in title and _length(spans) > width:
            spans.remove(title[name])
    own = title.get(NAME, (0, 0))
    whole = own[1] - own[0]
    room = max(min(SHORTEST, whole), whole - max(0, _length(spans) - width))
    cells = ([_cell(line, span) for span in spans] for line in shaded)
    at = spans.index(own) if own in spans else -1
    told = ["  ".join(_cut(cell, room) if place == at else cell for place, cell in enumerate(row)) for row in cells]
    return "".join(line.rstrip() + "\n" for line in [*told, *lines[len(rows) :]])


def _cell(line: str, span: Span) -> str:
    """What stands in a column, its colour with it."""
    start, end = span
    at, found, width = 0, "", 0
    for place, piece in enumerate(_SHADE.split(line)):
        if place % 2:
            found += piece if start <= at <= end else ""
            continue
        kept = piece[max(0, start - at) : max(0, end - at)]
        found, width, at = found + kept, width + len(kept), at + len(piece)
    return found + " " * (end - start - width)


def _spans(rows: Sequence[str]) -> list[Span]:
    """From where to where each column goes: columns are parted by two blanks and more in every row."""
    longest = max(map(len, rows))
    blank = [all(at >= len(row) or row[at] == " " for row in rows) for at in range(longest)] + [True, True]
    found: list[Span] = []
    start = 0
    for at in range(longest):
        if blank[at]:
            continue
        start = at if start < 0 else start
        if blank[at + 1] and blank[at + 2]:
            found.append((start, at + 1))
            start = -1
    return found


def _length(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans) + 2 * (len(spans) - 1)


def _cut(name: str, room: int) -> str:
    """The end of a name says more than its beginning, which it has in common with its neighbours."""
    bare = name.rstrip()
    return bare.ljust(room) if len(bare) <= room else "~" + bare[len(bare) - room + 1 :]


def folded(line: str, indent: int) -> list[str]:
    """A line as the lines that fit the terminal on stderr, broken between words; the further ones are indented."""
    width = columns_shown(sys.stderr)
    if not width or len(line) <= width:
        return [line]
    from textwrap import wrap

    blank = " " * min(indent, width // 2)
    return wrap(line, width, subsequent_indent=blank, break_long_words=False, break_on_hyphens=False)
