"""Whenever ``fix`` is killed, each file is old or new, and a later run brings it to an end."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.projects import BLOCKING, command, environment, run

FILES = 12
ROUNDS = 4


def project(root: Path) -> dict[Path, bytes]:
    """Write the files to be fixed, of different lengths.

    Returns:
        What stands in each.
    """
    root.mkdir()
    # Without a project file of its own, one above could count.
    (root / "pyproject.toml").touch()
    texts = {
        root / f"module_{number}.py": (BLOCKING + "# rest\n" * number).encode()
        for number in range(FILES)
    }
    for path, text in texts.items():
        path.write_bytes(text)
    return texts


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that nobody disturbs makes of each file, by its name."""
    root = tmp_path_factory.mktemp("undisturbed") / "project"
    before = project(root)
    run(root, "fix")
    after = {path.name: path.read_bytes() for path in before}
    assert all(after[path.name] != text for path, text in before.items())
    return after


def kill_when_some_are_written(root: Path, before: dict[Path, bytes], chance: random.Random) -> int:
    """Start ``fix`` and kill it after it has begun to write.

    Returns:
        How many files were written.
    """
    enough = chance.randrange(FILES - 1)
    started = {path: path.stat().st_ino for path in before}
    process = subprocess.Popen(
        command("fix"),
        cwd=root,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def written() -> int:
        return sum(path.stat().st_ino != inode for path, inode in started.items())

    while process.poll() is None and written() <= enough:
        time.sleep(0)
    time.sleep(chance.random() / 1000)
    process.kill()
    process.wait(timeout=60)
    return written()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_each_file_is_old_or_new(tmp_path: Path, fixed: dict[str, bytes], seed: int) -> None:
    root = tmp_path / "project"
    before = project(root)

    written = kill_when_some_are_written(root, before, random.Random(seed))

    assert written > 0
    states = {path: path.read_bytes() for path in before}
    for path, text in states.items():
        assert text in (before[path], fixed[path.name]), path
    assert sum(text != before[path] for path, text in states.items()) == written
    left_over = set(root.iterdir()) - before.keys() - {root / "pyproject.toml"}
    # Nothing that Python, pytest or async-block would take for a module.
    assert {path.suffix for path in left_over if path.is_file()} <= {".tmp"}
    for path in left_over:
        os.utime(path, (0, 0))

    run(root, "fix")
    assert {path.name: path.read_bytes() for path in before} == fixed
    if written < FILES:
        assert not list(root.glob(".*.tmp"))
