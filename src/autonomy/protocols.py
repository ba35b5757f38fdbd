"""The sockets: what a plug-in must offer. Built-in plug-ins use the same doors and serve as examples."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from autonomy.candidates import Attempt, Iteration, Turn, Verdict
from autonomy.model import Extract, Outcome, Outline, Part, Patch, Plan, Subplan, Workset

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from autonomy.report.story import Story

Resolve = Callable[[int, str], tuple[int, ...] | str]
"""(file, one of its references) -> the files it means, or, where it means none, the name of the external package.

An empty name stands for a reference that says nothing (a word that turned out to be no name of this package).
"""

Worker = Callable[[Subplan, int], object]
"""The work of one leaf, at an attempt counted from 1.

Returning is success, and the value becomes `Outcome.value`; raising is failure. An Outcome says for itself.
"""


@dataclass(frozen=True, slots=True)
class Territory:
    """What a resolver may look at: every path of the snapshot, and what the files of one family declare."""

    paths: Sequence[str]
    ids: Mapping[str, int]
    """Path -> row in `paths`."""
    declares: Mapping[int, Sequence[str]]
    """File -> its declarations; only files of the language's family."""


class Language(Protocol):
    """How one language refers to files. One instance serves all threads: no state changes after creation."""

    name: str
    family: str
    """Languages of one family resolve against each other's declarations (java, kotlin, scala: `jvm`)."""
    suffixes: frozenset[str]
    """With the dot: `.py`."""
    manifests: frozenset[str]
    """Names of further files that this language reads to resolve references: `go.mod`, `package.json`."""

    def extract(self, path: str, data: bytes) -> Extract:
        """What a file refers to and declares. Never raises on content; linear in it, whatever it holds."""
        ...

    def resolver(self, territory: Territory) -> Resolve:
        """A function from references, as `extract` spells them, to files. Built once per snapshot and family."""
        ...

    def outline(self, path: str, data: bytes) -> Outline:
        """Documentation and public definitions, by line, of a file or its head. For leaves that are analysed."""
        ...


@runtime_checkable
class Parsing(Protocol):
    """What a language may offer besides: to say of a file that it does not parse."""

    def problem(self, path: str, data: bytes) -> str:
        """Why a file, all of which is `data`, does not parse; empty where it does or looks as if it did."""
        ...


def language_table(languages: Iterable[Language]) -> Mapping[str, Language]:
    """Suffix (`.py`) or whole name (`go.mod`) -> the language that reads such files."""
    table: dict[str, Language] = {}
    for language in sorted(languages, key=lambda each: each.name):
        table.update(dict.fromkeys((*language.suffixes, *language.manifests), language))
    return table


def language_of(path: str, table: Mapping[str, Language]) -> Language | None:
    """The language that reads `path`: by its whole name, else by its suffix."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return table.get(name) or (table.get(name[dot:].lower()) if dot > 0 else None)


class Splitter(Protocol):
    name: str

    def split(self, workset: Workset) -> Sequence[Part]:
        """Parts that partition the workset's files; fewer than two parts mean: no progress.

        Pure and deterministic: the same workset gives the same parts in the same order, whatever the hash seed.
        """
        ...


@runtime_checkable
class Weighing(Protocol):
    """What a splitter may offer besides: to say what it goes by, so that a plan can be explained."""

    def ties(self, workset: Workset, file: int) -> Mapping[str, Mapping[int, float]]:
        """Signal -> other file -> how strongly it ties `file` to that one. Empty for a file that has no choice."""
        ...


class Executor(Protocol):
    """Where leaves run. The engine starts at most `capacity` more, then waits."""

    @property
    def capacity(self) -> int:
        """How many leaves may be started now."""
        ...

    def start(self, leaf: Subplan, attempt: int, work: Worker) -> None: ...

    def wait(self) -> Sequence[Outcome]:
        """Block until at least one leaf has ended; each outcome is handed out once."""
        ...

    def close(self) -> None:
        """Start nothing more, stop what can be stopped, return when nothing is left running."""
        ...


class Wakeable(Executor, Protocol):
    """An executor whose `wait` can be ended from another thread."""

    def wake(self) -> None:
        """Let `wait` return, now or the next time, also where nothing has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """A worker of a cluster as it was last seen. `name` is its address, `identity` one life of its process."""

    name: str
    identity: str
    slots: int
    seen: float
    """When it last gave a sign of life, by a clock of the cluster's own; only changes count."""


