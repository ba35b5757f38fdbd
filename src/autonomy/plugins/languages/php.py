"""PHP: classes by their full names, as `use` and `namespace` complete them; included files by path.

A name is completed as PHP does, so references are spelled in full: `A\\B\\Foo`, functions `a\\b()`, files
`file ./x.php` (`__DIR__ . '/x.php'`), `file */x.php` (behind a constant) and `file x.php`. Unimported functions
count only in files without a namespace, where they are all that ties legacy code together. Declared are classes,
functions, and what `composer.json` says of them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from autonomy.model import Definition, Extract, Outline
from autonomy.plugins.languages.outlines import MAX_DEFINITIONS
from autonomy.plugins.languages.php_names import resolver
from autonomy.plugins.languages.prose import (
    Lines,
    comment_sentence,
    doc_above,
    end_of_signature,
    one_line,
    spoken_for,
)
from autonomy.plugins.languages.words import BLOCK_COMMENT, LINE_COMMENT, MAX_WORD, text_of
from autonomy.protocols import Resolve, Territory

_NOISE = re.compile(
    rb"\?>[^<]*+(?>(?:<(?!\?(?:php|=|\s))[^<]*+)*)(?:<\?(?:php|=)?)?"
    rb"|" + BLOCK_COMMENT + rb"|" + LINE_COMMENT + rb"|#(?!\[)[^\n]*+"
    rb"|\"(?>(?:[^\"\\]++|\\.)*)\"?|'(?>(?:[^'\\]++|\\.)*)'?"
    rb"|<<<[ \t]*+['\"]?(\w++)['\"]?\r?\n(?:.*?\n[ \t]*+\1\b|.*+)",
    re.DOTALL,
)
_NAMESPACE = re.compile(rb"namespace\s++([\w\\\x80-\xff]++)\s*+[;{]")
_USE = re.compile(
    rb"use(?<![\w$>:\\]use)\s++(?:(function|const)\s++)?([\w\\\x80-\xff]++)\s*+"
    rb"(?:\{([^{};]*+)\}|((?>(?:\s++as\s|[\w\\\s,]|[\x80-\xff])*)))\s*+(;)?"
)
"""The semicolon may lack, so that no byte is read twice; without it there is no import."""
# What begins with a literal is searched for at the speed of memchr; what stands before it is looked at afterwards.
_TYPES = tuple(
    re.compile(word + rb"(?<=[\s;{}']" + word + rb")\s++([A-Za-z_\x80-\xff][\w\x80-\xff]*+)")
    for word in (b"class", b"interface", b"trait", b"enum")
)
_BEFORE_TYPE = re.compile(rb"[\n;{}'][ \t]*+(?>(?:(?:abstract|final|readonly)\s++)*)\Z")
_MODIFIERS = 80
"""Bytes before `class` in which its modifiers begin."""
_FUNCTION = re.compile(rb"function(?<=[ \t\n';}]function)\s++&?\s*+([A-Za-z_\x80-\xff][\w\x80-\xff]*+)\s*+\(")
_CALL = re.compile(rb"(?<![\w\\>:$\x80-\xff])([a-z_][\w\x80-\xff]*+)\(")
_NEW = re.compile(rb"new\s++(?!(?:class|self|static|parent)\b)([a-z_]\w*+)")
_OWN = re.compile(rb"function\s++&?\s*+([a-z_][\w\x80-\xff]*+)")
_INCLUDES = tuple(
    re.compile(
        word + rb"(?<![\w$>:'\"]" + word + rb")(?:_once)?\b[\s(]*+"
        rb"((?>(?:[\w:$>\[\]-]|\([^()\n]*+\))+)\s*+\.\s*+)?(?:[A-Z_]++\s*+\.\s*+)?['\"]([^'\"\n$]++)['\"]"
    )
    for word in (b"require", b"include")
)
_DEFINED = re.compile(
    rb"\n([ \t]*+)((?>(?:(?:abstract|final|readonly|public|private|protected|static)\s++)*)"
    rb"(class|interface|trait|enum|function)\s++&?)\s*+([A-Za-z_\x80-\xff][\w\x80-\xff]*+)"
)
_FIRST = re.compile(rb"<\?php\s++/\*\*?([^*]*+(?>(?:\*(?!/)[^*]*+)*))\*/[ \t\r]*\n([ \t\r]*\n)?")
_LICENCE = re.compile(rb"licen[sc]e|copyright|\(c\)", re.IGNORECASE)
_BLANK = bytes(byte if byte == 10 else 32 for byte in range(256))
_PATH = re.compile(r"[\w./@+-]*\.\w+")
_HERE = re.compile(rb"__DIR__|dirname\s*+\(\s*+__FILE__\s*+\)")
_LINE = 200
_ALIASED = 3
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\\$")
_TABLE = bytes(byte if byte in _WORD_BYTES or byte >= 0x80 else 32 for byte in range(256))
_NO_FUNCTION = frozenset(
    """
    and array catch die echo elseif empty eval exit fn for foreach function if include include_once isset list match
    or print require require_once return static switch unset use while xor
    """.split()
)


class Php:
    name = "php"
    family = "php"
    suffixes = frozenset({".php", ".phtml", ".inc", ".module", ".install", ".theme"})
    manifests = frozenset({"composer.json"})

    def extract(self, path: str, data: bytes) -> Extract:
        text = text_of(data)
        if path.rpartition("/")[2] in self.manifests:
            return _manifest(text)
        file = _File(_NOISE.sub(b"'", b"?>" + text))
        references = dict.fromkeys([*file.imported(), *sorted(file.used()), *_included(text)])
        return Extract(tuple(references), tuple(dict.fromkeys(file.declared)))

    def resolver(self, territory: Territory) -> Resolve:
        return resolver(territory)

    def outline(self, path: str, data: bytes) -> Outline:
        if path.rpartition("/")[2] in self.manifests:
            return Outline()
        text = text_of(data)
        return spoken_for(path, _outline(text), text)


PHP = Php()


class _File:
    """The names in one file, `code` being without comments and strings."""

    def __init__(self, code: bytes) -> None:
        self._types = sorted(_types(code))
        head = self._types[0][0] if self._types else len(code)
        space = _NAMESPACE.search(code)
        self._namespace = _text(space[1]).strip("\\") if space else ""
        # A `use` behind the first class names a trait, which is a word like any other.
        self._uses = [match for match in _USE.finditer(code, 0, head) if match[5]]
        self._code = _USE.sub(b";", code[:head]) + code[head:]
        if space:
            self._code = _NAMESPACE.sub(b";", self._code)
        self._aliases = {alias: name for kind, name, alias in self._imports() if not kind}

    def _imports(self) -> Iterator[tuple[str, str, str]]:
        """(`function`, `const` or nothing; full name; alias) of each imported name."""
        for kind, first, group, more, _ in (match.groups(b"") for match in self._uses):
            prefix = _text(first).strip("\\") if group else ""
            items = group if group else first + b" " + more
            for item in _text(items).split(","):
                words = item.split()
                own = words.pop(0) if words and words[0] in ("function", "const") else _text(kind)
                if words:
                    name = f"{prefix}\\{words[0]}".strip("\\")
                    yield own, name, words[-1] if len(words) == _ALIASED else name.rpartition("\\")[2]

    def imported(self) -> Iterator[str]:
        for kind, name, _ in self._imports():
            if kind != "const":
                yield f"{name}()" if kind else name

    def used(self) -> set[str]:
        words = set(_text(self._code.translate(_TABLE)).split())
        likely = [word for word in words if word[0].isupper() or "\\" in word]
        names = {self._complete(word) for word in likely if self._is_name(word)}
        names.update(self._complete(_text(word)) for word in _NEW.findall(self._code))
        if not self._namespace:
            calls = set(_CALL.findall(self._code)).difference(_OWN.findall(self._code), _NEW.findall(self._code))
            names.update(f"{call}()" for call in map(_text, calls) if call not in _NO_FUNCTION)
        return names.difference(self._aliases.values(), self.declared)

    def _is_name(self, word: str) -> bool:
        if "$" in word or len(word) > MAX_WORD:
            return False
        bare = word.strip("\\")
        if "\\" in bare:
            return True
        # `\strlen` and `\PHP_EOL` are of the language, `PHP_EOL` is hardly a class.
        return bare[:1].isupper() and (not bare.isupper() or bare in self._aliases)

    def _complete(self, word: str) -> str:
        if word[0] == "\\":
            return word.strip("\\")
        first, slash, rest = word.partition("\\")
        if first in self._aliases:
            return f"{self._aliases[first]}{slash}{rest}"
        word = rest if first == "namespace" else word
        return f"{self._namespace}\\{word}" if self._namespace else word

    @cached_property
    def declared(self) -> Sequence[str]:
        prefix = f"{self._namespace}\\" if self._namespace else ""
        return [
            *(prefix + _text(name) for _, name in self._types),
            *(f"{prefix}{_text(name)}()" for name in _functions(self._code, only_outside=bool(self._types))),
        ]


def _types(code: bytes) -> Iterator[tuple[int, bytes]]:
    """(where its line or statement begins, its name) of each type."""
    for pattern in _TYPES:
        for match in pattern.finditer(code):
            if before := _BEFORE_TYPE.search(code, max(0, match.start() - _MODIFIERS), match.start()):
                yield before.start(), match[1]


def _functions(code: bytes, *, only_outside: bool) -> Iterator[bytes]:
    """The names of functions, or of those alone that are not indented: what is may be a method."""
    for match in _FUNCTION.finditer(code):
        start = match.start()
        begin = (
            start if only_outside else len(code[max(0, start - _LINE) : start].rstrip(b" \t")) + max(0, start - _LINE)
        )
        if code[begin - 1 : begin] in (b"\n", b"'", b";", b"}"):
            yield match[1]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _included(text: bytes) -> Iterator[str]:
    for pattern in _INCLUDES:
        for match in pattern.finditer(text):
            begin = max(0, match.start() - _LINE)
            head = text[max(begin, text.rfind(b"\n", begin, match.start()) + 1) : match.start()].lstrip()
            if head.startswith((b"*", b"#", b"//")) or b"//" in head:
                continue
            path = _text(match[2]).lstrip("/")
            if not _PATH.fullmatch(path):
                continue
            if match[1] is None:
                yield f"file {path}"
            else:
                yield f"file ./{path}" if _HERE.match(match[1]) else f"file */{path}"


# ---------------------------------------------------------------- manifest


def _manifest(text: bytes) -> Extract:
    """`psr-4 PREFIX DIRECTORY` lines of a `composer.json`."""
    try:
        facts = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        return Extract(problem=f"no JSON: {error}")
    if not isinstance(facts, dict):
        return Extract(problem="no JSON object")
    sections = (facts.get("autoload"), facts.get("autoload-dev"))
    rules = [section.get(key) for section in sections if isinstance(section, dict) for key in ("psr-4", "psr-0")]
    return Extract(declares=tuple(line for rule in rules if isinstance(rule, dict) for line in _rules(rule)))


def _rules(rule: Mapping[str, object]) -> Iterator[str]:
    for prefix, targets in rule.items():
        for target in targets if isinstance(targets, list) else [targets]:
            if isinstance(target, str):
                yield f"psr-4 {prefix.strip(chr(92))} {target}"


# ---------------------------------------------------------------- outline


def _outline(text: bytes) -> Outline:
    """Types, their public methods, and functions; a type without modifiers is as public as PHP knows."""
    lines, found, owner, depth = Lines(text), [], "", 0
    code = b"\n" + _NOISE.sub(_blanked, b"?>" + text)[2:]
    for match in islice(_DEFINED.finditer(code), MAX_DEFINITIONS):
        # The first line break of the searched text is not the file's.
        start = match.start(2) - 1
        name, kind = _text(match[4]), _text(match[3])
        indent = len(match[1])
        if kind != "function":
            owner, depth = name, indent
        elif owner and indent > depth:
            if b"private" in match[2] or b"protected" in match[2]:
                continue
            name, kind = f"{owner}::{name}", "method"
        signature = _text(text[start : end_of_signature(text, match.end() - 1, b"{;")])
        found.append(Definition(name, kind, lines.at(start), one_line(signature), doc_above(text, start)))
    return Outline(_file_doc(text), tuple(found))


def _blanked(match: re.Match[bytes]) -> bytes:
    return match[0].translate(_BLANK)


def _file_doc(text: bytes) -> str:
    """The first docblock, unless it is a licence or belongs to the type below it."""
    first = _FIRST.match(text)
    if first is None or _LICENCE.search(first[1]) or not first[2]:
        return ""
    return comment_sentence(first[1])
