"""Commits in the engine's own git directory: write chains of them, look into trees, merge three ways."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import fsdecode, fsencode
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy import git
from autonomy.mergeback.stream import AUTHOR, Step, Write, blob, commit

_FAST = ("-c", "fastimport.unpackLimit=1", "-c", "core.compression=1")
"""Always a pack, as many loose objects cost a file each; and speed before size: a later gc packs it anew."""
_BATCH_BYTES = 8 << 20
_PATHS_AT_ONCE = 1000
GITLINK = 0o160000


@dataclass(frozen=True, slots=True)
class Forge:
    """Where commits are made, under which scratch ref, dated when (seconds since the epoch)."""

    engine: Path
    ref: str
    when: int

    def chain(self, base: str | None, steps: Iterable[Step]) -> list[str]:
        """One commit per step, each on top of the one before, the first on `base`; their names.

        A stream is cut where its contents reach some 8 MB.
        """
        made: list[str] = []
        batch: list[Step] = []
        size = 0
        for step in steps:
            batch.append(step)
            size += sum(len(write.content) for write in step.writes if isinstance(write.content, bytes))
            if size > _BATCH_BYTES:
                made += self._commits(made[-1] if made else base, batch)
                batch, size = [], 0
        return made + self._commits(made[-1] if made else base, batch)

    def _commits(self, base: str | None, steps: Sequence[Step]) -> list[str]:
        stored = self._stored(steps)
        stream: list[bytes] = []
        for mark, step in enumerate(stored, start=1):
            stream += commit(self.ref, mark, step, f":{mark - 1}" if mark > 1 else base, self.when)
        return self._import(stream)

    def _stored(self, steps: Sequence[Step]) -> list[Step]:
        """The steps with the names of their contents. Apart from the commits: successive trees are worth a delta,
        successive blobs of different files are not."""
        contents = list(dict.fromkeys(w.content for step in steps for w in step.writes if isinstance(w.content, bytes)))
        stream = [part for mark, content in enumerate(contents, start=1) for part in blob(mark, content)]
        names = dict(zip(contents, self._import(stream, "--depth=0"), strict=True))
        return [
            Step(step.message, [
                Write(w.path, w.mode, names[w.content] if isinstance(w.content, bytes) else w.content)
                for w in step.writes
            ])
            for step in steps
        ]  # fmt: skip

    def _import(self, stream: Sequence[bytes], *options: str) -> list[str]:
        """The names of what `stream` marks, in the order of the marks."""
        if not stream:
            return []
        with TemporaryDirectory(prefix="marks-", dir=self.engine) as scratch:
            marks = Path(scratch) / "marks"
            git.run(
                [*_FAST, "fast-import", "--quiet", "--force", *options, f"--export-marks={marks}"],
                git_dir=self.engine, input=b"".join((b"feature done\n", *stream, b"done\n")),
            )  # fmt: skip
            rows = [line.split() for line in marks.read_text("ascii").splitlines()]
        return [name for _, name in sorted((int(mark[1:]), name) for mark, name in rows)]

    def commit_tree(self, tree: str, parent: str, message: str = "") -> str:
        name, _, mail = AUTHOR.decode().rstrip(">").partition(" <")
        env = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", mail), ("DATE", f"@{self.when} +0000"))
        }
        data = message.encode("utf-8", "backslashreplace")
        output = git.run(["commit-tree", tree, "-p", parent], git_dir=self.engine, input=data, env=env)
        return output.decode().strip()

    def tree_of(self, commit_name: str) -> str:
        return git.run(["rev-parse", "--verify", f"{commit_name}^{{tree}}"], git_dir=self.engine).decode().strip()

    def entries(self, commit_name: str, paths: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Mode and object of those of `paths` that are files or links in `commit_name`."""
        found: dict[str, tuple[int, str]] = {}
        for start in range(0, len(paths), _PATHS_AT_ONCE):
            wanted = [fsencode(path) for path in paths[start : start + _PATHS_AT_ONCE]]
            output = git.run(["ls-tree", "-z", "--full-tree", commit_name, "--", *wanted], git_dir=self.engine)
            for record in output.split(b"\0")[:-1]:
                head, _, path = record.partition(b"\t")
                mode, kind, name = head.split()
                if kind == b"blob":
                    found[fsdecode(path)] = (int(mode, 8), name.decode())
        return found

    def difference(self, before: str, after: str) -> dict[str, tuple[int, str] | None]:
        """Paths that differ between two commits or trees: mode and object in `after`, None where it is gone."""
        output = git.run(["diff-tree", "-r", "-z", "--no-renames", before, after], git_dir=self.engine)
        fields = output.split(b"\0")[:-1]
        found: dict[str, tuple[int, str] | None] = {}
        for head, path in zip(fields[::2], fields[1::2], strict=True):
            _, mode, _, name, status = head.split()
            found[fsdecode(path)] = None if status == b"D" else (int(mode, 8), name.decode())
        return found

    def merge(self, ours: str, theirs: str) -> tuple[str, Mapping[str, str]]:
        """The tree of a three-way merge of two commits, and the paths in conflict with what git says of each."""
        output = git.run(
            ["merge-tree", "--write-tree", "--stdin", "-z"], git_dir=self.engine, input=f"{ours} {theirs}\n".encode()
        )
        fields = output.split(b"\0")
        tree = fields[1].decode()
        if fields[0] == b"1":
            return tree, {}
        end = fields.index(b"", 2)
        found = {fsdecode(field.partition(b"\t")[2]) for field in fields[2:end]}
        # Where both sides can't stay under one name, git gives one of them its commit's name as well.
        paths = {path: path.removesuffix(f"~{ours}").removesuffix(f"~{theirs}") for path in sorted(found)}
        return tree, {plain: _reason(path, fields[end + 1 :]) for path, plain in paths.items()}


def _reason(path: str, messages: Sequence[bytes]) -> str:
    """The first message about `path` that tells a conflict: a count, so many paths, a type, a text."""
    at = 0
    while at < len(messages) and messages[at].isdigit():
        count = int(messages[at])
        paths, (kind, _text) = messages[at + 1 : at + 1 + count], messages[at + 1 + count : at + 3 + count]
        if fsencode(path) in paths and kind.startswith(b"CONFLICT"):
            return kind.decode("utf-8", "replace").removeprefix("CONFLICT").strip(" ()")
        at += 3 + count
    return "conflict"
