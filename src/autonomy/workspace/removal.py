"""Delete what a leaf has left: of any depth, whatever the modes, never through a symlink."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from stat import S_ISDIR

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def opened(name: "str | bytes | Path", parent: int | None = None) -> Iterator[int]:
    """A descriptor of a directory; one that its owner has locked (chmod 000) is unlocked.

    Raises:
        OSError: there is no directory of that name, a symlink for instance.
    """
    try:
        descriptor = os.open(name, _DIRECTORY, dir_fd=parent)
    except PermissionError:
        if not S_ISDIR(os.lstat(name, dir_fd=parent).st_mode):
            raise
        os.chmod(name, 0o700, dir_fd=parent)
        descriptor = os.open(name, _DIRECTORY, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def remove(name: str, parent: int, trash: int) -> None:
    """Delete whatever stands under `name` in the directory `parent`. `trash` is a directory on the same file system.

    A directory is moved aside first, so its name is free at once even where it can't be deleted.

    Raises:
        OSError: something can't be deleted: immutable, a mount point.
    """
    try:
        os.unlink(name, dir_fd=parent)
    except IsADirectoryError:
        aside = _unlikely()
        _move(name, parent, aside, trash)
        empty(trash)
    except FileNotFoundError:
        pass


def remove_tree(path: Path) -> None:
    """Delete the directory `path`, if it is one. Raises OSError as `remove` does."""
    try:
        with opened(path) as descriptor:
            empty(descriptor)
    except FileNotFoundError:
        return
    path.rmdir()


def empty(directory: int) -> None:
    """Delete all that `directory` holds.

    Subdirectories are moved up into it before they are read, so a tree of any depth needs two descriptors and no path.
    """
    numbers, start = count(), _unlikely()
    while entries := _entries(directory):
        for name, is_directory in entries:
            if not is_directory:
                os.unlink(name, dir_fd=directory)
                continue
            with opened(name, directory) as inner:
                for child, nested in _entries(inner):
                    if nested:
                        _move(child, inner, f"{start}{next(numbers)}", directory)
                    else:
                        _unlink(child, inner)
            os.rmdir(name, dir_fd=directory)


def _entries(directory: int) -> list[tuple[str, bool]]:
    with os.scandir(directory) as listed:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listed]


def _unlink(name: str, directory: int) -> None:
    try:
        os.unlink(name, dir_fd=directory)
    except PermissionError:
        os.fchmod(directory, 0o700)
        os.unlink(name, dir_fd=directory)


def _move(name: str, source: int, target: str, directory: int) -> None:
    """Whoever moves a directory must be able to write both its parent and, for its `..`, itself."""
    try:
        os.rename(name, target, src_dir_fd=source, dst_dir_fd=directory)
    except PermissionError:
        os.fchmod(source, 0o700)
        os.chmod(name, 0o700, dir_fd=source)
        os.rename(name, target, src_dir_fd=source, dst_dir_fd=directory)


def _unlikely() -> str:
    """A name that nothing in a leaf's tree has."""
    return f".autonomy-{os.urandom(8).hex()}-"
