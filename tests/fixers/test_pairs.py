"""Every ``name.py`` in the fixtures becomes ``name.fixed.py``; ``# refused:`` marks what stays.

The comments ``# backend: NAME``, ``# native: NAME MODULE`` and ``# allow: unsafe`` choose the plan;
the directory is the strategy.
"""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from dataclasses import replace
from pathlib import Path

import pytest

from flake8_async_block.model.diagnostic import Span
from tests.fixers.checkers import BY_STRATEGY, Check
from tests.fixers.harness import checker, fix_with, native_plan, thread_plan

FIXTURES = Path(__file__).parent.parent / "fixtures" / "fixers"
PAIRS = sorted(path for path in FIXTURES.glob("*/*.py") if not path.name.endswith(".fixed.py"))
ADDED = re.compile(r"\s*(import|from) \S+|\s*await \w+\.sleep\(0\)$")


def check_for(path: Path, text: str) -> Check:
    """The stand-in for the engine that a pair asks for, by its directory and its comments."""
    strategy = path.parent.name
    if strategy == "native":
        chosen = re.search(r"^# native: (\S+) (\S+)$", text, re.MULTILINE)
        return checker(native_plan(*chosen.groups()) if chosen else native_plan())
    named = re.search(r"^# backend: (\w+)$", text, re.MULTILINE)
    backend = named[1] if named else "anyio"
    if strategy in BY_STRATEGY:
        return BY_STRATEGY[strategy](backend)
    return checker(replace(thread_plan(backend), strategy=strategy))


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_pair(path: Path) -> None:
    source = path.read_bytes()
    text = source.decode()
    check = check_for(path, text)
    allow_unsafe = "# allow: unsafe" in text

    result = fix_with(check, source, allow_unsafe=allow_unsafe)

    assert result.after.decode() == path.with_suffix(".fixed.py").read_bytes().decode()
    assert result.changed == bool(result.fixed)
    check_refusals(text, [(item.diagnostic.span.line, item.reason) for item in result.refused])
    if path.parent.name == "block":
        check_moved_lines(text, result.after.decode())
    else:
        check_kept_lines(text, result.after.decode(), [d.span for d in result.fixed])
    assert comments(text) == comments(result.after.decode())
    compile(result.after, path, "exec", dont_inherit=True)
    again = fix_with(check, result.after, allow_unsafe=allow_unsafe)
    assert not again.changed
    remaining = check(result.after)
    assert sorted(d.api for d in remaining) == sorted(r.diagnostic.api for r in result.refused)


def check_refusals(text: str, refused: list[tuple[int, str]]) -> None:
    lines = text.split("\n")
    marked = {
        number: line.partition("# refused: ")[2]
        for number, line in enumerate(lines, 1)
        if "# refused: " in line
    }
    assert {line for line, _ in refused} == marked.keys()
    for line, reason in refused:
        assert marked[line] in reason


def check_kept_lines(before: str, after: str, fixed: list[Span]) -> None:
    """No line changes but those of a fixed call, new imports, pauses and lost ``async``."""
    touched = {number for span in fixed for number in range(span.line, span.end_line + 1)}
    old, new = before.split("\n"), after.split("\n")
    touched |= {n for n, line in enumerate(old, 1) if line.lstrip().startswith("async ")}
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag in ("replace", "delete"):
            assert set(range(start + 1, end + 1)) <= touched
        elif tag == "insert":
            assert all(not line or ADDED.match(line) for line in new[new_start:new_end])


def check_moved_lines(before: str, after: str) -> None:
    """All lines are there in the same order, though some stand deeper, or return at once."""
    lines = iter(after.split("\n"))
    for old in before.split("\n"):
        returned = f"return {old.partition(' = ')[2]}"
        assert any(old == new or (old and new.strip() in (old.strip(), returned)) for new in lines)


def test_no_fixed_file_is_left_over() -> None:
    assert {path.with_suffix(".fixed.py") for path in PAIRS} == set(FIXTURES.glob("*/*.fixed.py"))
