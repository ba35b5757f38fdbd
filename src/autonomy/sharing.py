"""The file in which a plan's shares travel beside it: machines that balance by recorded durations must agree."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autonomy import planfile, state
from autonomy.errors import UsageError
from autonomy.journal.fold import Run
from autonomy.model import Plan, SubplanId
from autonomy.planfile import Id
from autonomy.shards import MOST, Share, shards
from autonomy.simulate import token_costs


class ShardsDocument(BaseModel):
    """`plan.shards.json`: the leaves of each share of one plan."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    schema_: Annotated[Literal["autonomy.shards/v1"], Field(alias="schema")] = "autonomy.shards/v1"
    plan_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    shards: Annotated[list[list[Id]], Field(min_length=1, max_length=MOST)]


def beside(plan_file: Path) -> Path:
    """Where the shares of a plan file are."""
    return plan_file.with_suffix(".shards.json")


def digest(plan: Plan) -> str:
    return sha256(planfile.dumps(plan).encode("utf-8", "surrogateescape")).hexdigest()


def write(plan_file: Path, plan: Plan, shares: list[list[SubplanId]]) -> None:
    document = ShardsDocument(plan_digest=digest(plan), shards=[list(map(str, group)) for group in shares])
    state.write(beside(plan_file), document.model_dump_json(by_alias=True) + "\n")


def leaves_of(share: Share, plan: Plan, plan_file: Path) -> list[SubplanId]:
    """The leaves of a share: as the file beside the plan has it, if it is of this plan; else balanced by tokens.

    Raises:
        UsageError: the file is damaged, or cuts this plan into another number of shares.
    """
    path = beside(plan_file)
    if path.is_file():
        try:
            document = ShardsDocument.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise UsageError(f"{path}: {error.errors()[0]['msg']}; plan again with --shards {share.of}") from None
        if document.plan_digest == digest(plan):
            if len(document.shards) != share.of:
                raise UsageError(f"--shard {share}: {path} has {len(document.shards)} shards of this plan")
            return [SubplanId(leaf) for leaf in document.shards[share.number - 1]]
    return shards(plan, share.of, token_costs(plan))[share.number - 1]


def durations(run: Run) -> dict[SubplanId, float]:
    """How long each leaf of a run was worked on, all its attempts together, in seconds."""
    return {
        leaf: sum(each.ended.seconds for each in state.attempts if each.ended) for leaf, state in run.leaves.items()
    }
