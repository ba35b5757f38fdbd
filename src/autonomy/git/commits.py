"""Trees of commits, and their files on disk."""

from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy.git.command import run


def tree_of(engine: Path, commit: str) -> str:
    """The tree of a commit that `engine` (of `engine_dir`) knows."""
    return run(["rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}"], git_dir=engine).decode().split()[-1]


def export(engine: Path, commit: str, target: Path) -> None:
    """Write the files of a commit below `target`, as they are stored: no filter runs."""
    with TemporaryDirectory(prefix="index-", dir=engine) as scratch:
        index = Path(scratch) / "index"
        run(["read-tree", commit], git_dir=engine, index=index)
        run(
            ["checkout-index", "--all", "--force", f"--prefix={target}/"], git_dir=engine, work_tree=target, index=index
        )
