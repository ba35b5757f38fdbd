"""The installed `autonomy plan` and its neighbours, on small projects."""

import json
import re
import shlex

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import planning

PROJECT = {
    "README.md": "# Demo\n\nA demonstration project that shows how a small web application is cut into subplans.\n",
    "app/__init__.py": '"""The demonstration application."""\n',
    "app/core.py": '"""Core values."""\n\n\ndef answer() -> int:\n    """The answer."""\n    return 42\n',
    "app/views.py": '"""Views."""\nfrom app.core import answer\n\n\ndef index() -> int:\n    return answer()\n',
    "app/models.py": "import json\n\nfrom app import core\n\n\nclass Model:\n    value = core.answer()\n",
    "tests/test_core.py": "from app.core import answer\n\n\ndef test_answer():\n    assert answer() == 42\n",
    "docs/guide.md": "# Guide\n\nHow to use it.\n",
    "docs/faq.md": "# FAQ\n\nQuestions.\n",
    "setup.cfg": "[metadata]\nname = demo\n",
}


@given("a small project in a repository")
def _(context: Context) -> None:
    driver.write_tree(context.root, PROJECT)
    driver.commit_all(context.root)


@given("a project of 120 files in a repository")
def _(context: Context) -> None:
    files = {
        f"{area}/{part}/m{number}.py": f"import {area}.{part}.m{(number + 1) % 15}\nimport src.a.m{number}\n" * 5
        for area in ("src", "lib")
        for part in ("a", "b", "c")
        for number in range(15)
    }
    files |= {f"docs/d{number}.md": "# Words\n\nand more words\n" * 9 for number in range(30)}
    driver.write_tree(context.root, files)
    driver.commit_all(context.root)


@given('the file "{name}" in a repository')
def _(context: Context, name: str) -> None:
    driver.write_tree(context.root, {name.encode().decode("unicode_escape"): "x\n"})
    driver.commit_all(context.root)


@when('the file "{path}" appears')
def _(context: Context, path: str) -> None:
    driver.write_tree(context.root, {path: "x = 1\n"})


def _plan_file(context: Context) -> dict[str, object]:
    document: dict[str, object] = json.loads((context.root / ".autonomy" / "plan.json").read_text())
    return document


def _leaves(document: dict[str, object]) -> list[dict[str, object]]:
    return [node for node in document["nodes"] if not node["children"]]  # type: ignore[attr-defined]


@then("git sees no change")
def _(context: Context) -> None:
    assert driver.git(context.root, "status", "--porcelain") == ""


@then("there is a brief for each leaf of the plan")
def _(context: Context) -> None:
    briefs = {path.stem: path.read_text() for path in (context.root / ".autonomy" / "briefs").glob("*.md")}
    leaves = _leaves(_plan_file(context))
    assert set(briefs) == {leaf["slug"] for leaf in leaves}
    for leaf in leaves:
        assert all(path in briefs[leaf["slug"]] for path in leaf["files"]), briefs[leaf["slug"]]


@then("there are no briefs")
def _(context: Context) -> None:
    assert not (context.root / ".autonomy" / "briefs").exists()


@then("it prints exactly the plan file")
def _(context: Context) -> None:
    assert context.ended.out == (context.root / ".autonomy" / "plan.json").read_text()


@then("the plan file keeps its schema")
def _(context: Context) -> None:
    document = _plan_file(context)
    published = json.loads(driver.autonomy(["schema", "plan"], context.root).out)
    assert set(document) == set(published["required"])
    assert set(document["nodes"][0]) == set(published["$defs"]["NodeDocument"]["properties"])
    assert document["schema"] == "autonomy.plan/v1"


@then('the file "{path}" is there')
def _(context: Context, path: str) -> None:
    assert (context.root / path).is_file()


@then("the plan has one node and no files")
def _(context: Context) -> None:
    (node,) = json.loads(context.ended.out)["nodes"]
    assert node["files"] == []
    assert node["file_count"] == 0


@when('I plan with {key} as "{value}" on the command line, in the environment and in the configuration')
def _(context: Context, key: str, value: str) -> None:
    # Order shows where there are more leaves than workers.
    fixed = ["-j", "2", "--max-files", "10"] if key == "order" else []
    context.plain = driver.plan(context.root, *fixed)
    context.flagged = driver.plan(context.root, *fixed, f"--{key.replace('_', '-')}", value)
    words = ["plan", str(context.root), "--plan-only", "--json", "-q", *fixed]
    ended = driver.autonomy(words, context.root, {f"AUTONOMY_{key.upper()}": value})
    context.from_environment = json.loads(ended.out)
    settings = context.root / "pyproject.toml"
    text = value if value.isdigit() else json.dumps([value] if key in {"include", "exclude"} else value)
    settings.write_text(f"[tool.autonomy]\n{key} = {text}\n")
    hidden = () if key == "exclude" else ("--exclude", "pyproject.toml")
    context.configured = None if key == "exclude" else driver.plan(context.root, *fixed, *hidden)
    settings.unlink()


def _shape(document: dict[str, object]) -> list[object]:
    tree = [(node["id"], node["children"]) for node in document["nodes"]]  # type: ignore[attr-defined]
    return [tree, document["waits_for"]]


@then("the three plans agree on the tree")
def _(context: Context) -> None:
    assert _shape(context.flagged) == _shape(context.from_environment)
    assert context.configured is None or _shape(context.flagged) == _shape(context.configured)


@then("they differ from the plan without it")
def _(context: Context) -> None:
    assert _shape(context.flagged) != _shape(context.plain)


