"""Ruby: `require` and its kin by path, constants by the classes and modules that declare them.

References are spelled `require a/b`, `relative ../a` (also `load`), `A::B` (a constant, as written); an `autoload`
with a path is both. A file declares the classes and modules that it opens, by their full names: nesting is told by
indentation, as every formatter writes it.
"""

import re
from collections.abc import Iterator
from itertools import islice, takewhile

from autonomy.model import Definition, Extract, Outline
from autonomy.plugins.languages.outlines import MAX_DEFINITIONS
from autonomy.plugins.languages.prose import (
    Lines,
    end_of_signature,
    first_sentence,
    lines_above,
    one_line,
    spoken_for,
)
from autonomy.plugins.languages.ruby_constants import resolver
from autonomy.plugins.languages.words import MAX_WORD, text_of
from autonomy.protocols import Resolve, Territory

_NOISE = re.compile(
    rb"\n=begin\b.*?(?:\n=end\b|\Z)|\n__END__\r?\n.*+|#(?!\{)[^\n]*+"
    rb"|\"(?>(?:[^\"\\\n#]++|\\.|#(?!\{))*)\"?|'(?>(?:[^'\\\n]++|\\.)*)'?",
    re.DOTALL,
)
_REQUIRE = re.compile(rb"require(?<![\w.:]require)(_relative|_dependency)?[ \t(]++['\"]([^'\"\n#]++)['\"]")
_LOAD = re.compile(rb"load(?<![\w.:]load)[ \t(]++['\"]([^'\"\n#]++)(?<=\.rb)['\"]")
_AUTOLOAD = re.compile(rb"autoload[ \t(]++:(\w++)[ \t]*+(?:,[ \t\n]*+['\"]([^'\"\n#]++)['\"])?")
_CLASS_NAME = re.compile(rb"class_name:?[ \t]*+(?:=>)?[ \t]*+['\"](?:::)?([A-Z][\w:]*+)['\"]")
_OPENED = re.compile(
    rb"\n([ \t]*+)(?:(?:class|module)[ \t]++(?:::)?([A-Z][\w:]*+)"
    rb"|([A-Z](?=[A-Z0-9]*+[a-z])\w*+)[ \t]*+=[ \t]*+[A-Z])"
)
_DEFINED = re.compile(
    rb"\n([ \t]*+)(?:(private|protected)(?=[ \t]*+\n)|(?:(?:private_class_method|public|memoize)[ \t]++)?"
    rb"(class|module|def)[ \t]++((?:self\.)?[A-Za-z_\x80-\xff][\w:\x80-\xff]*+[?!=]?))"
)
_FIRST = re.compile(
    rb"\s*+(?>(?:#(?:!|[ \t]*(?:frozen_string|-\*-|encoding|coding|typed:|:markup:))[^\n]*\n\s*+)*)"
    rb"((?>(?:[ \t]*#[^\n]*\n)+))\s*\n"
)
_HASHES = re.compile(r"^[ \t]*#+[ \t]?", re.MULTILINE)
_BLANK = bytes(byte if byte == 10 else 32 for byte in range(256))
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:")
_TABLE = bytes(byte if byte in _WORD_BYTES else 32 for byte in range(256))
_LINE = 200
_DEPTH = 12
"""Modules deeper than this are a generator's joke."""
_CORE = frozenset(
    """
    ArgumentError Array BasicObject Binding Class Comparable Complex DATA Data Date DateTime Dir ENV EOFError Encoding
    Enumerable Enumerator Errno Exception FalseClass Fiber File FileTest FileUtils Float FrozenError GC Hash IO
    IOError IndexError Integer Kernel KeyError Lazy LoadError LocalJumpError Logger Marshal MatchData Math Method
    Module Monitor Mutex NameError NilClass NoMethodError NotImplementedError Numeric Object ObjectSpace OpenStruct
    Pathname Proc Process Queue Random Range RangeError Rational Regexp RuntimeError Set Signal StandardError
    StopIteration String StringIO Struct Symbol SystemExit Thread ThreadError Time Timeout TracePoint TrueClass
    TypeError UnboundMethod
    """.split()
)


class Ruby:
    name = "ruby"
    family = "ruby"
    suffixes = frozenset({".rb", ".rake", ".gemspec", ".ru"})
    manifests = frozenset({"Rakefile", "Gemfile"})

    def extract(self, path: str, data: bytes) -> Extract:
        text = b"\n" + text_of(data)
        code = _NOISE.sub(b"'", text)
        declares = dict.fromkeys(_opened(code))
        own = {name.rpartition("::")[2] for name in declares}
        constants = sorted((_constants(code) | _named(text)) - own)
        return Extract(tuple(dict.fromkeys([*_required(text), *constants])), tuple(declares))

    def resolver(self, territory: Territory) -> Resolve:
        return resolver(territory)

    def outline(self, path: str, data: bytes) -> Outline:
        text = b"\n" + text_of(data)
        return spoken_for(path, _outline(text), text)


RUBY = Ruby()


