"""Python: imports by byte search, the exact lexer where a string may hide them, the parser where a file looks broken.

A search finds the word `import`, and an anchored pattern reads the statement around it: some 20 µs per file where
`ast` takes 3,000. The search is sure of a statement when an even number of triple quotes stands before it and no
line continuation touches it; otherwise strings and comments are blanked by a lexer and the search is run again.

`extract` reports what costs little to see: NUL, bytes that are not UTF-8, a string without end that the lexer met,
and what the real parser says of files up to 512 bytes, or up to 4 kB with an open bracket. `outline` asks the parser
about all that look broken: brackets that do not balance, a signature that cannot be read, Python 2, conflict
markers. Files of a megabyte and more never meet the parser, which needs 60 times their size.

References are spelled `a.b` (import a.b), `a.b:c,d` (from a.b import c, d), `..a:b` (relative), `a:*`. A package's
`__init__` and modules that define nothing declare what they re-export: `name=.module:original`, `*=.module`;
other modules declare the names of a literal `__all__`.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence, Set

from autonomy.model import Definition, Extract, Outline
from autonomy.plugins.languages.prose import Later, Lines, first_sentence, one_line, spoken_for
from autonomy.plugins.languages.python_modules import resolver
from autonomy.plugins.languages.python_syntax import mask, problem_at_sight, problem_of, undecodable
from autonomy.protocols import Resolve, Territory

_STATEMENT = re.compile(
    rb"(?<!\\\n)(?<!\\\r\n)[ \t\f]*+"
    rb"(?:from(?:[ \t]++|(?=\.))(\.*+[ \t]*+[\w.\x80-\xff]*)[ \t]*+c?import\b[ \t]*+|c?import[ \t]++)"
    rb"(?:\\\r?\n[ \t]*+)?(?:\(((?>(?:[^()#]++|#[^\n]*+)*))\)|((?>(?:[^\n#;\\()]++|\\\r?\n)*)))"
)
_BETWEEN = re.compile(rb"[ \t]*+(?:from[ \t]++[\w.]++[ \t]++)?\Z")
_CALL = re.compile(rb"import(?:_module|__)\([ \t\r\n]*+(?:name[ \t]*=[ \t]*)?['\"]([\w.]++)['\"][ \t\r\n]*+[,)]")
_ALL = re.compile(rb"__all__[^=\n]*=[ \t]*[\[(]([^\])]*+)[\])]")
_QUOTED = re.compile(rb"['\"]([A-Za-z_]\w*+)['\"]")
_COMMENT = re.compile(rb"#[^\n]*")
_DOUBLE, _SINGLE = re.compile(rb'"""'), re.compile(rb"'''")
_BACKSLASH = 92
_SPACE = b" \t\r\n\f\\"
_HEAD = 300
"""How far back a `:` or `;` before an import on the same line is looked for: bounds the work on one endless line."""
_ALL_WITHIN = 1 << 13
"""`__all__` stands at the top, and a module that only re-exports is small: bytes to look at, at most."""

