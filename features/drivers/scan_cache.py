"""What the steps of the cache know of the program."""

import json
import os
import struct
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha1
from pathlib import Path
from unittest import mock
from zlib import crc32

from autonomy.model import Snapshot
from autonomy.scan import answers, blocks, cache
from autonomy.scan.table import fingerprint
from features import driver
from features.drivers import scan

KEY, ANSWER = b"the question", b"the answer"
WATCHED = """
import json, sys
from pathlib import Path
from features.drivers import scan
opened, names = [], {path.name for path in Path(sys.argv[1]).rglob("*.c")}
sys.addaudithook(lambda event, details: opened.append(details[0]) if event == "open" else None)
scan.snapshot(Path(sys.argv[1]))
texts = [name.decode() if isinstance(name, bytes) else str(name) for name in opened]
print(json.dumps([name for name in texts if name in names]))
"""
RECALL = """
import sys
bare = set(sys.modules)
from autonomy.scan.answers import recall
started = []
sys.addaudithook(lambda event, details: started.append(event) if event in ("subprocess.Popen", "os.fork") else None)
found = recall(sys.argv[1], sys.argv[2].encode())
print(*sorted(set(sys.modules) - bare), *started)
sys.exit(found is None)
"""


def later_snapshot(root: Path) -> Snapshot:
    """A scan that finds every file old enough to vouch for it: the clock of its cache goes a minute ahead."""
    with mock.patch.object(cache, "_now", lambda _directory: time.time_ns() + 60_000_000_000):
        return scan.snapshot(root)


def snapshot_at(root: Path, seconds: int) -> Snapshot:
    """A scan so many seconds after the newest change in `root`, by the clock of its file system."""
    newest = max(path.stat().st_ctime_ns for path in root.rglob("*"))
    with mock.patch.object(cache, "_now", lambda _directory: newest + seconds * 1_000_000_000):
        return scan.snapshot(root)


def finish(root: Path) -> None:
    answers.remember(str(root), KEY, fingerprint(later_snapshot(root)), ANSWER)


def answer_many(root: Path, count: int) -> None:
    """Answer so many questions about one snapshot, one after the other by the clock of the files."""
    name = fingerprint(later_snapshot(root)) if (root / ".git").exists() else b""
    for number in range(1, count + 1):
        answers.remember(str(root), b"question %d" % number, name, b"answer %d" % number)
        for file in (root / ".autonomy" / "cache").glob("answer-*"):
            about = file.stat()
            os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns - 1_000_000_000))


def recall(root: Path, key: bytes, *, trust_index: bool = False) -> bytes | None:
    before = Path.cwd()
    found = answers.recall(str(root), key, trust_index=trust_index)
    assert Path.cwd() == before
    return found


def answer_file(root: Path) -> Path:
    (file,) = (root / ".autonomy" / "cache").glob("answer-*")
    return file


def blob_name(data: bytes) -> str:
    return sha1(b"blob %d\0" % len(data) + data).hexdigest()


def opened_by_scan(root: Path) -> list[str]:
    path = os.pathsep.join([str(Path.cwd()), *sys.path])
    ended = driver.run([sys.executable, "-c", WATCHED, str(root)], root, {"PYTHONPATH": path})
    assert ended.status == 0, ended.err
    return list(json.loads(ended.out))


def imported_by_recall(root: Path) -> set[str]:
    """Modules that asking adds to those of a bare Python, and what it started."""
    ended = driver.run([sys.executable, "-c", RECALL, str(root), KEY.decode()], root, driver.UNMEASURED)
    assert ended.status == 0, ended.err
    return set(ended.out.split())


def damage(file: Path, how: str) -> None:
    data = file.read_bytes()
    middle = len(data) // 2
    altered = {
        "empty": b"",
        "cut in the middle": data[:middle],
        "altered in one byte": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "of another format": b"something else" + data[14:],
    }
    if how in altered:
        file.write_bytes(altered[how])
    elif how == "of other lengths":
        body = (1).to_bytes(8, "little")
        file.write_bytes(struct.pack(blocks._HEAD, blocks._MAGIC, crc32(body), 1) + body)
    elif how == "short of a digest":
        sections = list(map(bytes, blocks.read(str(file))))
        (digests,) = (place for place, section in enumerate(sections) if bytes.fromhex(blob_name(b"b\n")) in section)
        sections[digests] = sections[digests][:-20]
        blocks.write(str(file), sections)
    elif how in ("of another version", "unreadable as columns"):
        identity, *sections = map(bytes, blocks.read(str(file)))
        kept = (b"other", *sections) if how == "of another version" else (identity, *sections[:-3], b"", b"", b"")
        blocks.write(str(file), list(kept))
    else:
        file.unlink()
        if how == "a directory":
            file.mkdir()
        else:
            file.with_name("elsewhere").write_bytes(data)
            file.symlink_to("elsewhere")


def change(root: Path, changes: Iterable[tuple[str, str, str]]) -> None:
    """Write, delete, touch or link files; what the tree doesn't allow is left out."""
    for kind, path, content in changes:
        target = root / path
        with suppress(OSError):
            if kind == "write":
                driver.write_tree(root, {path: content})
            elif kind == "delete":
                target.unlink()
            elif kind == "touch":
                os.utime(target)
            else:
                target.unlink(missing_ok=True)
                target.symlink_to("b.c")
