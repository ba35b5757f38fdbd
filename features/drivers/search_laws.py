"""What holds for every search, whatever is drawn: budgets, outcomes, places, and the order in which work settles."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from autonomy.candidates import Attempt, Budget, Iteration, SearchResult, StopReason, Verdict
from autonomy.loading import load
from autonomy.searching.attempts import Attempts, Ended, Rules, Unit
from autonomy.searching.lanes import Bound
from features.drivers.searching import Broken, Case, Ran, Script, by_priority

OUTCOMES = ("passes", "fails", "fails", "raises", "rejects", "exits", "judge raises", "is busy 2 times")
STRATEGIES = ("reject", "repair", "restart", "multi-turn", "majority", "refine")
EXHAUSTIVE = ("majority", "refine")


@dataclass(frozen=True)
class Draw:
    """One case, and how its work settles: `picks` say which of what is under way ends next, with how many others."""

    loop: int
    width: int
    places: int
    outcomes: Mapping[int, str]
    candidates: Mapping[int, str]
    picks: Sequence[tuple[int, int]]
    strategy: str
    options: Mapping[str, object]

    def choose(self) -> Callable[[Sequence[str]], Sequence[str]]:
        turn = iter(range(10**6))

        def choose(labels: Sequence[str]) -> Sequence[str]:
            first, count = self.picks[next(turn) % len(self.picks)]
            turned = [labels[(first + index) % len(labels)] for index in range(len(labels))]
            return turned[: 1 + count % len(labels)]

        return choose

    def run(self, choose: Callable[[Sequence[str]], Sequence[str]] | None = None, places: int | None = None) -> Ran:
        case = Case(self.loop, self.width, places or self.places, choose or self.choose())
        case.script = Script(dict(self.outcomes), dict(self.candidates))
        case.options = {"repair": self.strategy, **self.options}
        return case.run()

    @property
    def survey(self) -> bool:
        return self.options["select"] == "best" or self.strategy in EXHAUSTIVE

    @property
    def deterministic(self) -> bool:
        return bool(self.options["deterministic"]) or self.width == 1

    def outcome(self, number: int) -> str:
        """`error`, `fails` or `passes`: what becomes of an attempt; equal candidates share the verdict of the first."""
        said = self.outcomes[number]
        if said in ("raises", "exits"):
            return "error"
        if said == "rejects":
            return "fails"
        first = min(each for each, candidate in self.candidates.items() if candidate == self.candidates[number])
        judged = self.outcomes[first]
        if judged == "judge raises":
            return "error"
        return "passes" if judged == "passes" or judged.startswith("is busy") else "fails"

    def winner(self) -> int | None:
        """The lowest (step, chain) that passes, found by trying one after the other."""
        alive = set(range(self.width))
        for step in range(self.loop):
            for chain in sorted(alive):
                number = chain * self.loop + step + 1
                outcome = self.outcome(number)
                if outcome == "passes":
                    return number
                if outcome == "error" and self.options["on_error"] == "raise":
                    alive.discard(chain)
        return None


@st.composite
def draws(draw: st.DrawFn) -> Draw:
    loop, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    numbers = range(1, loop * width + 1)
    return Draw(
        loop,
        width,
        draw(st.integers(1, 5)),
        {number: draw(st.sampled_from(OUTCOMES)) for number in numbers},
        {number: draw(st.sampled_from([f"c{number}", "same", "other"])) for number in numbers},
        draw(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=12)),
        draw(st.sampled_from(STRATEGIES)),
        {
            "select": draw(st.sampled_from(["first", "best"])),
            "deterministic": draw(st.booleans()),
            "on_error": draw(st.sampled_from(["raise", "collect"])),
        },
    )


def in_bounds(draw: Draw, ran: Ran) -> None:
    script, crank = ran.script, ran.crank
    begun = Counter(script.proposals)
    assert set(begun) <= set(range(1, draw.loop * draw.width + 1)), begun
    assert all(count == 1 or draw.outcomes[number].startswith("is busy") for number, count in begun.items()), begun
    assert crank.peak == ran.bound.peak <= min(draw.width, draw.places), (crank.peak, ran.bound.peak)


def nothing_left(draw: Draw, ran: Ran) -> None:
    assert not ran.crank.under_way, list(ran.crank.under_way)
    assert ran.crank.closed
    assert ran.bound.taken == 0


def well_formed(draw: Draw, ran: Ran) -> None:
    result = _result(ran)
    places = [(each.iteration.step, each.iteration.chain) for each in result.attempts]
    assert places == sorted(set(places)), places
    assert all(each.iteration.id == _id(each.iteration, draw.loop) for each in result.attempts), result.attempts
    assert set(ran.script.proposals) <= {each.iteration.id for each in result.attempts}
    assert all(each.rejection for each in result.attempts if each != result.winner)


def _id(iteration: Iteration, loop: int) -> int:
    return (iteration.chain - 1) * loop + iteration.step


def no_failure_lost(draw: Draw, ran: Ran) -> None:
    result = _result(ran)
    reported = {failure.iteration.id for failure in result.failures}
    raised = {n for n in ran.script.proposals if draw.outcomes[n] in ("raises", "exits", "rejects")}
    assert raised <= reported, (raised, reported)
    for attempt in result.attempts:
        if attempt.status not in ("cancelled", "succeeded"):
            assert attempt.iteration.id in reported, attempt
            assert draw.outcome(attempt.iteration.id) == ("error" if attempt.status == "error" else "fails"), attempt


def ends_for_its_reason(draw: Draw, ran: Ran) -> None:
    result = _result(ran)
    failed = any(attempt.status == "error" for attempt in result.attempts)
    expected = StopReason.SUCCESS if result.winner else StopReason.ERROR if failed else StopReason.EXHAUSTED
    assert result.stop_reason is expected, result
    raises = expected is StopReason.ERROR and draw.options["on_error"] == "raise"
    assert (ran.error is not None) is raises, ran.error
    assert ran.error is None or isinstance(ran.error, Broken | SystemExit), ran.error


def judged_once(draw: Draw, ran: Ran) -> None:
    asked = Counter(candidate for candidate in ran.script.judged)
    raising = {draw.candidates[number] for number in draw.candidates if draw.outcome(number) == "error"}
    assert all(count == 1 for candidate, count in asked.items() if candidate not in raising), asked


def selects_the_same(draw: Draw, ran: Ran) -> None:
    """Deterministic searches find the oracle's winner; a survey makes the same attempts as one that is serial."""
    result = _result(ran)
    winner = result.winner.iteration.id if result.winner else None
    if draw.survey:
        serial = _result(draw.run(by_priority(""), places=1))
        assert _plain(serial) == _plain(result)
        assert winner == (serial.winner.iteration.id if serial.winner else None)
    elif draw.deterministic:
        assert winner == draw.winner()
    assert winner is None or draw.outcome(winner) == "passes"


