"""Go: `alias.Symbol` means the file of the imported package that declares Symbol; a word, one of the own package.

References are spelled `import/path#Symbol` (as pkg.go.dev does), `import/path` where no symbol is seen, and `.word`.
A file declares `package p` and its names at top level; `go.mod` declares `module m`, `require m`, `replace m => dir`.
"""

import re
from collections.abc import Iterator

from autonomy.model import Extract, Outline
from autonomy.plugins.languages.go_packages import GoPackages
from autonomy.plugins.languages.outlines import Found, blanked, documentation, outline_of, prepared, signature_end
from autonomy.plugins.languages.words import BLOCK_COMMENT, CHARACTER, LINE_COMMENT, MAX_WORD, STRING, code_of, words_of
from autonomy.protocols import Resolve, Territory

_RAW = rb"`[^`]*+`?"
_NOISE = re.compile(b"|".join([BLOCK_COMMENT, LINE_COMMENT, _RAW, STRING, CHARACTER]), re.DOTALL)
_COMMENTS = re.compile(BLOCK_COMMENT + b"|" + LINE_COMMENT)
_PACKAGE = re.compile(rb"\npackage[ \t]++(\w++)")
_DECLARATION = re.compile(rb"\n(?:func|type|var|const)\b")
_SPEC = re.compile(rb"(?:([\w.]++)[ \t]*+)?[\"`]([^\"`\s]++)[\"`]")
_FUNC = re.compile(rb"\nfunc[ \t]++(\w++)")
_SINGLE = re.compile(rb"\n(?:type|var|const)[ \t]++(\w++(?>(?:[ \t]*+,[ \t]*+\w++)*))")
_GROUP = re.compile(rb"\n(?:type|var|const)[ \t]*+\(")
_MEMBER = re.compile(rb"\n(?:\t|    )(\w++(?>(?:[ \t]*+,[ \t]*+\w++)*))")
_EXPORTED = re.compile(
    rb"\n(func|type|var|const)[ \t]++(?:\((?:\w++[ \t]++)?\*?[ \t]*+(\w++)[^()\n]*+\)[ \t]*+)?([A-Z]\w*+)"
)
_VERSION = re.compile(r"v\d+")

STANDARD = frozenset(
    """
    archive arena bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar
    flag fmt go hash html image index io iter log maps math mime net os path plugin reflect regexp runtime slices sort
    strconv strings structs sync syscall testing text time unicode unique unsafe weak C
    """.split()
)
"""The first elements of the import paths of the standard library; Go looks there first, whatever a module is called."""

PREDECLARED = frozenset(
    """
    any append bool break byte cap case chan clear close comparable complex complex128 complex64 const continue copy
    ctx default defer delete else err error fallthrough false float32 float64 for func go goto if imag import int int16
    int32 int64 int8 interface iota len make map max min new nil ok package panic print println range real recover
    return rune select string struct switch true type uint uint16 uint32 uint64 uint8 uintptr var
    """.split()
)
"""Keywords, predeclared names, and the three names of locals that stand in every file."""


class Go:
    name = "go"
    family = "go"
    suffixes = frozenset({".go"})
    manifests = frozenset({"go.mod"})

    def extract(self, path: str, data: bytes) -> Extract:
        if path.endswith("go.mod"):
            return Extract((), tuple(dict.fromkeys(_directives(data))))
        code = code_of(b"\n" + data, _NOISE)
        package = _PACKAGE.search(code)
        defined = dict.fromkeys(_defined(code))
        imports = dict(_imports(data))
        references, rest = _uses(words_of(code), imports)
        known = PREDECLARED.union(defined, _locals(code))
        words = sorted(word for word in rest - known if _may_be_declared(word))
        return Extract(
            (*references, *(f".{word}" for word in words)),
            (f"package {package[1].decode()}" if package else "package ", *defined),
        )

    def resolver(self, territory: Territory) -> Resolve:
        return GoPackages(territory).resolve

    def outline(self, path: str, data: bytes) -> Outline:
        text = prepared(data)
        code = blanked(text, _NOISE)
        package = _PACKAGE.search(code)
        doc = documentation(text, package.start() + 1) if package else ""
        return outline_of(path, text, lambda: _definitions(code), doc)


GO = Go()


