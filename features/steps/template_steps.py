"""A command template, filled in for a leaf."""

import os

from behave import given, then, when
from behave.runner import Context

from features.drivers import template


def _files(context: Context) -> list[str]:
    return getattr(context, "files", ["a.py"])


def _complaint(context: Context) -> str | None:
    return getattr(context, "complaint", None)


@given('a leaf with the files ""')
def _(context: Context) -> None:
    context.files = []


@given('a leaf with the files "{files}"')
def _(context: Context, files: str) -> None:
    context.files = files.split(",")


@given('a leaf with a file whose name is the bytes "{name}"')
def _(context: Context, name: str) -> None:
    context.files = [os.fsdecode(bytes.fromhex(name))]


@given("a leaf with {count:d} files with names of {length:d} bytes")
def _(context: Context, count: int, length: int) -> None:
    context.files = [f"{number:0{length}}" for number in range(count)]


@given('the validators said "{complaint}"')
def _(context: Context, complaint: str) -> None:
    context.complaint = complaint


@given('the surroundings "{entries}"')
def _(context: Context, entries: str) -> None:
    context.surroundings = dict(entry.split("=", 1) for entry in entries.split())


@when('its command is called with "{words}"')
def _(context: Context, words: str) -> None:
    context.seen = template.seen_by(context.folder, words.split(), _files(context), feedback=_complaint(context))


@when("the shell command `{line}` is called")
def _(context: Context, line: str) -> None:
    context.seen = template.seen_by(context.folder, [line], _files(context), shell=True)


@when('its command is filled in with "{words}"')
def _(context: Context, words: str) -> None:
    context.arguments = template.render(context.folder, words.split(), _files(context))


@when("its file list is written")
def _(context: Context) -> None:
    template.call(context.folder, _files(context))


@when("the command is empty")
def _(context: Context) -> None:
    context.refusal = template.refusal([], shell=False)


@when("the command is two words for a shell")
def _(context: Context) -> None:
    context.refusal = template.refusal(["tool", "x"], shell=True)


@when("a command looks at its environment")
def _(context: Context) -> None:
    context.variables = template.variables(context.folder, _surroundings(context), [], _complaint(context))


@when('a command looks at its environment, with "{names}" passed on')
def _(context: Context, names: str) -> None:
    context.variables = template.variables(context.folder, _surroundings(context), names.split(","), None)


def _surroundings(context: Context) -> dict[str, str]:
    return getattr(context, "surroundings", {"PATH": "/bin:/usr/bin"})


@then('it sees "{seen}"')
def _(context: Context, seen: str) -> None:
    assert context.seen == seen, context.seen


@then('it sees the bytes "{seen}"')
def _(context: Context, seen: str) -> None:
    assert os.fsencode(context.seen) == bytes.fromhex(seen), context.seen


@then("every file is an argument")
def _(context: Context) -> None:
    assert len(context.arguments.argv) == len(_files(context)) and not context.arguments.file_list


@then("the only argument is the file list")
def _(context: Context) -> None:
    assert context.arguments.argv == (str(context.folder / "files_from"),) and context.arguments.file_list


@then('the list is "{content}"')
def _(context: Context, content: str) -> None:
    assert (context.folder / "files_from").read_text() == content.replace("\\0", "\0")


@then('of the surroundings it sees only "{entries}"')
def _(context: Context, entries: str) -> None:
    ours = ("AUTONOMY_", "TMPDIR=", "GIT_TERMINAL_PROMPT=", "GIT_OPTIONAL_LOCKS=", "GIT_EDITOR=")
    seen = {entry for entry in context.variables if not entry.startswith(ours)}
    assert seen == set(entries.split()), context.variables
    assert "AUTONOMY_OUT=/x" not in context.variables


@then('it is told "{names}"')
def _(context: Context, names: str) -> None:
    told = {entry.partition("=")[0] for entry in context.variables if entry.startswith("AUTONOMY_")}
    assert told == {f"AUTONOMY_{name}" for name in names.split()}, told


@then("git asks it nothing and takes no locks for reading")
def _(context: Context) -> None:
    assert {"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0"} <= context.variables, context.variables
