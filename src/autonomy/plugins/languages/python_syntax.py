"""The lexical grammar of Python's strings and comments, and what tells that a file does not parse. Pure."""

import re

_LEXEME = re.compile(
    rb"#[^\n]*+"
    rb'|"""(?>(?:[^"\\]++|\\.|"(?!""))*)(?P<double>""")?'
    rb"|'''(?>(?:[^'\\]++|\\.|'(?!''))*)(?P<single>''')?"
    rb'|"(?>(?:[^"\\\n]++|\\.)*)"?'
    rb"|'(?>(?:[^'\\\n]++|\\.)*)'?"
    rb"|\\\r?\n",
    re.DOTALL,
)
_COOKIE = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*coding[:=][ \t]*([-\w.]+)")
_UTF8 = frozenset({b"utf-8", b"utf8", b"utf_8", b"ascii", b"us-ascii"})
_BLANK = bytes(byte if byte == 10 else 32 for byte in range(256))
_OLD_OR_TORN = re.compile(
    rb"\n(?:[ \t]*+(?:(?:print|exec)[ \t]+[\"'\w]|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:|raise[ \t]+[\w.]+,)"
    rb"|<<<<<<< |>>>>>>> )"
)
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
_TINY, _GLANCED = 512, 4096
_NEVER_PARSED = 1 << 20
"""Bytes. The parser needs some 60 times a file's size in memory."""
_FILE = "<autonomy>"


def mask(data: bytes) -> tuple[bytes, int]:
    """`data` with strings, comments and line continuations blanked, every other byte at its place.

    The second value is where a triple-quoted string begins that has no end, or -1.
    """
    unterminated = -1

    def blank(match: re.Match[bytes]) -> bytes:
        nonlocal unterminated
        text = match[0]
        if text[:3] in (b'"""', b"'''") and not (match["double"] or match["single"]):
            unterminated = match.start()
        return b" " * len(text) if text[0] == 92 else text.translate(_BLANK)

    return _LEXEME.sub(blank, data), unterminated


def undecodable(data: bytes) -> str:
    """Why `data` is not text in the encoding that Python takes it for; only UTF-8, the default, is checked."""
    cookie = _COOKIE.match(data)
    if cookie is not None and cookie[1].lower() not in _UTF8:
        return ""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"line {data.count(10, 0, error.start) + 1}: not UTF-8"
    return ""


def problem_at_sight(data: bytes) -> str:
    """The part of `problem_of` that every scan can afford: very small files, and small ones with an open bracket."""
    if not data.strip() or len(data) > _GLANCED:
        return ""
    return _verdict(data) if len(data) <= _TINY or _unbalanced(data) else ""


def problem_of(data: bytes) -> str:
    """Why `data` does not parse, or an empty text. Only small and odd-looking files meet the parser."""
    if len(data) > _NEVER_PARSED:
        return ""
    if len(data) <= _TINY or _unbalanced(data) or _OLD_OR_TORN.search(data):
        return _verdict(data)
    return ""


def _unbalanced(data: bytes) -> bool:
    """Brackets in strings and comments are discounted only where the plain counts differ."""
    if all(data.count(left) == data.count(right) for left, right in _BRACKETS):
        return False
    code, unterminated = mask(data)
    return unterminated >= 0 or any(code.count(left) != code.count(right) for left, right in _BRACKETS)


def _verdict(data: bytes) -> str:
    import ast
    import warnings

    # The parser warns of `"\d"` on stderr; only warnings that carry our made-up file name are silenced.
    warnings.filterwarnings("ignore", module=_FILE)
    try:
        ast.parse(data, _FILE)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return f"too much for the parser: {type(error).__name__}" if not str(error) else str(error)
    return ""
