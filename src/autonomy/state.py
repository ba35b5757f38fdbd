"""The `.autonomy/` directory at a repository's root: it ignores itself, and whatever is written there is whole."""

import os
import tempfile
from pathlib import Path

from autonomy.errors import EnvironmentFault

DIRECTORY = ".autonomy"


def ensure(root: Path) -> Path:
    """The state directory of `root`, made if needed, with its own `.gitignore`.

    Raises:
        EnvironmentFault: it can't be made, or something else stands in its place.
    """
    home = root / DIRECTORY
    try:
        if home.is_symlink():
            raise EnvironmentFault(f"{home}: is a symbolic link; remove it, state must lie inside the repository")
        home.mkdir(exist_ok=True)
        if not (home / ".gitignore").exists():
            write(home / ".gitignore", "*\n")
    except OSError as error:
        raise EnvironmentFault(f"{home}: {error.strerror}; state can't be kept there") from None
    return home


def write(path: Path, data: str | bytes) -> None:
    """Replace `path` by `data` in one step: a reader sees the old file or the new one, never a part.

    Raises:
        EnvironmentFault: the disk is full, read-only, or the like.
    """
    content = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EnvironmentFault(f"{path}: {error.strerror}; nothing was replaced") from None
