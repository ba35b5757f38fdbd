"""What is left of a file without its bodies: documentation, signatures, types. Pure."""

import re
from collections.abc import Sequence

from autonomy.escape import code, prose, terminal
from autonomy.model import Outline

MAX_SIGNATURE = 240
MAX_DOC = 160
MAX_TARGETS = 24


def skeleton(path: str, outline: Outline, targets: Sequence[str]) -> str:
    """The file as Markdown; empty where nothing can be told. One without definitions tells what it refers to."""
    lines = [f"{terminal(each.signature or f'{each.kind} {each.name}')[:MAX_SIGNATURE]}{_said(each.doc)}"
             for each in outline.definitions]  # fmt: skip
    if not lines and not outline.doc and not targets:
        return ""
    head = f"### {code(path)}" + (f"\n\n{prose(outline.doc[:MAX_DOC])}" if outline.doc else "")
    if lines:
        return f"{head}\n\n{_fenced(lines)}"
    named = ", ".join(code(target) for target in targets[:MAX_TARGETS])
    more = f" and {len(targets) - MAX_TARGETS} more" if len(targets) > MAX_TARGETS else ""
    return f"{head}\n\nrefers to {named}{more}" if named else head


def _said(doc: str) -> str:
    return f"  — {terminal(' '.join(doc.split())[:MAX_DOC])}" if doc else ""


def _fenced(lines: Sequence[str]) -> str:
    """Verbatim, in a fence that nothing inside can close."""
    text = "\n".join(lines)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"
