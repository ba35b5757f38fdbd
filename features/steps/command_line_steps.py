"""The command line's edges: plug-ins that are broken, names that mean two things, answers of before."""

from itertools import pairwise

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import planning


@given('a distribution that offers the splitter "{name}" from a module that is missing')
def _(context: Context, name: str) -> None:
    files = {"METADATA": "Metadata-Version: 2.1\nName: broken\nVersion: 1\n"}
    files["entry_points.txt"] = f"[autonomy.splitters]\n{name} = missing_module:SPLITTER\n"
    folder = context.folder / "plugins" / "broken-1.dist-info"
    driver.write_tree(folder, files)


@when('I ask for the plug-in "{name}" of the kind "{kind}"')
def _(context: Context, name: str, kind: str) -> None:
    context.refusal = planning.refusal(lambda: planning.plug_in(kind, name))


@when("I ask for a leaf by four signs of its id that begin another's, too")
def _(context: Context) -> None:
    starts = sorted(leaf.id[:4] for leaf in context.plan.leaves)
    twice = next(start for start, other in pairwise(starts) if start == other)
    context.refusal = planning.refusal(lambda: planning.node_called(context.plan, twice))


@then('that is refused with status {status:d}, as "{text}"')
def _(context: Context, status: int, text: str) -> None:
    assert context.refusal is not None, "it was not refused"
    assert context.refusal.exit_code == status, context.refusal
    assert text in str(context.refusal), context.refusal


@then("it says that nothing has changed")
def _(context: Context) -> None:
    assert "(unchanged: every file looked at)" in context.ended.err, context.ended.err


@then("it doesn't say that nothing has changed")
def _(context: Context) -> None:
    assert "unchanged" not in context.ended.err, context.ended.err


@then("stdout is {out}, and stderr is {err}")
def _(context: Context, out: str, err: str) -> None:
    found = {"out": "\x1b[" in context.ended.out, "err": "\x1b[" in context.ended.err}
    assert found == {"out": out == "in colour", "err": err == "in colour"}, context.ended


@then("the command did not")
def _(context: Context) -> None:
    assert not (context.root / "ran").exists()


@then("the command did")
def _(context: Context) -> None:
    assert (context.root / "ran").exists()
