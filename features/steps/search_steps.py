"""Searches: budgets, endings, hooks; scripted, and cranked by hand unless a step says threads."""

import sys
import threading

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import measuring, searching


@given("a search of {loop:d} steps by {width:d} chains")
def _(context: Context, loop: int, width: int) -> None:
    context.case = searching.Case(loop, width)


@given("{places:d} places")
def _(context: Context, places: int) -> None:
    context.case.places = places


@given('the attempts end in the order "{order}"')
def _(context: Context, order: str) -> None:
    context.case.choose = searching.by_priority(order)


@given("the attempts")
def _(context: Context) -> None:
    script = context.case.script
    for row in context.table:
        number = int(row["attempt"])
        script.outcomes[number] = row["outcome"]
        if row.get("candidate"):
            script.candidates[number] = row["candidate"].replace("\\n", "\n")
        if row.get("complaint"):
            script.complaints[number] = row["complaint"]
        if row.get("seconds"):
            context.stopwatch = getattr(context, "stopwatch", None) or measuring.Stopwatch()
            context.stopwatch.seconds[script.candidates.get(number, f"c{number}")] = float(row["seconds"])
        if row.get("score"):
            script.scores[number] = float(row["score"])
        if row.get("checks"):
            script.checks[number] = int(row["checks"])


@given("attempt {number:d} {outcome}")
def _(context: Context, number: int, outcome: str) -> None:
    context.case.script.outcomes[number] = outcome


@given("a hook that sets {loop:d} steps by {width:d} chains")
def _(context: Context, loop: int, width: int) -> None:
    context.case.hooks.append(searching.Watch(budget=(loop, width)))


@given('a hook that refuses at "{event}"')
def _(context: Context, event: str) -> None:
    context.case.hooks.append(searching.Watch(refuses=event))


@given("a hook that listens")
def _(context: Context) -> None:
    context.case.hooks.append(searching.Watch())


@given('a hook that tells "{complaint}" in place of every complaint')
def _(context: Context, complaint: str) -> None:
    context.case.hooks.append(searching.Watch(retold=complaint))


@given("a bound that lets one more through")
def _(context: Context) -> None:
    context.case.places += 1


@when("the leaf is searched")
def _(context: Context) -> None:
    context.ran = context.case.run()


@when("the leaf is searched, deterministically")
def _(context: Context) -> None:
    context.case.options["deterministic"] = True
    context.ran = context.case.run()


@when("the leaf is searched, collecting errors")
def _(context: Context) -> None:
    context.case.options["on_error"] = "collect"
    context.ran = context.case.run()


@when('the leaf is searched by the strategy "{name}"')
def _(context: Context, name: str) -> None:
    context.case.options["repair"] = name
    context.ran = context.case.run()


@when('the leaf is searched with {option} "{value}"')
def _(context: Context, option: str, value: str) -> None:
    context.case.options[option] = value
    context.ran = context.case.run()


@when("{leaves:d} leaves are searched at once, each proposal waiting for {size:d} to stand together")
def _(context: Context, leaves: int, size: int) -> None:
    meeting, case = searching.Meeting(size), context.case
    bound = searching.Bound(case.places)
    cases = [searching.Case(case.loop, case.width) for _ in range(leaves)]
    for each in cases:
        each.script = searching.Meeters(meeting)
    context.rans = searching.in_threads([lambda each=each: each.run_in_threads(bound) for each in cases])
    context.meeting, context.bound = meeting, bound


@when("the leaf is searched in threads, each judgement waiting for {size:d} to stand together")
def _(context: Context, size: int) -> None:
    context.meeting = searching.Meeting(size)
    context.case.script = searching.Meeters(context.meeting, judges=True)
    context.ran = context.case.run_in_threads()


@when("Python without assertions searches with a budget of {budget:d}")
def _(context: Context, budget: int) -> None:
    script = f"import autonomy; autonomy.search('leaf', lambda *_: 1, lambda _: True, loop_budget={budget})"
    context.ended = driver.run([sys.executable, "-O", "-c", script], context.root)


