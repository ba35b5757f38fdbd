"""Who worked when: the attempts of a run on as many lanes as were in flight at once, from the journal's order. Pure."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autonomy.model import Outcome, Plan, Status, SubplanId
from autonomy.schedule import Schedule

if TYPE_CHECKING:
    from autonomy.journal.events import Event


@dataclass(slots=True)
class Bar:
    """An attempt on its lane, from `start` to `end`, in seconds of work: pauses of the run don't count."""

    lane: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Timeline:
    bars: Mapping[int, Bar]
    """Lease -> bar."""
    lanes: int
    resumed: Sequence[float]
    """When the run went on after a stop."""
    end: float


@dataclass(slots=True)
class _Clock:
    """Seconds of work since `began`; never goes back."""

    began: float
    now: float = 0.0

    def look(self, at: float) -> None:
        self.now = max(self.now, at - self.began)

    def skip_to(self, at: float) -> None:
        """Nothing was at work from the last look until `at`."""
        self.began = max(self.began, at - self.now)


@dataclass(slots=True)
class _Lanes:
    """The lowest lane that is free, always."""

    free: list[int] = field(default_factory=list)
    count: int = 0

    def take(self) -> int:
        if self.free:
            return heapq.heappop(self.free)
        self.count += 1
        return self.count - 1

    def give(self, lane: int) -> None:
        heapq.heappush(self.free, lane)


def timeline_of(began: float, events: Iterable["Event"]) -> Timeline:
    """The order of the events decides who shares a lane, their times only how long a bar is.

    So there are never more lanes than attempts were in flight, even where the clock was set back. `events` are
    those that had an effect, after the header, which came at `began`. What was in flight when the run was killed
    ends with the last thing that is known of it.
    """
    clock, lanes, flying = _Clock(began), _Lanes(), {}  # type: _Clock, _Lanes, dict[int, SubplanId]
    bars: dict[int, Bar] = {}
    resumed: list[float] = []

    def land(leases: Sequence[int]) -> None:
        for lease in leases:
            del flying[lease]
            bars[lease].end = clock.now
            lanes.give(bars[lease].lane)

    for event in events:
        if event.kind == "resumed":
            land(list(flying))
            clock.skip_to(event.at)
            resumed.append(clock.now)
        clock.look(event.at)
        if event.kind == "started":
            flying[event.lease] = event.leaf
            bars[event.lease] = Bar(lanes.take(), clock.now, clock.now)
        elif event.kind == "ended":
            land([event.lease])
        elif event.kind == "settled":
            land([lease for lease, leaf in flying.items() if leaf == event.leaf])
    for lease in flying:
        bars[lease].end = clock.now
    return Timeline(bars, lanes.count, resumed, clock.now)


def expected(plan: Plan, cost: Mapping[SubplanId, float], workers: int) -> tuple[Mapping[SubplanId, Bar], int]:
    """Each leaf on its worker if a leaf took its `cost`, in units of it; and how many workers had work."""
    schedule, lanes = Schedule(plan, cost=cost), _Lanes()
    bars: dict[SubplanId, Bar] = {}
    clock, running = 0.0, []  # type: float, list[tuple[float, SubplanId]]
    while not schedule.done:
        while len(running) < workers and (leaf := schedule.next()):
            end = clock + cost[leaf.id]
            bars[leaf.id] = Bar(lanes.take(), clock, end)
            heapq.heappush(running, (end, leaf.id))
        clock, ended = heapq.heappop(running)
        lanes.give(bars[ended].lane)
        schedule.settle([Outcome(ended, Status.SUCCEEDED)])
    return bars, lanes.count


def last_chain(plan: Plan, ends: Mapping[SubplanId, float]) -> tuple[SubplanId, ...]:
    """The leaf that ended last, and before each leaf the one that it waited for longest; the first comes first."""
    if not ends:
        return ()
    rank = {leaf.id: place for place, leaf in enumerate(plan.leaves)}
    chain = [max(ends, key=lambda leaf: (ends[leaf], -rank[leaf]))]
    while befores := [each for each in plan.waits_for.get(chain[-1], ()) if each in ends]:
        chain.append(max(befores, key=lambda leaf: (ends[leaf], -rank[leaf])))
    return tuple(reversed(chain))


def dependants(plan: Plan) -> Sequence[int]:
    """Per leaf, in plan order, a bit for each leaf that waits for it, directly or in turn."""
    leaves = plan.leaves
    rank = {leaf.id: place for place, leaf in enumerate(leaves)}
    users: list[list[int]] = [[] for _ in leaves]
    left = [len(plan.waits_for.get(leaf.id, ())) for leaf in leaves]
    for leaf in leaves:
        for before in plan.waits_for.get(leaf.id, ()):
            users[rank[before]].append(rank[leaf.id])
    order = [place for place in range(len(leaves)) if not left[place]]
    for place in order:
        for user in users[place]:
            left[user] -= 1
            if not left[user]:
                order.append(user)
    bits = [0] * len(leaves)
    for place in reversed(order):
        for user in users[place]:
            bits[place] |= bits[user] | 1 << user
    return bits
