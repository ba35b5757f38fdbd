"""A leaf's command: how it ended, and what is left of it."""

from pathlib import Path

from behave import given, then, when
from behave.runner import Context

from features.drivers import logging, process


@when("a leaf runs `{script}`")
def _(context: Context, script: str) -> None:
    context.end = process.supervise(context.folder, script)


@when('a leaf runs the program "{program}"')
def _(context: Context, program: str) -> None:
    context.end = process.start(context.folder, [program])


@when("a leaf runs `{script}` for at most {seconds:f} seconds")
def _(context: Context, script: str, seconds: float) -> None:
    context.end = process.supervise(context.folder, script, timeout=seconds)


@when("a leaf {ending:w} and leaves {leavings}, and only its group is ended")
def _(context: Context, ending: str, leavings: str) -> None:
    with process.group_only():
        context.end, context.alive = process.leave_behind(context.folder, leavings, ending)


@when("a leaf {ending:w} and leaves {leavings}")
def _(context: Context, ending: str, leavings: str) -> None:
    context.end, context.alive = process.leave_behind(context.folder, leavings, ending)


@when("a leaf that can't be marked {ending:w} and leaves {leavings}")
def _(context: Context, ending: str, leavings: str) -> None:
    context.end, context.alive = process.leave_behind(context.folder, leavings, ending, marks=False)


@when("a leaf {ending:w} and is asked to stop")
def _(context: Context, ending: str) -> None:
    context.end, context.alive = process.leave_behind(context.folder, "nothing", ending)


@when("a leaf is to start after the request to stop")
def _(context: Context) -> None:
    context.end = process.cancelled_before(context.folder)


@when("a leaf ends while its sibling waits for an answer of its hidden daemon")
def _(context: Context) -> None:
    context.ends = process.siblings(context.folder)


@when("the program is killed while its leaf has left {leavings}")
def _(context: Context, leavings: str) -> None:
    context.alive = process.kill_program(context.folder, leavings)


@when('a leaf prints {millions:d} million bytes between "first" and "last"')
def _(context: Context, millions: int) -> None:
    context.end = process.flood(context.folder, millions * 10**6)


@when('a leaf prints {millions:d} million bytes between "first" and "last", without holes')
def _(context: Context, millions: int) -> None:
    context.end = process.flood(context.folder, millions * 10**6, holes=False)


@then("it ended with exit code {code:d}")
def _(context: Context, code: int) -> None:
    assert (context.end.code, context.end.signal) == (code, None), context.end


@then("it ended with signal {number:d}")
def _(context: Context, number: int) -> None:
    assert (context.end.code, context.end.signal) == (None, number), context.end


@then("it ended without a start")
def _(context: Context) -> None:
    assert (context.end.code, context.end.signal) == (None, None), context.end
    assert not (context.folder / "log").exists()


@then("both ended with exit code {code:d}")
def _(context: Context, code: int) -> None:
    assert [end.code for end in context.ends] == [code, code], context.ends


@then("it was cancelled")
def _(context: Context) -> None:
    assert (context.end.cancelled, context.end.timed_out) == (True, False), context.end


@then("it ran out of time")
def _(context: Context) -> None:
    assert (context.end.cancelled, context.end.timed_out) == (False, True), context.end


@then("nothing of it is alive")
def _(context: Context) -> None:
    assert context.alive == [], context.alive


@then("something of it is alive")
def _(context: Context) -> None:
    left = context.alive
    process.kill(left)
    assert left


@then('the log holds "{text}"')
def _(context: Context, text: str) -> None:
    assert text in _log(context).decode(), _log(context)


@then('the log is "{words}"')
def _(context: Context, words: str) -> None:
    assert _log(context).decode().split() == words.split(), _log(context)


@then('the log begins with "{first}" and ends with "{last}"')
def _(context: Context, first: str, last: str) -> None:
    log = _log(context)
    assert log.startswith(first.encode() + b"\n") and log.endswith(last.encode() + b"\n"), (log[:80], log[-80:])


@then("the log is at most {millions:d} million bytes long")
def _(context: Context, millions: int) -> None:
    assert len(_log(context)) <= millions * 10**6


@then("the log says how many bytes were cut")
def _(context: Context) -> None:
    kept = process.kept()
    assert context.end.truncated
    assert f"{context.end.output_bytes - kept} bytes cut here".encode() in _log(context)


def _log(context: Context) -> bytes:
    return (Path(context.folder) / "log").read_bytes()


@given("commands wrote in turn: {texts}")
@when("commands write in turn: {texts}")
def _(context: Context, texts: str) -> None:
    context.logs = logging.in_turn(context.folder, _quoted(texts))


@when("commands write in turn, where a file has one name: {texts}")
def _(context: Context, texts: str) -> None:
    with logging.no_more_names():
        context.logs = logging.in_turn(context.folder, _quoted(texts))


@when("commands go on while somebody writes to the output of the first")
def _(context: Context) -> None:
    context.logs = logging.beside_a_holder(context.folder)


@when("the log of a silent command is deleted before the next one starts")
def _(context: Context) -> None:
    context.logs = logging.deleted_meanwhile(context.folder)


@then("the logs hold {texts}")
def _(context: Context, texts: str) -> None:
    found = [path.read_text() for path in context.logs]
    assert found == _quoted(texts), found


@then("they are {number:d} files")
def _(context: Context, number: int) -> None:
    assert len({path.stat().st_ino for path in context.logs}) == number


@then("the log of the third one before is empty still")
def _(context: Context) -> None:
    assert (context.folder / "2.log").read_bytes() == b""


def _quoted(texts: str) -> list[str]:
    return [text.strip().strip('"') for text in texts.split(",")]
