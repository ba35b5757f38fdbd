"""Reports: stories of plans and runs, the page that they become, and what other programs read of them."""

import http.client
import itertools
import json
import re
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hypothesis import given

from autonomy import git, pipeline, planfile, running, simulate
from autonomy.cli.subject import Subject, subject
from autonomy.config import Config
from autonomy.journal import runs
from autonomy.journal.events import Ended, Event, Finished, Header, Interrupted, Settled, Started
from autonomy.journal.file import Journal
from autonomy.journal.fold import fold
from autonomy.loading import load
from autonomy.model import Plan, Reason, Status
from autonomy.report import gather, gatherrun
from autonomy.report.causes import causes_of
from autonomy.report.costs import cost_of, end_of
from autonomy.report.html import render
from autonomy.report.serve import Server, Source
from autonomy.report.story import Cost, LeafEnd, Story, Try
from autonomy.report.timeline import timeline_of
from autonomy.runreport import report
from features.drivers.folding import HISTORIES
from features.drivers.journaling import HEADER
from features.drivers.planning import flat_plan
from features.drivers.properties import CALM

Page = dict[str, Any]
SCHEMAS = Path(__file__).parents[1] / "schemas"
CHAIN = {"a": [], "b": ["a"], "c": ["b"]}


def plan_and_tell(root: Path, before_telling: Callable[[], object] = lambda: None, **config: object) -> Story:
    """The story of a plan that is made as `autonomy plan` makes it, briefs and all."""
    settings = Config(**{"min_files": 5, "max_files": 5, **config})  # type: ignore[arg-type]
    drafted = pipeline.draft(root, settings)
    pipeline.analyse(root, drafted, lambda _event: None, settings.max_parallel)
    (root / ".autonomy" / "plan.json").write_text(planfile.dumps(drafted.plan), errors="surrogateescape")
    before_telling()
    return subject(root, None).story()


def tell_elsewhere(root: Path, elsewhere: Path, **config: object) -> Story:
    story = plan_and_tell(root, **config)
    elsewhere.mkdir()
    (elsewhere / "plan.json").write_text(planfile.dumps(story.plan))
    return Subject(elsewhere, story.plan, None, subject(elsewhere, str(elsewhere / "plan.json")).graph).story()


def tell(root: Path) -> Story:
    """Of the latest run."""
    return subject(root, None).story()


def page(story: Story) -> Page:
    """The data as the page in a browser parses it."""
    return json.loads(Reader(render(story)).data)  # type: ignore[no-any-return]


def page_with_few_references(story: Story) -> Page:
    from unittest.mock import patch

    with patch("autonomy.report.page.MOST_PAIRS", 1):
        return page(story)


