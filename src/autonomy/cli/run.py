"""`autonomy run`: the plan, with a command as each leaf's work."""

import os
from typing import Any

import click

from autonomy.cli.options import FORMATS, elsewhere, flags_of, here, planning, quiet, user_config, verbose
from autonomy.errors import UsageError


class Seconds(click.ParamType[float]):
    """A duration: plain seconds, or with a unit: 30s, 5m, 2h."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        text = str(value).strip()
        unit = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(text[-1:], 0.0)
        try:
            seconds = float(text[:-1]) * unit if unit else float(text)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < 1e9:
            self.fail(f"{value!r} is no duration; write 90, 90s, 5m or 2h", param, ctx)
        return seconds


class Percent(click.ParamType[float]):
    """A share: 5, 5% and 0.5% are percent."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            share = float(str(value).strip().removesuffix("%")) / 100
        except ValueError:
            share = -1.0
        if not 0 <= share < 1:
            self.fail(f"{value!r} is no share; write 5 or 5%, below 100", param, ctx)
        return share


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("words", nargs=-1, metavar="[PATH] -- CMD...", type=click.UNPROCESSED)
@planning
@click.option("--plan", "plan_file", metavar="FILE", help="Run this plan instead of making one.")
@click.option("--isolation", default="auto", metavar="KIND", help="auto, overlay, worktree or none.  [auto]")
@click.option("--base", metavar="REF", help="Start from this commit, not from the tree as it stands.")
@click.option("--timeout", type=Seconds(), metavar="S", help="End an attempt after this long (30s, 5m, 2h).")
@click.option("--grace", type=Seconds(), default=2.0, metavar="S", help="Between TERM and KILL.  [2]")
@click.option("--retries", type=click.IntRange(0, 1000), default=0, metavar="R", help="R + 1 attempts.  [0]")
@click.option("--keep-going", is_flag=True, help="Run a leaf although one that it waits for has failed.")
@click.option("--fail-fast", is_flag=True, help="Start nothing new after the first failure.")
@click.option("--halt", metavar="fail=N|N%", help="Start nothing new after so many failures.")
@click.option(
    "--scope",
    type=click.Choice(["enforce", "warn", "off"]),
    default="enforce",
    help="What happens to a leaf that changes files which are not its own.  [enforce]",
)
@click.option("--allow", multiple=True, metavar="GLOB", help="Any leaf may change these files too (repeatable).")
@click.option("--env", "passed", multiple=True, metavar="NAME", help="Let the command see this variable (repeatable).")
@click.option("--shell", is_flag=True, help='CMD is one word for /bin/sh; "$@" are the files.')
@click.option("--affected", metavar="REF", help="Only subplans that changed since REF, and those that wait for them.")
@click.option("--since", metavar="PLAN", help="A file stays in its leaf of PLAN (or plan.lock) unless it must move.")
@click.option("--only", multiple=True, metavar="ID|GLOB", help="Only these subplans (repeatable, or by commas).")
@click.option("--shard", metavar="k/N", help="Only the k-th of N equal shares; `autonomy collect` joins their runs.")
@click.option("--validate", multiple=True, metavar="CMD", help="Must succeed in the slot afterwards (repeatable).")
@click.option("--prove-gate", is_flag=True, help="First show that the validators pass the base and fail a broken one.")
@click.option("--loop-budget", type=int, default=1, metavar="N", help="Attempts that build on each other.  [1]")
@click.option("--concurrency-budget", type=int, default=1, metavar="N", help="Independent candidates at once.  [1]")
@click.option(
    "--repair", default="repair", metavar="NAME", help="How attempts build on each other: reject, restart, ..."
)
@click.option("--escalate", default="", metavar="CMD", help="A dearer command for when the same failures repeat.")
@click.option("--bench", default="", metavar="CMD", help="Measures the candidates that pass, in processor time.")
@click.option("--select", type=click.Choice(["first", "best"]), default="first", help="Which one to keep.  [first]")
@click.option("--threshold", type=Percent(), default=0.05, metavar="PCT", help="The least gain of the best.  [5%]")
@click.option("--same-output", is_flag=True, help="The benchmark must print what it prints on the base.")
@click.option("--profile", type=click.Choice(["winner"]), help="Profile its benchmark: logs/SLUG.profile.log.")
@click.option(
    "--deterministic", is_flag=True, help="Keep the lowest attempt and candidate that passes, not the fastest."
)
@click.option(
    "--on-error", type=click.Choice(["raise", "collect"]), default="raise", help="What an error ends.  [raise]"
)
@elsewhere
@click.option("--no-cache", is_flag=True, help="Run also what an earlier run has done with the same command.")
@click.option("--dry-run", is_flag=True, help="Print each command and the worst case; run nothing.")
@click.option("--plan-only", is_flag=True, help="Decompose, schedule, show the plan; run nothing.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help="What stdout gets.  [table]")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json: the run report as one document.")
@click.option("-o", "output", metavar="FILE", help="Where the plan goes.  [.autonomy/plan.json]")
@click.option("--events", metavar="FILE", help="Write an event per line to FILE as they come.")
@verbose
@quiet
@here
@click.pass_context
def command(context: click.Context, /, words: tuple[str, ...], **values: Any) -> int:  # fmt: skip
    """Run CMD for each subplan, in its own copy of the tree, in dependency order, at most --max-parallel at once.

    CMD is an argument list, never a string. Placeholders, each a whole argument: {files} {files_from} {id} {slug}
    {brief} {attempt} {candidate} {feedback} {out}.

    \b
    autonomy run ./repo -j 10 -- ruff check --fix {files}
    autonomy run --timeout 10m --retries 1 --validate 'pytest -q' -- agent --prompt-file {brief}
    """
    from autonomy import pipeline
    from autonomy.cli.campaign import Campaign
    from autonomy.config import layers_of, settle

    path, argv = split_words(words, context)
    root = pipeline.root_of(path)
    config = settle(layers_of(root, os.environ, user_config(), flags_of(values))).config
    if values["output"] == "-" and not values["plan_only"]:
        raise UsageError("-o -: stdout carries the run; with --plan-only it carries the plan")
    values["as_json"] = values["as_json"] or values["form"] == "json"
    return Campaign(root, config, values).run(argv)


def split_words(words: tuple[str, ...], context: click.Context) -> tuple[str, tuple[str, ...]]:
    """PATH and CMD: what stood before `--` and after it."""
    raw: tuple[str, ...] = context.obj
    if "--" not in raw:
        raise UsageError("no command; write it after `--`: autonomy run [PATH] -- CMD...")
    after = tuple(raw[raw.index("--") + 1 :])
    before = words[: len(words) - len(after)] if after else words
    if len(before) > 1:
        raise UsageError(f"one PATH at most before `--`, not {len(before)}: {' '.join(before)}")
    if not after:
        raise UsageError("no command after `--`")
    return (before[0] if before else "."), after
