"""Plans, configurations, journal records and locks that somebody has spoilt, read by the program."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autonomy import config, planfile, sticky
from autonomy.errors import AutonomyError
from autonomy.journal import events
from features.drivers import journaling, planning

HOSTILE = (
    b"-1", b"0", b"1e999", b"9" * 5000, b"true", b"null", b'""', b"[]", b"{}", b'"../../x"', b'"/etc/passwd"',
    b'"a\\u0000b"', b"[" * 2000, b"\xff\xfe", b"\\ud800", b'"' + b"x" * 70000 + b'"', b",", b"}", b"\n",
    b'"id": 1, ', b"NaN",
)  # fmt: skip
CONFIGURATION = (
    b'max_files = 20\nmin_files = 5\nmax_tokens = "50k"\nmax_parallel = 4\nstrategy = "auto"\nexclude = ["*.min.js"]\n'
    b'order = "soft"\nseed = 3\nhalo = "10%"\n[pins]\ntogether = [["a", "b"]]\nalone = ["c"]\n'
)


@dataclass
class Fuzzed:
    """How many mutants of a kind were read, how many of them were refused, and what was worse than a refusal."""

    kind: str
    tried: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def spoil(data: bytes, chance: random.Random) -> bytes:
    """A few cuts, flips, copies and insertions."""
    for _ in range(chance.randint(1, 3)):
        at, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        match chance.randrange(5):
            case 0:
                data = data[:at] + chance.choice(HOSTILE) + data[at:]
            case 1:
                data = data[:at] + chance.choice(HOSTILE) + data[min(end, at + 12) :]
            case 2:
                data = data[:at] + data[end:]
            case 3:
                data = data[:end] + data[at:]
            case _:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    return data


def fuzz(folder: Path, mutants: int) -> list[Fuzzed]:
    """Read so many mutants in all, the same way each time; whatever is no refusal of the program's is wrong."""
    plan = planning.flat_plan({"a": [], "b": ["a"], "c": ["a", "b"]})
    file = folder / "autonomy.toml"

    def configure(data: bytes) -> None:
        file.write_bytes(data)
        config.settle([("file", config.file_layer(file))])

    def read_lock(data: bytes) -> None:
        with suppress(UnicodeDecodeError):
            sticky.read_lock(data.decode())

    whole = [journaling.HEADER, *journaling.whole(1, 1)]
    kinds: list[tuple[str, list[bytes], Callable[[bytes], object]]] = [
        ("plans", [planfile.dumps(plan).encode()], planfile.loads),
        ("configurations", [CONFIGURATION], configure),
        ("records of a journal", [events.encode(each) for each in whole], events.decode),
        ("locks of a plan", [sticky.lock(plan).encode()], read_lock),
    ]
    return [_fuzz(name, good, read, mutants // len(kinds)) for name, good, read in kinds]


def _fuzz(kind: str, good: list[bytes], read: Callable[[bytes], object], mutants: int) -> Fuzzed:
    chance, found = random.Random(13187273), Fuzzed(kind)
    for each in good:
        read(each)
    for number in range(mutants):
        mutant = spoil(good[number % len(good)], chance)
        found.tried += 1
        try:
            read(mutant)
        except AutonomyError:
            found.refused += 1
        except Exception as error:  # noqa: BLE001  whatever it is, it is no refusal
            found.wrong.append(f"{kind}: {error!r}: {mutant[:200]!r}")
    return found
