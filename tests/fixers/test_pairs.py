"""Every ``name.py`` in the fixtures becomes ``name.fixed.py``; ``# refused:`` marks what stays.

The comments ``# backend: NAME``, ``# native: NAME MODULE`` and ``# allow: unsafe`` choose the plan.
"""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from pathlib import Path

import pytest

from flake8_async_block.model.diagnostic import FixPlan, Span
from tests.fixers.harness import checker, fix, native_plan, thread_plan

FIXTURES = Path(__file__).parent.parent / "fixtures" / "fixers"
PAIRS = sorted(path for path in FIXTURES.glob("*/*.py") if not path.name.endswith(".fixed.py"))
IMPORT = re.compile(r"\s*(import|from) \S+")


def plan_of(path: Path, text: str) -> FixPlan:
    if path.parent.name == "native":
        chosen = re.search(r"^# native: (\S+) (\S+)$", text, re.MULTILINE)
        return native_plan(*chosen.groups()) if chosen else native_plan()
    backend = re.search(r"^# backend: (\w+)$", text, re.MULTILINE)
    return thread_plan(backend[1] if backend else "anyio")


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_pair(path: Path) -> None:
    source = path.read_bytes()
    text = source.decode()
    plan = plan_of(path, text)
    allow_unsafe = "# allow: unsafe" in text

    result = fix(source, plan, allow_unsafe=allow_unsafe)

    assert result.after.decode() == path.with_suffix(".fixed.py").read_bytes().decode()
    assert result.changed == bool(result.fixed)
    check_refusals(text, [(item.diagnostic.span.line, item.reason) for item in result.refused])
    check_kept_lines(text, result.after.decode(), [d.span for d in result.fixed])
    assert comments(text) == comments(result.after.decode())
    compile(result.after, path, "exec", dont_inherit=True)
    again = fix(result.after, plan, allow_unsafe=allow_unsafe)
    assert not again.changed
    remaining = checker(plan)(result.after)
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
    """No line changes but those of a fixed call and new imports."""
    touched = {number for span in fixed for number in range(span.line, span.end_line + 1)}
    old, new = before.split("\n"), after.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag in ("replace", "delete"):
            assert set(range(start + 1, end + 1)) <= touched
        elif tag == "insert":
            assert all(not line or IMPORT.match(line) for line in new[new_start:new_end])


def test_no_fixed_file_is_left_over() -> None:
    assert {path.with_suffix(".fixed.py") for path in PAIRS} == set(FIXTURES.glob("*/*.fixed.py"))
