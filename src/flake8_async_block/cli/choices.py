"""Which findings ``async-block fix`` may touch: those in a line, or those somebody says yes to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from flake8_async_block.cli.console import wants_colours, write_text
from flake8_async_block.cli.diff import write_diff
from flake8_async_block.engine import Engine, FixOptions
from flake8_async_block.model.diagnostic import Diagnostic, Span
from flake8_async_block.model.errors import UsageError
from flake8_async_block.model.fix import FileFix
from flake8_async_block.sources import display_path

Place = tuple[str, Span, str]
Choice = Callable[[Diagnostic], bool]
_HELP = "y: make this change, n: leave it, a: this and all that follow, q: this and no more\n"


def place_of(found: Diagnostic) -> Place:
    """What tells a finding from all others of the same check."""
    return (found.path, found.span, found.code)


def parse_line(text: str, cwd: Path) -> tuple[Path, int]:
    """Understand ``PATH:LINE``.

    Raises:
        UsageError: it is something else, or there is no such file.
    """
    path, _, line = text.rpartition(":")
    if not path or not line.isdecimal() or not int(line):
        raise UsageError(f"--line takes PATH:LINE, such as app/main.py:12, not {text!r}")
    file = cwd / path
    if not file.is_file():
        raise UsageError(f"--line: there is no file {path!r}")
    return file, int(line)


def in_line(file: Path, line: int, root: Path) -> Choice:
    """Choose the findings whose expression lies in, or reaches over, a line (from 1)."""
    path = display_path(file, root)
    return lambda found: found.path == path and found.span.line <= line <= found.span.end_line


def ask(
    engine: Engine, paths: Sequence[Path], options: FixOptions, root: Path, cwd: Path
) -> Choice:
    """Show every change, and choose those to which the answer is yes.

    The end of the input is a no to all that is left.
    """
    accepted: set[Place] = set()
    everything = False
    for file in engine.fix(paths, options).files:
        for found in file.fixed:
            if place_of(found) in accepted:
                continue
            alone = _alone(engine, file, found, options, root)
            if alone is None:
                continue
            answer = "y" if everything else _answer(alone, found, root, cwd)
            if answer == "q":
                return lambda item: place_of(item) in accepted
            everything = everything or answer == "a"
            if answer != "n":
                accepted |= {place_of(item) for item in alone.fixed}
    return lambda item: place_of(item) in accepted


def _alone(
    engine: Engine, file: FileFix, found: Diagnostic, options: FixOptions, root: Path
) -> FileFix | None:
    """The change that one finding asks for, without all others; None if it cannot stand alone."""
    wanted = place_of(found)
    single = replace(options, chosen=lambda item: place_of(item) == wanted)
    files = engine.fix([root / file.path], single).files
    return next((item for item in files if item.changed), None)


def _answer(alone: FileFix, found: Diagnostic, root: Path, cwd: Path) -> str:
    shown = display_path(root / alone.path, cwd)
    write_text(f"{shown}:{found.span.line}: {found.code} {found.message}\n", sys.stdout)
    write_diff([(alone, shown)], sys.stdout, colours=wants_colours(sys.stdout))
    while True:
        write_text("Make this change? [y/n/a/q] ", sys.stdout)
        line = sys.stdin.readline()
        if not line:
            write_text("\n", sys.stdout)
            return "q"
        answer = line.strip().lower()[:1]
        if answer in ("y", "n", "a", "q"):
            return answer
        write_text(_HELP, sys.stdout)
