"""What travels between a client and its workers: a line of checked JSON, then bytes. No objects, no code."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from autonomy.candidates import Verdict
from autonomy.cluster.handshake import Unfit
from autonomy.errors import EnvironmentFault
from autonomy.journal.events import Leaf, Name, Ordinal, Seconds
from autonomy.leafrunner import Measurement, Orders, Scope, Tried, as_json
from autonomy.model import Change, Patch, Status
from autonomy.process import Exit
from autonomy.searching.gate import Tests

MAX_HEADER = 64 << 20
_CLOSED = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
RunId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Plain = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+~-]{1,128}$")]
"""A name that is a single part of a path, and harmless there."""


class BaseNote(BaseModel):
    """The tree that leaves start from: a worker that has none under this `key` must be sent one."""

    model_config = _CLOSED

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
    commit: Commit
    prefix: Name
    """Where the plan's root lies in it; empty for its top."""
    settings: dict[str, str]
    """What its repository says of line endings, modes and names."""
    excluded: str
    """The repository's own `info/exclude`."""
    isolation: Literal["auto", "overlay", "worktree"]
    url: str = ""
    """Where to fetch it; empty: it is sent."""


class OrdersNote(BaseModel):
    """`leafrunner.Orders`."""

    model_config = _CLOSED

    command: tuple[Name, ...]
    shell: bool
    timeout: Seconds | None
    grace: Seconds
    passed: tuple[Name, ...]
    scope: Scope
    allow: tuple[Name, ...]
    validators: tuple[Name, ...]

    def orders(self) -> Orders:
        return Orders(**{name: getattr(self, name) for name in OrdersNote.model_fields})

    @classmethod
    def of(cls, orders: Orders) -> "OrdersNote":
        return cls(**{name: getattr(orders, name) for name in cls.model_fields})


class Errand(BaseModel):
    """One thing to do for one lease. Its blob is the patch to start from."""

    model_config = _CLOSED

    kind: Literal["attempt", "judge", "measure", "profile"]
    engine: dict[str, str]
    """`handshake.ours` of the client: not every worker can be asked before."""
    run_id: RunId
    plan_digest: str
    leaf: Leaf
    slug: Plain
    files: tuple[Name, ...]
    attempt: Ordinal
    candidate: Ordinal
    lease: Ordinal
    base: BaseNote
    orders: OrdersNote
    words: tuple[Name, ...] = ()
    """In place of the command: a dearer one, or the benchmark."""
    log: Plain
    feedback: str | None = None
    appendix: str = ""
    brief: str = ""
    spill: int = 0
    """An answer of more bytes is kept by the worker and fetched in pieces; 0: never."""


class ExitNote(BaseModel):
    """`process.Exit`."""

    model_config = _CLOSED

    code: int | None
    signal: int | None
    timed_out: bool
    cancelled: bool
    seconds: Seconds
    output_bytes: int
    truncated: bool


class Answer(BaseModel):
    """What became of an errand. Its blobs are the patch, then the files in the order of `files`."""

    model_config = _CLOSED

    kind: Literal["done", "no_base", "refused", "unfit", "spilled"]
    error: str = ""
    """Of `refused` and `unfit`: why nothing was done."""
    took: Seconds = 0.0
    """How long the worker was at it."""
    size: int = 0
    """Of `spilled`: how many bytes wait under the lease's number."""
    status: Status = Status.ERROR
    told: str = ""
    class_: str = ""
    violations: tuple[Name, ...] = ()
    verdicts: tuple[JsonValue, ...] = ()
    exit: ExitNote | None = None
    tests: tuple[dict[str, int], dict[str, int]] = ({}, {})
    code: int | None = None
    seconds: float = 0.0
    output: str = ""
    files: tuple[Name, ...] = ()
    """Logs and what the command left in AUTONOMY_OUT, relative to the run's directory."""

    def tried(self, patch: Patch) -> Tried:
        end = Exit(**self.exit.model_dump()) if self.exit else None
        seen, passed = self.tests
        return Tried(
            self.status, self.told, self.class_, patch, self.violations, tuple(map(_verdict, self.verdicts)), end,
            Tests(_counter(seen), _counter(passed)),
        )  # fmt: skip

    def measurement(self) -> Measurement:
        return Measurement(self.status, self.told, self.code, self.seconds, self.output)


