"""The language of `git fast-import`. Pure: what goes in is a step, what comes out is bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import fsencode

AUTHOR = b"autonomy <autonomy@localhost>"
_ESCAPED = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n"}


@dataclass(frozen=True, slots=True)
class Write:
    """One path of a commit: `content` is its bytes, or the name of an object that is there, or None for a deletion."""

    path: str
    mode: int
    content: bytes | str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One commit on top of the step before."""

    message: str
    writes: Sequence[Write]


def blob(mark: int, content: bytes) -> tuple[bytes, ...]:
    """The command that stores `content`."""
    return b"blob\nmark :%d\ndata %d\n" % (mark, len(content)), content, b"\n"


def commit(ref: str, mark: int, step: Step, parent: str | None, when: int) -> Iterator[bytes]:
    """The commands that make `step`, whose contents are all stored, a commit.

    `parent` is `:MARK`, an object name, or None for a commit without one. Deletions stand first, so that a
    file may take the place of a directory and the other way round.
    """
    message = step.message.encode("utf-8", "backslashreplace")
    yield b"commit %b\nmark :%d\ncommitter %b %d +0000\ndata %d\n" % (ref.encode(), mark, AUTHOR, when, len(message))
    yield message + b"\n"
    if parent is not None:
        yield b"from %b\n" % parent.encode()
    yield from sorted(_line(write) for write in step.writes)
    yield b"\n"


def _line(write: Write) -> bytes:
    if write.content is None:
        return b"D %b\n" % quoted(write.path)
    if isinstance(write.content, bytes):
        raise TypeError(f"{write.path}: content that is not stored")
    return b"M %o %b %b\n" % (write.mode, write.content.encode(), quoted(write.path))


def quoted(path: str) -> bytes:
    """Any bytes but NUL pass through."""
    return b'"' + b"".join(_ESCAPED.get(byte, bytes((byte,))) for byte in fsencode(path)) + b'"'
