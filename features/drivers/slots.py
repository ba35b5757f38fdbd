"""Real commands in real folders: slots that are leased for one judgement, candidates that are staged into them anew."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from autonomy.candidates import Iteration, Rejected, SearchResult, Verdict
from autonomy.searching.contest import Sample, Trial
from autonomy.searching.gate import Tests, read_junit, same_tests
from features.drivers import searching
from features.drivers.searching import Bound, Case

HANG_SECONDS = 60
PYTHON = (sys.executable, "-I", "-S", "-B")
Edits = tuple[tuple[str, str], ...]
"""A candidate: the files that it changes, with their content; an empty content deletes the file."""


@dataclass(frozen=True)
class Command:
    """How a command ended, what it cost in processor seconds, and when it ran."""

    status: int
    out: str
    cpu: float
    began: float
    ended: float


def run(argv: Sequence[str], cwd: Path) -> Command:
    began = time.monotonic()
    with subprocess.Popen(
        list(argv), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        out = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Command(process.returncode, out, usage.ru_utime + usage.ru_stime, began, time.monotonic())


@dataclass
class Yard:
    """So many slots under a folder; each holds the base and a candidate's edits while it is leased."""

    folder: Path
    base: Mapping[str, str]
    count: int
    _free: "SimpleQueue[Path]" = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        for index in range(self.count):
            slot = self.folder / f"slot-{index}"
            slot.mkdir(parents=True)
            self._free.put(slot)

    @contextmanager
    def lease(self, candidate: Edits, anew: bool = True) -> Iterator[Path]:
        slot = self._free.get(timeout=HANG_SECONDS)
        try:
            if anew:
                self._stage(candidate, slot)
            yield slot
        finally:
            self._free.put(slot)

    def _stage(self, candidate: Edits, slot: Path) -> None:
        shutil.rmtree(slot)
        slot.mkdir()
        for name, content in {**self.base, **dict(candidate)}.items():
            if content:
                (slot / name).write_text(content)

    @property
    def free(self) -> int:
        return self._free.qsize()


class Identities(searching.Script):
    """Candidates of one size that say who they are, some later than others; every command is noted."""

    def __init__(self, yard: Yard, seed: int, anew: bool = True) -> None:
        super().__init__()
        self._yard, self._lock, self._random, self._anew = yard, threading.Lock(), random.Random(seed), anew
        self._delays = {number: self._random.uniform(0, 0.02) for number in range(1, 9)}
        self.benches: list[tuple[str, Command]] = []
        self.others: list[Command] = []

    def propose(self, leaf: object, iteration: Iteration, complaints: Sequence[Verdict]) -> Edits:
        with self._yard.lease(()) as slot:
            self._note(run(["sleep", f"{self._delays[iteration.id]:.4f}"], slot))
        return (("name.sh", f"echo candidate-{iteration.id}\n"),)

    def judge(self, candidate: object) -> object:
        return self._say(candidate, self.others.append) == dict(candidate)["name.sh"].split()[1]

    def measure(self, candidate: Edits) -> Sample:
        said = self._say(candidate, lambda command: self.benches.append((_name(candidate), command)), self._anew)
        return Sample(1.0 if not candidate else 0.5, said if candidate else None)

    def _say(self, candidate: Edits, note: Callable[[Command], None], anew: bool = True) -> str:
        with self._yard.lease(candidate, anew) as slot:
            command = run(["sh", "name.sh"], slot)
        with self._lock:
            note(command)
        return command.out.strip()

    def _note(self, command: Command) -> None:
        with self._lock:
            self.others.append(command)


def _name(candidate: Edits) -> str:
    return dict(candidate).get("name.sh", "echo base\n").split()[1]


@dataclass
class Told:
    """What a search over identities did."""

    result: SearchResult
    script: Identities
    yard: Yard

    @property
    def mistaken(self) -> list[tuple[str, str]]:
        """(the candidate that was to be measured, the one that was)"""
        return [(name, done.out.strip()) for name, done in self.script.benches if done.out.strip() != name]

    @property
    def overlaps(self) -> int:
        """How many pairs of a benchmark and another command ran at the same time."""
        benches = [command for _, command in self.script.benches]
        rest = self.script.others
        pairs = [(one, two) for index, one in enumerate(benches) for two in [*benches[index + 1 :], *rest]]
        return sum(one.began < two.ended and two.began < one.ended for one, two in pairs)