class Crew(Protocol):
    """Workers elsewhere. What is called there are plain functions, by name, with plain bytes, text and numbers."""

    def members(self) -> Sequence[Member]:
        """Those that are there now, by name.

        Raises:
            EnvironmentFault: nobody can be asked; the cluster is gone.
        """
        ...

    def submit(self, member: Member, label: str, message: bytes) -> "Future[bytes]":
        """Have the member work on a message, once, and nobody else. A future that is cancelled is not wanted there."""
        ...

    def ask(self, member: Member, function: Callable[..., Any], *arguments: object) -> Any:
        """Call a function in the member's process, beside what it works on.

        Raises:
            Unreachable: it does not answer, or there is no such way.
        """
        ...

    def close(self) -> None: ...


class Renderer(Protocol):
    """Draws plans. A renderer may offer `render`, `tell` (of `Teller`), or both."""

    name: str

    def render(self, plan: Plan) -> str: ...


class Teller(Protocol):
    """Tells a plan with its run, if it had one: what `autonomy report --format NAME` writes."""

    name: str

    def tell(self, story: "Story") -> str: ...


Propose = Callable[[Any, Iteration, Sequence[Verdict]], object]
"""(leaf, iteration, complaints of the attempts before) -> a candidate. Equal hashable candidates are judged once.

Raising `Rejected` says that there is no candidate, `Busy` that the backend wants a pause; anything else is an error.
"""

Judge = Callable[[object], Verdict | bool | Sequence[Verdict]]
"""Judges a candidate, in a thread. Several verdicts stand in the order in which their validators were given."""


class Strategy(Protocol):
    """How a chain of attempts goes on, and which attempt is kept. Stateless: everything it knows is its argument."""

    name: str
    exhaustive: bool
    """True: the whole budget is spent and the choice is among all survivors; False: a chain ends with its success."""

    def turn(self, chain: Sequence[Attempt]) -> Turn | None:
        """How a chain goes on after these attempts (oldest first, at least one); None: it has ended."""
        ...

    def choose(self, survivors: Sequence[Attempt]) -> Attempt:
        """Which of the attempts that passed is accepted; by (step, chain), at least one."""
        ...

    def keep(self, failed: Sequence[Attempt]) -> Attempt:
        """Which attempt to keep when all have failed; by (step, chain), at least one."""
        ...


Enter = Callable[[Mapping[str, str]], None]
"""Called with a command's environment, in a thread of its own, right before the spawn.

What it changes in the thread (mounts, Landlock), the command inherits.
"""


class Slot(Protocol):
    """An isolated tree that one judgement has leased: it looks like the repository and is nobody else's."""

    @property
    def path(self) -> "Path":
        """Where the command runs, as the command sees it."""
        ...

    @property
    def name(self) -> str:
        """What the journal calls it."""
        ...

    @property
    def enter(self) -> Enter | None:
        """What a thread must do before it spawns the command there; None where nothing is needed."""
        ...

    def apply(self, patch: Patch) -> None:
        """Bring a candidate's changes in, on top of the base."""
        ...

    def collect(self) -> Patch:
        """What differs from the base now, without files that git would ignore; what `apply` brought in counts."""
        ...

    def unsuited(self, log: "Path") -> str:
        """Why this kind of slot may be what made a command fail, by the end of its log; empty where it is not.

        Whoever then leaves the lease by raising `Unsuited` gets another kind of slot for the same leaf.
        """
        ...


class Workspace(Protocol):
    """Hands out slots. A slot is held for one judgement and never while waiting for another."""

    name: str

    def lease(self, leaf: Subplan) -> AbstractContextManager[Slot]:
        """A clean slot; afterwards it is taken back and cleaned, or replaced if it can't be.

        Raises:
            EnvironmentFault: none can be had.
        """
        ...

    def close(self) -> None:
        """Give up all slots; leave nothing behind."""
        ...
