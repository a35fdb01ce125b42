"""Fix applications that bring their own tests, and run them before and after.

    python bench/fix_suite.py                   # all of ``SUITES``, as in docs/fix-corpora.md
    python bench/fix_suite.py fastapi_users     # one of them
    python bench/fix_suite.py --markdown docs/fix-corpora.md

A source distribution comes from the package index, with the version pinned; its tests run in an
environment of their own below ``build/``, with what they need beside the application. Between the
two runs the safe fixes are written. Each test has to end as it did before, and the functions that
were changed have to be run by some test, which a trace of the second run shows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pages import write_between

from flake8_async_block import Config, Engine, FixOptions
from flake8_async_block.model.fix import FileFix

BUILD = Path(__file__).resolve().parent.parent / "build" / "fix_suite"
Outcomes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Suite:
    """An application and how its tests are run.

    Args:
        name: of the distribution, and of the package that is fixed.
        version: the pinned one.
        extras: of the distribution, without which its tests do not run.
        beside: other requirements of the tests.
        tests: what pytest is given; everything if empty.
    """

    name: str
    version: str
    extras: str = ""
    beside: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"


SUITES = (
    Suite(
        "fastapi_users",
        "15.0.5",
        extras="sqlalchemy,beanie,oauth,redis",
        beside=("pytest", "pytest-asyncio", "pytest-mock", "asgi_lifespan", "httpx"),
    ),
    Suite(
        "starlette",
        "1.10.0",
        extras="full",
        beside=(
            "pytest",
            "trio",
            "httpx2[zstd]",
            "blockbuster",
            "opentelemetry-sdk",
            "importlib-metadata",
        ),
    ),
    Suite(
        "jupyter_server",
        "2.21.1",
        extras="test",
        tests=("tests/services/contents", "tests/test_gateway.py"),
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one application.

    Args:
        fixed: the changed files.
        before: how each test ended.
        after: the same with the fixes.
        places: how many lines have a new ``await``.
        reached: how many of those the tests run.
    """

    fixed: tuple[FileFix, ...]
    before: Outcomes
    after: Outcomes
    places: int
    reached: int

    @property
    def differences(self) -> list[str]:
        """The tests that ended otherwise."""
        names = self.before.keys() | self.after.keys()
        return sorted(name for name in names if self.before.get(name) != self.after.get(name))


# Written into the environment: notes the files and lines that the tests run in fixed functions.
_TRACER = """\
import atexit, os, sys, threading
wanted = {tuple(place) for place in __PLACES__}
files = {path for path, _ in wanted}
seen = set()
def lines(frame, event, argument):
    seen.add((frame.f_code.co_filename, frame.f_lineno))
    return lines
def calls(frame, event, argument):
    return lines if frame.f_code.co_filename in files else None
def write():
    with open(__OUT__, "a") as out:
        for path, line in sorted(seen & wanted):
            print(path, line, sep=":", file=out)
atexit.register(write)
threading.settrace(calls)
sys.settrace(calls)
"""


