"""The store of summaries: what it gives is right, whatever has become of its file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_async_block.cache import store as store_module
from flake8_async_block.cache.packing import pack
from flake8_async_block.cache.store import SummaryStore, extraction_version
from flake8_async_block.extract import extract_summary
from tests.cli.projects import environment

TEXT = b"import time\n\n\nasync def f():\n    time.sleep(1)\n"
SUMMARY = extract_summary(TEXT)


def filled(directory: Path) -> Path:
    store = SummaryStore(str(directory))
    store.put(TEXT, pack(SUMMARY))
    store.note_parses(b"x = 1\n")
    store.flush()
    (file,) = directory.glob("*.sqlite")
    return file


def test_what_was_put_is_found_before_and_after_it_is_written(tmp_path: Path) -> None:
    store = SummaryStore(str(tmp_path / "cache"))
    assert store.get(TEXT) is None
    store.put(TEXT, pack(SUMMARY))
    assert store.get(TEXT) == SUMMARY
    store.flush()
    assert SummaryStore(str(tmp_path / "cache")).get(TEXT) == SUMMARY
    assert (tmp_path / "cache" / ".gitignore").read_text().endswith("*\n")
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28")


def test_another_text_is_not_found(tmp_path: Path) -> None:
    filled(tmp_path)
    assert SummaryStore(str(tmp_path)).get(TEXT + b"\n") is None
    assert not SummaryStore(str(tmp_path)).parses(TEXT + b"\n")


def test_that_a_text_parses_is_no_summary_but_a_summary_says_that_it_parses(tmp_path: Path) -> None:
    filled(tmp_path)
    store = SummaryStore(str(tmp_path))
    assert store.parses(TEXT)
    assert store.parses(b"x = 1\n")
    assert store.get(b"x = 1\n") is None
    store.note_parses(TEXT)
    store.flush()
    assert SummaryStore(str(tmp_path)).get(TEXT) == SUMMARY


def test_another_extraction_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    monkeypatch.setattr(store_module, "extraction_version", lambda: b"another")
    assert SummaryStore(str(tmp_path)).get(TEXT) is None
    assert len(extraction_version()) == 16


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda file: file.write_bytes(b""), id="empty"),
        pytest.param(lambda file: file.write_bytes(b"not a database" * 1000), id="no database"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:5000]), id="cut off"),
        pytest.param(
            lambda file: file.write_bytes(file.read_bytes()[:100] + bytes(8092)), id="zeros"
        ),
        pytest.param(lambda file: execute(file, "DROP TABLE summaries"), id="no table"),
        pytest.param(
            lambda file: execute(file, "UPDATE summaries SET value = x'00ff'"), id="no summary"
        ),
        pytest.param(
            lambda file: execute(file, "UPDATE summaries SET value = 'text'"), id="no bytes"
        ),
    ],
)
def test_damage_is_a_miss_and_is_mended(damage: object, tmp_path: Path) -> None:
    file = filled(tmp_path)
    assert callable(damage)
    damage(file)
    store = SummaryStore(str(tmp_path))
    assert store.get(TEXT) is None
    for _ in range(2):
        # Damage that shows only in writing costs one more run.
        store = SummaryStore(str(tmp_path))
        store.put(TEXT, pack(SUMMARY))
        store.flush()
    assert SummaryStore(str(tmp_path)).get(TEXT) == SUMMARY


def execute(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_directory_without_permission_to_write_can_be_read(tmp_path: Path) -> None:
    filled(tmp_path)
    tmp_path.chmod(0o500)
    try:
        store = SummaryStore(str(tmp_path))
        assert store.get(TEXT) == SUMMARY
        store.put(b"y = 2\n", pack(SUMMARY))
        store.flush()
    finally:
        tmp_path.chmod(0o700)
    assert SummaryStore(str(tmp_path)).get(b"y = 2\n") is None


def test_a_path_that_is_a_file_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SummaryStore(str(tmp_path / "file"))
    store.put(TEXT, pack(SUMMARY))
    store.flush()
    assert SummaryStore(str(tmp_path / "file")).get(TEXT) is None


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from flake8_async_block.cache.packing import pack\n"
        "from flake8_async_block.cache.store import SummaryStore\n"
        "from flake8_async_block.extract import extract_summary\n"
        "for number in range(40):\n"
        "    store = SummaryStore(sys.argv[1])\n"
        "    text = f'x = {number % 20}\\n'.encode()\n"
        "    found = store.get(text)\n"
        "    assert found in (None, extract_summary(text))\n"
        "    store.put(text, pack(extract_summary(text)))\n"
        "    store.flush()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    running = [subprocess.Popen(command, env=environment()) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    store = SummaryStore(str(tmp_path))
    assert all(store.get(f"x = {number}\n".encode()) is not None for number in range(20))


def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_MOST_BYTES", 100_000)
    for number in range(1000):
        text = f"x = {number}\n".encode()
        store = SummaryStore(str(tmp_path))
        for variant in range(5):
            store.put(text + b"\n" * variant, pack(SUMMARY))
        if number % 50 == 49:
            store.put(TEXT, pack(SUMMARY))
        store.flush()
        if number == 200:
            break
    (file,) = tmp_path.glob("*.sqlite")
    assert file.stat().st_size < 300_000
