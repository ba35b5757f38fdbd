"""Laws of the fold under Hypothesis: whatever events come, in whatever order."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from autonomy.journal.events import Ended, Event, Finished, Interrupted, Resumed, Settled, Started, decode, encode
from autonomy.journal.fold import DONE, Run, fold
from autonomy.model import Status
from features.drivers.journaling import HEADER, leaf
from features.drivers.properties import CALM

LEAVES = st.integers(0, 3).map(leaf)
LEASES = st.integers(1, 8)
STATUSES = st.sampled_from([status for status in Status if status not in (Status.QUEUED, Status.RUNNING)])
AT = st.floats(0, 1e9, allow_nan=False)
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)
NAMES = st.binary(min_size=1, max_size=8).map(lambda name: name.decode("utf-8", "surrogateescape"))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Started, leaf=LEAVES, attempt=st.integers(1, 3), lease=LEASES, at=AT),
    st.builds(Ended, leaf=LEAVES, lease=LEASES, status=STATUSES, at=AT, error=st.just(""), error_class=st.just("")),
    st.builds(Settled, leaf=LEAVES, lease=st.none() | LEASES, status=STATUSES, at=AT, error=st.just("")),
    st.builds(Resumed, at=AT, reopened=st.lists(LEAVES, max_size=2).map(tuple)),
    st.builds(Interrupted, at=AT, reason=st.just("signal")),
    st.builds(Finished, at=AT, stop_reason=st.just("completed"), peak_parallel=st.integers(0, 4)),
)
HISTORIES = st.lists(EVENTS, max_size=25)


def settles_once(before: Run, event: Event, after: Run) -> bool:
    """What a leaf is done with stays, unless it is reopened."""
    reopened = event.reopened if isinstance(event, Resumed) else ()
    return all(
        after.leaves[each].settled is state.settled
        for each, state in before.leaves.items()
        if state.settled and state.settled.status in DONE and each not in reopened
    )


def late_end_is_dropped(before: Run, event: Event, after: Run) -> bool:
    """An end counts only for the attempt in flight that holds the lease."""
    if not isinstance(event, Ended):
        return True
    holder = before.in_flight.get(event.lease)
    counts = holder is not None and holder.started.leaf == event.leaf
    return (after.dropped > before.dropped) != counts


def flights_add_up(_before: Run, _event: Event, after: Run) -> bool:
    """Attempts in flight are those that neither ended nor were abandoned, counted by leaf too."""
    flying = [
        attempt
        for state in after.leaves.values()
        for attempt in state.attempts
        if attempt.ended is None and not attempt.abandoned
    ]
    leaves = {attempt.started.leaf for attempt in flying}
    return sorted(after.in_flight) == sorted(each.started.lease for each in flying) and after.running == len(leaves)


def leases_rise(before: Run, event: Event, after: Run) -> bool:
    """A lease is given once: an attempt that starts holds a greater one than all before it."""
    began = sum(len(state.attempts) for state in after.leaves.values())
    new = began - sum(len(state.attempts) for state in before.leaves.values())
    return not new or (isinstance(event, Started) and event.lease == after.last_lease > before.last_lease)


def resume_abandons(_before: Run, event: Event, after: Run) -> bool:
    """After a resume nothing is in flight, and what is reopened is not done."""
    if not isinstance(event, Resumed):
        return True
    done = {outcome.leaf for outcome in after.done()}
    return not after.in_flight and not done & set(event.reopened)


LAWS: dict[str, Callable[[Run, Event, Run], bool]] = {
    "a leaf settles once": settles_once,
    "a late end is dropped": late_end_is_dropped,
    "flights add up": flights_add_up,
    "leases rise": leases_rise,
    "a resume abandons what was in flight": resume_abandons,
}


def check_law(name: str) -> None:
    law = LAWS[name]

    @CALM
    @given(HISTORIES)
    def holds(history: Sequence[Event]) -> None:
        for length in range(len(history)):
            before, after = fold([HEADER, *history[:length]]), fold([HEADER, *history[: length + 1]])
            assert law(before, history[length], after), (name, history[: length + 1])

    holds()


def check_round_trip() -> None:
    @CALM
    @given(st.builds(Ended, leaf=LEAVES, lease=LEASES, status=STATUSES, at=AT, error=TEXTS, error_class=TEXTS,
                     changed_files=st.lists(NAMES, max_size=3).map(tuple), log=st.none() | NAMES))  # fmt: skip
    def holds(event: Ended) -> None:
        found = decode(encode(event))
        assert isinstance(found, Ended)
        assert (found.changed_files, found.log, found.status) == (event.changed_files, event.log, event.status)
        spelled = [text.encode("utf-8", "backslashreplace").decode() for text in (event.error, event.error_class)]
        assert [found.error, found.error_class] == spelled

    holds()


def refuses(body: str) -> bool:
    from autonomy.errors import JournalError

    try:
        decode(body.encode())
    except JournalError:
        return True
    return False
