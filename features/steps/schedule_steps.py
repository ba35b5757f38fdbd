"""Plans run by hand or in threads."""

import re
from dataclasses import replace

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from autonomy.model import Outcome, Status, Subplan
from features.drivers import planning, properties


@given("leaves that wait for each other")
def _(context: Context) -> None:
    rows = context.table.rows
    waits = {row["leaf"]: [name for name in row["waits for"].split(", ") if name] for row in rows}
    tokens = {row["leaf"]: int(row["tokens"]) for row in rows} if "tokens" in context.table.headings else {}
    context.plan = planning.flat_plan(waits, tokens)


@given("{count:d} leaves")
def _(context: Context, count: int) -> None:
    context.plan = planning.flat_plan({f"leaf{number:03}": [] for number in range(count)})


def _by_name(context: Context, name: str) -> Subplan:
    names = planning.leaf_names(context.plan)
    return next(leaf for leaf in context.plan.leaves if names[leaf.id] == name)


def _run(context: Context, limit: int, executor: planning.ByHand | None = None, **options: object) -> None:
    context.executor = executor or planning.ByHand(limit)
    try:
        context.ran, context.events = planning.run_by_hand(context.plan, context.executor, **options)
    except AutonomyError as error:
        context.error = str(error)


@when("they run by hand, {limit:d} at once")
def _(context: Context, limit: int) -> None:
    _run(context, limit)


@when('they run by hand, {limit:d} at once, and "{name}" ends last')
def _(context: Context, limit: int, name: str) -> None:
    slow = _by_name(context, name).id
    choose = lambda running: min(running, key=lambda leaf: leaf.id == slow)  # noqa: E731
    _run(context, limit, planning.ByHand(limit, choose))


@when("they run by hand, {limit:d} at once, the last one ending first")
def _(context: Context, limit: int) -> None:
    _run(context, limit, planning.ByHand(limit, lambda running: running[-1]))


@when('they run by hand, {limit:d} at once, and with "{first}" an outcome of "{other}" comes in')
def _(context: Context, limit: int, first: str, other: str) -> None:
    executor = planning.ByHand(limit)
    executor.extra = [Outcome(_by_name(context, other).id, Status.FAILED, 1, error="from nowhere")]
    _run(context, limit, executor)


@when('they run by hand, {limit:d} at once, after a run that settled "{name}"')
def _(context: Context, limit: int, name: str) -> None:
    _run(context, limit, settled=[Outcome(_by_name(context, name).id, Status.SUCCEEDED)])


@when('they run by hand, {limit:d} at once, and "{name}" fails')
def _(context: Context, limit: int, name: str) -> None:
    _run(context, limit, _failing(context, limit, name))


@when('they run by hand, {limit:d} at once, keeping going, and "{name}" fails')
def _(context: Context, limit: int, name: str) -> None:
    _run(context, limit, _failing(context, limit, name), keep_going=True)


@when('they run by hand, {limit:d} at once, failing fast, and "{name}" fails')
def _(context: Context, limit: int, name: str) -> None:
    _run(context, limit, _failing(context, limit, name), fail_fast=True)


@when('they run by hand, {limit:d} at once, with {retries:d} retries, and "{name}" always fails')
def _(context: Context, limit: int, retries: int, name: str) -> None:
    _run(context, limit, _failing(context, limit, name, 99), attempts=retries + 1)


def _failing(context: Context, limit: int, name: str, times: int = 1) -> planning.ByHand:
    executor = planning.ByHand(limit)
    executor.answers = {_by_name(context, name).id: [Status.FAILED] * times}
    return executor


@when('they run in threads, {limit:d} at once, and every second one raises "ValueError: no"')
def _(context: Context, limit: int) -> None:
    raising = {leaf.id for leaf in context.plan.leaves[::2]}

    def work(leaf: Subplan, _attempt: int) -> None:
        if leaf.id in raising:
            raise ValueError("no")

    context.ran = planning.run_in_threads(context.plan, limit, work)


@when("its leaves run in threads, {limit:d} at once")
def _(context: Context, limit: int) -> None:
    graph = planning.graph_of(context.paths)
    tree = planning.tree_of(graph, planning.Limits(max_files=2, min_files=1, max_parallel=1))
    context.plan = planning.plan_of(graph, tree)
    context.worked = []
    context.ran = planning.run_in_threads(context.plan, limit, lambda leaf, _attempt: context.worked.append(leaf.id))


@when("Hypothesis draws plans, workers, failures and the order in which leaves settle")
def _(context: Context) -> None:
    context.property = properties.scheduling


@then("every leaf settles once, in dependency order, within the bound")
def _(context: Context) -> None:
    context.property()


