"""Which file a Python module name means: package roots, namespaces, relative names, re-exports. Pure.

A root is a directory that stands on `sys.path`: the parent of a package (`__init__.py` chains end there), of a
namespace package, or the directory of a plain script. Of several candidates the one with the longest path in common
with the importer wins, so copies of a package in one repository each refer to themselves.
"""

from collections.abc import Iterator, Mapping, Sequence

from autonomy.plugins.languages.nearness import shared
from autonomy.protocols import Resolve, Territory

STDLIB = frozenset(
    """
    __future__ __main__ _ast _collections_abc _io _thread _typeshed _weakref _weakrefset abc aifc annotationlib
    antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2
    cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression
    concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm
    decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput
    fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac
    html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache
    locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc
    nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools
    pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc
    pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select
    selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig
    syslog tabnanny tarfile telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize
    tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv
    warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib
    zoneinfo
    """.split()
)
"""Of every version from 3.8 on: the plan must not depend on the interpreter that makes it."""

_SUFFIXES = (".py", ".pyi", ".pyx", ".pxd", ".pyw")
_PRIVATE = frozenset({"test", "tests", "testing", "testdata", "fixtures", "examples", "docs"})
"""What lies below such a directory is seen only by files below it."""
_SOURCE = frozenset({"src", "lib", "python"})
_STDLIB_SHARE = 10
"""So many names of the standard library side by side are the standard library (CPython's own `Lib`)."""
_PACKAGE, _NAMESPACE, _SCRIPT = range(3)

_Roots = Mapping[str, Sequence[tuple[int, str]]]
"""First component of a module name -> (kind, root) of each place where it stands."""


def resolver(territory: Territory) -> Resolve:
    modules = _Modules(territory)
    places = [path.rpartition("/")[0] for path in territory.paths]
    plain: dict[tuple[str, str], tuple[int, ...] | str] = {}
    known: dict[tuple[str, str], tuple[int, ...] | str] = {}

    def resolve(file: int, reference: str) -> tuple[int, ...] | str:
        place = places[file]
        key = (place, reference.partition(":")[0])
        found = plain.get(key)
        if found is None:
            found = plain[key] = modules.plain(*key)
        if found == ():
            key = (place, reference)
            found = known.get(key)
            if found is None:
                found = known[key] = modules.resolve(*key)
        return found

    return resolve


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _stems(paths: Sequence[str]) -> Mapping[str, int]:
    """Path without suffix (and without `/__init__`) -> file. A package goes before a module, source before a stub."""
    ranked: dict[str, tuple[bool, int, int]] = {}
    for file, path in enumerate(paths):
        if path.endswith(_SUFFIXES):
            stem, dot, suffix = path.rpartition(".")
            package = stem.removesuffix("/__init__")
            rank = (package is stem, _SUFFIXES.index(dot + suffix), file)
            if package not in ranked or rank < ranked[package]:
                ranked[package] = rank
    return {stem: file for stem, (_, _, file) in ranked.items()}


def _tops(paths: Sequence[str]) -> _Roots:
    files = [path.rpartition("/") for path in paths if path.endswith(_SUFFIXES)]
    packages = {directory for directory, _, name in files if name.startswith("__init__.")}
    tops: dict[str, dict[tuple[int, str], None]] = {}
    directories: dict[str, None] = {}
    for directory, _, name in files:
        if directory not in packages:
            tops.setdefault(name.partition(".")[0], {})[_SCRIPT, directory] = None
        while directory and directory not in directories:
            directories[directory] = None
            directory = directory.rpartition("/")[0]
    for directory in directories:
        root, _, name = directory.rpartition("/")
        if root not in packages:
            tops.setdefault(name, {})[_PACKAGE if directory in packages else _NAMESPACE, root] = None
    return {name: sorted(places) for name, places in tops.items()}


def _stdlib_roots(tops: _Roots) -> frozenset[str]:
    counts: dict[str, int] = {}
    for name in STDLIB:
        for kind, root in tops.get(name, ()):
            if kind != _NAMESPACE:
                counts[root] = counts.get(root, 0) + 1
    return frozenset(root for root, count in counts.items() if count >= _STDLIB_SHARE)


