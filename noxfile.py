"""How the project is checked: `nox` runs the whole test suite, `nox -l` lists the sessions.

Each session has an environment of its own with what `locks/` names, hash by hash. Results lie in `reports/`.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import nox

# pip trusts what the machine trusts; so shall uv.
os.environ.setdefault("UV_SYSTEM_CERTS", "1")
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.report = "reports/nox.json"
nox.options.parallel = SHARES = 2
nox.options.allow_parallel = True

REPORTS = Path("reports").resolve()
REPORTS.mkdir(exist_ok=True)
ASV = ("--config", "benchmarks/asv.conf.json", "--environment", "existing")


def install(session: nox.Session, project: str = "--editable=.") -> None:
    """The locked tools, and the project: as it stands in `src`, or with `.` as users get it."""
    session.install("--require-hashes", "-r", "locks/tools.txt")
    session.install("--no-deps", "--no-build-isolation", project)
    # A shell that keeps Python from writing what it compiled would make every start of the program pay for it anew.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""


def measure(session: nox.Session, name: str, *command: str) -> None:
    """Run a Python tool and count the branches of the program that it and its child processes reach."""
    for results in (REPORTS / name, REPORTS / "coverage" / name):
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir(parents=True)
    session.run("coverage", "run", "-m", *command, env={"COVERAGE_FILE": str(REPORTS / "coverage" / name / "data")})


@nox.session
def lint(session: nox.Session) -> None:
    """Style, layers, and that every scenario, suite and benchmark can be read."""
    install(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("behave", "--dry-run", "--format=steps.bad", "--no-summary", "--tags=@mutants or not @mutants")
    session.run("robot", "--dryrun", "--output=NONE", "--report=NONE", "--log=NONE", "robot")
    session.run("asv", "check", *ASV)


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    install(session)
    session.run("mypy", *session.posargs)


@nox.session
@nox.parametrize("share", range(SHARES))
def bdd(session: nox.Session, share: int) -> None:
    """The laws, as Gherkin scenarios, a share of the features: `nox -s 'bdd(share=0)' -- features/endings.feature`."""
    install(session)
    features = session.posargs or sorted(map(str, Path("features").glob("*.feature")))[share::SHARES]
    name = f"bdd-{share}"
    measure(session, name, "behave", "--junit", f"--junit-directory=reports/{name}", *features)


@nox.session
def robot(session: nox.Session) -> None:
    """The installed program, from a shell: `nox -s robot -- --test 'Version*' robot`."""
    install(session, ".")
    # The program must not lean on assert statements, which vanish so. Those of the scenarios would, too.
    session.env["PYTHONOPTIMIZE"] = "1"
    suites = session.posargs or ["robot"]
    measure(session, "robot", "robot", "--outputdir=reports/robot", "--xunit=junit.xml", *suites)


@nox.session(requires=["bdd", "robot"])
def coverage(session: nox.Session) -> None:
    """What bdd and robot reached together; fails under the bound in pyproject.toml."""
    session.install("--require-hashes", "-r", "locks/tools.txt")
    session.run("coverage", "combine", "--keep", "-q", *whole_data(session))
    session.run("coverage", "report", *session.posargs)


def whole_data(session: nox.Session) -> list[str]:
    """The data files of all measured processes but those that a process left half written when it was killed."""
    whole = []
    for file in sorted((REPORTS / "coverage").glob("*/data.*")):
        try:
            with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as data:
                (found,) = data.execute("PRAGMA quick_check").fetchone()
                data.execute("SELECT version FROM coverage_schema").fetchone()
        except sqlite3.Error as error:
            found = str(error)
        if found == "ok":
            whole.append(str(file))
        else:
            session.log(f"left out, not whole ({found}): {file.relative_to(REPORTS)}")
    return whole


@nox.session(allow_parallel=False)
def bench(session: nox.Session) -> None:
    """Every benchmark once; `nox -s bench -- --bench startup` for some. Figures count only from a quiet machine."""
    install(session, ".")
    home = {"HOME": session.create_tmp()}
    session.run("asv", "machine", "--yes", *ASV[:2], env=home, silent=True)
    run = ("asv", "run", *ASV, "--launch-method=spawn", "--quick", "--dry-run", "--show-stderr")
    session.run(*run, *session.posargs, env=home)


@nox.session
def dist(session: nox.Session) -> None:
    """Build the wheel, look into it, install it beside nothing but its locked dependencies, and use it."""
    session.install("--require-hashes", "-r", "locks/tools.txt")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("hatchling", "build")
    (wheel,) = Path("dist").glob("*.whl")
    check_contents(session, wheel)
    clean = Path(session.create_tmp(), "clean")
    pip = (str(clean / "bin/python"), "-m", "pip")
    session.run("python", "-m", "venv", "--clear", str(clean))
    session.run(*pip, "install", "-q", "--require-hashes", "-r", "locks/runtime.txt", external=True)
    session.run(*pip, "install", "-q", "--no-deps", str(wheel), external=True)
    session.run(*pip, "check", external=True)
    session.run(str(clean / "bin/autonomy"), "plan", ".", "--max-parallel", "10", external=True, silent=True)


def check_contents(session: nox.Session, wheel: Path) -> None:
    """The wheel holds every tracked file of the package, the licences, its metadata, and nothing else."""
    listed = subprocess.run(["git", "ls-files", "src/autonomy", "LICENSE"], capture_output=True, text=True, check=True)
    tracked = {name.removeprefix("src/") for name in listed.stdout.split()}
    names = {name.partition(".dist-info/licenses/")[2] or name for name in ZipFile(wheel).namelist()}
    held = {name for name in names if ".dist-info/" not in name}
    if held != tracked or "autonomy/py.typed" not in held:
        session.error(f"{wheel.name} differs from what is tracked: {sorted(held ^ tracked)}")


@nox.session
def transcript(session: nox.Session) -> None:
    """README's transcripts are what the program prints today; `nox -s transcript -- --write` renews them."""
    install(session, ".")
    folder = sample(session)
    session.run("python", ".ci/transcript.py", "README.md", str(folder), *session.posargs)


