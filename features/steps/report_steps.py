"""Reports of plans and runs: told in this process, compared with the plan file and the run report."""

import json
import os
import re
import signal
import subprocess
from contextlib import ExitStack

from behave import given, then, when
from behave.runner import Context

from autonomy.model import Status
from features import driver
from features.drivers import reporting
from features.drivers.planning import flat_plan

HOSTILE = {"a line separator": "﷽\u2028\u2029\u202e.py", "bytes that are no UTF-8": "\udcff\udcfe.py"}


@given("a Python project of {packages:d} packages of {modules:d} modules, each using the next")
def _(context: Context, packages: int, modules: int) -> None:
    files = {
        f"p{at:02}/m{number}.py": f"from p{(at + 1) % packages:02} import m{number}\n"
        + f"def f{number}():\n    pass\n" * 9
        for at in range(packages)
        for number in range(modules)
    }
    driver.write_tree(context.root, files)
    driver.commit_all(context.root)


@given('all of its modules use "{path}"')
def _(context: Context, path: str) -> None:
    for file in context.root.rglob("m*.py"):
        file.write_text(f"import {path.removesuffix('.py')}\n" + file.read_text())
    driver.write_tree(context.root, {path: "def all():\n    pass\n"})
    driver.commit_all(context.root)


@given("a project whose leaves {shape}")
def _(context: Context, shape: str) -> None:
    chain = int(shape.rpartition(" ")[2]) if "chain" in shape else 0
    uses = {at: f"from p{at - 1:02} import m0\n" if 0 < at < chain else "" for at in range(chain or 6)}
    files = {f"p{at:02}/m{number}.py": uses[at] + "def f():\n    pass\n" for at in uses for number in range(5)}
    driver.write_tree(context.root, files)
    driver.commit_all(context.root)
    context.order = {"order": "strict"} if chain else {}


def _tell_plan(context: Context, before=lambda: None, **config: object) -> None:
    context.story = reporting.plan_and_tell(context.root, before, **{**getattr(context, "order", {}), **config})
    context.page = reporting.page(context.story)


@when("its plan is made, and told")
def _(context: Context) -> None:
    _tell_plan(context)


@when("its plan for {workers:d} workers is made, and told")
def _(context: Context, workers: int) -> None:
    _tell_plan(context, max_parallel=workers)


@when("its plan is made, and told in another folder")
def _(context: Context) -> None:
    context.story = reporting.tell_elsewhere(context.root, context.folder / "elsewhere")
    context.page = reporting.page(context.story)


@when("its plan is made, and told after a file came")
def _(context: Context) -> None:
    came = {"p00/new.py": "", "p01/m0.py": "from p00 import new\nfrom p02 import m0\n"}
    _tell_plan(context, lambda: driver.write_tree(context.root, came))


