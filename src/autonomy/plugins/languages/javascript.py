"""JavaScript and TypeScript, and the scripts of Vue, Svelte and Astro files: `import`, `export ... from`, `require`.

Three literal-prefix searches find what may be a reference; a hit is believed if its line begins with it and no
comment or template string is open before it, and else only if the lexer has not blanked it.

A reference is spelled `specifier names`: `./x a,default` (import d, { a } from './x'), `./x *`, `./x ` (require).
A file declares what it exports: `a`, `b=./x a` (export { a as b } from './x'), `*=./x `; for manifests see
`javascript_modules`.
"""

import re
from collections.abc import Iterator, Sequence

from autonomy.model import Extract, Outline
from autonomy.plugins.languages.javascript_modules import CONFIGS, manifest, resolver
from autonomy.plugins.languages.javascript_outline import outline
from autonomy.plugins.languages.prose import spoken_for
from autonomy.plugins.languages.words import BLOCK_COMMENT, LINE_COMMENT, STRING, text_of
from autonomy.protocols import Resolve, Territory

_IMPORT = re.compile(
    rb"import\b(?<![\w$.'\"`]import)(?:\s*+\(\s*+(?:/\*[^*]*+\*/\s*+)?['\"`]([^'\"`\n$]++)['\"`]"
    rb"|((?>(?:[ \t\r\w$,{}*\x80-\xff]++|\n(?!import\b)|//[^\n]*+|/\*[^*]*+\*/)*))(?:['\"]([^'\"\n]++)['\"])?)"
)
_SIMPLE = re.compile(rb"\s*+\{((?>(?:[\s,]++|(?!(?:as|type)\b)[\w$\x80-\xff]++)*))\}\s*+from\s*+")
_BARE = 2
"""The group of `import ...` that reaches no specifier: it is matched all the same, so that no byte is read twice."""
_EXPORT = re.compile(
    rb"export(?<![\w$.'\"`]export)\s*+(?:"
    rb"(?:type\s*+)?(?:\*(?:\s*+as\s++([\w$]++))?|\{([^{}]*+)\})(?:\s*+from\s*+['\"]([^'\"\n]++)['\"])?"
    rb"|(default)\b"
    rb"|(?>(?:(?:declare|abstract|async)\s++)*)(?:const\s++enum|const|let|var|function\s*+\*?|class|interface|type|enum"
    rb"|namespace|module)\s*+([\w$\x80-\xff]++))"
)
_REQUIRE = re.compile(rb"require(?<![\w$.]require)(?:\.resolve)?\s*+\(\s*+['\"`]([^'\"`\n$]++)['\"`]\s*+[,)]")
_PATH = re.compile(rb"/// *+<reference +path=['\"]([^'\"\n]++)['\"]")
_AUGMENTED = re.compile(rb"declare module ['\"]([^'\"\n*]++)['\"]")
_COMMENT = re.compile(BLOCK_COMMENT + rb"|" + LINE_COMMENT)
_TEMPLATE = rb"`(?>(?:[^`\\$]++|\\.|\$\{[^{}`]*+(?>(?:`[^`]*+`[^{}`]*+)*)\}|\$)*)`?"
_NOT_DIVISION = rb"[=(,:;!&|?{}\[>][ \t]*+/(?![*/])(?>(?:[^/\\\[\n]++|\\.|\[(?>(?:[^\]\\\n]++|\\.)*)\])+)/"
_NOISE = re.compile(
    b"|".join([BLOCK_COMMENT, LINE_COMMENT, STRING, STRING.replace(b'"', b"'"), _TEMPLATE, _NOT_DIVISION]), re.DOTALL
)
_BLANK = bytes(byte if byte == 10 else 32 for byte in range(256))
_SCRIPT = re.compile(rb"<script\b[^>]*+>", re.IGNORECASE)
_MARKUP = (".vue", ".svelte", ".astro")
_HEAD = 1 << 12
_SPACE = 32
_LINE = 400
"""How far back a line is looked at: bounds the work on one endless line."""


class JavaScript:
    """One instance per dialect: they differ in names and suffixes only, and resolve against each other."""

    family = "javascript"

    def __init__(self, name: str, suffixes: Sequence[str], manifests: Sequence[str]) -> None:
        self.name, self.suffixes, self.manifests = name, frozenset(suffixes), frozenset(manifests)

    def extract(self, path: str, data: bytes) -> Extract:
        text = text_of(data)
        if path.rpartition("/")[2] in _MANIFESTS:
            return manifest(path, text)
        text = script_of(path, text)
        return _extract(text, _live(text, _hits(text)))

    def resolver(self, territory: Territory) -> Resolve:
        return resolver(territory)

    def outline(self, path: str, data: bytes) -> Outline:
        if path.rpartition("/")[2] in _MANIFESTS:
            return Outline()
        text = text_of(data)
        return spoken_for(path, outline(script_of(path, text)), text)


JAVASCRIPT = JavaScript("javascript", (".js", ".jsx", ".mjs", ".cjs", *_MARKUP), ("package.json", "jsconfig.json"))
TYPESCRIPT = JavaScript("typescript", (".ts", ".tsx", ".mts", ".cts"), CONFIGS)
_MANIFESTS = JAVASCRIPT.manifests | TYPESCRIPT.manifests


def script_of(path: str, text: bytes) -> bytes:
    """The scripts of a file of markup, every other byte but line ends blanked; any other file as it is."""
    if not path.endswith(_MARKUP):
        return text
    if path.endswith(".astro") and text.startswith(b"---"):
        return text[3 : text.find(b"\n---", 3)]
    pieces, end = [], 0
    for tag in _SCRIPT.finditer(text):
        if tag.start() >= end:
            close = text.find(b"</script", tag.end())
            close = close if close >= 0 else len(text)
            pieces += [text[end : tag.end()].translate(_BLANK), text[tag.end() : close]]
            end = close
    return b"".join(pieces)


