"""Fixtures of the end-to-end tests; fixing an example once is enough for all tests of a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.e2e.scenarios import copy_example, fix


@pytest.fixture(scope="session")
def fixed_example(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the directory of an example, by its name, after ``async-block fix --unsafe-fixes``."""

    @cache
    def fixed(name: str) -> Path:
        directory = copy_example(name, tmp_path_factory.mktemp("fixed"))
        fix(directory, "--unsafe-fixes")
        return directory

    return fixed
