"""Java: imports, and capitalised words that may be types of the same package or of one imported as a whole."""

import re
from collections.abc import Iterator

from autonomy.model import Extract, Outline
from autonomy.plugins.languages import jvm
from autonomy.plugins.languages.outlines import Found, blanked, declared, head_documentation, outline_of, prepared
from autonomy.plugins.languages.words import NOISE, code_of, text_of, words_of
from autonomy.protocols import Resolve, Territory

KEYWORDS = (b"class", b"interface", b"enum", b"record")
_PACKAGE = re.compile(rb"package[ \t]+([\w.]++)[ \t]*;")
_IMPORT = re.compile(rb"import[ \t]++(static[ \t]++)?([\w$\x80-\xff]++(?>(?:\.[\w$\x80-\xff]++)*))(\.\*)?[ \t]*+;")
# One search for each keyword: a pattern that begins with a literal is five times as fast as an alternation.
_TYPES = [re.compile(word + rb"[ \t\r\n]++([A-Za-z_$\x80-\xff][\w$\x80-\xff]*+)") for word in KEYWORDS]

_PUBLIC = re.compile(rb"((?:public|protected)[ \t\r\n]++[^;{}=]*+)[;{=]")
_TOP = re.compile(rb"\n(?!public|protected|private|import|package)([a-z@][^;{}=()\n]{0,300}+)\{")
_MEMBER = re.compile(
    rb"\n(?:[ ]{2,4}+|\t)(?!public|protected|private|return|throw|new|else)([A-Za-z<][^;{}=()]*+\([^;{}]*+)[;{]"
)


class Java:
    """References are `a.b.Foo`, `a.b.*` and `.Foo`; declarations as `packages` describes them."""

    name = "java"
    family = "jvm"
    suffixes = frozenset({".java"})
    manifests: frozenset[str] = frozenset()

    def extract(self, path: str, data: bytes) -> Extract:
        code = code_of(text_of(data))
        head = _PACKAGE.search(code)
        package = head[1].decode("utf-8", "replace") if head else ""
        imports = [(static, name.decode("utf-8", "replace"), star) for static, name, star in _IMPORT.findall(code)]
        body = jvm.below_imports(code)
        defined, nested = _types(body)
        known = {name.rpartition(".")[2] for _, name, star in imports if not star}
        references = dict.fromkeys(
            name + ("" if static else star.decode())
            for static, name, star in imports
            if not name.startswith(jvm.PLATFORM)
        )
        wildcards = [
            f"import {name}.*" for static, name, star in imports if star and not static and not name.startswith("java")
        ]
        return Extract(
            (*references, *jvm.used(words_of(body), known.union(defined, nested))),
            (f"package {package}", *dict.fromkeys(wildcards), *(f"{package}.{name}" for name in defined)),
        )

    def resolver(self, territory: Territory) -> Resolve:
        return jvm.resolver(territory)

    def outline(self, path: str, data: bytes) -> Outline:
        text = prepared(data)
        return outline_of(path, text, lambda: _definitions(blanked(text, NOISE)), head_documentation(text))


def _definitions(code: bytes) -> Iterator[Found]:
    """Public and protected types and members, the types of the package, and the members of interfaces."""
    patterns = (_PUBLIC, _TOP, _MEMBER) if b"interface " in code else (_PUBLIC, _TOP)
    for match in (match for pattern in patterns for match in pattern.finditer(code)):
        yield from declared(code, match.start(1), match.end(1))


def _types(code: bytes) -> tuple[list[str], set[str]]:
    """Types at the top level of the file, and those inside of them: the former begin their line."""
    top: dict[str, None] = {}
    nested: set[str] = set()
    for pattern in _TYPES:
        for match in pattern.finditer(code):
            start = code.rfind(b"\n", 0, match.start()) + 1
            name = match[1].decode("utf-8", "replace")
            if code[start : start + 1] in (b" ", b"\t"):
                nested.add(name)
            else:
                top[name] = None
    return list(top), nested


JAVA = Java()
