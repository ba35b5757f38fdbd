"""A scripted proposer and judge, a hand-cranked executor, and what a search left behind."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from queue import SimpleQueue
from unittest.mock import patch

import autonomy
from autonomy.candidates import (
    Attempt,
    Budget,
    Iteration,
    Rejected,
    SearchResult,
    Verdict,
)
from autonomy.errors import Busy, Refused
from autonomy.searching.attempts import Ended, Unit
from autonomy.searching.complaints import as_json
from autonomy.searching.contest import Trial
from autonomy.searching.lanes import Bound, Lanes
from autonomy.searching.search import Surroundings, current_iteration

LEAF = "leaf"


class Clock:
    """A clock that moves when somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


Choose = Callable[[Sequence[str]], Sequence[str]]
"""Of what is under way (`2p`: attempt 2 is proposed, `2j`: judged), as it started: what ends now, together."""


class Crank:
    """Runs what was started when somebody waits for it, in the order that it is told. No threads.

    `eager`: it is run when it starts, and only its arrival is told, so that no stop can reach it.
    """

    def __init__(self, bound: Bound, case: "Case", clock: Clock) -> None:
        self._bound, self._choose, self._clock, self._eager = bound, case.choose, clock, case.eager
        self.events = case.script.events
        """What happened, in order: ("start" | "end" | "propose", label), and ("settled", "") after each batch."""
        self.under_way: dict[str, Callable[[], Ended]] = {}
        self.peak = 0
        self.widths: list[int] = []
        self.closed = False

    def start(self, unit: Unit, work: Callable[[], Ended]) -> bool:
        if not self._bound.take():
            return False
        label = f"{unit.iteration.id}{unit.phase[0]}"
        self.events.append(("start", label))
        ended = work() if self._eager else None
        self.under_way[label] = work if ended is None else lambda: ended
        self.peak = max(self.peak, len(self.under_way))
        return True

    def wait(self, timeout: float | None) -> Sequence[Ended]:
        self.widths.append(len(self.under_way))
        if not self.under_way:
            assert timeout is not None, "the search waits although nothing runs"
            self._clock.now += timeout
            return []
        chosen = self._choose(list(self.under_way))
        ended = [self.under_way.pop(label)() for label in chosen]
        for label in chosen:
            self.events.append(("end", label))
            self._bound.give()
        self.events.append(("settled", ""))
        return ended

    def narrow(self) -> None:
        self._bound.narrow()

    def widen(self) -> None:
        self._bound.widen()

    def close(self) -> None:
        self.closed = True


def by_priority(order: str) -> Choose:
    """`3 1p+2p`: attempt 3 ends before all others, then the proposals 1 and 2 in one breath; the rest as it started."""

    def choose(labels: Sequence[str]) -> Sequence[str]:
        for group in order.split():
            found = [label for word in group.split("+") for label in labels if word in (label, label[:-1])]
            if len(found) == len(group.split("+")):
                return found[::-1]
        return labels[:1]

    return choose


class Awaitable:
    """What a coroutine function returns, without the warning that it was never awaited."""

    def __await__(self) -> Iterator[None]:
        yield


class Broken(Exception):
    """What a scripted proposer or judge raises."""


@dataclass
class Script:
    """What each attempt does, by its id; one that is not named fails.

    `passes`, `fails`, `raises`, `exits`, `rejects`, `judge raises`, `judge rejects`, `judge says nothing`, or
    `is busy N times` (and then passes). `candidates` names what it proposes, by default `cN`.
    """

    outcomes: dict[int, str] = field(default_factory=dict)
    candidates: dict[int, object] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    complaints: dict[int, str] = field(default_factory=dict)
    checks: dict[int, int] = field(default_factory=dict)
    proposals: list[int] = field(default_factory=list)
    judged: list[object] = field(default_factory=list)
    told: dict[int, tuple[str, ...]] = field(default_factory=dict)
    started_from: dict[int, object] = field(default_factory=dict)
    tiers: dict[int, int] = field(default_factory=dict)
    slices: list[tuple[int, int]] = field(default_factory=list)
    """(id of the attempt, id that `current_iteration` gave to its proposer, judge or hook)"""
    events: list[tuple[str, str]] = field(default_factory=list)
    _busy: dict[int, int] = field(default_factory=dict)

    def propose(self, leaf: object, iteration: Iteration, complaints: Sequence[Verdict]) -> object:
        number = iteration.id
        self.proposals.append(number)
        self.events.append(("propose", f"{number}p"))
        self.slices.append((number, current_iteration().id))
        self.told[number] = tuple(verdict.complaint for verdict in complaints)
        self.started_from[number], self.tiers[number] = iteration.start, iteration.tier
        outcome = self.outcomes.get(number, "fails")
        if outcome.startswith("is busy"):
            self._busy[number] = self._busy.get(number, 0) + 1
            if self._busy[number] <= int(outcome.split()[2]):
                raise Busy
        if outcome == "raises":
            raise Broken(f"attempt {number}") from KeyError(number)
        if outcome == "awaits":
            return Awaitable()
        if outcome == "exits":
            raise SystemExit(number)
        if outcome == "rejects":
            raise Rejected("command_failed", f"attempt {number} exits with 1")
        return self.candidates.get(number, f"c{number}")

    def judge(self, candidate: object) -> object:
        self.judged.append(candidate)
        number = self._number(candidate)
        self.slices.append((number, current_iteration().id))
        outcome = self.outcomes.get(number, "fails")
        if outcome == "judge raises":
            raise Broken(f"judge of {number}") from KeyError(number)
        if outcome == "judge rejects":
            raise Rejected("timed_out", f"judge of {number} took too long")
        if outcome == "judge says nothing":
            return None
        passed = outcome == "passes" or outcome.startswith("is busy")
        message = "" if passed else self.complaints.get(number, f"wrong {number}")
        checks = [Verdict(True) for _ in range(self.checks.get(number, 0))]
        return [*checks, Verdict(passed, "" if passed else "validator_failed", message, score=self.scores.get(number))]

    def _number(self, candidate: object) -> int:
        return next((n for n, each in sorted(self.candidates.items()) if each == candidate), 0) or int(
            str(candidate)[1:]
        )


