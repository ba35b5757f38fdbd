"""Rust: `mod`, `use` and paths written in the code, followed through the modules of the crates of the workspace.

References are spelled `mod x`, `mod x = file.rs` (by `#[path]`), `include file`, and paths: `crate::a::B`,
`super::b`, `self::c`, `serde::de::Visitor`. A source file declares its public items, `name=path` and `*=path` for
what it re-exports, `name!` for macros; `Cargo.toml` declares `crate name`, `lib name n`, `lib path p`, `target path`,
`needs ident name from` (from: `path`, `workspace`, `registry`), and `local name` for what the workspace has by path.
"""

import re
from collections.abc import Iterator

from autonomy.model import Extract, Outline
from autonomy.plugins.languages.outlines import HEAD, Found, blanked, outline_of, prepared, sentence, signature_end
from autonomy.plugins.languages.rust_crates import RustCrates
from autonomy.plugins.languages.words import BLOCK_COMMENT, CHARACTER, LINE_COMMENT, MAX_WORD, code_of, paths_of
from autonomy.protocols import Resolve, Territory

_RAW = rb'\br(#*+)"(?s:.*?)(?:"\1|\Z)'
_STRING = rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"?'
_NOISE = re.compile(b"|".join([BLOCK_COMMENT, LINE_COMMENT, _RAW, _STRING, CHARACTER]), re.DOTALL)
_MOD = re.compile(rb"mod[ \t]++(\w++)[ \t]*+(;|\{(?!\}))")
_PATH = re.compile(rb'#\[path[ \t]*+=[ \t]*+"([^"\n]{1,300})"\][^;{}]{0,200}?\bmod[ \t]++(\w++)[ \t]*;')
_USE = re.compile(rb"use[ \t\r\n]++([^;\"'()=]{1,6000}+);")
_EXTERN = re.compile(rb"extern[ \t]++crate[ \t]++(\w++)(?:[ \t]++as[ \t]++(\w++))?[ \t]*;")
_INCLUDE = re.compile(rb'include(?:_str|_bytes)?!\(\s*+"([^"\n]++)"')
_ITEM = re.compile(
    rb"pub(?:\([^()\n]*+\))?[ \t]++"
    rb"(?>(?:unsafe[ \t]++|async[ \t]++|const[ \t]++(?=fn|unsafe|async)|extern[ \t]++'[ \t]++)*)"
    rb"(fn|struct|enum|trait|type|const|static|union|mod)[ \t]++(?:mut[ \t]++)?(\w++)"
)
_INNER_DOC = re.compile(rb"(?>(?:\n[ \t]*+//![^\n]*+)+)|\n/\*![^*]*+(?>(?:\*(?!/)[^*]*+)*)(?:\*/|\Z)")
_DECLARATION = re.compile(
    rb"\n([ \t]*+)(pub[ \t]++)?(?>(?:(?:default|unsafe|async|extern|const(?=[ \t]++(?:fn|unsafe|async)))[ \t]++)*)"
    rb"(fn|struct|enum|trait|type|const|static|union|mod|macro_rules!|impl)(?:<[^{}\n]*?>)?[ \t]++"
    rb"(?:mut[ \t]++|[\w:<>, ]++[ \t]for[ \t]++)?(\w++)"
)
_MACRO = re.compile(rb"macro_rules![ \t]*+(\w++)")
_BEFORE = (b"", b" ", b"\t", b"\n")
_TREE = re.compile(r"[{},]|[^{},\s]+(?:\s+as\s+\w+)?")

PLATFORM = frozenset({"std", "core", "alloc", "proc_macro", "test", "clippy", "rustdoc", "rustfmt"})
"""Crates of the toolchain, and the tools whose lints are spelled like paths."""

PRIMITIVES = frozenset(
    "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize Self slice array size_of".split()
)
MAX_LEAVES = 400
"""Names that one `use` may bring; more are nobody's handwriting."""


