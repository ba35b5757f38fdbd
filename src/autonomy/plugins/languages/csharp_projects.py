"""C# resolves words through namespaces, as `packages` does it, and its projects refer to each other by paths."""

from autonomy.plugins.languages.near import joined
from autonomy.plugins.languages.packages import Found, Packages
from autonomy.protocols import Territory


class Projects:
    def __init__(self, territory: Territory) -> None:
        self.paths = territory.paths
        self.ids = territory.ids
        self.packages = Packages(territory, _external, _around, relative=True)

    def resolve(self, file: int, reference: str) -> Found:
        if reference.startswith("package "):
            return reference[8:]
        if reference.startswith("project "):
            found = self.ids.get(joined(self.paths[file].rpartition("/")[0] + "/", reference[8:]))
            return "" if found is None else (found,)
        found_type = self.packages.resolve(file, reference)
        # `[Foo]` means the class FooAttribute.
        if found_type == "" and reference[0] == ".":
            return self.packages.resolve(file, reference + "Attribute")
        return found_type


def _around(namespace: str) -> tuple[str, ...]:
    """A namespace sees the names of those that it lies in: `A.B`, `A`, and the one without a name."""
    parts = namespace.split(".") if namespace else []
    return (*(".".join(parts[:depth]) for depth in range(len(parts), 0, -1)), "")


def _external(name: str) -> str:
    """The package that most likely brings a namespace: `Microsoft.Extensions.Logging`, `NUnit.Framework`."""
    parts = name.split(".")[:-1] or [name]
    return ".".join(parts[: 3 if parts[0] == "Microsoft" else 2])
