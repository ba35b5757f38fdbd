"""Which file a full PHP name or an included path means: by declaration, else by Composer's PSR-4. Pure."""

from collections.abc import Iterator, Sequence

from autonomy.plugins.languages.nearness import MANY, joined, nearest
from autonomy.protocols import Resolve, Territory


def resolver(territory: Territory) -> Resolve:
    return _Names(territory).resolve


class _Names:
    """Names and included paths of one territory, remembered as they are asked for."""

    def __init__(self, territory: Territory) -> None:
        self._ids = territory.ids
        self._places = [path.rpartition("/")[0] for path in territory.paths]
        self._declaring: dict[str, list[int]] = {}
        self._rules: list[tuple[str, str]] = []
        self._known: dict[tuple[str, str], tuple[int, ...] | str] = {}
        self._by_name: dict[str, list[int]] = {}
        for file, names in sorted(territory.declares.items()):
            if territory.paths[file].endswith("composer.json"):
                self._rules += _rules(self._places[file], names)
                continue
            for name in names:
                self._declaring.setdefault(name.lower(), []).append(file)
        self._rules.sort(key=lambda rule: (-len(rule[0]), rule))
        self._own = {name.partition("\\")[0] for name in self._declaring}
        for file, path in enumerate(territory.paths):
            self._by_name.setdefault(path.rpartition("/")[2], []).append(file)
        self._paths = territory.paths

    def resolve(self, file: int, reference: str) -> tuple[int, ...] | str:
        key = (self._places[file], reference)
        found = self._known.get(key)
        if found is None:
            kind, space, path = reference.partition(" ")
            found = self._known[key] = self._included(key[0], path) if space else self._named(key[0], kind)
        return found

    def _named(self, place: str, name: str) -> tuple[int, ...] | str:
        """Classes and functions are told apart by their brackets, and by nothing else: case does not count."""
        if files := self._declaring.get(name.lower()):
            # A function that stands twice is a stub and the real one: nearness does not tell which.
            return nearest(place, files, self._places) if name[-1] != ")" else tuple(files[:MANY])
        for prefix, directory in self._rules:
            if not prefix or name.startswith(prefix + "\\"):
                rest = name[len(prefix) :].strip("\\").replace("\\", "/")
                file = self._ids.get(f"{directory}/{rest}.php" if directory else f"{rest}.php")
                if file is not None:
                    return (file,)
        top, slash, _ = name.partition("\\")
        return top if slash and top.lower() not in self._own else ""

    def _included(self, place: str, path: str) -> tuple[int, ...] | str:
        head, _, rest = path.partition("/")
        if head == ".":
            return self._at(place, rest)
        if head == "*":
            return self._ending(place, rest)
        return self._at(place, path) or self._ending(place, path)

    def _at(self, place: str, path: str) -> tuple[int, ...]:
        file = self._ids.get(joined(place, path) or "")
        return () if file is None else (file,)

    def _ending(self, place: str, path: str) -> tuple[int, ...] | str:
        """Below one of the directories above, else the nearest file whose path ends so."""
        above = place
        while True:
            if found := self._at(above, path):
                return found
            if not above:
                break
            above = above.rpartition("/")[0]
        tail = "/" + path.lstrip("./")
        files = [file for file in self._by_name.get(path.rpartition("/")[2], ()) if self._paths[file].endswith(tail)]
        return nearest(place, files, self._places)


def _rules(place: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(namespace, directory that holds it)."""
    for line in lines:
        _, prefix, directory = line.split(" ", 2)
        inner = directory.strip("/").removeprefix("./")
        yield prefix, "/".join(part for part in (place, "" if inner == "." else inner) if part)