def _required(text: bytes) -> Iterator[str]:
    for pattern in (_REQUIRE, _LOAD):
        for match in pattern.finditer(text):
            kind = "relative" if match[1] == b"_relative" else "require"
            if not _commented(text, match.start()):
                yield f"{kind} {match[match.lastindex or 0].decode('utf-8', 'replace')}"
    for match in _AUTOLOAD.finditer(text):
        if match[2] is not None and not _commented(text, match.start()):
            yield f"require {match[2].decode('utf-8', 'replace')}"


def _commented(text: bytes, start: int) -> bool:
    """Whether a `#` stands before `start` in its line, as far as it is worth looking back."""
    begin = max(0, start - _LINE)
    return b"#" in text[max(begin, text.rfind(b"\n", begin, start)) : start]


def _named(text: bytes) -> set[str]:
    """Constants that stand in symbols and strings: `autoload :Foo`, `class_name: "Foo"`."""
    names = {match[1] for match in _AUTOLOAD.finditer(text)} | set(_CLASS_NAME.findall(text))
    return {name.decode("utf-8", "replace") for name in names if name[:1].isupper()}


def _constants(code: bytes) -> set[str]:
    """Constants by their full written names; what follows a class as `::method` is cut off."""
    found = set()
    for word in set(code.translate(_TABLE).decode("ascii").split()):
        if word[0] == ":" and not word.startswith("::"):
            continue
        name = word.strip(":")
        if name[:1].isupper() and len(name) <= MAX_WORD and not _is_shout(name) and name not in _CORE:
            found.add("::".join(takewhile(_is_constant, name.split("::"))))
    return found


def _is_shout(name: str) -> bool:
    """`AND` and `MAX_SIZE` are a word of SQL and a value, hardly a class."""
    return name.isupper() and "::" not in name


def _is_constant(name: str) -> bool:
    return name[:1].isupper()


def _opened(code: bytes) -> Iterator[str]:
    """Full names of the classes and modules that `code` opens; one is inside another that is indented less."""
    nesting: list[tuple[int, str]] = []
    for match in _OPENED.finditer(code):
        indent = len(match[1])
        while nesting and nesting[-1][0] >= indent:
            nesting.pop()
        if len(nesting) < _DEPTH:
            name = (match[2] or match[3]).decode("ascii").strip(":")
            nesting.append((indent, f"{nesting[-1][1]}::{name}" if nesting else name))
            yield nesting[-1][1]


def _outline(text: bytes) -> Outline:
    code = _NOISE.sub(_blanked, text)
    lines, nesting, found = Lines(text), _Nesting(), []
    for match in islice(_DEFINED.finditer(code), MAX_DEFINITIONS):
        start, indent = match.start(3), len(match[1])
        if match[2]:
            nesting.hide(indent)
            continue
        word = match[4].decode("utf-8", "replace")
        name = nesting.method(indent, word) if match[3] == b"def" else nesting.enter(indent, word)
        if name:
            kind = "method" if match[3] == b"def" else match[3].decode()
            signature, _, remark = text[start : end_of_signature(text, match.end(), b"\n;")].partition(b" #")
            if b":nodoc:" in remark:
                continue
            # The first line break is not the file's, so the number is one too high.
            found.append(
                Definition(
                    name,
                    kind,
                    lines.at(start) - 1,
                    one_line(signature.decode("utf-8", "replace")),
                    lines_above(text, start),
                )
            )
    return Outline(_module_doc(text), tuple(found))


def _blanked(match: re.Match[bytes]) -> bytes:
    return match[0].translate(_BLANK)


def _module_doc(text: bytes) -> str:
    """The first comment, past magic comments, if an empty line or a `require` keeps it apart from what it precedes."""
    first = _FIRST.match(text)
    if first is None or b"opyright" in first[1]:
        return ""
    return first_sentence(_HASHES.sub("", first[1].decode("utf-8", "replace")))


class _Nesting:
    """The classes and modules around a definition, and whether `private` stood among its neighbours."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self._hidden = self._method = -1

    def _leave(self, indent: int) -> str:
        while self._open and self._open[-1][0] >= indent:
            self._open.pop()
        if indent < self._hidden:
            self._hidden = -1
        return self._open[-1][1] if self._open else ""

    def hide(self, indent: int) -> None:
        self._leave(indent)
        self._hidden = indent

    def enter(self, indent: int, word: str) -> str:
        outer = self._leave(indent)
        if len(self._open) >= _DEPTH:
            return ""
        self._open.append((indent, f"{outer}::{word}" if outer else word))
        self._method = -1
        return self._open[-1][1]

    def method(self, indent: int, word: str) -> str:
        """Its full name, `A::B#c` or `A::B.c`; empty where it is private or inside another method."""
        outer = self._leave(indent)
        if 0 <= self._method < indent or (0 <= self._hidden <= indent and not word.startswith("self.")):
            return ""
        self._method = indent
        if word.startswith("self."):
            return f"{outer}.{word[5:]}" if outer else word
        return f"{outer}#{word}" if outer else word
