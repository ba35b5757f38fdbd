"""Documentation and public definitions of a source file in a language with braces: the frame that they share.

A language says where definitions stand in its code; this module adds line, signature and documentation. Pure, linear.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple, overload

from autonomy.model import Definition, Outline
from autonomy.plugins.languages.prose import Lines, first_sentence, mentions, one_line, plain_name
from autonomy.plugins.languages.words import text_of

MAX_BYTES = 1 << 18
"""Bytes of a file that are outlined."""

MAX_DEFINITIONS = 400
"""Files with more are tables: nobody reads them by their outline."""

LOOKED_AT = 10 * MAX_DEFINITIONS
"""Definitions that are looked for at most; finding where a signature ends takes its time."""

HEAD = 6000
"""Bytes in which the documentation of a file begins."""

MAX_COMMENTS = 4
"""Comments at the top of a file in which it may speak of itself."""

LICENCES = 256
"""Comments that are remembered: most files of a repository begin with one of a few."""

WINDOW = 3000
"""Bytes before a definition in which its documentation begins."""

MAX_HEADER = 1500
"""Bytes of a signature that are looked at."""

_DECLARED = re.compile(r"\b(class|interface|enum|record|struct|delegate)\s+(?:class\s+|struct\s+)?(\w+)")
_PARAMETERS = re.compile(r"<[^<>]*+>\s*\Z")
_TURN = re.compile(rb"[\[\](){};=\n]")
_BLANK = bytes(byte if byte == 10 else 32 for byte in range(256))
_COMMENT = re.compile(rb"/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)\*/|(?://[^\n]*+\n[ \t]*+)+")
_LEGAL = ("copyright", "license", "licence", "spdx-", "rights reserved", "permission is hereby",
          "redistribution and use", "warranty")  # fmt: skip
_RIGHTS = re.compile(r"\bgpl|\(c\) \d{4}")
_WRITERS = re.compile(r"(?:authors?|contributors?|maintainers?|written by)\b")
_FRAME = re.compile(r"^[ \t]*(?:/\*[*!]*|\*+/|//[/!]*|\*+)?[ \t]?", re.MULTILINE)
_RULE = re.compile(r"(?:\*+/|[-=*_/]{4,})[ \t]*$", re.MULTILINE)
_DIRECTIVE = re.compile(r"^//(?:go:| ?\+build|nolint|line |export )[^\n]*", re.MULTILINE)
_TAG = re.compile(
    r"<see(?:also)? \w+=\"(?:\w:)?([^\"]*)\"[^>]*>|\{@\w+ ([^}]*)\}|<(?:param|returns)\b.*|</?\w[^<>]*>", re.DOTALL
)
_FILE_NAME = re.compile(
    r"\A(?:-\*-[^\n]*-\*-\s*)?(?:(?:[Ff]ile(?:name)?:?\s+)?(?:[\w./+-]+/)?[\w+-]+\.\w{1,4}\s*(?:$|[:-]+\s+))?"
)
_SIGNS = b" \t\r/*!-=_"
"""A line of nothing else stands between two paragraphs of a comment."""
_INDENT = re.compile(rb"\s*+")
_PREAMBLE = (b"#!", b"#pragma", b"#ifndef", b"#define", b"package", b"<?", b"#![", b"'use")
_HEADING = (b"#", b"package", b"import", b"using", b"use ", b"namespace", b"extern", b"module", b"/", b"<", b"!")
_ATTRIBUTES = (b"@", b"#[", b"[", b"template", b"__attribute__", b")", b"#if", b"#endif", b"#pragma")


class Found(NamedTuple):
    """A definition in the code: from its first byte to the one after its signature."""

    start: int
    end: int
    kind: str
    name: str


def declared(code: bytes, start: int, end: int) -> Iterator[Found]:
    """The definition of a header in the manner of Java and C#: `public static int size(`, `sealed class Foo<T>`."""
    header = code[start:end]
    if header.count(b"(") > header.count(b")"):
        end = signature_end(code, start)
    before, bracket, _ = header.decode("utf-8", "replace").partition("(")
    match = _DECLARED.search(before)
    if match:
        yield Found(start, end, match[1], match[2])
        return
    words = _PARAMETERS.sub("", before).split()
    if len(words) > 1 and words[-1].isidentifier():
        yield Found(start, end, "method" if bracket else "field", words[-1])


def signature_end(code: bytes, start: int, stops: bytes = b"{;=") -> int:
    """Where the signature that begins at `start` ends: before the first of `stops` outside of brackets, and blanks."""
    depth = 0
    for match in _TURN.finditer(code, start, start + MAX_HEADER):
        turn = match[0]
        if turn in b"([":
            depth += 1
        elif turn in b")]":
            depth -= 1
        if depth < 0 or (depth == 0 and turn in stops):
            return start + len(code[start : match.start()].rstrip())
    return start + len(code[start : start + MAX_HEADER].rstrip())


def prepared(data: bytes) -> bytes:
    """The text of a file after a line feed of our own, so that each line, also the first one, has one before it."""
    return b"\n" + text_of(data[:MAX_BYTES])


def blanked(text: bytes, noise: re.Pattern[bytes]) -> bytes:
    """The code of a `prepared` text: comments and strings are blank, every other byte is in its place."""
    return noise.sub(lambda match: match[0].translate(_BLANK), text)


