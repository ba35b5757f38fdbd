"""What a file refers to, by the rules of its language. In tables, `\\n` and `\\t` stand for a line break and a tab."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import languages


def spelled(text: str) -> bytes:
    return text.replace("\\n", "\n").replace("\\t", "\t").encode()


@given("the source files")
def _(context: Context) -> None:
    context.files = {row["path"]: spelled(row["text"]) for row in context.table}


@given('the source file "{path}"')
def _(context: Context, path: str) -> None:
    context.path = path
    context.data = context.text.encode()


@when("their references are followed")
def _(context: Context) -> None:
    context.graph = languages.graph_of(context.files)


@when("it is outlined")
def _(context: Context) -> None:
    context.outline = languages.outline(context.path, context.data)


@then("the references between the files are")
def _(context: Context) -> None:
    paths = context.graph.paths
    found = {(paths[file], paths[target]) for file, row in enumerate(context.graph.references) for target in row}
    expected = {(row["from"], target) for row in context.table for target in row["to"].split()}
    assert found == expected, f"more: {sorted(found - expected)}; missing: {sorted(expected - found)}"


@then("no file refers to another")
def _(context: Context) -> None:
    assert not any(context.graph.references), [list(row) for row in context.graph.references]


@then("the packages from outside are")
def _(context: Context) -> None:
    paths = context.graph.paths
    found = {paths[file]: list(names) for file, names in context.graph.externals.items()}
    expected = {row["file"]: row["packages"].split() for row in context.table}
    assert found == expected, found


@then("no package from outside is needed")
def _(context: Context) -> None:
    assert not context.graph.externals, context.graph.externals


@then('it says "{doc}"')
def _(context: Context, doc: str) -> None:
    assert context.outline.doc == doc, context.outline.doc


@then("it says nothing")
def _(context: Context) -> None:
    assert context.outline.doc == "", context.outline.doc


@then("it defines")
def _(context: Context) -> None:
    found = [
        tuple(str(getattr(each, heading)) for heading in context.table.headings) for each in context.outline.definitions
    ]
    expected = [tuple(row.cells) for row in context.table]
    assert found == expected, "\n".join(map(str, found))
