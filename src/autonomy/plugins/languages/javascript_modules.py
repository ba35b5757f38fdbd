"""Which file a module specifier means: relative paths, workspace packages, tsconfig paths, barrels. Pure.

Manifests declare what this needs of them, one fact a line: `package @scope/name`, `entry SUBPATH TARGET` (of
`exports`, `main` and the like), `base DIRECTORY`, `path PATTERN TARGET`, `extends FILE`. The names of a specifier
resolve to its file together with the files from which that file re-exports them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autonomy.model import Extract
from autonomy.plugins.languages.nearness import joined
from autonomy.protocols import Resolve, Territory

CONFIGS = (
    "tsconfig.json",
    "tsconfig.base.json",
    "tsconfig.app.json",
    "tsconfig.lib.json",
    "tsconfig.build.json",
    "tsconfig.node.json",
    "tsconfig.spec.json",
    "tsconfig.test.json",
)
BUILT_IN = frozenset(
    """
    assert async_hooks buffer bun child_process cluster console constants crypto dgram diagnostics_channel dns domain
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl
    stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib
    """.split()
)
_SUFFIXES = (
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".vue",
    ".svelte",
    ".astro",
    ".json",
)
_LONGEST_FIRST = sorted(_SUFFIXES, key=len, reverse=True)
_NAME = re.compile(r"@?[\w.~-]+(?:/[\w.~-]+)?")
_ENTRY_KEYS = ("source", "exports", "module", "main", "types", "typings", "browser")
_BUILT = re.compile(r"^(?:dist|build|lib|out|esm|cjs|es|umd)/(?:(?:esm|cjs|es|src)/)?")
_JSON_NOISE = re.compile(
    r'("(?>(?:[^"\\\n]++|\\.)*)"?)|//[^\n]*+|/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)(?:\*/)?|,(?=\s*+[}\]])', re.DOTALL
)
_DEPTH = 6

# ---------------------------------------------------------------- manifests


def manifest(path: str, text: bytes) -> Extract:
    """The facts of a `package.json` or `tsconfig.json`; comments and trailing commas are tolerated."""
    try:
        facts = json.loads(_JSON_NOISE.sub(lambda match: match[1] or "", text.decode("utf-8", "replace")))
    except (ValueError, RecursionError) as error:
        return Extract(problem=f"no JSON: {error}")
    if not isinstance(facts, dict):
        return Extract(problem="no JSON object")
    lines = _package(facts) if path.endswith("package.json") else _config(facts)
    return Extract(declares=tuple(dict.fromkeys(lines)))


def _package(facts: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(facts.get("name"), str):
        yield f"package {facts['name']}"
    for key in _ENTRY_KEYS:
        for subpath, target in _entries(".", facts.get(key), _DEPTH):
            yield f"entry {subpath} {target}"
    for subpath, target in _entries("", facts.get("imports"), _DEPTH):
        yield f"entry {subpath} {target}"


def _entries(subpath: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """(subpath, target) of each target, however deep in conditions; the order is that of the manifest."""
    if isinstance(value, str):
        yield subpath, value
    elif isinstance(value, dict) and depth:
        for key, inner in value.items():
            yield from _entries(key if key[:1] in (".", "#") else subpath, inner, depth - 1)
    elif isinstance(value, list) and depth:
        for inner in value:
            yield from _entries(subpath, inner, depth - 1)


def _config(facts: Mapping[str, Any]) -> Iterator[str]:
    extended = facts.get("extends")
    for each in extended if isinstance(extended, list) else [extended]:
        if isinstance(each, str):
            yield f"extends {each}"
    options = facts.get("compilerOptions")
    if not isinstance(options, dict):
        return
    if isinstance(options.get("baseUrl"), str):
        yield f"base {options['baseUrl']}"
    paths = options.get("paths")
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, str):
                yield f"path {pattern} {target}"


# ---------------------------------------------------------------- paths


def _above(directory: str) -> Iterator[str]:
    """`directory` and each directory above it, up to the root."""
    while True:
        yield directory
        if not directory:
            return
        directory = directory.rpartition("/")[0]


def _filled(pattern: str, target: str, specifier: str) -> str | None:
    """`target` with what the star of `pattern` stands for in `specifier`; None where they do not match."""
    head, star, tail = pattern.partition("*")
    if not star:
        return target if specifier == pattern else None
    if len(specifier) < len(head) + len(tail) or not specifier.startswith(head) or not specifier.endswith(tail):
        return None
    return target.replace("*", specifier[len(head) : len(specifier) - len(tail)], 1)


def _package_name(specifier: str) -> str:
    """The package of a bare specifier; empty where it is part of the platform or no package at all."""
    scheme, colon, rest = specifier.partition(":")
    if colon:
        if scheme not in ("npm", "jsr"):
            return ""
        specifier = rest.lstrip("/")
    parts = specifier.split("/")
    name = "/".join(parts[:2]) if parts[0][:1] == "@" else parts[0]
    name = name[:1] + name[1:].partition("@")[0]
    return "" if name in BUILT_IN or not _NAME.fullmatch(name) else name


# ---------------------------------------------------------------- resolution


def resolver(territory: Territory) -> Resolve:
    modules = _Modules(territory)
    places = [path.rpartition("/")[0] for path in territory.paths]
    known: dict[tuple[str, str], tuple[int, ...] | str] = {}

    def resolve(file: int, reference: str) -> tuple[int, ...] | str:
        key = (places[file], reference)
        found = known.get(key)
        if found is None:
            found = known[key] = modules.resolve(*key)
        return found

    return resolve


class _Config:
    """What one tsconfig says of names: pairs of pattern and target, relative to the root; the longest pattern first."""

    def __init__(self, directory: str, lines: Sequence[str]) -> None:
        facts = [line.split(" ", 1) for line in lines if " " in line]
        self.base = next((joined(directory, value) for key, value in facts if key == "base"), None)
        self.extends = [value for key, value in facts if key == "extends"]
        home = directory if self.base is None else self.base
        pairs = [value.rpartition(" ") for key, value in facts if key == "path"]
        resolved = [(pattern, joined(home, target)) for pattern, _, target in pairs]
        ranked = sorted(resolved, key=lambda pair: -len(pair[0].partition("*")[0]))
        self.paths = [(pattern, target) for pattern, target in ranked if target is not None]


class _Modules:
    """Specifiers of one territory, remembered as they are asked for."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._stems = _stems(territory.paths)
        self._files: dict[tuple[str, str], int | str] = {}
        self._tables: dict[int, tuple[Mapping[str, str], Sequence[str]]] = {}
        self._definers: dict[tuple[int, str], int | None] = {}
        self._packages: dict[str, str] = {}
        self._entries: dict[str, Sequence[tuple[str, str]]] = {}
        self._configs: dict[str, list[_Config]] = {}
        for file, lines in sorted(territory.declares.items()):
            directory, _, name = territory.paths[file].rpartition("/")
            if name == "package.json":
                self._add_package(directory, lines)
            elif name in CONFIGS or name == "jsconfig.json":
                self._configs.setdefault(directory, []).append(_Config(directory, lines))

    def _add_package(self, directory: str, lines: Sequence[str]) -> None:
        facts = [line.split(" ", 1) for line in lines]
        self._entries[directory] = [
            (sub, target) for key, value in facts if key == "entry" for sub, _, target in [value.partition(" ")]
        ]
        for key, value in facts:
            if key == "package":
                self._packages.setdefault(value, directory)

    def resolve(self, place: str, reference: str) -> tuple[int, ...] | str:
        """Files that `reference` means in a file of the directory `place`, or the package that it comes from."""
        specifier, _, names = reference.rpartition(" ")
        found = self._module(place, specifier)
        if isinstance(found, str):
            return found
        if not names or found not in self._territory.declares:
            return (found,)
        definers = {self._definer(found, name) for name in names.split(",")}
        return tuple(sorted({found} | {each for each in definers if each is not None}))

    def _module(self, place: str, specifier: str) -> int | str:
        key = (place, specifier)
        if key not in self._files:
            wanted = specifier.partition("?")[0].rpartition("!")[2]
            found = next((file for file in self._tries(place, wanted) if file is not None), None)
            relative = wanted[:1] in ("", ".", "/", "#", "~") or wanted.startswith("@/")
            self._files[key] = found if found is not None else "" if relative else _package_name(wanted)
        return self._files[key]

    def _tries(self, place: str, specifier: str) -> Iterator[int | None]:
        """What `specifier` may mean, by falling precedence; None where there is no such file."""
        if specifier in (".", "..") or specifier.startswith(("./", "../")):
            yield self._at(joined(place, specifier))
            return
        yield from self._configured(place, specifier)
        name = "/".join(specifier.split("/")[: 2 if specifier[:1] == "@" else 1])
        if name in self._packages:
            yield self._entry(self._packages[name], "." + specifier[len(name) :])
        if specifier[:1] == "#":
            yield from (self._entry(above, specifier) for above in _above(place) if above in self._entries)
        rest = specifier[2:] if specifier[:2] in ("@/", "~/") else specifier if "/" in specifier[1:] else ""
        if rest and specifier[:2] != "@/" and name in BUILT_IN:
            return
        for above in _above(place) if rest else ():
            yield self._at(joined(above, rest))
            if rest is not specifier:
                yield self._at(joined(above, "src/" + rest))

    def _configured(self, place: str, specifier: str) -> Iterator[int | None]:
        """By `paths` and `baseUrl` of the nearest configuration that has any, or of what it extends."""
        for above in _above(place):
            for config in self._configs.get(above, ()):
                yield from self._by_config(above, config, specifier, _DEPTH)

    def _by_config(self, directory: str, config: _Config, specifier: str, depth: int) -> Iterator[int | None]:
        for pattern, target in config.paths:
            filled = _filled(pattern, target, specifier)
            if filled is not None:
                yield self._at(filled)
        if config.base is not None:
            yield self._at(joined(config.base, specifier))
        for extended in config.extends if depth else ():
            parent = (joined(directory, extended) or "").rpartition("/")[0]
            if extended[:1] == "." and parent != directory:
                for other in self._configs.get(parent, ()):
                    yield from self._by_config(parent, other, specifier, depth - 1)

    def _at(self, path: str | None) -> int | None:
        """The file at `path`, which may lack its suffix, carry the suffix of its compiled form, or be a directory."""
        if path is None:
            return None
        file = self._plain(path)
        return self._entry(path, ".") if file is None and path in self._entries else file

    def _plain(self, path: str) -> int | None:
        file = self._territory.ids.get(path)
        if file is None:
            file = self._stems.get(path)
        if file is None and path.endswith((".js", ".jsx", ".mjs", ".cjs")):
            file = self._stems.get(path.rpartition(".")[0])
        return file

    def _entry(self, directory: str, subpath: str) -> int | None:
        """The source behind a package's entry; where the manifest names a build's output, its likely source."""
        for pattern, target in self._entries.get(directory, ()):
            filled = _filled(pattern if pattern != "." or subpath == "." else "", target, subpath)
            relative = joined("", filled) if filled is not None else None
            if relative is not None:
                for guess in (relative, "src/" + _BUILT.sub("", relative)):
                    if (file := self._plain(joined(directory, guess) or "")) is not None:
                        return file
        name = subpath[2:]
        guesses = (name, f"src/{name}") if name else ("src/index", "index", "src/main", "lib/index", "src")
        files = (self._plain(joined(directory, guess) or "") for guess in guesses)
        return next((file for file in files if file is not None), None)

    def _definer(self, file: int, name: str) -> int | None:
        """The file that defines what `file` exports as `name`, through any number of barrels; None if it's unknown."""
        key = (file, name)
        if key not in self._definers:
            self._definers[key] = None
            self._definers[key] = self._traced(file, name)
        return self._definers[key]

    def _traced(self, file: int, name: str) -> int | None:
        exports, stars = self._table(file)
        place = self._territory.paths[file].rpartition("/")[0]
        if name in exports:
            specifier, _, original = exports[name].rpartition(" ")
            source = self._module(place, specifier) if specifier else ""
            if isinstance(source, str):
                return file
            deeper = self._definer(source, original)
            return source if deeper is None else deeper
        for specifier in stars if name != "default" else ():
            source = self._module(place, specifier)
            if not isinstance(source, str) and (found := self._definer(source, name)) is not None:
                return found
        return None

    def _table(self, file: int) -> tuple[Mapping[str, str], Sequence[str]]:
        """What `file` declares: exported name -> `specifier name` (empty: from here), and specifiers of its stars."""
        if file not in self._tables:
            pairs = [line.partition("=") for line in self._territory.declares.get(file, ())]
            exports = {alias: origin for alias, _, origin in pairs if alias != "*"}
            self._tables[file] = exports, [origin.rpartition(" ")[0] for alias, _, origin in pairs if alias == "*"]
        return self._tables[file]


def _stems(paths: Sequence[str]) -> Mapping[str, int]:
    """Path without suffix (and without `/index`) -> file. A file goes before a directory's index."""
    ranked: dict[str, tuple[bool, int, int]] = {}
    for file, path in enumerate(paths):
        if not path.endswith(_SUFFIXES):
            continue
        suffix = next(each for each in _LONGEST_FIRST if path.endswith(each))
        stem = path.removesuffix(suffix)
        for name in (stem, stem.rpartition("/")[0]) if stem.rpartition("/")[2] == "index" else (stem,):
            rank = (name is not stem, _SUFFIXES.index(suffix), file)
            if name not in ranked or rank < ranked[name]:
                ranked[name] = rank
    return {stem: file for stem, (_, _, file) in ranked.items()}
