"""Each law is one test over every fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laws.corpus import Case, all_cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = all_cases()
        if metafunc.function.__name__ == "test_marks":
            cases = tuple(case for case in cases if case.is_promise)
        if metafunc.function.__name__ == "test_edits":
            cases = tuple(case for case in cases if len(case.files) > 1)
        metafunc.parametrize("case", cases, ids=repr)


@pytest.fixture
def root(case: Case, tmp_path: Path) -> Path:
    """The root of a copy of the fixture."""
    return case.copy_to(tmp_path)
