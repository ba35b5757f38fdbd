"""How the project is checked: `nox` runs every session of the test suite, `nox -l` lists them all.

Each session installs what `locks/` names, with hashes, into an environment of its own; results lie in `reports/`.
"""

import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "bdd", "robot", "coverage", "bench", "dist"]
nox.options.report = "reports/nox.json"

REPORTS = Path("reports")


def install(session: nox.Session, lock: str = "tools", project: str = "--editable=.") -> None:
    """Everything that `lock` names, and the project as it stands here."""
    session.install("--require-hashes", "-r", f"locks/{lock}.txt")
    session.install("--no-deps", project)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, layers, and that every scenario, suite and benchmark can be read."""
    install(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("behave", "--dry-run", "--format", "steps.bad", "--summary", "--tags", "@mutants or not @mutants")
    session.run("robot", "--dryrun", "--output", "NONE", "--report", "NONE", "--log", "NONE", "robot")
    session.run("asv", "--config", "benchmarks/asv.conf.json", "check", "--environment", "existing")


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    install(session)
    session.run("mypy", *session.posargs)


@nox.session
def bdd(session: nox.Session) -> None:
    """The laws, as Gherkin scenarios: `nox -s bdd -- features/plan.feature`."""
    install(session)
    shutil.rmtree(REPORTS / "bdd", ignore_errors=True)
    measure(session, "behave", "--junit", *session.posargs)


@nox.session
def robot(session: nox.Session) -> None:
    """The installed program, from a shell: `nox -s robot -- robot/plan.robot`."""
    install(session, project=".")
    measure(session, "robot", "--outputdir", "reports/robot", "--xunit", "junit.xml", *(session.posargs or ["robot"]))


def measure(session: nox.Session, *command: str) -> None:
    """Run a Python tool with the lines and branches counted that it and its child processes reach."""
    data = Path("reports/coverage", session.name).resolve()
    session.run("coverage", "run", "-m", *command, env={"COVERAGE_FILE": str(data)})


@nox.session(requires=["bdd", "robot"])
def coverage(session: nox.Session) -> None:
    """What the scenarios and the suites reached together; fails under the bound in pyproject.toml."""
    session.install("--require-hashes", "-r", "locks/tools.txt")
    with session.chdir(REPORTS):
        session.run("coverage", "combine", "coverage")


@nox.session
def bench(session: nox.Session) -> None:
    """Every benchmark once, quickly; `nox -s bench -- --bench plan` for some. Figures need a quiet machine."""
    install(session, project=".")


@nox.session
def dist(session: nox.Session) -> None:
    """Build the wheel, look into it, install it with the locked dependencies alone, and use it."""


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """That the laws can fail: each mutant of the source must be caught by the feature that is named for it."""


@nox.session(default=False)
def locks(session: nox.Session) -> None:
    """Write `locks/` anew from pyproject.toml; `nox -s locks -- --upgrade` takes the newest versions."""
