"""A matrix for GitHub Actions: one job per leaf, or per balanced group of leaves where there are too many.

Source of the limits: a matrix has at most 256 jobs, a job output at most 1 MB.
"""

import json

from autonomy.errors import UsageError
from autonomy.model import Plan
from autonomy.shards import MOST, balanced

MAX_BYTES = 1_000_000


class GithubMatrix:
    name = "github-matrix"

    def render(self, plan: Plan) -> str:
        """`{"include": [{"name", "only", "leaves", "tokens"}]}`; `only` is what `autonomy run --only` takes.

        Raises:
            UsageError: the matrix would be larger than GitHub takes.
        """
        cost = {leaf.id: float(leaf.tokens) for leaf in plan.leaves}
        jobs = [
            {
                "name": group[0].slug + (f" and {len(group) - 1} more" if len(group) > 1 else ""),
                "only": ",".join(leaf.id for leaf in group),
                "leaves": len(group),
                "tokens": sum(leaf.tokens for leaf in group),
            }
            for group in balanced(plan.leaves, min(MOST, len(plan.leaves)), cost)
        ]
        text = json.dumps({"include": jobs}, sort_keys=True, separators=(",", ":")) + "\n"
        if len(text) > MAX_BYTES:
            raise UsageError(f"github-matrix: {len(text):,} bytes, GitHub takes {MAX_BYTES:,}; plan with larger leaves")
        return text


GITHUB_MATRIX = GithubMatrix()