def outline_of(path: str, text: bytes, find: Callable[[], Iterable[Found]], doc: str) -> Outline:
    """The outline of a `prepared` text. Without a `doc`, what is called like the file speaks for it."""
    definitions = _Definitions(text, find)
    return Outline(doc or _namesake(path, text, definitions), definitions)


def _namesake(path: str, text: bytes, definitions: "_Definitions") -> str:
    """What is said of the definition that is called like the file."""
    stem = plain_name(path.rpartition("/")[2].partition(".")[0])
    if not mentions(text, [stem]):
        return ""
    starts = (each.start for each in definitions.found if plain_name(each.name) == stem)
    return next((said for said in (documentation(text, start) for start in starts) if said), "")


class _Definitions(Sequence[Definition]):
    """Definitions that are looked for, and written down, when they are asked for: most readers want the first few."""

    def __init__(self, text: bytes, find: Callable[[], Iterable[Found]]) -> None:
        self._text, self._find = text, find

    @cached_property
    def found(self) -> Sequence[Found]:
        return sorted(islice(self._find(), LOOKED_AT))[:MAX_DEFINITIONS]

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> Definition: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Definition]: ...
    def __getitem__(self, index: int | slice) -> Definition | Sequence[Definition]:
        if isinstance(index, slice):
            return self._written(self.found[index])
        return self._written([self.found[index]])[0]

    def _written(self, found: Sequence[Found]) -> tuple[Definition, ...]:
        text, lines = self._text, Lines(self._text)
        return tuple(
            Definition(
                name=each.name,
                kind=each.kind,
                line=lines.at(each.start) - 1,
                signature=one_line(text[each.start : each.end].decode("utf-8", "replace")),
                doc=documentation(text, each.start),
            )
            for each in found
        )


def documentation(data: bytes, start: int) -> str:
    """The first sentence of the comment right above the definition at `start`, annotations between them left out."""
    if data.startswith(b"\n\n", start - 2):
        return ""
    above = data[max(0, start - WINDOW) : data.rfind(b"\n", 0, start) + 1]
    for _ in range(12):
        line = above[above.rfind(b"\n", 0, len(above) - 1) + 1 :].strip()
        if not line.startswith(_ATTRIBUTES):
            break
        above = above[: above.rfind(b"\n", 0, len(above) - 1) + 1]
    above = above.rstrip(b" \t\r")
    body = above.rstrip()
    if above.count(b"\n", len(body)) > 1:
        return ""
    if body.endswith(b"*/"):
        return sentence(body[body.rfind(b"/*") :])
    end = len(body)
    while end > 0:
        begin = body.rfind(b"\n", 0, end) + 1
        if not body[begin:end].lstrip().startswith(b"//"):
            break
        end = begin - 1
    return sentence(body[end + 1 :])


def head_documentation(data: bytes) -> str:
    """The first sentence of the comments at the top of a file that speaks of more than its name and its licence.

    What stands right above a definition speaks of that definition.
    """
    head = data[:HEAD]
    position = 0
    for _ in range(MAX_COMMENTS):
        match = _COMMENT.match(head, _past_preamble(head, position))
        if not match:
            break
        position = match.end()
        below = data[position : position + 80].removeprefix(b"\r").removeprefix(b"\n")
        if below[:1].strip() and not below.startswith(_HEADING) and not match[0].endswith(b"\n"):
            break
        if said := _said(match[0]):
            return said
    return ""


@lru_cache(LICENCES)
def _said(comment: bytes) -> str:
    """The first sentence of a comment that speaks of more than a name and a licence; empty where none does."""
    for paragraph in _paragraphs(comment):
        text = _FILE_NAME.sub("", paragraph, count=1)
        if len(text) > 4 and " " in text and not _is_legal(text):
            return first_sentence(text)
    return ""


def _past_preamble(head: bytes, position: int) -> int:
    """Where the first line from `position` on begins, without its blanks, that neither is empty nor opens a file."""
    while match := _INDENT.match(head, position):
        if not head.startswith(_PREAMBLE, match.end()):
            return match.end()
        position = head.find(b"\n", match.end())
        if position < 0:
            break
    return len(head)


def _paragraphs(comment: bytes) -> Iterator[str]:
    """The paragraphs of a comment as `plain` has them, one by one: what is sought mostly stands at the beginning."""
    lines: list[bytes] = []
    for line in comment.splitlines():
        if line.strip(_SIGNS):
            lines.append(line)
        elif lines:
            yield plain(b"\n".join(lines))
            lines = []
    if lines:
        yield plain(b"\n".join(lines))


def plain(comment: bytes) -> str:
    """The text of a comment without its frame, tags and links."""
    text = comment.decode("utf-8", "replace").replace("\r", "")
    text = _RULE.sub("", _FRAME.sub("", _DIRECTIVE.sub("", text) if "//" in text else text))
    if "<" in text or "{@" in text:
        text = _TAG.sub(lambda match: match[1] or match[2] or "", text)
    return text.strip().removeprefix("@return ")


def sentence(comment: bytes) -> str:
    """The first sentence of a comment, with its frame; none where it speaks of rights."""
    text = plain(comment) if comment else ""
    return "" if _is_legal(text[:200]) else first_sentence(text)


def _is_legal(text: str) -> bool:
    """Whether it speaks of rights, or of who wrote the file."""
    lower = text.lower()
    if any(words in lower for words in _LEGAL):
        return True
    return _WRITERS.match(lower) is not None or (("gpl" in lower or "(c)" in lower) and bool(_RIGHTS.search(lower)))
