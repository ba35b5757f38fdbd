"""What attempts are told, and which one is kept."""

import json

from behave import given, then, when
from behave.runner import Context

from features.drivers import searching


@given('validators "{names}" that all fail')
def _(context: Context, names: str) -> None:
    context.case.script = searching.Validators(names.split(", "))


@given("every attempt passes")
def _(context: Context) -> None:
    last = context.case.loop * context.case.width
    context.case.script.outcomes = dict.fromkeys(range(1, last + 1), "passes")


@when('the complaint is a text of {size:d} "{sign}" that ends in "{end}"')
def _(context: Context, size: int, sign: str, end: str) -> None:
    context.told = searching.complaints_as_json(1, sign * size + end)


@when('there are {count:d} complaints of {size:d} "{sign}" that end in "{end}"')
def _(context: Context, count: int, size: int, sign: str, end: str) -> None:
    context.told = searching.complaints_as_json(count, sign * size + end)


@then('it is told in at most {most:d} bytes, and ends in "{end}"')
def _(context: Context, most: int, end: str) -> None:
    assert most // 2 < len(context.told.encode()) <= most, len(context.told)
    assert all(each["message"].endswith(end) for each in json.loads(context.told))


@then('attempt {number:d} is told "{complaints}" and starts from {start}')
def _(context: Context, number: int, complaints: str, start: str) -> None:
    script = context.case.script
    assert ", ".join(script.told[number]) == complaints, script.told
    assert script.started_from[number] == (None if start == "the base" else start), script.started_from


@then('attempt {number:d} is told "" and starts from the base')
def _(context: Context, number: int) -> None:
    assert context.case.script.told[number] == (), context.case.script.told
    assert context.case.script.started_from[number] is None


@then("attempt {number:d} is kept")
def _(context: Context, number: int) -> None:
    assert context.ran.outcome.kept.iteration.id == number, context.ran.outcome.kept
    assert context.ran.outcome.accepted is None


@then('the proposers asked are "{tiers}"')
def _(context: Context, tiers: str) -> None:
    asked = [("ordinary", "dearer")[tier] for _, tier in sorted(context.case.script.tiers.items())]
    assert ", ".join(asked) == tiers, asked


@then("the judge was asked {count:d} times")
def _(context: Context, count: int) -> None:
    assert len(context.case.script.judged) == count, context.case.script.judged
