"""Group failures by their cause: the same words in message and log, whatever the paths, numbers and times. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from autonomy.model import SubplanId
from autonomy.report.story import BAD, Cause, LeafEnd, Try

MOST = 1500
"""Distinct failures that are compared with each other; more would take memory by the square. The rest stand alone."""
APART = 0.55
"""The cosine distance at which groups are no longer joined."""
LINES = 40
_TITLE = 160
_MARGIN = re.compile(r"^E {2,}")
"""What pytest puts before the lines that say what went wrong."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_SUFFIXES = "py|js|ts|tsx|jsx|java|kt|go|rs|c|h|cc|cpp|hpp|rb|php|cs|scala|txt|md|json|toml|yaml|yml"
_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.I), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?[.,\d]*(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"(?:[A-Za-z]:)?(?:\.{0,2}/)?(?:[\w.@+~-]+/)+[\w.@+~-]*"), "<path>"),
    (re.compile(rf"\b[\w-]+\.(?:{_SUFFIXES})\b"), "<path>"),
    (re.compile(r"\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b", re.I), "<hex>"),
    (re.compile(r"\d+(?:\.\d+)?"), "<n>"),
)  # fmt: skip
_WORD = r"[^\s,;:()\[\]{}'\"]+"
_TELLING = re.compile(
    r"error|exception|fail|fatal|fault|panic|denied|not found|no such|cannot|can't|unable|undefined|timed? ?out|killed"
    r"|refused|rate limit|too many|exceeded|quota|unauthori[sz]ed|forbidden|abort|out of memory",
    re.I,
)
_SUMMARY = re.compile(
    r"^(=+ |\d+ (failed|passed|errors?|skipped) |Found \d+ errors?|make(\[\d+\])?: \*\*\*|npm ERR! A complete log)",
    re.I,
)


def causes_of(
    tries: Iterable[Try], ends: Mapping[SubplanId, LeafEnd], held: Mapping[SubplanId, int], run: str
) -> list[Cause]:
    """Open ones first, then by how many leaves they stop, `held` ones included; each try is in one group."""
    failed = [each for each in tries if each.status in BAD]
    alike: dict[str, list[Try]] = {}
    for each in failed:
        alike.setdefault(signature(each), []).append(each)
    groups = _joined(list(alike.items()))
    total = sum(end.status in BAD for end in ends.values())
    found = [_cause(group, ends, run, total) for group in groups]
    return sorted(found, key=lambda cause: (not cause.open, -sum(1 + held[leaf] for leaf in cause.leaves), cause.title))


def signature(failed: Try) -> str:
    """What a failure says, with all that varies between its like taken out."""
    lines = [failed.kind, failed.error, *_said(failed.verdicts), *telling(failed.tail)]
    return "\n".join(normalised(line) for line in lines if line)


def normalised(line: str) -> str:
    line = _ESCAPES.sub("", line)
    for pattern, word in _VARYING:
        line = pattern.sub(word, line)
    return " ".join(line.split())[:500]


def telling(tail: str) -> list[str]:
    """The last lines of a log that speak of an error; where none does, its last lines."""
    lines = [line.strip() for line in _ESCAPES.sub("", tail).splitlines()[-LINES:] if line.strip()]
    return [line for line in lines if _TELLING.search(line) and not _SUMMARY.search(line)][-6:] or lines[-3:]


def _said(verdicts: Sequence[object]) -> list[str]:
    """The last telling line of each verdict that is no."""
    messages = [
        str(each.get("message") or each.get("reason"))
        for each in verdicts
        if isinstance(each, dict) and not each.get("passed")
    ]
    return [line for message in messages for line in telling(message)[-1:]]


def headline(failed: Try) -> str:
    """One line that says what went wrong, as the command or a validator said it."""
    judged, logged = _said(failed.verdicts), telling(failed.tail)[-1:]
    # What a validator said last is why; a log speaks of this and that.
    said = judged or [line for line in logged if _TELLING.search(line)]
    line = said[-1] if said else _ended(failed, logged)
    line = " ".join(_MARGIN.sub("", line).split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def _ended(failed: Try, logged: Sequence[str]) -> str:
    """An exit code alone says little: what came last before it is told, too."""
    if failed.kind == "exit" and logged:
        return f"{failed.error}: {logged[-1]}"
    return failed.error or (logged or [failed.kind])[-1]


def _joined(alike: Sequence[tuple[str, list[Try]]]) -> list[list[Try]]:
    """Groups of equal signatures, joined where their words are nearly the same."""
    labels = list(range(len(alike)))
    if len(alike) > 1:
        labels[:MOST] = _labels([text for text, _ in alike[:MOST]])
    groups: dict[int, list[Try]] = {}
    for label, (_, group) in zip(labels, alike, strict=True):
        groups.setdefault(label if label < len(alike) else -1, []).extend(group)
    return list(groups.values())


def _labels(texts: Sequence[str]) -> list[int]:
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 2), sublinear_tf=True)
    vectors = words.fit_transform(texts).toarray()
    model = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART)
    # A text without a word has no direction; it stays alone.
    empty = ~vectors.any(axis=1)
    vectors[empty, 0] = 1.0
    return [int(label) for label in model.fit_predict(vectors)]


def _cause(group: Sequence[Try], ends: Mapping[SubplanId, LeafEnd], run: str, failed: int) -> Cause:
    rank = {leaf: place for place, leaf in enumerate(ends)}
    tries = sorted(group, key=lambda each: (rank[each.leaf], each.attempt, each.candidate))
    every = list(dict.fromkeys(each.leaf for each in tries))
    bad = [leaf for leaf in every if ends[leaf].status in BAD]
    titles = [headline(each) for each in tries if each.leaf in bad] or [headline(each) for each in tries]
    title = max(titles, key=lambda each: (titles.count(each), -titles.index(each)))
    return Cause(title, tries, bad or every, bool(bad), _retry(run, bad, failed) if bad else "")


def _retry(run: str, leaves: Sequence[SubplanId], failed: int) -> str:
    only = "" if len(leaves) == failed else f" --only {','.join(leaves)}"
    return f"autonomy resume {run} --failed{only}"
