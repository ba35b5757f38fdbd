"""C, C++, Objective-C, preprocessed assembly and device trees: files refer to each other by `#include`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from autonomy.model import Extract, Outline
from autonomy.plugins.languages.near import Folders, Near, joined
from autonomy.plugins.languages.outlines import (
    LOOKED_AT,
    MAX_DEFINITIONS,
    MAX_HEADER,
    Found,
    blanked,
    head_documentation,
    outline_of,
    prepared,
    signature_end,
)
from autonomy.plugins.languages.words import BLOCK_COMMENT, CHARACTER, LINE_COMMENT, STRING
from autonomy.protocols import Resolve, Territory

HEAD = 1 << 16
"""Bytes that are searched: 99.98 % of the Linux kernel's includes stand in them, 27 % of its bytes behind them."""

CROWD = 50
"""More files than this of one name are told apart by the names of their folders first."""

VARIANTS = 3
"""More files than this that fit an include equally well are variants of a build; it means none of them."""

# The pattern begins with a literal, so the search runs at the speed of memchr. The look-behinds drop `//#include`,
# `* #include` and `"#include`, which stand in comments and in strings.
INCLUDES = re.compile(
    rb'#(?<![*/"]#)(?<![*/] #)[ \t]*+i(?:nclude|mport)(?>(?:_next)?)[ \t]*+(<[^<>"\n]++>|"[^<>"\n]++")'
)

HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".inl", ".ipp", ".cuh")

_NOISE = re.compile(b"|".join([BLOCK_COMMENT, LINE_COMMENT, STRING, CHARACTER]), re.DOTALL)
_QUIET = re.compile(rb"""[^/'"]*+""")
_TYPE = re.compile(
    rb"\n[ \t]*+(?=[cestu])(?:typedef[ \t]++)?(struct|union|enum|class)[ \t]++"
    rb"(?:[A-Z_]++[ \t]++)?(\w++)[^;{}()=]{0,300}+\{"
)
_TYPEDEF = re.compile(rb"\ntypedef[ \t]++[^;{}\n]{1,200}?(\w++)[ \t]*+;")
_MACRO = re.compile(rb"\n#[ \t]*+define[ \t]++([A-Za-z_]\w*+)\([^()\n]*+\)")
_FUNCTION = re.compile(
    rb'\n((?:extern[ \t]++"C"[ \t\n]++)?[A-Za-z_][\w:<>,]*+(?:[ \t*&]++[\w:<>,]++)*?(?:[ \t*&]++|[ \t*&]*+\n))'
    rb"([A-Za-z_~][\w:~]*+)[ \t]*+\("
)
_STATEMENTS = frozenset([b"return", b"else", b"goto", b"case", b"using", b"namespace", b"template", b"do"])

STANDARD = frozenset(
    """
    aio.h alloca.h argp.h arpa/inet.h assert.h byteswap.h complex.h cpio.h crypt.h ctype.h cpuid.h dirent.h dlfcn.h
    elf.h endian.h err.h errno.h error.h execinfo.h fcntl.h features.h fenv.h float.h fmtmsg.h fnmatch.h ftw.h getopt.h
    glob.h grp.h iconv.h ifaddrs.h immintrin.h inttypes.h io.h iso646.h langinfo.h libgen.h libintl.h limits.h link.h
    locale.h malloc.h math.h memory.h mqueue.h ndbm.h net/if.h netdb.h netinet/in.h netinet/tcp.h nl_types.h paths.h
    poll.h process.h pthread.h pty.h pwd.h regex.h resolv.h sched.h search.h semaphore.h setjmp.h shadow.h signal.h
    spawn.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h
    strings.h stropts.h sys/cdefs.h sys/epoll.h sys/file.h sys/ioctl.h sys/ipc.h sys/mman.h sys/mount.h sys/msg.h
    sys/param.h sys/poll.h sys/prctl.h sys/ptrace.h sys/random.h sys/resource.h sys/select.h sys/sem.h sys/sendfile.h
    sys/shm.h sys/signal.h sys/socket.h sys/stat.h sys/statvfs.h sys/syscall.h sys/sysctl.h sys/sysinfo.h
    sys/sysmacros.h sys/time.h sys/timeb.h sys/times.h sys/types.h sys/ucontext.h sys/uio.h sys/un.h sys/utsname.h
    sys/wait.h syscall.h sysexits.h syslog.h tar.h termios.h tgmath.h threads.h time.h trace.h uchar.h ucontext.h
    ulimit.h unistd.h utime.h utmp.h utmpx.h values.h wait.h wchar.h wctype.h windows.h winsock2.h wordexp.h
    emmintrin.h xmmintrin.h tmmintrin.h smmintrin.h arm_neon.h x86intrin.h
    """.split()
)
"""Headers of C and POSIX: a file of that name elsewhere in a repository is hardly what `<...>` means."""

