"""Files that survive a power cut once a call returns. The order is the point: write, fsync, rename, fsync again."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from autonomy.errors import EnvironmentFault


def publish(path: Path, chunks: Iterable[bytes], *, keep: bool = False, mode: int = 0o600) -> None:
    """Make `path` hold `chunks`, whole, or not exist; return when a power cut can no longer take it away.

    With `keep`, a `path` that somebody else made first stays as it is. A failed fsync is never tried again:
    the kernel may have dropped the pages and would report success.

    Raises:
        EnvironmentFault: the disk is full, read-only, broken, or gone.
    """
    scratch = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        _write(scratch, chunks, mode)
        _name(scratch, path, keep)
        sync_directory(path.parent)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink()
        raise fault(path, error) from None


def _name(scratch: Path, path: Path, keep: bool) -> None:
    if not keep:
        scratch.rename(path)
        return
    with suppress(FileExistsError):
        os.link(scratch, path)
    scratch.unlink()


def _write(path: Path, chunks: Iterable[bytes], mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with open(descriptor, "wb", buffering=1 << 18) as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(descriptor)


def sync_directory(path: Path) -> None:
    """Make the names in `path` durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directory(path: Path) -> None:
    """Make `path` and what is missing above it, durably; readable by its owner only.

    Raises:
        EnvironmentFault: it can't be made.
    """
    missing = [each for each in (path, *path.parents) if not each.is_dir()]
    try:
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
            sync_directory(each.parent)
    except OSError as error:
        raise fault(path, error) from None


def fault(path: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        f"{path}: {error.strerror or error}; nothing that was finished is lost, resume when it is mended"
    )
