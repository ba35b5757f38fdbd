"""The run report, version 1: what the journal says of a run, also of one that is still going on."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from autonomy.journal.events import Ended, Header, Name
from autonomy.journal.fold import Attempt, LeafState, Run
from autonomy.model import Plan, Status, Subplan, SubplanId

_CLOSED = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class AttemptDocument(BaseModel):
    model_config = _CLOSED

    attempt: int
    candidate: int
    status: Status
    exit_code: int | None = None
    signal: int | None = None
    seconds: float
    started: float
    """Seconds since the start of the run."""
    log: Name | None = None
    verdicts: list[JsonValue] = []
    bench: JsonValue = None


class SubplanDocument(BaseModel):
    model_config = _CLOSED

    id: str
    slug: str
    status: Status
    attempts: list[AttemptDocument]
    accepted: int | None
    error: str
    changed_files: list[Name]
    scope_violations: list[Name]
    reused_from: str | None = None


# Made of what is checked already. With sets of their own, of the names of their fields, 10,000 take 14 MB more.
_ATTEMPT_FIELDS, _SUBPLAN_FIELDS = set(AttemptDocument.model_fields), set(SubplanDocument.model_fields)


class FailureDocument(BaseModel):
    model_config = _CLOSED

    id: str
    attempt: int
    candidate: int
    class_: Annotated[str, Field(alias="class")]
    message: str


class RunDocument(BaseModel):
    """What `autonomy schema run` publishes."""

    model_config = _CLOSED

    schema_: Annotated[Literal["autonomy.run/v1"], Field(alias="schema")] = "autonomy.run/v1"
    run_id: str
    plan_digest: str
    base: str | None
    isolation: str
    command: list[Name]
    max_parallel: int
    peak_parallel: int
    started: str
    seconds: float
    subplans: list[SubplanDocument]
    stop_reason: str | None
    """None while the run goes on, or where it was killed."""
    failures: list[FailureDocument]

    def dumps(self) -> str:
        """One JSON document with a final newline."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"

    @property
    def succeeded(self) -> bool:
        """Whether every leaf that was selected has succeeded."""
        return all(each.status is Status.SUCCEEDED or _not_selected(each) for each in self.subplans)


class StartedDocument(BaseModel):
    """An attempt is about to start; `running` counts it."""

    model_config = _CLOSED

    event: Literal["started"] = "started"
    at: float
    """Seconds since the epoch."""
    leaf: str
    attempt: int
    running: int


class SettledDocument(BaseModel):
    """An attempt has ended, or a leaf was skipped or cancelled; `running` no longer counts it."""

    model_config = _CLOSED

    event: Literal["settled"] = "settled"
    at: float
    leaf: str
    attempt: int
    running: int
    status: Status
    error: str


EventDocument = Annotated[StartedDocument | SettledDocument, Field(discriminator="event")]
"""What `autonomy schema event` publishes: a line of `--events FILE`."""

NOT_SELECTED = "not selected (--only)"


def _not_selected(subplan: SubplanDocument) -> bool:
    return subplan.status is Status.SKIPPED and subplan.error == NOT_SELECTED


def report(run: Run, plan: Plan) -> RunDocument:
    """Subplans in plan order; failures too, each attempt of each leaf, also of leaves that succeeded in the end."""
    header: Header = run.header
    subplans = [_subplan(leaf, run.leaves.get(leaf.id, LeafState())) for leaf in plan.leaves]
    failures = [failure for leaf in plan.leaves for failure in _failures(leaf, run.leaves.get(leaf.id, LeafState()))]
    return RunDocument(
        run_id=header.run_id, plan_digest=header.plan_digest, base=header.base, isolation=header.isolation,
        command=list(header.command), max_parallel=header.max_parallel, peak_parallel=run.peak_parallel,
        started=datetime.fromtimestamp(header.at, UTC).isoformat(timespec="seconds"),
        seconds=round(run.seconds, 3), subplans=subplans,
        stop_reason=run.finished.stop_reason if run.finished else run.interrupted.reason if run.interrupted else None,
        failures=failures,
    )  # fmt: skip


def _subplan(leaf: Subplan, state: LeafState) -> SubplanDocument:
    accepted, settled = state.accepted, state.settled
    ended = accepted.ended if accepted else _last_end(state)
    return SubplanDocument.model_construct(
        _SUBPLAN_FIELDS,
        id=leaf.id, slug=leaf.slug, status=_status(state), attempts=[_attempt(each) for each in state.made],
        accepted=accepted.started.candidate if accepted and _status(state) is Status.SUCCEEDED else None,
        error=settled.error if settled else "",
        changed_files=list(ended.changed_files if ended else settled.changed_files if settled else ()),
        scope_violations=list(ended.scope_violations if ended else ()),
        reused_from=settled.reused_from if settled else None,
    )  # fmt: skip