def fetch(requirement: str, into: Path) -> Path:
    """Download and unpack a source distribution.

    Returns:
        The directory that it unpacks to.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    name = requirement.partition("==")[0]
    command += ["--no-binary", name, "--dest", str(into), requirement]
    subprocess.run(command, check=True)
    archive = next(into.glob("*.tar.gz"))
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    return next(path for path in into.iterdir() if path.is_dir())


def environment(suite: Suite, where: Path) -> Path:
    """Make an environment in which the tests can run, if there is none yet.

    Returns:
        Its interpreter.
    """
    python = where / "bin" / "python"
    if not (where / "complete").exists():
        venv.create(where, with_pip=True, clear=True)
        extras = f"[{suite.extras}]" if suite.extras else ""
        wanted = [f"{suite.name}{extras}=={suite.version}", *suite.beside]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        (where / "complete").touch()
    return python


def run_tests(python: Path, root: Path, tests: Sequence[str], report: Path) -> Outcomes:
    """Run the suite.

    Returns:
        How each test ended, by its name and, for one with parameters, which of them it was: some
        suites draw their parameters anew each time.
    """
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # The sources that were unpacked are tested, not the installed ones.
    environ = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run(
        [*command, f"--junitxml={report}", *tests],
        cwd=root,
        env=environ,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    outcomes = {}
    counts: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by pytest just now
        name = f"{case.get('classname')}::{case.get('name', '').partition('[')[0]}"
        counts[name] += 1
        kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        outcomes[f"{name} {counts[name]}"] = kinds[0] if kinds else "passed"
    return outcomes


def apply_safe_fixes(root: Path, package: Path) -> tuple[FileFix, ...]:
    """Write what ``async-block fix`` writes."""
    files = Engine(Config(root=root)).fix([package], FixOptions()).files
    for file in files:
        if file.changed:
            (root / file.path).write_bytes(file.after)
    return tuple(file for file in files if file.changed)


def await_lines(file: FileFix) -> list[int]:
    """The lines, from 1, of a fixed file on which a new ``await`` stands."""
    before = Counter(file.before.split(b"\n"))
    lines = []
    for number, line in enumerate(file.after.split(b"\n"), 1):
        before[line] -= 1
        if before[line] < 0 and b"await " in line:
            lines.append(number)
    return lines


def run(suite: Suite) -> Result:
    """Run the tests before, fix, and run them after."""
    python = environment(suite, BUILD / f"{suite.name}-{suite.version}")
    site = next((python.parent.parent / "lib").glob("python*/site-packages"))
    hook = site / "fix_suite_tracer.pth"
    hook.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "source").mkdir()
        root = fetch(suite.requirement, work / "source")
        before = run_tests(python, root, suite.tests, work / "before.xml")
        fixed = apply_safe_fixes(root, root / suite.name)
        places = [(str(root / file.path), line) for file in fixed for line in await_lines(file)]
        ran = work / "ran.txt"
        tracer = _TRACER.replace("__PLACES__", repr(places)).replace("__OUT__", repr(str(ran)))
        (site / "fix_suite_tracer.py").write_text(tracer)
        hook.write_text("import fix_suite_tracer\n")
        after = run_tests(python, root, suite.tests, work / "after.xml")
        hook.unlink()
        reached = set(ran.read_text().split()) if ran.exists() else set()
    return Result(fixed, before, after, len(places), len(reached))


def table(results: Sequence[tuple[Suite, Result]]) -> Iterator[str]:
    """The rows for a page: the tests that passed, were skipped and failed, before and after."""
    yield (
        "| application | tests | findings fixed | files changed | changed places run |"
        " before: passed, skipped, failed | after | ended otherwise |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for suite, result in results:
        counts = []
        for outcomes in (result.before, result.after):
            ended = Counter(outcomes.values())
            failed = ended["failure"] + ended["error"]
            counts.append(f"{ended['passed']}, {ended['skipped']}, {failed}")
        cells = (
            f"{suite.name} {suite.version}",
            " ".join(f"`{part}`" for part in suite.tests) or "all",
            str(sum(len(file.fixed) for file in result.fixed)),
            str(len(result.fixed)),
            f"{result.reached} of {result.places}",
            *counts,
            str(len(result.differences)),
        )
        yield f"| {' | '.join(cells)} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Run them; 1 if a test ends otherwise."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    known = {suite.name: suite for suite in SUITES}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the page to write into")
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    results: list[tuple[Suite, Result]] = []
    for suite in [known[name] for name in arguments.names] or SUITES:
        result = run(suite)
        results.append((suite, result))
        print(f"{suite.requirement}: {sum(len(file.fixed) for file in result.fixed)} fixed")
        print(f"in {len(result.fixed)} files: {', '.join(file.path for file in result.fixed)}")
        print(f"before: {dict(Counter(result.before.values()))}")
        print(f"after:  {dict(Counter(result.after.values()))}")
        print(f"changed places run by the tests: {result.reached} of {result.places}")
        for name in result.differences:
            print(f"  {name}: {result.before.get(name)} → {result.after.get(name)}", flush=True)
    if arguments.markdown is not None:
        write_between(
            arguments.markdown, "<!-- suites -->", "<!-- end of suites -->", table(results)
        )
    return 1 if any(result.differences for _, result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
