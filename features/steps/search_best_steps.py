"""Candidates that are measured."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import measuring, searching


def stopwatch(context: Context) -> measuring.Stopwatch:
    if not hasattr(context, "stopwatch"):
        context.stopwatch = measuring.Stopwatch()
    return context.stopwatch


@given("the base takes {base:g} s and attempt {number:d} takes {seconds:g} s, give or take {noise:g} percent")
def _(context: Context, base: float, number: int, seconds: float, noise: float) -> None:
    watch = stopwatch(context)
    watch.seconds |= {measuring.BASE: base, f"c{number}": seconds}
    watch.noise = noise


@given("the benchmark of attempt {number:d} {does}")
def _(context: Context, number: int, does: str) -> None:
    stopwatch(context).does[f"c{number}"] = does


@given("a base that prints another number each time")
def _(context: Context) -> None:
    stopwatch(context).does[measuring.BASE] = "prints a number"


@given("a gate that does not look at the interval")
def _(context: Context) -> None:
    context.mutant = measuring.without_interval


@given("candidates that are lists")
def _(context: Context) -> None:
    context.case.script.candidates = {number: [number] for number in range(1, 4)}


@given("no benchmark")
def _(context: Context) -> None:
    context.unmeasured = True


@given("the run stops at measurement {number:d}")
def _(context: Context, number: int) -> None:
    stopwatch(context).stop_at = number


def search(context: Context, places: int | None = None, **options: object) -> searching.Ran:
    watch, case = stopwatch(context), context.case
    case.options |= {"select": "best", **options}
    case.trial = None if hasattr(context, "unmeasured") else watch.trial()
    case.places = places or case.places
    case.hooks.append(measuring.Gatekeeper(watch))
    return case.run()


@when("the leaf is searched, for the best")
def _(context: Context) -> None:
    if not hasattr(context, "mutant"):
        context.ran = search(context)
        return
    with context.mutant():
        context.ran = search(context)


@when("the leaf is searched, for the best, collecting errors")
def _(context: Context) -> None:
    context.ran = search(context, on_error="collect")


@when("the leaf is searched for the best with {few:d} and with {many:d} places")
def _(context: Context, few: int, many: int) -> None:
    context.results = [measuring.plain(search(context, places).outcome) for places in (few, many)]


@when("{leaves:d} leaves are searched for the best at once in threads")
def _(context: Context, leaves: int) -> None:
    context.yard = measuring.best_at_once(leaves, context.case.width, searching.Bound(context.case.places))


@when("{leaves:d} leaves are searched for the best at once in threads, under a bound that never waits")
def _(context: Context, leaves: int) -> None:
    context.yard = measuring.best_at_once(leaves, context.case.width, measuring.Impatient(context.case.places))


@when("a trial of {fewest:d} to {most:d} rounds with the threshold {threshold:g} is set up")
def _(context: Context, fewest: int, most: int, threshold: float) -> None:
    context.ran = searching.attempted(
        lambda: measuring.Trial(lambda _: 1.0, fewest=fewest, most=most, threshold=threshold)
    )


@then("attempt {number:d} is {times:g} times as fast, to {percent:g} percent, and the interval holds that")
def _(context: Context, number: int, times: float, percent: float) -> None:
    found = measuring.bench_of(context.ran.outcome, number)
    assert abs(found.speedup / times - 1) <= percent / 100, found
    assert found.low <= found.speedup <= found.high, found
    assert found.change == "faster"


@then('the measurements begin "{names}"')
def _(context: Context, names: str) -> None:
    expected = names.split(", ")
    assert context.stopwatch.made[: len(expected)] == expected, context.stopwatch.made


@then("base and candidate are measured as often as each other")
def _(context: Context) -> None:
    made = context.stopwatch.made
    assert made.count("base") == made.count("c1") >= 6, made


@then("{rounds:d} rounds were measured")
def _(context: Context, rounds: int) -> None:
    assert measuring.bench_of(context.ran.outcome, 1).rounds == rounds, context.ran.outcome.attempts[0].bench


@then("both results are equal")
def _(context: Context) -> None:
    few, many = context.results
    assert few == many, (few, many)


@then("attempts {numbers} are duplicates of attempt {original:d}")
def _(context: Context, numbers: str, original: int) -> None:
    result = context.ran.outcome
    found = [each.iteration.id for each in result.attempts if each.duplicate_of == original]
    assert found == [int(number) for number in numbers.split(", ")], result


@then('{count:d} measurements were made of the candidate "{name}"')
def _(context: Context, count: int, name: str) -> None:
    assert context.stopwatch.made.count(name) == count, context.stopwatch.made


@then("{count:d} measurements were made")
def _(context: Context, count: int) -> None:
    assert len(context.stopwatch.made) == count, len(context.stopwatch.made)


@when("somebody asks to be alone while a place is taken, which is then given back")
def _(context: Context) -> None:
    context.course = searching.alone_beside_a_holder()


@then('they "{first}", and are "{second}"')
def _(context: Context, first: str, second: str) -> None:
    assert context.course == [first, second], context.course


@then("every measurement was alone")
def _(context: Context) -> None:
    assert context.yard.company
    assert max(context.yard.company) == 0, max(context.yard.company)


@then("some measurement was not alone")
def _(context: Context) -> None:
    assert max(context.yard.company) > 0


@then("{count:d} candidates were measured")
def _(context: Context, count: int) -> None:
    assert len(context.yard.measured - {measuring.BASE}) == count, context.yard.measured