def _counter(counts: Mapping[str, int]) -> "Counter[str]":
    return Counter(dict(counts))


def answer_of(tried: Tried, files: Sequence[str]) -> Answer:
    end = tried.exit
    note = ExitNote(**{name: getattr(end, name) for name in ExitNote.model_fields}) if end else None
    return Answer(
        kind="done", status=tried.status, told=_plain(tried.error), class_=tried.kind, violations=tried.violations,
        verdicts=tuple(_plain_json(as_json(each)) for each in tried.verdicts), exit=note,
        tests=(dict(tried.tests.seen), dict(tried.tests.passed)), files=tuple(files),
    )  # fmt: skip


def answer_to_bench(found: Measurement, files: Sequence[str]) -> Answer:
    return Answer(
        kind="done", status=found.status, told=_plain(found.told), code=found.code, seconds=found.seconds,
        output=found.output, files=tuple(files),
    )  # fmt: skip


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _plain_json(value: JsonValue) -> JsonValue:
    found: JsonValue = json.loads(_plain(json.dumps(value, ensure_ascii=False)))
    return found


def _verdict(value: JsonValue) -> Verdict:
    if not isinstance(value, dict):
        raise EnvironmentFault("a worker answered with a verdict that is none")
    evidence = {name: each for name, each in value.items() if name not in ("passed", "reason", "message")}
    return Verdict(value.get("passed") is True, str(value.get("reason", "")), str(value.get("message", "")), evidence)


@cache
def _errands() -> TypeAdapter[Errand]:
    return TypeAdapter(Errand)


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def seal(note: Errand | Answer, *blobs: bytes) -> bytes:
    """A message: the lengths of its parts, the note as JSON, the blobs."""
    body = note.model_dump_json().encode()
    lengths = json.dumps([len(body), *map(len, blobs)]).encode()
    return b"".join((lengths, b"\n", body, *blobs))


def open_errand(message: bytes) -> tuple[Errand, list[bytes]]:
    """Raises:
    EnvironmentFault: it is no errand; Unfit: it is one of another version.
    """
    body, blobs = _parts(message)
    try:
        return _errands().validate_json(body), blobs
    except ValidationError as error:
        raise _foreign("an errand", error) from None


def open_answer(message: bytes) -> tuple[Answer, list[bytes]]:
    """Raises:
    EnvironmentFault: it is no answer; Unfit: it is one of another version.
    """
    body, blobs = _parts(message)
    try:
        return _answers().validate_json(body), blobs
    except ValidationError as error:
        raise _foreign("an answer", error) from None


def _foreign(what: str, error: ValidationError) -> Unfit:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return Unfit(f"not {what} of this version: {where}: {first['msg']}")


def _parts(message: bytes) -> tuple[bytes, list[bytes]]:
    line, _, rest = message.partition(b"\n")
    try:
        lengths = [int(length) for length in json.loads(line[:1000])]
    except (ValueError, TypeError):
        raise EnvironmentFault("a message that is none of ours") from None
    if sum(lengths) != len(rest) or min(lengths, default=-1) < 0 or lengths[0] > MAX_HEADER:
        raise EnvironmentFault("a message of ours that was cut")
    ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
    parts = [rest[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    return parts[0], parts[1:]


def pack(patch: Patch) -> bytes:
    """A patch as bytes; `unpack` gives it back."""
    rows = [
        [os.fsencode(each.path).hex(), each.mode, -1 if each.content is None else len(each.content)] for each in patch
    ]
    return b"".join((json.dumps(rows).encode(), b"\n", *(each.content or b"" for each in patch)))


def unpack(data: bytes) -> Patch:
    """Raises:
    EnvironmentFault: these are no bytes of `pack`.
    """
    line, _, rest = data.partition(b"\n")
    changes, at = [], 0
    try:
        for path, mode, size in json.loads(line or b"[]"):
            content = None if size < 0 else rest[at : at + size]
            at += max(0, size)
            changes.append(Change(os.fsdecode(bytes.fromhex(path)), int(mode), content))
    except (ValueError, TypeError):
        raise EnvironmentFault("a patch that is none of ours") from None
    if at != len(rest):
        raise EnvironmentFault("a patch of ours that was cut")
    return tuple(changes)