@dataclass
class Watch:
    """A hook that notes everything and refuses where it is told to."""

    refuses: str = ""
    error: type[BaseException] = Refused
    budget: tuple[int, int] | None = None
    retold: str = ""
    heard: list[str] = field(default_factory=list)
    slices: list[tuple[int, int]] = field(default_factory=list)
    result: SearchResult | None = None

    def start(self, leaf: object, budget: Budget) -> Budget | None:
        self._hear("start")
        return Budget(*self.budget) if self.budget else None

    def iteration(self, leaf: object, attempt: Attempt) -> None:
        self.slices.append((attempt.iteration.id, current_iteration().id))
        self._hear(f"iteration {attempt.iteration.id}")

    def repair(self, leaf: object, iteration: Iteration, complaints: Sequence[Verdict]) -> Sequence[Verdict] | None:
        self.slices.append((iteration.id, current_iteration().id))
        self._hear(f"repair {iteration.id}")
        return [Verdict(False, message=self.retold)] if self.retold else None

    def end(self, leaf: object, result: SearchResult) -> None:
        self.result = result
        self._hear("end")

    def _hear(self, event: str) -> None:
        self.heard.append(event)
        if self.refuses and event.startswith(self.refuses):
            raise self.error(f"no {event}")


@dataclass
class Ran:
    """What a search left behind: a result or an error, and its machinery."""

    result: SearchResult | None
    error: BaseException | None
    bound: Bound
    crank: Crank | None
    clock: Clock
    script: "Script"
    told: "Watch"
    """A hook that heard of the end, also where the search has raised."""

    @property
    def outcome(self) -> SearchResult:
        assert self.result is not None, f"the search raised {self.error!r}"
        return self.result


@dataclass
class Case:
    """A search to be run."""

    loop: int = 1
    width: int = 1
    places: int | None = None
    choose: Choose = lambda labels: labels[:1]
    script: Script = field(default_factory=Script)
    hooks: list[object] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)
    trial: Trial | None = None
    eager: bool = False
    threads: int | None = None
    """How many the machine has to give."""
    _told: Watch = field(default_factory=Watch)

    def run(self) -> Ran:
        """The search, cranked by hand."""
        clock, bound = Clock(), Bound(self.places or self.width or 1)
        made: list[Crank] = []

        for hook in self.hooks:
            if hasattr(hook, "reach"):
                hook.reach(bound)

        def lanes(bound: Bound, width: int) -> Lanes:
            made.append(Crank(bound, self, clock))
            return made[0]

        ran = self._search(Surroundings(bound, lanes, clock))
        return Ran(ran[0], ran[1], bound, made[0] if made else None, clock, self.script, self._told)

    def run_in_threads(self, bound: Bound | None = None) -> Ran:
        bound = bound or Bound(self.places or self.width)
        with nullcontext() if self.threads is None else threads_to_give(self.threads):
            result, error = self._search(Surroundings(bound))
        return Ran(result, error, bound, None, Clock(), self.script, self._told)

    def _search(self, surroundings: Surroundings) -> tuple[SearchResult | None, BaseException | None]:
        try:
            return (
                autonomy.search(
                    LEAF,
                    self.script.propose,
                    self.script.judge,
                    loop_budget=self.loop,
                    concurrency_budget=self.width,
                    hooks=[*self.hooks, self._told],
                    trial=self.trial,
                    surroundings=surroundings,
                    **self.options,
                ),
                None,
            )
        except BaseException as error:  # noqa: BLE001
            return None, error


