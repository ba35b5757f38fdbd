"""What a candidate must show before its speed counts: every test of the base is still there and passes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from autonomy.candidates import Rejected, Rejection, Verdict, verdicts_of
from autonomy.errors import UsageError

MAX_REPORT_BYTES = 64 << 20
NAMED = 20
"""How many tests a message lists by name; the evidence has them all."""


@dataclass(frozen=True, slots=True)
class Tests:
    """A test run, by name; the same name may stand for several tests (parameters, repeated suites)."""

    seen: Counter[str]
    passed: Counter[str]

    def __add__(self, other: "Tests") -> "Tests":
        return Tests(self.seen + other.seen, self.passed + other.passed)

    def failed(self) -> list[str]:
        """Tests that did not pass, ascending."""
        return sorted((self.seen - self.passed).elements())

    def missing(self, base: "Tests") -> list[str]:
        """Tests that pass in `base` and are not here at all, ascending."""
        return sorted((base.passed - self.seen).elements())

    def broken(self, base: "Tests") -> list[str]:
        """Tests that pass in `base` and are here, but fail or are skipped, ascending."""
        return sorted((base.passed - self.passed - (base.passed - self.seen)).elements())


NO_TESTS = Tests(Counter(), Counter())


def read_junit(documents: Sequence[bytes]) -> Tests:
    """The tests of some JUnit XML reports.

    Raises:
        Rejected: a report is no such document. It was written beside untrusted code, so entities are refused.
    """
    outcomes = [outcome for document in documents for outcome in _outcomes(document)]
    return Tests(Counter(name for name, _ in outcomes), Counter(name for name, kind in outcomes if kind == "passed"))


def _outcomes(document: bytes) -> Iterator[tuple[str, str]]:
    if len(document) > MAX_REPORT_BYTES or b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise Rejected(Rejection.NO_TESTS, "the test report is too large or declares entities")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  # entities are refused above
    except ElementTree.ParseError as error:
        raise Rejected(Rejection.NO_TESTS, f"the test report can't be read: {error}") from None
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        yield name, next((kind for kind in ("error", "failure", "skipped") if kind in kinds), "passed")


def same_tests(base: Tests, candidate: Tests) -> Verdict:
    """Every test that passes on the base is still there and passes; what the base fails proves nothing.

    Raises:
        UsageError: the base passes no test, so there is nothing to hold a candidate to.
    """
    if not base.passed.total():
        raise UsageError("no test passes on the base; a gate without a test lets everything through")
    if not candidate.seen.total():
        return Verdict(False, Rejection.NO_TESTS, "no test reported a result; did the tests end early?")
    for reason, names, what in (
        (Rejection.TESTS_MISSING, candidate.missing(base), "are gone"),
        (Rejection.TESTS_FAILED, candidate.broken(base), "pass on the base and not here"),
    ):
        if names:
            listed = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
            return Verdict(False, reason, f"{len(names)} tests {what}: {listed}", {"tests": names})
    return Verdict(True, evidence={"tests_held": base.passed.total()})


def prove(judge: Callable[[object], object], base: object, broken: object) -> tuple[Verdict, ...]:
    """Show that a gate can tell: it passes the untouched base and stops a seeded break; returns both verdicts.

    Raises:
        UsageError: it doesn't.
    """
    sound, unsound = _verdicts(judge, base), _verdicts(judge, broken)
    failed = [verdict.complaint for verdict in sound if not verdict]
    if failed:
        raise UsageError(f"the gate fails on the untouched base: {failed[0]}")
    if all(unsound):
        raise UsageError("the gate lets a broken candidate pass; it can't tell good from bad")
    return (*sound, *unsound)


def _verdicts(judge: Callable[[object], object], candidate: object) -> tuple[Verdict, ...]:
    try:
        return verdicts_of(judge(candidate))
    except Rejected as rejected:
        return (rejected.verdict,)
