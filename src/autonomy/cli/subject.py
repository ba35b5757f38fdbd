"""What a report is about: the run or the plan that a person names, with the tree it was made of."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from autonomy import pipeline, running, state
from autonomy.cli.saved import home_of, load_plan, root_of_runs
from autonomy.errors import AutonomyError, InputError
from autonomy.journal import runs
from autonomy.journal.reading import peek
from autonomy.journal.runs import RunDirectory
from autonomy.model import Graph, Plan
from autonomy.report.gather import story_of_plan
from autonomy.report.gatherrun import story_of_run
from autonomy.report.story import Story


@dataclass(frozen=True, slots=True)
class Subject:
    """A plan, and the run that it is reported with, if there is one."""

    root: Path
    plan: Plan
    run: RunDirectory | None = None
    graph: Graph | None = None
    """None where the tree is not at hand."""

    def story(self) -> Story:
        """As it stands now."""
        if self.run is None:
            return story_of_plan(self.root, self.plan, self.graph)
        return story_of_run(self.root, self.run, self.plan, self.graph, going=runs.is_running(self.root))

    def stamp(self) -> object:
        """Differs when the run may have gone on."""
        return (self.run.stamp, runs.is_running(self.root)) if self.run else None


def told(root: Path, run: RunDirectory, plan: Plan, graph: Graph | None) -> Story:
    """A run that has just ended here; `graph` is read anew where it is not at hand."""
    return story_of_run(root, run, plan, graph or _graph(root, plan))


def subject(here: Path, name: str | None) -> Subject:
    """The plan in file `name`, or the run of that name; without a name the latest run or, if it is newer, plan.

    Raises:
        InputError: there is none.
        UsageError: the plan is not valid.
    """
    if name and Path(name).is_file():
        return _of_plan(home_of(here).parent, load_plan(name))
    root = root_of_runs(here)
    found = runs.find_run(root, name) if name else _latest_run(root)
    if found is None:
        return _of_plan(home_of(here).parent, load_plan(None, here))
    plan = running.plan_of(found, peek(found.journal))
    return Subject(root, plan, found, _graph(root, plan))


def _of_plan(root: Path, plan: Plan) -> Subject:
    return Subject(root, plan, None, _graph(root, plan))


def _latest_run(root: Path) -> RunDirectory | None:
    """None where the plan was made anew after the latest run."""
    try:
        run = runs.find_run(root)
    except InputError:
        return None
    path = root / state.DIRECTORY / "plan.json"
    with suppress(FileNotFoundError):
        planned, data = path.stat().st_mtime, path.read_bytes()
        if planned > run.journal.stat().st_mtime and sha256(data).hexdigest() != peek(run.journal).plan_digest:
            return None
    return run


def _graph(root: Path, plan: Plan) -> Graph | None:
    """The tree's references, where it has files of the plan at all: a plan may come from elsewhere."""
    try:
        graph = pipeline.graph_of(root, plan)
    except AutonomyError:
        return None
    planned = {path for leaf in plan.leaves for path in leaf.files}
    return graph if planned.intersection(graph.paths) else None
