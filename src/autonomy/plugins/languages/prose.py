"""Text that every language's outline needs: sentences, one-line signatures, line numbers. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import overload

from autonomy.model import Definition, Outline

MAX_SENTENCE = 200
MAX_SIGNATURE = 240

_END_OF_SENTENCE = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)\s+(?=[^a-z])")
_HEADINGS = frozenset(["Parameters", "Arguments", "Args", "Returns", "Raises", "Yields", "Notes", "Examples"])
_BREAK = re.compile(r"\n[ \t]*(?:\n|[@:>*=~-]|\Z)")


def first_sentence(text: str) -> str:
    """The first sentence of the first paragraph on one line, at most MAX_SENTENCE characters; a heading is none."""
    paragraph = _BREAK.split(text.strip()[: 8 * MAX_SENTENCE], maxsplit=1)[0]
    sentence = _END_OF_SENTENCE.split(" ".join(paragraph.split()), maxsplit=1)[0]
    return "" if sentence.rstrip(":") in _HEADINGS else shorten(sentence, MAX_SENTENCE)


class Later(Sequence[Definition]):
    """Definitions that are looked for when they are asked for: of most files only the documentation is read."""

    def __init__(self, find: Callable[[], Iterable[Definition]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[Definition, ...]:
        return tuple(self._find())

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Definition: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Definition]: ...
    def __getitem__(self, index: int | slice) -> Definition | Sequence[Definition]:
        return self._found[index]


def spoken_for(path: str, outline: Outline, text: bytes) -> Outline:
    """The outline; where the file says nothing of itself, what is said of the definition that is called like it."""
    if outline.doc:
        return outline
    name = path.rpartition("/")[2]
    stems = {plain_name(name.partition(".")[0]), plain_name(name.rpartition(".")[0])}
    if not mentions(text, stems):
        return outline
    named = (each.doc for each in outline.definitions if plain_name(each.name.rpartition("::")[2]) in stems)
    return replace(outline, doc=next(filter(None, named), ""))


def mentions(text: bytes, stems: Iterable[str]) -> bool:
    """Whether a name that `plain_name` makes one of `stems` can stand in a text. Most files never name themselves."""
    plain = text.lower().translate(None, b"_-.")
    return any(not stem.isascii() or stem.encode() in plain for stem in stems)


def plain_name(name: str) -> str:
    """`userservice` for UserService, user_service, user-service and user.service."""
    return name.replace("_", "").replace("-", "").replace(".", "").lower()


def one_line(text: str, limit: int = MAX_SIGNATURE) -> str:
    """`text` with every run of white space as one space, and none inside brackets' edges."""
    joined = " ".join(text.split())
    for loose, tight in (("( ", "("), (",)", ")"), (", )", ")"), (" )", ")"), ("[ ", "["), (" ]", "]")):
        joined = joined.replace(loose, tight)
    return shorten(joined, limit)


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


class Lines:
    """Line numbers, from 1, of ascending offsets: one pass over the text, whatever the number of questions."""

    def __init__(self, data: bytes) -> None:
        self._data, self._offset, self._line = data, 0, 1

    def at(self, offset: int) -> int:
        self._line += self._data.count(b"\n", self._offset, offset)
        self._offset = max(offset, self._offset)
        return self._line


_STARS = re.compile(r"^[ \t]*\*+[ \t]?", re.MULTILINE)
_TAGS = re.compile(r"\n\s*@|\A\s*@")
_COMMENT_BYTES = 8000
_COMMENT_LINES = 300


def doc_above(text: bytes, start: int) -> str:
    """First sentence of the `/** ... */` that ends right above the line of `start`; empty where there is none."""
    line = text.rfind(b"\n", 0, start) + 1
    above = text[max(0, line - _COMMENT_BYTES) : line].rstrip()
    if not above.endswith(b"*/"):
        return ""
    opened = above.rfind(b"/**")
    return "" if opened < 0 or b"*/" in above[opened:-2] else comment_sentence(above[opened + 3 : -2])


def lines_above(text: bytes, start: int, mark: bytes = b"#") -> str:
    """First sentence of the comment lines that begin with `mark` and end right above the line of `start`."""
    found: list[bytes] = []
    end = text.rfind(b"\n", 0, start)
    while end > 0 and len(found) < _COMMENT_LINES:
        begin = text.rfind(b"\n", 0, end) + 1
        line = text[begin:end].strip()
        if not line.startswith(mark):
            break
        found.append(line.lstrip(mark))
        end = begin - 1
    return first_sentence(_TAGS.split(b"\n".join(reversed(found)).decode("utf-8", "replace"), maxsplit=1)[0])


def comment_sentence(inner: bytes) -> str:
    """First sentence of what stands between `/**` and `*/`, without its stars and its tags (`@param`)."""
    plain = _STARS.sub("", inner.decode("utf-8", "replace"))
    return first_sentence(_TAGS.split(plain, maxsplit=1)[0])


_BRACKETS = re.compile(
    rb"[(\[{}\])=;\n]|\"[^\"\\\n]*+(?>(?:\\.[^\"\\\n]*+)*)\"|'[^'\\\n]*+(?>(?:\\.[^'\\\n]*+)*)'"
    rb"|/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)\*/|//[^\n]*+"
)
_BEFORE_TYPE = (b"=", b":", b"|", b"&", b"<", b",", b"=>", b"?")
_OPERATOR = re.compile(rb"\s*+[{|&:=?]")
_SIGNATURE_BYTES = 2000
_SIGNATURE_MARKS = 120
"""Brackets, line breaks and strings: what has more, or no end, is cut at its first line."""


def end_of_signature(text: bytes, start: int, stops: bytes = b"{;") -> int:
    """The offset of the brace, or other stop, that ends what is declared at `start`; of the line's end without one.

    A brace that follows a colon, a bar or a comma belongs to a type and is skipped with all that it holds; a line
    break is no stop before a brace or an operator.
    """
    depth = 0
    line_end = -1
    for match in islice(_BRACKETS.finditer(text, start, start + _SIGNATURE_BYTES), _SIGNATURE_MARKS):
        mark = match[0]
        if depth == 0 and mark in stops and not _goes_on(text, start, match):
            return match.start()
        if mark in b"([{":
            depth += 1
        elif mark in b")]}":
            depth -= 1
            if depth < 0:
                return match.start()
        elif mark == b"\n" and depth == 0 and line_end < 0:
            line_end = match.start()
    return line_end if line_end >= 0 else min(len(text), start + _SIGNATURE_BYTES)


def _goes_on(text: bytes, start: int, match: re.Match[bytes]) -> bool:
    if match[0] == b"{":
        return text[start : match.start()].rstrip().endswith(_BEFORE_TYPE)
    return match[0] == b"\n" and _OPERATOR.match(text, match.end()) is not None
