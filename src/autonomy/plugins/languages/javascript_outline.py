"""What a JavaScript or TypeScript file exports: declarations at the start of a line, and the methods of its classes."""

import re
from collections.abc import Iterator
from itertools import islice

from autonomy.model import Definition, Outline
from autonomy.plugins.languages.outlines import MAX_DEFINITIONS
from autonomy.plugins.languages.prose import (
    Lines,
    comment_sentence,
    doc_above,
    end_of_signature,
    one_line,
)

_DECLARATION = re.compile(
    rb"\n(?:(?P<export>export)[ \t]++)?(?:default[ \t]++)?"
    rb"(?>(?:(?:declare|abstract|async|const(?=[ \t]+enum))[ \t]++)*)"
    rb"(?P<kind>class|interface|function|const|let|var|enum|type|namespace)\b[ \t*]*+(?P<name>[A-Za-z_$][\w$]*+)"
    rb"|\n(?:module\.)?exports(?:\.(?P<property>[\w$]++))?[ \t]*+=[ \t]*+(?!=)(?P<value>[^\n;{(]*+)"
    rb"|\n(?P<indent>[ \t]++)(?>(?:(?:public|static|async|get|set|override|abstract|readonly)[ \t]++)*)"
    rb"(?P<method>[A-Za-z$][\w$]*+)[ \t]*+(?:<[^>\n]*+>)?\("
)
_EXPORTS = re.compile(rb"\nexport[ \t]*+\{([^{}]*+)\}(?!\s*+from)")
_NO_METHOD = frozenset(
    {b"if", b"for", b"while", b"switch", b"catch", b"return", b"function", b"with", b"super", b"new"}
)
_NO_MODULE_DOC = re.compile(rb"licen[sc]e|copyright|eslint|@ts-|prettier", re.IGNORECASE)
_FIRST = re.compile(
    rb"(?:#![^\n]*\n)?(?>(?:\s++|['\"]use strict['\"];?|//[^\n]*+)*)"
    rb"/\*\*?([^*]*+(?>(?:\*(?!/)[^*]*+)*))\*/[ \t]*\n?([ \t]*\n)?"
)
_CODE_BELOW = (b"import", b"const", b"var", b"'use", b'"use')
_KINDS = {b"const": "constant", b"let": "variable", b"var": "variable"}
_MATCHES = 5 * MAX_DEFINITIONS
"""Calls inside of classes look like methods at first sight."""
_ARROW = re.compile(rb"=[ \t]*+(?:async[ \t]*+)?\(")


def outline(text: bytes) -> Outline:
    text = b"\n" + text
    found = list(_Reader(text).definitions())
    names = b",".join(_EXPORTS.findall(text)).decode("utf-8", "replace")
    listed = {words[0] for item in names.split(",") if (words := item.split())}
    exports = listed or any(shown for shown, _ in found)
    public = (each for shown, each in found if shown or not exports or each.name.partition(".")[0] in listed)
    return Outline(_module_doc(text), tuple(public))


def _module_doc(text: bytes) -> str:
    """The first comment, unless it is a licence or belongs to the declaration below it."""
    first = _FIRST.match(text)
    if first is None or _NO_MODULE_DOC.search(first[1]):
        return ""
    alone = first[2] is not None or text.startswith(_CODE_BELOW, first.end()) or b"@module" in first[1]
    return comment_sentence(first[1]) if alone else ""


class _Reader:
    """Walks over the declarations of a text and remembers in which class it is."""

    def __init__(self, text: bytes) -> None:
        self._text, self._lines = text, Lines(text)
        self._owner, self._depth, self._shown = "", 0, False

    def definitions(self) -> Iterator[tuple[bool, Definition]]:
        """(whether it is exported, what is defined), in order."""
        for match in islice(_DECLARATION.finditer(self._text), _MATCHES):
            start = match.start() + 1
            if match["indent"]:
                kind, name, end = self._method(match, start)
            elif match["kind"]:
                kind, name, end = self._declaration(match)
            else:
                kind, name, end = self._assignment(match)
            if name:
                signature = one_line(self._text[start:end].decode("utf-8", "replace"))
                # The first line break is not the file's, so the number is one too high.
                line = self._lines.at(start) - 1
                yield self._shown, Definition(name, kind, line, signature, doc_above(self._text, start))

    def _method(self, match: re.Match[bytes], start: int) -> tuple[str, str, int]:
        depth, text = len(match["indent"]), self._text
        if not self._owner or (self._depth and depth != self._depth) or match["method"] in _NO_METHOD:
            return "", "", 0
        end = end_of_signature(text, start, b"{;\n")
        if not text.startswith((b"{", b";"), end) and b"):" not in text[start:end]:
            return "", "", 0
        self._depth = depth
        return "method", f"{self._owner}.{match['method'].decode('utf-8', 'replace')}", end

    def _declaration(self, match: re.Match[bytes]) -> tuple[str, str, int]:
        kind = _KINDS.get(match["kind"], match["kind"].decode())
        name = match["name"].decode("utf-8", "replace")
        self._enter(kind, name, match["export"] is not None)
        if not self._shown and kind not in ("class", "function"):
            return "", "", 0
        return kind, name, self._end(match, kind)

    def _assignment(self, match: re.Match[bytes]) -> tuple[str, str, int]:
        """`exports.a = ...` and `module.exports = class A`; `module.exports` alone names nothing new."""
        kind, name = _value(match["value"])
        self._enter(kind, name, True)
        shown = match["property"].decode("utf-8", "replace") if match["property"] else name
        return kind, shown, end_of_signature(self._text, match.start("value"), b"{;\n")

    def _enter(self, kind: str, name: str, shown: bool) -> None:
        self._owner, self._depth, self._shown = name if kind == "class" else "", 0, shown

    def _end(self, match: re.Match[bytes], kind: str) -> int:
        """Where the signature ends: types and plain values at `=`, a function that is a value at its arrow."""
        text = self._text
        if kind not in ("constant", "variable", "type"):
            return end_of_signature(text, match.end())
        end = end_of_signature(text, match.end(), b"=;\n")
        arrow = _ARROW.match(text, end) if kind == "constant" else None
        if arrow is None:
            return end
        return max(end, text.rfind(b"=>", end, end_of_signature(text, arrow.end() - 1, b"{;\n")))


def _value(value: bytes) -> tuple[str, str]:
    """(kind, name) of what is assigned to `exports`: `class Foo extends Bar` is a class of the name Foo."""
    words = value.decode("utf-8", "replace").removeprefix("async ").split()
    if words and words[0] in ("class", "function"):
        return words[0], words[1] if len(words) > 1 and words[1] != "extends" else ""
    return "constant", ""
