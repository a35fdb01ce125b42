"""Sources that nobody wrote for a test: our own are clean, the standard library's are no crash."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from flake8_async_block.config import Config
from flake8_async_block.engine import Engine
from tests.laws.corpus import check, config_of

_LIBRARY = Path(sysconfig.get_path("stdlib"))
_CONFIG = Config(root=_LIBRARY, extend_exclude=("test", "lib2to3", "idlelib", "turtledemo"))
_SAMPLE = 8


def test_async_block_is_clean_itself(repository: Path) -> None:
    result = Engine(config_of(repository)).check([repository / "src"])
    assert result.diagnostics == ()
    assert result.errors == ()
    assert result.files > 50


@pytest.mark.parametrize("package", ["asyncio", "concurrent", "http", "importlib", "unittest"])
def test_packages_of_the_standard_library(package: str) -> None:
    result = check(_LIBRARY / package)
    assert result.errors == ()
    assert result.files > 1


def test_a_sample_of_the_standard_library() -> None:
    files = sorted(
        path for path in _LIBRARY.glob("*.py") if path.name not in ("this.py", "__phello__.foo.py")
    )[::_SAMPLE]
    result = Engine(_CONFIG).check(files)
    assert result.errors == ()
    assert result.files == len(files) > 10


@pytest.mark.slow
def test_the_whole_standard_library() -> None:
    result = Engine(_CONFIG).check([_LIBRARY])
    assert result.errors == ()
    assert result.files > 500