@nox.session(default=False)
def picture(session: nox.Session) -> None:
    """Draw README's picture anew, from a run that is made for it; needs Chromium."""
    install(session, ".")
    folder = sample(session)
    session.run("python", ".ci/picture.py", str((folder / "repo").rename(folder / "networkx")), "robot/report.png")


def sample(session: nox.Session) -> Path:
    """A folder with `repo`, a repository that holds networkx as its wheel has it."""
    folder = Path(session.create_tmp(), "sample")
    shutil.rmtree(folder, ignore_errors=True)
    (package,) = Path(session.virtualenv.location).glob("lib/*/site-packages/networkx")
    shutil.copytree(package, folder / "repo" / "networkx", ignore=shutil.ignore_patterns("__pycache__"))
    date = "2026-01-01T00:00:00Z"
    ada = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": "/dev/null"}
    ada |= {"GIT_AUTHOR_NAME": "Ada", "GIT_COMMITTER_NAME": "Ada"}
    ada |= {"GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_EMAIL": "ada@example.org"}
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "networkx, as its wheel has it"]):
        session.run("git", "-C", str(folder / "repo"), *words, env=ada, external=True)
    return folder


FAULTS = [["faults"], ["faults_matrix", "faults_journal", "workspace_sabotage"]]


@nox.session(default=False)
@nox.parametrize("share", range(len(FAULTS)))
def injections(session: nox.Session, share: int) -> None:
    """Faults on a large scale, in two shares; `nox -s faults` runs both and reads what came of them."""
    install(session)
    figures = REPORTS / f"faults-{share}.jsonl"
    figures.unlink(missing_ok=True)
    features = [f"features/{name}.feature" for name in FAULTS[share]]
    session.run("behave", "--tags=@faults or @goal", f"-Dfigures={figures}", *features)


@nox.session(default=False, requires=["injections"])
def faults(session: nox.Session) -> None:
    """What holds under faults, as a table; fails where README shows another one, `-- --write` renews it."""
    figures = sorted(map(str, REPORTS.glob("faults-*.jsonl")))
    session.run("python", ".ci/figures.py", "README.md", *figures, *session.posargs)


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """That the laws can fail: each mutant of the program must be caught by the feature that is named for it."""
    install(session)
    session.run("behave", "--tags=@mutants", "features/mutants.feature", *session.posargs)


@nox.session(default=False)
def locks(session: nox.Session) -> None:
    """Write `locks/` from pyproject.toml; `nox -s locks -- --upgrade` takes the newest versions."""
    session.install("--require-hashes", "-r", "locks/nox.txt")
    groups = nox.project.load_toml("pyproject.toml")["dependency-groups"]
    every = [f"--group={group}" for group in groups]
    contents = {"runtime": ["pyproject.toml"], "tools": ["pyproject.toml", *every], "nox": ["--group=nox"]}
    options = (
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
        "-q",
        "--fork-strategy=fewest",
    )
    for name, what in contents.items():
        session.run("uv", "pip", "compile", *options, *what, "-o", f"locks/{name}.txt", *session.posargs)
