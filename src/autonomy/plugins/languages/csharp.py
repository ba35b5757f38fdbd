"""C#: `using` directives, and words that may be types of a namespace that the file sees; projects refer to projects.

References are spelled as `packages` describes them, a namespace as `A.B.*`; a project file's are `project path` and
`package name`.
"""

import re
from collections.abc import Iterator

from autonomy.model import Extract, Outline
from autonomy.plugins.languages.csharp_projects import Projects
from autonomy.plugins.languages.outlines import Found, blanked, declared, head_documentation, outline_of, prepared
from autonomy.plugins.languages.words import (
    BLOCK_COMMENT,
    CHARACTER,
    LINE_COMMENT,
    MAX_WORD,
    STRING,
    TEXT_BLOCK,
    calls_of,
    code_of,
    text_of,
)
from autonomy.protocols import Resolve, Territory

_VERBATIM = rb'(?:@\$?|\$@)"[^"]*+(?>(?:""[^"]*+)*)"?'
_NOISE = re.compile(b"|".join([BLOCK_COMMENT, LINE_COMMENT, _VERBATIM, TEXT_BLOCK, STRING, CHARACTER]), re.DOTALL)
_NAMESPACE = re.compile(rb"namespace[ \t]++([\w.\x80-\xff]++)")
_USING = re.compile(
    rb"using[ \t]++(?:(static)[ \t]++|unsafe[ \t]++)?(?:(\w++)[ \t]*+=[ \t]*+)?"
    rb"(?:global::)?([\w.\x80-\xff]++)(?:<[^;\n]*+>)?[ \t]*+;"
)
KEYWORDS = (b"class", b"interface", b"struct", b"enum", b"record")
# One search for each keyword: a pattern that begins with a literal is five times as fast as an alternation.
_TYPES = [re.compile(word + rb"[ \t]++([A-Za-z_\x80-\xff][\w\x80-\xff]*+)") for word in KEYWORDS]
_DELEGATE = re.compile(rb"delegate[ \t]++[^;(){}=\n]*?[ \t>\]?](\w++)[ \t]*+(?:<[^()\n]*+>)?\(")
_PUBLIC = re.compile(rb"((?:public|protected|internal)[ \t\r\n]++[^;{}=]*+)[;{=]")
_MEMBER = re.compile(
    rb"\n[ \t]++(?!public|protected|private|internal|return|throw|new|await|else)"
    rb"([A-Za-z][^;{}=()]*+\([^;{}]*+|[A-Z][\w<>?,. ]*+[ \t\r\n]*+)(?:;|\{[ \t\r\n]*+get;)"
)
_EXTENSION = re.compile(rb"\(this[ \t]")
_BEFORE = (b"", b" ", b"\t", b"\n")
_PROJECT = re.compile(rb'<(ProjectReference|PackageReference)[ \t\r\n]++Include="([^"\n]++)"')

IMPLIED = frozenset(
    """
    Action Add AddRange Aggregate All Any Append ArgumentException ArgumentNullException Array Assert Average
    Boolean Byte CancellationToken Cast Char Clear Concat Console Contains ContainsKey Convert CopyTo Count DateTime
    Decimal Dictionary Dispose Distinct Double ElementAt EndsWith Enum Environment Equals Except Exception False
    First FirstOrDefault ForEach Format Func Get GetEnumerator GetHashCode GetType GroupBy Guid HashSet ICollection
    IDictionary IDisposable IEnumerable IList IReadOnlyList Id IndexOf Insert Int32 Int64 Intersect
    InvalidOperationException Invoke Is IsNullOrEmpty IsNullOrWhiteSpace Join Key Last LastOrDefault Length List
    Math Max Min Name None NotNull Null Nullable Object OfType OrderBy OrderByDescending Parse Path Remove Replace
    Reverse Select SelectMany SequenceEqual Set Single SingleOrDefault Skip Sort Split StartsWith String
    StringBuilder StringComparison Substring Sum System Take Task Test TestFixture ThenBy TimeSpan ToArray
    ToDictionary ToHashSet ToList ToLower ToLowerInvariant ToString ToUpper ToUpperInvariant Trim True TryGetValue
    TryParse Type Union Uri Value ValueTask Where WriteLine Zip
    """.split()
)
"""Names of the platform, and of members and extension methods (of LINQ above all) that stand in most files."""