@when("its plan is made, and told with room for {briefs:d} briefs")
def _(context: Context, briefs: int) -> None:
    """Briefs of these leaves are of nearly the same size, some 600 characters."""
    with reporting.rooms(BRIEFS_ROOM=1):
        _tell_plan(context)
    size = len(next(iter(context.page["briefs"].values())))
    with reporting.rooms(BRIEFS_ROOM=size * (briefs - 1) + size // 2):
        _tell_plan(context)


@when("its plan is made, and told after the briefs of another plan took their names")
def _(context: Context) -> None:
    def spoil() -> None:
        for brief in (context.root / ".autonomy" / "briefs").glob("*.md"):
            brief.write_text("# Another\n\nSubplan `0000000000000000`\n")

    _tell_plan(context, spoil)


def _plan(context: Context) -> dict:
    return json.loads((context.root / ".autonomy" / "plan.json").read_text())


@then("the page is written")
def _(context: Context) -> None:
    ended = driver.autonomy(["report"], context.root)
    assert ended.status == 0, ended.err
    text = (context.root / ".autonomy" / "report.html").read_text()
    assert json.loads(reporting.Reader(text).data) == context.page


@then("the tree, the files and the waits are those of the plan")
def _(context: Context) -> None:
    plan = _plan(context)
    assert reporting.tree_on(context.page) == reporting.tree_of(plan)
    assert reporting.waits_on(context.page) == plan["waits_for"]


@then("the references are those that the files make")
def _(context: Context) -> None:
    found = reporting.references_on(context.page)
    assert found, "no reference crosses"
    assert found == reporting.references_of(context.root, context.story.plan)


@then("there are no references, and a note says why")
def _(context: Context) -> None:
    assert context.page["ties"] is None
    assert any("not at hand" in note for note in context.page["notes"]), context.page["notes"]


@then("a note says that files came or went")
def _(context: Context) -> None:
    assert any("came or went" in note for note in context.page["notes"]), context.page["notes"]


@when("its plan is made, and told with room for one reference")
def _(context: Context) -> None:
    context.story = reporting.plan_and_tell(context.root)
    context.page = reporting.page_with_few_references(context.story)


@then("its references are counted and not listed")
def _(context: Context) -> None:
    assert context.page["ties"]["pairs"] is None
    assert sum(context.page["ties"]["count"]) > 1


@then("the what-if curve is that of `autonomy {words}`")
def _(context: Context, words: str) -> None:
    document = json.loads(driver.autonomy([*words.split(), "--json"], context.root).out)
    known = {point["workers"]: [point["makespan"], point["bound"]] for point in document["points"]}
    shown = {workers: [makespan, bound] for workers, makespan, bound in context.page["curve"]["points"]}
    assert context.page["curve"]["best"] == document["best_useful"]
    # The page has nine digits.
    assert {workers: shown[workers] for workers in known} == {
        workers: [float(f"{number:.9g}") for number in point] for workers, point in known.items()
    }


@then("every leaf's brief is there")
def _(context: Context) -> None:
    home = context.root / ".autonomy" / "briefs"
    slugs = [leaf.slug for leaf in context.story.leaves]
    assert [context.page["briefs"][str(at)] for at in range(len(slugs))] == [
        (home / f"{s}.md").read_text() for s in slugs
    ]


@then("each leaf has a place in the expected timeline, on {most:d} lanes at most")
def _(context: Context, most: int) -> None:
    assert len(context.page["expected"]) == len(context.story.leaves)
    assert reporting.lanes_wrong(context.page["expected"], most) == []


@then('"{path}" is a hub')
def _(context: Context, path: str) -> None:
    hubs = {context.page["files"]["paths"][file]: users for file, users in context.page["ties"]["hubs"]}
    assert hubs[path] >= 8, hubs


@then('a sentence says "{text}"')
def _(context: Context, text: str) -> None:
    said = [each["text"] for each in context.page["sentences"]]
    assert any(text in each for each in said), said


@then('it suggests "{command}"')
def _(context: Context, command: str) -> None:
    said = " ".join(each["command"] for each in context.page["sentences"])
    assert (f"autonomy {command}" in said) if command != "nothing" else not said.strip(), said


@then("{count:d} briefs are there, and a note counts {left:d}")
def _(context: Context, count: int, left: int) -> None:
    assert len(context.page["briefs"]) == count, len(context.page["briefs"])
    assert any(f"{left} briefs" in note for note in context.page["notes"]), context.page["notes"]


@then("{count:d} briefs are there, and no note counts any")
def _(context: Context, count: int) -> None:
    assert len(context.page["briefs"]) == count
    assert not any("briefs" in note for note in context.page["notes"])


@when("the command `{line}` runs for each leaf in its own copy")
def _(context: Context, line: str) -> None:
    words = [
        "run",
        "--isolation",
        "worktree",
        "--scope",
        "off",
        "-q",
        "--min-files",
        "2",
        "--max-files",
        "2",
        ".",
        "--",
    ]
    import shlex

    context.ended = driver.autonomy([*words, *shlex.split(line)], context.root)
    assert context.ended.status == 0, context.ended.err


@when("the run is told")
def _(context: Context) -> None:
    context.story = reporting.tell(context.root)
    context.page = reporting.page(context.story)


@when("the campaign is told")
def _(context: Context) -> None:
    context.execute_steps("When the run is told")


@when("the run is told with room for one diff")
def _(context: Context) -> None:
    with reporting.rooms(PATCHES_ROOM=10):
        context.execute_steps("When the run is told")


@when("the run is told after its results were damaged")
def _(context: Context) -> None:
    for result in context.root.glob(".autonomy/runs/*/results/*"):
        result.write_bytes(result.read_bytes()[:-1] + b"!")
    context.execute_steps("When the run is told")


@when("the run is told after its log {what}")
def _(context: Context, what: str) -> None:
    (context.folder / "secret").write_text("secret")
    for log in context.root.glob(".autonomy/runs/*/logs/*"):
        log.unlink()
        if "link" in what:
            log.symlink_to(context.folder / "secret")
    context.execute_steps("When the run is told")


@then("no log is shown")
def _(context: Context) -> None:
    assert "secret" not in json.dumps(context.page)
    assert not any("tail" in each for each in context.page["run"]["tries"])


@then("every status, attempt, verdict and error is that of the report")
def _(context: Context) -> None:
    document, run = reporting.document_of(context.root), context.page["run"]
    assert run["id"] == document["run_id"]
    assert run["status"] == [each["status"] for each in document["subplans"]]
    assert run["error"] == [each["error"] for each in document["subplans"]]
    assert reporting.attempts_on(context.page) == reporting.attempts_of(document)
    changed = {str(at): each["changed_files"] for at, each in enumerate(document["subplans"]) if each["changed_files"]}
    assert run["changed"] == changed


@then("no more than {most:d} lanes are in use, and no two bars on one lane overlap")
def _(context: Context, most: int) -> None:
    bars = [(each["lane"], each["start"], each["end"]) for each in context.page["run"]["tries"]]
    assert reporting.lanes_wrong(bars, most) == []


@then("every failed attempt has one cause")
def _(context: Context) -> None:
    run = context.page["run"]
    bad = [at for at, each in enumerate(run["tries"]) if each["status"] in ("failed", "timed_out", "error")]
    assert sorted(at for cause in run["causes"] for at in cause["tries"]) == bad
    assert len(bad) == len(reporting.document_of(context.root)["failures"])


@then("the diffs hold {texts}")
def _(context: Context, texts: str) -> None:
    told = "\n".join(text for diffs in context.page["run"]["patches"].values() for _, text in diffs)
    for text in re.findall('"([^"]*)"', texts):
        assert text in told, told


@then("no diff is longer than {most:d}")
def _(context: Context, most: int) -> None:
    assert max(len(text) for diffs in context.page["run"]["patches"].values() for _, text in diffs) < most


@then("{count:d} leaf has its diff")
def _(context: Context, count: int) -> None:
    assert len(context.page["run"]["patches"]) == count, context.page["run"]["patches"]


@then('each leaf has {count:d} attempts, the first with the complaint "{text}"')
def _(context: Context, count: int, text: str) -> None:
    for leaf in range(len(context.story.leaves)):
        tries = [each for each in context.page["run"]["tries"] if each["leaf"] == leaf]
        assert len(tries) == count, tries
        assert text in tries[0]["verdicts"][0]["message"], tries[0]


@when("the run goes on after its cause is mended")
def _(context: Context) -> None:
    driver.write_tree(context.root, {"go": ""})
    ended = driver.autonomy(["resume", "--failed", "-q"], context.root)
    assert ended.status == 0, ended.err


@then("the timeline says where it went on")
def _(context: Context) -> None:
    (at,) = context.page["run"]["resumed"]
    tries = context.page["run"]["tries"]
    assert any(each["end"] <= at for each in tries) and any(each["start"] >= at for each in tries)
    assert context.page["run"]["seconds"] < 60


@then("every leaf says which run had done its work")
def _(context: Context) -> None:
    first = sorted(path.name for path in (context.root / ".autonomy" / "runs").iterdir())[0]
    assert list(context.page["run"]["reused"].values()) == [first] * len(context.story.leaves)


def _happen(how: str, leaves: list[str], append) -> None:
    def whole(place: int, status: Status, at: float, **more: object) -> None:
        append("started", leaf=leaves[place], attempt=1, lease=place + 1, at=at)
        append("ended", leaf=leaves[place], lease=place + 1, status=status, at=at + 1, seconds=1.0, **more)
        append("settled", leaf=leaves[place], lease=place + 1, status=status, at=at + 1)

    changed = {"changed_files": ("a/file",)} if "changed" in how else {}
    if how.startswith("all"):
        for place in range(3):
            whole(place, Status.SUCCEEDED, 1000.0 + place, **changed)
        append("finished", at=1003.0, stop_reason="completed", peak_parallel=1)
    elif how == "the first failed":
        whole(0, Status.FAILED, 1000.0, error="exit code 1", error_class="exit")
        for place in (1, 2):
            append("settled", leaf=leaves[place], status=Status.SKIPPED, at=1001.0, error="waits for a")
        append("finished", at=1001.0, stop_reason="completed", peak_parallel=1)
    elif how == "it failed and was stopped":
        whole(0, Status.FAILED, 1000.0, error="exit code 1", error_class="exit")
        for place in (1, 2):
            append("settled", leaf=leaves[place], status=Status.CANCELLED, at=1001.0, error="cancelled")
        append("stopped", at=1001.0, reason="stopped by signal 15")
    elif how == "it was stopped":
        whole(0, Status.SUCCEEDED, 1000.0)
        append("stopped", at=1001.0, reason="stopped by signal 15")
    elif how.startswith("four"):
        append("started", leaf=leaves[0], attempt=1, lease=1, at=999.0)
        append(
            "ended", leaf=leaves[0], lease=1, status=Status.FAILED, at=999.5, error="disk is full", error_class="kind"
        )
        for place, error in enumerate(("Segmentation fault", "out of memory: killed", "No module named 'numpy'")):
            append("started", leaf=leaves[place], attempt=2, lease=place + 2, at=1000.0)
            append("ended", leaf=leaves[place], lease=place + 2, status=Status.FAILED, at=1001.0, error=error)
            append("settled", leaf=leaves[place], lease=place + 2, status=Status.FAILED, at=1001.0)
    else:
        append("started", leaf=leaves[0], attempt=1, lease=1, at=1000.5)


@given("the journal of a run of 3 leaves in a chain, where {how}")
def _(context: Context, how: str) -> None:
    context.how = how
    context.stack = ExitStack()
    context.add_cleanup(context.stack.close)
    context.story = reporting.chain_run(context.root, lambda leaves, append: _happen(how, leaves, append))


@when("the journal is told")
def _(context: Context) -> None:
    """A run is under way while somebody holds its lock."""
    if getattr(context, "how", "") == "the first one is running":
        with reporting.runs.locked(context.root):
            context.story = reporting.tell(context.root)
    context.page = reporting.page(context.story)


@then("lanes are never more than attempts in flight, and no two bars on one lane overlap")
def _(context: Context) -> None:
    reporting.check_lanes()


@given('two leaves that fail with "{left}" and "{right}"')
@given('two leaves that fail with "" and ""')
def _(context: Context, left: str = "", right: str = "") -> None:
    texts = [text.encode("ascii", "backslashreplace").decode("unicode_escape") for text in (left, right)]
    plan = flat_plan({"a": [], "b": [], "c": []})
    context.tries = [reporting.attempt(leaf, plan, text) for leaf, text in enumerate(texts)]
    context.plan = plan


@when("the causes are found")
def _(context: Context) -> None:
    context.story = reporting.story_with(context.plan, context.tries, context.folder)


@then("there are {number:d} causes")
def _(context: Context, number: int) -> None:
    assert len(context.story.run.causes) == number, [each.title for each in context.story.run.causes]


@then('there is 1 cause, called "{title}"')
def _(context: Context, title: str) -> None:
    assert [each.title for each in context.story.run.causes] == [title]


@when("the retry command of the largest cause runs")
def _(context: Context) -> None:
    command = reporting.tell(context.root).run.causes[0].command
    context.ended = driver.run(["bash", "-c", command], context.root)


@then("{number:d} leaves were tried again")
def _(context: Context, number: int) -> None:
    again = [each for each in reporting.document_of(context.root)["subplans"] if len(each["attempts"]) > 1]
    assert len(again) == number, again


@given("a repository with a file that is called {name}")
def _(context: Context, name: str) -> None:
    context.name = next((real for key, real in HOSTILE.items() if key in name), name)
    driver.write_tree(context.root, {context.name.replace("/", "\u2215"): "x = 1\n", "plain.py": "y = 2\n"})
    driver.commit_all(context.root)


@then("the page has no element and no attribute beyond those of a harmless one")
def _(context: Context) -> None:
    plan = flat_plan({"a": [], "b": [], "c": []})
    harmless = reporting.story_with(plan, [reporting.attempt(0, plan, "no")], context.folder)
    known = reporting.shapes(harmless) | reporting.shapes(reporting.plan_story(plan, context.folder))
    assert reporting.shapes(context.story) <= known, reporting.shapes(context.story) - known


@then("the page's data holds the name as it is")
def _(context: Context) -> None:
    assert context.name.replace("/", "\u2215") in context.page["files"]["paths"], context.page["files"]["paths"]


@then("the page's policy allows its own scripts and style by their hashes, and nothing else")
def _(context: Context) -> None:
    reader = reporting.Reader(reporting.render(context.story))
    policy = dict(part.strip().split(" ", 1) for part in reader.policy.split(";"))
    assert policy.pop("default-src") == "'none'"
    assert set(policy.pop("script-src").split()) == reporting.hashes("script", reader)
    assert set(policy.pop("style-src").split()) == reporting.hashes("style", reader)
    assert policy.pop("img-src") == "data:"
    assert set(policy.values()) == {"'none'"}, policy
    assert not re.search(
        r'\b(src|href)="(?!#)', re.sub(r"<script>.*?</script>", "", reporting.render(context.story), flags=re.S)
    )


@given("an attempt that leaves {what}")
def _(context: Context, what: str) -> None:
    file, text = (
        ("log", what.partition(" ends with ")[2]) if "log" in what else ("cost.json", what.partition(" with ")[2])
    )
    context.cost = reporting.cost_said(context.folder, file, text)


@then("its cost is {cost}")
def _(context: Context, cost: str) -> None:
    found = context.cost
    said = [] if found is None else [
        f"${found.dollars:g}" if found.dollars is not None else "",
        f"{found.tokens_in} in" if found.tokens_in is not None else "",
        f"{found.tokens_out} out" if found.tokens_out is not None else "",
    ]  # fmt: skip
    assert (", ".join(each for each in said if each) or "unknown") == cost, found


@given("a run in which leaves failed, strayed and timed out")
def _(context: Context) -> None:
    plan = flat_plan({name: [] for name in "abcde"})
    context.tries = [
        reporting.attempt(0, plan, "error: no"), reporting.attempt(1, plan, "", status=Status.TIMED_OUT),
        reporting.attempt(2, plan, "", status=Status.ERROR),
        reporting.attempt(3, plan, "", status=Status.SUCCEEDED, violations=["x y/ä", "\udcff"]),
    ]  # fmt: skip
    context.story = reporting.story_with(plan, context.tries, context.folder)


@given("a run with {number:d} causes of long logs")
def _(context: Context, number: int) -> None:
    plan = flat_plan({f"n{at:03}": [] for at in range(number)})
    words = [f"error: {chr(97 + at % 26)}{chr(97 + at // 26)}zq" * 3 for at in range(number)]
    tries = [reporting.attempt(at, plan, "\n".join([words[at]] * 20 + ["x" * 5000])) for at in range(number)]
    context.story = reporting.story_with(plan, tries, context.folder)


@given("a plan of one file over the limit, {leaves:d} times")
def _(context: Context, leaves: int) -> None:
    plan = reporting.oversize_plan(leaves)
    context.story = reporting.Story("big", "1.0.0", plan, reporting.gather.Curve("tokens", (), 1, 1), {})


@given("a plan of {leaves:d} leaves")
def _(context: Context, leaves: int) -> None:
    context.story = reporting.plan_story(flat_plan({f"n{at}": [] for at in range(leaves)}), context.folder)


@when("it is told as {form}")
def _(context: Context, form: str) -> None:
    context.form, context.output = form, reporting.told_as(form, context.story)


@then("it is valid by its schema")
def _(context: Context) -> None:
    assert reporting.problems(context.form, context.output) == []


@then("each failed leaf and each file out of scope is a result")
def _(context: Context) -> None:
    results = json.loads(context.output)["runs"][0]["results"]
    rules = sorted(each["ruleId"] for each in results)
    assert rules == ["leaf-error", "leaf-failed", "leaf-timed-out", "outside-scope", "outside-scope"], rules
    uris = {place["physicalLocation"]["artifactLocation"]["uri"] for each in results for place in each["locations"]}
    assert {"x%20y/%C3%A4", "%FF"} < uris, uris


@then("it has {number:d} results, and says that {left:d} are left out")
def _(context: Context, number: int, left: int) -> None:
    run = json.loads(context.output)["runs"][0]
    assert len(run["results"]) == number
    assert run["properties"] == {"resultsLeftOut": left}


@then("its counts are those of the run")
def _(context: Context) -> None:
    suite = reporting.ET.fromstring(context.output)[0]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "2", "errors": "1", "skipped": "1"}, counts
    assert [len(suite.findall(f".//{tag}")) for tag in ("failure", "error", "skipped")] == [2, 1, 1]


