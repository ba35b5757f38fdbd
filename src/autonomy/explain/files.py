"""Why a file is in its leaf: the splits, its ties there and elsewhere, what a move would cost, what would bring one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from autonomy.atlas import Atlas
from autonomy.escape import terminal
from autonomy.explain.steps import SHOWN, steps
from autonomy.model import Subplan, SubplanId
from autonomy.naming import counted

Weights = Mapping[str, Mapping[int, float]]
"""Signal -> other file -> how strongly it ties the file to that one, as the splitter weighed it."""

LEAVES = 5
"""Leaves across that are told."""
WORDS = {"stem": "like name", "directory": "near in the same directory"}


@dataclass(slots=True)
class Tie:
    """What ties the file to one other file."""

    other: int
    refers: bool = False
    referred: bool = False
    together: int = 0
    signals: dict[str, float] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        return sum(self.signals.values())

    @property
    def references(self) -> int:
        return self.refers + self.referred


@dataclass(frozen=True, slots=True)
class Pull:
    """The ties of the file into one leaf, the strongest first."""

    leaf: Subplan
    ties: Sequence[Tie]

    @property
    def weight(self) -> float:
        return sum(tie.weight for tie in self.ties)

    @property
    def references(self) -> int:
        return sum(tie.references for tie in self.ties)


def pulls_of(file: int, atlas: Atlas, weights: Weights) -> list[Pull]:
    """The leaves that the file is tied to, its own included, the strongest first."""
    ties: dict[int, Tie] = {}

    def tie(other: int) -> Tie:
        return ties.setdefault(other, Tie(other))

    for other in atlas.graph.references[file]:
        tie(other).refers = True
    for other in atlas.users.get(file, ()):
        tie(other).referred = True
    for commit in atlas.graph.commits:
        for other in commit if file in commit else ():
            if other != file:
                tie(other).together += 1
    for signal, row in weights.items():
        for other, weight in row.items():
            tie(other).signals[signal] = weight
    found: dict[SubplanId, list[Tie]] = {}
    for each in ties.values():
        found.setdefault(atlas.leaf_of[each.other].id, []).append(each)
    pulls = [Pull(atlas.leaf_of[group[0].other], sorted(group, key=_strength)) for group in found.values()]
    return sorted(pulls, key=lambda pull: (-pull.weight, -pull.references, pull.leaf.slug))


def _strength(tie: Tie) -> tuple[float, int, int, int]:
    return -tie.weight, -tie.references, -tie.together, tie.other


def explain_file(path: str, atlas: Atlas, weights: Weights | None = None, rules: Sequence[str] = ()) -> str:
    """The steps that led here, the ties that hold the file, those that were cut, what a move would cost or take.

    `weights` is absent where the splitter weighs nothing; `rules` are what people said of the file.
    """
    file = atlas.rows[path]
    home = atlas.leaf_of[file]
    snapshot = atlas.graph.snapshot
    language = snapshot.languages[file] or "no known language"
    lines = [
        f"{path}: {language}, {counted(snapshot.lines[file], 'line')}, about {snapshot.tokens[file]:,} tokens",
        "",
        f"is in {home.slug} ({home.id}), files: {home.file_count:,}, tokens: {home.tokens:,}",
        *steps(home, atlas),
        *(f"  by a rule of the configuration: {rule}" for rule in rules),
        "",
        *_held(file, home, atlas, weights or {}),
    ]
    return "\n".join(terminal(line) for line in lines) + "\n"


def _held(file: int, home: Subplan, atlas: Atlas, weights: Weights) -> Iterator[str]:
    pulls = pulls_of(file, atlas, weights)
    if not pulls:
        yield "no reference, shared commit, like name or neighbour ties it to any file: it fills a leaf that had room"
        return
    inside = next((pull for pull in pulls if pull.leaf.id == home.id), Pull(home, ()))
    across = [pull for pull in pulls if pull.leaf.id != home.id]
    yield f"held there by {_sum(inside, weights)}"
    yield from _named(inside, atlas, weights, "  ")
    total = Pull(home, [tie for pull in across for tie in pull.ties])
    yield f"cut: {_sum(total, weights)}, to {counted(len(across), 'other subplan')}"
    for pull in across[:LEAVES]:
        yield f"  {pull.leaf.slug} ({pull.leaf.id}): {_sum(pull, weights)}"
        yield from _named(pull, atlas, weights, "    ")
        yield f"    moving it there would {_cost(inside, pull, weights)}{_full(file, pull.leaf, atlas)}"
    if len(across) > LEAVES:
        yield f"  and {len(across) - LEAVES:,} more subplans"
    if across and weights:
        yield from _mover(file, inside, across[0], atlas)


def _sum(pull: Pull, weights: Weights) -> str:
    """`3 references, 12 shared changes, weight 14.1 (references 9.0, history 5.1)`."""
    changes = sum(tie.together for tie in pull.ties)
    said = counted(pull.references, "reference")
    if changes:
        said += f", {counted(changes, 'shared change')}"
    if not weights:
        return said
    by: Counter[str] = Counter()
    for tie in pull.ties:
        by.update(tie.signals)
    parts = ", ".join(f"{signal} {by[signal]:.1f}" for signal in weights if by[signal])
    return f"{said}, weight {pull.weight:.1f}" + (f" ({parts})" if parts else "")


def _named(pull: Pull, atlas: Atlas, weights: Weights, indent: str) -> Iterator[str]:
    for tie in pull.ties[:SHOWN]:
        number = f"{tie.weight:5.1f}  " if weights else ""
        yield f"{indent}{number}{atlas.graph.paths[tie.other]}: {', '.join(_signals(tie, weights))}"
    if len(pull.ties) > SHOWN:
        yield f"{indent}and {len(pull.ties) - SHOWN:,} more files"


def _signals(tie: Tie, weights: Weights) -> Iterator[str]:
    if tie.references:
        how = "it refers to that" if tie.refers else "that refers to it"
        how = "each refers to the other" if tie.references > 1 else how
        hub = " (a hub: not weighed)" if weights and "references" not in tie.signals else ""
        yield how + hub
    if tie.together:
        yield f"changed together {counted(tie.together, 'time')}"
    yield from (words for signal, words in WORDS.items() if signal in tie.signals)


def _cost(inside: Pull, there: Pull, weights: Weights) -> str:
    more = inside.references - there.references
    said = f"cut {abs(more):,} {'more' if more >= 0 else 'fewer'} references"
    if not weights:
        return said
    loss = inside.weight - there.weight
    return f"{said} and {'lose' if loss >= 0 else 'gain'} a weight of {abs(loss):.1f}"


def _full(file: int, leaf: Subplan, atlas: Atlas) -> str:
    """Why the other leaf can't take the file as it is, under the limits that the plan was made with; else nothing."""
    limits = atlas.plan.config
    files, tokens = limits.get("max_files"), limits.get("max_tokens")
    if isinstance(files, int) and leaf.file_count + 1 > files:
        return f", but that leaf would hold {leaf.file_count + 1:,} files (--max-files {files:,})"
    heavier = leaf.tokens + atlas.graph.tokens[file]
    if isinstance(tokens, int) and heavier > tokens:
        return f", but that leaf would hold {heavier:,} tokens (--max-tokens {tokens:,})"
    return ""


def _mover(file: int, inside: Pull, best: Pull, atlas: Atlas) -> Iterator[str]:
    """What would make it move to the leaf that draws it the most."""
    lack, name = inside.weight - best.weight, best.leaf.slug
    full = _full(file, best.leaf, atlas)
    if lack < 0:
        reason = full.removeprefix(", but ") or "whole directories in one leaf, or full leaves, counted for more"
        yield f"{name} draws it more than its own leaf does; it stays because {reason}"
        return
    strongest = max((tie.signals.get("references", 0.0) for pull in (inside, best) for tie in pull.ties), default=0.0)
    like = f", as {ceil(lack / strongest):,} more references like its strongest would be" if strongest else ""
    room = f"; and room: {full.removeprefix(', but ')}" if full else ""
    yield f"it would move to {name} if ties of a weight over {lack:.1f} to that leaf were added{like}{room}"