class Rust:
    name = "rust"
    family = "rust"
    suffixes = frozenset({".rs"})
    manifests = frozenset({"Cargo.toml"})

    def extract(self, path: str, data: bytes) -> Extract:
        if path.endswith("Cargo.toml"):
            return Extract((), tuple(dict.fromkeys(_manifest(data))))
        code = code_of(data, _NOISE)
        placed = {name.decode(): file.decode("utf-8", "replace") for file, name in _PATH.findall(data)}
        inner = _inner(code)
        uses = list(_uses(code, inner))
        known = {name for name, _, _ in uses}
        references = dict.fromkeys(path for _, path, _ in uses if path.partition("::")[0] not in PLATFORM)
        references |= dict.fromkeys(_written(paths_of(_USE.sub(b";", code)), known))
        references |= dict.fromkeys(
            f"mod {name} = {placed[name]}" if name in placed else f"mod {name}" for name in _children(code, inner)
        )
        references |= dict.fromkeys(f"include {name.decode('utf-8', 'replace')}" for name in _INCLUDE.findall(data))
        return Extract(tuple(references), tuple(dict.fromkeys(_declares(code, uses))))

    def resolver(self, territory: Territory) -> Resolve:
        return RustCrates(territory).resolve

    def outline(self, path: str, data: bytes) -> Outline:
        text = prepared(data)
        doc = _INNER_DOC.search(text, 0, HEAD)
        return outline_of(path, text, lambda: _definitions(blanked(text, _NOISE)), sentence(doc[0]) if doc else "")


RUST = Rust()


def _definitions(code: bytes) -> Iterator[Found]:
    """What is `pub`, without restriction, and the methods of public traits."""
    owner, is_trait = "", False
    for match in _DECLARATION.finditer(code):
        indent, public, kind, name = match[1], match[2], match[3].decode(), match[4].decode("utf-8", "replace")
        if kind == "impl":
            owner, is_trait = name if not indent else owner, False
            continue
        if not indent:
            owner, is_trait = ("", False) if kind != "trait" else (name, bool(public))
        if public or (is_trait and kind == "fn" and 0 < len(indent) <= 4):
            start = match.start(1) + len(indent)
            inside = f"{owner}::" if indent and owner and kind == "fn" else ""
            stops = b"{;=" if kind in ("const", "static", "type") else b"{;"
            yield Found(start, signature_end(code, start, stops), kind.rstrip("!"), inside + name)


Spans = list[tuple[str, int, int]]


def _children(code: bytes, inner: Spans) -> Iterator[str]:
    """`a` for `mod a;`, `b::a` where it stands inside of `mod b { ... }`."""
    for match in _MOD.finditer(code):
        if match[2] == b";" and code[match.start() - 1 : match.start()] in _BEFORE:
            around = "".join(f"{name}::" for name, begin, end in inner if begin < match.start() < end)
            yield around + match[1].decode()


def _uses(code: bytes, inner: Spans) -> Iterator[tuple[str, str, bool]]:
    """(name here, path, whether it is exported) of each leaf of each `use`; the name of a glob is `*`."""
    for match in _EXTERN.finditer(code):
        yield (match[2] or match[1]).decode(), match[1].decode(), _is_public(code, match.start())
    for match in _USE.finditer(code):
        start = match.start()
        if code[start - 1 : start] not in _BEFORE:
            continue
        inside = any(begin < start < end for _, begin, end in inner)
        public = _is_public(code, start)
        for name, path in _leaves(match[1].decode("utf-8", "replace")):
            yield name, _outward(path) if inside else path, public and not inside


def _is_public(code: bytes, start: int) -> bool:
    return code[max(0, start - 40) : start].rpartition(b"\n")[2].lstrip().startswith(b"pub")


def _inner(code: bytes) -> Spans:
    """Name, begin and end of modules that are written inside the file (`mod tests { ... }` at the margin)."""
    spans = []
    for match in _MOD.finditer(code):
        if match[2] == b"{" and code.rfind(b"\n", 0, match.start()) + 1 >= match.start() - 12:
            end = code.find(b"\n}", match.end())
            spans.append((match[1].decode(), match.start(), end if end >= 0 else len(code)))
            if end < 0:
                break
    return spans


