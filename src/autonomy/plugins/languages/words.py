"""Code without comments and strings, and the words in it: what languages with braces share. Pure, linear, total."""

import re

MAX_WORD = 120
"""Longer identifiers are data, not names."""

# Every branch but the single character matches wherever it begins, so an opener without an end costs one pass and
# not one pass each: a million `/*` are as cheap as one.
BLOCK_COMMENT = rb"/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)(?:\*/)?"
LINE_COMMENT = rb"//[^\n]*+"
TEXT_BLOCK = rb'"""(?>(?:[^"]++|"(?!""))*)(?>(?:""")?)'
STRING = rb'"[^"\\\n]*+(?>(?:\\.[^"\\\n]*+)*)"?'
CHARACTER = rb"'(?:[^'\\\n]|\\.)'"

NOISE = re.compile(b"|".join([BLOCK_COMMENT, LINE_COMMENT, TEXT_BLOCK, STRING, CHARACTER]), re.DOTALL)
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$")
_TABLE = bytes(byte if byte in _WORD_BYTES or byte >= 0x80 else 32 for byte in range(256))
_OPENERS = bytes(0xFF if byte in b"(<" else _TABLE[byte] for byte in range(256))
_PATH_TABLE = bytes(58 if byte == 58 else 32 if byte == 46 else _TABLE[byte] for byte in range(256))


def text_of(data: bytes) -> bytes:
    """`data` as UTF-8 without byte order mark, where its mark says that it is UTF-16 (Visual Studio writes such)."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def code_of(data: bytes, noise: re.Pattern[bytes] = NOISE) -> bytes:
    """`data` with each comment, string and character replaced by a quote, which no word and no path holds."""
    return noise.sub(b"'", data)


def words_of(code: bytes) -> set[str]:
    """The distinct words of `code`, dotted chains in one piece: `a.b.C`, `run`, `.close` (after a bracket)."""
    return set(code.translate(_TABLE).decode("utf-8", "replace").split())


def calls_of(code: bytes) -> tuple[set[str], set[str]]:
    """The words of `code`, and the last names of those before a bracket, a block or type arguments: `run(`, `run {`."""
    # An opener sticks to the word before it, so that one split tells calls from other words.
    marked = code.replace(b" {", b"(").translate(_OPENERS).replace(b"\xff", b"\xff ")
    words = set(marked.split())
    calls = {word[:-1].rpartition(b".")[2] for word in words if word.endswith(b"\xff")}
    plain = b" ".join(words).replace(b"\xff", b"")
    return set(plain.decode("utf-8", "replace").split()), set(b" ".join(calls).decode("utf-8", "replace").split())


def paths_of(code: bytes) -> set[str]:
    """The distinct paths of `code` in the manner of Rust: `a::b::C`."""
    words = set(code.translate(_PATH_TABLE).decode("utf-8", "replace").split())
    return {path for word in words if "::" in (path := word.strip(":"))}
