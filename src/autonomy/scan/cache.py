"""What the scan before found, kept under `.autonomy/cache/`: never trusted when damaged, old, or too young to tell."""

import os
import struct
import sys
import time
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path

from autonomy import __version__, state
from autonomy.errors import EnvironmentFault
from autonomy.protocols import Language
from autonomy.scan import blocks
from autonomy.scan.blocks import NO_STAMP, Stamp
from autonomy.scan.columns import Columns
from autonomy.scan.packing import pack, unpack

_TICK = 50_000_000
"""Nanoseconds in which two writes may carry the same time; two seconds where times are whole seconds."""
_GRAIN = 10_000_000
"""Nanoseconds by which a time may lie behind: kernels round some down to the last tick of their clock, not all."""
_SECOND = 1_000_000_000


class Cache:
    """The columns of the scan before, and where to keep those of this one.

    `directory` is None where nothing can be kept (a read-only repository); the scan then reads everything.
    """

    def __init__(self, directory: Path | None, identity: bytes) -> None:
        self.directory = directory
        self.identity = identity
        self.now = _now(directory) if directory else 0
        self.columns: Columns | None = None

    @classmethod
    def open(cls, root: Path, cap: int, languages: Sequence[Language]) -> "Cache":
        """The cache of `root`; without columns where they were made by other code, or another size cap."""
        directory: Path | None
        is_new = not (root / state.DIRECTORY).exists()
        try:
            directory = state.ensure(root) / "cache"
            directory.mkdir(exist_ok=True)
        except (EnvironmentFault, OSError):
            directory = None
        if directory and is_new:
            # The root itself has just changed. Wait until that is old, or the next plan could not tell it from an edit.
            time.sleep((_TICK + _GRAIN) / _SECOND)
        cache = cls(directory, _identity(cap, languages))
        if directory is not None:
            cache.columns = cache._load(directory)
        return cache

    def _load(self, directory: Path) -> Columns | None:
        try:
            identity, *sections = blocks.read(str(directory / "columns"))
            return unpack(sections) if identity == self.identity else None
        except (blocks.Damaged, ValueError, struct.error):
            return None

    def save(self, columns: Columns) -> None:
        """Best effort: a full disk costs the next scan its time, not this one its result."""
        if self.directory is None:
            return
        try:
            blocks.write(
                str(self.directory / "columns"), [self.identity, *pack(columns, self.kept_all(columns.stamps))]
            )
        except OSError:
            self.directory = None

    def kept(self, stamp: Stamp) -> Stamp:
        """The stamp, if a later write is sure to change it; else one that no file has."""
        return stamp if self.settled(stamp[1], stamp[2]) else NO_STAMP

    def kept_all(self, stamps: Sequence[Stamp]) -> Sequence[Stamp]:
        newest = max((max(stamp[1], stamp[2]) for stamp in stamps), default=0)
        return stamps if newest < self.now - 2 * _SECOND else [self.kept(stamp) for stamp in stamps]

    def settled(self, mtime: int, ctime: int) -> bool:
        """Whether both times are too old for another write to carry them. Only mtime can be set, ahead of time too."""
        now = self.now
        tick = _TICK if mtime % _SECOND or ctime % _SECOND else 2 * _SECOND
        return ctime < now - tick and not now - tick <= mtime <= now


def _now(directory: Path) -> int:
    """By the clock of the file system that the repository lies on, which need not be this machine's."""
    try:
        descriptor = os.open(directory / "clock", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        try:
            os.write(descriptor, b".")
            return os.fstat(descriptor).st_mtime_ns
        finally:
            os.close(descriptor)
    except OSError:
        return 0


def _identity(cap: int, languages: Sequence[Language]) -> bytes:
    """What the content of a row depends on besides the file: this program's version and the code that extracts."""
    files = {getattr(sys.modules[type(language).__module__], "__file__", None) for language in languages}
    folders = {os.path.dirname(file) for file in files if file}
    code = [
        (entry.name, entry.stat().st_mtime_ns, entry.stat().st_size)
        for folder in sorted({*folders, os.path.dirname(__file__)})
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
        if entry.name.endswith(".py")
    ]
    names = sorted(language.name for language in languages)
    return sha1(repr((__version__, sys.byteorder, cap, names, code)).encode(), usedforsecurity=False).digest()