def _outward(path: str) -> str:
    """A path of an inner module as its file would write it: `super::x` becomes `self::x`."""
    if path.startswith("super::super::"):
        return path.removeprefix("super::")
    return "self::" + path.removeprefix("super::") if path.startswith("super::") else path


def _leaves(tree: str) -> Iterator[tuple[str, str]]:
    """`b` a::b and `e` a::c::d of `a::{b, c::{d as e}}`; a glob keeps its star: `*` a::*."""
    prefixes = [""]
    last = ""
    count = 0
    for piece in _TREE.findall(tree):
        if piece == "{":
            prefixes.append(last)
            last = ""
        elif piece in ("}", ","):
            if last and count < MAX_LEAVES:
                count += 1
                yield _leaf(last)
            last = ""
            if piece == "}" and len(prefixes) > 1:
                prefixes.pop()
        elif len(prefixes) < 20:
            last = prefixes[-1] + piece
    if last:
        yield _leaf(last)


def _leaf(spelled: str) -> tuple[str, str]:
    path, _, alias = (part.strip() for part in spelled.partition(" as "))
    path = path.removeprefix("::").removesuffix("::self")[: 4 * MAX_WORD]
    return alias or path.rpartition("::")[2], path


def _written(paths: set[str], known: set[str]) -> Iterator[str]:
    """Paths in the code that begin at a crate or a module, not at a name that a `use` brought."""
    skipped = known | PLATFORM | PRIMITIVES
    for path in sorted(paths):
        first, _, rest = path.partition("::")
        if rest and first not in skipped and (first[:1].islower() or first[:1] == "_") and len(path) <= 4 * MAX_WORD:
            yield path


def _declares(code: bytes, uses: list[tuple[str, str, bool]]) -> Iterator[str]:
    for match in _ITEM.finditer(code):
        margin = code[match.start() - 1 : match.start()] in (b"", b"\n")
        if margin or match[1] != b"fn":
            yield match[2].decode()
    yield from (f"{name}={path.removesuffix('::*')}" for name, path, public in uses if public)
    for match in _MACRO.finditer(code):
        if b"#[macro_export" in code[max(0, match.start() - 200) : match.start()]:
            yield f"{match[1].decode()}!"


_SECTION = re.compile(r"\[+([^\]]+)\]+")
_KEY = re.compile(r"""["']?([\w-]+)["']?(?:\.([\w-]+))?\s*=\s*(.*)""")
_VALUE = re.compile(r"""\b(package|path|workspace)\s*=\s*["']?([^"',}\s]*)""")
_NAME = re.compile(r"[\w-]{1,100}")
_LOCAL = ("workspace.dependencies", "patch.", "replace")


def _manifest(data: bytes) -> Iterator[str]:
    """What a `Cargo.toml` says of its crate. Read line by line: a whole parser would cost more than the sources."""
    section, dependency = "", ""
    for line in data.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if text.startswith("["):
            match = _SECTION.match(text)
            section = match[1] if match else ""
            dependency = section.rpartition("dependencies.")[2] if "dependencies." in section else ""
            if dependency:
                yield from _dependency(section, dependency, {})
        elif (match := _KEY.match(text)) is not None:
            key, detail, value = match[1], match[2], match[3]
            plain = value.strip("\"' ")
            if dependency:
                yield from _dependency(section, dependency, {key: plain})
            elif section == "package" and key == "name":
                yield f"crate {plain}"
            elif section == "lib" and key in ("name", "path"):
                yield f"lib {key} {plain}"
            elif section in ("bin", "test", "bench", "example") and key == "path":
                yield f"target {plain}"
            elif section.endswith("dependencies") or section.startswith(_LOCAL):
                yield from _dependency(section, key, {detail: plain} if detail else dict(_VALUE.findall(value)))


def _dependency(section: str, name: str, facts: dict[str, str]) -> Iterator[str]:
    real = facts.get("package", name)
    if not (_NAME.fullmatch(name) and _NAME.fullmatch(real)):
        return
    if section.startswith(_LOCAL):
        if "path" in facts:
            yield f"local {real}"
        return
    origin = "path" if "path" in facts else "workspace" if "workspace" in facts else "registry"
    yield f"needs {name.replace('-', '_')} {real} {origin}"
