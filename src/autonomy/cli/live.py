"""Follow a run that another process has under way: a calm picture on a terminal, plain lines elsewhere."""

import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from autonomy.cli.options import is_terminal, live_console, say
from autonomy.cli.watching import FEW, HEARTBEAT
from autonomy.escape import terminal
from autonomy.model import Status
from autonomy.report.story import BAD
from autonomy.report.words import duration
from autonomy.runreport import RunDocument, SubplanDocument

if TYPE_CHECKING:
    from rich.console import Group

POLL = 0.5
"""Seconds between two looks at the journal."""
ROWS = 8
"""Of each kind, however many leaves there are."""
_ENDED = frozenset(Status) - {Status.QUEUED, Status.RUNNING}

Look = Callable[[], tuple[RunDocument, bool]]
"""Where the run stands, and whether a process has it under way."""


def follow(look: Look) -> RunDocument:
    """Until the run has ended; the result is how."""
    show, wait = _picture(look) if is_terminal(sys.stderr) else _lines(look), threading.Event()
    found, going = next(show)
    while going:
        wait.wait(POLL)
        found, going = next(show)
    show.close()
    return found


def _lines(look: Look) -> Generator[tuple[RunDocument, bool], None, None]:
    """A line per leaf that did not succeed, the first few of them, and one now and then to say that it goes on."""
    told: set[str] = set()
    last = time.monotonic()
    while True:
        found, going = look()
        bad = [each for each in found.subplans if each.status in BAD and each.id not in told]
        for each in bad:
            told.add(each.id)
            if len(told) <= FEW:
                say(f"{each.slug} ({each.id}) {each.status}: {terminal(each.error)}")
        if bad or time.monotonic() - last > HEARTBEAT:
            last = time.monotonic()
            say(summary(found))
        yield found, going


def _picture(look: Look) -> Generator[tuple[RunDocument, bool], None, None]:
    from rich.live import Live

    with Live(console=live_console(), transient=True, refresh_per_second=4) as live:
        while True:
            found, going = look()
            live.update(picture(found, time.time()))
            yield found, going


def summary(found: RunDocument) -> str:
    """One line: how many there are of each status."""
    ended = sum(each.status in _ENDED for each in found.subplans)
    bad = sum(each.status in BAD for each in found.subplans)
    running = sum(each.status is Status.RUNNING for each in found.subplans)
    return f"{ended:,} of {len(found.subplans):,} subplans, {running:,} in flight, {bad:,} failed"


def picture(found: RunDocument, now: float) -> "Group":
    """What is in flight, the longest first, what failed last, and how far it is; never more than a few rows."""
    from datetime import datetime

    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    began = datetime.fromisoformat(found.started).timestamp()
    running = [each for each in found.subplans if each.status is Status.RUNNING]
    running.sort(key=_began)
    failed = [each for each in found.subplans if each.status in BAD]
    failed.sort(key=_began)
    ended = sum(each.status in _ENDED for each in found.subplans)
    rows = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for each in running[:ROWS]:
        rows.add_row(Text("running", "blue"), Text(terminal(each.slug)), duration(max(0.0, now - began - _began(each))))
    if len(running) > ROWS:
        rows.add_row("", Text(f"and {len(running) - ROWS:,} more", "dim"), "")
    for each in failed[-ROWS:]:
        why = Text(terminal(each.error), no_wrap=True, overflow="ellipsis")
        rows.add_row(Text(each.status.replace("_", " "), "red"), Text(terminal(each.slug)), why)
    if len(failed) > ROWS:
        rows.add_row("", Text(f"and {len(failed) - ROWS:,} before", "dim"), "")
    took = duration(max(0.0, now - began))
    head = Text.assemble((f"{summary(found)}, {took}", "bold"), f"  {found.run_id}", no_wrap=True, overflow="ellipsis")
    # A bar does not end its line.
    bar = Table.grid(expand=True)
    bar.add_row(ProgressBar(total=len(found.subplans), completed=ended))
    return Group(head, bar, rows)


def _began(subplan: SubplanDocument) -> float:
    """When its last attempt did, in seconds since the start of the run."""
    return subplan.attempts[-1].started if subplan.attempts else 0.0
