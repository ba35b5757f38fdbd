"""The public Python API, as a user's script sees it."""

import os
import re
import shlex
import threading
from pathlib import Path

from behave import then, when
from behave.runner import Context

import autonomy
from features import driver
from features.drivers import planning

CONFIG = {"max_files": 5, "min_files": 5}


@then('the package offers "{names}"')
def _(context: Context, names: str) -> None:
    for name in names.split(", "):
        assert getattr(autonomy, name) is not None
        assert name in autonomy.__all__, name


@when('it is planned and run in Python by a function that fails for "{slug}"')
def _(context: Context, slug: str) -> None:
    context.calls, lock = [], threading.Lock()

    def work(leaf, root):  # type: ignore[no-untyped-def]
        with lock:
            context.calls.append((leaf, root))
        if leaf.slug == slug:
            raise ValueError("not this one")
        return leaf.file_count

    context.plan = autonomy.plan(context.root, config=autonomy.Config(**CONFIG))
    context.outcome = autonomy.run(context.plan, work, root=context.root)


@then('{count:d} leaves succeeded in Python, and "{slug}" failed with "{error}"')
def _(context: Context, count: int, slug: str, error: str) -> None:
    slugs = {leaf.id: leaf.slug for leaf in context.plan.leaves}
    good = [each for each in context.outcome.outcomes if each.status == "succeeded"]
    (bad,) = [each for each in context.outcome.outcomes if each.status != "succeeded"]
    assert len(good) == count
    assert {each.value for each in good} == {5}
    assert (slugs[bad.leaf], bad.error) == (slug, error)
    assert isinstance(bad.value, ValueError)
    assert not context.outcome.ok


@then("each function call got the leaf and the directory of its files")
def _(context: Context) -> None:
    assert len(context.calls) == 6
    assert all((root / path).is_file() for leaf, root in context.calls for path in leaf.files)


@when('it is planned and run in Python by the command "{line}"')
def _(context: Context, line: str) -> None:
    os.environ["AUTONOMY_STATE_DIR"] = str(context.folder / "state")
    context.add_cleanup(os.environ.pop, "AUTONOMY_STATE_DIR", None)
    plan = autonomy.plan(context.root, config=autonomy.Config(**CONFIG))
    context.outcome = autonomy.run(plan, shlex.split(line), root=context.root, isolation="worktree")
    assert context.outcome.ok, context.outcome


@then("merging in Python makes a branch with {count:d} commits")
def _(context: Context, count: int) -> None:
    merged = autonomy.merge(context.outcome)
    assert len(merged.merged) == count
    log = driver.git(context.root, "log", "--oneline", f"main..{merged.branch}")
    assert len(log.splitlines()) == count


@when("it is planned and run in Python with max_parallel {number:d}")
def _(context: Context, number: int) -> None:
    plan = autonomy.plan(context.root, config=autonomy.Config(**CONFIG))
    try:
        autonomy.run(plan, lambda leaf, root: None, root=context.root, max_parallel=number)
    except autonomy.AutonomyError as error:
        context.error = str(error)


@then('running in Python fails with "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.error, context.error


@when("it is planned with a halo of {halo:d} % and run in Python without work")
def _(context: Context, halo: int) -> None:
    context.halo = halo
    plan = autonomy.plan(context.root, config=autonomy.Config(**CONFIG, halo=halo))
    context.outcome = autonomy.run(plan, root=context.root)


@then("{count:d} leaves succeeded in Python, each with a brief of the same text as the command writes")
def _(context: Context, count: int) -> None:
    assert context.outcome.ok
    assert len(context.outcome.outcomes) == count
    home = context.root / ".autonomy" / "briefs"
    written = {path.name: path.read_text() for path in home.iterdir()}
    assert len(written) == count
    words = ["--max-files", "5", "--min-files", "5", "--halo", str(context.halo)]
    driver.autonomy(["plan", "-q", *words], cwd=context.root)
    assert written == {path.name: path.read_text() for path in home.iterdir()}


@when("it is planned, a file is added, and it is run in Python without work")
def _(context: Context) -> None:
    plan = autonomy.plan(context.root, config=autonomy.Config(**CONFIG))
    (context.root / "more.py").write_text("")
    context.error = str(planning.refusal(lambda: autonomy.run(plan, root=context.root)))


@then("no pattern repeats a group possessively")
def _(context: Context) -> None:
    """CPython before 3.11.5 loses its way in `(?:...)*+` (gh-106052); `(?>(?:...)*)` says the same."""
    found = [
        f"{path.name}:{number}"
        for path in Path(autonomy.__file__).parent.rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\)(?:[*+?]|\{[\d,]+\})\+", line)
    ]
    assert not found, found


@then('merging in Python fails with "{text}"')
def _(context: Context, text: str) -> None:
    error = planning.refusal(lambda: autonomy.merge(context.outcome))
    assert str(error) == text, error


@then("an iteration made by hand is not stopped, and stops nothing")
def _(context: Context) -> None:
    assert planning.never_stopped() == [False, False, []]


@then("whoever asks after the stop is told at once")
def _(context: Context) -> None:
    assert planning.told_late() == ["called"]