def _last_end(state: LeafState) -> Ended | None:
    return next((each.ended for each in reversed(state.attempts) if each.ended), None)


def _status(state: LeafState) -> Status:
    if state.settled:
        return state.settled.status
    return Status.RUNNING if state.running else Status.QUEUED


def _attempt(attempt: Attempt) -> AttemptDocument:
    started, ended = attempt.started, attempt.ended
    return AttemptDocument.model_construct(
        _ATTEMPT_FIELDS,
        attempt=started.attempt, candidate=started.candidate, status=attempt.status,
        exit_code=ended.exit_code if ended else None, signal=ended.signal if ended else None,
        seconds=round(ended.seconds, 4) if ended else 0.0, started=round(attempt.begun, 4),
        log=ended.log if ended else None, verdicts=list(ended.verdicts) if ended else [],
        bench=ended.bench if ended else None,
    )  # fmt: skip


def _failures(leaf: Subplan, state: LeafState) -> Iterable[FailureDocument]:
    """A candidate that was stopped because another one succeeded has not failed."""
    succeeded = state.settled is not None and state.settled.status is Status.SUCCEEDED
    for attempt in state.made:
        ended = attempt.ended
        if ended and ended.status is not Status.SUCCEEDED and not (succeeded and ended.status is Status.CANCELLED):
            yield FailureDocument(
                id=leaf.id, attempt=attempt.started.attempt, candidate=attempt.started.candidate,
                class_=ended.error_class or ended.status, message=ended.error,
            )  # fmt: skip
    settled = state.settled
    told = settled and not state.attempts and settled.status is not Status.SUCCEEDED
    if settled and told and settled.error != NOT_SELECTED:
        yield FailureDocument(id=leaf.id, attempt=0, candidate=0, class_=settled.status, message=settled.error)


def durations(found: RunDocument) -> dict[SubplanId, float]:
    """Seconds that the attempts at each leaf took together, for the leaves that were tried."""
    return {
        SubplanId(each.id): sum(attempt.seconds for attempt in each.attempts)
        for each in found.subplans
        if any(attempt.seconds for attempt in each.attempts)
    }


def tally(found: RunDocument) -> dict[Status, int]:
    """How many subplans there are of each status, in the order of the statuses."""
    counts = Counter(each.status for each in found.subplans)
    return {status: counts[status] for status in Status if counts[status]}


Paint = Callable[[Status, str], str]
"""(status, the text that says so, padded) -> the same to look at, maybe in colour."""


def table(found: RunDocument, most: int | None = None, paint: Paint = lambda _status, text: text) -> str:
    """A line per subplan, in plan order: status, attempts, seconds of the last one, changed files.

    Where that were more than `most` lines, those come that need a look the most, and a last line counts the rest.
    """
    shown, rest = found.subplans, found.subplans[:0]
    if most is not None and len(shown) >= most:
        ordered = sorted(shown, key=lambda each: _URGENCY.index(each.status))
        shown, rest = ordered[: most - 2], ordered[most - 2 :]
    rows = [("subplan", "status", "attempts", "seconds", "changed", "id")]
    for each in shown:
        seconds = f"{each.attempts[-1].seconds:.1f}" if each.attempts else "-"
        status = f"{each.status} (reused)" if each.reused_from else str(each.status)
        rows.append((each.slug, status, str(len(each.attempts)), seconds, str(len(each.changed_files)), each.id))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    for line, each in zip(lines[1:], shown, strict=True):
        line[1] = paint(each.status, line[1])
    text = "".join("  ".join(line).rstrip() + "\n" for line in lines)
    return text + (_counted(rest) if rest else "")


_URGENCY = (
    Status.FAILED, Status.TIMED_OUT, Status.ERROR, Status.RUNNING, Status.CANCELLED, Status.SKIPPED, Status.QUEUED,
    Status.SUCCEEDED,
)  # fmt: skip


def _counted(rest: Sequence[SubplanDocument]) -> str:
    counts = Counter(each.status for each in rest)
    told = ", ".join(f"{counts[status]:,} {status}" for status in _URGENCY if counts[status])
    return f"... {len(rest):,} more lines: {told} (autonomy status | cat)\n"