def _definitions(code: bytes) -> Iterator[Found]:
    """What is exported: functions, methods of exported types, types, variables and constants."""
    for match in _EXPORTED.finditer(code):
        kind, receiver, name = match[1].decode(), _text(match[2] or b""), _text(match[3])
        end = signature_end(code, match.start() + 1, b"{=\n;")
        if not receiver or receiver[0].isupper():
            yield Found(match.start() + 1, end, "method" if receiver else kind, f"{receiver}.{name}".lstrip("."))
    for group in _GROUP.finditer(code):
        end = code.find(b"\n)", group.end())
        for match in _MEMBER.finditer(code, group.end(), end if end >= 0 else len(code)):
            if match[1][:1].isupper():
                kind, name = _text(group[0].partition(b"(")[0]), _text(match[1].partition(b",")[0])
                yield Found(match.start(1), signature_end(code, match.start(1), b"{=\n;"), kind, name)
        if end < 0:
            break


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace").strip()


def _imports(data: bytes) -> Iterator[tuple[str, str]]:
    """(name in this file, import path) of each import; the path is empty for the standard library."""
    first = _DECLARATION.search(data)
    head = _COMMENTS.sub(b"", data[: first.start() if first else len(data)])
    start = head.find(b"import")
    if start < 0:
        return
    for match in _SPEC.finditer(head, start + 6):
        path = match[2].decode("utf-8", "replace")
        alias = (match[1] or b"").decode("utf-8", "replace")
        name = f"{alias} {path}" if alias in ("_", ".") else alias or _guess(path)
        yield name, "" if path.partition("/")[0] in STANDARD else path


def _guess(path: str) -> str:
    """The name that a package most likely has: `yaml` of `gopkg.in/yaml.v3`, `b` of `x.org/go-b/v2`."""
    parts = path.split("/")
    last = parts[-2] if len(parts) > 1 and _VERSION.fullmatch(parts[-1]) else parts[-1]
    return last.partition(".")[0].removesuffix("-go").rpartition("-")[2]


def _uses(words: set[str], imports: dict[str, str]) -> tuple[list[str], set[str]]:
    """References to the imported packages, and the other words that begin a chain."""
    symbols: set[str] = set()
    rest: set[str] = set()
    seen: set[str] = set()
    for word in words:
        first, dot, more = word.partition(".")
        path = imports.get(first)
        if path is None:
            rest.add(first)
        elif dot and path:
            seen.add(path)
            symbol = more.partition(".")[0]
            if symbol[:1].isupper() and len(symbol) <= MAX_WORD:
                symbols.add(f"{path}#{symbol}")
    return [*sorted(symbols), *sorted({*imports.values()} - seen - {""})], rest


def _locals(code: bytes) -> set[str]:
    """Names on the left of `:=`. Cut from fixed stretches: a pattern that looks back from `:=` is ten times slower."""
    tails = b" ".join(part[-60:].rpartition(b"\t")[2] for part in code.split(b" :=")[:-1])
    return set(tails.replace(b",", b" ").decode("utf-8", "replace").split())


def _may_be_declared(word: str) -> bool:
    return 1 < len(word) <= MAX_WORD and not word[0].isdigit()


def _defined(code: bytes) -> Iterator[str]:
    """Functions, types, variables and constants at the top level; no methods."""
    for name in _FUNC.findall(code):
        yield name.decode()
    names = _SINGLE.findall(code)
    for group in _GROUP.finditer(code):
        end = code.find(b"\n)", group.end())
        names += _MEMBER.findall(code, group.end(), end if end >= 0 else len(code))
        if end < 0:
            break
    for name in names:
        yield from (each for each in name.decode().replace(",", " ").split() if each != "_")


def _directives(data: bytes) -> Iterator[str]:
    """What a `go.mod` says of modules, one directive each, versions left out."""
    block = ""
    for line in _COMMENTS.sub(b"", data).decode("utf-8", "replace").splitlines():
        words = line.split()
        if words and words[-1] == "(":
            block = words[0]
        elif words == [")"]:
            block = ""
        elif words:
            verb, *rest = words if not block else (block, *words)
            if verb in ("module", "require") and rest:
                yield f"{verb} {rest[0].strip(chr(34))}"
            elif verb == "replace" and "=>" in rest[1:-1] and rest[rest.index("=>") + 1].startswith("."):
                yield f"replace {rest[0]} => {rest[rest.index('=>') + 1]}"