class _Modules:
    """Module names of one territory, remembered as they are asked for."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._tops = _tops(territory.paths)
        self._stdlib_roots = _stdlib_roots(self._tops)
        self._files = _stems(territory.paths)
        self._parents = frozenset(stem.rpartition("/")[0] for stem in self._files)
        self._roots: dict[tuple[str, str], Sequence[tuple[int, str]]] = {}
        self._tables: dict[int, tuple[Mapping[str, str], Sequence[str]]] = {}
        self._definers: dict[tuple[int, str], int | None] = {}

    def plain(self, place: str, module: str) -> tuple[int, ...] | str:
        """What `module` means whatever names are taken from it; an empty row where the names matter."""
        for stem in self._stems(place, module):
            base = self._files.get(stem)
            if base is None or stem in self._parents or base in self._territory.declares:
                return ()
            return (base,)
        return self._outside(place, module)

    def resolve(self, place: str, reference: str) -> tuple[int, ...] | str:
        """Files that `reference` means in a file of the directory `place`, or the package that it comes from."""
        module, _, listed = reference.partition(":")
        names = listed.split(",") if listed else ()
        for stem in self._stems(place, module):
            if found := self._members(stem, names) if names else self._module(stem):
                return tuple(sorted(found))
        return self._outside(place, module)

    def _outside(self, place: str, module: str) -> str:
        top = module.partition(".")[0]
        return "" if not top or top in STDLIB or self._is_package(place, top) else top

    def _is_package(self, place: str, top: str) -> bool:
        return any(kind == _PACKAGE for kind, _ in self._seen_roots(place, top))

    def _module(self, stem: str) -> set[int]:
        """`import a.b.c`: the module, or `a.b` where c is an extension module without source here."""
        file = self._files.get(stem)
        if file is None:
            file = self._files.get(stem.rpartition("/")[0])
        return set() if file is None else {file}

    def _members(self, stem: str, names: Sequence[str]) -> set[int]:
        """`from a.b import c`: the module a.b.c, or a.b together with the file from which it re-exports c."""
        base = self._files.get(stem)
        found: set[int] = set()
        for name in names:
            file = self._files.get(f"{stem}/{name}" if stem else name)
            if file is None and base is not None:
                found.add(base)
                file = self._definer(base, name)
            if file is not None:
                found.add(file)
        return found

    def _stems(self, place: str, module: str) -> Iterator[str]:
        """Where `module` may stand, the likeliest first."""
        name = module.lstrip(".")
        dots = len(module) - len(name)
        tail = name.replace(".", "/")
        if dots:
            parts = place.split("/") if place else []
            if dots - 1 <= len(parts):
                yield "/".join([*parts[: len(parts) - dots + 1], *([tail] if tail else [])])
            return
        for _, root in self._seen_roots(place, name.partition(".")[0]):
            yield f"{root}/{tail}" if root else tail

    def _seen_roots(self, place: str, top: str) -> Sequence[tuple[int, str]]:
        """(kind, root) of each place of the name `top` that serves files in `place`, the likeliest first."""
        key = (place, top)
        if key not in self._roots:
            ranked = []
            for kind, root in self._tops.get(top, ()):
                parts = root.split("/") if root else []
                near = shared(root, place)
                if self._visible(kind, parts, near, top in STDLIB):
                    ranked.append((-near, kind, len(parts), root))
            self._roots[key] = [(kind, root) for _, kind, _, root in sorted(ranked)]
        return self._roots[key]

    def _visible(self, kind: int, parts: Sequence[str], near: int, stdlib: bool) -> bool:
        """Whether a root whose path is `parts` serves a file with `near` leading directories in common with it."""
        if not _PRIVATE.isdisjoint(parts[near:]):
            return False
        above = near == len(parts)
        if "/".join(parts) in self._stdlib_roots:
            return True
        if stdlib:
            return kind == _NAMESPACE or (kind == _PACKAGE and above)
        return kind != _SCRIPT or above or near > 0 or parts[-1] in _SOURCE

    def _definer(self, file: int, name: str) -> int | None:
        """The file from which `file` re-exports `name`, through any number of packages; None if `file` does not say."""
        key = (file, name)
        if key not in self._definers:
            self._definers[key] = None
            self._definers[key] = self._traced(file, name)
        return self._definers[key]

    def _traced(self, file: int, name: str) -> int | None:
        exports, stars = self._table(file)
        place = self._territory.paths[file].rpartition("/")[0]
        if origin := exports.get(name):
            module, _, original = origin.partition(":")
            return next(self._origins(place, module, original), file)
        for module in reversed(stars):
            for source in self._sources(place, module):
                if (found := self._definer(source, name)) is not None:
                    return found
                if len(stars) == 1 and not any(self._table(source)):
                    return source
        return file if name in exports else None

    def _origins(self, place: str, module: str, name: str) -> Iterator[int]:
        for stem in self._stems(place, module):
            file = self._files.get(_join(stem, name))
            if file is None and (file := self._files.get(stem)) is not None:
                deeper = self._definer(file, name)
                file = file if deeper is None else deeper
            if file is not None:
                yield file

    def _sources(self, place: str, module: str) -> Iterator[int]:
        for stem in self._stems(place, module):
            if (file := self._files.get(stem)) is not None:
                yield file

    def _table(self, file: int) -> tuple[Mapping[str, str], Sequence[str]]:
        """What `file` declares: exported name -> where from (empty: from here), and the modules that it stars."""
        if file not in self._tables:
            exports: dict[str, str] = {}
            stars: list[str] = []
            for declared in self._territory.declares.get(file, ()):
                name, _, origin = declared.partition("=")
                if name == "*":
                    stars.append(origin)
                elif origin or name not in exports:
                    exports[name] = origin
            self._tables[file] = exports, stars
        return self._tables[file]
