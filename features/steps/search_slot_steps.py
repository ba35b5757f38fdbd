"""Candidates in slots, with real commands."""

from behave import then, when
from behave.runner import Context

from features.drivers import slots as yards


@when("8 candidates that say who they are are searched for the best in {slots:d} slots, {times:d} times")
def _(context: Context, slots: int, times: int) -> None:
    context.slots = slots
    context.tellings = [yards.tell_apart(context.folder, slots, seed) for seed in range(times)]


@when("8 candidates are searched for the best in {slots:d} slots that are not staged anew")
def _(context: Context, slots: int) -> None:
    context.tellings = [yards.tell_apart(context.folder, slots, 0, anew=False)]


@then("some benchmark measured another candidate")
def _(context: Context) -> None:
    assert context.tellings[0].mistaken


@then("every benchmark measured its own candidate")
def _(context: Context) -> None:
    for told in context.tellings:
        assert len(told.script.benches) == 8 * 6 * 2, len(told.script.benches)
        assert told.mistaken == [], told.mistaken


@then("no benchmark ran beside another command")
def _(context: Context) -> None:
    assert [told.overlaps for told in context.tellings] == [0] * len(context.tellings)


@then("every slot is free again")
def _(context: Context) -> None:
    assert all(told.yard.free == context.slots for told in context.tellings)


@when("honest and dishonest candidates are searched for the best in {slots:d} slots, {times:d} times")
def _(context: Context, slots: int, times: int) -> None:
    context.results = [yards.honest(context.folder, slots, f"yard-{index}") for index in range(times)]


@then("each time the verdicts are")
def _(context: Context) -> None:
    expected = {row["candidate"]: row["verdict"] for row in context.table}
    found = [yards.reasons(result) for result in context.results]
    assert found == [expected] * len(found), [(result.attempts, result.stop_reason) for result in context.results]


@then("the accepted one is measured as {low:g} to {high:g} times as fast")
def _(context: Context, low: float, high: float) -> None:
    measured = [result.winner.bench.speedup for result in context.results]
    assert all(low <= speedup <= high for speedup in measured), measured