class Reader(HTMLParser):
    """The elements of a page with their attributes, and the text of its data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.data, self.policy, self._inside = "", "", ""
        self.inline: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.elements[tag, tuple(sorted(named))] += 1
        self._inside = named.get("id") or tag
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(named["content"])

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data += data
        elif self._inside in ("script", "style"):
            self.inline.append((self._inside, data))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def shapes(story: Story) -> set[tuple[str, tuple[str, ...]]]:
    """The kinds of elements of the page, each with the names of its attributes."""
    return set(Reader(render(story)).elements)


def hashes(kind: str, reader: Reader) -> set[str]:
    from base64 import b64encode

    found = (text for tag, text in reader.inline if tag == kind)
    return {f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found}


def references_of(root: Path, plan: Plan) -> dict[tuple[str, str], int]:
    """(path, path it refers to) of every reference between two leaves, as the graph of the tree has them."""
    graph = pipeline.graph_of(root, plan)
    leaf_of = {path: leaf.id for leaf in plan.leaves for path in leaf.files}
    paths = graph.paths
    return {
        (paths[file], paths[target]): 1
        for file, row in enumerate(graph.references)
        for target in row
        if {paths[file], paths[target]} <= leaf_of.keys() and leaf_of[paths[file]] != leaf_of[paths[target]]
    }


def references_on(page: Page) -> dict[tuple[str, str], int]:
    ties, paths = page["ties"], page["files"]["paths"]
    starts, at = page["files"]["starts"], 0
    sources = [leaf for leaf, count in enumerate(ties["leaves"]) for _ in range(count)]
    found: dict[tuple[str, str], int] = {}
    for source, target, count in zip(sources, ties["to"], ties["count"], strict=True):
        for _ in range(count):
            left, right = starts[source] + ties["pairs"][at], starts[target] + ties["pairs"][at + 1]
            assert left < starts[source + 1], "a reference of another leaf"
            assert right < starts[target + 1], "a reference to another leaf"
            found[paths[left], paths[right]] = 1
            at += 2
    assert at == len(ties["pairs"])
    return found


def tree_on(page: Page) -> list[tuple[object, ...]]:
    """(id, slug, id of the parent, files, tokens, files' paths) of each node, as the page has it."""
    nodes, starts = page["nodes"], page["files"]["starts"]
    rows = []
    for at, leaf in enumerate(nodes["leaf"]):
        paths = page["files"]["paths"][starts[leaf] : starts[leaf + 1]] if leaf >= 0 else []
        parent = nodes["parent"][at]
        rows.append((nodes["id"][at], nodes["slug"][at], nodes["id"][parent] if parent >= 0 else None,
                     nodes["files"][at], nodes["tokens"][at], tuple(paths)))  # fmt: skip
    return rows


def tree_of(plan: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """The same of a plan file."""
    names = ("id", "slug", "parent", "file_count", "tokens")
    return [(*(node[name] for name in names), tuple(node["files"])) for node in plan["nodes"]]


def waits_on(page: Page) -> dict[str, list[str]]:
    ids = [page["nodes"]["id"][at] for at, leaf in enumerate(page["nodes"]["leaf"]) if leaf >= 0]
    return {ids[leaf]: [ids[before] for before in befores] for leaf, befores in enumerate(page["waits"]) if befores}


def lanes_wrong(bars: Sequence[tuple[int, float, float]], most: int) -> list[str]:
    """What is wrong with bars of (lane, start, end)."""
    wrong = [f"{lane} is one lane too many" for lane, _, _ in bars if lane >= most]
    rows: dict[int, list[tuple[float, float]]] = {}
    for lane, start, end in bars:
        rows.setdefault(lane, []).append((start, end))
    for lane, row in rows.items():
        row.sort()
        overlaps = [(a, b) for a, b in itertools.pairwise(row) if a[1] > b[0] + 1e-9]
        wrong += [f"{a} and {b} overlap on lane {lane}" for a, b in overlaps]
    return wrong


def check_lanes() -> None:
    @CALM
    @given(HISTORIES)
    def holds(history: Sequence[Event]) -> None:
        state = fold([HEADER])
        most, effective = 0, []
        for event in history:
            if state.apply(event):
                effective.append(event)
                most = max(most, len(state.in_flight))
        found = timeline_of(HEADER.at, effective)
        assert found.lanes == most, f"{found.lanes} lanes for {most} in flight"
        assert lanes_wrong([(bar.lane, bar.start, bar.end) for bar in found.bars.values()], most) == []
        starts = [each.started.lease for leaf in state.leaves.values() for each in leaf.attempts]
        assert sorted(found.bars) == sorted(starts)

    holds()


def document_of(root: Path) -> Page:
    """The run report, as `autonomy status --json` prints it."""
    return json.loads(report(*running.status(runs.find_run(root))).dumps())  # type: ignore[no-any-return]


def attempts_on(page: Page) -> list[tuple[object, ...]]:
    names = ("attempt", "candidate", "status", "seconds", "exit_code", "signal", "log", "verdicts", "bench")
    plain = {"verdicts": []}
    return [(each["leaf"], *(each.get(name, plain.get(name)) for name in names)) for each in page["run"]["tries"]]


def attempts_of(document: Page) -> list[tuple[object, ...]]:
    names = ("attempt", "candidate", "status", "seconds", "exit_code", "signal", "log", "verdicts", "bench")
    return [
        (leaf, *(each[name] for name in names))
        for leaf, subplan in enumerate(document["subplans"])
        for each in subplan["attempts"]
    ]


def chain_run(root: Path, events: Callable[[Sequence[str], Callable[..., None]], None]) -> Story:
    """A run of three leaves that wait in a chain; `events` is given their ids and appends what happened."""
    plan = flat_plan(CHAIN)
    run = runs.new_run(root)
    text = planfile.dumps(plan)
    (run.path / "plan.json").write_text(text)
    header = Header(
        run_id=run.id, version="1", plan_digest=sha256(text.encode()).hexdigest(), base=None, command=("true",),
        max_parallel=10, at=1000.0, isolation="worktree",
    )  # fmt: skip
    with runs.start(run, header, git.state_dir()) as journal:
        events([leaf.id for leaf in plan.leaves], _appender(journal))
    return subject(root, None).story()


def _appender(journal: Journal) -> Callable[..., None]:
    def append(kind: str, **fields: Any) -> None:
        kinds = {"started": Started, "ended": Ended, "settled": Settled, "finished": Finished, "stopped": Interrupted}
        journal.append(kinds[kind](**fields))

    return append


def append_to_latest(root: Path, leaf: int, status: Status) -> None:
    """The attempt that is in flight at a leaf of the latest run ends, and settles it."""
    run = runs.find_run(root)
    plan = running.plan_of(run, HEADER_OF(run))
    with Journal.open(run.journal) as journal:
        append = _appender(journal)
        append("ended", leaf=plan.leaves[leaf].id, lease=1, status=status, at=1002.0)
        append("settled", leaf=plan.leaves[leaf].id, lease=1, status=status, at=1002.0)


def HEADER_OF(run: runs.RunDirectory) -> Header:  # noqa: N802
    from autonomy.journal.reading import peek

    return peek(run.journal)


def attempt(leaf: int, plan: Plan, tail: str, *, status: Status = Status.FAILED, violations: Sequence[str] = ()) -> Try:
    """An attempt at a leaf that ended so, with this end of its log."""
    bad = status is not Status.SUCCEEDED
    return Try(
        leaf=plan.leaves[leaf].id, attempt=1, candidate=1, lane=leaf, start=0.0, end=1.0, status=status, seconds=1.0,
        kind="exit" if bad else "", error="exit code 1" if bad else "", tail=tail, violations=tuple(violations),
    )  # fmt: skip


def story_with(plan: Plan, tries: Sequence[Try], folder: Path) -> Story:
    """A run of `plan` in which just these attempts were made; leaves without one are skipped."""
    from autonomy.report.story import RunStory

    states = {each.leaf: each.status for each in tries}
    ends = {
        leaf.id: LeafEnd(states.get(leaf.id, Status.SKIPPED), "exit code 1" * (leaf.id in states))
        for leaf in plan.leaves
    }
    places = {each.leaf: [place] for place, each in enumerate(tries)}
    held = dict.fromkeys(ends, 0)
    run = RunStory(
        id="20260101-000000-abcdef", command=("true",), started="2026-01-01T00:00:00+00:00", seconds=1.0, base=None,
        isolation="none", max_parallel=10, peak_parallel=2, lanes=len(tries), going=False, stop_reason="completed",
        ends=ends, tries=tries, resumed=(), chain=(), causes=causes_of(tries, ends, held, "20260101-000000-abcdef"),
        places=places,
    )  # fmt: skip
    cost, unit = gatherrun.costs_of(plan, run)
    curve = gather.curve_of(plan, cost, 10, unit)
    bare = Story(folder.name, "1.0.0", plan, curve, held, None, run)
    from autonomy.report.words import sentences_of

    return replace(bare, sentences=sentences_of(bare))


def plan_story(plan: Plan, folder: Path) -> Story:
    return gather.story_of_plan(folder, replace(plan, metrics={"files": len(plan.leaves)}), None)


def oversize_plan(leaves: int) -> Plan:
    plan = flat_plan({f"n{place:05}": [] for place in range(leaves)})
    return replace(
        plan, nodes=tuple(replace(each, reason=Reason.OVERSIZE_FILE) if each.is_leaf else each for each in plan.nodes)
    )


def told_as(form: str, story: Story) -> str:
    text: str = load("renderers", form).tell(story)
    return text


@cache
def _sarif() -> Any:
    from jsonschema import Draft4Validator

    return Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text()))