@then("it reports a usage error")
def _(context: Context) -> None:
    assert "UsageError: loop_budget" in context.ended.err, context.ended


@then("the attempts 1 to {last:d} are made, each once")
def _(context: Context, last: int) -> None:
    assert context.ran.outcome.attempts
    assert sorted(context.case.script.proposals) == list(range(1, last + 1)), context.case.script.proposals


@then("{count:d} are under way at most")
def _(context: Context, count: int) -> None:
    assert context.ran.crank.peak == context.ran.bound.peak == count, (context.ran.crank.peak, context.ran.bound.peak)


@then("all {count:d} proposals were made, never more than {most:d} at once")
def _(context: Context, count: int, most: int) -> None:
    assert sum(len(ran.outcome.attempts) for ran in context.rans) == count
    assert context.meeting.peak == context.bound.peak == most, (context.meeting.peak, context.bound.peak)
    assert context.bound.taken == 0


@then("{count:d} judgements were under way at once")
def _(context: Context, count: int) -> None:
    assert len(context.ran.outcome.attempts) == context.meeting.peak == count


@then("it ends as {reason}")
def _(context: Context, reason: str) -> None:
    assert context.ran.outcome.stop_reason == reason, context.ran.outcome.stop_reason
    assert context.ran.outcome.success is (reason == "success")


@then("attempt {number:d} is step {step:d} of chain {chain:d}")
def _(context: Context, number: int, step: int, chain: int) -> None:
    found = {attempt.iteration.id: attempt.iteration for attempt in context.ran.outcome.attempts}[number]
    assert (found.step, found.chain) == (step, chain), found


@then("its attempts are listed as {ids}")
def _(context: Context, ids: str) -> None:
    listed = searching.outcome_ids(context.ran.outcome)
    assert listed == [int(each) for each in ids.split(", ")], listed


@then('it raises a usage error that names "{name}"')
def _(context: Context, name: str) -> None:
    assert type(context.ran.error).__name__ == "UsageError", context.ran
    assert name in str(context.ran.error), context.ran.error


@then("no attempt is made")
def _(context: Context) -> None:
    assert context.case.script.proposals == []


@then("every hook hears of the end")
def _(context: Context) -> None:
    assert [hook.heard.count("end") for hook in context.case.hooks] == [1] * len(context.case.hooks)


@then("attempt {number:d} is accepted")
def _(context: Context, number: int) -> None:
    result = context.ran.outcome
    assert result.success, result
    assert result.winner.iteration.id == number, result.winner
    assert result.accepted == result.winner.candidate
    assert result.kept == result.winner


@then("{seconds:d} seconds of pauses have passed")
def _(context: Context, seconds: int) -> None:
    assert context.ran.clock.now == seconds, context.ran.clock.now


@then("{count:d} proposals were begun")
def _(context: Context, count: int) -> None:
    assert len(context.case.script.proposals) == count, context.case.script.proposals


@then("{before:d} are under way before the pause and {after:d} after it")
def _(context: Context, before: int, after: int) -> None:
    widths = context.ran.crank.widths
    pause = widths.index(0)
    assert (max(widths[:pause]), widths[pause + 1]) == (before, after), widths


@then("the failures are those of the attempts {ids}")
def _(context: Context, ids: str) -> None:
    failed = searching.failed_ids(context.ran.outcome)
    assert failed == [int(each) for each in ids.split(", ")], failed


@then("nothing is left running")
def _(context: Context) -> None:
    ran = context.ran
    assert ran.crank is None or (not ran.crank.under_way and ran.crank.closed), ran
    assert ran.bound.taken == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("candidate")]


@given("a machine that has {count:d} threads to give")
def _(context: Context, count: int) -> None:
    context.case.threads = count


@then("it says that the environment is at fault")
def _(context: Context) -> None:
    assert type(context.ran.error).__name__ == "EnvironmentFault", context.ran


