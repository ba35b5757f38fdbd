"""Text that every language's outline needs: sentences, one-line signatures, line numbers. Pure."""

import re

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
