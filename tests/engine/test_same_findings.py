"""Findings do not depend on how the work was done: cache, processes, parts of the files."""

from __future__ import annotations

import shutil
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from flake8_async_block.cache.store import SummaryStore
from flake8_async_block.config import Config
from flake8_async_block.engine import Engine, pool, project
from flake8_async_block.model.diagnostic import CheckResult
from tests.laws.corpus import all_cases

PACKAGES = ("anyio", "fastapi", "starlette", "uvicorn")
"""Real sources that are at hand wherever the tests run, since other tests need them."""


@pytest.fixture(scope="module", params=["fixtures", "packages"])
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All fixtures side by side, with two files that are broken; or real packages."""
    root = tmp_path_factory.mktemp("project")
    if request.param == "packages":
        for name in PACKAGES:
            (where,) = find_spec(name).submodule_search_locations  # type: ignore[union-attr, misc]
            shutil.copytree(where, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        return root
    for case in all_cases():
        target = root / case.name.replace("/", "_").removesuffix(".py").replace(".", "_")
        target.mkdir()
        case.copy_to(target)
    (root / "broken.py").write_text("async def f(:\n")
    (root / "broken_too.py").write_text("def f(:\n")
    (root / "nowhere.py").symlink_to(root / "missing")
    return root


@pytest.fixture(scope="module")
def expected(root: Path) -> CheckResult:
    result = Engine(Config(root=root)).check([root])
    if (root / "broken.py").exists():
        assert len(result.diagnostics) > 500
        assert len(result.errors) == 2
    else:
        assert result.files > 100
        assert result.errors == ()
    return result


@pytest.fixture(scope="module")
def cache(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that an earlier run has filled."""
    directory = tmp_path_factory.mktemp("cache")
    Engine(Config(root=root), store=SummaryStore(str(directory))).check([root])
    return directory


def test_cache_cold_and_hot(root: Path, expected: CheckResult, tmp_path: Path) -> None:
    for _ in range(2):
        store = SummaryStore(str(tmp_path))
        assert Engine(Config(root=root), store=store).check([root]) == expected


def test_cache_damaged(root: Path, expected: CheckResult, cache: Path, tmp_path: Path) -> None:
    shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
    (file,) = tmp_path.glob("*.sqlite")
    content = bytearray(file.read_bytes())
    for position in range(20_000, len(content), 7_001):
        content[position : position + 40] = bytes(40)
    file.write_bytes(content)
    store = SummaryStore(str(tmp_path))
    assert Engine(Config(root=root), store=store).check([root]) == expected


@pytest.mark.parametrize("copied", [True, False])
def test_several_processes(
    root: Path,
    expected: CheckResult,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    copied: bool,
) -> None:
    monkeypatch.setattr(pool, "_BYTES_WORTH_A_PROCESS", 1)
    if not copied:
        monkeypatch.setattr(pool, "copies_are_safe", lambda: False)
        monkeypatch.setattr(project, "copies_are_safe", lambda: False)
    for store in (None, SummaryStore(str(cache))):
        seen: list[int] = []
        result = Engine(Config(root=root), store=store).check(
            [root], jobs=3, progress=partial(note_progress, seen)
        )
        assert result == expected
        assert len(seen) > 3
        assert seen == sorted(seen)
        assert seen[-1] == result.files


def note_progress(seen: list[int], done: int, total: int) -> None:
    assert done <= total
    seen.append(done)


def test_three_shards_find_what_one_run_finds(
    root: Path, expected: CheckResult, cache: Path
) -> None:
    parts = [
        Engine(Config(root=root), store=SummaryStore(str(cache))).check([root], shard=(number, 3))
        for number in (1, 2, 3)
    ]
    assert min(part.files for part in parts) > 0
    found = [item for part in parts for item in part.diagnostics]
    assert len(found) == len(expected.diagnostics)
    assert sorted(found, key=lambda item: item.sort_key) == list(expected.diagnostics)
    notes = [item for part in parts for item in part.notes]
    assert sorted(notes, key=lambda item: item.sort_key) == list(expected.notes)
    errors = [error for part in parts for error in part.errors]
    assert sorted(errors, key=lambda error: error.path) == list(expected.errors)
    assert sum(part.files for part in parts) == expected.files
    assert sum(part.suppressed for part in parts) == expected.suppressed


def test_few_files_are_not_worth_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / f"{number}.py" for number in range(10)]
    for file in files:
        file.write_text("x = 1\n")
    names = [*map(str, files), str(tmp_path / "missing.py")]
    assert pool.worthwhile_jobs(names, 8) == 1
    monkeypatch.setattr(pool, "_BYTES_WORTH_A_PROCESS", 500_000)
    assert pool.worthwhile_jobs(names, 8) == 1
    files[0].write_text("#" * 3_000_000)
    assert pool.worthwhile_jobs(names, 8) == 6
    assert pool.worthwhile_jobs(names, 2) == 2
    assert pool.worthwhile_jobs(names, 1) == 1
    assert pool.worthwhile_jobs(names[:2], 8) == 1