@then("{skipped:d} of {cases:d} cases are skipped")
def _(context: Context, skipped: int, cases: int) -> None:
    suite = reporting.ET.fromstring(context.output)[0]
    assert (len(suite.findall(".//skipped")), len(suite.findall("testcase"))) == (skipped, cases)


@then("it has a row per leaf, the failed ones first")
def _(context: Context) -> None:
    rows = reporting.words_of(context.output)
    assert len(rows) == 5 and "succeeded" in rows[-1], rows


@then("it has a retry command per cause")
def _(context: Context) -> None:
    assert context.output.count("Retry: `autonomy resume") == len(
        [each for each in context.story.run.causes if each.open]
    )


@then("it has {number:d} rows, and says that {left:d} are left out")
def _(context: Context, number: int, left: int) -> None:
    assert len(reporting.words_of(context.output)) == number
    assert f"And {left:,} more." in context.output


@then("it is shorter than {most:d} bytes")
def _(context: Context, most: int) -> None:
    assert len(context.output.encode()) < most, len(context.output.encode())


@then("it has no part on failures")
def _(context: Context) -> None:
    assert "Failures" not in context.ended.out and "Retry" not in context.ended.out, context.ended.out


@then('its last part is the table, after "{text}"')
def _(context: Context, text: str) -> None:
    *_, last = context.ended.out.partition(text)[2].split("\n\n", 1)
    assert text in context.ended.out and last.startswith("<details>"), context.ended.out


