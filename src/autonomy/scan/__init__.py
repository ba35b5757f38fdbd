"""Read a repository into a Snapshot: list, read, estimate, ask the history. Nothing in it is run or followed."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autonomy.config import Config
    from autonomy.model import Snapshot
    from autonomy.protocols import Language

__all__ = ["read_file", "scan"]


def scan(root: "Path", config: "Config", languages: "Sequence[Language]") -> "Snapshot":
    """The files beneath `root` as they stand: what git tracks, and what is untracked and not ignored.

    Outside of git: every file that no .gitignore excludes. A bare repository: the tree of its HEAD.

    Raises:
        InputError: no such directory, or no file matches the globs of `config`.
        EnvironmentFault: a bare repository and no usable git.
    """
    from autonomy.scan.stages import take

    return take(root, config, languages)


def read_file(root: "Path", path: str) -> bytes:
    """The content of one file of a snapshot, as it stands now; never through a symlink.

    Raises:
        InputError: it is gone, or is no regular file any more.
    """
    from autonomy.scan.reading import read_one

    return read_one(root, path)
