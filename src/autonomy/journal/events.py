"""What the journal holds, one event per record: plain values in memory, strictly checked JSON outside."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from os import fsdecode, fsencode
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, PlainSerializer, TypeAdapter, ValidationError
from pydantic import WithJsonSchema as Published

from autonomy.errors import JournalError
from autonomy.model import Status, SubplanId

SCHEMA = "autonomy.event/v1"
_CLOSED = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def _raw_name(name: str) -> str | dict[str, str]:
    """A name that is not UTF-8 travels as its bytes beside a lossy form."""
    data = fsencode(name)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"path": data.decode("utf-8", "replace"), "path_b64": b64encode(data).decode()}


def _name(value: object) -> object:
    match value:
        case {"path": str(), "path_b64": str(encoded), **rest} if not rest:
            return fsdecode(b64decode(encoded, validate=True))
    return value


def _speakable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


_RAW = {"type": "object", "properties": {"path": {"type": "string"}, "path_b64": {"type": "string"}}}
Name = Annotated[
    str,
    BeforeValidator(_name),
    PlainSerializer(_raw_name, return_type=object),
    Published({"anyOf": [{"type": "string"}, _RAW]}),
]
Text = Annotated[str, PlainSerializer(_speakable, return_type=str)]
Leaf = Annotated[SubplanId, Field(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]
Ordinal = Annotated[int, Field(ge=1, le=2**53)]
Seconds = Annotated[float, Field(ge=0, le=1e12)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first record of a journal: what is run, on what, how. Names of variables, never their values."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    run_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    version: str
    plan_digest: Digest
    base: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")] | None
    command: tuple[Name, ...]
    max_parallel: Ordinal
    at: Seconds
    """Seconds since the epoch; for people, never for order."""
    shell: bool = False
    isolation: str = "none"
    retries: Count = 0
    environment: tuple[Name, ...] = ()
    validators: tuple[Name, ...] = ()
    recipe: str = ""
    """Digest of all that the leaves' keys have in common."""
    keys: Mapping[Leaf, Digest] = field(default_factory=dict)
    options: Mapping[str, JsonValue] = field(default_factory=dict)
    seal: str = ""
    kind: Literal["header"] = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An attempt is about to start. `lease` is unique in the run: only its holder may end the attempt."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    leaf: Leaf
    attempt: Ordinal
    lease: Ordinal
    at: Seconds
    candidate: Ordinal = 1
    slot: Text | None = None
    kind: Literal["started"] = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an attempt ended. `result` is the content id of its patch, stored before this; None: it changed nothing."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    leaf: Leaf
    lease: Ordinal
    status: Status
    at: Seconds
    seconds: Seconds = 0.0
    exit_code: int | None = None
    signal: int | None = None
    log: Name | None = None
    result: Digest | None = None
    error: Text = ""
    error_class: Text = ""
    changed_files: tuple[Name, ...] = ()
    scope_violations: tuple[Name, ...] = ()
    verdicts: tuple[JsonValue, ...] = ()
    bench: JsonValue = None
    kind: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the selection among candidates adds to an attempt that has ended: a measurement, a further verdict."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    leaf: Leaf
    lease: Ordinal
    status: Status
    at: Seconds
    bench: JsonValue = None
    verdicts: tuple[JsonValue, ...] = ()
    error: Text = ""
    error_class: Text = ""
    kind: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a leaf settled, once. `lease` names the attempt that was accepted, or None.

    `reused_from` is the run whose result was taken over: then there is no attempt, and `result` and
    `changed_files` stand here.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    leaf: Leaf
    status: Status
    at: Seconds
    lease: Ordinal | None = None
    error: Text = ""
    reused_from: str | None = None
    result: Digest | None = None
    changed_files: tuple[Name, ...] = ()
    kind: Literal["settled"] = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The run was told to stop; what was in flight settles as cancelled, or not at all."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    at: Seconds
    reason: Text
    kind: Literal["interrupted"] = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The run goes on: attempts in flight are abandoned, `reopened` leaves may settle once more."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    at: Seconds
    reopened: tuple[Leaf, ...] = ()
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The engine's loop ended in order."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    at: Seconds
    stop_reason: Text
    peak_parallel: Count
    kind: Literal["finished"] = "finished"


Event = Header | Started | Ended | Measured | Settled | Interrupted | Resumed | Finished


@cache
def adapter() -> TypeAdapter[Event]:
    """Reads, writes and publishes the schema of any event."""
    return TypeAdapter(Annotated[Event, Field(discriminator="kind")])


_writers: dict[type[Event], Callable[[Event], bytes]] = {}
"""What writes one kind of event; half as dear as one that has to find out which kind it is."""


def encode(event: Event) -> bytes:
    """One line of JSON without the newline."""
    kind = type(event)
    write = _writers.get(kind) or _writers.setdefault(kind, TypeAdapter(kind).serializer.to_json)
    return write(event)


def decode(body: bytes, place: str = "event") -> Event:
    """Raises:
    JournalError: not an event of this schema.
    """
    try:
        return adapter().validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise JournalError(f"{place}: not an event of {SCHEMA}: {where}: {first['msg']}") from None
