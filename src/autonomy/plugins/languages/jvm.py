"""What Java, Kotlin and Scala share: packages of the platform, names of external packages, candidate words."""

import re
from collections.abc import Iterable

from autonomy.plugins.languages.packages import Packages
from autonomy.plugins.languages.words import MAX_WORD
from autonomy.protocols import Resolve, Territory

PLATFORM = (
    "java.", "jdk.", "sun.", "com.sun.", "kotlin.", "scala.", "org.w3c.dom.", "org.xml.sax.", "javax.accessibility.",
    "javax.crypto.", "javax.imageio.", "javax.lang.model.", "javax.management.", "javax.naming.", "javax.net.",
    "javax.print.", "javax.script.", "javax.security.", "javax.sound.", "javax.sql.", "javax.swing.", "javax.tools.",
    "javax.xml.",
)  # fmt: skip
"""What a JDK or a standard library brings along."""

IMPLIED = frozenset(
    """
    Any Array ArrayList Boolean Byte Char CharSequence Character Class Comparable Deprecated Double Enum Error Exception
    Float FunctionalInterface IllegalArgumentException IllegalStateException Int Integer Iterable List Long Map Math
    Nothing NullPointerException Number Object Option Override Pair Runnable RuntimeException SafeVarargs Seq Set Short
    Some String StringBuilder SuppressWarnings System Thread Throwable Unit UnsupportedOperationException Void
    """.split()
)
"""Names that every file sees; a repository that redefines one is hardly ever meant."""

_QUALIFIED = re.compile(r"(?>(?:[a-z_]\w{0,60}+\.){2,9})[A-Z]\w{0,99}+")


def resolver(territory: Territory, relative: bool = False) -> Resolve:
    return Packages(territory, external, relative=relative).resolve


def external(name: str) -> str:
    """`org.junit.jupiter` of `org.junit.jupiter.api.Test`: up to three segments of the package."""
    segments = name.split(".")
    package = next((index for index, word in enumerate(segments) if word[:1].isupper()), len(segments) - 1)
    return ".".join(segments[: min(max(package, 1), 3)])


def below_imports(code: bytes) -> bytes:
    """What stands below the last import at the margin: the names in the imports are no uses."""
    last = code.rfind(b"\nimport")
    return code if last < 0 else code[code.find(b"\n", last + 1) :]


def used(words: Iterable[str], known: set[str]) -> list[str]:
    """What a file may refer to without importing it: `.Foo` for a capitalised word, `a.b.Foo` as written."""
    types: set[str] = set()
    qualified: set[str] = set()
    for word in words:
        if word < "[":
            if word >= "A":
                types.add(word.partition(".")[0])
        elif word.count(".") > 1 and (match := _QUALIFIED.match(word)) and not word.startswith(PLATFORM):
            qualified.add(match[0])
    types -= known
    types -= IMPLIED
    return ["." + word for word in sorted(types) if _may_name_type(word)] + sorted(qualified)


def _may_name_type(word: str) -> bool:
    """Neither a type parameter (`T`) nor a constant (`MAX_SIZE`)."""
    return 1 < len(word) <= MAX_WORD and not ("_" in word and word.isupper())