@when("Hypothesis draws plans with heavy-tailed costs")
def _(context: Context) -> None:
    context.property = properties.makespans


@then("no makespan exceeds the lower bound by more than Graham's factor")
def _(context: Context) -> None:
    context.property()


@then('they start in the order "{names}"')
def _(context: Context, names: str) -> None:
    of = planning.leaf_names(context.plan)
    found = ", ".join(of[each] for each in context.executor.started)
    assert found == names, found


@then("at most {count:d} are in flight")
def _(context: Context, count: int) -> None:
    assert context.ran.peak_parallel == count, context.ran.peak_parallel


@then('"{first}" ends before "{second}"')
def _(context: Context, first: str, second: str) -> None:
    of = planning.leaf_names(context.plan)
    settled = [of[event.outcome.leaf] for event in context.events if hasattr(event, "outcome")]
    assert settled.index(first) < settled.index(second), settled


@then('running fails with "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.error, context.error


@then("every leaf has succeeded")
def _(context: Context) -> None:
    assert [outcome.status for outcome in context.ran.outcomes] == [Status.SUCCEEDED] * len(context.plan.leaves)


@then("only leaves were run")
def _(context: Context) -> None:
    assert sorted(context.worked) == sorted(leaf.id for leaf in context.plan.leaves)
    assert max(leaf.depth for leaf in context.plan.leaves) >= 5


@then("each leaf has settled once")
def _(context: Context) -> None:
    settled = [outcome.leaf for outcome in context.ran.outcomes]
    assert sorted(settled) == sorted(leaf.id for leaf in context.plan.leaves)
    assert all(outcome.status is Status.SUCCEEDED for outcome in context.ran.outcomes)


@then('the leaves end as "{ends}"')
def _(context: Context, ends: str) -> None:
    of = planning.leaf_names(context.plan)
    last = {of[outcome.leaf]: outcome.status for outcome in context.ran.outcomes}
    found = ", ".join(f"{name} {last[name]}" for name in sorted(last))
    assert found == ends, found


@then('"{skipped}" was skipped because of "{cause}"')
def _(context: Context, skipped: str, cause: str) -> None:
    leaf, because = _by_name(context, skipped).id, _by_name(context, cause)
    error = next(outcome.error for outcome in context.ran.outcomes if outcome.leaf == leaf)
    assert because.id in error, error
    assert re.search(r"waits for .* failed", error), error


@then('"{name}" was started {times:d} times')
def _(context: Context, name: str, times: int) -> None:
    assert context.executor.started.count(_by_name(context, name).id) == times


@then('{good:d} leaves have succeeded and {bad:d} have failed with "{error}"')
def _(context: Context, good: int, bad: int, error: str) -> None:
    failed = [outcome for outcome in context.ran.outcomes if outcome.status is Status.FAILED]
    assert len(context.ran.outcomes) - len(failed) == good
    assert [outcome.error for outcome in failed] == [error] * bad
    assert all(isinstance(outcome.value, ValueError) for outcome in failed)


@then("the results stand in plan order")
def _(context: Context) -> None:
    settled = [event.outcome.leaf for event in context.events if hasattr(event, "outcome")]
    in_plan = [leaf.id for leaf in context.plan.leaves]
    assert settled != in_plan
    assert [outcome.leaf for outcome in context.ran.outcomes] == in_plan


@when('they run by hand, {limit:d} at once, after a run that settled "{name}", which failed later')
def _(context: Context, limit: int, name: str) -> None:
    leaf = _by_name(context, name).id
    _run(context, limit, settled=[Outcome(leaf, status) for status in (Status.SUCCEEDED, Status.FAILED)])


@given("the first of them waits for a leaf of another plan")
def _(context: Context) -> None:
    first = context.plan.leaves[0].id
    context.plan = replace(context.plan, waits_for={**context.plan.waits_for, first: ("0" * 16,)})


@when("they run in threads by a worker that leaves its thread")
def _(context: Context) -> None:
    def leave(_leaf: Subplan, _attempt: int) -> object:
        raise SystemExit("gone")

    context.outcomes = planning.run_in_threads(context.plan, 2, leave).outcomes


@when("both are started on one thread, which is closed meanwhile")
def _(context: Context) -> None:
    context.outcomes = planning.closed_meanwhile(context.plan)


@then('each outcome is "{status}", for "{error}"')
def _(context: Context, status: str, error: str) -> None:
    assert [(each.status, each.error) for each in context.outcomes] == [(status, error)] * 2, context.outcomes


@then('the second outcome is "{status}", for "{error}"')
def _(context: Context, status: str, error: str) -> None:
    first, second = context.outcomes
    assert (first.status, second.status, second.error) == (Status.SUCCEEDED, status, error), context.outcomes
