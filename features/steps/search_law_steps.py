"""Laws under Hypothesis, and the mutants that break them."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import search_laws


@then("every law holds for {count:d} drawn searches")
def _(context: Context, count: int) -> None:
    search_laws.check_laws(count)


@given("a search that {fault}")
def _(context: Context, fault: str) -> None:
    context.fault = fault


@when("{count:d} searches are drawn")
def _(context: Context, count: int) -> None:
    with search_laws.mutant(context.fault):
        context.law = search_laws.broken_law(count)


@then('the law "{law}" is broken')
def _(context: Context, law: str) -> None:
    assert context.law == law, context.law


@given("attempt 1 of a search of 2 steps {stands}")
def _(context: Context, stands: str) -> None:
    context.settling = search_laws.Settling()
    for what in search_laws.LED_TO[stands]:
        context.settling.answer(what)


@when('the answer "{late}" comes once more')
def _(context: Context, late: str) -> None:
    context.before = context.settling.look()
    context.settling.answer(late, again=True)


@then("nothing of the search has changed")
def _(context: Context) -> None:
    assert context.settling.look() == context.before, context.settling.look()