@then("its first and its last leaf explain themselves by their ids and by their names")
def _(context: Context) -> None:
    leaves = _leaves(_plan_file(context))
    for leaf in (leaves[0], leaves[-1]):
        answers = {driver.autonomy(["explain", leaf[name]], context.root).out for name in ("id", "slug")}
        assert len(answers) == 1
        (answer,) = answers
        assert f"{leaf['slug']} ({leaf['id']})" in answer, answer
        assert "waits for" in answer, answer


@then("the GraphML export has the plan's leaves and waits")
def _(context: Context) -> None:
    ended = driver.autonomy(["export", "--format", "graphml"], context.root)
    document = _plan_file(context)
    nodes, edges = planning.read_graphml(ended.out)
    assert nodes == {leaf["id"] for leaf in _leaves(document)}
    assert edges == {(leaf, before) for leaf, befores in document["waits_for"].items() for before in befores}


@given("a plan of {count:d} leaves that all wait for the first")
def _(context: Context, count: int) -> None:
    names = [f"n{number:03}" for number in range(count)]
    context.plan = planning.flat_plan({name: names[:1] if number else [] for number, name in enumerate(names)})


@when("it is rendered as {form}")
def _(context: Context, form: str) -> None:
    context.rendered = planning.render(form, context.plan)


@then("it draws {leaves:d} leaves and {waits:d} waits, and folds nothing")
def _(context: Context, leaves: int, waits: int) -> None:
    assert (context.rendered.count('["'), context.rendered.count("-->")) == (leaves, waits), context.rendered
    assert "collapsed" not in context.rendered


@when("a matrix of it may have {taken:d} bytes")
def _(context: Context, taken: int) -> None:
    context.refusal = planning.matrix_refused(context.plan, taken)


@then('there is no matrix, as "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.refusal, context.refusal


@then("it has at most {edges:d} edges and {signs:d} signs")
def _(context: Context, edges: int, signs: int) -> None:
    assert context.rendered.count("-->") <= edges
    assert len(context.rendered) <= signs


@then("it says that it is collapsed")
def _(context: Context) -> None:
    assert "collapsed: 99 of 600 leaves" in context.rendered, context.rendered[:300]


@then("it says that it draws the {most:d} strongest of {number:d} connections")
def _(context: Context, most: int, number: int) -> None:
    assert f"drawn are the {most} strongest of {number} connections" in context.rendered, context.rendered[:300]
    assert context.rendered.count(" --> ") == most


@then("it has {jobs:d} jobs that name every leaf once")
def _(context: Context, jobs: int) -> None:
    included = json.loads(context.rendered)["include"]
    named = [leaf for job in included for leaf in job["only"].split(",")]
    assert len(included) == jobs
    assert sorted(named) == sorted(leaf.id for leaf in context.plan.leaves)
    assert max(job["tokens"] for job in included) <= 300


@then("it has a node per leaf and an edge per wait")
def _(context: Context) -> None:
    assert context.rendered.count("[label=") == 3
    assert len(re.findall(r'^  "[0-9a-f]+" -> "[0-9a-f]+";$', context.rendered, re.MULTILINE)) == 2


def _first_leaf(document: dict[str, object]) -> dict[str, object]:
    return next(node for node in document["nodes"] if node["files"])  # type: ignore[attr-defined]


EDITS = {
    "a path leaves the root": lambda plan: _first_leaf(plan)["files"].__setitem__(0, "../x"),
    "a path is absolute": lambda plan: _first_leaf(plan)["files"].__setitem__(0, "/etc/passwd"),
    "a path lies in .git": lambda plan: _first_leaf(plan)["files"].__setitem__(0, ".GIT/config"),
    "a file stands in two leaves": lambda plan: _first_leaf(plan)["files"].append(_first_leaf(plan)["files"][0]),
    "a node names a child that is not there": lambda plan: plan["nodes"][0].update(children=["0" * 16, "1" * 16]),
    "an inner node holds files": lambda plan: _first_leaf(plan).update(children=["0" * 16, "1" * 16]),
    "an id is not the hash of its files": lambda plan: _first_leaf(plan).update(id="0" * 16),
    "a number is a string": lambda plan: plan["nodes"][0].update(tokens="10"),
    "a number is not finite": lambda plan: plan["metrics"].update(leaves=float("inf")),
    "a key is unknown": lambda plan: plan.update(exec="rm -rf /"),
}
BYTES = {
    "a key stands twice": lambda text: text.replace("{", '{"schema": "autonomy.plan/v1", ', 1),
    "it is nested a hundred thousand deep": lambda _: "[" * 100_000,
    "it is cut in half": lambda text: text[: len(text) // 2],
}


@when("its plan file is changed so that {what}")
def _(context: Context, what: str) -> None:
    path = context.root / ".autonomy" / "plan.json"
    if what in BYTES:
        path.write_text(BYTES[what](path.read_text()))
        return
    document = _plan_file(context)
    EDITS[what](document)
    path.write_text(json.dumps(document))


@then("no control sign reaches the terminal")
def _(context: Context) -> None:
    shown = context.ended.out + context.ended.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", shown), shlex.quote(shown)
    assert "we\\x1b[31mird\\nname" in (context.root / ".autonomy" / "briefs" / "root.md").read_text()


@then("the curve is in seconds of {leaves:d} leaves, and never under its bound")
def _(context: Context, leaves: int) -> None:
    found = json.loads(context.ended.out)
    assert (found["unit"], found["recorded"]) == ("seconds", leaves), found
    assert all(point["makespan"] >= point["bound"] - 1e-9 for point in found["points"]), found
    assert abs(found["points"][0]["speedup"] - 1) < 1e-9, found


@then("six workers are more than {times:d} times as fast as one")
def _(context: Context, times: int) -> None:
    fastest = json.loads(context.ended.out)["points"][-1]
    assert fastest["workers"] == 6, fastest
    assert fastest["speedup"] > times, fastest
