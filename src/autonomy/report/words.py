"""What a person should know at once: how it went, why, what holds up the others, would more workers help. Pure."""

from collections.abc import Iterator

from autonomy.escape import terminal
from autonomy.model import Plan, Status, SubplanId
from autonomy.report.story import BAD, Curve, RunStory, Sentence, Story, Tone
from autonomy.report.timeline import dependants
from autonomy.simulate import WORTH, Point

CAUSES = 3


def sentences_of(story: Story) -> list[Sentence]:
    """In the order in which they matter."""
    slugs = {leaf.id: leaf.slug for leaf in story.leaves}
    if story.run is None:
        return [_cut(story.plan), *_holding(story), *_workers(story), _start(story)]
    return [
        _ended(story.run),
        *_why(story.run, slugs),
        *_next(story.run),
        *_blocked(story, story.run, slugs),
        *_workers(story),
    ]


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _cut(plan: Plan) -> Sentence:
    found = plan.metrics
    text = f"{count(int(found['files']), 'file')} are cut into {count(len(plan.leaves), 'subplan')}"
    if found.get("edges") and len(plan.leaves) > 1:
        text += (
            f"; {found['edge_cut']:.0%} of the references between files cross from one to another"
            f" (cut by directories: {found['edge_cut_directory']:.0%})"
        )
    return Sentence(text + ".", Tone.GOOD)


def _holding(story: Story) -> Iterator[Sentence]:
    """Which leaf the most others wait for."""
    leaf = max(story.leaves, key=lambda each: story.held[each.id])
    if held := story.held[leaf.id]:
        text = (
            f"{leaf.slug} holds up the most: {count(held, 'other subplan')} {_wait(held)} for it, directly or in turn."
        )
        yield Sentence(text, Tone.WARN, leaf.id)
    else:
        yield Sentence("No subplan waits for another.", Tone.GOOD)


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


def _start(story: Story) -> Sentence:
    return Sentence(
        "To run a command for each subplan:", Tone.PLAIN, None, f"autonomy run -j {story.curve.now} -- CMD {{files}}"
    )


def _ended(run: RunStory) -> Sentence:
    total = len(run.ends) - len([end for end in run.ends.values() if not end.asked])
    done, failed = len(run.of(Status.SUCCEEDED)), len(run.failed)
    after = f"{duration(run.seconds)}, at most {run.peak_parallel} at once"
    if run.stop_reason is None:
        flying = len(run.of(Status.RUNNING))
        how = f"{flying} running now" if run.going else "then the run was killed"
        tone = Tone.BAD if failed else Tone.PLAIN if run.going else Tone.WARN
        return Sentence(f"{done:,} of {count(total, 'subplan')} succeeded, {failed:,} failed, {how}; {after}.", tone)
    if failed:
        skipped = len([leaf for leaf in run.of(Status.SKIPPED) if run.ends[leaf].asked])
        rest = f", {skipped:,} that {_wait(skipped)} for them did not run" if skipped else ""
        if left := total - done - failed - skipped:
            rest += f", {left:,} did not end: {run.stop_reason}"
        return Sentence(
            f"{failed:,} of {count(total, 'subplan')} failed and {done:,} succeeded{rest}; {after}.", Tone.BAD
        )
    if done < total:
        left = total - done
        return Sentence(
            f"{done:,} of {count(total, 'subplan')} succeeded; {left:,} did not run: {run.stop_reason}.", Tone.WARN
        )
    return Sentence(f"All {count(total, 'subplan')} succeeded, in {after}.", Tone.GOOD)


def _why(run: RunStory, slugs: dict[SubplanId, str]) -> Iterator[Sentence]:
    """The causes that are open, the largest ones named."""
    found = [cause for cause in run.causes if cause.open]
    for cause in found[:CAUSES]:
        first, rest = cause.leaves[0], len(cause.leaves) - 1
        who = slugs[first] + (f" and {count(rest, 'other')}" if rest else "")
        yield Sentence(f"{who} failed: {terminal(cause.title)}", Tone.BAD, first)
    if len(found) > CAUSES:
        more = len(found) - CAUSES
        yield Sentence(f"There {'is' if more == 1 else 'are'} {count(more, 'further cause')}: see Failures.", Tone.BAD)


