"""A matrix for GitHub Actions: one job per leaf, or per balanced group of leaves where there are too many.

Source of the limits: a matrix has at most 256 jobs, a job output at most 1 MB.
"""

import heapq
import json
from collections.abc import Sequence

from autonomy.errors import UsageError
from autonomy.model import Plan, Subplan

MAX_JOBS = 256
MAX_BYTES = 1_000_000


class GithubMatrix:
    name = "github-matrix"

    def render(self, plan: Plan) -> str:
        """`{"include": [{"name", "only", "leaves", "tokens"}]}`; `only` is what `autonomy run --only` takes.

        Raises:
            UsageError: the matrix would be larger than GitHub takes.
        """
        jobs = [
            {
                "name": group[0].slug + (f" and {len(group) - 1} more" if len(group) > 1 else ""),
                "only": ",".join(leaf.id for leaf in group),
                "leaves": len(group),
                "tokens": sum(leaf.tokens for leaf in group),
            }
            for group in _balanced(plan.leaves, MAX_JOBS)
        ]
        text = json.dumps({"include": jobs}, sort_keys=True, separators=(",", ":")) + "\n"
        if len(text) > MAX_BYTES:
            raise UsageError(f"github-matrix: {len(text):,} bytes, GitHub takes {MAX_BYTES:,}; plan with larger leaves")
        return text


def _balanced(leaves: Sequence[Subplan], most: int) -> list[list[Subplan]]:
    """At most `most` groups of nearly equal tokens: the heaviest leaf first, each into the lightest group.

    Source: Graham's LPT rule, 1969: within 4/3 of the best possible maximum.
    """
    count = min(most, len(leaves))
    groups: list[list[Subplan]] = [[] for _ in range(count)]
    loads = [(0, place) for place in range(count)]
    for leaf in sorted(leaves, key=lambda each: (-each.tokens, each.id)):
        load, place = heapq.heappop(loads)
        groups[place].append(leaf)
        heapq.heappush(loads, (load + leaf.tokens, place))
    return groups


GITHUB_MATRIX = GithubMatrix()
