"""A model of a power cut: what a run's system calls leave on a disk that keeps only what was synced.

A short run is traced. After each call that changes a disk, the directory is built anew as a power cut there could
leave it, and read: all that the run had acknowledged by then must be there, and whole. Three disks are modelled:
`strict` keeps no name and no byte that was not synced, `names` keeps all names but no unsynced byte, `torn` keeps
all names and the first half of the unsynced writes. Reordering of writes to different files is not modelled.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autonomy.errors import InputError
from autonomy.journal import read, runs
from features import driver
from features.drivers.journaling import leaf, patch_of

DISKS = ("strict", "names", "torn")
CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,link,unlink,ftruncate,mkdir"
CALL = re.compile(r"^\d+\s+(\w+)\((.*)\)\s+= (\d+)")
RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
ON = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")
RUN = """
import os, sys
from stat import S_ISDIR, S_ISREG
from pathlib import Path
from autonomy.errors import AutonomyError
from features.drivers import journaling

def say(what, number):
    print(what, number, flush=True)

try:
    journaling.run_leaves(Path(sys.argv[1]), int(sys.argv[2]), say, 1)
except AutonomyError as error:
    sys.exit(error.exit_code)
"""


SPOILT = {
    "no file is synced before it gets its name": """
os.fsync = lambda descriptor, f=os.fsync: S_ISREG(os.fstat(descriptor).st_mode) or f(descriptor)
""",
    "no directory is synced": """
os.fsync = lambda descriptor, f=os.fsync: S_ISDIR(os.fstat(descriptor).st_mode) or f(descriptor)
""",
    "results are written in place": """
import autonomy.journal.results as r
r.publish = lambda path, chunks: path.write_bytes(b"".join(chunks))
""",
    "the journal is not synced": """
import autonomy.journal.file as j
def set_mode(connection, path, plain=j.set_mode):
    plain(connection, path)
    connection.execute("PRAGMA synchronous = OFF")
j.set_mode = set_mode
""",
    "a leaf is acknowledged before it is recorded": """
from autonomy.journal.file import Journal
held = []
def append(self, *events, plain=Journal.append):
    for each in held:
        plain(self, *each)
    held[:] = [events]