@then("it says how many causes are left out")
def _(context: Context) -> None:
    shown = context.output.count("Retry: ")
    assert 0 < shown < len(context.story.run.causes)
    assert f"And {len(context.story.run.causes) - shown:,} more causes." in context.output


@then("it is what the page holds")
def _(context: Context) -> None:
    assert json.loads(context.output) == reporting.page(context.story)


@then("the page is that of a {kind}")
def _(context: Context, kind: str) -> None:
    assert context.ended.status == 0, context.ended.err
    assert ("run" if json.loads(context.ended.out)["run"] else "plan") == kind


@given("a plan that is watched")
@given("it is watched")
def _(context: Context) -> None:
    if not hasattr(context, "story"):
        driver.write_tree(context.root, {"a/a.py": "", "b/b.py": ""})
        reporting.plan_and_tell(context.root)
    context.stack = ExitStack()
    context.add_cleanup(context.stack.close)
    context.watched = reporting.Watched(context.root, context.stack)


@when("its address is opened")
def _(context: Context) -> None:
    context.answer = context.watched.ask(context.watched.path)


@when("{what} is asked for")
def _(context: Context, what: str) -> None:
    watched, path = context.watched, context.watched.path
    asks = {
        "another token": lambda: watched.ask("/aaaa/"),
        "another path": lambda: watched.ask(f"{path}journal.sqlite"),
        "the root": lambda: watched.ask("/"),
        "the data": lambda: watched.ask(f"{path}data.json"),
        "the data, known already": lambda: watched.ask(
            f"{path}data.json", **{"If-None-Match": watched.ask(f"{path}data.json")[1]["ETag"]}
        ),
        "the data by another name": lambda: watched.ask(f"{path}data.json", Host="evil.example"),
        "a change": lambda: watched.ask(path, "POST"),
    }
    context.answer = asks[what]()


