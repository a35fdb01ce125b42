"""Fix an application that brings its own tests, and run them before and after.

    python bench/fix_suite.py                                # jupyter_server, as in docs/
    python bench/fix_suite.py "starlette==0.48.0" --tests tests

The source distribution comes from the package index, with the version pinned; its tests run in an
environment of their own, with the application's ``test`` extra. Between the two runs the safe
fixes are written. Each test has to end as it did before, and the functions that were changed have
to be run by some test, which a trace of the second run shows.
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
from collections.abc import Mapping, Sequence
from pathlib import Path

from flake8_async_block import Config, Engine, FixOptions
from flake8_async_block.model.fix import FileFix

DEFAULT = "jupyter_server==2.21.1"
Outcomes = Mapping[str, str]

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


def environment(requirement: str, extra: str, where: Path) -> Path:
    """Make an environment in which the tests can run.

    Returns:
        Its interpreter.
    """
    venv.create(where, with_pip=True)
    python = where / "bin" / "python"
    name, _, version = requirement.partition("==")
    wanted = f"{name}[{extra}]=={version}" if extra else requirement
    subprocess.run([python, "-m", "pip", "install", "--quiet", wanted], check=True)
    return python


def run_tests(python: Path, root: Path, tests: Sequence[str], report: Path) -> Outcomes:
    """Run the suite.

    Returns:
        How each test ended, by its name.
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
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written by pytest just now
        name = f"{case.get('classname')}::{case.get('name')}"
        kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        outcomes[name] = kinds[0] if kinds else "passed"
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run before, fix, run after; 1 if a test ends otherwise."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("requirement", nargs="?", default=DEFAULT, help="pinned with ==")
    parser.add_argument("--extra", default="test", help="the extra that the tests need")
    parser.add_argument("--package", help="the directory to fix (default: the package's name)")
    parser.add_argument("--tests", nargs="*", default=[], help="what pytest is given")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "source").mkdir()
        root = fetch(arguments.requirement, work / "source")
        python = environment(arguments.requirement, arguments.extra, work / "environment")
        package = root / (arguments.package or arguments.requirement.partition("==")[0])
        before = run_tests(python, root, arguments.tests, work / "before.xml")
        fixed = apply_safe_fixes(root, package)
        places = [(str(root / file.path), line) for file in fixed for line in await_lines(file)]
        ran = work / "ran.txt"
        site = next((work / "environment" / "lib").glob("python*/site-packages"))
        tracer = _TRACER.replace("__PLACES__", repr(places)).replace("__OUT__", repr(str(ran)))
        (site / "fix_suite_tracer.py").write_text(tracer)
        (site / "fix_suite_tracer.pth").write_text("import fix_suite_tracer\n")
        after = run_tests(python, root, arguments.tests, work / "after.xml")
        reached = set(ran.read_text().split()) if ran.exists() else set()
    differences = sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )
    print(f"{arguments.requirement}: {sum(len(file.fixed) for file in fixed)} findings fixed")
    print(f"in {len(fixed)} files: {', '.join(file.path for file in fixed)}")
    print(f"before: {dict(Counter(before.values()))}")
    print(f"after:  {dict(Counter(after.values()))}")
    print(f"changed places run by the tests: {len(reached)} of {len(places)}")
    for name in differences:
        print(f"  {name}: {before.get(name)} → {after.get(name)}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