def _hits(text: bytes) -> list[re.Match[bytes]]:
    found = [hit for hit in _IMPORT.finditer(text) if hit.lastindex != _BARE]
    found += [*_EXPORT.finditer(text), *_REQUIRE.finditer(text)]
    return sorted(found, key=re.Match.start)


def _live(text: bytes, hits: Sequence[re.Match[bytes]]) -> Iterator[re.Match[bytes]]:
    """The hits that are code, not comment, template string or prose."""
    code, seen, ticks, inside = b"", 0, 0, False
    for hit in hits:
        start = hit.start()
        if not code:
            ticks += text.count(b"`", seen, start)
            opened = text.rfind(b"/*", seen, start)
            if opened >= 0 or inside:
                inside = text.rfind(b"*/", max(opened, seen), start) < 0
            line = text.rfind(b"\n", seen, start) + 1 or seen
            seen = start
            head = text[max(line, start - _LINE) : start].strip() if line < start else b""
            if not (ticks & 1 or inside or b"//" in head):
                if not head or head[-1:] in b";}/>" or _is_call(hit):
                    yield hit
                continue
            if head.startswith((b"//", b"*", b"/*")):
                # A type in a comment, `@param {import("./x").X}`, couples as much as one in code.
                if inside and hit.re is _IMPORT and hit[1] is not None:
                    yield hit
                continue
            code = _code(text)
        if code[start] != _SPACE:
            yield hit


def _is_call(hit: re.Match[bytes]) -> bool:
    return hit.re is _REQUIRE or (hit.re is _IMPORT and hit[1] is not None)


def _code(text: bytes) -> bytes:
    """`text` with comments, template strings and regular expressions blanked, every other byte at its place."""

    def blank(match: re.Match[bytes]) -> bytes:
        return match[0] if match[0][0] in b"\"'" else match[0].translate(_BLANK)

    return _NOISE.sub(blank, text)


def _extract(text: bytes, hits: Iterator[re.Match[bytes]]) -> Extract:
    references: dict[str, None] = {}
    declares: dict[str, None] = {}
    imports: list[re.Match[bytes]] = []
    local: list[tuple[str, str]] = []
    for hit in hits:
        if hit.re is _IMPORT:
            names = _names(hit)
            if names is not None:
                imports.append(hit)
                references[f"{(hit[1] or hit[3]).decode('utf-8', 'replace')} {names}"] = None
        elif hit.re is _REQUIRE:
            references[hit[1].decode("utf-8", "replace") + " "] = None
        elif hit[5] is not None:
            declares[hit[5].decode("utf-8", "replace")] = None
        else:
            specifier, pairs = _exported(hit)
            if specifier:
                references[f"{specifier} {','.join(name for name, _ in pairs)}"] = None
                declares.update((f"{alias}={specifier} {name}", None) for name, alias in pairs)
            local += pairs if not specifier else ()
    if local:
        known = {alias: f"{hit[3].decode('utf-8', 'replace')} {name}" for hit in imports for name, alias in _pairs(hit)}
        declares.update((f"{alias}={known[name]}" if name in known else alias, None) for name, alias in local)
    for path in (*_PATH.findall(text, 0, _HEAD), *_AUGMENTED.findall(text)):
        references[path.decode("utf-8", "replace") + " "] = None
    return Extract(tuple(references), tuple(declares))


def _exported(hit: re.Match[bytes]) -> tuple[str, list[tuple[str, str]]]:
    """(specifier or nothing, (name there, name to the outside) of each)."""
    space, listed, specifier = (
        None if each is None else each.decode("utf-8", "replace") for each in hit.group(1, 2, 3)
    )
    if hit[4]:
        return "", [("default", "default")]
    pairs = [("*", space or "*")] if listed is None else _listed(listed)
    return specifier or "", pairs if specifier or listed is not None else []


def _names(hit: re.Match[bytes]) -> str | None:
    """The names that an import takes, joined by commas; None where the hit is no import after all."""
    clause = hit[2]
    if clause is None:
        return ""
    if simple := _SIMPLE.fullmatch(clause):
        return simple[1].translate(None, b" \t\r\n").rstrip(b",").decode("utf-8", "replace")
    if clause.strip() and not _COMMENT.sub(b"", clause).rstrip().endswith(b"from"):
        return None
    return ",".join(name for name, _ in _pairs(hit))


def _pairs(hit: re.Match[bytes]) -> list[tuple[str, str]]:
    """(name there, name here) of each name that an import takes."""
    if hit[2] is None:
        return []
    bare, _, rest = _COMMENT.sub(b"", hit[2]).decode("utf-8", "replace").partition("{")
    words = bare.replace(",", " ").replace("*", " * ").removesuffix("from").split()
    if len(words) > 1 and words[0] == "type":
        words = words[1:]
    pairs = _listed(rest.partition("}")[0])
    if words and not (rest and words == ["type"]):
        pairs.append(("*" if words[0] == "*" else "default", words[-1] if words[0] == "*" else words[0]))
    return pairs


def _listed(text: str) -> list[tuple[str, str]]:
    """(name, alias) of each item of `a, type b as c`."""
    items = [item.split() for item in text.split(",")]
    items = [words[1:] if words[:1] == ["type"] and words[1:2] not in ([], ["as"]) else words for words in items]
    return [(words[0], words[-1]) for words in items if words]
