"""Reach plug-ins by their entry points, the built-in ones too; each is imported only when it is asked for."""

import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any

from autonomy.errors import EnvironmentFault, UsageError

_SINGULAR = {"strategies": "strategy"}


def known(kind: str) -> dict[str, EntryPoint]:
    """The plug-ins of a kind (`languages`, `splitters`, ...), by name, in the order of their names."""
    found = {point.name: point for point in _installed(kind, tuple(sys.path))}
    if not found and kind != "languages":
        raise EnvironmentFault(f"no {kind} are installed; install the distribution, e.g. `pip install autonomy-plan`")
    return dict(sorted(found.items()))


@cache
def _installed(kind: str, path: tuple[str, ...]) -> EntryPoints:
    """Those on `path`. To find them reads all distributions, which takes longer than most plug-ins take to load."""
    del path
    return entry_points(group=f"autonomy.{kind}")


def load(kind: str, name: str) -> Any:
    """The plug-in `name` of a kind.

    Raises:
        UsageError: there is none of that name; the message lists those that there are.
        EnvironmentFault: it can't be imported.
    """
    points = known(kind)
    if name not in points:
        raise UsageError(f"no {_SINGULAR.get(kind, kind.removesuffix('s'))} named {name!r}; known: {', '.join(points)}")
    try:
        return points[name].load()
    except (ImportError, AttributeError) as error:
        raise EnvironmentFault(f"{kind.removesuffix('s')} {name!r} can't be loaded: {error}") from None


def load_object(place: str) -> Any:
    """What `package.module:name` is.

    Raises:
        UsageError: there is no such thing.
    """
    module, _, name = place.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"{place}: {error}") from None


def load_all(kind: str) -> Sequence[Any]:
    """Every plug-in of a kind, by name."""
    return [load(kind, name) for name in known(kind)]