@then("it is answered with {status:d}")
def _(context: Context, status: int) -> None:
    assert context.answer[0] == status, context.answer


@then("it is answered with the page, which may ask where it came from and nobody else")
def _(context: Context) -> None:
    status, headers, body = context.answer
    assert status == 200 and headers["X-Content-Type-Options"] == "nosniff"
    assert "connect-src 'self'" in reporting.Reader(body).policy


@when("the first one ends")
def _(context: Context) -> None:
    watched = context.watched
    context.before = json.loads(watched.ask(f"{watched.path}data.json")[2])
    reporting.append_to_latest(context.root, 0, Status.SUCCEEDED)


@then("the data says so")
def _(context: Context) -> None:
    watched = context.watched
    after = json.loads(watched.ask(f"{watched.path}data.json")[2])
    assert (context.before["run"]["status"][0], after["run"]["status"][0]) == ("running", "succeeded")


@when("the watch is started from a shell, its address asked, and stopped")
def _(context: Context) -> None:
    driver.autonomy(["plan", "-q"], context.root)
    # A script's shell has SIGINT ignored in what it starts in the background.
    command = ["sh", "-c", "trap '' INT; exec autonomy report --watch"]
    process = subprocess.Popen(command, cwd=context.root, stderr=subprocess.PIPE, text=True)
    context.add_cleanup(process.kill)
    port, path = re.search(r"127\.0\.0\.1:(\d+)(\S+)", process.stderr.readline()).groups()
    connection = reporting.http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    connection.request("GET", path)
    context.answer = connection.getresponse().status
    connection.close()
    os.kill(process.pid, signal.SIGINT)
    context.left = process.wait(timeout=driver.HANG_SECONDS)


@then("the answer was the page, and it ended with status {status:d}")
def _(context: Context, status: int) -> None:
    assert (context.answer, context.left) == (200, status)
