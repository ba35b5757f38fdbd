"""Leaves that meet at a barrier, past probes that are shown to fail."""

from concurrent.futures import ThreadPoolExecutor

from behave import given, then, when
from behave.runner import Context

from autonomy.plugins.executors.threads import Threads
from features import driver
from features.drivers import planning, simulating
from features.probes import Ceiling, Floor

SOON = 2.0
"""Seconds until a barrier that can't open is given up, where that is what the scenario is about."""


@when("they run in threads, {limit:d} at once, and meet at a barrier of {peak:d}")
def _(context: Context, limit: int, peak: int) -> None:
    context.ceiling, context.floor = Ceiling(), Floor(peak)
    work = context.ceiling.around(context.floor.work)
    context.ran = planning.run_in_threads(context.plan, limit, work)


@then("exactly {peak:d} were in flight at the most, by the engine and by the probe")
def _(context: Context, peak: int) -> None:
    context.floor.check()
    context.ceiling.check(peak)
    assert context.ran.peak_parallel == peak, context.ran.peak_parallel


def _past_probes(context: Context, executor: Threads, ceiling: Ceiling, meeting: int) -> None:
    context.ceiling, context.floor = ceiling, Floor(meeting, SOON)
    context.ran = planning.run_on(executor, context.plan, ceiling.around(context.floor.work))


@when("they run on an executor that takes 11 where 10 were asked for")
def _(context: Context) -> None:
    _past_probes(context, Threads(11), Ceiling(), 11)


@when("they run on an executor that takes 9 where 10 were asked for")
def _(context: Context) -> None:
    _past_probes(context, Threads(9), Ceiling(), 10)


@when("they run on an executor of ten with a single thread")
def _(context: Context) -> None:
    _past_probes(context, Threads(10, ThreadPoolExecutor(1)), Ceiling(), 10)


@when("they run past a probe that does not count")
def _(context: Context) -> None:
    class Dead(Ceiling):
        def around(self, work):  # type: ignore[no-untyped-def]
            return work

    _past_probes(context, Threads(10), Dead(), 10)


def _fails(check) -> None:  # type: ignore[no-untyped-def]
    try:
        check()
    except AssertionError:
        return
    raise AssertionError("the probe did not fail, so it proves nothing")


@then("the ceiling probe fails")
def _(context: Context) -> None:
    _fails(lambda: context.ceiling.check(10))


@then("the floor probe fails")
def _(context: Context) -> None:
    _fails(context.floor.check)


@given("{count:d} directories of {files:d} files in a repository")
def _(context: Context, count: int, files: int) -> None:
    paths = [f"part{number:02}/f{file:02}.txt" for number in range(count) for file in range(files)]
    driver.write_tree(context.root, {path: f"{path}\n" * 20 for path in paths})
    driver.commit_all(context.root)


@when("{leaves:d} leaves, {shape}, run in {workers:d} workers by a clock, in {draws:d} draws of heavy-tailed times")
def _(context: Context, leaves: int, shape: str, workers: int, draws: int) -> None:
    context.simulated = [simulating.simulate(shape, leaves, workers, seed) for seed in range(draws)]


@when("{leaves:d} leaves run in plan order in {workers:d} workers by a clock, in {draws:d} draws of heavy-tailed times")
def _(context: Context, leaves: int, workers: int, draws: int) -> None:
    with simulating.in_plan_order():
        context.simulated = [simulating.simulate("independent", leaves, workers, seed) for seed in range(draws)]


@then("each run takes at most {times:f} times its lower bound")
def _(context: Context, times: float) -> None:
    assert all(each.seconds <= times * each.bound for each in context.simulated), context.simulated


@then("some run takes more than {times:f} times its lower bound")
def _(context: Context, times: float) -> None:
    assert any(each.seconds > times * each.bound for each in context.simulated), context.simulated


@then("exactly {count:d} ran at once in each")
def _(context: Context, count: int) -> None:
    assert [each.peak for each in context.simulated] == [count] * len(context.simulated), context.simulated
