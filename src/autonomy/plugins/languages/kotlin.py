"""Kotlin: imports, and words that may be types or functions of the same package or of one imported as a whole."""

import re
from collections.abc import Iterator

from autonomy.model import Extract, Outline
from autonomy.plugins.languages import jvm
from autonomy.plugins.languages.outlines import Found, blanked, head_documentation, outline_of, prepared, signature_end
from autonomy.plugins.languages.words import MAX_WORD, NOISE, calls_of, code_of, text_of
from autonomy.protocols import Resolve, Territory

_PACKAGE = re.compile(rb"\n[ \t]*+package[ \t]++([\w.`]++)")
_IMPORT = re.compile(rb"import[ \t]++([\w.`\x80-\xff]++)(\*)?(?:[ \t]++as[ \t]++(\w++))?")
_TOP = re.compile(
    rb"\n((?:@[\w.:]++(?:\([^()\n]*+\))?[ \t]++|[a-z]++[ \t]++)*?)"
    rb"(?:(?:class|fun[ \t]++interface|interface|object|typealias)[ \t]++([\w`\x80-\xff]++)"
    rb"|(?:fun|va[lr])[ \t]++([^(=:{\n]++))"
)
_DECLARATION = re.compile(
    rb"\n([ ]{0,4}+|\t)((?:@[\w.:]++(?:\([^()\n]*+\))?[ \t]++|[a-z]++[ \t]++)*?)"
    rb"(class|interface|object|typealias|fun interface|fun|va[lr])[ \t]"
)
_NAME = re.compile(rb"[\w`\x80-\xff]++")
_HEAD = re.compile(rb"\A((?>(?:`[^`\n]*+`|[^`(:])*)).*", re.DOTALL)
VALUES = ("fun", "val", "var")
_FUNCTION = re.compile(rb"fun[ \t]++([^(=:{\n]++)\(")

COMMON = frozenset(
    """
    add also any append apply arrayOf assertEquals assertFailsWith assertFalse assertNotNull assertNull assertTrue async
    buildList buildMap buildString catch check checkNotNull class close coerceAtLeast coerceAtMost collect constructor
    contains containsKey copy count delay do drop else emptyList emptyMap emptySet endsWith equals error filter
    filterNotNull finally find first firstOrNull flatMap flow for forEach fun get getOrDefault getOrElse getOrNull
    getOrPut getValue groupBy hashCode if indexOf indices init invoke isEmpty isNotEmpty isNullOrEmpty iterator
    joinToString last lastOrNull launch lazy let lines listOf listOfNotNull map mapNotNull mapOf max min minus
    mutableListOf mutableMapOf mutableSetOf none object of plus print println put readLine remove repeat replace require
    requireNotNull return reversed run runBlocking runCatching set setOf setValue single size sleep sort sorted sortedBy
    split startsWith substring substringAfter substringBefore sum super synchronized take takeIf test this throw to
    toByteArray toInt toList toLong toMap toMutableList toSet toString toTypedArray trim trimIndent try until update use
    value when while with withContext yield zip
    """.split()
)
"""Keywords, and names of the standard library that are called everywhere."""


class Kotlin:
    """Spelled as in Java; functions and properties are names of their package, too."""

    name = "kotlin"
    family = "jvm"
    suffixes = frozenset({".kt", ".kts"})
    manifests: frozenset[str] = frozenset()

    def extract(self, path: str, data: bytes) -> Extract:
        code = code_of(b"\n" + text_of(data))
        head = _PACKAGE.search(code)
        package = _text(head[1]) if head else ""
        imports = [(_text(name).removesuffix("."), star, _text(alias)) for name, star, alias in _IMPORT.findall(code)]
        foreign = [each for each in imports if not each[0].startswith(jvm.PLATFORM)]
        references = dict.fromkeys(name + (".*" if star else "") for name, star, _ in foreign)
        if path.endswith(".kts"):
            return Extract(tuple(references))
        body = jvm.below_imports(code)
        found = list(_defined(body))
        defined = dict.fromkeys(name for actual, name in found if not actual)
        # Of a declaration with many platforms, others see what is expected, and so does each actual one.
        actual = dict.fromkeys(f".{name}" for actual, name in found if actual)
        known = {alias or name.rpartition(".")[2] for name, star, alias in imports if not star}
        own = {_last_word(name) for name in _FUNCTION.findall(body)}
        words, calls = calls_of(body)
        functions = sorted(name for name in calls - own - known - COMMON if name > "_" and 1 < len(name) <= MAX_WORD)
        return Extract(
            (*references, *jvm.used(words, known.union(defined)), *actual, *(f".{name}" for name in functions)),
            (
                f"package {package}",
                *dict.fromkeys(f"import {name}.*" for name, star, _ in foreign if star),
                *(f"{package}.{name}" for name in defined),
            ),
        )

    def resolver(self, territory: Territory) -> Resolve:
        return jvm.resolver(territory)

    def outline(self, path: str, data: bytes) -> Outline:
        text = prepared(data)
        return outline_of(path, text, lambda: _definitions(blanked(text, NOISE)), head_documentation(text))


KOTLIN = Kotlin()


def _definitions(code: bytes) -> Iterator[Found]:
    """What is neither private nor an override, at the top level and right below it in types."""
    found = list(_DECLARATION.finditer(code))
    step = min((len(match[1]) for match in found if match[1]), default=0)
    inside, shown = False, 0
    for match in found:
        kind = " ".join(match[3].decode().split())
        if not match[1]:
            inside = kind not in VALUES and kind != "typealias"
        hidden = {b"private", b"internal", b"override"} & set(match[2].split())
        # What begins inside of a signature is a property among the parameters of a constructor.
        if hidden or match.start(2) < shown or (match[1] and not (inside and len(match[1]) == step)):
            continue
        end = shown = signature_end(code, match.start(2), b"{=\n")
        head = code[match.end() : end]
        name = _last_word(_HEAD.sub(rb"\1", head, count=1)) if kind in VALUES else _first_word(head)
        if name:
            yield Found(match.start(2), end, kind, name)


def _first_word(head: bytes) -> str:
    match = _NAME.match(head.lstrip())
    return _text(match[0]) if match else ""


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace").replace("`", "")


def _defined(code: bytes) -> Iterator[tuple[bool, str]]:
    """(`actual`, name) of types, functions and properties at the top level, but those that only their file sees."""
    for modifiers, kind, head in _TOP.findall(code):
        if b"private" not in modifiers:
            name = _text(kind) or _last_word(head)
            if name:
                yield b"actual" in modifiers.split(), name


def _last_word(head: bytes) -> str:
    """`bar` of `<T> Foo<T>.bar` and of `bar by lazy`."""
    if head.count(b"`") > 1:
        return _text(head.split(b"`")[-2])
    words = head.partition(b" by ")[0].removesuffix(b" get").split()
    return _text(words[-1].rpartition(b".")[2].rpartition(b">")[2]) if words else ""
