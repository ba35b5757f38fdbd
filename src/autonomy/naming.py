"""Give every node a name that a person recognises: it comes from the paths that the node holds. Pure."""

from collections.abc import Iterable, Sequence

HOME = 0.6
"""A directory with this share of a node's tokens gives the node its name."""

MAX_SLUG = 64


def counted(number: int, noun: str) -> str:
    """`1 file`, `2,000 files`: for a person."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def slugs(worksets: Iterable[Sequence[int]], paths: Sequence[str], tokens: Sequence[int]) -> list[str]:
    """One slug per workset, the first of which is the root: unique, also where case is folded; ASCII and `._+~-`.

    The name is the deepest directory that holds most of the tokens, else the two heaviest directories joined
    by `+`. Where that is taken, the heaviest file in there says where, and last a number: `src.core.parser~2`.
    """
    taken: set[str] = set()
    return [
        _unique(_candidates(files, paths, tokens) if place else ["root"], taken) for place, files in enumerate(worksets)
    ]


def _candidates(files: Sequence[int], paths: Sequence[str], tokens: Sequence[int]) -> list[str]:
    places = homes(files, paths, tokens)
    base = "+".join(map(_clean, places)) or "root"  # which is taken
    inside = [file for file in files if paths[file].startswith(tuple(f"{place}/" for place in places))]
    directory, _, name = paths[max(inside or files, key=lambda file: (tokens[file], -file))].rpartition("/")
    stem = _clean(name.split(".")[0] or name)
    return [_short(base), _short(f"{_clean(directory)}.{stem}" if directory else stem)]


def homes(files: Sequence[int], paths: Sequence[str], tokens: Sequence[int]) -> list[str]:
    """The directory that most of the tokens lie in, or two that do together; empty for the root.

    Where one heavy file outweighs all directories, the files count as much as the tokens do.
    """
    whole = sum(tokens[file] for file in files)
    weighed = [tokens[file] + 1 for file in files]
    return _homes(files, paths, weighed) or _homes(files, paths, [len(files) * each + whole for each in weighed])


def _homes(files: Sequence[int], paths: Sequence[str], weight: Sequence[int]) -> list[str]:
    right_in: dict[str, int] = {}
    for file, each in zip(files, weight, strict=True):
        directory = paths[file].rpartition("/")[0]
        right_in[directory] = right_in.get(directory, 0) + each
    weights: dict[str, int] = {}
    for directory, held in right_in.items():
        above = directory
        while above:
            weights[above] = weights.get(above, 0) + held
            above = above.rpartition("/")[0]
    needed = HOME * sum(weight)
    most = [directory for directory, held in weights.items() if held >= needed]
    if most:
        return [max(most, key=lambda directory: (directory.count("/"), directory))]
    pair = _two(weights, needed)
    return pair if len(files) > 1 else []


def _two(weights: dict[str, int], needed: float) -> list[str]:
    """Two directories, none inside the other, that reach `needed` together: the deepest such pair."""
    heavy = sorted(weights, key=lambda directory: (-weights[directory], directory))[:12]
    pairs = [
        (left, right)
        for place, left in enumerate(heavy)
        for right in heavy[place + 1 :]
        if weights[left] + weights[right] >= needed and not _nested(left, right)
    ]
    if not pairs:
        return []
    left, right = max(pairs, key=lambda pair: (pair[0].count("/") + pair[1].count("/"), weights[pair[0]], pair))
    return sorted((left, right))


def _nested(left: str, right: str) -> bool:
    return left.startswith(f"{right}/") or right.startswith(f"{left}/")


def _clean(path: str) -> str:
    parts = (
        "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-") else "-" for sign in part)
        for part in path.split("/")
    )
    return ".".join(stripped for part in parts if (stripped := part.strip("-"))) or "x"


def _short(slug: str) -> str:
    """The last components of a slug that is too long: they say most."""
    while len(slug) > MAX_SLUG - 6 and "." in slug:
        slug = slug.partition(".")[2]
    return slug[: MAX_SLUG - 6].strip(".+") or "x"


def _unique(candidates: Sequence[str], taken: set[str]) -> str:
    number = 1
    for slug in candidates:
        if slug.casefold() not in taken:
            break
    else:
        slug = candidates[-1]
        while f"{slug}~{number}".casefold() in taken or number == 1:
            number += 1
        slug = f"{slug}~{number}"
    taken.add(slug.casefold())
    return slug
