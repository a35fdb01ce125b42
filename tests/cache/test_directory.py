"""Where the cache lies, and that clearing it deletes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_async_block.cache.directory import (
    DIRECTORY,
    cache_directory,
    clear_cache_directory,
    make_cache_directory,
    nearest_cache_directory,
)


def test_the_nearest_one_upward_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert nearest_cache_directory(str(inner)) is None
    assert make_cache_directory(cache_directory(str(tmp_path)))
    assert nearest_cache_directory(str(inner)) == str(tmp_path / DIRECTORY)


def test_another_place_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASYNC_BLOCK_CACHE_DIR", str(tmp_path / "shared"))
    assert cache_directory("/project") == str(tmp_path / "shared")
    assert nearest_cache_directory("/project") is None
    assert make_cache_directory(str(tmp_path / "shared"))
    assert nearest_cache_directory("/project") == str(tmp_path / "shared")


def test_clearing_leaves_what_others_have_put_there(tmp_path: Path) -> None:
    assert make_cache_directory(str(tmp_path))
    (tmp_path / "answer-1-00000000").write_bytes(bytes(100))
    (tmp_path / "thesis.tex").write_text("")
    assert clear_cache_directory(str(tmp_path)) > 100
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_clearing_twice(tmp_path: Path) -> None:
    directory = tmp_path / DIRECTORY
    assert make_cache_directory(str(directory))
    assert clear_cache_directory(str(directory)) > 0
    assert not directory.exists()
    assert clear_cache_directory(str(directory)) == 0