@dataclass
class Called:
    """What a call returned or raised."""

    value: object = None
    error: BaseException | None = None


@contextmanager
def threads_to_give(count: int) -> Iterator[None]:
    """Inside, the machine starts so many threads and no more."""
    start, left = threading.Thread.start, iter(range(count))

    def scarce(thread: threading.Thread) -> None:
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        start(thread)

    with patch.object(threading.Thread, "start", scarce):
        yield


def attempted(call: Callable[[], object]) -> Called:
    try:
        return Called(call())
    except Exception as error:  # noqa: BLE001
        return Called(error=error)


class Meeting:
    """Proposals that return only when `size` of them stand there together: the floor of a concurrency."""

    def __init__(self, size: int, hang_seconds: float = 60) -> None:
        self._barrier = threading.Barrier(size)
        self._hang_seconds = hang_seconds
        self._lock = threading.Lock()
        self._inside = 0
        self.peak = 0

    def meet(self, value: object) -> object:
        with self._lock:
            self._inside += 1
            self.peak = max(self.peak, self._inside)
        try:
            self._barrier.wait(self._hang_seconds)
        finally:
            with self._lock:
                self._inside -= 1
        return value


class Meeters(Script):
    """Attempts that all fail, and whose proposers (or judges) wait for each other."""

    def __init__(self, meeting: Meeting, judges: bool = False) -> None:
        super().__init__()
        self._meeting, self._judges = meeting, judges

    def propose(self, leaf: object, iteration: Iteration, complaints: Sequence[Verdict]) -> object:
        return iteration.id if self._judges else self._meeting.meet(iteration.id)

    def judge(self, candidate: object) -> object:
        return bool(self._meeting.meet(False)) if self._judges else False


def outcome_ids(result: SearchResult) -> list[int]:
    return [attempt.iteration.id for attempt in result.attempts]


def attempt(result: SearchResult, number: int) -> Attempt:
    return next(each for each in result.attempts if each.iteration.id == number)


def failed_ids(result: SearchResult) -> list[int]:
    return [failure.iteration.id for failure in result.failures]


def in_threads(calls: Sequence[Callable[[], object]], hang_seconds: float = 60) -> list[object]:
    """What the calls return, each called in a thread of its own, all at once."""
    answers: list[object] = [None] * len(calls)

    def keep(index: int) -> None:
        answers[index] = calls[index]()

    threads = [threading.Thread(target=keep, args=(index,), daemon=True) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(hang_seconds)
        assert not thread.is_alive(), "a search hangs"
    return answers


class Waiters(Script):
    """Attempts that wait for their stop, all but one, which passes when the others stand there."""

    def __init__(self, winner: int, others: int) -> None:
        super().__init__()
        self._winner, self._others = winner, others
        self._waiting = threading.Semaphore(0)

    def propose(self, leaf: object, iteration: Iteration, complaints: Sequence[Verdict]) -> object:
        if iteration.id == self._winner:
            for _ in range(self._others):
                assert self._waiting.acquire(timeout=60), "the others do not start"
            return iteration.id
        self._waiting.release()
        assert iteration.stop.wait(60), "nobody stops the attempt"
        iteration.check()
        return None

    def judge(self, candidate: object) -> object:
        return True


class Stopper:
    """A hook that stops the whole run after so many attempts."""

    def __init__(self, attempts: int) -> None:
        self._left = attempts
        self._bound: Bound | None = None

    def reach(self, bound: Bound) -> None:
        self._bound = bound

    def start(self, leaf: object, budget: Budget) -> None:
        self._count(0)

    def iteration(self, leaf: object, attempt: Attempt) -> None:
        self._count(1)

    def _count(self, attempts: int) -> None:
        self._left -= attempts
        if not self._left and self._bound is not None:
            self._bound.close()


class Validators(Script):
    """Several validators, which all complain."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names

    def judge(self, candidate: object) -> object:
        return [Verdict(False, "validator_failed", name) for name in self._names]


def complaints_as_json(count: int, message: str) -> str:
    return as_json([Verdict(False, "validator_failed", message, {"exit_code": 1})] * count)


class Starter:
    """A hook whose start returns something."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def start(self, leaf: object, budget: Budget) -> object:
        return self._answer


def alone_beside_a_holder(hang_seconds: float = 60) -> list[str]:
    """What happens to somebody who asks to be alone: `wait`, until the place is given back, and then `alone`."""
    happened: SimpleQueue[str] = SimpleQueue()

    class Telling(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            happened.put("wait")
            return super().wait(timeout)

    with patch("threading.Condition", Telling):
        bound = Bound(2)
    bound.take()

    def ask() -> None:
        with bound.alone():
            happened.put("alone")

    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    first = happened.get(timeout=hang_seconds)
    bound.give()
    return [first, happened.get(timeout=hang_seconds) if first == "wait" else "nothing"]