SUFFIXES = frozenset(
    """
    .c .h .cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .inl .ipp .tcc .tpp .m .mm .cu .cuh .s .lds .dts .dtsi .dtso
    """.split()
)

SYSTEM = frozenset({"arpa", "bits", "gnu", "netinet", "rpc", "sys"})

PUBLIC = ("include", "inc", "headers")


class CFamily:
    """References are spelled as in the source: `<linux/fs.h>`, `"fs.h"`."""

    name = "c"
    family = "c"
    suffixes = SUFFIXES
    manifests: frozenset[str] = frozenset()

    def extract(self, path: str, data: bytes) -> Extract:
        found = INCLUDES.findall(data, 0, HEAD)
        if not found:
            return Extract()
        return Extract(b"\n".join(found).decode("utf-8", "surrogateescape").split("\n"))

    def resolver(self, territory: Territory) -> Resolve:
        return _Includes(territory).resolve

    def outline(self, path: str, data: bytes) -> Outline:
        text, is_header = prepared(data), path.endswith(HEADERS)
        return outline_of(path, text, lambda: _definitions(text, is_header), head_documentation(text))


def _definitions(text: bytes, header: bool) -> Iterator[Found]:
    """What other files can use: functions with linkage, types, and in headers macros with arguments.

    A definition begins a line. Where that line may be one of a comment, all comments are made blank first.
    """
    found = list(islice(_candidates(text, header), LOOKED_AT))
    return _candidates(blanked(text, _NOISE), header) if _commented_out(text, found) else iter(found)


def _commented_out(text: bytes, found: Iterable[Found]) -> bool:
    """Whether one of them begins behind the opening of a comment that is not closed before it."""
    opened = closed = -1
    seen = 0
    for start in sorted(each.start for each in found):
        opened = max(opened, text.rfind(b"/*", seen, start))
        closed = max(closed, text.rfind(b"*/", seen, start))
        if opened > closed:
            return True
        seen = start - 1
    return False


def _candidates(code: bytes, header: bool) -> Iterator[Found]:
    for match in _TYPE.finditer(code):
        yield Found(match.start() + 1, match.end() - 1, match[1].decode(), match[2].decode("utf-8", "replace"))
    for match in _TYPEDEF.finditer(code):
        yield Found(match.start() + 1, match.end(), "type", match[1].decode("utf-8", "replace"))
    if header:
        for match in _MACRO.finditer(code):
            yield Found(match.start() + 1, match.end(), "macro", match[1].decode("utf-8", "replace"))
    for match in islice(_FUNCTION.finditer(code), 10 * MAX_DEFINITIONS):
        kind, name = match[1].split(), match[2].decode("utf-8", "replace")
        hidden = (b"static" in kind and not header) or b"typedef" in kind or kind[0] in _STATEMENTS
        if not hidden and not name.isupper() and not name.startswith("__attr"):
            start = match.start() + 1
            end, below = _signature(code, start)
            if below in (b"{", b";"):
                yield Found(start, end, "function", name)


def _signature(code: bytes, start: int) -> tuple[int, bytes]:
    """Where the signature that begins at `start` ends, and the first byte of code below it."""
    end = signature_end(code, start)
    if _QUIET.fullmatch(code, start, end):
        return end, code[end : end + 80].lstrip()[:1]
    window = blanked(code[start : start + MAX_HEADER + 80], _NOISE)
    end = signature_end(window, 0)
    return start + end, window[end : end + 80].lstrip()[:1]


