"""Comparisons of measured sequences."""

import json

from behave import given, then, when
from behave.runner import Context

from autonomy.searching.bench import as_json, as_markdown
from features.drivers import benching


@given("{rounds:d} rounds of a base of {base:g} s and a head of {head:g} s, each give or take {noise:g} percent")
def _(context: Context, rounds: int, base: float, head: float, noise: float) -> None:
    context.pair = benching.Pair(benching.noisy(base, noise, rounds, 1), benching.noisy(head, noise, rounds, 2))


@given("a machine that slows down threefold halfway")
def _(context: Context) -> None:
    half = len(context.pair.base) // 2
    for times in (context.pair.base, context.pair.head):
        times[half:] = [3 * time for time in times[half:]]


@given("a machine that slows down threefold between base and head")
def _(context: Context) -> None:
    context.pair.head = [3 * time for time in context.pair.head]


@given("the head was measured with another {fact}")
def _(context: Context, fact: str) -> None:
    context.pair.other = {fact: "another one"}


@when("they are compared")
def _(context: Context) -> None:
    context.found = context.pair.compare()


@when("they are compared twice")
def _(context: Context) -> None:
    context.found, context.again = context.pair.compare(), context.pair.compare()


@when('"{base}" and "{head}" are compared')
def _(context: Context, base: str, head: str) -> None:
    sides = [[float(word) for word in side.split()] for side in (base, head)]
    context.found = benching.compare(*sides)


@then('the verdict is "{verdict}"')
def _(context: Context, verdict: str) -> None:
    assert context.found.change == verdict, context.found


@then("the head is {times:g} times as fast, to {percent:g} percent")
def _(context: Context, times: float, percent: float) -> None:
    assert abs(context.found.speedup / times - 1) <= percent / 100, context.found


@then("both comparisons are equal")
def _(context: Context) -> None:
    assert context.found == context.again


@then("for any two sequences, swapping them inverts the speed-up")
def _(context: Context) -> None:
    benching.swapping_inverts()


@then("of {count:d} comparisons of equal programs under noise, at most {most:d} find a change")
def _(context: Context, count: int, most: int) -> None:
    found = benching.changes_among_equals(count)
    assert found <= most, found


@then('the comparison is refused, naming "{name}"')
def _(context: Context, name: str) -> None:
    assert type(context.found).__name__ == "UsageError", context.found
    assert name in str(context.found), context.found


@then('as Markdown it holds "{line}"')
def _(context: Context, line: str) -> None:
    assert line in as_markdown(context.found).splitlines(), as_markdown(context.found)


@then('as JSON its "verdict" is "{verdict}" and its "rounds" are {rounds:d}')
def _(context: Context, verdict: str, rounds: int) -> None:
    found = json.loads(as_json(context.found))
    assert (found["verdict"], found["rounds"]) == (verdict, rounds), found