class CSharp:
    name = "csharp"
    family = "csharp"
    suffixes = frozenset({".cs", ".csproj"})
    manifests: frozenset[str] = frozenset()

    def extract(self, path: str, data: bytes) -> Extract:
        if path.endswith(".csproj"):
            return Extract(tuple(dict.fromkeys(_needs(data))), ("project",))
        code = code_of(text_of(data), _NOISE)
        namespaces = dict.fromkeys(_text(name) for name in _NAMESPACE.findall(code)) or {"": None}
        usings = [(bool(static), bool(alias), _text(name)) for static, alias, name in _USING.findall(code)]
        opened = list(dict.fromkeys(name for static, alias, name in usings if not static and not alias))
        defined, nested = _types(code)
        roots = {name.partition(".")[0] for name in (*namespaces, *opened)}
        # What is partial has its other parts in other files: they belong together though nobody names them.
        partial = {name for name in defined if b"partial" in code and f"partial class {name}".encode() in code}
        words, calls = calls_of(_NAMESPACE.sub(b"", _USING.sub(b"", code)))
        known = (set(defined) | nested | IMPLIED) - partial
        return Extract(
            (
                *(f"{name}.*" for name in opened if not _is_platform(name)),
                *sorted({name for static, alias, name in usings if (static or alias) and not _is_platform(name)}),
                *_words(words, {call for call in calls if "A" <= call < "["}, roots, known),
            ),
            (
                *(f"package {name}" for name in namespaces),
                *(f"import {name}.*" for name in opened if not _is_platform(name)),
                *(f"{next(iter(namespaces))}.{name}" for name in dict.fromkeys((*defined, *_extensions(code)))),
            ),
        )

    def resolver(self, territory: Territory) -> Resolve:
        return Projects(territory).resolve

    def outline(self, path: str, data: bytes) -> Outline:
        text = prepared(data)
        return outline_of(path, text, lambda: _definitions(blanked(text, _NOISE)), head_documentation(text))


CSHARP = CSharp()


def _definitions(code: bytes) -> Iterator[Found]:
    """What is not private, and the members of interfaces."""
    patterns = (_PUBLIC, _MEMBER) if b"interface " in code else (_PUBLIC,)
    for match in (match for pattern in patterns for match in pattern.finditer(code)):
        yield from declared(code, match.start(1), match.end(1))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _is_platform(namespace: str) -> bool:
    return namespace == "System" or (namespace.startswith("System.") and not namespace.startswith("System.Web.Mvc"))


def _types(code: bytes) -> tuple[list[str], set[str]]:
    """Types outside of other types, and those inside: the former have the least indentation of all."""
    found: list[tuple[int, int, str]] = []
    for pattern in (*_TYPES, _DELEGATE):
        for match in pattern.finditer(code):
            start = match.start()
            if code[start - 1 : start] in _BEFORE:
                line = code[code.rfind(b"\n", 0, start) + 1 : start]
                found.append((len(line) - len(line.lstrip()), start, _text(match[1])))
    least = min((indent for indent, _, _ in found), default=0)
    top = dict.fromkeys(name for indent, _, name in sorted(found, key=lambda each: each[1]) if indent == least)
    return list(top), {name for indent, _, name in found if indent > least}


def _extensions(code: bytes) -> Iterator[str]:
    """Names of extension methods: whoever calls one does not name its class."""
    for match in _EXTENSION.finditer(code):
        head = code[max(0, match.start() - 200) : match.start()].rstrip()
        if head.endswith(b">"):
            head = head[: head.rfind(b"<")].rstrip()
        words = head.split()
        if words:
            yield _text(words[-1])


def _words(words: set[str], calls: set[str], roots: set[str], known: set[str]) -> Iterator[str]:
    """`.Foo` for what may be a type or an extension method, `A.B.Foo` for what begins like a namespace."""
    types = set(calls)
    qualified: set[str] = set()
    for word in words:
        if "A" <= word < "[":
            first, dot, _ = word.partition(".")
            if dot and first in roots and word.count(".") > 1:
                qualified.add(word[: 4 * MAX_WORD])
            types.add(first)
    plain = (word for word in types - known if 1 < len(word) <= MAX_WORD and not ("_" in word and word.isupper()))
    yield from (f".{word}" for word in sorted(plain))
    yield from sorted(name for name in qualified if not _is_platform(name))


def _needs(data: bytes) -> Iterator[str]:
    for kind, name in _PROJECT.findall(data):
        kind, spelled = ("project" if kind[:2] == b"Pr" else "package"), _text(name).replace("\\", "/")
        yield f"{kind} {spelled}"
