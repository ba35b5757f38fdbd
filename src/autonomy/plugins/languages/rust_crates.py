"""From Rust's paths to files: crates by `Cargo.toml`, modules by the layout of directories, re-exports followed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from autonomy.plugins.languages.near import joined
from autonomy.protocols import Territory

MAX_STEPS = 40
"""Modules that are asked for one name."""

Trail = set[tuple[int, str]]
"""Modules that were asked already, and for what: re-exports may run in circles."""

TARGETS = ("src/bin/", "src/", "tests/", "benches/", "examples/")
ROOTS = ("lib.rs", "main.rs", "mod.rs")

Found = tuple[int, ...] | str


@dataclass(slots=True)
class Crate:
    """What one `Cargo.toml` says. `folder` ends in a slash or is empty."""

    folder: str
    name: str = ""
    library: str = "src/lib.rs"
    needs: dict[str, str] = field(default_factory=dict)
    beside: set[str] = field(default_factory=set)
    """Of `needs`, those that are given by a path."""
    targets: list[str] = field(default_factory=list)
    """Folders of programs and tests that lie elsewhere than Cargo looks by itself."""


@dataclass(slots=True)
class Exports:
    """What a module offers: its own items, names from elsewhere by their paths, and the modules it takes all from."""

    items: frozenset[str]
    named: dict[str, str]
    globs: tuple[str, ...]


class RustCrates:
    def __init__(self, territory: Territory) -> None:
        self.paths = territory.paths
        self.ids = territory.ids
        self.crates: dict[str, Crate] = {}
        self.named: dict[str, list[Crate]] = {}
        self.tops: dict[str, list[str]] = {}
        self.local: dict[str, list[str]] = {}
        self.exports: dict[int, Exports] = {}
        self.macros: dict[tuple[str, str], int] = {}
        self.settled: dict[tuple[str, str], Found] = {}
        self.homes: dict[str, tuple[str, tuple[str, ...]]] = {}
        for file, declared in territory.declares.items():
            path = self.paths[file]
            if path.endswith("Cargo.toml"):
                self._add_crate(path.removesuffix("Cargo.toml"), declared)
        for file, declared in territory.declares.items():
            if self.paths[file].endswith(".rs"):
                self._add_source(file, declared)

    def _add_crate(self, folder: str, declared: Sequence[str]) -> None:
        crate = Crate(folder)
        for directive in declared:
            verb, _, rest = directive.partition(" ")
            if verb == "crate":
                crate.name = crate.name or rest.replace("-", "_")
            elif rest.startswith("name "):
                crate.name = rest[5:].replace("-", "_")
            elif verb == "lib":
                crate.library = rest[5:].removeprefix("./")
            elif verb == "target":
                crate.targets.append(rest.removeprefix("./"))
            elif verb == "local":
                self.local.setdefault(rest, []).append(folder)
            else:
                ident, name, origin = rest.split(" ")
                if ident not in crate.needs or name.replace("-", "_") != ident:
                    crate.needs[ident] = name
                if origin == "path":
                    crate.beside.add(ident)
        self.crates[folder] = crate
        for path in (*crate.targets, crate.library):
            around, _, name = (folder + path).rpartition("/")
            self.tops.setdefault(around + "/" if around else "", []).append(name)
        crate.targets = [path.rpartition("/")[0] + "/" for path in crate.targets]
        if crate.name:
            self.named.setdefault(crate.name, []).append(crate)

    def _add_source(self, file: int, declared: Sequence[str]) -> None:
        named = dict(each.split("=", 1) for each in declared if "=" in each and each[0] != "*")
        globs = tuple(each[2:] for each in declared if each.startswith("*="))
        items = frozenset(each for each in declared if "=" not in each and not each.endswith("!"))
        self.exports[file] = Exports(items, named, globs)
        crate = self._crate(self.paths[file])
        for each in declared:
            if each.endswith("!"):
                self.macros.setdefault((crate.folder, each[:-1]), file)

    def resolve(self, file: int, reference: str) -> Found:
        if reference.startswith("mod "):
            return self._child(file, reference[4:])
        if reference.startswith("include "):
            folder = self.paths[file].rpartition("/")[0]
            included = self.ids.get(joined(folder + "/", reference[8:]))
            return "" if included is None else (included,)
        key = (self._home(file)[0] if reference.startswith("crate::") else self.paths[file], reference)
        found = self.settled.get(key)
        if found is None:
            segments = reference.split("::")
            target = self._follow(file, segments, set())
            found = self.settled[key] = self._external(file, segments[0]) if target is None else (target,)
        return found

    def _external(self, file: int, first: str) -> str:
        if first in ("crate", "self", "super"):
            return ""
        crate = self._crate(self.paths[file])
        if first in crate.beside:
            return ""
        return crate.needs.get(first, "" if self.crates else first)

    def _child(self, file: int, name: str) -> Found:
        """The file of `mod name;`, or of `mod name = path`, which is relative to the folder of the declaring file."""
        name, _, placed = name.partition(" = ")
        if placed:
            found = self.ids.get(joined(self.paths[file].rpartition("/")[0] + "/", placed))
        else:
            root, module = self._home(file)
            inner = name.split("::")
            found = self._module(root, (*module, *inner))
            if found is None:
                folder = self.paths[file].rpartition("/")[0]
                found = self._module(folder + "/" if folder else "", tuple(inner))
        return "" if found is None else (found,)

    def _follow(self, file: int, segments: Sequence[str], trail: Trail) -> int | None:
        """The file that declares what a path means, seen from `file`."""
        if len(trail) > MAX_STEPS or not segments:
            return None
        root, module = self._home(file)
        first = segments[0]
        if first == "crate":
            return self._descend(root, (), segments[1:], trail)
        if first in ("self", "super"):
            up = 0
            while up < len(segments) and segments[up] in ("self", "super"):
                module = module[:-1] if segments[up] == "super" else module
                up += 1
            return self._descend(root, module, segments[up:], trail)
        if self._step(root, module, segments):
            return self._descend(root, module, segments, trail)
        exported = self.exports.get(file)
        if trail and exported and first in exported.named and (file, f"={first}") not in trail:
            trail.add((file, f"={first}"))
            return self._follow(file, [*exported.named[first].split("::"), *segments[1:]], trail)
        crate = self._named_crate(file, first)
        if crate is not None:
            folder, _, name = (crate.folder + crate.library).rpartition("/")
            return self._descend(folder + "/" if folder else "", (), segments[1:], trail, name)
        if module and self._step(root, (), segments):
            return self._descend(root, (), segments, trail)
        return None

    def _descend(
        self, root: str, module: Sequence[str], segments: Sequence[str], trail: Trail, top: str = ""
    ) -> int | None:
        """From a module down a path as far as there are files, then through what the last of them re-exports."""
        reached = self._module(root, tuple(module), top)
        deep = list(module)
        rest = list(segments)
        while taken := self._step(root, deep, rest):
            deep += rest[:taken]
            rest = rest[taken:]
            reached = self._module(root, tuple(deep))
        if reached is None or not rest or rest[0] == "*":
            return reached
        return self._exported(reached, rest, trail)

    def _step(self, root: str, module: Sequence[str], rest: Sequence[str]) -> int:
        """How many segments lead from a module to the next one that is a file: two where one is inside of a file."""
        return next((n for n in (1, 2) if n <= len(rest) and self._module(root, (*module, *rest[:n])) is not None), 0)

    def _exported(self, module: int, rest: Sequence[str], trail: Trail) -> int:
        """Where the item `rest[0]` of a module comes from; the module itself where nothing says otherwise."""
        exports = self.exports.get(module)
        name = rest[0]
        if exports is None or name in exports.items or (module, name) in trail:
            return module
        trail.add((module, name))
        if name in exports.named:
            found = self._follow(module, [*exports.named[name].split("::"), *rest[1:]], trail)
            return module if found is None else found
        for glob in exports.globs:
            found = self._follow(module, [*glob.split("::"), *rest], trail)
            if found is not None and found != module and self._offers(found, name):
                return found
        crate = self._crate(self.paths[module])
        return self.macros.get((crate.folder, name), module)

    def _offers(self, file: int, name: str) -> bool:
        exports = self.exports.get(file)
        return exports is not None and (name in exports.items or name in exports.named)

    def _module(self, root: str, module: tuple[str, ...], top: str = "") -> int | None:
        """The file of a module below the root folder of its crate."""
        if not module:
            names = (top,) if top else (*self.tops.get(root, ()), *ROOTS)
            return next((self.ids[root + name] for name in names if root + name in self.ids), None)
        base = root + "/".join(module)
        found = self.ids.get(base + ".rs")
        return self.ids.get(base + "/mod.rs") if found is None else found

    def _home(self, file: int) -> tuple[str, tuple[str, ...]]:
        """The root folder of a file's crate, and the module that the file is."""
        path = self.paths[file]
        home = self.homes.get(path)
        if home is None:
            home = self.homes[path] = self._find_home(path)
        return home

    def _find_home(self, path: str) -> tuple[str, tuple[str, ...]]:
        crate = self._crate(path)
        inside = path[len(crate.folder) :]
        library = crate.library.rpartition("/")[0] + "/"
        target = next((each for each in (*crate.targets, library, *TARGETS) if inside.startswith(each)), "")
        root, rest = crate.folder + target, inside[len(target) :]
        parts = rest.removesuffix(".rs").split("/")
        # Each file at the top of tests/ is a program, and so is a folder there that has a main.rs.
        separate = target in TARGETS and target != "src/"
        if separate and len(parts) > 1 and f"{root}{parts[0]}/main.rs" in self.ids:
            root, parts, separate = f"{root}{parts[0]}/", parts[1:], False
        top = len(parts) == 1 and (separate or parts[0] + ".rs" in ROOTS or path == crate.folder + crate.library)
        return root, tuple(parts[:-1] if top or parts[-1] == "mod" else parts)

    def _crate(self, path: str) -> Crate:
        """The crate of the nearest manifest above `path`."""
        folder = path[: path.rfind("/") + 1]
        while folder and folder not in self.crates:
            folder = folder[: folder.rfind("/", 0, -1) + 1]
        return self.crates.get(folder) or Crate(folder)

    def _named_crate(self, file: int, ident: str) -> Crate | None:
        """The crate of this repository that a path begins with; among several of a name, the one nearest above."""
        own = self._crate(self.paths[file])
        name = own.needs.get(ident, ident).replace("-", "_")
        if own.name in (ident, name):
            return own
        # A crate of that name in the tree may be a fixture: what comes from the registry is not meant to be it.
        patched = self.local.get(own.needs.get(ident, ""), ())
        inside = not own.name or ident in own.beside or any(own.folder.startswith(folder) for folder in patched)
        found = self.named.get(name, []) if inside else []
        return min(found, key=lambda crate: (-_common(crate.folder, own.folder), crate.folder)) if found else None


def _common(one: str, other: str) -> int:
    """How many leading characters two folders share."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
