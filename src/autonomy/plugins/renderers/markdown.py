"""A story as Markdown: for a pull request, or `$GITHUB_STEP_SUMMARY`, which takes 1 MiB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autonomy.escape import code, prose, terminal
from autonomy.model import Status, Subplan

if TYPE_CHECKING:
    from autonomy.report.story import Cause, RunStory, Story

MOST_ROWS = 400
MOST_LINES = 30
MOST_BYTES = 1_000_000
SIGNS = {"good": "✅", "bad": "❌", "warn": "⚠️", "plain": "•"}


class Markdown:
    name = "markdown"

    def tell(self, story: "Story") -> str:
        """In short, the failures by cause, and a row per subplan; what is left out is counted."""
        return "\n".join(_lines(story)) + "\n"


def _lines(story: "Story") -> Iterator[str]:
    title = f"Run {story.run.id}" if story.run else "Plan"
    yield f"## {title} of {prose(story.title)}"
    yield ""
    for each in story.sentences:
        yield f"{SIGNS[each.tone]} {prose(each.text)}" + (f"  {code(each.command)}" if each.command else "") + "<br>"
    if story.run:
        yield from _failures(story.run, {leaf.id: leaf for leaf in story.leaves})
    yield ""
    yield f"<details><summary>All {len(story.leaves):,} subplans</summary>"
    yield ""
    yield from _table(story)
    yield ""
    yield "</details>"


def _failures(run: "RunStory", leaves: dict[str, Subplan]) -> Iterator[str]:
    found = [cause for cause in run.causes if cause.open]
    if found:
        yield ""
        yield "### Failures"
    room = MOST_BYTES // 2
    for number, cause in enumerate(found):
        lines = list(_cause(cause, leaves))
        room -= sum(map(len, lines))
        if room < 0:
            yield ""
            yield f"And {len(found) - number:,} more causes."
            return
        yield from lines


def _cause(cause: "Cause", leaves: dict[str, Subplan]) -> Iterator[str]:
    more = f" and {len(cause.leaves) - 10:,} more" if len(cause.leaves) > 10 else ""
    yield ""
    yield f"**{prose(cause.title)}** in {', '.join(code(leaves[leaf].slug) for leaf in cause.leaves[:10])}{more}"
    yield ""
    yield f"Retry: {code(cause.command)}"
    if tail := next((each.tail for each in cause.tries if each.tail), ""):
        # Indented, so that no line of a log can end the block.
        yield ""
        yield from (f"    {terminal(line)}" for line in tail.splitlines()[-MOST_LINES:])


def _table(story: "Story") -> Iterator[str]:
    ends = story.run.ends if story.run else {}
    head = ("subplan", *(("status", "attempts", "seconds", "changed") if story.run else ("waits for",)))
    yield f"| {' | '.join((*head, 'files', 'tokens', 'id'))} |"
    yield "|---" * (len(head) + 3) + "|"
    order = sorted(story.leaves, key=lambda leaf: ends[leaf.id].status is Status.SUCCEEDED) if ends else story.leaves
    for leaf in order[:MOST_ROWS]:
        row = (code(leaf.slug), *_own(leaf, story), f"{leaf.file_count:,}", f"{leaf.tokens:,}", code(leaf.id))
        yield f"| {' | '.join(row)} |"
    if len(order) > MOST_ROWS:
        yield ""
        yield f"And {len(order) - MOST_ROWS:,} more."


def _own(leaf: Subplan, story: "Story") -> tuple[str, ...]:
    if story.run is None:
        return (str(len(story.plan.waits_for.get(leaf.id, ()))),)
    end, tries = story.run.ends[leaf.id], story.run.tries_of(leaf.id)
    seconds = sum(each.seconds for each in tries)
    return (end.status.value.replace("_", " "), str(len(tries)), f"{seconds:.1f}", str(len(end.changed)))


MARKDOWN = Markdown()
