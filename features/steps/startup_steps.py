"""What a start imports."""

from behave import then, when
from behave.runner import Context

from features import driver


@when('Python imports what "{line}" needs')
def _(context: Context, line: str) -> None:
    context.imported = driver.imported_by(line.split()[1:])


@then('it has imported only "{names}" beyond a bare Python')
def _(context: Context, names: str) -> None:
    more = context.imported - driver.imported_by(None)
    assert more == set(names.split(", ")), sorted(more)


@then('it has imported none of "{names}"')
def _(context: Context, names: str) -> None:
    found = {name.partition(".")[0] for name in context.imported} & set(names.split(", "))
    assert not found, found
    assert "autonomy.__main__" in context.imported
