"""Every fixture as a small project of its own, with what its comments promise.

A file is a project by itself, a directory under ``projects/``, ``resolve/``, ``rules/`` or
``seeds/`` is one as a whole. Laws run on a copy, so that neither a neighbour with the name of a
module nor this repository's settings have a say.

``# error: ASB101, ASB108`` on the line on which a finding starts promises exactly those findings
there; a line without such a comment promises silence. ``# note: ASB201`` promises a note, in a
project that has such comments. ``# needs: Python 3.12`` anywhere in a file leaves its project out
on older interpreters, which cannot read it.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from flake8_async_block.config import Config, load_config
from flake8_async_block.engine import Engine
from flake8_async_block.model.diagnostic import CheckResult, Diagnostic
from flake8_async_block.rules import RULES_BY_CODE

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"
_DIRECTORIES_OF_PROJECTS: Final = ("projects", "resolve", "rules", "seeds")
_ERROR: Final = re.compile(r"# error: (?P<codes>ASB\d{3}(?:, ASB\d{3})*)(?:  # .*)?")
_NOTE: Final = re.compile(r"# note: (?P<code>ASB\d{3})")
_ALMOST_AN_ERROR: Final = re.compile(r"#\s*(?:errors?\b|ASB\d)", re.IGNORECASE)
_NEEDS: Final = re.compile(r"# needs: Python (\d+)\.(\d+)$")

Marks = Mapping[tuple[str, int], Counter[str]]
"""The codes for each path (relative to the project's root, with ``/``) and line (from 1)."""


class Case:
    """One fixture project.

    Args:
        origin: a file, or the directory of a project.
    """

    def __init__(self, origin: Path) -> None:
        self.origin = origin
        self.name = origin.relative_to(FIXTURES).as_posix()

    @property
    def files(self) -> tuple[Path, ...]:
        """The sources, relative to the project's root."""
        if self.origin.is_file():
            return (Path(self.origin.name),)
        return tuple(sorted(path.relative_to(self.origin) for path in self.origin.rglob("*.py")))

    def text(self, file: Path) -> bytes:
        return (self.origin if self.origin.is_file() else self.origin / file).read_bytes()

    @cached_property
    def marks(self) -> Marks:
        """What the comments of all files promise."""
        return {
            (file.as_posix(), line): codes
            for file in self.files
            for line, codes in marks_of(self.text(file)).items()
        }

    @cached_property
    def is_promise(self) -> bool:
        """Whether every line without a mark promises silence.

        The fixers' inputs promise what becomes of them instead, unless they carry marks.
        """
        return bool(self.marks) or self.origin.relative_to(FIXTURES).parts[0] != "fixers"

    @cached_property
    def needs(self) -> tuple[int, int]:
        """The least Python version that can read all of its files."""
        return max(needed_by(self.text(file)) for file in self.files)

    def copy_to(self, directory: Path) -> Path:
        """Copy the project; returns its new root."""
        root = directory / self.origin.stem
        if self.origin.is_file():
            root.mkdir()
            shutil.copy(self.origin, root)
        else:
            shutil.copytree(self.origin, root, ignore=shutil.ignore_patterns("__pycache__"))
        return root

    def __repr__(self) -> str:
        return self.name


def marks_of(source: bytes) -> dict[int, Counter[str]]:
    """The promised codes of one file, by line.

    Raises:
        ValueError: a comment looks like a promise but is not written as one.
    """
    marks: dict[int, Counter[str]] = {}
    for line, comment in comments_of(source):
        found = _ERROR.fullmatch(comment)
        if found is not None:
            marks[line] = Counter(found["codes"].split(", "))
        elif _ALMOST_AN_ERROR.match(comment):
            raise ValueError(f"line {line}: not a promise: {comment}")
    return marks


def notes_of(source: bytes) -> Iterator[tuple[int, str]]:
    """The lines of one file that promise a note, and its code."""
    for line, comment in comments_of(source):
        found = _NOTE.fullmatch(comment)
        if found is not None:
            yield line, found["code"]


def needed_by(source: bytes) -> tuple[int, int]:
    for line in source.decode("latin-1").splitlines():
        found = _NEEDS.match(line)
        if found is not None:
            return int(found[1]), int(found[2])
    return (3, 10)


def comments_of(source: bytes) -> Iterator[tuple[int, str]]:
    """The comments of a file and their lines."""
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@lru_cache(maxsize=1)
def all_cases() -> tuple[Case, ...]:
    """Every fixture that this interpreter can read."""
    cases = map(Case, sorted(set(_origins())))
    return tuple(case for case in cases if case.needs <= sys.version_info[:2])


def _origins() -> Iterator[Path]:
    for area in FIXTURES.iterdir():
        if not area.is_dir():
            continue
        for path in area.rglob("*.py"):
            first = area / path.relative_to(area).parts[0]
            if area.name in _DIRECTORIES_OF_PROJECTS:
                yield first
            elif not path.name.endswith(".fixed.py"):
                yield path


def config_of(root: Path) -> Config:
    """The project's own settings, or the defaults."""
    if (root / "pyproject.toml").exists():
        codes = tuple(RULES_BY_CODE)
        return load_config(root, config_file=None, known_codes=codes, overrides={})
    return Config(root=root)


def check(root: Path) -> CheckResult:
    """Check a whole project."""
    return Engine(config_of(root)).check([root])


def codes_by_line(result: CheckResult) -> Marks:
    """The findings as the marks that would promise them."""
    found: dict[tuple[str, int], Counter[str]] = {}
    for item in result.diagnostics:
        found.setdefault((item.path, item.span.line), Counter())[item.code] += 1
    return found


def regardless_of_place(diagnostic: Diagnostic) -> tuple[str, str, str]:
    """What a finding says, for comparing files whose lines have moved."""
    return diagnostic.path, diagnostic.code, diagnostic.api
