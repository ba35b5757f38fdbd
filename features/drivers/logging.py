"""Logs of commands that write nothing, one after another; and who else may still have them."""

import errno
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from unittest import mock

from autonomy.logs import Logs


def in_turn(folder: Path, texts: Sequence[str]) -> list[Path]:
    """The logs of commands of which each writes its text and ends before the next one starts."""
    logs = Logs()
    paths = [folder / f"{number}.log" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        write(logs, path, text)
    logs.stop()
    return paths


def write(logs: Logs, path: Path, text: str) -> tuple[int, bool]:
    log = logs.open(path)
    os.write(log.output, text.encode())
    os.close(log.output)
    return logs.close(log)


def beside_a_holder(folder: Path) -> list[Path]:
    """Three silent commands and one at work; somebody has the output of the first still, and writes before the last."""
    logs, paths = Logs(), [folder / f"{number}.log" for number in range(3)]
    busy = logs.open(folder / "busy.log")
    os.close(busy.output)
    first = logs.open(paths[0])
    held = os.dup(first.output)
    os.close(first.output)
    logs.close(first)
    second = logs.open(paths[1])
    os.close(second.output)
    os.write(held, b"stray")
    os.close(held)
    logs.close(second)
    write(logs, paths[2], "")
    logs.close(busy)
    logs.stop()
    return paths


def deleted_meanwhile(folder: Path) -> list[Path]:
    """Two silent commands; the log of the first is deleted before the second one starts."""
    logs, paths = Logs(), [folder / "0.log", folder / "1.log"]
    write(logs, paths[0], "")
    paths[0].unlink()
    write(logs, paths[1], "")
    logs.stop()
    return paths[1:]


def no_more_names() -> AbstractContextManager[object]:
    """A file system on which a file has one name only."""
    return mock.patch.object(os, "link", mock.Mock(side_effect=OSError(errno.EMLINK, os.strerror(errno.EMLINK))))
