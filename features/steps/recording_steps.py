"""What stands in the journal before anything starts or is shown."""

from collections import Counter

from behave import given, then, when
from behave.runner import Context

from features.drivers.recording import Recorded

NUMBERS = {"two": 2, "four": 4, "ten": 10}


@given("a run of {leaves:d} leaves, {many:w} at a time, that end {how}")
def _(context: Context, leaves: int, many: str, how: str) -> None:
    context.run = Recorded(context.folder, leaves, NUMBERS[many], together=how == "together")


@when("it is run")
def _(context: Context) -> None:
    context.run.run()


@when("it is run on a disk that takes nothing")
def _(context: Context) -> None:
    context.run.run(full=True)
    context.status = context.run.status


@then("the journal was written {times:d} times")
def _(context: Context, times: int) -> None:
    assert context.run.writes == times, context.run.writes


@then("whoever watched was told of {starts:d} starts and {ends:d} ends")
def _(context: Context, starts: int, ends: int) -> None:
    assert Counter(type(event).__name__ for event in context.run.told) == {"Started": starts, "Settled": ends}


@then("all that was told stood in the journal by then")
def _(context: Context) -> None:
    assert context.run.told
    assert not context.run.unheard


@then("nothing was started, and nothing told")
def _(context: Context) -> None:
    assert (context.run.executor.started, context.run.told) == (0, [])


@then("it waited {times:d} times for others")
def _(context: Context, times: int) -> None:
    assert context.run.clock.sleeps == times, context.run.clock.sleeps
