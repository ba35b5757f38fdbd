"""Two commits, one command: each in a slot of its own, measured in turn, with a verdict."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autonomy import git, template, workspace
from autonomy.candidates import Comparison
from autonomy.errors import Cancelled, InputError
from autonomy.judging import Caller, children_cpu, tail
from autonomy.model import Status, Subplan, SubplanId
from autonomy.process import Cancellation, Supervisor
from autonomy.protocols import Slot
from autonomy.searching.bench import Series, as_markdown, compare_series, fingerprint
from autonomy.searching.contest import Sample, Trial, versus

MAX_BYTES = 16 << 20
WHOLE = Subplan(SubplanId("0" * 16), "root", None, 0, (), (), 0, 0, 0, "", None, None)
"""The leaf that a benchmark of a whole tree is told it works on."""


@dataclass(frozen=True, slots=True)
class Bout:
    """What is measured: rounds from 10 to `most`, until the interval is as narrow as `precision`."""

    command: tuple[str, ...]
    wall: bool = False
    """Measure the time that passes, not the processor's."""
    precision: float = 0.02
    most: int = 60
    passed: tuple[str, ...] = ()


class BenchDocument(BaseModel):
    """What `bench compare --json` writes, and what it compares when it is given two such files."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)

    schema_: Annotated[Literal["autonomy.bench/v1"], Field(alias="schema")] = "autonomy.bench/v1"
    command: list[str]
    comparison: Comparison
    base: Series
    head: Series

    def dumps(self) -> str:
        """One JSON document with a final newline."""
        return self.model_dump_json(by_alias=True) + "\n"

    @property
    def markdown(self) -> str:
        return as_markdown(self.comparison)


def stored(base: Path, head: Path) -> BenchDocument:
    """The head of one document against the head of another, measured at another time.

    Raises:
        InputError: not such a document.
        UsageError: they come from different machines or interpreters.
    """
    documents = [_read(path) for path in (base, head)]
    one, two = (replace(document.head, label=str(path)) for document, path in zip(documents, (base, head), strict=True))
    found = compare_series(one, two, in_turn=False)
    return BenchDocument(command=documents[1].command, comparison=found, base=one, head=two)


def _read(path: Path) -> BenchDocument:
    try:
        with path.open("rb") as file:
            return BenchDocument.model_validate_json(file.read(MAX_BYTES))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; write `-- CMD...` to compare two commits") from None
    except ValidationError as error:
        raise InputError(f"{path}: not a result of `bench compare --json`: {error.errors()[0]['msg']}") from None


def compare_commits(root: Path, names: tuple[str, str], bout: Bout, cancellation: Cancellation) -> BenchDocument:
    """Check both commits out, run the command once in each to warm up, then in turn until the answer is clear.

    Raises:
        InputError: no repository, no such commit, or the command fails on one of them.
        Cancelled: `cancellation` asked to stop.
    """
    with ExitStack() as stack:
        run_id = f"bench-{token_hex(6)}"
        home = Path(mkdtemp(prefix=f"{run_id}-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        inherited = template.inherited(bout.passed, os.environ)
        caller = Caller(stack.enter_context(Supervisor(run_id)), cancellation, home, inherited)
        slots = [stack.enter_context(_checked_out(root, run_id, commit)) for commit in _resolved(root, names)]
        places = [home / "base", home / "head"]
        sides = [_Side(caller, bout, *each) for each in zip(slots, places, names, strict=True)]
        for side in sides:
            side.run()
        trial = Trial(lambda side: sides[int(str(side))].run(), 0, 0.0, bout.precision, most=bout.most)
        found, *times = versus(trial, 1, lambda: _check(cancellation))
    facts = {**fingerprint(bout.command), "clock": "wall" if bout.wall else "cpu"}
    base, head = (Series(name, seconds, facts) for name, seconds in zip(names, times, strict=True))
    return BenchDocument(command=list(bout.command), comparison=found, base=base, head=head)


def _resolved(root: Path, names: Sequence[str]) -> list[str]:
    repository = git.find_repository(root)
    if repository is None:
        raise InputError(f"{root}: no git repository, so there are no commits to compare")
    return [git.commit_of(repository, name) for name in names]


@contextmanager
def _checked_out(root: Path, run_id: str, commit: str) -> Iterator[Slot]:
    state = git.state_dir()
    choice = workspace.choose("worktree", root, state, from_ref=True)
    pool = workspace.open_workspace(choice, workspace.Site(root, run_id, state, commit, from_ref=True))
    with closing(pool), pool.lease(WHOLE) as slot:
        yield slot


def _check(cancellation: Cancellation) -> None:
    if cancellation.requested:
        raise Cancelled("stopped")


@dataclass(frozen=True, slots=True)
class _Side:
    """One commit in its slot, which keeps what earlier runs have left there: caches are warm on both sides."""

    caller: Caller
    bout: Bout
    slot: Slot
    home: Path
    name: str

    def run(self) -> Sample:
        for part in ("out", "tmp"):
            (self.home / part).mkdir(parents=True, exist_ok=True)
        call = template.Call(
            self.caller.supervisor.run_id, WHOLE, self.slot.path, self.home / "out", self.home / "tmp",
            self.home / "files", self.home / "brief",
        )  # fmt: skip
        log = f"{self.home.name}.log"
        before = children_cpu()
        end = self.caller.run(self.bout.command, call, self.slot, log)
        seconds = end.seconds if self.bout.wall else children_cpu() - before
        status, told, _ = self.caller.ended_as(end)
        if status is Status.CANCELLED:
            raise Cancelled(told)
        if status is not Status.SUCCEEDED:
            said = _last_line(tail(self.caller.logs / log))
            raise InputError(f"on {self.name}, the command ends with {told}: {said}")
        return Sample(seconds)


def _last_line(text: str) -> str:
    lines: Sequence[str] = text.strip().splitlines() or ["(no output)"]
    return lines[-1]
