"""What is said of a file in leaves that a scenario chose."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import explaining, planning


@given("a file with references, history, a like name and neighbours in two leaves")
def _(context: Context) -> None:
    context.graph = planning.graph_of(
        ["a/main", "a/util", "b/core", "b/test_main", "c/hub"],
        ties=[("a/main", "a/util"), ("b/core", "a/main"), ("a/main", "b/core")],
        commits=[["a/main", "b/test_main"], ["a/main", "a/util"]] * 2,
    )


def _explain(context: Context, path: str, leaves: list[str], **how: object) -> None:
    context.said = explaining.explained(context.graph, [leaf.split(" ") for leaf in leaves], path, **how)


@when('"{path}" is explained in the leaves "{first}" and "{second}"')
def _(context: Context, path: str, first: str, second: str) -> None:
    _explain(context, path, [first, second])


@when('"{path}" is explained in the leaves "{first}" and "{second}", of at most {most:d} {what}')
def _(context: Context, path: str, first: str, second: str, most: int, what: str) -> None:
    _explain(context, path, [first, second], **{f"max_{what}": most})


@when('"{path}" is explained in the leaves "{first}" and "{second}", by references only')
def _(context: Context, path: str, first: str, second: str) -> None:
    _explain(context, path, [first, second], weigh=False)


@when('the rule "{rule}" of "{path}" is explained')
def _(context: Context, rule: str, path: str) -> None:
    _explain(context, path, ["a/main a/util", "b/core b/test_main c/hub"], rules=[rule])


@then('the explanation says "{words}"')
def _(context: Context, words: str) -> None:
    assert words in context.said, context.said


@then('the explanation leaves out "{word}"')
def _(context: Context, word: str) -> None:
    assert word not in context.said, context.said


@then('it does not print "{word}"')
def _(context: Context, word: str) -> None:
    assert word not in context.ended.out, context.ended.out


@when("Hypothesis draws graphs with history and owners")
def _(context: Context) -> None:
    context.law = explaining.laws


@then("what each file is told of its ties adds up to what the cut weighed")
def _(context: Context) -> None:
    context.law()
