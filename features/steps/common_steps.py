"""Words that many features share: a tree of files, a command, what it printed."""

import shlex

from behave import given, then, when
from behave.runner import Context

from features import driver


def _files(context: Context) -> dict[str, str]:
    """The rows of the step's table: `path`, and `content` where there is one (`\\n` is a line end)."""
    rows = context.table.rows
    has_content = "content" in context.table.headings
    return {row["path"]: row["content"].replace("\\n", "\n") + "\n" if has_content else "" for row in rows}


@given("a folder with the files")
def _(context: Context) -> None:
    driver.write_tree(context.root, _files(context))


@given("a repository with the files")
def _(context: Context) -> None:
    driver.write_tree(context.root, _files(context))
    driver.commit_all(context.root)


@given('the file "{path}" holds "{content}"')
def _(context: Context, path: str, content: str) -> None:
    driver.write_tree(context.root, {path: content.replace("\\n", "\n").replace("{5000 digits}", "9" * 5000)})


@when("I run `{line}`")
def _(context: Context, line: str) -> None:
    context.ended = driver.run(shlex.split(line), context.root)


@when("the shell runs `{line}`")
def _(context: Context, line: str) -> None:
    """By bash, where a pipe fails with its first failure."""
    context.ended = driver.run(["bash", "-o", "pipefail", "-c", line], context.root)


@then("it ends with status {status:d}")
def _(context: Context, status: int) -> None:
    ended = context.ended
    assert ended.status == status, f"status {ended.status}\nstdout: {ended.out}\nstderr: {ended.err}"


@then("it prints nothing")
def _(context: Context) -> None:
    assert context.ended.out == "", context.ended.out


@then('it prints "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.ended.out, context.ended.out


@then("it complains in one line")
def _(context: Context) -> None:
    lines = context.ended.err.splitlines()
    assert len(lines) == 1, context.ended.err


@then("it complains of nothing")
def _(context: Context) -> None:
    assert context.ended.err == "", context.ended.err


@then('it complains of "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.ended.err, context.ended.err


@then("it shows no traceback")
def _(context: Context) -> None:
    assert "Traceback" not in context.ended.err, context.ended.err
    assert "Exception ignored" not in context.ended.err, context.ended.err
