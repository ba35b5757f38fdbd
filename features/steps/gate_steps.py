"""What a candidate is held to. `a+` is a test that passes, `a-` fails, `a!` breaks, `a?` is skipped."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import gating, searching


@given('the base\'s tests "{tests}"')
def _(context: Context, tests: str) -> None:
    context.base = gating.tests(tests)


@when('the candidate\'s tests are "{tests}"')
def _(context: Context, tests: str) -> None:
    context.candidate = gating.tests(tests)
    context.ran = searching.attempted(lambda: gating.same_tests(context.base, context.candidate))
    context.verdict = context.ran.value


@when('the candidate\'s tests are ""')
def _(context: Context) -> None:
    context.verdict = gating.same_tests(context.base, gating.tests(""))


@when("the test report is {what}")
def _(context: Context, what: str) -> None:
    context.verdict = gating.read(what)


@when("a gate that says {base} of the base and {broken} of a broken tree is proved")
def _(context: Context, base: str, broken: str) -> None:
    context.proof = gating.proof(base, broken)


@then('the gate says "{reason}" and names "{names}"')
def _(context: Context, reason: str, names: str) -> None:
    assert (context.verdict.reason or "passed") == reason, context.verdict
    assert ", ".join(context.verdict.evidence["tests"]) == names, context.verdict
    assert names in context.verdict.message


@then('the gate says "{reason}" and names ""')
def _(context: Context, reason: str) -> None:
    assert (context.verdict.reason or "passed") == reason, context.verdict
    assert context.verdict.passed is (reason == "passed")
    assert "tests" not in context.verdict.evidence


@then("no test of the candidate fails")
def _(context: Context) -> None:
    assert context.candidate.seen == context.candidate.passed


@then('it is rejected as "{reason}"')
def _(context: Context, reason: str) -> None:
    assert context.verdict.reason == reason, context.verdict


@then('the proof says "{answer}"')
def _(context: Context, answer: str) -> None:
    assert answer in context.proof, context.proof