def stops_at_success(draw: Draw, ran: Ran) -> None:
    """Where one success is enough, nothing that can't change the winner starts or is asked after its arrival."""
    winner = _result(ran).winner
    if winner is None or draw.survey:
        return
    events = ran.crank.events
    late = {int(label[:-1]) for event, label in events[_arrival(draw, winner, events) :] if event != "end" and label}
    useful = {each for each in late if draw.deterministic and _rank(each, draw.loop) < winner.iteration.rank}
    assert late == useful, (events, late)


def _arrival(draw: Draw, winner: Attempt, events: Sequence[tuple[str, str]]) -> int:
    """When the winner has been proposed and its candidate, or one that equals it, judged, with all that came along."""
    same = [number for number, candidate in draw.candidates.items() if candidate == winner.candidate]
    judged = min(events.index(("end", f"{number}j")) for number in same if ("end", f"{number}j") in events)
    proposed = max(index for index, event in enumerate(events) if event == ("end", f"{winner.iteration.id}p"))
    return events.index(("settled", ""), max(judged, proposed))


def _rank(number: int, loop: int) -> tuple[int, int]:
    return ((number - 1) % loop + 1, (number - 1) // loop + 1)


LAWS = (
    in_bounds,
    nothing_left,
    well_formed,
    no_failure_lost,
    ends_for_its_reason,
    judged_once,
    selects_the_same,
    stops_at_success,
)


def _result(ran: Ran) -> SearchResult:
    """The result, also where the search has raised: the hooks were told of it."""
    return ran.told.result


def _plain(result: SearchResult) -> list[Attempt]:
    return [replace(each, error=None) for each in result.attempts]


def check_laws(examples: int) -> None:
    """Draw that many searches; raise AssertionError where one breaks a law."""

    @settings(max_examples=examples, derandomize=True, deadline=None, phases=[Phase.generate], database=None)
    @given(draws())
    def check(draw: Draw) -> None:
        ran = draw.run()
        for law in LAWS:
            law(draw, ran)

    check()


def broken_law(examples: int) -> str:
    """The law that is found broken, by name; empty where none is."""
    try:
        check_laws(examples)
    except BaseExceptionGroup as group:
        return _where(group.exceptions[0])
    except AssertionError as error:
        return _where(error)
    return ""


def _where(error: BaseException) -> str:
    names = {law.__name__ for law in LAWS}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name in names:
            return trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return repr(error)


def _one_too_many(bound: Bound) -> bool:
    if bound._taken > bound._width:
        return False
    bound._taken += 1
    bound._peak = max(bound._peak, bound._taken)
    return True


MUTANTS: Mapping[str, Callable[[], object]] = {
    "lets one more run than there are places": lambda: patch.object(Bound, "take", _one_too_many),
    "lists attempts by arrival": lambda: patch.object(
        Attempts, "attempts", property(lambda self: [each for chain in self._chains for each in chain])
    ),
    "lets arrival decide": lambda: patch.object(Attempts, "wanted", lambda self, _: self.winner is None),
    "waits for everybody": lambda: patch.object(Attempts, "wanted", lambda self, _: not self._stopped),
    "goes on after a success": lambda: patch.object(
        Attempts, "_goes_on", lambda self, attempt: attempt.iteration.step < self._budget.loop
    ),
    "reports the failures of one attempt": lambda: patch.object(
        SearchResult, "failures", property(lambda self: _failures_of(self.kept))
    ),
    "judges equal candidates again": lambda: patch.object(Attempts, "_settle_equal", lambda self: []),
    "forgets what an exception was": lambda: patch.object(
        Attempts, "_failed", lambda self, unit, error: Attempt(unit.iteration, "failed", unit.candidate)
    ),
    "leaves work behind": lambda: patch("autonomy.searching.search._Course._drain", lambda self, lanes: None),
    "never stops what runs": lambda: patch("autonomy.searching.stopping.Stopping.set", lambda self: None),
}


def _failures_of(attempt: Attempt | None) -> tuple[object, ...]:
    return SearchResult((attempt,), None, None, StopReason.ERROR).failures if attempt else ()


@contextmanager
def mutant(name: str) -> Iterator[None]:
    with MUTANTS[name]():
        yield


LED_TO = {
    "waits to be judged": ["attempt 1 was proposed"],
    "is being judged": ["attempt 1 was proposed", ""],
    "is over": ["attempt 1 was proposed", "attempt 1 was judged"],
}


class Settling:
    """A search of two steps, told by hand how its units end."""

    def __init__(self) -> None:
        self._attempts = Attempts(Budget(2, 1), Rules(load("strategies", "repair")))
        self._units: dict[str, Unit] = {}

    def answer(self, what: str, *, again: bool = False) -> None:
        """Let a unit run and end so; `again`: one that ended so before. An empty word leaves it running."""
        if not again:
            unit = self._attempts.next(0.0)
            assert unit is not None
            self._attempts.start(unit)
            self._units[what] = unit
        proposed = what.endswith("proposed")
        ended = Ended(self._units[what], "candidate" if proposed else None, () if proposed else (Verdict(False),))
        if what:
            self._attempts.settle([ended], 0.0)

    def look(self) -> tuple[object, ...]:
        return self._attempts.attempts, self._attempts.running, self._attempts.next(0.0), self._attempts.done
