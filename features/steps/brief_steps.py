"""What a brief holds of a leaf, and what it leaves out."""

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import briefing


@given("a tree of {count:d} files in one folder")
def _(context: Context, count: int) -> None:
    driver.write_tree(context.root, {f"many/f{number:03}.py": "x = 1\n" for number in range(count)})


@given("a tree with a header of {count:d} functions")
def _(context: Context, count: int) -> None:
    driver.write_tree(context.root, {"a.h": "".join(f"int f{number}(int x);\n" for number in range(count))})


@given('a tree of {count:d} modules and {tests:d} tests that all refer to "core.py"')
def _(context: Context, count: int, tests: int) -> None:
    names = [f"m{number}.py" for number in range(count)] + [f"tests/test_{number}.py" for number in range(tests)]
    driver.write_tree(context.root, {"core.py": "def go(): pass\n", **dict.fromkeys(names, "from core import go\n")})


@given("the tree")
def _(context: Context) -> None:
    driver.write_tree(context.root, {row["path"]: row["text"].replace("\\n", "\n") + "\n" for row in context.table})


@given('"{path}" is a tuple of {count:n} numbers')
def _(context: Context, path: str, count: int) -> None:
    numbers = "".join(f"    {number},\n" for number in range(int(count)))
    driver.write_tree(context.root, {path: f"NUMBERS = (\n{numbers})\n"})


@given('"{paths}" vanish after the scan')
def _(context: Context, paths: str) -> None:
    context.vanished = paths.split(", ")


@when('the brief of "{path}" is written, by leaves of at most {most:d} files')
def _(context: Context, path: str, most: int) -> None:
    context.brief = briefing.brief_of(context.root, path, most, getattr(context, "vanished", ()))


def _section(context: Context, title: str) -> list[str]:
    (section,) = (part for part in context.brief.split("\n## ") if part.startswith(title))
    return section.splitlines()[1:]


@then('it lists {count:d} files and says "{text}"')
def _(context: Context, count: int, text: str) -> None:
    rows = _section(context, "Files")
    assert sum(row.startswith("| `many/") for row in rows) == count, rows
    assert text in rows[-1] or text in rows[-2], rows[-2:]


@then('it lists {count:d} definitions and says "{text}"')
def _(context: Context, count: int, text: str) -> None:
    rows = [row for row in _section(context, "Public definitions") if row.startswith("- ")]
    assert len(rows) == count + 1, rows
    assert text in rows[-1], rows


@then('the brief says "{text}", of the tests that reach it')
def _(context: Context, text: str) -> None:
    assert text in "\n".join(_section(context, "Tests that reach it")), context.brief


@then('the brief does not say "{text}"')
def _(context: Context, text: str) -> None:
    assert text not in context.brief, context.brief


@then('the brief says "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.brief, context.brief
