"""Where files stand in the plan that was written last."""

import json

from behave import then, when
from behave.runner import Context

from features import driver


def _leaf_of(context: Context, path: str) -> dict[str, object]:
    nodes = json.loads((context.root / ".autonomy" / "plan.json").read_text())["nodes"]
    return next(node for node in nodes if path in node["files"])


@then('"{first}, {second}" share a leaf')
def _(context: Context, first: str, second: str) -> None:
    assert _leaf_of(context, first)["id"] == _leaf_of(context, second)["id"]


@then('"{first}, {second}" share no leaf')
def _(context: Context, first: str, second: str) -> None:
    assert _leaf_of(context, first)["id"] != _leaf_of(context, second)["id"]


@then('"{path}" has a leaf of its own')
def _(context: Context, path: str) -> None:
    assert _leaf_of(context, path)["files"] == [path]


@then('of the leaves only "{slug}" ran')
def _(context: Context, slug: str) -> None:
    subplans = json.loads(context.ended.out)["subplans"]
    assert [each["slug"] for each in subplans if each["attempts"]] == [slug]
    assert {each["status"] for each in subplans if not each["attempts"]} == {"skipped"}


@when("the files are old enough for their times to be trusted")
def _(context: Context) -> None:
    """A file that changed in the present tick of the file system's clock could change again unseen."""

    def unchanged() -> bool:
        return "(unchanged:" in driver.autonomy(["plan"], context.root).err

    driver.until(unchanged)


@when("nothing has touched it for a moment")
def _(context: Context) -> None:
    """By the clock of its file system: what changed in the present tick could change again unseen."""
    clock = context.folder / "clock"
    newest = max(path.lstat().st_ctime_ns for path in (context.root, *context.root.rglob("*")))

    def is_over() -> bool:
        clock.write_text(".")
        return clock.stat().st_mtime_ns > newest + 100_000_000

    driver.until(is_over)


@then("of the leaves only these ran: {slugs}")
def _(context: Context, slugs: str) -> None:
    subplans = json.loads(context.ended.out)["subplans"]
    assert [each["slug"] for each in subplans if each["attempts"]] == slugs.split(), subplans
