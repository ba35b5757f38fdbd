"""Files that changed together: the newest commits, as rows of this snapshot's files."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from autonomy import git
from autonomy.errors import EnvironmentFault, InputError
from autonomy.model import Rows
from autonomy.scan import blocks
from autonomy.scan.listing import engine

FEWEST, MOST = 2, 20
"""A commit of one file says nothing, one of very many (a reformatting, an import) says too much."""


class Log:
    """The history of a repository; `prefix` is what its paths have in front of the snapshot's.

    What git printed is kept in `directory` (None: nowhere) and used as long as HEAD stays.
    """

    def __init__(self, repository: git.Repository | None, prefix: bytes, directory: Path | None) -> None:
        self._repository = repository
        self._prefix = prefix
        self._directory = directory

    def newest(self, count: int, paths: Sequence[bytes]) -> Rows:
        """Rows of files, newest commit first, of the newest `count` commits without merges that changed 2 to 20 files.

        A shallow clone has none (its oldest commit seems to create everything), nor has a repository whose history
        can't be read.
        """
        repository = self._repository
        if repository is None or count == 0 or (repository.common_dir / "shallow").exists():
            return Rows.of(())
        revision = git.head_commit(repository)
        if revision is None:
            return Rows.of(())
        ids = {path: file for file, path in enumerate(paths)}
        return Rows.of(_rows(self._text(repository, revision, count), ids, self._prefix))

    def _text(self, repository: git.Repository, revision: str, count: int) -> bytes:
        key = f"{revision} {count}".encode()
        if self._directory is not None:
            with suppress(blocks.Damaged, ValueError):
                known, text = blocks.read(str(self._directory / "history"))
                if known == key:
                    return bytes(text)
        try:
            with engine(repository) as engine_dir:
                output = _log(engine_dir, revision, count)
        except (InputError, EnvironmentFault):
            return b""
        if self._directory is not None:
            with suppress(OSError):
                blocks.write(str(self._directory / "history"), [key, output])
        return output


def _log(engine_dir: Path, revision: str, count: int) -> bytes:
    """Records `//`, newline and the first path, further paths; each ends with NUL. No path of git's starts with `/`."""
    return git.run(
        [
            *("log", "--no-merges", "--name-only", "-z", "--format=tformat://", f"--max-count={count}"),
            *(
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--no-show-signature",
                "--end-of-options",
                revision,
                "--",
            ),
        ],
        git_dir=engine_dir,
    )


def _rows(output: bytes, ids: Mapping[bytes, int], prefix: bytes) -> Sequence[Sequence[int]]:
    rows = []
    for changed in _records(output):
        if FEWEST <= len(changed) <= MOST:
            inside = (ids.get(path[len(prefix) :]) for path in changed if path.startswith(prefix))
            row = sorted(file for file in inside if file is not None)
            if len(row) >= FEWEST:
                rows.append(row)
    return rows


def _records(output: bytes) -> Sequence[Sequence[bytes]]:
    """The paths of each commit; of one that changed nothing, none."""
    records: list[list[bytes]] = []
    for word in output.split(b"\0"):
        if word == b"//":
            records.append([])
        elif word and records:
            records[-1].append(word if records[-1] else word.removeprefix(b"\n"))
    return records
