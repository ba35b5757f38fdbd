"""Names found through packages and imports: how Java, Kotlin, Scala and C# refer to files.

A file declares, as its language would spell it, `package a.b` (its own), `import a.b.*` (every name of a.b is
known here) and `a.b.Foo` (it defines Foo). It refers to `a.b.Foo` (any prefix may be the declared name), to `a.b.*`,
and to `.Foo`: a word that may be a name of one of the packages that it sees.
"""

from collections.abc import Callable, Sequence
from itertools import takewhile

from autonomy.plugins.languages.near import Folders, Near
from autonomy.protocols import Territory

MAX_IMPORTS = 200
"""Packages that one file may import as a whole; more are nobody's handwriting."""

MANY = 3
"""More files than this that declare a name equally near are variants; a word means none of them."""

Found = tuple[int, ...] | str


class Packages:
    """Resolves against the declarations of a family. `external` names the package of an import from outside."""

    def __init__(
        self,
        territory: Territory,
        external: Callable[[str], str],
        around: Callable[[str], Sequence[str]] = lambda package: (package,),
        everywhere: Sequence[str] = (),
        relative: bool = False,
    ) -> None:
        """`around`: the packages whose names a package sees unasked; `everywhere`: those that every file imports.

        `relative`: an import may begin in a package that the file sees.
        """
        self.relative = relative
        self.paths = territory.paths
        self.folders = [path[: path.rfind("/") + 1] for path in territory.paths]
        self.external = external
        self.around = Folders()
        self.near: dict[str, Near] = {}
        self.packages: set[str] = set()
        self.declaring: dict[str, list[int]] = {}
        self.scopes: dict[int, tuple[str, ...]] = {}
        self.settled: dict[tuple[str, tuple[str, ...]], dict[str, Found]] = {}
        for file, names in territory.declares.items():
            own = [name[8:] for name in names if name.startswith("package ")]
            seen = [name[7:-2] for name in names if name.startswith("import ")][:MAX_IMPORTS]
            self.packages.update(own)
            self.scopes[file] = (*dict.fromkeys(each for name in own for each in around(name)), *seen, *everywhere)
            for name in names:
                if " " not in name:
                    self.declaring.setdefault(name, []).append(file)

    def resolve(self, file: int, reference: str) -> Found:
        folder, scopes = self.folders[file], self.scopes.get(file, ())
        known = self.settled.get((folder, scopes))
        if known is None:
            known = self.settled[folder, scopes] = {}
        found = known.get(reference)
        if found is None:
            found = known[reference] = self._find(folder, scopes, reference)
        return found

    def _find(self, folder: str, scopes: tuple[str, ...], reference: str) -> Found:
        if reference[0] == ".":
            return self._word(folder, scopes, reference)
        name = reference.removesuffix(".*")
        if name != reference and name in self.packages:
            return ""
        for scope in ("", *scopes) if self.relative else ("",):
            prefix = f"{scope}.{name}" if scope else name
            while len(prefix) > len(scope):
                if prefix in self.declaring:
                    return self._nearest(prefix, folder)[:MANY]
                prefix = prefix.rpartition(".")[0]
        return "" if self._generated(name) else self.external(reference)

    def _word(self, folder: str, scopes: tuple[str, ...], reference: str) -> Found:
        for scope in scopes:
            found = self._nearest(scope + reference, folder)
            # Files without a package see each other only where they lie together.
            if found and (scope or self.folders[found[0]] == folder):
                return found if len(found) <= MANY else self._main(scope + reference)
        return ""

    def _nearest(self, name: str, folder: str) -> tuple[int, ...]:
        """The files that declare `name` the nearest to `folder`, MANY and one more at most."""
        files = self.declaring.get(name)
        if files is None:
            return ()
        if len(files) == 1:
            return (files[0],)
        near = self.near.get(name)
        if near is None:
            near = self.near[name] = Near(((self.folders[file], file) for file in files), MANY)
        return near.to(self.around.above(folder))

    def _main(self, name: str) -> Found:
        """Of many files that hold parts of a type, the one that is called after it."""
        stem = name.rpartition(".")[2]
        parts = [file for file in self.declaring[name] if self.paths[file].rpartition("/")[2].partition(".")[0] == stem]
        return (min(parts, key=lambda file: (len(self.paths[file]), self.paths[file])),) if parts else ""

    def _generated(self, name: str) -> bool:
        """Whether a missing name belongs to a package of this repository, or to one right below such a package."""
        package = ".".join(takewhile(lambda word: not word[:1].isupper(), name.split("."))) or name
        parent = package.rpartition(".")[0]
        return package in self.packages or (parent != "" and parent in self.packages)
