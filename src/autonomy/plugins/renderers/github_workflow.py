"""A workflow for GitHub Actions that runs a plan as shards: one job plans, N jobs run, one collects and pushes.

Source of the limits: a matrix has at most 256 jobs. What a person types into the form reaches the shell through the
environment only: `${{ }}` inside of a script would be run as part of it.
"""

from autonomy import __version__
from autonomy.model import Plan
from autonomy.shards import MOST

_WORKFLOW = """\
# Save as .github/workflows/autonomy.yml; start it from the Actions tab, or by `gh workflow run autonomy.yml`.
name: autonomy
on:
  workflow_dispatch:
    inputs:
      command:
        description: What to run for each subplan, as one line for sh; "$@" are its files
        required: true
permissions:
  contents: read
concurrency: autonomy-${{ github.ref }}
env:
  AUTONOMY: autonomy-plan==@VERSION@
jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0, persist-credentials: false}
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install "$AUTONOMY"
      - run: autonomy plan @OPTIONS@ --shards @SHARDS@
      - uses: actions/upload-artifact@v4
        with: {name: plan, path: .autonomy/plan*.json, include-hidden-files: true}
  shard:
    needs: plan
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        shard: [@NUMBERS@]
    steps:
      - uses: actions/checkout@v4
        with: {persist-credentials: false}
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install "$AUTONOMY"
      - uses: actions/download-artifact@v4
        with: {name: plan, path: .autonomy}
      - name: Run the shard
        env:
          COMMAND: ${{ inputs.command }}
          SHARD: ${{ matrix.shard }}/@SHARDS@
        run: autonomy run . --plan .autonomy/plan.json --shard "$SHARD" --shell -- "$COMMAND"
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: shard-${{ matrix.shard }}
          path: .autonomy/runs
          include-hidden-files: true
          if-no-files-found: ignore
  collect:
    needs: [plan, shard]
    if: always() && needs.plan.result == 'success'
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install "$AUTONOMY"
      - uses: actions/download-artifact@v4
        with: {pattern: shard-*, path: "${{ runner.temp }}/shards"}
      - name: Join the shards; what failed is red in its own job
        run: autonomy collect "$RUNNER_TEMP/shards" || test $? = 1
      - name: Merge and push
        run: |
          autonomy merge --into "autonomy/$GITHUB_RUN_ID"
          git push origin "autonomy/$GITHUB_RUN_ID"
"""


class GithubWorkflow:
    name = "github-workflow"

    def render(self, plan: Plan) -> str:
        """YAML; as many shards as the plan's `max_parallel`, and no more than it has leaves."""
        width = plan.config.get("max_parallel", 10)
        count = max(1, min(MOST, len(plan.leaves), width if isinstance(width, int) else 10))
        options = " ".join(f"--{name.replace('_', '-')} {plan.config[name]}" for name in _SHAPE if name in plan.config)
        told = {
            "@VERSION@": __version__,
            "@OPTIONS@": options,
            "@SHARDS@": str(count),
            "@NUMBERS@": ", ".join(map(str, range(1, count + 1))),
        }
        text = _WORKFLOW
        for mark, value in told.items():
            text = text.replace(mark, value)
        return text


_SHAPE = ("max_parallel", "max_files", "max_tokens", "min_files", "max_depth", "seed")
"""Numbers only: whatever else shapes a plan comes from the repository's own configuration."""

GITHUB_WORKFLOW = GithubWorkflow()
