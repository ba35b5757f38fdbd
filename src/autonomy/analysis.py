"""The built-in work of a leaf: a brief that lets an engineer or an agent start there at once."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from autonomy.atlas import Atlas
from autonomy.errors import AutonomyError
from autonomy.escape import code, prose
from autonomy.graph import language_of
from autonomy.model import Outline, Subplan, SubplanId
from autonomy.naming import counted
from autonomy.protocols import Language, Parsing

Read = Callable[[str], bytes]
"""A path of the snapshot -> the first `HEAD` bytes of its content.

Raises:
    AutonomyError: the file is gone, or can't be read.
"""

HEAD = 1 << 14
"""So much of a file is outlined: what comes later is generated more often than it is read."""
PREFACE = 1 << 11
"""And so much for what the file says of itself."""
MAX_FILES = 200
MAX_DEFINITIONS = 120
MAX_PER_FILE = 12
MAX_NEIGHBOURS = 24
MAX_NAMES = 4
HOT = 8
_TEST = re.compile(
    r"(^|/)(tests?|specs?|__tests__|testing)/|(^|/)(test_|spec_)|[_.-](test|tests|spec)\.\w+$|Tests?\.\w+$"
)
_README = re.compile(r"^readme(\.(md|rst|txt|adoc))?$", re.IGNORECASE)


def brief(leaf: Subplan, atlas: Atlas, table: Mapping[str, Language], read: Read, around: str = "") -> str:
    """The leaf as Markdown. `table` is `graph.language_table`; files that can't be read are said to be so.

    `around` is the section on what the leaf sees outside.
    """
    files = [atlas.rows[path] for path in leaf.files]
    ranked = sorted(files, key=lambda file: (-len(atlas.users.get(file, ())), file))
    outlines, problems = _outlines(ranked, atlas, table, read)
    sections = [
        _head(leaf, files, atlas),
        _about(files, outlines, atlas, read),
        _files(files, outlines, atlas),
        _definitions(ranked, outlines, atlas),
        _neighbours("Uses, from other leaves", files, atlas, lambda file: atlas.graph.references[file]),
        _neighbours("Used by other leaves", files, atlas, lambda file: atlas.users.get(file, ()), outward=False),
        _externals(files, atlas),
        _tests(files, atlas),
        _hot_spots(files, atlas),
        _problems(files, problems, atlas),
        around,
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _outlines(
    ranked: Sequence[int], atlas: Atlas, table: Mapping[str, Language], read: Read
) -> tuple[Mapping[int, Outline], Mapping[int, str]]:
    """Outlines of the files that can be read, and why others can't, or do not parse.

    Once enough definitions are found for the brief, the rest of the files is read for what it says of itself.
    """
    paths = atlas.graph.paths
    spoken = {file: language for file in ranked if (language := language_of(paths[file], table))}
    # Asking whether an object has a protocol's methods takes as long as reading a file does.
    languages = {language.name: language for language in spoken.values()}
    parsers = {name: language for name, language in languages.items() if isinstance(language, Parsing)}
    heads: dict[int, bytes] = {}
    problems: dict[int, str] = {}
    for file in sorted(spoken):  # by path: a directory is opened once
        try:
            heads[file] = read(paths[file])
        except AutonomyError as error:
            problems[file] = str(error)
            continue
        parser = parsers.get(spoken[file].name)
        if parser and len(heads[file]) >= atlas.graph.snapshot.sizes[file]:
            problems[file] = parser.problem(paths[file], heads[file])
    outlines: dict[int, Outline] = {}
    left = MAX_DEFINITIONS
    for file in ranked:
        if file in heads:
            outlines[file] = spoken[file].outline(paths[file], heads[file] if left > 0 else heads[file][:PREFACE])
            left -= min(MAX_PER_FILE, len(outlines[file].definitions)) if left > 0 else 0
    return outlines, problems


def _head(leaf: Subplan, files: Sequence[int], atlas: Atlas) -> str:
    snapshot = atlas.graph.snapshot
    languages = Counter(snapshot.languages[file] for file in files if snapshot.languages[file])
    spoken = ", ".join(f"{name} {count}" for name, count in sorted(languages.items(), key=lambda kv: (-kv[1], kv[0])))
    lines = sum(snapshot.lines[file] for file in files)
    rows = [
        f"# {leaf.slug}",
        f"Subplan `{leaf.id}`: {len(files):,} files, {lines:,} lines, about {leaf.tokens:,} tokens (estimate).",
    ]
    if spoken:
        rows.append(f"Languages: {spoken}.")
    rows.append(f"Waits for: {_leaf_names(atlas.plan.waits_for.get(leaf.id, ()), atlas)}.")
    rows.append(f"Needed by: {_leaf_names(atlas.needed_by.get(leaf.id, ()), atlas)}.")
    return "\n\n".join(rows[:2]) + "\n\n" + "\n".join(f"- {row}" for row in rows[2:])


def _leaf_names(ids: Sequence[SubplanId], atlas: Atlas) -> str:
    if not ids:
        return "nothing"
    named = ", ".join(f"{atlas.slugs[each]} (`{each}`)" for each in ids[:MAX_NEIGHBOURS])
    return named + (f" and {len(ids) - MAX_NEIGHBOURS} more" if len(ids) > MAX_NEIGHBOURS else "")


def _about(files: Sequence[int], outlines: Mapping[int, Outline], atlas: Atlas, read: Read) -> str:
    """From the READMEs in the leaf, else the nearest one above it, and from the documentation of its main files."""
    paths = atlas.graph.paths
    said: list[str] = []
    for file in _readmes(files, atlas)[:3]:
        try:
            text = first_paragraph(read(paths[file]).decode("utf-8", "replace"))
        except AutonomyError:
            continue
        if text:
            said.append(f"{prose(text)} ({code(paths[file])})")
    users = {file: len(atlas.users.get(file, ())) for file in files}
    documented = [file for file in files if outlines.get(file, Outline()).doc]
    entrances = sorted(documented, key=lambda file: (not _is_entrance(paths[file]), -users[file], paths[file]))
    said += [f"{prose(outlines[file].doc)} ({code(paths[file])})" for file in entrances[:5]]
    return "## What it is\n\n" + "\n".join(f"- {line}" for line in said) if said else ""


def _is_entrance(path: str) -> bool:
    """Whether a file speaks for its directory."""
    stem = path.rpartition("/")[2].partition(".")[0].lower()
    return stem in {"__init__", "index", "mod", "lib", "main", "__main__", "package-info", "doc", "package"}


def _readmes(files: Sequence[int], atlas: Atlas) -> list[int]:
    """READMEs of the leaf; where it has none, the nearest one above what its first file lies in."""
    paths = atlas.graph.paths
    own = [file for file in files if _README.match(paths[file].rpartition("/")[2])]
    if own or not files:
        return sorted(own, key=lambda file: (paths[file].count("/"), paths[file]))
    directory = paths[files[0]].rpartition("/")[0]
    while True:
        prefix = f"{directory}/" if directory else ""
        for name in ("README.md", "README.rst", "README.txt", "README"):
            if prefix + name in atlas.rows:
                return [atlas.rows[prefix + name]]
        if not directory:
            return []
        directory = directory.rpartition("/")[0]


def first_paragraph(text: str) -> str:
    """The first lines of a README that are prose, neither heading, badge nor directive; at most 400 signs."""
    paragraph: list[str] = []
    for line in text[:20_000].splitlines():
        stripped = line.strip()
        words = re.sub(r"!?\[([^\]]{0,200})\]\([^)]{0,400}\)|<[^>]{0,400}>|[`*_|]", r"\1", stripped).strip()
        markup = stripped.startswith(("#", "..", "[![", "<!--", "---", "===", "***", ":", "```", "|", "!"))
        if paragraph and (not stripped or markup):
            break
        if not markup and (paragraph or (len(words) > 30 and words.count(" ") > 3)):
            paragraph.append(words)
    return " ".join(paragraph)[:400]


def _files(files: Sequence[int], outlines: Mapping[int, Outline], atlas: Atlas) -> str:
    snapshot = atlas.graph.snapshot
    rows = ["| file | language | lines | tokens | what it says of itself |", "|---|---|---:|---:|---|"]
    for file in files[:MAX_FILES]:
        doc = prose(outlines.get(file, Outline()).doc[:120])
        name, language = code(snapshot.paths[file]), snapshot.languages[file]
        rows.append(f"| {name} | {language} | {snapshot.lines[file]:,} | {snapshot.tokens[file]:,} | {doc} |")
    if len(files) > MAX_FILES:
        rows.append(f"| and {len(files) - MAX_FILES:,} more | | | | |")
    return "## Files\n\n" + "\n".join(rows)


def _definitions(ranked: Sequence[int], outlines: Mapping[int, Outline], atlas: Atlas) -> str:
    """Public definitions of the files that others lean on most, first."""
    rows: list[str] = []
    left = MAX_DEFINITIONS
    for file in ranked:
        if left <= 0:
            break
        definitions = outlines.get(file, Outline()).definitions
        if not definitions:
            continue
        rows.append(f"\n{code(atlas.graph.paths[file])}\n")
        shown = definitions[: min(MAX_PER_FILE, left)]
        for each in shown:
            doc = f": {prose(each.doc[:120])}" if each.doc else ""
            rows.append(f"- {each.line}: {code((each.signature or f'{each.kind} {each.name}')[:200])}{doc}")
        if len(definitions) > len(shown):
            rows.append(f"- and at least {len(definitions) - len(shown)} more")
        left -= len(shown)
    return "## Public definitions\n" + "\n".join(rows) if rows else ""


def _neighbours(
    title: str,
    files: Sequence[int],
    atlas: Atlas,
    others: Callable[[int], Iterable[int]],
    outward: bool = True,
) -> str:
    """Leaves at the other end of references, the most tied first, with the files that make the tie."""
    inside = frozenset(files)
    ties: dict[SubplanId, Counter[int]] = {}
    leaves: dict[SubplanId, Subplan] = {}
    for file in files:
        for other in others(file):
            if other not in inside:
                leaf = atlas.leaf_of[other]
                leaves[leaf.id] = leaf
                # What matters is the file that is referred to: theirs going out, ours coming in.
                ties.setdefault(leaf.id, Counter())[other if outward else file] += 1
    ranked = sorted(ties, key=lambda each: (-ties[each].total(), leaves[each].slug))
    rows = []
    for each in ranked[:MAX_NEIGHBOURS]:
        count = ties[each].total()
        names = sorted(ties[each], key=lambda file: (-ties[each][file], file))
        shown = ", ".join(code(atlas.graph.paths[file]) for file in names[:MAX_NAMES])
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        rows.append(f"- {leaves[each].slug} (`{each}`), {counted(count, 'reference')}: {shown}{more}")
    if len(ranked) > MAX_NEIGHBOURS:
        rows.append(f"- and {len(ranked) - MAX_NEIGHBOURS} more leaves")
    return f"## {title}\n\n" + "\n".join(rows) if rows else ""


def _externals(files: Sequence[int], atlas: Atlas) -> str:
    packages = Counter(name for file in files for name in atlas.graph.externals.get(file, ()))
    ranked = sorted(packages.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{code(name)} ({count})" for name, count in ranked[:40])
    more = f" and {len(ranked) - 40} more" if len(ranked) > 40 else ""
    return f"## External dependencies\n\n{named}{more}" if named else ""


@lru_cache(1 << 17)
def is_test(path: str) -> bool:
    """Whether a path looks like a test, by the names that test runners look for."""
    return bool(_TEST.search(path))


def _tests(files: Sequence[int], atlas: Atlas) -> str:
    """Tests that reach the leaf: those inside it, and those elsewhere that refer to its files."""
    paths = atlas.graph.paths
    reach: Counter[int] = Counter(file for file in files if is_test(paths[file]))
    for file in files:
        if not is_test(paths[file]):
            reach.update(user for user in atlas.users.get(file, ()) if is_test(paths[user]))
    ranked = sorted(reach, key=lambda file: (-reach[file], file))
    rows = [f"- {code(paths[file])}" for file in ranked[:MAX_NEIGHBOURS]]
    if len(ranked) > MAX_NEIGHBOURS:
        rows.append(f"- and {len(ranked) - MAX_NEIGHBOURS} more")
    return "## Tests that reach it\n\n" + "\n".join(rows) if rows else ""


def _hot_spots(files: Sequence[int], atlas: Atlas) -> str:
    hot = sorted((file for file in files if atlas.changes.get(file)), key=lambda file: (-atlas.changes[file], file))
    rows = [f"- {code(atlas.graph.paths[file])}: {atlas.changes[file]} changes" for file in hot[:HOT]]
    scope = f"Of the {len(atlas.graph.commits):,} commits that were read:\n\n"
    return "## Hot spots of the history\n\n" + scope + "\n".join(rows) if rows else ""


def _problems(files: Sequence[int], problems: Mapping[int, str], atlas: Atlas) -> str:
    """What the scan has found, or the outlines of this leaf."""
    unparsed, paths = atlas.graph.snapshot.unparsed, atlas.graph.paths
    reasons = {file: unparsed.get(paths[file]) or problems.get(file, "") for file in files}
    rows = [f"- {code(paths[file])}: {prose(reason)}" for file, reason in reasons.items() if reason]
    return "## What did not parse\n\n" + "\n".join(rows) if rows else ""
