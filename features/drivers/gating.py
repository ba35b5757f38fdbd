"""Test reports, made up, and gates."""

from collections import Counter

from autonomy.candidates import Rejected, Verdict
from autonomy.errors import UsageError
from autonomy.searching import gate
from autonomy.searching.gate import Tests

ENDINGS = {"+": "", "-": "<failure/>", "!": "<error/>", "?": "<skipped/>"}
REPORTS = {
    "no XML": b"3 passed in 0.1s",
    "cut off": b'<testsuite><testcase name="a"/>',
    "a document that grows": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>',
}


def tests(words: str) -> Tests:
    """`a+ b-`, by way of a JUnit report, as pytest writes it."""
    cases = "".join(f'<testcase name="{word[:-1]}" time="0.1">{ENDINGS[word[-1]]}</testcase>' for word in words.split())
    if not cases:
        return Tests(Counter(), Counter())
    return gate.read_junit([f'<testsuites><testsuite name="pytest">{cases}</testsuite></testsuites>'.encode()])


def same_tests(base: Tests, candidate: Tests) -> Verdict:
    return gate.same_tests(base, candidate)


def read(what: str) -> Verdict:
    try:
        gate.read_junit([REPORTS[what]])
    except Rejected as rejected:
        return rejected.verdict
    return Verdict(True)


def proof(base: str, broken: str) -> str:
    """`proved`, or why not; a gate's answers are `yes`, `no` or `rejects`."""

    def judge(answer: object) -> bool:
        if answer == "rejects":
            raise Rejected("command_failed", "it exits with 1")
        return answer == "yes"

    try:
        gate.prove(judge, base, broken)
    except UsageError as failed:
        return str(failed)
    return "proved"
