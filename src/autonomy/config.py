"""Every knob, its bounds and where its value came from: flag > environment > repository > user > default."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticKnownError

from autonomy.errors import UsageError
from autonomy.model import Limits, Order

_MULTIPLES = {"k": 1_000, "m": 1_000_000}
_SHARED_TABLE = "tool.autonomy"
MAX_CONFIG_BYTES = 1 << 20


MOST = 2**53
"""The greatest whole number that every reader of JSON keeps."""


def _is_odd(value: object) -> bool:
    """`true` and `1_0`, which pydantic would take for 1 and 10."""
    return isinstance(value, bool) or (isinstance(value, str) and "_" in value)


def _count(value: object) -> object:
    """`120k` and `1.5M` as whole numbers; anything else is left to the validator."""
    if _is_odd(value):
        raise PydanticKnownError("int_type")
    if isinstance(value, str) and value.strip()[-1:].lower() in _MULTIPLES:
        text = value.strip()
        try:
            return int(float(text[:-1]) * _MULTIPLES[text[-1].lower()])
        except (ValueError, OverflowError):
            return value
    return value


def _percent(value: object) -> object:
    """`10%` as 10."""
    if _is_odd(value):
        raise PydanticKnownError("float_type")
    return value.strip().removesuffix("%") if isinstance(value, str) else value


def _lines(value: object) -> object:
    """One glob per line, as environment variables carry them; a single string is one glob."""
    if isinstance(value, str):
        return tuple(line for line in value.splitlines() if line)
    return tuple(value) if isinstance(value, list) else value


Whole = Annotated[int, BeforeValidator(_count)]
Globs = Annotated[tuple[str, ...], BeforeValidator(_lines)]


class Weights(BaseModel):
    """How much each signal counts in the cut; 0 leaves it out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    references: float = Field(1.0, ge=0, le=100)
    history: float = Field(1.0, ge=0, le=100)
    stem: float = Field(1.0, ge=0, le=100)
    directory: float = Field(1.0, ge=0, le=100)
    paths: float = Field(1.0, ge=0, le=100, description="how much it counts that a leaf is told in few paths")


class Pins(BaseModel):
    """What people decide: groups of globs that stay in one leaf, that never share one, that are a leaf of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    together: tuple[Globs, ...] = ()
    apart: tuple[Globs, ...] = ()
    alone: tuple[Globs, ...] = ()


class Config(BaseModel):
    """What shapes a plan. Closed: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    max_parallel: Whole = Field(10, ge=1, le=256, description="leaves in flight at most; the excess queues")
    max_files: Whole = Field(64, ge=1, le=MOST, description="a leaf over this is split")
    max_tokens: Whole = Field(100_000, ge=1, le=MOST, description="a leaf over this is split")
    min_files: Whole = Field(5, ge=1, description="a workset of this many files or fewer is never split")
    max_depth: Whole = Field(12, ge=0, le=64, description="the deepest level of the tree (the root is 0)")
    strategy: str = Field("auto", description="auto, directory, cluster, chunk, or any splitter that is installed")
    include: Globs = Field((), description="only these files (gitignore syntax)")
    exclude: Globs = Field((), description="not these files (gitignore syntax)")
    order: Order = Field(Order.SOFT, description="how far references decide what waits for what")
    halo: Annotated[float, BeforeValidator(_percent)] = Field(
        0, ge=0, le=90, description="percent of a leaf's tokens for read-only skeletons of what it needs outside"
    )
    seed: Whole = Field(0, ge=0, le=2**32 - 1, description="every choice that is not forced")
    effort: Literal["fast", "normal"] = Field("normal", description="how long the cut is refined")
    history: Whole = Field(2000, ge=0, le=100_000, description="commits to read; 0 leaves the history out")
    max_file_bytes: Whole = Field(
        4_000_000, ge=1, le=MOST, description="a larger file is planned by its size and not read"
    )
    by: Literal["", "owners"] = Field("", description="owners: files of one CODEOWNERS entry lean together")
    weights: Weights = Weights()
    pins: Pins = Pins()

    @model_validator(mode="after")
    def _bounds_agree(self) -> "Config":
        if self.min_files > self.max_files:
            raise ValueError(f"min_files ({self.min_files}) is greater than max_files ({self.max_files})")
        return self

    def limits(self) -> Limits:
        return Limits(
            max_files=self.max_files,
            # What the halo may take is not the leaf's own.
            max_tokens=max(1, int(self.max_tokens * (100 - self.halo) / 100)),
            min_files=self.min_files,
            max_depth=self.max_depth,
            max_parallel=self.max_parallel,
            seed=self.seed,
            effort=self.effort,
            weights=self.weights.model_dump(),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """A validated configuration and, for each key, the layer that set it."""

    config: Config
    origins: Mapping[str, str]


def settle(layers: Sequence[tuple[str, Mapping[str, object]]]) -> Settings:
    """Merge layers, the weakest first, and validate the result.

    Raises:
        UsageError: an unknown key, a value out of bounds, or bounds that contradict each other.
    """
    values: dict[str, object] = {}
    origins = dict.fromkeys(Config.model_fields, "default")
    for origin, layer in layers:
        for key, value in layer.items():
            if key not in Config.model_fields:
                known = ", ".join(sorted(Config.model_fields))
                raise UsageError(f"{origin}: unknown key {key!r}; known: {known}")
            values[key] = value
            origins[key] = origin
    try:
        return Settings(Config.model_validate(values), origins)
    except ValidationError as error:
        raise UsageError(_one_line(error, origins)) from None


def _one_line(error: ValidationError, origins: Mapping[str, str]) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if not key:
        return message
    return f"{key} = {first['input']!r} ({origins.get(key.split('.')[0], 'default')}): {message}"


def environment_layer(environ: Mapping[str, str]) -> Mapping[str, object]:
    """`AUTONOMY_MAX_FILES=32` sets `max_files`; variables that name no key are not ours to judge."""
    named = {f"AUTONOMY_{key.upper()}": key for key in Config.model_fields if key not in {"weights", "pins"}}
    return {key: environ[name] for name, key in sorted(named.items()) if environ.get(name)}


def file_layer(path: Path) -> Mapping[str, object]:
    """The keys of `autonomy.toml`, or of `[tool.autonomy]` in a `pyproject.toml`; empty where there is no such file.

    Raises:
        UsageError: the file is not TOML, too large, or not readable.
    """
    try:
        if not path.is_file() or path.is_symlink():
            return {}
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise UsageError(f"{path}: larger than {MAX_CONFIG_BYTES} bytes; this is no configuration")
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        if path.name == "pyproject.toml":
            return {}
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if path.name != "pyproject.toml":
        return document
    tool = document.get("tool")
    table = tool.get("autonomy", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [{_SHARED_TABLE}] is not a table")
    return table


def layers_of(
    root: Path, environ: Mapping[str, str], user: Path, flags: Mapping[str, object]
) -> list[tuple[str, Mapping[str, object]]]:
    """The four layers above the defaults, the weakest first, each with the name of its origin."""
    shared = root / "autonomy.toml"
    shared = shared if shared.is_file() else root / "pyproject.toml"
    return [
        (str(user), file_layer(user)),
        (shared.name, file_layer(shared)),
        ("environment", environment_layer(environ)),
        ("flag", {key: value for key, value in flags.items() if value not in (None, ())}),
    ]
