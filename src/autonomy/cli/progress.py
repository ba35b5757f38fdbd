"""What a person sees on stderr while a plan is made: a line per stage, and one live line on a terminal."""

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomy import __version__
from autonomy.cli.options import is_terminal, live_console, say
from autonomy.cli.tables import folded
from autonomy.engine import Ran, Record, Settled, Started
from autonomy.escape import terminal
from autonomy.model import Plan, Status
from autonomy.naming import counted

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

LABEL = 11


class Progress:
    """Lines are plain text; `quiet` silences all of them. Seconds are wall time since the stage before."""

    def __init__(self, root: Path, *, quiet: bool) -> None:
        self._quiet = quiet
        self._last = time.monotonic()
        self._bar: Bar | None = None
        # Said with the first stage: what fails before it is one line, not two.
        self._head = f"autonomy {__version__}: {terminal(str(root))} (offline, nothing modified)"

    def stage(self, name: str, found: str) -> None:
        now = time.monotonic()
        if self._head:
            self._say(self._head)
            self._head = ""
        self._line(name, f"{found}  [{now - self._last:.1f} s]")
        self._last = now

    def cut(self, plan: Plan) -> None:
        found = plan.metrics
        if found["edges"]:
            self._line(
                "",
                f"cuts {found['edge_cut']:.1%} of the references between files"
                f" (by directories {found['edge_cut_directory']:.1%} in {found['leaves_directory']:,} leaves,"
                f" at random {found['edge_cut_random']:.1%})",
            )
        else:
            self._line("", "no references between files were found: cut by directories and names")
        if found["commits"]:
            self._line(
                "",
                f"a past commit touches {found['leaves_per_commit']:.2f} subplans"
                f" (by directories {found['leaves_per_commit_directory']:.2f})",
            )
        steps, workers = found["critical_path"], plan.config.get("max_parallel")
        self._line(
            "Schedule",
            f"longest chain {counted(int(steps), 'subplan')}, order honours {found['order_honoured']:.0%}"
            f" of the references, {workers} workers: {found['speedup']:.1f} times as fast as one",
        )
        self._last = time.monotonic()

    def in_a_line(self, plan: Plan) -> str:
        """What a plan comes to, for the next time that nothing has changed."""
        found = plan.metrics
        cut = f", cuts {found['edge_cut']:.1%} of {found['edges']:,} references" if found["edges"] else ""
        return f"{counted(int(found['files']), 'file')} in {counted(int(found['leaves']), 'subplan')}{cut}"

    def hubs(self, hubs: Sequence[tuple[str, int]]) -> None:
        """Name the files that very many subplans refer to."""
        for path, users in hubs[:3]:
            by = counted(users, "other subplan")
            self._line("Hub", f"{terminal(path)} is referred to by {by}  (autonomy explain it)")
        if len(hubs) > 3:
            self._line("", f"and {len(hubs) - 3:,} more")

    def leaf(self, total: int) -> Record:
        """What the engine reports to: one live line on a terminal, nothing elsewhere."""
        if self._quiet or not is_terminal(sys.stderr):
            return lambda _event: None
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        bar = self._bar = Bar(
            TextColumn("Analyse   "), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[running]} in flight"),
            console=live_console(), transient=True, refresh_per_second=8,
        )  # fmt: skip
        task = bar.add_task("", total=total, running=0)
        bar.start()

        def record(event: Started | Settled) -> None:
            bar.update(task, advance=isinstance(event, Settled), running=event.running)

        return record

    def analysed(self, ran: Ran, seconds: float) -> int:
        """Say how the leaves ended; the result is how many did not succeed."""
        if self._bar:
            self._bar.stop()
        statuses = Counter(outcome.status for outcome in ran.outcomes)
        done, total = statuses[Status.SUCCEEDED], len(ran.outcomes)
        said = f"{done:,} of {counted(total, 'subplan')}, at most {ran.peak_parallel} at once"
        self._line("Analyse", f"{said}  [{seconds:.1f} s]")
        for outcome in ran.outcomes:
            if outcome.status is not Status.SUCCEEDED:
                say(f"  {outcome.leaf} {outcome.status}: {terminal(outcome.error)}")
        return total - done

    def unparsed(self, unparsed: Mapping[str, str], verbose: bool) -> None:
        """Files that are in the plan although they did not parse."""
        if unparsed:
            said = f"{counted(len(unparsed), 'file')} planned though not parsed"
            self._line("Unparsed", said + ("" if verbose else "  (-v lists them)"))
        for path in sorted(unparsed) if verbose else ():
            self._say(f"  {terminal(path)}: {terminal(unparsed[path])}")

    def skipped(self, plan: Plan, verbose: bool) -> None:
        if not plan.skipped:
            return
        reasons = Counter(each.reason for each in plan.skipped)
        said = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items(), key=lambda kv: -kv[1])[:4])
        self._line("Left out", f"{said}" + ("" if verbose else "  (-v lists them)"))
        for each in plan.skipped if verbose else ():
            self._say(f"  {terminal(each.path)}: {each.reason}")

    def shared(self, count: int, unit: str, ratio: float, target: Path) -> None:
        """How well the shares of a plan are balanced."""
        self._line("Shards", f"{count} by {unit}, the heaviest {ratio:.3f} of the bound: {terminal(str(target))}")

    def wrote(self, plan: Path, briefs: Path | None, page: Path | None) -> None:
        self._say("")
        self._line(
            "Wrote", terminal(str(plan)) + (f" and a brief per subplan in {terminal(str(briefs))}/" if briefs else "")
        )
        if page:
            self._line("Look", f"{terminal(str(page))} (in a browser)")
        self._line(
            "Next", "autonomy show ID (a brief)   autonomy explain PATH (why there)   autonomy plan --format tree"
        )

    def _line(self, label: str, text: str) -> None:
        first, *more = folded(f"{label:<{LABEL}}{text}", LABEL)
        self._say((click.style(label, bold=True) if label else "") + first[len(label) :])
        for line in more:
            self._say(line)

    def _say(self, line: str) -> None:
        say(line, quiet=self._quiet)