Journal.append = append
Journal.close = lambda self, plain=Journal.close: append(self) or plain(self)
""",
}
"""Mutants of the program, made when it starts."""


def is_possible() -> bool:
    return shutil.which("strace") is not None


@dataclass
class File:
    """Bytes as the program sees them and as they are on the disk, and the writes between the two."""

    seen: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Offset and bytes; None cuts the file there."""

    def write(self, at: int | None, data: bytes | None) -> None:
        step = (len(self.seen) if at is None else at, data)
        self.unsynced.append(step)
        _do(self.seen, step)

    def sync(self) -> None:
        self.synced, self.unsynced = bytes(self.seen), []

    def on(self, disk: str) -> bytes:
        left = bytearray(self.synced)
        for step in self.unsynced[: len(self.unsynced) // 2] if disk == "torn" else ():
            _do(left, step)
        return bytes(left)


def _do(content: bytearray, step: tuple[int, bytes | None]) -> None:
    at, data = step
    if data is None:
        del content[at:]
        return
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


Entry = File | None
"""A directory has no content of its own."""


@dataclass
class Disk:
    """Names as the program sees them and as they are on the disk."""

    root: str
    seen: dict[str, Entry] = field(default_factory=dict)
    synced: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seen[self.root] = self.synced[self.root] = None

    def sync(self, path: str) -> None:
        entry = self.seen.get(path)
        if entry is not None:
            entry.sync()
            return
        inside = {name for name in {*self.seen, *self.synced} if name.rpartition("/")[0] == path}
        for name in inside & set(self.seen):
            self.synced[name] = self.seen[name]
        for name in inside - set(self.seen):
            del self.synced[name]

    def lay_out(self, disk: str, target: Path) -> None:
        """Write what a power cut now would leave; a name whose directory is gone is gone too."""
        names = self.synced if disk == "strict" else self.seen
        for name in sorted(names):
            place = target / name[len(self.root) + 1 :]
            if name == self.root or not place.parent.is_dir():
                continue
            entry = names[name]
            if entry is None:
                place.mkdir()
            else:
                place.write_bytes(entry.on(disk))


def traced(root: Path, leaves: int, spoilt: str = "") -> Iterator[tuple[str, list[str | bytes]]]:
    """The calls of a run in `root` that touch a disk, and what it wrote to its standard output."""
    log = root.parent / "trace"
    argv = ["strace", "-f", "-y", "-xx", "-s", "10000000", "-o", str(log), "-e", f"trace={CALLS}"]
    script = RUN.replace("\ntry:", f"\n{SPOILT.get(spoilt, '')}\ntry:")
    ended = driver.run([*argv, sys.executable, "-B", "-c", script, str(root), str(leaves)], Path.cwd())
    assert ended.status == 0, ended.err
    for line in whole(log.read_text().splitlines()):
        if found := CALL.match(line):
            name, arguments, _ = found.groups()
            on = [_plain(place).decode() for place in ON.findall(arguments)]
            texts = [_plain(text) for text in TEXT.findall(arguments)]
            yield name, [*on, *texts, re.sub(r'["<].*?[">]', "", arguments)]


def whole(lines: Iterable[str]) -> Iterator[str]:
    """Lines of strace; a call that another thread's cut in two stands where it ended."""
    begun: dict[str, str] = {}
    for line in lines:
        process, _, call = line.partition(" ")
        if call.endswith("<unfinished ...>"):
            begun[process] = call.removesuffix("<unfinished ...>").strip()
        elif found := RESUMED.match(call.strip()):
            yield f"{process} {begun.pop(process)}{found[1]}"
        else:
            yield line


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def play(disk: Disk, name: str, arguments: Sequence[str | bytes]) -> bool:
    """Apply one call to `disk`; whether it changed anything there."""
    first = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
    rest = str(arguments[-1])
    if not first.startswith(disk.root):
        return False
    match name:
        case "openat":
            if "O_CREAT" not in rest or ("O_EXCL" not in rest and first in disk.seen and "O_TRUNC" not in rest):
                return False
            disk.seen.setdefault(first, File())
            if "O_TRUNC" in rest:
                disk.seen[first].write(0, None)  # type: ignore[union-attr]
        case "mkdir":
            disk.seen[first] = None
        case "write" | "pwrite64":
            at = int(rest.rsplit(",", 1)[1]) if name == "pwrite64" else None
            disk.seen[first].write(at, bytes(arguments[1]))  # type: ignore[union-attr,arg-type]
        case "ftruncate":
            disk.seen[first].write(int(rest.rsplit(",", 1)[1]), None)  # type: ignore[union-attr]
        case "fsync" | "fdatasync":
            disk.sync(first)
        case "unlink":
            del disk.seen[first]
        case "rename" | "link":
            disk.seen[bytes(arguments[1]).decode()] = disk.seen[first]  # type: ignore[arg-type]
            if name == "rename":
                del disk.seen[first]
    return True


@dataclass
class Cuts:
    """How many states were looked at on each disk, and what was wrong with which."""

    states: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def cut_everywhere(folder: Path, leaves: int, spoilt: str = "") -> Cuts:
    """Cut the power after every call of a run of `leaves`, on each disk; the program may be one of `SPOILT`."""
    root = folder / f"traced-{spoilt.replace(' ', '-')}"
    root.mkdir()
    disk, cuts, acknowledged = Disk(str(root)), Cuts(), []
    said = ""
    for name, arguments in traced(root, leaves, spoilt):
        if name == "write" and not str(arguments[0]).startswith(disk.root):
            said += bytes(arguments[1]).decode("utf-8", "replace")  # type: ignore[arg-type]
            acknowledged = [int(word) for word in re.findall(r"done (\d+)\n", said)]
        elif play(disk, name, arguments):
            for kind in DISKS:
                cuts.states[kind] += 1
                problem = _problem(disk, kind, folder / "cut", acknowledged)
                cuts.wrong += [f"{kind} disk after {name}: {problem}"] if problem else []
    assert len(acknowledged) == leaves, "the run did not come to its end"
    return cuts


def _problem(disk: Disk, kind: str, target: Path, acknowledged: Sequence[int]) -> str:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    disk.lay_out(kind, target)
    try:
        run = runs.find_run(target)
    except InputError:
        return f"the run is gone, {len(acknowledged)} leaves were acknowledged" if acknowledged else ""
    try:
        states = read(run.journal).leaves
        for number in acknowledged:
            result = states[leaf(number)].result
            if run.results.get(result or "") != patch_of(number):
                return f"leaf {number} has another result"
    except (Exception, subprocess.SubprocessError) as error:  # noqa: BLE001 whatever it is, the state is wrong
        return repr(error)
    return ""
