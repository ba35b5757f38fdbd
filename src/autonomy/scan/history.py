"""Files that changed together: the newest commits, as rows of this snapshot's files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomy import git
from autonomy.errors import EnvironmentFault, InputError
from autonomy.model import Rows
from autonomy.scan.listing import engine

FEWEST, MOST = 2, 20
"""A commit of one file says nothing, one of very many (a reformatting, an import) says too much."""


def commits(repository: git.Repository, revision: str, ids: Mapping[bytes, int], prefix: bytes, newest: int) -> Rows:
    """Rows of file ids, newest commit first, for commits without merges that changed 2 to 20 files.

    A shallow clone has none (its oldest commit seems to create everything), nor has a repository whose history
    can't be read.
    """
    if newest == 0 or (repository.common_dir / "shallow").exists() or not git.available():
        return Rows.of(())
    try:
        with engine(repository) as engine_dir:
            output = _log(engine_dir, revision, newest)
    except (InputError, EnvironmentFault):
        return Rows.of(())
    return Rows.of(_rows(output, ids, prefix))


def _log(engine_dir: Path, revision: str, newest: int) -> bytes:
    """Records `//`, newline and the first path, further paths; each ends with NUL. No path of git's starts with `/`."""
    return git.run(
        [
            *(
                "log",
                "--no-merges",
                "--name-only",
                "-z",
                "--format=tformat://",
                f"--max-count={newest}",
                "--no-renames",
            ),
            *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--end-of-options", revision, "--"),
        ],
        git_dir=engine_dir,
    )


def _rows(output: bytes, ids: Mapping[bytes, int], prefix: bytes) -> Sequence[Sequence[int]]:
    rows = []
    for record in (b"\0" + output).split(b"\0//\0")[1:]:
        changed = record.removeprefix(b"\n").rstrip(b"\0").split(b"\0")
        if FEWEST <= len(changed) <= MOST:
            inside = (ids.get(path[len(prefix) :]) for path in changed if path.startswith(prefix))
            row = sorted(file for file in inside if file is not None)
            if len(row) >= FEWEST:
                rows.append(row)
    return rows