class _Includes:
    """Finds included files without knowing the compiler's `-I`: any directory may be an include root.

    An include means the same from every file of a folder, so each folder remembers what it has found.
    """

    def __init__(self, territory: Territory) -> None:
        self.paths = territory.paths
        self.ids = territory.ids
        self.named: dict[str, list[int]] = {}
        for file, path in enumerate(territory.paths):
            self.named.setdefault(path[path.rfind("/") + 1 :], []).append(file)
        self.folders: dict[str, dict[str, tuple[int, ...] | str]] = {}
        self.around = Folders()
        self.crowds: dict[str, dict[str, list[int]]] = {}
        """Of names that many files have: folder's name -> files."""
        self.fixed: dict[str, tuple[int, ...] | str] = {}
        self.contested: dict[str, _Candidates] = {}

    def resolve(self, file: int, reference: str) -> tuple[int, ...] | str:
        path = self.paths[file]
        folder = path[: path.rfind("/") + 1]
        known = self.folders.get(folder)
        if known is None:
            known = self.folders[folder] = {}
        found = known.get(reference)
        if found is None:
            found = known[reference] = self._find(folder, reference)
        return found

    def _find(self, folder: str, reference: str) -> tuple[int, ...] | str:
        name = reference[1:-1]
        if reference[0] == '"':
            beside = self.ids.get(joined(folder, name) if "./" in name else folder + name)
            if beside is not None:
                return (beside,)
        if reference not in self.fixed and reference not in self.contested:
            self._search(reference, _stripped(name))
        contested = self.contested.get(reference)
        return contested.nearest(self.around.above(folder)) if contested else self.fixed[reference]

    def _search(self, reference: str, name: str) -> None:
        """Settle `reference` for all folders at once where there are not several candidates."""
        found = self._ending(name)
        if reference[0] == "<" and name in STANDARD:
            found = [each for each in found if self._root(each, name).rstrip("/").endswith(PUBLIC)]
        generic = self._ending("asm-generic/" + name[4:])[:1] if name.startswith("asm/") else []
        if len(found) > 1:
            roots = {self._root(each, name): each for each in found}
            self.contested[reference] = _Candidates(roots, tuple(generic))
        else:
            # `config.h` is made of `config.h.in` by configure and by CMake.
            found = found or generic or self._ending(name + ".in")[:1]
            self.fixed[reference] = tuple(found) or self._external(reference, name)

    def _ending(self, name: str) -> list[int]:
        ending = "/" + name
        folder, _, last = name.rpartition("/")
        named: Sequence[int] = self.named.get(last, ())
        if folder and len(named) > CROWD:
            if last not in self.crowds:
                crowd: dict[str, list[int]] = {}
                self.crowds[last] = crowd
                for file in named:
                    crowd.setdefault(self.paths[file].rpartition("/")[0].rpartition("/")[2], []).append(file)
            named = self.crowds[last].get(folder.rpartition("/")[2], ())
        return [file for file in named if self.paths[file].endswith(ending) or self.paths[file] == name]

    @cached_property
    def _directories(self) -> frozenset[str]:
        """The names of all directories: a header that is missing from one of them is generated there."""
        folders = {path[: path.rfind("/") + 1] for path in self.paths}
        return frozenset(part for folder in folders for part in folder.split("/"))

    def _root(self, file: int, name: str) -> str:
        """The include root from which `name` is found: empty, or ending in a slash."""
        return self.paths[file][: -len(name)]

    def _external(self, reference: str, name: str) -> str:
        """The package of a header that is not here; none for the standard library and for generated headers."""
        package, slash, _ = name.partition("/")
        if slash:
            return "" if name in STANDARD or package in SYSTEM or package in self._directories else package
        if reference[0] == '"' or name in STANDARD or "." not in name:
            return ""
        return name.rpartition(".")[0]


class _Candidates:
    """Several files that one include may mean, and which of them a folder means.

    First comes the deepest include root that belongs to the folder or to one of its parents (`arch/x86/include`
    belongs to `arch/x86`), then the candidate that shares the longest path with the folder.
    """

    def __init__(self, roots: Mapping[str, int], otherwise: tuple[int, ...]) -> None:
        self.otherwise = otherwise
        self.beside = Near(roots.items(), VARIANTS)
        self.owned: dict[str, tuple[int, ...]] = {}
        shallowest: dict[str, int] = {}
        for root in sorted(roots, key=lambda root: (root.count("/"), root)):
            owner = _owner(root)
            files = self.owned.get(owner, ())
            if shallowest.setdefault(owner, root.count("/")) == root.count("/") and len(files) <= VARIANTS:
                self.owned[owner] = (*files, roots[root])

    def nearest(self, parents: Sequence[str]) -> tuple[int, ...] | str:
        """What a folder means, given as all that it lies in, itself first."""
        found = next((self.owned[parent] for parent in parents if parent in self.owned), ()) or self.beside.to(parents)
        return found if len(found) <= VARIANTS else self.otherwise or ""


def _owner(root: str) -> str:
    """The folder whose files an include root serves: `arch/x86/` of `arch/x86/include/uapi/`."""
    parts = root.split("/")[:-1]
    for depth in range(len(parts) - 1, -1, -1):
        if parts[depth] in PUBLIC:
            return "/".join(parts[:depth]) + ("/" if depth else "")
    return root


def _stripped(name: str) -> str:
    """`name` without the `./` and `../` that it begins with."""
    return re.sub(r"^(?:\.{1,2}/)+", "", name)


C = CFamily()
