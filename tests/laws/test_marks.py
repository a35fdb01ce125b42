"""The comments of the fixtures say what is found, line by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.laws.corpus import (
    FIXTURES,
    Case,
    Marks,
    all_cases,
    check,
    codes_by_line,
    marks_of,
    notes_of,
)


def test_marks(case: Case, root: Path) -> None:
    result = check(root)
    assert result.errors == ()
    assert differences(case.marks, codes_by_line(result)) == []


def test_notes(case: Case, root: Path) -> None:
    """A project that promises notes has exactly these: ``# note: ASB101``."""
    promised = Counter(
        (file.as_posix(), line, code)
        for file in case.files
        for line, code in notes_of(case.text(file))
    )
    if promised:
        notes = check(root).notes
        assert Counter((item.path, item.span.line, item.code) for item in notes) == promised


def differences(promised: Marks, found: Marks) -> list[str]:
    lines = []
    nothing: Counter[str] = Counter()
    for path, line in sorted({*promised, *found}):
        wanted, got = promised.get((path, line), nothing), found.get((path, line), nothing)
        lines += [f"{path}:{line} missed {code}" for code in (wanted - got).elements()]
        lines += [f"{path}:{line} false {code}" for code in (got - wanted).elements()]
    return lines


def test_there_are_fixtures() -> None:
    areas = {case.name.partition("/")[0] for case in all_cases()}
    assert areas == {path.name for path in FIXTURES.iterdir() if path.is_dir()}
    assert sum(len(case.marks) for case in all_cases()) > 500


def test_a_mark_is_read() -> None:
    text = b"call()  # error: ASB101, ASB108, ASB101\ntext = '# error: ASB102'\n"
    assert marks_of(text) == {1: Counter(ASB101=2, ASB108=1)}


@pytest.mark.parametrize("comment", ["# errors: ASB101", "# ASB101", "#error: ASB101"])
def test_a_misspelt_mark_is_an_error(comment: str) -> None:
    with pytest.raises(ValueError, match="line 1: not a promise"):
        marks_of(f"call()  {comment}\n".encode())


def test_differences_are_told() -> None:
    promised = {("a.py", 1): Counter(ASB101=2)}
    found = {("a.py", 1): Counter(ASB101=1), ("a.py", 3): Counter(ASB102=1)}
    assert differences(promised, found) == ["a.py:1 missed ASB101", "a.py:3 false ASB102"]
