"""Which file a Ruby constant or a required path means. Pure.

A constant is looked up as Ruby does: in the innermost module of the file first, then outward. Of several files that
open a module, the one whose path spells it (Zeitwerk's convention) is meant; else all, if they are few.
"""

import re
from collections.abc import Iterator, Sequence

from autonomy.plugins.languages.nearness import joined, nearest, shared
from autonomy.protocols import Resolve, Territory

STDLIB = frozenset(
    """
    English abbrev base64 benchmark bigdecimal bundler bundler/inline cgi coverage csv date delegate digest drb erb
    etc expect fcntl fiber fiddle fileutils find forwardable getoptlong io irb ipaddr json logger matrix minitest
    monitor mutex_m net nkf objspace observer open-uri open3 openssl optparse ostruct pathname pp prettyprint prime
    pstore psych pty rbconfig rdoc readline resolv resolv-replace rexml rinda ripper rss securerandom set shell
    shellwords singleton socket stringio strscan syslog tempfile test thread thwait time timeout tmpdir tracer tsort
    un unicode_normalize uri weakref webrick win32ole yaml zlib
    """.split()
)
GEMS = {
    "ActionCable": "actioncable",
    "ActionController": "actionpack",
    "ActionDispatch": "actionpack",
    "ActionMailer": "actionmailer",
    "ActionView": "actionview",
    "ActiveJob": "activejob",
    "ActiveModel": "activemodel",
    "ActiveRecord": "activerecord",
    "ActiveStorage": "activestorage",
    "ActiveSupport": "activesupport",
    "Capybara": "capybara",
    "Devise": "devise",
    "Faraday": "faraday",
    "I18n": "i18n",
    "Minitest": "minitest",
    "Nokogiri": "nokogiri",
    "RSpec": "rspec",
    "Rack": "rack",
    "Rails": "rails",
    "Rake": "rake",
    "Sequel": "sequel",
    "Sidekiq": "sidekiq",
    "Sinatra": "sinatra",
}
"""Modules that applications reopen to patch them: a patch is not what the rest of the application refers to."""

_LOAD_PATHS = frozenset({"lib", "app", "test", "spec", "ext", "src", "tasks", "bin", "exe"})
_TESTS = frozenset({"test", "tests", "spec", "specs", "features", "dummy"})
_GEM = re.compile(r"[a-z][\w-]*")
_SUFFIXES = ("", ".rb", ".rake")


def resolver(territory: Territory) -> Resolve:
    return _Constants(territory).resolve


class _Constants:
    """Constants and required paths of one territory, remembered as they are asked for."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._places = [path.rpartition("/")[0] for path in territory.paths]
        self._spelled = [_spelled(path) for path in territory.paths]
        self._opening = _files_by_name(territory, self._spelled)
        own = {path.rpartition("/")[2] for path in self._spelled}
        self._foreign = {module for module in GEMS if module.lower() not in own}
        self._scopes: dict[int, tuple[str, ...]] = {}
        self._roots = sorted({root for path in territory.paths for root in _load_paths(path)})
        self._near: dict[str, Sequence[str]] = {}
        self._known: dict[tuple[str, object, str], tuple[int, ...] | str] = {}

    def resolve(self, file: int, reference: str) -> tuple[int, ...] | str:
        kind, space, wanted = reference.partition(" ")
        place = self._places[file]
        if kind == "relative":
            target = self._file(place, wanted)
            return "" if target is None else (target,)
        scopes = self._scopes_of(file) if not space else ()
        key = (place, scopes, reference)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._required(place, wanted) if space else self._constant(place, scopes, kind)
        return found

    def _scopes_of(self, file: int) -> tuple[str, ...]:
        """Modules in which the constants of `file` may stand, innermost first; the last is the top level."""
        if file not in self._scopes:
            scopes: dict[str, None] = {}
            for name in self._territory.declares.get(file, ()):
                while name and name not in scopes:
                    scopes[name] = None
                    name = name.rpartition("::")[0]
            self._scopes[file] = (*sorted(scopes, key=lambda scope: (-scope.count("::"), scope)), "")
        return self._scopes[file]

    def _constant(self, place: str, scopes: Sequence[str], name: str) -> tuple[int, ...] | str:
        first = name.partition("::")[0]
        if first in self._foreign:
            return GEMS[first]
        for scope in scopes:
            within = f"{scope}::" if scope else ""
            if within + first in self._opening:
                longest = within + name
                while longest not in self._opening:
                    longest = longest.rpartition("::")[0]
                files = self._opening[longest]
                if len(longest) < len(within + name):
                    # A gem's module that is only reopened here does not hold what the gem defines in it.
                    files = tuple(file for file in files if self._spelled[file].endswith(_as_path(longest)))
                return nearest(place, files, self._places)
        return ""

    def _required(self, place: str, wanted: str) -> tuple[int, ...] | str:
        if place not in self._near:
            self._near[place] = sorted(self._roots, key=lambda root: (-shared(root, place), root))
        for root in self._near[place]:
            if (target := self._file(root, wanted)) is not None:
                return (target,)
        top = wanted.partition("/")[0]
        known = wanted in STDLIB or top in STDLIB
        return top if not known and _GEM.fullmatch(top) else ""

    def _file(self, directory: str, wanted: str) -> int | None:
        path = joined(directory, wanted)
        if path is None:
            return None
        ids = self._territory.ids
        return next((ids[path + suffix] for suffix in _SUFFIXES if path + suffix in ids), None)


def _load_paths(path: str) -> Iterator[str]:
    """Directories above a Ruby file that are likely on the load path, and the root."""
    if path.endswith(".rb"):
        parts = path.split("/")[:-1]
        yield ""
        for end, part in enumerate(parts, 1):
            if part in _LOAD_PATHS or (end > 1 and parts[end - 2] == "app"):
                yield "/".join(parts[:end])


def _files_by_name(territory: Territory, spelled: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Class or module -> the files that may be meant by it."""
    opening: dict[str, list[int]] = {}
    for file, names in sorted(territory.declares.items()):
        for name in names:
            opening.setdefault(name, []).append(file)
    tests = [not _TESTS.isdisjoint(path.split("/")) for path in territory.paths]
    return {name: _meant(name, files, spelled, tests) for name, files in opening.items()}


def _meant(name: str, files: Sequence[int], spelled: Sequence[str], tests: Sequence[bool]) -> tuple[int, ...]:
    """Where several files open `name`: not the tests, then those whose path ends with its full or its last name."""
    if len(files) > 1:
        files = [file for file in files if not tests[file]] or files
    if len(files) > 1:
        for part in (name, name.rpartition("::")[2]):
            by_path = [file for file in files if spelled[file].endswith(_as_path(part))]
            if by_path:
                return tuple(by_path)
    return tuple(files)


def _spelled(path: str) -> str:
    return "/" + path.rpartition(".")[0].replace("_", "").lower()


def _as_path(name: str) -> str:
    return "/" + name.replace("::", "/").lower()
