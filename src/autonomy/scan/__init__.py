"""Read a repository into a Snapshot: list, read, estimate, ask the history. Nothing in it is run or followed."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from autonomy.config import Config
    from autonomy.model import Snapshot
    from autonomy.protocols import Language

__all__ = ["head_reader", "scan"]


def scan(root: "Path", config: "Config", languages: "Sequence[Language]") -> "Snapshot":
    """The files beneath `root` as they stand: what git tracks, and what is untracked and not ignored.

    Outside of git: every file that no .gitignore excludes. A bare repository: the tree of its HEAD.

    Raises:
        InputError: no such directory, or no file matches the globs of `config`.
        EnvironmentFault: a bare repository and no usable git.
    """
    from autonomy.scan.stages import take

    return take(root, config, languages)


def head_reader(root: "Path", most: int) -> "Callable[[], AbstractContextManager[Callable[[str], bytes]]]":
    """What opens a function from a path of the snapshot to the first `most` bytes of it; never through a symlink.

    The function raises InputError where the file is gone, or is no regular file any more. Each thread opens its own.
    """
    from functools import partial

    from autonomy import git
    from autonomy.scan import bare, reading

    repository = git.find_repository(root)
    if repository is not None and repository.top is None:
        return partial(bare.heads, repository, most)
    return partial(reading.heads, root, most)
