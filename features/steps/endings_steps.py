"""How a command ends."""

import shlex

from behave import when
from behave.runner import Context

from features import driver


@when("I run `{line}` for a reader that has gone")
def _(context: Context, line: str) -> None:
    context.ended = driver.run_without_reader(shlex.split(line), context.root)


@when('a command ends with the error "{name}"')
def _(context: Context, name: str) -> None:
    context.ended = driver.ends_with_error(name)
