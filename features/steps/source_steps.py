"""One source file: what it refers to, as its language spells it, and whether it parses."""

from collections.abc import Sequence

from behave import given, then, when
from behave.runner import Context
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from features.drivers import languages, parsing


@given('a source "{path}" of "{text}"')
def _(context: Context, path: str, text: str) -> None:
    context.path, context.data = path, text.replace("\\n", "\n").encode()


@given('a source "{path}" of the bytes "{text}"')
def _(context: Context, path: str, text: str) -> None:
    context.path, context.data = path, text.encode("latin-1").decode("unicode_escape").encode("latin-1")


@when("it is extracted")
def _(context: Context) -> None:
    context.extract = languages.extract(context.path, context.data)


def _listed(text: str) -> list[str]:
    return [] if text == "nothing" else text.split(" | ")


@then('it refers to "{expected}"')
def _(context: Context, expected: str) -> None:
    found = list(context.extract.references)
    assert [each.rstrip() for each in found] == _listed(expected), found


@then("it refers to these")
def _(context: Context) -> None:
    found = list(context.extract.references)
    assert found == [row["reference"] for row in context.table], found


@then('it declares "{expected}"')
def _(context: Context, expected: str) -> None:
    found = list(context.extract.declares)
    assert [each.rstrip() for each in found] == _listed(expected), found


@then('it declares nothing below "{name}"')
def _(context: Context, name: str) -> None:
    assert context.extract.declares[-1] == name, context.extract.declares


@then('the last that its outline defines is "{name}"')
def _(context: Context, name: str) -> None:
    found = languages.outline(context.path, context.data).definitions
    assert (len(found), found[-1].name) == (len(name.split("::")), name), found


def _problem(context: Context) -> str:
    return languages.problem(context.path, context.data) if "outline" in context else context.extract.problem


@then('the problem is "{expected}"')
def _(context: Context, expected: str) -> None:
    assert _problem(context) == expected, _problem(context)


@then("the problem is in line {line:d}")
def _(context: Context, line: int) -> None:
    assert _problem(context).startswith(f"line {line}: "), _problem(context)


@then("there is no problem")
def _(context: Context) -> None:
    assert not _problem(context), _problem(context)


@given('a python file of {lines} lines that ends with "{line}"')
def _(context: Context, lines: str, line: str) -> None:
    context.path, context.data = "a.py", ("x = 1\n" * (int(lines.replace(",", "")) - 1) + line + "\n").encode()


@given("a python file with 60,000 minus signs and an open bracket")
def _(context: Context) -> None:
    context.path, context.data = "a.py", b"x = " + b"-" * 60_000 + b"1\n("


@given("a python file with 5,000 nested parentheses")
def _(context: Context) -> None:
    context.path, context.data = "a.py", b"(" * 5000


_IMPORTS = (
    "import a",
    "import a.b as c, d",
    "from a import b",
    "from .a import b as c, d",
    "from . import a",
    "from .import b",
    "from a import (b,\n  c,  # d)\n  e\n)",
    "from a import b, \\\n   c",
    "from a \\\n import b",
    "from a import *",
    "import \\\n  a",
    "import a; import b",
    "x = 1; from ..a import b",
    "if x: import a",
    "if 'x' == y: import a # b",
)
_OTHERS = (
    "x = 1",
    "# import n",
    "'''\nimport n\n'''",
    '"""\nfrom n import n\n"""',
    'x = \'"""\'',
    "x = \"'''\"",
    "x = 'import n'",
    "x = 'a\\\n import n'",
    "'a: import n'",
    "x = [  # '''\n]",
    "important = import_ = 1",
    "r'\\''",
    "x('''x''', '\"')",
    "",
)


@when("import statements are written in every order, place and layout")
def _(context: Context) -> None:
    context.seen = []

    @settings(derandomize=True, max_examples=400, deadline=None, database=None)
    @drawn(st.lists(st.tuples(st.sampled_from(_IMPORTS + _OTHERS), st.booleans()), max_size=9))
    def agrees(pieces: Sequence[tuple[str, bool]]) -> None:
        lines = [
            f"try:\n    {piece}\nfinally: pass" if nested and piece[:1] not in "#" else piece
            for piece, nested in pieces
        ]
        source = "\n".join(lines)
        if "import *" in source:
            source = source.replace("    from a import *", "    from a import star")
        found = languages.extract("a.py", source.encode()).references
        assert list(found) == parsing.references(source), (source, found)
        context.seen.append(len(found))

    agrees()


@then("the references are those that the parser sees")
def _(context: Context) -> None:
    assert len(context.seen) >= 100
    assert max(context.seen) > 3