def tell_apart(folder: Path, slots: int, seed: int, anew: bool = True) -> Told:
    """Search eight candidates for the best in so many slots, with as many threads.

    A mutant does not stage a slot `anew` for a benchmark.
    """
    yard = Yard(folder / f"yard-{seed}", {"name.sh": "echo base\n"}, slots)
    script = Identities(yard, seed, anew)
    case = Case(1, 8, script=script, options={"select": "best"})
    case.trial = Trial(script.measure, base=(), fewest=6, most=6)
    return Told(case.run_in_threads(Bound(slots)).outcome, script, yard)


WORK = """
def total(values, loops={loops}):
    found = 0
    for _ in range(loops):
        found = sum(value * value for value in values)
    return found
"""
TESTS = """
import unittest
from work import total


class Total(unittest.TestCase):
    def test_none(self):
        self.assertEqual(total([]), 0)

    def test_one(self):
        self.assertEqual(total([3]), 9)

    def test_some(self):
        self.assertEqual(total([1, 2, 3]), 14)

    def test_negative(self):
        self.assertEqual(total([-4]), 16)
"""
RUNNER = """
import sys, unittest
sys.path.insert(0, ".")


class Cases(unittest.TextTestResult):
    rows = []

    def addSuccess(self, test):
        self.rows.append((test.id(), ""))

    def addFailure(self, test, error):
        self.rows.append((test.id(), "<failure/>"))

    addError = addFailure


suite = unittest.defaultTestLoader.loadTestsFromName("tests")
unittest.TextTestRunner(resultclass=Cases).run(suite)
rows = "".join(f'<testcase name="{name}">{end}</testcase>' for name, end in Cases.rows)
open("junit.xml", "w").write(f"<testsuite>{rows}</testsuite>")
"""
BENCH = """
import sys
sys.path.insert(0, ".")
from work import total
print(total(range(2000)))
"""
LOOPS = 1600
PROGRAM = {"work.py": WORK.format(loops=LOOPS), "tests.py": TESTS, "bench.py": BENCH}
CANDIDATES: Mapping[str, Edits] = {
    "twice as fast": (("work.py", WORK.format(loops=LOOPS // 2)),),
    "identical": (("work.py", PROGRAM["work.py"]),),
    "3 % faster": (("work.py", WORK.format(loops=LOOPS * 97 // 100)),),
    "wrong on one input": (("work.py", WORK.format(loops=1).replace("value * value", "value * value * (value > 0)")),),
    "half the tests deleted": (
        ("work.py", WORK.format(loops=1)),
        ("tests.py", TESTS[: TESTS.index("    def test_some")]),
    ),
    "exits at once": (("work.py", "import os\nos._exit(0)\n"),),
    "prints something else": (
        ("work.py", WORK.format(loops=1)),
        ("bench.py", BENCH.replace("print(", "print('total', ")),
    ),
}


class Honest(searching.Script):
    """Candidates that are named, each judged by the base's tests and measured in processor time."""

    def __init__(self, yard: Yard, runner: Path) -> None:
        super().__init__()
        self._yard, self._runner = yard, runner
        self._base = self._tests(())

    def propose(self, leaf: object, iteration: Iteration, complaints: Sequence[Verdict]) -> Edits:
        return list(CANDIDATES.values())[iteration.chain - 1]

    def judge(self, candidate: Edits) -> Verdict:
        return same_tests(self._base, self._tests(candidate))

    def measure(self, candidate: Edits) -> Sample:
        with self._yard.lease(candidate) as slot:
            command = run([*PYTHON, "bench.py"], slot)
        if command.status:
            raise Rejected("bench_failed", f"the benchmark exits with {command.status}")
        return Sample(command.cpu, command.out)

    def _tests(self, candidate: Edits) -> Tests:
        with self._yard.lease(candidate) as slot:
            run([*PYTHON, str(self._runner)], slot)
            report = slot / "junit.xml"
            return read_junit([report.read_bytes()] if report.exists() else [])


def honest(folder: Path, slots: int, name: str) -> SearchResult:
    """Search all named candidates for the best, in so many slots."""
    runner = folder / "runner.py"
    runner.write_text(RUNNER)
    script = Honest(Yard(folder / name, PROGRAM, slots), runner)
    case = Case(1, len(CANDIDATES), script=script, options={"select": "best"})
    case.trial = Trial(script.measure, base=(), fewest=6, same_output=True)
    return case.run_in_threads(Bound(slots)).outcome


def reasons(result: SearchResult) -> dict[str, str]:
    """Candidate -> why it was rejected; `accepted` for the accepted one."""
    return {
        name: str(attempt.rejection) or "accepted" for name, attempt in zip(CANDIDATES, result.attempts, strict=True)
    }