def problems(form: str, text: str) -> list[str]:
    """What the schema of the form has against a text."""
    if form == "sarif":
        document = json.loads(text)
        # The validator is slow; results beyond the first thousand are of the same make.
        document["runs"][0]["results"] = document["runs"][0]["results"][:1000]
        return [error.message for error in _sarif().iter_errors(document)]
    import xmlschema

    schema = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
    return [str(error) for error in schema.iter_errors(ET.fromstring(text))]


def cost_said(folder: Path, file: str, text: str) -> Cost | None:
    """What an attempt costs that leaves `text` in a file of its results, or at the end of its log."""
    (folder / "logs").mkdir()
    (folder / "logs" / "a.1.log").write_text(f"working\n{text}\n" if file == "log" else "working\n")
    if file != "log":
        (folder / "out" / "a.1").mkdir(parents=True)
        (folder / "out" / "a.1" / file).write_text(text)
    return cost_of(folder, "logs/a.1.log", end_of(folder, "logs/a.1.log"))


class Watched:
    """A page that is served, asked as a browser or anybody else would."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        found = subject(root, None)
        self.server = stack.enter_context(Server(Source(found.stamp, found.story)))
        thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        thread.start()
        stack.callback(thread.join)
        stack.callback(self.server.shutdown)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=60)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.headers), body

    @property
    def path(self) -> str:
        return f"/{self.server.token}/"


def curve_of(plan: Plan, workers: int) -> list[list[float]]:
    """What `autonomy simulate` finds for this number of workers: [workers, makespan, bound]."""
    points = simulate.curve(plan, simulate.token_costs(plan), [workers])
    return [[each.workers, round(each.makespan, 3), round(each.bound, 3)] for each in points]


def rooms(**sizes: int) -> ExitStack:
    """Inside, a page has this room for briefs or patches."""
    from unittest.mock import patch

    stack = ExitStack()
    for name, size in sizes.items():
        stack.enter_context(patch.object(gather if hasattr(gather, name) else gatherrun, name, size))
    return stack


def words_of(markdown: str) -> list[str]:
    return [line for line in markdown.splitlines() if re.match(r"\| `", line)]
