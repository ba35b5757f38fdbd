"""Store line ends as git would: what lies in a work tree as CRLF may have to be LF in a commit.

Most repositories say nothing of line ends, and then nothing here runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os import fsdecode, fsencode
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy import git
from autonomy.git import Repository, inert_settings
from autonomy.journal.durable import fault
from autonomy.mergeback.objects import Forge
from autonomy.mergeback.stream import Write

_ATTRIBUTES = ".gitattributes"
_LINK = 0o120000


@dataclass(frozen=True)
class Endings:
    """The rules of `base`: its .gitattributes, and what the repository's config says of line ends."""

    repository: Repository
    forge: Forge
    base: str

    @cached_property
    def _settings(self) -> Sequence[str]:
        return inert_settings(self.repository, self.forge.engine)

    @cached_property
    def _attributes(self) -> dict[str, bytes]:
        """Every .gitattributes file of the base, by its path."""
        names = git.run(["ls-tree", "-r", "-z", "--name-only", self.base], git_dir=self.forge.engine).split(b"\0")
        paths = [fsdecode(name) for name in names if name.rpartition(b"/")[2] == _ATTRIBUTES.encode()]
        found = self.forge.entries(self.base, paths)
        return {
            path: git.run(["cat-file", "blob", name], git_dir=self.forge.engine)
            for path, (mode, name) in sorted(found.items())
            if mode != _LINK
        }

    def stored(self, writes: list[Write]) -> list[Write]:
        """`writes` with the contents that a commit should hold, those that git would change by their names."""
        wide = [w for w in writes if isinstance(w.content, bytes) and w.mode != _LINK and b"\r\n" in w.content]
        if not wide or not (self._attributes or self._settings):
            return writes
        names = self._added(wide)
        return [Write(w.path, w.mode, names.get(w.path, w.content)) for w in writes]

    def _added(self, wide: Sequence[Write]) -> dict[str, str]:
        """What `git add` makes of each, over an index that holds the base's version of it."""
        before = self.forge.entries(self.base, [write.path for write in wide])
        lines = b"".join(
            b"%o %b\t%b\0" % (mode, name.encode(), fsencode(path)) for path, (mode, name) in before.items()
        )
        with TemporaryDirectory(prefix="endings-", dir=self.forge.engine) as scratch:
            index, tree = Path(scratch) / "index", Path(scratch) / "tree"
            try:
                self._lay_out(tree, wide)
            except OSError as error:
                raise fault(tree, error) from None
            engine = self.forge.engine
            git.run(["update-index", "-z", "--index-info"], git_dir=engine, index=index, input=lines)
            git.run(
                [*self._settings, "update-index", "--add", "-z", "--stdin"], git_dir=engine, work_tree=tree,
                index=index, input=b"".join(fsencode(write.path) + b"\0" for write in wide),
            )  # fmt: skip
            output = git.run(["ls-files", "--stage", "-z"], git_dir=engine, index=index)
        rows = (record.partition(b"\t") for record in output.split(b"\0")[:-1])
        return {fsdecode(path): head.split()[1].decode() for head, _, path in rows}

    def _lay_out(self, tree: Path, wide: Sequence[Write]) -> None:
        contents = self._attributes | {w.path: w.content for w in wide if isinstance(w.content, bytes)}
        for path, content in contents.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(content)
