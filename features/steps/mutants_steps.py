"""Mutants of the program, and whether a feature notices them."""

from behave import then, when
from behave.runner import Context

from features.drivers import mutants


@when('in "{file}" instead of "{old}" stands "{new}"')
def _(context: Context, file: str, old: str, new: str) -> None:
    context.mutant = (file, old.replace("\\n", "\n"), new.replace("\\n", "\n"))


@then('"{feature}" fails')
def _(context: Context, feature: str) -> None:
    assert mutants.fails_on_mutant(*context.mutant, feature), "the mutant lives"
