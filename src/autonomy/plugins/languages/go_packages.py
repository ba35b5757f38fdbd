"""From Go's import paths to directories by `go.mod`, and from names to the files that declare them."""

from collections.abc import Mapping, Sequence

from autonomy.plugins.languages.near import joined, upward
from autonomy.protocols import Territory

MANY = 3
"""A name that more files declare has one variant for each system."""

HOSTS = frozenset({"bitbucket.org", "github.com", "gitlab.com", "golang.org", "cloud.google.com", "git.sr.ht"})
"""Where a module's path has three elements, as far as no `go.mod` says."""

Found = tuple[int, ...] | str
Names = Mapping[str, tuple[int, ...]]


class GoPackages:
    def __init__(self, territory: Territory) -> None:
        self.paths = territory.paths
        self.folders = [path[: path.rfind("/") + 1] for path in territory.paths]
        self.modules: dict[str, list[str]] = {}
        self.required: set[str] = set()
        self.package: dict[int, tuple[str, str]] = {}
        self.names: dict[tuple[str, str], dict[str, tuple[int, ...]]] = {}
        self.importable: dict[str, str] = {}
        self.settled: dict[str, dict[str, Found]] = {}
        for file, declared in territory.declares.items():
            if declared[0].startswith("package "):
                self._add_file(file, declared[0][8:], declared[1:])
            else:
                self._add_module(file, declared)

    def _add_file(self, file: int, package: str, declared: Sequence[str]) -> None:
        folder = self.folders[file]
        self.package[file] = (folder, package)
        names = self.names.setdefault((folder, package), {})
        for name in declared:
            names[name] = (*names.get(name, ()), file)
        # A folder holds one package that others import; `main` stands beside it only in scripts.
        tested = self.paths[file].endswith("_test.go")
        if not tested and self.importable.get(folder, "main") in ("main", "documentation"):
            self.importable[folder] = package

    def _add_module(self, file: int, declared: Sequence[str]) -> None:
        folder = self.folders[file]
        for directive in declared:
            verb, _, rest = directive.partition(" ")
            if verb == "module":
                self.modules.setdefault(rest, []).append(folder)
            elif verb == "require":
                self.required.add(rest)
            else:
                module, _, target = rest.partition(" => ")
                self.modules.setdefault(module, []).append(_folder(joined(folder, target)))

    def resolve(self, file: int, reference: str) -> Found:
        if reference[0] == ".":
            names = self.names.get(self.package.get(file, ("", "")), {})
            found = names.get(reference[1:], ())
            return found if 0 < len(found) <= MANY else ""
        folder = self.folders[file]
        known = self.settled.get(folder)
        if known is None:
            known = self.settled[folder] = {}
        answer = known.get(reference)
        if answer is None:
            answer = known[reference] = self._find(folder, reference)
        return answer

    def _find(self, importer: str, reference: str) -> Found:
        path, _, symbol = reference.partition("#")
        folder = self._folder(importer, path)
        if folder is None:
            return "" if self._module(path) else self._external(path)
        names: Names = self.names.get((folder, self.importable[folder]), {})
        if symbol:
            found = names.get(symbol, ())
            return found if 0 < len(found) <= MANY else ""
        files = sorted({file for owners in names.values() for file in owners if not self._tests(file)})
        return tuple(files) if len(files) <= MANY else ""

    def _tests(self, file: int) -> bool:
        return self.paths[file].endswith("_test.go")

    def _folder(self, importer: str, path: str) -> str | None:
        """The directory of an import path: of a module of this repository, or vendored."""
        module = self._module(path)
        if module:
            rest = path[len(module) :].strip("/")
            for root in sorted(
                self.modules[module], key=lambda root: (not importer.startswith(root), -len(root), root)
            ):
                folder = root + rest + "/" if rest else root
                if folder in self.importable:
                    return folder
        for parent in upward(importer):
            if (folder := f"{parent}vendor/{path}/") in self.importable:
                return folder
        return None if self.modules else self._by_suffix(path)

    def _by_suffix(self, path: str) -> str | None:
        """Without any `go.mod`, the longest tail of the path that is a directory here, from its second element on."""
        parts = path.split("/")
        for start in range(1 if "." in parts[0] else 0, len(parts)):
            for root in ("", "src/"):
                if (folder := root + "/".join(parts[start:]) + "/") in self.importable:
                    return folder
        return None

    def _module(self, path: str) -> str:
        """The longest module path of this repository that `path` begins with, or nothing."""
        return _longest(path, self.modules)

    def _external(self, path: str) -> str:
        parts = path.split("/")
        if "." not in parts[0]:
            return ""
        return _longest(path, self.required) or "/".join(parts[: 3 if parts[0] in HOSTS else 2])


def _longest(path: str, known: Mapping[str, object] | set[str]) -> str:
    while path and path not in known:
        path = path.rpartition("/")[0]
    return path


def _folder(path: str) -> str:
    return path + "/" if path else ""
