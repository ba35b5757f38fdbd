"""Scala: imports with selectors and relative ones, and capitalised words as in Java."""

import re
from collections.abc import Iterator

from autonomy.model import Extract, Outline
from autonomy.plugins.languages import jvm
from autonomy.plugins.languages.outlines import Found, blanked, head_documentation, outline_of, prepared, signature_end
from autonomy.plugins.languages.words import NOISE, code_of, text_of, words_of
from autonomy.protocols import Resolve, Territory

_PACKAGE = re.compile(rb"\npackage[ \t]++(?:object[ \t]++)?([\w.`]++)")
_IMPORT = re.compile(rb"import[ \t]++([\w.$`\x80-\xff]++)(?:\{([^{}]*+)\}|(\*))?")
_TYPE = re.compile(rb"\n(?:[a-z]++(?:\[[\w.]++\])?[ \t]++)*?(?:class|trait|object|enum|type)[ \t]++([\w$`\x80-\xff]++)")

_DECLARATION = re.compile(
    rb"\n[ ]{0,2}((?:[a-z]++(?:\[[\w.]++\])?[ \t]++)*?)"
    rb"(class|trait|object|enum|def|val|type)[ \t]++([\w$`\x80-\xff]++|[^\w\s\[(:{]++)"
)


class Scala:
    """Spelled as in Java, with `.*` for `._` as well."""

    name = "scala"
    family = "jvm"
    suffixes = frozenset({".scala", ".sc"})
    manifests: frozenset[str] = frozenset()

    def extract(self, path: str, data: bytes) -> Extract:
        code = code_of(b"\n" + text_of(data))
        packages = _packages(code)
        imported = list(dict.fromkeys(name for match in _IMPORT.finditer(code) for name in _names(match)))
        foreign = [name for name in imported if not name.startswith(jvm.PLATFORM)]
        defined = dict.fromkeys(_text(name) for name in _TYPE.findall(code))
        known = {name.rpartition(".")[2] for name in imported}
        return Extract(
            (*foreign, *jvm.used(words_of(jvm.below_imports(code)), known.union(defined))),
            (
                *(f"package {package}" for package in packages),
                *(f"import {name}" for name in foreign if name.endswith(".*")),
                *(f"{packages[0]}.{name}" for name in defined),
            ),
        )

    def resolver(self, territory: Territory) -> Resolve:
        return jvm.resolver(territory, relative=True)

    def outline(self, path: str, data: bytes) -> Outline:
        text = prepared(data)
        return outline_of(path, text, lambda: _definitions(blanked(text, NOISE)), head_documentation(text))


SCALA = Scala()


def _definitions(code: bytes) -> Iterator[Found]:
    """What is not private at the top level, and in types right below it."""
    for match in _DECLARATION.finditer(code):
        modifiers = set(match[1].split())
        if not ({b"private", b"override"} & modifiers or b"private[" in match[1] or b"protected" in match[1]):
            yield Found(match.start(1), signature_end(code, match.start(1), b"{=\n"), _text(match[2]), _text(match[3]))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace").replace("`", "")


def _packages(code: bytes) -> list[str]:
    """The innermost package first, then those around it that have a clause of their own."""
    clauses = [_text(name) for name in _PACKAGE.findall(code)]
    return [".".join(clauses[:depth]) for depth in range(len(clauses), 0, -1)] or [""]


def _names(match: re.Match[bytes]) -> Iterator[str]:
    """`a.b.C`, `a.b.D` and `a.b.*` of `a.b.{C, D => E, _}`."""
    name = _text(match[1])
    if match[2] is None:
        star = match[3] is not None or name.endswith("._")
        yield name.removesuffix("_").removesuffix(".") + (".*" if star else "")
        return
    for selector in match[2].split(b","):
        words = selector.split()
        if words:
            yield name + ("*" if words[0] in (b"_", b"*") else _text(words[0]))
