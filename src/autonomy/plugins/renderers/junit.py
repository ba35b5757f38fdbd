"""A story as JUnit XML: a test case per subplan, in the dialect of Jenkins, GitLab and GitHub's test reporters."""

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from autonomy.model import Status, Subplan

if TYPE_CHECKING:
    from autonomy.report.story import RunStory, Story, Try

# What XML 1.0 has no way to write.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {Status.FAILED: "failure", Status.TIMED_OUT: "failure", Status.ERROR: "error"}


class Junit:
    name = "junit"

    def tell(self, story: "Story") -> str:
        """Attempts and the end of their logs are `system-out`; what did not run is `skipped`. A plan that did not run
        has skipped cases only.
        """
        suite = ET.Element("testsuite", _counts(story))
        for leaf in story.leaves:
            suite.append(_case(leaf, story))
        root = ET.Element("testsuites")
        root.append(suite)
        ET.indent(root)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(story: "Story") -> dict[str, str]:
    states = [story.run.ends[leaf.id].status for leaf in story.leaves] if story.run else []
    tags = [_TAGS.get(state) for state in states]
    done = states.count(Status.SUCCEEDED)
    counts = {"failures": tags.count("failure"), "errors": tags.count("error")}
    skipped = len(story.leaves) - done - sum(counts.values())
    found = {"name": f"autonomy {story.run.id if story.run else 'plan'}", "tests": str(len(story.leaves))}
    found |= {name: str(count) for name, count in counts.items()} | {"skipped": str(skipped)}
    if story.run:
        found |= {"time": f"{story.run.seconds:.3f}", "timestamp": story.run.started.partition("+")[0]}
    return found


def _case(leaf: Subplan, story: "Story") -> ET.Element:
    run = story.run
    tries = run.tries_of(leaf.id) if run else []
    seconds = sum(each.seconds for each in tries)
    case = ET.Element("testcase", {"name": leaf.slug, "classname": _safe(story.title), "time": f"{seconds:.3f}"})
    if run is None:
        ET.SubElement(case, "skipped", {"message": "planned, not run"})
        return case
    _add_end(case, leaf, run)
    if tries:
        ET.SubElement(case, "system-out").text = _safe("\n".join(_told(each) for each in tries))
    return case


def _add_end(case: ET.Element, leaf: Subplan, run: "RunStory") -> None:
    end = run.ends[leaf.id]
    if tag := _TAGS.get(end.status):
        cause = next((each.title for each in run.causes if leaf.id in each.leaves), end.error)
        told = ET.SubElement(case, tag, {"message": _safe(cause), "type": end.status})
        told.text = _safe(end.error)
    elif end.status is not Status.SUCCEEDED:
        ET.SubElement(case, "skipped", {"message": _safe(end.error or end.status)})


def _told(each: "Try") -> str:
    line = (
        f"attempt {each.attempt}, candidate {each.candidate}: {each.status}, {each.seconds:.1f} s {each.error}".rstrip()
    )
    return f"{line}\n{each.tail}".rstrip()


def _safe(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


JUNIT = Junit()