def _next(run: RunStory) -> Iterator[Sentence]:
    if run.going:
        return
    if run.failed:
        yield Sentence(
            "When the cause is mended, run what failed again:", Tone.PLAIN, None, f"autonomy resume {run.id} --failed"
        )
    elif any(run.of(status) for status in (Status.CANCELLED, Status.QUEUED, Status.RUNNING)):
        yield Sentence("Go on with what is left:", Tone.PLAIN, None, f"autonomy resume {run.id}")
    elif any(end.changed for end in run.ends.values()) and run.isolation != "none":
        yield Sentence("Bring the changes onto a branch:", Tone.PLAIN, None, f"autonomy merge {run.id}")


def _blocked(story: Story, run: RunStory, slugs: dict[SubplanId, str]) -> Iterator[Sentence]:
    """The failed or running leaf that others wait for; where none is, what the run took longest for."""
    waiting = {
        leaf for leaf, end in run.ends.items() if end.status in (Status.SKIPPED, Status.QUEUED, Status.CANCELLED)
    }
    held = _held_by(
        story.plan, waiting, {leaf for leaf, end in run.ends.items() if end.status in (*BAD, Status.RUNNING)}
    )
    if held:
        leaf, number = held
        yield Sentence(
            f"{slugs[leaf]} holds up the most: {count(number, 'subplan')} {_wait(number)} for it, directly or in turn.",
            Tone.WARN, leaf,
        )  # fmt: skip
        return
    spans = {leaf: _span(run, leaf) for leaf in run.chain}
    if spans and run.seconds > 0:
        leaf = max(spans, key=lambda each: spans[each])
        text = f"{slugs[leaf]} held up the end most: {duration(spans[leaf])} on the critical path"
        if len(run.chain) > 1:
            text += f", a chain of {count(len(run.chain), 'subplan')}"
        yield Sentence(text + ".", Tone.PLAIN, leaf)


def _held_by(plan: Plan, waiting: set[SubplanId], holders: set[SubplanId]) -> tuple[SubplanId, int] | None:
    """Of `holders` the one for which most of `waiting` wait, the first in plan order where several do."""
    mask = sum(1 << place for place, leaf in enumerate(plan.leaves) if leaf.id in waiting)
    held = [
        ((bits & mask).bit_count(), -place, leaf.id)
        for place, (leaf, bits) in enumerate(zip(plan.leaves, dependants(plan), strict=True))
        if leaf.id in holders
    ]
    number, _, leaf_id = max(held, default=(0, 0, SubplanId("")))
    return (leaf_id, number) if number else None


def _span(run: RunStory, leaf: SubplanId) -> float:
    own = run.tries_of(leaf)
    return max(each.end for each in own) - min(each.start for each in own) if own else 0.0


def _workers(story: Story) -> Iterator[Sentence]:
    """Whether more workers would help, by the simulation."""
    if len(story.leaves) > 1:
        yield workers_sentence(story.curve)


def workers_sentence(curve: Curve) -> Sentence:
    now = _at(curve, curve.now)
    best = _at(curve, curve.best)
    if curve.best > curve.now and now.makespan > best.makespan * (1 + WORTH):
        gain = 1 - best.makespan / now.makespan
        return Sentence(
            f"More workers would help: {curve.best} would shorten the run by {gain:.0%}; beyond that little is gained"
            f" (now {curve.now}, {now.speedup:.1f} times as fast as one).",
            Tone.WARN,
        )
    fewer = f"; {curve.best} would do nearly as well" if curve.best < curve.now else ""
    return Sentence(
        f"More workers would not help: {count(curve.now, 'worker')} {'is' if curve.now == 1 else 'are'}"
        f" {now.speedup:.1f} times as fast as one{fewer}.",
        Tone.PLAIN,
    )


def _at(curve: Curve, workers: int) -> Point:
    """More workers than the curve goes are as good as its end."""
    return next((point for point in curve.points if point.workers >= workers), curve.points[-1])