@given("every attempt raises")
def _(context: Context) -> None:
    last = context.case.loop * context.case.width
    context.case.script.outcomes = dict.fromkeys(range(1, last + 1), "raises")


@given("proposers that take no notice of their stop")
def _(context: Context) -> None:
    context.case.eager = True


@given("a run that stops after {count:d} attempts")
def _(context: Context, count: int) -> None:
    context.case.hooks.append(searching.Stopper(count))


@given("a hook that interrupts at its first iteration")
def _(context: Context) -> None:
    context.case.hooks.append(searching.Watch(refuses="iteration", error=KeyboardInterrupt))


@when("the leaf is searched in threads")
def _(context: Context) -> None:
    context.ran = context.case.run_in_threads()


@when("the leaf is searched in threads, and all but attempt {winner:d} wait until they are stopped")
def _(context: Context, winner: int) -> None:
    context.case.script = searching.Waiters(winner, context.case.width - 1)
    context.ran = context.case.run_in_threads()


@then("the attempts {ids} are cancelled")
def _(context: Context, ids: str) -> None:
    cancelled = [each.iteration.id for each in context.ran.outcome.attempts if each.rejection == "cancelled"]
    assert cancelled == [int(each) for each in ids.split(", ")], context.ran.outcome
    assert all(each.status == "cancelled" for each in context.ran.outcome.attempts if each.rejection == "cancelled")


@then('attempt {number:d} is rejected as "{reason}"')
def _(context: Context, number: int, reason: str) -> None:
    rejection = searching.attempt(context.ran.outcome, number).rejection or "nothing"
    assert rejection == reason, context.ran.outcome


@then("attempt {number:d} has the status {status}")
def _(context: Context, number: int, status: str) -> None:
    assert searching.attempt(context.ran.outcome, number).status == status, context.ran.outcome


@then("it raises the error of attempt {number:d}, with its cause")
def _(context: Context, number: int) -> None:
    error = context.ran.error
    assert isinstance(error, searching.Broken), context.ran
    assert str(error) == f"attempt {number}", error
    assert isinstance(error.__cause__, KeyError), error.__cause__


@then("it raises the refusal")
def _(context: Context) -> None:
    assert type(context.ran.error).__name__ == "Refused", context.ran


@then("it raises a keyboard interrupt")
def _(context: Context) -> None:
    assert isinstance(context.ran.error, KeyboardInterrupt), context.ran


@then('attempt {number:d} is told "{complaints}"')
def _(context: Context, number: int, complaints: str) -> None:
    assert ", ".join(context.case.script.told[number]) == complaints, context.case.script.told


@then('the failures of attempt {number:d} are of the kind "{kind}"')
def _(context: Context, number: int, kind: str) -> None:
    kinds = [failure.kind for failure in context.ran.outcome.failures if failure.iteration.id == number]
    assert kinds == [kind], kinds


@then("every hook, proposer and judge saw its own iteration")
def _(context: Context) -> None:
    seen = [*context.case.script.slices, *context.case.hooks[0].slices]
    assert len(seen) == 12 + 12 + 12 + 8, len(seen)
    assert all(mine == found for mine, found in seen), seen


@then('it has heard "{events}"')
def _(context: Context, events: str) -> None:
    assert context.case.hooks[0].heard == events.split(", "), context.case.hooks[0].heard


@then("the hook's result has the attempts {ids} and ended as {reason}")
def _(context: Context, ids: str, reason: str) -> None:
    result = context.case.hooks[0].result
    assert searching.outcome_ids(result) == [int(each) for each in ids.split(", ")], result
    assert result.stop_reason == reason, result


@given("a hook whose start returns {number:d}")
def _(context: Context, number: int) -> None:
    context.case.hooks.append(searching.Starter(number))


@when("the current iteration is asked for outside of a search")
def _(context: Context) -> None:
    context.ran = searching.attempted(searching.current_iteration)


@then("the error says that another hook raised, too")
def _(context: Context) -> None:
    assert context.ran.error.__notes__ == ["after it, a hook raised Refused: no end"], context.ran.error
