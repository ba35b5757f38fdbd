"""Scans from disks that are waited for, or not."""

from behave import given, then, when
from behave.runner import Context

from features.drivers import scan_ahead


@given('the file "{path}" is listed and gone')
def _(context: Context, path: str) -> None:
    context.gone = path


@when("I scan it from a disk that has {what}")
def _(context: Context, what: str) -> None:
    gone = getattr(context, "gone", "")
    context.snapshot, context.started = scan_ahead.snapshot(context.root, waiting=what == "all to read", gone=gone)


@when("a scan from a disk that has all to read is broken off")
def _(context: Context) -> None:
    context.started = scan_ahead.broken_off(context.root)


@then("no thread has read ahead and none is left")
def _(context: Context) -> None:
    assert context.started == []


@then("a thread has read ahead and none is left")
def _(context: Context) -> None:
    assert len(context.started) == 1, context.started
    assert not any(thread.is_alive() for thread in context.started)
