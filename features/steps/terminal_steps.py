"""What is said of a run while it goes on."""

import re

from behave import given, then, when
from behave.runner import Context

from autonomy.cli.tables import narrowed
from features.drivers import terminals

RED = "\x1b[31m0123456789abcdef\x1b[0m"


@given("a run of {leaves:d} leaves, of which {running:d} are running and {failed:d} have failed")
def _(context: Context, leaves: int, running: int, failed: int) -> None:
    context.followed = terminals.run_of(leaves, running, failed)


@when("it is followed on a terminal")
def _(context: Context) -> None:
    context.told = terminals.followed(context.followed, terminal=True)
    context.rows = terminals.pictured(context.followed)


@when("it is followed on a terminal of ASCII")
def _(context: Context) -> None:
    context.told = terminals.followed(context.followed, terminal=True, encoding="ascii")
    context.rows = terminals.pictured(context.followed, "ascii")


@when("it is followed into a file")
def _(context: Context) -> None:
    context.told = terminals.followed(context.followed, terminal=False)


@when("it is followed into a file, with a heartbeat at each look")
def _(context: Context) -> None:
    context.told = terminals.followed(context.followed, terminal=False, heartbeat=-1.0)


@when("it runs into a file, and nothing happens until a sign of life was seen")
def _(context: Context) -> None:
    context.sign = terminals.sign_of_life(context.plan)


@then('that says "{text}"')
def _(context: Context, text: str) -> None:
    assert context.sign == text, context.sign


@when("its table is drawn in {most:d} lines")
def _(context: Context, most: int) -> None:
    context.lines = terminals.drawn(context.followed, most)
    assert len(context.lines) == most, len(context.lines)


@when("its table is drawn in {most:d} lines of {columns:d} columns")
def _(context: Context, most: int, columns: int) -> None:
    context.columns = columns
    context.lines = narrowed(
        "".join(f"{line}\n" for line in terminals.drawn(context.followed, most)), columns
    ).splitlines()


@then("it has the columns {titles}")
def _(context: Context, titles: str) -> None:
    assert context.lines[0].split() == titles.split(), context.lines[0]


@then("no line but the last is longer, and every id is whole")
def _(context: Context) -> None:
    assert all(len(line) <= context.columns for line in context.lines[:-1]), context.lines
    ids = {each.id for each in context.followed.subplans}
    assert all(line.split()[-1] in ids for line in context.lines[1:-1]), context.lines


@given('a table of the subplans "{left}" and "{right}"')
def _(context: Context, left: str, right: str) -> None:
    _draw(context, left, right, "0123456789abcdef")


@given('a table of the subplans "{left}" and "{right}", in colour')
def _(context: Context, left: str, right: str) -> None:
    _draw(context, left, right, RED)


@given('a table of the subplans "{left}" and "{right}", wide enough for a longer one')
def _(context: Context, left: str, right: str) -> None:
    _draw(context, left, right, f"{'':20}0123456789abcdef")


@then("every id is in colour still")
def _(context: Context) -> None:
    assert all(line.endswith(RED) for line in context.lines[1:]), context.lines


def _draw(context: Context, left: str, right: str, leaf: str) -> None:
    width = max(len(left), len(right))
    rows = [("subplan", "id"), *((name, leaf) for name in (left, right))]
    context.drawing = "".join(f"{name:{width}}  {leaf}\n" for name, leaf in rows)


@when("it is drawn in {columns:d} columns")
def _(context: Context, columns: int) -> None:
    context.lines = narrowed(context.drawing, columns).splitlines()


@then('its names are "{left}" and "{right}"')
def _(context: Context, left: str, right: str) -> None:
    assert [line.split()[0] for line in context.lines[1:]] == [left, right], context.lines


@then("no line of the terminal that holds no path is longer than {most:d}")
def _(context: Context, most: int) -> None:
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", context.ended.out).replace("\r", "\n")
    lines = [line for line in plain.splitlines() if "/" not in line]
    assert len(lines) > 10, lines
    assert not [line for line in lines if len(line) > most], [line for line in lines if len(line) > most]


@then("it begins with {failed:d} that failed and {running:d} that are running")
def _(context: Context, failed: int, running: int) -> None:
    assert [line.split()[1] for line in context.lines[1:-1]] == ["timed_out"] * failed + ["running"] * running


@then('its last line says "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.lines[-1], context.lines[-1]


@then("the last picture has at most {most:d} rows")
def _(context: Context, most: int) -> None:
    assert len(context.rows) <= most, context.rows


@then('it shows "{left}" and "{right}"')
def _(context: Context, left: str, right: str) -> None:
    for text in (left, right):
        assert any(text in row for row in context.rows), context.rows
        assert text in context.told, context.told


@then('it shows "{text}"')
def _(context: Context, text: str) -> None:
    assert any(text in row for row in context.rows), context.rows


@then("it shows ASCII only")
def _(context: Context) -> None:
    assert "".join(context.rows).isascii(), context.rows


@then("{count:d} failures are told, and where it stands")
def _(context: Context, count: int) -> None:
    *failures, last = context.told.splitlines()
    assert len(failures) == count and all("timed_out" in line for line in failures), failures
    assert last == "100 of 1,000 subplans, 50 in flight, 100 failed", last


@then("where it stands is told {count:d} times")
def _(context: Context, count: int) -> None:
    assert context.told.splitlines() == ["0 of 5 subplans, 2 in flight, 0 failed"] * count, context.told


@then("stderr tells {count:d} failures twice at most, and how many more there are")
def _(context: Context, count: int) -> None:
    lines = context.ended.err.splitlines()
    assert 0 < sum("failed: exit code 1" in line for line in lines) <= 2 * count, lines
    assert any("more: autonomy status" in line for line in lines), lines