_DEFINITION = re.compile(rb"(?:\n|\A)([ \t]*+)(async[ \t]+def|def|class)[ \t]+([\w\x80-\xff]++)")
_SIGNATURE = re.compile(
    rb"[ \t]*+(?:\[[^\n#'\"\[\]]*+\])?(?:\([^\n#'\"(){}\[\]\\]*+\))?(?:[ \t]*->[^\n#'\"(){}:\\]*+)?[ \t]*:"
)
_TURN = re.compile(rb"[(\[{]|[)\]}]|:|\n|#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_DOC = re.compile(rb"[ \t]*+(?:#[^\n]*+)?\s*+[rRuU]?(\"\"\"|'''|[\"'])(.*?)(?:\1|\Z)", re.DOTALL)
_MODULE_DOC = re.compile(rb"(?>(?:\s++|#[^\n]*+)*)[rRuU]?(\"\"\"|'''|[\"'])(.*?)(?:\1|\Z)", re.DOTALL)
_DOC_BYTES = 1500
_SIGNATURE_BYTES = 4000
_CYTHON = (".pyx", ".pxd")
_NUL = "holds NUL bytes: no UTF-8 text"
_ENOUGH = 8
"""Signatures that cannot be read: after so many, the file is not worth the search."""


class Python:
    """Python source and stubs, Cython included."""

    name = "python"
    family = "python"
    suffixes = frozenset({".py", ".pyi", ".pyw", ".pyx", ".pxd"})
    manifests: frozenset[str] = frozenset()

    def extract(self, path: str, data: bytes) -> Extract:
        if b"\0" in data:
            return Extract(problem=_NUL)
        text = _plain(data)
        problem = "" if text.isascii() else undecodable(text)
        found = _statements(text, text, sure=False)
        if found is None:
            code, unterminated = mask(text)
            found = _statements(text, code, sure=True)
            if unterminated >= 0:
                problem = problem or f"line {text.count(10, 0, unterminated) + 1}: string without end"
        if not path.endswith(_CYTHON):
            problem = problem or problem_at_sight(text)
        return Extract(_references(found or ()), tuple(_declares(path, text, found or ())), problem)

    def resolver(self, territory: Territory) -> Resolve:
        return resolver(territory)

    def outline(self, path: str, data: bytes) -> Outline:
        if b"\0" in data:
            return Outline()
        text = _plain(data)
        return spoken_for(path, Outline(_sentence(_MODULE_DOC.match(text)), Later(lambda: _public_of(text))), text)

    def problem(self, path: str, data: bytes) -> str:
        if b"\0" in data:
            return _NUL
        text = _plain(data)
        return undecodable(text) or ("" if path.endswith(_CYTHON) else problem_of(text))


PYTHON = Python()


def _plain(data: bytes) -> bytes:
    """Without byte order mark, and with line feeds where a file knows only carriage returns."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    return text.replace(b"\r", b"\n") if b"\n" not in text else text


def _statements(data: bytes, code: bytes, sure: bool) -> list[re.Match[bytes]] | None:
    """Import statements of `code`, which is `data` or its mask, in order; None where only the mask can tell."""
    found: list[re.Match[bytes]] = []
    start = seen = 0
    tried = -1
    hit = code.find(b"import")
    while hit >= 0:
        newline = code.rfind(b"\n", seen, hit)
        if newline >= 0:
            start = newline + 1
        seen = hit + 6
        match = _STATEMENT.match(code, start) if start != tried else None
        if match is None:
            tried = start
            match = _elsewhere(data, code, start, hit)
            if not sure and _torn(code, start, match):
                return None
        if match is not None:
            found.append(match)
            start = match.end()
            if start > seen:
                seen = start
        hit = code.find(b"import", seen)
    return found if sure or not found or _outside_strings(code, found) else None


def _elsewhere(data: bytes, code: bytes, start: int, hit: int) -> re.Match[bytes] | None:
    """The import at `hit` that does not begin its line: after a colon or semicolon, or a call with a literal."""
    if code.startswith(b"_", hit + 6):
        return _CALL.match(data, hit)
    begin = max(start, hit - _HEAD)
    mark = max(code.rfind(b":", begin, hit), code.rfind(b";", begin, hit))
    return _STATEMENT.match(code, mark + 1) if mark >= 0 and _BETWEEN.match(code, mark + 1, hit) else None


def _torn(code: bytes, start: int, match: re.Match[bytes] | None) -> bool:
    """Whether the line continues another one, or holds a quote or a comment before the import that it ends with."""
    if match is None or match.re is _CALL:
        return code.endswith((b"\\\n", b"\\\r\n"), max(start - 3, 0), start)
    head = code[max(start, match.start() - _HEAD) : match.start()]
    return b'"' in head or b"'" in head or b"#" in head


def _outside_strings(code: bytes, found: Sequence[re.Match[bytes]]) -> bool:
    """Whether an even number of triple quotes stands before each statement, and the counting can be trusted.

    It can where no quote is escaped and an opening one follows no other quote and no comment.
    """
    last = found[-1].start()
    quotes = [match.start() for match in _DOUBLE.finditer(code, 0, last)]
    if single := [match.start() for match in _SINGLE.finditer(code, 0, last)]:
        quotes = _without_inner(code, sorted(quotes + single))
    for quote in quotes[::2]:
        begin = max(0, quote - _HEAD)
        head = code[max(begin, code.rfind(b"\n", begin, quote) + 1) : quote]
        if head.strip() and (b'"' in head or b"'" in head or b"#" in head):
            return False
    if any(code[quote - 1] == _BACKSLASH for quote in quotes):
        return False
    return not quotes or not any(bisect(quotes, match.start()) & 1 for match in found)


def _without_inner(code: bytes, quotes: Sequence[int]) -> list[int]:
    """Without the triple quotes that stand inside a string of the other kind."""
    kept: list[int] = []
    for quote in quotes:
        if len(kept) % 2 == 0 or code[quote] == code[kept[-1]]:
            kept.append(quote)
    return kept


def _references(found: Sequence[re.Match[bytes]]) -> tuple[str, ...]:
    references: dict[str, None] = {}
    for match in found:
        if match.re is _CALL:
            references[match[1].decode()] = None
            continue
        module, inner, plain = match.groups()
        listed = plain if inner is None else inner
        if module is None:
            references.update(dict.fromkeys(name for name, _ in _pairs(listed) if name.replace(".", "").isidentifier()))
            continue
        if b" as " in listed or b"#" in listed:
            listed = ",".join(name for name, _ in _pairs(listed)).encode()
        spelled = b"%b:%b" % (module, listed)
        references[spelled.translate(None, _SPACE).rstrip(b",").decode("utf-8", "replace")] = None
    return tuple(references)


def _pairs(listed: bytes) -> Iterator[tuple[str, str]]:
    """(name, its name here) of each item of `a, b as c  # comment`."""
    for item in _COMMENT.sub(b"", listed).replace(b"\\", b" ").decode("utf-8", "replace").split(","):
        if words := item.split():
            yield words[0], words[-1]


def _declares(path: str, text: bytes, found: Sequence[re.Match[bytes]]) -> dict[str, None]:
    """What may be imported from here by name: re-exports as `name=module:original`, names of `__all__` as they are."""
    declared: dict[str, None] = {}
    if _is_package(path) or (found and len(text) < _ALL_WITHIN and b"\ndef " not in text and b"\nclass " not in text):
        for match in found:
            if match.re is _STATEMENT and match[1]:
                module = match[1].translate(None, _SPACE).decode("utf-8", "replace")
                listed = match[3] if match[2] is None else match[2]
                for name, alias in _pairs(listed):
                    declared[f"*={module}" if name == "*" else f"{alias}={module}:{name}"] = None
    declared.update(dict.fromkeys(_listed(text)))
    return declared


def _is_package(path: str) -> bool:
    return path.endswith(("__init__.py", "__init__.pyi"))


def _listed(text: bytes) -> Iterator[str]:
    """The names of `__all__` where it is spelled out."""
    if text.find(b"__all__", 0, _ALL_WITHIN) >= 0:
        for match in _ALL.finditer(text):
            yield from (name.decode() for name in _QUOTED.findall(match[1]))


def _public(name: str, listed: Set[str]) -> bool:
    """By `__all__` where there is one, else by its underscore; a method follows its class, `__init__` is public."""
    owner, _, method = name.rpartition(".")
    if method.startswith("_") and not (owner and method == "__init__"):
        return method in listed
    top = owner or method
    return top in listed if listed else not top.startswith("_")


def _public_of(text: bytes) -> Iterator[Definition]:
    listed = frozenset(_listed(text))
    return (each for each in _definitions(text) if _public(each.name, listed))


def _definitions(text: bytes) -> list[Definition]:
    """Functions, classes and their methods, in order."""
    code, lines = text, Lines(text)
    if b'"""' in text or b"'''" in text:
        code, _ = mask(text)
    found: list[Definition] = []
    owner, depth, unreadable = b"", 0, 0
    for match in _DEFINITION.finditer(code):
        indent, keyword, name = match.groups()
        if not indent:
            owner, depth = (name if keyword == b"class" else b""), 0
        elif not owner or keyword == b"class" or (depth and len(indent) > depth):
            continue
        else:
            depth = len(indent)
        start = match.start(2)
        end = _end_of_signature(text, match.end()) if unreadable < _ENOUGH else -1
        unreadable += end < 0
        qualified = owner + b"." + name if indent else name
        doc = _DOC.match(text[end : end + _DOC_BYTES]) if end >= 0 else None
        kind = "method" if indent else "class" if keyword == b"class" else "function"
        signature = text[start : end - 1 if end > 0 else match.end()].decode("utf-8", "replace")
        found.append(
            Definition(qualified.decode("utf-8", "replace"), kind, lines.at(start), one_line(signature), _sentence(doc))
        )
    return found


def _end_of_signature(text: bytes, start: int) -> int:
    """The offset after the colon that ends the signature, -1 if there is none within reach."""
    if simple := _SIGNATURE.match(text, start):
        return simple.end()
    depth = 0
    for turn in _TURN.finditer(text, start, start + _SIGNATURE_BYTES):
        mark = turn[0]
        if mark in b"([{":
            depth += 1
        elif mark in b")]}":
            depth -= 1
        elif depth == 0 and mark in b":\n":
            return turn.end() if mark == b":" else -1
    return -1


def _sentence(doc: re.Match[bytes] | None) -> str:
    return first_sentence(doc[2].decode("utf-8", "replace")) if doc else ""
