"""What there is to tell of a plan or a run: the values that every renderer of a report reads. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from autonomy.model import Plan, Status, Subplan, SubplanId
from autonomy.report.ties import Ties
from autonomy.simulate import Point

if TYPE_CHECKING:
    from pydantic import JsonValue

BAD = (Status.FAILED, Status.TIMED_OUT, Status.ERROR)


class Tone(StrEnum):
    """How a sentence is meant."""

    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that a person should know at once, where to look for it, and what to type."""

    text: str
    tone: Tone = Tone.PLAIN
    leaf: SubplanId | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an attempt says that it cost; None where it does not say."""

    dollars: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: its place on the timeline in seconds, how it ended, what was said of it."""

    leaf: SubplanId
    attempt: int
    candidate: int
    lane: int
    start: float
    end: float
    status: Status
    seconds: float
    """Its command's own time, by the clock."""
    exit_code: int | None = None
    signal: int | None = None
    kind: str = ""
    error: str = ""
    log: str = ""
    """Relative to the directory of the run; empty where there is none."""
    tail: str = ""
    """The end of the log."""
    verdicts: "Sequence[JsonValue]" = ()
    bench: "JsonValue" = None
    changed: Sequence[str] = ()
    violations: Sequence[str] = ()
    accepted: bool = False
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Attempts that failed alike. `open`: at least one of their leaves has not succeeded since."""

    title: str
    tries: Sequence[Try]
    leaves: Sequence[SubplanId]
    """Those that have not succeeded; where all have, all of them. In plan order."""
    open: bool
    command: str = ""
    """Tries the open ones again."""


@dataclass(frozen=True, slots=True)
class LeafEnd:
    """Where a leaf stands."""

    status: Status
    error: str = ""
    reused_from: str = ""
    changed: Sequence[str] = ()
    asked: bool = True
    """False for one that `--only` left out."""


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What became of one file: a unified diff, or in words why there is none."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RunStory:
    """What is told of a run beside its plan."""

    id: str
    command: Sequence[str]
    started: str
    seconds: float
    base: str | None
    isolation: str
    max_parallel: int
    peak_parallel: int
    lanes: int
    going: bool
    """A process has it under way."""
    stop_reason: str | None
    ends: Mapping[SubplanId, LeafEnd]
    """Every leaf."""
    tries: Sequence[Try]
    """By leaf in plan order, then by attempt and candidate."""
    resumed: Sequence[float]
    chain: Sequence[SubplanId]
    """The leaves of the critical path."""
    causes: Sequence[Cause] = ()
    patches: Mapping[SubplanId, Sequence[FileDiff]] = field(default_factory=dict)
    places: Mapping[SubplanId, Sequence[int]] = field(default_factory=dict)
    """Leaf -> the places of its attempts in `tries`."""

    def tries_of(self, leaf: SubplanId) -> Sequence[Try]:
        """By attempt and candidate."""
        return [self.tries[place] for place in self.places.get(leaf, ())]

    @property
    def failed(self) -> list[SubplanId]:
        """In plan order."""
        return [leaf for leaf, end in self.ends.items() if end.status in BAD]

    def of(self, status: Status) -> list[SubplanId]:
        return [leaf for leaf, end in self.ends.items() if end.status is status]


@dataclass(frozen=True, slots=True)
class Curve:
    """What more workers would bring, in seconds or tokens."""

    unit: str
    points: Sequence[Point]
    best: int
    now: int
    """How many the plan or the run has."""


@dataclass(frozen=True, slots=True)
class Story:
    """A plan and, where it ran, its run."""

    title: str
    """The repository's name."""
    version: str
    plan: Plan
    curve: Curve
    held: Mapping[SubplanId, int]
    """How many leaves wait for each one, directly or in turn."""
    ties: Ties | None = None
    """None where the tree is not at hand."""
    run: RunStory | None = None
    briefs: Mapping[SubplanId, str] = field(default_factory=dict)
    expected: Mapping[SubplanId, tuple[int, float, float]] = field(default_factory=dict)
    """Without a run: lane, start and end of each leaf if a token took a second."""
    sentences: Sequence[Sentence] = ()
    notes: Sequence[str] = ()
    """What the page can't show, and why."""

    @property
    def leaves(self) -> tuple[Subplan, ...]:
        return self.plan.leaves
