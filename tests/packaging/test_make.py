"""`make`, on a machine that may have nothing but Python, pip, git and make."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def makefile(repository: Path, tmp_path: Path) -> Path:
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return Path(shutil.copy(repository / "Makefile", tmp_path))


def _make(makefile: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=makefile.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _python(directory: Path, version: str, exit_code: int) -> Path:
    """An interpreter that only knows which version it is."""
    interpreter = directory / "python"
    interpreter.write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo Python {version}\nexit {exit_code}\n')
    interpreter.chmod(0o755)
    return interpreter


def test_make_alone_lists_every_target(makefile: Path) -> None:
    targets = re.findall(r"^\.PHONY: ([a-z-]+)$", makefile.read_text("utf-8"), re.MULTILINE)
    listed = _make(makefile)
    assert listed.returncode == 0
    assert [line.split()[1] for line in listed.stdout.splitlines()] == targets
    assert {"demo", "check", "test", "test-all", "clean"} <= set(targets)


def test_an_interpreter_that_is_too_old_is_one_clear_line(makefile: Path, tmp_path: Path) -> None:
    refused = _make(makefile, f"PYTHON={_python(tmp_path, '3.9.1', 1)}", "test")
    assert refused.returncode == 2
    first = refused.stderr.splitlines()[0]
    assert first.startswith("async-block needs Python 3.10 or newer")
    assert "Python 3.9.1" in first
    assert not (tmp_path / ".venv").exists()


def test_a_missing_interpreter_is_one_clear_line(makefile: Path, tmp_path: Path) -> None:
    refused = _make(makefile, "PYTHON=no-such-python", "demo")
    assert refused.returncode == 2
    assert refused.stderr.startswith("There is no 'no-such-python' here")


def test_clean_removes_what_the_others_made_and_nothing_else(
    makefile: Path, tmp_path: Path
) -> None:
    made = (".venv/bin/python", ".nox/x", "dist/a.whl", "src/a/__pycache__/b.pyc")
    for name in (*made, "src/a/b.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name in ("tests", "examples"):
        (tmp_path / name).mkdir()
    assert _make(makefile, "clean").returncode == 0
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"Makefile", "pyproject.toml", "src/a/b.py"}


def test_the_gate_can_be_started(repository: Path) -> None:
    gate = repository / ".ci" / "run"
    assert os.access(gate, os.X_OK)
    assert subprocess.run(["bash", "-n", gate], check=False).returncode == 0
