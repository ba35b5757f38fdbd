"""Content that was made to break a reader."""

import re

from behave import given, then, when
from behave.runner import Context
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from features.drivers import languages

ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", "s": b" ", "\\": b"\\"}
WORDS = """
import package use mod fn func def class interface struct enum trait impl namespace using public static pub crate super
self type var val const object data from require include export default module end do return go.mod as
a B c_d E1 é 名 :: . .. , ; : = => -> ( ) { } [ ] < > " ' ` \"\"\" // /* */ # #[ @ \\ $ % & * + - / ? ! ~ | ^
#include<x> #define 0 1.5 r#" =begin =end <?php ?> {{ }}
"""
PIECES = [*WORDS.split(), " ", "\n", "\r\n", "\t", "\0", "\ufeff"]


def raw(text: str) -> bytes:
    r"""`text` with `\s`, `\n`, `\r`, `\t`, `\\` and `\xff` replaced."""

    def byte(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if code[0] == "x" else ESCAPES[code].decode()

    return re.sub(r"\\(x[0-9a-f]{2}|.)", byte, text).encode("latin-1")


@given('{times} times "{piece}" after "{start}"')
def _(context: Context, times: str, piece: str, start: str) -> None:
    context.data = raw(start) + raw(piece) * int(times.replace(",", ""))


@given('{times} times "{piece}" after ""')
def _(context: Context, times: str, piece: str) -> None:
    context.data = raw(piece) * int(times.replace(",", ""))


@given('{times} times "{piece}" in UTF-16')
def _(context: Context, times: str, piece: str) -> None:
    context.data = (raw(piece) * int(times.replace(",", ""))).decode().encode("utf-16")


@given("an empty text")
def _(context: Context) -> None:
    context.data = b""


@when("every language reads it")
def _(context: Context) -> None:
    context.failures = languages.failures_of(context.data)


@when("every language reads texts that are made of pieces of all languages")
def _(context: Context) -> None:
    @settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @drawn(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
    def read(text: str) -> None:
        context.failures = languages.failures_of(text.encode())
        assert not context.failures, context.failures

    read()


@given("{count} folders that each hold")
def _(context: Context, count: str) -> None:
    texts = {row["path"]: row["text"].replace("\\n", "\n").encode() for row in context.table}
    folders = range(int(count.replace(",", "")))
    context.files = {f"d{folder}/{path}": text for folder in folders for path, text in texts.items()}


@given("{count:d} modules of a crate that each take everything from all others")
def _(context: Context, count: int) -> None:
    names = [f"m{number}" for number in range(count)]
    context.files = {"Cargo.toml": b'[package]\nname = "app"', "src/lib.rs": b""}
    for name in names:
        takes = "".join(f"pub use crate::{other}::*;\n" for other in names if other != name)
        context.files[f"src/{name}.rs"] = f"{takes}use crate::m0::Nowhere;".encode()


@when("their references are followed with a limit")
def _(context: Context) -> None:
    with languages.limited(languages.HANG_CPU_SECONDS):
        context.graph = languages.graph_of(context.files)


@then("{count:d} references lead from file to file")
def _(context: Context, count: int) -> None:
    found = sum(len(row) for row in context.graph.references)
    assert found == count, found


@then("none of them has raised or been slow")
def _(context: Context) -> None:
    assert not context.failures, "\n".join(context.failures)
