"""The import contracts break when someone breaks them: each test plants one bad import."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.checkout import clean_environment


@pytest.fixture
def house(repository: Path, tmp_path: Path) -> Path:
    shutil.copy(repository / "pyproject.toml", tmp_path)
    shutil.copytree(
        repository / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def _lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter import cli; cli.lint_imports_command()",
            "--no-cache",
        ],
        cwd=house,
        env={**clean_environment(), "PYTHONPATH": str(house / "src"), "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    result = _lint(house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("model/planted.py", "import flake8_async_block.engine", "Imports run downward only"),
        ("model/planted.py", "import msgspec", "The nouns need the standard library only"),
        ("reporters/planted.py", "import flake8_async_block.suppress", "Imports run downward only"),
        ("planted.py", "", "Imports run downward only"),
        ("graph/planted.py", "import libcst.metadata", "Only fixers parse with libcst"),
        ("reporters/planted.py", "import flake8.style_guide", "Only the plugin knows flake8"),
        ("extract/planted.py", "import flake8_async_block.config", "Extraction knows nothing"),
        ("fixers/planted.py", "import flake8_async_block.catalogue", "Fixers get names"),
    ],
    ids=lambda value: value.replace("/", "_").replace(" ", "_"),
)
def test_an_import_in_the_wrong_direction_is_refused(
    house: Path, module: str, line: str, broken: str
) -> None:
    (house / "src" / "flake8_async_block" / module).write_text(f"{line}\n", "utf-8")
    result = _lint(house)
    assert result.returncode == 1, result.stdout + result.stderr
    verdicts = [text for text in result.stdout.splitlines() if " BROKEN" in text]
    assert any(verdict.startswith(broken) for verdict in verdicts), result.stdout
