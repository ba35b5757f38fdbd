"""Whether a path is ignored, with rules that are read when first asked for: a clean checkout compiles no pattern."""

from contextlib import suppress

from autonomy.ignoring import Rules, deeper
from autonomy.tree import Tree


class Verdicts:
    """The verdicts of all .gitignore files of a tree over paths relative to its root.

    `rules` bear on the whole tree and are weaker than any .gitignore.
    """

    def __init__(self, tree: Tree, rules: Rules) -> None:
        self._tree = tree
        self._outermost = rules
        self._rules: dict[bytes, Rules] = {}
        self._ignored: dict[bytes, bool] = {b"": False}

    def ignored(self, path: bytes, *, directory: bool) -> bool:
        """By itself or by a directory that it lies in."""
        parent = path.rpartition(b"/")[0]
        return self._within_ignored(parent) or self._rules_in(parent).ignore(path, directory=directory)

    def asked(self) -> list[bytes]:
        """The directories whose .gitignore has had a say, or would have had one if it were there."""
        return list(self._rules)

    def _within_ignored(self, directory: bytes) -> bool:
        """Iterative, because directories nest deeper than Python recurses."""
        unknown = []
        while directory not in self._ignored:
            unknown.append(directory)
            directory = directory.rpartition(b"/")[0]
        ignored = self._ignored[directory]
        for inner in reversed(unknown):
            ignored = ignored or self._rules_in(inner.rpartition(b"/")[0]).ignore(inner, directory=True)
            self._ignored[inner] = ignored
        return ignored

    def _rules_in(self, directory: bytes) -> Rules:
        unknown = []
        while directory not in self._rules:
            unknown.append(directory)
            if not directory:
                break
            directory = directory.rpartition(b"/")[0]
        rules = self._rules.get(directory, self._outermost)
        for inner in reversed(unknown):
            # Where a directory can't be opened nothing in it can be planned either.
            with suppress(OSError):
                rules = deeper(rules, inner, self._tree.directory(inner))
            self._rules[inner] = rules
        return rules
